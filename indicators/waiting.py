"""What waits for somebody: figures that are due, and since when one waits for long."""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef

from indicators.choices import PeriodState, Status, SubmissionState
from indicators.models import Submission
from indicators.querysets import ResultQuerySet

#: Something waits for long from this many days on.
LONG = timedelta(days=14)


def awaited(results: ResultQuerySet, today: date | None = None, *, is_overdue: bool = False) -> ResultQuerySet:
    """Rows of expected series whose open period has no figure yet, nor one that waits for review.

    Args:
        today: the day on which they are overdue or, due that day or later, are not; any that has a due date when left
            out.
    """
    handed_in = Submission.objects.filter(
        series=OuterRef("series"), period=OuterRef("period"), state=SubmissionState.SUBMITTED
    )
    found = results.for_staff().filter(
        ~Exists(handed_in),
        status=Status.NOT_REPORTED,
        series__is_expected=True,
        period__state=PeriodState.OPEN,
        due_on__isnull=False,
    )
    if today is None:
        return found
    return found.filter(due_on__lt=today) if is_overdue else found.filter(due_on__gte=today)
