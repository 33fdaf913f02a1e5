"""What a write holds until it is committed, and in which order it takes it.

Two writers who take the same rows in different orders would wait for each other, and one of them would be refused. So
everybody takes, as far as they need them: the programme whose periods are made, periods, reports, what is proposed and
what partners sent, figures, and in the end the indicators whose results are made anew; rows of one kind by primary key.
"""

from collections.abc import Collection, Sequence

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from indicators.actions.book import lock, with_relatives
from indicators.models import ReportingPeriod
from projects.models import Programme


def hold_programme(programme: Programme) -> None:
    """Let nobody else make periods of it meanwhile."""
    list(Programme.objects.filter(pk=programme.pk).select_for_update(no_key=True).values_list("pk"))


def hold_periods(periods: Collection[int]) -> dict[int, ReportingPeriod]:
    """Let nobody else enter, review, correct, close or open in these periods; gives them as they stand.

    Raises:
        ValidationError: when one of them was deleted meanwhile.
    """
    # Whoever writes what points to a period need not wait: its key stays.
    rows = ReportingPeriod.objects.filter(pk__in=periods).order_by("pk").select_for_update(no_key=True)
    held = {each.pk: each for each in rows}
    if held.keys() != set(periods):
        raise ValidationError(_("What it points to does not exist any more."))
    return held


def hold_given(periods: Sequence[ReportingPeriod]) -> None:
    """The same for periods that were read before: they then know how they stand."""
    held = hold_periods({period.pk for period in periods})
    for period in periods:
        now = held[period.pk]
        period.state, period.published_at = now.state, now.published_at


def hold_indicators(indicators: Collection[int]) -> None:
    """Let nobody else write these, nor those whose totals hang together with theirs.

    For whoever writes an indicator itself: the results that follow take its relatives, some of which come before it.
    """
    lock(with_relatives(indicators))
