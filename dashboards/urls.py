from django.urls import path, re_path

from dashboards.views import grid, overview

urlpatterns = [
    path("workspace/", overview.overview, name="workspace"),
    # A project's slug is its printed code, which may hold a dot.
    re_path(
        r"^workspace/reports/(?P<project>[A-Za-z0-9._-]+)/(?P<period>[A-Za-z0-9_-]+)/$",
        grid.report_grid,
        name="report_grid",
    ),
    path("workspace/periods/<slug:period>/grid/", grid.programme_grid, name="programme_grid"),
]
