"""One indicator by country, and by project or institution: a bar for each figure, on one scale, the largest first."""

from collections.abc import Callable, Iterable, Sequence
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
    is_partial,
    listed,
    source_cell,
    sources_of,
    told,
    valued,
)
from indicators.charts.drawing import WIDTH, Sheet
from indicators.charts.shapes import Scale
from indicators.choices import Measure, Origin, Qualifier

COUNTRIES, PROJECTS = "countries", "projects"
MOST = 12
#: Counts up to here are taken in faster by reading them.
FEW = 4
BAR = 10
#: Room behind the longest bar, for the sign that a figure is a lower bound.
BEYOND = 12
BOUNDS = (Qualifier.MORE_THAN, Qualifier.AT_LEAST)


def is_of_country(row: Row) -> bool:
    """Whether a row is the figure of a country as a whole."""
    return row.country_id is not None and row.project_id is row.partner_id is row.forum_id is None


def is_of_project(row: Row) -> bool:
    """Whether a row is the figure of a project, an institution or a forum."""
    return any(key is not None for key in (row.project_id, row.partner_id, row.forum_id))


def country_chart(rows: Sequence[Row]) -> Chart | None:
    """An indicator by country, in the latest period that has figures of two; None where they are all the same."""
    chosen = compared(rows, is_of_country)
    if not chosen:
        return None
    wholes = [row for row in rows if row.period_id == chosen[0].period_id and is_whole(row) and row.actual is not None]
    notes = []
    if len(wholes) == 1:
        notes.append(_("The programme as a whole: %(value)s.") % {"value": actual_of(wholes[0])})
    title = _title(chosen)
    if _has_highest(chosen):
        title = ngettext(
            "%(place)s: %(high)s, the highest of %(number)s country",
            "%(place)s: %(high)s, the highest of %(number)s countries",
            len(chosen),
        ) % _said(chosen)
    return _chart(COUNTRIES, chosen, capitalised(title), notes, lambda row: row.country.name)


def project_chart(rows: Sequence[Row]) -> Chart | None:
    """An indicator by project, institution and forum, in the latest period that has two of them."""
    chosen = compared(rows, is_of_project)
    if not chosen:
        return None
    notes = [_("Figures of single projects, institutions or forums: they are not added up.")]
    title = _title(chosen)
    if _has_highest(chosen):
        title = ngettext(
            "%(place)s: %(high)s, the highest of %(number)s figure",
            "%(place)s: %(high)s, the highest of %(number)s figures",
            len(chosen),
        ) % _said(chosen)
    return _chart(PROJECTS, chosen, capitalised(title), notes, about)


def is_whole(row: Row) -> bool:
    """Whether a row is the total of the programme as a whole."""
    return row.country_id is None and not is_of_project(row) and row.breakdown_key == ""


def compared(rows: Iterable[Row], belongs: Callable[[Row], bool]) -> list[Row]:
    """Totals of one kind of scope that may stand on one scale, the largest first: of the latest period that has two or more.
    None where all of them are the same, or are small counts: a sentence says these better than a chart."""
    found: dict[int, list[Row]] = {}
    for row in rows:
        if belongs(row) and row.breakdown_key == "" and row.actual is not None and is_drawable(row):
            found.setdefault(row.period_id, []).append(row)
    several = [of_period for of_period in found.values() if len(of_period) > 1]
    if not several:
        return []
    latest = max(several, key=lambda of_period: (of_period[0].period.ends_on, of_period[0].period.starts_on))
    is_small = latest[0].measure == Measure.COUNT and max(row.actual for row in latest) <= FEW
    if is_small or len({row.actual for row in latest}) == 1:
        return []
    return sorted(latest, key=lambda row: -row.actual)


def _has_highest(rows: Sequence[Row]) -> bool:
    """Whether one figure is the highest: not where another is as high, or may be higher, being rounded, a lower
    bound or a total of which parts are missing."""
    first, *others = rows
    is_sure = first.qualifier in (Qualifier.EXACT, *BOUNDS)
    return is_sure and all(
        row.actual < first.actual and row.qualifier == Qualifier.EXACT and not is_partial(row) for row in others
    )


def _title(rows: Sequence[Row]) -> str:
    """From the lowest to the highest, where no single one is the highest."""
    return _("From %(low)s (%(lowest)s) to %(high)s") % _said(rows)


def _said(rows: Sequence[Row]) -> dict[str, str]:
    first, last = rows[0], rows[-1]
    return {
        "place": first.scope_label,
        "high": valued(first),
        "low": actual_of(last),
        "lowest": last.scope_label,
        "number": number(len(rows)),
    }


def _chart(kind: str, rows: Sequence[Row], title: str, notes: Sequence[str], named: Callable[[Row], str]) -> Chart:
    shown = rows[:MOST]
    values = [Decimal(0), *(row.actual for row in shown)]
    if rows[0].measure == Measure.PERCENTAGE:
        values.append(Decimal(100))
    scale = Scale(min(values), max(values), Decimal(1), Decimal(WIDTH - BEYOND))
    sheet = Sheet()
    for row in shown:
        if sheet.y:
            sheet.space(7)
        sheet.pair(named(row), actual_of(row))
        _bar(sheet, row, scale)
    said = list(notes)
    said += [told(named(row), coverage_of(row)) + "." for row in shown if is_partial(row)]
    said += [_("An arrow: the source states a lower bound.")] if any(row.qualifier in BOUNDS for row in shown) else []
    if len(rows) > len(shown):
        more = len(rows) - len(shown)
        said.append(
            ngettext(
                "%(number)s smaller figure stands in the table of the page.",
                "%(number)s smaller figures stand in the table of the page.",
                more,
            )
            % {"number": number(more)}
        )
    period = rows[0].period_label
    return Chart(
        kind,
        title,
        listed([told(named(row), actual_of(row)) for row in shown]),
        sheet.done(),
        Table(
            [_("Scope"), _("Unit"), _("Period"), _("Actual"), _("Source")],
            [
                [
                    Cell(named(row)),
                    Cell(row.indicator.unit),
                    Cell(period),
                    Cell(
                        _("%(value)s, calculated") % {"value": actual_of(row)}
                        if row.origin == Origin.COMPUTED
                        else actual_of(row),
                        row.actual,
                        row.figure_url,
                    ),
                    source_cell(row),
                ]
                for row in shown
            ],
        ),
        said,
        sources_of(shown),
        demonstration(shown),
        unit=" · ".join(word for word in (rows[0].unit_of_many, period) if word),
    )


def _bar(sheet: Sheet, row: Row, scale: Scale) -> None:
    top = sheet.y + 1
    zero, end = float(scale.at(0)), float(scale.at(row.actual))
    if row.actual:
        sheet.add(
            "rect", "partial" if is_partial(row) else "bar", x=min(zero, end), y=top, width=abs(end - zero), height=BAR
        )
    sheet.path("rule", f"M{zero:g} {top - 2:g}v{BAR + 4}")
    if row.qualifier in BOUNDS:
        sheet.path("open", f"M{end + 4:.1f} {top:g}l5 {BAR / 2:g}-5 {BAR / 2:g}")
    sheet.space(BAR + 3)
