"""Who changed what of a figure, and when, as the people who work on it are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from dashboards.grids.cells import Cell
from dashboards.summaries import in_words
from indicators.choices import ReviewDecision
from indicators.models import ReportingPeriod, Review, Submission
from indicators.telling import name_for

#: Of a thread, what is said to whoever enters the figure; why something was approved all the same is the team's.
SAID = (ReviewDecision.SUBMIT, ReviewDecision.RETURN, ReviewDecision.COMMENT)

FIGURE = (
    *("value", "share", "numerator", "denominator", "qualifier", "is_not_applicable", "is_not_yet"),
    *(f"text_{language}" for language in ("fr", "es", "en")),
)


@dataclass(frozen=True)
class Step:
    """One thing that somebody did: ``part`` of the indicator, what was done, and the figure or the words with it."""

    at: datetime
    by: str
    part: str
    done: str
    said: str = ""


def versions_of(series: Sequence[int], period: ReportingPeriod) -> list[Any]:
    """The versions of all that was proposed for these series for a period, the earliest first."""
    return list(
        Submission.history.filter(series__in=series, period=period)
        .select_related("change__made_by")
        .order_by("history_date", "history_id")
    )


def figure_history(reader: User, cells: Sequence[Cell], period: ReportingPeriod, versions: Sequence[Any]) -> list[Step]:
    """What was done to the figures of these cells for a period, the latest first: their versions and their threads."""
    by_series = {cell.pk: cell for cell in cells}
    of_one = len(cells) == 1
    steps: list[Step] = []
    before: dict[int, tuple[object, ...]] = {}
    for version in versions:
        cell = by_series[version.series_id]
        stated = tuple(getattr(version, name) for name in FIGURE)
        if version.history_type != "-" and before.get(version.id) == stated:
            continue
        before[version.id] = stated
        indicator = cell.series.indicator
        is_gone = version.history_type == "-"
        steps.append(
            Step(
                version.history_date,
                name_for(reader, version.change.made_by),
                "" if of_one else cell.label,
                _("emptied") if is_gone else _("entered"),
                "" if is_gone else in_words(version, indicator),
            )
        )
    reviews = Review.objects.filter(submission__series__in=by_series, submission__period=period)
    for review in reviews.select_related("author", "submission"):
        cell = by_series[review.submission.series_id]
        words = [str(review.get_reason_display()) if review.reason else "", review.text]
        said = ". ".join(filter(None, words)) if review.decision in SAID or reader.is_staff else ""
        steps.append(
            Step(
                review.made_at,
                name_for(reader, review.author),
                "" if of_one else cell.label,
                str(review.get_decision_display()),
                said,
            )
        )
    return sorted(steps, key=lambda step: step.at, reverse=True)
