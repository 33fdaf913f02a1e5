"""The activities of a work plan on a line of time, as exactly as their dates are known."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Final

from accounts.choices import DatePrecision
from projects.models import Activity, WorkPlan

#: Of the drawing, in its own units.
WIDTH: Final = 720
#: So that a single day is seen as well.
NARROWEST: Final = 6


def days_of(activity: Activity) -> tuple[date, date] | None:
    """The first and the last day on which an activity may be: of a month or a year all of it; None without any date."""
    start, end = activity.planned_from, activity.planned_to
    if start is None and end is None:
        return None
    return _first(start or end, activity.date_precision), _last(end or start, activity.date_precision)


def _first(day: date | None, precision: str) -> date:
    assert day is not None
    if precision == DatePrecision.YEAR:
        return day.replace(month=1, day=1)
    return day.replace(day=1) if precision == DatePrecision.MONTH else day


def _last(day: date | None, precision: str) -> date:
    assert day is not None
    if precision == DatePrecision.YEAR:
        return day.replace(month=12, day=31)
    return day.replace(day=monthrange(day.year, day.month)[1]) if precision == DatePrecision.MONTH else day


@dataclass(frozen=True)
class Bar:
    """Where an activity stands in the drawing; without a date nowhere."""

    activity: Activity
    x: int = 0
    width: int = 0


@dataclass(frozen=True)
class Timeline:
    """Areas with their activities, over whole years."""

    width: int
    #: Each year with where it begins.
    years: list[tuple[str, int]]
    areas: list[tuple[object, list[Bar]]]

    @classmethod
    def of(cls, plan: WorkPlan) -> "Timeline | None":
        """None where no activity has a date: there is nothing to draw then."""
        areas = [(area, list(area.activities.all())) for area in plan.areas.all()]
        dated = {activity.pk: days for _area, of_it in areas for activity in of_it if (days := days_of(activity))}
        if not dated:
            return None
        known = [day for days in dated.values() for day in days]
        known += [day for day in (plan.starts_on, plan.ends_on) if day is not None]
        first, last = date(min(known).year, 1, 1), date(max(known).year, 12, 31)
        scale = WIDTH / ((last - first).days + 1)

        def bar(activity: Activity) -> Bar:
            if activity.pk not in dated:
                return Bar(activity)
            start, end = dated[activity.pk]
            width = max(NARROWEST, round(((end - start).days + 1) * scale))
            return Bar(activity, min(round((start - first).days * scale), WIDTH - width), width)

        years = [
            (str(year), round((date(year, 1, 1) - first).days * scale)) for year in range(first.year, last.year + 1)
        ]
        return cls(WIDTH, years, [(area, [bar(activity) for activity in of_it]) for area, of_it in areas if of_it])
