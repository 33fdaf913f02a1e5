"""Records in and out of spreadsheets: what each column holds, and how a row finds its record."""

from accounts.resources.columns import Column
from accounts.resources.records import RecordResource
from accounts.resources.widgets import (
    BooleanWidget,
    ChoiceWidget,
    DateWidget,
    KeysWidget,
    KeyWidget,
    MomentWidget,
    NumberWidget,
    TextWidget,
    escaped,
    unescaped,
)
from accounts.resources.writers import Writer

__all__ = [
    "BooleanWidget",
    "ChoiceWidget",
    "Column",
    "DateWidget",
    "KeyWidget",
    "KeysWidget",
    "MomentWidget",
    "NumberWidget",
    "RecordResource",
    "TextWidget",
    "Writer",
    "escaped",
    "unescaped",
]
