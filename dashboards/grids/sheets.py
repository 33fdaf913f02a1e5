"""Entry grids as their pages show them, each read in a handful of queries whatever its size."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dashboards.grids.cells import Cell, Kind
from dashboards.grids.sums import add_sums
from indicators import rules
from indicators.choices import Cumulation, PeriodKind, ReviewDecision, SubmissionState
from indicators.models import (
    Actual,
    Category,
    ExpectedResult,
    Indicator,
    Report,
    ReportingPeriod,
    Review,
    Series,
    Submission,
    Target,
)
from indicators.querysets import SeriesQuerySet
from indicators.tables import Names

#: The dimension whose categories a report sets side by side; any other stands in lines of its own.
SIDE_BY_SIDE = "sex"


@dataclass(frozen=True)
class Column:
    """One breakdown, down the page; the empty key is the total."""

    key: str
    label: str


@dataclass
class Line:
    """The cells of an indicator in one scope, beside the categories of its lines (``rest``)."""

    indicator: Indicator
    series: Series
    rest: str
    label: str
    heading: str
    is_first: bool = False
    cells: list[Cell | None] = field(default_factory=list)

    @property
    def pk(self) -> int:
        return self.series.pk

    @property
    def wide(self) -> Cell | None:
        """The cell of a line that asks for a text alone: it has the whole width."""
        found = [cell for cell in self.cells if cell is not None]
        return found[0] if len(found) == 1 and found[0].kind == Kind.TEXT else None


@dataclass
class Block:
    """The lines that belong together: those of an indicator, or of a project."""

    lines: list[Line]

    @property
    def first(self) -> Line:
        return self.lines[0]


@dataclass
class Group:
    """The blocks under one expected result; None for indicators that have none."""

    result: ExpectedResult | None
    blocks: list[Block]


@dataclass
class Sheet:
    """A whole grid."""

    period: ReportingPeriod
    columns: list[Column]
    groups: list[Group]
    names: Names

    def cells(self) -> Iterator[Cell]:
        """All cells, in the order of the page."""
        for group in self.groups:
            for block in group.blocks:
                for line in block.lines:
                    yield from (cell for cell in line.cells if cell is not None)

    def entered(self) -> list[Cell]:
        """The cells that the reader enters."""
        return [cell for cell in self.cells() if not cell.is_read_only]

    @property
    def width(self) -> int:
        """How many columns the table has, with that of the names."""
        return len(self.columns) + 1

    @property
    def seen(self) -> str:
        """What a form that is made now says about each stored figure."""
        return " ".join(cell.seen for cell in self.cells())

    def returned(self) -> list[Cell]:
        """The cells that came back and wait to be mended."""
        return [cell for cell in self.entered() if cell.state == SubmissionState.RETURNED]

    def missing(self) -> list[Cell]:
        """The cells that say nothing, and those that say "not yet"."""
        return [cell for cell in self.entered() if cell.stated is None or getattr(cell.stated, "is_not_yet", False)]

    def attention(self) -> list[Cell]:
        """The cells that were not saved, or about which there is a question."""
        return [cell for cell in self.cells() if cell.needs_attention]

    def add_sums(self) -> None:
        """Put sums and ratios of what now stands in the cells beside them."""
        add_sums(list(self.cells()), self.names)


def expected_series(period: ReportingPeriod) -> SeriesQuerySet:
    """The series that are awaited for a period: expected ones, of indicators that are active in it."""
    return Series.objects.expected_in(period).select_related(
        "indicator__expected_result", "project", "country", "partner", "forum", "breakdown", "baseline"
    )


def report_sheet(series: Sequence[Series], period: ReportingPeriod) -> Sheet:
    """Expected results and indicators down, the parts by sex and the total across."""
    names = Names.of((), Category.objects.select_related("dimension"))
    ordered = sorted(series, key=lambda one: (*_place(one.indicator), one.indicator_id))
    cells = load_cells(ordered, period, names)
    columns = _columns((_split(one.breakdown.key, {SIDE_BY_SIDE})[0] for one in ordered), names)
    groups = []
    for result, of_result in groupby(ordered, key=lambda one: one.indicator.expected_result):
        blocks = [
            Block(_lines(list(of_indicator), cells, columns, names, across={SIDE_BY_SIDE}, with_project=False))
            for _indicator, of_indicator in groupby(of_result, key=lambda one: one.indicator_id)
        ]
        groups.append(Group(result, blocks))
    return Sheet(period, columns, groups, names)


def programme_sheet(series: Sequence[Series], period: ReportingPeriod, names: Names) -> Sheet:
    """One indicator: projects, countries and institutions down, all its breakdowns across."""
    across = {dimension for dimension, _category in names.categories}
    cells = load_cells(series, period, names)
    columns = _columns((one.breakdown.key for one in series), names)
    blocks = [
        Block(_lines(list(of_project), cells, columns, names, across=across, with_project=True))
        for _project, of_project in groupby(series, key=lambda one: one.project_id)
    ]
    result = series[0].indicator.expected_result if series else None
    return Sheet(period, columns, [Group(result, blocks)] if blocks else [], names)


def in_order_of_scope(series: Iterable[Series]) -> list[Series]:
    """By project, country, partner and forum; what is not of one project comes first."""
    return sorted(series, key=lambda one: (one.project.code if one.project else "", one.project_id or 0, _scope(one)))


def load_cells(series: Sequence[Series], period: ReportingPeriod, names: Names) -> dict[int, Cell]:
    """A cell for each series, with its baseline, target, last value, proposal and approved figure: five queries,
    and one more when something was returned."""
    language = (get_language() or "fr").partition("-")[0]
    cells = {
        one.pk: Cell(one, one.breakdown.key, names.breakdown(one.breakdown.key) or _("total"), language)
        for one in series
    }
    for one in series:
        cells[one.pk].baseline = getattr(one, "baseline", None)
    for pk, target in targets_due(series, period).items():
        cells[pk].target = target
    # Those of this period, and of the periods before it that were reported in the same way.
    earlier = Q(period__kind=period.kind, period__ends_on__lt=period.starts_on)
    actuals = Actual.objects.filter(Q(period=period) | earlier, series__in=cells)
    for actual in actuals.order_by("period__ends_on", "pk"):
        if actual.period_id == period.pk:
            cells[actual.series_id].actual = actual
        else:
            cells[actual.series_id].last = actual
    submissions = Submission.objects.filter(series__in=cells, period=period).select_related("author").order_by("number")
    for submission in submissions:
        cells[submission.series_id].submission = submission
    handed_in = set(
        Report.objects.filter(
            period=period,
            project__in={one.project_id for one in series if one.project_id},
            state=SubmissionState.SUBMITTED,
        ).values_list("project", flat=True)
    )
    for cell in cells.values():
        cell.is_handed_in = cell.series.project_id in handed_in
    returned = {
        cell.submission.pk: cell
        for cell in cells.values()
        if cell.submission is not None and cell.state == SubmissionState.RETURNED
    }
    if returned:
        for review in Review.objects.filter(submission__in=returned, decision=ReviewDecision.RETURN).order_by("pk"):
            returned[review.submission_id].returned = review
    return cells


def targets_due(series: Iterable[Series], period: ReportingPeriod) -> dict[int, Target]:
    """The target that the figure of each series is measured against in a period, by the rule; one query."""
    indicators = {one.pk: one.indicator for one in series}
    known: dict[int, list[Target]] = defaultdict(list)
    found: dict[int, Target] = {}
    targets = Target.objects.current().filter(series__in=indicators, period__ends_on__lte=period.ends_on)
    for target in targets.select_related("period"):
        known[target.series_id].append(target)
    for pk, targets_of_series in known.items():
        due = rules.target_due(
            [_milestone(target) for target in targets_of_series],
            period=period.pk,
            ends_on=period.ends_on,
            kind=PeriodKind(period.kind),
            cumulation=Cumulation(indicators[pk].cumulation),
        )
        found.update((pk, each) for each in targets_of_series if due and each.period_id == due.period)
    return found


def _milestone(target: Target) -> rules.Milestone:
    period = target.period
    return rules.Milestone(target.pk, period.pk, PeriodKind(period.kind), period.ends_on)


def _place(indicator: Indicator) -> tuple[Any, ...]:
    """Where an indicator stands: under its expected result, or after all of them."""
    result = indicator.expected_result
    if result is None:
        return (1, 0, "", indicator.code)
    return (0, result.order, result.code, indicator.code)


def _split(key: str, across: set[str]) -> tuple[str, str]:
    """A breakdown's key parted into that of its column and that of its line."""
    pairs = [pair for pair in key.split(";") if pair]
    column = [pair for pair in pairs if pair.partition("=")[0] in across]
    return ";".join(column), ";".join(pair for pair in pairs if pair not in column)


def _columns(keys: Iterable[str], names: Names) -> list[Column]:
    """The breakdowns in the order of their categories, then the total."""
    found = sorted(set(keys), key=lambda key: (not key, _order(key, names)))
    return [Column(key, names.breakdown(key) or _("total")) for key in found]


def _order(key: str, names: Names) -> tuple[Any, ...]:
    """Dimensions by name, categories as their dimension orders them, a category before its crossings."""
    found = []
    for pair in filter(None, key.split(";")):
        dimension, _equals, code = pair.partition("=")
        category = names.categories.get((dimension, code))
        found.append((dimension, category.order if category else 0, code))
    return (len(found), *found)


def _scope(series: Series) -> tuple[str, ...]:
    """The parts of a scope under the project, as a reader names them."""
    parts = (
        series.country.name if series.country else "",
        series.partner.short_name if series.partner else "",
        series.forum.title if series.forum else "",
    )
    return tuple(str(part) for part in parts)


def _lines(
    series: list[Series],
    cells: Mapping[int, Cell],
    columns: Sequence[Column],
    names: Names,
    *,
    across: set[str],
    with_project: bool,
) -> list[Line]:
    """The lines of one block: its parts by scope and by other dimensions, and last the whole."""
    rows: dict[tuple[tuple[str, ...], str], dict[str, Series]] = defaultdict(dict)
    for one in series:
        column, rest = _split(one.breakdown.key, across)
        rows[_scope(one), rest][column] = one
    lines: list[Line] = []
    in_order = sorted(rows, key=lambda at: (not any(at[0]), at[0], not at[1], _order(at[1], names)))
    several = len(in_order) > 1
    for scope, rest in in_order:
        found = rows[scope, rest]
        first = next(iter(found.values()))
        label = " · ".join(filter(None, (*scope, names.breakdown(rest))))
        if not label and several:
            label = _("whole project") if first.project_id else _("all together")
        line = Line(first.indicator, first, rest, label, _heading(first, with_project=with_project))
        line.is_first = not lines
        line.cells = [cells[found[column.key].pk] if column.key in found else None for column in columns]
        for cell in line.cells:
            if cell is not None:
                cell.title = ", ".join(filter(None, (line.heading, label, cell.label)))
        lines.append(line)
    return lines


def _heading(series: Series, *, with_project: bool) -> str:
    if not with_project:
        return f"{series.indicator.code} · {series.indicator.name}"
    return str(series.project.code) if series.project else _("programme")
