"""Former addresses: where a slug was changed, the page still answers at its former address, by leading to the new one.

Every slug that a record ever bore stands in its history, which each write adds to: no register of addresses is kept
beside it. It is asked only when a page was not found.
"""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponsePermanentRedirect
from django.urls import Resolver404, resolve
from django.utils.http import RFC3986_SUBDELIMS

from forums.models import Forum
from indicators.models import Indicator, ReportingPeriod
from library.models import Document
from partners.models import Partner
from projects.models import Programme, Project, Theme, WorkPlan

#: The records whose slug stands in an address, by what stands before it.
RECORDS: Final[dict[str, Any]] = {
    "programmes": Programme,
    "themes": Theme,
    "projects": Project,
    "work-plans": WorkPlan,
    "partners": Partner,
    "forums": Forum,
    "indicators": Indicator,
    "sources": Document,
}
#: Those whose slug stands in the key of a figure, after this name.
IN_KEYS: Final[dict[str, Any]] = {"project": Project, "partner": Partner, "forum": Forum}
#: What ``reverse()`` leaves as it is.
UNQUOTED: Final = f"{RFC3986_SUBDELIMS}/~:@"
#: An address with more parts than these is no page's.
MOST_PARTS: Final = 12


class FormerAddressMiddleware:
    """Answers 301 where a page is not found whose address was another page's once; the query string stays."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Http404) or request.method not in ("GET", "HEAD"):
            return None
        path = address_now(request.path_info)
        # What is not public is not even led to: whoever asks learns no more than that there is no such page.
        if path == request.path_info or not answers(request, path):
            return None
        before = request.path.removesuffix(request.path_info)
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(f"{before}{quote(path, safe=UNQUOTED)}{'?' if query else ''}{query}")


def address_now(path: str) -> str:
    """An address with the present slug in place of each former one: ``/fr/projects/B5/`` → ``/fr/projects/B05/``."""
    parts = path.split("/")
    if not 4 <= len(parts) <= MOST_PARTS or parts[2] not in RECORDS or "\x00" in path:
        return path
    # A file is called by the slug of its record, too: plan.ics.
    slug, dot, ending = parts[3], "", ""
    if parts[2] == "work-plans":
        slug, dot, ending = parts[3].partition(".")
    parts[3] = slug_now(RECORDS[parts[2]], slug) + dot + ending
    if parts[2] == "indicators" and parts[4:5] == ["figures"] and len(parts) > 5:
        parts[5] = slug_now(ReportingPeriod, parts[5])
        for place, part in enumerate(parts[6:], start=6):
            name, sign, value = part.partition("=")
            if sign and name in IN_KEYS:
                parts[place] = f"{name}={slug_now(IN_KEYS[name], value)}"
    return "/".join(parts)


def slug_now(model: Any, slug: str) -> str:
    """The slug that the record has which bore this one, and bore it last; the same where none has another."""
    records = model._base_manager
    if records.filter(slug=slug).exists():
        return slug
    history = model.history.model.objects.filter(slug=slug).order_by("-history_date", "-history_id")
    once = history.values_list("id", flat=True).first()
    now = records.filter(pk=once).values_list("slug", flat=True).first() if once is not None else None
    return now or slug


def answers(request: HttpRequest, path: str) -> bool:
    """Whether a page stands at this address for whoever asks."""
    try:
        match = resolve(path)
        return match.func(request, *match.args, **match.kwargs).status_code < 400
    except (Resolver404, Http404):
        return False
