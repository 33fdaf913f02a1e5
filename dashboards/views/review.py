"""Reviewing what was handed in: every figure beside what is known of it, returned with a reason or approved."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actions import StaleRecord, change
from accounts.choices import Door
from accounts.models import User
from dashboards.access import for_staff
from dashboards.places import place_called
from dashboards.reviews import Reviewed, Sheet, review_sheet
from epe_ap.pages import few, unknown_names
from indicators.actions import (
    Returned,
    approve,
    approve_many,
    approve_report,
    one_refresh,
    return_cells,
    return_many,
)
from indicators.actions.holding import hold_periods
from indicators.choices import ReturnReason, SubmissionState
from indicators.models import ReportingPeriod
from projects.models import Project

READ = "indicators.view_submission"
REVIEW = "indicators.review_submission"

#: Reasons that a decision may need; the first is public, the others stay in the threads.
REASONS = ("change_reason", "own_reason", "mismatch_reason", "dispute_reason")

#: The longest text of a reason; nobody reads a longer one.
LONGEST = 4000


@dataclass
class Typed:
    """What the reviewer sent: decisions, and words that are never lost when a decision is refused."""

    ticked: set[int] = field(default_factory=set)
    reasons: dict[int, str] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    seen: str = ""
    action: str = ""

    @classmethod
    def read(cls, data: Any) -> "Typed":
        typed = cls(seen=data.get("seen", ""), action=data.get("action", ""))
        for name in data:
            word, _dash, key = name.partition("-")
            if not (key.isascii() and key.isdecimal() and len(key) < 19):
                continue
            if word == "return":
                typed.ticked.add(int(key))
            elif word == "reason":
                typed.reasons[int(key)] = data[name]
            elif word == "text":
                typed.texts[int(key)] = clean(data[name])
        typed.said = {name: clean(data.get(name, "")) for name in REASONS}
        return typed


def clean(text: str) -> str:
    """A text as a database keeps it: no null bytes, one kind of line ends."""
    return text.replace("\x00", "").replace("\r\n", "\n").strip()


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(READ)
def report_review(request: HttpRequest, project: str, period: str) -> HttpResponse:
    """The report of a project for a period."""
    assert isinstance(request.user, User)
    of, at = place_called(project, period, request.user)
    return _reviewed(request, of, at)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(READ)
def programme_review(request: HttpRequest, period: str) -> HttpResponse:
    """The figures of a period that belong to no project's report."""
    at = get_object_or_404(ReportingPeriod.objects.select_related("programme"), slug=period)
    return _reviewed(request, None, at)


def _reviewed(request: HttpRequest, project: Project | None, period: ReportingPeriod) -> HttpResponse:
    assert isinstance(request.user, User)
    typed, refused = Typed(), []
    if request.method == "POST":
        if not request.user.has_perm(REVIEW):
            raise PermissionDenied(_("Monitoring specialists review what is reported: your account may not."))
        typed = Typed.read(request.POST)
        try:
            done = decide(project, period, typed, request.user)
        except ValidationError as error:
            refused = error.messages
        except StaleRecord:
            refused = [_("Somebody else decided meanwhile: look at the figures again.")]
        else:
            messages.success(request, done)
            typed = Typed()
    # What stands there now, totals included; after a refusal, with all that was typed.
    sheet = review_sheet(project=project, period=period)
    for cell in sheet.cells:
        cell.is_ticked = cell.pk in typed.ticked
        cell.typed_reason, cell.typed_text = typed.reasons.get(cell.pk, ""), typed.texts.get(cell.pk, "")
        if cell.typed_text and not cell.is_waiting:
            named = {"figure": cell.submission.series, "text": cell.typed_text}
            refused.append(_("%(figure)s: it does not wait any more, so your text was not kept: “%(text)s”") % named)
    return render(
        request,
        "dashboards/review.html",
        {
            "sheet": sheet,
            "project": project,
            "period": period,
            "programme": period.programme,
            "report": sheet.report,
            "typed": typed,
            "refused": few(refused),
            "return_reasons": ReturnReason.choices,
            "can_review": request.user.has_perm(REVIEW),
            "can_enter": request.user.has_perm("indicators.add_submission"),
            "is_own": is_own(sheet, request.user),
            "may_approve_report": sheet.report is not None and sheet.report.state == SubmissionState.SUBMITTED,
            "problems": unknown_names(request.GET),
            "breadcrumbs": [{"label": _("Workspace"), "url": reverse("workspace")}],
        },
    )


def is_own(sheet: Sheet, user: User) -> bool:
    """Whether the reviewer handed the report in, or entered one of the figures that wait."""
    handed_in = sheet.report is not None and sheet.report.submitted_by_id == user.pk
    return handed_in or any(cell.submission.author_id == user.pk for cell in sheet.waiting)


def decide(project: Project | None, period: ReportingPeriod, typed: Typed, by: User) -> str:
    """Do what the reviewer chose, in one transaction, and say what was done.

    Raises:
        ValidationError: when it cannot be done, or when a figure is not any more what the reviewer saw; then nothing is.
    """
    if any(len(text) > LONGEST for text in (*typed.texts.values(), *typed.said.values())):
        raise ValidationError(_("A reason has at most %(number)s characters.") % {"number": LONGEST})
    with change(door=Door.GRID, by=by, reason=typed.said["change_reason"]), one_refresh():
        # What the reviewer saw is compared with what stands there until the decision is kept.
        hold_periods([period.pk])
        sheet = review_sheet(project=project, period=period)
        waiting = {cell.pk: cell for cell in sheet.waiting}
        if typed.action == "return":
            return _return(sheet, waiting, typed, by)
        one = typed.action.removeprefix("approve-")
        if one != typed.action and one.isascii() and one.isdecimal():
            cell = waiting.get(int(one))
            _check_seen(sheet, typed, [cell] if cell else [])
            if cell is None:
                raise ValidationError(_("This figure is at another step: load the page again."))
            approve(submission=cell.submission, by=by, **_reasons(typed))
            return _("Approved: %(figure)s.") % {"figure": cell.submission.series}
        if typed.action == "approve":
            return _approve(sheet, waiting, typed, by)
    raise ValidationError(_("Choose whether to approve or to return."))


def _return(sheet: Sheet, waiting: dict[int, Reviewed], typed: Typed, by: User) -> str:
    chosen = [waiting[key] for key in sorted(typed.ticked) if key in waiting]
    if len(chosen) < len(typed.ticked):
        raise ValidationError(_("One of these figures does not wait for review any more: look at the page again."))
    if not chosen:
        raise ValidationError(_("Choose the figures to send back, each with its reason."))
    _check_seen(sheet, typed, chosen)
    sentences = []
    cells = []
    for cell in chosen:
        reason, text = typed.reasons.get(cell.pk, ""), typed.texts.get(cell.pk, "")
        if reason not in ReturnReason.values:
            sentences.append(_("%(figure)s: choose a reason for sending it back.") % {"figure": cell.submission.series})
        elif reason == ReturnReason.OTHER and not text:
            sentences.append(_("%(figure)s: say in words what the reason is.") % {"figure": cell.submission.series})
        else:
            cells.append(Returned(cell.submission, ReturnReason(reason), text))
    if sentences:
        raise ValidationError(sentences)
    # An institution hands in its figures before the lead forwards the report: they come back without it.
    forwarded = (SubmissionState.SUBMITTED, SubmissionState.RETURNED)
    report = sheet.report if sheet.report is not None and sheet.report.state in forwarded else None
    if report is not None and all(cell.submission.report_id == report.pk for cell in chosen):
        return_cells(report=report, by=by, cells=cells)
    else:
        return_many(cells=cells, by=by)
    return ngettext("%(number)s figure was sent back.", "%(number)s figures were sent back.", len(cells)) % {
        "number": len(cells)
    }


def _approve(sheet: Sheet, waiting: dict[int, Reviewed], typed: Typed, by: User) -> str:
    if typed.ticked:
        raise ValidationError(
            _("Some figures are ticked to be sent back: send them back, or untick them before you approve.")
        )
    _check_seen(sheet, typed, list(waiting.values()))
    if sheet.report is not None and sheet.report.state == SubmissionState.SUBMITTED:
        # What was entered beside the report waits on the same page: it is approved with it.
        others = [cell.submission for cell in waiting.values() if cell.submission.report_id != sheet.report.pk]
        approve_report(report=sheet.report, by=by, **_reasons(typed))
        approve_many(submissions=others, by=by, **_reasons(typed))
    elif waiting:
        approve_many(submissions=[cell.submission for cell in waiting.values()], by=by, **_reasons(typed))
    else:
        raise ValidationError(_("Nothing waits for approval here."))
    return ngettext("%(number)s figure was approved.", "%(number)s figures were approved.", len(waiting)) % {
        "number": len(waiting)
    }


def _reasons(typed: Typed) -> dict[str, str]:
    return {name: typed.said[name] for name in ("own_reason", "mismatch_reason", "dispute_reason")}


def _check_seen(sheet: Sheet, typed: Typed, chosen: list[Reviewed]) -> None:
    """Refuse to decide about a figure that was handed in again since the reviewer looked at it."""
    seen = set(typed.seen.split())
    changed = [cell for cell in chosen if cell.seen not in seen]
    if changed:
        raise ValidationError(
            [
                _("%(figure)s was handed in or changed while you were looking: look at it, then decide again.")
                % {"figure": cell.submission.series}
                for cell in changed
            ]
        )
