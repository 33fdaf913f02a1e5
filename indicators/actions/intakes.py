"""What staff enter on behalf of a partner, and the partner's one-step answer to its summary."""

import secrets
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import save_record
from accounts.actions.bulk import save_many
from accounts.models import StoredFile, User
from indicators.actions.access import ENTER
from indicators.actions.holding import hold_periods
from indicators.actions.results import refresh_results
from indicators.choices import Channel, IntakeAnswer, Verification
from indicators.models import Actual, Intake, Report, Submission
from partners.models import Partner


def open_intake(
    *,
    report: Report,
    partner: Partner,
    channel: Channel,
    received_on: date,
    by: User,
    email: str = "",
    file: StoredFile | None = None,
    note: str = "",
) -> Intake:
    """Say what came in from a partner, how and when; the figures entered from it then point to it.

    Raises:
        PermissionDenied: for anybody but staff who enter figures.
        ValidationError: when it came in on a later day than today, or breaks another rule.
    """
    _only_enterers(by)
    if received_on > timezone.localdate():
        raise ValidationError({"received_on": _("It cannot have come in after today.")})
    record = Intake(
        # 256 random bits: nobody finds the address of another partner's summary.
        code=secrets.token_urlsafe(32),
        report=report,
        partner=partner,
        channel=channel,
        received_on=received_on,
        email=email,
        file=file,
        note=note,
        entered_by=by,
    )
    saved: Intake = save_record(record=record)
    return saved


def mark_summary_sent(*, intake: Intake) -> Intake:
    """Note that the partner's summary went out."""
    with transaction.atomic():
        current = Intake.objects.select_for_update().get(pk=intake.pk)
        current.summary_sent_at = timezone.now()
        saved: Intake = save_record(record=current)
        return saved


def answer_intake(*, intake: Intake, answer: IntakeAnswer, text: str = "") -> Intake:
    """What the partner says of the summary: it is right, or what is wrong.

    A confirmation raises the verification of the figures that were approved from it already.

    Raises:
        ValidationError: when it was answered before, or when a dispute does not say what is wrong.
    """
    if answer == IntakeAnswer.AWAITED:
        raise ValidationError(_("Choose whether the figures are right."))
    with transaction.atomic():
        # Whoever approves its figures asks what was answered.
        hold_periods([intake.report.period_id])
        current = Intake.objects.select_for_update().get(pk=intake.pk)
        if current.answer != IntakeAnswer.AWAITED:
            raise ValidationError(_("This summary was answered already: write to us to change the answer."))
        current.answer, current.answered_at, current.answer_text = answer, timezone.now(), text.strip()
        saved: Intake = save_record(record=current)
        if answer == IntakeAnswer.CONFIRMED:
            _confirm_figures(current)
        return saved


def reopen_answer(*, intake: Intake, by: User) -> Intake:
    """Let the partner answer again, after the figures were corrected.

    Raises:
        PermissionDenied: for anybody but staff who enter figures.
    """
    _only_enterers(by)
    with transaction.atomic():
        # Whoever approves its figures asks what was answered.
        hold_periods([intake.report.period_id])
        current = Intake.objects.select_for_update().get(pk=intake.pk)
        current.answer, current.answered_at, current.answer_text = IntakeAnswer.AWAITED, None, ""
        saved: Intake = save_record(record=current)
        return saved


def _confirm_figures(intake: Intake) -> None:
    newest = Submission.objects.filter(intake=intake, actual__isnull=False)
    figures = list(
        Actual.objects.filter(pk__in=newest.values("actual"), verification=Verification.UNCONFIRMED).select_related(
            "series"
        )
    )
    latest = {
        each.actual_id: each.intake_id
        for each in Submission.objects.filter(actual__in=figures).order_by("actual", "number")
    }
    # A figure that was replaced since by another entry is not what the partner was shown.
    confirmed = [figure for figure in figures if latest[figure.pk] == intake.pk]
    for figure in confirmed:
        figure.verification = Verification.CONFIRMED
    save_many(confirmed)
    refresh_results(series=[figure.series for figure in confirmed])


def _only_enterers(by: User) -> None:
    if not (by.is_active and by.is_staff and by.has_perm(ENTER)):
        raise PermissionDenied(_("Only staff who enter figures do this."))
