"""Public pages of the forums."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from forums.models import Forum
from indicators.models import Result
from indicators.tables import Names, figure_tables
from library.models import Citation, Discrepancy, Finding
from library.statements import Disagreement, by_kind


@require_safe
def forum_list(request: HttpRequest) -> HttpResponse:
    return render(request, "forums/forum_list.html", {"forums": Forum.objects.real().for_list()})


@require_safe
def forum_page(request: HttpRequest, slug: str) -> HttpResponse:
    forum = get_object_or_404(Forum.objects.real().for_page(), slug=slug)
    names = Names.load()
    discrepancies = Discrepancy.objects.about_forum(forum).with_statements()
    return render(
        request,
        "forums/forum_page.html",
        {
            "forum": forum,
            "figures": figure_tables(Result.objects.for_pages().filter(forum=forum), group="nature", names=names),
            "findings": by_kind(Finding.objects.filter(forum=forum).for_section()),
            "citations": Citation.objects.about_forum(forum),
            "disagreements": Disagreement.of(discrepancies, names),
        },
    )
