"""The table of results: refreshed with each change, rebuilt and checked on demand."""

import gc
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from indicators import rules
from indicators.actions.book import Book, groups_of_relatives, lock, read_book, with_relatives
from indicators.actions.rows import COLUMNS, FIELDS, Row, Sheets, reached, rows_in, rows_of, sheets_of, strands_of
from indicators.choices import Status
from indicators.models import Breakdown, Indicator, Result, Series

WRITTEN = [field.name for field in FIELDS if field.name != "key"]
values_of = itemgetter(*COLUMNS)
#: Rows of one statement: SQLite takes no more than 32,766 values in one, and memory stays flat.
BATCH = 500
#: Fewer rows than these are written by one plain statement: each of COPY is a journey more.
FEW = 100

#: What was touched: indicators, each with the series whose figures changed, or None where anything may have.
Touched = dict[int, set[int] | None]

_postponed: ContextVar[Touched | None] = ContextVar("postponed_refresh", default=None)


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

    Args:
        indicators: of which anything may have changed.
        series: of which figures changed, and nothing else: of their indicators only the rows are made anew that such a
            figure can change.
    """
    touched: Touched = {}
    for each in series:
        _touch(touched, each.indicator_id, {each.pk})
    for indicator in indicators:
        _touch(touched, indicator if isinstance(indicator, int) else indicator.pk, None)
    waiting = _postponed.get()
    if waiting is not None:
        for pk, changed in touched.items():
            _touch(waiting, pk, changed)
    elif touched:
        _renew(touched)


def _touch(touched: Touched, indicator: int, series: set[int] | None) -> None:
    known = touched.setdefault(indicator, set())
    touched[indicator] = None if known is None or series is None else known | series


@contextmanager
def one_refresh() -> Iterator[None]:
    """Let many writes refresh the results once, at the end: an import, a grid, a report."""
    if _postponed.get() is not None:
        yield
        return
    token = _postponed.set({})
    try:
        with transaction.atomic():
            yield
            touched = _postponed.get()
            _postponed.set(None)
            if touched:
                _renew(touched)
    finally:
        _postponed.reset(token)


def rebuild_results() -> int:
    """Make the whole table anew, a few indicators at a time; gives the number of rows."""
    with transaction.atomic():
        return sum(_rebuild(group) for group in groups_of_relatives())


def _rebuild(group: Collection[int]) -> int:
    with _uncollected():
        return _write(_read(lock(group)), is_whole=True)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Put off the search for cycles: tens of thousands of records are made at once and none is part of one, but they
    would be looked through again and again, for a fifth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def check_results() -> list[Difference]:
    """Compute all rows and compare them with the stored ones; empty when they agree. Writes nothing."""
    differences = []
    for group in groups_of_relatives():
        differences += _differences(rows_of(read_book(group)), Result.objects.filter(indicator__in=group))
    return differences


def _differences(rows: Iterable[Row], kept: QuerySet[Result]) -> list[Difference]:
    computed = {row["key"]: values_of(row) for row in rows}
    stored = {row["key"]: values_of(row) for row in kept.values(*COLUMNS)}
    differences = []
    for key in sorted(computed.keys() | stored.keys()):
        if key not in stored:
            differences.append(Difference(key, "row", "missing", "present"))
        elif key not in computed:
            differences.append(Difference(key, "row", "present", "missing"))
        else:
            differences += [
                Difference(key, column, was, is_now)
                for column, was, is_now in zip(COLUMNS, stored[key], computed[key], strict=True)
                if was != is_now
            ]
    return differences


def _renew(touched: Touched) -> None:
    """Write what changed of the rows of these indicators and of all that their totals hang together with."""
    with transaction.atomic(), _uncollected():
        related = lock(with_relatives(list(touched)))
        gone = touched.keys() - related.keys()
        if gone:
            # Deleted in the same transaction, in bulk: nothing else takes their rows along.
            Result.objects.filter(indicator__in=gone).delete()
        # A few at a time: an import may touch all there are, and memory stays flat.
        for group in groups_of_relatives(related):
            series = [touched[pk] for pk in group if pk in touched]
            _write(_read(group), changed=None if None in series else {pk for each in series for pk in each or ()})


def _read(indicators: Collection[int]) -> Book:
    book = read_book(indicators)
    if "" not in book.breakdown_ids and book.series:
        book.breakdown_ids[""] = Breakdown.objects.for_categories([]).pk
    return book


def _write(book: Book, *, changed: Collection[int] | None = None, is_whole: bool = False) -> int:
    """Bring the stored rows of the book's indicators to what the rules make; gives the number of those made anew.

    Args:
        changed: the series whose figures changed; None where anything may have.
        is_whole: the whole table is made anew: every row is written, not only those that differ.
    """
    stored = Result.objects.filter(indicator__in=book.indicators)
    sheets = sheets_of(book)
    if is_whole:
        rows = rows_in(sheets)
        stored.delete()
        insert(rows)
        return len(rows)
    chosen = None
    if changed is not None and not _withholds(sheets, stored):
        chosen = reached(sheets, changed)
        # Of the others nothing can have changed. What belongs to none any more is among the rest.
        others = {line.key for _, each in strands_of(sheets) if id(each) not in chosen for line in each.emitted()}
        keys = stored.values_list("pk", "key")
        stored = Result.objects.filter(pk__in=[pk for pk, key in keys if key not in others])
    rows = rows_in(sheets, chosen)
    _write_differences(rows, stored)
    return len(rows)


def _withholds(sheets: Sheets, stored: QuerySet[Result]) -> bool:
    """Whether anything is withheld, or was: then one figure may change what is shown of any other."""
    for sheet, strand in strands_of(sheets):
        if sheet.indicator.unit_of_analysis in rules.PEOPLE and any(
            line.withheld or line.is_to_date_withheld or line.is_baseline_withheld for line in strand.emitted()
        ):
            return True
    is_withheld = Q(is_suppressed=True) | Q(status_final=Status.SUPPRESSED)
    return stored.filter(is_withheld | Q(baseline_record__isnull=False, baseline__isnull=True)).exists()


def _write_differences(rows: Sequence[Row], stored: QuerySet[Result]) -> None:
    """Write the rows that differ from the stored ones, and delete those that are not made any more."""
    known = {values[1]: values for values in stored.values_list("pk", *COLUMNS)}
    differing = [row for row in rows if row["key"] not in known or values_of(row) != known[row["key"]][1:]]
    gone = known.keys() - {row["key"] for row in rows}
    if gone:
        Result.objects.filter(pk__in=[known[key][0] for key in gone]).delete()
    if connection.vendor == "postgresql" and len(differing) >= FEW:
        _upsert(differing)
        return
    Result.objects.bulk_create(
        [Result(**row) for row in differing],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=WRITTEN,
    )


def insert(rows: Sequence[Row]) -> None:
    """Write rows of which none is stored yet."""
    if connection.vendor == "postgresql":
        _copy(rows, Result._meta.db_table)
    else:
        Result.objects.bulk_create([Result(**row) for row in rows], batch_size=BATCH)


def _upsert(rows: Sequence[Row]) -> None:
    """Write rows, whether one of their key is stored or not, by COPY and one statement within PostgreSQL."""
    table, columns = Result._meta.db_table, ", ".join(str(field.column) for field in FIELDS)
    renewed = ", ".join(f"{field.column} = excluded.{field.column}" for field in FIELDS if field.name != "key")
    with connection.cursor() as cursor:
        # The names are those of the model.
        cursor.execute(f"CREATE TEMP TABLE made_anew AS SELECT {columns} FROM {table} LIMIT 0")  # noqa: S608
        _copy(rows, "made_anew")
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {columns} FROM made_anew "  # noqa: S608
            f"ON CONFLICT (key) DO UPDATE SET {renewed}"
        )
        cursor.execute("DROP TABLE made_anew")


def _copy(rows: Iterable[Row], table: str) -> None:
    """PostgreSQL takes plain values as they are, in a fifth of the time that instances of the model take."""
    columns = ", ".join(str(field.column) for field in FIELDS)
    statement = f"COPY {table} ({columns}) FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(values_of({**row, "inputs": json.dumps(row["inputs"])}))
