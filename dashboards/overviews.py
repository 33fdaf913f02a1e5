"""What people see first: which reports need somebody, and how much of what was expected has come in."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from indicators.choices import IntakeAnswer, PeriodKind, PeriodState, SubmissionState
from indicators.models import Actual, Intake, Report, ReportingPeriod, Series, Submission
from projects.models import Programme, Project

#: How many days ahead a deadline is told of.
SOON = timedelta(days=30)


class Need(StrEnum):
    """What a report needs from somebody; the most pressing first."""

    DISPUTED = "disputed"
    WAITING = "waiting"
    OVERDUE = "overdue"
    RETURNED = "returned"
    DUE = "due"
    UNCONFIRMED = "unconfirmed"
    DRAFTS = "drafts"


NEEDS: dict[Need, tuple[Promise, Promise]] = {
    Need.DISPUTED: (_("Disputed by the partner"), _("The partner says that what was entered on its behalf is wrong.")),
    Need.WAITING: (_("Waiting for review"), _("Handed in: approve the figures or send them back.")),
    Need.OVERDUE: (_("Overdue"), _("The deadline is over and figures are missing.")),
    Need.RETURNED: (_("Returned for correction"), _("Sent back to whoever entered the figures.")),
    Need.DUE: (_("Due within 30 days"), _("Figures are still missing.")),
    Need.UNCONFIRMED: (
        _("Not confirmed by the partner"),
        _("Entered on behalf of a partner, who has not answered yet."),
    ),
    Need.DRAFTS: (_("Drafts"), _("Entered and not handed in yet.")),
}


@dataclass
class Place:
    """A project in a period, or, without a project, the figures of the programme as a whole."""

    period: ReportingPeriod
    project: Project | None
    report: Report | None = None
    expected: int = 0
    approved: int = 0
    #: Handed in for series that have no approved figure yet.
    handed_in: int = 0
    states: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    needs: frozenset[Need] = frozenset()

    @property
    def reported(self) -> int:
        return self.approved + self.handed_in

    @property
    def missing(self) -> int:
        return max(0, self.expected - self.reported)

    @property
    def waiting(self) -> int:
        return self.states[SubmissionState.SUBMITTED]

    @property
    def returned(self) -> int:
        return self.states[SubmissionState.RETURNED]

    @property
    def drafts(self) -> int:
        return self.states[SubmissionState.DRAFT]

    @property
    def state(self) -> str:
        """The word that colours its cell: what it needs most, else how complete it is."""
        return next((need for need in Need if need in self.needs), "" if self.missing else "complete")

    @property
    def need_label(self) -> Promise | str:
        return NEEDS[Need(self.state)][0] if self.state in NEEDS else ""

    def find_needs(self, today: date) -> None:
        """Decide what the place needs on that day."""
        found = set()
        is_awaited = self.period.state == PeriodState.OPEN and self.period.due_on is not None and self.missing
        if self.answers[IntakeAnswer.DISPUTED]:
            found.add(Need.DISPUTED)
        if self.waiting or (self.report is not None and self.report.state == SubmissionState.SUBMITTED):
            found.add(Need.WAITING)
        if self.returned or (self.report is not None and self.report.state == SubmissionState.RETURNED):
            found.add(Need.RETURNED)
        if is_awaited and self.period.due_on is not None:
            if self.period.due_on < today:
                found.add(Need.OVERDUE)
            elif self.period.due_on <= today + SOON:
                found.add(Need.DUE)
        if self.answers[IntakeAnswer.AWAITED]:
            found.add(Need.UNCONFIRMED)
        if self.drafts:
            found.add(Need.DRAFTS)
        self.needs = frozenset(found)


@dataclass
class Row:
    """A line of the matrix: a project, and its place in each period."""

    programme: Programme
    project: Project | None
    places: list[Place | None]


@dataclass
class Overview:
    """All places of the chosen programmes and periods, with what they need."""

    programmes: list[Programme]
    periods: list[ReportingPeriod]
    rows: list[Row]

    @property
    def places(self) -> list[Place]:
        return [place for row in self.rows for place in row.places if place is not None]

    def needing(self, need: Need) -> list[Place]:
        """Places with this need, the earliest deadline first."""
        found = [place for place in self.places if need in place.needs]
        return sorted(found, key=lambda place: (place.period.due_on or date.max, place.period.ends_on))


def today_of(user: User) -> date:
    """The day that it is where the person works."""
    try:
        zone = ZoneInfo(user.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return timezone.localdate()
    return timezone.localdate(timezone=zone)


def overview_of(
    programmes: Sequence[Programme], periods: Iterable[ReportingPeriod], today: date, *, user: User
) -> Overview:
    """The places of these periods. Seven queries, however many projects there are.

    Args:
        user: whose they are. Staff see all; a person of an institution sees how far its own series are, and those of
            its partners where it leads the project.
    """
    chosen = {programme.pk for programme in programmes}
    listed = [period for period in periods if period.programme_id in chosen]
    places = places_of(listed, user)
    for place in places.values():
        place.find_needs(today)
    rows = []
    for programme in programmes:
        of_programme = [period for period in listed if period.programme_id == programme.pk]
        found = {key: place for key, place in places.items() if place.period.programme_id == programme.pk}
        projects = {project: place.project for (project, _period), place in found.items()}
        for key, project in sorted(projects.items(), key=lambda item: item[1].code if item[1] else ""):
            rows.append(Row(programme, project, [found.get((key, period.pk)) for period in of_programme]))
    return Overview(list(programmes), listed, rows)


Key = tuple[int | None, int]


def places_of(
    periods: Sequence[ReportingPeriod], user: User, projects: Mapping[int, Project] | None = None
) -> dict[Key, Place]:
    """The places of these periods by project and period, with what has come in, as far as the person sees it.

    Args:
        projects: of a person of an institution those that are theirs: a figure that an institution reports of a project
            that it left, or of a programme as a whole, has no page of its own. Of staff left out: all.
    """
    series = Series.objects.for_user(user).filter(is_expected=True)
    if projects is not None:
        # Said first, so that whose a series is need not be found out for those of all projects.
        series = series.filter(project__in=list(projects))
    places = _places(periods, user, series, projects)
    _count(places, periods, user, None if projects is None else series)
    return places


def _places(
    periods: Sequence[ReportingPeriod], user: User, series: QuerySet[Series], known: Mapping[int, Project] | None
) -> dict[Key, Place]:
    """A place for whatever is expected, and for every report that was opened."""
    by_programme: dict[int, list[ReportingPeriod]] = defaultdict(list)
    for period in periods:
        by_programme[period.programme_id].append(period)
    expected: dict[Key, int] = defaultdict(int)
    # Indicators come and go: what is expected differs from period to period.
    groups = (
        series.filter(indicator__programme__in=by_programme)
        .order_by()
        .values_list("indicator__programme", "project", "indicator__active_from", "indicator__active_to")
        .annotate(number=Count("pk"))
    )
    for programme, project, active_from, active_to, number in groups:
        for period in by_programme[programme]:
            is_awaited = period.due_on is not None and period.kind != PeriodKind.WHOLE
            starts_in_time = active_from is None or active_from <= period.ends_on
            if is_awaited and starts_in_time and (active_to is None or active_to >= period.starts_on):
                expected[project, period.pk] += number
    reports = {
        (report.project_id, report.period_id): report
        for report in Report.objects.for_user(user).filter(period__in=periods)
    }
    keys = {*expected, *reports}
    projects = known
    if projects is None:
        projects = Project.objects.in_bulk({project for project, _period in keys if project is not None})
    by_key = {period.pk: period for period in periods}
    return {
        (project, period): Place(
            by_key[period],
            projects[project] if project is not None else None,
            reports.get((project or 0, period)),
            expected=expected.get((project, period), 0),
        )
        for project, period in keys
        if known is None or project in known
    }


def _count(
    places: dict[Key, Place], periods: Sequence[ReportingPeriod], user: User, series: QuerySet[Series] | None
) -> None:
    """Put beside each place what has come in."""

    def place(project: int | None, period: int) -> Place:
        return places.get((project, period)) or nowhere

    nowhere = Place(ReportingPeriod(), None)
    awaited = Q(series__is_expected=True)
    actuals = Actual.objects.filter(period__in=periods)
    if series is not None:
        actuals = actuals.filter(series__in=series.values("pk"))
    for project, period, number in (
        actuals.filter(awaited).order_by().values_list("series__project", "period").annotate(number=Count("pk"))
    ):
        place(project, period).approved = number
    proposals = (
        Submission.objects.for_user(user)
        .filter(period__in=periods)
        .open()
        .annotate(is_new=~Exists(actuals.filter(series=OuterRef("series"), period=OuterRef("period"))))
    )
    for project, period, state, is_new, is_expected, number in (
        proposals.order_by()
        .values_list("series__project", "period", "state", "is_new", "series__is_expected")
        .annotate(number=Count("pk"))
    ):
        found = place(project, period)
        found.states[state] += number
        if state == SubmissionState.SUBMITTED and is_new and is_expected:
            found.handed_in += number
    if not user.is_staff:
        return
    for project, period, answer, number in (
        Intake.objects.filter(report__period__in=periods, submissions__isnull=False)
        .order_by()
        .values_list("report__project", "report__period", "answer")
        .annotate(number=Count("pk", distinct=True))
    ):
        place(project, period).answers[answer] += number


def reported_periods() -> Any:
    """Periods for which figures are awaited (never the programme as a whole), or were reported here."""
    reports = Report.objects.filter(period=OuterRef("pk"))
    return (
        ReportingPeriod.objects.filter(Q(due_on__isnull=False) & ~Q(kind=PeriodKind.WHOLE) | Exists(reports))
        .select_related("programme")
        .order_by("programme__is_demonstration", "programme__code", "starts_on", "ends_on")
    )
