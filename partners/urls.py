from django.urls import path

from partners import views

urlpatterns = [
    path("countries/", views.country_list, name="countries"),
    path("countries/<str:code>/", views.country_page, name="country"),
    path("partners/", views.partner_list, name="partners"),
    path("partners/<slug:slug>/", views.partner_page, name="partner"),
]
