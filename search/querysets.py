"""How entries are found, on either database; and the nearest spelling of a word that none of them holds."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, Self

from django.db import connection, models
from django.db.models import Case, Count, F, Min, Q, Value, When, Window
from django.db.models.functions import Length, RowNumber

from search.choices import Kind
from search.words import place, stands_for_its_beginning

if TYPE_CHECKING:
    from projects.models import Programme

#: Of one kind no more are looked at: who finds so many adds a word. Keeps a search for the commonest word as quick as any.
MOST_OF_A_KIND: Final = 500
#: Words as near as this are looked for instead, where Python compares them (difflib's ratio). pg_trgm has its own measure.
NEAR_ENOUGH: Final = 0.75
#: Candidates that Python compares where the database cannot.
MOST_COMPARED: Final = 3000

#: One look into the index for each kind: first at names and then, unless they are as many as are wanted, at everything.
#: The expression is that of the index.
STATEMENT: Final = """
WITH hits AS (
    SELECT wanted.kind, found.id, min(found.tier) AS tier, min(found.position) AS position
    FROM (VALUES {wanted}) AS wanted (kind, in_names, anywhere, by_figure),
    LATERAL (
        WITH named AS MATERIALIZED (
            SELECT id, 0 AS tier, position FROM search_entry
            WHERE array_to_tsvector(string_to_array(btrim(keys), ' ')) @@ wanted.in_names AND {scope} LIMIT {most}
        )
        SELECT id, tier, position FROM named
        UNION ALL
        (SELECT id, 1, position FROM search_entry
         WHERE (SELECT count(*) FROM named) < {most}
         AND array_to_tsvector(string_to_array(btrim(keys), ' ')) @@ wanted.anywhere AND {scope} LIMIT {most})
        UNION ALL
        (SELECT id, 1, position FROM search_entry
         WHERE record = ANY(wanted.by_figure) AND kind = wanted.kind AND language = %s AND {scope})
    ) AS found
    GROUP BY wanted.kind, found.id
), ranked AS (
    SELECT id, kind, count(*) OVER (PARTITION BY kind) AS number,
        row_number() OVER (PARTITION BY kind ORDER BY tier, position, id) AS rank
    FROM hits
)
SELECT id, kind, number FROM ranked WHERE rank > %s AND rank <= %s ORDER BY kind, rank
"""


@dataclass
class Hits:
    """What a search found: how many of each kind, and the primary keys of those that are to be shown, the best first."""

    numbers: dict[Kind, int] = field(default_factory=dict)
    keys: dict[Kind, list[int]] = field(default_factory=dict)

    def add(self, kind: str, key: int, number: int) -> None:
        self.numbers[Kind(kind)] = min(number, MOST_OF_A_KIND)
        self.keys.setdefault(Kind(kind), []).append(key)


class EntryQuerySet(models.QuerySet):
    def in_scope(self, demonstration: "Programme | None") -> Self:
        """Entries of real programmes and of none; of a demonstration, where somebody names it."""
        if demonstration is None:
            return self.filter(is_demonstration=False)
        return self.filter(programme=demonstration)

    def hits(
        self,
        words: Collection[str],
        *,
        language: str,
        kinds: Iterable[Kind] = tuple(Kind),
        start: int = 0,
        stop: int,
        by_figure: Collection[int] = (),
        demonstration: "Programme | None" = None,
    ) -> Hits:
        """Entries in a language that hold all of the words, in one query: those whose names do come first.

        Args:
            start: how many of each kind are left out, and
            stop: the last one of each kind that is wanted; counting goes to ``MOST_OF_A_KIND`` in any case.
            by_figure: indicators that are found as well, because a figure of theirs is what is asked for.
        """
        if not words:
            return Hits()
        look = _look_in_postgres if connection.vendor == "postgresql" else _look_anywhere
        hits = Hits()
        for key, kind, number in look(
            self.in_scope(demonstration), words, language, list(kinds), start, stop, {Kind.INDICATOR: by_figure}
        ):
            hits.add(kind, key, number)
        return hits


def _look_in_postgres(
    entries: EntryQuerySet,
    words: Collection[str],
    language: str,
    kinds: Collection[Kind],
    start: int,
    stop: int,
    by_figure: Mapping[Kind, Collection[int]],
) -> list[tuple[int, str, int]]:
    wanted: list[str] = []
    values: list[Any] = []
    for kind in kinds:
        wanted.append("(%s, %s::tsquery, %s::tsquery, %s::bigint[])")
        values += [
            kind.value,
            _tsquery(words, place(language, kind, in_title=True)),
            _tsquery(words, place(language, kind)),
            list(by_figure.get(kind, ())),
        ]
    scope, said = _where(entries)
    # The condition is that of the queryset and stands three times; every value is a parameter.
    statement = STATEMENT.format(wanted=", ".join(wanted), scope=scope, most=MOST_OF_A_KIND)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, *said, *said, language, *said, start, stop])
        return cursor.fetchall()


def _where(entries: EntryQuerySet) -> tuple[str, list[Any]]:
    compiler = entries.query.get_compiler(connection=connection)
    sql, values = entries.query.where.as_sql(compiler, connection)
    return sql, list(values)


def _tsquery(words: Iterable[str], before: str) -> str:
    # Words hold letters, digits and points alone, so that nothing in them ends the quotes.
    return " & ".join(f"'{before}{word}'{':*' if stands_for_its_beginning(word) else ''}" for word in words)


def _look_anywhere(
    entries: EntryQuerySet,
    words: Collection[str],
    language: str,
    kinds: Collection[Kind],
    start: int,
    stop: int,
    by_figure: Mapping[Kind, Collection[int]],
) -> list[tuple[int, str, int]]:
    """The same by reading every entry of the language: no database but PostgreSQL has its index."""
    condition, in_names = Q(pk__in=[]), Q(pk__in=[])
    for kind in kinds:
        condition |= Q(kind=kind) & _holding(words, place(language, kind))
        in_names |= Q(kind=kind) & _holding(words, place(language, kind, in_title=True))
        if by_figure.get(kind):
            condition |= Q(kind=kind, record__in=list(by_figure[kind]))
    ranked = (
        entries.filter(condition, language=language)
        .annotate(tier=Case(When(in_names, then=Value(0)), default=Value(1)))
        .annotate(
            number=Window(Count("*"), partition_by=F("kind")),
            rank=Window(RowNumber(), partition_by=F("kind"), order_by=("tier", "position", "pk")),
        )
        .filter(rank__gt=start, rank__lte=min(stop, MOST_OF_A_KIND))
        .order_by("kind", "rank")
    )
    return list(ranked.values_list("pk", "kind", "number"))


def _holding(words: Iterable[str], before: str) -> Q:
    condition = Q()
    for word in words:
        end = "" if stands_for_its_beginning(word) else " "
        condition &= Q(keys__contains=f" {before}{word}{end}")
    return condition


class WordQuerySet(models.QuerySet):
    def add(self, words: Iterable[str]) -> None:
        """Keep these words; in one order, so that two writers never wait for each other in a circle."""
        rows = [self.model(text=word) for word in sorted(set(words))]
        self.bulk_create(rows, batch_size=500, ignore_conflicts=True)

    def unknown(self, words: Collection[str]) -> list[str]:
        """Those of the words that no known one begins with, in one query."""
        looked_for = {f"word_{n}": Min("text", filter=Q(text__startswith=word)) for n, word in enumerate(words)}
        found = self.aggregate(**looked_for) if looked_for else {}
        return [word for n, word in enumerate(words) if found[f"word_{n}"] is None]

    def nearest(self, words: Collection[str]) -> dict[str, str]:
        """For each of the words the known one that is spelled most like it, where one is near."""
        if not words:
            return {}
        look = self._near_in_postgres if has_trigrams() else self._near_alike
        found = {word: look(word) for word in words}
        return {word: near for word, near in found.items() if near}

    def _near_in_postgres(self, word: str) -> str | None:
        near = self.extra(
            where=["text %% %s"], params=[word], select={"near": "similarity(text, %s)"}, select_params=[word]
        )
        return near.order_by("-near", "text").values_list("text", flat=True).first()

    def _near_alike(self, word: str) -> str | None:
        """By comparing it with those that begin with the same letter and are about as long."""
        alike = self.alias(length=Length("text")).filter(
            text__startswith=word[0], length__range=(len(word) - 2, len(word) + 2)
        )
        known = list(alike.values_list("text", flat=True)[:MOST_COMPARED])
        return next(iter(get_close_matches(word, known, n=1, cutoff=NEAR_ENOUGH)), None)


def has_trigrams() -> bool:
    """Whether the database compares spellings itself: PostgreSQL with its extension pg_trgm."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
        return cursor.fetchone() is not None
