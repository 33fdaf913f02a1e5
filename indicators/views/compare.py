"""What the sources split by country, and the figures of projects by their country, side by side."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from indicators.charts.chart import Chart, located
from indicators.charts.places import country_chart, project_chart
from indicators.choices import Qualifier
from indicators.models import Result
from indicators.selections import Comparison
from indicators.tables import FigureRow, figure_rows, reader_language
from partners.models import Country


@require_safe
def compare_page(request: HttpRequest) -> HttpResponse:
    countries = list(Country.objects.pacific_alliance())
    # What is only planned, or only a target, cannot be compared.
    has_figure = Q(actual_record__isnull=False) | Q(actual__isnull=False)
    stated = Result.objects.for_pages().results().filter(has_figure).exclude(qualifier=Qualifier.PLANNED)
    split = stated.filter(country__in=countries).values("indicator")
    results = stated.filter(indicator__in=split)
    [rows] = figure_rows(results.in_order(group="family", sort="name", language=reader_language()), with_parts=False)
    comparison = Comparison.of(rows, countries)
    columns = [
        *({"label": country.name, "url": country.get_absolute_url(), "kind": "country"} for country in countries),
        {"label": _("Regional"), "url": f"{reverse('results')}?country=regional", "kind": "regional"},
        {"label": _("Total"), "url": "", "kind": "total"},
    ]
    return render(
        request,
        "indicators/compare.html",
        {
            "columns": columns,
            "lines": comparison.split,
            "of_projects": comparison.projects,
            "charts": _charts(rows),
        },
    )


def _charts(rows: list[FigureRow]) -> list[Chart]:
    """One small chart for each indicator: by country where a source splits it so, else by project. They are the charts of the
    indicators' own pages."""
    by_indicator: dict[int, list[FigureRow]] = {}
    for row in rows:
        by_indicator.setdefault(row.indicator_id, []).append(row)
    charts = []
    for of_one in by_indicator.values():
        chart = country_chart(of_one) or project_chart(of_one)
        if chart is not None:
            indicator = of_one[0].indicator
            charts += located([chart], of="indicator", key=indicator.slug, subject=indicator.name)
    return charts
