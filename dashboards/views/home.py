"""The first page of the workspace: of a person of an institution her own, of staff the overview of all projects."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from dashboards.access import for_members
from dashboards.homes import HEADINGS, home_of
from dashboards.institutions import rounds_for
from dashboards.overviews import today_of
from dashboards.views.overview import overview
from epe_ap.pages import unknown_names


@never_cache
@require_safe
@for_members()
def home(request: HttpRequest) -> HttpResponseBase:
    assert isinstance(request.user, User)
    if request.user.is_staff:
        return overview(request)
    found = home_of(request.user)
    return render(
        request,
        "dashboards/home.html",
        {
            "home": found,
            "rounds": rounds_for(request.user, today_of(request.user)),
            "lists": [(need, *HEADINGS[need], tasks) for need, tasks in found.tasks.items()],
            "problems": unknown_names(request.GET),
        },
    )
