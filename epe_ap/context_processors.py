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


def languages(request: HttpRequest) -> dict[str, Any]:
    """This page, with its filter, in each language of the site."""
    here = request.get_full_path()
    return {
        "language_links": [
            {"code": code, "name": name, "url": translate_url(here, code), "current": code == get_language()}
            for code, name in settings.LANGUAGES
        ]
    }


def person(request: HttpRequest) -> dict[str, Any]:
    """Who is signed in; nobody, and no query, where there is no session."""
    return {"person": signed_in(request)}
