"""The framework's sheet as it comes back: what stands in a cell, and what is said about it."""

from collections.abc import Iterator
from typing import Any, Final

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.actions.previews import Difference, Line, Problem
from accounts.actions.previews import Row as RowOfCells
from accounts.actions.previews import Sheet as SheetOfRows
from accounts.reading.cells import read_text
from accounts.reading.numbers import Unreadable
from accounts.reading.telling import address, shown
from indicators.models import ReportingPeriod
from indicators.workbooks.framework_columns import fields_of, headings_of
from indicators.workbooks.frameworks import KEYS

#: Rows from the top in which the hidden cells are looked for.
WITHIN: Final = 30


class FrameworkSheet:
    """Its columns by key, and a line for each row that was read.

    Attributes:
        language: that of the sheet, whoever reads it.
        fields: the columns of words, with the field that each holds.
    """

    def __init__(self, sheet: SheetOfRows, periods: dict[str, ReportingPeriod]) -> None:
        self.sheet, self.periods = sheet, periods
        self.columns: dict[str, int] = {}
        self.language = "fr"
        self.heading_problems: list[Problem] = []
        self.lines: list[Line] = []
        self._rows: dict[int, RowOfCells] = {}

    def find_columns(self, rows: Iterator[RowOfCells]) -> int | None:
        """Read the hidden row that names the columns; gives the place of the rows' keys."""
        for row, _number in zip(rows, range(WITHIN), strict=False):
            for column, value in enumerate(row.values):
                if isinstance(value, str) and value.startswith(KEYS):
                    self.language = value.partition("|")[2].strip() or "fr"
                    for place, name in enumerate(row.values):
                        if isinstance(name, str) and place != column:
                            self.columns.setdefault(name, place)
                    self._name_columns()
                    return column
        sentence = _("The hidden row that names the columns is gone: download the framework again and make the changes in it.")  # fmt: skip
        self.heading_problems.append(Problem(self.sheet.name, 0, "", "", "", sentence))
        return None

    def _name_columns(self) -> None:
        self.fields = fields_of(self.language)
        self.names = {
            **headings_of(self.language),
            **{
                f"target:{slug}": _("Target, %(period)s") % {"period": each.name} for slug, each in self.periods.items()
            },
            "active_from": str(capfirst(_("active from"))),
        }

    def line(self, row: RowOfCells) -> Line:
        line = Line(row.number, {})
        self.lines.append(line)
        self._rows[row.number] = row
        return line

    def cell(self, row: RowOfCells, key: str) -> Any:
        """What stands under a column; None where nothing does, or where the sheet has no such column."""
        return at(row, self.columns.get(key, -1))

    def text(self, row: RowOfCells, key: str) -> str:
        """A cell as words; what is no text at all is told where the cell is read for good."""
        try:
            return read_text(self.cell(row, key))
        except Unreadable:
            return str(self.cell(row, key))

    def differ(self, line: Line, key: str, written: tuple[str, str], said: tuple[str, str]) -> None:
        """Note a difference: before and after, as the sheet writes them and as the reader's language says them."""
        label = self.names.get(key, key)
        line.differences.append(Difference(key, label, self._address(line, key), *written, said=said))

    def refuse(self, line: Line, key: str, sentence: str) -> None:
        """Something is wrong with what a line has in this column."""
        written, name = shown(self.cell(self._rows[line.number], key)), self.names.get(key, key)
        line.problems.append(Problem(self.sheet.name, line.number, self._address(line, key), name, written, sentence))

    def _address(self, line: Line, key: str) -> str:
        # What has no column of its own is about the indicator.
        return address(line.number, self.columns.get(key, self.columns.get("code", 0)))


def at(row: RowOfCells, column: int) -> Any:
    """What stands at this place of a row, without spaces around it; None for nothing."""
    value = row.values[column] if 0 <= column < len(row.values) else None
    return (value.strip() or None) if isinstance(value, str) else value
