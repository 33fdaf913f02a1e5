"""What rows of results are made on: a sheet for each indicator, a strand for each scope and breakdown.

A *strand* is an indicator for one scope in one breakdown, over the periods; a *line* is what it shows in one period and
becomes one row; a *reading* is what it gives to a total there.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from indicators import rules
from indicators.actions.book import Book
from indicators.actions.records import Figure, Listed, Period
from indicators.choices import Cumulation, Direction, Measure, PeriodKind, Route
from indicators.models import Indicator
from indicators.querysets import ROW_KINDS
from indicators.rules import Quantity, Scope

KEY_LENGTH = 200
REPORTED, COMPUTED, AWAITED = ROW_KINDS
NO_COVERAGE = rules.Coverage(0, 0)


@dataclass(slots=True, eq=False)
class Reading:
    """What a strand gives to a total in a period.

    Attributes:
        key: names the strand in the period, whatever its figure rests on.
        quantity: the figure of the period; of running totals and stocks the latest one stated by then.
        keys: the rows that it rests on.
        is_own: something was stated for this very period.
        parts: what it gave to totals already, by ``quantity`` and ``to_date``.
    """

    key: str
    quantity: Quantity | None
    to_date: Quantity | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    as_of: date | None = None
    keys: tuple[str, ...] = ()
    is_own: bool = False
    is_public: bool = True
    to_date_is_public: bool = True
    is_printed: bool = False
    is_computed: bool = False
    coverage: rules.Coverage = NO_COVERAGE
    parts: dict[str, rules.Part] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Line:
    """One row in the making."""

    key: str
    period: Period
    actual_record: Figure | None = None
    target_record: Figure | None = None
    baseline_record: Figure | None = None
    quantity: Quantity | None = None
    to_date: Quantity | None = None
    share: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    baseline: Quantity | None = None
    target: Quantity | None = None
    target_basis: str = ""
    final: Quantity | None = None
    final_record: Figure | None = None
    inputs: tuple[str, ...] = ()
    coverage: rules.Coverage = NO_COVERAGE
    is_computed: bool = False
    is_partial: bool = False
    is_public: bool = False
    is_printed: bool = False
    is_incomplete: bool = False
    is_latest: bool = False
    is_row: bool = True
    withheld: str = ""
    is_to_date_withheld: bool = False
    is_baseline_withheld: bool = False

    @property
    def has_actual(self) -> bool:
        return self.actual_record is not None or (self.is_computed and self.quantity is not None)

    @property
    def does_not_apply(self) -> bool:
        return self.actual_record is not None and self.actual_record.is_not_applicable


@dataclass(slots=True)
class InForce:
    """The targets of a series as a period's report sees them, by the period that they are for, and the final one."""

    targets: dict[int, Figure]
    milestones: list[rules.Milestone]
    final: Figure | None


@dataclass(slots=True, eq=False)
class Strand:
    indicator: Indicator
    scope: Scope
    #: The scope, with the country by the rule of countries.
    place: Scope
    breakdown: str
    #: The key of the indicator.
    family: int
    #: How its keys go on after indicator and period.
    tail: str
    series: Listed | None = None
    lines: dict[int, Line] = field(default_factory=dict)
    #: Target-only lines that the public sees beside an actual or a computed total that it does not see yet.
    kept_lines: list[Line] = field(default_factory=list)
    readings: dict[int, Reading] = field(default_factory=dict)

    def key(self, period: Period, *, is_computed: bool = False, is_kept: bool = False) -> str:
        """What names its row, made of natural keys so that it is the same in every database."""
        kind = COMPUTED if is_computed else AWAITED if is_kept else REPORTED
        text = f"{self.indicator.slug}/{period.slug}{self.tail}"
        # Whatever kind of row it is, the rest of its key is the same: it stands in the address of the figure.
        longest = KEY_LENGTH - max(map(len, ROW_KINDS))
        if len(text) > longest:
            text = f"{text[: longest - 33]}~{hashlib.sha256(text.encode()).hexdigest()[:32]}"
        return f"{text}{kind}"

    def awaits(self, period: Period) -> bool:
        """Whether a figure is expected of it in this period."""
        if self.series is None or not self.series.is_expected or period.is_whole:
            return False
        starts, ends = self.indicator.active_from, self.indicator.active_to
        return (starts is None or period.ends_on >= starts) and (ends is None or period.starts_on <= ends)

    def reports(self, period: Period) -> bool:
        """Whether it states something for this very period, were it that the question does not arise."""
        line = self.lines.get(period.pk)
        return line is not None and line.actual_record is not None

    def quantity(self, period: Period) -> Quantity | None:
        reading = self.readings.get(period.pk)
        return None if reading is None else reading.quantity

    def emitted(self) -> Iterator[Line]:
        yield from self.lines.values()
        yield from self.kept_lines


class Sheet:
    """One indicator's strands."""

    def __init__(self, book: Book, indicator: Indicator) -> None:
        self.book = book
        self.indicator = indicator
        self.periods = book.periods.get(indicator.programme_id, [])
        self.known = {period.pk: period for period in self.periods}
        self.kinds = {period.pk: PeriodKind(period.kind) for period in self.periods}
        self.whole = next((period for period in self.periods if period.is_whole), None)
        # Read off once, not for each of the lines.
        self.cumulation = Cumulation(indicator.cumulation)
        self.is_demonstration = indicator.programme.is_demonstration
        self.measure, self.direction = Measure(indicator.measure), Direction(indicator.direction)
        #: Of series whose targets were never revised: those of all periods alike.
        self.in_force: dict[int, InForce] = {}
        self.strands: dict[tuple[Scope, str], Strand] = {}
        #: Groups of keys of which each one follows from the others: totals first, then their parts.
        self.sums: list[list[str]] = []
        #: The same for a total and what is stated of its parts in an exhaustive dimension, were it one of them alone.
        self.splits: list[list[str]] = []

    def strand(self, scope: Scope, place: Scope, breakdown: str, series: Listed | None = None) -> Strand:
        """The strand of this scope and breakdown, made when it is new."""
        found = self.strands.get((scope, breakdown))
        if found is None:
            book = self.book
            words = (
                ("project", book.project_slugs.get(scope.project or 0)),
                ("country", book.country_codes.get(scope.country or 0)),
                ("partner", book.partner_slugs.get(scope.partner or 0)),
                ("forum", book.forum_slugs.get(scope.forum or 0)),
            )
            tail = "".join(f"/{name}={word}" for name, word in words if word)
            tail += f"/{breakdown}" if breakdown else ""
            found = Strand(self.indicator, scope, place, breakdown, self.indicator.pk, tail, series)
            self.strands[scope, breakdown] = found
        return found

    def is_public(self, period: Period, actual: Figure | None) -> bool:
        return rules.is_public(
            indicator_is_public=self.indicator.is_public,
            is_demonstration=self.is_demonstration,
            has_actual=actual is not None,
            is_published=period.is_published,
            is_printed=actual is not None and actual.route == Route.PUBLISHED_SOURCE,
        )


def quantity_of(figure: Figure | None) -> Quantity | None:
    """The number of a figure: its value, or 100 × numerator ÷ denominator; None for shares, texts, not applicable."""
    return None if figure is None else figure.quantity


def share_of(figure: Figure | None) -> Quantity | None:
    """The share of the total that a figure states, in percent points."""
    return None if figure is None else figure.share_quantity


def has_text(figure: Figure | None) -> bool:
    return figure is not None and figure.has_text


def quantity_in(outcome: rules.Outcome) -> Quantity | None:
    """The number that a rule found, with how exactly it is known."""
    return None if outcome.value is None else Quantity(outcome.value, outcome.qualifier)


def approved_on(actual: Figure | None) -> date | None:
    return None if actual is None else actual.approved_on
