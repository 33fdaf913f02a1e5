"""The one strict parser of numbers, for forms, grids and spreadsheets alike.

People write ``1 234,5``, ``1,234.5`` and ``1'234.5``. What has one meaning is read, what has two is asked about, and
nothing is guessed: in a whole-number indicator ``1.234`` can only be 1234, elsewhere it is 1.234 or 1234, and somebody
has to say which.
"""

import math
import re
import unicodedata
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from accounts.reading.telling import shown

#: As figures are kept: 15 digits, 4 of them after the decimal mark (see ``indicators.models.amount``).
MOST_DIGITS: Final = 15
MOST_DECIMALS: Final = 4

APOSTROPHES: Final = dict.fromkeys(map(ord, "’‘ʼ`´′"), "'")
MINUSES: Final = dict.fromkeys(map(ord, "−‐‑‒–—﹣－"), "-")
PLAIN: Final = {**APOSTROPHES, **MINUSES, ord("％"): "%"}

NUMBER: Final = re.compile(r"(?P<sign>[+-]?) ?(?P<body>[0-9.,' ]*[0-9]) ?%?")
EXPONENT: Final = re.compile(r"[+-]?[0-9]+([.,][0-9]*)?[eE] ?[+-]?[0-9]+")


class Unreadable(ValueError):
    """What was written has no one meaning here; ``sentence`` says so in the active language."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Ambiguous(Unreadable):
    """What was written has two meanings: ``readings``, the one with decimals first."""

    def __init__(self, sentence: str, readings: tuple[Decimal, ...]) -> None:
        super().__init__(sentence)
        self.readings = readings


def read_number(written: str | int | float | Decimal, *, is_whole: bool) -> Decimal:
    """The number that was written, without trailing zeros.

    ``is_whole`` says that the indicator counts whole numbers. A sign ``%`` at the end is accepted and changes nothing:
    percentages are kept in percent points. A ``float`` comes from a spreadsheet and is taken at the 15 digits that a
    spreadsheet shows.

    Raises:
        Ambiguous: one mark followed by exactly three digits, where decimals are possible.
        Unreadable: anything that is not one number of at most 15 digits, 4 of them decimals.
    """
    # `bool` is an `int` in Python, and a spreadsheet's TRUE is not a 1.
    if isinstance(written, bool) or not isinstance(written, str | int | float | Decimal):
        raise _not_a_number(written)
    if isinstance(written, str):
        if written.isascii() and written.isdigit():
            digits = written.lstrip("0") or "0"
            _check_length(digits, "", written)
            return Decimal(digits)
        return _from_text(written, is_whole=is_whole)
    if not is_finite(written):
        raise _not_a_number(written)
    exact = Decimal(f"{written:.15g}") if isinstance(written, float) else Decimal(written)
    return _checked(exact, written, is_whole=is_whole)


def is_finite(number: int | float | Decimal) -> bool:
    """Whether it is a number at all, neither infinite nor missing; never raises."""
    return number.is_finite() if isinstance(number, Decimal) else isinstance(number, int) or math.isfinite(number)


def plain(text: str) -> str:
    """``text`` with one kind of space, apostrophe and minus, and without spaces around it.

    Invisible marks (a zero-width space, a mark of direction) that come along when text is copied count as spaces.
    """
    spaced = "".join(" " if unicodedata.category(c) in ("Zs", "Cf") or c == "\t" else c for c in text)
    return spaced.translate(PLAIN).strip()


def _from_text(written: str, *, is_whole: bool) -> Decimal:
    text = plain(written)
    if not text:
        raise Unreadable(_("Nothing is written here: write a number."))
    if text.startswith("="):
        raise Unreadable(
            _("“%(written)s” is a formula that holds no calculated value: write its value.")
            % {"written": shown(written)}
        )
    if text.startswith("#"):
        raise Unreadable(
            _("“%(written)s” is an error of the spreadsheet: correct its formula, or write the number.")
            % {"written": shown(written)}
        )
    if any(c.isnumeric() and c not in "0123456789" for c in text):
        raise Unreadable(
            _("“%(written)s” has other digits than 0 to 9: write the number with those.") % {"written": shown(written)}
        )
    if EXPONENT.fullmatch(text):
        raise Unreadable(
            _("“%(written)s” is a number with an exponent: write all its digits.") % {"written": shown(written)}
        )
    match = NUMBER.fullmatch(text)
    if match is None:
        raise _not_a_number(written)
    sign = -1 if match["sign"] == "-" else 1
    whole, decimals = _parts(match["body"], written, is_whole=is_whole, sign=sign)
    return _checked(sign * Decimal(f"{whole}.{decimals or 0}"), written, is_whole=is_whole)


def _parts(body: str, written: str, *, is_whole: bool, sign: int) -> tuple[str, str]:
    """The digits before and after the decimal mark."""
    marks = [c for c in body if not c.isdigit()]
    if not marks:
        return body, ""
    last = marks[-1]
    groups = body.replace(last, " ").split(" ")
    if len(set(marks)) == 1 and len(marks) == 1 and last in ".,":
        head, tail = groups
        if not _is_grouped(groups):
            return head or "0", tail
        if is_whole:
            return head + tail, ""
        _check_length(head + tail, "", written)
        readings = (sign * Decimal(f"{head}.{tail}"), sign * Decimal(head + tail))
        raise Ambiguous(
            _("“%(written)s” can be %(small)s or %(large)s. Write %(small_clear)s or %(large_clear)s.")
            % {
                "written": shown(written),
                "small": f"{head}{last}{tail}",
                "large": head + tail,
                "small_clear": f"{head}{last}{tail}0",
                "large_clear": head + tail,
            },
            readings,
        )
    if len(set(marks)) == 1 and _is_grouped(groups):
        return "".join(groups), ""
    if len(set(marks)) == 2 and marks.count(last) == 1 and last in ".,":
        head, tail = body.split(last)
        groups = head.replace(marks[0], " ").split(" ")
        if _is_grouped(groups):
            return "".join(groups), tail
    raise Unreadable(
        _("The digits of “%(written)s” are not grouped by three: write it without spaces or marks between them.")
        % {"written": shown(written)}
    )


def _is_grouped(groups: list[str]) -> bool:
    """Whether these digits are written as thousands are: one to three, no leading zero, then three by three."""
    head, *rest = groups
    return 1 <= len(head) <= 3 and not head.startswith("0") and all(len(group) == 3 for group in rest)


def _checked(exact: Decimal, written: object, *, is_whole: bool) -> Decimal:
    if exact and abs(exact.adjusted()) > 2 * MOST_DIGITS:
        raise _not_a_number(written)
    sign = "-" if exact < 0 else ""
    whole, _point, decimals = f"{abs(exact):f}".partition(".")
    whole, decimals = whole.lstrip("0") or "0", decimals.rstrip("0")
    if is_whole and decimals:
        raise Unreadable(
            _("“%(written)s” has decimals, and this indicator counts whole numbers: write it without decimals.")
            % {"written": shown(written)}
        )
    _check_length(whole, decimals, written)
    if not decimals:
        return Decimal(sign + whole) + 0  # there is no negative zero
    return Decimal(f"{sign}{whole}.{decimals}")


def _check_length(whole: str, decimals: str, written: object) -> None:
    if len(whole) > MOST_DIGITS - MOST_DECIMALS:
        raise Unreadable(
            _("“%(written)s” is too long: at most %(most)s digits can be kept before the decimal mark.")
            % {"written": shown(written), "most": MOST_DIGITS - MOST_DECIMALS}
        )
    if len(decimals) > MOST_DECIMALS:
        raise Unreadable(
            _("“%(written)s” has too many decimals: at most %(most)s can be kept. Round it.")
            % {"written": shown(written), "most": MOST_DECIMALS}
        )


def _not_a_number(written: object) -> Unreadable:
    return Unreadable(
        _("“%(written)s” is not a number: write one such as %(example)s, or leave the cell empty.")
        % {"written": shown(written), "example": "1234"}
    )
