"""What stands in the database, as the rows of results need it: plain records, since thousands are read for one total.

A model's instance takes ten times as long to make as one of these, and each look at its key or a translated text a
hundred times as long.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from indicators.choices import Qualifier
from indicators.rules import Quantity, Scope

#: Quicker than ``Qualifier(…)``, which is asked once for each figure.
QUALIFIERS = {each.value: each for each in Qualifier}


@dataclass(slots=True, eq=False)
class Period:
    """A reporting period; there is one object of each, so that two are compared by identity."""

    pk: int
    slug: str
    starts_on: date
    ends_on: date
    due_on: date | None
    kind: str
    is_whole: bool
    is_published: bool


@dataclass(slots=True, eq=False)
class Listed:
    """A series: what it is about, as it says itself and with the country by the rule of countries."""

    pk: int
    indicator_id: int
    scope: Scope
    place: Scope
    breakdown: str
    is_expected: bool


@dataclass(frozen=True, slots=True)
class Sources:
    """What the library says of a figure: how many places state it, the first of them, and whether sources disagree."""

    number: int = 0
    document: str = ""
    section: str = ""
    value: str = ""
    has_discrepancy: bool = False


NO_SOURCES = Sources()


@dataclass(slots=True, eq=False)
class Figure:
    """A baseline, a target or an actual.

    Attributes:
        quantity: its value, or 100 × numerator ÷ denominator; None for shares, texts, not applicable.
        share_quantity: the share of the total that it states, in percent points.
        approved_on: the day in the site's time zone.
    """

    pk: int
    series_id: int
    period_id: int
    numerator: Decimal | None
    denominator: Decimal | None
    share: Decimal | None
    qualifier: Qualifier
    is_not_applicable: bool
    quantity: Quantity | None
    share_quantity: Quantity | None
    has_text: bool
    sources: Sources = NO_SOURCES
    # Of a target
    basis: str = ""
    revision: int = 1
    valid_from: date | None = None
    is_current: bool = True
    # Of an actual
    route: str = ""
    verification: str = ""
    as_of: date | None = None
    approved_on: date | None = None
    is_contested: bool = False
    range_low: Decimal | None = None
    range_high: Decimal | None = None


#: Columns of every figure, in the order of :func:`figure_of`.
STATED = (
    "pk", "series_id", "value", "numerator", "denominator", "share", "qualifier", "is_not_applicable",
    "text_fr", "text_es", "text_en",
)  # fmt: skip


def figure_of(row: Sequence[Any], *, period: int = 0, sources: Sources = NO_SOURCES) -> Figure:
    """A figure of the columns ``STATED``."""
    pk, series, value, numerator, denominator, share, qualified, is_not_applicable, *texts = row
    qualifier = QUALIFIERS[qualified]
    if value is None and numerator is not None and denominator:
        value = numerator * 100 / denominator
    return Figure(
        pk,
        series,
        period,
        numerator,
        denominator,
        share,
        qualifier,
        is_not_applicable,
        None if value is None else Quantity(value, qualifier),
        None if share is None else Quantity(share, qualifier),
        any(texts),
        sources,
    )
