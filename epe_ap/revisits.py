"""A page in which nothing can have changed is not made again: what the browser kept of it is said to be good (304).

A public page is made of the register's data, the program and its settings, the day, and the address. All of them are in
its tag, so that it need not be known which page reads what: any change of the data makes all pages new.
"""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotModified
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import get_language_from_path

from accounts.models import Change

#: What pages are made of besides the data: folders of the program, beside its packages, and the kinds of files in them.
FOLDERS = ("templates", "static", "locale")
KINDS = {".py", ".html", ".css", ".js", ".svg", ".mo"}
#: Settings of the installation that pages depend on.
SETTINGS = (
    "EPE_AP_SMALL_CELL",
    "EPE_AP_SMALL_CELL_SENSITIVE",
    "EPE_AP_ON_TRACK_THRESHOLD",
    "SITE_URL",
    "STATIC_URL",
    "TIME_ZONE",
)


class RevisitMiddleware:
    """Gives the pages that anybody may read a tag, and answers whoever comes back with it: one query, no figure read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not _is_of_anybody(request):
            return self.get_response(request)
        # Before the page reads anything: what is committed meanwhile is newer than its tag, never older.
        tag = _tag(request)
        if tag in parse_etags(request.headers.get("If-None-Match", "")):
            return _told(HttpResponseNotModified(), tag)
        response = self.get_response(request)
        return _told(response, tag) if _may_be_kept(response) else response


def data_version(request: HttpRequest) -> int:
    """The version of the data as it was when this request came in, asked once."""
    if not hasattr(request, "data_version"):
        request.data_version = Change.objects.data_version()  # type: ignore[attr-defined]
    return request.data_version  # type: ignore[attr-defined]


@cache
def release() -> str:
    """What tells this program, with its settings, from any other; the same in all of its processes."""
    told = hashlib.sha256(repr([getattr(settings, name) for name in SETTINGS]).encode())
    base = Path(settings.BASE_DIR)
    folders = [*(base / name for name in FOLDERS), *(package.parent for package in base.glob("*/__init__.py"))]
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in KINDS):
        known = path.stat()
        told.update(f"{path.relative_to(base)} {known.st_size} {known.st_mtime_ns}".encode())
    return told.hexdigest()[:16]


def _is_of_anybody(request: HttpRequest) -> bool:
    """Whether the answer is the same for everybody: a page in a language, asked for without a session or a message."""
    return (
        request.method in ("GET", "HEAD")
        and not settings.DEBUG
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and CookieStorage.cookie_name not in request.COOKIES
        and get_language_from_path(request.path_info) is not None
    )


def _tag(request: HttpRequest) -> str:
    parts = (data_version(request), release(), timezone.localdate(), request.get_full_path())
    return f'W/"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


def _may_be_kept(response: HttpResponseBase) -> bool:
    """Not what depends on a cookie after all, as a page with a form does, nor what says itself how long it is good."""
    is_of_cookies = response.cookies or "cookie" in response.get("Vary", "").lower()
    return response.status_code == 200 and not is_of_cookies and not response.has_header("Cache-Control")


def _told(response: HttpResponseBase, tag: str) -> HttpResponseBase:
    response["ETag"] = tag
    # Kept, and asked about each time. Whoever signs in is shown another page under the same address.
    patch_cache_control(response, no_cache=True)
    patch_vary_headers(response, ["Cookie"])
    return response
