"""What the sources split by country, and the figures of projects by their country, side by side."""

from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from epe_ap.pages import few, unknown_names
from indicators.charts.chart import Chart, located
from indicators.charts.places import country_chart, project_chart
from indicators.choices import Qualifier
from indicators.models import Result
from indicators.selections import Comparison
from indicators.tables import FigureRow, figure_rows, reader_language
from partners.models import Country
from projects.choosing import chosen_programme
from projects.models import Programme

#: What is only planned, or only a target, cannot be compared.
HAS_FIGURE = Q(actual_record__isnull=False) | Q(actual__isnull=False)


@require_safe
def compare_page(request: HttpRequest) -> HttpResponse:
    """The figures of one programme by country: the one that the address names, else the first that has any."""
    stated = Result.objects.for_pages().results().filter(HAS_FIGURE).exclude(qualifier=Qualifier.PLANNED)
    split = stated.filter(country__isnull=False)
    programmes = list(
        Programme.objects.real()
        .annotate(is_split=Exists(split.filter(programme=OuterRef("pk")).order_by()))
        .order_by("-is_split", "code")
    )
    programme, problems = chosen_programme(request, programmes)
    split = split.filter(programme=programme)
    # Those it works in, whether or not anything is said of them.
    countries = list(
        Country.objects.filter(Q(programmes=programme) | Q(pk__in=split.values("country"))).distinct().order_by("code")
    )
    results = stated.filter(indicator__in=split.values("indicator"))
    [rows] = figure_rows(results.in_order(group="family", sort="name", language=reader_language()), with_parts=False)
    comparison = Comparison.of(rows, countries)
    regional = {"country": "regional"} | ({"programme": programme.slug} if programme and len(programmes) > 1 else {})
    columns = [
        *({"label": country.name, "url": country.get_absolute_url(), "kind": "country"} for country in countries),
        {"label": _("Regional"), "url": f"{reverse('results')}?{urlencode(regional)}", "kind": "regional"},
        {"label": _("Total"), "url": "", "kind": "total"},
    ]
    return render(
        request,
        "indicators/compare.html",
        {
            "programme": programme,
            "programmes": programmes,
            "problems": few([*unknown_names(request.GET, ["programme"]), *problems]),
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
