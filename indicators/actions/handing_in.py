"""Handing in what one institution reports of a project, beside the report of the whole project; and asking it back."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.actions import save_record
from accounts.models import User
from indicators.actions.access import check_entry, projects_led_by
from indicators.actions.entry import EDITABLE
from indicators.actions.holding import hold_periods
from indicators.actions.submissions import submit_many, withdraw_many
from indicators.choices import ReviewDecision, SubmissionState
from indicators.models import Report, ReportingPeriod, Submission
from indicators.querysets import WRITERS
from partners.models import Membership
from projects.models import Project

#: That somebody decided about a figure: its state, and the step of its thread that stays when it is handed in again.
DECIDED_STATES = (SubmissionState.RETURNED, SubmissionState.APPROVED)
DECISIONS = (ReviewDecision.RETURN, ReviewDecision.APPROVE)


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


def ask_back(*, project: Project, period: ReportingPeriod, by: User) -> Sequence[Submission]:
    """Make what was handed in of a project for a period a draft again, while nobody has decided about any of it.

    An institution gets its own figures back. Once the lead has handed in the whole report, the lead alone gets it back,
    with what all its institutions report.

    Returns:
        What are drafts again.

    Raises:
        PermissionDenied: for whoever enters figures of no institution.
        ValidationError: when nothing waits for review, when some of it was approved or returned, when the lead handed in
            the report, or when the period is closed; nothing changes then.
    """
    with transaction.atomic():
        hold_periods([period.pk])
        report = Report.objects.select_for_update(of=("self",)).filter(project=project, period=period).first()
        found = list(to_ask_back(project=project, period=period, by=by, report=report))
        withdraw_many(submissions=found, by=by)
        if report is not None and report.state == SubmissionState.SUBMITTED:
            report.state, report.submitted_by, report.submitted_at = SubmissionState.DRAFT, None, None
            save_record(record=report)
    return found


def to_ask_back(
    *, project: Project, period: ReportingPeriod, by: User, report: Report | None
) -> QuerySet[Submission, Submission]:
    """What a person may ask back now; never none.

    Raises:
        PermissionDenied, ValidationError: as :func:`ask_back`.
    """
    writing = Membership.objects.filter(user=by, user__is_active=True, role__in=WRITERS)
    if not writing.exists():
        raise PermissionDenied(_("Whoever enters the figures of an institution asks for them back."))
    check_entry(period, by)
    own = Submission.objects.filter(period=period, series__project=project, series__reporter__isnull=False)
    if report is None or report.state != SubmissionState.SUBMITTED:
        own = own.filter(series__reporter__in=writing.values("partner"))
    elif project.pk not in projects_led_by(by):
        raise ValidationError(
            _("The lead has handed in the report of the whole project: ask the lead to ask for it back.")
        )
    decided = Q(state__in=DECIDED_STATES) | Q(reviews__decision__in=DECISIONS)
    if own.filter(decided).exists():
        raise ValidationError(
            _(
                "The programme’s team has already decided about some of these figures: write to it, and it sends back "
                "what you want to correct."
            )
        )
    waiting = own.filter(state=SubmissionState.SUBMITTED).order_by("pk")
    if not waiting.exists():
        raise ValidationError(_("Nothing of yours waits for review: there is nothing to ask back."))
    return waiting


def _back_under_review(project: Project, period: ReportingPeriod) -> None:
    report = Report.objects.select_for_update(of=("self",)).filter(project=project, period=period).first()
    if report is None or report.state != SubmissionState.RETURNED:
        return
    if not report.submissions.filter(state__in=EDITABLE).exists():
        report.state = SubmissionState.SUBMITTED
        save_record(record=report)
