"""Sustainable development goals, and the figures that contribute to them."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from indicators.models import Goal, Result
from indicators.selections import foremost
from indicators.tables import figure_tables


@require_safe
def goal_list(request: HttpRequest) -> HttpResponse:
    results = Result.objects.for_pages().order_by()
    numbers = dict(results.values_list("indicator__goals").annotate(number=Count("pk")))
    goals = [(goal, numbers.get(goal.pk, 0)) for goal in Goal.objects.order_by("number")]
    return render(request, "indicators/goal_list.html", {"goals": goals})


@require_safe
def goal_page(request: HttpRequest, number: int) -> HttpResponse:
    goal = get_object_or_404(Goal, number=number)
    results = Result.objects.for_pages().filter(indicator__goals=goal)
    figures = figure_tables(results, group="nature")
    projects = sorted({row.project for row in figures.rows if row.project is not None}, key=lambda one: one.code)
    return render(
        request,
        "indicators/goal_page.html",
        {"goal": goal, "headlines": foremost(figures.rows), "figures": figures, "projects": projects},
    )
