"""The dashboard of a project, for its institutions and for staff: on the screen, and as a printed sheet."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from dashboards.access import for_members
from dashboards.boards import comparison, drawings, lines, sections
from dashboards.homes import acting_address
from dashboards.overviews import today_of
from epe_ap.pages import unknown_names, unknown_value
from epe_ap.pdf import pdf_answer
from indicators.models import ExpectedResult
from indicators.querysets import Sight
from library.models import Finding
from library.statements import by_kind
from projects.models import Project


@dataclass(frozen=True)
class Group:
    """An expected result with its lines and, where two can be compared, their chart."""

    result: ExpectedResult | None
    lines: list[lines.Line]
    chart: drawings.TargetChart | None


@never_cache
@require_safe
@for_members()
def project_board(request: HttpRequest, slug: str) -> HttpResponse:
    project = _project(request, slug)
    problems = unknown_names(request.GET, ["compare"])
    asked = request.GET.get("compare", "")
    if asked not in ("", "1"):
        problems.append(unknown_value("compare", asked, ["1"]))
    context = board_of(request, project)
    context["comparison"] = comparison.comparison_of(project, context["every"]) if asked == "1" else None
    context["problems"] = problems
    return render(request, "dashboards/project.html", context)


@never_cache
@require_safe
@for_members()
def project_sheet(request: HttpRequest, slug: str) -> HttpResponse:
    project = _project(request, slug)
    return pdf_answer(
        request,
        "dashboards/project_sheet.html",
        board_of(request, project),
        name=project.slug,
        back=reverse("project_board", args=[project.slug]),
    )


def _project(request: HttpRequest, slug: str) -> Project:
    assert isinstance(request.user, User)
    mine = Project.objects.for_user(request.user).select_related("programme").annotate(has_plan=sections.with_plan())
    return get_object_or_404(mine, slug=slug)


def board_of(request: HttpRequest, project: Project) -> dict[str, Any]:
    """What the dashboard and its sheet show, as far as whoever asks may see it. Nine queries, and two where there is a work plan."""
    user = request.user
    assert isinstance(user, User)
    today = today_of(user)
    sight = Sight.of(user, project)
    periods = sections.periods_of(project, user)
    by_key = {period.pk: period for period in periods}
    found = lines.lines_of(project, by_key, user, sight, today)
    every = found.every
    asked = sections.asked_of(project, user, sight)
    in_periods = sections.period_lines(periods, asked, found)
    may_write = any(each.may_write for each in asked)
    return {
        "project": project,
        "made_on": today,
        "groups": [Group(result, of_result, drawings.target_chart(of_result)) for result, of_result in found.groups],
        "every": every,
        "has_open": any(line.is_open or line.proposals for line in every),
        "standing": sections.standing_of(project, found, in_periods, today),
        "trends": drawings.trends(every),
        "time_table": drawings.time_table(every),
        "sexes": drawings.sex_chart(every),
        "contributions": sections.contributions_of(project, asked, found, user, sight),
        "period_lines": [
            (line, acting_address(project.slug, line.period.slug) if may_write and line.is_open else "")
            for line in in_periods
        ],
        "plan": sections.plan_of(project),
        "publications": list(project.publications.all()),
        "findings": by_kind(Finding.objects.filter(project=project).for_section()),
        "chart_width": drawings.WIDTH,
    }
