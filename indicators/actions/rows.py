"""From figures to rows of results: what each series states per period, the totals they make, what is withheld.

A *strand* is an indicator for one scope in one breakdown, over the periods; a *line* is what it shows in one period and
becomes one row; a *reading* is what it gives to a total there. All decisions are those of ``indicators.rules``.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from indicators import rules
from indicators.actions.book import Book
from indicators.choices import (
    Cumulation,
    Direction,
    Measure,
    Origin,
    PeriodKind,
    PeriodState,
    Qualifier,
    Reason,
    RollUp,
    Route,
    Status,
)
from indicators.models import Actual, Baseline, Figure, Indicator, ReportingPeriod, Result, Series, Target
from indicators.rules import Closure, Quantity, Scope

KEY_LENGTH = 200
NO_COVERAGE = rules.Coverage(0, 0)


@dataclass(frozen=True)
class Reading:
    """What a strand gives to a total in a period."""

    #: The figure of the period; of running totals and stocks the latest one stated by then.
    quantity: Quantity | None
    to_date: Quantity | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    as_of: date | None = None
    keys: tuple[str, ...] = ()
    to_date_keys: tuple[str, ...] = ()
    is_public: bool = True
    to_date_is_public: bool = True
    is_printed: bool = False
    is_computed: bool = False
    coverage: rules.Coverage = NO_COVERAGE


@dataclass
class Line:
    """One row in the making."""

    key: str
    period: ReportingPeriod
    actual_record: Actual | None = None
    target_record: Target | None = None
    baseline_record: Baseline | None = None
    quantity: Quantity | None = None
    to_date: Quantity | None = None
    to_date_keys: tuple[str, ...] = ()
    share: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    baseline: Quantity | None = None
    target: Quantity | None = None
    target_basis: str = ""
    final: Quantity | None = None
    #: A target described in words, or given as a share of the total.
    target_figure: Figure | None = None
    final_figure: Figure | None = None
    inputs: tuple[str, ...] = ()
    coverage: rules.Coverage = NO_COVERAGE
    is_computed: bool = False
    is_partial: bool = False
    is_public: bool = False
    is_printed: bool = False
    is_incomplete: bool = False
    is_latest: bool = False
    withheld: str = ""
    is_to_date_withheld: bool = False

    @property
    def has_actual(self) -> bool:
        return self.actual_record is not None or (self.is_computed and self.quantity is not None)


@dataclass
class Strand:
    indicator: Indicator
    scope: Scope
    place: Scope
    breakdown: str
    series: Series | None = None
    lines: dict[int, Line] = field(default_factory=dict)
    #: Target-only lines that the public sees beside a computed total that it does not see yet.
    kept_lines: list[Line] = field(default_factory=list)
    readings: dict[int, Reading] = field(default_factory=dict)

    def awaits(self, period: ReportingPeriod) -> bool:
        """Whether a figure is expected of it in this period."""
        if self.series is None or not self.series.is_expected or period.kind == PeriodKind.WHOLE:
            return False
        starts, ends = self.indicator.active_from, self.indicator.active_to
        return (starts is None or period.ends_on >= starts) and (ends is None or period.starts_on <= ends)

    def reports(self, period: ReportingPeriod) -> bool:
        """Whether it states something for this very period, were it that the question does not arise."""
        line = self.lines.get(period.pk)
        return line is not None and line.actual_record is not None

    def emitted(self) -> Iterator[Line]:
        yield from self.lines.values()
        yield from self.kept_lines


def quantity_of(figure: Figure | None) -> Quantity | None:
    """The number of a figure: its value, or 100 × numerator ÷ denominator; None for shares, texts, not applicable."""
    if figure is None or figure.ratio is None:
        return None
    return Quantity(figure.ratio, Qualifier(figure.qualifier))


def share_of(figure: Figure | None) -> Quantity | None:
    if figure is None or figure.share is None:
        return None
    return Quantity(figure.share, Qualifier(figure.qualifier))


def has_text(figure: Figure | None) -> bool:
    return figure is not None and bool(figure.text_fr or figure.text_es or figure.text_en)


def rows_of(book: Book) -> list[Result]:
    """All rows of the book's indicators, in the order of their keys."""
    built = {pk: IndicatorRows(book, indicator) for pk, indicator in book.indicators.items()}
    # Common indicators last: they add up what the others have made of their own figures.
    for pk in sorted(built, key=lambda pk: (book.indicators[pk].contributes_to_id is None, pk)):
        contributors = [
            built[other] for other, indicator in sorted(book.indicators.items()) if indicator.contributes_to_id == pk
        ]
        built[pk].build(contributors)
    for each in built.values():
        each.mark_latest()
    _withhold(book, list(built.values()))
    found = [row for each in built.values() for row in each.results()]
    return sorted(found, key=lambda row: row.key)


class IndicatorRows:
    """The rows of one indicator."""

    def __init__(self, book: Book, indicator: Indicator) -> None:
        self.book = book
        self.indicator = indicator
        self.periods = book.periods.get(indicator.programme_id, [])
        self.strands: dict[tuple[Scope, str], Strand] = {}
        #: Groups of keys of which each one follows from the others: totals first, then their parts.
        self.sums: list[list[str]] = []
        self._slugs: dict[str, dict[int, str]] = {"project": {}, "partner": {}, "forum": {}}

    # --- What the series state -------------------------------------------------------------------

    def build(self, contributors: Sequence["IndicatorRows"]) -> None:
        for series in self.book.series.get(self.indicator.pk, []):
            self._add_series(series)
        self._total_parts()
        self._roll_up(contributors)
        self._check_parts()

    def _add_series(self, series: Series) -> None:
        for part in ("project", "partner", "forum"):
            record = getattr(series, part)
            if record is not None:
                self._slugs[part][record.pk] = record.slug
        scope = Scope(series.project_id, series.country_id, series.partner_id, series.forum_id)
        strand = Strand(self.indicator, scope, self.book.place_of(series), series.breakdown.key, series)
        self.strands[scope, strand.breakdown] = strand
        actuals = self.book.actuals.get(series.pk, {})
        for period in self.periods:
            line = self._line_of(strand, period, actuals)
            if line is not None:
                strand.lines[period.pk] = line
            strand.readings[period.pk] = self._reading_of(strand, period, actuals)

    def _line_of(self, strand: Strand, period: ReportingPeriod, actuals: dict[int, Actual]) -> Line | None:
        assert strand.series is not None
        actual = actuals.get(period.pk)
        targets = self._targets_for(strand.series, period)
        if actual is None and period.pk not in targets and not strand.awaits(period):
            return None
        line = Line(self._key(strand, period), period, actual_record=actual)
        line.is_public = self._is_public(period, actual)
        line.is_printed = actual is not None and actual.route == Route.PUBLISHED_SOURCE
        applies = actual is None or not actual.is_not_applicable
        line.coverage = rules.Coverage(int(actual is not None and applies), int(applies), _approved_on(actual))
        if actual is not None:
            line.quantity = quantity_of(actual)
            line.share = actual.share
            line.numerator, line.denominator = actual.numerator, actual.denominator
        self._set_targets(line, strand.series, targets)
        past = self._past(period, actuals, public_only=line.is_public)
        line.to_date, keys = self._cumulated(strand, past)
        line.to_date_keys = tuple(key for key in keys if key != line.key)
        return line

    def _targets_for(self, series: Series, period: ReportingPeriod) -> dict[int, Target]:
        """The target in force per period, as this period's report sees them."""
        found = {}
        for other, versions in self.book.targets.get(series.pk, {}).items():
            revision = rules.revision_in_force(
                (rules.Revision(each.pk, each.revision, each.valid_from, each.is_current) for each in versions),
                ends_on=period.ends_on,
                is_published=period.state == PeriodState.PUBLISHED,
            )
            if revision is not None:
                found[other] = next(each for each in versions if each.pk == revision.key)
        return found

    def _set_targets(self, line: Line, series: Series, targets: dict[int, Target]) -> None:
        ends = {period.pk: period for period in self.periods}
        milestones = [
            rules.Milestone(target.pk, pk, PeriodKind(ends[pk].kind), ends[pk].ends_on)
            for pk, target in targets.items()
            if pk in ends
        ]
        due = rules.target_due(
            milestones,
            period=line.period.pk,
            ends_on=line.period.ends_on,
            kind=PeriodKind(line.period.kind),
            cumulation=Cumulation(self.indicator.cumulation),
        )
        target = None if due is None else targets[due.period]
        final = next((targets[each.period] for each in milestones if each.kind == PeriodKind.WHOLE), None)
        baseline = self.book.baselines.get(series.pk)
        line.target_record, line.target_figure, line.target = target, target, quantity_of(target)
        line.target_basis = "" if target is None else target.basis
        line.final_figure, line.final = final, quantity_of(final)
        line.baseline_record, line.baseline = baseline, quantity_of(baseline)

    def _past(
        self, period: ReportingPeriod, actuals: dict[int, Actual], *, public_only: bool
    ) -> list[tuple[ReportingPeriod, Actual]]:
        """The actuals that count up to a period, oldest first; the whole period's own alone where it has one."""
        if period.kind == PeriodKind.WHOLE and quantity_of(actuals.get(period.pk)) is not None:
            return [(period, actuals[period.pk])]
        return [
            (each, actuals[each.pk])
            for each in self.periods
            if each.pk in actuals
            and each.kind != PeriodKind.WHOLE
            and (period.kind == PeriodKind.WHOLE or each.ends_on <= period.ends_on)
            and (not public_only or self._is_public(each, actuals[each.pk]))
        ]

    def _cumulated(
        self, strand: Strand, past: Sequence[tuple[ReportingPeriod, Actual]]
    ) -> tuple[Quantity | None, tuple[str, ...]]:
        stated = [(each, quantity_of(actual)) for each, actual in past]
        stated = [(each, quantity) for each, quantity in stated if quantity is not None and not quantity.is_planned]
        outcome = rules.cumulate([quantity for _, quantity in stated], Cumulation(self.indicator.cumulation))
        if self.indicator.cumulation != Cumulation.PER_PERIOD:
            stated = stated[-1:]
        return _quantity(outcome), tuple(self._key(strand, each) for each, _ in stated)

    def _reading_of(self, strand: Strand, period: ReportingPeriod, actuals: dict[int, Actual]) -> Reading:
        past = self._past(period, actuals, public_only=False)
        to_date, to_date_keys = self._cumulated(strand, past)
        own = actuals.get(period.pk)
        adds_periods = self.indicator.cumulation == Cumulation.PER_PERIOD
        if adds_periods and period.kind != PeriodKind.WHOLE:
            used = [(period, own)] if own is not None else []
        elif adds_periods:
            used = past
        else:
            used = [(each, actual) for each, actual in past if self._key(strand, each) in to_date_keys]
        quantity = to_date
        if adds_periods and period.kind != PeriodKind.WHOLE:
            quantity = quantity_of(own)
        if quantity is None or quantity.is_planned:
            used, quantity = [], None
        source = used[-1][1] if used else None
        applies = own is None or not own.is_not_applicable
        stated = quantity_of(own)
        is_reported = stated is not None and not stated.is_planned
        return Reading(
            quantity,
            to_date,
            numerator=None if source is None else source.numerator,
            denominator=None if source is None else source.denominator,
            as_of=None if source is None else source.as_of,
            keys=tuple(self._key(strand, each) for each, _ in used),
            to_date_keys=to_date_keys,
            is_public=all(self._is_public(each, actual) for each, actual in used),
            to_date_is_public=all(self._is_public(each, actual) for each, actual in past),
            is_printed=bool(used) and all(actual.route == Route.PUBLISHED_SOURCE for _, actual in used),
            coverage=rules.Coverage(int(is_reported), int(applies), _approved_on(own)),
        )

    def _is_public(self, period: ReportingPeriod, actual: Actual | None) -> bool:
        return rules.is_public(
            indicator_is_public=self.indicator.is_public,
            is_demonstration=self.indicator.programme.is_demonstration,
            has_actual=actual is not None,
            is_published=period.state == PeriodState.PUBLISHED,
            is_printed=actual is not None and actual.route == Route.PUBLISHED_SOURCE,
        )

    # --- Totals ----------------------------------------------------------------------------------

    def _total_parts(self) -> None:
        """Totals from the parts of an exhaustive dimension, where none was reported."""
        by_scope: dict[Scope, dict[str, dict[str, Strand]]] = defaultdict(lambda: defaultdict(dict))
        for (scope, breakdown), strand in self.strands.items():
            dimension, _, category = breakdown.partition("=")
            if category and ";" not in breakdown:
                by_scope[scope][dimension][category] = strand
        for scope, dimensions in by_scope.items():
            for period in self.periods:
                total = self.strands.get((scope, ""))
                if total is not None and total.reports(period):
                    continue
                for dimension in sorted(dimensions):
                    if self._total_of_dimension(scope, period, dimension, dimensions[dimension]):
                        break

    def _total_of_dimension(
        self, scope: Scope, period: ReportingPeriod, dimension: str, strands: dict[str, Strand]
    ) -> bool:
        split = self.book.dimensions.get(dimension)
        if split is None or not any(strand.reports(period) for strand in strands.values()):
            return False

        def total_of(pick: str) -> rules.Outcome:
            parts = {
                category: self._part(strand, period, quantity)
                for category, strand in strands.items()
                if (quantity := getattr(strand.readings[period.pk], pick)) is not None
            }
            return rules.total_from_parts(
                parts,
                categories=split.categories,
                is_exhaustive=split.is_exhaustive,
                measure=Measure(self.indicator.measure),
            )

        found = total_of("quantity")
        if found.value is None:
            return False
        members = [strands[category] for category in sorted(strands)]
        members = [each for each in members if each.readings[period.pk].quantity is not None]
        self._add_total(scope, members[0].place, "", period, members, found, total_of("to_date"), expected=members)
        return True

    def _roll_up(self, contributors: Sequence["IndicatorRows"]) -> None:
        """Totals of projects, then countries, then the whole, each of exactly one grain."""
        if self.indicator.roll_up == RollUp.NONE:
            return
        own = self.indicator.project_id
        countries = sorted({each.place.country for each in self.strands.values() if each.place.country is not None})
        for other in contributors:
            found = {each.place.country for each in other.strands.values() if each.place.country is not None}
            countries = sorted({*countries, *found})
        if own is None:
            projects = {scope.project for scope, _ in self.strands if scope.project is not None}
            projects |= {each.indicator.project_id for each in contributors if each.indicator.project_id is not None}
            asked = [Scope(project=pk) for pk in sorted(projects)]
            asked += [Scope(country=pk) for pk in countries]
            asked.append(Scope())
        else:
            asked = [Scope(project=own, country=pk) for pk in countries]
            asked.append(Scope(project=own))
        places = {each.place.country for each in self.strands.values()}
        for scope in asked:
            # Where all of a project's figures are of one country, its total is the country's.
            is_shown = own is None or scope.country is None or len(places) > 1
            self._roll_up_to(scope, contributors, is_shown=is_shown)

    def _roll_up_to(self, asked: Scope, contributors: Sequence["IndicatorRows"], *, is_shown: bool) -> None:
        inside = [
            strand
            for (scope, _), strand in list(self.strands.items())
            if scope != asked and asked.holds(strand.place) and len(scope.grain) >= len(asked.grain)
        ]
        breakdowns = {strand.breakdown for strand in inside}
        for other in contributors:
            breakdowns |= {breakdown for _, breakdown in other.strands}
        for breakdown in sorted(breakdowns):
            for period in self.periods:
                self._roll_up_in(asked, breakdown, period, inside, contributors, is_shown=is_shown)

    def _roll_up_in(
        self,
        asked: Scope,
        breakdown: str,
        period: ReportingPeriod,
        inside: Sequence[Strand],
        contributors: Sequence["IndicatorRows"],
        *,
        is_shown: bool,
    ) -> None:
        total = self.strands.get((asked, breakdown))
        own = [strand for strand in inside if strand.breakdown == breakdown]
        linked = self._linked(asked, breakdown, period, contributors, own)
        own_keys = {strand.scope: strand for strand in own}
        parts: dict[str, rules.Part] = {}
        owners: dict[str, Strand] = {}
        for strand in own:
            reading = strand.readings.get(period.pk)
            if reading is not None and reading.quantity is not None:
                part = self._part(strand, period, reading.quantity)
                parts[part.key], owners[part.key] = part, strand
        for scope, strand in linked:
            part = replace(
                self._part(strand, period, strand.readings[period.pk].quantity),
                scope=scope,
                place=scope,
                family=strand.indicator.pk,
            )
            parts[part.key], owners[part.key] = part, strand
        if not any(owners[key].readings[period.pk].coverage.reported for key in parts):
            is_asked = total is not None and period.pk in total.lines and period.kind == PeriodKind.WHOLE
            if not (parts and is_asked):
                return
        chosen = rules.choose_grain(parts.values())
        if not chosen:
            return
        members = [owners[part.key] for part in chosen]
        if total is not None and total.reports(period):
            self._check_scope(total, period, members, chosen)
            return
        grain = chosen[0].scope.grain
        expected = list(members)
        for strand in inside:
            alike = strand.breakdown in (breakdown, "") and strand.scope.grain == grain
            if not alike or own_keys.get(strand.scope) in members:
                continue
            is_stated = period.pk in strand.lines if period.kind == PeriodKind.WHOLE else strand.reports(period)
            line = strand.lines.get(period.pk)
            applies = line is None or line.actual_record is None or not line.actual_record.is_not_applicable
            if (
                applies
                and (strand.awaits(period) or is_stated)
                and all(each.scope != strand.scope for each in expected)
            ):
                expected.append(strand)
        method, measure = RollUp(self.indicator.roll_up), Measure(self.indicator.measure)

        def rolled(pick: str) -> rules.Outcome:
            found = [
                replace(part, quantity=quantity)
                for part in chosen
                if (quantity := getattr(owners[part.key].readings[period.pk], pick)) is not None
            ]
            return rules.roll_up(
                found, method=method, measure=measure, may_count_twice=self.indicator.counts_persons_twice
            )

        found = rolled("quantity")
        if found.value is None:
            return
        place = asked
        if asked.project is not None and asked.country is None:
            countries = self.book.project_countries.get(asked.project, ())
            country = rules.country_of(
                own=None, partner_country=None, partner_is_local=False, project_countries=countries
            )
            place = replace(asked, country=country)
        has_target = total is not None and period.pk in total.lines
        self._add_total(
            asked,
            place,
            breakdown,
            period,
            members,
            found,
            rolled("to_date"),
            expected=expected,
            is_shown=is_shown and (len(expected) > 1 or has_target),
        )

    def _linked(
        self,
        asked: Scope,
        breakdown: str,
        period: ReportingPeriod,
        contributors: Sequence["IndicatorRows"],
        own: Sequence[Strand],
    ) -> list[tuple[Scope, Strand]]:
        """What contributing indicators give to the asked scope: one figure each, as of its project."""
        stated = {
            strand.scope
            for strand in own
            if strand.readings.get(period.pk) is not None and strand.readings[period.pk].quantity is not None
        }
        found = []
        for other in contributors:
            project = other.indicator.project_id
            if asked.project is not None and asked.project != project:
                continue
            # One that belongs to no project stands beside the projects, inside nothing else.
            scope = Scope(project=project if project is not None else -other.indicator.pk)
            strand = other.top(asked, breakdown, period)
            alike = (other.indicator.measure, other.indicator.unit_of_analysis, other.indicator.currency) == (
                self.indicator.measure,
                self.indicator.unit_of_analysis,
                self.indicator.currency,
            )
            if strand is not None and alike and scope not in stated:
                found.append((scope, strand))
        return found

    def top(self, asked: Scope, breakdown: str, period: ReportingPeriod) -> Strand | None:
        """The strand that speaks for this whole indicator in the asked scope, if it has a figure there."""
        widest = Scope(project=self.indicator.project_id)
        candidates = [widest] if asked.country is None else [replace(widest, country=asked.country), widest]
        for scope in candidates:
            strand = self.strands.get((scope, breakdown))
            if strand is None or (asked.country is not None and strand.place.country != asked.country):
                continue
            reading = strand.readings.get(period.pk)
            if reading is not None and reading.quantity is not None:
                return strand
        return None

    def _part(self, strand: Strand, period: ReportingPeriod, quantity: Quantity | None) -> rules.Part:
        assert quantity is not None
        reading = strand.readings[period.pk]
        return rules.Part(
            key=self._key(strand, period),
            quantity=quantity,
            scope=strand.scope,
            place=strand.place,
            numerator=reading.numerator,
            denominator=reading.denominator,
            as_of=reading.as_of,
            family=strand.indicator.pk,
            is_computed=reading.is_computed,
        )

    def _add_total(
        self,
        scope: Scope,
        place: Scope,
        breakdown: str,
        period: ReportingPeriod,
        members: Sequence[Strand],
        found: rules.Outcome,
        to_date: rules.Outcome,
        *,
        expected: Sequence[Strand],
        is_shown: bool = True,
    ) -> None:
        """Let a strand read as this total in the period and, unless it only serves other totals, show it."""
        strand = self.strands.get((scope, breakdown))
        if strand is None:
            strand = Strand(self.indicator, scope, place, breakdown)
            self.strands[scope, breakdown] = strand
        readings = [member.readings[period.pk] for member in members]
        coverages = [
            reading.coverage
            if (reading := each.readings.get(period.pk)) is not None and each in members
            else rules.Coverage(0, 1)
            for each in expected
        ]
        days = [each.last_on for each in coverages if each.last_on is not None]
        covered = rules.Coverage(
            sum(each.reported for each in coverages),
            sum(each.expected for each in coverages),
            max(days, default=None),
        )
        key = self._key(strand, period, is_computed=True)
        total = Line(key, period, is_computed=True)
        total.quantity, total.to_date = _quantity(found), _quantity(to_date)
        if self.indicator.measure in (Measure.PERCENTAGE, Measure.SCORE):
            total.numerator = rules.sum_of(reading.numerator for reading in readings)
            total.denominator = rules.sum_of(reading.denominator for reading in readings)
        total.inputs = tuple(sorted({key for reading in readings for key in reading.keys}))
        total.to_date_keys = tuple(sorted({key for reading in readings for key in reading.to_date_keys}))
        total.coverage = covered
        total.is_partial = len(members) < len(expected) and self.indicator.roll_up == RollUp.SUM
        total.is_public = (
            self.indicator.is_public
            and not self.indicator.programme.is_demonstration
            and all(reading.is_public for reading in readings)
        )
        if total.is_public and not all(reading.to_date_is_public for reading in readings):
            total.to_date = None
        total.is_printed = all(reading.is_printed for reading in readings)
        self._set_total_targets(total, strand, members, expected)
        if is_shown:
            target_only = strand.lines.get(period.pk)
            if target_only is not None and target_only.is_public and not total.is_public:
                strand.kept_lines.append(target_only)
            strand.lines[period.pk] = total
        strand.readings[period.pk] = Reading(
            total.quantity,
            _quantity(to_date),
            numerator=total.numerator,
            denominator=total.denominator,
            keys=(key,) if is_shown else total.inputs,
            to_date_keys=(key,) if is_shown else total.to_date_keys,
            is_public=all(reading.is_public for reading in readings),
            to_date_is_public=all(reading.to_date_is_public for reading in readings),
            is_printed=total.is_printed,
            is_computed=True,
            coverage=covered,
        )
        if is_shown:
            self.sums.append([key, *total.inputs])

    def _set_total_targets(
        self, total: Line, strand: Strand, members: Sequence[Strand], expected: Sequence[Strand]
    ) -> None:
        """The targets of a computed total: its own scope's, else the sum of its parts' where all of them have one."""
        if strand.series is not None:
            targets = self._targets_for(strand.series, total.period)
            self._set_targets(total, strand.series, targets)
            if total.target is not None or total.final is not None:
                return
        adds = self.indicator.roll_up == RollUp.SUM or strand.breakdown == ""
        if not adds or self.indicator.measure not in (Measure.COUNT, Measure.CURRENCY):
            return
        lines = [each.lines.get(total.period.pk) for each in expected]
        if any(line is None for line in lines) or any(each.indicator != self.indicator for each in members):
            return
        stated = [line for line in lines if line is not None]
        total.target = _sum_of_all([line.target for line in stated])
        total.final = _sum_of_all([line.final for line in stated])
        total.baseline = total.baseline or _sum_of_all([line.baseline for line in stated])
        bases = {line.target_basis for line in stated}
        total.target_basis = bases.pop() if total.target is not None and len(bases) == 1 else ""

    # --- Parts and totals ------------------------------------------------------------------------

    def _check_parts(self) -> None:
        """Compare totals with the parts of each dimension, and note which figures follow from each other."""
        for (scope, breakdown), strand in self.strands.items():
            for line in strand.lines.values():
                for dimension, split in self.book.dimensions.items():
                    if split.is_exhaustive and f";{dimension}=" not in f";{breakdown}":
                        self._check_dimension(scope, breakdown, line, dimension, split.categories)

    def _check_dimension(
        self, scope: Scope, breakdown: str, line: Line, dimension: str, categories: frozenset[str]
    ) -> None:
        parts: dict[str, Line] = {}
        for category in sorted(categories):
            key = ";".join(sorted([*(breakdown.split(";") if breakdown else []), f"{dimension}={category}"]))
            strand = self.strands.get((scope, key))
            part = None if strand is None else strand.lines.get(line.period.pk)
            if part is not None and part.has_actual:
                parts[category] = part
        if len(parts) < 2 and not (parts and line.quantity is not None):
            return
        is_complete = rules.has_all_parts(parts, categories)
        shares = [part.share for part in parts.values() if part.share is not None]
        counts = [part.quantity for part in parts.values() if part.quantity is not None]
        if len(shares) == len(parts):
            self.sums.append([part.key for part in parts.values()])
            outcome = rules.shares_add_up(shares, is_complete=is_complete)
        elif len(counts) == len(parts) and self.indicator.measure in (Measure.COUNT, Measure.CURRENCY):
            if len(parts) > 1:
                self.sums.append([line.key, *(part.key for part in parts.values())])
            outcome = rules.adds_up(
                total=line.quantity, parts=counts, is_complete=is_complete, thresholds=self.book.thresholds
            )
        else:
            return
        if outcome.status == Closure.GAP:
            line.is_incomplete = True

    def _check_scope(
        self, total: Strand, period: ReportingPeriod, members: Sequence[Strand], chosen: Sequence[rules.Part]
    ) -> None:
        """Compare a reported total with the figures of the finer scopes."""
        line = total.lines[period.pk]
        if self.indicator.roll_up != RollUp.SUM or line.quantity is None or self.indicator.counts_persons_twice:
            return
        programme = self.book.programme_countries.get(self.indicator.programme_id, set())
        grain = chosen[0].scope.grain
        stated = {part.place.country for part in chosen}
        is_complete = grain == "c" and total.scope == Scope() and bool(programme) and programme <= stated
        outcome = rules.adds_up(
            total=line.quantity,
            parts=[part.quantity for part in chosen],
            is_complete=is_complete,
            thresholds=self.book.thresholds,
        )
        if outcome.status == Closure.GAP:
            line.is_incomplete = True
        if outcome.value == 0:
            keys = {key for member in members for key in member.readings[period.pk].keys}
            self.sums.append([line.key, *sorted(keys)])

    # --- Rows ------------------------------------------------------------------------------------

    def mark_latest(self) -> None:
        """One line of each strand is its latest: of those that the public sees, when it sees any."""
        for strand in self.strands.values():
            lines = list(strand.emitted())
            visible = [line for line in lines if line.is_public] or lines
            stated = [line for line in visible if line.has_actual]
            if visible:
                max(stated or visible, key=_recency).is_latest = True

    def results(self) -> Iterator[Result]:
        for strand in self.strands.values():
            for line in strand.emitted():
                yield self._result(strand, line)

    def _result(self, strand: Strand, line: Line) -> Result:
        indicator, period = self.indicator, line.period
        actual = line.actual_record
        standing = self._standing(line)
        row = Result(
            key=line.key,
            origin=Origin.COMPUTED if line.is_computed else Origin.REPORTED,
            programme_id=indicator.programme_id,
            indicator_id=indicator.pk,
            series_id=None if line.is_computed or strand.series is None else strand.series.pk,
            period_id=period.pk,
            project_id=strand.scope.project,
            country_id=strand.place.country,
            partner_id=strand.scope.partner,
            forum_id=strand.scope.forum,
            breakdown_id=self.book.breakdown_ids.get(strand.breakdown),
            nature=indicator.nature,
            family=indicator.family,
            measure=indicator.measure,
            cumulation=indicator.cumulation,
            level="" if indicator.expected_result is None else indicator.expected_result.level,
            themes=self.book.themes[indicator.pk],
            period_kind=period.kind,
            due_on=period.due_on,
            breakdown_key=strand.breakdown,
            actual_record_id=None if actual is None else actual.pk,
            target_record_id=None if line.target_record is None else line.target_record.pk,
            baseline_record_id=None if line.baseline_record is None else line.baseline_record.pk,
            baseline=_stored(line.baseline),
            target=_stored(line.target),
            target_qualifier="" if line.target is None else line.target.qualifier,
            target_basis=line.target_basis,
            target_final=_stored(line.final),
            is_not_applicable=actual is not None and actual.is_not_applicable,
            status=standing.status,
            status_reason=standing.reason,
            status_final=standing.status_final,
            coverage_reported=line.coverage.reported,
            coverage_expected=line.coverage.expected,
            coverage_last_on=line.coverage.last_on,
            inputs=list(line.inputs),
            is_public=line.is_public,
            is_latest=line.is_latest,
            rules_version=self.book.thresholds.version,
        )
        if actual is not None:
            row.route, row.verification = actual.route, actual.verification
            row.approved_on = _approved_on(actual)
        elif line.is_computed:
            row.approved_on = line.coverage.last_on
        if line.withheld:
            row.is_suppressed = True
            row.status = row.status_final = Status.SUPPRESSED
            row.status_reason = line.withheld
            return row
        row.actual = _stored(line.quantity)
        row.actual_to_date = None if line.is_to_date_withheld else _stored(line.to_date)
        row.share = line.share
        row.numerator, row.denominator = rules.storable(line.numerator), rules.storable(line.denominator)
        row.is_incomplete = line.is_incomplete
        if not (line.is_to_date_withheld and standing.uses_to_date):
            row.achievement, row.progress = standing.achievement, standing.progress
        if line.is_to_date_withheld:
            row.status_final = Status.SUPPRESSED
        if actual is not None:
            row.qualifier = actual.qualifier if not actual.is_not_applicable else ""
            row.as_of, row.is_contested = actual.as_of, actual.is_contested
            row.range_low, row.range_high = actual.range_low, actual.range_high
        elif line.quantity is not None:
            row.qualifier = line.quantity.qualifier
        _set_sources(row, actual, line)
        return row

    def _standing(self, line: Line) -> "Standing":
        """Status against the target due and the final one, and the ratios to the one that is shown."""
        actual = line.actual_record
        whole = next((period for period in self.periods if period.kind == PeriodKind.WHOLE), None)
        final_is_due = whole is None or line.period.pk == whole.pk or line.period.ends_on >= whole.ends_on
        measured, is_cumulated = line.quantity, False
        if measured is None and line.period.kind == PeriodKind.WHOLE and actual is None:
            measured, is_cumulated = line.to_date, line.to_date is not None
        has_due = line.target_figure is not None or line.target is not None
        has_final = line.final_figure is not None or line.final is not None
        final_quantity = line.to_date if line.share is None else None
        if has_due or not has_final:
            now = self._status(line, measured, line.target, line.target_figure, is_due=True)
            uses_to_date, target = is_cumulated, line.target
        else:
            now = self._status(line, final_quantity, line.final, line.final_figure, is_due=final_is_due)
            uses_to_date, target, measured = True, line.final, final_quantity
        final = self._status(line, final_quantity, line.final, line.final_figure, is_due=final_is_due)
        if line.period.kind == PeriodKind.WHOLE and has_final:
            final = now
        direction = Direction(self.indicator.direction)
        towards = rules.direction_of(declared=direction, baseline=line.baseline, target=target)[0]
        progress = rules.progress(baseline=line.baseline, target=target, actual=measured)
        achieved = rules.achievement(
            target=target, actual=measured, measure=Measure(self.indicator.measure), direction=towards
        )
        comparable = now.status != Status.NOT_MEASURABLE
        return Standing(
            status=now.status,
            reason=Reason.CUMULATED if is_cumulated and now.reason == Reason.COMPARED else now.reason,
            status_final=final.status,
            progress=rules.storable(progress.value) if comparable else None,
            achievement=rules.storable(achieved.value) if comparable else None,
            uses_to_date=uses_to_date,
        )

    def _status(
        self, line: Line, measured: Quantity | None, target: Quantity | None, figure: Figure | None, *, is_due: bool
    ) -> rules.Outcome:
        actual = line.actual_record
        baseline, measure = line.baseline, Measure(self.indicator.measure)
        target_share = share_of(figure)
        if line.share is not None and target is None and target_share is not None:
            measured, target, baseline = share_of(actual), target_share, share_of(line.baseline_record)
            measure = Measure.PERCENTAGE
        elif (line.share is not None and figure is not None) or (target_share is not None and measured is not None):
            return rules.Outcome(None, Status.NOT_MEASURABLE, Reason.SHARE_AND_VALUE)
        return rules.status(
            actual=measured,
            target=target,
            thresholds=self.book.thresholds,
            baseline=baseline,
            direction=Direction(self.indicator.direction),
            measure=measure,
            change_unit=self.indicator.change_unit,
            no_target_reason=self.indicator.no_target_reason,
            is_not_applicable=actual is not None and actual.is_not_applicable,
            has_text=has_text(actual) or line.share is not None,
            has_text_target=has_text(figure),
            is_partial=line.is_partial,
            is_due=is_due,
        )

    def _key(self, strand: Strand, period: ReportingPeriod, *, is_computed: bool = False) -> str:
        """What names a row, made of natural keys so that it is the same in every database."""
        if strand.indicator != self.indicator:
            # A contributor's figure keeps the name that its own indicator gave it.
            return "|".join(strand.readings[period.pk].keys)
        scope = strand.scope
        words = [
            ("project", self._slugs["project"].get(scope.project or 0, "")),
            ("country", self.book.country_codes.get(scope.country or 0, "")),
            ("partner", self._slugs["partner"].get(scope.partner or 0, "")),
            ("forum", self._slugs["forum"].get(scope.forum or 0, "")),
        ]
        named = [f"{name}={word}" for name, word in words if word]
        text = "/".join([self.indicator.slug, period.slug, *named, *([strand.breakdown] if strand.breakdown else [])])
        if is_computed:
            text += "/computed"
        if len(text) <= KEY_LENGTH:
            return text
        return f"{text[: KEY_LENGTH - 33]}~{hashlib.sha256(text.encode()).hexdigest()[:32]}"


@dataclass(frozen=True)
class Standing:
    status: str
    reason: str
    status_final: str
    progress: Decimal | None
    achievement: Decimal | None
    uses_to_date: bool


def _withhold(book: Book, built: Sequence[IndicatorRows]) -> None:
    """Small cells last of all, over everything that hangs together."""
    lines = {line.key: line for each in built for strand in each.strands.values() for line in strand.emitted()}
    cells: dict[str, rules.Cell] = {}
    for each in built:
        if each.indicator.unit_of_analysis in rules.PEOPLE:
            for strand in each.strands.values():
                for line in strand.lines.values():
                    sizes = _sizes(each, strand, line)
                    if sizes:
                        cells[line.key] = rules.Cell(
                            sizes,
                            is_total=strand.breakdown == "",
                            is_sensitive=each.indicator.is_sensitive,
                            is_printed=line.is_printed,
                        )
    hidden = rules.withheld(cells, [group for each in built for group in each.sums], book.thresholds)
    for key, reason in hidden.items():
        lines[key].withheld = reason
    if hidden:
        for line in lines.values():
            if not line.withheld and any(key in hidden for key in line.to_date_keys):
                line.is_to_date_withheld = True


def _sizes(rows: IndicatorRows, strand: Strand, line: Line) -> tuple[Decimal, ...]:
    """The numbers of people that a line tells."""
    measure = rows.indicator.measure
    if measure == Measure.COUNT and line.quantity is not None:
        return (line.quantity.value,)
    if line.share is not None:
        whole = rows.strands.get((strand.scope, ""))
        total = None if whole is None else whole.lines.get(line.period.pk)
        outcome = rules.count_from_share(share=line.share, total=None if total is None else total.quantity)
        return () if outcome.value is None else (outcome.value,)
    if measure in (Measure.PERCENTAGE, Measure.SCORE) and line.denominator is not None:
        return tuple(number for number in (line.numerator, line.denominator) if number is not None)
    return ()


def _set_sources(row: Result, actual: Actual | None, line: Line) -> None:
    """Where the adopted figure stands: its first citation; of a target that no figure answers, the target's."""
    figure = actual if actual is not None else (None if line.is_computed else line.target_record)
    if figure is None:
        return
    citations: list[Any] = list(figure.citations.all())
    row.number_of_sources = len(citations)
    if citations:
        row.source_document = citations[0].document.file_name or citations[0].document.slug
        row.source_section = citations[0].section
        row.source_value = citations[0].printed_value
    if actual is not None:
        disputed: Any = actual
        row.has_discrepancy = bool(disputed.discrepancies.all()) or any(
            citation.discrepancies.all() for citation in citations
        )


def _recency(line: Line) -> tuple[bool, date, bool, date, str]:
    is_whole = line.period.kind == PeriodKind.WHOLE
    return (is_whole and line.has_actual, line.period.ends_on, is_whole, line.period.starts_on, line.period.slug)


def _quantity(outcome: rules.Outcome) -> Quantity | None:
    return None if outcome.value is None else Quantity(outcome.value, outcome.qualifier)


def _stored(quantity: Quantity | None) -> Decimal | None:
    return None if quantity is None else rules.storable(quantity.value)


def _sum_of_all(quantities: Iterable[Quantity | None]) -> Quantity | None:
    """The sum when every one is stated, else nothing."""
    given = list(quantities)
    if not given or any(quantity is None for quantity in given):
        return None
    return _quantity(rules.add(given))


def _approved_on(actual: Actual | None) -> date | None:
    if actual is None or actual.approved_at is None:
        return None
    return timezone.localdate(actual.approved_at)
