"""What the series of an indicator state, period by period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from indicators import rules
from indicators.actions.records import Figure, Listed, Period
from indicators.actions.sheet import InForce, Line, Reading, Sheet, Strand, approved_on, quantity_of
from indicators.choices import Cumulation, PeriodKind, Route
from indicators.rules import Quantity


@dataclass(slots=True, eq=False)
class Stated:
    """A countable actual: what it says, and whether everybody may see it."""

    key: str
    period: Period
    actual: Figure
    quantity: Quantity
    is_public: bool


Past = Sequence[Stated]


def add_series(sheet: Sheet, series: Listed) -> None:
    """Lines and readings of a series: one line for each period with an actual, a target, or something awaited."""
    strand = sheet.strand(series.scope, series.place, series.breakdown, series)
    actuals = sheet.book.actuals.get(series.pk, {})
    keys = {period.pk: strand.key(period) for period in sheet.periods}
    stated = {
        period.pk: Stated(
            keys[period.pk], period, actuals[period.pk], quantity, sheet.is_public(period, actuals[period.pk])
        )
        for period in sheet.periods
        if (quantity := _countable(actuals.get(period.pk))) is not None
    }
    for period in sheet.periods:
        past = _past(period, stated)
        to_date = _cumulated(sheet, past)
        line = _line(sheet, strand, period, actuals.get(period.pk), keys[period.pk])
        if line is not None:
            # What the public sees must not add up what it does not see yet.
            seen = [each for each in past if each.is_public] if line.is_public else past
            line.to_date = to_date if len(seen) == len(past) else _cumulated(sheet, seen)
            strand.lines[period.pk] = line
            if line.actual_record is not None and not line.is_public:
                _keep_what_the_public_sees(sheet, strand, period, [each for each in past if each.is_public])
        strand.readings[period.pk] = _reading(sheet, keys[period.pk], period, actuals.get(period.pk), past, to_date)


def targets_for(sheet: Sheet, series: Listed, period: Period) -> InForce:
    """The targets in force as this period's report sees them."""
    found = sheet.in_force.get(series.pk)
    if found is not None:
        return found
    every = sheet.book.targets.get(series.pk, {})
    if all(len(versions) == 1 and versions[0].is_current for versions in every.values()):
        # Never revised: all periods see the same.
        found = sheet.in_force[series.pk] = _in_force(sheet, {other: each[0] for other, each in every.items()})
        return found
    targets = {}
    for other, versions in every.items():
        revision = rules.revision_in_force(
            (rules.Revision(each.pk, each.revision, each.valid_from, each.is_current) for each in versions),
            ends_on=period.ends_on,
            is_published=period.is_published,
        )
        if revision is not None:
            targets[other] = next(each for each in versions if each.pk == revision.key)
    return _in_force(sheet, targets)


def _in_force(sheet: Sheet, targets: dict[int, Figure]) -> InForce:
    milestones = [
        rules.Milestone(target.pk, pk, sheet.kinds[pk], sheet.known[pk].ends_on)
        for pk, target in targets.items()
        if pk in sheet.known
    ]
    final = next((targets[each.period] for each in milestones if each.kind == PeriodKind.WHOLE), None)
    return InForce(targets, milestones, final)


def set_targets(sheet: Sheet, line: Line, series: Listed, in_force: InForce) -> None:
    """The target due by the end of the line's period, the final one, and the baseline."""
    due = rules.target_due(
        in_force.milestones,
        period=line.period.pk,
        ends_on=line.period.ends_on,
        kind=sheet.kinds[line.period.pk],
        cumulation=sheet.cumulation,
    )
    target = None if due is None else in_force.targets[due.period]
    line.target_record, line.target = target, quantity_of(target)
    line.target_basis = "" if target is None else target.basis
    line.final_record, line.final = in_force.final, quantity_of(in_force.final)
    line.baseline_record = sheet.book.baselines.get(series.pk)
    line.baseline = quantity_of(line.baseline_record)


def _line(sheet: Sheet, strand: Strand, period: Period, actual: Figure | None, key: str) -> Line | None:
    """What the strand shows in a period, but for what it adds up to date."""
    assert strand.series is not None
    in_force = targets_for(sheet, strand.series, period)
    if actual is None and period.pk not in in_force.targets and not strand.awaits(period):
        return None
    line = Line(key, period, actual_record=actual)
    line.is_public = sheet.is_public(period, actual)
    line.is_printed = actual is not None and actual.route == Route.PUBLISHED_SOURCE
    if not line.does_not_apply:
        line.coverage = rules.Coverage(int(actual is not None), 1, approved_on(actual))
    if actual is not None:
        line.quantity = quantity_of(actual)
        line.share, line.numerator, line.denominator = actual.share, actual.numerator, actual.denominator
    set_targets(sheet, line, strand.series, in_force)
    return line


def _keep_what_the_public_sees(sheet: Sheet, strand: Strand, period: Period, seen: Past) -> None:
    """Until its actual is published, the public goes on seeing the target and that nothing was reported."""
    kept = _line(sheet, strand, period, None, strand.key(period, is_kept=True))
    if kept is not None and kept.is_public:
        kept.to_date = _cumulated(sheet, seen)
        strand.kept_lines.append(kept)


def _reading(
    sheet: Sheet, key: str, period: Period, own: Figure | None, past: Past, to_date: Quantity | None
) -> Reading:
    adds_periods = sheet.cumulation == Cumulation.PER_PERIOD
    if period.is_whole and adds_periods:
        used = past
    elif adds_periods:
        used = [each for each in past if each.period is period]
    else:
        used = past[-1:]
    quantity = to_date if len(used) == len(past) else _cumulated(sheet, used)
    stated = _countable(own)
    is_reported = stated is not None or (period.is_whole and quantity is not None)
    applies = own is None or not own.is_not_applicable
    latest = used[-1].actual if used else None
    return Reading(
        key,
        quantity,
        to_date,
        numerator=None if latest is None else latest.numerator,
        denominator=None if latest is None else latest.denominator,
        as_of=None if latest is None else latest.as_of,
        keys=tuple([each.key for each in used]),
        is_own=stated is not None,
        is_public=all(each.is_public for each in used),
        to_date_is_public=all(each.is_public for each in past),
        is_printed=bool(used) and all(each.actual.route == Route.PUBLISHED_SOURCE for each in used),
        coverage=rules.Coverage(int(is_reported), int(applies), approved_on(own if stated is not None else None)),
    )


def _countable(actual: Figure | None) -> Quantity | None:
    """Its number, unless it is only planned."""
    quantity = quantity_of(actual)
    return None if quantity is None or quantity.is_planned else quantity


def _past(period: Period, stated: Mapping[int, Stated]) -> Past:
    """The actuals with a number up to a period, oldest first; the whole period's own alone where it has one."""
    is_whole = period.is_whole
    if is_whole and period.pk in stated:
        return [stated[period.pk]]
    return [
        each
        for each in stated.values()
        if not each.period.is_whole and (is_whole or each.period.ends_on <= period.ends_on)
    ]


def _cumulated(sheet: Sheet, past: Past) -> Quantity | None:
    if len(past) == 1:
        # Whatever the rule: what is stated alone, and not only planned, is the sum and the latest.
        return past[0].quantity
    outcome = rules.cumulate([each.quantity for each in past], sheet.cumulation)
    return None if outcome.value is None else Quantity(outcome.value, outcome.qualifier)
