"""Reporting periods: open → locked → published."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import save_record
from accounts.models import open_change
from indicators.actions.access import PUBLISH, check_may
from indicators.actions.holding import hold_periods
from indicators.actions.notifications import tell_published
from indicators.actions.results import refresh_results
from indicators.choices import PeriodState, SubmissionState
from indicators.models import Indicator, ReportingPeriod

#: From which state each state is reached.
STEPS = {
    PeriodState.LOCKED: (PeriodState.OPEN,),
    PeriodState.PUBLISHED: (PeriodState.LOCKED,),
    PeriodState.OPEN: (PeriodState.LOCKED,),
}


def lock_period(*, period: ReportingPeriod) -> ReportingPeriod:
    """Close a period for the institutions; what they handed in is still reviewed.

    Raises:
        PermissionDenied: for those who may not (all three steps).
    """
    return _move(period, PeriodState.LOCKED)


def publish_period(*, period: ReportingPeriod) -> ReportingPeriod:
    """Let everybody see the approved figures of a locked period. What is published is not taken back.

    Raises:
        ValidationError: when it is not locked, or when figures still wait for review.
    """
    return _move(period, PeriodState.PUBLISHED)


def reopen_period(*, period: ReportingPeriod) -> ReportingPeriod:
    """Open a locked period again; the change that is open says why.

    Raises:
        ValidationError: when it is not locked, or when no reason is stated.
    """
    change = open_change()
    if change is not None and not change.reason.strip():
        raise ValidationError(_("Say why the period is opened again."))
    return _move(period, PeriodState.OPEN)


def _move(period: ReportingPeriod, state: PeriodState) -> ReportingPeriod:
    check_may(PUBLISH)
    with transaction.atomic():
        current = hold_periods([period.pk])[period.pk]
        if current.state not in STEPS[state]:
            raise ValidationError(_("A period is locked before it is published, and opened again only while locked."))
        # Whoever hands in or approves holds the period, too: nothing comes in between this question and the step.
        if state == PeriodState.PUBLISHED and current.submissions.filter(state=SubmissionState.SUBMITTED).exists():
            raise ValidationError(_("Some figures of this period still wait: approve them or send them back first."))
        current.state = state
        if state == PeriodState.PUBLISHED:
            current.published_at = timezone.now()
        save_record(record=current)
        refresh_results(indicators=Indicator.objects.filter(programme=current.programme_id))
        if state == PeriodState.PUBLISHED:
            change = open_change()
            tell_published(current, by=change.made_by if change is not None else None)
    period.refresh_from_db()
    return period
