"""Mails to those who report: what is due soon and what is overdue, once for each deadline."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from indicators.actions.access import REVIEW
from indicators.actions.notifications import tell_due
from indicators.choices import PeriodKind, PeriodState, ReminderKind, SubmissionState
from indicators.models import Actual, Reminder, Report, ReportingPeriod, Series, Submission
from partners.choices import MembershipRole
from partners.models import Membership
from projects.choices import PartnershipRole
from projects.models import Partnership, Project

#: From this many days before its deadline a period is due soon.
SOON = timedelta(days=14)
#: A mail has this many workbooks at most, and this many bytes of them; the others are downloaded from their pages.
MOST_WORKBOOKS, LARGEST_MAIL = 5, 500_000
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: A mail names this many figures of a project, and counts the others.
MOST_FIGURES = 20
#: Days begin up to this long before and after those of Greenwich.
ZONES = timedelta(days=1)


@dataclass
class Missing:
    """What a project still has to report for a period; the programme's own figures when the project is None.

    Attributes:
        is_under_review: whether the report was handed in without these figures: until it is sent back, partners add none.
        is_open: whether the person may open its pages: an institution of theirs takes part in the project.
        address: where they answer, in the language in force; set when the mail is written.
    """

    project: Project | None
    series: list[Series] = field(default_factory=list)
    is_under_review: bool = False
    is_open: bool = False
    address: str = ""

    @property
    def figures(self) -> list[str]:
        """Names of the first figures, in the language in force, each once."""
        return list(dict.fromkeys(self._name(each) for each in self.series))[:MOST_FIGURES]

    @property
    def more(self) -> int:
        return len(dict.fromkeys(self._name(each) for each in self.series)) - len(self.figures)

    def _name(self, series: Series) -> str:
        # Of one institution alone its people need not be told whose they are.
        is_alone = len({each.reporter_id for each in self.series}) == 1
        partner = "" if series.reporter is None or is_alone else f" ({series.reporter.short_name})"
        return f"{series.indicator.name}{partner}"


@dataclass
class Deadline:
    """A period as a mail tells of it."""

    period: ReportingPeriod
    kind: ReminderKind
    missing: list[Missing]

    @property
    def due_on(self) -> date:
        assert self.period.due_on is not None
        return self.period.due_on

    @property
    def number(self) -> int:
        """How many figures are missing."""
        return sum(len(each.series) for each in self.missing)

    @property
    def is_overdue(self) -> bool:
        return self.kind == ReminderKind.OVERDUE


@dataclass
class Letter:
    """One mail: whom it is for, and the deadlines that it tells of."""

    user: User
    deadlines: list[Deadline]

    @property
    def is_demonstration(self) -> bool:
        return any(deadline.period.programme.is_demonstration for deadline in self.deadlines)


#: The workbook of a report with what one person enters of it, in the language in force: its name and content.
Workbook = Callable[[User, Project, ReportingPeriod], tuple[str, bytes]]


@dataclass
class Outcome:
    """What a run did: mails sent (or, in a dry run, to be sent), and for each failed one the address and why."""

    sent: list[Letter] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)


def send_reminders(
    *,
    now: datetime | None = None,
    today: date | None = None,
    dry_run: bool = False,
    with_demonstration: bool = False,
    workbook: Workbook | None = None,
) -> Outcome:
    """Mail everybody what they still have to report, once when it is due soon and once when it is overdue.

    Told are the contributors and leads of the institution that reports a figure, the leads of the institution that
    leads its project, and, as an overview, the staff who review. A day is due by the recipient's own date. A mail is
    noted before it is sent, so that two runs at the same moment never send it twice; one that cannot be sent is told,
    and tried again by the next run.

    Args:
        now: the moment; this one when left out.
        today: the day, for everybody, instead of each one's own.
        dry_run: tell what would be sent, and send and note nothing.
        with_demonstration: remind demonstration accounts, too, and those alone of demonstration programmes.
        workbook: writes what is attached for each report, to be filled in and sent back; nothing when left out.
    """
    outcome = Outcome()
    for letter in _letters(now or timezone.now(), today, with_demonstration=with_demonstration):
        if dry_run:
            outcome.sent.append(letter)
            continue
        noted = _note(letter)
        if not noted:
            continue
        letter.deadlines = [deadline for deadline, _ in noted]
        try:
            _send(letter, workbook)
        except Exception as error:  # noqa: BLE001 — whatever a mail server answers, the others are written to
            Reminder.objects.filter(pk__in=[reminder.pk for _, reminder in noted]).delete()
            outcome.failed.append((letter.user.email, f"{type(error).__name__}: {error}"))
        else:
            outcome.sent.append(letter)
            due = [(each.period, each.number) for each in letter.deadlines if not each.is_overdue]
            tell_due(letter.user, due, now=now or timezone.now())
    return outcome


def day_of(user: User, now: datetime) -> date:
    """The day that it is where the person works; of the server's zone when theirs is not known."""
    try:
        zone = ZoneInfo(user.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return timezone.localdate(now)
    return now.astimezone(zone).date()


# --- Who is told what ------------------------------------------------------------------------------------------------


def _letters(now: datetime, today: date | None, *, with_demonstration: bool) -> Iterator[Letter]:
    """All letters of the moment but those that were sent before; in twelve queries."""
    latest = today or now.date() + ZONES
    periods = list(
        ReportingPeriod.objects.filter(state=PeriodState.OPEN, due_on__lte=latest + SOON)
        .exclude(kind=PeriodKind.WHOLE)
        .select_related("programme")
        .order_by("due_on", "programme__code", "starts_on")
    )
    if not with_demonstration:
        periods = [period for period in periods if not period.programme.is_demonstration]
    reports = Report.objects.filter(period__in=periods, state=SubmissionState.SUBMITTED)
    under_review = set(reports.values_list("project", "period"))
    missing = {period.pk: _missing(series) for period, series in _awaited(periods)}
    for pk, of_period in missing.items():
        for found in of_period:
            found.is_under_review = found.project is not None and (found.project.pk, pk) in under_review
    told = set(Reminder.objects.filter(period__in=periods).values_list("user", "period", "kind", "due_on"))
    for user, sees in _recipients(with_demonstration=with_demonstration):
        day = today or day_of(user, now)
        deadlines = []
        for period in periods:
            if period.programme.is_demonstration and not user.is_demonstration:
                continue
            assert period.due_on is not None
            kind = ReminderKind.OVERDUE if period.due_on < day else ReminderKind.DUE
            if period.due_on > day + SOON or (user.pk, period.pk, kind, period.due_on) in told:
                continue
            of_user = [each for each in (sees.of(found) for found in missing[period.pk]) if each.series]
            if of_user:
                deadlines.append(Deadline(period, kind, of_user))
        if deadlines:
            yield Letter(user, deadlines)


def _awaited(periods: Sequence[ReportingPeriod]) -> Iterator[tuple[ReportingPeriod, list[Series]]]:
    """The series of each period for which nothing was handed in or approved yet."""
    expected = defaultdict(list)
    for series in (
        Series.objects.filter(is_expected=True, indicator__programme__in={period.programme_id for period in periods})
        .select_related("indicator", "project", "reporter")
        .order_by("project__code", "indicator__code", "pk")
    ):
        expected[series.indicator.programme_id].append(series)
    handed_in = Q(state__in=(SubmissionState.SUBMITTED, SubmissionState.APPROVED))
    done = set(Submission.objects.filter(handed_in, period__in=periods).values_list("series", "period"))
    done |= set(Actual.objects.filter(period__in=periods).values_list("series", "period"))
    for period in periods:
        yield (
            period,
            [
                series
                for series in expected[period.programme_id]
                if (series.pk, period.pk) not in done
                and (series.indicator.active_from is None or series.indicator.active_from <= period.ends_on)
                and (series.indicator.active_to is None or series.indicator.active_to >= period.starts_on)
            ],
        )


def _missing(series: Sequence[Series]) -> list[Missing]:
    found: dict[int | None, Missing] = {}
    for each in series:
        found.setdefault(each.project_id, Missing(each.project)).series.append(each)
    return list(found.values())


@dataclass
class _Sees:
    """Which figures a person reports, or reviews; ``takes_part`` in these projects."""

    partners: set[int] = field(default_factory=set)
    projects: set[int] = field(default_factory=set)
    takes_part: set[int] = field(default_factory=set)
    everything: bool = False

    def of(self, missing: Missing) -> Missing:
        if self.everything:
            return missing
        if missing.is_under_review:
            return Missing(missing.project)
        return Missing(
            missing.project,
            [
                each
                for each in missing.series
                if each.reporter_id is not None
                and (each.reporter_id in self.partners or each.project_id in self.projects)
            ],
            is_open=missing.project is not None and missing.project.pk in self.takes_part,
        )


def _recipients(*, with_demonstration: bool) -> Iterator[tuple[User, _Sees]]:
    """Active people with what they see: reviewers everything; writers what their institution reports or leads."""
    people = User.objects.filter(is_active=True)
    if not with_demonstration:
        people = people.filter(is_demonstration=False)
    led, part = defaultdict(set), defaultdict(set)
    for partner, project, role in Partnership.objects.filter(is_adopted=True).values_list("partner", "project", "role"):
        part[partner].add(project)
        if role == PartnershipRole.LEAD:
            led[partner].add(project)
    sees: dict[int, _Sees] = defaultdict(_Sees)
    for member in Membership.objects.exclude(role=MembershipRole.VIEWER):
        sees[member.user_id].partners.add(member.partner_id)
        sees[member.user_id].takes_part |= part[member.partner_id]
        if member.role == MembershipRole.LEAD:
            sees[member.user_id].projects |= led[member.partner_id]
    app, _, codename = REVIEW.partition(".")
    right = Permission.objects.filter(content_type__app_label=app, codename=codename)
    holders = Q(groups__permissions__in=right) | Q(user_permissions__in=right)
    for reviewer in User.objects.filter(holders, is_staff=True):
        sees[reviewer.pk].everything = True
    for user in people.filter(pk__in=sees).order_by("email"):
        yield user, sees[user.pk]


# --- Noting and sending ----------------------------------------------------------------------------------------------


def _note(letter: Letter) -> list[tuple[Deadline, Reminder]]:
    """Note what is about to be told, each in a transaction of its own: of two runs, the constraint lets one through."""
    noted = []
    for deadline in letter.deadlines:
        reminder = Reminder(
            user=letter.user, period=deadline.period, kind=deadline.kind, due_on=deadline.due_on, sent_at=timezone.now()
        )
        try:
            with transaction.atomic():
                reminder.save()
        except IntegrityError:
            continue
        noted.append((deadline, reminder))
    return noted


def _send(letter: Letter, workbook: Workbook | None) -> None:
    with translation.override(letter.user.language):
        if any(deadline.is_overdue for deadline in letter.deadlines):
            subject = _("EPE-AP results: figures are overdue")
        else:
            subject = _("EPE-AP results: figures are due soon")
        if letter.is_demonstration:
            subject = _("Demonstration: %(subject)s") % {"subject": subject}
        message = EmailMessage(subject=subject, body=body_of(letter), to=[letter.user.email])
        for name, content in _attached(letter, workbook):
            message.attach(name, content, SPREADSHEET)
        message.send()


def _attached(letter: Letter, workbook: Workbook | None) -> Iterator[tuple[str, bytes]]:
    """A workbook for each report that the person answers, the first due first; the staff have the grid."""
    if workbook is None or letter.user.is_staff:
        return
    reports = [
        (found.project, deadline.period)
        for deadline in letter.deadlines
        for found in deadline.missing
        if found.project is not None and found.is_open
    ]
    size = 0
    for project, period in reports[:MOST_WORKBOOKS]:
        name, content = workbook(letter.user, project, period)
        size += len(content)
        if size > LARGEST_MAIL:
            return
        yield name, content


def body_of(letter: Letter) -> str:
    """The text of the mail, in the language in force."""
    site = settings.SITE_URL.rstrip("/")
    for deadline in letter.deadlines:
        for found in deadline.missing:
            if found.project is not None and found.is_open:
                named = [found.project.slug, deadline.period.slug]
                found.address = f"{site}{reverse('report_questions', args=named)}"
    return render_to_string(
        "indicators/reminder.txt",
        {
            "user": letter.user,
            "deadlines": letter.deadlines,
            "is_demonstration": letter.is_demonstration,
            "address": f"{site}{reverse('workspace')}",
        },
    )
