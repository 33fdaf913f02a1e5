"""Public pages of countries and partners."""

from dataclasses import replace
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from forums.models import Forum
from indicators.charts.chart import Chart, located
from indicators.charts.files import chart_file
from indicators.charts.targets import target_chart
from indicators.charts.women import women_chart
from indicators.models import Result
from indicators.querysets import ResultQuerySet
from indicators.selections import foremost
from indicators.tables import FigureRow, Names, figure_rows, reader_language, tables_of
from library.models import Citation, Discrepancy, Finding, Publication
from library.statements import Disagreement, by_kind
from partners.choices import PartnerKind
from partners.models import Country, Partner
from projects.models import Partnership, Project, WorkPlan

#: Before the kind of a chart of figures that a partner shares with others.
SHARED = "shared-"


@require_safe
def country_list(request: HttpRequest) -> HttpResponse:
    results = Result.objects.for_pages().results().order_by()
    numbers = dict(results.values_list("country").annotate(number=Count("pk")))
    countries = [(country, numbers.get(country.pk, 0)) for country in Country.objects.for_list()]
    return render(request, "partners/country_list.html", {"countries": countries, "regional": numbers.get(None, 0)})


@require_safe
def country_page(request: HttpRequest, code: str) -> HttpResponse:
    country = get_object_or_404(Country, code=code.upper())
    if code != country.code:
        return redirect(country, permanent=True)
    return render(request, "partners/country_page.html", country_context(country))


def country_context(country: Country) -> dict[str, Any]:
    """What the page of a country and its sheet show."""
    results = _results_of_countries()
    # What a forum counted is not offered as if it came near to being the country's: it was merely held there.
    around = results.regional().filter(programme__countries=country).exclude(forum__country=country)
    own, regional = figure_rows(results.filter(country=country), around)
    projects = list(Project.objects.real().filter(countries=country).for_list())
    return {
        "country": country,
        "headlines": foremost(own),
        "forums": Forum.objects.real().filter(country=country).order_by("number"),
        "findings": by_kind(Finding.objects.about_country(country).for_list()),
        "figures": tables_of(own),
        "charts": _country_charts(country, own),
        "regional": tables_of(regional),
        "projects": projects,
        "several": len({project.programme_id for project in projects}) > 1,
        "partners": Partner.objects.for_list().filter(country=country),
        "publications": Publication.objects.filter(countries=country).for_cards(),
        "work_plans": WorkPlan.objects.real().filter(countries=country),
    }


@require_safe
def country_chart(request: HttpRequest, code: str, kind: str, ending: str) -> HttpResponse:
    """A chart of a country's own figures as a file."""
    country = get_object_or_404(Country, code=code)
    [own] = figure_rows(_results_of_countries().filter(country=country))
    return chart_file(request, _country_charts(country, own), kind=kind, ending=ending)


def _results_of_countries() -> ResultQuerySet:
    return Result.objects.for_pages().results().in_order(group="family", sort="name", language=reader_language())


def _country_charts(country: Country, rows: list[FigureRow]) -> list[Chart]:
    charts = [target_chart(rows), women_chart(rows)]
    return located(charts, of="country", key=country.code, subject=country.name)


@require_safe
def partner_list(request: HttpRequest) -> HttpResponse:
    partners = list(Partner.objects.for_list())
    groups = [(kind.label, [partner for partner in partners if partner.kind == kind]) for kind in PartnerKind]
    return render(
        request,
        "partners/partner_list.html",
        {"groups": [group for group in groups if group[1]], "number": len(partners)},
    )


@require_safe
def partner_page(request: HttpRequest, slug: str) -> HttpResponse:
    partner = get_object_or_404(Partner.objects.for_page(), slug=slug)
    return render(request, "partners/partner_page.html", partner_context(partner))


def partner_context(partner: Partner) -> dict[str, Any]:
    """What the page of a partner and its sheet show."""
    names = Names.load()
    own, shared = _figures_of_partner(partner, names)
    discrepancies = Discrepancy.objects.about_partner(partner).with_statements()
    return {
        "partner": partner,
        "headlines": foremost(own, most=3),
        "figures": tables_of(own, group="nature"),
        "charts": _partner_charts(partner, own),
        "shared": tables_of(shared, group="nature"),
        "shared_charts": _partner_charts(partner, shared, prefix=SHARED),
        "of_the_whole": partnerships_of_the_whole(partner),
        "citations": Citation.objects.about_partner(partner),
        "disagreements": Disagreement.of(discrepancies, names),
    }


@require_safe
def partner_chart(request: HttpRequest, slug: str, kind: str, ending: str) -> HttpResponse:
    """A chart of a partner's own figures, or of those that its projects share, as a file."""
    partner = get_object_or_404(Partner.objects.for_page(), slug=slug)
    own, shared = _figures_of_partner(partner, Names.load())
    charts = [*_partner_charts(partner, own), *_partner_charts(partner, shared, prefix=SHARED)]
    return chart_file(request, charts, kind=kind, ending=ending)


def _figures_of_partner(partner: Partner, names: Names) -> list[list[FigureRow]]:
    """The rows of its own figures, and those of the projects that it takes part in."""
    projects = [one.project_id for one in partner.partnerships.all() if one.is_adopted]
    results = Result.objects.for_pages().in_order(group="nature", sort="name", language=reader_language())
    return figure_rows(results.filter(partner=partner), results.filter(project__in=projects, partner=None), names=names)


def _partner_charts(partner: Partner, rows: list[FigureRow], *, prefix: str = "") -> list[Chart]:
    drawn = [chart for chart in (target_chart(rows), women_chart(rows)) if chart is not None]
    named = [replace(chart, kind=f"{prefix}{chart.kind}") for chart in drawn]
    return located(named, of="partner", key=partner.slug, subject=partner.name)


def partnerships_of_the_whole(partner: Partner) -> list[Partnership]:
    """What the institution takes part in that a unit without projects of its own belongs to."""
    whole = partner.part_of
    if whole is None or not whole.is_public or partner.partnerships.all():
        return []
    return list(whole.partnerships.real().adopted().select_related("project").order_by("project__code"))
