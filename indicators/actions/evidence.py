"""Evidence of what is proposed: whoever enters a figure attaches it, and once the figure was handed in it stays."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import save_record
from accounts.models import User, open_change
from indicators.actions.access import CORRECT, UNATTENDED
from indicators.actions.entry import EDITABLE
from indicators.actions.holding import hold_periods
from indicators.choices import SubmissionState
from indicators.models import Evidence, Submission


def save_evidence(*, record: Evidence, version: int | None = None) -> Evidence:
    """Save a piece of evidence, new or altered.

    Raises:
        PermissionDenied: when its figure was handed in, and whoever makes the open change may not correct figures. A new
            piece may follow until the figure is approved.
        ValidationError: when its figure was handed in and no reason is stated, or when it breaks a rule.
        StaleRecord: when ``version`` is not the stored one.
    """
    with transaction.atomic():
        before = None if record.pk is None else Evidence.objects.filter(pk=record.pk).first()
        _check(record.submission_id, is_new=before is None)
        if before is not None and before.submission_id != record.submission_id:
            _check(before.submission_id, is_new=False)
        saved: Evidence = save_record(record=record, version=version)
    return saved


def remove_evidence(*, record: Evidence) -> None:
    """Delete a piece of evidence; its history stays.

    Raises:
        PermissionDenied, ValidationError: as :func:`save_evidence`.
    """
    with transaction.atomic():
        _check(record.submission_id, is_new=False)
        record.delete()


def may_alter_evidence(user: User, submission: Submission) -> bool:
    """Whether a person may alter the evidence of a figure, as it stands now."""
    return submission.state in EDITABLE or user.has_perm(CORRECT)


def _check(submission: int, *, is_new: bool) -> None:
    change = open_change()
    if change is None or change.door in UNATTENDED:
        return
    # Whoever hands in or decides holds the period, too.
    hold_periods([Submission.objects.get(pk=submission).period_id])
    state = Submission.objects.get(pk=submission).state
    if state in EDITABLE or (is_new and state == SubmissionState.SUBMITTED):
        return
    if change.made_by is None or not change.made_by.has_perm(CORRECT):
        raise PermissionDenied(
            _("This figure was handed in: only a monitoring specialist changes its evidence, with a reason.")
        )
    if not change.reason.strip():
        raise ValidationError(_("This figure was handed in: say why its evidence changes."))
