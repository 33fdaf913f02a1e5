"""Public pages of projects, themes and work plans."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from forums.models import Forum
from indicators.models import Result
from indicators.tables import figure_tables
from library.models import Discrepancy, Finding, Publication
from projects.choices import ThemeKind
from projects.models import Project, Theme, WorkPlan


def project_list(request: HttpRequest) -> HttpResponse:
    return render(request, "projects/project_list.html", {"projects": Project.objects.real().for_list()})


def project_page(request: HttpRequest, slug: str) -> HttpResponse:
    project = get_object_or_404(Project.objects.real().for_page(), slug=slug)
    return render(
        request,
        "projects/project_page.html",
        {
            "project": project,
            "figures": figure_tables(Result.objects.for_pages().filter(project=project), group="nature"),
            "findings": Finding.objects.filter(project=project).for_list(),
            "discrepancies": Discrepancy.objects.about_project(project),
        },
    )


def theme_list(request: HttpRequest) -> HttpResponse:
    themes = Theme.objects.for_list()
    return render(
        request,
        "projects/theme_list.html",
        {
            "groups": [
                (_("Themes"), [theme for theme in themes if theme.kind == ThemeKind.THEME]),
                (_("Cross-cutting dimensions"), [theme for theme in themes if theme.kind == ThemeKind.DIMENSION]),
            ]
        },
    )


def theme_page(request: HttpRequest, slug: str) -> HttpResponse:
    theme = get_object_or_404(
        Theme.objects.real().select_related("programme").prefetch_related("citations__document"), slug=slug
    )
    return render(
        request,
        "projects/theme_page.html",
        {
            "theme": theme,
            "figures": figure_tables(Result.objects.for_pages().results().of_themes([theme]), group="family"),
            "project_themes": theme.project_themes.select_related("project").prefetch_related("project__countries"),
            "forums": Forum.objects.filter(themes=theme).for_list(),
            "publications": Publication.objects.filter(themes=theme).for_list(),
            "findings": Finding.objects.filter(theme=theme).for_list(),
        },
    )


def work_plan_page(request: HttpRequest, slug: str) -> HttpResponse:
    return render(
        request, "projects/work_plan_page.html", {"plan": get_object_or_404(WorkPlan.objects.for_page(), slug=slug)}
    )
