"""Finding and making the records of many rows at once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, cast

from django.db import models
from django.db.models.base import ModelState

from accounts.actions.previews import Line
from accounts.models import Record


def batched(lines: Iterable[Line], size: int) -> Iterator[list[Line]]:
    """The rows, so many at a time."""
    batch: list[Line] = []
    for line in lines:
        batch.append(line)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def maker(model: Any) -> Callable[[], Any]:
    """What makes new records as ``model()`` does: asked for the same defaults thousands of times, that is slow."""
    if any(callable(field.default) for field in model._meta.concrete_fields if field.has_default()):
        return cast(Callable[[], Any], model)
    blank = {name: value for name, value in vars(model()).items() if name != "_state"}

    def make() -> Any:
        record = model.__new__(model)
        record.__dict__.update(blank, _state=ModelState())
        return record

    return make


def key_of(value: Any) -> Any:
    """What a cell's value is compared by: a record by its primary key."""
    return value.pk if isinstance(value, Record) else value


def narrowed(rows: Any, names: Sequence[str], keys: Sequence[tuple[Any, ...]]) -> Any:
    """Rows whose columns each hold one of the asked values: those asked for, and perhaps a few more."""
    condition = models.Q()
    for name, values in zip(names, zip(*keys, strict=True), strict=True):
        known = {value for value in values if value is not None}
        part = models.Q(**{f"{name}__in": known})
        if None in values:
            part |= models.Q(**{f"{name}__isnull": True})
        condition &= part
    return rows.filter(condition)
