"""The pages of countries and partners as printed sheets (PDF)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from epe_ap.sheets import public_sheet
from indicators.selections import foremost
from library.models import Discrepancy
from partners.models import Country, Partner
from partners.views import country_context, partner_context


@require_safe
def country_pdf(request: HttpRequest, code: str) -> HttpResponse:
    country = get_object_or_404(Country, code=code)

    def context() -> dict[str, Any]:
        shown = country_context(country)
        regional = shown["regional"].rows
        return shown | {
            "regional_headlines": foremost(regional),
            "number_of_regional": len(regional),
            "discrepancies": Discrepancy.objects.about_country(country),
        }

    return public_sheet(
        request, "partners/country_sheet.html", context, name=country.code, page=country.get_absolute_url()
    )


@require_safe
def partner_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    partner = get_object_or_404(Partner.objects.for_page(), slug=slug)

    def context() -> dict[str, Any]:
        shown = partner_context(partner)
        return shown | {"discrepancies": [each.discrepancy for each in shown["disagreements"]]}

    return public_sheet(
        request, "partners/partner_sheet.html", context, name=partner.slug, page=partner.get_absolute_url()
    )
