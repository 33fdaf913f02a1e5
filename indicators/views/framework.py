"""The logic model and the performance measurement framework of a programme."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.actions import change
from accounts.choices import Door
from accounts.forms import is_key
from accounts.models import User
from epe_ap.pages import few, unknown_names
from indicators.actions.lifecycle import move_result
from indicators.choices import Basis, Level
from indicators.desk import Desk, DeskOfIndicator, DeskOfResult, desk_of
from indicators.models import ExpectedResult, Indicator, Result
from indicators.models.framework import LEVELS
from indicators.selections import whole, width
from indicators.tables import FigureRow, figure_rows
from projects.choosing import chosen_programme
from projects.demonstrations import asked_for, query_of
from projects.models import Programme

#: So many columns of the drawing find room on a tablet, and on a desk or a sheet of paper on its side.
FEW_COLUMNS, MOST_COLUMNS = 4, 8


@dataclass
class Measured:
    """An indicator with its figures: the one that stands for all of them, if there is one, or how many there are."""

    indicator: Indicator
    figures: list[FigureRow]
    #: For staff alone.
    desk: DeskOfIndicator | None = None

    @property
    def figure(self) -> FigureRow | None:
        """The programme's own figure; else the only one there is."""
        return whole(self.figures) or (self.figures[0] if len(self.figures) == 1 else None)

    @property
    def is_narrower(self) -> bool:
        """Whether the figure is of a narrower scope than the programme, so that the scope must be named beside it."""
        return self.figure is not None and bool(width(self.figure)[0])

    @property
    def is_reached(self) -> bool:
        """Whether the indicator has a public page."""
        return self.indicator.is_public

    @property
    def query(self) -> str:
        """What the address of its page needs."""
        return query_of(self.indicator.programme)

    @property
    def number_with_target(self) -> int:
        return sum(figure.target is not None for figure in self.figures)


@dataclass
class Node:
    """An expected result with those that lead to it, and the indicators that measure it."""

    result: ExpectedResult
    children: list["Node"] = field(default_factory=list)
    indicators: list[Measured] = field(default_factory=list)
    desk: DeskOfResult | None = None

    @property
    def heading(self) -> int:
        """The level of its heading, below that of the section."""
        return LEVELS.index(self.result.level) + 3

    @property
    def columns(self) -> int:
        """How many columns of the drawing it takes: one for each immediate outcome. Outputs stand below one another."""
        if self.result.level in (Level.IMMEDIATE, Level.OUTPUT):
            return 1
        return sum(child.columns for child in self.children) or 1

    @property
    def row(self) -> str:
        """Whether those below it stand side by side: ``few`` also on a tablet, ``many`` on a desk and on paper; else
        one below the other."""
        if self.result.level == Level.ULTIMATE:
            return "many" if self.columns <= MOST_COLUMNS else ""
        if self.result.level == Level.INTERMEDIATE:
            return "few" if self.columns <= FEW_COLUMNS else "many" if self.columns <= MOST_COLUMNS else ""
        return ""


@require_http_methods(["GET", "HEAD", "POST"])
def framework_page(request: HttpRequest) -> HttpResponse:
    """The logic model and its indicators; for staff the place where both are kept, with what ought to be looked at."""
    staff = request.user if isinstance(request.user, User) and request.user.is_staff else None
    if request.method == "POST":
        # For anybody else this page is to be read alone.
        return HttpResponseNotAllowed(["GET", "HEAD"]) if staff is None else _moved(request, staff)
    demonstration = asked_for(request)
    known = Programme.objects.all() if staff else Programme.objects.real()
    if demonstration is not None:
        known |= Programme.objects.filter(pk=demonstration.pk)
    programmes = list(known.filter(expected_results__isnull=False).distinct().order_by("is_demonstration", "code"))
    programme, problems = chosen_programme(request, programmes)
    shows_all = staff is not None and request.GET.get("show") == "all"
    is_theirs = staff is not None and programme is not None and programme.is_demonstration
    nodes = _nodes(programme, shows_all=shows_all or is_theirs) if programme is not None else []
    desk = _with_desk(nodes, programme, staff) if staff is not None and programme is not None else None
    return render(
        request,
        "indicators/framework.html",
        {
            "programme": programme,
            "programmes": programmes,
            "without_model": Programme.objects.real().filter(expected_results__isnull=True).order_by("code"),
            "nodes": nodes,
            "tree": _tree(nodes),
            "bases": [basis for basis in Basis.choices if basis[0] in {node.result.basis for node in nodes}],
            "desk": desk,
            "shows_all": shows_all,
            "problems": few(
                [*unknown_names(request.GET, ["programme", "show"] if staff else ["programme"]), *problems]
            ),
        },
    )


def _moved(request: HttpRequest, staff: User | None) -> HttpResponse:
    """Let an expected result change places with its neighbour: ``move`` is its key, then ``:up`` or ``:down``."""
    if staff is None or not staff.has_perm("indicators.change_expectedresult"):
        raise PermissionDenied(_("Monitoring specialists keep the logic model: your account may not."))
    key, _colon, direction = request.POST.get("move", "").partition(":")
    result = get_object_or_404(ExpectedResult.objects.select_related("programme"), pk=key if is_key(key) else None)
    with change(door=Door.WORKSPACE, by=staff, reason=_("Order of the logic model")):
        move_result(result=result, is_up=direction == "up")
    return HttpResponseRedirect(f"{request.path}?programme={result.programme.slug}#result-{result.code}")


def _with_desk(nodes: list[Node], programme: Programme, staff: User) -> Desk:
    """Give the nodes and their indicators what staff see beside them."""
    desk = desk_of(programme, staff, [(node.result, [each.indicator for each in node.indicators]) for node in nodes])
    for node in nodes:
        node.desk = desk.results[node.result.pk]
        for measured in node.indicators:
            measured.desk = desk.indicators[measured.indicator.pk]
    return desk


def _nodes(programme: Programme, *, shows_all: bool = False) -> list[Node]:
    """Every expected result of a programme in its order, with its public indicators and their figures.

    Args:
        shows_all: with what is not public, too: for staff alone.
    """
    expected = programme.expected_results.prefetch_related("citations__document").order_by("order", "code")
    demonstration = programme if programme.is_demonstration else None
    shown = Result.objects.latest().rows() if shows_all else Result.objects.for_pages(demonstration)
    results = shown.filter(programme=programme, indicator__expected_result__isnull=False)
    [rows] = figure_rows(results.order_by("key"), with_parts=False)
    figures: dict[int, list[FigureRow]] = defaultdict(list)
    for row in rows:
        figures[row.indicator_id].append(row)
    indicators: dict[int, list[Measured]] = defaultdict(list)
    known = Indicator.objects.all() if shows_all else Indicator.objects.filter(is_public=True)
    measured = known.filter(programme=programme, expected_result__isnull=False)
    for indicator in measured.select_related("programme").order_by("code"):
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
