"""Public pages of countries and partners."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from indicators.models import Result
from indicators.tables import figure_tables
from library.models import Discrepancy, Publication
from partners.choices import PartnerKind
from partners.models import Country, Partner
from projects.models import Project


def country_list(request: HttpRequest) -> HttpResponse:
    return render(request, "partners/country_list.html", {"countries": Country.objects.for_list()})


def country_page(request: HttpRequest, code: str) -> HttpResponse:
    country = get_object_or_404(Country, code=code.upper())
    results = Result.objects.for_pages().results()
    return render(
        request,
        "partners/country_page.html",
        {
            "country": country,
            "figures": figure_tables(results.filter(country=country), group="family"),
            "regional": figure_tables(results.regional(), group="family") if country.is_pacific_alliance else None,
            "projects": Project.objects.real().filter(countries=country).for_list(),
            "partners": Partner.objects.for_list().filter(country=country),
            "publications": Publication.objects.filter(countries=country).for_list(),
        },
    )


def partner_list(request: HttpRequest) -> HttpResponse:
    partners = list(Partner.objects.for_list())
    return render(
        request,
        "partners/partner_list.html",
        {
            "groups": [(kind.label, [partner for partner in partners if partner.kind == kind]) for kind in PartnerKind],
            "number": len(partners),
        },
    )


def partner_page(request: HttpRequest, slug: str) -> HttpResponse:
    partner = get_object_or_404(Partner.objects.for_page(), slug=slug)
    return render(
        request,
        "partners/partner_page.html",
        {
            "partner": partner,
            "figures": figure_tables(Result.objects.for_pages().filter(partner=partner), group="nature"),
            "discrepancies": Discrepancy.objects.about_partner(partner),
        },
    )
