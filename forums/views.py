"""Public pages of the forums."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from forums.models import Forum
from indicators.models import Result
from indicators.tables import figure_tables
from library.models import Discrepancy, Finding


def forum_list(request: HttpRequest) -> HttpResponse:
    return render(request, "forums/forum_list.html", {"forums": Forum.objects.real().for_list()})


def forum_page(request: HttpRequest, slug: str) -> HttpResponse:
    forum = get_object_or_404(Forum.objects.real().for_page(), slug=slug)
    return render(
        request,
        "forums/forum_page.html",
        {
            "forum": forum,
            "figures": figure_tables(Result.objects.for_pages().filter(forum=forum), group="nature"),
            "findings": Finding.objects.filter(forum=forum).for_list(),
            "discrepancies": Discrepancy.objects.about_forum(forum),
        },
    )
