"""The sheets of an ODS workbook, streamed.

An ODS file says "the next million rows are like this one" in a few bytes. Rows without a value are counted, never made.
"""

import datetime
import zipfile
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Final

from django.utils.translation import gettext as _

from accounts.reading.archives import part
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

CONTENT: Final = "content.xml"
HIDDEN: Final = ("collapse", "filter")


def sheets(archive: zipfile.ZipFile) -> list[tuple[str, bool, Callable[[], Iterator[Row]]]]:
    """``(name, is_hidden, rows)`` of each sheet, in the workbook's order.

    Raises:
        Refused: a damaged workbook.
    """
    with part(archive, CONTENT) as stream:
        names = list(parse(stream, _Names(), CONTENT))
    if not names:
        raise damaged(CONTENT)
    if len(names) > MOST_SHEETS:
        raise too_large(MOST_SHEETS, _("sheets"))
    return [(name, is_hidden, partial(_rows, archive, at)) for at, (name, is_hidden) in enumerate(names)]


def _rows(archive: zipfile.ZipFile, at: int) -> Iterator[Row]:
    with part(archive, CONTENT) as stream:
        yield from parse(stream, _Cells(at), CONTENT)


class _Names(Handler):
    """Collects ``(name, is_hidden)`` of the tables; a hidden one has a style that does not display."""

    def __init__(self) -> None:
        super().__init__()
        self.style = ""
        self.hidden_styles: set[str] = set()
        self.depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "style":
            self.style = _attributes(attributes).get("name", "")
        elif name == "table-properties" and _attributes(attributes).get("display") == "false":
            self.hidden_styles.add(self.style)
        elif name == "table":
            self.depth += 1
            if self.depth == 1:
                of = _attributes(attributes)
                self.ready.append((of.get("name", ""), of.get("style-name") in self.hidden_styles))

    def end(self, tag: str) -> None:
        if local(tag) == "table":
            self.depth -= 1


class _Cells(Handler):
    """Makes rows of the cells of the sheet at one place."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self.at = at
        self.table = -1
        self.depth = 0
        self.row = self.filled = self.column = 0
        self.of_row: dict[str, str] = {}
        self.of_cell: dict[str, str] | None = None
        self.values: dict[int, object] = {}
        self.hidden: set[int] = set()
        self.declared = 0
        self.text: list[str] = []
        self.length = 0
        self.paragraphs = 0
        self.in_paragraph = 0
        self.in_note = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "table":
            self.depth += 1
            self.table += self.depth == 1
        elif self.table != self.at or self.depth != 1:
            return
        elif name in ("table-cell", "covered-table-cell"):
            self.of_cell = _attributes(attributes)
            self.text, self.length, self.paragraphs = [], 0, 0
        elif name == "table-row":
            self.of_row = _attributes(attributes)
            self.values, self.column = {}, 0
        elif name == "table-column":
            of = _attributes(attributes)
            count = _count(of.get("number-columns-repeated"))
            if of.get("visibility") in HIDDEN:
                self.hidden.update(range(self.declared, min(self.declared + count, MOST_COLUMNS)))
            self.declared += count
        elif name in ("annotation", "shapes", "frame"):
            self.in_note += 1
        elif name == "p" and tag.endswith("text:1.0}p") and not self.in_note:
            self.paragraphs += 1
            self.in_paragraph += 1
            if self.paragraphs > 1:
                self.text.append("\n")
        elif name == "s" and self.in_paragraph:
            self.text.append(" " * min(_count(_attributes(attributes).get("c")), 1000))
        elif name in ("line-break", "tab") and self.in_paragraph:
            self.text.append("\n" if name == "line-break" else "\t")

    def data(self, text: str) -> None:
        if self.in_paragraph and not self.in_note:
            self.length += len(text)
            if self.length > MOST_CHARACTERS:
                raise too_large(MOST_CHARACTERS, _("characters in one cell"))
            self.text.append(text)

    def end(self, tag: str) -> None:
        name = local(tag)
        if name == "table":
            self.depth -= 1
        elif self.table != self.at or self.depth != 1:
            return
        elif name in ("annotation", "shapes", "frame"):
            self.in_note -= 1
        elif name == "p" and tag.endswith("text:1.0}p") and not self.in_note:
            self.in_paragraph -= 1
        elif name in ("table-cell", "covered-table-cell") and self.of_cell is not None:
            count = _count(self.of_cell.get("number-columns-repeated"))
            value = self._value(self.of_cell)
            if value is not None:
                if self.column + count > MOST_COLUMNS:
                    raise too_large(MOST_COLUMNS, _("columns"))
                for column in range(self.column, self.column + count):
                    self.values[column] = value
            self.column += count
            self.of_cell = None
        elif name == "table-row":
            self._end_row()

    def _end_row(self) -> None:
        count = _count(self.of_row.get("number-rows-repeated"))
        if self.values:
            self.filled += count
            if self.filled > MOST_ROWS:
                raise too_large(MOST_ROWS, _("rows"))
            values = tuple(self.values.get(column) for column in range(max(self.values) + 1))
            is_hidden = self.of_row.get("visibility") in HIDDEN
            hidden = frozenset(self.hidden)
            self.ready.extend(Row(self.row + 1 + at, values, is_hidden, hidden) for at in range(count))
        self.row += count

    def _value(self, of: dict[str, str]) -> object:
        kind = of.get("value-type", "")
        text = "".join(self.text)
        if of.get("formula") and not kind and not text:
            return "=" + of["formula"].partition("=")[2]
        if text.startswith(("#", "Err:")) and of.get("formula"):
            return text if text.startswith("#") else "#" + text
        try:
            if kind == "percentage":
                return as_percentage(Decimal(f"{float(of['value']):.15g}"))
            if kind in ("float", "currency"):
                number = float(of["value"])
                return int(number) if number.is_integer() and abs(number) < 1e15 else number
            if kind == "boolean":
                return of.get("boolean-value") == "true"
            if kind == "date":
                moment = datetime.datetime.fromisoformat(of["date-value"])
                return moment if "T" in of["date-value"] else moment.date()
        except (KeyError, ValueError, InvalidOperation, OverflowError) as error:
            raise damaged(CONTENT) from error
        return text if text.strip() else None


def _attributes(attributes: dict[str, str]) -> dict[str, str]:
    """Attributes by local name; the calculating extension's ``value-type`` repeats the standard one."""
    return {local(name): value for name, value in attributes.items() if "calcext" not in name}


def _count(stated: str | None) -> int:
    """How often something repeats; never less than once."""
    try:
        return max(int(stated or 1), 1)
    except ValueError as error:
        raise damaged(CONTENT) from error
