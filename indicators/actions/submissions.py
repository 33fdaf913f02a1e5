"""Proposed figures: draft → submitted → approved, or returned; and the reports that hold them together."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import save_record
from accounts.models import User
from indicators.actions.figures import SAID, STATED, set_actual
from indicators.actions.results import one_refresh
from indicators.choices import (
    PeriodState,
    ReturnReason,
    ReviewDecision,
    Route,
    SubmissionState,
    Verification,
)
from indicators.models import Actual, Report, ReportingPeriod, Review, Series, Submission
from partners.choices import MembershipRole
from partners.models import Membership
from projects.choices import PartnershipRole
from projects.models import Project

#: States in which its author may still change a proposal.
EDITABLE = (SubmissionState.DRAFT, SubmissionState.RETURNED)


def propose(
    *,
    series: Series,
    period: ReportingPeriod,
    author: User,
    route: Route = Route.WORKSPACE,
    version: int | None = None,
    report: Report | None = None,
    **figure: Any,
) -> Submission:
    """Write down a proposed figure, as a draft that nobody else sees; or change the one in progress.

    Args:
        figure: the fields of ``figures.STATED`` and ``SAID``, and ``as_of``, ``channel``, ``received_on``.

    Raises:
        PermissionDenied: when the person does not report this series.
        ValidationError: when the period is closed, when the proposal is being reviewed, or when it breaks a rule.
        StaleRecord: when ``version`` is not the stored one.
    """
    if not may_report(author, series):
        raise PermissionDenied(_("This figure is reported by another institution."))
    if period.state != PeriodState.OPEN:
        raise ValidationError(_("The period is closed: ask the staff to open it again."))
    given = ("as_of", "channel", "received_on")
    unknown = figure.keys() - STATED.keys() - set(SAID) - set(given)
    if unknown:
        raise TypeError(f"A submission has no {', '.join(sorted(unknown))}.")
    with transaction.atomic():
        proposals = Submission.objects.filter(series=series, period=period)
        record = proposals.open().select_for_update().first()
        if record is None:
            latest = proposals.aggregate(latest=Max("number"))["latest"]
            record = Submission(series=series, period=period, number=(latest or 0) + 1)
        elif record.state not in EDITABLE:
            raise ValidationError(_("This figure is being reviewed: it can be changed once it is returned."))
        for name, empty in STATED.items():
            setattr(record, name, figure.get(name, empty))
        for name in (*SAID, *given):
            if name in figure:
                setattr(record, name, figure[name])
        record.author, record.route = author, route
        record.report = report or record.report
        return save_record(record=record, version=version)


def submit(*, submission: Submission, by: User, text: str = "") -> Submission:
    """Hand a proposal in for review.

    Raises:
        PermissionDenied, ValidationError: as :func:`propose`.
    """
    if not may_report(by, submission.series):
        raise PermissionDenied(_("This figure is reported by another institution."))
    if submission.period.state != PeriodState.OPEN:
        raise ValidationError(_("The period is closed: ask the staff to open it again."))

    def hand_in(current: Submission) -> None:
        current.state, current.submitted_at = SubmissionState.SUBMITTED, timezone.now()

    return _step(submission, EDITABLE, hand_in, by=by, decision=ReviewDecision.SUBMIT, text=text)


def return_submission(*, submission: Submission, by: User, reason: ReturnReason, text: str = "") -> Submission:
    """Send a proposal back to whoever made it, with the reason.

    Raises:
        PermissionDenied: for anybody but staff.
        ValidationError: when it is not under review, or without a reason.
    """
    _only_staff(by)

    def send_back(current: Submission) -> None:
        current.state = SubmissionState.RETURNED

    return _step(
        submission,
        (SubmissionState.SUBMITTED,),
        send_back,
        by=by,
        decision=ReviewDecision.RETURN,
        reason=reason,
        text=text,
    )


def approve(*, submission: Submission, by: User, own_reason: str = "") -> Actual:
    """Approve a proposal: its figure becomes the actual of its series and period, and the results follow.

    Args:
        own_reason: why somebody approves what they entered themselves; kept in the thread.

    Raises:
        PermissionDenied: for anybody but staff.
        ValidationError: when it is not under review, or when the approver is the author and gives no reason.
    """
    _only_staff(by)
    with transaction.atomic():
        current = Submission.objects.select_for_update().get(pk=submission.pk)
        if current.state != SubmissionState.SUBMITTED:
            raise ValidationError(_("Only a figure that was handed in can be approved."))
        if current.author_id == by.pk and not own_reason.strip():
            raise ValidationError(_("Somebody other than the author approves a figure, or a reason is stated."))
        said = {name: getattr(current, name) for name in (*STATED, *SAID)}
        verification = Verification.EVIDENCE if current.evidence.exists() else Verification.CONFIRMED
        actual = set_actual(
            series=current.series,
            period=current.period,
            route=Route(current.route),
            by=by,
            verification=verification,
            as_of=current.as_of,
            **said,
        )
        current.state, current.actual = SubmissionState.APPROVED, actual
        save_record(record=current)
        _review(current, by=by, decision=ReviewDecision.APPROVE, text=own_reason)
    submission.refresh_from_db()
    return actual


def discard(*, submission: Submission, by: User) -> None:
    """Delete a draft that was never handed in.

    Raises:
        PermissionDenied: when the person does not report this series.
        ValidationError: when it was handed in before: its thread is kept.
    """
    if not may_report(by, submission.series):
        raise PermissionDenied(_("This figure is reported by another institution."))
    with transaction.atomic():
        current = Submission.objects.select_for_update().get(pk=submission.pk)
        if current.state != SubmissionState.DRAFT:
            raise ValidationError(_("Only a draft can be thrown away."))
        current.delete()


def may_report(user: User, series: Series) -> bool:
    """Whether a person enters figures of a series: staff; contributors and leads of its reporter; leads of the
    institution that leads its project."""
    if not user.is_active:
        return False
    if user.is_staff:
        return True
    if series.reporter_id is None:
        return False
    mine = Membership.objects.filter(user=user)
    writers = mine.filter(partner=series.reporter_id, role__in=(MembershipRole.CONTRIBUTOR, MembershipRole.LEAD))
    if writers.exists():
        return True
    return series.project_id is not None and _leads(user, series.project_id)


def open_report(*, project: Project, period: ReportingPeriod) -> Report:
    """The report of a project for a period, opened when it is new."""
    with transaction.atomic():
        found = Report.objects.filter(project=project, period=period).first()
        return found or save_record(record=Report(project=project, period=period))


def submit_report(*, report: Report, by: User) -> Report:
    """Hand in a project's report: every proposal in it that is not handed in yet goes with it.

    Raises:
        PermissionDenied: for anybody but staff and leads of the project's lead institution.
        ValidationError: when it is being reviewed or approved already.
    """
    if not (by.is_staff and by.is_active) and not _leads(by, report.project_id):
        raise PermissionDenied(_("The institution that leads the project hands in its report."))
    with transaction.atomic():
        current = Report.objects.select_for_update().get(pk=report.pk)
        if current.state not in EDITABLE:
            raise ValidationError(_("This report was handed in already."))
        for submission in current.submissions.filter(state__in=EDITABLE).order_by("pk"):
            submit(submission=submission, by=by)
        current.state = SubmissionState.SUBMITTED
        current.submitted_by, current.submitted_at = by, timezone.now()
        return save_record(record=current)


def return_report(*, report: Report, by: User) -> Report:
    """Send a report back; which figures are wrong stands in their own threads.

    Raises:
        PermissionDenied: for anybody but staff.
        ValidationError: when it is not under review.
    """
    _only_staff(by)
    with transaction.atomic():
        current = Report.objects.select_for_update().get(pk=report.pk)
        if current.state != SubmissionState.SUBMITTED:
            raise ValidationError(_("Only a report that was handed in can be returned."))
        current.state = SubmissionState.RETURNED
        return save_record(record=current)


def approve_report(*, report: Report, by: User, own_reason: str = "") -> Report:
    """Approve a report with every figure in it that is under review.

    Raises:
        PermissionDenied: for anybody but staff.
        ValidationError: when it is not under review, when one of its figures was returned, or when the approver handed
            it in and gives no reason.
    """
    _only_staff(by)
    with one_refresh(), transaction.atomic():
        current = Report.objects.select_for_update().get(pk=report.pk)
        if current.state != SubmissionState.SUBMITTED:
            raise ValidationError(_("Only a report that was handed in can be approved."))
        if current.submissions.filter(state__in=EDITABLE).exists():
            raise ValidationError(_("A figure of this report is still with its author."))
        for submission in current.submissions.filter(state=SubmissionState.SUBMITTED).order_by("pk"):
            approve(submission=submission, by=by, own_reason=own_reason)
        current.state = SubmissionState.APPROVED
        current.approved_by, current.approved_at = by, timezone.now()
        current.own_approval_reason = own_reason
        return save_record(record=current)


def _step(
    submission: Submission,
    states: tuple[SubmissionState, ...],
    move: Callable[[Submission], None],
    *,
    by: User,
    decision: ReviewDecision,
    reason: str = "",
    text: str = "",
) -> Submission:
    """One step in the life of a proposal, with its line in the thread."""
    with transaction.atomic():
        current = Submission.objects.select_for_update().get(pk=submission.pk)
        if current.state not in states:
            raise ValidationError(_("This figure is at another step: load the page again."))
        move(current)
        save_record(record=current)
        _review(current, by=by, decision=decision, reason=reason, text=text)
    submission.refresh_from_db()
    return submission


def _review(submission: Submission, *, by: User, decision: ReviewDecision, reason: str = "", text: str = "") -> None:
    review = Review(submission=submission, author=by, decision=decision, reason=reason, text=text)
    review.full_clean()
    review.save()


def _only_staff(user: User) -> None:
    if not (user.is_staff and user.is_active):
        raise PermissionDenied(_("Staff review what institutions report."))


def _leads(user: User, project: int) -> bool:
    """Whether a person leads for the institution that leads the project."""
    return Membership.objects.filter(
        user=user,
        user__is_active=True,
        role=MembershipRole.LEAD,
        partner__partnerships__project=project,
        partner__partnerships__role=PartnershipRole.LEAD,
        partner__partnerships__is_adopted=True,
    ).exists()
