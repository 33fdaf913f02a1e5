"""Deleting many records of one model with their links, and finding what rests on them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import PROTECT, ForeignKey

from accounts.actions.bulk import BATCH, batches, delete_many
from accounts.models import Record


def remove_many(records: Sequence[Any]) -> None:
    """Delete records of one model inside an open change, each with its row of history.

    Whoever calls has made sure that nothing rests on them (:func:`dependants`): what the database would delete along
    with them is not looked for. Whatever else still points to them makes the transaction fail at its end.

    Raises:
        NoChangeOpen: outside a change.
    """
    if not records:
        return
    model: Any = type(records[0])
    with transaction.atomic():
        for field in model._meta.many_to_many:
            if field.remote_field.through._meta.auto_created:
                for some in batches(records):
                    links = field.remote_field.through._base_manager
                    links.filter(**{f"{field.m2m_field_name()}__in": [record.pk for record in some]}).delete()
        delete_many(records)


def dependants(model: Any, keys: Sequence[int], *, spared: Mapping[Any, Collection[int]], most: int) -> list[Any]:
    """Records that rest on those of ``model`` with these primary keys, ``most`` of them at the most.

    Args:
        spared: primary keys, by model, of records that do not count.
    """
    found: list[Any] = []
    for relation in model._meta.related_objects:
        other = relation.related_model
        # Results follow by themselves, and a history keeps what it tells.
        if not _counts(other):
            continue
        name = relation.field.name
        for some in batches(keys):
            rows = other._base_manager.filter(**{f"{name}__in": some}).distinct()
            for record in _others(rows, spared.get(other, ()), most - len(found)):
                found.append(record)
            if len(found) >= most:
                return found
    return found


def _counts(model: Any) -> bool:
    return issubclass(model, Record) or any(
        isinstance(field, ForeignKey)
        and issubclass(field.related_model, Record)
        and field.remote_field.on_delete is PROTECT
        for field in model._meta.concrete_fields
    )


def _others(rows: Any, spared: Collection[int], most: int) -> Iterator[Any]:
    for record in rows.order_by("pk").iterator(chunk_size=BATCH):
        if most <= 0:
            return
        if record.pk not in spared:
            most -= 1
            yield record
