"""Which record a row is about, and which records its cells name: looked up for many rows at once."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from accounts.actions.previews import Line
from accounts.models import Record
from accounts.resources.columns import Column
from accounts.resources.lookups import key_of, maker, narrowed
from accounts.resources.widgets import KeyWidget

if TYPE_CHECKING:
    from accounts.resources.records import RecordResource

#: Records of links that are kept for the next batches.
MOST_LINKED = 20_000


class Finder:
    """Finds the records of one sheet, batch by batch, and remembers which rows had theirs already."""

    def __init__(self, resource: "RecordResource") -> None:
        self.resource = resource
        self._known: dict[str, dict[tuple[Any, ...], Any]] = {}
        #: The cell in which each record was named first.
        self._first: dict[tuple[Any, ...], str] = {}

    def find_links(self, lines: Sequence[Line]) -> None:
        """Give each row the records that several of its columns name together; refuse rows that name none."""
        for link, names in self.resource.links.items():
            model = self.resource.model._meta.get_field(link).related_model
            attributes = [str(self.resource.fields[name].attribute).split("__", 1)[1] for name in names]
            known = self._known.setdefault(link, {})
            asked: dict[tuple[Any, ...], list[Line]] = {}
            for line in lines:
                if all(name in line.cleaned for name in names):
                    asked.setdefault(tuple([key_of(line.cleaned[name]) for name in names]), []).append(line)
            missing = [key for key in asked if key not in known]
            if missing:
                if len(known) > MOST_LINKED:
                    known.clear()
                    missing = list(asked)
                parts = [model._meta.get_field(attribute) for attribute in attributes]
                for record in narrowed(model._base_manager.all(), attributes, missing):
                    key = tuple([getattr(record, part.attname) for part in parts])
                    if key in asked:
                        # What the rules ask of it stands in the cells.
                        cleaned = asked[key][0].cleaned
                        for part, name in zip(parts, names, strict=True):
                            if isinstance(cleaned[name], Record):
                                part.set_cached_value(record, cleaned[name])
                        known[key] = record
            for key, claimants in asked.items():
                for line in claimants:
                    if key in known:
                        line.cleaned[link] = known[key]
                    else:
                        self.resource.problem(
                            line,
                            names[0],
                            _("No %(kind)s has these: %(columns)s.")
                            % {"kind": model._meta.verbose_name, "columns": ", ".join(names)},
                        )

    def find_records(self, lines: Sequence[Line], *, is_writing: bool) -> None:
        """Give each row its record, stored or new; refuse a row whose record an earlier one has."""
        attnames = [self.resource.model._meta.get_field(name).attname for name in self.resource.key_fields]
        named = [(name, self._cleaned_name(name)) for name in self.resource.key_fields]
        wanted: dict[tuple[Any, ...], Line] = {}
        for line in lines:
            if line.problems or not all(cleaned in line.cleaned for _name, cleaned in named):
                continue
            key = tuple([key_of(line.cleaned[cleaned]) for _name, cleaned in named])
            if key in self._first:
                self.resource.problem(
                    line,
                    self.resource.keys[0],
                    _("This is the same record as in %(first)s: keep one of the two rows.")
                    % {"first": self._first[key]},
                )
                continue
            self._first[key] = line.places[self.resource.keys[0]]
            wanted[key] = line
        rows = self.resource.rows_to_find()
        if is_writing:
            rows = rows.order_by("pk").select_for_update(of=("self",))
        found = {}
        for record in narrowed(rows, attnames, list(wanted)) if wanted else ():
            found[tuple(getattr(record, name) for name in attnames)] = record
        kept = {key: found[key] for key in wanted if key in found}
        self._attach(list(kept.values()))
        new = maker(self.resource.model)
        for key, line in wanted.items():
            record = kept.get(key)
            line.is_new = record is None
            line.record = new() if record is None else record
            for name, cleaned in named:
                setattr(line.record, name, line.cleaned[cleaned])

    def _cleaned_name(self, field: str) -> str:
        """Under which name ``Line.cleaned`` holds the value of a key field."""
        if field in self.resource.links:
            return field
        return next(column.column_name for column in self.resource.fields.values() if column.attribute == field)

    def _attach(self, records: Sequence[Any]) -> None:
        """Give existing records the others that their cells name, in one query for each column."""
        for column in self.resource.fields.values():
            widget, path = column.widget, str(column.attribute)
            if not isinstance(widget, KeyWidget) or "__" in path:
                continue
            if column.is_many:
                self._attach_many(records, column, widget)
                continue
            field = self.resource.model._meta.get_field(path)
            widget.load_pks(getattr(record, field.attname) for record in records)
            for record in records:
                pk = getattr(record, field.attname)
                if pk is not None:
                    setattr(record, path, widget.by_pk[pk])

    def _attach_many(self, records: Sequence[Any], column: Column, widget: KeyWidget) -> None:
        field = self.resource.model._meta.get_field(str(column.attribute))
        own, other = field.m2m_column_name(), field.m2m_reverse_name()
        pairs = field.remote_field.through._base_manager.filter(
            **{f"{field.m2m_field_name()}__in": [record.pk for record in records]}
        ).values_list(own, other)
        linked: dict[int, list[int]] = {}
        for left, right in pairs:
            linked.setdefault(left, []).append(right)
        widget.load_pks(pk for pks in linked.values() for pk in pks)
        for record in records:
            record._linked = getattr(record, "_linked", {})
            record._linked[column.column_name] = [widget.by_pk[pk] for pk in linked.get(record.pk, ())]
