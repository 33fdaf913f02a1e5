"""Which project and period a page of a report is about."""

from django.shortcuts import get_object_or_404

from accounts.models import User
from indicators.models import ReportingPeriod
from projects.models import Project


def place_called(project: str, period: str, reader: User) -> tuple[Project, ReportingPeriod]:
    """The project and the period of one programme that an address names; for whoever has no part in it, and where there
    is none, there is no such page."""
    of = get_object_or_404(Project.objects.for_user(reader).select_related("programme"), slug=project)
    at = get_object_or_404(ReportingPeriod, slug=period, programme=of.programme_id)
    at.programme = of.programme
    return of, at
