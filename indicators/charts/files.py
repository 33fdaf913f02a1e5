"""A chart as files: the drawing, which says by itself what it shows and where it is from, and its table."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from accounts.writing import CONTENT_TYPES, CSV, Column, write_csv
from indicators.charts import country_map
from indicators.charts.chart import Cell, Chart
from indicators.charts.drawing import Shape, Sheet
from opendata.writers import neutral

#: Around the drawing.
MARGIN = 16
TYPES = {"svg": "image/svg+xml; charset=utf-8", "csv": CONTENT_TYPES[CSV]}


@dataclass(frozen=True)
class Poster:
    """A drawing with what a page says around it, as one drawing of its own."""

    width: int
    height: int
    #: Where the chart's own drawing stands.
    top: float
    around: list[Shape]


def chart_file(request: HttpRequest, charts: Iterable[Chart], *, kind: str, ending: str) -> HttpResponse:
    """The chart of that kind as a file to keep.

    Raises:
        Http404: where the page has no such chart, or there is no such kind of file.
    """
    chart = next((chart for chart in charts if chart.kind == kind), None)
    if chart is None or ending not in TYPES:
        raise Http404("no such chart")
    address = request.build_absolute_uri(chart.page)
    content = as_svg(chart, address) if ending == "svg" else as_csv(chart, address)
    response = HttpResponse(content, content_type=TYPES[ending])
    response["Content-Disposition"] = f'attachment; filename="{file_name(chart)}.{ending}"'
    if chart.is_demonstration:
        response["X-Robots-Tag"] = "noindex"
    return response


def file_name(chart: Chart) -> str:
    """What it is called where it is kept: by what it is about and its kind."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", chart.key).strip("-")


def as_svg(chart: Chart, address: str) -> str:
    """The drawing with its title, notes, sources and address, in light colours that need no style sheet."""
    poster = poster_of(chart, address)
    needs_shapes = any(shape.tag == "use" for shape in chart.drawing.shapes)
    context = {
        "chart": chart,
        "poster": poster,
        "margin": MARGIN,
        # Our own file, and not a reader's.
        "definitions": mark_safe(country_map.shapes()) if needs_shapes else "",  # noqa: S308
    }
    return render_to_string("components/chart_file.svg", context)


def poster_of(chart: Chart, address: str) -> Poster:
    sheet = Sheet(width=chart.drawing.width, y=MARGIN)
    x, width = float(MARGIN), chart.drawing.width
    if chart.is_demonstration:
        sheet.words(_("Demonstration: these figures are fictitious."), "title", x=x, width=width)
        sheet.space(6)
    if chart.subject:
        sheet.words(chart.subject, "subject", x=x, width=width)
        sheet.space(2)
    for line in _title_lines(chart, width):
        sheet.y += 20
        sheet.label(line, "title", x=x, y=sheet.y - 5)
    if chart.unit:
        sheet.words(chart.unit, "subject", x=x, width=width)
    sheet.space(12)
    top = sheet.y
    sheet.space(chart.drawing.height + 10)
    for words in (" ".join(chart.notes), _sources(chart), address):
        if words:
            sheet.space(4)
            sheet.words(words, "remark", x=x, width=width)
    sheet.space(MARGIN)
    done = sheet.done()
    return Poster(width + 2 * MARGIN, done.height, top, done.shapes)


def _title_lines(chart: Chart, width: int) -> list[str]:
    from_sheet = Sheet(width=width)
    from_sheet.words(chart.title, "title")
    return [shape.text for shape in from_sheet.shapes]


def _sources(chart: Chart) -> str:
    if not chart.sources:
        return ""
    return _("Source: %(sources)s") % {"sources": "; ".join(document.short_title for document in chart.sources)}


def as_csv(chart: Chart, address: str) -> str:
    """The table: numbers plain, words neutral; last the address and, of a demonstration, that it is one."""
    beside = {_("Address"): address}
    if chart.is_demonstration:
        beside[_("Note")] = _("Demonstration: these figures are fictitious.")
    columns = [Column(neutral(name)) for name in (*chart.table.columns, *beside)]
    ends = [neutral(words) for words in beside.values()]
    return "".join(write_csv(columns, ([*map(_content, row), *ends] for row in chart.table.rows)))


def _content(cell: Cell) -> str | Decimal:
    return neutral(cell.text) if cell.number is None else cell.number
