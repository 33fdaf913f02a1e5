"""What the words of a search name, looked up before any row is asked for."""

import re
from collections import defaultdict
from collections.abc import Collection
from functools import reduce
from operator import or_
from typing import Any, Final

from django.db.models import F, Q, QuerySet, Value

from accounts.folding import fold, folded, starting
from indicators.models import Actual, Result
from indicators.querysets import HAS_NOTES, NOTES, folded_words

#: What a row is found by: the texts of what it is about.
NAMES: Final[dict[str, tuple[str, ...]]] = {
    "indicator": ("code", "slug", "name_fr", "name_es", "name_en"),
    "country": ("name_fr", "name_es", "name_en"),
    "project": ("code", "title"),
    "forum": ("title", "city"),
    "partner": ("name", "acronym", "aliases__name"),
}
#: Beside those, the rows whose actual says so in a note.
ROWS: Final = "pk"
#: Where words stand in more notes than these, rows are not named one by one.
MOST_NOTES: Final = 1000


def mentioning(words: str, *, indicators: Collection[int]) -> Q:
    """The condition that a row mentions every one of the words, whatever their case and accents: its indicator, what it
    is about, or the note of its actual.

    What they name is looked up now, in one query. Of a row only numbers are asked then, which indexes hold, however
    often rows are counted.

    Args:
        indicators: primary keys of all of them. Words that stand in every name, as "number" and "of" may, ask nothing.
    """
    patterns = [starting(word) for word in dict.fromkeys(fold(words).split())]
    if not patterns:
        return Q()
    some = "|".join(patterns)
    queries = [_saying(some, _records(relation), relation, "pk", fields) for relation, fields in NAMES.items()]
    # What is withheld says nothing in its note either.
    shown = Actual.objects.filter(HAS_NOTES, results__is_suppressed=False)
    first = shown.alias(texts=folded_words(*NOTES)).filter(texts__regex=some).order_by().values("pk")[: MOST_NOTES + 1]
    queries.append(_saying(some, shown.filter(pk__in=first), ROWS, "results__pk", NOTES))

    found: list[dict[str, set[int]]] = [defaultdict(set) for _pattern in patterns]
    number_of_notes = 0
    for relation, pk, texts in queries[0].union(*queries[1:], all=True):
        number_of_notes += relation == ROWS
        for pattern, named in zip(patterns, found, strict=True):
            if re.search(pattern, texts):
                named[relation].add(pk)

    condition = Q()
    for pattern, named in zip(patterns, found, strict=True):
        if named["indicator"].issuperset(indicators):
            continue
        by_word = reduce(or_, (Q(**{f"{relation}__in": named[relation]}) for relation in (*NAMES, ROWS)))
        if number_of_notes > MOST_NOTES:
            by_word |= Q(is_suppressed=False, actual_record__in=_noting(pattern).values("pk"))
        condition &= by_word
    return condition


def _records(relation: str) -> QuerySet:
    model: Any = Result._meta.get_field(relation).related_model
    return model._base_manager.all()


def _noting(pattern: str) -> QuerySet:
    """The actuals in one of whose notes a word stands; each by itself, since SQLite's parser bears no more depth there."""
    texts = {f"folded_{field}": folded(field) for field in NOTES}
    return (
        Actual.objects.filter(HAS_NOTES)
        .alias(**texts)
        .filter(reduce(or_, (Q(**{f"{text}__regex": pattern}) for text in texts)))
    )


def _saying(pattern: str, records: QuerySet, relation: str, pk: str, fields: tuple[str, ...]) -> QuerySet:
    """Of the records in whose texts a pattern stands: the relation, the primary key and the texts."""
    said = records.annotate(relation=Value(relation), key=F(pk), texts=folded_words(*fields)).order_by()
    return said.filter(texts__regex=pattern).values_list("relation", "key", "texts")
