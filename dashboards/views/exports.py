"""Records as spreadsheets: all of a kind, those of a filtered list of the administration, or an empty template."""

import tempfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import PAGE_VAR, SEARCH_VAR
from django.db import DataError
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.reading.telling import shown
from accounts.resources import Column as ResourceColumn
from accounts.writing import CONTENT_TYPES, CSV, ODS, XLSX, Column, TooLarge, write_csv, write_ods, write_xlsx
from dashboards.access import for_staff
from dashboards.explanations import explained
from dashboards.import_page import imports_crumb, workspace_crumb
from dashboards.kinds import Kind, exportable, importable
from projects.models import Programme

#: In an address, the one name that is not a filter of the administration's list.
PROGRAMME = "programme"
#: Rows above which LibreOffice takes minutes to open a sheet; CSV and XLSX go on.
MOST_ROWS_OF_ODS = 200_000
#: On disk past so many bytes.
IN_MEMORY = 5_000_000
FORMATS = (XLSX, ODS, CSV)


@for_staff()
@require_safe
def export_kind(request: HttpRequest, kind: str) -> HttpResponse:
    """The files of one kind, for all records or those of a filtered list."""
    chosen = exportable(request.user, kind)
    rows, problems = _rows(request, chosen)
    query = request.GET.copy()
    query.pop(PAGE_VAR, None)
    programmes = [
        {
            "label": each.code,
            "url": f"?{urlencode({PROGRAMME: each.slug})}",
        }
        for each in Programme.objects.filter(is_demonstration=True).order_by("code")
    ]
    return render(
        request,
        "dashboards/export_kind.html",
        {
            "breadcrumbs": [workspace_crumb(), imports_crumb()],
            "problems": problems,
            "label": chosen.label,
            "number": rows.count(),
            "search": shown(request.GET.get(SEARCH_VAR, "")),
            "is_filtered": bool(set(query) - {PROGRAMME, "o"}),
            "programme": shown(request.GET.get(PROGRAMME, "")),
            "programmes": programmes,
            "all_url": reverse("export_kind", args=[chosen.slug]),
            "downloads": [
                {
                    "label": ending.upper(),
                    "url": f"{reverse('export_file', args=[chosen.slug, ending])}{'?' if query else ''}{query.urlencode()}",
                }
                for ending in FORMATS
            ],
            "import_url": reverse("import_kind", args=[chosen.slug]) if chosen.may_be_imported_by(request.user) else "",
        },
    )


@for_staff()
@require_safe
def export_file(request: HttpRequest, kind: str, ending: str) -> HttpResponseBase:
    """The records as a file."""
    chosen = exportable(request.user, kind)
    if ending not in FORMATS:
        raise Http404(f"No format {ending}.")
    rows, problems = _rows(request, chosen)
    if problems:
        # A file with other rows than those asked for would mislead: the page says what is wrong.
        return redirect(f"{reverse('export_kind', args=[kind])}?{request.GET.urlencode()}")
    columns = chosen.columns_for(request.user)
    try:
        if ending == ODS and rows.count() > MOST_ROWS_OF_ODS:
            raise TooLarge(
                _(
                    "An ODS file of more than %(most)s rows takes minutes to open: download CSV or XLSX, or filter first."
                )
                % {"most": MOST_ROWS_OF_ODS}
            )
        return _file(chosen, columns, rows, ending, name=f"{chosen.slug}-{timezone.localdate():%Y-%m-%d}")
    except TooLarge as error:
        messages.error(request, str(error))
        return redirect(f"{reverse('export_kind', args=[kind])}?{request.GET.urlencode()}")


@for_staff()
@require_safe
def import_template(request: HttpRequest, kind: str) -> HttpResponseBase:
    """An empty workbook with the columns that an import reads, and what each holds."""
    chosen = importable(request.user, kind)
    columns = [column for column in chosen.columns_for(request.user) if not column.readonly]
    return _file(chosen, columns, chosen.model._base_manager.none(), XLSX, name=f"{chosen.slug}-template")


def _rows(request: HttpRequest, kind: Kind) -> tuple[Any, list[str]]:
    """The records that an address asks for, and sentences about what it asks for in vain."""
    query = request.GET.copy()
    programme = query.get(PROGRAMME, "").replace("\x00", "")
    problems = []
    called = Q(slug__iexact=programme) | Q(code__iexact=programme)
    if programme and not Programme.objects.filter(called).exists():
        problems.append(_("No programme is called “%(value)s”.") % {"value": shown(programme)})
    for name in (PROGRAMME, PAGE_VAR):
        query.pop(name, None)
    chosen = None
    if query:
        try:
            if any("\x00" in value for name in query for value in (name, *query.getlist(name))):
                raise ValueError("No database holds a null byte, and not every one says so.")
            chosen = _as_listed(request, kind, query)
        except (IncorrectLookupParameters, DataError, OverflowError, ValueError):
            problems.append(_("The filter of the list was not understood and was left aside: all records are meant."))
    return kind.rows(programme=programme, chosen=chosen), problems


def _as_listed(request: HttpRequest, kind: Kind, query: Any) -> Any:
    """The records that the administration's list shows under a filter."""
    asked: Any = HttpRequest()
    asked.META, asked.method, asked.GET = request.META, "GET", query
    asked.user, asked.session = request.user, getattr(request, "session", None)
    return admin.site.get_model_admin(kind.model).get_changelist_instance(asked).get_queryset(asked)


def _file(
    kind: Kind, columns: list[ResourceColumn], rows: Any, ending: str, *, name: str
) -> FileResponse | StreamingHttpResponse:
    resource = kind.resource()
    headed = [
        Column(each.name, f"{each.meaning} {each.reads} {' '.join(value['word'] for value in each.values)}".strip())
        for each in explained(columns, resource.keys)
    ]
    cells = _cells(resource, columns, rows, is_native=ending != CSV)
    if ending == CSV:
        return _as_download(
            StreamingHttpResponse(write_csv(headed, cells), content_type=CONTENT_TYPES[CSV]), f"{name}.csv"
        )
    # The response closes it.
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    write = write_xlsx if ending == XLSX else write_ods
    write(file, headed, cells, sheet=kind.slug, about=[kind.label])
    file.seek(0)
    return _as_download(FileResponse(file, content_type=CONTENT_TYPES[ending]), f"{name}.{ending}")


def _cells(resource: Any, columns: list[ResourceColumn], rows: Any, *, is_native: bool) -> Iterator[list[Any]]:
    for record in resource.iter_queryset(rows):
        values = [(column.widget, column.get_value(record)) for column in columns]
        yield [widget.native(value) if is_native else widget.render(value) for widget, value in values]


def _as_download(response: Any, name: str) -> Any:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
