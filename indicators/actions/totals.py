"""The totals that figures make, and whether reported totals agree with those of finer scopes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from indicators import rules
from indicators.actions.records import Period
from indicators.actions.sheet import Line, Reading, Sheet, Strand, quantity_in
from indicators.actions.strands import set_targets, targets_for
from indicators.choices import Cumulation, Measure, RollUp
from indicators.rules import Closure, Quantity, Scope

ADDABLE = (Measure.COUNT, Measure.CURRENCY)


@dataclass(frozen=True)
class Found:
    """A total in the making: what it is, of the period and to date, and of whom it is made and expected."""

    scope: Scope
    place: Scope
    breakdown: str
    period: Period
    outcome: rules.Outcome
    to_date: rules.Outcome
    members: Sequence[Strand]
    expected: Sequence[Strand]
    is_shown: bool = True


def total_parts(sheet: Sheet) -> None:
    """Totals from the parts of an exhaustive dimension, where none was reported: women + men."""
    by_scope: dict[Scope, dict[str, dict[str, Strand]]] = defaultdict(lambda: defaultdict(dict))
    for (scope, breakdown), strand in sheet.strands.items():
        dimension, _, category = breakdown.partition("=")
        if category and ";" not in breakdown:
            by_scope[scope][dimension][category] = strand
    for scope, dimensions in by_scope.items():
        for period in sheet.periods:
            total = sheet.strands.get((scope, ""))
            if total is not None and total.reports(period):
                continue
            totals = (_total_of(sheet, scope, period, name, dimensions[name]) for name in sorted(dimensions))
            found = next((each for each in totals if each is not None), None)
            if found is not None:
                _add(sheet, found)


def _total_of(sheet: Sheet, scope: Scope, period: Period, dimension: str, strands: dict[str, Strand]) -> Found | None:
    split = sheet.book.dimensions.get(dimension)
    if split is None or not any(strand.readings[period.pk].is_own for strand in strands.values()):
        return None

    def total(pick: str) -> rules.Outcome:
        parts = {
            category: part for category, strand in strands.items() if (part := _part(strand, period, pick)) is not None
        }
        return rules.total_from_parts(
            parts,
            categories=split.categories,
            is_exhaustive=split.is_exhaustive,
            measure=Measure(sheet.indicator.measure),
        )

    outcome = total("quantity")
    if outcome.value is None:
        return None
    members = [strands[category] for category in sorted(strands) if strands[category].quantity(period) is not None]
    return Found(scope, members[0].place, "", period, outcome, total("to_date"), members, members)


def roll_up(sheet: Sheet, contributors: Sequence[Sheet]) -> None:
    """Totals of each project, then of each country, then of the whole; each of exactly one grain."""
    indicator = sheet.indicator
    if indicator.roll_up == RollUp.NONE:
        return
    strands = [strand for each in (sheet, *contributors) for strand in each.strands.values()]
    countries = sorted({strand.place.country for strand in strands if strand.place.country is not None})
    projects = {strand.scope.project for strand in strands if strand.scope.project is not None}
    if indicator.project_id is None:
        asked = [Scope(project=pk) for pk in sorted(projects)]
        asked += [Scope(country=pk) for pk in countries]
        asked.append(Scope())
    else:
        asked = [Scope(project=indicator.project_id, country=pk) for pk in countries]
        asked.append(Scope(project=indicator.project_id))
    # Where all of a project's figures are of one country, its total is the country's.
    is_of_one_country = indicator.project_id is not None and len({each.place.country for each in strands}) == 1
    of_project: dict[int, list[Strand]] = defaultdict(list)
    for strand in sheet.strands.values():
        if strand.place.project is not None:
            of_project[strand.place.project].append(strand)
    for scope in asked:
        # The total of one project is no part of another's: what was added since need not be looked at.
        near = list(sheet.strands.values()) if scope.grain != "p" else of_project[scope.project or 0]
        inside = [
            strand
            for strand in near
            if scope.holds(strand.place) and len(strand.scope.grain) >= len(scope.grain) and strand.scope != scope
        ]
        breakdowns = {strand.breakdown for strand in inside}
        breakdowns |= {breakdown for each in contributors for _, breakdown in each.strands}
        for breakdown in sorted(breakdowns):
            alike = [strand for strand in inside if strand.breakdown == breakdown]
            for period in sheet.periods:
                found = _roll_up_in(sheet, scope, breakdown, period, inside, alike, contributors)
                if found is not None:
                    is_repeated = is_of_one_country and scope.country is not None
                    _add(sheet, replace(found, is_shown=found.is_shown and not is_repeated))


def _roll_up_in(
    sheet: Sheet,
    asked: Scope,
    breakdown: str,
    period: Period,
    inside: Sequence[Strand],
    alike: Sequence[Strand],
    contributors: Sequence[Sheet],
) -> Found | None:
    """The total of a scope in one breakdown and period; None when it is reported, or when nothing makes it.

    Args:
        inside: the strands inside the scope; those of the breakdown are ``alike``.
    """
    own = [strand for strand in alike if strand.quantity(period) is not None]
    linked = _linked(sheet, asked, breakdown, period, contributors, {strand.scope for strand in own})
    parts: list[tuple[rules.Part, Strand]] = []
    for scope, strand in [*((strand.scope, strand) for strand in own), *linked]:
        part = _part(strand, period)
        assert part is not None
        if strand.indicator is not sheet.indicator:
            part = part._replace(scope=scope, place=scope)
        parts.append((part, strand))
    total = sheet.strands.get((asked, breakdown))
    has_row = total is not None and period.pk in total.lines
    is_asked = has_row and period.is_whole
    if not is_asked and not any(strand.readings[period.pk].is_own for _, strand in parts):
        return None
    chosen = rules.choose_grain(part for part, _ in parts)
    if not chosen:
        return None
    owners = {part.key: strand for part, strand in parts}
    members = [owners[part.key] for part in chosen]
    if total is not None and total.reports(period):
        _compare_with_scopes(sheet, total, period, members, chosen)
        return None

    def rolled(parts: Sequence[rules.Part]) -> rules.Outcome:
        return rules.roll_up(
            parts,
            method=RollUp(sheet.indicator.roll_up),
            measure=sheet.measure,
            may_count_twice=sheet.indicator.counts_persons_twice,
        )

    outcome = rolled(chosen)
    if outcome.value is None:
        return None
    expected = _expected(breakdown, period, inside, members, grain=chosen[0].scope.grain)
    place = asked
    if asked.project is not None and asked.country is None:
        countries = sheet.book.project_countries.get(asked.project, ())
        country = rules.country_of(own=None, partner_country=None, partner_is_local=False, project_countries=countries)
        place = replace(asked, country=country)
    is_shown = len(expected) > 1 or has_row
    to_date = rolled([part for member in members if (part := _part(member, period, "to_date")) is not None])
    return Found(asked, place, breakdown, period, outcome, to_date, members, expected, is_shown)


def _linked(
    sheet: Sheet,
    asked: Scope,
    breakdown: str,
    period: Period,
    contributors: Sequence[Sheet],
    stated: set[Scope],
) -> list[tuple[Scope, Strand]]:
    """What contributing indicators give to the asked scope: one figure each, as of its project.

    Only figures measured alike; none where the common indicator has its own figure of that project.
    """
    alike = (sheet.indicator.measure, sheet.indicator.unit_of_analysis, sheet.indicator.currency)
    found = []
    for other in contributors:
        indicator = other.indicator
        if (indicator.measure, indicator.unit_of_analysis, indicator.currency) != alike:
            continue
        if asked.project is not None and asked.project != indicator.project_id:
            continue
        # One that belongs to no project stands beside the projects, inside nothing else.
        scope = Scope(project=indicator.project_id if indicator.project_id is not None else -indicator.pk)
        strand = _top(other, asked, breakdown, period)
        if strand is not None and scope not in stated:
            found.append((scope, strand))
    return found


def _top(sheet: Sheet, asked: Scope, breakdown: str, period: Period) -> Strand | None:
    """The strand that speaks for this whole indicator in the asked scope, if it has a figure there."""
    widest = Scope(project=sheet.indicator.project_id)
    candidates = [widest] if asked.country is None else [replace(widest, country=asked.country), widest]
    for scope in candidates:
        strand = sheet.strands.get((scope, breakdown))
        if strand is None or (asked.country is not None and strand.place.country != asked.country):
            continue
        if strand.quantity(period) is not None:
            return strand
    return None


def _expected(
    breakdown: str, period: Period, inside: Iterable[Strand], members: Sequence[Strand], *, grain: str
) -> list[Strand]:
    """Whose figures the total should hold: its members, and whoever is awaited or has reported a total alone."""
    expected = list(members)
    scopes = {strand.scope for strand in members}
    for strand in inside:
        if strand.breakdown not in (breakdown, "") or strand.scope.grain != grain or strand.scope in scopes:
            continue
        line = strand.lines.get(period.pk)
        if line is not None and line.does_not_apply:
            continue
        is_stated = line is not None if period.is_whole else strand.reports(period)
        if strand.awaits(period) or is_stated:
            expected.append(strand)
            scopes.add(strand.scope)
    return expected


def _part(strand: Strand, period: Period, pick: str = "quantity") -> rules.Part | None:
    """What a strand gives to a total of the period, or ``to_date``; None when it has no figure there."""
    reading = strand.readings.get(period.pk)
    quantity: Quantity | None = getattr(reading, pick, None)
    if reading is None or quantity is None:
        return None
    # Kept, because the same figure enters the totals of its project, its country and the programme.
    if pick not in reading.parts:
        reading.parts[pick] = rules.Part(
            key=reading.key,
            quantity=quantity,
            scope=strand.scope,
            place=strand.place,
            numerator=reading.numerator,
            denominator=reading.denominator,
            as_of=reading.as_of,
            family=strand.family,
            is_computed=reading.is_computed,
        )
    return reading.parts[pick]


def _add(sheet: Sheet, found: Found) -> None:
    """Let a strand read as this total in the period and, unless it only serves other totals, show it."""
    period = found.period
    strand = sheet.strand(found.scope, found.place, found.breakdown)
    readings = [member.readings[period.pk] for member in found.members]
    total = Line(strand.key(period, is_computed=True), period, is_computed=True)
    total.quantity, total.to_date = quantity_in(found.outcome), quantity_in(found.to_date)
    if sheet.indicator.measure in (Measure.PERCENTAGE, Measure.SCORE):
        total.numerator = rules.sum_of(reading.numerator for reading in readings)
        total.denominator = rules.sum_of(reading.denominator for reading in readings)
    total.inputs = tuple(sorted({key for reading in readings for key in reading.keys}))
    total.coverage = _coverage(found)
    total.is_partial = len(found.members) < len(found.expected) and sheet.indicator.measure in ADDABLE
    may_be_public = sheet.indicator.is_public and not sheet.is_demonstration
    total.is_public = may_be_public and all(reading.is_public for reading in readings)
    total.is_printed = all(reading.is_printed for reading in readings)
    if total.is_public and not all(reading.to_date_is_public for reading in readings):
        total.to_date = None
    _set_targets(sheet, total, strand, found)
    strand.readings[period.pk] = Reading(
        strand.key(period),
        total.quantity,
        quantity_in(found.to_date),
        numerator=total.numerator,
        denominator=total.denominator,
        keys=(total.key,) if found.is_shown else total.inputs,
        is_own=any(reading.is_own for reading in readings),
        is_public=all(reading.is_public for reading in readings),
        to_date_is_public=all(reading.to_date_is_public for reading in readings),
        is_printed=total.is_printed,
        is_computed=True,
        coverage=total.coverage,
    )
    if found.is_shown:
        # The total stands in place of the row that only had a target, once everybody may see it.
        target_only = strand.lines.get(period.pk)
        if target_only is not None and target_only.is_public and not total.is_public:
            strand.kept_lines.append(target_only)
        strand.lines[period.pk] = total
        sheet.sums.append([total.key, *total.inputs])


def _coverage(found: Found) -> rules.Coverage:
    members = {id(strand) for strand in found.members}
    each = [
        strand.readings[found.period.pk].coverage if id(strand) in members else rules.Coverage(0, 1)
        for strand in found.expected
    ]
    days = [coverage.last_on for coverage in each if coverage.last_on is not None]
    return rules.Coverage(
        sum(coverage.reported for coverage in each),
        sum(coverage.expected for coverage in each),
        max(days, default=None),
    )


def _set_targets(sheet: Sheet, total: Line, strand: Strand, found: Found) -> None:
    """The targets of a computed total: its own scope's, else the sum of its parts' where all of them have one."""
    if strand.series is not None:
        set_targets(sheet, total, strand.series, targets_for(sheet, strand.series, total.period))
        if total.target_record is not None or total.final_record is not None:
            return
    if sheet.indicator.measure not in ADDABLE or any(each.indicator is not sheet.indicator for each in found.members):
        return
    lines = [each.lines.get(total.period.pk) for each in found.expected]
    stated = [line for line in lines if line is not None]
    if len(stated) < len(lines) or (sheet.indicator.roll_up != RollUp.SUM and found.breakdown):
        return
    total.target = _sum_of_all([line.target for line in stated])
    total.final = _sum_of_all([line.final for line in stated])
    if total.baseline is None:
        total.baseline = _sum_of_all([line.baseline for line in stated])
    bases = {line.target_basis for line in stated}
    total.target_basis = bases.pop() if total.target is not None and len(bases) == 1 else ""


def _sum_of_all(quantities: Sequence[Quantity | None]) -> Quantity | None:
    """The sum when every one is stated, else nothing."""
    if not quantities or any(quantity is None for quantity in quantities):
        return None
    return quantity_in(rules.add(quantities))


def _compare_with_scopes(
    sheet: Sheet, total: Strand, period: Period, members: Sequence[Strand], chosen: Sequence[rules.Part]
) -> None:
    """Compare a reported total with the figures of the finer scopes; a smaller sum tells only when none is missing."""
    line = total.lines[period.pk]
    indicator = sheet.indicator
    if line.quantity is None:
        return
    if line.numerator is not None and line.numerator == rules.sum_of(part.numerator for part in chosen):
        _follow_from_each_other(sheet, line, period, members)
    if indicator.roll_up != RollUp.SUM or indicator.counts_persons_twice:
        return
    countries = sheet.book.programme_countries.get(indicator.programme_id, set())
    is_by_country = chosen[0].scope.grain == "c" and total.scope == Scope()
    stated = {part.place.country for part in chosen}
    if indicator.cumulation != Cumulation.PER_PERIOD and any(not each.readings[period.pk].is_own for each in members):
        # Some parts date from earlier periods: they bound nothing from above.
        return
    outcome = rules.adds_up(
        total=line.quantity,
        parts=[part.quantity for part in chosen],
        is_complete=is_by_country and bool(countries) and countries <= stated,
        thresholds=sheet.book.thresholds,
    )
    if outcome.status == Closure.GAP:
        line.is_incomplete = True
    if outcome.value == 0:
        _follow_from_each_other(sheet, line, period, members)


def _follow_from_each_other(sheet: Sheet, total: Line, period: Period, members: Sequence[Strand]) -> None:
    keys = {key for member in members for key in member.readings[period.pk].keys}
    sheet.sums.append([total.key, *sorted(keys)])
