"""Evidence: whoever enters a figure attaches it, and once the figure was handed in it stays as it was looked at."""

import secrets
from collections.abc import Sequence
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import save_record
from accounts.actions.bulk import save_many
from accounts.models import StoredFile, User, open_change
from indicators.actions.access import CORRECT, ENTER, UNATTENDED, may_report
from indicators.actions.entry import EDITABLE
from indicators.actions.holding import hold_periods
from indicators.actions.verification import may_answer
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


# --- Attached by whoever reports or answers --------------------------------------------------------------------------


def may_attach(user: User, to: Submission | Confirmation) -> bool:
    """Whether a person attaches evidence: to a figure that they enter, or to an answer of their institution."""
    if isinstance(to, Submission):
        return may_report(user, to.series)
    if user.is_staff:
        return user.is_active and user.has_perm(ENTER)
    return may_answer(user, to.partner)


def attach_evidence(
    *,
    to: Submission | Confirmation,
    by: User,
    title: str,
    link: str = "",
    file: StoredFile | None = None,
    is_on_request: bool = False,
    has_personal_data: bool = False,
    delete_on: date | None = None,
) -> Evidence:
    """Attach a link, a file, or the promise to show something, to a figure or to an answer about one.

    Raises:
        PermissionDenied: for anybody who neither enters the figure nor answers for the institution; and once the figure
            is approved or the answer settled.
        ValidationError: when nothing is given, or when personal data has no date of deletion.
    """
    if not may_attach(by, to):
        raise PermissionDenied(_("Evidence is attached by those who report the figure: your account may not."))
    record = Evidence(
        code=f"sent-{secrets.token_hex(12)}",
        title=title.strip(),
        link=link,
        file=file,
        is_on_request=is_on_request,
        has_personal_data=has_personal_data,
        delete_on=delete_on,
    )
    if isinstance(to, Submission):
        record.submission = to
    else:
        record.confirmation = to
    return save_evidence(record=record)


def detach_evidence(*, record: Evidence, by: User) -> None:
    """Take back a piece of evidence that was attached by mistake, with its file, while its figure is being entered.

    Raises:
        PermissionDenied: as :func:`attach_evidence`; and for what was handed in.
    """
    to = record.submission or record.confirmation
    assert to is not None
    if not may_attach(by, to):
        raise PermissionDenied(_("Evidence is attached by those who report the figure: your account may not."))
    file = record.file_id
    with transaction.atomic():
        remove_evidence(record=record)
        _delete_files([file] if file is not None else [])


def delete_expired_files(*, today: date) -> int:
    """Delete the files of evidence whose day has come; that there was a file, and when it was deleted, stays on record.

    Gives the number of pieces whose file is gone; in an open change.
    """
    with transaction.atomic():
        found = list(Evidence.objects.to_delete(today).select_for_update(of=("self",)).order_by("pk"))
        files = [each.file_id for each in found if each.file_id is not None]
        for each in found:
            each.file, each.file_deleted_at = None, timezone.now()
        save_many(found)
        _delete_files(files)
    return len(found)


def _delete_files(files: Sequence[int]) -> None:
    """Delete stored files that no record names any more."""
    for file in StoredFile.objects.filter(pk__in=files).only("pk"):
        try:
            with transaction.atomic():
                file.delete()
        except ProtectedError:
            # The same file came in with something else, too.
            continue
