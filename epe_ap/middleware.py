"""What is answered before, or instead of, the pages: probes, and the page for a database that is down."""

import base64
import hashlib
import logging
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.actions import Collision
from epe_ap.database_state import means_database_down, what_is_missing

logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# Read once, when the server starts: the page must need nothing that can fail.
DATABASE_DOWN_PAGE = (Path(__file__).parent / "database_down.html").read_text(encoding="utf-8")


def _policy_for(page: str) -> str:
    """A content security policy that allows the page's own style sheet and nothing else."""
    styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() for style in styles]
    return "; ".join(["default-src 'none'", "style-src " + " ".join(f"'sha256-{value}'" for value in hashes)])


DATABASE_DOWN_POLICY = _policy_for(DATABASE_DOWN_PAGE)


class HealthMiddleware:
    """`/healthz`: this process answers. `/readyz`: the database answers too and has all its migrations."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info == "/healthz":
            return self.answer("")
        if request.path_info == "/readyz":
            return self.answer(what_is_missing())
        return self.get_response(request)

    def answer(self, problem: str) -> HttpResponse:
        response = HttpResponse(
            (problem or "ok") + "\n",
            content_type="text/plain; charset=utf-8",
            status=503 if problem else 200,
        )
        response["Cache-Control"] = "no-store"
        return response


class ReadableAddressMiddleware:
    """An address with more parameters than any page reads is told so, with 404.

    Django reads as many as the largest form has fields, and refuses more, each time anew: also while the page for an
    address that does not exist is made.
    """

    MOST_PARAMETERS = 1000

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.content_params and "charset" in request.content_params:
            # All pages and forms are UTF-8. Some other encodings make letters that no page and no database can hold.
            request.encoding = "utf-8"
        if request.META.get("QUERY_STRING", "").count("&") >= self.MOST_PARAMETERS:
            request.GET = QueryDict()
            request.META["QUERY_STRING"] = ""
            sentence = _("The address holds more than %(number)s parameters: no page reads so many.") % {
                "number": self.MOST_PARAMETERS
            }
            return render(request, "404.html", {"problems": [sentence]}, status=404)
        return self.get_response(request)


class DatabaseDownMiddleware:
    """Answers 503 with one static page in three languages when the database cannot be used.

    Django turns an exception into an answer at every layer of middleware, so an outer layer never sees one
    that a session or another middleware raised, and with DEBUG on it would be shown as a traceback. The
    signal that Django sends at that moment carries the request, which is marked here; the outermost layer
    then replaces the answer. Errors of views take the shorter way, process_exception().
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        got_request_exception.connect(self.mark, dispatch_uid="epe_ap.database_down")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if getattr(request, "database_is_down", False):
            return database_down()
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return database_down_for(request, exception) if means_database_down(exception) else None

    @staticmethod
    def mark(sender: Any, request: HttpRequest | None = None, **kwargs: Any) -> None:
        # Django sends the signal while it handles the exception.
        exception = sys.exc_info()[1]
        if request is not None and means_database_down(exception):
            request.database_is_down = True  # type: ignore[attr-defined]


class CollisionMiddleware:
    """A write that the database took back for somebody else's is told in a sentence also where a page does not."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Collision):
            return None
        return render(request, "409.html", {"sentences": exception.messages}, status=409)


def _first_line(exception: BaseException) -> str:
    return (str(exception).strip().splitlines() or [type(exception).__name__])[0]


def database_down_for(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The answer to a request that met a database which cannot be used, noted for the operator."""
    # One line, not a traceback for each visitor, for as long as it lasts.
    logger.error("%s answered 503, the database cannot be used: %s", request.path, _first_line(exception))
    return database_down()


def database_down() -> HttpResponse:
    response = HttpResponse(DATABASE_DOWN_PAGE, status=503)
    response["Retry-After"] = "60"
    response["Cache-Control"] = "no-store"
    response["Content-Security-Policy"] = DATABASE_DOWN_POLICY
    return response
