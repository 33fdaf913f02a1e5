"""What stands where in a report's workbook: one row for each indicator and scope, one column for each part by sex.

It is the order of the entry grid, so that a figure is found in the same place on paper, on screen and in the workbook.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from indicators import rules
from indicators.choices import Cumulation, Measure, PeriodKind, Qualifier
from indicators.models import (
    Actual,
    Category,
    ExpectedResult,
    Figure,
    Indicator,
    ReportingPeriod,
    Series,
    Submission,
    Target,
)
from indicators.tables import Names
from indicators.telling import comments_for
from projects.models import Project

#: The dimension whose categories stand side by side; any other has rows of its own.
SIDE_BY_SIDE: Final = "sex"
#: What the hidden cells of a report's workbook begin with.
IDENTITY: Final = "epe-ap-report/1"
KEYS: Final = "epe-ap-columns/1"
HEADINGS: Final = "epe-ap-headings/1"

SIGNS: Final = {Qualifier.MORE_THAN: "> ", Qualifier.AT_LEAST: "≥ ", Qualifier.ABOUT: "≈ "}


@dataclass
class Place:
    """One cell: a series, and what is known of it for the period and before."""

    series: Series
    title: str = ""
    proposal: Submission | None = None
    actual: Actual | None = None
    last: Actual | None = None
    target: Target | None = None
    comment: str = ""

    @property
    def stated(self) -> Submission | Actual | None:
        """What now stands for the period: the open proposal, else the approved figure."""
        return self.proposal or self.actual

    @property
    def version(self) -> int:
        """Of the open proposal; 0 where there is none."""
        return self.proposal.version if self.proposal else 0


@dataclass
class LayoutRow:
    """One row: an indicator in one scope and, where it has other dimensions than sex, one part of them.

    Attributes:
        key: natural, so that it means the same in another database.
        places: by the key of the column; ``""`` is the total.
    """

    key: str
    indicator: Indicator
    scope: str
    places: dict[str, Place] = field(default_factory=dict)

    @property
    def main(self) -> Place:
        """The total, or the first part where there is none."""
        return self.places.get("") or next(iter(self.places.values()))


@dataclass
class Layout:
    """A report's workbook, before it is written or after it is read."""

    project: Project
    period: ReportingPeriod
    columns: Mapping[str, str]
    groups: Sequence[tuple[ExpectedResult | None, Sequence[LayoutRow]]]

    @property
    def identity(self) -> str:
        return identity_of(self.project, self.period)

    @property
    def has_percentages(self) -> bool:
        return any(row.indicator.measure == Measure.PERCENTAGE for row in self.rows())

    @property
    def has_texts(self) -> bool:
        return any(row.indicator.measure == Measure.QUALITATIVE for row in self.rows())

    def rows(self) -> Iterator[LayoutRow]:
        for _result, rows in self.groups:
            yield from rows


def identity_of(project: Project, period: ReportingPeriod) -> str:
    """What tells the workbooks of two reports apart; its end tells a mistyped one from another one."""
    name = f"{IDENTITY}|{project.slug}|{period.slug}"
    return f"{name}|{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def layout_of(project: Project, period: ReportingPeriod, reader: User) -> Layout:
    """The rows and cells of a report that a person enters, with what is known of each: at most ten queries, whatever
    their number. Of another institution's there is no row, no column and no word."""
    names = Names.of((), Category.objects.select_related("dimension"))
    asked = Series.objects.expected_in(period).filter(project=project)
    series = list(
        (asked if reader.is_staff else asked.reported_by(reader)).select_related(
            "indicator__expected_result", "project", "country", "partner", "forum", "breakdown", "baseline"
        )
    )
    series.sort(key=lambda one: (*_position(one.indicator), _scope(one), one.breakdown.key != "", one.breakdown.key))
    places = {one.pk: Place(one) for one in series}
    _add_figures(places, period)
    comments = comments_for(reader, [place.proposal for place in places.values() if place.proposal])
    for place in places.values():
        place.comment = comments.get(place.proposal.pk, "") if place.proposal else ""
    orders = {at: category.order for at, category in names.categories.items()}
    keys = {_parted(one.breakdown.key)[0] for one in series}
    ordered = sorted(keys, key=lambda key: (not key, orders.get((SIDE_BY_SIDE, key.partition("=")[2]), 0), key))
    columns = {key: names.breakdown(key) or _("total") for key in ordered}
    groups = []
    for result, of_result in groupby(series, key=lambda one: one.indicator.expected_result):
        rows: dict[str, LayoutRow] = {}
        for one in of_result:
            column, rest = _parted(one.breakdown.key)
            key = "|".join([one.indicator.slug, *_scope_key(one), rest])
            scope = " · ".join(filter(None, (*_scope(one), names.breakdown(rest))))
            row = rows.setdefault(key, LayoutRow(key, one.indicator, scope))
            row.places[column] = places[one.pk]
            places[one.pk].title = ", ".join(filter(None, (one.indicator.code, scope, columns[column])))
        groups.append((result, list(rows.values())))
    return Layout(project, period, columns, groups)


def words_for_cells() -> tuple[str, str]:
    """What a cell says for *not applicable* and *not yet*, in the active language; ``read_cell`` knows all of them."""
    return pgettext("in a cell of a workbook", "n/a"), pgettext("in a cell of a workbook", "not yet")


def in_cell(figure: Figure | None) -> object:
    """A figure as it stands in one cell of a workbook: a number, or text where a number alone would not say all."""
    if figure is None:
        return None
    not_applicable, not_yet = words_for_cells()
    if figure.is_not_applicable:
        return not_applicable
    if getattr(figure, "is_not_yet", False):
        return not_yet
    sign = SIGNS.get(Qualifier(figure.qualifier), "")
    if figure.share is not None:
        return f"{sign}{figure.share.normalize():f} %"
    if figure.numerator is not None and figure.denominator is not None and figure.value is None:
        return f"{sign}{figure.numerator.normalize():f}/{figure.denominator.normalize():f}"
    if figure.value is not None:
        return f"{sign}{figure.value.normalize():f}" if sign else _plain(figure.value)
    return figure.text or None


def _plain(number: Decimal) -> Decimal:
    """The number without zeros after its last digit: 83 and not 83.0000, as it is shown beside what was typed."""
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def _add_figures(places: dict[int, Place], period: ReportingPeriod) -> None:
    for actual in (
        Actual.objects.filter(series__in=places, period__ends_on__lte=period.ends_on)
        .select_related("period")
        .order_by("period__ends_on", "pk")
    ):
        place = places[actual.series_id]
        if actual.period_id == period.pk:
            place.actual = actual
        elif actual.period.kind == period.kind:
            place.last = actual
    for proposal in Submission.objects.open().filter(series__in=places, period=period):
        places[proposal.series_id].proposal = proposal
    known: dict[int, list[Target]] = defaultdict(list)
    for target in Target.objects.current().filter(series__in=places).select_related("period"):
        known[target.series_id].append(target)
    for pk, targets in known.items():
        due = rules.target_due(
            [
                rules.Milestone(each.pk, each.period_id, PeriodKind(each.period.kind), each.period.ends_on)
                for each in targets
            ],
            period=period.pk,
            ends_on=period.ends_on,
            kind=PeriodKind(period.kind),
            cumulation=Cumulation(places[pk].series.indicator.cumulation),
        )
        places[pk].target = next((each for each in targets if due and each.period_id == due.period), None)


def _position(indicator: Indicator) -> tuple[Any, ...]:
    result = indicator.expected_result
    if result is None:
        return (1, 0, "", indicator.code)
    return (0, result.order, result.code, indicator.code)


def _parted(key: str) -> tuple[str, str]:
    """A breakdown's key parted into that of its column and that of its row."""
    pairs = [pair for pair in key.split(";") if pair]
    column = [pair for pair in pairs if pair.partition("=")[0] == SIDE_BY_SIDE]
    return ";".join(column), ";".join(pair for pair in pairs if pair not in column)


def _scope(series: Series) -> tuple[str, ...]:
    return (
        str(series.country.name) if series.country else "",
        str(series.partner.short_name) if series.partner else "",
        str(series.forum.title) if series.forum else "",
    )


def _scope_key(series: Series) -> tuple[str, ...]:
    return (
        series.country.code if series.country else "",
        series.partner.slug if series.partner else "",
        series.forum.slug if series.forum else "",
    )
