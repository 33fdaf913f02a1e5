"""What every page's template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.translation import get_language

from accounts.middleware import signed_in
from epe_ap.pages import few, unknown_names


def problems(request: HttpRequest) -> dict[str, Any]:
    """A page that reads no parameters says so to whoever sends one; a page that does puts its own list in place."""
    return {"problems": few(unknown_names(request.GET))}


#: As Open Graph names languages: each with a country or region.
OPEN_GRAPH = {"fr": "fr_CA", "es": "es_LA", "en": "en_CA"}

#: Pages that show something else by what their address asks for; of the others an address without its query stands for all.
FILTERED = {"results", "publications", "findings", "discrepancies", "framework", "compare"}
#: What never makes another page of a page: the order and the number of its rows, what only staff see, traces of campaigns.
NOT_CANONICAL = {"sort", "page", "group", "show", "citation"}
#: Lists whose rows have no page of their own: each page of such a list is one by itself.
PAGED = {"publications", "findings", "discrepancies"}


def languages(request: HttpRequest) -> dict[str, Any]:
    """This page, with its filter, in each language of the site; and the address that stands for it elsewhere."""
    here = request.get_full_path()
    links = [
        {
            "code": code,
            "name": name,
            "url": translate_url(here, code),
            "current": code == get_language(),
            "open_graph": OPEN_GRAPH.get(code, code),
        }
        for code, name in settings.LANGUAGES
    ]
    path = request.path + _canonical_query(request)
    elsewhere = {code: request.build_absolute_uri(translate_url(path, code)) for code, _name in settings.LANGUAGES}
    default = request.build_absolute_uri(path.replace(f"/{get_language()}/", "/", 1))
    return {
        "language_links": links,
        "canonical_url": request.build_absolute_uri(path),
        # Without a language in it an address leads to the reader's own.
        "canonical_links": [{"code": code, "url": url} for code, url in [*elsewhere.items(), ("x-default", default)]],
    }


def _canonical_query(request: HttpRequest) -> str:
    match = request.resolver_match
    if match is None or match.url_name not in FILTERED:
        return ""
    kept = request.GET.copy()
    left_out = NOT_CANONICAL - {"page"} if match.url_name in PAGED and kept.get("page") != "1" else NOT_CANONICAL
    for name in list(kept):
        if name in left_out or name.startswith("utm_") or not any(kept.getlist(name)):
            del kept[name]
    return f"?{kept.urlencode()}" if kept else ""


def person(request: HttpRequest) -> dict[str, Any]:
    """Who is signed in; nobody, and no query, where there is no session."""
    return {"person": signed_in(request)}
