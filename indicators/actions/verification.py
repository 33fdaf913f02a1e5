"""What institutions answer about the figures that the sources state of them."""

import secrets
from copy import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import StaleRecord, save_record
from accounts.actions.bulk import check_many
from accounts.models import User
from indicators import rules
from indicators.actions.figures import STATED
from indicators.actions.holding import hold_periods
from indicators.actions.marks import held, mark_anew, stated_by
from indicators.choices import ConfirmationAnswer, Measure, Qualifier, Settlement
from indicators.models import Actual, Confirmation, Evidence, VerificationRound
from indicators.querysets import WRITERS
from partners.models import Membership, Partner


@dataclass(frozen=True)
class Answer:
    """What an institution says of one figure.

    Attributes:
        value: what the figure should be; of a share the percentage, for ``corrected`` alone.
        women, men: where the sources do not tell one from the other.
        base: how many a percentage was measured on, where the sources do not say.
        text: what it counts, and whatever else the institution writes.
        link: where its evidence is found, for ``evidence`` alone.
        is_on_request: the evidence can be asked for.
        is_to_follow: a file of it is attached next.
    """

    answer: ConfirmationAnswer
    value: Decimal | None = None
    women: Decimal | None = None
    men: Decimal | None = None
    base: Decimal | None = None
    text: str = ""
    link: str = ""
    is_on_request: bool = False
    is_to_follow: bool = False


def answer_figure(
    *,
    round: VerificationRound,
    partner: Partner,
    actual: Actual,
    by: User,
    today: date,
    said: Answer,
    version: int,
    figure_version: int,
) -> Confirmation:
    """Keep what an institution says of a figure; a confirmation raises the mark of the figure, and its results follow.

    An answer may be changed until the round closes or the staff settle it.

    Args:
        today: the day that it is where the person works.
        version: of the answer that the person saw; 0 when there was none.
        figure_version: of the figure that the person saw.

    Raises:
        PermissionDenied: for anybody but contributors and leads of the institution, and for figures that they do not see.
        ValidationError: when the round is closed, when the answer is settled, or when it breaks a rule.
        StaleRecord: when somebody else answered, or the figure changed, meanwhile; nothing is written.
    """
    _only_writers(by, partner)
    if not round.is_open(today):
        raise ValidationError(_("The round is closed: answers can no longer be given or changed."))
    with transaction.atomic():
        hold_periods([actual.period_id])
        found = (
            Confirmation.objects.filter(round=round, partner=partner, actual=actual)
            .select_for_update(of=("self",))
            .first()
        )
        current = held(actual.pk)
        if not Actual.objects.of_institution(partner).for_user(by).with_split().filter(pk=actual.pk).exists():
            raise PermissionDenied(_("This figure is not about your institution."))
        _check_seen(current, figure_version)
        if found is not None and found.settlement != Settlement.PENDING:
            raise ValidationError(_("This answer is settled: write to the programme to change it."))
        if (found.version if found else 0) != version:
            raise StaleRecord(mine=found or current, current=found or current)
        record = found or Confirmation(code=secrets.token_hex(12), round=round, partner=partner, actual=current)
        _fill(record, current, said)
        record.answered_by, record.answered_at = by, timezone.now()
        save_record(record=record)
        _keep_evidence(record, said)
        mark_anew(current)
    return record


def lacks_base(actual: Actual) -> bool:
    """Whether a percentage is stated without the number that it was measured on, or a share without the total that it
    is one of; of an actual from ``with_split()``."""
    if actual.share is not None:
        # Of several categories at once, nobody can tell what the share is one of.
        return ";" not in actual.series.breakdown.key and not actual.has_whole  # type: ignore[attr-defined]
    is_percentage = actual.series.indicator.measure == Measure.PERCENTAGE
    return is_percentage and actual.value is not None and actual.denominator is None


def lacks_split(actual: Actual) -> bool:
    """Whether people are counted without telling women from men, in all or of some role, age or place; of an actual from
    ``with_split()``."""
    indicator = actual.series.indicator
    return (
        indicator.measure == Measure.COUNT
        and indicator.unit_of_analysis in rules.PEOPLE
        and actual.value is not None
        and not any(part.startswith("sex=") for part in actual.series.breakdown.key.split(";"))
        and not actual.has_split  # type: ignore[attr-defined]
    )


def may_answer(user: User, partner: Partner) -> bool:
    """Whether a person answers for an institution: its contributors and leads."""
    return Membership.objects.filter(user=user, user__is_active=True, partner=partner, role__in=WRITERS).exists()


def _only_writers(by: User, partner: Partner) -> None:
    if not may_answer(by, partner):
        raise PermissionDenied(_("Contributors and leads answer for an institution: your account reads only."))


def _check_seen(current: Actual, version: int) -> None:
    """Another mark is no other figure: only what it states counts."""
    if current.version == version:
        return
    seen = Actual.history.filter(id=current.pk, version=version).order_by("-history_id").first()
    if seen is None or stated_by(seen) != stated_by(current):
        raise StaleRecord(mine=current, current=current)


def _fill(record: Confirmation, actual: Actual, said: Answer) -> None:
    if said.answer not in ConfirmationAnswer.values:
        raise ValidationError(_("Choose an answer."))
    is_correction = said.answer == ConfirmationAnswer.CORRECTED
    if said.value is not None and not is_correction:
        raise ValidationError(_("You give another number: choose “it should be another one”."))
    if (said.women is not None or said.men is not None) and not lacks_split(actual):
        raise ValidationError(_("Women and men are stated already."))
    if said.base is not None and not lacks_base(actual):
        raise ValidationError(_("The base is stated already, or the figure needs none."))
    if said.answer == ConfirmationAnswer.EVIDENCE and not (said.link or said.is_on_request or said.is_to_follow):
        raise ValidationError(
            _("Give the link to the evidence, say that you attach a file, or that it is available on request.")
        )
    record.answer, record.value = said.answer, said.value
    record.women, record.men, record.base = said.women, said.men, said.base
    record.text = said.text.strip()
    if is_correction and said.value is not None:
        _check_as_figure(actual, said.value)
    _check_split(record, actual)


def _check_as_figure(actual: Actual, value: Decimal) -> None:
    """Refuse at once what could never be adopted."""
    trial = copy(actual)
    for name, stated in corrected(actual, value, base=None).items():
        setattr(trial, name, stated)
    for error in check_many([trial]).values():
        raise ValidationError(error.messages)


def _check_split(record: Confirmation, actual: Actual) -> None:
    whole = record.value if record.value is not None else actual.value
    is_exact = record.value is not None or actual.qualifier == Qualifier.EXACT
    counted = [part for part in (record.women, record.men) if part is not None]
    if actual.series.indicator.is_whole and any(part % 1 for part in counted):
        raise ValidationError(_("This indicator counts whole numbers."))
    if counted and whole is not None and is_exact and sum(counted) > whole:
        raise ValidationError(_("Women and men are more than the whole: correct one of the numbers."))


def _keep_evidence(record: Confirmation, said: Answer) -> None:
    """One line of evidence follows the answer; what else was sent with it stays."""
    code = f"answer-{record.code}"
    kept = Evidence.objects.filter(code=code).first()
    if said.answer != ConfirmationAnswer.EVIDENCE or not (said.link or said.is_on_request):
        if kept is not None:
            kept.delete()
        return
    kept = kept or Evidence(code=code, confirmation=record)
    kept.title = said.link[:250] or _("Available on request")
    kept.link, kept.is_on_request = said.link, said.is_on_request
    save_record(record=kept)


def corrected(actual: Actual, value: Decimal | None, *, base: Decimal | None) -> dict[str, Any]:
    """What a figure states with another value, or with a base that it lacked.

    Raises:
        ValidationError: when a base was given and the percentage is none of it.
    """
    stated = {name: getattr(actual, name) for name in STATED}
    if value is None:
        return stated
    if actual.share is not None:
        return stated | {"share": value, "qualifier": Qualifier.EXACT}
    measured_on = base if base is not None else actual.denominator
    numerator = None if measured_on is None else rules.closing_numerator(percentage=value, base=measured_on)
    if base is not None and numerator is None:
        raise ValidationError(
            _("No whole number of %(base)s comes to %(value)s %%: ask the institution again, or keep the figure.")
            % {"base": f"{base.normalize():f}", "value": f"{value.normalize():f}"}
        )
    is_same = value == actual.value
    return stated | {
        "value": value,
        "numerator": numerator,
        "denominator": None if numerator is None else measured_on,
        "qualifier": actual.qualifier if is_same else Qualifier.EXACT,
        "is_not_applicable": False,
    }
