"""A work plan as a calendar (RFC 5545) that people subscribe to."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from accounts.choices import DatePrecision
from projects.choices import ActivityStatus, Confirmation
from projects.models import Activity, WorkPlan
from projects.timelines import days_of

#: How often a calendar need look for changes.
REFRESH: Final = timedelta(days=1)


def calendar_of(plan: WorkPlan, *, changed: Mapping[int, datetime], absolute: Callable[[str], str]) -> bytes:
    """The dated activities of a plan as all-day events; those without a date have no place in a calendar.

    Args:
        changed: when each activity was changed last, by primary key.
        absolute: makes an address of this site absolute.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//EPE-AP//{_('EPE-AP results')}//{(get_language() or 'fr').upper()}")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    # The name by which older calendars and newer ones know it.
    for name in ("x-wr-calname", "name"):
        calendar.add(name, plan.title)
    calendar.add("url", absolute(plan.get_absolute_url()))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "P1D")
    for area in plan.areas.all():
        for activity in area.activities.all():
            event = _event(plan, activity, absolute)
            if event is not None:
                moment = changed[activity.pk]
                event.add("dtstamp", moment)
                event.add("last-modified", moment)
                event.add("categories", [area.name])
                calendar.add_component(event)
    return calendar.to_ical()


def _event(plan: WorkPlan, activity: Activity, absolute: Callable[[str], str]) -> Event | None:
    days = days_of(activity)
    if days is None:
        return None
    start, end = days
    event = Event()
    # The same in every language and at every address of the site.
    event.add("uid", str(uuid5(NAMESPACE_URL, f"work-plans/{plan.slug}/{activity.area.number}/{activity.number}")))
    event.add("sequence", activity.version - 1)
    event.add("dtstart", start)
    # The first day that no longer belongs to it.
    event.add("dtend", end + timedelta(days=1))
    event.add("status", _status(activity))
    # A month in which something is to happen keeps nobody from anything else.
    event.add("transp", "TRANSPARENT")
    summary = activity.text.rstrip(".")
    if activity.confirmation != Confirmation.CONFIRMED:
        # Most calendars do not show that an event is tentative.
        summary = f"{summary} ({activity.get_confirmation_display()})"
    event.add("summary", summary)
    event.add("description", "\n".join(_description(activity)))
    place = ", ".join([activity.place] if activity.place else [country.name for country in activity.countries.all()])
    if place:
        event.add("location", place)
    event.add("url", absolute(f"{plan.get_absolute_url()}#area-{activity.area.number}"))
    return event


def _status(activity: Activity) -> str:
    if activity.status == ActivityStatus.CANCELLED:
        return "CANCELLED"
    return "CONFIRMED" if activity.confirmation == Confirmation.CONFIRMED else "TENTATIVE"


def _description(activity: Activity) -> list[str]:
    lines = [_("Date: %(confirmation)s.") % {"confirmation": activity.get_confirmation_display()}]
    if activity.date_precision == DatePrecision.MONTH:
        lines.append(_("The plan states the month alone, not the day."))
    elif activity.date_precision == DatePrecision.YEAR:
        lines.append(_("The plan states the year alone."))
    if activity.schedule_note:
        lines.append(activity.schedule_note)
    return lines
