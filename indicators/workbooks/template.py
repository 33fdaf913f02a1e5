"""The workbook that a report is filled in with, in the language of whoever fills it in."""

from collections.abc import Iterable
from decimal import Decimal
from typing import IO, Any, Final

import xlsxwriter
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from indicators.choices import Measure
from indicators.models import Baseline, Figure
from indicators.workbooks.layout import HEADINGS, KEYS, Layout, LayoutRow, Place, in_cell, words_for_cells

#: Rows, from 0.
TITLE_ROW, REPORT_ROW, MARK_ROW, KEY_ROW, HEADING_ROW = range(5)
FIRST_ROW: Final = HEADING_ROW + 1

#: Columns before those that are filled in: their key, and their width in letters.
KNOWN: Final = (
    ("key", 4),
    ("code", 11),
    ("indicator", 44),
    ("unit", 14),
    ("scope", 22),
    ("baseline", 11),
    ("target", 11),
    ("last", 11),
)
ENTRY_WIDTH, TEXT_WIDTH, COMMENT_WIDTH = 11, 34, 26
EXPLANATION_WIDTH: Final = 70
#: Points of a line of text.
LINE_HEIGHT: Final = 15
#: A text is written as the text it is, also when it looks like a formula.
AS_TEXT: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}

_INK, _RULE, _QUIET, _ENTRY, _GROUP = "#1B2B2A", "#B9C4C2", "#EEF1F0", "#FFFBE6", "#DCE9E6"


def write_template(file: IO[bytes], layout: Layout) -> None:
    """Write the workbook of a report: an explanation, and the sheet of figures with what is known filled in.

    Codes, names and known figures are protected; the yellow cells are not. The first row and column hold, hidden, what
    tells the report, the rows and the columns when the workbook comes back, however it was sorted and saved.
    """
    workbook = xlsxwriter.Workbook(file, AS_TEXT)
    workbook.set_properties({"title": _title(layout), "company": layout.project.programme.name})
    formats = _formats(workbook)
    _write_explanation(workbook.add_worksheet(pgettext("sheet of a workbook", "Read me")), layout, formats)
    sheet = workbook.add_worksheet(pgettext("sheet of a workbook", "Figures"))
    _Figures(sheet, layout, formats).write()
    sheet.activate()
    workbook.close()


def headings() -> dict[str, str]:
    """The visible names of the columns that every report has, by key."""
    return {
        "code": _("Code"),
        "indicator": _("Indicator"),
        "unit": _("Unit"),
        "scope": _("Scope"),
        "baseline": _("Baseline"),
        "target": _("Target"),
        "last": _("Last value"),
        "numerator": _("Numerator (how many of them)"),
        "denominator": _("Denominator (of how many)"),
        "text": _("In words"),
        "comment": _("Comment (not published)"),
    }


class _Figures:
    """The sheet that is filled in."""

    def __init__(self, sheet: Any, layout: Layout, formats: dict[str, Any]) -> None:
        self.sheet, self.layout, self.formats = sheet, layout, formats
        extra = [
            *(("numerator", "denominator") if layout.has_percentages else ()),
            *(("text",) if layout.has_texts else ()),
            "comment",
        ]
        self.first_entry = len(KNOWN)
        self.columns = [*(f"cell:{key}" for key in layout.columns), *extra]
        self.not_applicable, self.not_yet = words_for_cells()
        self.row = FIRST_ROW

    def write(self) -> None:
        self._write_head()
        for result, rows in self.layout.groups:
            label = _("Without expected result") if result is None else f"{result.code} · {result.statement}"
            for column in range(1, self.first_entry + len(self.columns)):
                self.sheet.write_blank(self.row, column, None, self.formats["group"])
            self.sheet.write_string(self.row, 1, label, self.formats["group"])
            self.row += 1
            for row in rows:
                self._write_row(row)
                self.row += 1
        self._set_up_page()

    def _write_head(self) -> None:
        sheet, formats, layout = self.sheet, self.formats, self.layout
        sheet.write_string(TITLE_ROW, 0, layout.identity)
        sheet.write_string(TITLE_ROW, 1, _title(layout), formats["title"])
        sheet.write_string(REPORT_ROW, 1, _subtitle(layout), formats["quiet"])
        if layout.project.programme.is_demonstration:
            sheet.write_string(MARK_ROW, 1, _("Demonstration: everything here is invented."), formats["mark"])
        sheet.write_string(KEY_ROW, 0, f"{KEYS}|{_language()}")
        sheet.write_string(HEADING_ROW, 0, HEADINGS)
        names = headings() | {f"cell:{key}": capfirst(label) for key, label in layout.columns.items()}
        for column, (key, width) in enumerate(KNOWN):
            sheet.set_column(column, column, width, None, {"hidden": True} if column == 0 else {})
            if column:
                sheet.write_string(KEY_ROW, column, key)
                sheet.write_string(HEADING_ROW, column, names[key], formats["heading"])
        for place, key in enumerate(self.columns):
            column = self.first_entry + place
            width = {"text": TEXT_WIDTH, "comment": COMMENT_WIDTH}.get(key, ENTRY_WIDTH)
            sheet.set_column(column, column, width)
            sheet.write_string(KEY_ROW, column, key)
            sheet.write_string(HEADING_ROW, column, names[key], formats["entry heading"])
        sheet.set_row(KEY_ROW, None, None, {"hidden": True})
        sheet.set_row(HEADING_ROW, 3 * LINE_HEIGHT)

    def _write_row(self, row: LayoutRow) -> None:
        sheet, formats, indicator = self.sheet, self.formats, row.indicator
        texts = ((indicator.name, 44), (indicator.unit, 14), (row.scope, 22))
        sheet.set_row(self.row, height_of(texts))
        sheet.write_string(self.row, 0, row.key)
        sheet.write_string(self.row, 1, indicator.code, formats["known"])
        sheet.write_string(self.row, 2, indicator.name, formats["known"])
        sheet.write_string(self.row, 3, indicator.unit, formats["known"])
        sheet.write_string(self.row, 4, row.scope, formats["known"])
        main = row.main
        baseline: Baseline | None = getattr(main.series, "baseline", None)
        for column, figure in ((5, baseline), (6, main.target), (7, main.last)):
            is_text = indicator.measure == Measure.QUALITATIVE
            self._write_value(column, in_cell(figure), formats["known" if is_text else "known number"])
        for place, key in enumerate(self.columns):
            self._write_entry(self.first_entry + place, key, row)

    def _write_entry(self, column: int, key: str, row: LayoutRow) -> None:
        value = entry_of(row, key)
        if not is_entry(row, key):
            self.sheet.write_blank(self.row, column, None, self.formats["closed"])
            return
        name = "entry text" if key in ("text", "comment") else "entry"
        self._write_value(column, value, self.formats[name])
        if key.startswith("cell:") or key == "text":
            self.sheet.data_validation(
                self.row,
                column,
                self.row,
                column,
                # A list that suggests and refuses nothing: the cell takes numbers as well.
                {"validate": "list", "source": [self.not_applicable, self.not_yet], "show_error": False},
            )

    def _write_value(self, column: int, value: object, style: Any) -> None:
        if value is None:
            self.sheet.write_blank(self.row, column, None, style)
        elif isinstance(value, Decimal):
            self.sheet.write_number(self.row, column, float(value), style)
        else:
            self.sheet.write_string(self.row, column, str(value), style)

    def _set_up_page(self) -> None:
        sheet = self.sheet
        sheet.freeze_panes(FIRST_ROW, 3)
        sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
        sheet.set_landscape()
        sheet.set_paper(1)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEADING_ROW)
        sheet.set_footer(f"&L{_title(self.layout)[:120].replace('&', '&&')}&R&P / &N")
        sheet.print_area(0, 1, max(self.row - 1, FIRST_ROW), self.first_entry + len(self.columns) - 1)


def height_of(texts: Iterable[tuple[str, int]]) -> int:
    """Points that a row needs for ``(text, width of its column in letters)``: no program sets it when it opens a file."""
    return LINE_HEIGHT * max(1, *(-(-len(text) // (width - 3)) for text, width in texts)) + 2


def is_entry(row: LayoutRow, key: str) -> bool:
    """Whether the cell of a row under this column is filled in."""
    measure = row.indicator.measure
    if key == "comment":
        return True
    if key == "text":
        return measure == Measure.QUALITATIVE
    if key in ("numerator", "denominator"):
        return measure == Measure.PERCENTAGE and "" in row.places
    return measure != Measure.QUALITATIVE and key.removeprefix("cell:") in row.places


def entry_of(row: LayoutRow, key: str) -> object:
    """What now stands in such a cell, as the workbook writes it."""
    if key == "comment":
        return row.main.comment or None
    place = row.main if key in ("text", "numerator", "denominator") else row.places.get(key.removeprefix("cell:"))
    stated = place.stated if place else None
    if place is None or stated is None:
        return None
    if key == "text":
        return in_cell(stated)
    if key in ("numerator", "denominator"):
        return getattr(stated, key)
    return _of_cell(place, stated)


def _of_cell(place: Place, stated: Figure) -> object:
    has_own_columns = place.series.is_total and place.series.indicator.measure == Measure.PERCENTAGE
    if has_own_columns and stated.value is None and stated.numerator is not None:
        return None
    return in_cell(stated)


def _title(layout: Layout) -> str:
    return _("Report of project %(project)s, %(period)s") % {
        "project": layout.project.code,
        "period": layout.period.name,
    }


def _subtitle(layout: Layout) -> str:
    parts = [layout.project.programme.name, layout.project.title]
    if layout.period.due_on:
        parts.append(_("due on %(date)s") % {"date": date_format(layout.period.due_on, "DATE_FORMAT")})
    return " · ".join(parts)


def _language() -> str:
    return (get_language() or "fr").partition("-")[0]


def _write_explanation(sheet: Any, layout: Layout, formats: dict[str, Any]) -> None:
    not_applicable, not_yet = words_for_cells()
    lines = [
        _("Fill in the yellow cells of the sheet “%(sheet)s”, save the workbook and send it back.")
        % {"sheet": pgettext("sheet of a workbook", "Figures")},
        _("What is known already stands there: the baseline, the target for this period, the last value, and what was entered so far."),
        _("An empty cell says nothing and changes nothing. Zero is written 0."),
        _("Write “%(not_applicable)s” where the question does not arise, and “%(not_yet)s” where the figure is not known yet: the cells offer both.")
        % {"not_applicable": not_applicable, "not_yet": not_yet},
        _("A percentage needs its numerator and its denominator: 110 of 200. In a column for women or men write 110/200."),
        _("Write one number in a cell. Women, men, others and “not stated” each have their column; the total is theirs together."),
        _("A number may be grouped (1 234 or 1,234) and have a decimal comma or point. Where it can be read in two ways, you are asked."),
        _("“> 35”, “≥ 35” and “≈ 35” are understood as more than, at least and about 35."),
        _("Do not copy in other rows or columns: they are not read. Rows may be sorted and columns moved."),
        _("The comment is for the programme team and is never published."),
        _("The workbook can be saved with Excel or LibreOffice. Before anything is kept, you see what it would change, cell by cell."),
    ]  # fmt: skip
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, EXPLANATION_WIDTH)
    sheet.write_string(0, 0, _title(layout), formats["title"])
    sheet.write_string(1, 0, _subtitle(layout), formats["quiet wrapped"])
    sheet.set_row(1, height_of([(_subtitle(layout), EXPLANATION_WIDTH)]))
    row = 2
    if layout.project.programme.is_demonstration:
        sheet.write_string(row, 0, _("Demonstration: everything here is invented."), formats["mark"])
        row += 1
    for line in lines:
        row += 1
        sheet.set_row(row, height_of([(line, EXPLANATION_WIDTH)]) + 4)
        sheet.write_string(row, 0, line, formats["paragraph"])
    sheet.protect("", {"select_locked_cells": True})
    sheet.set_portrait()
    sheet.set_paper(1)
    sheet.fit_to_pages(1, 1)


def _formats(workbook: Any) -> dict[str, Any]:
    base = {"font_color": _INK, "valign": "top"}
    boxed = base | {"border": 1, "border_color": _RULE}
    made = {
        "title": base | {"bold": True, "font_size": 14},
        "quiet": base | {"font_color": "#50605E"},
        "quiet wrapped": base | {"font_color": "#50605E", "text_wrap": True},
        "mark": base | {"bold": True, "font_color": "#96450F"},
        "paragraph": base | {"text_wrap": True},
        "heading": boxed | {"bold": True, "text_wrap": True, "bg_color": _QUIET},
        "entry heading": boxed | {"bold": True, "text_wrap": True, "bg_color": "#F4E7A8"},
        "group": base | {"bold": True, "bg_color": _GROUP},
        "known": boxed | {"text_wrap": True, "bg_color": _QUIET},
        "known number": boxed | {"bg_color": _QUIET, "align": "right", "num_format": "#,##0.####"},
        "entry": boxed | {"bg_color": _ENTRY, "locked": False, "align": "right"},
        "entry text": boxed | {"bg_color": _ENTRY, "locked": False, "text_wrap": True},
        "closed": boxed | {"pattern": 4, "fg_color": _RULE, "bg_color": "#FFFFFF"},
    }
    return {name: workbook.add_format(properties) for name, properties in made.items()}
