"""What the series of an indicator state, period by period."""

from collections.abc import Mapping, Sequence

from indicators import rules
from indicators.actions.sheet import Line, Reading, Sheet, Strand, approved_on, quantity_of
from indicators.choices import Cumulation, PeriodKind, PeriodState, Route
from indicators.models import Actual, ReportingPeriod, Series, Target
from indicators.rules import Quantity, Scope

Past = Sequence[tuple[ReportingPeriod, Actual]]


def add_series(sheet: Sheet, series: Series) -> None:
    """Lines and readings of a series: one line for each period with an actual, a target, or something awaited."""
    scope = Scope(series.project_id, series.country_id, series.partner_id, series.forum_id)
    strand = sheet.strand(scope, sheet.book.place_of(series), series.breakdown.key, series)
    actuals = sheet.book.actuals.get(series.pk, {})
    for period in sheet.periods:
        line = _line(sheet, strand, period, actuals)
        if line is not None:
            strand.lines[period.pk] = line
        strand.readings[period.pk] = _reading(sheet, strand, period, actuals)


def targets_for(sheet: Sheet, series: Series, period: ReportingPeriod) -> dict[int, Target]:
    """The target in force for each period, as this period's report sees them."""
    found = {}
    for other, versions in sheet.book.targets.get(series.pk, {}).items():
        revision = rules.revision_in_force(
            (rules.Revision(each.pk, each.revision, each.valid_from, each.is_current) for each in versions),
            ends_on=period.ends_on,
            is_published=period.state == PeriodState.PUBLISHED,
        )
        if revision is not None:
            found[other] = next(each for each in versions if each.pk == revision.key)
    return found


def set_targets(sheet: Sheet, line: Line, series: Series, targets: Mapping[int, Target]) -> None:
    """The target due by the end of the line's period, the final one, and the baseline."""
    known = {period.pk: period for period in sheet.periods}
    milestones = [
        rules.Milestone(target.pk, pk, PeriodKind(known[pk].kind), known[pk].ends_on)
        for pk, target in targets.items()
        if pk in known
    ]
    due = rules.target_due(
        milestones,
        period=line.period.pk,
        ends_on=line.period.ends_on,
        kind=PeriodKind(line.period.kind),
        cumulation=Cumulation(sheet.indicator.cumulation),
    )
    target = None if due is None else targets[due.period]
    final = next((targets[each.period] for each in milestones if each.kind == PeriodKind.WHOLE), None)
    line.target_record, line.target = target, quantity_of(target)
    line.target_basis = "" if target is None else target.basis
    line.final_record, line.final = final, quantity_of(final)
    line.baseline_record = sheet.book.baselines.get(series.pk)
    line.baseline = quantity_of(line.baseline_record)


def _line(sheet: Sheet, strand: Strand, period: ReportingPeriod, actuals: Mapping[int, Actual]) -> Line | None:
    assert strand.series is not None
    actual = actuals.get(period.pk)
    targets = targets_for(sheet, strand.series, period)
    if actual is None and period.pk not in targets and not strand.awaits(period):
        return None
    line = Line(strand.key(period), period, actual_record=actual)
    line.is_public = sheet.is_public(period, actual)
    line.is_printed = actual is not None and actual.route == Route.PUBLISHED_SOURCE
    if not line.does_not_apply:
        line.coverage = rules.Coverage(int(actual is not None), 1, approved_on(actual))
    if actual is not None:
        line.quantity = quantity_of(actual)
        line.share, line.numerator, line.denominator = actual.share, actual.numerator, actual.denominator
    set_targets(sheet, line, strand.series, targets)
    # What the public sees must not add up what it does not see yet.
    line.to_date = _cumulated(sheet, _past(sheet, period, actuals, public_only=line.is_public))
    return line


def _reading(sheet: Sheet, strand: Strand, period: ReportingPeriod, actuals: Mapping[int, Actual]) -> Reading:
    own = actuals.get(period.pk)
    past = _past(sheet, period, actuals, public_only=False)
    to_date = _cumulated(sheet, past)
    adds_periods = sheet.indicator.cumulation == Cumulation.PER_PERIOD
    if period.kind == PeriodKind.WHOLE and adds_periods:
        used: Past = past
    elif adds_periods:
        used = [(each, actual) for each, actual in past if each == period]
    else:
        used = past[-1:]
    quantity = _cumulated(sheet, used)
    stated = _countable(own)
    is_reported = stated is not None or (period.kind == PeriodKind.WHOLE and quantity is not None)
    applies = own is None or not own.is_not_applicable
    return Reading(
        quantity,
        to_date,
        numerator=used[-1][1].numerator if used else None,
        denominator=used[-1][1].denominator if used else None,
        as_of=used[-1][1].as_of if used else None,
        keys=tuple(strand.key(each) for each, _ in used),
        is_own=stated is not None,
        is_public=all(sheet.is_public(each, actual) for each, actual in used),
        to_date_is_public=all(sheet.is_public(each, actual) for each, actual in past),
        is_printed=bool(used) and all(actual.route == Route.PUBLISHED_SOURCE for _, actual in used),
        coverage=rules.Coverage(int(is_reported), int(applies), approved_on(own if stated is not None else None)),
    )


def _countable(actual: Actual | None) -> Quantity | None:
    """Its number, unless it is only planned."""
    quantity = quantity_of(actual)
    return None if quantity is None or quantity.is_planned else quantity


def _past(sheet: Sheet, period: ReportingPeriod, actuals: Mapping[int, Actual], *, public_only: bool) -> Past:
    """The actuals with a number up to a period, oldest first; the whole period's own alone where it has one."""
    if period.kind == PeriodKind.WHOLE and _countable(actuals.get(period.pk)) is not None:
        return [(period, actuals[period.pk])]
    return [
        (each, actuals[each.pk])
        for each in sheet.periods
        if _countable(actuals.get(each.pk)) is not None
        and each.kind != PeriodKind.WHOLE
        and (period.kind == PeriodKind.WHOLE or each.ends_on <= period.ends_on)
        and (not public_only or sheet.is_public(each, actuals[each.pk]))
    ]


def _cumulated(sheet: Sheet, past: Past) -> Quantity | None:
    outcome = rules.cumulate([quantity_of(actual) for _, actual in past], Cumulation(sheet.indicator.cumulation))
    return None if outcome.value is None else Quantity(outcome.value, outcome.qualifier)
