"""Public pages of projects, themes and work plans."""

from itertools import groupby
from typing import Any

from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from epe_ap.pages import few, unknown_names
from forums.models import Forum
from indicators.charts.chart import Chart, located
from indicators.charts.files import chart_file
from indicators.charts.targets import target_chart
from indicators.charts.women import women_chart
from indicators.choices import Nature
from indicators.models import Result
from indicators.selections import foremost
from indicators.tables import FigureTables, Names, figure_rows, figure_tables, reader_language, tables_of
from library.models import Citation, Discrepancy, Finding, Publication
from library.statements import Disagreement, by_kind
from partners.models import Partner
from projects.calendars import calendar_of
from projects.choices import Component, ThemeKind
from projects.demonstrations import asked_for, query_of
from projects.models import Activity, Programme, Project, Theme, WorkPlan
from projects.querysets import ProjectQuerySet
from projects.timelines import Timeline

#: What a theme page lists below its outcomes and outputs, in this order.
NATURE_ORDER = [Nature.ACTIVITY, Nature.INPUT, Nature.CONTEXT]
#: A programme with more figures than these leads to the page of results instead of listing them.
MOST_FIGURES = 30


@require_safe
def programme_list(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "projects/programme_list.html",
        {
            "programmes": Programme.objects.real().for_home(),
            "work_plans": WorkPlan.objects.real().order_by("slug"),
        },
    )


@require_safe
def programme_page(request: HttpRequest, slug: str) -> HttpResponse:
    programmes = list(Programme.objects.real().for_home())
    programme = next((each for each in programmes if each.slug == slug), None)
    if programme is None:
        raise Http404
    names = Names.load()
    results = Result.objects.for_pages().filter(programme=programme)
    number = results.count()
    listed = results if number <= MOST_FIGURES else results.none()
    return render(
        request,
        "projects/programme_page.html",
        {
            "programme": programme,
            "programmes": programmes,
            "work_plans": WorkPlan.objects.real().order_by("slug"),
            "countries": programme.countries.order_by("code"),
            "number": number,
            "figures": figure_tables(listed, group="nature", names=names),
            "themes": Theme.objects.for_list().filter(programme=programme),
            "publications": Publication.objects.filter(programme=programme).for_cards()
            if number <= MOST_FIGURES
            else [],
            "citations": Citation.objects.about_programme(programme),
            "disagreements": Disagreement.of(Discrepancy.objects.about_programme(programme).with_statements(), names),
        },
    )


@require_safe
def project_list(request: HttpRequest) -> HttpResponse:
    projects = Project.objects.real().for_list()
    groups = [
        (programme, Component(component).label if component else "", list(of_component))
        for (programme, component), of_component in groupby(
            projects, key=lambda project: (project.programme, project.component)
        )
    ]
    return render(
        request,
        "projects/project_list.html",
        {"groups": groups, "of_several": len({programme for programme, _component, _projects in groups}) > 1},
    )


@require_safe
def project_page(request: HttpRequest, slug: str) -> HttpResponse:
    demonstration = asked_for(request)
    project = get_object_or_404(projects_shown(demonstration).for_page(), slug=slug)
    problems = few(unknown_names(request.GET, ["programme"] if demonstration else []))
    context = project_context(project, demonstration)
    return render(request, "projects/project_page.html", {**context, "problems": problems})


def project_context(project: Project, demonstration: Programme | None) -> dict[str, Any]:
    """What the page of a project and its sheet show."""
    figures = _figures_of_project(project, demonstration)
    citations = list(Citation.objects.about_project(project))
    return {
        "project": project,
        "sheet": f"{reverse('project_pdf', args=[project.slug])}{query_of(project.programme)}",
        "headlines": foremost(figures.rows, most=3),
        "figures": figures,
        "charts": _project_charts(project, figures),
        "roles": partners_by_role(project, citations),
        "citations": [citation for citation in citations if citation.project_id],
        "findings": by_kind(Finding.objects.filter(project=project).for_section()),
        "discrepancies": Discrepancy.objects.about_project(project),
    }


@require_safe
def project_chart(request: HttpRequest, slug: str, kind: str, ending: str) -> HttpResponse:
    """A chart of a project's figures as a file."""
    demonstration = asked_for(request)
    project = get_object_or_404(projects_shown(demonstration).select_related("programme"), slug=slug)
    figures = _figures_of_project(project, demonstration)
    return chart_file(request, _project_charts(project, figures), kind=kind, ending=ending)


def projects_shown(demonstration: Programme | None) -> ProjectQuerySet:
    """Projects that have a public page: the real ones, or those of the demonstration that an address names."""
    return Project.objects.real() if demonstration is None else demonstration.projects.all()


def _figures_of_project(project: Project, demonstration: Programme | None) -> FigureTables:
    return figure_tables(Result.objects.for_pages(demonstration).filter(project=project), group="nature")


def _project_charts(project: Project, figures: FigureTables) -> list[Chart]:
    return located(
        [target_chart(figures.rows), women_chart(figures.rows)],
        of="project",
        key=project.slug,
        subject=f"{project.code} · {project.title}",
        query=query_of(project.programme),
    )


def partners_by_role(project: Project, citations: list[Citation]) -> list[tuple[str, list]]:
    """The project's partners under the name of their role, each with the citations of its part."""
    cited: dict[int | None, list[Citation]] = {}
    for citation in citations:
        cited.setdefault(citation.partnership_id, []).append(citation)
    return [
        (role, [(partnership, cited.get(partnership.pk, [])) for partnership in partnerships])
        for role, partnerships in groupby(project.partnerships.all(), key=lambda one: one.get_role_display())
    ]


@require_safe
def theme_list(request: HttpRequest) -> HttpResponse:
    themes = list(Theme.objects.for_list())
    headings = {ThemeKind.THEME: _("Themes"), ThemeKind.DIMENSION: _("Cross-cutting dimensions")}
    groups = [
        (programme, heading, [theme for theme in themes if (theme.programme, theme.kind) == (programme, kind)])
        for programme in dict.fromkeys(theme.programme for theme in themes)
        for kind, heading in headings.items()
    ]
    return render(
        request,
        "projects/theme_list.html",
        {
            "groups": groups or [(None, heading, []) for heading in headings.values()],
            "of_several": len(groups) > len(headings),
        },
    )


@require_safe
def theme_page(request: HttpRequest, slug: str) -> HttpResponse:
    theme = get_object_or_404(Theme.objects.real().select_related("programme"), slug=slug)
    return render(request, "projects/theme_page.html", theme_context(theme))


def theme_context(theme: Theme) -> dict[str, Any]:
    """What the page of a theme and its sheet show."""
    results = Result.objects.for_pages().of_themes([theme])
    [rows] = figure_rows(results.in_order(group="family", sort="name", language=reader_language()))
    reached = [row for row in rows if row.nature in (Nature.OUTCOME, Nature.OUTPUT)]
    done = [row for row in rows if row.nature not in (Nature.OUTCOME, Nature.OUTPUT)]
    figures = tables_of(reached)
    return {
        "theme": theme,
        "headlines": foremost(reached),
        "figures": figures,
        "charts": _theme_charts(theme, figures),
        "activities": tables_of(sorted(done, key=lambda row: NATURE_ORDER.index(row.nature)), group="nature"),
        "project_themes": (
            theme.project_themes.select_related("project")
            .prefetch_related("project__countries")
            .order_by("project__code")
        ),
        "forums": Forum.objects.real().filter(themes=theme).for_cards(),
        "partners": Partner.objects.for_list().of_theme(theme),
        "publications": Publication.objects.filter(themes=theme).for_cards(),
        "findings": by_kind(Finding.objects.about_theme(theme).for_list()),
        "citations": Citation.objects.about_theme(theme),
        "discrepancies": Discrepancy.objects.about_theme(theme),
    }


@require_safe
def theme_chart(request: HttpRequest, slug: str, kind: str, ending: str) -> HttpResponse:
    """A chart of a theme's figures as a file."""
    theme = get_object_or_404(Theme.objects.real(), slug=slug)
    return chart_file(request, _theme_charts(theme, _figures_of_theme(theme)), kind=kind, ending=ending)


def _figures_of_theme(theme: Theme) -> FigureTables:
    return figure_tables(Result.objects.for_pages().results().of_themes([theme]), group="family")


def _theme_charts(theme: Theme, figures: FigureTables) -> list[Chart]:
    charts = [target_chart(figures.rows), women_chart(figures.rows)]
    return located(charts, of="theme", key=theme.slug, subject=str(theme))


@require_safe
def work_plan_page(request: HttpRequest, slug: str) -> HttpResponse:
    plan = get_object_or_404(WorkPlan.objects.for_page(), slug=slug)
    calendar = reverse("work_plan_calendar", args=[plan.slug])
    return render(
        request,
        "projects/work_plan_page.html",
        {
            "plan": plan,
            "timeline": Timeline.of(plan),
            "calendar": calendar,
            # What programs that keep calendars open as a subscription, not as a file.
            "subscription": f"webcal://{request.get_host()}{calendar}",
        },
    )


@require_safe
def work_plan_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    plan = get_object_or_404(WorkPlan.objects.for_page(), slug=slug)
    changed = Activity.history.filter(area__work_plan=plan).order_by().values_list("id").annotate(Max("history_date"))
    content = calendar_of(plan, changed=dict(changed), absolute=request.build_absolute_uri)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{plan.slug}.ics"'
    return response
