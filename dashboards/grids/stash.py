"""What was typed into a grid, kept for its writer when a sign-in or a form's token had expired.

It waits in the session of the (by then anonymous) visitor. The form names its writer in a signed field, so that
whoever signs in next is shown only what they typed themselves.
"""

import time
from typing import Any

from django.core import signing
from django.http import HttpRequest, QueryDict

from accounts.models import User
from dashboards.grids.typed import Posted

SESSION_KEY = "typed_in_grids"
SALT = "dashboards.grids"
#: How long it waits: a week.
LONGEST_SECONDS = 7 * 24 * 60 * 60
#: How much of it is kept: a page of five hundred cells is about a tenth of this.
MOST_CHARACTERS = 300_000
MOST_PAGES = 3


def writer_token(user: User) -> str:
    """The signed name of the person for whom a form is made."""
    return signing.dumps(user.pk, salt=SALT)


def writer_of(data: QueryDict) -> int | None:
    """Primary key of the person for whom a posted form was made; None when it says nothing that can be trusted."""
    try:
        pk = signing.loads(data.get("writer", ""), salt=SALT)
    except signing.BadSignature:
        return None
    return pk if isinstance(pk, int) else None


def keep(request: HttpRequest) -> bool:
    """Keep a posted grid under its address; False when it is nobody's, somebody else's or too large."""
    writer = writer_of(request.POST)
    if writer is None or request.user.pk not in (None, writer):
        return False
    data = request.POST.copy()
    for name in ("csrfmiddlewaretoken", "writer", "action"):
        data.pop(name, None)
    body = data.urlencode()
    if len(body) > MOST_CHARACTERS:
        return False
    kept: dict[str, Any] = request.session.get(SESSION_KEY, {})
    kept.pop(request.get_full_path(), None)
    # The oldest go first: three open tabs are more than most people have.
    while len(kept) >= MOST_PAGES:
        kept.pop(next(iter(kept)))
    kept[request.get_full_path()] = {"writer": writer, "body": body, "at": int(time.time())}
    request.session[SESSION_KEY] = kept
    return True


def find(request: HttpRequest) -> Posted | None:
    """What the signed-in person had typed at this address; what anybody else typed is thrown away."""
    kept: dict[str, Any] = request.session.get(SESSION_KEY, {})
    if not kept:
        return None
    now = time.time()
    own = {
        path: each
        for path, each in kept.items()
        if each["writer"] == request.user.pk and now - each["at"] < LONGEST_SECONDS
    }
    if own != kept:
        request.session[SESSION_KEY] = own
    found = own.get(request.get_full_path())
    return Posted.read(QueryDict(found["body"])) if found else None


def drop(request: HttpRequest) -> None:
    """Forget what was kept for this address: it was posted again."""
    kept: dict[str, Any] = request.session.get(SESSION_KEY, {})
    if kept.pop(request.get_full_path(), None) is not None:
        request.session[SESSION_KEY] = kept
