"""Workbooks that are filled in: the download, the upload, the look before anything is written, and the marked one back.

One set of pages for every kind of workbook (``dashboards.workbooks``); the addresses say which.
"""

import io
from collections.abc import Callable
from functools import wraps
from typing import Any, Literal

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.actions import imports
from accounts.actions.previewed import confirm_cells, follow
from accounts.actions.previews import Preview
from accounts.choices import ImportState
from accounts.models import Import, User
from accounts.reading.workbooks import Refused, Workbook, open_workbook
from accounts.writing import CONTENT_TYPES, XLSX
from dashboards.access import for_members, for_staff
from dashboards.forms import ReasonForm, WorkbookForm
from dashboards.import_page import workspace_crumb
from dashboards.kinds import may_take_back
from dashboards.workbooks import SentWorkbook
from epe_ap.pages import few, unknown_names
from indicators.workbooks.marking import marked


def workbook_page(right: Literal["may_download", "may_send"]) -> Callable[..., Callable[..., HttpResponseBase]]:
    """A page about the workbook that its address names, for staff with this right over its kind, and where the workbook
    is for them for people of partner institutions."""

    def wrapped(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @never_cache
        @wraps(view)
        def answered(request: HttpRequest, *, kind: type[SentWorkbook], **named: Any) -> HttpResponseBase:
            keys = {"pk": int(named.pop("pk"))} if "pk" in named else {}

            allowed = for_members if kind.is_for_members else for_staff

            @allowed(getattr(kind, right))
            def opened(request: HttpRequest) -> HttpResponseBase:
                return view(request, kind(_user(request), **named), **keys)

            return opened(request)

        return answered

    return wrapped


@workbook_page("may_download")
@require_GET
def workbook_download(request: HttpRequest, workbook: SentWorkbook) -> FileResponse:
    """The workbook to be filled in, in the language of the address, with what is known."""
    file = io.BytesIO()
    workbook.write(file)
    file.seek(0)
    return _as_download(file, f"{workbook.file_name}-{request.LANGUAGE_CODE}.xlsx")


@workbook_page("may_send")
@require_http_methods(["GET", "HEAD", "POST"])
def workbook_upload(request: HttpRequest, workbook: SentWorkbook) -> HttpResponse:
    """Send a filled workbook: it is kept and looked at, and nothing of it is written yet."""
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = WorkbookForm(*sent, label=workbook.file_label)
    if form.is_valid():
        try:
            made = _kept(request, workbook, form.cleaned_data["file"])
        except (Refused, imports.Refused) as refused:
            form.add_error("file", refused.sentence)
        else:
            return redirect(workbook.address(workbook.look_page, pk=made.pk))
    context = {
        "workbook": workbook,
        "form": form,
        "problems": few(unknown_names(request.GET, workbook.asked)),
        "breadcrumbs": [workspace_crumb()],
    }
    return render(request, "dashboards/workbook_upload.html", context, status=422 if form.errors else 200)


@workbook_page("may_send")
@require_http_methods(["GET", "HEAD", "POST"])
def workbook_look(request: HttpRequest, workbook: SentWorkbook, pk: int) -> HttpResponse:
    """What a kept workbook would change, cell by cell; then save all of it or its good cells."""
    made, user = workbook.imported(pk), _user(request)
    if request.method == "POST" and made.state == ImportState.PREVIEWED:
        imports.require_own(user, made)
        try:
            _do(request, workbook, made)
        except imports.Refused as refused:
            messages.error(request, refused.sentence)
            made = workbook.imported(pk)
        else:
            return redirect(request.path)
    seen = _seen(workbook, made, user) if made.state == ImportState.PREVIEWED else None
    if seen is not None and seen.digest != made.digest:
        _follow(made, seen)
        messages.warning(
            request, _("The figures changed since this workbook was looked at: this is how it stands now.")
        )
    context = {
        "workbook": workbook,
        "made": made,
        "decides": imports.decides(user, made),
        "seen": seen,
        "marked_url": workbook.address(workbook.marked_page, pk=pk),
        "undo_form": ReasonForm() if may_take_back(made, user) else None,
        "undo_url": reverse("import_undo", args=[pk]),
        "breadcrumbs": [workspace_crumb()],
    }
    if seen is None:
        context["saved"] = workbook.saved(made.rows_new + made.rows_changed)
    else:
        only_good = made.rows_refused > 0
        context |= {
            "only_good": only_good,
            "save_label": workbook.save_label(seen.writes, only_good=only_good),
            "questions": [problem for problem in seen.problems if problem.is_question],
            "faults": [problem for problem in seen.problems if not problem.is_question],
            "rows": [row for row in seen.rows if row.differences and not row.problems],
        }
    return render(request, "dashboards/workbook_look.html", context)


@workbook_page("may_send")
@require_GET
def workbook_marked(request: HttpRequest, workbook: SentWorkbook, pk: int) -> FileResponse:
    """The workbook that was sent, with its faulty cells coloured and commented."""
    made = workbook.imported(pk)
    seen = _seen(workbook, made, _user(request))
    file = io.BytesIO(marked(_opened(made), bytes(made.file.content), seen.problems))
    stem = made.file.name.rpartition(".")[0] or made.file.name
    return _as_download(file, f"{stem}-{_('marked')}.xlsx")


def _do(request: HttpRequest, workbook: SentWorkbook, made: Import) -> None:
    """What the page asked for.

    Raises:
        Refused: when it cannot be done; nothing was written then.
    """
    user, action = _user(request), request.POST.get("action", "")
    if action == "confirm":
        # Only what is asked about is confirmed: anything else that a form sends is no cell of this workbook.
        asked = {problem.cell for problem in _seen(workbook, made, user).problems if problem.is_question}
        confirm_cells(record=made, cells=asked.intersection(request.POST.getlist("confirmed")), by=user)
        _follow(made, _seen(workbook, made, user))
    elif action in ("apply", "apply_good"):
        applied = imports.apply(
            record=made,
            resource=workbook.resource(user, made.options),
            sheet=workbook.sheet(_opened(made)),
            by=user,
            reason=request.POST.get("reason", ""),
            only_good=action == "apply_good",
        )
        messages.success(request, workbook.saved(applied.rows_new + applied.rows_changed))
    else:
        messages.error(request, _("Choose what to do with the workbook."))


def _kept(request: HttpRequest, workbook: SentWorkbook, sent: Any) -> Import:
    name, content, user = str(sent.name), sent.read(), _user(request)
    opened, options = open_workbook(content, name=name), workbook.options(request.GET)
    resource = workbook.resource(user, options)
    return imports.keep(
        resource=resource,
        preview=imports.preview(resource=resource, sheet=workbook.sheet(opened)),
        name=name,
        content=content,
        content_type=CONTENT_TYPES[opened.kind],
        by=user,
        options=options,
    )


def _seen(workbook: SentWorkbook, made: Import, user: User) -> Preview:
    """What the import would do now."""
    return imports.preview(resource=workbook.resource(user, made.options), sheet=workbook.sheet(_opened(made)))


def _opened(made: Import) -> Workbook:
    return open_workbook(bytes(made.file.content), name=made.file.name)


def _follow(made: Import, seen: Preview) -> None:
    follow(record=made, digest=seen.digest, counts=seen.counts, is_readable=seen.is_readable)


def _as_download(file: io.BytesIO, name: str) -> FileResponse:
    return FileResponse(file, as_attachment=True, filename=name, content_type=CONTENT_TYPES[XLSX])


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
