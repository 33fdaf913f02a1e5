"""The table of the search: brought along with each change, made anew and checked on demand."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from django.db import connection, transaction

from accounts.actions.copying import copy_in, is_copied
from accounts.following import Written
from search.actions.told import rows_of
from search.actions.touched import touched_by
from search.choices import Kind
from search.models import Entry, Word
from search.querysets import has_trigrams

COLUMNS: Final = (
    *("kind", "record", "language", "key", "code", "title", "title_language", "text", "text_language", "keys"),
    *("position", "programme_id", "is_demonstration"),
)
IDENTITY: Final = ("kind", "record", "language")
#: What a row of the same identity is renewed by.
RENEWED: Final = [name.removesuffix("_id") for name in COLUMNS if name not in IDENTITY]
#: Rows of one statement, and records that are read at once: SQLite takes no more than 32,766 values in one.
BATCH: Final = 500
#: Rows that are made at once where all are made.
ROWS_AT_ONCE: Final = 3_000
#: Letters of the marks that stand before each word.
MARKS: Final = 3

Identity = tuple[str, int, str]


@dataclass(frozen=True)
class Difference:
    """A stored entry that is not what the records say."""

    entry: Identity
    column: str

    def __str__(self) -> str:
        kind, record, language = self.entry
        return f"{kind} {record} ({language}): {self.column} differs"


def refresh_written(written: Written) -> None:
    """Bring along the entries that a change may have altered. Called at the end of every change, in its transaction."""
    for kind, keys in touched_by(written).items():
        if keys is None or keys:
            refresh(kind, keys)


def refresh(kind: Kind, keys: Collection[int] | None = None) -> None:
    """Bring the entries of these records, or of all of a kind, to what the records say; others are not touched."""
    if keys is None:
        _write(kind, None)
        return
    wanted = sorted(keys)
    for start in range(0, len(wanted), BATCH):
        _write(kind, wanted[start : start + BATCH])


def rebuild_search() -> int:
    """Make the whole table anew, with its words and its index of spellings; gives the number of entries."""
    number, known = 0, set[str]()
    with transaction.atomic():
        Word.objects.all().delete()
        Entry.objects.all()._raw_delete(Entry.objects.db)
        for kind in Kind:
            rows = rows_of(kind)
            while some := list(islice(rows, ROWS_AT_ONCE)):
                number += len(some)
                _insert(some)
                new = _words_in(some) - known
                Word.objects.add(new)
                known |= new
        make_index_of_spellings()
    return number


def check_search() -> list[Difference]:
    """Make all entries and compare them with the stored ones; empty when they agree. Writes nothing."""
    differences = []
    for kind in Kind:
        made = {_identity(row): row for row in rows_of(kind)}
        stored = {_identity(row): row for row in Entry.objects.filter(kind=kind).values(*COLUMNS)}
        differences += [Difference(entry, "the row") for entry in sorted(made.keys() ^ stored.keys())]
        differences += [
            Difference(entry, column)
            for entry in sorted(made.keys() & stored.keys())
            for column in COLUMNS
            if made[entry][column] != stored[entry][column]
        ]
    return differences


def make_index_of_spellings() -> bool:
    """Index the words by their trigrams, where the database can compare them; whether it does."""
    if not has_trigrams():
        return False
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX IF NOT EXISTS search_word_spelling ON search_word USING gin (text gin_trgm_ops)")
    return True


def _write(kind: Kind, keys: Collection[int] | None) -> None:
    stored = Entry.objects.filter(kind=kind)
    if keys is not None:
        stored = stored.filter(record__in=keys)
    with transaction.atomic():
        known = {_identity(row): row for row in stored.values("pk", *COLUMNS)}
        differing = []
        for row in rows_of(kind, keys):
            before = known.pop(_identity(row), None)
            if before is None or any(before[column] != row[column] for column in COLUMNS):
                differing.append(row)
        if known:
            gone = [row["pk"] for row in known.values()]
            for start in range(0, len(gone), BATCH):
                Entry.objects.filter(pk__in=gone[start : start + BATCH]).delete()
        _add(differing)


def _insert(rows: Collection[dict[str, Any]]) -> None:
    """Write rows of which none is stored yet."""
    entries = [Entry(**row) for row in rows]
    if is_copied(Entry):
        copy_in(Entry, entries)
    else:
        Entry.objects.bulk_create(entries, batch_size=BATCH)


def _add(rows: Collection[dict[str, Any]]) -> None:
    if not rows:
        return
    Entry.objects.bulk_create(
        [Entry(**row) for row in rows],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=IDENTITY,
        update_fields=RENEWED,
    )
    Word.objects.add(_words_in(rows))


def _words_in(rows: Iterable[dict[str, Any]]) -> set[str]:
    # Those of a demonstration are fictitious: nobody is offered them.
    return {key[MARKS:] for row in rows if not row["is_demonstration"] for key in row["keys"].split()}


def _identity(row: dict[str, Any]) -> Identity:
    return row["kind"], row["record"], row["language"]
