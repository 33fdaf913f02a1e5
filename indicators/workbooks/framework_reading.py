"""Reading the framework's sheet back: which row is whose, and what each of its cells would change."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.actions.previews import Difference, Line, Problem
from accounts.actions.previews import Row as RowOfCells
from accounts.actions.previews import Sheet as SheetOfRows
from accounts.models import User
from accounts.reading.cells import Cell, read_cell, read_text
from accounts.reading.dates import read_date
from accounts.reading.numbers import Unreadable
from accounts.reading.telling import address, shown
from indicators.actions.figures import STATED
from indicators.choices import Measure
from indicators.models import Baseline, Indicator, ReportingPeriod, Series, Target
from indicators.workbooks.framework_columns import CHOICES, fields_of, headings_of, label_of, read_choice
from indicators.workbooks.framework_new import Definitions
from indicators.workbooks.framework_rows import row_key, series_of, with_missing
from indicators.workbooks.frameworks import HEADINGS, KEYS, LEVEL
from indicators.workbooks.layout import in_cell
from indicators.workbooks.told import as_said, as_written
from projects.models import Programme

#: Rows from the top in which the hidden cells are looked for.
WITHIN: Final = 30
ADD: Final = "indicators.add_indicator"


@dataclass
class Planned:
    """What one row changes.

    Attributes:
        series: the stored series; for a new indicator an unsaved one, with the indicator as it would be.
        new: the fields of a new indicator; None where there is one.
        texts: fields of the indicator that change.
        columns: the column of the sheet that a field of the indicator is read from.
        targets: the period, the target in force (None for a first one), and what is stated.
    """

    series: Series
    new: dict[str, Any] | None = None
    texts: dict[str, str] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    baseline: dict[str, Any] | None = None
    targets: list[tuple[ReportingPeriod, Target | None, dict[str, Any]]] = field(default_factory=list)
    reason: str = ""

    def __str__(self) -> str:
        return str(self.series if self.series.pk else self.series.indicator)


class Reading:
    """One pass over the sheet."""

    def __init__(self, sheet: SheetOfRows, programme: Programme, by: User) -> None:
        self.sheet = sheet
        self.may_add = by.has_perm(ADD)
        self.periods = {each.slug: each for each in ReportingPeriod.objects.filter(programme=programme)}
        self.series = {row_key(each): each for each in with_missing(programme, series_of(programme))}
        self.codes = {each.indicator.code: each.indicator for each in self.series.values()}
        self.targets = {
            (each.series_id, each.period_id): each
            for each in Target.objects.current().filter(series__indicator__programme=programme)
        }
        self.definitions = Definitions(programme)
        self.columns: dict[str, int] = {}
        self.language = "fr"
        self.heading_problems: list[Problem] = []
        self.lines: list[Line] = []
        self.seen: dict[str, int] = {}
        self.told: dict[tuple[int, str], str] = {}
        self._rows: dict[int, RowOfCells] = {}
        self._read()

    def refuse_cell(self, line: Line, key: str, sentence: str) -> None:
        """Something is wrong with what a line has in this column."""
        self._refuse(line, key, self._rows[line.number], sentence)

    def _read(self) -> None:
        rows = self.sheet.rows()
        key_column = self._find_columns(rows)
        if key_column is None:
            return
        self.fields = fields_of(self.language)
        self.names = headings_of(self.language) | {
            f"target:{slug}": _("Target, %(period)s") % {"period": period.name} for slug, period in self.periods.items()
        }
        known = [(_at(row, key_column), row) for row in rows]
        own = {str(key) for key, row in known if str(key) in self.series and self._has_its_code(str(key), row)}
        level = ""
        for key, row in known:
            if isinstance(key, str) and key.startswith(f"{LEVEL}|"):
                level = key.partition("|")[2].strip()
            elif key is None:
                if any(
                    _at(row, place) is not None for name, place in self.columns.items() if name != "expected_result"
                ):
                    self._read_without_key(row, level)
            elif key == HEADINGS:
                continue
            elif str(key) in own and not self._has_its_code(str(key), row):
                # A row that was copied, key and all, and given a code of its own.
                self._read_without_key(row, level)
            else:
                self._read_with_key(str(key), row)

    def _has_its_code(self, key: str, row: RowOfCells) -> bool:
        return self._text(row, "code") in ("", self.series[key].indicator.code)

    def _find_columns(self, rows: Iterator[RowOfCells]) -> int | None:
        for row, _number in zip(rows, range(WITHIN), strict=False):
            for column, value in enumerate(row.values):
                if isinstance(value, str) and value.startswith(KEYS):
                    self.language = value.partition("|")[2].strip() or "fr"
                    for place, name in enumerate(row.values):
                        if isinstance(name, str) and place != column:
                            self.columns.setdefault(name, place)
                    return column
        sentence = _("The hidden row that names the columns is gone: download the framework again and make the changes in it.")  # fmt: skip
        self.heading_problems.append(Problem(self.sheet.name, 0, "", "", "", sentence))
        return None

    def _line(self, row: RowOfCells) -> Line:
        line = Line(row.number, {})
        self.lines.append(line)
        self._rows[row.number] = row
        return line

    def _is_first(self, line: Line, name: str, row: RowOfCells) -> bool:
        if name in self.seen:
            self._refuse(line, "code", row, _("This row stands twice, in row %(first)s and here: keep one of them.") % {"first": self.seen[name]})  # fmt: skip
            return False
        self.seen[name] = row.number
        return True

    def _read_without_key(self, row: RowOfCells, level: str) -> None:
        """A new indicator, or one that a workbook like this one made before."""
        code = self._text(row, "code")
        indicator = self.codes.get(code)
        if indicator is not None:
            key = row_key(Series(indicator=indicator, project=indicator.project))
            self._read_with_key(key if key in self.series else row_key(Series(indicator=indicator)), row)
            return
        line = self._line(row)
        if not self.may_add:
            self._refuse(line, "code", row, _("Monitoring specialists add indicators: your account may not."))
            return
        if code and not self._is_first(line, f"{LEVEL}|{code}", row):
            return
        words = {key: self._text(row, key) for key in self.columns}
        fields, faults = self.definitions.read(words, level=level, language=self.language)
        for key, sentence in faults:
            self._refuse(line, key, row, sentence)
        if faults:
            return
        columns = {name: key for key, name in self.fields.items()}
        indicator = Indicator(**fields)
        line.is_new = True
        line.record = Planned(Series(indicator=indicator), new=fields, columns=columns)
        for key, stated in self.definitions.stated(indicator, self.language).items():
            self._differ(line, key, row, ("", stated), ("", label_of(key, stated)))
        self._read_figures(line, row)

    def _read_with_key(self, key: str, row: RowOfCells) -> None:
        line = self._line(row)
        series = self.series.get(key)
        if series is None:
            self._refuse(line, "code", row, _("No series of the framework has this key: make the indicator and its series first, and download the framework again."))  # fmt: skip
            return
        if not self._has_its_code(key, row):
            self._refuse(line, "code", row, _("This row is that of indicator %(code)s, whose code is not changed here: write it again, or insert a new row.") % {"code": series.indicator.code})  # fmt: skip
            return
        if not self._is_first(line, key, row):
            return
        line.record = Planned(series, columns={name: column for column, name in self.fields.items()})
        if series.pk is None or series.is_total:
            self._read_texts(line, row)
            self._read_definition(line, row)
        self._read_figures(line, row)

    def _read_figures(self, line: Line, row: RowOfCells) -> None:
        line.record.reason = self._text(row, "reason")
        self._read_baseline(line, row)
        self._read_targets(line, row)

    def _read_texts(self, line: Line, row: RowOfCells) -> None:
        for key, name in self.fields.items():
            try:
                text = read_text(_at(row, self.columns.get(key, -1)))
            except Unreadable as error:
                self._refuse(line, key, row, error.sentence)
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
            written = self._text(row, key)
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
                self._refuse(line, key, row, _("What defines an indicator is changed on its own page, not here."))
            elif said is None:
                self._refuse(line, key, row, self.definitions.not_offered(key))
            else:
                self._reword(line, key, row, key, stored, said)

    def _reword(self, line: Line, key: str, row: RowOfCells, name: str, before: str, text: str) -> None:
        place = (line.record.series.indicator.pk, name)
        first = self.told.get(place)
        if first is not None and first != text:
            self._refuse(line, key, row, _("Another row of this indicator says “%(other)s”: write the same in both.") % {"other": first})  # fmt: skip
        elif first is None:
            self.told[place] = text
            line.record.texts[name] = text
            self._differ(line, key, row, (before, text), (label_of(key, before), label_of(key, text)))

    def _read_baseline(self, line: Line, row: RowOfCells) -> None:
        series: Series = line.record.series
        stored: Baseline | None = getattr(series, "baseline", None)
        figure = self._figure(line, "baseline", row, stored)
        written = _at(row, self.columns.get("baseline_on", -1))
        day = stored.measured_on if stored else None
        if written is not None and (stored is not None or figure is not None):
            try:
                day = read_date(written, language=self.language)
            except Unreadable as error:
                self._refuse(line, "baseline_on", row, error.sentence)
                return
        elif written is not None and not line.problems:
            self._refuse(line, "baseline_on", row, _("A date alone is no baseline: write the baseline, too."))
        has_moved = stored is not None and day != stored.measured_on
        if figure is None and not has_moved:
            return
        if day is not None and (has_moved or stored is None):
            before = stored.measured_on if stored else None
            said = (date_format(before, "DATE_FORMAT") if before else "", date_format(day, "DATE_FORMAT"))
            self._differ(line, "baseline_on", row, (str(before or ""), str(day)), said)
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
                self._refuse(
                    line, key, row, _("A revised target needs its reason: write it in the column for reasons.")
                )
                continue
            line.record.targets.append((period, stored, figure))

    def _figure(self, line: Line, key: str, row: RowOfCells, stored: Baseline | Target | None) -> dict[str, Any] | None:
        """What the cell states, when it differs from what is stored."""
        written = _at(row, self.columns.get(key, -1))
        series, has_series = line.record.series, line.record.series.pk is not None
        if written is None or str(written) == str(in_cell(stored)):
            return None
        try:
            if series.indicator.measure == Measure.QUALITATIVE:
                texts = {f"text_{each}": getattr(stored, f"text_{each}", "") for each in ("fr", "es", "en")}
                figure: dict[str, Any] = texts | {f"text_{self.language}": read_text(written)}
            else:
                figure = _stated(written, series)
        except Unreadable as error:
            self._refuse(line, key, row, error.sentence)
            return None
        if stored is not None and all(getattr(stored, name) == value for name, value in figure.items()):
            return None
        if not has_series and line.record.new is None:
            self._refuse(line, key, row, _("This indicator has no series yet: open one first, then its baseline and targets can be kept."))  # fmt: skip
            return None
        after, measure = Target(**figure), series.indicator.measure
        self._differ(
            line,
            key,
            row,
            (as_written(stored, self.language), as_written(after, self.language)),
            (as_said(stored, measure), as_said(after, measure)),
        )
        return figure

    def _differ(self, line: Line, key: str, row: RowOfCells, written: tuple[str, str], said: tuple[str, str]) -> None:
        """Note a difference: before and after, as the sheet writes them and as the reader's language says them."""
        place = self.columns.get(key, 0)
        label, cell = self.names.get(key, key), address(row.number, place)
        line.differences.append(Difference(key, label, cell, *written, said=said))

    def _refuse(self, line: Line, key: str, row: RowOfCells, sentence: str) -> None:
        place = self.columns.get(key, 0)
        written, name = shown(_at(row, place)), self.names.get(key, key)
        line.problems.append(Problem(self.sheet.name, row.number, address(row.number, place), name, written, sentence))

    def _text(self, row: RowOfCells, key: str) -> str:
        """A cell as words; what is no text at all is told where the cell is read for good."""
        try:
            return read_text(_at(row, self.columns.get(key, -1)))
        except Unreadable:
            return str(_at(row, self.columns.get(key, -1)))


def _stated(written: Any, series: Series) -> dict[str, Any]:
    indicator = series.indicator
    is_percentage = indicator.measure == Measure.PERCENTAGE
    is_part = series.pk is not None and not series.is_total
    is_share = is_part and not is_percentage and isinstance(written, str) and written.rstrip().endswith("%")
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


def _at(row: RowOfCells, column: int) -> Any:
    value = row.values[column] if 0 <= column < len(row.values) else None
    return (value.strip() or None) if isinstance(value, str) else value
