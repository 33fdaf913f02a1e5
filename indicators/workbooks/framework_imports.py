"""Importing the measurement framework: new indicators, texts, baselines and targets, looked at before they are written.

Codes decide. An empty cell changes nothing. A target that differs is a revision, which needs its reason; actuals are
shown in the sheet and never read from it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import change
from accounts.actions.imports import Refused
from accounts.actions.previews import Line, Preview
from accounts.actions.previews import Sheet as SheetOfRows
from accounts.choices import Door
from accounts.models import User
from accounts.reading.workbooks import Sheet, Workbook
from accounts.resources.writers import Writer
from indicators.actions import one_refresh, open_series, revise_target, save_context, set_baseline, set_target
from indicators.actions.holding import hold_indicators
from indicators.actions.lifecycle import define_indicator
from indicators.models import Baseline, Indicator, ReportingPeriod, Series, Target
from indicators.workbooks.framework_reading import Planned, Reading
from indicators.workbooks.framework_sheet import WITHIN
from indicators.workbooks.frameworks import IDENTITY, identity_of
from projects.models import Programme

#: What an import of a framework is kept as.
KIND: Final = "framework"


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
class FrameworkImport(Writer):
    """The import of a programme's measurement framework."""

    programme: Programme
    by: User
    kind: str = KIND

    @property
    def permissions(self) -> Sequence[str]:
        """New indicators and series ask for more: see ``Reading``."""
        return ("indicators.change_indicator",)

    def read(self, sheet: SheetOfRows, preview: Preview, *, is_writing: bool = False) -> Iterator[list[Line]]:
        """One line for each row that is one of the framework's or defines an indicator.

        Each is written and taken back first, also before it is written for good: so the good rows are the same ones.
        """
        if is_writing:
            # What it is compared with stays as it is until it is written.
            of_programme = {"series__indicator__programme": self.programme}
            self._hold(
                Baseline.objects.filter(**of_programme),
                Target.objects.current().filter(**of_programme),
                Indicator.objects.filter(programme=self.programme),
            )
        reading = Reading(sheet, self.programme, self.by)
        if reading.heading_problems:
            preview.refuse_headings(reading.heading_problems)
        self._try(reading, [line for line in reading.lines if line.is_written])
        yield reading.lines

    def save_lines(self, lines: Sequence[Line]) -> None:
        """Write the rows, each text, baseline and target through its own door."""
        for line in lines:
            for _key, step in _steps(line.record):
                step()

    def _hold(self, baselines: Any, targets: Any, indicators: Any) -> None:
        """Take what the rows write in the order of ``indicators.actions.holding``, and not in that of the sheet."""
        for rows in (baselines, targets):
            list(rows.order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk"))
        hold_indicators(list(indicators.values_list("pk", flat=True)))

    def _try(self, reading: Reading, lines: Sequence[Line]) -> None:
        """Write each row and take it back, to hear what the rules say."""
        try:
            with change(door=Door.IMPORT, by=self.by, reason=_("Looked at before it is imported.")), one_refresh():
                planned: list[Planned] = [line.record for line in lines]
                targets = [
                    target for each in planned for _period, target, _figure in each.targets if target is not None
                ]
                self._hold(
                    Baseline.objects.filter(
                        series__in=[each.series.pk for each in planned if each.baseline is not None]
                    ),
                    Target.objects.filter(pk__in=[target.pk for target in targets]),
                    Indicator.objects.filter(pk__in=[each.series.indicator_id for each in planned if not each.new]),
                )
                for line in lines:
                    for key, step in _steps(line.record):
                        try:
                            with transaction.atomic():
                                step()
                        except ValidationError as error:
                            for column, sentence in _sentences(error, key, line.record):
                                reading.refuse(line, column, sentence)
                            if key in ("code", "scope"):
                                # Nothing else of the row has where to stand.
                                break
                raise _TakenBack
        except _TakenBack:
            return


class _TakenBack(Exception):
    """Everything was looked at: nothing of it is kept."""


def _sentences(error: ValidationError, key: str, planned: Planned) -> Iterator[tuple[str, str]]:
    """Each sentence with the column that it is about; ``key`` is that of the step."""
    if not hasattr(error, "error_dict"):
        yield from ((key, sentence) for sentence in error.messages)
        return
    for name, sentences in error.message_dict.items():
        column = key if name == NON_FIELD_ERRORS else planned.columns.get(name, key)
        yield from ((column, sentence) for sentence in sentences)


def _steps(planned: Planned) -> Iterator[tuple[str, Callable[[], Any]]]:
    """What a row writes, one after the other, each with the column that it comes from."""
    opened: list[Series] = [planned.series]

    def define() -> None:
        opened[0] = define_indicator(indicator=Indicator(**planned.new or {}))

    def open_new() -> None:
        opened[0] = open_series(**planned.opens or {})

    if planned.new is not None:
        yield "code", define
    elif planned.opens is not None:
        yield "scope", open_new
    if planned.texts:
        yield "indicator", partial(_reword, planned)
    if planned.baseline is not None:
        yield "baseline", partial(_start, opened, planned.baseline)
    for period, target, figure in planned.targets:
        yield f"target:{period.slug}", partial(_aim, opened, period, target, figure, planned.reason)


def _reword(planned: Planned) -> None:
    indicator = Indicator.objects.get(pk=planned.series.indicator_id)
    for name, text in planned.texts.items():
        setattr(indicator, name, text)
    save_context(record=indicator)


def _start(opened: Sequence[Series], baseline: dict[str, Any]) -> None:
    set_baseline(series=opened[0], **baseline)


def _aim(
    opened: Sequence[Series], period: ReportingPeriod, target: Target | None, figure: dict[str, Any], reason: str
) -> None:
    if target is None:
        set_target(series=opened[0], period=period, **figure)
    else:
        # Read anew: what was only tried left its marks on the one that was read with the sheet.
        revise_target(target=Target.objects.get(pk=target.pk), reason=reason, **figure)
