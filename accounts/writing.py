"""Tables as files that a spreadsheet opens: CSV, XLSX and ODS, each written row by row so that its size does not matter.

A cell is a text, a number, a day or nothing. Texts are written as they are given: whoever gives them has escaped what a
spreadsheet would run as a formula (``accounts.resources.escaped``).
"""

import csv
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, Final
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter
from django.utils.translation import gettext as _

CSV: Final = "csv"
XLSX: Final = "xlsx"
ODS: Final = "ods"
CONTENT_TYPES: Final = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ODS: "application/vnd.oasis.opendocument.spreadsheet",
}
#: Rows below the heading that a sheet of Excel or LibreOffice holds.
MOST_ROWS: Final = 1_048_575
#: Characters that a cell of Excel holds.
LONGEST_TEXT: Final = 32_767
#: Excel takes a text without this mark for one of the local code page.
_UTF8: Final = "\ufeff"
#: Letters that XML cannot hold, and that no person types.
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class TooLarge(ValueError):
    """A table that the wanted format cannot hold; the text of the error is a sentence for whoever asked."""


@dataclass(frozen=True)
class Column:
    """A column of a table: its name, and what stands in it in the reader's language."""

    name: str
    meaning: str = ""
    #: Of its cells in a spreadsheet, in letters.
    width: int = 14


def as_text(cell: Any) -> str:
    """A cell as text: numbers and days in the one way that reads the same everywhere."""
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        digits = f"{cell:f}"
        return digits.rstrip("0").rstrip(".") if "." in digits else digits
    return cell.isoformat() if isinstance(cell, date) else str(cell)


class _Line:
    """What ``csv`` takes for a file: it gives each line back."""

    def write(self, text: str) -> str:
        return text


def write_csv(columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """RFC 4180 in UTF-8 with its mark, so that Excel reads the accents: a heading, then one line for each row."""
    writer = csv.writer(_Line())
    yield _UTF8 + writer.writerow([column.name for column in columns])
    for row in rows:
        yield writer.writerow([as_text(cell) for cell in row])


def write_xlsx(
    file: IO[bytes], columns: Sequence[Column], rows: Iterable[Sequence[Any]], *, sheet: str, about: Sequence[str] = ()
) -> None:
    """A workbook: the rows, then a sheet that says what each column holds.

    Raises:
        TooLarge: when the rows or one text do not fit into a sheet.
    """
    workbook = xlsxwriter.Workbook(file, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    heading = workbook.add_format({"bold": True})
    table = workbook.add_worksheet(sheet)
    table.freeze_panes(1, 1)
    for number, column in enumerate(columns):
        table.set_column(number, number, max(column.width, len(column.name) + 3))
        table.write_string(0, number, column.name, heading)
    last = 0
    for last, row in enumerate(_bounded(rows), start=1):
        for number, cell in enumerate(row):
            put(table, last, number, cell)
    table.autofilter(0, 0, last, len(columns) - 1)
    explained = workbook.add_worksheet("about")
    explained.set_column(0, 0, 28)
    explained.set_column(1, 1, 100)
    lines = [*(("", sentence) for sentence in about), *((column.name, column.meaning) for column in columns)]
    for number, (name, text) in enumerate(lines):
        explained.write_string(number, 0, name, heading)
        explained.write_string(number, 1, text)
    workbook.close()


def put(sheet: Any, row: int, column: int, cell: Any, style: Any = None) -> None:
    """Write one cell of a worksheet of XlsxWriter.

    Raises:
        TooLarge: when a text is longer than a cell holds.
    """
    if isinstance(cell, int | Decimal):
        sheet.write_number(row, column, float(cell), style)
    elif isinstance(cell, date) and not isinstance(cell, datetime):
        sheet.write_datetime(row, column, cell, style)
    elif cell not in (None, ""):
        text = as_text(cell)
        if len(text) > LONGEST_TEXT:
            raise TooLarge(
                _("One text has %(number)s characters and a cell of Excel holds %(most)s: download the table as CSV.")
                % {"number": len(text), "most": LONGEST_TEXT}
            )
        sheet.write_string(row, column, text, style)
    elif style is not None:
        sheet.write_blank(row, column, None, style)


def _bounded(rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS:
            raise TooLarge(
                _("A sheet holds %(most)s rows and this table has more: download it as CSV, or filter it first.")
                % {"most": MOST_ROWS}
            )
        yield row


# --- OpenDocument --------------------------------------------------------------------------------

_NAMES: Final = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
    for name, space in {
        "office": "office",
        "table": "table",
        "text": "text",
        "style": "style",
        "number": "datastyle",
        "fo": "xsl-fo-compatible",
        "manifest": "manifest",
    }.items()
)
_HEAD: Final = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document-content {_NAMES} office:version="1.2"><office:automatic-styles>
<number:date-style style:name="day"><number:year number:style="long"/><number:text>-</number:text><number:month
 number:style="long"/><number:text>-</number:text><number:day number:style="long"/></number:date-style>
<style:style style:name="date" style:family="table-cell" style:data-style-name="day"/>
<style:style style:name="heading" style:family="table-cell"><style:text-properties fo:font-weight="bold"/></style:style>
</office:automatic-styles><office:body><office:spreadsheet>"""
_MANIFEST: Final = f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest {_NAMES} manifest:version="1.2">
<manifest:file-entry manifest:full-path="/" manifest:version="1.2" manifest:media-type="{CONTENT_TYPES[ODS]}"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>"""


def write_ods(
    file: IO[bytes], columns: Sequence[Column], rows: Iterable[Sequence[Any]], *, sheet: str, about: Sequence[str] = ()
) -> None:
    """A workbook of LibreOffice, as ``write_xlsx``. It is written as text: a tree of 100,000 rows would take gigabytes.

    Raises:
        TooLarge: when the rows do not fit into a sheet.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        # First and uncompressed: readers tell the kind of file by it.
        package.writestr("mimetype", CONTENT_TYPES[ODS], zipfile.ZIP_STORED)
        package.writestr("META-INF/manifest.xml", _MANIFEST)
        with package.open("content.xml", "w", force_zip64=True) as content:
            content.write(_HEAD.encode())
            content.write(f"<table:table table:name={quoteattr(sheet)}>".encode())
            content.write(_ods_row([column.name for column in columns], "heading"))
            for row in _bounded(rows):
                content.write(_ods_row(row))
            content.write(b'</table:table><table:table table:name="about">')
            for sentence in about:
                content.write(_ods_row(["", sentence]))
            for column in columns:
                content.write(_ods_row([column.name, column.meaning]))
            content.write(b"</table:table></office:spreadsheet></office:body></office:document-content>")


def _ods_row(cells: Sequence[Any], style: str = "") -> bytes:
    return f"<table:table-row>{''.join(_ods_cell(cell, style) for cell in cells)}</table:table-row>".encode()


def _ods_cell(cell: Any, style: str) -> str:
    styled = f' table:style-name="{style}"' if style else ""
    if cell in (None, "") and not isinstance(cell, int | Decimal):
        return "<table:table-cell/>"
    if isinstance(cell, int | Decimal):
        number = as_text(cell)
        return (
            f'<table:table-cell{styled} office:value-type="float" office:value="{number}">'
            f"<text:p>{number}</text:p></table:table-cell>"
        )
    if isinstance(cell, date) and not isinstance(cell, datetime):
        day = cell.isoformat()
        return (
            f'<table:table-cell table:style-name="date" office:value-type="date" office:date-value="{day}">'
            f"<text:p>{day}</text:p></table:table-cell>"
        )
    paragraphs = "".join(f"<text:p>{_ods_text(line)}</text:p>" for line in as_text(cell).split("\n"))
    return f'<table:table-cell{styled} office:value-type="string">{paragraphs}</table:table-cell>'


def _ods_text(line: str) -> str:
    """A line whose spaces survive: readers of XML would fold them."""
    text = escape(_UNWRITABLE.sub("", line)).replace("\r", "")
    return re.sub(r"^ | {2,}| $", lambda found: f'<text:s text:c="{len(found[0])}"/>', text)
