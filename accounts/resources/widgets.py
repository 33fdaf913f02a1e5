"""How one kind of value is written in a cell, and read back. Writing and reading are exact inverses of each other.

``render()`` gives the text of an export, ``native()`` what a spreadsheet keeps in its own way (a number, a day), and
``clean()`` the value of either. What cannot be read raises ``ValueError`` with a sentence for the reader.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import override
from import_export import widgets

from accounts.folding import fold
from accounts.reading.dates import read_date
from accounts.reading.numbers import read_number
from accounts.reading.telling import shown

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)

#: A text that a spreadsheet would run as a formula, or that an earlier escape already stands before.
FORMULA = re.compile(r"'*[=+\-@\t\r]")
#: Characters that no XML, so no spreadsheet, and no PostgreSQL text can hold.
UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

YES = frozenset({"yes", "true", "1", "x", "oui", "vrai", "si", "verdadero"})
NO = frozenset({"no", "false", "0", "non", "faux", "falso"})


def escaped(text: str) -> str:
    """``text`` with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if FORMULA.match(text) else text


def unescaped(text: str) -> str:
    """The text that :func:`escaped` was given."""
    return text[1:] if text.startswith("'") and FORMULA.match(text[1:]) else text


def is_empty(written: object) -> bool:
    return written is None or (isinstance(written, str) and not written.strip())


def as_text(written: object) -> str:
    """What a cell holds, as a text: 2023, not 2023.0."""
    if isinstance(written, bool):
        return "yes" if written else "no"
    if isinstance(written, float) and written.is_integer():
        return str(int(written))
    if isinstance(written, Decimal):
        return f"{written.normalize():f}"
    return str(written)


def lines_alike(text: str) -> str:
    """``text`` with one kind of line end and none at its ends, as a spreadsheet may give it back."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


class Widget(widgets.Widget):
    """Base: a value that is read and written as it is."""

    #: Whether the same cell can mean different things in different records.
    asks_record = False

    #: Whether equal values can be written differently, so that the stored one is kept when they mean the same.
    def is_same(self, cleaned: Any, stored: Any) -> bool:
        """Whether a cell leaves what is stored as it is."""
        return bool(cleaned == stored)

    def native(self, value: Any) -> Any:
        """What a spreadsheet keeps: a number, a day, or the text."""
        return self.render(value)

    def load(self, written: Iterable[object]) -> None:
        """Look up at once what these cells name."""


class TextWidget(Widget):
    """A text. Spaces around it are dropped; one that would run as a formula is written behind an apostrophe."""

    def __init__(self, field: models.Field | None = None) -> None:
        super().__init__()
        self.most = getattr(field, "max_length", None)

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = lines_alike(unescaped(as_text(value)))
        if UNSTORABLE.search(text):
            raise ValueError(_("It holds a character that cannot be kept: write it again without."))
        if self.most is not None and len(text) > self.most:
            raise ValueError(
                _("It is %(length)d characters long; at most %(most)d are kept.")
                % {"length": len(text), "most": self.most}
            )
        return text

    def is_same(self, cleaned: Any, stored: Any) -> bool:
        return bool(cleaned == stored) or lines_alike(stored or "") == cleaned

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else escaped(str(value))


class NumberWidget(Widget):
    """A number, read by the one strict parser.

    Args:
        is_whole: whether it counts whole things; or a function of the record that says so.
        most: the largest number that the column holds.
    """

    def __init__(
        self,
        *,
        is_whole: bool | Callable[[Any], bool] = False,
        digits: int = 15,
        places: int = 4,
        integer: bool = False,
    ) -> None:
        super().__init__()
        self.is_whole, self.integer, self.digits, self.places = is_whole, integer, digits, places
        self.asks_record = callable(is_whole)

    def clean(self, value: Any, row: Any = None, record: Any = None, **kwargs: Any) -> Decimal | int:
        is_whole = self.is_whole(record) if callable(self.is_whole) else self.is_whole
        if isinstance(value, str):
            # An export escapes texts only; somebody's own apostrophe before a number is the spreadsheet's.
            value = unescaped(value)
        number = read_number(value, is_whole=is_whole or self.integer)
        if self.integer:
            if number % 1:
                raise ValueError(_("Write a whole number."))
            return int(number)
        return number

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        if value is None or value == "":
            return ""
        text = f"{Decimal(value).normalize():f}"
        # Three decimals could be thousands to a reader: 1.234 is written 1.2340.
        return f"{text}0" if re.search(r"\.\d{3}$", text) else text

    def native(self, value: Any) -> Any:
        return None if value is None or value == "" else Decimal(value)


class DateWidget(Widget):
    """A day."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> date:
        return read_date(unescaped(value) if isinstance(value, str) else value)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else value.isoformat()

    def native(self, value: Any) -> Any:
        return value


class MomentWidget(Widget):
    """A day and a time, with its offset."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> datetime:
        found = value
        if not isinstance(value, datetime):
            try:
                found = parse_datetime(as_text(value).strip())
            except ValueError:
                found = None
        if found is None:
            raise ValueError(_("Write the moment as 2023-12-31T17:30:00+00:00."))
        return found if timezone.is_aware(found) else timezone.make_aware(found)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else value.isoformat()


class BooleanWidget(Widget):
    """Yes or no, in any of the three languages."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool:
        if isinstance(value, bool):
            return value
        word = fold(as_text(value).strip())
        if word in YES:
            return True
        if word in NO:
            return False
        raise ValueError(_("Write yes or no."))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else "yes" if value else "no"


class ChoiceWidget(Widget):
    """One of a list: its stored word, or its label in any of the three languages."""

    def __init__(self, field: models.Field) -> None:
        super().__init__()
        self.choices = [(str(value), label) for value, label in field.flatchoices if value not in (None, "")]
        meant: dict[str, set[str]] = defaultdict(set)
        for language in LANGUAGES:
            with override(language):
                for value, label in self.choices:
                    meant[fold(str(label))].add(value)
        for value, _label in self.choices:
            # A stored word is never another one's label.
            meant[fold(value)] = {value}
        self.meant = meant

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        found = self.meant.get(fold(as_text(value).strip()), set())
        if len(found) != 1:
            offered = ", ".join(value for value, _label in self.choices)
            raise ValueError(_("Write one of these: %(choices)s.") % {"choices": offered})
        return next(iter(found))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else str(value)


class KeyWidget(Widget):
    """Another record, under its natural key; where no key matches, under one of its names.

    The records that a batch of cells names are read in one query, and kept for the next batch.

    Args:
        also: paths to further names, such as ``name_fr`` or ``aliases__name``; they count only where exactly one
            record bears the name.
        related: what is read along with each record, because a rule asks for it.
        blank: a record whose natural key is empty stands for an empty cell (the breakdown of the total).
    """

    def __init__(
        self,
        model: Any,
        *,
        also: Iterable[str] = (),
        related: Iterable[str] = (),
        blank: bool = False,
    ) -> None:
        super().__init__()
        self.model, self.also, self.related, self.blank = model, tuple(also), tuple(related), blank
        self.paths: tuple[str, ...] = model.natural_key_fields
        self.forget()

    def forget(self) -> None:
        self.by_key: dict[str, Any] = {}
        self.by_pk: dict[int, Any] = {}
        self.by_name: dict[str, set[int]] | None = None
        self.is_complete = False

    def queryset(self) -> Any:
        related = {*self.related, *(path.rsplit("__", 1)[0] for path in self.paths if "__" in path)}
        rows = self.model._base_manager.all()
        return rows.select_related(*sorted(related)) if related else rows

    def key_of(self, record: Any) -> str:
        """The natural key as a cell writes it; parts joined by a slash."""
        return "/".join("" if part is None else str(part) for part in record.natural_key())

    def keep(self, record: Any) -> None:
        self.by_key[self.key_of(record)] = record
        if record.pk is not None:
            self.by_pk[record.pk] = record

    def load(self, written: Iterable[object]) -> None:
        wanted = {key for each in written if not is_empty(each) for key in self.keys_in(as_text(each))}
        if self.blank:
            wanted.add("")
        missing = [key for key in wanted if key not in self.by_key and not UNSTORABLE.search(key)]
        if not missing or self.is_complete:
            return
        if len(self.paths) > 1:
            for record in self.queryset():
                self.keep(record)
            self.is_complete = True
            return
        column = self.model._meta.get_field(self.paths[0])
        if not isinstance(column, models.CharField | models.TextField):
            missing = [key for key in missing if key.isascii() and key.isdecimal() and len(key) < 5]
        for record in self.queryset().filter(**{f"{self.paths[0]}__in": missing}):
            self.keep(record)

    def load_pks(self, pks: Iterable[int | None]) -> None:
        """Read the records with these primary keys in one query."""
        missing = {pk for pk in pks if pk is not None} - self.by_pk.keys()
        if missing:
            for record in self.queryset().filter(pk__in=missing):
                self.keep(record)

    def keys_in(self, text: str) -> list[str]:
        """The keys that a cell names: one."""
        return [unescaped(text).strip()]

    def find(self, key: str) -> Any:
        if UNSTORABLE.search(key):
            raise ValueError(_("It holds a character that cannot be kept: write it again without."))
        if key in self.by_key:
            return self.by_key[key]
        found = self._named(key)
        if len(found) > 1:
            listed = ", ".join(sorted(self.key_of(self.by_pk[pk]) for pk in found)[:10])
            raise ValueError(
                _("Several records of “%(kind)s” bear this name: write the code of one of them (%(codes)s).")
                % {"kind": self.model._meta.verbose_name_plural, "codes": listed}
            )
        if not found:
            raise ValueError(
                _("Nothing in “%(kind)s” has this code or name.") % {"kind": self.model._meta.verbose_name_plural}
            )
        return self.by_pk[next(iter(found))]

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        return self.find(self.keys_in(as_text(value))[0])

    def empty(self) -> Any:
        """What an empty cell means."""
        return self.by_key.get("") if self.blank else None

    def is_same(self, cleaned: Any, stored: Any) -> bool:
        if cleaned is None or stored is None:
            return cleaned is stored
        return cleaned is stored or (cleaned.pk is not None and cleaned.pk == stored.pk)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else escaped(self.key_of(value))

    def _named(self, key: str) -> set[int]:
        if self.by_name is None:
            self.by_name = defaultdict(set)
            # A code in other letters is the code, whatever else bears it as a name.
            paths = [*self.also, *(self.paths if len(self.paths) == 1 else ())]
            for path in paths:
                for pk, name in self.model._base_manager.values_list("pk", path):
                    if name:
                        self.by_name[fold(str(name))].add(pk)
        found = self.by_name.get(fold(key), set())
        self.load_pks(found)
        return found


class KeysWidget(KeyWidget):
    """Several other records, under their natural keys joined by a semicolon; the order says nothing."""

    def keys_in(self, text: str) -> list[str]:
        return list(dict.fromkeys(key for key in (part.strip() for part in unescaped(text).split(";")) if key))

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> list[Any]:
        found, unknown = {}, []
        for key in self.keys_in(as_text(value)):
            try:
                record = self.find(key)
            except ValueError as error:
                unknown.append(f"“{shown(key)}”: {error}")
            else:
                found[record.pk] = record
        if unknown:
            raise ValueError(" ".join(unknown))
        return list(found.values())

    def empty(self) -> list[Any]:
        return []

    def is_same(self, cleaned: Any, stored: Any) -> bool:
        return {each.pk for each in cleaned} == {each.pk for each in stored}

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        records = value.all() if hasattr(value, "all") else value or ()
        return escaped(";".join(sorted(self.key_of(each) for each in records)))
