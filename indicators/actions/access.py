"""Who may enter, review and correct figures."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from accounts.choices import Door
from accounts.models import User, open_change
from indicators.choices import PeriodState, Route
from indicators.models import ReportingPeriod, Series
from partners.choices import MembershipRole
from partners.models import Membership
from projects.choices import PartnershipRole
from projects.models import Project

ENTER = "indicators.add_submission"
REVIEW = "indicators.review_submission"
PUBLISH = "indicators.publish_reportingperiod"
CORRECT = "indicators.correct_reportingperiod"

#: Through these nobody is signed in: whoever runs a command answers for it.
UNATTENDED = (Door.FIXTURE, Door.COMMAND)


def may_report(user: User, series: Series) -> bool:
    """Whether a person enters figures of a series: staff who enter figures; contributors and leads of its reporter;
    leads of the institution that leads its project."""
    return series.pk in reported_by(user, [series])


def reported_by(user: User, series: Sequence[Series]) -> set[int]:
    """Primary keys of those of the series that a person enters figures of; in a handful of queries."""
    if not user.is_active:
        return set()
    if user.is_staff:
        return {each.pk for each in series} if user.has_perm(ENTER) else set()
    mine = dict(Membership.objects.filter(user=user).values_list("partner_id", "role"))
    writers = {partner for partner, role in mine.items() if role in (MembershipRole.CONTRIBUTOR, MembershipRole.LEAD)}
    led = projects_led_by(user)
    return {
        each.pk
        for each in series
        if each.reporter_id is not None and (each.reporter_id in writers or each.project_id in led)
    }


def projects_led_by(user: User) -> set[int]:
    """Primary keys of the projects whose leading institution a person leads for."""
    return set(
        Membership.objects.filter(
            user=user,
            user__is_active=True,
            role=MembershipRole.LEAD,
            partner__partnerships__role=PartnershipRole.LEAD,
            partner__partnerships__is_adopted=True,
        ).values_list("partner__partnerships__project", flat=True)
    )


def may_forward(user: User, project: Project) -> bool:
    """Whether a person hands in the report of a whole project: staff who enter figures, and the leads of the institution
    that leads it."""
    if user.is_staff:
        return user.is_active and user.has_perm(ENTER)
    return project.pk in projects_led_by(user)


def route_of(user: User, route: Route) -> Route:
    """How a figure that a person enters came in: what a partner enters itself is confirmed by it, on whatever page."""
    return route if user.is_staff else Route.WORKSPACE


def door_of(user: User, door: Door) -> Door:
    """The door of whoever writes: for people of partner institutions the workspace, on whatever page."""
    return door if user.is_staff else Door.WORKSPACE


def may_review(user: User) -> bool:
    return user.is_active and user.is_staff and user.has_perm(REVIEW)


def only_reviewers(user: User) -> None:
    """Raise ``PermissionDenied`` for anybody who may not return and approve what is reported."""
    if not may_review(user):
        raise PermissionDenied(_("Monitoring specialists review what is reported: your account may not."))


def check_entry(period: ReportingPeriod, author: User) -> None:
    """Refuse new proposals for a closed period, but for corrections by those who may make them and say why.

    Raises:
        ValidationError: with the way out.
    """
    if period.state == PeriodState.OPEN:
        return
    if not (author.is_staff and author.has_perm(CORRECT)):
        raise ValidationError(
            _("The period is closed: ask a monitoring specialist to open it again or to correct the figure.")
        )
    _needs_reason()


def check_correction(period: ReportingPeriod, *, is_first: bool) -> None:
    """Refuse to alter an approved figure of a closed period, but for corrections with their reason.

    Args:
        is_first: no figure was approved before, so that nothing is altered: a locked period is still being reviewed.

    Raises:
        PermissionDenied: when whoever makes the open change may not correct closed periods.
        ValidationError: when the open change states no reason.
    """
    change = open_change()
    if period.state == PeriodState.OPEN or change is None or change.door in UNATTENDED:
        return
    if is_first and period.state == PeriodState.LOCKED:
        return
    if change.made_by is None or not change.made_by.has_perm(CORRECT):
        raise PermissionDenied(_("Only a monitoring specialist corrects the figures of a closed period."))
    _needs_reason()


def _needs_reason() -> None:
    change = open_change()
    if change is not None and not change.reason.strip():
        raise ValidationError(
            _("The period is closed: say why the figure is corrected. The public sees the reason beside the figure.")
        )


def check_may(permission: str) -> None:
    """Refuse what whoever makes the open change has no right to; a command is answered for by whoever runs it.

    Raises:
        PermissionDenied: without the permission.
    """
    change = open_change()
    if change is None or change.door in UNATTENDED:
        return
    if change.made_by is None or not change.made_by.is_active or not change.made_by.has_perm(permission):
        raise PermissionDenied(_("Your account may not do this: ask an administrator for the right."))
