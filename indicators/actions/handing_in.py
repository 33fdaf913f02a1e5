"""Handing in what one institution reports of a project, beside the report of the whole project."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import save_record
from accounts.models import User
from indicators.actions.entry import EDITABLE
from indicators.actions.holding import hold_periods
from indicators.actions.submissions import submit_many
from indicators.choices import SubmissionState
from indicators.models import Report, ReportingPeriod, Submission
from indicators.querysets import WRITERS
from partners.models import Membership
from projects.models import Project


def hand_in(*, project: Project, period: ReportingPeriod, by: User, text: str = "") -> Sequence[Submission]:
    """Hand in the figures that the institutions of a person report of a project for a period.

    Those of other institutions stay as they are, and so does the report, which the lead forwards. But a report that was
    returned, and of which nothing is left to correct, is under review again.

    Returns:
        What was handed in.

    Raises:
        PermissionDenied: for whoever enters figures of no institution.
        ValidationError: when nothing is left to hand in, or when the period is closed.
    """
    writing = Membership.objects.filter(user=by, user__is_active=True, role__in=WRITERS)
    if not writing.exists():
        raise PermissionDenied(_("Whoever enters the figures of an institution hands them in."))
    with transaction.atomic():
        hold_periods([period.pk])
        own = Submission.objects.filter(
            period=period,
            state__in=EDITABLE,
            series__project=project,
            series__reporter__in=writing.values("partner"),
        )
        found = list(own.order_by("pk"))
        if not found:
            raise ValidationError(_("There is nothing to hand in yet: enter a figure first."))
        submit_many(submissions=found, by=by, text=text)
        _back_under_review(project, period)
    return found


def _back_under_review(project: Project, period: ReportingPeriod) -> None:
    report = Report.objects.select_for_update(of=("self",)).filter(project=project, period=period).first()
    if report is None or report.state != SubmissionState.RETURNED:
        return
    if not report.submissions.filter(state__in=EDITABLE).exists():
        report.state = SubmissionState.SUBMITTED
        save_record(record=report)
