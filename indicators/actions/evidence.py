"""Evidence: whoever enters a figure attaches it, and once the figure was handed in it stays as it was looked at."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import save_record
from accounts.models import User, open_change
from indicators.actions.access import CORRECT, UNATTENDED
from indicators.actions.entry import EDITABLE
from indicators.actions.holding import hold_periods
from indicators.choices import Settlement, SubmissionState
from indicators.models import Confirmation, Evidence, Submission


def save_evidence(*, record: Evidence, version: int | None = None) -> Evidence:
    """Save a piece of evidence, new or altered.

    Raises:
        PermissionDenied: when its figure was handed in, or when an institution gave it, and whoever makes the open change
            may not correct figures. A new piece may follow until the figure is approved, or the answer settled.
        ValidationError: when it stays for these reasons and none is stated for changing it, or when it breaks a rule.
        StaleRecord: when ``version`` is not the stored one.
    """
    with transaction.atomic():
        before = None if record.pk is None else Evidence.objects.filter(pk=record.pk).first()
        _check(record, is_new=before is None)
        if before is not None and _supports(before) != _supports(record):
            _check(before, is_new=False)
        saved: Evidence = save_record(record=record, version=version)
    return saved


def remove_evidence(*, record: Evidence) -> None:
    """Delete a piece of evidence; its history stays.

    Raises:
        PermissionDenied, ValidationError: as :func:`save_evidence`.
    """
    with transaction.atomic():
        _check(record, is_new=False)
        record.delete()


def may_alter_evidence(user: User, evidence: Evidence) -> bool:
    """Whether a person may alter a piece of evidence, as things stand now."""
    return not _stays(evidence, is_new=False) or user.has_perm(CORRECT)


def _supports(evidence: Evidence) -> tuple[int | None, int | None]:
    return evidence.submission_id, evidence.confirmation_id


def _check(evidence: Evidence, *, is_new: bool) -> None:
    change = open_change()
    if change is None or change.door in UNATTENDED:
        return
    # Whoever hands in, decides or settles holds the period, too.
    if evidence.submission_id is not None:
        hold_periods([Submission.objects.get(pk=evidence.submission_id).period_id])
    elif evidence.confirmation_id is not None:
        hold_periods([Confirmation.objects.select_related("actual").get(pk=evidence.confirmation_id).actual.period_id])
    if not _stays(evidence, is_new=is_new):
        return
    if change.made_by is None or not change.made_by.has_perm(CORRECT):
        raise PermissionDenied(
            _("What a figure was handed in with, or an institution gave, a monitoring specialist alone changes, with a reason.")
        )  # fmt: skip
    if not change.reason.strip():
        raise ValidationError(_("This evidence was given already: say why it changes."))


def _stays(evidence: Evidence, *, is_new: bool) -> bool:
    """Whether it is to stay as it was looked at."""
    if evidence.submission_id is not None:
        state = Submission.objects.get(pk=evidence.submission_id).state
        return state not in EDITABLE and not (is_new and state == SubmissionState.SUBMITTED)
    if evidence.confirmation_id is None:
        return False
    answer = Confirmation.objects.get(pk=evidence.confirmation_id)
    return not (is_new and answer.settlement == Settlement.PENDING)
