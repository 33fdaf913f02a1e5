"""What one was told: the latest first, and all of it marked as read at once."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from dashboards.access import for_members
from epe_ap.pages import page_numbers, page_of, unknown_names
from indicators.actions.notifications import mark_read
from indicators.models import Notification


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_members()
def notifications(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    if request.method == "POST":
        mark_read(user=request.user)
        return redirect("notifications")
    told = Notification.objects.for_user(request.user).select_related("period__programme", "project")
    page, sentences = page_of(told, asked=request.GET.get("page", ""), number=told.count())
    return render(
        request,
        "dashboards/notifications.html",
        {
            "notifications": page.object_list,
            "page_obj": page,
            "page_numbers": page_numbers(page),
            "time_zone": request.user.time_zone,
            "problems": [*unknown_names(request.GET, ["page"]), *sentences],
            "breadcrumbs": [{"label": _("Workspace"), "url": reverse("workspace")}],
        },
    )
