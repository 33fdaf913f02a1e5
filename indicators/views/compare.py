"""What the sources split by country, side by side."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from indicators.choices import Qualifier
from indicators.models import Result
from indicators.selections import comparison_lines
from indicators.tables import figure_rows, reader_language
from partners.models import Country


@require_safe
def compare_page(request: HttpRequest) -> HttpResponse:
    countries = list(Country.objects.pacific_alliance())
    # What is only planned, or only a target, cannot be compared.
    stated = Result.objects.for_pages().results().exclude(actual_record=None).exclude(qualifier=Qualifier.PLANNED)
    split = stated.filter(country__in=countries).values("indicator")
    results = stated.filter(indicator__in=split)
    [rows] = figure_rows(results.in_order(group="family", sort="name", language=reader_language()), with_parts=False)
    lines = comparison_lines(rows, countries)
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
            "lines": [line for line in lines if line.number_of_countries > 1],
            "single": [line for line in lines if line.number_of_countries == 1],
        },
    )
