"""Numbers as sources state them: empty, zero, not applicable; exact, bounded, about, planned; shares and changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cache

from indicators.choices import ChangeUnit, Qualifier, Reason
from indicators.rules.outcomes import Outcome, Thresholds, computed, nothing

HUNDRED = Decimal(100)
#: Decimals that the database keeps, and the first number that no longer fits into its 15 digits.
STORED_PLACES = Decimal("0.0001")
STORED_LIMIT = Decimal(10) ** 11

LOWER_BOUNDS = (Qualifier.MORE_THAN, Qualifier.AT_LEAST)
PLANNED = Qualifier.PLANNED
ALL_EXACT = {Qualifier.EXACT}
APPROXIMATE = (Qualifier.ABOUT, Qualifier.ESTIMATED)


class Presence(StrEnum):
    """Three different things from the database to the last export."""

    STATED = "stated"
    EMPTY = "empty"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class Quantity:
    """A stated number; an empty one is None in place of a Quantity, and never 0."""

    value: Decimal
    qualifier: Qualifier = Qualifier.EXACT

    @property
    def is_planned(self) -> bool:
        return self.qualifier == PLANNED

    @property
    def is_exact(self) -> bool:
        return self.qualifier == Qualifier.EXACT


@dataclass(frozen=True)
class Interval:
    """Where a number may lie: from ``low`` (itself included unless ``is_open``) to ``high``, or without end."""

    low: Decimal
    high: Decimal | None
    is_open: bool = False

    def meets(self, other: "Interval") -> bool:
        """Whether one number could lie in both."""
        return self._starts_before_end_of(other) and other._starts_before_end_of(self)

    def _starts_before_end_of(self, other: "Interval") -> bool:
        return other.high is None or self.low < other.high or (self.low == other.high and not self.is_open)


def presence(*, value: Decimal | None, is_not_applicable: bool = False, has_text: bool = False) -> Presence:
    """Whether a figure states something (0 included), nothing, or that the question does not arise."""
    if is_not_applicable:
        return Presence.NOT_APPLICABLE
    return Presence.STATED if value is not None or has_text else Presence.EMPTY


def interval(quantity: Quantity, thresholds: Thresholds) -> Interval:
    """Where the number may lie, by its qualifier; *about* and *estimated* within the margin of the thresholds."""
    value = quantity.value
    if quantity.qualifier in LOWER_BOUNDS:
        return Interval(value, None, is_open=quantity.qualifier == Qualifier.MORE_THAN)
    if quantity.qualifier in APPROXIMATE:
        margin = abs(value) * thresholds.about_margin / HUNDRED
        return Interval(value - margin, value + margin)
    return Interval(value, value)


def qualifier_of_sum(qualifiers: Iterable[Qualifier]) -> Qualifier:
    """How exactly a sum is known: it is as strict as its loosest part.

    One *more than* makes the sum more than, else one *at least* makes it at least; one *about* makes it about, else
    one *estimated* estimated; a bound added to an approximation is an estimate.
    """
    found = set(qualifiers)
    if found == ALL_EXACT:
        return Qualifier.EXACT
    bounded, approximate = found & set(LOWER_BOUNDS), found & set(APPROXIMATE)
    if bounded and approximate:
        return Qualifier.ESTIMATED
    for qualifier in (Qualifier.MORE_THAN, Qualifier.AT_LEAST, Qualifier.ABOUT, Qualifier.ESTIMATED):
        if qualifier in found:
            return qualifier
    return Qualifier.EXACT


def add(quantities: Iterable[Quantity | None]) -> Outcome:
    """The sum of what is stated, in the unit of its parts.

    Empty parts are not 0 and planned ones are not there yet: both are left out, and the reason says so.
    """
    given = list(quantities)
    parts = [part for part in given if part is not None and part.qualifier != PLANNED]
    values = [part.value for part in parts]
    inputs = tuple(zip(_names(len(parts)), values, strict=True))
    if not parts:
        return nothing(Reason.PLANNED if any(part is not None for part in given) else Reason.NOTHING_TO_ADD)
    reason = Reason.ADDED if len(parts) == len(given) else Reason.NOT_ALL_REPORTED
    return computed(sum(values, Decimal(0)), reason, inputs, qualifier_of_sum([part.qualifier for part in parts]))


@cache
def _names(number: int) -> tuple[str, ...]:
    """What the parts of a sum are called; asked thousands of times for the same few numbers."""
    return tuple(f"part {each}" for each in range(1, number + 1))


def percentage(*, numerator: Decimal | None, denominator: Decimal | None) -> Outcome:
    """``100 × n ÷ N`` in percent points, unrounded; none without both, or when N is 0 (of nobody: not applicable)."""
    inputs = (("numerator", numerator), ("denominator", denominator))
    if numerator is None or denominator is None:
        return nothing(Reason.BASE_NOT_STATED, inputs)
    if denominator == 0:
        return nothing(Reason.NOT_APPLICABLE, inputs)
    return computed(numerator * HUNDRED / denominator, Reason.COMPARED, inputs)


def closing_numerator(*, percentage: Decimal, base: Decimal) -> Decimal | None:
    """Of how many of ``base`` a printed percentage speaks: 41 for 82 % of 50; 1,623 for 54 % of 3,006.

    None where no whole number of them comes to that percentage, rounded as it is printed: 82 % of 7.
    """
    numerator = rounded(percentage * base / HUNDRED)
    places = max(0, -int(percentage.normalize().as_tuple().exponent))
    return numerator if rounded(numerator * HUNDRED / base, places) == percentage else None


def count_from_share(*, share: Decimal | None, total: Quantity | None) -> Outcome:
    """How many a share of a total is: "54 % of 3,006" is 1,623.24, always computed and never more exact than *about*.

    A printed share is itself rounded, so the count is; it is shown rounded and stored nowhere.
    """
    inputs = (("share", share), ("total", None if total is None else total.value))
    if share is None or total is None:
        return nothing(Reason.NOT_REPORTED, inputs)
    if total.is_planned:
        return nothing(Reason.PLANNED, inputs)
    loosest = qualifier_of_sum([Qualifier.ABOUT, total.qualifier])
    return computed(share * total.value / HUNDRED, Reason.ADDED, inputs, loosest)


def share_from_counts(*, part: Quantity | None, total: Quantity | None) -> Outcome:
    """The part in percent of the total; none when either is not an exact count or the total is 0."""
    inputs = (("part", None if part is None else part.value), ("total", None if total is None else total.value))
    if part is None or total is None:
        return nothing(Reason.NOT_REPORTED, inputs)
    if not (part.is_exact and total.is_exact):
        return nothing(Reason.BOUND_ONLY, inputs)
    return percentage(numerator=part.value, denominator=total.value)


def change_between(*, before: Decimal | None, after: Decimal | None, unit: ChangeUnit) -> Outcome:
    """The change from one measurement to another: 49 % to 57 % is +8 points, or +16.3 % relative to the start.

    A change *as printed* (meaning not stated) has no computed value: it is neither charted nor compared.
    """
    inputs = (("before", before), ("after", after))
    if unit == ChangeUnit.AS_PRINTED:
        return nothing(Reason.MEANING_NOT_STATED, inputs)
    if before is None or after is None:
        return nothing(Reason.NOT_REPORTED, inputs)
    if unit == ChangeUnit.POINTS:
        return computed(after - before, Reason.COMPARED, inputs)
    if before == 0:
        return nothing(Reason.TARGET_NOT_POSITIVE, inputs)
    return computed((after - before) * HUNDRED / before, Reason.COMPARED, inputs)


def rounded(value: Decimal, places: int = 0) -> Decimal:
    """The number for display, halves away from zero: 2.5 is 3, −2.5 is −3. Never stored."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def storable(value: Decimal | None) -> Decimal | None:
    """The number as both databases keep it: four decimals; None when it needs more than 15 digits."""
    if value is None:
        return None
    kept = value.quantize(STORED_PLACES, ROUND_HALF_UP) if abs(value) < STORED_LIMIT else None
    return kept if kept is not None and abs(kept) < STORED_LIMIT else None
