"""Checking and saving many records of one model at once, with the rules and the history that each alone would have."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.models.expressions import DatabaseDefault
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.copying import copy_in, is_copied
from accounts.following import note
from accounts.models import Record, open_change_pk
from accounts.rules import NotUnderstood, Test, test_of

#: Rows of one statement: SQLite takes no more than 32,766 values in one, and memory stays flat.
BATCH = 500
#: Fewer rows than these are inserted, not copied: every statement of COPY is a journey more.
FEW = 100


class StaleRecords(Exception):
    """Others saved some of the records since they were read; nothing was written.

    Attributes:
        current: the records as they now stand, by primary key.
    """

    def __init__(self, current: dict[int, Record]) -> None:
        self.current = current
        super().__init__(f"{len(current)} records were saved by somebody else since they were read.")


def check_many(records: Sequence[Any]) -> dict[int, ValidationError]:
    """What ``full_clean()`` would say of each record of one model; by place in ``records``, empty when all are well.

    Asks a number of queries that does not grow with the records. What a record points to must be given as objects, not
    as keys, or else ``clean()`` reads it.
    """
    if not records:
        return {}
    found: dict[int, list[ValidationError]] = defaultdict(list)
    model: Any = type(records[0])
    relations = [field for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey)]
    columns = [
        (field, field.attname, set[Any]())
        for field in model._meta.concrete_fields
        if not field.generated and not isinstance(field, models.ForeignKey)
    ]
    required = [field for field in relations if not field.null]
    checked = _checks_of(model)
    for place, record in enumerate(records):
        errors = [*_unclean(record, columns), *_missing(record, required)]
        # The other rules take valid columns for granted.
        if not errors:
            try:
                record.clean()
            except ValidationError as error:
                errors.append(error)
            for constraint, test in checked:
                if test is None or test(record) is False:
                    errors += _broken(record, constraint, is_known=test is not None)
        if errors:
            found[place] = errors
    for place, refusal in (*_gone(records, relations), *_twins(records, model)):
        found[place].append(refusal)
    return {place: _joined(errors) for place, errors in found.items() if errors}


def save_many(records: Sequence[Any]) -> None:
    """Save new and altered records of one model inside an open change, each one version further, with their history.

    The records were checked (:func:`check_many`); primary keys and versions are set on them.

    Raises:
        StaleRecords: when the database holds another version of one of them; nothing is written.
        ValidationError: when somebody saved the like of a new one since they were checked; nothing is written.
        NoChangeOpen: outside a change.
    """
    if not records:
        return
    model = type(records[0])
    new = [record for record in records if record._state.adding]
    altered = [record for record in records if not record._state.adding]
    try:
        with transaction.atomic():
            if altered:
                _lock(model, altered)
                columns = [
                    field.name for field in model._meta.concrete_fields if not field.primary_key and not field.generated
                ]
                for record in altered:
                    record.version += 1
                # One statement for many rows: Django's bulk_update writes a CASE for each column and row.
                model._base_manager.bulk_create(
                    altered, batch_size=BATCH, update_conflicts=True, unique_fields=["pk"], update_fields=columns
                )
                _write_history(altered, "~")
            if new:
                if len(new) >= FEW and is_copied(model) and all(record.pk is None for record in new):
                    copy_in(model, new)
                else:
                    model._base_manager.bulk_create(new, batch_size=BATCH)
                _write_history(new, "+")
    except IntegrityError:
        # Somebody saved the twin of one since they were checked: now the same check finds it, and says so.
        for error in check_many(records).values():
            raise error from None
        raise


def delete_many(records: Sequence[Any]) -> None:
    """Delete records of one model, on which nothing else rests, inside an open change; their history stays.

    Raises:
        IntegrityError: when something rests on one of them; nothing is deleted.
    """
    if not records:
        return
    model = type(records[0])
    with transaction.atomic():
        _write_history(records, "-")
        # Deleted one by one, each would write its own line of history.
        for some in batches(records):
            doomed = model._base_manager.filter(pk__in=[record.pk for record in some])
            doomed._raw_delete(doomed.db)


def _write_history(records: Sequence[Any], kind: str) -> None:
    """Copy the rows of these records to their history, within the database: they are the same columns.

    Three times faster than sending each row a second time.
    """
    table, history = type(records[0])._meta, type(records[0]).history.model
    note(type(records[0]), [record.pk for record in records])
    user = history.get_default_history_user(records[0])
    now = history._meta.get_field("history_date").get_db_prep_save(timezone.now(), connection)
    said = {
        "history_date": now,
        "history_type": kind,
        "history_user_id": None if user is None else user.pk,
        "change_id": open_change_pk(),
    }
    name = connection.ops.quote_name
    copied = ", ".join(name(field.column) for field in history.tracked_fields)
    key = name(table.pk.column)
    into = f"INSERT INTO {name(history._meta.db_table)} ({copied}, {', '.join(map(name, said))})"
    for some in batches(records):
        wanted = ", ".join(["%s"] * len(some))
        # The names are those of the models; every value is a parameter.
        rows = f"SELECT {copied}, %s, %s, %s, %s FROM {name(table.db_table)} WHERE {key} IN ({wanted}) ORDER BY {key}"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(f"{into} {rows}", [*said.values(), *(record.pk for record in some)])


def _lock(model: Any, records: Sequence[Any]) -> None:
    wanted = {record.pk: record.version for record in records}
    current = {
        each.pk: each
        for keys in batches(sorted(wanted))
        # In one order, or two writers would wait for each other.
        for each in model._base_manager.filter(pk__in=keys).order_by("pk").select_for_update(of=("self",), no_key=True)
    }
    stale = {pk: current[pk] for pk in wanted if pk in current and current[pk].version != wanted[pk]}
    if stale or current.keys() != wanted.keys():
        raise StaleRecords(stale)


def batches(rows: Sequence[Any], size: int = BATCH) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _unclean(record: Any, columns: Iterable[tuple[Any, str, set[Any]]]) -> Iterator[ValidationError]:
    """What ``clean_fields()`` would say. Each column comes with the values that it is known to take as they are."""
    for field, name, known in columns:
        value = getattr(record, name)
        kind = type(value)
        try:
            if (kind, value) in known:
                continue
            # Decimals that are equal may have more or fewer digits.
            is_remembered = kind is not Decimal
        except TypeError:
            is_remembered = False
        if (field.blank and value in field.empty_values) or isinstance(value, DatabaseDefault):
            cleaned = value
        else:
            try:
                cleaned = field.clean(value, record)
            except ValidationError as error:
                yield ValidationError({field.name: error.error_list})
                continue
            setattr(record, name, cleaned)
        if is_remembered and cleaned is value:
            known.add((kind, value))


def _missing(record: Any, required: Iterable[Any]) -> Iterator[ValidationError]:
    for field in required:
        if getattr(record, field.attname) is None:
            yield ValidationError({field.name: field.error_messages["null"]})


@cache
def _checks_of(model: Any) -> list[tuple[models.CheckConstraint, Test | None]]:
    """The constraints of a model that look at one row, each with its test; without one where the database is asked."""
    found: list[tuple[models.CheckConstraint, Test | None]] = []
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.CheckConstraint):
            try:
                found.append((constraint, test_of(constraint.condition, model)))  # type: ignore[arg-type]
            except NotUnderstood:
                found.append((constraint, None))
    return found


def _gone(records: Sequence[Any], relations: Iterable[Any]) -> Iterator[tuple[int, ValidationError]]:
    """Records that point by key alone to something that is not there."""
    for field in relations:
        places = defaultdict(list)
        for place, record in enumerate(records):
            key = getattr(record, field.attname)
            if key is not None and not field.is_cached(record):
                places[key].append(place)
        known = set()
        for keys in batches(sorted(places)):
            known |= set(field.remote_field.model._base_manager.filter(pk__in=keys).values_list("pk", flat=True))
        for key in places.keys() - known:
            sentence = _("What it points to does not exist any more.")
            yield from ((place, ValidationError({field.name: sentence})) for place in places[key])


def _broken(record: Any, constraint: models.CheckConstraint, *, is_known: bool) -> Iterator[ValidationError]:
    """The sentence of a constraint: known to be broken, or else for the database to judge."""
    if is_known:
        yield ValidationError(constraint.get_violation_error_message(), code=constraint.violation_error_code)
        return
    try:
        constraint.validate(type(record), record)
    except ValidationError as error:
        yield error


def _twins(records: Sequence[Any], model: Any) -> Iterator[tuple[int, ValidationError]]:
    """Records that would be the second of their kind, beside each other or beside a row of the database."""
    own = {None, *(record.pk for record in records)}
    for columns, condition, sentence, empty_counts in _unique_sets(model):
        attnames = [model._meta.get_field(name).attname for name in columns]
        test = None if condition is None else test_of(condition, model)
        places: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        for place, record in enumerate(records):
            if test is None or test(record):
                key = tuple([getattr(record, name) for name in attnames])
                if empty_counts or None not in key:
                    places[key].append(place)
        taken = _taken(model, attnames, condition, places)
        for key, claimants in places.items():
            # A row that is among the records speaks for itself there: it keeps its key, or gives it up.
            owner = taken.get(key)
            is_taken = owner not in own
            claimants.sort(key=lambda place: owner is None or records[place].pk != owner)
            for place in claimants[not is_taken :]:
                error = ValidationError(sentence, code="unique")
                yield place, ValidationError({columns[0]: error}) if len(columns) == 1 else error


def _taken(model: Any, attnames: Sequence[str], condition: Any, places: Any) -> dict[tuple[Any, ...], int]:
    """Which of the keys the database already holds, and in which row."""
    found: dict[tuple[Any, ...], int] = {}
    # The column with the most values narrows the question best.
    chosen = max(range(len(attnames)), key=lambda number: len({key[number] for key in places}), default=0)
    rows = model._base_manager.all() if condition is None else model._base_manager.filter(condition)
    values = sorted({key[chosen] for key in places if key[chosen] is not None}, key=str)
    for some in batches(values):
        for pk, *key in rows.filter(**{f"{attnames[chosen]}__in": some}).values_list("pk", *attnames):
            if tuple(key) in places:
                found[tuple(key)] = pk
    return found


def _unique_sets(model: Any) -> Iterator[tuple[Sequence[str], Any, Any, bool]]:
    """Columns that are unique together, under which condition, with the sentence, and whether empty equals empty."""
    for field in model._meta.concrete_fields:
        if field.unique and not field.primary_key:
            names = {"model_name": model._meta.verbose_name, "field_label": field.verbose_name}
            yield [field.name], None, field.error_messages["unique"] % names, False
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields:
            fields = [model._meta.get_field(name) for name in constraint.fields]
            sentence = constraint.get_violation_error_message()
            if any(field.generated for field in fields):
                # The generated column is one word for these.
                yield model.generated_key_columns, constraint.condition, sentence, True
            else:
                yield constraint.fields, constraint.condition, sentence, False


def _joined(errors: Sequence[ValidationError]) -> ValidationError:
    """All of them as one, by field."""
    by_field: dict[str, list[ValidationError]] = defaultdict(list)
    for error in errors:
        if hasattr(error, "error_dict"):
            for name, listed in error.error_dict.items():
                by_field[name] += listed
        else:
            by_field[NON_FIELD_ERRORS] += error.error_list
    return ValidationError(dict(by_field))
