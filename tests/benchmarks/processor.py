"""Processor time of the work and of the database that does its part: the same on a busy machine as on an idle one."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from django.db import connection


class Taken(NamedTuple):
    """Seconds: by the clock, of the processor in this process, and of the processor in PostgreSQL's."""

    clock: float
    program: float
    database: float

    @property
    def processor(self) -> float:
        return self.program + self.database


def taken(work: Callable[[], object]) -> Taken:
    """How long something takes."""
    database, program, clock = _of_database(), time.process_time(), time.perf_counter()
    work()
    clock, program = time.perf_counter() - clock, time.process_time() - program
    return Taken(clock, program, _of_database() - database)


def _of_database() -> float:
    """Of the process of PostgreSQL that answers this one, where it runs on this machine; SQLite works in this one."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        told = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
    # Its first number is nanoseconds on the processor; where Linux does not count them, nothing is known.
    return int(told.read_text().split()[0]) / 1e9 if told.exists() else 0


def p95(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.95) - 1]
