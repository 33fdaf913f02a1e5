"""The measurement framework as one sheet: its download, its upload, and the look before anything is written."""

import io

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
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
from accounts.reading.workbooks import Refused, Workbook, open_workbook
from dashboards.access import for_staff
from dashboards.forms import ReasonForm
from dashboards.kinds import may_take_back
from indicators.workbooks.framework_imports import KIND, FrameworkImport, framework_sheet
from indicators.workbooks.frameworks import write_framework
from indicators.workbooks.marking import marked
from projects.models import Programme

CHANGE = "indicators.change_indicator"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_BYTES = 10_000_000


@never_cache
@require_GET
@for_staff("indicators.view_indicator")
def pmf_workbook(request: HttpRequest, programme: str) -> FileResponse:
    """The performance measurement framework of a programme, as one sheet."""
    found = get_object_or_404(Programme, slug=programme)
    file = io.BytesIO()
    write_framework(file, found)
    file.seek(0)
    name = f"{found.slug}-{_('framework')}-{request.LANGUAGE_CODE}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(CHANGE)
def pmf_upload(request: HttpRequest, programme: str) -> HttpResponse:
    """Send a changed framework: it is kept and looked at, and nothing of it is written yet."""
    found = get_object_or_404(Programme, slug=programme)
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
                made = _kept(found, str(file.name), file.read(), _user(request))
            except (Refused, imports.Refused) as refused:
                sentence = refused.sentence
            else:
                return redirect("pmf_upload_look", programme, made.pk)
    context = {
        "programme": found,
        "sentence": sentence,
        "most": MOST_BYTES // 1_000_000,
        "breadcrumbs": _crumbs(),
    }
    return render(request, "dashboards/framework_upload.html", context, status=422 if sentence else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(CHANGE)
def pmf_upload_look(request: HttpRequest, programme: str, pk: int) -> HttpResponse:
    """What a kept framework would change, cell by cell; then apply all of it or its good rows."""
    found = get_object_or_404(Programme, slug=programme)
    made = _of_programme(pk, found)
    user = _user(request)
    if request.method == "POST" and made.state == ImportState.PREVIEWED:
        try:
            applied = imports.apply(
                record=made,
                resource=FrameworkImport(found, user),
                sheet=framework_sheet(_workbook(made), found),
                by=user,
                reason=request.POST.get("reason", ""),
                only_good=request.POST.get("action") == "apply_good",
            )
        except imports.Refused as refused:
            messages.error(request, refused.sentence)
            made = _of_programme(pk, found)
        else:
            number = applied.rows_new + applied.rows_changed
            messages.success(
                request,
                ngettext("%(n)d row of the framework was changed.", "%(n)d rows of the framework were changed.", number)
                % {"n": number},
            )
            return redirect("pmf_upload_look", programme, pk)
    seen = _looked(made, found, user) if made.state == ImportState.PREVIEWED else None
    if seen is not None and seen.digest != made.digest:
        made.digest = seen.digest
        for outcome in Outcome:
            setattr(made, f"rows_{outcome.value}", seen.counts[outcome])
        made.save()
        messages.warning(
            request, _("The figures changed since this workbook was looked at: this is how it stands now.")
        )
    return render(
        request,
        "dashboards/framework_upload_look.html",
        {
            "programme": found,
            "made": made,
            "seen": seen,
            "good": seen.writes if seen else 0,
            "refused": seen.counts[Outcome.REFUSED] if seen else 0,
            "rows": [row for row in seen.rows if row.differences and not row.problems] if seen else [],
            "undo_form": ReasonForm() if may_take_back(made, user) else None,
            "undo_url": reverse("import_undo", args=[made.pk]),
            "breadcrumbs": _crumbs(),
        },
    )


@never_cache
@require_GET
@for_staff(CHANGE)
def pmf_upload_marked(request: HttpRequest, programme: str, pk: int) -> FileResponse:
    """The framework that was sent, with its faulty cells coloured and commented."""
    found = get_object_or_404(Programme, slug=programme)
    made = _of_programme(pk, found)
    seen = _looked(made, found, _user(request))
    file = io.BytesIO(marked(_workbook(made), bytes(made.file.content), seen.problems))
    stem = made.file.name.rpartition(".")[0] or made.file.name
    return FileResponse(file, as_attachment=True, filename=f"{stem}-{_('marked')}.xlsx", content_type=XLSX)


def _kept(programme: Programme, name: str, content: bytes, user: User) -> Import:
    workbook = open_workbook(content, name=name)
    resource = FrameworkImport(programme, user)
    seen = imports.preview(resource=resource, sheet=framework_sheet(workbook, programme))
    return imports.keep(
        resource=resource,
        preview=seen,
        name=name,
        content=content,
        content_type=XLSX if workbook.kind == "xlsx" else "application/octet-stream",
        by=user,
        options={"programme": programme.slug},
    )


def _looked(made: Import, programme: Programme, user: User) -> Preview:
    return imports.preview(resource=FrameworkImport(programme, user), sheet=framework_sheet(_workbook(made), programme))


def _workbook(made: Import) -> Workbook:
    return open_workbook(bytes(made.file.content), name=made.file.name)


def _of_programme(pk: int, programme: Programme) -> Import:
    return get_object_or_404(Import.objects.select_related("file"), pk=pk, kind=KIND, options__programme=programme.slug)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("Workspace"), "url": reverse("workspace")}]
