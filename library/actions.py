"""Writes of the library: loading the facts that the sources state, and noting where an institution corrects them."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, FieldDoesNotExist, ObjectDoesNotExist, ValidationError
from django.core.serializers.base import DeserializationError, DeserializedObject
from django.core.serializers.python import Deserializer
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import BooleanField, ForeignKey, Q
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.actions import change, save_record
from accounts.choices import Door
from accounts.models import Record
from indicators.actions import rebuild_results, refresh_results
from indicators.models import Actual
from library.choices import DiscrepancyKind, Settlement, Severity
from library.models import Discrepancy
from partners.models import Partner


class BrokenFixture(Exception):
    """A fixture file breaks a rule; nothing of the load was kept.

    Attributes:
        file: name of the file.
        record: model and natural key of the record.
        rule: the sentence of the rule that it breaks.
    """

    def __init__(self, file: str, record: str, rule: str) -> None:
        self.file = file
        self.record = record
        self.rule = rule
        super().__init__(f"{file}: {record}: {rule}")


#: What Django raises for a record that it cannot make sense of.
UNREADABLE = (
    *(DeserializationError, DatabaseError, FieldDoesNotExist, ObjectDoesNotExist),
    *(LookupError, ValueError, TypeError, AttributeError, ArithmeticError),
)
#: The null byte, as JSON writes it, and halves of characters.
UNKEPT = re.compile(r"\\u0000|[\ud800-\udfff]")


@dataclass(frozen=True)
class Loaded:
    """What a load brought in: records by model label, and the number of result rows made from them."""

    records: dict[str, int]
    results: int


def load_fixtures(*, paths: Iterable[Path], progress: Callable[[str], None] = lambda line: None) -> Loaded:
    """Load fixture files in the order of their names, check every row, and compute the results.

    Everything happens in one transaction and stands on record as one change. A record that the database already
    holds is refused rather than overwritten.

    Args:
        paths: JSON files in Django's fixture format, with natural keys.
        progress: called with one line for each file.

    Raises:
        BrokenFixture: naming file, record and rule; nothing is kept.
    """
    files = sorted(paths, key=lambda path: path.name)
    loaded: list[tuple[str, str, Any]] = []
    named: dict[tuple[Any, ...], Any] = {}
    with change(door=Door.FIXTURE, reason=f"Load {', '.join(path.name for path in files)}"):
        for path in files:
            rows = _rows_of(path)
            for row in rows:
                name = _name_of(row)
                loaded.append((path.name, name, _load_row(path.name, name, row, named)))
            progress(f"{path.name}: {len(rows)}")
        # Rules about many-to-many links can be checked only when the links are there.
        for file, name, record in loaded:
            try:
                record.clean()
            except ValidationError as error:
                raise BrokenFixture(file, name, _sentence(error)) from error
        _write_history([record for _file, _name, record in loaded])
        results = rebuild_results()
    counts: dict[str, int] = {}
    for _file, _name, record in loaded:
        counts[record._meta.label] = counts.get(record._meta.label, 0) + 1
    return Loaded(records=counts, results=results)


def _rows_of(path: Path) -> list[dict[str, Any]]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise BrokenFixture(path.name, "the file", f"It cannot be read: {error}") from error
    if not isinstance(rows, list) or not all(_is_record(row) for row in rows):
        raise BrokenFixture(path.name, "the file", 'It must hold a list of records with "model" and "fields".')
    return rows


def _is_record(row: Any) -> bool:
    return isinstance(row, dict) and isinstance(row.get("model"), str) and isinstance(row.get("fields"), dict)


def _name_of(row: dict[str, Any]) -> str:
    """What a person would look for in the file: the model and the values that name the record."""
    fields = row["fields"]
    for key in ("slug", "code", "key", "number", "series", "user"):
        if key in fields:
            named = fields[key]
            break
    else:
        named = next(iter(fields.values()), "")
    more = [
        fields[key]
        for key in ("project", "partner", "period", "name")
        if key in fields and key != "slug" and "slug" not in fields
    ]
    return f"{row['model']} {json.dumps([named, *more] if more else named, ensure_ascii=False)}"


def _check_as_written(row: dict[str, Any]) -> None:
    """Refuse what would be taken for something else: true for 1, a number for the record that has it today."""
    for name, written in row["fields"].items():
        field = apps.get_model(row["model"])._meta.get_field(name)
        if UNKEPT.search(json.dumps(written, ensure_ascii=False)):
            raise ValueError(f"{name}: It holds a character that not every database keeps.")
        if isinstance(written, bool) != isinstance(field, BooleanField):
            raise ValueError(f"{name}: True and false are for questions of yes or no, which have no other answer.")
        if field.is_relation and written is not None and not isinstance(written, list):
            raise ValueError(f"{name}: It must be named by its natural key, the list of values that name it.")


def _by_primary_keys(row: dict[str, Any], named: dict[tuple[Any, ...], Any]) -> dict[str, Any]:
    """The row with primary keys in place of natural keys, each looked up once in a load.

    What names nothing stays as it is written: Django says so of the field.
    """

    def looked_up(model: Any, written: Any) -> Any:
        try:
            key = (model, *written)
            if key not in named:
                named[key] = model._default_manager.get_by_natural_key(*written).pk
            return named[key]
        except UNREADABLE:
            return written

    fields = dict(row["fields"])
    for name, written in fields.items():
        field = apps.get_model(row["model"])._meta.get_field(name)
        if field.is_relation and isinstance(written, list):
            model = field.related_model
            fields[name] = (
                [looked_up(model, each) for each in written] if field.many_to_many else looked_up(model, written)
            )
    return {**row, "fields": fields}


def _check_by_the_rules(record: Record) -> None:
    """All rules but the constraints: the database refuses what breaks one, and asks nothing for each one that holds."""
    # That what was found by its natural key exists need not be asked again.
    found = {
        field.name
        for field in record._meta.concrete_fields
        if isinstance(field, ForeignKey)
        and getattr(record, field.attname) is not None
        and not field.get_limit_choices_to()
    }
    record.clean_fields(exclude=found)
    record.clean()
    record.validate_unique()


def _load_row(file: str, name: str, row: dict[str, Any], named: dict[tuple[Any, ...], Any]) -> Any:
    try:
        _check_as_written(row)
        built: DeserializedObject = next(iter(Deserializer([_by_primary_keys(row, named)])))
        record = built.object
        if not isinstance(record, Record):
            raise BrokenFixture(file, name, f"{row['model']} is not a business record: only those are loaded.")
        if record.pk is not None:
            raise BrokenFixture(file, name, "The database already holds this record, or it stands twice in the files.")
        _check_by_the_rules(record)
        _save_or_name_the_constraint(built)
    except ValidationError as error:
        raise BrokenFixture(file, name, _sentence(error)) from error
    except UNREADABLE as error:
        raise BrokenFixture(file, name, " ".join(str(error).split())) from error
    return record


def _save_or_name_the_constraint(built: DeserializedObject) -> None:
    try:
        with transaction.atomic():
            built.save()
    except IntegrityError:
        built.object.validate_constraints()  # says the same as a sentence
        raise


def _sentence(error: ValidationError) -> str:
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    return " ".join(
        message if field == NON_FIELD_ERRORS else f"{field}: {message}"
        for field, messages in error.message_dict.items()
        for message in messages
    )


def _write_history(records: list[Any]) -> None:
    """Loading writes rows without their history: add it, one statement for each model."""
    by_model: dict[type, list[Any]] = {}
    for record in records:
        by_model.setdefault(type(record), []).append(record)
    for model, rows in by_model.items():
        model.history.bulk_history_create(rows, batch_size=500)  # type: ignore[attr-defined]


def note_correction(*, actual: Actual, partner: Partner) -> Discrepancy | None:
    """Say that sources print another number than the one that an institution states and the staff adopted.

    What was said before of sources that disagree about the number is settled by it.

    Returns:
        What disagrees; None when every source prints the adopted number.
    """
    with transaction.atomic():
        differing = [each for each in actual.citations.all() if each.differs]
        about = Q(actuals=actual) | Q(citations__actual=actual)
        known = list(Discrepancy.objects.filter(about, kind=DiscrepancyKind.VALUE).distinct().order_by("pk"))
        for each in known:
            each.settlement = Settlement.CONFIRMED
            save_record(record=each)
        if known or not differing:
            return known[0] if known else None
        found: Discrepancy = save_record(
            record=Discrepancy(
                code=f"{actual.series.indicator.slug[:80]}-{actual.pk}-corrected",
                programme=actual.series.indicator.programme,
                kind=DiscrepancyKind.VALUE,
                severity=Severity.MODERATE,
                settlement=Settlement.CONFIRMED,
                **{f"explanation_{language}": _explained(partner, language) for language, _name in settings.LANGUAGES},
            )
        )
        found.citations.set(differing)
        found.actuals.set([actual])
        refresh_results(series=[actual.series])
        return found


def _explained(partner: Partner, language: str) -> str:
    with translation.override(language):
        return _("The sources print another number than the one that %(partner)s states; that one was adopted.") % {
            "partner": partner.short_name
        }
