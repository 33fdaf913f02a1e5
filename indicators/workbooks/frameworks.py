"""The performance measurement framework of a programme as one sheet, in the columns of the funder's own form."""

from decimal import Decimal
from typing import IO, Any, Final

import xlsxwriter
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from indicators.models import Baseline, ExpectedResult, ReportingPeriod
from indicators.workbooks.framework_columns import (
    CHOICES,
    DEFINING,
    defining_cell,
    headings_of,
    labels_of,
    other_languages,
    translated_columns,
)
from indicators.workbooks.framework_explained import write_explanation
from indicators.workbooks.framework_rows import FrameworkRow, row_key, rows_of_framework, scope_of
from indicators.workbooks.layout import in_cell
from indicators.workbooks.template import AS_TEXT, height_of
from projects.models import Programme

#: What the hidden cells begin with that tell the programme, the columns, the headings and the levels when the sheet
#: comes back.
IDENTITY: Final = "epe-ap-framework/1"
KEYS: Final = "epe-ap-framework-columns/1"
HEADINGS: Final = "epe-ap-framework-headings/1"
LEVEL: Final = "level"

#: Columns before and behind the figures, with their widths in letters.
BEFORE: Final = (
    ("key", 4),
    ("expected_result", 13),
    ("code", 12),
    ("indicator", 44),
    ("scope", 18),
    ("unit", 14),
    ("baseline", 12),
    ("baseline_on", 12),
)
BEHIND: Final = (("data_source", 28), ("collection_method", 28), ("frequency", 14), ("responsible", 22))
FIGURE_WIDTH: Final = 13
REASON_WIDTH: Final = 28
TRANSLATED_WIDTH: Final = 30
#: Empty rows at the end, for new indicators.
EMPTY_ROWS: Final = 10
TITLE_ROW, MARK_ROW, KEY_ROW, HEADING_ROW = range(4)

_INK, _RULE, _QUIET, _LEVEL = "#1B2B2A", "#B9C4C2", "#EEF1F0", "#DCE9E6"


def write_framework(file: IO[bytes], programme: Programme) -> None:
    """Write the framework: expected results as the logic model words them, and under each its indicators with baseline,
    targets and approved actuals by period, data source, collection method, frequency and who is responsible.

    Parts of the programme's total stand indented below it; other breakdowns stand in the export of figures. Behind the
    printed columns stands what defines an indicator, and at the end there is room for new ones. What is not public is
    in it, too: it is for staff.
    """
    workbook = xlsxwriter.Workbook(file, AS_TEXT)
    workbook.set_properties({"title": _title(programme)})
    _Sheet(workbook, programme).write()
    write_explanation(workbook, programme, _title(programme))
    workbook.close()


class _Sheet:
    def __init__(self, workbook: Any, programme: Programme) -> None:
        self.programme = programme
        self.workbook = workbook
        self.language = (get_language() or "fr").partition("-")[0]
        self.sheet = workbook.add_worksheet(pgettext("sheet of a workbook", "Framework"))
        base = {"font_color": _INK, "valign": "top", "text_wrap": True, "border": 1, "border_color": _RULE}
        number = {"align": "right", "num_format": "#,##0.####"}
        self.formats = {
            "title": workbook.add_format({"bold": True, "font_size": 14, "font_color": _INK}),
            "mark": workbook.add_format({"bold": True, "font_color": "#96450F"}),
            "heading": workbook.add_format(base | {"bold": True, "bg_color": _QUIET}),
            "level": workbook.add_format(
                {"font_color": _INK, "bold": True, "bg_color": _LEVEL, "top": 1, "top_color": _RULE}
            ),
            "text": workbook.add_format(base),
            "number": workbook.add_format(base | number),
            "known": workbook.add_format(base | {"bg_color": _QUIET}),
            "known number": workbook.add_format(base | number | {"bg_color": _QUIET}),
            "part": workbook.add_format(base | {"indent": 2, "italic": True, "bg_color": _QUIET}),
        }
        self.rows = rows_of_framework(programme)
        self.results = list(ExpectedResult.objects.filter(programme=programme))
        of = [row for rows in self.rows.values() for row in rows]
        self.target_periods = list(ReportingPeriod.objects.filter(programme=programme).order_by("ends_on", "starts_on"))
        reported = {pk for row in of for pk in row.actuals}
        self.actual_periods = [each for each in self.target_periods if each.pk in reported]
        self.row = HEADING_ROW + 1

    def write(self) -> None:
        sheet = self.sheet
        sheet.write_string(TITLE_ROW, 0, identity_of(self.programme))
        sheet.write_string(TITLE_ROW, 1, _title(self.programme), self.formats["title"])
        if self.programme.is_demonstration:
            sheet.write_string(MARK_ROW, 1, _("Demonstration: everything here is invented."), self.formats["mark"])
        self._write_headings()
        for result in self.results:
            self._write_level(
                result.code,
                f"{result.code} · {result.get_level_display()} · {result.statement} ({result.get_basis_display()})",
            )
            self._write_rows(result.pk, result.code)
        if self.rows.get(None):
            self._write_level("", _("Without expected result"))
            self._write_rows(None, "")
        last_printed = self.row - 1
        self._write_level("", _("New indicators: one row each, with the code of the expected result"))
        for _number in range(EMPTY_ROWS):
            self._write_cells([None] * self.width, is_new=True)
        self._offer_labels()
        sheet.freeze_panes(HEADING_ROW + 1, 4)
        sheet.set_landscape()
        sheet.set_paper(1)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEADING_ROW)
        sheet.print_area(0, 1, max(last_printed, HEADING_ROW), self.keys.index("responsible"))
        sheet.set_footer(f"&L{_title(self.programme)[:120].replace('&', '&&')}&R&P / &N")

    def _write_headings(self) -> None:
        columns = [
            *BEFORE,
            *((f"target:{each.slug}", FIGURE_WIDTH) for each in self.target_periods),
            *((f"actual:{each.slug}", FIGURE_WIDTH) for each in self.actual_periods),
            *BEHIND,
            ("reason", REASON_WIDTH),
            *DEFINING,
            *((key, TRANSLATED_WIDTH) for key in translated_columns(self.language)),
        ]
        names = headings_of(self.language)
        names |= {
            f"target:{each.slug}": _("Target, %(period)s") % {"period": each.name} for each in self.target_periods
        }
        names |= {
            f"actual:{each.slug}": _("Actual, %(period)s") % {"period": each.name} for each in self.actual_periods
        }
        self.keys = [key for key, _width in columns]
        self.widths = [width for _key, width in columns]
        self.width = len(columns)
        for column, (key, width) in enumerate(columns):
            self.sheet.set_column(column, column, width, None, {"hidden": True} if column == 0 else {})
            if column:
                self.sheet.write_string(KEY_ROW, column, key)
                self.sheet.write_string(HEADING_ROW, column, names[key], self.formats["heading"])
        self.sheet.write_string(KEY_ROW, 0, f"{KEYS}|{self.language}")
        self.sheet.write_string(HEADING_ROW, 0, HEADINGS)
        self.sheet.set_row(KEY_ROW, None, None, {"hidden": True})
        self.sheet.set_row(HEADING_ROW, 64)

    def _write_level(self, code: str, words: str) -> None:
        self.sheet.write_string(self.row, 0, f"{LEVEL}|{code}")
        for column in range(1, self.width):
            self.sheet.write_blank(self.row, column, None, self.formats["level"])
        self.sheet.write_string(self.row, 1, words, self.formats["level"])
        self.row += 1

    def _write_rows(self, result: int | None, code: str) -> None:
        for row in self.rows.get(result, ()):
            cells = self._figures(row) if row.part else self._words(row, code) | self._figures(row)
            self._write_cells([cells.get(key) for key in self.keys], is_part=bool(row.part))

    def _words(self, row: FrameworkRow, code: str) -> dict[str, object]:
        indicator = row.series.indicator
        return {
            "expected_result": code,
            "code": indicator.code,
            "indicator": indicator.name,
            "scope": scope_of(row.series),
            "unit": indicator.unit,
            "data_source": indicator.data_source,
            "collection_method": indicator.collection_method,
            "frequency": indicator.get_frequency_display(),
            "responsible": indicator.responsible,
            **{key: defining_cell(indicator, key) for key, _width in DEFINING},
            **{
                f"{name}_{each}": getattr(indicator, f"{name}_{each}")
                for name in ("name", "unit")
                for each in other_languages(self.language)
            },
        }

    def _figures(self, row: FrameworkRow) -> dict[str, object]:
        baseline = getattr(row.series, "baseline", None)
        return {
            "key": row_key(row.series),
            **({"indicator": row.part} if row.part else {}),
            "baseline": in_cell(baseline),
            "baseline_on": _day(baseline),
            **{f"target:{each.slug}": in_cell(row.targets.get(each.pk)) for each in self.target_periods},
            **{f"actual:{each.slug}": in_cell(row.actuals.get(each.pk)) for each in self.actual_periods},
        }

    def _write_cells(self, cells: list[object], *, is_part: bool = False, is_new: bool = False) -> None:
        printed = self.keys.index("responsible") + 1
        texts = [(str(cells[at] or ""), width) for at, width in enumerate(self.widths[:printed]) if at]
        self.sheet.set_row(self.row, height_of(texts))
        for column, (key, value) in enumerate(zip(self.keys, cells, strict=True)):
            # "> 35" and "54 %" stand as numbers do; what a qualitative indicator says reads from the left.
            is_number = key.startswith(("baseline", "target:", "actual:")) and len(str(value or "")) < FIGURE_WIDTH
            kind = "number" if is_number else "text"
            if is_part and key == "indicator":
                kind = "part"
            elif key.startswith("actual:") or (not is_new and key in ("code", "expected_result", "scope")):
                kind = "known number" if is_number else "known"
            self._write_value(column, value, self.formats[kind])
        self.row += 1

    def _write_value(self, column: int, value: object, style: Any) -> None:
        if isinstance(value, Decimal):
            self.sheet.write_number(self.row, column, float(value), style)
        elif value is None or value == "":
            self.sheet.write_blank(self.row, column, None, style)
        else:
            self.sheet.write_string(self.row, column, str(value), style)

    def _offer_labels(self) -> None:
        """Let the cells of stored words offer their labels, which stand on a sheet of their own: they are long."""
        name = pgettext("sheet of a workbook", "Lists")
        quoted = name.replace("'", "''")
        lists = self.workbook.add_worksheet(name)
        lists.hide()
        offered = {key: labels_of(key) for key in CHOICES} | {"expected_result": [each.code for each in self.results]}
        for place, (key, labels) in enumerate(offered.items()):
            if not labels:
                continue
            for row, label in enumerate(labels):
                lists.write_string(row, place, label)
            letter = chr(ord("A") + place)
            self.sheet.data_validation(
                HEADING_ROW + 1,
                self.keys.index(key),
                self.row - 1,
                self.keys.index(key),
                {
                    "validate": "list",
                    "source": f"='{quoted}'!${letter}$1:${letter}${len(labels)}",
                    "error_title": _("Not in the list"),
                    "error_message": _("Choose one of the words that the cell offers."),
                },
            )


def identity_of(programme: Programme) -> str:
    """What tells the frameworks of two programmes apart."""
    return f"{IDENTITY}|{programme.slug}"


def _day(baseline: Baseline | None) -> str | None:
    """The day of a baseline as ISO writes it: readable in every language, and read back without a doubt."""
    return baseline.measured_on.isoformat() if baseline is not None and baseline.measured_on else None


def _title(programme: Programme) -> str:
    return _("Performance measurement framework of %(programme)s") % {"programme": programme.name}
