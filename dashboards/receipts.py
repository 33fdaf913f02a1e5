"""What was recorded when figures were handed in: on a page, and in a plain mail."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from dashboards.reviews import part_of
from dashboards.summaries import in_words
from indicators.actions import to_ask_back
from indicators.choices import PeriodState, ReviewDecision, SubmissionState
from indicators.models import Category, Report, ReportingPeriod, Review, Series, Submission
from indicators.tables import Names
from indicators.telling import name_for
from projects.models import Project

#: Figures that one person handed in within this time were handed in together.
TOGETHER = timedelta(minutes=1)


@dataclass(frozen=True)
class Line:
    """One figure, written out."""

    indicator: str
    part: str
    value: str
    submission: Submission


@dataclass
class Batch:
    """What was handed in at once."""

    at: datetime
    by: str
    lines: list[Line] = field(default_factory=list)


@dataclass
class Receipt:
    """What was handed in of a report, the latest first.

    Attributes:
        missing: how many figures that its reader enters say nothing yet.
        is_open: whether they can still be added.
        can_ask_back: whether its reader may ask for it back now.
    """

    project: Project
    period: ReportingPeriod
    batches: list[Batch]
    missing: int
    is_open: bool
    can_ask_back: bool = False


def receipt_of(reader: User, project: Project, period: ReportingPeriod) -> Receipt:
    """What a person may know of that was handed in of a report and is with the programme, or approved. Six queries."""
    found = (
        Submission.objects.for_user(reader)
        .filter(series__project=project, period=period)
        .select_related(
            *(f"series__{part}" for part in ("country", "partner", "forum", "breakdown")),
            "series__indicator__expected_result",
        )
        .order_by("series__indicator__expected_result__order", "series__indicator__code", "series_id", "number")
    )
    latest = {each.series_id: each for each in found}
    handed_in = [
        each for each in latest.values() if each.state in (SubmissionState.SUBMITTED, SubmissionState.APPROVED)
    ]
    steps: dict[int, Review] = {}
    for step in (
        Review.objects.filter(submission__in=handed_in, decision=ReviewDecision.SUBMIT)
        .select_related("author")
        .order_by("made_at", "pk")
    ):
        steps[step.submission_id] = step
    expected = Series.objects.expected_in(period).filter(project=project)
    missing = (expected if reader.is_staff else expected.reported_by(reader)).exclude(pk__in=latest)
    return Receipt(
        project,
        period,
        _batches(handed_in, steps, reader),
        missing.exclude(actuals__period=period).count(),
        is_open=period.state == PeriodState.OPEN
        and not Report.objects.filter(project=project, period=period, state=SubmissionState.SUBMITTED).exists(),
        can_ask_back=can_ask_back(reader, project, period) if handed_in else False,
    )


def can_ask_back(reader: User, project: Project, period: ReportingPeriod) -> bool:
    """Whether a person may ask for what was handed in; at most five queries."""
    if reader.is_staff or period.state != PeriodState.OPEN:
        return False
    report = Report.objects.filter(project=project, period=period).first()
    try:
        to_ask_back(project=project, period=period, by=reader, report=report)
    except (PermissionDenied, ValidationError):
        return False
    return True


def _batches(handed_in: Sequence[Submission], steps: dict[int, Review], reader: User) -> list[Batch]:
    names = Names.of((), Category.objects.select_related("dimension"))
    batches: list[tuple[int, Batch]] = []
    # Only one place, of one institution: its people know it.
    is_alone = len({(one.country_id, one.partner_id, one.forum_id) for one in (each.series for each in handed_in)}) == 1
    named = _breakdown_of if is_alone else part_of
    stepped = [each for each in handed_in if each.pk in steps]
    for each in sorted(stepped, key=lambda one: steps[one.pk].made_at, reverse=True):
        step = steps[each.pk]
        if not batches or batches[-1][0] != step.author_id or batches[-1][1].at - step.made_at > TOGETHER:
            batches.append((step.author_id, Batch(step.made_at, name_for(reader, step.author))))
        indicator = each.series.indicator
        line = Line(str(indicator.name), named(each.series, names), in_words(each, indicator), each)
        batches[-1][1].lines.append(line)
    order = {each.pk: place for place, each in enumerate(handed_in)}
    for _author, batch in batches:
        batch.lines.sort(key=lambda line: order[line.submission.pk])
    return [batch for _author, batch in batches]


def _breakdown_of(series: Series, names: Names) -> str:
    return names.breakdown(series.breakdown.key) or _("total")


def zone_of(user: User) -> tzinfo:
    """The zone in which a person is told the time; the server's when theirs is not known."""
    try:
        return ZoneInfo(user.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return timezone.get_default_timezone()


def receipt_mail(receipt: Receipt, reader: User) -> EmailMessage:
    """The receipt as a plain mail in the language and by the clock of its reader; not sent yet."""
    project, period = receipt.project, receipt.period
    with override(reader.language), timezone.override(zone_of(reader)):
        subject = _("Received: your figures of %(project)s for %(period)s") % {
            "project": project.code,
            "period": period.name,
        }
        # A name in it may hold anything: a subject is one line.
        subject = " ".join(subject.split())
        if project.programme.is_demonstration:
            subject = _("Demonstration: %(subject)s") % {"subject": subject}
        body = render_to_string(
            "dashboards/receipt_mail.txt",
            {
                "receipt": receipt,
                "reader": reader,
                "project": project,
                "period": period,
                "is_demonstration": project.programme.is_demonstration,
                "address": f"{settings.SITE_URL.rstrip('/')}"
                f"{reverse('report_questions', args=[project.slug, period.slug])}",
            },
        )
    return EmailMessage(subject=subject, body=body, to=[reader.email])
