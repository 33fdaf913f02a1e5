"""What a reviewer looks at before figures are approved or sent back: each beside what is known of its series."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from dashboards.grids.sheets import targets_due
from epe_ap.templatetags.figures import number, percent
from indicators import rules
from indicators.actions import gaps
from indicators.actions.entry import question_of
from indicators.choices import Cumulation, Direction, IntakeAnswer, Measure, PeriodKind, PeriodState, SubmissionState
from indicators.histories import Said, said_by
from indicators.models import (
    Actual,
    Category,
    ExpectedResult,
    Indicator,
    Intake,
    Report,
    ReportingPeriod,
    Result,
    ResultNarrative,
    Review,
    Series,
    Submission,
    Target,
)
from indicators.tables import FigureRow, Names
from projects.models import Project


@dataclass(frozen=True)
class Flag:
    """Something to read with care: ``kind`` is mismatch, unusual, evidence, disputed, unconfirmed or own."""

    kind: str
    sentence: str
    #: Where there is more to see.
    address: str = ""


@dataclass
class Reviewed:
    """A proposed figure, and what it is held against."""

    submission: Submission
    scope: str
    breakdown: str
    said: Said | None
    last: Said | None = None
    last_period: ReportingPeriod | None = None
    target: Said | None = None
    baseline: Said | None = None
    approved: Said | None = None
    approved_version: int = 0
    first_published: Decimal | None = None
    difference: str = ""
    flags: list[Flag] = field(default_factory=list)
    thread: list[Review] = field(default_factory=list)
    #: What a refused decision said about it.
    is_ticked: bool = False
    typed_reason: str = ""
    typed_text: str = ""

    @property
    def pk(self) -> int:
        return self.submission.pk

    @property
    def seen(self) -> str:
        """What a reviewer decides about: this figure, and the one that it would replace, each in its version."""
        return f"{self.pk}:{self.submission.version}:{self.approved_version}"

    @property
    def is_waiting(self) -> bool:
        return self.submission.state == SubmissionState.SUBMITTED


@dataclass
class Sheet:
    """All that is reviewed together: a project's figures of a period, or those of the programme as a whole."""

    period: ReportingPeriod
    project: Project | None
    report: Report | None
    #: (expected result or None, its narrative or None, [(indicator, its figures)]).
    groups: list[tuple[ExpectedResult | None, ResultNarrative | None, list[tuple[Indicator, list[Reviewed]]]]]
    totals: list[FigureRow]
    intakes: list[Intake]
    missing: int

    @property
    def cells(self) -> list[Reviewed]:
        return [cell for _result, _words, blocks in self.groups for _indicator, cells in blocks for cell in cells]

    @property
    def waiting(self) -> list[Reviewed]:
        return [cell for cell in self.cells if cell.is_waiting]

    @property
    def is_correction(self) -> bool:
        """Whether an approved figure of a closed period is to be changed: the public reads the reason."""
        return self.period.state != PeriodState.OPEN and any(cell.approved is not None for cell in self.waiting)

    @property
    def has_mismatch(self) -> bool:
        return self._has("mismatch")

    @property
    def has_dispute(self) -> bool:
        return self._has("disputed")

    def _has(self, kind: str) -> bool:
        return any(flag.kind == kind for cell in self.waiting for flag in cell.flags)

    @property
    def seen(self) -> str:
        """Which figures the page shows as waiting, and in which versions."""
        return " ".join(cell.seen for cell in self.waiting)


def review_sheet(*, project: Project | None, period: ReportingPeriod) -> Sheet:
    """The figures of a project in a period; without a project, those that belong to none. No query for a single cell."""
    report = None
    if project is not None:
        report = (
            Report.objects.select_related("submitted_by", "approved_by").filter(project=project, period=period).first()
        )
    proposals = _proposals(project, period)
    latest = {each.series_id: each for each in proposals}  # by number: the last one stays
    waiting = [each for each in latest.values() if each.state == SubmissionState.SUBMITTED]
    known = _Known([each.series for each in latest.values()], period)
    names = Names.of((), Category.objects.select_related("dimension"))
    threads: dict[int, list[Review]] = defaultdict(list)
    for each in proposals:
        threads[each.series_id].extend(each.reviews.all())
    mismatched = _mismatches(period, waiting, names)
    cells = [known.reviewed(each, names, mismatched, threads[each.series_id]) for each in latest.values()]
    narratives: dict[int, ResultNarrative] = {}
    if report is not None:
        narratives = {
            each.expected_result_id: each for each in report.narratives.select_related("expected_result").all()
        }
    expected = Series.objects.expected_in(period).filter(project=project)
    missing = expected.exclude(pk__in=latest).exclude(actuals__period=period).count()
    return Sheet(
        period,
        project,
        report,
        _groups(cells, narratives),
        _totals({each.series.indicator for each in latest.values()}, project, period, names),
        list(report.intakes.select_related("partner", "entered_by", "file").defer("file__content")) if report else [],
        missing,
    )


def _proposals(project: Project | None, period: ReportingPeriod) -> list[Submission]:
    scope = ("project", "country", "partner", "forum", "breakdown", "baseline")
    return list(
        Submission.objects.filter(
            period=period, series__project=project, series__indicator__programme=period.programme_id
        )
        .exclude(state=SubmissionState.DRAFT, submitted_at__isnull=True)
        .select_related(
            *(f"series__{part}" for part in scope), "series__indicator__expected_result", "author", "intake__partner"
        )
        .prefetch_related(
            Prefetch("reviews", queryset=Review.objects.select_related("author").order_by("made_at", "pk")), "evidence"
        )
        .order_by(
            "series__indicator__expected_result__order",
            "series__indicator__expected_result__code",
            "series__indicator__code",
            "series_id",
            "number",
        )
    )


class _Known:
    """What the database knows of these series, in three queries."""

    def __init__(self, series: Sequence[Series], period: ReportingPeriod) -> None:
        self.period = period
        self.approved: dict[int, Actual] = {}
        self.last: dict[int, Actual] = {}
        self.earlier: dict[int, list[Decimal]] = defaultdict(list)
        actuals = Actual.objects.filter(series__in=series).select_related("period").order_by("period__ends_on")
        for each in actuals.filter(Q(period=period) | Q(period__ends_on__lt=period.ends_on)):
            if each.period_id == period.pk:
                self.approved[each.series_id] = each
            elif each.period.kind != PeriodKind.WHOLE:
                self.last[each.series_id] = each
                if each.ratio is not None:
                    self.earlier[each.series_id].append(each.ratio)
        self.targets = targets_due(series, period)

    def reviewed(
        self, submission: Submission, names: Names, mismatched: Mapping[int, list[str]], thread: list[Review]
    ) -> Reviewed:
        series, indicator = submission.series, submission.series.indicator
        approved, last = self.approved.get(series.pk), self.last.get(series.pk)
        target, baseline = self.targets.get(series.pk), getattr(series, "baseline", None)
        cell = Reviewed(
            submission,
            scope=scope_of(series),
            breakdown=names.breakdown(series.breakdown.key),
            said=None if submission.is_not_yet else said_by(submission, indicator),
            last=said_by(last, indicator) if last else None,
            last_period=last.period if last else None,
            target=said_by(target, indicator) if target else None,
            baseline=said_by(baseline, indicator) if baseline else None,
            thread=thread,
        )
        # What an approved proposal became is no value that it replaces.
        if approved is not None and submission.state != SubmissionState.APPROVED:
            cell.approved, cell.approved_version = said_by(approved, indicator), approved.version
        if approved is not None:
            cell.first_published = approved.first_published_value
        cell.difference = difference(
            submission.ratio, last.ratio if last else None, in_points=indicator.measure == Measure.PERCENTAGE
        )
        cell.flags = [Flag("mismatch", sentence) for sentence in mismatched.get(series.pk, ())]
        cell.flags += self._doubts(submission, target) + _flags(submission)
        return cell

    def _doubts(self, submission: Submission, target: Target | None) -> list[Flag]:
        """What whoever entered the value was asked about it."""
        indicator = submission.series.indicator
        doubt = rules.doubt(
            value=submission.ratio,
            earlier=self.earlier[submission.series_id],
            target=target.value if target else None,
            measure=Measure(indicator.measure),
            cumulation=Cumulation(indicator.cumulation),
            direction=Direction(indicator.direction),
            numerator=submission.numerator,
            denominator=submission.denominator,
        )
        if doubt is None:
            return []
        answer = _("Confirmed by whoever entered it.") if submission.is_confirmed else _("Nobody was asked.")
        return [Flag("unusual", f"{question_of(submission.ratio, doubt)} {answer}")]


def _flags(submission: Submission) -> list[Flag]:
    flags = []
    intake = submission.intake
    if intake is not None and intake.answer == IntakeAnswer.DISPUTED:
        flags.append(Flag("disputed", _("Disputed by the partner: %(text)s") % {"text": intake.answer_text}))
    elif intake is not None and intake.answer == IntakeAnswer.AWAITED:
        flags.append(Flag("unconfirmed", _("Entered on behalf of the partner, not confirmed yet")))
    elif intake is not None:
        flags.append(Flag("confirmed", _("Confirmed by the partner")))
    for evidence in submission.evidence.all():
        address = f"{reverse('evidence_add')}?submission={submission.pk}"
        flags.append(Flag("evidence", _("Evidence: %(title)s") % {"title": evidence.title}, address))
    return flags


def _mismatches(period: ReportingPeriod, waiting: Sequence[Submission], names: Names) -> dict[int, list[str]]:
    """What does not add up, in words, by the series that it is about."""
    found: dict[int, list[str]] = defaultdict(list)
    for gap in gaps(period=period, submissions=waiting):
        parts = ", ".join(part_of(series, names) for series in gap.parts)
        if gap.total is None:
            sentence = _("The shares make %(number)s %% more or less than 100 %%: %(parts)s")
        elif gap.missing > 0:
            sentence = _("The parts are %(number)s less than the total: %(parts)s")
        else:
            sentence = _("The parts are %(number)s more than the total: %(parts)s")
        for series in gap.series:
            found[series.pk].append(sentence % {"number": number(abs(gap.missing)), "parts": parts})
    return found


def _groups(cells: Sequence[Reviewed], narratives: Mapping[int, ResultNarrative]) -> list[Any]:
    """The cells under their expected results and indicators, in the order in which they were read."""
    groups: list[Any] = []
    told = dict(narratives)
    for result, of_result in groupby(cells, key=lambda cell: cell.submission.series.indicator.expected_result):
        blocks = [
            (indicator, list(of_indicator))
            for indicator, of_indicator in groupby(of_result, key=lambda cell: cell.submission.series.indicator)
        ]
        groups.append((result, told.pop(result.pk, None) if result else None, blocks))
    # Words about a result of which no figure was handed in are read, too.
    groups += [(each.expected_result, each, []) for each in told.values()]
    return groups


def _totals(
    indicators: Iterable[Indicator], project: Project | None, period: ReportingPeriod, names: Names
) -> list[FigureRow]:
    """The totals that rest on these figures, as the results now hold them: of the project and of the programme."""
    keys = {indicator.pk for indicator in indicators} | {
        indicator.contributes_to_id for indicator in indicators if indicator.contributes_to_id is not None
    }
    whole = Q(country=None, partner=None, forum=None)
    rows = (
        Result.objects.filter(whole, Q(project=None) | Q(project=project), indicator__in=keys, period=period)
        .filter(breakdown_key="", actual__isnull=False)
        .for_results_page()
        .order_by("indicator__code", "key")
    )
    return [FigureRow(row, names) for row in rows]


def scope_of(series: Series) -> str:
    """What a series is about beside its project: country, partner or forum; empty for the project as a whole."""
    parts = [
        series.country.name if series.country else "",
        series.partner.short_name if series.partner else "",
        _("forum %(number)s") % {"number": series.forum.number} if series.forum else "",
    ]
    return " · ".join(part for part in parts if part)


def part_of(series: Series, names: Names) -> str:
    """A series as a part of its indicator: scope and breakdown; "total" when it is the whole."""
    return " · ".join(part for part in (scope_of(series), names.breakdown(series.breakdown.key)) if part) or _("total")


def difference(now: Decimal | None, before: Decimal | None, *, in_points: bool = False) -> str:
    """How much more or less than before, with its sign: of a percentage in points, else in percent, too."""
    if now is None or before is None:
        return ""
    change = now - before
    sign = "+" if change > 0 else ""
    if in_points:
        return _("%(number)s points") % {"number": f"{sign}{number(change, 1)}"}
    words = f"{sign}{number(change)}"
    if before and change:
        words += f" ({sign}{percent(change * 100 / abs(before), 0)})"
    return words
