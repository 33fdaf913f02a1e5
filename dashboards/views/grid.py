"""The entry grids: of a project's report for a period, and of one indicator across the programme."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.csrf import csrf_failure as plain_csrf_failure
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actions import change
from accounts.choices import Door
from accounts.models import User
from accounts.reading.cells import NOT_APPLICABLE, NOT_YET
from dashboards.access import for_members, for_staff
from dashboards.grids import stash
from dashboards.grids.cells import Cell
from dashboards.grids.entry import Outcome, restore, save
from dashboards.grids.sheets import Sheet, expected_series, in_order_of_scope, programme_sheet, report_sheet
from dashboards.grids.typed import Posted
from dashboards.places import place_called
from dashboards.summaries import of_report
from dashboards.views.receipts import receive
from epe_ap.pages import few, page_numbers, page_of, unknown_names, unknown_value
from epe_ap.templatetags.figures import NOTATIONS
from indicators.actions import door_of, hand_in, may_forward, submit_report
from indicators.choices import PeriodState, SubmissionState
from indicators.models import Category, Indicator, Intake, Report, ReportingPeriod
from indicators.querysets import SeriesQuerySet
from indicators.tables import Names
from projects.models import Project

READ = "indicators.view_submission"
ENTER = "indicators.add_submission"
CORRECT = "indicators.correct_reportingperiod"

#: Cells of the programme's grid on one page: as many as are saved in one request; but never fewer lines than this.
CELLS, FEWEST_LINES = 240, 40

#: Which cells were just saved, told once after the redirect.
SAVED_KEY = "saved_in_grid"

View = Callable[..., HttpResponseBase]


def keeping_what_was_typed(view: View) -> View:
    """A grid that is posted after its sign-in expired: what was typed waits until its writer has signed in again."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and not isinstance(request.user, User) and stash.keep(request):
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return answered


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token no longer holds: a grid is shown again with what was typed in it, not saved yet."""
    match = request.resolver_match
    if (
        match is not None
        and match.url_name in ("report_grid", "programme_grid", "report_question")
        and stash.keep(request)
    ):
        return HttpResponseRedirect(request.get_full_path(), status=303)
    return plain_csrf_failure(request, reason=reason)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@keeping_what_was_typed
@for_members(READ)
def report_grid(request: HttpRequest, project: str, period: str) -> HttpResponse:
    """The figures of one project in one period: all of them for staff, those that they see for people of institutions."""
    assert isinstance(request.user, User)
    of, at = place_called(project, period, request.user)
    series = expected_series(at).filter(project=of).for_user(request.user).with_writable(request.user)
    shown = list(series)
    asked = request.GET.get("intake", "")
    intake = of_report(asked, project=project, period=at) if request.user.is_staff else None
    forwards = may_forward(request.user, of)
    page = Page(request, at, intake=intake, writable=writable(request.user, shown))
    if asked and intake is None:
        # Entered without it, the figures would not be the partner's.
        page.sentences.append(_("What came in from the partner was not found: open the grid from its page again."))
    elif request.method == "POST":
        answer = page.save(series, lambda: _hand_in(page, of, forwards=forwards))
        if answer is not None:
            return answer
        shown = list(series)
    page.show(report_sheet(shown, at))
    report = Report.objects.filter(project=of, period=at).first() if forwards or request.user.is_staff else None
    return render(
        request,
        "dashboards/report_grid.html",
        page.context()
        | {
            "project": of,
            "programme": at.programme,
            "is_by_indicator": True,
            "report": report,
            "intake": intake,
            "forwards": forwards,
            "hands_in_own": not forwards,
            "can_hand_in": page.can_write
            and page.is_editable
            and (report is None or report.state in (SubmissionState.DRAFT, SubmissionState.RETURNED)),
            "breadcrumbs": [
                {"label": _("Workspace"), "url": reverse("workspace")},
                *([{"label": at.name, "url": reverse("programme_grid", args=[at.slug])}] * request.user.is_staff),
            ],
        },
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@keeping_what_was_typed
@for_staff(READ)
def programme_grid(request: HttpRequest, period: str) -> HttpResponse:
    """One indicator of a period, for all its projects, countries and institutions."""
    at = get_object_or_404(ReportingPeriod.objects.select_related("programme"), slug=period)
    page = Page(request, at)
    if request.method == "POST":
        answer = page.save(expected_series(at), None)
        if answer is not None:
            return answer
    asked = {name: request.GET.get(name, "") for name in ("indicator", "project", "country", "page")}
    problems = unknown_names(request.GET, asked)
    indicators = list(
        Indicator.objects.filter(pk__in=expected_series(at).values("indicator")).order_by(
            "expected_result__order", "expected_result__code", "code"
        )
    )
    indicator = _chosen("indicator", asked["indicator"], {one.slug: one for one in indicators}, problems)
    if indicator is None and indicators:
        indicator = indicators[0]
    series = in_order_of_scope(expected_series(at).filter(indicator=indicator)) if indicator else []
    projects = {one.project.slug: one.project for one in series if one.project}
    countries = dict(sorted((one.country.code, one.country) for one in series if one.country))
    project = _chosen("project", asked["project"], projects, problems)
    country = _chosen("country", asked["country"], countries, problems)
    scopes: dict[tuple[int | None, ...], list] = {}
    for one in series:
        if (project is None or one.project_id == project.pk) and (country is None or one.country_id == country.pk):
            scopes.setdefault((one.project_id, one.country_id, one.partner_id, one.forum_id), []).append(one)
    widest = max(map(len, scopes.values()), default=1)
    lines, said = page_of(
        list(scopes.values()), asked=asked["page"], number=len(scopes), per_page=max(FEWEST_LINES, CELLS // widest)
    )
    names = Names.of((), Category.objects.select_related("dimension"))
    sheet = programme_sheet([one for line in lines.object_list for one in line], at, names)
    page.show(sheet)
    return render(
        request,
        "dashboards/programme_grid.html",
        page.context()
        | {
            "programme": at.programme,
            "indicator": indicator,
            "indicators": indicators,
            "projects": sorted(projects.values(), key=lambda one: one.code),
            "countries": list(countries.values()),
            "chosen": {"project": project, "country": country},
            "page_obj": lines,
            "page_numbers": page_numbers(lines),
            "problems": few([*problems, *said]),
            "breadcrumbs": [{"label": _("Workspace"), "url": reverse("workspace")}],
        },
    )


@dataclass
class Page:
    """A grid that is being shown or saved for somebody.

    Attributes:
        writable: the series that somebody of an institution enters; None for staff, who enter all of them.
    """

    request: HttpRequest
    period: ReportingPeriod
    intake: Intake | None = None
    writable: set[int] | None = None
    sheet: Sheet | None = None
    outcome: Outcome | None = None
    unsaved: Posted | None = None
    sentences: list[str] = field(default_factory=list)
    restored: list[Cell] = field(default_factory=list)
    is_handing_in: bool = False

    @property
    def user(self) -> User:
        assert isinstance(self.request.user, User)
        return self.request.user

    @property
    def is_closed(self) -> bool:
        return self.period.state != PeriodState.OPEN

    @property
    def can_write(self) -> bool:
        may_enter = self.user.has_perm(ENTER) if self.writable is None else bool(self.writable)
        return may_enter and (not self.is_closed or self.user.has_perm(CORRECT))

    @property
    def is_editable(self) -> bool:
        """Whether there is any cell that this person may change now."""
        return self.can_write and self.sheet is not None and any(not cell.is_locked for cell in self.sheet.cells())

    @property
    def reason(self) -> str:
        """Why a closed period is corrected."""
        return self.request.POST.get("reason", "").strip() if self.is_closed else ""

    def save(
        self, series: SeriesQuerySet, hand_in: Callable[[], HttpResponse | None] | None, *, onward: str = ""
    ) -> HttpResponse | None:
        """Save what was posted; None when there is something to say about it, and the grid is to be shown again.

        Args:
            series: those that the page may hold; the ones that were typed into are read.
            hand_in: what else the form can do, when nothing is left to say.
            onward: the address to go on to, instead of the page itself.
        """
        if not self.can_write:
            raise PermissionDenied(_("Your account may look at these figures and not change them."))
        if stash.writer_of(self.request.POST) != self.user.pk:
            self.sentences.append(
                _("This page was opened under another account: nothing was saved. Look through it, and save.")
            )
            return None
        posted = Posted.read(self.request.POST)
        try:
            typed_into = series.filter(pk__in=posted.touched())
            if self.writable is not None:
                # Of a series that is not theirs nothing is said, not even that it is another's.
                typed_into = typed_into.filter(pk__in=self.writable)
            outcome = save(
                typed_into, posted, period=self.period, author=self.user, reason=self.reason, intake=self.intake
            )
        except ValidationError as error:
            self.unsaved = posted
            self.sentences += error.messages
            return None
        stash.drop(self.request)
        self.outcome = outcome
        if outcome.waiting:
            self.sentences += _counted(len(outcome.saved), len(outcome.waiting))
            return None
        action = self.request.POST.get("action", "")
        if hand_in is not None and action == "hand_in_now":
            return hand_in()
        if hand_in is not None and action == "hand_in":
            self.is_handing_in = True
            return None
        if outcome.saved:
            messages.success(self.request, _saved(len(outcome.saved)))
        if onward:
            return HttpResponseRedirect(onward, status=303)
        if outcome.saved:
            self.request.session[SAVED_KEY] = sorted(outcome.settled)
        else:
            messages.info(self.request, _("Nothing was changed, so nothing was saved."))
        return HttpResponseRedirect(self.request.get_full_path(), status=303)

    def show(self, sheet: Sheet) -> None:
        """Put into the grid what was typed and is not saved, and beside it what there is to say."""
        self.sheet = sheet
        cells = list(sheet.cells())
        for cell in cells:
            cell.is_read_only = self.writable is not None and cell.pk not in self.writable
        if self.outcome is not None:
            self.outcome.tell(cells)
        elif self.unsaved is not None:
            restore(cells, self.unsaved)
        elif self.request.method != "POST" and self.can_write:
            kept = stash.find(self.request)
            self.restored = restore(cells, kept) if kept is not None else []
            saved = set(self.request.session.pop(SAVED_KEY, ()))
            for cell in cells:
                cell.is_saved = cell.pk in saved
        sheet.add_sums()

    def context(self) -> dict[str, Any]:
        """What both grids' templates show."""
        assert self.sheet is not None
        cells = list(self.sheet.cells())
        return {
            "sheet": self.sheet,
            "period": self.period,
            "can_write": self.can_write,
            "is_editable": self.is_editable,
            "is_closed": self.is_closed,
            "sentences": self.sentences,
            "reason": self.reason,
            "waiting": self.sheet.attention(),
            "restored": self.restored,
            "returned": self.sheet.returned() if self.can_write else [],
            "missing": self.sheet.missing() if self.is_handing_in else [],
            "is_handing_in": self.is_handing_in,
            "writer": stash.writer_token(self.user),
            "saved": " ".join(str(cell.pk) for cell in cells if cell.is_saved),
            "notation": NOTATIONS[cells[0].language if cells else "fr"],
            "words": {"not_applicable": "|".join(sorted(NOT_APPLICABLE)), "not_yet": "|".join(sorted(NOT_YET))},
        }


def writable(user: User, series: Iterable[Any]) -> set[int] | None:
    """Those of the series, read ``with_writable``, that somebody of an institution enters; None for staff, whose permission
    is for all."""
    return None if user.is_staff else {one.pk for one in series if one.is_writable}


def _hand_in(page: Page, project: Project, *, forwards: bool) -> HttpResponse | None:
    """Hand the report in, or an institution's part of it, and show it again."""
    report = Report.objects.filter(project=project, period=page.period).first()
    if report is None:
        page.sentences.append(_("There is nothing to hand in yet: enter a figure first."))
        return None
    try:
        with change(door=door_of(page.user, Door.GRID), by=page.user, reason=page.reason):
            text = page.request.POST.get("text", "").replace("\x00", "").strip()
            if forwards:
                submit_report(report=report, by=page.user, text=text)
            else:
                hand_in(project=project, period=page.period, by=page.user, text=text)
    except ValidationError as error:
        page.sentences += error.messages
        return None
    if page.user.is_staff:
        messages.success(page.request, _("The report was handed in for review."))
        return redirect("report_grid", project.slug, page.period.slug)
    return receive(page.request, project, page.period)


def _chosen(name: str, asked: str, known: dict[str, Any], problems: list[str]) -> Any:
    if asked and asked not in known:
        problems.append(unknown_value(name, asked, known))
    return known.get(asked)


def _saved(number: int) -> str:
    return ngettext("%(number)s figure saved as draft.", "%(number)s figures saved as drafts.", number) % {
        "number": number
    }


def _counted(saved: int, waiting: int) -> Sequence[str]:
    """How many cells were saved and how many wait."""
    return [
        *([_saved(saved)] if saved else []),
        ngettext(
            "%(number)s figure was not saved yet: see beside it why.",
            "%(number)s figures were not saved yet: see beside each why.",
            waiting,
        )
        % {"number": waiting},
    ]
