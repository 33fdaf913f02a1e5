"""Spreadsheets that people send: CSV, XLSX and ODS, one row at a time, in bounded time and memory.

A file is judged by its content, never by its name. What could grow without bound, run, or reach elsewhere (a zip bomb,
macros, external entities, links to other workbooks) is refused before anything in it is parsed. Rows without a value
are skipped, so that a sheet which claims a million rows costs what its filled rows cost.

Values are as the sheet means them: text, ``int``, ``float``, ``bool``, ``datetime.date`` or ``datetime.datetime``, and
``None`` for an empty cell. A cell formatted as a percentage is text with its sign (``54%``), because the file keeps
0.54 for it. A formula gives the value that it had when the file was saved; one that was never calculated gives its own
text, which the parsers of cells refuse by name. So do errors such as ``#REF!``.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext as _

from accounts.folding import fold
from accounts.reading import archives, delimited, opendocument, openxml
from accounts.reading.refusals import MOST_BYTES, Refused, Row
from accounts.reading.telling import address

__all__ = ["Header", "Refused", "Row", "Sheet", "Workbook", "address", "find_header", "open_workbook"]

#: How far down the header may stand, below titles and logos.
HEADER_WITHIN: Final = 40


@dataclass(frozen=True)
class Sheet:
    """One sheet; ``rows()`` reads it from its start each time."""

    name: str
    is_hidden: bool
    rows: Callable[[], Iterator[Row]] = field(repr=False)


@dataclass(frozen=True)
class Workbook:
    """What was sent: ``kind`` is ``csv``, ``xlsx`` or ``ods``, whatever the name says."""

    name: str
    kind: str
    sheets: Sequence[Sheet]

    def sheet(self, name: str) -> Sheet | None:
        """The sheet of that name, whatever its case and spaces around it."""
        return next((sheet for sheet in self.sheets if _folded(sheet.name) == _folded(name)), None)


@dataclass(frozen=True)
class Header:
    """The row that names the columns: the index of each known one, and the names that nobody knows."""

    number: int
    columns: Mapping[str, int]
    unknown: Mapping[int, str]

    def get(self, row: Row, key: str) -> object:
        """The cell of ``row`` under the column ``key``; ``None`` when the column or the cell is missing."""
        index = self.columns.get(key)
        return row.values[index] if index is not None and index < len(row.values) else None

    def address(self, row: Row, key: str) -> str:
        """The cell of ``row`` under the column ``key``, as a spreadsheet names it: ``C7``."""
        return address(row.number, self.columns[key])


def open_workbook(content: bytes, *, name: str) -> Workbook:
    """The workbook in ``content``; ``name`` is what its sender calls it, for sentences and for the sheet of a CSV.

    Sheets are read when their rows are asked for, so ``rows()`` may still raise ``Refused``.

    Raises:
        Refused: an empty, damaged, protected or dangerous file, or another kind of file.
    """
    if not content.strip(b"\0 \r\n\t"):
        raise Refused(_("The file “%(name)s” is empty.") % {"name": name})
    if len(content) > MOST_BYTES:
        raise Refused(
            _("The file “%(name)s” is larger than %(most)s MB: split it.")
            % {"name": name, "most": MOST_BYTES // 1_000_000}
        )
    if content.startswith(archives.OLE):
        raise archives.refusal_of_ole(content, name)
    if content.startswith(b"PK"):
        archive = archives.open_archive(content, name)
        read = openxml.sheets if archives.kind_of(archive, name) == "xlsx" else opendocument.sheets
        kind = "xlsx" if read is openxml.sheets else "ods"
        return Workbook(name, kind, [Sheet(*sheet) for sheet in read(archive)])
    title = name.rpartition(".")[0] or name
    return Workbook(name, "csv", [Sheet(title, False, delimited.reader(content, name))])


def find_header(rows: Iterator[Row], names: Mapping[str, str], *, needed: Sequence[str]) -> Header:
    """The first row that names all ``needed`` columns; ``rows`` then stands on the row after it.

    ``names`` maps what a column may be called to its key; case, accents, spaces and a closing ``*`` or ``:`` do not
    matter. Title rows above it are passed over.

    Raises:
        Refused: no such row among the first ones, or a row that names a column twice.
    """
    known = {_folded(name): key for name, key in names.items()}
    best: set[str] = set()
    for row, _count in zip(rows, range(HEADER_WITHIN), strict=False):
        columns: dict[str, int] = {}
        unknown: dict[int, str] = {}
        twice = ""
        for index, value in enumerate(row.values):
            text = str(value).strip() if value is not None else ""
            key = known.get(_folded(text))
            if key is not None and key in columns:
                twice = twice or text
            elif key is not None:
                columns[key] = index
            elif text:
                unknown[index] = text
        if set(needed) <= columns.keys():
            if twice:
                raise Refused(
                    _("Row %(row)s names the column “%(column)s” twice: rename one of them.")
                    % {"row": row.number, "column": twice}
                )
            return Header(row.number, columns, unknown)
        best = max(best, columns.keys() & set(needed), key=len)
    first_name = {key: name for name, key in reversed(list(names.items()))}
    missing = ", ".join(f"“{first_name[key]}”" for key in needed if key not in best)
    raise Refused(_("No row names the columns: %(columns)s is missing.") % {"columns": missing})


def _folded(name: str) -> str:
    return " ".join(fold(name).split()).rstrip(" *:")
