"""How far a figure was checked, as it follows from what institutions answer about it in rounds of verification."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from accounts.actions.bulk import save_many
from indicators.actions.figures import STATED
from indicators.actions.results import refresh_results
from indicators.choices import ConfirmationAnswer, Route, Settlement, Verification
from indicators.models import Actual, Confirmation

#: Marks that an answer may raise; whatever was checked further stays as it is.
RAISED = (Verification.AS_PUBLISHED, Verification.UNCONFIRMED)


def held(pk: int) -> Actual:
    """A figure as it stands, with all that its rules read, kept from other writers until the transaction ends."""
    return (
        Actual.objects.with_series()
        .with_split()
        .select_related("period", "series__indicator__programme", "series__reporter")
        .select_for_update(of=("self",))
        .get(pk=pk)
    )


def stated_by(figure: Any) -> tuple[Any, ...]:
    """What an actual, or a row of its history, states."""
    return tuple(getattr(figure, name) for name in STATED)


@dataclass
class _Past:
    """What the history of a figure tells.

    Attributes:
        mark: that it would bear if nobody had answered.
        since: when it last came to state what it states.
    """

    mark: Verification
    since: datetime = field(default=datetime.min.replace(tzinfo=UTC))

    @classmethod
    def of(cls, actual: Actual) -> "_Past":
        """Two queries."""
        is_printed = actual.route == Route.PUBLISHED_SOURCE
        past = cls(Verification.AS_PUBLISHED if is_printed else Verification.UNCONFIRMED)
        # What is adopted is the staff's own decision, and no answer takes it back.
        answers = Confirmation.history.filter(actual_id=actual.pk).exclude(settlement=Settlement.ADOPTED)
        answering = set(answers.values_list("change_id", flat=True))
        before: Any = None
        for row in Actual.history.filter(id=actual.pk).order_by("history_id"):
            if row.change_id not in answering:
                past.mark = Verification(row.verification)
            if before is not None and stated_by(before) != stated_by(row):
                past.since = row.history_date
            before = row
        return past


def mark_anew(actual: Actual) -> None:
    """Give a figure the mark that follows from all answers about it.

    The last answer of each institution counts, unless the figure stated something else then. One that confirms is
    enough, as long as no other waits that says it should be another one.
    """
    past = _Past.of(actual)
    answers = Confirmation.objects.filter(actual=actual, answered_at__gte=past.since).order_by("answered_at", "pk")
    mark = past.mark
    if mark in RAISED and _is_confirmed({each.partner_id: each for each in answers}.values()):
        mark = Verification.CONFIRMED
    _set_mark(actual, mark)


def _is_confirmed(answers: Iterable[Confirmation]) -> bool:
    given = list(answers)
    is_disputed = any(
        each.answer == ConfirmationAnswer.CORRECTED and each.settlement == Settlement.PENDING for each in given
    )
    return not is_disputed and any(each.answer == ConfirmationAnswer.CONFIRMED for each in given)


def _set_mark(actual: Actual, mark: Verification) -> None:
    if actual.verification == mark:
        return
    actual.verification = mark
    save_many([actual])
    refresh_results(series=[actual.series])


def raise_to_evidence(pk: int) -> None:
    """Say that there is evidence, where a figure was not checked further already."""
    actual = held(pk)
    if actual.verification in (*RAISED, Verification.CONFIRMED):
        _set_mark(actual, Verification.EVIDENCE)
