"""Sustainable development goals, and the figures that contribute to them."""

from collections import Counter

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from indicators.charts.chart import Chart, located
from indicators.charts.files import chart_file
from indicators.charts.targets import target_chart
from indicators.charts.women import women_chart
from indicators.models import Goal, Result
from indicators.selections import foremost
from indicators.tables import FigureTables, figure_tables


@require_safe
def goal_list(request: HttpRequest) -> HttpResponse:
    results = Result.objects.for_pages().order_by()
    numbers = dict(results.values_list("indicator__goals").annotate(number=Count("pk")))
    goals = [(goal, numbers.get(goal.pk, 0)) for goal in Goal.objects.order_by("number")]
    return render(request, "indicators/goal_list.html", {"goals": goals})


@require_safe
def goal_page(request: HttpRequest, number: int) -> HttpResponse:
    goal = get_object_or_404(Goal, number=number)
    figures = _figures_of_goal(goal)
    projects = Counter(row.project for row in figures.rows if row.project is not None)
    return render(
        request,
        "indicators/goal_page.html",
        {
            "goal": goal,
            "headlines": foremost(figures.rows),
            "figures": figures,
            "charts": _goal_charts(goal, figures),
            "projects": sorted(projects.items(), key=lambda each: each[0].code),
        },
    )


@require_safe
def goal_chart(request: HttpRequest, number: int, kind: str, ending: str) -> HttpResponse:
    """A chart of the figures that contribute to a goal as a file."""
    goal = get_object_or_404(Goal, number=number)
    return chart_file(request, _goal_charts(goal, _figures_of_goal(goal)), kind=kind, ending=ending)


def _figures_of_goal(goal: Goal) -> FigureTables:
    return figure_tables(Result.objects.for_pages().filter(indicator__goals=goal), group="nature")


def _goal_charts(goal: Goal, figures: FigureTables) -> list[Chart]:
    charts = [target_chart(figures.rows), women_chart(figures.rows)]
    return located(charts, of="goal", key=str(goal.number), subject=str(goal))
