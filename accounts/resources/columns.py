"""Columns of a sheet: their names, and the widget that fits what they hold."""

from typing import Any

from django.db import models
from django.db.models.fields import NOT_PROVIDED
from import_export.fields import Field

from accounts.models import Record
from accounts.resources.widgets import (
    BooleanWidget,
    ChoiceWidget,
    DateWidget,
    KeysWidget,
    KeyWidget,
    MomentWidget,
    NumberWidget,
    TextWidget,
    Widget,
)


class Column(Field):
    """One column: a field of the record, or one of a record that it belongs to (``attribute="series__project"``).

    Args:
        label: what people call it; the field's own name when left out. Headings may be written so, in any language.
        readonly: written by an export, never read by an import.
    """

    widget: Widget

    def __init__(self, *args: Any, label: Any = None, **kwargs: Any) -> None:
        self.label = label
        self.model_field: Any = None
        super().__init__(*args, **kwargs)

    @property
    def is_many(self) -> bool:
        return isinstance(self.widget, KeysWidget)

    def bind(self, model: type[models.Model]) -> None:
        """Find the field that the column is of, if it is of one."""
        field: Any = None
        for part in str(self.attribute or "").split("__"):
            owner = model if field is None else field.related_model
            if owner is None or part not in {each.name for each in owner._meta.get_fields()}:
                return
            field = owner._meta.get_field(part)
        self.model_field = field
        if self.label is None:
            self.label = getattr(field, "verbose_name", self.column_name)

    def empty(self) -> Any:
        """What an empty cell means: nothing, or what a new record has there."""
        if isinstance(self.widget, KeyWidget):
            return self.widget.empty()
        field = self.model_field
        if field is None or field.null:
            return None
        if field.default is not NOT_PROVIDED:
            return field.get_default()
        return "" if field.empty_strings_allowed else None


def widget_for(field: Any) -> Widget:
    """The widget that fits a model's field.

    Raises:
        TypeError: for a kind of field that no column was thought of for.
    """
    if isinstance(field, models.ManyToManyField):
        return KeysWidget(field.related_model)
    if isinstance(field, models.ForeignKey):
        if not issubclass(field.related_model, Record):
            raise TypeError(f"{field} points to something that has no natural key for a cell.")
        return KeyWidget(field.related_model)
    if field.choices:
        return ChoiceWidget(field)
    if isinstance(field, models.BooleanField):
        return BooleanWidget()
    if isinstance(field, models.DecimalField):
        return NumberWidget(digits=field.max_digits, places=field.decimal_places)
    if isinstance(field, models.IntegerField):
        return NumberWidget(integer=True)
    if isinstance(field, models.DateTimeField):
        return MomentWidget()
    if isinstance(field, models.DateField):
        return DateWidget()
    if isinstance(field, models.CharField | models.TextField):
        return TextWidget(field)
    raise TypeError(f"No column is known for {field}.")
