"""The workbook that was sent, given back with its faulty cells marked: in colour, and with a comment that says why.

It came from anybody, and staff open it: nothing in it calculates, asks the network or leads elsewhere. A formula stands
there as the value that it had, which is also what was read of it.
"""

import io
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

from django.utils.translation import gettext as _
from openpyxl import Workbook as NewWorkbook
from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.styles import PatternFill
from openpyxl.workbook.defined_name import DefinedNameDict

from accounts.actions.previews import Problem
from accounts.reading.workbooks import Workbook

FAULTY: Final = PatternFill("solid", fgColor="F5B8A0")
COMMENT_WIDTH, LINE_HEIGHT, LETTERS_IN_A_LINE = 300, 20, 40
#: Above this the file is written anew, cell by cell, without its looks: loading it whole would take too much memory.
MOST_BYTES_LOADED: Final = 2_000_000
#: What a drop-down or a name may hold: cells of this workbook, words in quotes, a number.
PLAIN: Final = re.compile(
    r"""(?:(?:'(?:[^']|'')+'|[\w.]+)!)?\$?[A-Z]{1,3}\$?[0-9]+(?::\$?[A-Z]{1,3}\$?[0-9]+)?|"[^"]*"|-?[0-9]+(?:\.[0-9]+)?"""
)
#: Texts that a spreadsheet would calculate if somebody typed them anew.
LIKE_A_FORMULA: Final = ("=", "+", "-", "@")


def marked(workbook: Workbook, content: bytes, problems: Iterable[Problem]) -> bytes:
    """``content`` as XLSX, with a colour and a comment in each faulty cell; the rest as it was sent, without formulas.

    Args:
        workbook: the same content, opened by ``open_workbook`` and so found harmless.
    """
    if workbook.kind == "xlsx" and len(content) <= MOST_BYTES_LOADED:
        book = load_workbook(io.BytesIO(content), keep_links=False)
        _still(book, workbook)
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


def _still(book: Any, workbook: Workbook) -> None:
    """Leave nothing in the book that calculates or leads elsewhere; cells keep the values that they had."""
    for name in [name for name, each in book.defined_names.items() if not PLAIN.fullmatch(each.attr_text or "")]:
        del book.defined_names[name]
    for sheet in book.worksheets:
        sheet.conditional_formatting = ConditionalFormattingList()
        validations = sheet.data_validations
        validations.dataValidation = [each for each in validations.dataValidation if _is_plain(each)]
        sheet.defined_names = DefinedNameDict()
        read = workbook.sheet(sheet.title)
        values = {row.number: row.values for row in read.rows()} if read is not None else {}
        # Of merged cells the first alone holds anything.
        for cell in [cell for row in sheet.iter_rows() for cell in row if isinstance(cell, Cell)]:
            cell.hyperlink = None
            if cell.data_type == "f":
                row = values.get(cell.row, ())
                _put(cell, row[cell.column - 1] if cell.column <= len(row) else None)
            elif isinstance(cell.value, str):
                _put(cell, cell.value)


def _is_plain(validation: Any) -> bool:
    said = (validation.formula1, validation.formula2)
    return all(formula is None or PLAIN.fullmatch(str(formula)) for formula in said)


def _put(cell: Any, value: object) -> None:
    """Write a value so that it stays what it is: a text that looks like a formula is a text."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        if value.startswith(LIKE_A_FORMULA):
            cell.quotePrefix = True


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
                    _put(copy.cell(row.number, column), value)
            copy.row_dimensions[row.number].hidden = row.is_hidden
            for hidden in row.hidden_columns:
                copy.cell(1, hidden + 1)
                copy.column_dimensions[copy.cell(1, hidden + 1).column_letter].hidden = True
    return book
