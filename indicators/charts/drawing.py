"""What a drawing is made of: shapes, each with the role that says how it looks, and words that are never cut.

The same shapes are drawn within a page, where charts.css gives the roles the colours of the reader's theme, and in a file of
their own, where the attributes below are all there is.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

#: How wide a drawing is, in units of its own: a narrow telephone shows it at about its own size.
WIDTH = 300
NBSP = "\N{NO-BREAK SPACE}"
#: From one line of words to the next.
LINE = 17

INK, MUTED, RULE, PAPER, SEA, SOFT, COPPER = "#14211f", "#4b5a56", "#d3dcd7", "#fbfcfa", "#0a5d59", "#d8ebe6", "#96450f"

#: How a role looks on paper, as attributes of SVG.
ROLES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "subject": {"fill": MUTED, "font-size": "12.5"},
        "title": {"fill": INK, "font-size": "15", "font-weight": "600"},
        "name": {"fill": INK, "font-size": "13.5"},
        "value": {"fill": INK, "font-size": "13.5", "font-weight": "600"},
        "remark": {"fill": MUTED, "font-size": "12.5"},
        "track": {"fill": "#f0f4f1", "stroke": RULE, "stroke-width": "0.75"},
        "bar": {"fill": SEA},
        "open": {"fill": "none", "stroke": SEA, "stroke-width": "2"},
        "target": {"fill": "none", "stroke": COPPER, "stroke-width": "3"},
        "partial": {"fill": PAPER, "stroke": SEA, "stroke-width": "1.5", "stroke-dasharray": "3 2"},
        "halo": {"fill": "none", "stroke": PAPER, "stroke-width": "7"},
        "cut": {"fill": "none", "stroke": PAPER, "stroke-width": "1.5"},
        "start": {"fill": "none", "stroke": INK, "stroke-width": "1.5", "stroke-dasharray": "2 2"},
        "rule": {"fill": "none", "stroke": "#74847f", "stroke-width": "1"},
        "line": {"fill": "none", "stroke": SEA, "stroke-width": "2.5", "stroke-linejoin": "round"},
        "dot": {"fill": PAPER, "stroke": SEA, "stroke-width": "2"},
        "women": {"fill": SEA, "stroke": INK, "stroke-width": "0.75"},
        "men": {"fill": SOFT, "stroke": INK, "stroke-width": "0.75"},
        "stripes": {"fill": "none", "stroke": INK, "stroke-width": "0.75"},
        "rest": {"fill": "none", "stroke": MUTED, "stroke-width": "0.75", "stroke-dasharray": "2 2"},
        "half": {"fill": "none", "stroke": INK, "stroke-width": "1"},
        "sea": {"fill": "#f0f4f1"},
        "around": {"fill": "#e3e9e5", "stroke": PAPER, "stroke-width": "0.75"},
        "country": {"fill": SOFT, "stroke": "#74847f", "stroke-width": "0.5"},
        "amount": {"fill": SEA, "fill-opacity": "0.85", "stroke": PAPER, "stroke-width": "1"},
    }
)

#: How wide letters are as parts of their size, on the generous side: readers' own fonts differ.
LETTER = 0.58
LETTERS: Mapping[str, float] = MappingProxyType(
    dict.fromkeys("iljtfrI.,:;'’|!·()- \N{NO-BREAK SPACE}", 0.36)
    | dict.fromkeys("ABCDEFGHKNOPQRSUVXYZÁÉÍÓÚw–%&", 0.74)
    | dict.fromkeys("mMW—@…", 0.95)
)


@dataclass(frozen=True)
class Shape:
    """One element of SVG, with its own attributes and, where it is words, its text."""

    tag: str
    role: str
    own: Mapping[str, str]
    text: str = ""

    @property
    def attributes(self) -> dict[str, str]:
        """Those of its role, then its own."""
        return {**ROLES[self.role], **self.own}


@dataclass(frozen=True)
class Drawing:
    """Shapes on a sheet of some width and height."""

    width: int
    height: int
    shapes: list[Shape]


@dataclass
class Sheet:
    """A drawing in the making, from top to bottom.

    Attributes:
        y: how far down it reaches.
    """

    width: int = WIDTH
    y: float = 0
    shapes: list[Shape] = field(default_factory=list)

    def add(self, tag: str, role: str, **attributes: object) -> None:
        """A shape; numbers are written with one decimal at most, and ``_`` in a name stands for a hyphen."""
        own = {name.replace("_", "-"): _written(value) for name, value in attributes.items()}
        self.shapes.append(Shape(tag, role, own))

    def path(self, role: str, d: str) -> None:
        self.shapes.append(Shape("path", role, {"d": d}))

    def label(self, text: str, role: str, *, x: float, y: float, anchor: str = "start") -> None:
        """Words on one line, wherever that is."""
        own = {"x": _written(x), "y": _written(y)}
        if anchor != "start":
            own["text-anchor"] = anchor
        self.shapes.append(Shape("text", role, own, text))

    def words(self, text: str, role: str, *, x: float = 0, width: float | None = None, anchor: str = "start") -> None:
        """Words below what is there, on as many lines as they need."""
        for line in lines_of(text, role, self.width if width is None else width):
            self.y += LINE
            # Between two facts, and not where a line ends or begins.
            self.label(line.removesuffix(" ·").removeprefix("· "), role, x=x, y=self.y - 4, anchor=anchor)

    def facts(self, facts: Sequence[str], role: str) -> None:
        """Short facts beside each other; a line ends between two of them rather than within one."""
        kept = [fact if width_of(fact, role) > self.width else fact.replace(" ", NBSP) for fact in facts]
        self.words(" · ".join(kept), role)

    def pair(self, text: str, value: str, *, role: str = "name") -> None:
        """A name and, at the right of its last line, a value; below it where there is no room for both."""
        room = self.width - width_of(value, "value") - 10
        if room < self.width / 3:
            self.words(text, role)
            self.words(value, "value")
            return
        self.words(text, role, width=room)
        self.label(value, "value", x=self.width, y=self.y - 4, anchor="end")

    def space(self, height: float) -> None:
        self.y += height

    def done(self) -> Drawing:
        return Drawing(self.width, math.ceil(self.y), self.shapes)


def width_of(text: str, role: str) -> float:
    """About how wide words are; rather too wide than too narrow."""
    look = ROLES[role]
    size = float(look["font-size"]) * (1.06 if "font-weight" in look else 1)
    return size * sum(LETTERS.get(letter, LETTER) for letter in text)


def lines_of(text: str, role: str, width: float) -> list[str]:
    """Words in lines no wider than that. A word that is wider than a line is broken; a no-break space is kept."""
    lines: list[str] = []
    line = ""
    for word in words_of(text):
        longer = line + word
        if width_of(longer.rstrip(" "), role) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *whole, line = _pieces(word, role, width)
        lines += whole
    return [each.rstrip(" ") for each in (*lines, line)]


def words_of(text: str) -> list[str]:
    """Where a line may end: after a space, and after a dash or stroke within a word."""
    return re.findall(r"[^ –/-]*[ –/-]+|[^ –/-]+", text) or [text]


def _pieces(word: str, role: str, width: float) -> Iterator[str]:
    piece = ""
    for letter in word:
        if piece and width_of(piece + letter, role) > width:
            yield piece
            piece = ""
        piece += letter
    yield piece


def _written(value: object) -> str:
    if isinstance(value, str):
        return value
    text = f"{float(str(value)):.1f}"
    return text.removesuffix(".0")
