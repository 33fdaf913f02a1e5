from django.urls import path, re_path

from partners import sheets, views

urlpatterns = [
    path("countries/", views.country_list, name="countries"),
    re_path(r"^countries/(?P<code>[A-Za-z]{2})/$", views.country_page, name="country"),
    re_path(
        r"^countries/(?P<code>[A-Z]{2})/charts/(?P<kind>[a-z-]+)\.(?P<ending>[a-z]+)$",
        views.country_chart,
        name="country_chart",
    ),
    re_path(r"^countries/(?P<code>[A-Z]{2})/sheet\.pdf$", sheets.country_pdf, name="country_pdf"),
    path("partners/", views.partner_list, name="partners"),
    path("partners/<slug:slug>/", views.partner_page, name="partner"),
    path("partners/<slug:slug>/charts/<slug:kind>.<slug:ending>", views.partner_chart, name="partner_chart"),
    path("partners/<slug:slug>/sheet.pdf", sheets.partner_pdf, name="partner_pdf"),
]
