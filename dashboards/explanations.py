"""What the columns of a spreadsheet hold, in the words of the models themselves."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.resources import (
    BooleanWidget,
    ChoiceWidget,
    Column,
    DateWidget,
    KeysWidget,
    KeyWidget,
    MomentWidget,
    NumberWidget,
    TextWidget,
)


@dataclass(frozen=True)
class Explanation:
    """One column, for whoever fills in the sheet.

    Attributes:
        meaning: its label and the help of its field.
        reads: what a cell may hold.
        values: the words that it may hold, each with its label.
        is_key: whether it says which record a row is about.
    """

    name: str
    meaning: str
    reads: str
    is_key: bool = False
    values: list[dict[str, str]] = field(default_factory=list)


def explained(columns: Iterable[Column], keys: Iterable[str]) -> list[Explanation]:
    """The columns of a sheet, in its order."""
    named = set(keys)
    return [
        Explanation(
            name=str(column.column_name),
            meaning=_meaning(column),
            reads=_("Written out, never read.") if column.readonly else _reads(column),
            is_key=column.column_name in named,
            values=[{"word": word, "label": str(label)} for word, label in getattr(column.widget, "choices", ())],
        )
        for column in columns
    ]


def _meaning(column: Column) -> str:
    label = capfirst(str(column.label))
    language = getattr(column.model_field, "_translated_field_language_code", "")
    if language and "[" not in label:
        label = f"{label} ({dict(settings.LANGUAGES)[language]})"
    elif language:
        label = f"{label.partition(' [')[0]} ({dict(settings.LANGUAGES)[language]})"
    help_text = str(getattr(column.model_field, "help_text", "") or "")
    return f"{label}. {help_text}" if help_text else f"{label}."


def _reads(column: Column) -> str:
    widget: Any = column.widget
    if isinstance(widget, KeysWidget):
        return _("Codes of “%(kind)s”, joined by a semicolon.") % {"kind": _kind(widget)}
    if isinstance(widget, KeyWidget):
        if len(widget.paths) > 1:
            return _("The code of one of “%(kind)s”, its parts joined by a slash, as an export writes it.") % {
                "kind": _kind(widget)
            }
        return _("The code of one of “%(kind)s”.") % {"kind": _kind(widget)}
    if isinstance(widget, ChoiceWidget):
        return _("One of these words, or its label:")
    if isinstance(widget, BooleanWidget):
        return _("yes or no")
    if isinstance(widget, DateWidget):
        return _("A day, best as 2023-12-31.")
    if isinstance(widget, MomentWidget):
        return _("A day and a time.")
    if isinstance(widget, NumberWidget):
        return _("A whole number.") if widget.integer else _("A number.")
    if isinstance(widget, TextWidget) and widget.most:
        return _("A text of at most %(number)s characters.") % {"number": widget.most}
    return _("A text.")


def _kind(widget: KeyWidget) -> str:
    return str(widget.model._meta.verbose_name_plural)
