"""What the first page of the administration says: what waits for whom, and how far each project has reported."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, F, Min, OuterRef, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import ImportState
from accounts.models import Import
from indicators.choices import IntakeAnswer, PeriodKind, PeriodState, SubmissionState
from indicators.models import Actual, Intake, ReportingPeriod, Result, Submission
from indicators.waiting import LONG, awaited
from library.choices import Settlement
from library.models import Discrepancy
from projects.models import Programme

#: Periods that the table shows, and projects until all are asked for.
MOST_PERIODS = 6
MOST_PROJECTS = 20
#: Imports of so many days are lately applied ones; figures due in so many are due soon.
LATELY = timedelta(days=7)


@dataclass(frozen=True)
class Waiting:
    """Something that waits: how many, for whom, and the list of them."""

    number: int
    label: str
    address: str
    remark: str = ""


@dataclass(frozen=True)
class Line:
    """A project of the table."""

    pk: int | None
    code: str
    title: str


@dataclass
class Cell:
    """How many of the expected figures of a project and period came in."""

    expected: int = 0
    reported: int = 0
    waiting: int = 0
    address: str = ""
    is_late: bool = False

    @property
    def missing(self) -> int:
        return self.expected - self.reported - self.waiting

    @property
    def is_full(self) -> bool:
        return self.missing <= 0


@dataclass
class Coverage:
    """Projects down, periods across.

    Attributes:
        lines: a project (without key for the programme's own figures) with a cell for each period, None where nothing is
            expected.
        totals: a cell for each period, of all projects.
        number_hidden: projects that were left off, all of them less late than those shown.
    """

    periods: Sequence[ReportingPeriod]
    lines: list[tuple[Line, list[Cell | None]]] = field(default_factory=list)
    totals: list[Cell] = field(default_factory=list)
    number_hidden: int = 0


def first_page(request: HttpRequest, today: date) -> dict[str, Any]:
    """Variables of the page; what a person may not view is neither counted nor named."""
    programmes = list(Programme.objects.filter(reporting_periods__isnull=False).distinct().order_by("code"))
    programme = _chosen(request.GET.get("programme", ""), programmes)
    if programme is None:
        return {}
    may_view = request.user.has_perm
    return {
        "programme": programme,
        "programmes": programmes,
        "waiting": list(_waiting(programme, today, may_view)),
        "coverage": _coverage(programme, today, shows_all=request.GET.get("projects") == "all")
        if may_view("indicators.view_series") and may_view("indicators.view_actual")
        else None,
    }


def _chosen(asked: str, programmes: list[Programme]) -> Programme | None:
    """The programme that the address names; else the first real one that still reports."""
    named = [each for each in programmes if each.slug == asked]
    real = [each for each in programmes if not each.is_demonstration]
    return next(iter([*named, *real, *programmes]), None)


# --- What waits ------------------------------------------------------------------------------------------------------


def _list(name: str, **asked: Any) -> str:
    return f"{reverse(f'admin:{name}_changelist')}?{urlencode(asked)}"


def _waiting(programme: Programme, today: date, may_view: Any) -> Iterator[Waiting]:
    if may_view("indicators.view_submission"):
        yield from _submissions(programme, today)
    if may_view("indicators.view_series") and may_view("indicators.view_result"):
        yield from _results(programme, today)
    if may_view("indicators.view_intake"):
        yield from _intakes(programme)
    if may_view("library.view_discrepancy"):
        unsettled = Discrepancy.objects.filter(programme=programme, settlement=Settlement.OPEN).count()
        address = _list("library_discrepancy", programme__id__exact=programme.pk, settlement__exact=Settlement.OPEN)
        yield Waiting(unsettled, _("where sources disagree, not settled"), address)
    if may_view("accounts.view_import"):
        lately = Import.objects.filter(state=ImportState.APPLIED, made_at__gte=timezone.now() - LATELY).count()
        yield Waiting(
            lately,
            _("imports applied in the last seven days"),
            _list("accounts_import", state__exact=ImportState.APPLIED),
        )


def _submissions(programme: Programme, today: date) -> Iterator[Waiting]:
    groups = list(
        Submission.objects.filter(series__indicator__programme=programme)
        .exclude(state=SubmissionState.APPROVED)
        .values("state", name=F("series__reporter__name"), acronym=F("series__reporter__acronym"))
        .annotate(
            number=Count("pk"),
            long=Count("pk", filter=Q(submitted_at__lt=timezone.now() - LONG)),
            oldest=Min("submitted_at"),
            unusual=Count("pk", filter=Q(is_confirmed=True)),
        )
        .order_by("-number", "name")
    )
    submitted = [each for each in groups if each["state"] == SubmissionState.SUBMITTED]
    returned = [each for each in groups if each["state"] == SubmissionState.RETURNED]
    of_programme = {"series__indicator__programme__id__exact": programme.pk}
    yield Waiting(
        sum(each["number"] for each in submitted),
        _("wait for review"),
        _list("indicators_submission", look="review", **of_programme),
        _since(min((each["oldest"] for each in submitted if each["oldest"]), default=None), today),
    )
    yield Waiting(
        sum(each["long"] for each in submitted),
        _("of them for two weeks or more"),
        _list("indicators_submission", look="long_review", **of_programme),
    )
    yield Waiting(
        sum(each["unusual"] for each in groups),
        _("unusual values that their authors keep"),
        _list("indicators_submission", look="unusual", **of_programme),
    )
    names = [f"{each['acronym'] or each['name'] or _('the staff')} ({each['number']})" for each in returned]
    more = "…" if len(names) > 3 else ""
    yield Waiting(
        sum(each["number"] for each in returned),
        _("returned for correction"),
        _list("indicators_submission", state__exact=SubmissionState.RETURNED, **of_programme),
        ", ".join(names[:3]) + more,
    )


def _since(oldest: datetime | None, today: date) -> str:
    if oldest is None:
        return ""
    days = (today - timezone.localdate(oldest)).days
    if days <= 0:
        return _("all of them since today")
    return ngettext("the oldest since %(days)s day", "the oldest since %(days)s days", days) % {"days": days}


def _results(programme: Programme, today: date) -> Iterator[Waiting]:
    rows = Result.objects.filter(programme=programme)
    of_programme = {"programme__id__exact": programme.pk}
    # Periods share few due dates, so that one query serves both questions.
    by_day = dict(awaited(rows).values_list("due_on").annotate(number=Count("pk")).order_by("due_on"))
    for look, label in (("overdue", _("figures overdue")), ("due", _("figures due"))):
        days = [day for day in by_day if (day < today) == (look == "overdue")]
        remark = _("the first on %(day)s") % {"day": days[0].isoformat()} if days else ""
        number = sum(by_day[day] for day in days)
        yield Waiting(number, label, _list("indicators_result", look=look, **of_programme), remark)
    parts = rows.filter(is_incomplete=True).count()
    address = _list("indicators_result", look="parts", **of_programme)
    yield Waiting(parts, _("totals whose parts do not add up"), address)


def _intakes(programme: Programme) -> Iterator[Waiting]:
    found = Intake.objects.filter(report__project__programme=programme).aggregate(
        disputed=Count("pk", filter=Q(answer=IntakeAnswer.DISPUTED)),
        awaited=Count("pk", filter=Q(answer=IntakeAnswer.AWAITED)),
    )
    of_programme = {"report__project__programme__id__exact": programme.pk}
    yield Waiting(
        found["disputed"],
        _("entered on behalf and disputed"),
        _list("indicators_intake", answer__exact=IntakeAnswer.DISPUTED, **of_programme),
    )
    yield Waiting(
        found["awaited"],
        _("entered on behalf, not answered yet"),
        _list("indicators_intake", answer__exact=IntakeAnswer.AWAITED, **of_programme),
    )


# --- Coverage --------------------------------------------------------------------------------------------------------


def _coverage(programme: Programme, today: date, *, shows_all: bool) -> Coverage:
    periods = _periods(programme, today)
    cells = _cells(programme, periods, today)
    lines = [(project, [found.get(period.pk) for period in periods]) for project, found in cells.items()]
    totals = [Cell() for _period in periods]
    for _project, line in lines:
        for total, cell in zip(totals, line, strict=True):
            if cell is not None:
                total.expected += cell.expected
                total.reported += cell.reported
                total.waiting += cell.waiting
    for total, period in zip(totals, periods, strict=True):
        total.address = _list("indicators_series", missing=period.pk, indicator__programme__id__exact=programme.pk)
        total.is_late = _is_late(period, today) and not total.is_full
    # Whoever is late comes first; the programme's own figures after the projects that are as late.
    lines.sort(key=lambda each: (-_late(each[1]), each[0].pk is None, each[0].code))
    shown = lines if shows_all else lines[:MOST_PROJECTS]
    return Coverage(periods, shown, totals, len(lines) - len(shown))


def _periods(programme: Programme, today: date) -> list[ReportingPeriod]:
    """The latest that have begun, oldest first; the whole programme where there are no others."""
    known = list(programme.reporting_periods.order_by("starts_on", "ends_on"))
    interim = [period for period in known if period.kind != PeriodKind.WHOLE] or known
    begun = [period for period in interim if period.starts_on <= today] or interim
    return begun[-MOST_PERIODS:]


def _cells(programme: Programme, periods: Sequence[ReportingPeriod], today: date) -> dict[Line, dict[int, Cell]]:
    """By project and period, in two queries."""
    by_pk = {period.pk: period for period in periods}
    cells: dict[Line, dict[int, Cell]] = defaultdict(dict)
    lines = {}
    rows = (
        Result.objects.for_staff()
        .filter(programme=programme, period__in=by_pk, series__is_expected=True, is_not_applicable=False)
        .values_list("project", "project__code", "project__title", "period")
        .annotate(expected=Count("pk"), reported=Count("actual_record"))
        .order_by()
    )
    for project, code, title, period, expected, reported in rows:
        asked: dict[str, Any] = {"missing": period, "indicator__programme__id__exact": programme.pk}
        asked |= {"project__id__exact": project} if project else {"project__isnull": True}
        lines[project] = Line(project, code or "", title or "")
        cells[lines[project]][period] = Cell(expected, reported, address=_list("indicators_series", **asked))
    answered = Actual.objects.filter(series=OuterRef("series"), period=OuterRef("period"))
    handed_in = (
        Submission.objects.filter(
            ~Exists(answered),
            series__indicator__programme=programme,
            period__in=by_pk,
            series__is_expected=True,
            state=SubmissionState.SUBMITTED,
        )
        .values_list("series__project", "period")
        .annotate(number=Count("pk"))
        .order_by()
    )
    for project, period, number in handed_in:
        if project in lines and period in cells[lines[project]]:
            cells[lines[project]][period].waiting = number
    for found in cells.values():
        for period, cell in found.items():
            cell.is_late = _is_late(by_pk[period], today) and not cell.is_full
    return cells


def _is_late(period: ReportingPeriod, today: date) -> bool:
    return period.state == PeriodState.OPEN and period.due_on is not None and period.due_on < today


def _late(line: Sequence[Cell | None]) -> int:
    """How many figures of a line are late."""
    return sum(cell.missing for cell in line if cell is not None and cell.is_late)
