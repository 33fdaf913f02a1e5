"""Telling people what happened to the reports that they have to do with: in the workspace, and by one mail a day.

The figures' own actions call these functions in the transaction of the step, so that nothing is told of what was taken
back. Whoever did it is never told, nor anybody who may not see the figures; the number of queries does not grow with them.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from indicators.actions.access import REVIEW
from indicators.choices import NotificationKind
from indicators.models import Actual, Notification, ReportingPeriod, Submission
from indicators.querysets import WRITERS
from partners.choices import MembershipRole
from partners.models import Membership, Partner
from projects.choices import PartnershipRole
from projects.models import Partnership

#: So long after a digest nobody gets another: a little less than a day, as runs of two days never start at one second.
DAY = timedelta(hours=20)

#: A person, and the period and project that they are told of.
Key = tuple[int, int, int | None]


# --- What happened ---------------------------------------------------------------------------------------------------


def tell_handed_in(submissions: Sequence[Submission], *, by: User) -> None:
    """Tell reviewers, and whoever leads the project, that figures were handed in."""
    _tell(NotificationKind.SUBMITTED, submissions, _receivers(submissions), by)


def tell_withdrawn(submissions: Sequence[Submission], *, by: User) -> None:
    """Tell those who were told that figures were handed in, and those who report them, that they are drafts again."""
    receivers, reporters = _receivers(submissions), _reporters(submissions)
    _tell(NotificationKind.WITHDRAWN, submissions, lambda each: {*receivers(each), *reporters(each)}, by)


def _receivers(submissions: Sequence[Submission]) -> Callable[[Submission], Iterable[int]]:
    """To whom a figure is handed in: reviewers, and whoever leads the project."""
    reviewers = _reviewers()
    leads = _leads(submissions)

    def told(each: Submission) -> Iterator[int]:
        is_demonstration = each.series.indicator.programme.is_demonstration
        yield from (pk for pk, is_pretended in reviewers.items() if is_pretended or not is_demonstration)
        # A figure that staff report is no affair of the institutions before it is published.
        if each.series.reporter_id is not None:
            yield from leads[each.series.project_id]

    return told


def tell_returned(submissions: Sequence[Submission], *, by: User) -> None:
    """Tell those who report these figures that they were sent back."""
    _tell(NotificationKind.RETURNED, submissions, _reporters(submissions), by)


def tell_approved(submissions: Sequence[Submission], *, by: User) -> None:
    """Tell those who report these figures that they were approved."""
    _tell(NotificationKind.APPROVED, submissions, _reporters(submissions), by)


def tell_published(period: ReportingPeriod, *, by: User | None) -> None:
    """Tell everybody of the institutions whose projects have figures in a period that it is public."""
    projects = Actual.objects.filter(period=period, series__project__isnull=False).values_list(
        "series__project", flat=True
    )
    numbers = Counter(projects)
    members = Membership.objects.filter(
        user__is_active=True,
        partner__partnerships__is_adopted=True,
        partner__partnerships__project__in=numbers.keys(),
    ).values_list("user", "partner__partnerships__project")
    found: Counter[Key] = Counter()
    for user, project in set(members):
        if by is None or user != by.pk:
            found[user, period.pk, None] += numbers[project]
    _keep(NotificationKind.PUBLISHED, found)


def tell_due(user: User, numbers: Iterable[tuple[ReportingPeriod, int]], *, now: datetime) -> None:
    """Keep in the workspace what a reminder told somebody by mail: figures of a period that are due soon."""
    Notification.objects.bulk_create(
        Notification(user=user, kind=NotificationKind.DUE, period=period, number=number, made_at=now, mailed_at=now)
        for period, number in numbers
    )


def _reviewers() -> dict[int, bool]:
    """Primary keys of those who review, each with whether it is a demonstration account."""
    app, _dot, codename = REVIEW.partition(".")
    right = Permission.objects.filter(content_type__app_label=app, codename=codename)
    holders = Q(groups__permissions__in=right) | Q(user_permissions__in=right)
    return dict(
        User.objects.filter(holders, is_staff=True, is_active=True).values_list("pk", "is_demonstration").distinct()
    )


def _leads(submissions: Sequence[Submission]) -> dict[int | None, set[int]]:
    """By project: the leads of the institution that leads it."""
    found: dict[int | None, set[int]] = defaultdict(set)
    for project, user in Partnership.objects.filter(
        project__in={each.series.project_id for each in submissions if each.series.project_id is not None},
        role=PartnershipRole.LEAD,
        is_adopted=True,
        partner__memberships__role=MembershipRole.LEAD,
        partner__memberships__user__is_active=True,
    ).values_list("project", "partner__memberships__user"):
        found[project].add(user)
    return found


def _reporters(submissions: Sequence[Submission]) -> Callable[[Submission], Iterable[int]]:
    """Who enters a figure: writers of the institution that reports it, leads of its project, and staff who did."""
    leads = _leads(submissions)
    writers: dict[int | None, set[int]] = defaultdict(set)
    for partner, user in Membership.objects.filter(
        partner__in={each.series.reporter_id for each in submissions if each.series.reporter_id is not None},
        role__in=WRITERS,
        user__is_active=True,
    ).values_list("partner", "user"):
        writers[partner].add(user)

    def told(each: Submission) -> set[int]:
        found: set[int] = set()
        if each.series.reporter_id is not None:
            found |= writers[each.series.reporter_id] | leads[each.series.project_id]
        if each.author is not None and each.author.is_staff and each.author.is_active:
            found.add(each.author.pk)
        return found

    return told


def _tell(
    kind: NotificationKind, submissions: Sequence[Submission], told: Callable[[Submission], Iterable[int]], by: User
) -> None:
    found: Counter[Key] = Counter()
    for each in submissions:
        for user in set(told(each)) - {by.pk}:
            found[user, each.period_id, each.series.project_id] += 1
    _keep(kind, found)


def _keep(kind: NotificationKind, numbers: Counter[Key]) -> None:
    now = timezone.now()
    Notification.objects.bulk_create(
        Notification(user_id=user, kind=kind, period_id=period, project_id=project, number=number, made_at=now)
        for (user, period, project), number in numbers.items()
    )


# --- Reading it ------------------------------------------------------------------------------------------------------


def mark_read(*, user: User) -> None:
    """Everything that a person was told so far is read."""
    Notification.objects.filter(user=user).unread().update(read_at=timezone.now())


def forget(*, user: User, partner: Partner) -> None:
    """Whoever leaves an institution keeps nothing that was told of its projects."""
    Notification.objects.filter(user=user, project__partnerships__partner=partner).delete()


# --- Mailing it ------------------------------------------------------------------------------------------------------


@dataclass
class Digests:
    """What a run did: addresses that were written to, and for each that could not be the reason."""

    sent: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)


def send_digests(*, with_demonstration: bool = False) -> Digests:
    """Mail everybody what they were told and have neither read nor been mailed; nobody twice in a day, whenever it runs.

    What a mail tells is noted before it is sent, so that two runs at the same moment never send it twice; one that
    cannot be sent is told, and tried again by the next run.

    Args:
        with_demonstration: write to demonstration accounts, too.
    """
    outcome = Digests()
    waiting = Notification.objects.unread().filter(mailed_at__isnull=True)
    lately = Notification.objects.filter(mailed_at__gt=timezone.now() - DAY).exclude(kind=NotificationKind.DUE)
    people = User.objects.filter(is_active=True, pk__in=waiting.values("user")).exclude(pk__in=lately.values("user"))
    if not with_demonstration:
        people = people.filter(is_demonstration=False)
    for user in people.order_by("email"):
        noted = _note(user)
        if not noted:
            continue
        try:
            _send(user, noted)
        except Exception as error:  # noqa: BLE001 — whatever a mail server answers, the others are written to
            Notification.objects.filter(pk__in=[each.pk for each in noted]).update(mailed_at=None)
            outcome.failed.append((user.email, f"{type(error).__name__}: {error}"))
        else:
            outcome.sent.append(user.email)
    return outcome


def _note(user: User) -> list[Notification]:
    """What is to be told to somebody, noted as mailed: of two runs, one finds it."""
    with transaction.atomic():
        found = list(
            Notification.objects.for_user(user)
            .unread()
            .filter(mailed_at__isnull=True)
            .select_for_update(of=("self",))
            .select_related("period__programme", "project")
            .order_by("made_at", "pk")
        )
        Notification.objects.filter(pk__in=[each.pk for each in found]).update(mailed_at=timezone.now())
    return found


def _send(user: User, told: Sequence[Notification]) -> None:
    with translation.override(user.language):
        subject = _("EPE-AP results: what happened to your figures")
        if any(each.period.programme.is_demonstration for each in told):
            subject = _("Demonstration: %(subject)s") % {"subject": subject}
        body = render_to_string(
            "indicators/digest.txt",
            {
                "user": user,
                "notifications": told,
                "address": f"{settings.SITE_URL.rstrip('/')}{reverse('notifications')}",
            },
        )
        send_mail(subject, body, None, [user.email])
