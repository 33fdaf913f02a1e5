"""The history of a record in words: what each version changed, from what to what."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from epe_ap.templatetags.figures import number

#: Columns that every save moves, or that only tell rows apart.
SILENT = frozenset({"id", "version", "change"})
#: From so many characters on, two texts are shown as one with what was struck out and put in.
LONG = 60


@dataclass(frozen=True)
class Piece:
    """A stretch of text that was kept, taken out or put in."""

    kind: str
    text: str


@dataclass(frozen=True)
class Difference:
    """One field of a version: what it said before, and what it says now; ``pieces`` instead for two long texts."""

    field: str
    before: str
    after: str
    is_first: bool = False
    pieces: tuple[Piece, ...] = ()


def tell_differences(rows: Sequence[Any], earlier: Any = None) -> None:
    """Give each history row its ``differences``.

    Args:
        rows: history rows of one record, the latest first.
        earlier: the row before the last of them, when it stands on another page.

    One query for each relation in which anything changed, however many rows there are.
    """
    pairs = list(zip(rows, [*rows[1:], earlier], strict=True))
    told = [(row, before, _changed(row, before)) for row, before in pairs]
    names = _names_of_related(told)
    for row, before, fields in told:
        row.differences = [_difference(field, row, before, names) for field in fields]


def _changed(row: Any, before: Any) -> list[models.Field]:
    """The fields that this version altered; of a first version, those that say something; of a deletion, none."""
    if row.history_type == "-":
        return []
    fields = [field for field in row.tracked_fields if field.name not in SILENT]
    if before is None or before.history_type == "-":
        return [field for field in fields if getattr(row, field.attname) not in (None, "", False)]
    return [field for field in fields if getattr(row, field.attname) != getattr(before, field.attname)]


def _names_of_related(told: Iterable[tuple[Any, Any, list[models.Field]]]) -> dict[tuple[type[models.Model], Any], str]:
    wanted: dict[type[models.Model], set[Any]] = {}
    for row, before, fields in told:
        for field in fields:
            if isinstance(field, models.ForeignKey):
                keys = {getattr(each, field.attname) for each in (row, before) if each is not None} - {None}
                wanted.setdefault(field.related_model, set()).update(keys)
    names = {}
    for model, keys in wanted.items():
        records: Any = model._default_manager.all()
        # What the name of a record is made of comes with it.
        records = records.for_admin() if hasattr(records, "for_admin") else records
        for record in records.filter(pk__in=keys):
            names[model, record.pk] = str(record)
    return names


def _difference(
    field: models.Field, row: Any, before: Any, names: dict[tuple[type[models.Model], Any], str]
) -> Difference:
    label = capfirst(str(field.verbose_name))
    now = _in_words(field, getattr(row, field.attname), names)
    if before is None or before.history_type == "-":
        return Difference(label, "", now, is_first=True)
    then = _in_words(field, getattr(before, field.attname), names)
    is_long = isinstance(field, models.CharField | models.TextField) and max(len(then), len(now)) > LONG
    both = getattr(row, field.attname) and getattr(before, field.attname)
    return Difference(label, then, now, pieces=_pieces(then, now) if is_long and both else ())


def _pieces(before: str, after: str) -> tuple[Piece, ...]:
    """Two texts as one, word by word."""
    old, new = before.split(" "), after.split(" ")
    pieces = []
    for kind, old_start, old_end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("kept", " ".join(old[old_start:old_end])))
            continue
        if old_end > old_start:
            pieces.append(Piece("out", " ".join(old[old_start:old_end])))
        if new_end > new_start:
            pieces.append(Piece("in", " ".join(new[new_start:new_end])))
    return tuple(pieces)


def _in_words(field: models.Field, value: Any, names: dict[tuple[type[models.Model], Any], str]) -> str:
    if value is None or value == "":
        return _("nothing")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(field, models.ForeignKey):
        gone = _("no. %(number)s, deleted since") % {"number": value}
        return names.get((field.related_model, value), gone)
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, datetime.datetime):
        return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(value, datetime.date):
        return date_format(value, "SHORT_DATE_FORMAT")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return str(value)
