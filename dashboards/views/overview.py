"""The first page of the workspace: what needs attention, and how much has come in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from dashboards.access import for_staff
from dashboards.overviews import NEEDS, Need, Row, overview_of, reported_periods, today_of
from epe_ap.pages import page_numbers, page_of, unknown_names, unknown_value
from indicators.models import ReportingPeriod
from projects.models import Programme

#: How many places stand under each need before the rest is linked to.
FIRST = 8


@never_cache
@require_safe
@for_staff()
def overview(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    problems = unknown_names(request.GET, ["programme", "period", "state", "page"])
    every = list(reported_periods())
    programmes = list({period.programme_id: period.programme for period in every}.values())
    asked = {name: request.GET.get(name, "") for name in ("programme", "period", "state", "page")}

    programme = next((each for each in programmes if each.slug == asked["programme"]), None)
    if asked["programme"] and programme is None:
        problems.append(unknown_value("programme", asked["programme"], [each.slug for each in programmes]))
    of_programme = [each for each in every if programme is None or each.programme_id == programme.pk]
    period = next((each for each in of_programme if each.slug == asked["period"]), None)
    if asked["period"] and period is None:
        problems.append(unknown_value("period", asked["period"], [each.slug for each in of_programme]))
    need = Need(asked["state"]) if asked["state"] in list(Need) else None
    if asked["state"] and need is None:
        problems.append(unknown_value("state", asked["state"], list(Need)))

    shown = overview_of(
        [programme] if programme else programmes,
        [period] if period else of_programme,
        today_of(request.user),
        user=request.user,
    )
    lists = [(each, *NEEDS[each], shown.needing(each)) for each in Need if need is None or each == need]
    places = shown.needing(need) if need else []
    listed = places if need else shown.rows
    page, sentences = page_of(listed, asked=asked["page"], number=len(listed))
    return render(
        request,
        "dashboards/overview.html",
        {
            "programmes": programmes,
            "periods": of_programme,
            "needs": [(each, NEEDS[each][0]) for each in Need],
            "programme": programme,
            "period": period,
            "need": need,
            "lists": [
                (each, title, sentence, list(page.object_list) if need else found[:FIRST], len(found))
                for each, title, sentence, found in lists
                if found
            ],
            "matrices": [] if need else _by_programme(list(page.object_list), shown.periods),
            "page_obj": page,
            "page_numbers": page_numbers(page),
            "can_enter": request.user.has_perm("indicators.add_submission"),
            "can_review": request.user.has_perm("indicators.review_submission"),
            "problems": [*problems, *sentences],
        },
    )


def _by_programme(
    rows: list[Row], periods: list[ReportingPeriod]
) -> list[tuple[Programme, list[ReportingPeriod], list[Row]]]:
    """The lines of the matrix under their programmes, each with its own periods."""
    programmes = {row.programme.pk: row.programme for row in rows}
    return [
        (
            programme,
            [period for period in periods if period.programme_id == key],
            [row for row in rows if row.programme.pk == key],
        )
        for key, programme in programmes.items()
    ]
