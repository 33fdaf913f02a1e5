"""The flat table of results in three formats. Each writer takes an export and gives text or bytes, piece by piece."""

import csv
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import IO, Any, Final

import xlsxwriter
from django.utils.translation import override

from opendata.columns import COLUMNS, Cell
from opendata.lines import Export
from opendata.meanings import column_meanings

TITLE: Final = "EPE-AP results"
#: A text that begins so would run as a formula when a spreadsheet opens it.
FORMULA_MARKS: Final = ("=", "+", "-", "@", "\t", "\r")
#: Columns of a spreadsheet that hold long texts.
WIDTHS: Final = {"indicator": 30, "indicator_name": 60, "unit": 24, "source_document": 28, "source_section": 36} | {
    "source_value": 28,
    "note": 60,
}


def plain(number: Decimal) -> str:
    """A number with a decimal point, without trailing zeros, grouping or exponent."""
    digits = f"{number:f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def neutral(text: str) -> str:
    """``text`` as a spreadsheet shows it and never runs it: marked as text by an apostrophe where it looks like a formula."""
    return f"'{text}" if text.startswith(FORMULA_MARKS) else text


def as_text(cell: Cell) -> str:
    """A cell of a CSV file. Numbers stay numbers, their minus sign included."""
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return plain(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    return neutral(cell)


def as_json(value: Any) -> Any:
    """A value of a JSON file; whole numbers bear no decimal point."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else value


class _Line:
    """What ``csv`` takes for a file: it gives each line back."""

    def write(self, text: str) -> str:
        return text


def write_csv(export: Export) -> Iterator[str]:
    """RFC 4180: a header, then one line for each result."""
    writer = csv.writer(_Line())
    yield writer.writerow(COLUMNS)
    for line in export.lines():
        yield writer.writerow([as_text(cell) for cell in line.cells()])


def write_json(export: Export, *, problems: tuple[str, ...] = ()) -> Iterator[str]:
    """One object: its title, the query it answers, the columns, and the rows, each with all its sources."""
    head: dict[str, Any] = {"title": TITLE, "generated_from": export.query, "columns": list(COLUMNS)}
    if problems:
        head["problems"] = list(problems)
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "rows": ['
    for number, line in enumerate(export.lines()):
        record = {name: as_json(cell) for name, cell in zip(COLUMNS, line.cells(), strict=True)}
        record["target_qualifier"] = line.result.target_qualifier
        record["sources"] = [{name: as_json(value) for name, value in source.items()} for source in line.sources()]
        yield (",\n" if number else "\n") + json.dumps(record, ensure_ascii=False)
    yield "\n]}\n"


def write_xlsx(export: Export, file: IO[bytes]) -> None:
    """A workbook, written row by row so that its size does not matter; its second sheet says where it comes from."""
    # Days stay days: they sort and filter as such.
    workbook = xlsxwriter.Workbook(file, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    sheet = workbook.add_worksheet("results")
    sheet.freeze_panes(1, 3)
    sheet.set_landscape()
    sheet.repeat_rows(0)
    heading = workbook.add_format({"bold": True})
    for column, name in enumerate(COLUMNS):
        sheet.set_column(column, column, WIDTHS.get(name, max(12, len(name) + 3)))
        sheet.write_string(0, column, name, heading)
    last = 0
    for last, line in enumerate(export.lines(), start=1):
        for column, cell in enumerate(line.cells()):
            if isinstance(cell, Decimal):
                sheet.write_number(last, column, float(cell))
            elif isinstance(cell, date):
                sheet.write_datetime(last, column, cell)
            elif cell not in (None, ""):
                sheet.write_string(last, column, as_text(cell))
    sheet.autofilter(0, 0, last, len(COLUMNS) - 1)
    about = workbook.add_worksheet("about")
    about.set_column(0, 0, 24)
    about.set_column(1, 1, 100)
    lines = [("title", TITLE), ("address", export.address), ("query", export.query), ("date", export.today.isoformat())]
    with override(export.language):
        lines += column_meanings().items()
    for row, (name, text) in enumerate(lines):
        about.write_string(row, 0, name, heading)
        about.write_string(row, 1, neutral(text))
    workbook.close()
