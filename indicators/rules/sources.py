"""Which of several statements is adopted, where a figure belongs, who may see it, what it was first."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from indicators.choices import Cumulation, PeriodKind, Qualifier, Reason
from indicators.rules.outcomes import Known, Outcome, nothing


class Adoption(StrEnum):
    """The step that decided; the same words as the library's settlements."""

    AGREED = "agreed"
    ARITHMETIC = "arithmetic"
    EXACT_OVER_ROUNDED = "exact_over_rounded"
    CHAPTER_OVER_SUMMARY = "chapter_over_summary"
    LATER_OVER_EARLIER = "later_over_earlier"
    LOWER = "lower"


@dataclass(frozen=True)
class Candidate:
    """What one place of one source states.

    Attributes:
        closes: whether the arithmetic closes with it (parts and total, or n ÷ N); None when it cannot be tried.
        is_own_chapter: it stands in the chapter of its own project or theme, not in a summary.
        stated_on: the date of its source, when known.
    """

    value: Decimal
    qualifier: Qualifier = Qualifier.EXACT
    closes: bool | None = None
    is_own_chapter: bool = False
    stated_on: date | None = None


@dataclass(frozen=True)
class Adopted(Outcome):
    """An adopted value; a contested one has the range of what is stated."""

    is_contested: bool = False
    low: Decimal | None = None
    high: Decimal | None = None


def adopt(candidates: Iterable[Candidate]) -> Adopted:
    """The value to adopt where sources disagree; ``reason`` is the step that decided.

    In this order: the arithmetic that closes, exact over rounded, own chapter over summary, later over earlier; else
    the lowest, *contested*, with the range of those that were left.
    """
    left = list(candidates)
    inputs = tuple((f"stated {number}", each.value) for number, each in enumerate(left, start=1))
    if not left:
        return Adopted(None, Known.NONE, Reason.NOT_REPORTED, inputs)
    if len({each.value for each in left}) == 1:
        return _adopted(left, Adoption.AGREED, inputs)
    steps: tuple[tuple[Adoption, Callable[[Candidate, Sequence[Candidate]], bool]], ...] = (
        (Adoption.ARITHMETIC, lambda each, _all: each.closes is True),
        (Adoption.EXACT_OVER_ROUNDED, lambda each, all_: not is_rounded(each, all_)),
        (Adoption.CHAPTER_OVER_SUMMARY, lambda each, _all: each.is_own_chapter),
        (Adoption.LATER_OVER_EARLIER, _is_latest),
    )
    for step, holds in steps:
        kept = [each for each in left if holds(each, left)]
        if kept and len(kept) < len(left):
            left = kept
            if len({each.value for each in left}) == 1:
                return _adopted(left, step, inputs)
    values = [each.value for each in left]
    lowest = min(left, key=lambda each: each.value)
    return Adopted(
        lowest.value, Known.COMPUTED, Adoption.LOWER, inputs, lowest.qualifier, True, min(values), max(values)
    )


def is_rounded(candidate: Candidate, others: Iterable[Candidate]) -> bool:
    """Whether it is stated roughly, or is another one's number with fewer figures (130,000 of 129,459).

    At least two figures fewer: 10 is no rounding of 12, nor 180 of 185, but another count.
    """
    if candidate.qualifier != Qualifier.EXACT:
        return True
    kept = len(candidate.value.normalize().as_tuple().digits)
    return any(
        len(other.value.normalize().as_tuple().digits) >= kept + 2 and _to_figures(other.value, kept) == candidate.value
        for other in others
    )


def _to_figures(value: Decimal, figures: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(value.adjusted() - figures + 1), ROUND_HALF_UP) if value else value


def _is_latest(candidate: Candidate, others: Sequence[Candidate]) -> bool:
    days = [each.stated_on for each in others if each.stated_on is not None]
    return len(days) == len(others) and candidate.stated_on == max(days)


def _adopted(left: Sequence[Candidate], step: Adoption, inputs: tuple[tuple[str, object], ...]) -> Adopted:
    firmest = min(left, key=lambda each: each.qualifier != Qualifier.EXACT)
    return Adopted(firmest.value, Known.COMPUTED, step, inputs, firmest.qualifier)


def is_local(*, partner_country: int | None, away: Collection[int], is_visiting_kind: bool) -> bool:
    """Whether a partner's seat says where its figures are.

    Args:
        away: the countries of funder and implementer.
        is_visiting_kind: a Canadian college, a donor, an implementer or an international organisation.
    """
    return partner_country is not None and partner_country not in away and not is_visiting_kind


def country_of(
    *, own: int | None, partner_country: int | None, partner_is_local: bool, project_countries: Collection[int]
) -> int | None:
    """The country of a figure: its own; else its local partner's; else its project's only one; else regional.

    Neither the place of a forum nor the seat of a Canadian partner is ever asked.
    """
    if own is not None:
        return own
    if partner_is_local:
        return partner_country
    return next(iter(project_countries)) if len(project_countries) == 1 else None


def is_public(
    *, indicator_is_public: bool, is_demonstration: bool, has_actual: bool, is_published: bool, is_printed: bool
) -> bool:
    """Whether anybody may see a row: what is approved in a published period, or printed in a public source.

    Targets and gaps of public indicators are public too; nothing of a demonstration is.
    """
    if is_demonstration or not indicator_is_public:
        return False
    return is_published or is_printed or not has_actual


def restated(*, first: Decimal | None, current: Decimal | None) -> Outcome:
    """By how much a published value was changed since; none when it never was."""
    inputs = (("first", first), ("current", current))
    if first is None or current is None or first == current:
        return nothing(Reason.NOT_REPORTED if current is None else Reason.COMPARED, inputs)
    return Outcome(current - first, Known.COMPUTED, Reason.COMPARED, inputs)


def first_value(
    *, kept: Decimal | None, before: Decimal | None, after: Decimal | None, was_public: bool
) -> Decimal | None:
    """The value first published: the one already kept, or the one that is being changed now."""
    if kept is not None or not was_public or before is None or before == after:
        return kept
    return before


@dataclass(frozen=True)
class Revision:
    """One version of a target."""

    key: int
    number: int
    valid_from: date | None
    is_current: bool


def revision_in_force(revisions: Iterable[Revision], *, ends_on: date, is_published: bool) -> Revision | None:
    """The version of a target that counts for a period.

    The current one; but a published report keeps the one that was valid when its period ended. Where none is current, what is
    kept is to be read and not to be measured against: nothing took its place.
    """
    ordered = sorted(revisions, key=lambda each: each.number)
    current = [each for each in ordered if each.is_current]
    if not current or not is_published:
        return current[-1] if current else None
    valid = [each for each in ordered if each.valid_from is None or each.valid_from <= ends_on]
    return valid[-1] if valid else ordered[0]


@dataclass(frozen=True)
class Milestone:
    """A target's place in time."""

    key: int
    period: int
    kind: PeriodKind
    ends_on: date


def target_due(
    milestones: Iterable[Milestone], *, period: int, ends_on: date, kind: PeriodKind, cumulation: Cumulation
) -> Milestone | None:
    """The target that an actual of this period is measured against.

    Its period's own. Cumulative figures otherwise meet the last one that fell due by then, because period targets
    meet period actuals and cumulative targets cumulative actuals; nothing is interpolated between two.
    """
    known = list(milestones)
    for milestone in known:
        if milestone.period == period:
            return milestone
    if cumulation == Cumulation.PER_PERIOD or kind == PeriodKind.WHOLE:
        return None
    past = [each for each in known if each.ends_on <= ends_on]
    return max(past, key=lambda each: (each.ends_on, each.kind == PeriodKind.WHOLE)) if past else None
