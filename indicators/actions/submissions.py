"""Proposed figures: draft → submitted → approved, or returned."""

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import StaleRecord
from accounts.actions.bulk import check_many, save_many
from accounts.models import User, open_change
from indicators.actions.access import check_correction, check_entry, may_report, only_reviewers, reported_by
from indicators.actions.closure import Gap, gaps
from indicators.actions.entry import EDITABLE, Entry, propose_many
from indicators.actions.figures import SAID, STATED, keep_first_value
from indicators.actions.holding import hold_periods
from indicators.actions.notifications import tell_approved, tell_handed_in, tell_returned, tell_withdrawn
from indicators.actions.results import refresh_results
from indicators.choices import (
    IntakeAnswer,
    PeriodState,
    ReturnReason,
    ReviewDecision,
    Route,
    SubmissionState,
    Verification,
)
from indicators.models import Actual, Report, ReportingPeriod, Review, Series, Submission


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

    What is asked about an unusual value counts as answered: a form for one figure shows it before.

    Args:
        figure: the fields of ``figures.STATED`` and ``SAID``, and ``as_of``, ``channel``, ``received_on``.

    Raises:
        PermissionDenied: when the person does not report this series.
        ValidationError: when the period is closed, when the proposal is being reviewed, or when it breaks a rule.
        StaleRecord: when ``version`` is not the stored one.
    """
    if not may_report(author, series):
        raise PermissionDenied(_("This figure is reported by another institution."))
    entry = Entry(series, {"is_confirmed": True, **figure}, version)
    found = propose_many(period=period, author=author, entries=[entry], report=report, route=route)
    for current in found.stale.values():
        raise StaleRecord(mine=current, current=current)
    for sentences in found.refused.values():
        raise ValidationError(sentences)
    return found.saved.get(series.pk) or Submission.objects.filter(series=series, period=period).latest("number")


def submit(*, submission: Submission, by: User, text: str = "") -> Submission:
    """Hand a proposal in for review.

    Raises:
        PermissionDenied, ValidationError: as :func:`propose`.
    """
    submit_many(submissions=[submission], by=by, text=text)
    submission.refresh_from_db()
    return submission


def submit_many(*, submissions: Sequence[Submission], by: User, text: str = "") -> None:
    """Hand proposals of one period in for review, in a number of queries that does not grow with them.

    Raises:
        PermissionDenied: when the person does not report one of the series.
        ValidationError: when the period is closed for them, or when one is not theirs to hand in any more.
    """
    with transaction.atomic():
        current = _locked(submissions)
        if reported_by(by, [each.series for each in current]) != {each.series_id for each in current}:
            raise PermissionDenied(_("This figure is reported by another institution."))
        for period in {each.period for each in current}:
            check_entry(period, by)
        for each in current:
            if each.state not in EDITABLE:
                raise ValidationError(_("This figure is at another step: load the page again."))
            each.state, each.submitted_at = SubmissionState.SUBMITTED, timezone.now()
        save_many(current)
        _review(current, by=by, decision=ReviewDecision.SUBMIT, said=lambda each: ("", text))
        tell_handed_in(current, by=by)


def withdraw_many(*, submissions: Sequence[Submission], by: User) -> None:
    """Take proposals back that were handed in: they are drafts again, with their threads.

    Raises:
        PermissionDenied: when the person does not report one of the series.
        ValidationError: when the period is closed for them, or when one does not wait for review any more.
    """
    with transaction.atomic():
        current = _locked(submissions)
        if reported_by(by, [each.series for each in current]) != {each.series_id for each in current}:
            raise PermissionDenied(_("This figure is reported by another institution."))
        for period in {each.period for each in current}:
            check_entry(period, by)
        for each in current:
            if each.state != SubmissionState.SUBMITTED:
                raise ValidationError(_("This figure is at another step: load the page again."))
            # When it was handed in stays: what has a thread is not thrown away.
            each.state = SubmissionState.DRAFT
        save_many(current)
        _review(current, by=by, decision=ReviewDecision.WITHDRAW, said=lambda each: ("", ""))
        tell_withdrawn(current, by=by)


@dataclass(frozen=True)
class Returned:
    """A cell that is sent back, and why: a reason of the list, and words of the reviewer's own."""

    submission: Submission
    reason: ReturnReason
    text: str = ""


def return_submission(*, submission: Submission, by: User, reason: ReturnReason, text: str = "") -> Submission:
    """Send a proposal back to whoever made it, with the reason.

    Raises:
        PermissionDenied, ValidationError: as :func:`return_many`.
    """
    return_many(cells=[Returned(submission, reason, text)], by=by)
    submission.refresh_from_db()
    return submission


def return_many(*, cells: Sequence[Returned], by: User) -> None:
    """Send proposals back, each with its reason; the others stay under review.

    Raises:
        PermissionDenied: for anybody but reviewers.
        ValidationError: when one is not under review, or without a reason; nothing is returned then.
    """
    only_reviewers(by)
    if any(cell.reason not in ReturnReason.values for cell in cells):
        raise ValidationError(_("A returned figure needs a reason."))
    with transaction.atomic():
        current = _locked([cell.submission for cell in cells])
        for each in current:
            if each.state != SubmissionState.SUBMITTED:
                raise ValidationError(_("This figure is at another step: load the page again."))
            each.state = SubmissionState.RETURNED
        save_many(current)
        why = {cell.submission.pk: (cell.reason, cell.text) for cell in cells}
        _review(current, by=by, decision=ReviewDecision.RETURN, said=lambda each: why[each.pk])
        tell_returned(current, by=by)


def approve(
    *, submission: Submission, by: User, own_reason: str = "", mismatch_reason: str = "", dispute_reason: str = ""
) -> Actual | None:
    """Approve a proposal: its figure becomes the actual of its series and period, and the results follow.

    Args: as :func:`approve_many`.

    Returns:
        The actual; None when the proposal says that there is none yet.
    """
    approve_many(
        submissions=[submission],
        by=by,
        own_reason=own_reason,
        mismatch_reason=mismatch_reason,
        dispute_reason=dispute_reason,
    )
    submission.refresh_from_db()
    return submission.actual


def approve_many(
    *,
    submissions: Sequence[Submission],
    by: User,
    own_reason: str = "",
    mismatch_reason: str = "",
    dispute_reason: str = "",
) -> None:
    """Approve proposals together, in a number of queries that does not grow with them; the results follow at once.

    Args:
        own_reason: why somebody approves what they entered themselves.
        mismatch_reason: why parts that do not add up are approved all the same.
        dispute_reason: why figures are approved that the partner disputes.
        All are kept in the threads of the proposals they are about.

    Raises:
        PermissionDenied: for anybody but reviewers.
        ValidationError: when one is not under review, or when a reason is missing; nothing is approved then.
    """
    only_reviewers(by)
    if not submissions:
        return
    with transaction.atomic():
        current = _locked(submissions)
        if any(each.state != SubmissionState.SUBMITTED for each in current):
            raise ValidationError(_("Only a figure that was handed in can be approved."))
        own = [each for each in current if each.author_id == by.pk]
        if own and not own_reason.strip():
            raise ValidationError(_("Somebody other than the author approves a figure, or a reason is stated."))
        disputed = [each for each in current if each.intake is not None and each.intake.answer == IntakeAnswer.DISPUTED]
        if disputed and not dispute_reason.strip():
            raise ValidationError(_("The partner disputes these figures: correct them, or say why they are approved."))
        unclosed = {
            series.pk
            for period in {each.period for each in current}
            for gap in _gaps_without_reason(period, current, mismatch_reason)
            for series in gap.series
        }
        with_actual = [each for each in current if not each.is_not_yet]
        actuals = _actuals(with_actual, by)
        for each in current:
            each.state, each.actual = SubmissionState.APPROVED, actuals.get(each.pk)
        save_many(current)

        def said(each: Submission) -> tuple[str, str]:
            is_unclosed = each.series_id in unclosed
            words = (
                [own_reason] * (each in own) + [dispute_reason] * (each in disputed) + [mismatch_reason] * is_unclosed
            )
            return (ReturnReason.MISMATCH if is_unclosed else ""), " ".join(word.strip() for word in words)

        _review(current, by=by, decision=ReviewDecision.APPROVE, said=said)
        tell_approved(current, by=by)
        refresh_results(series=[each.series for each in with_actual])


def discard(*, submission: Submission, by: User) -> None:
    """Delete a draft that was never handed in.

    Raises:
        PermissionDenied: when the person does not report this series.
        ValidationError: when it was handed in before: its thread is kept.
    """
    if not may_report(by, submission.series):
        raise PermissionDenied(_("This figure is reported by another institution."))
    with transaction.atomic():
        hold_periods([submission.period_id])
        current = Submission.objects.select_for_update(of=("self",)).filter(pk=submission.pk).first()
        if current is None or current.state != SubmissionState.DRAFT or current.submitted_at is not None:
            raise ValidationError(_("Only a draft that was never handed in can be thrown away."))
        current.delete()


def _locked(submissions: Sequence[Submission]) -> list[Submission]:
    """The proposals as they now stand, with what approval reads, kept from other writers until the transaction ends."""
    keys = {each.pk for each in submissions}
    # First the period, as whoever enters figures or closes it does: nobody judges by a state that is being left.
    hold_periods({each.period_id for each in submissions})
    found = list(
        Submission.objects.filter(pk__in=keys)
        .select_for_update(of=("self",))
        .select_related(
            *("period", "author", "intake"),
            *(f"series__{part}" for part in ("project", "country", "partner", "forum", "breakdown", "reporter")),
            "series__indicator__programme",
        )
        .prefetch_related("evidence")
        .order_by("pk")
    )
    if len(found) != len(keys):
        raise ValidationError(_("One of these figures was withdrawn meanwhile: load the page again."))
    return found


def _actuals(submissions: Sequence[Submission], by: User) -> dict[int, Actual]:
    """Write the actuals that these proposals become; by primary key of the proposal."""
    existing = {
        (each.series_id, each.period_id): each
        for each in Actual.objects.filter(
            series__in=[each.series_id for each in submissions], period__in={each.period_id for each in submissions}
        )
        .order_by("pk")
        .select_for_update(of=("self",))
        .select_related("period", "series__indicator__programme")
        .prefetch_related("results")
    }
    _take_reason(submissions)
    written: dict[int, Actual] = {}
    for each in submissions:
        before = existing.get((each.series_id, each.period_id))
        check_correction(each.period, is_first=before is None)
        record = copy(before) if before is not None else Actual()
        record.series, record.period = each.series, each.period
        for name in (*STATED, *SAID, "as_of", "route"):
            setattr(record, name, getattr(each, name))
        record.verification = _verification(each)
        record.approved_at, record.approved_by = timezone.now(), by
        # Somebody settled on one value: it is contested no longer.
        record.is_contested, record.range_low, record.range_high = False, None, None
        if before is not None:
            keep_first_value(record, before)
        written[each.pk] = record
    records = list(written.values())
    for place, error in check_many(records).items():
        raise ValidationError([f"{records[place].series}: {sentence}" for sentence in error.messages])
    save_many(records)
    return written


def _verification(submission: Submission) -> Verification:
    """How far a figure was checked when it is approved."""
    if submission.evidence.all():
        return Verification.EVIDENCE
    if submission.intake is not None:
        is_confirmed = submission.intake.answer == IntakeAnswer.CONFIRMED
        return Verification.CONFIRMED if is_confirmed else Verification.UNCONFIRMED
    return Verification.CONFIRMED if submission.route == Route.WORKSPACE else Verification.UNCONFIRMED


def _take_reason(submissions: Sequence[Submission]) -> None:
    """A correction of a closed period was proposed with its reason: approving it is for that reason too."""
    change = open_change()
    if change is None or change.reason.strip():
        return
    corrected = [each.pk for each in submissions if each.period.state != PeriodState.OPEN]
    rows = Submission.history.filter(id__in=corrected).exclude(change__reason="").order_by("history_id")
    reasons = dict.fromkeys(rows.values_list("change__reason", flat=True))
    if reasons:
        change.reason = " ".join(reasons)
        change.save(update_fields=["reason"])


def _gaps_without_reason(period: ReportingPeriod, submissions: Sequence[Submission], reason: str) -> list[Gap]:
    """The totals that would not add up; a reason must be stated for them.

    Raises:
        ValidationError: naming each of them, when there is none.
    """
    found = gaps(period=period, submissions=[each for each in submissions if each.period_id == period.pk])
    if found and not reason.strip():
        sentences = [
            _("%(figure)s: the parts do not add up. Return a figure, or say why it is approved all the same.")
            % {"figure": gap.series[0]}
            for gap in found
        ]
        raise ValidationError(sentences)
    return found


def _review(
    submissions: Iterable[Submission],
    *,
    by: User,
    decision: ReviewDecision,
    said: Callable[[Submission], tuple[str, str]],
) -> None:
    """One line more in the thread of each; ``said`` gives its reason and text."""
    lines = []
    for each in submissions:
        reason, text = said(each)
        lines.append(Review(submission=each, author=by, decision=decision, reason=reason, text=text))
    Review.objects.bulk_create(lines)
