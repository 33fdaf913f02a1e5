from django.urls import path

from library import views

urlpatterns = [
    path("publications/", views.publications, name="publications"),
    path("findings/", views.findings, name="findings"),
    path("sources/", views.sources, name="sources"),
    path("sources/<slug:slug>/", views.source, name="source"),
    path("discrepancies/", views.discrepancies, name="discrepancies"),
]
