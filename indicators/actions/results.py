"""The table of results: refreshed with each change, rebuilt and checked on demand."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from indicators.actions.book import Book, read_book, with_relatives
from indicators.actions.rows import rows_of
from indicators.models import Breakdown, Indicator, Result, Series

#: Columns that are compared; the primary key is the only one that may differ.
COLUMNS = tuple(field.attname for field in Result._meta.concrete_fields if not field.primary_key)

_postponed: ContextVar[set[int] | None] = ContextVar("postponed_refresh", default=None)


@dataclass(frozen=True)
class Difference:
    """A stored row that is not what the rules make of the figures."""

    key: str
    column: str
    stored: Any
    computed: Any

    def __str__(self) -> str:
        return f"{self.key}: {self.column} is {self.stored!r}, should be {self.computed!r}"


def refresh_results(*, indicators: Iterable[Indicator | int] = (), series: Iterable[Series] = ()) -> None:
    """Make the rows of these indicators anew, with those that they add up to.

    Called by every write of figures, in its transaction. Two writers of one indicator wait for each other.
    """
    touched = {each if isinstance(each, int) else each.pk for each in indicators}
    touched |= {each.indicator_id for each in series}
    waiting = _postponed.get()
    if waiting is not None:
        waiting |= touched
    elif touched:
        _replace(with_relatives(touched))


@contextmanager
def one_refresh() -> Iterator[None]:
    """Let many writes refresh the results once, at the end: an import, a grid, a report."""
    if _postponed.get() is not None:
        yield
        return
    token = _postponed.set(set())
    try:
        with transaction.atomic():
            yield
            touched = _postponed.get() or set()
            _postponed.set(None)
            refresh_results(indicators=touched)
    finally:
        _postponed.reset(token)


def rebuild_results() -> int:
    """Make the whole table anew; gives the number of rows."""
    return _replace(None)


def check_results() -> list[Difference]:
    """Compute all rows and compare them with the stored ones; empty when they agree. Writes nothing."""
    computed = {row.key: row for row in rows_of(read_book())}
    stored = {row.key: row for row in Result.objects.all()}
    differences = []
    for key in sorted(computed.keys() | stored.keys()):
        if key not in stored:
            differences.append(Difference(key, "row", "missing", "present"))
        elif key not in computed:
            differences.append(Difference(key, "row", "present", "missing"))
        else:
            differences += [
                Difference(key, column, getattr(stored[key], column), getattr(computed[key], column))
                for column in COLUMNS
                if getattr(stored[key], column) != getattr(computed[key], column)
            ]
    return differences


def _replace(indicators: Collection[int] | None) -> int:
    with transaction.atomic():
        book: Book = read_book(indicators, lock=True)
        if "" not in book.breakdown_ids and book.series:
            book.breakdown_ids[""] = Breakdown.objects.for_categories([]).pk
        rows = rows_of(book)
        old = Result.objects.all() if indicators is None else Result.objects.filter(indicator__in=book.indicators)
        old.delete()
        Result.objects.bulk_create(rows)
    return len(rows)
