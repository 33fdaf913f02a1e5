"""Figures as the reader's language writes them.

Every number on a page goes through these filters, so that grouping, decimal
mark, percent sign and currency are decided once. They only format: a missing
value becomes an empty string, and the template says in words why it is
missing. Years and codes are text, and text passes through untouched, so they
are never grouped.

Conventions (DOMAIN: number formats): English ``1,234.5`` and ``83.5%``; French
and neutral Spanish ``1 234,5`` and ``83,5 %`` with no-break spaces (U+00A0).
Why these: docs/decisions/0015-numbers-in-three-languages.md.
"""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, NamedTuple

from django import template
from django.conf import settings
from django.utils.translation import get_language, pgettext_lazy

register = template.Library()

NBSP: Final = "\N{NO-BREAK SPACE}"
MINUS: Final = "\N{MINUS SIGN}"

# A bar's target stands at 100; what goes past 125 is cut there, and marked.
BAR_CAP: Final = 125


class Notation(NamedTuple):
    """How one language writes numbers."""

    group: str
    decimal: str
    percent: str
    currencies: dict[str, str]
    other_currency: str


NOTATIONS: Final = {
    "en": Notation(
        group=",",
        decimal=".",
        percent="{}%",
        currencies={"CAD": "CA${}", "USD": "US${}", "EUR": "€{}"},
        other_currency="{code}" + NBSP + "{amount}",
    ),
    "fr": Notation(
        group=NBSP,
        decimal=",",
        percent="{}" + NBSP + "%",
        currencies={
            "CAD": "{}" + NBSP + "$" + NBSP + "CA",
            "USD": "{}" + NBSP + "$" + NBSP + "US",
            "EUR": "{}" + NBSP + "€",
        },
        other_currency="{amount}" + NBSP + "{code}",
    ),
    "es": Notation(
        group=NBSP,
        decimal=",",
        percent="{}" + NBSP + "%",
        currencies={"EUR": "{}" + NBSP + "€"},
        other_currency="{amount}" + NBSP + "{code}",
    ),
}


#: Of hundreds of figures on a page few have any: these are put into the reader's language where they are needed.
QUALIFIERS = {
    "more_than": pgettext_lazy("before a figure", "more than"),
    "at_least": pgettext_lazy("before a figure", "at least"),
    "about": pgettext_lazy("before a figure", "about"),
    "planned": pgettext_lazy("before a figure", "planned"),
    "estimated": pgettext_lazy("before a figure", "estimated"),
}


@register.filter
def number(value: Decimal | int | str | None, places: int | None = None) -> str:
    """``value`` in the active language, without trailing zeros.

    With ``places``, rounded to that many decimals, halves away from zero.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return _signed(value, places, plus="")


@register.filter
def percent(value: Decimal | int | None, places: int = 1) -> str:
    """Percent points (82 is 82 %) with the language's percent sign."""
    if value is None:
        return ""
    return _notation().percent.format(number(value, places))


@register.filter
def money(value: Decimal | int | None, currency: str | None) -> str:
    """An amount with its ISO 4217 ``currency`` as the language writes it."""
    if value is None:
        return ""
    if not currency:
        return number(value)
    if value < 0:
        return MINUS + money(-value, currency)
    notation = _notation()
    pattern = notation.currencies.get(currency)
    if pattern is not None:
        return pattern.format(number(value))
    return notation.other_currency.format(amount=number(value), code=currency)


@register.filter
def amount(row: object, field: str = "actual") -> str:
    """One figure of a results row by its measure, without its qualifier.

    ``field`` names the figure: ``actual``, ``target``, ``target_final`` or
    ``baseline``. Changes carry their sign.
    """
    value: Decimal | None = getattr(row, field, None)
    if value is None:
        return ""
    measure: str = getattr(row, "measure", "count")
    if measure == "percentage":
        return percent(value)
    if measure == "currency":
        return money(value, getattr(row, "currency", ""))
    if measure == "change":
        return _signed(value, None, plus="+")
    return number(value)


@register.filter
def qualifier(code: str | None) -> str:
    """The words before a figure that is not exact: "more than", "about"."""
    return str(QUALIFIERS.get(code or "", ""))


@register.filter
def figure(row: object) -> str:
    """The actual of a results row in plain text, with its qualifier."""
    words = qualifier(getattr(row, "qualifier", None))
    return f"{words} {amount(row)}".strip()


@register.filter
def bar_width(value: Decimal | int | None, cap: int = BAR_CAP) -> str:
    """``value`` as an SVG length between 0 and ``cap``, with a decimal point."""
    if value is None or value <= 0:
        return "0"
    length = min(Decimal(value), Decimal(cap)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return _without_trailing_zeros(f"{length:f}")


@register.filter
def overflows(value: Decimal | int | None, cap: int = BAR_CAP) -> bool:
    """Whether a bar of this value is cut short."""
    return value is not None and value > cap


@register.filter
def any_with(groups: Iterable[tuple[object, Iterable[object]]], field: str) -> bool:
    """Whether a row of these ``(heading, rows)`` groups has that figure.

    A table asks it before it makes a column, so that none stands empty.
    """
    return any(getattr(row, field, None) is not None for _heading, rows in groups for row in rows)


@register.filter
def zipped(cells: Sequence[object], columns: Sequence[object]) -> list[tuple[object, object]]:
    """Each cell of a line with its column; both must be of one length."""
    return list(zip(cells, columns, strict=True))


def _notation() -> Notation:
    language = (get_language() or settings.LANGUAGE_CODE).partition("-")[0]
    return NOTATIONS.get(language, NOTATIONS["fr"])


def _signed(value: Decimal | int, places: int | None, *, plus: str) -> str:
    exact = Decimal(value)
    if places is not None:
        exact = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    sign = MINUS if exact < 0 else plus if exact > 0 else ""
    notation = _notation()
    whole, _, fraction = _without_trailing_zeros(f"{abs(exact):,f}").partition(".")
    grouped = whole.replace(",", notation.group)
    return sign + (f"{grouped}{notation.decimal}{fraction}" if fraction else grouped)


def _without_trailing_zeros(digits: str) -> str:
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
