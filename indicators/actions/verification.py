"""What institutions answer about the figures that the sources state of them, and what the staff make of each answer."""

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
from indicators.actions.access import only_reviewers
from indicators.actions.figures import STATED, set_actual
from indicators.actions.holding import hold_given, hold_periods
from indicators.actions.marks import held, mark_anew, raise_to_evidence, stated_by
from indicators.actions.series import open_series
from indicators.choices import ConfirmationAnswer, Measure, PeriodState, Qualifier, Route, Settlement, Verification
from indicators.models import Actual, Category, Confirmation, Evidence, VerificationRound
from indicators.querysets import WRITERS
from partners.models import Membership, Partner

SEX = ("women", "men")


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


def settle(*, confirmation: Confirmation, by: User, settlement: Settlement, text: str, version: int) -> Confirmation:
    """Adopt what an institution answered, or keep the figure as it is and say why.

    What is adopted is written through the door of corrections: another value keeps the one first published beside it,
    a split goes into the series of women and men, a base gives numerator and denominator, and evidence raises the mark.

    Args:
        text: what the institution reads; for what is adopted it is the reason of the open change, which the public reads
            beside the figure.

    Raises:
        PermissionDenied: for anybody but reviewers, and for those who may not correct a closed period.
        ValidationError: without a text, when there is nothing to adopt, or when the figure would break a rule.
        StaleRecord: when the answer was changed or settled meanwhile; nothing is written.
    """
    only_reviewers(by)
    if settlement not in (Settlement.ADOPTED, Settlement.KEPT):
        raise ValidationError(_("Choose whether the answer is adopted."))
    if not text.strip():
        raise ValidationError(_("Say why: the institution reads it."))
    with transaction.atomic():
        hold_periods([confirmation.actual.period_id])
        current = (
            Confirmation.objects.select_related("round", "partner")
            .select_for_update(of=("self",))
            .get(pk=confirmation.pk)
        )
        if current.version != version or current.settlement != Settlement.PENDING:
            raise StaleRecord(mine=confirmation, current=current)
        actual = held(current.actual_id)
        if settlement == Settlement.ADOPTED:
            _adopt(current, actual, by)
        current.settlement, current.settlement_text = settlement, text.strip()
        current.settled_by, current.settled_at = by, timezone.now()
        save_record(record=current)
        mark_anew(held(current.actual_id))
    return current


def lacks_base(actual: Actual) -> bool:
    """Whether a percentage is stated without the number that it was measured on."""
    is_percentage = actual.series.indicator.measure == Measure.PERCENTAGE
    return is_percentage and actual.value is not None and actual.denominator is None


def lacks_split(actual: Actual) -> bool:
    """Whether people are counted without telling women from men; of an actual from ``with_split()``."""
    indicator = actual.series.indicator
    return (
        indicator.measure == Measure.COUNT
        and indicator.unit_of_analysis in rules.PEOPLE
        and actual.series.is_total
        and actual.value is not None
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
    for name, stated in _corrected(actual, value, base=None).items():
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


# --- What is adopted -------------------------------------------------------------------------------------------------


def _adopt(answer: Confirmation, actual: Actual, by: User) -> None:
    hold_given([actual.period])
    is_correction = answer.answer == ConfirmationAnswer.CORRECTED
    if is_correction and answer.value is None:
        raise ValidationError(
            _("The answer states no number: correct the figure in the administration, and tell the institution here.")
        )
    has_split = answer.women is not None or answer.men is not None
    if answer.answer == ConfirmationAnswer.UNKNOWN and not has_split and answer.base is None:
        raise ValidationError(_("There is nothing to adopt in this answer."))
    if is_correction or answer.base is not None:
        _correct(answer, actual, by)
    if has_split:
        _split(answer, actual, by)
    if answer.answer == ConfirmationAnswer.EVIDENCE:
        if not answer.evidence.exists():
            raise ValidationError(_("The institution has attached no evidence yet: ask for it, or keep the figure."))
        raise_to_evidence(answer.actual_id)


def _correct(answer: Confirmation, actual: Actual, by: User) -> None:
    if actual.route == Route.PUBLISHED_SOURCE and actual.period.state != PeriodState.PUBLISHED:
        raise ValidationError(
            _("The public would lose this figure: publish its period first, since no source states the corrected one.")
        )
    value = answer.value if answer.value is not None else actual.value
    is_correction = answer.answer == ConfirmationAnswer.CORRECTED
    set_actual(
        series=actual.series,
        period=actual.period,
        route=Route.WORKSPACE,
        by=by,
        version=actual.version,
        verification=Verification.CONFIRMED if is_correction else actual.verification,
        **_corrected(actual, value, base=answer.base),
    )


def _corrected(actual: Actual, value: Decimal | None, *, base: Decimal | None) -> dict[str, Any]:
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


def _split(answer: Confirmation, actual: Actual, by: User) -> None:
    """Women and men into series of their own, in the scope of the total."""
    of = actual.series
    categories = {each.code: each for each in Category.objects.filter(dimension__code="sex", code__in=SEX)}
    for name in SEX:
        value = getattr(answer, name)
        if value is None:
            continue
        if name not in categories:
            raise ValidationError(_("The breakdown by sex is not set up: add its categories in the administration."))
        series = open_series(
            indicator=of.indicator,
            project=of.project,
            country=of.country,
            partner=of.partner,
            forum=of.forum,
            categories=[categories[name]],
            reporter=of.reporter,
            is_expected=of.is_expected,
        )
        if Actual.objects.filter(series=series, period=actual.period).exists():
            raise ValidationError(_("Women and men are stated already."))
        set_actual(
            series=series,
            period=actual.period,
            route=Route.WORKSPACE,
            by=by,
            value=value,
            verification=Verification.CONFIRMED,
        )
