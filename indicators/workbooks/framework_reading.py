"""Reading the framework's sheet back: which row is whose, and what each of its cells would change."""

from dataclasses import dataclass, field
from typing import Any, Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.actions.previews import Line
from accounts.actions.previews import Row as RowOfCells
from accounts.actions.previews import Sheet as SheetOfRows
from accounts.folding import fold
from accounts.models import User
from accounts.reading.cells import Cell, read_cell, read_text
from accounts.reading.dates import read_date
from accounts.reading.numbers import Unreadable
from indicators.actions.figures import STATED
from indicators.actions.series import SCOPE
from indicators.choices import Measure
from indicators.models import Baseline, Breakdown, Indicator, ReportingPeriod, Series, Target
from indicators.workbooks.framework_columns import CHOICES, label_of, read_choice
from indicators.workbooks.framework_new import Definitions, first_day
from indicators.workbooks.framework_rows import row_key, scope_of, series_of, with_missing
from indicators.workbooks.framework_scopes import Scopes
from indicators.workbooks.framework_sheet import FrameworkSheet, at
from indicators.workbooks.frameworks import HEADINGS, LEVEL
from indicators.workbooks.layout import in_cell
from indicators.workbooks.told import as_said, as_written
from projects.models import Programme

ADD: Final = "indicators.add_indicator"
OPEN: Final = "indicators.add_series"


@dataclass
class Planned:
    """What one row changes.

    Attributes:
        series: the stored series, or an unsaved one; for a new indicator with the indicator as it would be.
        new: the fields of a new indicator; None where there is one.
        opens: the arguments of ``open_series`` for a series that the row lacks; None where there is one.
        texts: fields of the indicator that change.
        columns: the column of the sheet that a field of the indicator is read from.
        targets: the period, the target in force (None for a first one), and what is stated.
    """

    series: Series
    new: dict[str, Any] | None = None
    opens: dict[str, Any] | None = None
    texts: dict[str, str] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    baseline: dict[str, Any] | None = None
    targets: list[tuple[ReportingPeriod, Target | None, dict[str, Any]]] = field(default_factory=list)
    reason: str = ""

    def __str__(self) -> str:
        return str(self.series if self.new is None else self.series.indicator)


class Reading(FrameworkSheet):
    """One pass over the sheet."""

    def __init__(self, sheet: SheetOfRows, programme: Programme, by: User) -> None:
        super().__init__(sheet, {each.slug: each for each in ReportingPeriod.objects.filter(programme=programme)})
        self.may_add, self.may_open = by.has_perm(ADD), by.has_perm(OPEN)
        self.series = {row_key(each): each for each in with_missing(programme, series_of(programme))}
        self.codes = {each.indicator.code: each.indicator for each in self.series.values()}
        self.targets = {
            (each.series_id, each.period_id): each
            for each in Target.objects.current().filter(series__indicator__programme=programme)
        }
        self.definitions, self.scopes = Definitions(programme), Scopes(programme)
        self.seen: dict[str, int] = {}
        self.told: dict[tuple[int, str], str] = {}
        self._read()

    def _read(self) -> None:
        rows = self.sheet.rows()
        key_column = self.find_columns(rows)
        if key_column is None:
            return
        known = [(at(row, key_column), row) for row in rows]
        own = {str(key) for key, row in known if str(key) in self.series and self._has_its_code(str(key), row)}
        level = ""
        for key, row in known:
            if isinstance(key, str) and key.startswith(f"{LEVEL}|"):
                level = key.partition("|")[2].strip()
            elif key is None:
                if any(at(row, place) is not None for name, place in self.columns.items() if name != "expected_result"):
                    self._read_without_key(row, level)
            elif key == HEADINGS:
                continue
            elif str(key) in own and self._is_a_copy(str(key), row):
                self._read_without_key(row, level)
            else:
                self._read_with_key(str(key), row)

    def _is_a_copy(self, key: str, row: RowOfCells) -> bool:
        """Whether a row was copied, key and all, and given a code or a scope of its own."""
        if not self._has_its_code(key, row):
            return True
        with override(self.language):
            scope = scope_of(self.series[key])
        return key in self.seen and fold(self.text(row, "scope")) not in ("", fold(scope))

    def _has_its_code(self, key: str, row: RowOfCells) -> bool:
        return self.text(row, "code") in ("", self.series[key].indicator.code)

    def _is_first(self, line: Line, name: str, row: RowOfCells) -> bool:
        if name in self.seen:
            self.refuse(line, "code", _("This row stands twice, in row %(first)s and here: keep one of them.") % {"first": self.seen[name]})  # fmt: skip
            return False
        self.seen[name] = row.number
        return True

    def _read_without_key(self, row: RowOfCells, level: str) -> None:
        """A new indicator; or one that exists, with the part or place that the scope names."""
        code = self.text(row, "code")
        if code in self.codes:
            self._read_scope(row, self.codes[code])
            return
        line = self.line(row)
        if not self.may_add:
            self.refuse(line, "code", _("Monitoring specialists add indicators: your account may not."))
            return
        if code and not self._is_first(line, f"{LEVEL}|{code}", row):
            return
        words = {key: self.text(row, key) for key in self.columns}
        fields, faults = self.definitions.read(words, level=level, language=self.language)
        for key, sentence in faults:
            self.refuse(line, key, sentence)
        if faults:
            return
        columns = {name: key for key, name in self.fields.items()}
        indicator = Indicator(**fields)
        line.is_new = True
        line.record = Planned(Series(indicator=indicator, breakdown=Breakdown()), new=fields, columns=columns)
        for key, stated in self.definitions.stated(indicator, self.language).items():
            self.differ(line, key, ("", stated), ("", label_of(key, stated)))
        self._read_figures(line, row)
        aimed_at = [period for period, _stored, _figure in line.record.targets]
        day = first_day(self.periods.values(), aimed_at=aimed_at, today=timezone.localdate())
        if day is not None:
            fields["active_from"] = day
            self.differ(line, "active_from", ("", str(day)), ("", date_format(day, "DATE_FORMAT")))

    def _read_scope(self, row: RowOfCells, indicator: Indicator) -> None:
        """A row without key of an indicator that exists; one that a workbook like this one made has its series."""
        try:
            series = self.scopes.read(self.text(row, "scope"), indicator)
        except Unreadable as error:
            self.refuse(self.line(row), "scope", error.sentence)
            return
        key = row_key(series)
        is_known = key in self.series
        self.series.setdefault(key, series)
        line = self._read_with_key(key, row)
        if not is_known and line.record is not None:
            line.is_new = True
            if line.record.opens is None and not line.problems:
                self.refuse(line, "scope", _("Write a baseline or a target: a series is opened to hold them."))

    def _read_with_key(self, key: str, row: RowOfCells) -> Line:
        line = self.line(row)
        series = self.series.get(key)
        if series is None:
            self.refuse(line, "code", _("No series of the framework has this key: make the indicator and its series first, and download the framework again."))  # fmt: skip
            return line
        if not self._has_its_code(key, row):
            self.refuse(line, "code", _("This row is that of indicator %(code)s, whose code is not changed here: write it again, or insert a new row.") % {"code": series.indicator.code})  # fmt: skip
            return line
        if not self._is_first(line, key, row):
            return line
        line.record = Planned(series, columns={name: column for column, name in self.fields.items()})
        if series.is_total:
            self._read_texts(line, row)
            self._read_definition(line, row)
        self._read_figures(line, row)
        return line

    def _read_figures(self, line: Line, row: RowOfCells) -> None:
        line.record.reason = self.text(row, "reason")
        self._read_baseline(line, row)
        self._read_targets(line, row)

    def _read_texts(self, line: Line, row: RowOfCells) -> None:
        for key, name in self.fields.items():
            try:
                text = read_text(self.cell(row, key))
            except Unreadable as error:
                self.refuse(line, key, error.sentence)
                continue
            stored = getattr(line.record.series.indicator, name)
            # What stands there in another language, for want of this one, is no change.
            others = [getattr(line.record.series.indicator, f"{name.rpartition('_')[0]}_{each}") for each in ("fr", "es", "en")]  # fmt: skip
            if text and text != stored and (stored or text not in others):
                self._reword(line, key, row, name, stored, text)

    def _read_definition(self, line: Line, row: RowOfCells) -> None:
        """The frequency may change here; whatever else an indicator is may not."""
        indicator = line.record.series.indicator
        for key in ("expected_result", "currency", *CHOICES):
            written = self.text(row, key)
            if not written:
                continue
            if key == "expected_result":
                stored = indicator.expected_result.code if indicator.expected_result else ""
                said: str | None = written
            else:
                stored = getattr(indicator, key)
                said = read_choice(key, written) if key in CHOICES else written.upper()
            if said == stored:
                continue
            if key != "frequency":
                self.refuse(line, key, _("What defines an indicator is changed on its own page, not here."))
            elif said is None:
                self.refuse(line, key, self.definitions.not_offered(key))
            else:
                self._reword(line, key, row, key, stored, said)

    def _reword(self, line: Line, key: str, row: RowOfCells, name: str, before: str, text: str) -> None:
        place = (line.record.series.indicator.pk, name)
        first = self.told.get(place)
        if first is not None and first != text:
            self.refuse(line, key, _("Another row of this indicator says “%(other)s”: write the same in both.") % {"other": first})  # fmt: skip
        elif first is None:
            self.told[place] = text
            line.record.texts[name] = text
            self.differ(line, key, (before, text), (label_of(key, before), label_of(key, text)))

    def _read_baseline(self, line: Line, row: RowOfCells) -> None:
        series: Series = line.record.series
        stored: Baseline | None = getattr(series, "baseline", None)
        figure = self._figure(line, "baseline", row, stored)
        written = self.cell(row, "baseline_on")
        day = stored.measured_on if stored else None
        if written is not None and (stored is not None or figure is not None):
            try:
                day = read_date(written, language=self.language)
            except Unreadable as error:
                self.refuse(line, "baseline_on", error.sentence)
                return
        elif written is not None and not line.problems:
            self.refuse(line, "baseline_on", _("A date alone is no baseline: write the baseline, too."))
        has_moved = stored is not None and day != stored.measured_on
        if figure is None and not has_moved:
            return
        if day is not None and (has_moved or stored is None):
            before = stored.measured_on if stored else None
            said = (date_format(before, "DATE_FORMAT") if before else "", date_format(day, "DATE_FORMAT"))
            self.differ(line, "baseline_on", (str(before or ""), str(day)), said)
        if figure is None and stored is not None:
            figure = {name: getattr(stored, name) for name in STATED}
        line.record.baseline = {**(figure or {}), "measured_on": day}

    def _read_targets(self, line: Line, row: RowOfCells) -> None:
        for key in self.columns:
            period = self.periods.get(key.removeprefix("target:")) if key.startswith("target:") else None
            if period is None:
                continue
            stored = self.targets.get((line.record.series.pk, period.pk))
            figure = self._figure(line, key, row, stored)
            if figure is None:
                continue
            if stored is not None and not line.record.reason:
                self.refuse(line, key, _("A revised target needs its reason: write it in the column for reasons."))
                continue
            line.record.targets.append((period, stored, figure))

    def _figure(self, line: Line, key: str, row: RowOfCells, stored: Baseline | Target | None) -> dict[str, Any] | None:
        """What the cell states, when it differs from what is stored."""
        written = self.cell(row, key)
        series: Series = line.record.series
        if written is None or str(written) == str(in_cell(stored)):
            return None
        try:
            if series.indicator.measure == Measure.QUALITATIVE:
                texts = {f"text_{each}": getattr(stored, f"text_{each}", "") for each in ("fr", "es", "en")}
                figure: dict[str, Any] = texts | {f"text_{self.language}": read_text(written)}
            else:
                figure = _stated(written, series)
        except Unreadable as error:
            self.refuse(line, key, error.sentence)
            return None
        if stored is not None and all(getattr(stored, name) == value for name, value in figure.items()):
            return None
        if not self._has_series(line, key):
            return None
        after, measure = Target(**figure), series.indicator.measure
        self.differ(
            line,
            key,
            (as_written(stored, self.language), as_written(after, self.language)),
            (as_said(stored, measure), as_said(after, measure)),
        )
        return figure

    def _has_series(self, line: Line, key: str) -> bool:
        """Whether what this cell states has where to stand; plans to open the series that is missing."""
        planned: Planned = line.record
        series = planned.series
        if not series._state.adding or planned.new is not None or planned.opens is not None:
            return True
        if not self.may_open:
            self.refuse(line, key, _("This indicator has no series yet, and your account may not open one: ask a monitoring specialist."))  # fmt: skip
            return False
        categories = self.scopes.categories_of(series)
        scope = {name: getattr(series, name) for name in SCOPE}
        planned.opens = {"indicator": series.indicator, "categories": categories, **scope}
        words = " · ".join(str(each.name) for each in categories) or scope_of(series) or _("the total")
        said = _("A series is opened for %(scope)s (%(indicator)s).")
        self.differ(
            line, "scope", ("", row_key(series)), ("", said % {"scope": words, "indicator": series.indicator.code})
        )
        return True


def _stated(written: Any, series: Series) -> dict[str, Any]:
    indicator = series.indicator
    is_percentage = indicator.measure == Measure.PERCENTAGE
    is_share = not series.is_total and not is_percentage and isinstance(written, str) and written.rstrip().endswith("%")
    is_whole = indicator.is_whole and indicator.measure == Measure.COUNT and not is_share
    cell: Cell = read_cell(written, is_whole=is_whole, is_percentage=is_percentage or is_share)
    if cell.is_not_yet or cell.is_not_applicable:
        raise Unreadable(_("Leave the cell empty where there is no baseline or target."))
    return {
        "value": None if is_share else cell.value,
        "share": cell.value if is_share else None,
        "numerator": cell.numerator,
        "denominator": cell.denominator,
        "qualifier": cell.qualifier,
    }
