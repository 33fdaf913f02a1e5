"""The workbook that was sent, given back with its faulty cells marked: in colour, and with a comment that says why."""

import io
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

from django.utils.translation import gettext as _
from openpyxl import Workbook as NewWorkbook
from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from accounts.actions.previews import Problem
from accounts.reading.workbooks import Workbook

FAULTY: Final = PatternFill("solid", fgColor="F5B8A0")
COMMENT_WIDTH, LINE_HEIGHT, LETTERS_IN_A_LINE = 300, 20, 40
#: Above this the file is written anew, cell by cell, without its looks: loading it whole would take too much memory.
MOST_BYTES_LOADED: Final = 2_000_000


def marked(workbook: Workbook, content: bytes, problems: Iterable[Problem]) -> bytes:
    """``content`` as XLSX, with a colour and a comment in each faulty cell; everything else is as it was sent.

    Args:
        workbook: the same content, opened by ``open_workbook`` and so found harmless.
    """
    if workbook.kind == "xlsx" and len(content) <= MOST_BYTES_LOADED:
        book = load_workbook(io.BytesIO(content))
    else:
        book = _copied(workbook)
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for problem in problems:
        cell = problem.cell if problem.cell.strip("0123456789") else f"B{problem.cell or 1}"
        found[problem.sheet, cell].append(problem.rule)
    for (name, address), sentences in found.items():
        if name not in book.sheetnames:
            continue
        sheet: Any = book[name]
        cell = sheet[address]
        cell.fill = FAULTY
        text = "\n".join(sentences)
        height = LINE_HEIGHT * (2 + sum(1 + len(each) // LETTERS_IN_A_LINE for each in sentences))
        cell.comment = Comment(text, _("Import"), height=height, width=COMMENT_WIDTH)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _copied(workbook: Workbook) -> Any:
    """A new workbook with the values of every sheet; what was hidden stays hidden."""
    book = NewWorkbook()
    book.remove(book.worksheets[0])
    for sheet in workbook.sheets:
        copy: Any = book.create_sheet(sheet.name[:31])
        copy.sheet_state = "hidden" if sheet.is_hidden else "visible"
        for row in sheet.rows():
            for column, value in enumerate(row.values, start=1):
                if value is not None:
                    cell = copy.cell(row.number, column)
                    cell.value = value
                    if isinstance(value, str):
                        cell.data_type = "s"
            copy.row_dimensions[row.number].hidden = row.is_hidden
            for hidden in row.hidden_columns:
                copy.cell(1, hidden + 1)
                copy.column_dimensions[copy.cell(1, hidden + 1).column_letter].hidden = True
    return book
