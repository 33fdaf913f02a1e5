"""Totals and parts as they would stand with what is proposed: what a reviewer is shown, and what approval asks about."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Q

from indicators import rules
from indicators.actions.book import thresholds
from indicators.choices import Measure, Qualifier, RollUp
from indicators.models import Actual, Category, Figure, ReportingPeriod, Series, Submission
from indicators.rules import Closure, Quantity


@dataclass(frozen=True)
class Gap:
    """A total that its parts do not make.

    Attributes:
        total: the series of the total; None where shares do not make 100 %.
        parts: the series of the parts.
        missing: what the parts lack (negative: have too much), in the indicator's unit or in percent points.
    """

    total: Series | None
    parts: tuple[Series, ...]
    missing: Decimal

    @property
    def series(self) -> tuple[Series, ...]:
        return self.parts if self.total is None else (self.total, *self.parts)


def gaps(*, period: ReportingPeriod, submissions: Iterable[Submission]) -> list[Gap]:
    """Totals that would not be what their parts make, once these proposals are approved.

    Parts are those of an exhaustive dimension, and the finer scopes inside a project's own total. Only what the
    proposals touch is looked at, in four queries.
    """
    proposed = {each.series_id: each for each in submissions if not each.is_not_yet}
    if not proposed:
        return []
    touched = list(Series.objects.filter(pk__in=proposed).values_list("indicator", "project"))
    related = [
        each
        for each in Series.objects.filter(
            Q(indicator__in={indicator for indicator, _ in touched})
            & (Q(project__in={pk for _, pk in touched if pk}) | Q(project__isnull=True))
        ).with_scope()
        if (each.indicator_id, each.project_id) in set(touched)
    ]
    figures: dict[int, Figure] = {
        each.series_id: each for each in Actual.objects.filter(period=period, series__in=[each.pk for each in related])
    }
    figures |= proposed
    book = {each.pk: each for each in related if each.pk in figures}
    found = [*_gaps_of_breakdowns(book, figures), *_gaps_of_scopes(book, figures)]
    return [gap for gap in found if any(series.pk in proposed for series in gap.series)]


def _gaps_of_breakdowns(book: Mapping[int, Series], figures: Mapping[int, Figure]) -> Iterable[Gap]:
    dimensions = defaultdict(set)
    for code, category in Category.objects.filter(dimension__is_exhaustive=True).values_list(
        F("dimension__code"), "code"
    ):
        dimensions[code].add(category)
    cells = {(_scope(each), each.breakdown.key): each for each in book.values()}
    #: By scope, dimension and what else the breakdown says: the parts by their category.
    split: dict[tuple[tuple[int | None, ...], str, str], dict[str, Series]] = defaultdict(dict)
    for (scope, key), series in cells.items():
        words = [word for word in key.split(";") if word]
        for word in words:
            code, _, category = word.partition("=")
            if code in dimensions:
                split[scope, code, ";".join(other for other in words if other != word)][category] = series
    for (scope, code, base), parts in split.items():
        total = cells.get((scope, base))
        gap = _gap(total, parts, figures, is_complete=rules.has_all_parts(parts, dimensions[code]))
        if gap is not None:
            yield gap


def _gap(
    total: Series | None, parts: Mapping[str, Series], figures: Mapping[int, Figure], *, is_complete: bool
) -> Gap | None:
    listed = tuple(parts.values())
    stated = [figures[each.pk] for each in listed]
    indicator = listed[0].indicator
    shares = [figure.share for figure in stated if figure.share is not None]
    counts = _quantities(stated)
    if shares and len(shares) == len(stated):
        outcome = rules.shares_add_up(shares, is_complete=is_complete)
        whole = None
    elif total is not None and len(counts) == len(stated) and indicator.measure in (Measure.COUNT, Measure.CURRENCY):
        whole = total
        outcome = rules.adds_up(
            total=_quantity(figures[total.pk]), parts=counts, is_complete=is_complete, thresholds=thresholds()
        )
    else:
        return None
    if outcome.status != Closure.GAP or outcome.value is None:
        return None
    return Gap(whole, listed, outcome.value)


def _gaps_of_scopes(book: Mapping[int, Series], figures: Mapping[int, Figure]) -> Iterable[Gap]:
    """Institutions or countries that together have more than their project."""
    groups: dict[tuple[int, int | None, str], dict[str, list[Series]]] = defaultdict(lambda: defaultdict(list))
    for each in book.values():
        if each.project_id is not None:
            groups[each.indicator_id, each.project_id, each.breakdown.key][each.grain].append(each)
    for by_grain in groups.values():
        for total in by_grain.get("p", []):
            indicator = total.indicator
            if indicator.roll_up != RollUp.SUM or indicator.counts_persons_twice:
                continue
            for grain, parts in by_grain.items():
                counts = _quantities([figures[each.pk] for each in parts])
                if grain == "p" or len(counts) != len(parts):
                    continue
                outcome = rules.adds_up(
                    total=_quantity(figures[total.pk]), parts=counts, is_complete=False, thresholds=thresholds()
                )
                if outcome.status == Closure.GAP and outcome.value is not None:
                    yield Gap(total, tuple(parts), outcome.value)


def _scope(series: Series) -> tuple[int | None, ...]:
    return (series.indicator_id, series.project_id, series.country_id, series.partner_id, series.forum_id)


def _quantity(figure: Figure) -> Quantity | None:
    ratio = figure.ratio
    return None if ratio is None else Quantity(ratio, Qualifier(figure.qualifier))


def _quantities(figures: Sequence[Figure]) -> list[Quantity]:
    return [quantity for figure in figures if (quantity := _quantity(figure)) is not None]
