from django.urls import path, re_path

from projects import report, sheets, views

urlpatterns = [
    path("programmes/", views.programme_list, name="programmes"),
    path("programmes/<slug:slug>/", views.programme_page, name="programme"),
    path("programmes/<slug:slug>/report.pdf", report.programme_report, name="programme_report"),
    path("projects/", views.project_list, name="projects"),
    # A project's slug is its printed code, which may hold a dot.
    re_path(r"^projects/(?P<slug>[A-Za-z0-9._-]+)/$", views.project_page, name="project"),
    re_path(
        r"^projects/(?P<slug>[A-Za-z0-9._-]+)/charts/(?P<kind>[a-z-]+)\.(?P<ending>[a-z]+)$",
        views.project_chart,
        name="project_chart",
    ),
    re_path(r"^projects/(?P<slug>[A-Za-z0-9._-]+)/sheet\.pdf$", sheets.project_pdf, name="project_pdf"),
    path("themes/", views.theme_list, name="themes"),
    path("themes/<slug:slug>/", views.theme_page, name="theme"),
    path("themes/<slug:slug>/charts/<slug:kind>.<slug:ending>", views.theme_chart, name="theme_chart"),
    path("themes/<slug:slug>/sheet.pdf", sheets.theme_pdf, name="theme_pdf"),
    path("work-plans/<slug:slug>.ics", views.work_plan_calendar, name="work_plan_calendar"),
    path("work-plans/<slug:slug>/", views.work_plan_page, name="work_plan"),
]
