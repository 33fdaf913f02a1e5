"""Target against actual: for each figure a bar on a scale of its own, and a mark where the target stands.

Scales of their own, because a page has persons, contacts and percentages together, which share none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from epe_ap.templatetags.figures import number
from indicators.charts.chart import (
    Cell,
    Chart,
    Row,
    Table,
    about,
    actual_of,
    capitalised,
    coverage_of,
    demonstration,
    is_drawable,
    listed,
    name_row,
    scope_of,
    source_cell,
    sources_of,
    target_of,
    told,
    written,
)
from indicators.charts.drawing import WIDTH, Sheet
from indicators.charts.shapes import Scale
from indicators.choices import Measure, Status

KIND = "targets"
#: So many figures are drawn; a longer page says how many more its tables hold.
MOST = 10
NOT_COMPARED = (Status.NOT_MEASURABLE, Status.NOT_APPLICABLE, Status.NO_TARGET, Status.RECORDED)
#: How a figure stands that can be held against its target by now: what the title counts.
COMPARED = (
    *(Status.EXCEEDED, Status.ACHIEVED, Status.ON_TRACK),
    *(Status.BEHIND, Status.REGRESSED, Status.UNDECIDED),
)
REACHED = (Status.EXCEEDED, Status.ACHIEVED)
BAR = 12


@dataclass(frozen=True)
class Bullet:
    """One figure against its target.

    Attributes:
        actual: what is compared with the target; None while nothing is reported, or where it is withheld.
        is_to_date: it is the sum of the periods so far, and not the figure of the row's own period.
    """

    row: Row
    target: Decimal
    actual: Decimal | None
    is_to_date: bool

    @property
    def said(self) -> str:
        """The actual in words, "" where there is none."""
        if self.actual is None:
            return ""
        if self.is_to_date:
            return _("%(value)s so far") % {"value": written(self.row, self.actual)}
        return actual_of(self.row)

    @property
    def words(self) -> list[str]:
        """Everything that stands below the bar."""
        row = self.row
        # A target that is met but only bounded says so through its status.
        words = [self.said, _("target %(value)s") % {"value": target_of(row, self.target)}]
        if row.baseline is not None:
            words.append(_("start %(value)s") % {"value": written(row, row.baseline)})
        return [word for word in (*words, str(row.get_status_display), coverage_of(row)) if word]


def bullet_of(row: Row) -> Bullet | None:
    """The row against the target due by its period or, where none is due yet, the final one; None where it has neither, or
    is not compared with it."""
    target = row.target if row.target is not None else row.target_final
    if target is None or row.status in NOT_COMPARED or row.measure == Measure.QUALITATIVE:
        return None
    if row.status != Status.SUPPRESSED and not is_drawable(row):
        return None
    is_own = row.target is not None and row.actual is not None
    actual = row.actual if is_own else row.actual_to_date
    if actual is None and row.share is not None:
        return None
    return Bullet(row, target, actual, is_to_date=not is_own and actual is not None)


def target_chart(rows: Sequence[Row], *, of_one: bool = False) -> Chart | None:
    """The figures of a page against their targets; None where no figure answers a target.

    Args:
        of_one: all of one indicator, which the page names, so that a bar is named by its scope.
    """
    every = [bullet for row in rows if (bullet := bullet_of(row)) is not None]
    if not any(bullet.actual is not None for bullet in every):
        return None
    bullets = every[:MOST]
    sheet = Sheet()
    for bullet in bullets:
        # One alone is named by the title.
        _draw(sheet, bullet, of_one=of_one or len(every) == 1)
    notes = [_("Each bar has a scale of its own. The upright line is the target.")]
    if any(bullet.row.baseline is not None for bullet in bullets):
        notes.append(_("The dotted line is the start."))
    if len(every) > len(bullets):
        more = len(every) - len(bullets)
        notes.append(
            ngettext(
                "%(number)s more figure with a target stands in the table of the page.",
                "%(number)s more figures with a target stand in the table of the page.",
                more,
            )
            % {"number": number(more)}
        )
    awaited = sum(bullet.row.status == Status.NOT_REPORTED for bullet in every)
    if awaited:
        notes.append(
            ngettext(
                "%(number)s target is stated without a figure that answers it.",
                "%(number)s targets are stated without a figure that answers them.",
                awaited,
            )
            % {"number": number(awaited)}
        )
    without = sum(row.target is None and row.target_final is None for row in rows)
    if without:
        notes.append(
            ngettext(
                "For %(number)s other figure the sources state no target: it is not drawn.",
                "For %(number)s other figures the sources state no target: they are not drawn.",
                without,
            )
            % {"number": number(without)}
        )
    drawn = [bullet.row for bullet in bullets]
    return Chart(
        KIND,
        _title(every, of_one=of_one),
        listed([told(f"{bullet.row.indicator.name} ({about(bullet.row)})", *bullet.words) for bullet in bullets]),
        sheet.done(),
        _table(bullets),
        notes,
        sources_of(drawn),
        demonstration(drawn),
    )


def _title(bullets: Sequence[Bullet], *, of_one: bool) -> str:
    compared = [bullet for bullet in bullets if bullet.row.status in COMPARED]
    if len(compared) < 2:
        # What only waits for its figure, or for its day, is told below.
        bullet = next((each for each in compared or bullets if each.actual is not None), bullets[0])
        is_narrow = any(key is not None for key in scope_of(bullet.row))
        title = _("%(name)s: %(actual)s, with a target of %(target)s") % {
            "name": about(bullet.row) if of_one and is_narrow else bullet.row.indicator.name,
            "actual": bullet.said,
            "target": target_of(bullet.row, bullet.target),
        }
        return capitalised(title)
    reached = sum(bullet.row.status in REACHED for bullet in compared)
    said = {"reached": number(reached), "number": number(len(compared))}
    if reached == len(compared):
        return _("All %(number)s figures that have a target reached it") % said
    if not reached:
        return _("None of the %(number)s figures that have a target has reached it") % said
    return (
        ngettext(
            "%(reached)s of the %(number)s figures that have a target has reached it",
            "%(reached)s of the %(number)s figures that have a target have reached it",
            reached,
        )
        % said
    )


def _draw(sheet: Sheet, bullet: Bullet, *, of_one: bool) -> None:
    row = bullet.row
    if sheet.y:
        sheet.space(14)
    name_row(sheet, row, of_one=of_one)
    values = [Decimal(0), bullet.target]
    values += [value for value in (bullet.actual, row.baseline) if value is not None]
    if row.measure == Measure.PERCENTAGE:
        values.append(Decimal(100))
    scale = Scale(min(values), max(values), Decimal(2), Decimal(WIDTH - 2))
    top = sheet.y + 5
    zero = scale.at(0)
    sheet.add("rect", "track", x=2, y=top, width=WIDTH - 4, height=BAR)
    if bullet.actual:
        ends = sorted((float(zero), float(scale.at(bullet.actual))))
        sheet.add("rect", "bar", x=ends[0], y=top, width=ends[1] - ends[0], height=BAR)
    if row.baseline is not None:
        sheet.path("halo", f"M{scale.at(row.baseline)} {top:g}v{BAR}")
        sheet.path("start", f"M{scale.at(row.baseline)} {top - 2:g}v{BAR + 4}")
    sheet.path("halo", f"M{scale.at(bullet.target)} {top:g}v{BAR}")
    sheet.path("target", f"M{scale.at(bullet.target)} {top - 4:g}v{BAR + 8}")
    sheet.space(BAR + 10)
    sheet.facts(bullet.words, "value")


def _table(bullets: Sequence[Bullet]) -> Table:
    return Table(
        [
            _("What was measured"),
            _("Scope"),
            _("Unit"),
            _("Period"),
            _("Target"),
            _("Actual"),
            _("Status"),
            _("Source"),
        ],
        [
            [
                Cell(bullet.row.indicator.name),
                Cell(about(bullet.row)),
                Cell(bullet.row.indicator.unit),
                Cell(bullet.row.period_label),
                Cell(target_of(bullet.row, bullet.target), bullet.target),
                Cell(bullet.said or "–", bullet.actual, bullet.row.figure_url),
                Cell(str(bullet.row.get_status_display)),
                source_cell(bullet.row),
            ]
            for bullet in bullets
        ],
    )
