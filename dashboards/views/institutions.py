"""An institution in figures: what the sources say about it, its answers in a round of verification, its sheet."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions import StaleRecord, change
from accounts.choices import Door
from accounts.models import User
from dashboards.access import for_members
from dashboards.answers import AnswerForm, initial_of
from dashboards.institutions import Figure, Institution
from dashboards.overviews import today_of
from dashboards.receipts import zone_of
from dashboards.views.review import READ
from epe_ap.pages import unknown_names, unknown_value
from epe_ap.pdf import pdf_answer
from indicators.actions import answer_figure
from indicators.choices import ConfirmationAnswer
from indicators.models import Confirmation
from partners.models import Partner

#: Of the sheet, for whoever leads the institution.
SHEET_LANGUAGE = "es"


@never_cache
@require_safe
@for_members(READ)
def institutions(request: HttpRequest) -> HttpResponse:
    """The institutions of a person who has several; all of them for staff. Whoever has one is led to it."""
    assert isinstance(request.user, User)
    partners = Partner.objects.all() if request.user.is_staff else Partner.objects.for_user(request.user)
    found = list(partners.select_related("country").order_by("name"))
    if len(found) == 1 and not request.user.is_staff:
        return redirect("institution", found[0].slug)
    return shown_to(
        request,
        "dashboards/institutions.html",
        {"institutions": found, "problems": unknown_names(request.GET), "breadcrumbs": [workspace_crumb()]},
    )


@never_cache
@require_safe
@for_members(READ)
def institution(request: HttpRequest, slug: str) -> HttpResponse:
    assert isinstance(request.user, User)
    shown = Institution.with_sources(request.user, slug, today_of(request.user))
    return shown_to(
        request,
        "dashboards/institution.html",
        {
            "institution": shown,
            "partner": shown.partner,
            "languages": settings.LANGUAGES,
            "problems": unknown_names(request.GET),
            "breadcrumbs": [workspace_crumb()],
        },
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_members(READ)
def institution_verify(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One figure at a time: what the sources say, and what the institution answers."""
    assert isinstance(request.user, User)
    shown = Institution(request.user, slug, today_of(request.user))
    figure = shown.figure(pk)
    form, refused, status = AnswerForm.showing(figure), list[str](), 200
    if request.method == "POST":
        if not shown.may_answer:
            raise PermissionDenied(_("Contributors and leads answer for an institution: your account reads only."))
        form, status = AnswerForm(request.POST, figure=figure), 422
        if form.is_valid():
            try:
                answer = _answer(request.user, shown, figure, form)
            except ValidationError as error:
                refused = error.messages
            except StaleRecord:
                return _stale(request, shown, pk)
            else:
                return _go_on(request, slug, pk, attach=answer if form.cleaned_data["is_to_follow"] else None)
        elif form.incomplete:
            refused = [_("The page was incomplete: load it again.")]
    return _verify_page(request, shown, figure, form, refused, status=status)


def _verify_page(
    request: HttpRequest, shown: Institution, figure: Figure, form: AnswerForm, refused: list[str], *, status: int
) -> HttpResponse:
    shown.add_citations([figure])
    progress = shown.progress_of(figure)
    is_open = figure.round is not None and not figure.is_settled
    return shown_to(
        request,
        "dashboards/institution_verify.html",
        {
            "institution": shown,
            "partner": shown.partner,
            "figure": figure,
            "form": form if is_open and shown.may_answer else None,
            "progress": progress,
            "place": progress.place(figure.pk) if progress else 0,
            "following": progress.after(figure.pk) if progress else None,
            "refused": refused,
            "is_stale": status == 409,
            "problems": unknown_names(request.GET),
            "breadcrumbs": [
                workspace_crumb(),
                {"label": shown.partner.short_name, "url": reverse("institution", args=[shown.partner.slug])},
            ],
        },
        status=status,
    )


def _answer(user: User, shown: Institution, figure: Figure, form: AnswerForm) -> Confirmation:
    if figure.round is None:
        raise ValidationError(_("The round is closed: answers can no longer be given or changed."))
    with change(door=Door.WORKSPACE, by=user, reason=str(figure.round)):
        return answer_figure(
            round=figure.round,
            partner=shown.partner,
            actual=figure.actual,
            by=user,
            today=shown.today,
            said=form.said(),
            version=form.cleaned_data["version"],
            figure_version=form.cleaned_data["figure_version"],
        )


def _stale(request: HttpRequest, shown: Institution, pk: int) -> HttpResponse:
    """What stands there now beside what was typed, which a second look may still send."""
    now = Institution(shown.user, shown.partner.slug, shown.today)
    figure = now.figure(pk)
    stands = initial_of(figure)
    data = request.POST.copy()
    data["version"], data["figure_version"] = str(stands["version"]), str(stands["figure_version"])
    refused = [
        _("Somebody else answered, or the figure changed, meanwhile: nothing was saved. Look again, then save again.")
    ]
    return _verify_page(request, now, figure, AnswerForm(data, figure=figure), refused, status=409)


def _go_on(request: HttpRequest, slug: str, pk: int, *, attach: Confirmation | None) -> HttpResponse:
    """The next figure without an answer; after the last, or when asked to stop, the institution's page. First the page
    on which a file is attached, where one was announced."""
    assert isinstance(request.user, User)
    now = Institution(request.user, slug, today_of(request.user))
    progress = now.progress_of(now.figure(pk))
    if progress is None:
        return redirect("institution", slug)
    messages.success(
        request,
        _("Saved. %(answered)s of %(total)s figures are answered.")
        % {"answered": progress.answered, "total": progress.total},
    )
    if attach is not None and attach.answer == ConfirmationAnswer.EVIDENCE:
        return redirect(f"{reverse('evidence_add')}?confirmation={attach.pk}")
    following = progress.after(pk)
    if following is None or "stop" in request.POST:
        return redirect(f"{reverse('institution', args=[slug])}#figure-{pk}")
    return redirect("institution_verify", slug, following.pk)


@never_cache
@require_safe
@for_members(READ)
def institution_sheet(request: HttpRequest, slug: str) -> HttpResponseBase:
    """A page or two for whoever leads the institution, as PDF: in Spanish, unless another language is asked for."""
    assert isinstance(request.user, User)
    known = [code for code, _name in settings.LANGUAGES]
    asked = request.GET.get("language", SHEET_LANGUAGE)
    if asked not in known:
        shown = Institution.with_sources(request.user, slug, today_of(request.user))
        problem = unknown_value("language", asked, known)
        return shown_to(
            request, "epe_ap/no_sheet.html", {"sentence": problem, "back": _page_of(shown.partner)}, status=400
        )
    with translation.override(asked), timezone.override(zone_of(request.user)):
        shown = Institution.with_sources(request.user, slug, today_of(request.user))
        context: dict[str, Any] = {"institution": shown, "partner": shown.partner, "made_on": shown.today}
        return pdf_answer(
            request,
            "dashboards/institution_sheet.html",
            context,
            name=shown.partner.slug,
            back=_page_of(shown.partner),
        )


def shown_to(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A page with the moments on it by the clock of its reader."""
    assert isinstance(request.user, User)
    with timezone.override(zone_of(request.user)):
        return render(request, template, context, status=status)


def _page_of(partner: Partner) -> str:
    return reverse("institution", args=[partner.slug])


def workspace_crumb() -> dict[str, str]:
    return {"label": _("Workspace"), "url": reverse("workspace")}
