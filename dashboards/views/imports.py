"""Reading spreadsheets of records: what may be sent, what it would change, what was refused, and what was written."""

import tempfile
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actions import imports as actions
from accounts.actions.previewed import throw_away
from accounts.actions.undoing import undo
from accounts.choices import ImportState
from accounts.models import Import, User
from accounts.reading.telling import shown
from accounts.reading.workbooks import Refused as Unreadable
from accounts.writing import CONTENT_TYPES, XLSX
from dashboards.access import for_staff
from dashboards.explanations import explained
from dashboards.forms import ReasonForm, UploadForm
from dashboards.import_page import ImportPage, imports_crumb, workspace_crumb
from dashboards.kinds import KINDS, Kind, importable, kind_called, name_of, taker_back
from dashboards.looks import MARKS, Look, forget, look_at, looked, sheet_of, sheet_sent
from dashboards.marking import write_marked
from dashboards.workbooks import SENT_WORKBOOKS
from epe_ap.pages import few, page_numbers, page_of, unknown_names

IMPORTS_ON_A_PAGE = 25


@for_staff()
@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    """The kinds of records, and what was imported so far."""
    user = _user(request)
    kinds = [kind for kind in KINDS if kind.may_be_exported_by(user) or kind.may_be_imported_by(user)]
    made = Import.objects.select_related("file", "made_by").defer("file__content")
    number = Import.objects.count()
    page, problems = page_of(made, asked=request.GET.get("page", ""), number=number, per_page=IMPORTS_ON_A_PAGE)
    return render(
        request,
        "dashboards/imports.html",
        {
            "breadcrumbs": [workspace_crumb()],
            "problems": few([*unknown_names(request.GET, ["page"]), *problems]),
            "kinds": [
                {
                    "label": kind.label,
                    "url": reverse("import_kind", args=[kind.slug]),
                    "may_import": kind.may_be_imported_by(user),
                    "exports": kind.exports() if kind.may_be_exported_by(user) else [],
                }
                for kind in kinds
            ],
            "rows": [
                {
                    "made": each,
                    "kind": name_of(each.kind),
                    "url": _address(each) if _may_open(user, each) else "",
                }
                for each in page
            ],
            "number": number,
            "page_obj": page,
            "page_numbers": page_numbers(page),
        },
    )


@for_staff()
@require_http_methods(["GET", "HEAD", "POST"])
def import_kind(request: HttpRequest, kind: str) -> HttpResponse:
    """Sending a spreadsheet of one kind."""
    chosen = importable(request.user, kind)
    form = UploadForm(request.POST or None, request.FILES or None) if request.method == "POST" else UploadForm()
    if form.is_bound and form.is_valid():
        try:
            made = _keep(_user(request), chosen, form)
        except Unreadable as error:
            form.add_error("file", error.sentence)
        else:
            return redirect("import_page", pk=made.pk)
    return render(
        request,
        "dashboards/import_kind.html",
        {
            "breadcrumbs": [workspace_crumb(), imports_crumb()],
            "label": chosen.label,
            "form": form,
            "template_url": reverse("import_template", args=[chosen.slug]),
            "exports": chosen.exports(),
            "columns": explained(chosen.columns_for(request.user), chosen.resource().keys),
        },
    )


def _keep(user: User, kind: Kind, form: UploadForm) -> Import:
    sent = form.cleaned_data["file"]
    content = sent.read()
    resource = kind.resource(by=user)
    name = shown(sent.name)
    workbook, sheet = sheet_sent(content, name=name, kind=kind)
    seen = actions.preview(resource=resource, sheet=sheet)
    look = Look.of(seen, kind)
    made = actions.keep(
        resource=resource,
        preview=seen,
        name=name,
        content=content,
        content_type=CONTENT_TYPES[workbook.kind],
        by=user,
        # Once it is applied, the rows say nothing any more: they are as stored.
        options={"reason": form.cleaned_data["reason"], "is_demonstration": look.is_demonstration},
    )
    looked(made, look)
    return made


@for_staff("accounts.add_import")
@require_safe
def import_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What one spreadsheet would change, or what it changed."""
    made = _made(request, pk)
    kind = kind_called(made.kind)
    look, refusals = None, []
    if kind is not None and (made.state == ImportState.PREVIEWED or made.rows_refused):
        try:
            look = look_at(made, kind, by=_user(request))
        except Unreadable as error:
            refusals.append(error.sentence)
    shows = ImportPage(request, made, look, refusals)
    return render(request, "dashboards/import_page.html", shows.context())


@for_staff("accounts.add_import")
@require_POST
def import_apply(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Write what the page showed: all rows, or the good ones."""
    made = _made(request, pk)
    kind = kind_called(made.kind)
    if kind is None:
        raise Http404("Such an import has pages of its own.")
    user = _user(request)
    actions.require_own(user, made)
    address = redirect("import_page", pk=made.pk)
    if request.POST.get("seen", "") != made.digest:
        forget(made)
        messages.warning(request, _("The records changed while you looked. This is what the import would change now."))
        return address
    try:
        made = actions.apply(
            record=made,
            resource=kind.resource(by=user),
            sheet=sheet_of(made, kind),
            by=user,
            reason=str(made.options.get("reason", "")),
            only_good=request.POST.get("rows") == "good",
        )
    except (actions.Refused, Unreadable) as error:
        forget(made)
        messages.error(request, error.sentence)
        return address
    written = made.rows_new + made.rows_changed
    sentence = ngettext("%(number)s row was written.", "%(number)s rows were written.", written)
    messages.success(request, sentence % {"number": written})
    return address


@for_staff("accounts.add_import")
@require_POST
def import_discard(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Throw away what was looked at and not applied."""
    made = _made(request, pk)
    try:
        throw_away(record=made, by=_user(request))
    except actions.Refused as error:
        messages.error(request, error.sentence)
        return redirect("import_page", pk=made.pk)
    messages.success(request, _("“%(name)s” was thrown away; nothing was written.") % {"name": made.file.name})
    return redirect("import_kind", kind=made.kind) if kind_called(made.kind) else redirect("imports")


@for_staff("accounts.add_import")
@require_POST
def import_undo(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Take back all that an import wrote."""
    made = _made(request, pk)
    user = _user(request)
    writer = taker_back(made.kind, user)
    if writer is None:
        raise Http404("Nobody knows such records any more.")
    actions.require_own(user, made)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            undo(record=made, resource=writer, by=user, reason=form.cleaned_data["reason"])
        except actions.Refused as error:
            messages.error(request, error.sentence)
        else:
            messages.success(request, _("The import was undone: every record is as it was before."))
    else:
        messages.error(request, _("Say why the import is undone."))
    return redirect(_address(made))


@for_staff("accounts.view_storedfile")
@require_safe
def import_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file as it was sent."""
    made = _made(request, pk)
    # Never shown by the browser itself, whatever is in it.
    response = HttpResponse(bytes(made.file.content), content_type="application/octet-stream")
    return _as_download(response, made.file.name)


@for_staff("accounts.view_storedfile")
@require_safe
def import_marked(request: HttpRequest, pk: int) -> FileResponse:
    """The workbook with its faulty cells marked, as XLSX whatever was sent."""
    made = _made(request, pk)
    kind = kind_called(made.kind)
    if kind is None:
        raise Http404("Such an import has pages of its own.")
    look = look_at(made, kind, by=_user(request))
    # The response closes it.
    file = tempfile.SpooledTemporaryFile(max_size=5_000_000)  # noqa: SIM115
    write_marked(
        file,
        sheet=look.sheet,
        rows=sheet_of(made, kind).rows(),
        header_row=look.header_row,
        problems=look.problems,
        heading=MARKS,
    )
    file.seek(0)
    response = FileResponse(file, content_type=CONTENT_TYPES[XLSX])
    return _as_download(response, f"{made.file.name.rpartition('.')[0] or made.file.name}-marked.xlsx")


def _made(request: HttpRequest, pk: int) -> Import:
    """An import that the person may look into: whoever may not import its kind sees it in the list alone."""
    made: Import = get_object_or_404(
        Import.objects.select_related("file", "made_by", "change__made_by", "undone_by__made_by").defer(
            "file__content"
        ),
        pk=pk,
    )
    if not _may_open(_user(request), made):
        raise PermissionDenied(_("Your account may not open this page: ask an administrator for the right."))
    return made


def _address(made: Import) -> str:
    """The page of an import: figures of a report and frameworks have their own."""
    workbook = SENT_WORKBOOKS.get(made.kind)
    if workbook is not None:
        named = {part: made.options.get(part, "") for part in workbook.parts}
        # An import that was kept before there were such pages: what is known of it is told all the same.
        with suppress(NoReverseMatch):
            return reverse(workbook.look_page, kwargs={**named, "pk": made.pk})
    return reverse("import_page", args=[made.pk])


def _may_open(user: User, made: Import) -> bool:
    kind, workbook = kind_called(made.kind), SENT_WORKBOOKS.get(made.kind)
    if kind is not None:
        return user.has_perm("accounts.add_import") and kind.may_be_imported_by(user)
    return user.has_perms(("accounts.add_import", *((workbook.may_send,) if workbook else ())))


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _as_download(response: Any, name: str) -> Any:
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["X-Content-Type-Options"] = "nosniff"
    return response
