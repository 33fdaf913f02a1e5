"""The sheets of an XLSX workbook, streamed.

Libraries that read XLSX hand over either formulas or their values, and forget in their fast mode which rows and columns
are hidden and which cells are percentages. All of it is needed to read a figure rightly, hence this reader.
"""

import datetime
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from posixpath import join, normpath
from typing import Final

from django.utils.translation import gettext as _

from accounts.reading.archives import Elements, part, read_whole
from accounts.reading.refusals import (
    MOST_CHARACTERS,
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_SHEETS,
    Handler,
    Row,
    as_percentage,
    damaged,
    local,
    parse,
    too_large,
)

WORKBOOK: Final = "xl/workbook.xml"
BUILT_IN_DATES: Final = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
BUILT_IN_PERCENTAGES: Final = frozenset({9, 10})
#: What a number format shows literally: quoted text, escaped characters, colours and conditions.
LITERAL: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]')

EMPTY_CELL: Final = re.compile(rb'<c r="[A-Z]{1,3}[0-9]{1,7}"(?: s="[0-9]+")?(?:/>|></c>)')
EMPTY_ROW: Final = re.compile(rb'<row r="[0-9]{1,7}"[^>]*?(?:/>|></row>)')

EPOCH_1900: Final = datetime.datetime(1899, 12, 30)  # noqa: DTZ001 -- a spreadsheet knows no time zones
EPOCH_1904: Final = datetime.datetime(1904, 1, 1)  # noqa: DTZ001
LEAP_BUG: Final = 60
LAST_SERIAL: Final = 2_958_466


def sheets(archive: zipfile.ZipFile) -> list[tuple[str, bool, Callable[[], Iterator[Row]]]]:
    """``(name, is_hidden, rows)`` of each sheet of cells, in the workbook's order.

    Raises:
        Refused: a damaged workbook.
    """
    workbook = Elements()
    read_whole(archive, WORKBOOK, workbook)
    relations = Elements()
    read_whole(archive, "xl/_rels/workbook.xml.rels", relations)
    targets = {
        attributes.get("Id", ""): (attributes.get("Type", ""), _path(attributes.get("Target", "")))
        for path, attributes in relations.found
        if path.endswith("/Relationship")
    }
    is_1904 = any(
        path == "workbook/workbookPr" and attributes.get("date1904") in ("1", "true")
        for path, attributes in workbook.found
    )
    formats = _Formats(is_1904)
    texts: list[str] = []
    for kind, target in targets.values():
        if kind.endswith("/sharedStrings"):
            read_whole(archive, target, _Texts(texts))
        elif kind.endswith("/styles"):
            styles = Elements()
            read_whole(archive, target, styles)
            formats.learn(styles)
    found: list[tuple[str, bool, Callable[[], Iterator[Row]]]] = []
    for path, attributes in workbook.found:
        if path == "workbook/sheets/sheet":
            kind, target = targets.get(attributes.get("id", ""), ("", ""))
            if kind.endswith("/worksheet"):
                is_hidden = attributes.get("state", "visible") != "visible"
                found.append((attributes.get("name", ""), is_hidden, partial(_rows, archive, target, texts, formats)))
    if not found:
        raise damaged(WORKBOOK)
    if len(found) > MOST_SHEETS:
        raise too_large(MOST_SHEETS, _("sheets"))
    return found


def _rows(archive: zipfile.ZipFile, name: str, texts: list[str], formats: "_Formats") -> Iterator[Row]:
    with part(archive, name) as stream:
        yield from parse(stream, _Cells(texts, formats, name), name, lighten=_without_empty)


def _without_empty(piece: bytes) -> bytes:
    """A piece of a sheet without its empty cells and rows: a million of them would take seconds to parse."""
    if b"<!" in piece:  # a comment or unparsed text, in which nothing is an element; spreadsheets write neither
        return piece
    return EMPTY_ROW.sub(b"", EMPTY_CELL.sub(b"", piece))


def _path(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))


@dataclass
class _Formats:
    """Which styles of the workbook show dates, and which percentages."""

    is_1904: bool
    dates: set[int] = field(default_factory=set)
    percentages: set[int] = field(default_factory=set)

    def learn(self, styles: Elements) -> None:
        own: dict[int, str] = {}
        index = 0
        for path, attributes in styles.found:
            if path == "styleSheet/numFmts/numFmt":
                own[int(attributes.get("numFmtId", -1))] = LITERAL.sub("", attributes.get("formatCode", "")).lower()
            elif path == "styleSheet/cellXfs/xf":
                number = int(attributes.get("numFmtId", 0))
                code = own.get(number)
                if number in BUILT_IN_PERCENTAGES if code is None else "%" in code:
                    self.percentages.add(index)
                elif number in BUILT_IN_DATES if code is None else any(c in code for c in "ymdhs"):
                    self.dates.add(index)
                index += 1

    def value(self, digits: str, style: int) -> object:
        """The number ``digits`` as its style shows it."""
        if style in self.percentages:
            return as_percentage(Decimal(f"{float(digits):.15g}"))
        number = float(digits)
        if style in self.dates and 1 <= number < LAST_SERIAL:
            return self._moment(number)
        return int(number) if number.is_integer() and abs(number) < 1e15 else number

    def _moment(self, number: float) -> datetime.date | datetime.datetime:
        # Days before the 29 February 1900 that never was are one behind.
        start = EPOCH_1904 if self.is_1904 else EPOCH_1900 + datetime.timedelta(days=number < LEAP_BUG)
        moment = start + datetime.timedelta(seconds=round(number * 86_400))
        return moment.date() if number.is_integer() else moment


class _Texts(Handler):
    """Collects the shared texts; phonetic readings beside them are left out."""

    def __init__(self, texts: list[str]) -> None:
        super().__init__()
        self.texts = texts
        self.pieces: list[str] = []
        self.phonetic = 0
        self.is_text = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "si":
            self.pieces = []
        elif name == "rPh":
            self.phonetic += 1
        elif name == "t":
            self.is_text = not self.phonetic

    def end(self, tag: str) -> None:
        name = local(tag)
        if name == "si":
            self.texts.append(_unescaped("".join(self.pieces)))
        elif name == "rPh":
            self.phonetic -= 1
        elif name == "t":
            self.is_text = False

    def data(self, text: str) -> None:
        if self.is_text:
            self.pieces.append(text)


class _Cells(Handler):
    """Makes rows of the cells of one sheet."""

    def __init__(self, texts: list[str], formats: _Formats, name: str) -> None:
        super().__init__()
        self.texts = texts
        self.formats = formats
        self.name = name
        self.filled = self.row = self.column = self.style = 0
        self.is_hidden = False
        self.hidden: set[int] = set()
        self.hidden_columns: frozenset[int] = frozenset()
        self.values: dict[int, object] = {}
        self.kind = ""
        self.inside = ""
        self.has_formula = False
        self.formula: list[str] = []
        self.content: list[str] = []
        self.length = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "c":
            reference = attributes.get("r")
            self.column = _column(reference) if reference else self.column + 1
            self.kind = attributes.get("t", "n")
            self.style = int(attributes.get("s", 0))
            self.has_formula = False
            self.formula, self.content, self.length = [], [], 0
        elif name in ("v", "t"):
            self.inside = "v"
        elif name == "f":
            self.has_formula = True
            self.inside = "f"
        elif name == "rPh":
            self.inside = ""
        elif name == "row":
            self.row = int(attributes.get("r", self.row + 1))
            self.column = -1
            self.is_hidden = attributes.get("hidden") in ("1", "true")
            self.values = {}
        elif name == "col" and attributes.get("hidden") in ("1", "true"):
            first, last = int(attributes.get("min", 1)), int(attributes.get("max", 1))
            self.hidden.update(range(first - 1, min(last, MOST_COLUMNS)))
        elif name == "sheetData":
            self.hidden_columns = frozenset(self.hidden)

    def data(self, text: str) -> None:
        if not self.inside:
            return
        self.length += len(text)
        if self.length > MOST_CHARACTERS:
            raise too_large(MOST_CHARACTERS, _("characters in one cell"))
        (self.content if self.inside == "v" else self.formula).append(text)

    def end(self, tag: str) -> None:
        name = local(tag)
        if name in ("v", "f", "t"):
            self.inside = ""
        elif name == "c":
            if self.content or self.has_formula:
                value = self._value("".join(self.content))
                if value is not None:
                    if self.column >= MOST_COLUMNS:
                        raise too_large(MOST_COLUMNS, _("columns"))
                    self.values[self.column] = value
        elif name == "row" and self.values:
            self.filled += 1
            if self.filled > MOST_ROWS:
                raise too_large(MOST_ROWS, _("rows"))
            values = tuple(self.values.get(column) for column in range(max(self.values) + 1))
            self.ready.append(Row(self.row, values, self.is_hidden, self.hidden_columns))
            self.values = {}

    def _value(self, content: str) -> object:
        if self.has_formula and not content:
            # An empty text is a value that a formula may well have; nothing at all was never calculated.
            return None if self.kind == "str" else "=" + "".join(self.formula)
        try:
            if self.kind == "s":
                index = int(content)
                if index < 0:
                    raise damaged(self.name)
                return self.texts[index] if self.texts[index].strip() else None
            if self.kind in ("str", "inlineStr", "e"):
                return _unescaped(content) if content.strip() else None
            if self.kind == "b":
                return content.strip() == "1"
            if self.kind == "d":
                return datetime.datetime.fromisoformat(content.strip())
            return self.formats.value(content, self.style)
        except (ValueError, IndexError, OverflowError, ArithmeticError) as error:
            raise damaged(self.name) from error


ESCAPED: Final = re.compile("_x([0-9A-Fa-f]{4})_")


def _unescaped(text: str) -> str:
    """Excel writes control characters as ``_x000D_``."""
    return ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _column(reference: str) -> int:
    """``C7`` is in column 2."""
    column = 0
    for letter in reference:
        if not letter.isalpha():
            break
        column = column * 26 + ord(letter) - 64
    return column - 1
