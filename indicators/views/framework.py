"""The logic model and the performance measurement framework of a programme."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from epe_ap.pages import few, unknown_names, unknown_value
from indicators.models import ExpectedResult, Indicator, Result
from indicators.selections import widest
from indicators.tables import FigureRow, figure_rows
from projects.models import Programme


@dataclass
class Node:
    """An expected result with those that lead to it, and its indicators with the figure that stands for each."""

    result: ExpectedResult
    children: list["Node"] = field(default_factory=list)
    indicators: list[tuple[Indicator, FigureRow | None]] = field(default_factory=list)


@require_safe
def framework_page(request: HttpRequest) -> HttpResponse:
    programmes = list(Programme.objects.real().filter(expected_results__isnull=False).distinct().order_by("code"))
    programme, problems = _chosen(request, programmes)
    nodes = _nodes(programme) if programme is not None else []
    return render(
        request,
        "indicators/framework.html",
        {
            "programme": programme,
            "programmes": programmes,
            "nodes": nodes,
            "tree": _tree(nodes),
            "problems": few([*unknown_names(request.GET, ["programme"]), *problems]),
        },
    )


def _chosen(request: HttpRequest, programmes: list[Programme]) -> tuple[Programme | None, list[str]]:
    """The programme that the address names, else the first that has a logic model."""
    first = programmes[0] if programmes else None
    asked = request.GET.get("programme", "").strip()
    if not asked:
        return first, []
    found = next((programme for programme in programmes if asked.casefold() == programme.slug.casefold()), None)
    if found is not None:
        return found, []
    return first, [unknown_value("programme", asked, [programme.slug for programme in programmes])]


def _nodes(programme: Programme) -> list[Node]:
    """Every expected result of a programme in its order, with its public indicators and their widest figures."""
    expected = programme.expected_results.prefetch_related("citations__document").order_by("order", "code")
    results = Result.objects.for_pages().filter(programme=programme, indicator__expected_result__isnull=False)
    [rows] = figure_rows(results.order_by("key"), with_parts=False)
    figures = widest(rows)
    indicators: dict[int, list[tuple[Indicator, FigureRow | None]]] = defaultdict(list)
    measured = Indicator.objects.public().filter(programme=programme, expected_result__isnull=False)
    for indicator in measured.order_by("code"):
        assert indicator.expected_result_id is not None
        indicators[indicator.expected_result_id].append((indicator, figures.get(indicator.pk)))
    return [Node(result, indicators=indicators[result.pk]) for result in expected]


def _tree(nodes: Iterable[Node]) -> list[Node]:
    """The ultimate outcomes, each with what leads to it below it."""
    nodes = list(nodes)
    by_pk = {node.result.pk: node for node in nodes}
    for node in nodes:
        parent = by_pk.get(node.result.parent_id or 0)
        if parent is not None:
            parent.children.append(node)
    return [node for node in nodes if node.result.parent_id is None]
