"""A report's workbook: the template, the upload, the look before anything is written, and the marked workbook back."""

import io
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.actions import imports
from accounts.actions.previews import Outcome, Preview
from accounts.choices import ImportState
from accounts.models import Import, User
from accounts.reading.workbooks import Refused, Sheet, Workbook, open_workbook
from dashboards.access import for_staff
from dashboards.forms import ReasonForm
from dashboards.kinds import may_take_back
from dashboards.summaries import of_report
from indicators.models import Intake, ReportingPeriod
from indicators.workbooks.layout import Layout, layout_of
from indicators.workbooks.marking import marked
from indicators.workbooks.reports import KIND, ReportImport, figures_sheet
from indicators.workbooks.template import write_template
from projects.models import Project

ENTER = "indicators.add_submission"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: As people send them; the reader of workbooks has wider bounds of its own.
MOST_BYTES = 10_000_000


@never_cache
@require_GET
@for_staff(ENTER)
def report_template(request: HttpRequest, project: str, period: str) -> FileResponse:
    """The workbook of a report in the language of the address, with what is known filled in."""
    layout = _layout(project, period)
    file = io.BytesIO()
    write_template(file, layout)
    file.seek(0)
    name = f"{layout.project.slug}-{layout.period.slug}-{request.LANGUAGE_CODE}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(ENTER)
def report_upload(request: HttpRequest, project: str, period: str) -> HttpResponse:
    """Send a filled workbook: it is kept and looked at, and nothing of it is written yet."""
    layout = _layout(project, period)
    sentence = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None or isinstance(file, list):
            sentence = _("Choose the workbook that was filled in.")
        elif (file.size or 0) > MOST_BYTES:
            sentence = _("The file “%(name)s” is larger than %(most)s MB: split it.") % {
                "name": file.name,
                "most": MOST_BYTES // 1_000_000,
            }
        else:
            try:
                made = _kept(layout, str(file.name), file.read(), _user(request), intake=request.GET.get("intake", ""))
            except Refused as refused:
                sentence = refused.sentence
            except imports.Refused as refused:
                sentence = refused.sentence
            else:
                return redirect("report_upload_look", project, period, made.pk)
    context = {"layout": layout, "sentence": sentence, "most": MOST_BYTES // 1_000_000, "breadcrumbs": _crumbs()}
    return render(request, "dashboards/report_upload.html", context, status=422 if sentence else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(ENTER)
def report_upload_look(request: HttpRequest, project: str, period: str, pk: int) -> HttpResponse:
    """What a kept workbook would change, cell by cell; then apply all of it or its good cells."""
    layout = _layout(project, period)
    made = _of_report(pk, layout)
    if request.method == "POST" and made.state == ImportState.PREVIEWED:
        answer = _answered(request, layout, made)
        if answer is not None:
            return answer
        made = _of_report(pk, layout)
    seen, resource = _looked(layout, made, _user(request)) if made.state == ImportState.PREVIEWED else (None, None)
    has_moved = seen is not None and seen.digest != made.digest
    if seen is not None and has_moved:
        _note(made, seen, made.options)
        messages.warning(
            request, _("The figures changed since this workbook was looked at: this is how it stands now.")
        )
    return render(
        request,
        "dashboards/report_upload_look.html",
        {
            "layout": layout,
            "made": made,
            "seen": seen,
            "good": seen.writes if seen else 0,
            "refused": seen.counts[Outcome.REFUSED] if seen else 0,
            "questions": [problem for problem in seen.problems if problem.cell in resource.unusual]
            if seen is not None and resource is not None
            else [],
            "faults": [problem for problem in seen.problems if problem.cell not in resource.unusual]
            if seen is not None and resource is not None
            else [],
            "rows": [row for row in seen.rows if row.differences] if seen else [],
            "needs_reason": layout.period.state != "open",
            "undo_form": ReasonForm() if may_take_back(made, _user(request)) else None,
            "undo_url": reverse("import_undo", args=[made.pk]),
            "breadcrumbs": _crumbs(),
        },
    )


@never_cache
@require_GET
@for_staff(ENTER)
def report_upload_marked(request: HttpRequest, project: str, period: str, pk: int) -> FileResponse:
    """The workbook that was sent, with its faulty cells coloured and commented."""
    layout = _layout(project, period)
    made = _of_report(pk, layout)
    seen, _resource = _looked(layout, made, _user(request))
    content = bytes(made.file.content)
    file = io.BytesIO(marked(open_workbook(content, name=made.file.name), content, seen.problems))
    stem = made.file.name.rpartition(".")[0] or made.file.name
    return FileResponse(file, as_attachment=True, filename=f"{stem}-{_('marked')}.xlsx", content_type=XLSX)


def _answered(request: HttpRequest, layout: Layout, made: Import) -> HttpResponseRedirect | None:
    """Do what the page asked for; None when it could not be done, with a message that says why."""
    user = _user(request)
    action = request.POST.get("action", "")
    here = redirect("report_upload_look", layout.project.slug, layout.period.slug, made.pk)
    if action == "confirm":
        # Only what is asked about is confirmed: anything else that a form sends is no cell of this workbook.
        asked = _looked(layout, made, user)[1].unusual
        told = {
            *made.options.get("confirmed", []),
            *(each for each in request.POST.getlist("confirmed") if each in asked),
        }
        made.options = {**made.options, "confirmed": sorted(told)}
        seen, _resource = _looked(layout, made, user)
        _note(made, seen, made.options)
        return here
    if action not in ("apply", "apply_good"):
        messages.error(request, _("Choose what to do with the workbook."))
        return here
    _workbook, sheet = _sheet(layout, made)
    try:
        applied = imports.apply(
            record=made,
            resource=_resource_of(layout, made, user),
            sheet=sheet,
            by=user,
            reason=request.POST.get("reason", ""),
            only_good=action == "apply_good",
        )
    except imports.Refused as refused:
        messages.error(request, refused.sentence)
        return None
    number = applied.rows_new + applied.rows_changed
    messages.success(
        request,
        ngettext("%(n)d figure was saved as a draft.", "%(n)d figures were saved as drafts.", number) % {"n": number},
    )
    return here


def _kept(layout: Layout, name: str, content: bytes, user: User, *, intake: str) -> Import:
    workbook = open_workbook(content, name=name)
    resource = ReportImport(layout, user, intake=_intake(layout, intake))
    seen = imports.preview(resource=resource, sheet=figures_sheet(workbook, layout))
    return imports.keep(
        resource=resource,
        preview=seen,
        name=name,
        content=content,
        content_type=XLSX if workbook.kind == "xlsx" else "application/octet-stream",
        by=user,
        options={"project": layout.project.slug, "period": layout.period.slug, "confirmed": [], "intake": intake},
    )


def _sheet(layout: Layout, made: Import) -> tuple[Workbook, Sheet]:
    workbook = open_workbook(bytes(made.file.content), name=made.file.name)
    return workbook, figures_sheet(workbook, layout)


def _resource_of(layout: Layout, made: Import, user: User) -> ReportImport:
    intake = _intake(layout, made.options.get("intake", ""))
    return ReportImport(layout, user, frozenset(made.options.get("confirmed", [])), intake=intake)


def _intake(layout: Layout, code: str) -> Intake | None:
    """What the workbook came in with, when it is read on behalf of a partner.

    Raises:
        Refused: when there is no such entry for this report: the figures would not be the partner's.
    """
    found = of_report(code, project=layout.project.slug, period=layout.period)
    if code and found is None:
        raise Refused(_("What came in from the partner was not found: open the upload from its page again."))
    return found


def _looked(layout: Layout, made: Import, user: User) -> tuple[Preview, ReportImport]:
    resource = _resource_of(layout, made, user)
    return imports.preview(resource=resource, sheet=_sheet(layout, made)[1]), resource


def _note(made: Import, seen: Preview, options: dict[str, Any]) -> None:
    """Keep what is now shown, so that nothing else is applied."""
    made.digest = seen.digest
    made.options = {**options, "is_readable": seen.is_readable}
    for outcome in Outcome:
        setattr(made, f"rows_{outcome.value}", seen.counts[outcome])
    made.save()


def _layout(project: str, period: str) -> Layout:
    found = get_object_or_404(ReportingPeriod.objects.select_related("programme"), slug=period)
    owner = get_object_or_404(
        Project.objects.select_related("programme"), slug=project, programme_id=found.programme_id
    )
    return layout_of(owner, found)


def _of_report(pk: int, layout: Layout) -> Import:
    return get_object_or_404(
        Import.objects.select_related("file"),
        pk=pk,
        kind=KIND,
        options__project=layout.project.slug,
        options__period=layout.period.slug,
    )


def _user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("Workspace"), "url": reverse("workspace")}]
