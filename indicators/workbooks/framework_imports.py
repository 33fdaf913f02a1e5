"""Reading the measurement framework back: texts of indicators, baselines and targets, looked at before they are written.

Codes decide. An empty cell changes nothing. A target that differs is a revision, which needs its reason; actuals are
shown in the sheet and never read from it.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import change
from accounts.actions.imports import Refused
from accounts.actions.previews import Difference, Line, Preview, Problem, shown
from accounts.actions.previews import Row as RowOfCells
from accounts.actions.previews import Sheet as SheetOfRows
from accounts.choices import Door
from accounts.models import User
from accounts.reading.cells import Cell, read_cell, read_text
from accounts.reading.dates import read_date
from accounts.reading.numbers import Unreadable
from accounts.reading.workbooks import Sheet, Workbook, address
from indicators.actions import one_refresh, revise_target, save_context, set_baseline, set_target
from indicators.actions.figures import STATED
from indicators.choices import Measure
from indicators.models import Baseline, Indicator, ReportingPeriod, Series, Target
from indicators.workbooks.frameworks import (
    HEADINGS,
    IDENTITY,
    KEYS,
    TEXTS,
    identity_of,
    row_key,
    series_of,
    with_missing,
)
from indicators.workbooks.layout import in_cell
from projects.models import Programme

#: What an import of a framework is kept as.
KIND: Final = "framework"
WITHIN: Final = 30


@dataclass
class Planned:
    """What one row changes."""

    series: Series
    texts: dict[str, str] = field(default_factory=dict)
    baseline: dict[str, Any] | None = None
    targets: list[tuple[ReportingPeriod, Target | None, dict[str, Any]]] = field(default_factory=list)
    reason: str = ""

    def __str__(self) -> str:
        return str(self.series if self.series.pk else self.series.indicator)


def framework_sheet(workbook: Workbook, programme: Programme) -> Sheet:
    """The sheet of the framework.

    Raises:
        Refused: when the workbook is no framework, or another programme's.
    """
    for sheet in workbook.sheets:
        for row, _number in zip(sheet.rows(), range(WITHIN), strict=False):
            for value in row.values:
                if isinstance(value, str) and value.startswith(f"{IDENTITY}|"):
                    if value.strip() == identity_of(programme):
                        return sheet
                    raise Refused(
                        _("This is the framework of %(other)s, and not of %(programme)s.")
                        % {"other": value.partition("|")[2], "programme": programme.slug}
                    )
    raise Refused(
        _("This workbook is not the framework that is downloaded here: download it, change it, and send that file.")
    )


@dataclass
class FrameworkImport:
    """The import of a programme's measurement framework."""

    programme: Programme
    by: User
    kind: str = KIND
    permissions: Sequence[str] = ("indicators.change_indicator",)

    def writing(self) -> AbstractContextManager[None]:
        """Results are made anew once."""
        return one_refresh()

    def read(self, sheet: SheetOfRows, preview: Preview, *, is_writing: bool = False) -> Iterator[list[Line]]:
        """One line for each row that is one of the framework's."""
        reading = _Reading(sheet, self.programme)
        if reading.heading_problems:
            preview.refuse_headings(reading.heading_problems)
        if not is_writing:
            self._try(sheet.name, [line for line in reading.lines if line.is_written])
        yield reading.lines

    def save_lines(self, lines: Sequence[Line]) -> None:
        """Write the rows, each text, baseline and target through its own door."""
        for line in lines:
            _save(line.record)

    def _try(self, sheet: str, lines: Sequence[Line]) -> None:
        """Write each row and take it back, to hear what the rules say."""
        try:
            with change(door=Door.IMPORT, by=self.by, reason=_("Looked at before it is imported.")), one_refresh():
                for line in lines:
                    try:
                        with transaction.atomic():
                            _save(line.record)
                    except ValidationError as error:
                        line.problems += [
                            Problem(sheet, line.number, str(line.number), "", "", sentence)
                            for sentence in error.messages
                        ]
                raise _TakenBack
        except _TakenBack:
            return


class _TakenBack(Exception):
    """Everything was looked at: nothing of it is kept."""


def _save(planned: Planned) -> None:
    if planned.texts:
        indicator = Indicator.objects.get(pk=planned.series.indicator_id)
        for name, text in planned.texts.items():
            setattr(indicator, name, text)
        save_context(record=indicator)
    if planned.baseline is not None:
        set_baseline(series=planned.series, **planned.baseline)
    for period, target, figure in planned.targets:
        if target is None:
            set_target(series=planned.series, period=period, **figure)
        else:
            revise_target(target=target, reason=planned.reason, **figure)


class _Reading:
    """One pass over the sheet."""

    def __init__(self, sheet: SheetOfRows, programme: Programme) -> None:
        self.sheet = sheet
        self.periods = {each.slug: each for each in ReportingPeriod.objects.filter(programme=programme)}
        self.series = {row_key(each): each for each in with_missing(programme, series_of(programme))}
        self.targets = {
            (each.series_id, each.period_id): each
            for each in Target.objects.current().filter(series__indicator__programme=programme)
        }
        self.columns: dict[str, int] = {}
        self.language = "fr"
        self.heading_problems: list[Problem] = []
        self.lines: list[Line] = []
        self._read()

    def _read(self) -> None:
        rows = self.sheet.rows()
        key_column = self._find_columns(rows)
        if key_column is None:
            return
        seen: dict[str, int] = {}
        told: dict[tuple[int, str], str] = {}
        for row in rows:
            key = _at(row, key_column)
            if key is None or key == HEADINGS:
                continue
            line = Line(row.number, {})
            series = self.series.get(str(key))
            if series is None:
                self._refuse(line, "code", row, _("No series of the framework has this key: make the indicator and its series first, and download the framework again."))  # fmt: skip
            elif str(key) in seen:
                self._refuse(line, "code", row, _("This row stands twice, in row %(first)s and here: keep one of them.") % {"first": seen[str(key)]})  # fmt: skip
            else:
                seen[str(key)] = row.number
                line.record = Planned(series, reason=str(_at(row, self.columns.get("reason", -1)) or ""))
                self._read_texts(line, row, told)
                self._read_baseline(line, row)
                self._read_targets(line, row)
            self.lines.append(line)

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

    def _read_texts(self, line: Line, row: RowOfCells, told: dict[tuple[int, str], str]) -> None:
        indicator = line.record.series.indicator
        for key, name in TEXTS.items():
            attribute = f"{name}_{self.language}"
            try:
                text = read_text(_at(row, self.columns.get(key, -1)))
            except Unreadable as error:
                self._refuse(line, key, row, error.sentence)
                continue
            # What stands there in another language, for want of this one, is no change.
            if not text or text in (getattr(indicator, attribute), getattr(indicator, name)):
                continue
            first = told.get((indicator.pk, attribute))
            if first is not None and first != text:
                self._refuse(line, key, row, _("Another row of this indicator says “%(other)s”: write the same in both.") % {"other": first})  # fmt: skip
            elif first is None:
                told[indicator.pk, attribute] = text
                line.record.texts[attribute] = text
                self._differ(line, key, row, getattr(indicator, attribute), text)

    def _read_baseline(self, line: Line, row: RowOfCells) -> None:
        series: Series = line.record.series
        stored: Baseline | None = getattr(series, "baseline", None)
        figure = self._figure(line, "baseline", row, stored)
        written = _at(row, self.columns.get("baseline_on", -1))
        day = stored.measured_on if stored else None
        if written is not None and (stored is not None or figure is not None):
            try:
                day = read_date(written)
            except Unreadable as error:
                self._refuse(line, "baseline_on", row, error.sentence)
                return
        has_moved = stored is not None and day != stored.measured_on
        if figure is None and not has_moved:
            return
        if has_moved and stored is not None:
            self._differ(line, "baseline_on", row, str(stored.measured_on or ""), str(day))
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
            if stored is not None and not line.record.reason.strip():
                self._refuse(
                    line, key, row, _("A revised target needs its reason: write it in the column for reasons.")
                )
                continue
            line.record.targets.append((period, stored, figure))

    def _figure(self, line: Line, key: str, row: RowOfCells, stored: Baseline | Target | None) -> dict[str, Any] | None:
        """What the cell states, when it differs from what is stored."""
        written = _at(row, self.columns.get(key, -1))
        indicator = line.record.series.indicator
        if written is None or str(written) == str(in_cell(stored)):
            return None
        try:
            if indicator.measure == Measure.QUALITATIVE:
                texts = {f"text_{each}": getattr(stored, f"text_{each}", "") for each in ("fr", "es", "en")}
                figure: dict[str, Any] = texts | {f"text_{self.language}": read_text(written)}
            else:
                is_whole = indicator.is_whole and indicator.measure == Measure.COUNT
                cell = read_cell(written, is_whole=is_whole, is_percentage=indicator.measure == Measure.PERCENTAGE)
                if cell.is_not_yet or cell.is_not_applicable:
                    raise Unreadable(_("Leave the cell empty where there is no baseline or target."))
                figure = _stated(cell)
        except Unreadable as error:
            self._refuse(line, key, row, error.sentence)
            return None
        if stored is not None and all(getattr(stored, name) == value for name, value in figure.items()):
            return None
        if line.record.series.pk is None:
            self._refuse(line, key, row, _("This indicator has no series yet: open one first, then its baseline and targets can be kept."))  # fmt: skip
            return None
        self._differ(line, key, row, "" if stored is None else shown(in_cell(stored)), shown(written))
        return figure

    def _differ(self, line: Line, key: str, row: RowOfCells, before: str, after: str) -> None:
        line.differences.append(Difference(key, key, address(row.number, self.columns[key]), before, after))

    def _refuse(self, line: Line, key: str, row: RowOfCells, sentence: str) -> None:
        place = self.columns.get(key, 0)
        written = shown(_at(row, place))
        line.problems.append(Problem(self.sheet.name, row.number, address(row.number, place), key, written, sentence))


def _stated(cell: Cell) -> dict[str, Any]:
    return {
        "value": cell.value,
        "numerator": cell.numerator,
        "denominator": cell.denominator,
        "qualifier": cell.qualifier,
    }


def _at(row: RowOfCells, column: int) -> Any:
    value = row.values[column] if 0 <= column < len(row.values) else None
    return (value.strip() or None) if isinstance(value, str) else value
