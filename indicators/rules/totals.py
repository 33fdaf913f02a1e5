"""Making one figure of several: over periods, over scopes, over the parts of a breakdown; and how complete it is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from indicators.choices import Cumulation, Measure, Qualifier, Reason, RollUp
from indicators.rules.outcomes import Closure, Outcome, Thresholds, computed, nothing
from indicators.rules.quantities import HUNDRED, LOWER_BOUNDS, Interval, Quantity, add, interval, percentage

#: Categories that may hold what the others leave: a breakdown can be complete without them.
RESIDUAL_CATEGORIES = frozenset({"other", "not-stated", "unknown"})


@dataclass(frozen=True)
class Scope:
    """What a figure is about. Any part may be empty; the programme as a whole has none."""

    project: int | None = None
    country: int | None = None
    partner: int | None = None
    forum: int | None = None

    @cached_property
    def grain(self) -> str:
        """Which parts are set: p project, c country, o partner, f forum."""
        parts = (("p", self.project), ("c", self.country), ("o", self.partner), ("f", self.forum))
        return "".join(letter for letter, part in parts if part is not None)

    def holds(self, other: "Scope") -> bool:
        """Whether every part that is set here is set alike there: the other lies inside this one."""
        return (
            (self.project is None or self.project == other.project)
            and (self.country is None or self.country == other.country)
            and (self.partner is None or self.partner == other.partner)
            and (self.forum is None or self.forum == other.forum)
        )

    def cut_to(self, grain: str) -> "Scope":
        """What is left of it at a grain: the one scope of that grain that may hold it."""
        return Scope(
            self.project if "p" in grain else None,
            self.country if "c" in grain else None,
            self.partner if "o" in grain else None,
            self.forum if "f" in grain else None,
        )


class Part(NamedTuple):
    """One figure that may enter a total; thousands are made for one of them, a named tuple quickest.

    Attributes:
        scope: what it is about, as its series says.
        place: the same, with the country by the rule of countries, so that a project's figure lies in its country.
        numerator, denominator: of a percentage or a score, where they are stated.
        as_of: the day that it describes.
        family: figures of one indicator lie inside each other, those of two never do.
        is_computed: itself a total of others.
    """

    key: str
    quantity: Quantity
    scope: Scope = Scope()
    place: Scope = Scope()
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    as_of: date | None = None
    family: int = 0
    is_computed: bool = False


class Coverage(NamedTuple):
    """Beside every aggregate: how many of the expected figures were reported, and when the last was approved."""

    reported: int
    expected: int
    last_on: date | None = None

    @property
    def is_complete(self) -> bool:
        return self.reported >= self.expected


def cumulate(values: Sequence[Quantity | None], cumulation: Cumulation) -> Outcome:
    """One figure of the actuals of successive periods, oldest first, in the indicator's unit.

    Per-period figures are added up; of running totals and stocks the latest that is stated counts. A period without
    a figure is not a zero. One line of figures belongs to a project or place, whoever typed it.
    """
    if cumulation == Cumulation.PER_PERIOD:
        return add(values)
    stated = [value for value in values if value is not None and not value.is_planned]
    if not stated:
        return add(values)
    return computed(stated[-1].value, Reason.LATEST, (("latest", stated[-1].value),), stated[-1].qualifier)


def falls_back(*, previous: Quantity | None, current: Quantity | None, cumulation: Cumulation) -> bool:
    """Whether a running total is lower than the last one: a question to whoever reports it, not an error."""
    if cumulation != Cumulation.RUNNING_TOTAL or previous is None or current is None:
        return False
    return current.value < previous.value


def choose_grain(parts: Iterable[Part]) -> list[Part]:
    """The parts of exactly one grain: the coarsest inside which all other stated figures lie.

    A grain covers when each reported figure of another grain lies inside one of its own (a project's figures per
    country inside the project's). Grains that are reported go before grains that would have to be computed first;
    among equally coarse ones the one with more figures. Empty when no single grain covers.
    """
    by_grain: dict[str, list[Part]] = {}
    for part in parts:
        by_grain.setdefault(part.scope.grain, []).append(part)
    ranked: list[tuple[bool, int, int, str]] = []
    for grain, members in by_grain.items():
        # Only one scope of a grain may hold a figure: it is looked up, not searched for among hundreds.
        scopes = {(member.family, member.scope) for member in members}
        is_outside = any(
            not part.is_computed and (part.family, part.place.cut_to(grain)) not in scopes
            for other, others in by_grain.items()
            if other != grain
            for part in others
        )
        if not is_outside:
            ranked.append((any(member.is_computed for member in members), len(grain), -len(members), grain))
    return sorted(by_grain[min(ranked)[3]], key=lambda part: part.key) if ranked else []


def roll_up(
    parts: Sequence[Part],
    *,
    method: RollUp,
    measure: Measure = Measure.COUNT,
    may_count_twice: bool = False,
) -> Outcome:
    """One figure of several of one grain, in their unit (percentages in percent points).

    Sum; mean weighted by the denominators (for percentages ``Σn ÷ ΣN``, whatever the values say); maximum; latest;
    or none. Percentages are never averaged, changes and texts never added. Planned figures are left out.
    """
    usable = [part for part in parts if not part.quantity.is_planned]
    inputs = tuple((part.key, part.quantity.value) for part in usable)
    if method == RollUp.NONE or measure in (Measure.CHANGE, Measure.QUALITATIVE):
        return nothing(Reason.NOT_ROLLED_UP, inputs)
    if not usable:
        return nothing(Reason.PLANNED if parts else Reason.NOTHING_TO_ADD, inputs)
    if measure == Measure.PERCENTAGE and method != RollUp.WEIGHTED_MEAN:
        return nothing(Reason.NOT_ROLLED_UP, inputs)
    if method == RollUp.SUM:
        total = add(part.quantity for part in usable)
        reason = Reason.MAY_COUNT_TWICE if may_count_twice else Reason.ADDED
        return Outcome(total.value, total.status, reason, inputs, total.qualifier)
    if method == RollUp.WEIGHTED_MEAN:
        return _weighted_mean(usable, measure, inputs)
    if method == RollUp.MAXIMUM:
        largest = max(usable, key=lambda part: part.quantity.value).quantity
        open_ended = any(part.quantity.qualifier in LOWER_BOUNDS for part in usable)
        qualifier = Qualifier.AT_LEAST if open_ended and largest.is_exact else largest.qualifier
        return computed(largest.value, Reason.LARGEST, inputs, qualifier)
    return _latest(usable, inputs)


def _weighted_mean(parts: Sequence[Part], measure: Measure, inputs: tuple[tuple[str, object], ...]) -> Outcome:
    if any(part.denominator is None for part in parts):
        return nothing(Reason.BASE_NOT_STATED, inputs)
    base = sum((part.denominator for part in parts if part.denominator is not None), Decimal(0))
    if base == 0:
        return nothing(Reason.NOT_APPLICABLE, inputs)
    exactness = qualifier_of_mean(part.quantity.qualifier for part in parts)
    if measure == Measure.PERCENTAGE:
        if any(part.numerator is None for part in parts):
            return nothing(Reason.BASE_NOT_STATED, inputs)
        found = percentage(numerator=sum_of(part.numerator for part in parts), denominator=base)
        return Outcome(found.value, found.status, Reason.AVERAGED, inputs, exactness)
    weighted = sum((part.quantity.value * (part.denominator or 0) for part in parts), Decimal(0))
    return computed(weighted / base, Reason.AVERAGED, inputs, exactness)


def qualifier_of_mean(qualifiers: Iterable[Qualifier]) -> Qualifier:
    """A mean of anything but exact figures is an estimate."""
    return Qualifier.EXACT if set(qualifiers) <= {Qualifier.EXACT} else Qualifier.ESTIMATED


def sum_of(numbers: Iterable[Decimal | None]) -> Decimal | None:
    """The sum, or None as soon as one of them is not stated (or there is none)."""
    given = list(numbers)
    stated = [number for number in given if number is not None]
    return sum(stated, Decimal(0)) if stated and len(stated) == len(given) else None


def _latest(parts: Sequence[Part], inputs: tuple[tuple[str, object], ...]) -> Outcome:
    if len(parts) == 1:
        return computed(parts[0].quantity.value, Reason.LATEST, inputs, parts[0].quantity.qualifier)
    dated = sorted((part for part in parts if part.as_of is not None), key=lambda part: part.as_of or date.min)
    if len(dated) < len(parts) or dated[-1].as_of == dated[-2].as_of:
        return nothing(Reason.NO_DATE, inputs)
    return computed(dated[-1].quantity.value, Reason.LATEST, inputs, dated[-1].quantity.qualifier)


def has_all_parts(stated: Iterable[str], categories: Iterable[str]) -> bool:
    """Whether every category is stated, but for *other* and *not stated*, which may be empty. One part is no whole."""
    given = set(stated)
    return len(given) > 1 and set(categories) - RESIDUAL_CATEGORIES <= given


def total_from_parts(
    parts: Mapping[str, Part], *, categories: Iterable[str], is_exhaustive: bool, measure: Measure
) -> Outcome:
    """The total that the parts of an exhaustive dimension make, when none was reported: women + men.

    A figure about women only has no missing total. Counts and amounts are added, percentages go by ``Σn ÷ ΣN``.
    """
    ordered = [parts[category] for category in sorted(parts)]
    inputs = tuple((part.key, part.quantity.value) for part in ordered)
    if not is_exhaustive or not has_all_parts(parts, categories):
        return nothing(Reason.ONE_PART if len(parts) == 1 else Reason.NOT_ALL_REPORTED, inputs)
    if any(part.quantity.is_planned for part in ordered):
        return nothing(Reason.PLANNED, inputs)
    method = RollUp.SUM if measure in (Measure.COUNT, Measure.CURRENCY) else RollUp.WEIGHTED_MEAN
    return roll_up(ordered, method=method, measure=measure)


def adds_up(*, total: Quantity | None, parts: Sequence[Quantity], is_complete: bool, thresholds: Thresholds) -> Outcome:
    """Whether parts make their total; ``value`` is what is missing (negative: too much), in their unit.

    Args:
        is_complete: all the parts that there are have been stated (*unknown* is one of them). When some may be
            missing, a smaller sum tells nothing, but a larger one still cannot be.
    """
    summed = add(parts)
    inputs = (("total", None if total is None else total.value), *summed.inputs)
    if total is None or summed.value is None or total.is_planned or any(part.is_planned for part in parts):
        return Outcome(None, Closure.CANNOT_TELL, Reason.NOT_REPORTED, inputs)
    missing = total.value - summed.value
    whole = interval(total, thresholds)
    made = _interval_of_sum(parts, thresholds)
    if whole.meets(made):
        exact = total.is_exact and summed.qualifier == Qualifier.EXACT
        return Outcome(missing, Closure.ADDS_UP if exact else Closure.CANNOT_TELL, Reason.COMPARED, inputs)
    if made.high is not None and made.high <= whole.low and not is_complete:
        return Outcome(missing, Closure.CANNOT_TELL, Reason.NOT_ALL_REPORTED, inputs)
    return Outcome(missing, Closure.GAP, Reason.COMPARED, inputs)


def shares_add_up(shares: Sequence[Decimal], *, is_complete: bool) -> Outcome:
    """Whether printed shares make 100 %, allowing each its rounding; ``value`` is what is missing, in points."""
    inputs = tuple((f"share {number}", share) for number, share in enumerate(shares, start=1))
    if not shares:
        return Outcome(None, Closure.CANNOT_TELL, Reason.NOT_REPORTED, inputs)
    missing = HUNDRED - sum(shares, Decimal(0))
    tolerance = sum((half_of_last_place(share) for share in shares), Decimal(0))
    if abs(missing) < tolerance or missing == 0:
        return Outcome(missing, Closure.ADDS_UP, Reason.COMPARED, inputs)
    if missing > 0 and not is_complete:
        return Outcome(missing, Closure.CANNOT_TELL, Reason.NOT_ALL_REPORTED, inputs)
    return Outcome(missing, Closure.GAP, Reason.COMPARED, inputs)


def coverage(*, expected: int, approved_on: Iterable[date | None]) -> Coverage:
    """How many of the expected figures were reported: one date (or None, when a source states it) for each."""
    days = list(approved_on)
    stated = [day for day in days if day is not None]
    return Coverage(len(days), max(expected, len(days)), max(stated) if stated else None)


def _interval_of_sum(parts: Sequence[Quantity], thresholds: Thresholds) -> Interval:
    where = [interval(part, thresholds) for part in parts]
    highs = [each.high for each in where if each.high is not None]
    high = sum(highs, Decimal(0)) if len(highs) == len(where) else None
    return Interval(sum((each.low for each in where), Decimal(0)), high, is_open=any(each.is_open for each in where))


def half_of_last_place(number: Decimal) -> Decimal:
    """How far a printed number may be off by its rounding: 0.5 for 94, 0.05 for 94.2."""
    exponent = number.normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    return Decimal(1).scaleb(min(exponent, 0)) / 2
