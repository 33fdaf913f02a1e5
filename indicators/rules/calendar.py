"""Stretches of time that are reported for, and whole numbers spread over them."""

import itertools
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from indicators.choices import Frequency

#: How many months each rhythm takes.
MONTHS = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.HALF_YEARLY: 6, Frequency.YEARLY: 12}


@dataclass(frozen=True)
class Span:
    """Days from a first to a last one, both in it."""

    starts_on: date
    ends_on: date

    def overlaps(self, other: "Span") -> bool:
        return self.starts_on <= other.ends_on and other.starts_on <= self.ends_on


def spans(*, first: date, last: date, rhythm: Frequency, year_starts: int) -> Iterator[Span]:
    """The months, quarters, half-years or years from a day to another, the outer ones cut to these days.

    Args:
        year_starts: the month (1–12) that years are counted from: 4 for the Canadian fiscal year.
    """
    months = MONTHS[rhythm]
    # Months since the year 0, so that years need no care.
    month = first.year * 12 + first.month - 1
    month -= (month - (year_starts - 1)) % months
    while _first_of(month) <= last:
        ends_on = _first_of(month + months) - timedelta(days=1)
        yield Span(max(first, _first_of(month)), min(last, ends_on))
        month += months


def is_whole_year(span: Span) -> bool:
    """Whether a span is twelve full months."""
    last_of_month = monthrange(span.ends_on.year, span.ends_on.month)[1]
    months = (span.ends_on.year - span.starts_on.year) * 12 + span.ends_on.month - span.starts_on.month + 1
    return span.starts_on.day == 1 and span.ends_on.day == last_of_month and months == 12


def spread(total: Decimal, parts: int) -> list[Decimal]:
    """A whole number in as many whole parts, as even as can be, that add up to it exactly (10 in 4: 2, 3, 2, 3).

    Raises:
        ValueError: when the number is not whole or negative, or when there are no parts.
    """
    if total != total.to_integral_value() or total < 0 or parts < 1:
        raise ValueError("Only a whole number is spread, over at least one part.")
    ends = [total * part // parts for part in range(parts + 1)]
    return [end - start for start, end in itertools.pairwise(ends)]


def _first_of(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)
