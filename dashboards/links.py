"""Pages behind a link that stands in a mail alone: kept by nobody, and closed to whoever guesses addresses."""

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse

#: Wrong codes from one place of the network, within five minutes.
WRONG_CODES = "30/5m/ip"


def private(response: HttpResponse) -> HttpResponse:
    """Found by no search, and its address told to no other site; ``never_cache`` lets nobody keep it."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    # Not "no-referrer": browsers then send a form of the page itself as if from nowhere, and it is refused.
    response["Referrer-Policy"] = "same-origin"
    return response


def is_guessing(request: HttpRequest, *, is_wrong: bool) -> bool:
    """Whether too many wrong codes came from the same place; with ``is_wrong`` this one counts, too."""
    return not ratelimit.consume(
        request, app="dashboards", action="link", config={"link": WRONG_CODES}, limit_get=True, dry_run=not is_wrong
    )


def too_often(request: HttpRequest) -> HttpResponse:
    return private(ratelimit.respond_429(request))
