"""What stands beside the figures of a project: its partners and what they report, its periods, time, plans."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, Subquery

from accounts.models import User
from dashboards.boards.lines import Lines
from indicators.choices import PeriodKind, PeriodState, Status, SubmissionState
from indicators.models import Report, ReportingPeriod, Series
from indicators.querysets import Sight
from projects.models import Activity, Deliverable, Partnership, Project, WorkPlan


class Asked(NamedTuple):
    """A series of the project that a figure is awaited of each period."""

    series: int
    reporter: int | None
    indicator: int
    active_from: date | None
    active_to: date | None
    #: Whether the person enters its figures.
    may_write: bool

    def counts_in(self, period: ReportingPeriod) -> bool:
        """Whether a figure of it is awaited for that period."""
        if period.kind == PeriodKind.WHOLE or period.due_on is None:
            return False
        begins_in_time = self.active_from is None or self.active_from <= period.ends_on
        return begins_in_time and (self.active_to is None or self.active_to >= period.starts_on)


def asked_of(project: Project, user: User, sight: Sight) -> list[Asked]:
    """The series that somebody may know of: those of public indicators, and those that they see. One query.

    What stands in them says nothing here: a figure of somebody else that waits to be published must not show by its absence.
    """
    rows = (
        Series.objects.filter(project=project, is_expected=True)
        .order_by("pk")
        .values_list(
            *("pk", "reporter", "indicator", "indicator__active_from", "indicator__active_to", "indicator__is_public"),
        )
    )
    return [
        Asked._make((*asked, user.is_staff or sight.writes(asked[1])))
        for *asked, is_public in rows
        if user.is_staff or is_public or sight.sees(asked[1])
    ]


@dataclass
class Contribution:
    """A partner of the project, and what it reports.

    Attributes:
        names: of the indicators that it reports.
        series: how many lines of figures it is asked for, as far as whoever looks may know of them.
        published: how many of them have a figure that the public sees.
        unpublished: how many have one that only those who report it see; always 0 for the figures of others.
    """

    partnership: Partnership
    is_mine: bool
    names: list[str] = field(default_factory=list)
    series: int = 0
    published: int = 0
    unpublished: int = 0


def contributions_of(
    project: Project, asked: Sequence[Asked], lines: Lines, user: User, sight: Sight
) -> list[Contribution]:
    """The adopted partners of a project, the lead first, with what of theirs has come in. One query."""
    partnerships = (
        Partnership.objects.filter(project=project, is_adopted=True)
        .select_related("partner__country")
        .order_by("role", "partner__name")
    )
    if not user.is_staff and not project.programme.is_demonstration:
        partnerships = partnerships.filter(Q(partner__is_public=True) | Q(partner__in=sight.own))
    series: dict[int, set[int]] = defaultdict(set)
    names: dict[int, set[str]] = defaultdict(set)
    known = {line.indicator.pk: line.indicator.name for line in lines.every}
    for each in asked:
        if each.reporter is not None:
            series[each.reporter].add(each.series)
            if each.indicator in known:
                names[each.reporter].add(known[each.indicator])
    published, unpublished = _come_in(lines)
    answered = {pk for pk, _period in published}
    waiting = {pk for pk, _period in unpublished} - answered
    found = [
        Contribution(
            partnership,
            partnership.partner_id in sight.own,
            sorted(names[partnership.partner_id]),
            len(series[partnership.partner_id]),
            len(series[partnership.partner_id] & answered),
            len(series[partnership.partner_id] & waiting),
        )
        for partnership in partnerships
    ]
    return sorted(found, key=lambda each: each.partnership.role != "lead")


def _come_in(lines: Lines) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """Series and period of each published figure, and of each one that the person alone sees."""
    published, unpublished = set(), set()
    for number, row in enumerate(lines.rows):
        if row.series is not None and row.has_actual:
            if number in lines.published:
                published.add((row.series, row.period))
            elif row.is_mine:
                unpublished.add((row.series, row.period))
    return published, unpublished


@dataclass
class PeriodLine:
    """A period of the project: its report, and how much of what is expected has come in."""

    period: ReportingPeriod
    report_state: str
    expected: int = 0
    published: int = 0
    #: Approved figures that only those who report them see.
    unpublished: int = 0

    @property
    def report_label(self) -> Any:
        return SubmissionState(self.report_state).label if self.report_state else ""

    @property
    def is_open(self) -> bool:
        return self.period.state == PeriodState.OPEN


def periods_of(project: Project, user: User) -> list[ReportingPeriod]:
    """The periods of the project's programme, each with ``report_state``; empty where no report was opened."""
    reports = Report.objects.for_user(user).filter(project=project, period=OuterRef("pk"))
    return list(
        ReportingPeriod.objects.filter(programme=project.programme_id)
        .annotate(report_state=Subquery(reports.values("state")[:1]))
        .order_by("starts_on", "ends_on")
    )


def period_lines(periods: Sequence[Any], asked: Sequence[Asked], lines: Lines) -> list[PeriodLine]:
    """The periods that something is reported for, the latest first."""
    published, unpublished = _come_in(lines)
    found = []
    for period in reversed(periods):
        expected = {each.series for each in asked if each.counts_in(period)}
        if period.kind == PeriodKind.WHOLE or not (expected or period.report_state):
            continue
        found.append(
            PeriodLine(
                period,
                period.report_state or "",
                len(expected),
                sum((series, period.pk) in published for series in expected),
                sum((series, period.pk) in unpublished for series in expected),
            )
        )
    return found


@dataclass(frozen=True)
class Standing:
    """How far the project is: in time, in its targets, in what was reported."""

    #: Percent of its days that have passed; None where no document says when it begins and ends.
    elapsed: int | None
    is_of_programme: bool
    reached: int
    on_track: int
    behind: int
    compared: int
    reported: int
    expected: int

    @property
    def reached_percent(self) -> int:
        return round(100 * self.reached / self.compared) if self.compared else 0

    @property
    def reported_percent(self) -> int:
        return round(100 * self.reported / self.expected) if self.expected else 0


def standing_of(project: Project, lines: Lines, periods: Sequence[PeriodLine], today: date) -> Standing:
    """Counts of the latest figures by status, and of what has come in of what was due by that day."""
    statuses = [line.row.status for line in lines.every if line.row.breakdown == ""]
    reached = sum(status in (Status.EXCEEDED, Status.ACHIEVED) for status in statuses)
    on_track = statuses.count(Status.ON_TRACK)
    behind = sum(status in (Status.BEHIND, Status.REGRESSED) for status in statuses)
    due = [each for each in periods if each.period.due_on is not None and each.period.due_on < today]
    elapsed, of_programme = _elapsed(project, today)
    return Standing(
        elapsed=elapsed,
        is_of_programme=of_programme,
        reached=reached,
        on_track=on_track,
        behind=behind,
        compared=reached + on_track + behind,
        reported=sum(each.published + each.unpublished for each in due),
        expected=sum(each.expected for each in due),
    )


def _elapsed(project: Project, today: date) -> tuple[int | None, bool]:
    """Percent of the project's days, or else of its programme's, that have passed."""
    for record, of_programme in ((project, False), (project.programme, True)):
        if record.starts_on is not None and record.ends_on is not None:
            whole = (record.ends_on - record.starts_on).days + 1
            passed = (today - record.starts_on).days
            return max(0, min(100, round(100 * passed / whole))), of_programme
    return None, False


@dataclass
class Plan:
    """What the programme's plans hold for the countries of the project."""

    activities: list[Activity]
    deliverables: list[Deliverable]

    def __bool__(self) -> bool:
        return bool(self.activities or self.deliverables)


#: How many of a plan's parts a page has room for.
MOST_OF_A_PLAN = 40


def with_plan() -> Exists:
    """Whether the programme of a project has a work plan: most have none, and are then not asked for its parts."""
    return Exists(WorkPlan.objects.filter(programme=OuterRef("programme")))


def plan_of(project: Any) -> Plan:
    """Activities of the project's countries, or of none in particular, and deliverables. Two queries, or none.

    Args:
        project: annotated with ``has_plan``, see :func:`with_plan`.
    """
    if not project.has_plan:
        return Plan([], [])
    through = Activity.countries.through.objects.filter(activity=OuterRef("pk"))
    of_country = through.filter(country__projects=project)
    activities = (
        Activity.objects.filter(area__work_plan__programme=project.programme_id)
        .filter(Exists(of_country) | ~Exists(through))
        .order_by("planned_from", "area", "number")
    )
    deliverables = Deliverable.objects.filter(area__work_plan__programme=project.programme_id).order_by(
        "area", "number"
    )
    return Plan(list(activities[:MOST_OF_A_PLAN]), list(deliverables[:MOST_OF_A_PLAN]))
