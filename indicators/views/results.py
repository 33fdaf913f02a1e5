"""The results page, and the same rows as files."""

import tempfile
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

from django.core.paginator import Page
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from epe_ap.pages import few, page_numbers, page_of
from epe_ap.revisits import data_version
from epe_ap.templatetags.figures import number
from indicators.charts.chart import Chart
from indicators.charts.files import chart_file
from indicators.charts.periods import period_charts
from indicators.charts.places import country_chart, project_chart
from indicators.filters import Choice, Counts, OrderedRows, ResultFilter
from indicators.filters.choices import ALL, FACETS
from indicators.filters.results import GROUPS, SORTS
from indicators.tables import FigureRow, figure_rows, reader_language, tables_of
from opendata.lines import Export
from opendata.writers import write_csv, write_json, write_xlsx

ROWS_ON_A_PAGE = 50
#: Filters that stand open when nothing is chosen.
FIRST_FACETS = ("country", "theme", "project")
#: A longer list of choices begins with those that find most, and the rest are shown to who asks for them.
LONGEST_LIST = 30
FIRST_CHOICES = 12
#: The type of an .xlsx file.
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Download = TypeVar("Download", bound=StreamingHttpResponse)


@require_safe
def results_page(request: HttpRequest) -> HttpResponse:
    page = ResultsPage(ResultFilter(request.GET), version=data_version(request))
    return render(request, "indicators/results.html", page.context())


@require_safe
def results_csv(request: HttpRequest) -> StreamingHttpResponse:
    results = ResultFilter(request.GET)
    response = StreamingHttpResponse(write_csv(_export(results)), content_type="text/csv; charset=utf-8")
    return _as_download(response, results, "csv")


@require_safe
def results_json(request: HttpRequest) -> StreamingHttpResponse:
    results = ResultFilter(request.GET)
    pieces = write_json(_export(results), problems=tuple(few(results.problems)))
    response = StreamingHttpResponse(pieces, content_type="application/json; charset=utf-8")
    return _as_download(response, results, "json")


@require_safe
def results_xlsx(request: HttpRequest) -> FileResponse:
    results = ResultFilter(request.GET)
    # On disk past a few megabytes; the response closes it.
    file = tempfile.SpooledTemporaryFile(max_size=5_000_000)  # noqa: SIM115
    export = _export(results)
    page = f"{reverse('results')}{'?' if export.query else ''}{export.query}"
    write_xlsx(replace(export, address=request.build_absolute_uri(page)), file)
    file.seek(0)
    return _as_download(FileResponse(file, content_type=XLSX), results, "xlsx")


@require_safe
def results_chart(request: HttpRequest, kind: str, ending: str) -> HttpResponse:
    """A chart of the rows that a filter finds, as a file."""
    page = ResultsPage(ResultFilter(request.GET), version=data_version(request))
    return chart_file(request, page.charts, kind=kind, ending=ending)


def _export(results: ResultFilter) -> Export:
    return Export(
        results.rows,
        language=reader_language(),
        today=results.today,
        with_parts=ALL not in results.effective["sex"],
        query=results.address(page=None, list=None),
    )


def _as_download(response: Download, results: ResultFilter, ending: str) -> Download:
    response["Content-Disposition"] = f'attachment; filename="epe-ap-results.{ending}"'
    if results.problems:
        # A table has no place for a sentence: what was left aside is said here, in what proxies take for a header.
        response["X-Problems"] = " ".join(few(results.problems, 3))
    return response


@dataclass
class ResultsPage:
    """Everything that the results page shows, gathered from one filter."""

    filter: ResultFilter
    #: Of the data; see ``Counts.of``.
    version: int
    problems: list[str] = field(default_factory=list)

    def context(self) -> dict[str, Any]:
        page = self.page
        rows, regional = self.rows
        return {
            "heading": self.heading,
            "sentence_on_targets": self.sentence_on_targets,
            "shows_demonstration": self.filter.shows_demonstration,
            "problems": few([*self.filter.problems, *self.problems]),
            "number": self.counts.rows,
            "tables": tables_of(rows, group=self.filter.group),
            "charts": self.charts,
            "regional": tables_of(regional, group=self.filter.group),
            "regional_number": self.counts.regional,
            "regional_heading": self.regional_heading,
            "regional_url": self.link(country=["regional"]),
            "page_obj": page,
            "page_numbers": page_numbers(page),
            "facets": [self.facet(name) for name in FACETS if self.offers(name)],
            "search": {"name": "q", "label": _("Words"), "value": self.filter.words},
            "kept": [(name, self.filter.single[name]) for name in ("sort", "group") if name in self.filter.single],
            "active_count": len(self.filter.in_force),
            "filters": self.chips,
            "clear_url": self.base,
            "sorts": self.sorts,
            "tabs": self.tabs,
            "downloads": self.downloads,
            "empty": self.empty,
        }

    # --- Rows --------------------------------------------------------------------------------------

    @cached_property
    def counts(self) -> Counts:
        return Counts.of(self.filter, version=self.version)

    @cached_property
    def page(self) -> Page:
        page, problems = page_of(
            OrderedRows(self.filter, self.counts),
            asked=self.filter.single.get("page", ""),
            number=self.counts.rows,
            per_page=ROWS_ON_A_PAGE,
        )
        self.problems += problems
        return page

    @cached_property
    def rows(self) -> tuple[list[FigureRow], list[FigureRow]]:
        """The rows of the page; and, beside a country's figures, the regional ones that the same filters find."""
        asked: list[Any] = [self.page.object_list]
        if self.filter.offers_regional:
            asked.append(self.filter.regional_rows[:ROWS_ON_A_PAGE])
        found = figure_rows(
            *asked, names=self.filter.vocabulary.names, with_parts=ALL not in self.filter.effective["sex"]
        )
        return found[0], found[1] if len(found) > 1 else []

    @property
    def charts(self) -> list[Chart]:
        """Its figures side by side, where the filter leaves one indicator alone, with all its rows on one page."""
        rows, _regional = self.rows
        if len({row.indicator_id for row in rows}) != 1 or len(rows) != self.counts.rows:
            return []
        query = self.filter.address(page=None)
        drawn = [*period_charts(rows), country_chart(rows), project_chart(rows)]
        return [
            replace(
                chart,
                subject=rows[0].indicator.name,
                key=f"results-{rows[0].indicator.slug}-{chart.kind}",
                page=self.link(),
                svg=f"{reverse('results_chart', args=[chart.kind, 'svg'])}?{query}",
                csv=f"{reverse('results_chart', args=[chart.kind, 'csv'])}?{query}",
            )
            for chart in drawn
            if chart is not None
        ]

    # --- In words ----------------------------------------------------------------------------------

    @property
    def filter_in_words(self) -> str:
        """What the filter asks for: "Chile · T3 · Entrepreneurship"."""
        words = [", ".join(choice.words for choice in self.filter.choices(name)) for name in FACETS]
        if "nature" not in self.filter.chosen:
            words.append(_("outcomes and outputs"))
        if self.filter.words:
            words.append(_("“%(words)s”") % {"words": self.filter.words})
        return " · ".join(filter(None, words))

    @property
    def heading(self) -> str:
        figures = ngettext("%(number)s figure", "%(number)s figures", self.counts.rows)
        return f"{figures % {'number': number(self.counts.rows)}} · {self.filter_in_words}"

    @property
    def regional_heading(self) -> str:
        words = ngettext(
            "%(number)s regional figure beside them", "%(number)s regional figures beside them", self.counts.regional
        )
        return words % {"number": number(self.counts.regional)}

    @property
    def sentence_on_targets(self) -> str:
        """How many of the rows have a stated target."""
        rows, stated = self.counts.rows, self.counts.with_target
        if not rows:
            return ""
        if not stated:
            return ngettext("The sources state no target for it.", "The sources state a target for none of them.", rows)
        if stated == rows:
            return ngettext("The sources state its target.", "The sources state a target for all of them.", rows)
        return ngettext(
            "The sources state a target for %(stated)s of them.",
            "The sources state a target for %(stated)s of them.",
            stated,
        ) % {"stated": number(stated)}

    @property
    def empty(self) -> dict[str, Any] | None:
        """When nothing is found: a sentence, and the filters whose removal finds something, the nearest first."""
        if self.counts.rows:
            return None
        found = [(self.counts.without[name], name) for name in self.filter.in_force if self.counts.without[name]]
        suggestions = [
            {
                "label": ngettext(
                    "Without %(filter)s: %(number)s figure", "Without %(filter)s: %(number)s figures", rows
                )
                % {"filter": self._in_force_in_words(name), "number": number(rows)},
                "url": self.link(**{name: None}),
            }
            # What takes away least is nearest to what was asked.
            for rows, name in sorted(found)
        ]
        if not suggestions and self.filter.in_force:
            suggestions = [{"label": _("Remove all filters"), "url": self.base}]
        return {
            "sentence": _("No figure matches %(filter)s.") % {"filter": self.filter_in_words},
            "suggestions": suggestions,
        }

    def _in_force_in_words(self, name: str) -> str:
        if name == "q":
            return _("“%(words)s”") % {"words": self.filter.words}
        return ", ".join(choice.words for choice in self.filter.choices(name))

    # --- Links -------------------------------------------------------------------------------------

    @cached_property
    def base(self) -> str:
        return reverse("results")

    def link(self, **changes: str | list[str] | None) -> str:
        """The address of this page with other values, from its first page."""
        query = self.filter.address(**{"page": None, **changes})
        return f"{self.base}?{query}" if query else self.base

    @property
    def chips(self) -> list[dict[str, Any]]:
        chips = [
            {
                "label": FACETS[name],
                "value": choice.words,
                "remove_url": self.link(**{name: [value for value in values if value != choice.value]}),
            }
            for name, values in self.filter.chosen.items()
            for choice in self.filter.choices(name)
        ]
        if self.filter.words:
            chips.append({"label": _("Words"), "value": self.filter.words, "remove_url": self.link(q=None)})
        return chips

    @cached_property
    def options(self) -> dict[str, list[tuple[Choice, int]]]:
        """The choices that each filter offers: those that find something, and those that are chosen."""
        offered = {}
        for name in FACETS:
            counted = self.counts.options[name]
            chosen = self.filter.chosen.get(name, ())
            offered[name] = [
                (choice, counted[choice.value])
                for choice in self.filter.vocabulary.choices[name]
                if choice.value in chosen or (choice.is_offered and counted[choice.value])
            ]
        return offered

    def offers(self, name: str) -> bool:
        """Whether a filter has anything to choose: more than one choice, or one that is chosen."""
        return len(self.options[name]) > 1 or name in self.filter.chosen

    def listed(self, name: str) -> list[tuple[Choice, int]]:
        """The choices of a filter that its list shows: of very many those that are chosen and those that find most."""
        options = self.options[name]
        if len(options) <= LONGEST_LIST or name in self.filter.listed:
            return options
        most = sorted(options, key=lambda option: -option[1])[:FIRST_CHOICES]
        shown = {*self.filter.chosen.get(name, ()), *(choice.value for choice, _rows in most)}
        return [(choice, rows) for choice, rows in options if choice.value in shown]

    def facet(self, name: str) -> dict[str, Any]:
        chosen = self.filter.chosen.get(name, [])
        listed = self.listed(name)
        number_of_all = len(self.options[name])
        return {
            "name": name,
            "label": FACETS[name],
            "is_open": bool(chosen) or name in FIRST_FACETS or name in self.filter.listed,
            "selected_count": len(chosen),
            "number_of_all": number_of_all if number_of_all > len(listed) else None,
            "is_whole": name in self.filter.listed,
            "options": [
                {
                    "value": choice.value,
                    "label": choice.label,
                    "lang": choice.lang,
                    "count": rows,
                    "selected": choice.value in chosen,
                }
                for choice, rows in listed
            ],
        }

    @property
    def sorts(self) -> list[dict[str, Any]]:
        labels = {
            "name": _("name"),
            "value": _("value"),
            "achievement": _("achievement"),
            "country": _("country"),
            "project": _("project"),
        }
        current = self.filter.sort.removeprefix("-")
        descending = self.filter.sort.startswith("-")
        return [
            {
                "label": labels[name],
                # Once more turns it round.
                "url": self.link(sort=f"-{name}" if name == current and not descending else name),
                "current": name == current,
                "descending": name == current and descending,
            }
            for name in SORTS
        ]

    @property
    def tabs(self) -> list[dict[str, Any]]:
        labels = {
            "family": _("By subject"),
            "result": _("By expected result"),
            "theme": _("By theme"),
            "country": _("By country"),
        }
        return [
            {
                "label": labels[group],
                "url": self.link(group=None if group == GROUPS[0] else group),
                "current": group == self.filter.group,
                "count": None,
            }
            for group in GROUPS
        ]

    @property
    def downloads(self) -> list[dict[str, str]]:
        """The same rows as files: no page, the same order."""
        query = self.filter.address(page=None, list=None, group=self.filter.single.get("group"))
        labels = {"csv": _("CSV"), "xlsx": _("Spreadsheet (XLSX)"), "json": _("JSON")}
        return [
            {"label": label, "url": reverse(f"results_{ending}") + (f"?{query}" if query else "")}
            for ending, label in labels.items()
        ]
