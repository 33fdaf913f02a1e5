"""What is called with room on the stack."""

import traceback
from typing import Any

import pytest

from epe_ap import wsgi
from epe_ap.stack import with_room


def test_it_returns_and_raises_what_the_call_does() -> None:
    def fail() -> None:
        raise LookupError("none")

    assert with_room(lambda: 7) == 7
    with pytest.raises(LookupError, match="none"):
        with_room(fail)


def test_its_frame_leaves_more_room_than_the_pieces_of_the_stack_that_it_replaces() -> None:
    frame = 8 * with_room.__code__.co_nlocals
    piece = 1 << frame.bit_length()
    assert piece - frame > 4 * 16 * 1024


def test_a_request_is_answered_with_room(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        called_from = [frame.name for frame in traceback.extract_stack()]
        return [environ["PATH_INFO"].encode(), *(name.encode() for name in called_from[-4:-1])]

    said: list[Any] = []
    monkeypatch.setattr(wsgi, "_answer", answer)
    found = list(wsgi.application({"PATH_INFO": "/x"}, lambda *told: said.append(told)))
    assert found == [b"/x", b"application", b"with_room", b"<lambda>"]
    assert said == [("200 OK", [])]
