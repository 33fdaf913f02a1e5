"""A report one question at a time, for a phone: where it stands, and each question by itself."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actions import change
from accounts.choices import Door
from accounts.models import User
from dashboards.access import for_members
from dashboards.figure_histories import figure_history, versions_of
from dashboards.grids.entry import LONGEST
from dashboards.grids.sheets import expected_series, report_sheet
from dashboards.overviews import today_of
from dashboards.places import place_called
from dashboards.questions import Question, Questions, Standing, example_of, questions_of
from dashboards.receipts import zone_of
from dashboards.views.grid import READ, Page, keeping_what_was_typed, writable
from dashboards.views.receipts import receive
from epe_ap.pages import unknown_names
from indicators.actions import ask_back, door_of, hand_in, may_forward, submit_report
from indicators.actions.handing_in import DECISIONS
from indicators.models import Report, ReportingPeriod, Review, Series
from indicators.telling import comments_in
from projects.models import Project


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_members(READ)
def report_questions(request: HttpRequest, project: str, period: str) -> HttpResponse:
    """Where a report stands: what came back, what is left, what is done; and handing it in."""
    assert isinstance(request.user, User)
    of, at = place_called(project, period, request.user)
    page, series = _page(request, of, at)
    forwards = may_forward(request.user, of)
    refused: list[str] = []
    if request.method == "POST":
        if not page.can_write:
            raise PermissionDenied(_("Your account may look at these figures and not change them."))
        try:
            if request.POST.get("action") == "ask_back":
                return _ask_back(page, of)
            _hand_in(page, of, forwards=forwards)
        except ValidationError as error:
            refused = error.messages
        else:
            return receive(request, of, at)
    questions = _questions(page)
    groups = [
        (Standing.RETURNED, _("To correct")),
        (Standing.OPEN, _("Still to answer")),
        (Standing.ANSWERED, _("Answered, not handed in yet")),
        (Standing.HANDED_IN, _("Handed in")),
        (Standing.LEFT_OUT, _("Left out when the report was handed in")),
        (Standing.READ_ONLY, _("To read")),
    ]
    return render(
        request,
        "dashboards/questions.html",
        {
            "project": of,
            "period": at,
            "programme": of.programme,
            "questions": questions,
            "groups": [(standing, title, questions.at(standing)) for standing, title in groups],
            "first": questions.waiting[0] if questions.waiting and page.can_write else None,
            "is_begun": questions.number_answered > 0,
            "can_write": page.can_write,
            "forwards": forwards,
            "can_hand_in": page.can_write and questions.can_be_handed_in(forwards=forwards),
            "can_ask_back": page.can_write and _can_ask_back(questions, forwards=forwards),
            "has_own": own_among(series),
            "is_overdue": at.due_on is not None and at.due_on < today_of(request.user),
            "refused": refused,
            "problems": unknown_names(request.GET),
            "breadcrumbs": [
                {"label": _("Workspace"), "url": reverse("workspace")},
                {"label": of.code, "url": reverse("project_board", args=[of.slug])},
            ],
        },
        status=422 if refused else 200,
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@keeping_what_was_typed
@for_members(READ)
def report_question(request: HttpRequest, project: str, period: str, series: int) -> HttpResponse:
    """One question: what is counted, what is known, the fields, and who changed what."""
    assert isinstance(request.user, User)
    of, at = place_called(project, period, request.user)
    page, found = _page(request, of, at)
    questions = _questions(page)
    question = questions.of_series(int(series))
    if question is None:
        raise Http404
    standing = reverse("report_questions", args=[of.slug, at.slug])
    if request.method == "POST":
        onward = standing
        behind = questions.after(question)
        if request.POST.get("action") != "stop" and behind is not None:
            onward = _address(of, at, behind)
        own = expected_series(at).filter(pk__in=[cell.pk for cell in question.cells])
        answer = page.save(own, None, onward=onward)
        if answer is not None:
            return answer
        # What somebody else saved meanwhile is read again.
        page.sheet = report_sheet(found, at)
        questions = _questions(page)
        question = questions.of_series(int(series)) or question
    assert page.sheet is not None
    versions = versions_of([cell.pk for cell in question.cells], at)
    question.show_comment(comments_in(request.user, versions))
    page.show(page.sheet)
    with timezone.override(zone_of(request.user)):
        return render(
            request,
            "dashboards/question.html",
            page.context()
            | {
                "project": of,
                "programme": of.programme,
                "question": question,
                "questions": questions,
                "place": questions.place_of(question),
                "seen": " ".join(cell.seen for cell in question.entered),
                "waiting": [cell for cell in question.cells if cell.needs_attention],
                "example": example_of(question.entered),
                "is_open": page.can_write and not question.is_locked,
                "behind": questions.after(question),
                "history": figure_history(request.user, question.cells, at, versions),
                "problems": unknown_names(request.GET),
                "breadcrumbs": [
                    {"label": _("Workspace"), "url": reverse("workspace")},
                    {"label": f"{of.code}, {at.name}", "url": standing},
                ],
            },
        )


def _page(request: HttpRequest, project: Project, period: ReportingPeriod) -> tuple[Page, list[Series]]:
    """The report as its reader sees it, and the series in it."""
    assert isinstance(request.user, User)
    series = list(
        expected_series(period)
        .filter(project=project)
        .for_user(request.user)
        .with_writable(request.user)
        .select_related("reporter")
    )
    page = Page(request, period, writable=writable(request.user, series))
    page.sheet = report_sheet(series, period)
    return page, series


def own_among(series: Iterable[Any]) -> bool:
    """Whether an institution of the reader reports one of the series, read ``with_writable``."""
    return any(one.is_own for one in series)


def _questions(page: Page) -> Questions:
    assert page.sheet is not None
    for cell in page.sheet.cells():
        cell.is_read_only = not page.can_write or (page.writable is not None and cell.pk not in page.writable)
    return questions_of(page.sheet)


def _address(project: Project, period: ReportingPeriod, question: Question) -> str:
    return reverse("report_question", args=[project.slug, period.slug, question.pk])


def _can_ask_back(questions: Questions, *, forwards: bool) -> bool:
    waiting = [cell.submission.pk for cell in questions.to_ask_back(forwards=forwards) if cell.submission is not None]
    return bool(waiting) and not Review.objects.filter(submission__in=waiting, decision__in=DECISIONS).exists()


def _ask_back(page: Page, project: Project) -> HttpResponse:
    """Make what was handed in a draft again, and lead to it.

    Raises:
        ValidationError: when somebody decided about some of it, or when the period is closed.
    """
    with change(door=door_of(page.user, Door.GRID), by=page.user, reason=page.reason):
        found = ask_back(project=project, period=page.period, by=page.user)
    messages.success(
        page.request,
        ngettext(
            "%(number)s figure is yours again: correct it, then hand it in again.",
            "%(number)s figures are yours again: correct what is wrong, then hand them in again.",
            len(found),
        )
        % {"number": len(found)},
    )
    return redirect("report_questions", project.slug, page.period.slug)


def _hand_in(page: Page, project: Project, *, forwards: bool) -> None:
    """Hand in the figures of the reader's institutions, or forward the whole report.

    Raises:
        ValidationError: when there is nothing to hand in, or when the period is closed.
    """
    text = page.request.POST.get("text", "").replace("\x00", "").strip()
    action = page.request.POST.get("action", "")
    if action not in ("forward", "own"):
        raise ValidationError(_("Choose what to hand in."))
    if len(text) > LONGEST:
        raise ValidationError(_("A comment has at most %(number)s characters.") % {"number": LONGEST})
    with change(door=door_of(page.user, Door.GRID), by=page.user, reason=page.reason):
        if forwards and action == "forward":
            report = Report.objects.filter(project=project, period=page.period).first()
            if report is None:
                raise ValidationError(_("There is nothing to hand in yet: enter a figure first."))
            submit_report(report=report, by=page.user, text=text)
        else:
            hand_in(project=project, period=page.period, by=page.user, text=text)
