"""A spreadsheet given back with its faulty cells marked: each in colour, with a comment that says what is asked for."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import IO, Any, Final

import xlsxwriter

from accounts.actions.previews import Problem, Row
from accounts.reading.telling import letters
from accounts.writing import LONGEST_TEXT

#: Widths of columns, in letters.
NARROWEST, WIDEST, WIDTH_OF_PROBLEMS = 12, 40, 70
#: Of the first rows, whose texts decide how wide a column is.
MEASURED_ROWS: Final = 50
#: Letters on a line of a comment, and pixels of a line.
COMMENT_LINE, COMMENT_LINE_HEIGHT = 38, 18
#: Of a line of text in a cell, in points.
LINE_HEIGHT = 15
#: Of a text that Excel takes for a sheet's name.
_LONGEST_NAME, _FORBIDDEN = 31, str.maketrans(dict.fromkeys("[]:*?/\\", "-"))


def write_marked(
    file: IO[bytes], *, sheet: str, rows: Iterable[Row], header_row: int, problems: Iterable[Problem], heading: str
) -> None:
    """The sheet as it was sent, row by row and cell by cell, with what is wrong.

    Args:
        header_row: the row that names the columns.
        problems: as the preview lists them; those of the headings are marked in that row.
        heading: of one more column, which says in words what is wrong in each row. An import passes over it.
    """
    # Every row stays where it was, so that an address such as B7 means the same cell.
    workbook = xlsxwriter.Workbook(
        file, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    table = workbook.add_worksheet(sheet.translate(_FORBIDDEN).strip("'")[:_LONGEST_NAME] or "sheet")
    styles = {
        "": workbook.add_format({"valign": "top"}),
        "day": workbook.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
        "faulty": workbook.add_format({"bg_color": "#F9D9C6", "border": 1, "border_color": "#96450F", "valign": "top"}),
        "faulty day": workbook.add_format(
            {"bg_color": "#F9D9C6", "border": 1, "border_color": "#96450F", "num_format": "yyyy-mm-dd", "valign": "top"}
        ),
        "heading": workbook.add_format({"bold": True, "bottom": 1}),
        "said": workbook.add_format({"font_color": "#96450F", "text_wrap": True, "valign": "top"}),
    }
    by_row: dict[int, list[Problem]] = defaultdict(list)
    for problem in problems:
        by_row[problem.row or header_row].append(problem)
    kept = list(rows)
    width = max((len(row.values) for row in kept), default=0)
    headings: tuple[object, ...] = next((tuple(row.values) for row in kept if row.number == header_row), ())
    # The workbook that was marked before and comes back has the column already.
    last = headings.index(heading) if heading in headings else max(len(headings), width)
    for column, letters_wide in enumerate(_widths(kept, last)):
        table.set_column(column, column, letters_wide)
    table.set_column(last, last, WIDTH_OF_PROBLEMS)
    for row in kept:
        wrong: dict[int, list[Problem]] = defaultdict(list)
        for problem in by_row.get(row.number, ()):
            wrong[_column_of(problem)].append(problem)
        for column, value in enumerate(row.values):
            if column != last:
                kind = "heading" if row.number == header_row else "faulty" if column in wrong else ""
                _write(table, row.number - 1, column, value, kind, styles)
        for column, found in wrong.items():
            if column < 0:
                continue
            if column >= len(row.values) or row.values[column] in (None, ""):
                table.write_blank(row.number - 1, column, None, styles["faulty"])
            _comment(table, row.number - 1, column, [problem.rule for problem in found])
        if row.number == header_row:
            table.write_string(row.number - 1, last, heading, styles["heading"])
        if said := by_row.get(row.number):
            sentences = [_sentence(problem) for problem in said]
            # LibreOffice fits no row by itself in a workbook that it did not make.
            lines = sum(1 + len(sentence) // WIDTH_OF_PROBLEMS for sentence in sentences)
            table.set_row(row.number - 1, lines * LINE_HEIGHT)
            text = "\n".join(sentences)
            where = last + 1 if row.number == header_row else last
            table.write_string(row.number - 1, where, text[:LONGEST_TEXT], styles["said"])
    # Printed, a row stands on one page.
    table.set_landscape()
    table.fit_to_pages(1, 0)
    if header_row and kept:
        table.freeze_panes(header_row, 0)
        table.autofilter(header_row - 1, 0, max(kept[-1].number - 1, header_row), last)
    workbook.close()


def _write(table: Any, row: int, column: int, value: object, kind: str, styles: dict[str, Any]) -> None:
    style = styles.get(kind)
    if value is None or value == "":
        return
    if isinstance(value, bool):
        table.write_boolean(row, column, value, style)
    elif isinstance(value, int | float):
        table.write_number(row, column, value, style)
    elif isinstance(value, date | datetime):
        moment = value.replace(tzinfo=None) if isinstance(value, datetime) else value
        table.write_datetime(row, column, moment, styles["faulty day" if kind == "faulty" else "day"])
    else:
        table.write_string(row, column, str(value)[:LONGEST_TEXT], style)


def _comment(table: Any, row: int, column: int, sentences: list[str]) -> None:
    text = "\n".join(sentences)
    lines = sum(1 + len(sentence) // COMMENT_LINE for sentence in sentences)
    table.write_comment(
        row, column, text, {"width": 280, "height": max(2, lines + 1) * COMMENT_LINE_HEIGHT, "font_size": 9}
    )


def _column_of(problem: Problem) -> int:
    """The place of the faulty cell in its row; -1 where the problem is the whole row's."""
    name = problem.cell.rstrip("0123456789")
    if not name.isascii() or not name.isalpha() or not name.isupper() or len(name) > 3:
        return -1
    place = 0
    for letter in name:
        place = place * 26 + ord(letter) - 64
    assert letters(place - 1) == name
    return place - 1


def _sentence(problem: Problem) -> str:
    return f"{problem.column}: {problem.rule}" if problem.column else problem.rule


def _widths(rows: list[Row], columns: int) -> list[int]:
    widths = [NARROWEST] * columns
    for row in rows[:MEASURED_ROWS]:
        for column, value in enumerate(row.values[:columns]):
            widths[column] = min(WIDEST, max(widths[column], len(str(value or "")) + 2))
    return widths
