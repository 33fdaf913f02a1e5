"""The logic model and the performance measurement framework of a programme."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from epe_ap.pages import few, unknown_names, unknown_value
from indicators.models import ExpectedResult, Indicator, Result
from indicators.selections import whole, width
from indicators.tables import FigureRow, figure_rows
from projects.models import Programme


@dataclass
class Measured:
    """An indicator with its figures: the one that stands for all of them, if there is one, or how many there are."""

    indicator: Indicator
    figures: list[FigureRow]

    @property
    def figure(self) -> FigureRow | None:
        """The programme's own figure; else the only one there is."""
        return whole(self.figures) or (self.figures[0] if len(self.figures) == 1 else None)

    @property
    def is_narrower(self) -> bool:
        """Whether the figure is of a narrower scope than the programme, so that the scope must be named beside it."""
        return self.figure is not None and bool(width(self.figure)[0])

    @property
    def number_with_target(self) -> int:
        return sum(figure.target is not None for figure in self.figures)


@dataclass
class Node:
    """An expected result with those that lead to it, and the indicators that measure it."""

    result: ExpectedResult
    children: list["Node"] = field(default_factory=list)
    indicators: list[Measured] = field(default_factory=list)


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
    """Every expected result of a programme in its order, with its public indicators and their figures."""
    expected = programme.expected_results.prefetch_related("citations__document").order_by("order", "code")
    results = Result.objects.for_pages().filter(programme=programme, indicator__expected_result__isnull=False)
    [rows] = figure_rows(results.order_by("key"), with_parts=False)
    figures: dict[int, list[FigureRow]] = defaultdict(list)
    for row in rows:
        figures[row.indicator_id].append(row)
    indicators: dict[int, list[Measured]] = defaultdict(list)
    measured = Indicator.objects.public().filter(programme=programme, expected_result__isnull=False)
    for indicator in measured.order_by("code"):
        assert indicator.expected_result_id is not None
        indicators[indicator.expected_result_id].append(Measured(indicator, figures[indicator.pk]))
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
