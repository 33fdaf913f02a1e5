"""The receipt for figures that were handed in."""

import logging
from smtplib import SMTPException

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from dashboards.access import for_members
from dashboards.places import place_called
from dashboards.receipts import receipt_mail, receipt_of, zone_of
from epe_ap.pages import unknown_names
from indicators.models import ReportingPeriod
from projects.models import Project

logger = logging.getLogger(__name__)


@never_cache
@require_safe
@for_members("indicators.view_submission")
def report_receipt(request: HttpRequest, project: str, period: str) -> HttpResponse:
    """What was recorded, when and by whom, when it becomes public, and where to correct it."""
    assert isinstance(request.user, User)
    of, at = place_called(project, period, request.user)
    with timezone.override(zone_of(request.user)):
        return render(
            request,
            "dashboards/receipt.html",
            {
                "project": of,
                "period": at,
                "programme": of.programme,
                "receipt": receipt_of(request.user, of, at),
                "problems": unknown_names(request.GET),
                "breadcrumbs": [
                    {"label": _("Workspace"), "url": reverse("workspace")},
                    {
                        "label": f"{of.code}, {at.name}",
                        "url": reverse("report_questions", args=[of.slug, at.slug]),
                    },
                ],
            },
        )


def receive(request: HttpRequest, project: Project, period: ReportingPeriod) -> HttpResponse:
    """Mail the receipt to whoever handed in, and show it. What is handed in stays so when no mail can be sent."""
    user = request.user
    assert isinstance(user, User)
    messages.success(request, _("Handed in. Thank you: this is your receipt."))
    if not user.is_demonstration:
        try:
            receipt_mail(receipt_of(user, project, period), user).send()
        except (SMTPException, OSError) as error:
            logger.warning("The receipt for user %s could not be sent: %s", user.pk, type(error).__name__)
            messages.warning(request, _("The receipt could not be mailed: keep or print this page."))
    return redirect("report_receipt", project.slug, period.slug)
