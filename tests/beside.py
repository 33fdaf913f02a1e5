"""Two people at once, on PostgreSQL: one has written and not committed yet when the other begins."""

from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection, transaction

on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql",
    reason="On SQLite the second transaction does not begin before the first has ended: there is nothing in between.",
)

#: Seconds; whoever waits longer for a lock waits for ever.
LONGEST = 30


class Beside:
    """Work on a connection of its own, begun at once."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.answer: Any = None
        self.error: Exception | None = None
        self.pid = 0
        self._is_known = Event()
        self._work = work
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            with connection.cursor() as cursor:
                # A deadlock is found after a second unless somebody may say otherwise.
                cursor.execute(
                    "SELECT pg_backend_pid(), set_config('deadlock_timeout', '20ms', false)"
                    if _is_mighty()
                    else "SELECT pg_backend_pid()"
                )
                self.pid = cursor.fetchone()[0]
            self._is_known.set()
            self.answer = self._work()
        except Exception as error:  # noqa: BLE001 (raised again by whoever asks for the result)
            self.error = error
        finally:
            self._is_known.set()
            connection.close()

    def waits(self) -> bool:
        """Whether it came to a lock that somebody else holds; False once it is done instead."""
        assert self._is_known.wait(LONGEST)
        while self._thread.is_alive():
            with connection.cursor() as cursor:
                cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [self.pid])
                if cursor.fetchone()[0]:
                    return True
            self._thread.join(0.002)
        return False

    def result(self) -> Any:
        """What it gave in the end; what it raised is raised."""
        self._thread.join(LONGEST)
        assert not self._thread.is_alive(), "It still waits."
        if self.error is not None:
            raise self.error
        return self.answer


def _is_mighty() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


def both(first: Callable[[], Any], second: Callable[[], Any]) -> tuple[Any, Any]:
    """What each gives, when the second begins after the first has written and before that is committed."""
    given: list[Any] = []
    return halfway(lambda: given.append(first()), second, lambda: given[0])


def halfway(begin: Callable[[], Any], second: Callable[[], Any], finish: Callable[[], Any]) -> tuple[Any, Any]:
    """What ``finish`` and ``second`` give, when the second begins while the first is halfway, and waits for it."""
    with transaction.atomic():
        begin()
        other = Beside(second)
        does_wait = other.waits()
        answer = finish()
    result = other.result()
    assert does_wait, f"The second did not wait for the first, and gave: {result!r}."
    return answer, result


def hold(rows: Any) -> None:
    """Take rows as a write takes them, and keep them until the transaction ends."""
    list(rows.order_by("pk").select_for_update(no_key=True))
