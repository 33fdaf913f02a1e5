"""Reading a report's workbook back: what each cell says, what it would change, and what is wrong with it.

It is what ``accounts.actions.imports`` asks of a kind of import. The dry run saves the good cells and takes them back,
so that it says exactly what will happen, by the same rules.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.actions import change
from accounts.actions.imports import Refused
from accounts.actions.previews import Difference, Line, Preview, Problem
from accounts.actions.previews import Row as RowOfCells
from accounts.actions.previews import Sheet as SheetOfRows
from accounts.choices import Door
from accounts.models import User
from accounts.reading.cells import Cell, read_cell, read_text
from accounts.reading.numbers import Unreadable
from accounts.reading.telling import address, shown
from accounts.reading.workbooks import Sheet, Workbook
from indicators.actions.access import ENTER, door_of, route_of
from indicators.actions.entry import Entered, Entry, propose_many
from indicators.choices import Measure, Route
from indicators.models import Figure, Intake, Report, Submission
from indicators.workbooks.layout import HEADINGS, IDENTITY, KEYS, Layout, LayoutRow, Place
from indicators.workbooks.template import is_entry
from indicators.workbooks.told import as_said, as_written

#: How far down the hidden rows may have come.
WITHIN: Final = 30
#: What an import of a report's workbook is kept as.
KIND: Final = "report"


@dataclass
class Read:
    """One cell that says something: what is to be saved, and where it stands.

    Attributes:
        column: the natural keys of its row and of its column.
    """

    place: Place
    figure: dict[str, Any]
    cell: str
    column: str

    def __str__(self) -> str:
        return self.place.title


@dataclass
class _Filled:
    """A row of the template, as it was filled in."""

    number: int
    layout: LayoutRow
    cells: dict[str, object]
    addresses: dict[str, str]


def figures_sheet(workbook: Workbook, layout: Layout) -> Sheet:
    """The sheet that was filled in.

    Raises:
        Refused: when the workbook is no report's, or another report's; the sentence names both.
    """
    for sheet in workbook.sheets:
        for row, _number in zip(sheet.rows(), range(WITHIN), strict=False):
            for value in row.values:
                if not isinstance(value, str) or not value.startswith(IDENTITY):
                    continue
                if value.strip() == layout.identity:
                    return sheet
                other = value.split("|")
                raise Refused(
                    _("This is the workbook of project %(other)s, %(other_period)s, and not of %(project)s, %(period)s: open that report, and send it there.")
                    % {
                        "other": other[1] if len(other) > 1 else "?",
                        "other_period": other[2] if len(other) > 2 else "?",
                        "project": layout.project.slug,
                        "period": layout.period.slug,
                    }
                )  # fmt: skip
    raise Refused(
        _("This workbook is not the template of a report: download the template of %(project)s, %(period)s and fill it in.")
        % {"project": layout.project.code, "period": layout.period.name}
    )  # fmt: skip


@dataclass
class ReportImport:
    """The import of one report's workbook.

    Attributes:
        confirmed: addresses of the cells whose unusual value was said to be right.
        intake: what it came in with, when staff enter it on behalf of a partner.
        unusual: after reading, the addresses that are asked about.
    """

    layout: Layout
    author: User
    confirmed: frozenset[str] = frozenset()
    intake: Intake | None = None
    kind: str = KIND
    unusual: dict[str, str] = field(default_factory=dict)

    @property
    def permissions(self) -> Sequence[str]:
        """Of people of partner institutions no permission is asked: the layout holds the series that they report."""
        return (ENTER,) if self.author.is_staff else ()

    def writing(self) -> AbstractContextManager[None]:
        """Proposals make no results."""
        return nullcontext()

    def read(self, sheet: SheetOfRows, preview: Preview, *, is_writing: bool = False) -> Iterator[list[Line]]:
        """One line for each cell that says something, all at once; problems of the whole are told to the preview."""
        reading = _Reading(sheet, self.layout)
        preview.header_row = reading.key_row
        if reading.heading_problems:
            preview.refuse_headings(reading.heading_problems)
        lines = reading.lines
        good = [line for line in lines if not line.problems]
        try:
            entered = self._tried(good)
        except ValidationError as error:
            preview.refuse_headings([Problem(sheet.name, 0, "", "", "", " ".join(error.messages))])
            good = []
        else:
            self._tell(sheet.name, good, entered, reading.language)
        yield lines

    def save_lines(self, lines: Sequence[Line]) -> None:
        """Save the cells as drafts.

        Raises:
            Refused: when something else stands in one of them since a moment ago.
        """
        if not lines:
            return
        entered = self._propose(lines)
        if not entered.is_complete:
            raise Refused(
                _("The figures changed since you looked at this import: look at it again, and apply it if it is still right.")
            )  # fmt: skip

    def _propose(self, lines: Sequence[Line]) -> Entered:
        report = Report.objects.filter(project=self.layout.project, period=self.layout.period).first()
        entries = [
            Entry(
                line.record.place.series,
                line.record.figure | self._confirmation(line.record),
                line.record.place.version,
            )
            for line in lines
        ]
        return propose_many(
            period=self.layout.period,
            author=self.author,
            entries=entries,
            report=report,
            route=route_of(self.author, Route.IMPORT),
            intake=self.intake,
        )

    def _tried(self, lines: Sequence[Line]) -> Entered:
        """What would become of the cells: everything is done, looked at and taken back."""
        entered = Entered()
        try:
            with change(
                door=door_of(self.author, Door.IMPORT), by=self.author, reason=_("Looked at before it is imported.")
            ):
                if lines:
                    entered = self._propose(lines)
                raise _TakenBack
        except _TakenBack:
            return entered

    def _confirmation(self, read: Read) -> dict[str, Any]:
        return {"is_confirmed": True} if read.cell in self.confirmed else {}

    def _tell(self, sheet: str, lines: Sequence[Line], entered: Entered, language: str) -> None:
        for line in lines:
            read: Read = line.record
            pk = read.place.series.pk
            sentences = list(entered.refused.get(pk, ()))
            if pk in entered.stale:
                sentences.append(_("Somebody else changed this figure meanwhile."))
            stated, figure = read.place.stated, _as_figure(read.figure)
            measure = read.place.series.indicator.measure
            written = shown(as_said(figure, measure))
            line.problems += [Problem(sheet, line.number, read.cell, "", written, sentence) for sentence in sentences]
            if pk in entered.unusual:
                self.unusual[read.cell] = entered.unusual[pk]
                question = Problem(sheet, line.number, read.cell, "", written, entered.unusual[pk], is_question=True)
                line.problems.append(question)
            if line.problems or pk in entered.unchanged:
                continue
            line.is_new = stated is None
            line.differences.append(
                Difference(
                    read.column,
                    read.place.title,
                    read.cell,
                    as_written(stated, language),
                    as_written(figure, language),
                    said=(as_said(stated, measure), as_said(figure, measure)),
                )
            )


class _TakenBack(Exception):
    """Everything was looked at: nothing of it is kept."""


class _Reading:
    """One pass over the sheet of figures."""

    def __init__(self, sheet: SheetOfRows, layout: Layout) -> None:
        self.sheet, self.layout = sheet, layout
        self.rows_by_key = {row.key: row for row in layout.rows()}
        self.columns: dict[str, int] = {}
        self.language = "fr"
        self.key_row = 0
        self.heading_problems: list[Problem] = []
        self.lines: list[Line] = []
        self._read()

    def _read(self) -> None:
        rows = self.sheet.rows()
        key_column = self._find_columns(rows)
        if key_column is None:
            return
        filled: dict[str, list[_Filled]] = {}
        for row in rows:
            cells = {key: _at(row, column) for key, column in self.columns.items()}
            addresses = {key: address(row.number, column) for key, column in self.columns.items()}
            key = _at(row, key_column)
            known = self.rows_by_key.get(key) if isinstance(key, str) else None
            if known is not None:
                filled.setdefault(known.key, []).append(_Filled(row.number, known, cells, addresses))
                continue
            if key == HEADINGS:
                continue
            for name, value in cells.items():
                if value is not None and name != "comment":
                    self._refuse(row.number, addresses[name], name, value, _("This row is not one of the template’s, so nobody knows which figure it is: use the row of its indicator."))  # fmt: skip
        for times in filled.values():
            said = [each for each in times if any(value is not None for value in each.cells.values())]
            for again in said[1:]:
                self._refuse(again.number, str(again.number), "", again.layout.indicator.code, _("This row stands twice, in row %(first)s and here: keep one of them.") % {"first": said[0].number})  # fmt: skip
            if len(said) == 1:
                self._read_row(said[0])
        self.lines.sort(key=lambda line: line.number)

    def _find_columns(self, rows: Iterator[Any]) -> int | None:
        """Read the hidden row that names the columns; gives the place of the rows' keys."""
        for row, _number in zip(rows, range(WITHIN), strict=False):
            for column, value in enumerate(row.values):
                if isinstance(value, str) and value.startswith(KEYS):
                    self.key_row = row.number + 1
                    self.language = value.partition("|")[2].strip() or "fr"
                    known = {f"cell:{key}" for key in self.layout.columns}
                    known |= {"numerator", "denominator", "text", "comment"}
                    for place, name in enumerate(row.values):
                        if isinstance(name, str) and name in known and name not in self.columns:
                            self.columns[name] = place
                    return column
        self.heading_problems.append(
            Problem(self.sheet.name, 0, "", "", "", _("The hidden row that names the columns is gone: download the template again and copy the figures into it."))
        )  # fmt: skip
        return None

    def _read_row(self, row: _Filled) -> None:
        layout = row.layout
        comment = self._text(row, "comment")
        said: list[Line] = []
        for name, value in row.cells.items():
            if value is None or name == "comment":
                continue
            if not is_entry(layout, name):
                self._refuse(row.number, row.addresses[name], name, value, _("This figure is not asked for in this column: leave the cell empty."))  # fmt: skip
            elif name.startswith("cell:") and name != "cell:":
                place = layout.places[name.removeprefix("cell:")]
                said += self._read_place(row, place, name, value)
        main = layout.places.get("")
        if layout.indicator.measure == Measure.QUALITATIVE:
            said += self._read_words(row)
        elif main is not None and any(row.cells.get(key) is not None for key in ("cell:", "numerator", "denominator")):
            said += self._read_total(row, main)
        # The comment belongs to the row; it stands with the total, or with the first figure that says something.
        if comment and said:
            said[-1 if main is not None else 0].record.figure["internal_comment"] = comment
        self.lines += said

    def _read_place(self, row: _Filled, place: Place, name: str, value: object) -> list[Line]:
        is_share = isinstance(value, str) and value.rstrip().endswith("%") and not place.series.is_total
        try:
            cell = self._cell(place, value, is_share=is_share)
        except Unreadable as error:
            self._refuse(row.number, row.addresses[name], name, value, error.sentence)
            return []
        return self._line(row, place, name, cell, is_share=is_share)

    def _read_total(self, row: _Filled, place: Place) -> list[Line]:
        value = row.cells.get("cell:")
        numerator, denominator = row.cells.get("numerator"), row.cells.get("denominator")
        name = "cell:" if value is not None else "numerator" if numerator is not None else "denominator"
        if place.series.indicator.measure == Measure.PERCENTAGE and (numerator is not None or denominator is not None):
            if numerator is None or denominator is None:
                self._refuse(row.number, row.addresses[name], name, value if numerator is None and denominator is None else numerator or denominator, _("A percentage needs both: how many of them, and of how many."))  # fmt: skip
                return []
            try:
                return self._line(row, place, name, self._ratio(place, value, numerator, denominator))
            except Unreadable as error:
                self._refuse(row.number, row.addresses[name], name, value, error.sentence)
                return []
        return self._read_place(row, place, "cell:", value)

    def _ratio(self, place: Place, value: object, numerator: object, denominator: object) -> Cell:
        """A percentage from its own columns; a value beside them has to agree."""
        parts = [read_cell(each, is_whole=True) for each in (numerator, denominator)]
        if any(part.value is None or part.qualifier != "exact" for part in parts):
            raise Unreadable(_("Numerator and denominator are plain numbers: 110 and 200."))
        base = f"{parts[0].value}/{parts[1].value}"
        stated = read_cell(value, is_whole=False, is_percentage=True)
        if stated.is_not_applicable or stated.is_not_yet:
            raise Unreadable(_("The cell says that there is no figure, and numerator and denominator give one."))
        if stated.value is not None:
            base += f" = {stated.value:f}".replace(".", ",")
        cell = read_cell(base, is_whole=False, is_percentage=True)
        return Cell(cell.value, cell.numerator, cell.denominator, qualifier=stated.qualifier)

    def _read_words(self, row: _Filled) -> list[Line]:
        value = row.cells.get("text")
        place = row.layout.main
        if value is None:
            return []
        try:
            cell = read_cell(value, is_whole=False)
        except Unreadable:
            cell = Cell()
        text = self._text(row, "text")
        if not text and not (cell.is_not_applicable or cell.is_not_yet):
            return []
        if cell.is_not_applicable or cell.is_not_yet:
            return self._line(row, place, "text", cell)
        other = {f"text_{each}": "" for each in ("fr", "es", "en")}
        stated = place.stated
        if stated is not None:
            # Only the text of this language is sent: what stands in the others stays.
            other = {name: getattr(stated, name) for name in other}
        figure = other | {f"text_{self.language}": text}
        read = Read(place, figure, row.addresses["text"], f"{row.layout.key}|text")
        return [Line(row.number, {}, record=read)]

    def _cell(self, place: Place, value: object, *, is_share: bool) -> Cell:
        indicator = place.series.indicator
        is_percentage = indicator.measure == Measure.PERCENTAGE
        is_whole = indicator.is_whole and indicator.measure == Measure.COUNT
        return read_cell(value, is_whole=is_whole and not is_share, is_percentage=is_percentage or is_share)

    def _line(self, row: _Filled, place: Place, name: str, cell: Cell, *, is_share: bool = False) -> list[Line]:
        if cell.is_empty:
            return []
        is_share = is_share and place.series.indicator.measure != Measure.PERCENTAGE
        figure: dict[str, Any] = {
            "value": None if is_share else cell.value,
            "share": cell.value if is_share else None,
            "numerator": cell.numerator,
            "denominator": cell.denominator,
            "qualifier": cell.qualifier,
            "is_not_applicable": cell.is_not_applicable,
            "is_not_yet": cell.is_not_yet,
        }
        return [Line(row.number, {}, record=Read(place, figure, row.addresses[name], f"{row.layout.key}|{name}"))]

    def _text(self, row: _Filled, name: str) -> str:
        try:
            return read_text(row.cells.get(name))
        except Unreadable as error:
            self._refuse(row.number, row.addresses[name], name, row.cells[name], error.sentence)
            return ""

    def _refuse(self, number: int, cell: str, column: str, value: object, sentence: str) -> None:
        label = self.layout.columns.get(column.removeprefix("cell:"), column) if column.startswith("cell:") else column
        problem = Problem(self.sheet.name, number, cell, label, shown(value), sentence)
        self.lines.append(Line(number, {}, problems=[problem]))


def _as_figure(figure: dict[str, Any]) -> Figure:
    names = {each.attname for each in Submission._meta.concrete_fields}
    return Submission(**{name: value for name, value in figure.items() if name in names})


def _at(row: RowOfCells, column: int) -> object:
    value = row.values[column] if column < len(row.values) else None
    return value.strip() or None if isinstance(value, str) else value
