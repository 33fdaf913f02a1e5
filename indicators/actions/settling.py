"""What the staff make of an answer of an institution: it is adopted, or the figure stays as it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import StaleRecord, save_record
from accounts.models import User
from indicators.actions.access import only_reviewers
from indicators.actions.figures import set_actual
from indicators.actions.holding import hold_given, hold_periods
from indicators.actions.marks import held, mark_anew, raise_to_evidence
from indicators.actions.series import open_series
from indicators.actions.verification import corrected
from indicators.choices import ConfirmationAnswer, PeriodState, Route, Settlement, Verification
from indicators.models import Actual, Category, Confirmation, Series

SEX = ("women", "men")


@dataclass(frozen=True)
class Reading:
    """What the staff read in a correction that the institution wrote in words alone.

    Attributes:
        value: the number that its words come to; of a share the percentage.
        texts: of a figure in words, ``text_fr``, ``text_es`` and ``text_en``.
    """

    value: Decimal | None = None
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return self.value is None and not any(text.strip() for text in self.texts.values())


def is_in_words(answer: Confirmation) -> bool:
    """Whether an answer corrects a figure and states no number."""
    return answer.answer == ConfirmationAnswer.CORRECTED and answer.value is None


def settle(
    *,
    confirmation: Confirmation,
    by: User,
    settlement: Settlement,
    text: str,
    version: int,
    reading: Reading | None = None,
) -> Confirmation:
    """Adopt what an institution answered, or keep the figure as it is and say why.

    What is adopted is written through the door of corrections: another value keeps the one first published beside it,
    a split goes into the series of women and men, a base gives numerator and denominator, and evidence raises the mark.

    Args:
        reading: of a correction in words alone, what it comes to. The institution did not state that itself: it counts
            as not confirmed yet.
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
            _adopt(current, actual, by, reading or Reading())
        current.settlement, current.settlement_text = settlement, text.strip()
        current.settled_by, current.settled_at = by, timezone.now()
        save_record(record=current)
        mark_anew(held(current.actual_id))
    return current


def _adopt(answer: Confirmation, actual: Actual, by: User, reading: Reading) -> None:
    hold_given([actual.period])
    is_correction = answer.answer == ConfirmationAnswer.CORRECTED
    if is_in_words(answer):
        _check_reading(reading, actual)
    elif not reading.is_empty:
        raise ValidationError(_("The institution states the number itself: adopt that one, or keep the figure."))
    has_split = answer.women is not None or answer.men is not None
    if answer.answer == ConfirmationAnswer.UNKNOWN and not has_split and answer.base is None:
        raise ValidationError(_("There is nothing to adopt in this answer."))
    is_of_share = answer.base is not None and actual.share is not None
    if is_correction or (answer.base is not None and not is_of_share):
        _correct(answer, actual, by, reading)
    if is_of_share:
        _state_beside(actual, [], answer.base, by, stated_already=_("The total is stated already."))
    if has_split:
        _split(answer, actual, by)
    if answer.answer == ConfirmationAnswer.EVIDENCE:
        if not answer.evidence.exists():
            raise ValidationError(_("The institution has attached no evidence yet: ask for it, or keep the figure."))
        raise_to_evidence(answer.actual_id)


def _check_reading(reading: Reading, actual: Actual) -> None:
    if reading.is_empty:
        raise ValidationError(_("The answer states no number: write what the figure becomes, or keep it as it is."))
    stated = actual.share if actual.share is not None else actual.ratio
    texts = {name: getattr(actual, name) for name in reading.texts}
    if reading.value == stated and dict(reading.texts) == texts:
        raise ValidationError(_("The figure states this already: keep it, and say so."))


def _correct(answer: Confirmation, actual: Actual, by: User, reading: Reading) -> None:
    if actual.route == Route.PUBLISHED_SOURCE and actual.period.state != PeriodState.PUBLISHED:
        raise ValidationError(
            _("The public would lose this figure: publish its period first, since no source states the corrected one.")
        )
    stated = next((each for each in (answer.value, reading.value) if each is not None), actual.value)
    mark = actual.verification
    if answer.answer == ConfirmationAnswer.CORRECTED:
        mark = Verification.UNCONFIRMED if is_in_words(answer) else Verification.CONFIRMED
    set_actual(
        series=actual.series,
        period=actual.period,
        route=Route.WORKSPACE,
        by=by,
        version=actual.version,
        verification=mark,
        **corrected(actual, stated, base=answer.base) | dict(reading.texts),
    )


def _split(answer: Confirmation, actual: Actual, by: User) -> None:
    """Women and men into series of their own, in the scope and breakdown of what they are part of."""
    categories = {each.code: each for each in Category.objects.filter(dimension__code="sex", code__in=SEX)}
    of = list(actual.series.breakdown.categories.all())
    for name in SEX:
        value = getattr(answer, name)
        if value is None:
            continue
        if name not in categories:
            raise ValidationError(_("The breakdown by sex is not set up: add its categories in the administration."))
        _state_beside(actual, [*of, categories[name]], value, by, stated_already=_("Women and men are stated already."))


def _state_beside(
    actual: Actual, categories: Iterable[Category], value: Decimal | None, by: User, *, stated_already: str
) -> None:
    """A first figure of the same indicator, scope and period, for these categories."""
    of: Series = actual.series
    series = open_series(
        indicator=of.indicator,
        project=of.project,
        country=of.country,
        partner=of.partner,
        forum=of.forum,
        categories=categories,
        reporter=of.reporter,
        is_expected=of.is_expected,
    )
    if Actual.objects.filter(series=series, period=actual.period).exists():
        raise ValidationError(stated_already)
    set_actual(
        series=series,
        period=actual.period,
        route=Route.WORKSPACE,
        by=by,
        value=value,
        verification=Verification.CONFIRMED,
    )
