"""The base of all resources: one row of a sheet is one record, found by its natural key."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django.core.exceptions import NON_FIELD_ERRORS
from django.db import models
from django.utils.translation import gettext as _
from import_export.resources import ModelResource

from accounts.actions.previews import Difference, Line, Outcome, Preview, Problem, Sheet
from accounts.models import Record, User
from accounts.reading.telling import address, letters, shown
from accounts.resources.columns import Column, widget_for
from accounts.resources.finding import Finder
from accounts.resources.headings import find_headings, names_of, place_columns
from accounts.resources.lineage import Lineage, TooManyRows
from accounts.resources.lookups import batched
from accounts.resources.widgets import KeyWidget, is_empty
from accounts.resources.writers import Writer

#: Rows that are read, compared, checked and saved together.
BATCH = 2_000


class RecordResource(Writer, ModelResource):
    """The records of one model as rows of a sheet.

    A subclass names its ``kind`` and, in ``Meta``, its ``model``, its ``fields`` in the order of the sheet, and its
    ``import_id_fields``: the columns that say which record a row is about. Foreign keys are written under natural keys,
    many-to-many links as such keys joined by semicolons, translated texts in one column for each language.

    In a file, a column that is absent leaves what is stored; an empty cell clears it (where a new record would have
    something, it gets that). An export read back changes nothing.

    Attributes:
        links: foreign keys that several columns name together: ``{"series": ("indicator", "project", …)}``. These
            columns have an ``attribute`` that goes through the key (``series__project``).
    """

    DEFAULT_RESOURCE_FIELD = Column

    kind: ClassVar[str] = ""
    links: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    fields: dict[str, Column]

    def __init__(self, by: User | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        #: Who imports: what they may change is asked of them.
        self.by = by
        self.model: Any = self._meta.model
        for column in self.fields.values():
            column.bind(self.model)
        self.keys: tuple[str, ...] = tuple(self._meta.import_id_fields)
        #: Fields of the model that together find a record: keys that go through a link stand for that link.
        through = {name: link for link, names in self.links.items() for name in names}
        self.key_fields = tuple(
            dict.fromkeys(through.get(name, str(self.fields[name].attribute)) for name in self.keys)
        )

    @classmethod
    def field_from_django_field(cls, field_name: str, django_field: Any, readonly: bool) -> Column:
        widget = (cls._meta.widgets or {}).get(field_name) or widget_for(django_field)
        return cls.DEFAULT_RESOURCE_FIELD(
            attribute=field_name, column_name=field_name, widget=widget, readonly=readonly
        )

    # --- What it is ----------------------------------------------------------------------------------------------

    @classmethod
    def verbose_name(cls) -> str:
        """What people call the records, in the active language."""
        return str(cls._meta.model._meta.verbose_name_plural)

    @property
    def permissions(self) -> tuple[str, ...]:
        """All that somebody needs who imports these records."""
        meta = self.model._meta
        return tuple(f"{meta.app_label}.{action}_{meta.model_name}" for action in ("add", "change"))

    def columns(self) -> list[Column]:
        """The columns in the order of the sheet."""
        return self.get_import_fields()

    # --- Out -----------------------------------------------------------------------------------------------------

    def get_queryset(self) -> Any:
        """All records that an export writes, in the order of their keys, with what the cells name."""
        related, prefetched = set(), []
        for column in self.fields.values():
            path = str(column.attribute)
            if column.is_many:
                prefetched.append(path)
            elif isinstance(column.widget, KeyWidget):
                related |= {path, *self._parts_of_key(path, column.widget)}
            elif "__" in path:
                related.add(path.rsplit("__", 1)[0])
        rows = self.model._default_manager.all()
        if related:
            rows = rows.select_related(*sorted(related))
        return rows.prefetch_related(*prefetched).order_by(*(self.model.natural_key_fields or ("pk",)))

    @staticmethod
    def _parts_of_key(path: str, widget: KeyWidget) -> Iterator[str]:
        for part in widget.paths:
            if "__" in part:
                yield f"{path}__{part.rsplit('__', 1)[0]}"

    def export_rows(self, queryset: Any = None, *, is_native: bool = False) -> Iterator[list[Any]]:
        """The headings, then a row for each record.

        Args:
            is_native: numbers and days as a spreadsheet keeps them instead of as text.
        """
        columns = self.columns()
        yield [column.column_name for column in columns]
        for record in self.iter_queryset(self.get_queryset() if queryset is None else queryset):
            values = [(column.widget, column.get_value(record)) for column in columns]
            yield [widget.native(value) if is_native else widget.render(value) for widget, value in values]

    # --- In ------------------------------------------------------------------------------------------------------

    def read(self, sheet: Sheet, preview: Preview, *, is_writing: bool = False) -> Iterator[list[Line]]:
        """The rows of a sheet in batches, compared with what is stored; see ``accounts.actions.imports``.

        Args:
            is_writing: lock what is found; whoever asks for the next batch has saved this one.
        """
        for column in self.fields.values():
            if isinstance(column.widget, KeyWidget):
                column.widget.forget()
        self._finder = Finder(self)
        names = names_of(self.columns())
        heading, rows = find_headings(iter(sheet.rows()), names, self.keys)
        if heading is None:
            preview.refuse_headings([Problem(sheet.name, 1, "A1", "", "", _("The sheet is empty."))])
            return
        places, problems = place_columns(heading, sheet.name, names, self.keys)
        preview.columns, preview.header_row = tuple(places.values()), heading.number
        preview.refuse_headings(problems)
        if not set(self.keys) <= set(places.values()):
            return
        # In the language of whoever looks, said once instead of for every cell.
        self._labels = {column.column_name: str(column.label) for column in self.columns()}
        self.sheet, self.present = sheet.name, [self.fields[self._name_of(name)] for name in places.values()]
        headed = {place for place, value in enumerate(heading.values) if not is_empty(value)}
        lines = self._lines(rows, places, headed)
        own = [column for column in self.present if self._is_own(column)]
        if not own:
            for batch in batched(lines, BATCH):
                yield self._judge(batch, is_writing=is_writing)
            return
        try:
            lineage = Lineage(self, list(lines), own)
        except TooManyRows as error:
            preview.refuse_headings([Problem(sheet.name, heading.number, "A1", "", "", str(error))])
            return
        with lineage.rehearsal(is_rehearsed=not is_writing):
            for batch in lineage.levels(BATCH):
                yield self._judge(batch, is_writing=is_writing)
                lineage.keep(batch, is_rehearsed=not is_writing)

    def adjust(self, line: Line) -> None:
        """Hook: settle what depends on several cells of a row (``line.cleaned``) before the record takes it."""

    def finish(self, line: Line) -> None:
        """Hook: set on ``line.record`` what no column says; called for new and changed records before their check."""

    def hold_before(self, lines: Sequence[Line]) -> None:
        """Hook: keep others waiting for what a write of these rows takes before the records themselves."""

    def rows_to_find(self) -> Any:
        """The records among which a row finds its own."""
        return self.model._base_manager.all()

    def prepare(self, lines: Sequence[Line]) -> None:
        """Hook: look up at once what :meth:`adjust` and :meth:`finish` of these rows need."""

    def save_lines(self, lines: Sequence[Line]) -> None:
        """Save the records of some rows, then their many-to-many links, inside an open change."""
        if not lines:
            return
        self.save([line.record for line in lines])
        for name in {name for line in lines for name in line.links}:
            self._set_links(name, {line.record.pk: line.links[name] for line in lines if name in line.links})
        if any(line.links for line in lines):
            self.touch([line.record for line in lines if line.links])

    def problem(self, line: Line, column: str, rule: object) -> None:
        """Refuse a row because of one of its cells; of the whole row when ``column`` is empty."""
        cell = line.places.get(column) or _("row %(number)d") % {"number": line.number}
        line.problems.append(Problem(self.sheet, line.number, cell, column, shown(line.cells.get(column)), str(rule)))

    # --- Steps of reading ----------------------------------------------------------------------------------------

    def _name_of(self, column_name: str) -> str:
        return next(name for name, column in self.fields.items() if column.column_name == column_name)

    def _is_own(self, column: Column) -> bool:
        """Whether a column names another record of the same kind, which the file itself may bring."""
        return (
            isinstance(column.widget, KeyWidget)
            and not column.is_many
            and column.widget.model is self.model
            and not column.readonly
        )

    def _lines(self, rows: Iterable[Any], places: Mapping[int, str], headed: set[int]) -> Iterator[Line]:
        named = [(place, name, letters(place)) for place, name in places.items()]
        for row in rows:
            values, number = row.values, row.number
            if all(is_empty(value) for value in values):
                continue
            length = len(values)
            line = Line(
                number,
                {name: values[place] if place < length else None for place, name, _letter in named},
                {name: f"{letter}{number}" for _place, name, letter in named},
            )
            for place in range(length):
                value = values[place]
                if place not in headed and not is_empty(value):
                    line.problems.append(
                        Problem(
                            self.sheet, row.number, address(row.number, place), "", shown(value),
                            _("This cell stands under no heading of this import: nobody would read it."),
                        )
                    )  # fmt: skip
            yield line

    def _judge(self, lines: list[Line], *, is_writing: bool) -> list[Line]:
        """Read, find, compare and check some rows."""
        for column in self.present:
            column.widget.load({line.cells[column.column_name] for line in lines})
        keys = [self.fields[name] for name in self.keys]
        for column in keys:
            self._clean(lines, column)
        self._finder.find_links(lines)
        if is_writing:
            self.hold_before(lines)
        self._finder.find_records(lines, is_writing=is_writing)
        self.prepare(lines)
        others = [column for column in self.present if column not in keys and not column.readonly]
        # Where the row is lost, whatever else is wrong in it is said now, too.
        for column in others:
            self._clean(lines, column)
        compared = [
            (column, column.column_name, str(column.attribute), dict[int, str]()) for column in (*keys, *others)
        ]
        for line in lines:
            if line.record is not None:
                self.adjust(line)
                self._compare(line, compared)
        self._check([line for line in lines if line.record is not None and not line.problems])
        return lines

    def _clean(self, lines: Sequence[Line], column: Column) -> None:
        """Read one column of some rows; a cell that says the same as an earlier one is read once."""
        name, widget = column.column_name, column.widget
        is_required = name in self.keys and not self._may_be_empty(column)
        known: dict[tuple[type, object], Any] = {}
        for line in lines:
            if line.problems and any(problem.column == name for problem in line.problems):
                # A circle: whatever else its cell says would only confuse.
                continue
            written = line.cells[name]
            key = (type(written), written)
            if key in known:
                line.cleaned[name] = known[key]
                continue
            if is_empty(written):
                value = column.empty()
                if is_required and value in (None, ""):
                    self.problem(line, name, _("This cell says which record the row is about: fill it in."))
                else:
                    known[key] = value
                line.cleaned[name] = value
                continue
            try:
                value = widget.clean(written, row=line.cells, record=line.record)
            except ValueError as error:
                self.problem(line, name, error)
                continue
            line.cleaned[name] = value
            if not widget.asks_record:
                known[key] = value

    def _may_be_empty(self, column: Column) -> bool:
        field = column.model_field
        return field is not None and (field.null or (field.blank and isinstance(field, models.CharField)))

    def _stored(self, line: Line, column: Column) -> Any:
        if column.is_many:
            return getattr(line.record, "_linked", {}).get(column.column_name, [])
        return column.get_value(line.record)

    def _compare(self, line: Line, columns: Sequence[tuple[Column, str, str, dict[int, str]]]) -> None:
        """Note what differs, and let the record take it.

        Args:
            columns: each with its name, its attribute, and how the records that earlier rows name are written, by
                identity: the lines hold them.
        """
        record = line.record
        for column, name, attribute, written in columns:
            if name not in line.cleaned:
                continue
            cleaned = line.cleaned[name]
            stored = None if line.is_new else self._stored(line, column)
            if not line.is_new and column.widget.is_same(cleaned, stored):
                continue
            if attribute == "programme" and stored is not None:
                # Its figures, its parts and whatever names it would be left behind.
                self.problem(line, name, _("It belongs to %(programme)s and stays there.") % {"programme": stored})
                continue
            before = "" if line.is_new else column.widget.render(stored)
            if id(cleaned) in written:
                after = written[id(cleaned)]
            else:
                after = column.widget.render(cleaned)
                if isinstance(cleaned, Record):
                    written[id(cleaned)] = after
            if not line.is_new or after:
                line.differences.append(Difference(name, self._labels[name], line.places[name], before, after))
            if column.is_many:
                if cleaned or not line.is_new:
                    line.links[attribute] = [each.pk for each in cleaned]
                if not line.is_new:
                    line.links_before[attribute] = [each.pk for each in stored or ()]
            elif "__" not in attribute and attribute not in self.key_fields:
                setattr(record, attribute, cleaned)

    def _check(self, lines: Sequence[Line]) -> None:
        written = [line for line in lines if line.outcome != Outcome.UNCHANGED]
        for line in written:
            self.finish(line)
        by_field = {str(column.attribute).split("__")[0]: column.column_name for column in self.fields.values()}
        by_field |= {link: names[0] for link, names in self.links.items()}
        for place, error in self.check([line.record for line in written]).items():
            line = written[place]
            by_name = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
            for field, listed in by_name.items():
                name = "" if field == NON_FIELD_ERRORS else by_field.get(field, "")
                for sentence in listed:
                    if name and name not in line.places:
                        sentence = _("%(sentence)s (column “%(name)s”, which the file does not have)") % {
                            "sentence": sentence,
                            "name": name,
                        }
                    self.problem(line, name, sentence)

    def _set_links(self, name: str, wanted: Mapping[int, Sequence[int]]) -> None:
        field = self.model._meta.get_field(name)
        through = field.remote_field.through
        own, other = field.m2m_field_name(), field.m2m_reverse_field_name()
        through._base_manager.filter(**{f"{own}__in": list(wanted)}).delete()
        through._base_manager.bulk_create(
            (
                through(**{f"{own}_id": left, f"{other}_id": right})
                for left, rights in wanted.items()
                for right in rights
            ),
            batch_size=500,
        )
