"""Reports: a project's figures and narrative for a period, handed in, returned cell by cell, and approved together."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import save_record
from accounts.models import User
from indicators.actions.access import check_entry, may_forward, only_reviewers
from indicators.actions.entry import EDITABLE
from indicators.actions.holding import hold_periods
from indicators.actions.results import one_refresh
from indicators.actions.submissions import Returned, approve_many, return_many, submit_many
from indicators.choices import SubmissionState
from indicators.models import ExpectedResult, Report, ReportingPeriod, ResultNarrative, Submission
from projects.models import Project

NARRATED = tuple(f"{name}_{language}" for name in ("narrative", "variance") for language in ("fr", "es", "en"))


def open_report(*, project: Project, period: ReportingPeriod) -> Report:
    """The report of a project for a period, opened when it is new."""
    with transaction.atomic():
        hold_periods([period.pk])
        found = Report.objects.filter(project=project, period=period).first()
        return found or save_record(record=Report(project=project, period=period))


def submit_report(*, report: Report, by: User, text: str = "") -> Report:
    """Hand in a project's report: every proposal in it that is not handed in yet goes with it; when a partner does, every
    one that partners report.

    Raises:
        PermissionDenied: for anybody but staff who enter figures and leads of the project's lead institution.
        ValidationError: when it is being reviewed or approved already, or when the period is closed.
    """
    if not may_forward(by, report.project):
        raise PermissionDenied(_("The institution that leads the project hands in its report."))
    with transaction.atomic():
        current = _locked(report)
        check_entry(current.period, by)
        if current.state not in EDITABLE:
            raise ValidationError(_("This report was handed in already."))
        waiting = current.submissions.filter(state__in=EDITABLE)
        if not by.is_staff:
            # What the programme itself reports is not a partner's to hand in, nor to know of.
            waiting = waiting.filter(series__reporter__isnull=False)
        submit_many(submissions=list(waiting), by=by, text=text)
        current.state = SubmissionState.SUBMITTED
        current.submitted_by, current.submitted_at = by, timezone.now()
        current.approved_by, current.approved_at, current.own_approval_reason = None, None, ""
        return _saved(current, report)


def return_cells(*, report: Report, by: User, cells: Sequence[Returned]) -> Report:
    """Send a report back for some of its figures, each with its reason; the others wait as they are.

    Raises:
        PermissionDenied: for anybody but reviewers.
        ValidationError: when the report is not under review, when no figure is named, when one is not in it or not under
            review, or without a reason.
    """
    only_reviewers(by)
    if not cells:
        raise ValidationError(_("Choose the figures to send back, each with its reason."))
    with transaction.atomic():
        current = _locked(report)
        if current.state not in (SubmissionState.SUBMITTED, SubmissionState.RETURNED):
            raise ValidationError(_("Only a report that was handed in can be returned."))
        if any(cell.submission.report_id != current.pk for cell in cells):
            raise ValidationError(_("One of these figures belongs to another report: load the page again."))
        return_many(cells=cells, by=by)
        current.state = SubmissionState.RETURNED
        return _saved(current, report)


def return_report(*, report: Report, by: User) -> Report:
    """Send a report back; which figures are wrong stands in their own threads.

    Raises:
        PermissionDenied: for anybody but reviewers.
        ValidationError: when it is not under review.
    """
    only_reviewers(by)
    with transaction.atomic():
        current = _locked(report)
        if current.state != SubmissionState.SUBMITTED:
            raise ValidationError(_("Only a report that was handed in can be returned."))
        current.state = SubmissionState.RETURNED
        return _saved(current, report)


def approve_report(
    *, report: Report, by: User, own_reason: str = "", mismatch_reason: str = "", dispute_reason: str = ""
) -> Report:
    """Approve a report with every figure in it that is under review.

    Args: as :func:`indicators.actions.submissions.approve_many`.

    Raises:
        PermissionDenied: for anybody but reviewers.
        ValidationError: when it is not under review, when one of its figures was returned, or when a reason is missing;
            nothing is approved then.
    """
    only_reviewers(by)
    with one_refresh(), transaction.atomic():
        current = _locked(report)
        if current.state != SubmissionState.SUBMITTED:
            raise ValidationError(_("Only a report that was handed in can be approved."))
        if current.submissions.filter(state__in=EDITABLE).exists():
            raise ValidationError(_("A figure of this report is still with its author."))
        if current.submitted_by_id == by.pk and not own_reason.strip():
            raise ValidationError(_("Somebody other than the author approves a report, or a reason is stated."))
        waiting = Submission.objects.filter(report=current, state=SubmissionState.SUBMITTED)
        approve_many(
            submissions=list(waiting),
            by=by,
            own_reason=own_reason,
            mismatch_reason=mismatch_reason,
            dispute_reason=dispute_reason,
        )
        current.state = SubmissionState.APPROVED
        current.approved_by, current.approved_at = by, timezone.now()
        current.own_approval_reason = own_reason
        return _saved(current, report)


def narrate(
    *, report: Report, expected_result: ExpectedResult, version: int | None = None, **words: str
) -> ResultNarrative:
    """Write what a report says in words about an expected result.

    Args:
        words: fields of ``NARRATED``: narrative and variance in each language; others stay as they are.

    Raises:
        StaleRecord: when ``version`` is not the stored one; 0 for a narrative that the writer saw empty.
        ValidationError: when the report is under review or approved, or when it breaks a rule.
    """
    unknown = words.keys() - set(NARRATED)
    if unknown:
        raise TypeError(f"A narrative has no {', '.join(sorted(unknown))}.")
    with transaction.atomic():
        current = _locked(report)
        if current.state not in EDITABLE:
            raise ValidationError(_("This report was handed in: its narrative can be changed once it is returned."))
        found = ResultNarrative.objects.filter(report=current, expected_result=expected_result).first()
        record = found or ResultNarrative(report=current, expected_result=expected_result)
        for name, text in words.items():
            setattr(record, name, text)
        return save_record(record=record, version=version if found is not None else None)


def _locked(report: Report) -> Report:
    hold_periods([report.period_id])
    return (
        Report.objects.select_for_update(of=("self",))
        .select_related("project", "period", "submitted_by")
        .get(pk=report.pk)
    )


def _saved(current: Report, report: Report) -> Report:
    saved: Report = save_record(record=current)
    report.refresh_from_db()
    return saved
