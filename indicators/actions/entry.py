"""Entering many proposed figures at once: what the grid, the report workbook and the workspace save."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from accounts.actions.bulk import check_many, delete_many, save_many
from accounts.models import User
from indicators import rules
from indicators.actions.access import check_entry, reported_by
from indicators.actions.figures import SAID, STATED
from indicators.actions.holding import hold_periods
from indicators.choices import Cumulation, Direction, Measure, PeriodKind, Route, SubmissionState
from indicators.models import Actual, Intake, Report, ReportingPeriod, Series, Submission, Target
from indicators.rules import Doubt, Question

#: States in which its author may still change a proposal.
EDITABLE = (SubmissionState.DRAFT, SubmissionState.RETURNED)
#: What a proposal says besides the figure itself.
BESIDE: dict[str, Any] = {"is_not_yet": False, "is_confirmed": False}
#: Kept unless given.
GIVEN = ("as_of", "channel", "received_on")


@dataclass(frozen=True)
class Entry:
    """One cell as somebody filled it.

    Attributes:
        series: with its indicator and breakdown read (``Series.objects.with_scope()``).
        figure: the fields of ``figures.STATED`` and ``SAID``, ``is_not_yet``, ``is_confirmed``, ``as_of``; None empties
            a draft.
        version: of the open submission that the writer saw; 0 when there was none; None to save whatever is there.
    """

    series: Series
    figure: Mapping[str, Any] | None
    version: int | None = None


@dataclass
class Entered:
    """What became of the cells, by primary key of their series.

    Attributes:
        saved: the drafts as they now stand; an emptied one is left out.
        emptied: series whose draft was taken away.
        refused: why nothing was saved, in sentences.
        stale: what somebody else saved meanwhile; nothing was overwritten.
        unusual: what is asked about before it is saved; given again with ``is_confirmed`` it is kept.
    """

    saved: dict[int, Submission] = field(default_factory=dict)
    emptied: set[int] = field(default_factory=set)
    unchanged: set[int] = field(default_factory=set)
    refused: dict[int, list[str]] = field(default_factory=dict)
    stale: dict[int, Submission] = field(default_factory=dict)
    unusual: dict[int, str] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        return not (self.refused or self.stale or self.unusual)


def propose_many(
    *,
    period: ReportingPeriod,
    author: User,
    entries: Sequence[Entry],
    report: Report | None = None,
    route: Route = Route.GRID,
    intake: Intake | None = None,
) -> Entered:
    """Keep the good cells as drafts, and say of each other one why it was not kept.

    Each proposal joins the report of its project and period, opened where it is new; a report that was approved is in
    the making again. Costs the same number of queries for one cell as for two hundred, beyond the rows written.

    Args:
        report: when given, cells of other projects are refused.
        intake: what staff enter it from on behalf of a partner; the route is then ``on_behalf``.

    Raises:
        ValidationError: when the period is closed for this person, or the same cell comes twice.
    """
    keys = [entry.series.pk for entry in entries]
    if len(set(keys)) != len(keys):
        raise ValidationError(_("The same cell was filled twice: load the page again."))
    found = Entered()
    with transaction.atomic():
        # Closing a period waits for whoever is saving, and they for it.
        current = hold_periods([period.pk])[period.pk]
        check_entry(current, author)
        writing = _Writing(current, author, entries, route, intake)
        writing.refuse_what_is_not_theirs(found, report)
        writing.prepare(found)
        writing.ask(found)
        writing.save(found)
    return found


class _Writing:
    """One call of :func:`propose_many`."""

    def __init__(
        self,
        period: ReportingPeriod,
        author: User,
        entries: Sequence[Entry],
        route: Route,
        intake: Intake | None,
    ) -> None:
        self.period, self.author, self.entries = period, author, entries
        self.route, self.intake = (Route.ON_BEHALF if intake else route), intake
        self.series = {entry.series.pk: entry.series for entry in entries}
        proposals = Submission.objects.filter(period=period, series__in=self.series)
        self.open = {each.series_id: each for each in proposals.open().select_for_update(of=("self",))}
        self.latest: dict[int, int] = dict(
            proposals.order_by().values("series").annotate(latest=Max("number")).values_list("series", "latest")
        )
        self.actuals = {each.series_id: each for each in Actual.objects.filter(period=period, series__in=self.series)}
        projects = {each.project_id for each in self.series.values() if each.project_id is not None}
        self.reports = {
            each.project_id: each
            for each in Report.objects.filter(period=period, project__in=projects).select_for_update(of=("self",))
        }
        self.drafts: dict[int, Submission] = {}
        self.emptied: list[Submission] = []

    def refuse_what_is_not_theirs(self, found: Entered, report: Report | None) -> None:
        mine = reported_by(self.author, list(self.series.values()))
        for pk, series in self.series.items():
            if pk not in mine:
                found.refused[pk] = [_("This figure is reported by another institution.")]
            elif report is not None and series.project_id != report.project_id:
                found.refused[pk] = [_("This figure belongs to another report.")]
            elif series.indicator.programme_id != self.period.programme_id:
                found.refused[pk] = [_("This figure belongs to another programme than the period.")]

    def prepare(self, found: Entered) -> None:
        """Make the drafts, leave out what says nothing new, and tell what stands in the way of the others."""
        for entry in self.entries:
            pk = entry.series.pk
            if pk in found.refused:
                continue
            record = self.open.get(pk)
            if self._says_the_same(entry, record):
                found.unchanged.add(pk)
            elif record is not None and record.state not in EDITABLE:
                found.refused[pk] = [_("This figure is being reviewed: it can be changed once it is returned.")]
            elif self._is_under_review(entry.series, record):
                found.refused[pk] = [
                    _("The report was handed in: until it is returned, only the figures sent back can be changed.")
                ]
            elif entry.version is not None and entry.version != (record.version if record else 0):
                if record is None:
                    found.refused[pk] = [_("Somebody approved or withdrew this figure meanwhile: load the page again.")]
                else:
                    found.stale[pk] = record
            elif entry.figure is None:
                self._empty(pk, record, found)
            else:
                self.drafts[pk] = self._draft(entry, record)

    def ask(self, found: Entered) -> None:
        """Refuse drafts that break a rule, and set aside those that are to be asked about."""
        records = list(self.drafts.values())
        for place, error in check_many(records).items():
            pk = records[place].series_id
            found.refused[pk] = list(error.messages)
            del self.drafts[pk]
        for pk, question in self._doubts().items():
            if not self.drafts[pk].is_confirmed:
                found.unusual[pk] = question
                del self.drafts[pk]
        for pk, draft in self.drafts.items():
            actual = self.actuals.get(pk)
            if draft.is_not_yet and actual is not None:
                found.refused[pk] = [_("A figure was approved already: enter another one, or leave it as it is.")]
        for pk in found.refused.keys() & self.drafts.keys():
            del self.drafts[pk]

    def save(self, found: Entered) -> None:
        if not self.drafts and not self.emptied:
            return
        self._open_reports([self.series[pk] for pk in self.drafts])
        for pk, draft in self.drafts.items():
            project = self.series[pk].project_id
            draft.report = None if project is None else self.reports[project]
        save_many(list(self.drafts.values()))
        delete_many(self.emptied)
        found.saved = self.drafts
        found.emptied = {each.series_id for each in self.emptied}

    def _says_the_same(self, entry: Entry, record: Submission | None) -> bool:
        if record is None and entry.figure is None:
            return True
        said: Any = record or self.actuals.get(entry.series.pk)
        if said is None or entry.figure is None:
            return False
        if record is not None and self.intake is not None and record.intake_id != self.intake.pk:
            return False
        wanted = {**STATED, **(BESIDE if record else {}), **entry.figure}
        # A confirmation is an answer, not a statement: giving none takes nothing back.
        if not wanted.get("is_confirmed"):
            wanted.pop("is_confirmed", None)
        elif record is None:
            wanted.pop("is_confirmed")
        if record is None and wanted.pop("is_not_yet", False):
            return False
        return all(_same(getattr(said, name), value) for name, value in wanted.items() if hasattr(said, name))

    def _is_under_review(self, series: Series, record: Submission | None) -> bool:
        report = self.reports.get(series.project_id or 0)
        is_returned = record is not None and record.state == SubmissionState.RETURNED
        return report is not None and report.state == SubmissionState.SUBMITTED and not is_returned

    def _empty(self, pk: int, record: Submission | None, found: Entered) -> None:
        assert record is not None
        if record.state == SubmissionState.DRAFT and record.submitted_at is None:
            self.emptied.append(record)
        else:
            found.refused[pk] = [
                _(
                    "This figure was handed in before, so it cannot be left empty: correct it, or say that it is not known yet."
                )
            ]

    def _draft(self, entry: Entry, record: Submission | None) -> Submission:
        assert entry.figure is not None
        unknown = entry.figure.keys() - STATED.keys() - BESIDE.keys() - set(SAID) - set(GIVEN)
        if unknown:
            raise TypeError(f"A submission has no {', '.join(sorted(unknown))}.")
        if record is None:
            number = self.latest.get(entry.series.pk, 0) + 1
            record = Submission(number=number)
        record.series, record.period = entry.series, self.period
        for name, empty in (STATED | BESIDE).items():
            setattr(record, name, entry.figure.get(name, empty))
        for name in (*SAID, *GIVEN):
            if name in entry.figure:
                setattr(record, name, entry.figure[name])
        record.author, record.route, record.intake = self.author, self.route, self.intake
        if self.intake is not None:
            record.channel, record.received_on = self.intake.channel, self.intake.received_on
        return record

    def _open_reports(self, series: Iterable[Series]) -> None:
        projects = {each.project_id: each.project for each in series if each.project_id is not None}
        new = [Report(project=projects[pk], period=self.period) for pk in sorted(projects.keys() - self.reports.keys())]
        again = [
            self.reports[pk]
            for pk in projects.keys() & self.reports.keys()
            if self.reports[pk].state == SubmissionState.APPROVED
        ]
        for report in again:
            report.state = SubmissionState.DRAFT
        save_many([*new, *again])
        self.reports |= {report.project_id: report for report in new}

    def _doubts(self) -> dict[int, str]:
        """What to ask about the drafts that state a number."""
        wanted = [pk for pk, draft in self.drafts.items() if draft.ratio is not None]
        if not wanted:
            return {}
        earlier: dict[int, list[Decimal]] = defaultdict(list)
        for figure in (
            Actual.objects.filter(series__in=wanted, period__ends_on__lt=self.period.ends_on)
            .exclude(period__kind=PeriodKind.WHOLE)
            .order_by("period__ends_on")
        ):
            if figure.ratio is not None:
                earlier[figure.series_id].append(figure.ratio)
        targets: dict[int, Decimal] = {}
        for target in Target.objects.current().filter(series__in=wanted).select_related("period"):
            is_own = target.period_id == self.period.pk
            if target.value is not None and (is_own or target.period.kind == PeriodKind.WHOLE):
                targets[target.series_id] = target.value if is_own else targets.get(target.series_id, target.value)
        found = {}
        for pk in wanted:
            draft, indicator = self.drafts[pk], self.series[pk].indicator
            doubt = rules.doubt(
                value=draft.ratio,
                earlier=earlier[pk],
                target=targets.get(pk),
                measure=Measure(indicator.measure),
                cumulation=Cumulation(indicator.cumulation),
                direction=Direction(indicator.direction),
                numerator=draft.numerator,
                denominator=draft.denominator,
            )
            if doubt is not None:
                found[pk] = question_of(draft.ratio, doubt)
        return found


def _same(stored: Any, wanted: Any) -> bool:
    return stored == wanted if not isinstance(wanted, str) else str(stored) == wanted


def question_of(value: Decimal | None, doubt: Doubt) -> str:
    """The question about an unusual value, in the reader's language."""
    sentences = {
        Question.FALLS_BACK: _("%(value)s is less than the last running total, %(other)s. Is it right?"),
        Question.FAR_ABOVE_LAST: _(
            "%(value)s is more than five times the highest value so far, %(other)s. Is it right?"
        ),
        Question.FAR_BELOW_LAST: _(
            "%(value)s is less than a fifth of the lowest value so far, %(other)s. Is it right?"
        ),
        Question.FAR_ABOVE_TARGET: _("%(value)s is more than five times the target, %(other)s. Is it right?"),
        Question.ABOVE_HUNDRED: _("%(value)s is more than 100 %%. Is it right?"),
        Question.MORE_THAN_BASE: _("More than the whole was counted: the whole is %(other)s. Is it right?"),
    }
    return sentences[doubt.question] % {"value": in_words(value), "other": in_words(doubt.compared_with)}


def in_words(value: Decimal | None) -> str:
    """A number as the reader's language writes it, with all its decimals and no more."""
    if value is None:
        return ""
    plain = value.normalize()
    return number_format(plain, decimal_pos=max(0, -int(plain.as_tuple().exponent)), force_grouping=True)
