"""Taking a demonstration programme away, as if it had never been there."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import Q
from django.db.models.deletion import ProtectedError

from accounts.following import followed, note
from accounts.models import Change, HistoryRow, Import, StoredFile, User
from indicators.models import Breakdown, Category, Dimension, Series
from partners.models import Country, Partner
from projects.models import Partnership, Programme

#: Records that real programmes may share; those that are made of others first.
SHARED: tuple[type[models.Model], ...] = (Breakdown, Category, Dimension, Country)

Model = type[models.Model]
Rows = Mapping[Model, set[int]]


class Undeletable(Exception):
    """Something real hangs on the demonstration; the sentence says what."""


def remove_demonstration(*, programme: Programme) -> int:
    """Delete a demonstration programme with everything that hangs on it: its institutions, people and history.

    An exception to the rule that history stays: what it tells never happened. A change that touched real records, too,
    is kept with their rows, and an account that did real work is kept, not active. A shared record (a country, a
    category) goes along when the demonstration brought it and nothing else uses it.

    Returns:
        How many rows were deleted, those of history included.

    Raises:
        Undeletable: for a real programme, or when something real names one of the institutions; nothing is deleted.
    """
    if not programme.is_demonstration:
        raise Undeletable(f"{programme.code} is no demonstration programme.")
    with transaction.atomic(), followed():
        partners = Partner.objects.filter(is_public=False, slug__startswith="demonstration-")
        roots: Rows = {Programme: {programme.pk}, Partner: set(partners.values_list("pk", flat=True))}
        users = list(User.objects.filter(is_demonstration=True, memberships__partner__in=roots[Partner]).distinct())
        users += User.objects.filter(is_demonstration=True, email__startswith="demo.", memberships=None)
        doomed = _hanging_on(roots)
        is_named = any(doomed[model] != pks for model, pks in roots.items())
        for model, path in ((Partnership, "project__programme"), (Series, "indicator__programme")):
            named: Any = model._base_manager.filter(pk__in=doomed.get(model, ()))
            is_named |= named.exclude(**{path: programme}).exists()
        if is_named:
            raise Undeletable("Something real names one of its institutions: change that first.")
        files = _files_of(doomed)
        changes: set[int] = set()
        number = _delete_history(doomed, changes)
        number += sum(_delete(model, pks) for model, pks in doomed.items())
        number += _delete_shared(changes)
        number += _delete_changes(changes, files)
        number += sum(_delete_user(user) for user in users)
    return number


def _hanging_on(roots: Rows) -> dict[Model, set[int]]:
    """The rows that name these rows, those that name them, and so on."""
    found: dict[Model, set[int]] = defaultdict(set)
    waiting = [(model, set(pks)) for model, pks in roots.items()]
    while waiting:
        model, pks = waiting.pop()
        new = pks - found[model]
        if not new:
            continue
        found[model] |= new
        for other, name in _references_to(model):
            naming = other._base_manager.filter(**{f"{name}__in": new}).values_list("pk", flat=True)
            waiting.append((other, set(naming)))
    return dict(found)


def _references_to(model: Model) -> Iterator[tuple[Model, str]]:
    """Every model and field that points to a model, many-to-many links among them; those of history left out."""
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel) and relation.concrete is False:
            other: Model = relation.related_model
            if not issubclass(other, HistoryRow):
                yield other, relation.field.name


def _histories() -> list[Model]:
    return [model for model in apps.get_models() if issubclass(model, HistoryRow)]


def _delete(model: Model, pks: Iterable[int]) -> int:
    # Foreign keys are checked when the transaction ends, so that the order does not matter.
    if not (wanted := set(pks)):
        return 0
    note(model, wanted)
    rows: Any = model._base_manager.filter(pk__in=wanted)
    deleted: int = rows._raw_delete(using=rows.db)
    return deleted


def _delete_history(doomed: Rows, changes: set[int]) -> int:
    """Delete the history of these rows, and of what hung on them and is gone; note the changes that it points to."""
    number = 0
    for history in _histories():
        model: Model = history.instance_type  # type: ignore[attr-defined]
        gone = Q(pk__in=[])
        for field in history._meta.get_fields():
            if isinstance(field, models.ForeignKey) and field.related_model in doomed:
                gone |= Q(**{f"{field.attname}__in": doomed[field.related_model]})
        rows = history._base_manager.filter(
            Q(id__in=doomed.get(model, ())) | (gone & ~Q(id__in=model._base_manager.values("pk")))
        )
        number += _delete_rows(rows, changes)
    return number


def _delete_rows(rows: Any, changes: set[int]) -> int:
    found = list(rows.values_list("pk", "change_id"))
    changes |= {change for _, change in found}
    return _delete(rows.model, [pk for pk, _ in found])


def _delete_shared(changes: set[int]) -> int:
    """Delete what one of these changes brought and nothing uses."""
    number = 0
    for model in SHARED:
        history: Any = model.history.model  # type: ignore[attr-defined]
        brought = set(history.objects.filter(history_type="+", change__in=changes).values_list("id", flat=True))
        for other, name in _references_to(model):
            is_own_link = any(field.remote_field.through is other for field in model._meta.local_many_to_many)
            if not is_own_link:
                brought -= set(
                    other._base_manager.filter(**{f"{name}__in": brought}).values_list(f"{name}_id", flat=True)
                )
        for field in model._meta.local_many_to_many:
            own = [link for link, name in _references_to(model) if link is field.remote_field.through]
            for link in own:
                links = link._base_manager.filter(**{f"{field.m2m_field_name()}__in": brought})
                number += _delete(link, list(links.values_list("pk", flat=True)))
        number += _delete_rows(history.objects.filter(id__in=brought), changes)
        number += _delete(model, brought)
    return number


def _files_of(doomed: Rows) -> set[int]:
    """The stored files that these rows name."""
    found: set[int | None] = set()
    for other, name in _references_to(StoredFile):
        found |= set(other._base_manager.filter(pk__in=doomed.get(other, ())).values_list(f"{name}_id", flat=True))
    return {pk for pk in found if pk is not None}


def _delete_changes(changes: set[int], files: set[int]) -> int:
    """Delete the changes that touched nothing else, the imports that made them, and the files that nothing else names."""
    empty = set(changes)
    for history in _histories():
        empty -= set(history._base_manager.filter(change__in=empty).values_list("change_id", flat=True))
    imports = Import.objects.filter(Q(undone_by=None) | Q(undone_by__in=empty), change__in=empty)
    made = list(imports.values_list("pk", "file_id"))
    number = _delete(Import, [pk for pk, _ in made])
    files |= {file for _, file in made}
    return number + _delete_unused(Change, empty) + _delete_unused(StoredFile, files)


def _delete_unused(model: Model, pks: set[int]) -> int:
    for other, name in _references_to(model):
        pks = pks - set(other._base_manager.filter(**{f"{name}__in": pks}).values_list(f"{name}_id", flat=True))
    return _delete(model, pks)


def _delete_user(user: User) -> int:
    try:
        with transaction.atomic():
            return user.delete()[0]
    except ProtectedError:
        user.is_active = False
        user.save(update_fields=["is_active"])
        return 0
