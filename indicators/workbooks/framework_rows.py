"""What the rows of a programme's framework are, in their order, with the figures of each."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import F, Q

from indicators.models import Actual, Breakdown, Category, Indicator, Series, Target
from indicators.tables import Names
from projects.models import Programme

#: The scope that an indicator has of itself: the programme, or the project that it belongs to.
OWN = Q(Q(project=None) | Q(project=F("indicator__project")), country=None, partner=None, forum=None)


@dataclass
class FrameworkRow:
    """One indicator in one scope, or one part of the programme's total: its figures over the periods.

    Attributes:
        targets, actuals: by the primary key of their period.
        part: what the part is called; empty for a total.
    """

    series: Series
    targets: dict[int, Target]
    actuals: dict[int, Actual]
    part: str = ""


def row_key(series: Series) -> str:
    """The natural key of a row, the same in every database."""
    parts = [
        series.project.slug if series.project else "",
        series.country.code if series.country else "",
        series.partner.slug if series.partner else "",
        series.forum.slug if series.forum else "",
    ]
    if not series.is_total:
        parts.append(series.breakdown.key)
    return "|".join([series.indicator.slug, *parts])


def series_of(programme: Programme) -> list[Series]:
    """The series that have a row: totals in every scope, and the parts of the indicator's own."""
    return list(
        Series.objects.filter(Q(breakdown__key="") | OWN, indicator__programme=programme)
        .select_related(
            "indicator__programme", "indicator__expected_result", "indicator__project", "breakdown", "baseline"
        )
        .select_related("project", "country", "partner", "forum")
        .order_by("indicator__code", "project__code", "country__code", "partner__slug", "forum__slug", "pk")
    )


def rows_of_framework(programme: Programme) -> dict[int | None, list[FrameworkRow]]:
    """The rows under each expected result, with their figures; a number of queries that does not grow with them.

    An indicator without any series has a row as well, so that the framework is complete from its first day.
    """
    series = series_of(programme)
    names = Names.of((), Category.objects.select_related("dimension"))
    targets: dict[int, dict[int, Target]] = defaultdict(dict)
    for target in Target.objects.current().filter(series__in=series):
        targets[target.series_id][target.period_id] = target
    actuals: dict[int, dict[int, Actual]] = defaultdict(dict)
    for actual in Actual.objects.filter(series__in=series):
        actuals[actual.series_id][actual.period_id] = actual
    rows: dict[int | None, list[FrameworkRow]] = defaultdict(list)
    orders = {at: category.order for at, category in names.categories.items()}
    for each in with_missing(programme, series, orders):
        known = each.pk is not None
        rows[each.indicator.expected_result_id].append(
            FrameworkRow(
                each,
                targets[each.pk] if known else {},
                actuals[each.pk] if known else {},
                names.breakdown(each.breakdown.key) if known else "",
            )
        )
    return rows


def with_missing(
    programme: Programme, series: Sequence[Series], orders: dict[tuple[str, str], int] | None = None
) -> Iterator[Series]:
    """These series by indicator, each total before its parts, and an unsaved one for each indicator without a total."""
    totals: dict[int, list[Series]] = defaultdict(list)
    parts: dict[int, list[Series]] = defaultdict(list)
    for each in series:
        (totals if each.is_total else parts)[each.indicator_id].append(each)
    indicators = Indicator.objects.filter(programme=programme).select_related("expected_result", "project")
    for indicator in indicators.order_by("code"):
        of = totals.get(indicator.pk) or [
            Series(indicator=indicator, project=indicator.project, breakdown=Breakdown(key=""))
        ]
        # Its own stands first; its parts belong to it.
        of.sort(key=lambda one: not _is_own(one))
        ordered = sorted(parts.get(indicator.pk, ()), key=lambda one: _order(one.breakdown.key, orders or {}))
        if not _is_own(of[0]):
            yield from of
            yield from ordered
        else:
            yield of[0]
            yield from ordered
            yield from of[1:]


def _is_own(series: Series) -> bool:
    is_narrower = series.country_id or series.partner_id or series.forum_id
    return series.project_id in (None, series.indicator.project_id) and not is_narrower


def _order(key: str, orders: dict[tuple[str, str], int]) -> tuple[object, ...]:
    pairs = [pair.partition("=") for pair in key.split(";")]
    return (
        len(pairs),
        [(dimension, orders.get((dimension, code), 0), code) for dimension, _equals, code in pairs],
    )


def scope_of(series: Series) -> str:
    """The scope in words; empty for the programme's own."""
    parts = (
        str(series.project.code) if series.project else "",
        str(series.country.name) if series.country else "",
        str(series.partner.short_name) if series.partner else "",
        str(series.forum.title) if series.forum else "",
    )
    return " · ".join(filter(None, parts))
