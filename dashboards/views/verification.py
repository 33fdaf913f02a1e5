"""Rounds of verification for the staff: what institutions answered, and what is made of each answer."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions import StaleRecord, change
from accounts.choices import Door
from accounts.models import User
from dashboards.access import for_staff
from dashboards.answers import SettleForm
from dashboards.overviews import today_of
from dashboards.verification import answers_of, as_figures, figure_of, lines_of, rounds_for_list
from dashboards.views.institutions import shown_to, workspace_crumb
from dashboards.views.review import READ, REVIEW
from epe_ap.pages import page_numbers, page_of, unknown_names, unknown_value
from indicators.actions import one_refresh, settle
from indicators.choices import ConfirmationAnswer, Settlement
from indicators.models import Actual, Confirmation, VerificationRound
from library.actions import note_correction


@never_cache
@require_safe
@for_staff(READ)
def verification_rounds(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    today = today_of(request.user)
    return shown_to(
        request,
        "dashboards/verification_rounds.html",
        {
            "rounds": [(each, each.is_open(today)) for each in rounds_for_list()],
            "problems": unknown_names(request.GET),
            "breadcrumbs": [workspace_crumb()],
        },
    )


@never_cache
@require_safe
@for_staff(READ)
def verification_round(request: HttpRequest, code: str) -> HttpResponse:
    """What was answered in a round: first what needs somebody, and how far each institution got."""
    assert isinstance(request.user, User)
    round = get_object_or_404(VerificationRound.objects.select_related("programme"), code=code)
    problems = unknown_names(request.GET, ["institution", "page"])
    lines = lines_of(round)
    asked = request.GET.get("institution", "")
    chosen = next((line.partner for line in lines if line.partner.slug == asked), None)
    if asked and chosen is None:
        problems.append(unknown_value("institution", asked, [line.partner.slug for line in lines]))
    number = sum(line.answered for line in lines if chosen is None or line.partner == chosen)
    page, sentences = page_of(answers_of(round, chosen), asked=request.GET.get("page", ""), number=number)
    return shown_to(
        request,
        "dashboards/verification_round.html",
        {
            "round": round,
            "is_open": round.is_open(today_of(request.user)),
            "lines": lines,
            "chosen": chosen,
            "figures": as_figures(list(page.object_list)),
            "answered": number,
            "waiting": sum(line.to_settle for line in lines),
            "page_obj": page,
            "page_numbers": page_numbers(page),
            "problems": [*problems, *sentences],
            "breadcrumbs": [workspace_crumb(), rounds_crumb()],
        },
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(READ)
def verification_settle(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One answer: adopt it, or keep the figure and tell the institution why."""
    assert isinstance(request.user, User)
    answer = get_object_or_404(answers_of(get_object_or_404(VerificationRound, code=code)), pk=pk)
    form, refused, status = SettleForm.showing(answer), list[str](), 200
    if request.method == "POST":
        if not request.user.has_perm(REVIEW):
            raise PermissionDenied(_("Monitoring specialists review what is reported: your account may not."))
        form, status = SettleForm(request.POST, answer=answer), 422
        if form.is_valid():
            try:
                _settle(request.user, answer, form)
            except ValidationError as error:
                refused = error.messages
            except StaleRecord:
                answer = answers_of(answer.round).get(pk=pk)
                data = request.POST.copy()
                data["version"] = str(answer.version)
                form, status = SettleForm(data, answer=answer), 409
                refused = [_("The answer was changed or settled meanwhile: nothing was saved. Look at it again.")]
            else:
                messages.success(request, _("Settled. The institution sees it on its page."))
                return redirect("verification_round", code)
        elif "version" in form.errors:
            refused = [_("The page was incomplete: load it again.")]
    return shown_to(
        request,
        "dashboards/verification_settle.html",
        {
            "round": answer.round,
            "answer": answer,
            "figure": figure_of(answer, request.user),
            "form": form if answer.settlement == Settlement.PENDING and request.user.has_perm(REVIEW) else None,
            "refused": refused,
            "problems": unknown_names(request.GET),
            "breadcrumbs": [
                workspace_crumb(),
                rounds_crumb(),
                {"label": str(answer.round), "url": reverse("verification_round", args=[code])},
            ],
        },
        status=status,
    )


def _settle(by: User, answer: Confirmation, form: SettleForm) -> None:
    text, settlement = form.cleaned_data["text"], Settlement(form.cleaned_data["settlement"])
    with change(door=Door.WORKSPACE, by=by, reason=text), one_refresh():
        settled = settle(
            confirmation=answer,
            by=by,
            settlement=settlement,
            text=text,
            version=form.cleaned_data["version"],
            reading=form.reading() if settlement == Settlement.ADOPTED else None,
        )
        if settlement == Settlement.ADOPTED and settled.answer == ConfirmationAnswer.CORRECTED:
            actual = (
                Actual.objects.with_series().select_related("series__indicator__programme").get(pk=answer.actual_id)
            )
            note_correction(actual=actual, partner=settled.partner)


def rounds_crumb() -> dict[str, str]:
    return {"label": _("Verification rounds"), "url": reverse("verification_rounds")}
