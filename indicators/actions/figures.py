"""Writing baselines, targets and actuals. Each write makes the results anew that rest on it, in its transaction.

All of it happens inside an open change (``accounts.actions.change``), so that it stands on record who wrote and why.
"""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import save_record
from accounts.models import User
from indicators import rules
from indicators.actions.access import check_correction
from indicators.actions.holding import hold_given, hold_periods
from indicators.actions.results import refresh_results
from indicators.choices import PeriodState, Qualifier, Route, TargetBasis
from indicators.models import Actual, Baseline, Figure, ReportingPeriod, Series, Target

LANGUAGES = ("fr", "es", "en")

#: What a figure states; stating it anew replaces all of it, so that nothing of the old statement stays behind.
STATED: dict[str, Any] = {
    "value": None,
    "numerator": None,
    "denominator": None,
    "share": None,
    "qualifier": Qualifier.EXACT,
    "is_not_applicable": False,
    **{f"text_{language}": "" for language in LANGUAGES},
}
#: What is said about it; kept unless given.
SAID = (*(f"note_{language}" for language in LANGUAGES), "internal_comment")
SAID_OF_ACTUAL = (*SAID, "verification", "as_of", "as_of_precision")


def set_baseline(
    *, series: Series, version: int | None = None, measured_on: date | None = None, **figure: Any
) -> Baseline:
    """Where a series stood before. ``figure`` takes the fields of ``STATED`` and ``SAID``.

    Raises:
        StaleRecord: when ``version`` is not the stored one.
        ValidationError: when the figure breaks a rule.
    """
    with transaction.atomic():
        record = Baseline.objects.select_for_update(of=("self",)).filter(series=series).first() or Baseline(
            series=series
        )
        _state(record, figure, SAID)
        record.measured_on = measured_on
        return save_figure(record=record, version=version)


def set_target(
    *,
    series: Series,
    period: ReportingPeriod,
    basis: TargetBasis = TargetBasis.APPROVED,
    valid_from: date | None = None,
    **figure: Any,
) -> Target:
    """The first target of a series for a period.

    Raises:
        ValidationError: when it already has one (revise it instead), or when the figure breaks a rule.
    """
    with transaction.atomic():
        record = Target(series=series, period=period, basis=basis, valid_from=valid_from)
        latest = Target.objects.filter(series=series, period=period).aggregate(latest=Max("revision"))["latest"]
        record.revision = (latest or 0) + 1
        _state(record, figure, SAID)
        return save_figure(record=record)


def revise_target(*, target: Target, reason: str, valid_from: date | None = None, **figure: Any) -> Target:
    """Put another target in the place of this one, which stays readable and counts for the reports published under it.

    Args:
        reason: why, in words that a reader of the programme understands.
        valid_from: the day from which it counts; today when left out.

    Raises:
        ValidationError: without a reason, or when the target was replaced already.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("A revised target needs its reason.")})
    with transaction.atomic():
        old = Target.objects.select_for_update().get(pk=target.pk)
        if not old.is_current:
            raise ValidationError(_("This target was replaced already: revise the one in force."))
        latest = Target.objects.filter(series=old.series_id, period=old.period_id).aggregate(latest=Max("revision"))
        record = Target(
            series=old.series,
            period=old.period,
            basis=old.basis,
            revision=latest["latest"] + 1,
            valid_from=valid_from or timezone.localdate(),
            replaces=old,
            reason=reason,
        )
        _state(record, figure, SAID)
        old.is_current = False
        save_record(record=old)
        return save_figure(record=record)


def set_actual(
    *,
    series: Series,
    period: ReportingPeriod,
    route: Route,
    by: User | None = None,
    version: int | None = None,
    **figure: Any,
) -> Actual:
    """An approved figure of a series for a period: the first one, or another in its place.

    Args:
        route: how it came in; anything but a published source is approved now, by ``by``.
        figure: the fields of ``STATED`` and ``SAID_OF_ACTUAL``.

    Raises:
        StaleRecord: when ``version`` is not the stored one.
        ValidationError: when the figure breaks a rule.
    """
    with transaction.atomic():
        hold_periods([period.pk])
        found = Actual.objects.select_for_update(of=("self",)).filter(series=series, period=period).first()
        record = found or Actual(series=series, period=period)
        _state(record, figure, SAID_OF_ACTUAL)
        record.route = route
        if route == Route.PUBLISHED_SOURCE:
            record.approved_at, record.approved_by = None, None
        else:
            record.approved_at, record.approved_by = timezone.now(), by
        # Somebody settled on one value: it is contested no longer.
        record.is_contested, record.range_low, record.range_high = False, None, None
        return save_figure(record=record, version=version)


def save_figure(*, record: Any, version: int | None = None) -> Any:
    """Save a baseline, target or actual whose fields the caller has set: the door of forms and grids.

    A published value that changes keeps its first value. Submissions have their own door.

    Raises:
        StaleRecord, ValidationError: as ``accounts.actions.save_record``; nothing is written.
    """
    if not isinstance(record, Baseline | Target | Actual):
        raise TypeError(f"{type(record).__name__} is not a baseline, a target or an actual.")
    with transaction.atomic():
        before = None if record.pk is None else type(record)._base_manager.filter(pk=record.pk).first()
        if isinstance(record, Actual):
            hold_given([record.period])
            check_correction(record.period, is_first=before is None)
            if isinstance(before, Actual):
                if before.period_id != record.period_id:
                    check_correction(before.period, is_first=False)
                keep_first_value(record, before)
        save_record(record=record, version=version)
        refresh_results(series=[record.series] if before is None else [record.series, before.series])
    return record


def remove_figure(*, record: Baseline | Target | Actual) -> None:
    """Delete a figure; its history stays. The target that a removed one had replaced is in force again.

    Raises:
        ProtectedError: when a submission became this actual, or a later target replaced this one.
    """
    with transaction.atomic():
        series = record.series
        if isinstance(record, Actual):
            hold_given([record.period])
            check_correction(record.period, is_first=False)
        replaced = record.replaces if isinstance(record, Target) else None
        record.delete()
        if replaced is not None and isinstance(record, Target) and record.is_current:
            replaced.is_current = True
            save_record(record=replaced)
        refresh_results(series=[series])


def _state(record: Figure, figure: dict[str, Any], said: tuple[str, ...]) -> None:
    unknown = figure.keys() - STATED.keys() - set(said)
    if unknown:
        raise TypeError(f"A figure of this kind has no {', '.join(sorted(unknown))}.")
    for name, empty in STATED.items():
        setattr(record, name, figure.get(name, empty))
    for name in said:
        if name in figure:
            setattr(record, name, figure[name])


def keep_first_value(record: Actual, before: Actual) -> None:
    """Keep beside an actual what everybody saw before it changes."""
    indicator = before.series.indicator
    was_public = rules.is_public(
        indicator_is_public=indicator.is_public,
        is_demonstration=indicator.programme.is_demonstration,
        has_actual=True,
        is_published=before.period.state == PeriodState.PUBLISHED,
        is_printed=before.route == Route.PUBLISHED_SOURCE,
    ) and not any(result.is_suppressed for result in before.results.all())
    first = rules.first_value(
        kept=before.first_published_value, before=before.ratio, after=record.ratio, was_public=was_public
    )
    record.first_published_value = rules.storable(first)
    record.first_published_on = before.first_published_on
    published_at = before.period.published_at or before.approved_at
    if before.first_published_value is None and first is not None and published_at is not None:
        # A source's own date is never replaced by the day on which it was loaded.
        record.first_published_on = None if before.route == Route.PUBLISHED_SOURCE else timezone.localdate(published_at)
