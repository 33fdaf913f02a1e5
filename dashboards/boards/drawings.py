"""The charts of a project's dashboard: each a shape, a title that says what it shows, and the words that replace it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from textwrap import wrap

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.boards.lines import Line, Said
from epe_ap.templatetags.figures import amount, number, percent
from indicators.charts import shapes as charts
from indicators.choices import Measure, Status
from indicators.models import ReportingPeriod

#: How wide the drawings are, in their own units: a narrow telephone shows them at their own size.
WIDTH = 240
#: How many lines are drawn over time; the table holds all.
MOST_TRENDS = 6
#: As many letters as a line of a label has room for, and as many lines as a name takes; its scope stands below it.
LETTERS = 42
MOST_LINES = 2


@dataclass(frozen=True)
class Drawn:
    """A chart in words: what stands above it, and what a screen reader says in its place."""

    title: str
    alternative: str


@dataclass(frozen=True)
class TargetChart(Drawn):
    drawing: charts.Bullets
    bars: list[tuple[list[tuple[int, str]], str, str, charts.Bullet]]


def target_chart(lines: Sequence[Line]) -> TargetChart | None:
    """Actual against target, for the lines that have a ratio; None for fewer than two."""
    shown = [(line, line.ratio) for line in lines if line.ratio is not None]
    if len(shown) < 2:
        return None
    statuses = [line.status for line, _ratio in shown]
    reached = sum(status in (Status.EXCEEDED, Status.ACHIEVED) for status in statuses)
    title = ngettext(
        "%(reached)s of %(number)s target reached so far",
        "%(reached)s of %(number)s targets reached so far",
        len(shown),
    ) % {"reached": number(reached), "number": number(len(shown))}
    behind = sum(status in (Status.BEHIND, Status.REGRESSED) for status in statuses)
    if behind:
        title += ngettext(", %(number)s behind", ", %(number)s behind", behind) % {"number": number(behind)}
    labels = [label_of(line) for line, _ratio in shown]
    drawing = charts.bullets([ratio for _line, ratio in shown], width=WIDTH, lines=[len(label) for label in labels])
    bars = [
        (placed(label), percent(ratio, 0), line.status, bar)
        for (line, ratio), label, bar in zip(shown, labels, drawing.bars, strict=True)
    ]
    alternative = "; ".join(f"{line.label}: {percent(ratio, 0)}" for line, ratio in shown)
    return TargetChart(title, _("Percent of the target: %(values)s.") % {"values": alternative}, drawing, bars)


@dataclass(frozen=True)
class Trend(Drawn):
    """One line over the periods; ``labels`` are the first and last value as text, each with its mark."""

    line: Line
    drawing: charts.LineChart
    left: int
    ticks: list[tuple[str, str]]
    first: tuple[charts.Mark, str]
    last: tuple[charts.Mark, str]
    first_period: str
    last_period: str


def trends(lines: Sequence[Line]) -> list[Trend]:
    """Charts of the first lines that have figures of two periods or more."""
    found: list[Trend] = []
    for line in lines:
        if len(found) == MOST_TRENDS:
            break
        trend = _trend(line)
        if trend is not None:
            found.append(trend)
    return found


def _trend(line: Line) -> Trend | None:
    largest = max(
        (abs(value) for point in line.points for value in (point.actual, point.target) if value is not None),
        default=Decimal(0),
    )
    # Room for the numbers of the axis: six units for a letter.
    left = 14 + 7 * len(number(largest, 0))
    drawing = charts.line_chart(
        [point.actual for point in line.points],
        [point.target for point in line.points],
        left=left,
        right=WIDTH - 8,
        top=16,
        bottom=108,
    )
    if drawing is None:
        return None
    stated = [point for point in line.points if point.actual is not None]
    first, last = stated[0], stated[-1]
    said = {
        "name": line.indicator.name,
        "first": written(line, first.actual),
        "last": written(line, last.actual),
        "since": first.period.name,
        "until": last.period.name,
    }
    if first.actual == last.actual:
        title = _("%(name)s: %(last)s, as at the start") % said
    else:
        title = _("%(name)s: from %(first)s to %(last)s") % said
    values = "; ".join(f"{point.period.name}: {written(line, point.actual)}" for point in stated)
    return Trend(
        title,
        _("Values over the periods: %(values)s.") % {"values": values},
        line,
        drawing,
        left,
        [(y, number(tick)) for y, tick in drawing.ticks],
        (drawing.marks[0], said["first"]),
        (drawing.marks[-1], said["last"]),
        line.points[0].period.name,
        line.points[-1].period.name,
    )


@dataclass(frozen=True)
class TimeTable:
    """The values of the lines in each period, written out; ``*`` beside what is not public yet."""

    periods: list[ReportingPeriod]
    rows: list[tuple[Line, list[str]]]


def time_table(lines: Sequence[Line]) -> TimeTable | None:
    """The table of all lines with figures of two periods or more; None where there is none."""
    shown = [line for line in lines if sum(point.actual is not None for point in line.points) > 1]
    if not shown:
        return None
    by_key = {point.period.pk: point.period for line in shown for point in line.points if point.actual is not None}
    periods = sorted(by_key.values(), key=lambda period: (period.starts_on, period.ends_on))
    rows = []
    for line in shown:
        said = {
            point.period.pk: written(line, point.actual) + (" *" if point.is_open else "")
            for point in line.points
            if point.actual is not None
        }
        rows.append((line, [said.get(period.pk, "–") for period in periods]))
    return TimeTable(periods, rows)


@dataclass
class SexRow:
    """Women, men and the rest of one figure, written out and drawn."""

    line: Line
    women: str
    men: str
    rest: str
    share: str
    label: list[tuple[int, str]]
    segments: list[charts.Segment]
    y: int = 0


@dataclass(frozen=True)
class SexChart(Drawn):
    rows: list[SexRow]
    height: int


def sex_chart(lines: Sequence[Line]) -> SexChart | None:
    """Women and men of each figure that is reported by sex; None where none is."""
    rows: list[SexRow] = []
    half = 0
    for line in lines:
        parts = _sexes(line)
        if parts is None:
            continue
        whole = sum(parts, Decimal(0))
        share = 100 * parts[0] / whole
        half += share >= 50
        women, men = line.women, line.men
        rows.append(
            SexRow(
                line,
                women.figure if women else "",
                men.figure if men else "",
                _rest(line, parts),
                percent(share, 0),
                placed(label_of(line)),
                charts.stacked(parts, width=WIDTH),
            )
        )
    if not rows:
        return None
    places, height = charts.rows([len(row.label) for row in rows])
    for row, place in zip(rows, places, strict=True):
        row.y = place
    title = ngettext(
        "Women are half or more in %(half)s of %(number)s figure",
        "Women are half or more in %(half)s of %(number)s figures",
        len(rows),
    ) % {"half": number(half), "number": number(len(rows))}
    values = "; ".join(f"{row.line.label}: {row.share}" for row in rows)
    return SexChart(title, _("Share of women: %(values)s.") % {"values": values}, rows, height)


def _sexes(line: Line) -> list[Decimal] | None:
    """Women, men, and whoever is neither or of whom it is not known; counts or else percent."""
    if line.women is None or line.measure != Measure.COUNT:
        return None
    women, men, total = line.women.actual, line.men.actual if line.men else None, line.actual
    if women is not None and men is not None:
        rest = max(Decimal(0), (total or Decimal(0)) - women - men)
    elif line.women_share is not None:
        women, whole = line.women_share, Decimal(100)
        men = (line.men.share if line.men else None) or Decimal(0)
        rest = max(Decimal(0), whole - women - men)
    else:
        return None
    return [women, men, rest] if min(women, men) >= 0 and women + men + rest > 0 else None


def _rest(line: Line, parts: Sequence[Decimal]) -> str:
    if not parts[2]:
        return ""
    is_counted = line.women is not None and line.women.actual is not None and line.men is not None
    return number(parts[2]) if is_counted else percent(parts[2])


def written(line: Line, value: Decimal | None) -> str:
    """A value in the unit of a line, as the reader's language writes it."""
    return "" if value is None else amount(Said(value, line.measure, line.currency))


def label_of(line: Line) -> list[str]:
    """A line's name in as many lines as a drawing has room for, and its scope below it; its table holds all of it."""
    scope = " · ".join(part for part in (line.scope_label, line.breakdown_label) if part)
    return [*_lines(line.indicator.name, MOST_LINES), *_lines(scope, 1)]


def _lines(text: str, most: int) -> list[str]:
    # Most texts fit in one line as they are, and wrap() looks at each letter.
    return [text] if 0 < len(text) <= LETTERS else wrap(text, LETTERS, max_lines=most, placeholder="…")


def placed(label: Sequence[str]) -> list[tuple[int, str]]:
    """The lines of a label, each with where it stands above its bar."""
    return [(12 - charts.LINE * (len(label) - 1 - number), text) for number, text in enumerate(label)]
