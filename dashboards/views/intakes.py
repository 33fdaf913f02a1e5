"""Entering on behalf of a partner: what came in, the summary that is sent, and the partner's answer."""

import logging
from smtplib import SMTPException
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actions import change, save_record
from accounts.choices import Door
from accounts.models import StoredFile, User
from dashboards import files
from dashboards.access import for_staff
from dashboards.intake_forms import AnswerForm, IntakeForm, SummaryForm
from dashboards.links import is_guessing, private, too_often
from dashboards.places import place_called
from dashboards.summaries import CODE, digest, entered, language_of, summary_mail, told
from dashboards.views.review import READ
from epe_ap.pages import unknown_names
from indicators.actions import answer_intake, mark_summary_sent, open_intake, open_report, reopen_answer
from indicators.actions.holding import hold_periods
from indicators.choices import Channel, IntakeAnswer
from indicators.models import Intake, ReportingPeriod
from partners.models import Partner
from projects.models import Project

ENTER = "indicators.add_submission"

logger = logging.getLogger(__name__)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(READ, ENTER)
def report_on_behalf(request: HttpRequest, project: str, period: str) -> HttpResponse:
    """Say what came in from a partner, then enter it in the grid or from its workbook."""
    assert isinstance(request.user, User)
    of, at = place_called(project, period, request.user)
    partners = Partner.objects.filter(partnerships__project=of).distinct().order_by("name")
    form = IntakeForm(request.POST or None, request.FILES or None, partners=partners)
    if request.method == "POST" and form.is_valid():
        try:
            intake = _open(of, at, form.cleaned_data, request.user)
        except ValidationError as error:
            _add_errors(form, error)
        else:
            messages.success(request, _("Kept. Enter the figures now, then send the summary."))
            return redirect(f"{reverse('report_on_behalf', args=[of.slug, at.slug])}#intake-{intake.pk}")
    intakes = (
        Intake.objects.filter(report__project=of, report__period=at)
        .select_related("partner", "entered_by", "file", "report__project", "report__period")
        .defer("file__content")
        .prefetch_related("submissions", "partner__memberships__user")
        .order_by("-received_on", "-pk")
    )
    return render(
        request,
        "dashboards/on_behalf.html",
        {
            "project": of,
            "period": at,
            "programme": of.programme,
            "form": form,
            "has_partners": partners.exists(),
            "intakes": [
                (
                    intake,
                    SummaryForm(
                        initial={"email": intake.email, "language": language_of(intake.partner)},
                        auto_id=f"%s-{intake.pk}",
                    ),
                )
                for intake in intakes
            ],
            "problems": unknown_names(request.GET),
            "breadcrumbs": [
                {"label": _("Workspace"), "url": reverse("workspace")},
                {"label": f"{of.code}, {at.name}", "url": reverse("report_review", args=[of.slug, at.slug])},
            ],
        },
    )


def _open(project: Project, period: ReportingPeriod, typed: dict[str, Any], by: User) -> Intake:
    looked_at = files.checked(typed["file"], told_by=files.kind_of) if typed["file"] else None
    with change(door=Door.ON_BEHALF, by=by):
        kept = files.keep(**looked_at._asdict(), by=by) if looked_at else None
        return open_intake(
            report=open_report(project=project, period=period),
            partner=typed["partner"],
            channel=Channel(typed["channel"]),
            received_on=typed["received_on"],
            by=by,
            email=typed["email"],
            file=kept,
            note=typed["note"],
        )


def _add_errors(form: IntakeForm, error: ValidationError) -> None:
    if hasattr(error, "error_dict"):
        for name, errors in error.error_dict.items():
            form.add_error(name if name in form.fields else None, errors)
    else:
        form.add_error("file", error)


@require_POST
@for_staff(READ, ENTER)
def send_summary(request: HttpRequest, pk: int) -> HttpResponse:
    """Mail the partner what was entered, with the one link to answer by."""
    assert isinstance(request.user, User)
    intake = _found(pk)
    form = SummaryForm(request.POST)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, " ".join(str(error) for error in errors))
    elif not entered(intake):
        messages.error(request, _("Nothing was entered from it yet: enter the figures first."))
    elif intake.answer != IntakeAnswer.AWAITED:
        messages.error(request, _("The partner has answered already: let it answer again first."))
    else:
        _send(request, request.user, intake, form.cleaned_data)
    return redirect(_page_of(intake))


def _send(request: HttpRequest, by: User, intake: Intake, typed: dict[str, str]) -> None:
    intake.email = typed["email"]
    mail = summary_mail(intake, language=typed["language"])
    # Noted first: a mail that went out is never taken back because the note of it failed.
    try:
        with change(door=Door.ON_BEHALF, by=by):
            stored = Intake.objects.get(pk=intake.pk)
            if stored.email != intake.email:
                stored.email = intake.email
                save_record(record=stored)
            mark_summary_sent(intake=stored)
            mail.send()
    except (SMTPException, OSError) as error:
        logger.warning("The summary of intake %s could not be sent: %s", intake.pk, type(error).__name__)
        messages.error(request, _("The mail could not be sent, and nothing was noted: try again later."))
    else:
        messages.success(request, _("The summary was sent to %(email)s.") % {"email": intake.email})


@require_POST
@for_staff(READ, ENTER)
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a partner answer again."""
    assert isinstance(request.user, User)
    intake = _found(pk)
    with change(door=Door.ON_BEHALF, by=request.user):
        reopen_answer(intake=intake, by=request.user)
    messages.success(request, _("The partner can answer again: correct the figures and send the summary anew."))
    return redirect(_page_of(intake))


@require_safe
@never_cache
@for_staff(READ, "accounts.view_storedfile")
def intake_file(request: HttpRequest, pk: int) -> HttpResponse:
    """What came in, for staff alone, to be saved and never shown by the browser as a page of this site."""
    kept = get_object_or_404(StoredFile.objects.filter(intakes=pk))
    response = HttpResponse(bytes(kept.content), content_type=kept.content_type)
    response["Content-Disposition"] = content_disposition_header(True, kept.name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _found(pk: int) -> Intake:
    return get_object_or_404(Intake.objects.select_related("partner", "report__project", "report__period"), pk=pk)


def _page_of(intake: Intake) -> str:
    report = intake.report
    return f"{reverse('report_on_behalf', args=[report.project.slug, report.period.slug])}#intake-{intake.pk}"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    """The partner's answer: it confirms the summary, or says what is wrong. Once, in one step, without signing in."""
    if is_guessing(request, is_wrong=False):
        return too_often(request)
    # What cannot be a code is answered like one that is none.
    sent = Intake.objects.filter(summary_sent_at__isnull=False, code=code if CODE.fullmatch(code) else "")
    intake = sent.select_related("partner", "report__project__programme", "report__period").first()
    if intake is None:
        if is_guessing(request, is_wrong=True):
            return too_often(request)
        return private(render(request, "dashboards/confirm_unknown.html", status=404))
    refused: list[str] = []
    submissions = entered(intake)
    form = AnswerForm()
    if request.method == "POST":
        form = AnswerForm(request.POST)
        try:
            _answer(intake, form)
        except ValidationError as error:
            refused = error.messages
        else:
            return private(redirect(request.path))
        intake.refresh_from_db()
        submissions = entered(intake)
    return private(
        render(
            request,
            "dashboards/confirm.html",
            {
                "intake": intake,
                "project": intake.report.project,
                "period": intake.report.period,
                "programme": intake.report.project.programme,
                "lines": told(submissions),
                "seen": digest(submissions),
                "text": form.data.get("text", ""),
                "refused": refused,
                "is_awaited": intake.answer == IntakeAnswer.AWAITED,
            },
        )
    )


def _answer(intake: Intake, form: AnswerForm) -> None:
    if not form.is_valid():
        if "text" in form.errors:
            raise ValidationError(_("The text has at most 4000 characters, and only letters, numbers and signs."))
        raise ValidationError(_("Choose whether the figures are right."))
    with change(door=Door.ON_BEHALF):
        # Asked of the figures as they stay until the answer is kept.
        hold_periods([intake.report.period_id])
        if form.cleaned_data["seen"] != digest(entered(intake)):
            raise ValidationError(
                _("The figures were corrected since you opened this page: please look at them again.")
            )
        answer_intake(intake=intake, answer=IntakeAnswer(form.cleaned_data["answer"]), text=form.cleaned_data["text"])
