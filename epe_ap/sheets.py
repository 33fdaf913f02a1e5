"""Sheets that anybody may ask for: each is made once for each state of the data and kept, one at a time in each process.

A sheet takes from half a second to a few seconds of a processor. So that nobody slows the site down with them, no more are made at once
than one, one more waits for its turn, and whoever asks beyond that is told to come again; one address has only so many
made in a minute.
"""

import hashlib
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from epe_ap.pdf import MOST_CHARACTERS, MOST_PAGES, NoSheet, no_sheet, pdf_file, render_pdf
from epe_ap.revisits import data_version, release

#: For how many seconds a sheet is kept; it says of which day it is.
KEPT = 24 * 60 * 60
#: How many that are not kept yet are made for one address in a minute.
MOST_IN_A_MINUTE = 30
#: After how many seconds it is worth asking again.
COME_AGAIN = 10
#: A process draws one sheet at a time: its threads share one processor.
_making = threading.Lock()
#: Who draws, and who waits to.
_places = threading.BoundedSemaphore(2)


class Busy(Exception):
    """One sheet is being made and another waits."""


class TooOften(Exception):
    """Somebody had too many sheets made."""


@dataclass(frozen=True)
class Note:
    """A place in a source to which figures of a sheet refer by its number."""

    number: int
    citation: Any


class Notes:
    """The numbered places in the sources, in the order in which a sheet first refers to them."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, str, str], Note] = {}

    def of(self, citations: Iterable[Any]) -> list[Note]:
        """The notes of these citations; two that print the same words under the same heading are one."""
        found: dict[int, Note] = {}
        for citation in citations:
            place = (citation.document_id, citation.section, citation.printed_value)
            note = self._found.setdefault(place, Note(len(self._found) + 1, citation))
            found[note.number] = note
        return sorted(found.values(), key=lambda note: note.number)

    @property
    def listed(self) -> list[Note]:
        return list(self._found.values())

    @property
    def documents(self) -> list[Any]:
        """The documents that the notes are in, each once."""
        return list({note.citation.document_id: note.citation.document for note in self.listed}.values())


def public_sheet(
    request: HttpRequest,
    template: str,
    context: Callable[[], Mapping[str, Any]],
    *,
    name: str,
    page: str,
    most_characters: int = MOST_CHARACTERS,
    most_pages: int = MOST_PAGES,
    is_demonstration: bool = False,
) -> HttpResponse:
    """The sheet of a public page as a file; or a page that says why there is none, or none yet.

    The template also knows ``address`` (of the page), ``made_on``, ``version`` (of the data) and ``notes``.

    Args:
        context: asked only where the sheet is not kept yet.
        name: of the file, without its ending.
        page: the path of the page that the sheet is of, with what its query needs.
    """

    content = cache.get(key := _key(request, page))
    if content is None:
        try:
            content = _made(
                request,
                key,
                lambda: render_pdf(
                    template,
                    {
                        **context(),
                        "address": request.build_absolute_uri(page),
                        "made_on": timezone.localdate(),
                        "version": data_version(request),
                        "notes": Notes(),
                    },
                    request,
                    most_characters=most_characters,
                    most_pages=most_pages,
                ),
            )
        except TooOften:
            return render(request, "429.html", status=429)
        except Busy:
            sentence = _("Other sheets are being made at the moment: ask for this one again in a few seconds.")
            return _come_again(no_sheet(request, sentence, page))
        except NoSheet as problem:
            return no_sheet(request, str(problem), page)
    answer = pdf_file(content, name)
    if is_demonstration:
        answer["X-Robots-Tag"] = "noindex"
    return answer


def _made(request: HttpRequest, key: str, make: Callable[[], bytes]) -> bytes:
    """The sheet, made unless another request made it while this one waited.

    Raises:
        TooOften: when this address had too many made; Busy: when one is made and another waits.
    """
    if _number_made_for(request) > MOST_IN_A_MINUTE:
        raise TooOften
    if not _places.acquire(blocking=False):
        raise Busy
    try:
        with _making:
            content: bytes | None = cache.get(key)
            if content is None:
                content = make()
                cache.set(key, content, KEPT)
            return content
    finally:
        _places.release()


def _number_made_for(request: HttpRequest) -> int:
    """How many sheets this address had made in this minute, with the one that it asks for now."""
    key = f"sheets-{get_adapter().get_client_ip(request)}-{int(time.time()) // 60}"
    cache.add(key, 0, 120)
    return cache.incr(key)


def _key(request: HttpRequest, page: str) -> str:
    """What a sheet is kept under: all that it is made of. Of the query only what the page needs counts."""
    parts = (data_version(request), release(), timezone.localdate(), request.build_absolute_uri(page), request.path)
    return f"sheet-{hashlib.sha256(repr(parts).encode()).hexdigest()}"


def _come_again(answer: HttpResponse) -> HttpResponse:
    answer["Retry-After"] = str(COME_AGAIN)
    return answer
