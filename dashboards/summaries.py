"""What a partner is shown of the figures that staff entered on its behalf: on a page, and in a plain mail."""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.choices import Language
from dashboards.reviews import part_of
from epe_ap.templatetags.figures import amount, percent
from indicators.choices import SubmissionState
from indicators.histories import said_by
from indicators.models import Category, Indicator, Intake, ReportingPeriod, Submission
from indicators.tables import Names
from partners.models import Partner

#: What the code of an entry on behalf looks like; anything else is none.
CODE = re.compile(r"[A-Za-z0-9_-]{20,64}")


@dataclass(frozen=True)
class Told:
    """One figure in plain words."""

    indicator: str
    part: str
    value: str
    note: str = ""


def entered(intake: Intake) -> list[Submission]:
    """The figures that were entered from it, as they now stand: of each series the last."""
    found = (
        Submission.objects.filter(intake=intake)
        .select_related(*(f"series__{part}" for part in ("indicator", "country", "partner", "forum", "breakdown")))
        .order_by("series__indicator__code", "series__breakdown__key", "series_id", "number")
    )
    return list({each.series_id: each for each in found}.values())


def of_report(number: str, *, project: str, period: ReportingPeriod) -> Intake | None:
    """What came in from a partner for this report, by the number that addresses for staff hold; None for any other.

    Its code stands in the partner's mail alone: whoever has it may answer in the partner's place.
    """
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return None
    found = Intake.objects.select_related("partner").filter(pk=int(number))
    return found.filter(report__project__slug=project, report__period=period).first()


def told(submissions: list[Submission]) -> list[Told]:
    """The figures in the language in force."""
    names = Names.of((), Category.objects.select_related("dimension"))
    lines = []
    for each in submissions:
        indicator = each.series.indicator
        lines.append(Told(indicator.name, part_of(each.series, names), in_words(each, indicator), each.note))
    return lines


def in_words(figure: Any, indicator: Indicator) -> str:
    """A proposed figure, or a version of one, in words: a plain mail has no other marks."""
    if figure.is_not_yet:
        return _("not available yet")
    if figure.is_not_applicable:
        return _("not applicable")
    said = said_by(figure, indicator)
    if said.text and said.actual is None:
        return said.text
    if said.actual is None:
        return f"{percent(said.share, 4)} {_('of the total')}" if said.share is not None else ""
    words = " ".join(part for part in (amount(said), said.unit) if part)
    if said.numerator is not None and said.denominator is not None:
        words += f" ({amount(_Plain(said.numerator))}/{amount(_Plain(said.denominator))})"
    return words


@dataclass(frozen=True)
class _Plain:
    actual: object


def digest(submissions: list[Submission]) -> str:
    """Tells whether the figures are still those that somebody saw."""
    states = " ".join(f"{each.pk}:{each.version}" for each in submissions if each.state != SubmissionState.APPROVED)
    approved = " ".join(f"{each.pk}" for each in submissions if each.state == SubmissionState.APPROVED)
    return hashlib.sha256(f"{states}|{approved}".encode()).hexdigest()


def language_of(partner: Partner) -> str:
    """The language that a partner is written to in: that of most of its people, else that of its name."""
    people = [each.user for each in partner.memberships.all()]
    spoken = Counter(person.language for person in people if person.is_active)
    return spoken.most_common(1)[0][0] if spoken else (partner.language or Language.SPANISH)


def summary_mail(intake: Intake, *, language: str) -> EmailMessage:
    """The plain mail with what was entered and the one link to answer by; not sent yet."""
    with override(language):
        context = {
            "intake": intake,
            "project": intake.report.project,
            "period": intake.report.period,
            "partner": intake.partner,
            "is_demonstration": intake.report.project.programme.is_demonstration,
            "lines": told(entered(intake)),
            "address": f"{settings.SITE_URL.rstrip('/')}{reverse('confirm', args=[intake.code])}",
        }
        subject = _("Please confirm: figures of %(project)s for %(period)s") % {
            "project": intake.report.project.code,
            "period": intake.report.period.name,
        }
        # A name in it may hold anything: a subject is one line.
        subject = " ".join(subject.split())
        if intake.report.project.programme.is_demonstration:
            subject = _("Demonstration: %(subject)s") % {"subject": subject}
        body = render_to_string("dashboards/summary_mail.txt", context)
    return EmailMessage(subject=subject, body=body, to=[intake.email])
