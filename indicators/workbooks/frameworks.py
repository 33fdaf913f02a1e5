"""The performance measurement framework of a programme as one sheet, in the columns of the funder's own form."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any, Final

import xlsxwriter
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from indicators.models import Actual, Baseline, ExpectedResult, Indicator, ReportingPeriod, Series, Target
from indicators.workbooks.layout import in_cell
from indicators.workbooks.template import AS_TEXT, height_of
from projects.models import Programme

#: What the hidden cells begin with that tell the programme, the columns and the headings when the sheet comes back.
IDENTITY: Final = "epe-ap-framework/1"
KEYS: Final = "epe-ap-framework-columns/1"
HEADINGS: Final = "epe-ap-framework-headings/1"

#: Columns before and behind the figures, with their widths in letters.
BEFORE: Final = (
    ("key", 4),
    ("expected_result", 13),
    ("code", 12),
    ("indicator", 44),
    ("scope", 22),
    ("unit", 14),
    ("baseline", 12),
    ("baseline_on", 12),
)
BEHIND: Final = (("data_source", 28), ("collection_method", 28), ("frequency", 14), ("responsible", 22))
FIGURE_WIDTH: Final = 13
REASON_WIDTH: Final = 28
TITLE_ROW, MARK_ROW, KEY_ROW, HEADING_ROW = range(4)

#: Columns that hold a text of the indicator, and the field of it.
TEXTS: Final = {
    "indicator": "name",
    "data_source": "data_source",
    "collection_method": "collection_method",
    "responsible": "responsible",
}

_INK, _RULE, _QUIET, _LEVEL = "#1B2B2A", "#B9C4C2", "#EEF1F0", "#DCE9E6"


@dataclass
class _Line:
    """One indicator in one scope: its totals over the periods."""

    series: Series
    targets: dict[int, Target]
    actuals: dict[int, Actual]


def write_framework(file: IO[bytes], programme: Programme) -> None:
    """Write the framework: expected results as the logic model words them, and under each its indicators with baseline,
    targets and approved actuals by period, data source, collection method, frequency and who is responsible.

    Breakdowns have no rows: they stand in the export of figures. What is not public is in it, too: it is for staff.
    """
    workbook = xlsxwriter.Workbook(file, AS_TEXT)
    workbook.set_properties({"title": _title(programme)})
    _Sheet(workbook, programme).write()
    workbook.close()


class _Sheet:
    def __init__(self, workbook: Any, programme: Programme) -> None:
        self.programme = programme
        self.sheet = workbook.add_worksheet(pgettext("sheet of a workbook", "Framework"))
        base = {"font_color": _INK, "valign": "top", "text_wrap": True, "border": 1, "border_color": _RULE}
        self.formats = {
            "title": workbook.add_format({"bold": True, "font_size": 14, "font_color": _INK}),
            "mark": workbook.add_format({"bold": True, "font_color": "#96450F"}),
            "heading": workbook.add_format(base | {"bold": True, "bg_color": _QUIET}),
            "level": workbook.add_format(
                {"font_color": _INK, "bold": True, "bg_color": _LEVEL, "top": 1, "top_color": _RULE}
            ),
            "text": workbook.add_format(base),
            "number": workbook.add_format(base | {"align": "right", "num_format": "#,##0.####"}),
        }
        self.lines = _lines(programme)
        of = [line for lines in self.lines.values() for line in lines]
        self.target_periods = list(ReportingPeriod.objects.filter(programme=programme).order_by("ends_on", "starts_on"))
        reported = {pk for line in of for pk in line.actuals}
        self.actual_periods = [each for each in self.target_periods if each.pk in reported]
        self.row = HEADING_ROW + 1

    def write(self) -> None:
        sheet = self.sheet
        sheet.write_string(TITLE_ROW, 0, identity_of(self.programme))
        sheet.write_string(TITLE_ROW, 1, _title(self.programme), self.formats["title"])
        if self.programme.is_demonstration:
            sheet.write_string(MARK_ROW, 1, _("Demonstration: everything here is invented."), self.formats["mark"])
        self._write_headings()
        for result in ExpectedResult.objects.filter(programme=self.programme):
            self._write_level(
                f"{result.code} · {result.get_level_display()} · {result.statement} ({result.get_basis_display()})"
            )
            self._write_lines(result.pk, result.code)
        if self.lines.get(None):
            self._write_level(_("Without expected result"))
            self._write_lines(None, "")
        sheet.freeze_panes(HEADING_ROW + 1, 4)
        sheet.set_landscape()
        sheet.set_paper(5)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEADING_ROW)
        sheet.set_footer("&R&P / &N")

    def _write_headings(self) -> None:
        names = {
            "expected_result": _("Expected result"),
            "code": _("Code"),
            "indicator": _("Indicator"),
            "scope": _("Scope"),
            "unit": _("Unit"),
            "baseline": _("Baseline"),
            "baseline_on": _("Date of the baseline"),
            "data_source": _("Data source"),
            "collection_method": _("Collection method"),
            "frequency": _("Frequency"),
            "responsible": _("Responsible"),
        }
        headings = [
            *((key, names.get(key, ""), width) for key, width in BEFORE),
            *(
                (f"target:{each.slug}", _("Target, %(period)s") % {"period": each.name}, FIGURE_WIDTH)
                for each in self.target_periods
            ),
            ("reason", _("Reason for changing a target"), REASON_WIDTH),
            *(
                (f"actual:{each.slug}", _("Actual, %(period)s") % {"period": each.name}, FIGURE_WIDTH)
                for each in self.actual_periods
            ),
            *((key, names[key], width) for key, width in BEHIND),
        ]
        self.width = len(headings)
        self.widths = [width for _key, _heading, width in headings]
        for column, (key, heading, width) in enumerate(headings):
            self.sheet.set_column(column, column, width, None, {"hidden": True} if column == 0 else {})
            if column:
                self.sheet.write_string(KEY_ROW, column, key)
                self.sheet.write_string(HEADING_ROW, column, heading, self.formats["heading"])
        self.sheet.write_string(KEY_ROW, 0, f"{KEYS}|{(get_language() or 'fr').partition('-')[0]}")
        self.sheet.write_string(HEADING_ROW, 0, HEADINGS)
        self.sheet.set_row(KEY_ROW, None, None, {"hidden": True})
        self.sheet.set_row(HEADING_ROW, 64)

    def _write_level(self, words: str) -> None:
        for column in range(1, self.width):
            self.sheet.write_blank(self.row, column, None, self.formats["level"])
        self.sheet.write_string(self.row, 1, words, self.formats["level"])
        self.row += 1

    def _write_lines(self, result: int | None, code: str) -> None:
        for line in self.lines.get(result, ()):
            indicator, baseline = line.series.indicator, getattr(line.series, "baseline", None)
            cells = [
                row_key(line.series),
                code,
                indicator.code,
                indicator.name,
                _scope(line.series),
                indicator.unit,
                in_cell(baseline),
                _day(baseline),
                *(in_cell(line.targets.get(each.pk)) for each in self.target_periods),
                None,
                *(in_cell(line.actuals.get(each.pk)) for each in self.actual_periods),
                indicator.data_source,
                indicator.collection_method,
                indicator.get_frequency_display(),
                indicator.responsible,
            ]
            self.sheet.set_row(
                self.row, height_of([(str(cells[at] or ""), width) for at, width in enumerate(self.widths) if at])
            )
            for column, value in enumerate(cells):
                self._write_value(column, value)
            self.row += 1

    def _write_value(self, column: int, value: object) -> None:
        if isinstance(value, Decimal):
            self.sheet.write_number(self.row, column, float(value), self.formats["number"])
        elif value is None or value == "":
            self.sheet.write_blank(self.row, column, None, self.formats["text"])
        else:
            self.sheet.write_string(self.row, column, str(value), self.formats["text"])


def identity_of(programme: Programme) -> str:
    """What tells the frameworks of two programmes apart."""
    return f"{IDENTITY}|{programme.slug}"


def row_key(series: Series) -> str:
    """The natural key of a row, the same in every database."""
    parts = (
        series.project.slug if series.project else "",
        series.country.code if series.country else "",
        series.partner.slug if series.partner else "",
        series.forum.slug if series.forum else "",
    )
    return "|".join([series.indicator.slug, *parts])


def series_of(programme: Programme) -> list[Series]:
    """The series that have a row: totals, without parts."""
    return list(
        Series.objects.filter(indicator__programme=programme, breakdown__key="")
        .select_related("indicator__programme", "project", "country", "partner", "forum", "breakdown", "baseline")
        .order_by("indicator__code", "project__code", "country__code", "partner__slug", "forum__slug", "pk")
    )


def _lines(programme: Programme) -> dict[int | None, list[_Line]]:
    """The total series of each indicator under its expected result, with their figures: four queries.

    An indicator without any series has a line as well, so that the framework is complete from its first day.
    """
    series = series_of(programme)
    targets: dict[int, dict[int, Target]] = defaultdict(dict)
    for target in Target.objects.current().filter(series__in=series):
        targets[target.series_id][target.period_id] = target
    actuals: dict[int, dict[int, Actual]] = defaultdict(dict)
    for actual in Actual.objects.filter(series__in=series):
        actuals[actual.series_id][actual.period_id] = actual
    lines: dict[int | None, list[_Line]] = defaultdict(list)
    for each in with_missing(programme, series):
        lines[each.indicator.expected_result_id].append(
            _Line(each, targets[each.pk] if each.pk else {}, actuals[each.pk] if each.pk else {})
        )
    return lines


def with_missing(programme: Programme, series: Sequence[Series]) -> Iterator[Series]:
    """These series by indicator, and an unsaved one for each indicator that has none."""
    by_indicator: dict[int, list[Series]] = defaultdict(list)
    for each in series:
        by_indicator[each.indicator_id].append(each)
    for indicator in Indicator.objects.filter(programme=programme).order_by("code"):
        yield from by_indicator.get(indicator.pk) or [Series(indicator=indicator)]


def _day(baseline: Baseline | None) -> str | None:
    """The day of a baseline as ISO writes it: readable in every language, and read back without a doubt."""
    return baseline.measured_on.isoformat() if baseline is not None and baseline.measured_on else None


def _scope(series: Series) -> str:
    parts = (
        str(series.project.code) if series.project else "",
        str(series.country.name) if series.country else "",
        str(series.partner.short_name) if series.partner else "",
        str(series.forum.title) if series.forum else "",
    )
    return " · ".join(filter(None, parts))


def _title(programme: Programme) -> str:
    return _("Performance measurement framework of %(programme)s") % {"programme": programme.name}
