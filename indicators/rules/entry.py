"""What is asked about a figure before it is kept: it may be right, but it is far from what was known."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from indicators.choices import Cumulation, Direction, Measure

#: A value that is more than so many times another one, or less than that part of it, is asked about: a digit too many
#: or too few makes ten.
FAR = Decimal(5)
#: Small numbers differ by large factors: nothing is asked below this.
SMALL = Decimal(20)


class Question(StrEnum):
    """Why a value is asked about."""

    FALLS_BACK = "falls_back"
    FAR_ABOVE_LAST = "far_above_last"
    FAR_BELOW_LAST = "far_below_last"
    FAR_ABOVE_TARGET = "far_above_target"
    ABOVE_HUNDRED = "above_hundred"
    MORE_THAN_BASE = "more_than_base"


@dataclass(frozen=True)
class Doubt:
    """A question, and the number that the value was compared with."""

    question: Question
    compared_with: Decimal


def doubt(
    *,
    value: Decimal | None,
    earlier: Sequence[Decimal],
    target: Decimal | None,
    measure: Measure,
    cumulation: Cumulation,
    direction: Direction = Direction.INCREASE,
    numerator: Decimal | None = None,
    denominator: Decimal | None = None,
) -> Doubt | None:
    """What to ask about a value; None when nothing is unusual.

    Args:
        value: in the indicator's unit; percentages in percent points.
        earlier: approved values of the same series in earlier periods, the latest last.
        target: of the period, else the final one.
    """
    if numerator is not None and denominator is not None and numerator > denominator:
        return Doubt(Question.MORE_THAN_BASE, denominator)
    if value is None:
        return None
    if measure == Measure.PERCENTAGE:
        return Doubt(Question.ABOVE_HUNDRED, Decimal(100)) if value > 100 else None
    if measure not in (Measure.COUNT, Measure.CURRENCY):
        return None
    if earlier:
        last = earlier[-1]
        if cumulation == Cumulation.RUNNING_TOTAL and value < last and direction != Direction.DECREASE:
            return Doubt(Question.FALLS_BACK, last)
        if _is_far_above(value, max(earlier)):
            return Doubt(Question.FAR_ABOVE_LAST, max(earlier))
        if _is_far_above(min(earlier), value):
            return Doubt(Question.FAR_BELOW_LAST, min(earlier))
    elif target is not None and target > 0 and _is_far_above(value, target):
        return Doubt(Question.FAR_ABOVE_TARGET, target)
    return None


def _is_far_above(value: Decimal, other: Decimal) -> bool:
    return value > SMALL and value > FAR * max(other, Decimal(0)) and other != value
