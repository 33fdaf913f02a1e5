"""What a person of an institution sees first: her projects, what is due, what came back and why, what was published."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Case, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When, Window
from django.db.models.functions import RowNumber
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dashboards.overviews import SOON, Need, Place, places_of, today_of
from indicators.choices import PeriodKind, PeriodState, ReturnReason, ReviewDecision, Status, SubmissionState
from indicators.models import ReportingPeriod, Result, Review, Series, Submission
from projects.models import Project

#: How long a publication is news.
NEWS = timedelta(days=180)
#: Statuses of a figure that stands against its target.
REACHED = (Status.EXCEEDED, Status.ACHIEVED)
COMPARED = (*REACHED, Status.ON_TRACK, Status.BEHIND, Status.REGRESSED)

#: What the person is asked to do, in the order in which it presses.
HEADINGS: dict[Need, tuple[Promise, Promise]] = {
    Need.OVERDUE: (_("Overdue"), _("The deadline is over and figures of yours are missing.")),
    Need.RETURNED: (_("Returned to you"), _("Somebody asks you to look at these figures again. Only they are open.")),
    Need.DUE: (_("Due soon"), _("Figures of yours are still missing.")),
    Need.DRAFTS: (_("Begun and not handed in"), _("You saved these figures; nobody has them yet.")),
    Need.WAITING: (_("Waiting for review"), _("You have handed in. You need do nothing.")),
}


@dataclass(frozen=True)
class TimeLeft:
    """How long until the end of a day, where the person works."""

    days: int
    hours: int

    @property
    def is_over(self) -> bool:
        return self.days < 0

    @property
    def days_over(self) -> int:
        return -self.days


@dataclass(frozen=True)
class ReturnedFigure:
    """Why a figure came back: the first of those of its place."""

    indicator: str
    reason: str
    text: str


@dataclass
class Task:
    """A project in a period with what it needs from the person, and where she does it."""

    place: Place
    need: Need
    left: TimeLeft | None
    url: str
    may_write: bool
    first_return: ReturnedFigure | None = None


@dataclass
class MyProject:
    """A project, how far it came as the person sees it, and what is asked of it next."""

    project: Project
    statuses: Counter[str] = field(default_factory=Counter)
    next_due: ReportingPeriod | None = None
    needs: int = 0

    @property
    def compared(self) -> int:
        """Figures that stand against a target."""
        return sum(self.statuses[status] for status in COMPARED)

    @property
    def reached(self) -> int:
        return sum(self.statuses[status] for status in REACHED)

    @property
    def percent(self) -> int:
        return round(100 * self.reached / self.compared) if self.compared else 0


@dataclass
class Home:
    """The first page of a person of an institution."""

    projects: list[MyProject]
    tasks: dict[Need, list[Task]]
    published: list[tuple[ReportingPeriod, Project, int]]
    time_zone: str


def home_of(user: User, now: datetime | None = None) -> Home:
    """All that the page shows, in eight queries, however many projects there are."""
    now = now or timezone.now()
    today = today_of(user)
    projects = list(Project.objects.for_user(user).select_related("programme").order_by("programme__code", "code"))
    periods = _periods({project.programme_id for project in projects})
    places = places_of(periods, user, {project.pk: project for project in projects})
    returns = _first_returns(user, periods)
    writable = set(
        Series.objects.reported_by(user)
        .filter(project__in=projects)
        .order_by()
        .values_list("project", flat=True)
        .distinct()
    )
    tasks: dict[Need, list[Task]] = {}
    mine = {project.pk: MyProject(project) for project in projects}
    for place in sorted(places.values(), key=lambda each: (each.period.due_on or date.max, str(each.project))):
        place.find_needs(today)
        need = _need_of(place)
        if place.project is None or need is None:
            continue
        may_write = place.project.pk in writable
        task = Task(
            place,
            need,
            time_left(place.period.due_on, user, now),
            _address(place, acts=may_write and need != Need.WAITING),
            may_write,
            returns.get((place.project.pk, place.period.pk)),
        )
        tasks.setdefault(need, []).append(task)
        mine[place.project.pk].needs += need != Need.WAITING
    _add_progress(mine, user)
    _add_next(mine, places.values(), today)
    return Home(
        list(mine.values()),
        {need: tasks[need] for need in HEADINGS if need in tasks},
        _published(places.values(), now),
        user.time_zone,
    )


def _need_of(place: Place) -> Need | None:
    """What presses most. Of a report that its lead handed in nothing is asked until something comes back: it is closed."""
    asked = (Need.RETURNED, Need.WAITING) if _is_closed(place) else tuple(HEADINGS)
    return next((each for each in asked if each in place.needs), None)


def _is_closed(place: Place) -> bool:
    return place.report is not None and place.report.state == SubmissionState.SUBMITTED


def time_left(due_on: date | None, user: User, now: datetime) -> TimeLeft | None:
    """From now to the end of that day in the person's time zone."""
    if due_on is None:
        return None
    try:
        zone = ZoneInfo(user.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo(timezone.get_default_timezone_name())
    here = now.astimezone(zone)
    end = datetime.combine(due_on + timedelta(days=1), time(), zone)
    return TimeLeft((due_on - here.date()).days, max(0, int((end - here).total_seconds() // 3600)))


def acting_address(project: str, period: str) -> str:
    """Where figures of a report are entered: one question after the other, or else all in a grid."""
    try:
        return reverse("report_questions", args=[project, period])
    except NoReverseMatch:
        return reverse("report_grid", args=[project, period])


def _address(place: Place, *, acts: bool) -> str:
    assert place.project is not None
    if acts:
        return acting_address(place.project.slug, place.period.slug)
    return reverse("project_board", args=[place.project.slug])


def _periods(programmes: Iterable[int]) -> list[ReportingPeriod]:
    """Periods that something is reported for: never the programme as a whole."""
    found: QuerySet[ReportingPeriod] = (
        ReportingPeriod.objects.filter(programme__in=list(programmes))
        .exclude(kind=PeriodKind.WHOLE)
        .select_related("programme")
        .order_by("starts_on", "ends_on")
    )
    return list(found)


def _first_returns(user: User, periods: Sequence[ReportingPeriod]) -> dict[tuple[int, int], ReturnedFigure]:
    """By project and period: the figure that was returned first, and why."""
    steps = Review.objects.filter(submission=OuterRef("pk"), decision=ReviewDecision.RETURN).order_by("-made_at", "-pk")
    rows = (
        Submission.objects.for_user(user)
        .filter(period__in=periods, state=SubmissionState.RETURNED, series__project__isnull=False)
        .annotate(
            returned_at=Subquery(steps.values("made_at")[:1]),
            reason=Subquery(steps.values("reason")[:1]),
            said=Subquery(steps.values("text")[:1]),
        )
        .select_related("series__indicator")
        .only("period", "series__project", "series__indicator")
        .order_by("returned_at", "pk")
    )
    found: dict[tuple[int, int], ReturnedFigure] = {}
    for row in rows:
        key = (row.series.project_id or 0, row.period_id)
        if key not in found:
            label = str(ReturnReason(row.reason).label) if row.reason else ""
            found[key] = ReturnedFigure(row.series.indicator.name, label, row.said or "")
    return found


def _add_progress(mine: dict[int, MyProject], user: User) -> None:
    """Count the figures of each project by their status: of each line the latest that says something, as its dashboard
    shows it, unpublished ones of the person among them."""
    demonstrations = {each.project.programme for each in mine.values() if each.project.programme.is_demonstration}
    says = Q(actual_record__isnull=False) | Q(actual__isnull=False) | Q(is_not_applicable=True)
    rows = (
        Result.objects.for_user(user, demonstrations=demonstrations)
        .filter(project__in=list(mine), breakdown_key="")
        .annotate(says=Case(When(says, then=Value(1)), default=Value(0), output_field=IntegerField()))
        .annotate(
            whole=Case(
                When(Q(says=1, period_kind=PeriodKind.WHOLE), then=Value(1)),
                default=Value(0),
                output_field=IntegerField(),
            )
        )
        .annotate(
            place=Window(
                RowNumber(),
                partition_by=["project", "indicator", "country", "partner", "forum"],
                order_by=["-says", "-whole", "-period__ends_on", "-period__starts_on"],
            )
        )
        .filter(place=1)
        .order_by()
        .values_list("project", "status")
    )
    for project, status in rows:
        mine[project].statuses[status] += 1


def _add_next(mine: dict[int, MyProject], places: Iterable[Place], today: date) -> None:
    """The next deadline of each project that is further away than what is due soon."""
    for place in places:
        due_on = place.period.due_on
        if place.project is None or due_on is None or not place.missing or place.period.state != PeriodState.OPEN:
            continue
        if _is_closed(place):
            continue
        entry = mine[place.project.pk]
        if due_on > today + SOON and (entry.next_due is None or due_on < (entry.next_due.due_on or date.max)):
            entry.next_due = place.period


def _published(places: Iterable[Place], now: datetime) -> list[tuple[ReportingPeriod, Project, int]]:
    """Periods that were published lately, with each project and how many of the person's figures are in them."""
    found = [
        (place.period, place.project, place.approved)
        for place in places
        if place.project is not None
        and place.approved
        and place.period.state == PeriodState.PUBLISHED
        and place.period.published_at is not None
        and place.period.published_at >= now - NEWS
    ]
    return sorted(found, key=lambda each: (-(each[0].published_at or now).timestamp(), each[1].code))
