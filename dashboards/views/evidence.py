"""Evidence of a figure, or of an institution's answer about one: attached, handed out as a file, taken back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actions import change
from accounts.choices import Door
from accounts.forms import is_key
from accounts.models import StoredFile, User
from dashboards import evidence_files
from dashboards.access import for_members
from dashboards.evidence_forms import EvidenceForm
from dashboards.files import keep
from dashboards.overviews import today_of
from dashboards.reviews import part_of
from epe_ap.pages import unknown_names
from indicators.actions.evidence import attach_evidence, detach_evidence, may_attach
from indicators.choices import Settlement, SubmissionState
from indicators.models import Category, Confirmation, Evidence, Submission
from indicators.tables import Names

READ = "indicators.view_evidence"
OPEN_FILE = "accounts.view_storedfile"

SERIES = ("indicator__programme", "project", "country", "partner", "forum", "breakdown", "reporter")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_members(READ)
def evidence_add(request: HttpRequest) -> HttpResponse:
    """What was attached so far, what serves and what does not, and the form for one piece more."""
    assert isinstance(request.user, User)
    of = _asked_for(request)
    programme = _series(of).indicator.programme
    is_open = _is_open(of) and may_attach(request.user, of)
    form = EvidenceForm(
        request.POST if request.method == "POST" else None,
        request.FILES or None,
        programme=programme,
        today=today_of(request.user),
    )
    if request.method == "POST":
        if not is_open:
            raise PermissionDenied(_("Evidence is attached by those who report the figure: your account may not."))
        if form.is_valid() and _attach(of, form, request.user):
            messages.success(request, _("Kept. You can attach another piece, or go back."))
            return redirect(request.get_full_path())
    return render(
        request,
        "dashboards/evidence.html",
        _about(of)
        | {
            "programme": programme,
            "form": form,
            "is_open": is_open,
            "evidence": of.evidence.order_by("pk"),
            "may_open_file": not request.user.is_staff or request.user.has_perm(OPEN_FILE),
            "may_take_back": is_open and (isinstance(of, Submission) and of.state != SubmissionState.SUBMITTED),
            "problems": unknown_names(request.GET, ["submission", "confirmation"]),
            "breadcrumbs": [{"label": _("Workspace"), "url": reverse("workspace")}],
        },
        status=422 if request.method == "POST" else 200,
    )


def _attach(of: Submission | Confirmation, form: EvidenceForm, by: User) -> bool:
    """Keep what was given; whether it was."""
    typed: dict[str, Any] = {**form.cleaned_data}
    sent = typed.pop("file")
    try:
        looked_at = evidence_files.checked(sent) if sent else None
    except ValidationError as error:
        form.add_error("file", error)
        return False
    try:
        with change(door=Door.WORKSPACE, by=by):
            file = keep(**looked_at._asdict(), by=by) if looked_at else None
            attach_evidence(to=of, by=by, file=file, **typed)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    return True


@require_safe
@never_cache
@for_members(READ, OPEN_FILE)
def evidence_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file itself, to be saved: no browser shows it as a page of this site, and none keeps it."""
    assert isinstance(request.user, User)
    found = get_object_or_404(Evidence.objects.for_user(request.user).exclude(file=None), pk=pk)
    kept = get_object_or_404(StoredFile, pk=found.file_id)
    response = HttpResponse(bytes(kept.content), content_type=kept.content_type)
    response["Content-Disposition"] = content_disposition_header(True, kept.name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "no-store, private"
    return response


@require_POST
@for_members(READ)
def evidence_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what was attached by mistake, file and all."""
    assert isinstance(request.user, User)
    record = get_object_or_404(
        Evidence.objects.for_user(request.user).select_related("submission__series", "confirmation__partner"), pk=pk
    )
    with change(door=Door.WORKSPACE, by=request.user):
        detach_evidence(record=record, by=request.user)
    messages.success(request, _("It was taken back, and its file deleted."))
    name = "confirmation" if record.submission_id is None else "submission"
    return redirect(f"{reverse('evidence_add')}?{name}={record.submission_id or record.confirmation_id}")


def _asked_for(request: HttpRequest) -> Submission | Confirmation:
    """The figure or the answer that the address names, if the person sees it; there is no other."""
    user = request.user
    assert isinstance(user, User)
    asked = {name: request.GET[name] for name in ("submission", "confirmation") if request.GET.get(name)}
    if len(asked) != 1 or not all(is_key(value) for value in asked.values()):
        raise Http404
    if "submission" in asked:
        submissions = Submission.objects.for_user(user).select_related(
            "period", *(f"series__{part}" for part in SERIES)
        )
        found: Submission = get_object_or_404(submissions, pk=asked["submission"])
        return found
    confirmations = Confirmation.objects.for_user(user).select_related(
        "partner", "round", "actual__period", *(f"actual__series__{part}" for part in SERIES)
    )
    answer: Confirmation = get_object_or_404(confirmations, pk=asked["confirmation"])
    return answer


def _series(of: Submission | Confirmation) -> Any:
    return of.series if isinstance(of, Submission) else of.actual.series


def _is_open(of: Submission | Confirmation) -> bool:
    """Whether a piece may still follow."""
    if isinstance(of, Submission):
        return of.state != SubmissionState.APPROVED
    return of.settlement == Settlement.PENDING


def _about(of: Submission | Confirmation) -> dict[str, Any]:
    """What the page says of the figure, and the way back to it."""
    series = _series(of)
    period = of.period if isinstance(of, Submission) else of.actual.period
    names = Names.of((), Category.objects.select_related("dimension"))
    if isinstance(of, Confirmation):
        back = reverse("institution_verify", args=[of.partner.slug, of.actual_id])
    elif series.project is None:
        back = reverse("workspace")
    else:
        back = reverse("report_question", args=[series.project.slug, period.slug, series.pk])
    return {
        "indicator": series.indicator,
        "part": part_of(series, names),
        "project": series.project,
        "period": period,
        "back": back,
    }
