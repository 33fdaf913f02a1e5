"""How an actual stands against its target: progress, achievement, status, and what is due."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from indicators.choices import ChangeUnit, Direction, Measure, NoTargetReason, Qualifier, Reason, Status
from indicators.rules.outcomes import Outcome, Thresholds, computed, nothing
from indicators.rules.quantities import APPROXIMATE, HUNDRED, LOWER_BOUNDS, Interval, Quantity, interval

REACHED = (Status.ACHIEVED, Status.EXCEEDED)
#: Statuses that hold whatever the final date is; the others say *not due* until it comes.
DECIDED_EARLY = (*REACHED, Status.REGRESSED, Status.NOT_APPLICABLE, Status.NOT_MEASURABLE)
#: A bar is drawn up to this many percent; what goes further is cut there and marked.
BAR_CAP = Decimal(125)


@dataclass(frozen=True)
class Bar:
    """Length of a bar in percent of its target's mark, and whether it had to be cut."""

    width: Decimal
    is_cut: bool


def progress(*, baseline: Quantity | None, target: Quantity | None, actual: Quantity | None) -> Outcome:
    """How much of the way from baseline to target is covered: ``(actual − baseline) ÷ (target − baseline)``, percent.

    The sign of the denominator turns with the direction, so one formula serves what should rise and what should fall
    (30 → 10, actual 20: 50 %). Negative when it moved away, above 100 when it went further; never capped. A missing
    baseline is not 0. Source: DOMAIN §7, after UN ESCAP and the European Commission's OPSYS.
    """
    inputs = _inputs(baseline=baseline, target=target, actual=actual)
    missing = _missing(actual, target)
    if missing is not None:
        return nothing(missing, inputs)
    assert actual is not None
    assert target is not None
    if baseline is None:
        return nothing(Reason.BASELINE_MISSING, inputs)
    if baseline.is_planned:
        return nothing(Reason.PLANNED, inputs)
    if target.value == baseline.value:
        return nothing(Reason.TARGET_EQUALS_BASELINE, inputs)
    if baseline.qualifier in LOWER_BOUNDS:
        return nothing(Reason.BOUND_ONLY, inputs)
    if actual.qualifier in LOWER_BOUNDS and target.value < baseline.value:
        return nothing(Reason.BOUND_TURNED, inputs)
    value = (actual.value - baseline.value) * HUNDRED / (target.value - baseline.value)
    return computed(value, Reason.COMPARED, inputs, _of_both(actual, baseline))


def achievement(
    *,
    target: Quantity | None,
    actual: Quantity | None,
    measure: Measure = Measure.COUNT,
    direction: Direction = Direction.INCREASE,
) -> Outcome:
    """What part of its target a count or an amount reached: ``actual ÷ target``, percent, uncapped (213 of 40: 532.5).

    Only for increasing counts and amounts with a target above 0: elsewhere the ratio says nothing, or the opposite.
    """
    inputs = _inputs(target=target, actual=actual)
    missing = _missing(actual, target)
    if missing is not None:
        return nothing(missing, inputs)
    assert actual is not None
    assert target is not None
    if measure not in (Measure.COUNT, Measure.CURRENCY):
        return nothing(Reason.NOT_A_COUNT, inputs)
    if direction != Direction.INCREASE:
        return nothing(Reason.NOT_INCREASING, inputs)
    if target.value <= 0:
        return nothing(Reason.TARGET_NOT_POSITIVE, inputs)
    return computed(actual.value * HUNDRED / target.value, Reason.COMPARED, inputs, actual.qualifier)


def shown_ratio(found: Outcome, other: Outcome) -> tuple[str, Outcome]:
    """Which of the two a page shows, and its name: progress when it exists, else achievement."""
    return ("achievement", other) if found.value is None and other.value is not None else ("progress", found)


def direction_of(
    *, declared: Direction, baseline: Quantity | None, target: Quantity | None
) -> tuple[Direction, Reason | None]:
    """Where the figure should go: from baseline towards target when both are known, else as declared.

    The reason is set when the two disagree, so that staff are asked.
    """
    if declared == Direction.MAINTAIN or baseline is None or target is None or baseline.value == target.value:
        return declared, None
    found = Direction.INCREASE if target.value > baseline.value else Direction.DECREASE
    return found, None if found == declared else Reason.DIRECTION_DIFFERS


def status(
    *,
    actual: Quantity | None,
    target: Quantity | None,
    thresholds: Thresholds,
    baseline: Quantity | None = None,
    direction: Direction = Direction.INCREASE,
    measure: Measure = Measure.COUNT,
    change_unit: str = "",
    no_target_reason: str = "",
    is_not_applicable: bool = False,
    has_text: bool = False,
    has_text_target: bool = False,
    is_partial: bool = False,
    is_due: bool = True,
) -> Outcome:
    """How an actual stands against one target; ``value`` is the shown ratio in percent, when there is one.

    Args:
        has_text: the actual is described in words.
        has_text_target: the target is described in words.
        is_partial: the actual adds up fewer parts than are expected, so that it is a lower bound of a count.
        is_due: the target falls due by the end of the actual's period. Before that a target that is not reached yet
            is *not due*: nothing is interpolated between targets.

    What depends on today is not decided here: see :func:`due`.
    """
    inputs = _inputs(baseline=baseline, target=target, actual=actual)
    if is_not_applicable:
        return Outcome(None, Status.NOT_APPLICABLE, Reason.NOT_APPLICABLE, inputs)
    if actual is None and not has_text:
        return Outcome(None, Status.NOT_REPORTED, Reason.NOT_REPORTED, inputs)
    if target is None and has_text_target and actual is not None and measure != Measure.QUALITATIVE:
        # A number beside a target in words stands recorded: there is no figure to compare it with.
        return Outcome(None, Status.RECORDED, Reason.QUALITATIVE, inputs)
    if target is None and not has_text_target:
        if no_target_reason == NoTargetReason.NONE_SET:
            return Outcome(None, Status.NO_TARGET, Reason.NO_TARGET_SET, inputs)
        return Outcome(None, Status.RECORDED, Reason.TARGET_NOT_STATED, inputs)
    if actual is None or target is None or measure == Measure.QUALITATIVE:
        return Outcome(None, Status.NOT_MEASURABLE, Reason.QUALITATIVE, inputs)
    if measure == Measure.CHANGE and change_unit == ChangeUnit.AS_PRINTED:
        return Outcome(None, Status.NOT_MEASURABLE, Reason.MEANING_NOT_STATED, inputs)
    if actual.is_planned:
        return Outcome(None, Status.UNDECIDED, Reason.PLANNED, inputs)

    towards, disagreement = direction_of(declared=declared_of(direction), baseline=baseline, target=target)
    scale = _Scale(target, baseline, towards, measure, thresholds, maintains=direction == Direction.MAINTAIN)
    if is_partial and actual.qualifier == Qualifier.EXACT:
        actual = Quantity(actual.value, Qualifier.AT_LEAST)
    found, reason = _stand(scale, actual, interval(actual, thresholds))
    if is_partial and found == Status.UNDECIDED:
        reason = Reason.NOT_ALL_REPORTED
    if not is_due and found not in DECIDED_EARLY:
        found, reason = Status.NOT_DUE, Reason.NOT_DUE
    ratio = scale.ratio(actual)
    return Outcome(ratio.value, found, disagreement or reason, inputs, ratio.qualifier)


def declared_of(direction: Direction) -> Direction:
    """*Maintain* is read as *not below*: the side on which most of the programme's indicators are worse."""
    return Direction.INCREASE if direction == Direction.MAINTAIN else direction


def due(status: str, due_on: date | None, today: date) -> Status:
    """The status as it reads today: what is not reported is *not due* up to and including its due date.

    Without a due date nothing is awaited, and what is missing is simply not reported.
    """
    if status == Status.NOT_REPORTED and due_on is not None and today <= due_on:
        return Status.NOT_DUE
    return Status(status)


def bar(percent: Decimal | None, cap: Decimal = BAR_CAP) -> Bar:
    """How long to draw a bar: negative as nothing, at most ``cap``. Only the width is capped, never the number."""
    if percent is None or percent <= 0:
        return Bar(Decimal(0), is_cut=False)
    return Bar(min(percent, cap), is_cut=percent > cap)


@dataclass(slots=True)
class _Scale:
    """One target with what it is measured from."""

    target: Quantity
    baseline: Quantity | None
    direction: Direction
    measure: Measure
    thresholds: Thresholds
    maintains: bool

    def ratio(self, actual: Quantity) -> Outcome:
        along = progress(baseline=self.baseline, target=self.target, actual=actual)
        direction = Direction.MAINTAIN if self.maintains else self.direction
        reached = achievement(target=self.target, actual=actual, measure=self.measure, direction=direction)
        return shown_ratio(along, reached)[1]

    def side(self, value: Decimal) -> int:
        """1 beyond the target, 0 on it, −1 short of it, in the direction that is wanted."""
        difference = value - self.target.value
        if self.direction == Direction.DECREASE:
            difference = -difference
        return (difference > 0) - (difference < 0)

    def place(self, value: Decimal, *, just_above: bool = False) -> tuple[Status, Reason]:
        """Where one number stands; ``just_above``: the numbers right after it, for an open bound."""
        side = self.side(value)
        if side == 0 and just_above:
            side = 1 if self.direction == Direction.INCREASE else -1
        stays = self.maintains or (self.baseline is not None and self.baseline.value == self.target.value)
        if stays:
            is_met = side > 0 or (side == 0 and self.target.qualifier != Qualifier.MORE_THAN)
            reason = Reason.TARGET_EQUALS_BASELINE
            if is_met:
                return Status.ACHIEVED, reason
            return (Status.BEHIND if self.baseline is None else Status.REGRESSED), reason
        if side > 0:
            return Status.EXCEEDED, Reason.COMPARED
        if side == 0 and self.target.qualifier != Qualifier.MORE_THAN:
            return Status.ACHIEVED, Reason.COMPARED
        if self.baseline is not None and self._is_before_baseline(value):
            return Status.REGRESSED, Reason.COMPARED
        ratio = self.ratio(Quantity(value)).value
        if ratio is None:
            return Status.BEHIND, Reason.BASELINE_MISSING
        return (Status.ON_TRACK if ratio >= self.thresholds.on_track else Status.BEHIND), Reason.COMPARED

    def far_end(self) -> Status:
        """Where a number stands that is as large as one likes."""
        if self.direction == Direction.INCREASE:
            stays = self.maintains or (self.baseline is not None and self.baseline.value == self.target.value)
            return Status.ACHIEVED if stays else Status.EXCEEDED
        return Status.BEHIND if self.baseline is None else Status.REGRESSED

    def _is_before_baseline(self, value: Decimal) -> bool:
        assert self.baseline is not None
        if self.direction == Direction.DECREASE:
            return value > self.baseline.value
        return value < self.baseline.value


def _stand(scale: _Scale, actual: Quantity, where: Interval) -> tuple[Status, Reason]:
    """The status that every number in the interval has, or *undecided*."""
    low, reason = scale.place(where.low, just_above=where.is_open)
    if where.high == where.low:
        return low, reason
    high = scale.far_end() if where.high is None else scale.place(where.high)[0]
    if low == high:
        return low, Reason.BOUND_DECIDES
    if low in REACHED and high in REACHED:
        return Status.ACHIEVED, Reason.BOUND_DECIDES
    return Status.UNDECIDED, Reason.ABOUT_ONLY if actual.qualifier in APPROXIMATE else Reason.BOUND_ONLY


def _missing(actual: Quantity | None, target: Quantity | None) -> Reason | None:
    if actual is None:
        return Reason.NOT_REPORTED
    if actual.is_planned:
        return Reason.PLANNED
    if target is None:
        return Reason.TARGET_NOT_STATED
    return None


def _of_both(actual: Quantity, baseline: Quantity) -> Qualifier:
    """How exactly a difference is known from how exactly its ends are."""
    if actual.qualifier in LOWER_BOUNDS and baseline.qualifier in APPROXIMATE:
        return Qualifier.ESTIMATED
    return actual.qualifier if not actual.is_exact else baseline.qualifier


def _inputs(**quantities: Quantity | None) -> tuple[tuple[str, object], ...]:
    return tuple([(name, None if quantity is None else quantity.value) for name, quantity in quantities.items()])
