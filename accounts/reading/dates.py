"""One parser of dates, for every spreadsheet.

A date in figures is read day first, as French and Spanish write it: ``03/04/2021`` is 3 April. English writes it both
ways, so in English a date that can be read both ways is asked about. ``12/31/2021`` is refused in every language. A
number is a day of Excel's calendar, in which 1900 has a 29 February that never was.
"""

import datetime
import re
from decimal import Decimal
from typing import Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.reading.numbers import Unreadable, is_finite, plain
from accounts.reading.telling import shown

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2100

YEAR_FIRST: Final = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})(?:[T ][0-9:.]+(?:Z|[+-][0-9:]+)?)?")
DAY_FIRST: Final = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})(?: [0-9:.]+)?")
SERIAL: Final = re.compile(r"[0-9]{5}")

#: Excel's day 60 is 29 February 1900, which never was; before it, its count is one behind.
LEAP_BUG: Final = 60
LAST_SERIAL: Final = 73_415  # 31 December 2100


def read_date(written: object, *, language: str = "") -> datetime.date:
    """The day that a cell states: an ISO date, ``31/12/2021``, ``31.12.2021``, a date or a day number of a spreadsheet.

    ``language`` is that of whoever wrote it; the active one where that is not known.

    Raises:
        Unreadable: what is no date between 1900 and 2100, or can be two.
    """
    if isinstance(written, datetime.datetime):
        return _in_range(written.date(), written)
    if isinstance(written, datetime.date):
        return _in_range(written, written)
    if isinstance(written, bool) or not isinstance(written, str | int | float | Decimal):
        raise _not_a_date(written)
    if not isinstance(written, str):
        return _from_serial(written, written)
    text = plain(written)
    if SERIAL.fullmatch(text):
        return _from_serial(int(text), written)
    if match := YEAR_FIRST.fullmatch(text):
        return _day(int(match[1]), int(match[3]), int(match[4]), written)
    if match := DAY_FIRST.fullmatch(text):
        day, month, year = int(match[1]), int(match[3]), int(match[4])
        if month > 12 >= day:
            raise Unreadable(
                _("“%(written)s” seems to give the month first: write the day first, or %(iso)s.")
                % {"written": shown(written), "iso": f"{year:04}-{day:02}-{month:02}"}
            )
        if day != month and day <= 12 and (language or get_language() or "").startswith("en"):
            raise Unreadable(
                _("“%(written)s” can be two dates: write %(one)s or %(other)s.")
                % {
                    "written": shown(written),
                    "one": f"{year:04}-{month:02}-{day:02}",
                    "other": f"{year:04}-{day:02}-{month:02}",
                }
            )
        return _day(year, month, day, written)
    raise _not_a_date(written)


def _from_serial(serial: int | float | Decimal, written: object) -> datetime.date:
    # Asked first: an infinite or missing number has no whole part.
    if not is_finite(serial) or not 1 <= serial < LAST_SERIAL + 1:
        raise _not_a_date(written)
    number = int(serial)
    if FIRST_YEAR <= number <= LAST_YEAR and number == serial:
        raise Unreadable(
            _("“%(written)s” looks like a year: write the whole date, for example %(example)s.")
            % {"written": shown(written), "example": f"{number}-12-31"}
        )
    if number == LEAP_BUG:
        raise _not_a_date(written)
    start = datetime.date(1899, 12, 31) if number < LEAP_BUG else datetime.date(1899, 12, 30)
    return start + datetime.timedelta(days=number)


def _day(year: int, month: int, day: int, written: object) -> datetime.date:
    try:
        date = datetime.date(year, month, day)
    except ValueError:
        raise _not_a_date(written) from None
    return _in_range(date, written)


def _in_range(date: datetime.date, written: object) -> datetime.date:
    if not FIRST_YEAR <= date.year <= LAST_YEAR:
        raise Unreadable(
            _("“%(written)s” lies outside the years %(first)s to %(last)s: correct the year.")
            % {"written": shown(written), "first": FIRST_YEAR, "last": LAST_YEAR}
        )
    return date


def _not_a_date(written: object) -> Unreadable:
    return Unreadable(
        _("“%(written)s” is not a date: write it as year, month, day, for example %(example)s.")
        % {"written": shown(written), "example": "2021-12-31"}
    )
