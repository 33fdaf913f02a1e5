"""What the institutions of the demonstration programme say in its round of verification."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from accounts.actions import change, save_record
from accounts.choices import Door
from accounts.models import User
from indicators import actions
from indicators.choices import ConfirmationAnswer, Settlement
from indicators.management.demonstration import story
from indicators.models import Actual, Confirmation, ReportingPeriod, Series, VerificationRound
from partners.models import Partner
from projects.models import Programme

#: The days from today on which the round opened and closes.
DAYS = (-10, 45)

Where = tuple[str, str]


def make_round(
    *,
    programme: Programme,
    today: date,
    partners: Mapping[str, Partner],
    users: Mapping[str, User],
    figures: Mapping[Where, tuple[Series, ReportingPeriod]],
) -> VerificationRound:
    """A round that is open, with an answer of each kind: most wait for the staff, one was settled."""
    opens_on, closes_on = (today + timedelta(days=days) for days in DAYS)
    round: VerificationRound = save_record(
        record=VerificationRound(
            code=story.ROUND_CODE,
            programme=programme,
            opens_on=opens_on,
            closes_on=closes_on,
            **story.three("name", story.ROUND),
        )
    )
    for said in story.ANSWERS:
        series, period = figures[said.where]
        actual = Actual.objects.get(series=series, period=period)
        by = users[said.institution]
        with change(door=Door.WORKSPACE, by=by, reason=story.REASON):
            answer = actions.answer_figure(
                round=round,
                partner=partners[said.institution],
                actual=actual,
                by=by,
                today=today,
                said=_answer(said),
                version=0,
                figure_version=actual.version,
            )
        if said.kept:
            _keep(answer, users["specialist"], said.kept)
    return round


def _answer(said: story.Said) -> actions.Answer:
    value, women, men = (None if number is None else Decimal(number) for number in (said.value, said.women, said.men))
    return actions.Answer(
        ConfirmationAnswer(said.answer),
        value=value,
        women=women,
        men=men,
        text=said.text,
        link=said.link,
        is_on_request=said.is_on_request,
    )


def _keep(answer: Confirmation, by: User, why: str) -> None:
    with change(door=Door.WORKSPACE, by=by, reason=why):
        actions.settle(confirmation=answer, by=by, settlement=Settlement.KEPT, text=why, version=answer.version)
