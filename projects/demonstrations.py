"""Which records are a demonstration programme's, whatever they hang on it by."""

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.db.models import Q
from django.http import HttpRequest

from projects.models import Programme

#: Relations that are followed, one after the other: a citation is of a figure of a series of an indicator.
DEPTH = 5


def asked_for(request: HttpRequest) -> Programme | None:
    """The demonstration programme that an address names by its code or slug, ``?programme=DEMO``; None for any other."""
    asked = request.GET.get("programme", "").strip()
    # No column of a database keeps a null byte.
    if not asked or "\x00" in asked:
        return None
    return Programme.objects.demonstrations().filter(Q(code__iexact=asked) | Q(slug__iexact=asked)).first()


def query_of(programme: Programme) -> str:
    """What the address of a page needs to be found: pages of a demonstration answer only to who names it."""
    return f"?{urlencode({'programme': programme.code})}" if programme.is_demonstration else ""


@cache
def ways_to_programme(model: type[models.Model], depth: int = DEPTH) -> tuple[str, ...]:
    """The look-ups from a kind of record to its programme: by what it cannot be without, else by each that it may name."""
    if model is Programme:
        return ("",)
    if not depth:
        return ()
    ways: dict[bool, list[str]] = {False: [], True: []}
    for field in model._meta.concrete_fields:
        if (
            (field.many_to_one or field.one_to_one)
            and isinstance(field.related_model, type)
            and field.related_model is not model
        ):
            found = ways_to_programme(field.related_model, depth - 1)
            ways[field.null] += ["__".join(filter(None, (field.name, way))) for way in found]
    return tuple(ways[False] or ways[True])


def is_of_demonstration(record: models.Model) -> bool:
    """Whether a stored record belongs to a demonstration programme, in one query at most; none for kinds of no programme."""
    model = type(record)
    ways = ways_to_programme(model)
    if len(ways) == 1 and "__" not in ways[0]:
        # It is at hand on most pages.
        programme: Any = getattr(record, ways[0]) if ways[0] else record
        return programme is not None and programme.is_demonstration
    return bool(ways) and model._base_manager.filter(_any_of(ways), pk=record.pk).exists()


def hold_demonstration(records: models.QuerySet[Any]) -> bool:
    """Whether any of these records belongs to a demonstration programme."""
    model: Any = records.model
    ways = ways_to_programme(model)
    found = model._base_manager.filter(pk__in=records.order_by().values("pk"))
    return bool(ways) and found.filter(_any_of(ways)).exists()


def name_demonstration(model: type[models.Model], named: Mapping[str, Collection[int]]) -> bool:
    """Whether any of the records that rows of a kind name, by foreign key, belongs to a demonstration programme."""
    ways: dict[str, list[str]] = {}
    for way in ways_to_programme(model):
        first, _, rest = way.partition("__")
        ways.setdefault(first, []).append(rest)
    for first, rests in ways.items():
        related = model._meta.get_field(first).related_model
        assert isinstance(related, type)
        if named.get(first) and related._base_manager.filter(_any_of(rests), pk__in=named[first]).exists():
            return True
    return False


def _any_of(ways: Collection[str]) -> Q:
    condition = Q()
    for way in ways:
        condition |= Q(**{"__".join(filter(None, (way, "is_demonstration"))): True})
    return condition
