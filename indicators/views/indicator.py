"""The method sheet of an indicator, with its figures and what they rest on."""

from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from epe_ap.pages import few, page_numbers, page_of, unknown_names
from indicators.actions import thresholds
from indicators.charts.chart import Chart, located
from indicators.charts.country_map import map_chart
from indicators.charts.files import chart_file
from indicators.charts.periods import period_charts
from indicators.charts.places import country_chart, project_chart
from indicators.charts.targets import target_chart
from indicators.charts.women import women_chart
from indicators.histories import published_histories
from indicators.models import Category, Indicator, Result, Target
from indicators.querysets import ResultQuerySet
from indicators.tables import FigureRow, FigureTables, Names, figure_rows, reader_language, tables_of
from library.models import Citation, Discrepancy
from library.statements import Disagreement, statements
from opendata.links import downloads
from projects.demonstrations import asked_for, query_of


@require_safe
def indicator_page(request: HttpRequest, slug: str) -> HttpResponse:
    demonstration = asked_for(request)
    indicator = get_object_or_404(Indicator.objects.for_page(demonstration), slug=slug)
    names = Names.of(indicator.themes.all(), Category.objects.select_related("dimension"))
    rows = _rows_of(indicator, names)
    discrepancies = Discrepancy.objects.about_indicator(indicator).with_statements()
    return render(
        request,
        "indicators/indicator.html",
        {
            "indicator": indicator,
            "query": query_of(indicator.programme),
            "is_retired": is_retired(indicator),
            "downloads": downloads({"q": indicator.slug, "nature": "all", "sex": "all", "period": "all"}),
            "figures": _by_period(rows),
            "charts": charts_of(indicator, rows),
            "restated": [row for row in rows if _is_restated(row)],
            "statements": statements(Citation.objects.of_indicator(indicator), names),
            "disagreements": Disagreement.of(discrepancies, names),
            "earlier_targets": Target.objects.filter(series__indicator=indicator).superseded(),
            "problems": few(unknown_names(request.GET, ["programme"] if demonstration else [])),
        },
    )


@require_safe
def indicator_history(request: HttpRequest, slug: str) -> HttpResponse:
    """What the public could see of an indicator's figures since they were published, and why it changed."""
    demonstration = asked_for(request)
    indicator = get_object_or_404(Indicator.objects.for_page(demonstration), slug=slug)
    results = (
        _results_of(indicator)
        .filter(series__isnull=False)
        .filter(Q(actual_record__isnull=False) | Q(target_record__isnull=False))
    )
    # What is known to have changed stands first.
    ordered = results.for_results_page().order_by(
        F("actual_record__first_published_value").asc(nulls_last=True), "-period__ends_on", "-period__starts_on", "key"
    )
    page, problems = page_of(ordered, asked=request.GET.get("page", ""), number=results.count())
    names = Names.of(indicator.themes.all(), Category.objects.select_related("dimension"))
    histories = published_histories(indicator, page.object_list, names, small_cells=thresholds())
    return render(
        request,
        "indicators/history.html",
        {
            "indicator": indicator,
            "query": query_of(indicator.programme),
            "is_retired": is_retired(indicator),
            "histories": histories,
            "page_obj": page,
            "page_numbers": page_numbers(page),
            "problems": [*problems, *unknown_names(request.GET, ["page", "programme"] if demonstration else ["page"])],
        },
    )


@require_safe
def indicator_chart(request: HttpRequest, slug: str, kind: str, ending: str) -> HttpResponse:
    """A chart of an indicator as a file: of the figures that its page shows, and no others."""
    indicator = get_object_or_404(Indicator.objects.for_page(asked_for(request)), slug=slug)
    names = Names.of(indicator.themes.all(), Category.objects.select_related("dimension"))
    return chart_file(request, charts_of(indicator, _rows_of(indicator, names)), kind=kind, ending=ending)


def charts_of(indicator: Indicator, rows: list[FigureRow]) -> list[Chart]:
    """What is worth looking at of an indicator's rows, as charts with their addresses."""
    latest = [row for row in rows if row.is_latest]
    charts = [
        *period_charts(rows),
        target_chart(latest, of_one=True),
        country_chart(rows),
        map_chart(rows),
        project_chart(rows),
        women_chart(latest, of_one=True),
    ]
    return located(
        charts, of="indicator", key=indicator.slug, subject=indicator.name, query=query_of(indicator.programme)
    )


def _rows_of(indicator: Indicator, names: Names) -> list[FigureRow]:
    """The rows of its public results, in their order."""
    results = _results_of(indicator).rows()
    [rows] = figure_rows(results.in_order(group="family", sort="name", language=reader_language()), names=names)
    return rows


def _results_of(indicator: Indicator) -> ResultQuerySet:
    """Its public results; all of them where it is a demonstration's, which is fictitious."""
    demonstrations = [indicator.programme] if indicator.programme.is_demonstration else []
    return Result.objects.public(demonstrations=demonstrations).filter(indicator=indicator)


def is_retired(indicator: Indicator) -> bool:
    """Whether the indicator is measured no longer: its last day is over, or another one stands in its place."""
    is_over = indicator.active_to is not None and indicator.active_to < timezone.localdate()
    return is_over or indicator.replaced_by_id is not None


def _by_period(rows: list[FigureRow]) -> FigureTables:
    """The rows under their periods, the latest first; without headings where there is one period alone."""
    periods = {row.period_id: row.period for row in rows}
    latest_first = sorted(periods.values(), key=lambda period: (period.ends_on, period.starts_on), reverse=True)
    tables = FigureTables()
    for period in latest_first:
        found = tables_of(row for row in rows if row.period_id == period.pk)
        heading = period.name if len(periods) > 1 else ""
        for table, of_period in ((tables.with_target, found.with_target), (tables.recorded, found.recorded)):
            if of_period:
                table.append((heading, [row for _family, group in of_period for row in group]))
    return tables


def _is_restated(row: FigureRow) -> bool:
    """Whether the published value changed after it was first published."""
    actual = row.actual_shown
    return (
        actual is not None and actual.first_published_value is not None and actual.first_published_value != actual.ratio
    )
