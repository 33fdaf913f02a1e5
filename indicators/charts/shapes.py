"""Scales, ticks and shapes of the charts that the server draws as SVG. Numbers in, attributes out; no words, no colours."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

#: Steps between ticks, times a power of ten.
STEPS = (Decimal(1), Decimal(2), Decimal(5), Decimal(10))


@dataclass(frozen=True)
class Scale:
    """Values from ``low`` to ``high`` as lengths from ``start`` to ``end``; a value outside stands at the end that is nearer."""

    low: Decimal
    high: Decimal
    start: Decimal
    end: Decimal

    def at(self, value: Decimal | int) -> str:
        """Where the value stands, as SVG writes it."""
        inside = min(max(Decimal(value), self.low), self.high)
        width = self.high - self.low
        part = (inside - self.low) / width if width else Decimal(0)
        return length(self.start + part * (self.end - self.start))


def length(value: Decimal) -> str:
    """A length with at most one decimal, and a point whatever the language."""
    text = f"{value.quantize(Decimal('0.1'), ROUND_HALF_UP):f}"
    return text.removesuffix(".0").replace("-0", "0") if text in ("-0.0", "0.0") else text.removesuffix(".0")


def ticks(low: Decimal, high: Decimal, *, at_most: int = 5) -> list[Decimal]:
    """Round numbers that enclose ``low`` and ``high``: 0, 50, 100. At least two, at most ``at_most``.

    Raises:
        ValueError: when ``low`` is above ``high``, or fewer than two are asked for.
    """
    if low > high or at_most < 2:
        raise ValueError("ticks go from a lower to a higher value, and are two or more")
    if low == high:
        low, high = (min(low, Decimal(0)), max(high, Decimal(0))) if low else (Decimal(0), Decimal(1))
    power = Decimal(10) ** (((high - low) / (at_most - 1)).adjusted())
    for _larger in range(3):
        for step in STEPS:
            size = step * power
            first = (low / size).to_integral_value(ROUND_FLOOR)
            last = (high / size).to_integral_value(ROUND_CEILING)
            if last - first + 1 <= at_most:
                return [size * number for number in range(int(first), int(last) + 1)]
        power *= 10
    raise AssertionError("a step of a hundred times the width leaves two or three ticks")


def scale_of(values: Iterable[Decimal], *, start: int, end: int, at_most: int = 5) -> tuple[Scale, list[Decimal]]:
    """A scale that holds zero and all of these values, with its ticks."""
    found = [*values, Decimal(0)]
    marks = ticks(min(found), max(found), at_most=at_most)
    return Scale(marks[0], marks[-1], Decimal(start), Decimal(end)), marks


@dataclass(frozen=True)
class Bullet:
    """A bar against its target, which stands at 100 percent.

    Attributes:
        width: of the bar, in the units of the drawing; 0 for what is below zero.
        is_cut: the value lies beyond the scale.
    """

    y: int
    width: str
    end: str
    is_cut: bool
    is_below: bool


@dataclass(frozen=True)
class Bullets:
    """Bars under one axis in percent of the target."""

    bars: list[Bullet]
    ticks: list[tuple[str, Decimal]]
    target: str
    height: int

    @property
    def axis(self) -> int:
        """Where the axis stands."""
        return self.height - 18


#: Height of a bar with its label above it, of each further line of the label, and of the axis below all of them.
ROW, LINE, AXIS = 34, 13, 22
#: A bar reaches to 150 percent at most; what is beyond is marked, and its number written.
BULLET_TICKS = (Decimal(0), Decimal(50), Decimal(100), Decimal(150))


def rows(lines: Sequence[int]) -> tuple[list[int], int]:
    """Where bars with labels of so many lines stand, one below the other, each by the last line of its label; and the
    height of all of them."""
    places, height = [], 0
    for number in lines:
        above = LINE * (number - 1)
        places.append(height + above)
        height += above + ROW
    return places, height


def bullets(ratios: Sequence[Decimal], *, width: int, lines: Sequence[int] = ()) -> Bullets:
    """Bars for percentages of a target, one below the other.

    Args:
        lines: of the label of each; one when left out.
    """
    scale = Scale(BULLET_TICKS[0], BULLET_TICKS[-1], Decimal(0), Decimal(width))
    places, height = rows(lines or [1] * len(ratios))
    return Bullets(
        [
            Bullet(
                y=y,
                width=scale.at(ratio),
                end=scale.at(ratio),
                is_cut=ratio > scale.high,
                is_below=ratio < scale.low,
            )
            for y, ratio in zip(places, ratios, strict=True)
        ],
        [(scale.at(tick), tick) for tick in BULLET_TICKS],
        scale.at(100),
        height + AXIS,
    )


@dataclass(frozen=True)
class Mark:
    """A value of a period in a drawing."""

    x: str
    y: str


@dataclass(frozen=True)
class LineChart:
    """Values over periods: a path through the actuals, a mark for each target."""

    path: str
    marks: list[Mark]
    targets: list[Mark]
    ticks: list[tuple[str, Decimal]]
    #: Where each period stands.
    periods: list[str]


def line_chart(
    actuals: Sequence[Decimal | None],
    targets: Sequence[Decimal | None],
    *,
    left: int,
    right: int,
    top: int,
    bottom: int,
) -> LineChart | None:
    """The drawing, in which a period without an actual leaves a gap; None where fewer than two have one.

    Args:
        actuals: one for each period, in their order; targets likewise.
        left: where the first period stands, and so on.
    """
    stated = [value for value in actuals if value is not None]
    if len(stated) < 2:
        return None
    scale, marks = scale_of(
        [*stated, *(value for value in targets if value is not None)], start=bottom, end=top, at_most=4
    )
    across = Scale(Decimal(0), Decimal(len(actuals) - 1), Decimal(left), Decimal(right))
    places = [across.at(number) for number in range(len(actuals))]
    path, pen = [], "M"
    for x, value in zip(places, actuals, strict=True):
        if value is None:
            pen = "M"
            continue
        path.append(f"{pen}{x} {scale.at(value)}")
        pen = "L"
    return LineChart(
        "".join(path),
        [Mark(x, scale.at(value)) for x, value in zip(places, actuals, strict=True) if value is not None],
        [Mark(x, scale.at(value)) for x, value in zip(places, targets, strict=True) if value is not None],
        [(scale.at(tick), tick) for tick in marks],
        places,
    )


@dataclass(frozen=True)
class Segment:
    """A part of a stacked bar."""

    x: str
    width: str


def stacked(parts: Sequence[Decimal], *, width: int) -> list[Segment]:
    """Parts of a whole side by side, filling the width.

    Raises:
        ValueError: when one is negative, or there is nothing to divide.
    """
    whole = sum(parts, Decimal(0))
    if whole <= 0 or min(parts) < 0:
        raise ValueError("a stacked bar is made of parts that are zero or more, and not all zero")
    segments, done = [], Decimal(0)
    for part in parts:
        begins, ends = width * done / whole, width * (done + part) / whole
        segments.append(Segment(length(begins), length(ends - begins)))
        done += part
    return segments
