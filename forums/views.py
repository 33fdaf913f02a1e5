"""Public pages of the forums."""

from collections import defaultdict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from forums.models import Forum
from forums.rules import by_year
from indicators.charts.chart import Chart, located
from indicators.charts.files import chart_file
from indicators.charts.places import project_chart
from indicators.charts.targets import target_chart
from indicators.charts.women import women_chart
from indicators.models import Result
from indicators.selections import foremost
from indicators.tables import FigureRow, FigureTables, Names, figure_rows, figure_tables, reader_language
from library.models import Citation, Discrepancy, Finding
from library.statements import Disagreement, by_kind


@require_safe
def forum_list(request: HttpRequest) -> HttpResponse:
    """The forums by year, each with its foremost figures, and what several of them counted side by side."""
    forums = list(Forum.objects.real().for_list())
    results = Result.objects.for_pages().results().filter(forum__in=forums)
    [rows] = figure_rows(results.in_order(group="family", sort="name", language=reader_language()))
    of_forum: dict[int, list[FigureRow]] = defaultdict(list)
    for row in rows:
        of_forum[row.forum_id].append(row)
    for forum in forums:
        forum.foremost = foremost(of_forum[forum.pk], most=2, fewest=1)  # type: ignore[attr-defined]
    return render(
        request,
        "forums/forum_list.html",
        {
            "forums": forums,
            "several": len({forum.programme_id for forum in forums}) > 1,
            "years": by_year(forums),
            "of_forums": [forum for forum in forums if of_forum[forum.pk]],
            "charts": _charts_of_forums(rows),
        },
    )


def _charts_of_forums(rows: list[FigureRow]) -> list[Chart]:
    """For each indicator that forums alone count, those of them that do. They are the charts of the indicator's page, whose
    files they share."""
    of_indicator: dict[int, list[FigureRow]] = defaultdict(list)
    for row in rows:
        of_indicator[row.indicator_id].append(row)
    charts = []
    for of_one in of_indicator.values():
        indicator = of_one[0].indicator
        charts += located([project_chart(of_one)], of="indicator", key=indicator.slug, subject=indicator.name)
    return charts


@require_safe
def forum_page(request: HttpRequest, slug: str) -> HttpResponse:
    forum = get_object_or_404(Forum.objects.real().for_page(), slug=slug)
    names = Names.load()
    figures = _figures_of_forum(forum, names)
    discrepancies = Discrepancy.objects.about_forum(forum).with_statements()
    return render(
        request,
        "forums/forum_page.html",
        {
            "forum": forum,
            "headlines": foremost(figures.rows, most=3, fewest=1),
            "figures": figures,
            "charts": _forum_charts(forum, figures),
            "findings": by_kind(Finding.objects.filter(forum=forum).for_section()),
            "citations": Citation.objects.about_forum(forum),
            "disagreements": Disagreement.of(discrepancies, names),
        },
    )


@require_safe
def forum_chart(request: HttpRequest, slug: str, kind: str, ending: str) -> HttpResponse:
    """A chart of a forum's figures as a file."""
    forum = get_object_or_404(Forum.objects.real(), slug=slug)
    return chart_file(request, _forum_charts(forum, _figures_of_forum(forum)), kind=kind, ending=ending)


def _figures_of_forum(forum: Forum, names: Names | None = None) -> FigureTables:
    return figure_tables(Result.objects.for_pages().filter(forum=forum), group="nature", names=names)


def _forum_charts(forum: Forum, figures: FigureTables) -> list[Chart]:
    charts = [target_chart(figures.rows), women_chart(figures.rows)]
    return located(charts, of="forum", key=forum.slug, subject=str(forum))
