"""Sums and ratios beside the cells of a grid, by the rules of calculation: shown at once, never in the way of saving."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from dashboards.grids.cells import Cell, Kind
from epe_ap.templatetags.figures import amount, number
from indicators import rules
from indicators.actions import thresholds
from indicators.choices import Measure, Qualifier, RollUp
from indicators.models import Figure
from indicators.rules.totals import RESIDUAL_CATEGORIES
from indicators.tables import Names


@dataclass(frozen=True)
class Sum:
    """What the parts of a total make.

    Attributes:
        parts: primary keys of the series that are added.
        is_exhaustive: together they make the whole, so that a gap is told.
        categories: how many of them must be stated before a smaller sum means anything.
        written: the sum in the reader's language; empty when there is none.
        gap: a sentence when total and parts do not agree.
    """

    parts: tuple[int, ...]
    is_exhaustive: bool
    needed: tuple[int, ...]
    written: str = ""
    gap: str = ""


@dataclass(frozen=True)
class _Shown:
    """A number as the filter of amounts takes it."""

    actual: Decimal | None
    measure: str
    currency: str


def add_sums(cells: Sequence[Cell], names: Names) -> None:
    """Give each total the sums of its parts: by each dimension, and by the narrower scopes of its indicator."""
    by_scope: dict[tuple[int, rules.Scope], dict[str, Cell]] = defaultdict(dict)
    # The cells one step inside a scope, by the grain of theirs: the countries of a project, the institutions of a country.
    inside: dict[tuple[int, str, rules.Scope], dict[str, list[Cell]]] = defaultdict(lambda: defaultdict(list))
    for cell in cells:
        cell.sums = []
        indicator, scope = cell.series.indicator_id, _scope_of(cell)
        by_scope[indicator, scope][cell.key] = cell
        for letter in scope.grain:
            wider = scope.cut_to(scope.grain.replace(letter, ""))
            inside[indicator, cell.key, wider][scope.grain].append(cell)
    for cell in cells:
        indicator, scope = cell.series.indicator_id, _scope_of(cell)
        if cell.kind == Kind.TEXT or cell.series.indicator.measure == Measure.CHANGE:
            continue
        for dimension, parts in _parts_by_dimension(cell, by_scope[indicator, scope]).items():
            categories = [category for (of, _code), category in names.categories.items() if of == dimension]
            if len(parts) > 1 and categories:
                codes = {category.code for category in categories}
                _add_sum(cell, parts, codes, is_exhaustive=categories[0].dimension.is_exhaustive)
        if cell.series.indicator.roll_up in (RollUp.SUM, RollUp.WEIGHTED_MEAN):
            narrower = max(inside.get((indicator, cell.key, scope), {}).values(), key=len, default=[])
            if len(narrower) > 1:
                _add_sum(cell, {str(part.pk): part for part in narrower}, None, is_exhaustive=True)


def _scope_of(cell: Cell) -> rules.Scope:
    one = cell.series
    return rules.Scope(one.project_id, one.country_id, one.partner_id, one.forum_id)


def _parts_by_dimension(cell: Cell, same_scope: Mapping[str, Cell]) -> dict[str, dict[str, Cell]]:
    """The cells that split this one by one dimension more: dimension → category → cell."""
    own = {pair for pair in cell.key.split(";") if pair}
    found: dict[str, dict[str, Cell]] = defaultdict(dict)
    for key, other in same_scope.items():
        pairs = {pair for pair in key.split(";") if pair}
        if len(pairs) == len(own) + 1 and own <= pairs:
            dimension, _equals, code = (pairs - own).pop().partition("=")
            found[dimension][code] = other
    return found


def _add_sum(total: Cell, parts: Mapping[str, Cell], categories: set[str] | None, *, is_exhaustive: bool) -> None:
    indicator = total.series.indicator
    needed = set(parts) - RESIDUAL_CATEGORIES if categories else set(parts)
    stated = {code: part for code, cell in parts.items() if (part := _part(cell)) is not None}
    written = gap = ""
    if len(stated) > 0 and total.kind == Kind.PERCENTAGE:
        outcome = rules.roll_up(list(stated.values()), method=RollUp.WEIGHTED_MEAN, measure=Measure.PERCENTAGE)
        written = _written(outcome.value, indicator.measure, indicator.currency)
    elif len(stated) > 0 and total.kind == Kind.NUMBER and indicator.measure in (Measure.COUNT, Measure.CURRENCY):
        outcome = rules.add(part.quantity for part in stated.values())
        written = _written(outcome.value, indicator.measure, indicator.currency)
        whole = _part(total)
        is_complete = rules.has_all_parts(stated, categories) if categories else len(stated) == len(parts)
        closure = rules.adds_up(
            total=whole.quantity if whole else None,
            parts=[part.quantity for part in stated.values()],
            is_complete=is_complete,
            thresholds=thresholds(),
        )
        if is_exhaustive and closure.status == rules.Closure.GAP and closure.value is not None and whole is not None:
            gap = gap_sentence(made=outcome.value, total=whole.quantity.value)
    total.sums.append(
        Sum(
            parts=tuple(cell.pk for cell in parts.values()),
            is_exhaustive=is_exhaustive,
            needed=tuple(parts[code].pk for code in parts if code in needed),
            written=written,
            gap=gap,
        )
    )


def gap_sentence(*, made: Decimal | None, total: Decimal) -> str:
    """That a total and its parts do not agree, and by how much."""
    missing = total - (made or 0)
    words = {"made": number(made), "total": number(total), "number": number(abs(missing))}
    if missing > 0:
        return _("The parts make %(made)s, the total says %(total)s: %(number)s missing.") % words
    return _("The parts make %(made)s, the total says %(total)s: %(number)s too many.") % words


def _written(value: Decimal | None, measure: str, currency: str) -> str:
    if value is None:
        return ""
    return amount(_Shown(value if measure != Measure.PERCENTAGE else rules.rounded(value, 1), measure, currency))


def _part(cell: Cell) -> rules.Part | None:
    """What now stands in a cell, as the rules take it; None when that is no number."""
    figure = _figure(cell)
    if figure is None:
        return None
    value = figure.get("value")
    numerator, denominator = figure.get("numerator"), figure.get("denominator")
    if value is None and numerator is not None and denominator:
        value = rules.percentage(numerator=numerator, denominator=denominator).value
    if value is None:
        return None
    return rules.Part(
        key=str(cell.pk),
        quantity=rules.Quantity(value, Qualifier(figure.get("qualifier", Qualifier.EXACT))),
        numerator=numerator,
        denominator=denominator,
    )


def _figure(cell: Cell) -> dict[str, Any] | None:
    """The figure that was just read from the fields, else the stored one."""
    if cell.figure is not None:
        return cell.figure
    stored: Figure | None = cell.stated
    if stored is None:
        return None
    return {name: getattr(stored, name) for name in ("value", "numerator", "denominator", "qualifier")}
