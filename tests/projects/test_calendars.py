"""Work plans on a line of time and as calendars."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from projects.models import Activity
from projects.timelines import WIDTH, Timeline, days_of
from tests import factories as make
from tests.factories import three


@pytest.mark.parametrize(
    ("start", "end", "precision", "expected"),
    [
        (date(2024, 2, 10), date(2024, 2, 12), "day", (date(2024, 2, 10), date(2024, 2, 12))),
        (date(2024, 2, 10), None, "day", (date(2024, 2, 10), date(2024, 2, 10))),
        (date(2024, 2, 10), None, "month", (date(2024, 2, 1), date(2024, 2, 29))),
        (date(2024, 1, 1), date(2024, 3, 31), "month", (date(2024, 1, 1), date(2024, 3, 31))),
        (date(2023, 11, 1), date(2024, 3, 1), "month", (date(2023, 11, 1), date(2024, 3, 31))),
        (None, date(2024, 4, 1), "month", (date(2024, 4, 1), date(2024, 4, 30))),
        (date(2024, 5, 1), None, "year", (date(2024, 1, 1), date(2024, 12, 31))),
        (None, None, "month", None),
    ],
)
def test_an_activity_takes_all_the_days_that_its_dates_may_mean(start: Any, end: Any, precision: str, expected: Any):
    assert days_of(Activity(planned_from=start, planned_to=end, date_precision=precision)) == expected


@pytest.fixture
def plan(db: None, in_english: None) -> Any:
    plan = make.work_plan(slug="plan", title="Plan Canada-Chili", language="fr")
    area = make.area(work_plan=plan, number=1, **three("name", "Sharing; learning"))
    month = {"date_precision": "month", "area": area}
    make.activity(
        number=1,
        planned_from=date(2024, 2, 1),
        planned_to=date(2024, 4, 30),
        confirmation="confirmed",
        **three("text", "Meet, talk; back\\slash " + "é" * 80 + "\nand agree."),
        **month,
    )
    make.activity(
        number=2,
        planned_from=date(2024, 12, 1),
        confirmation="to_be_confirmed",
        place="Santiago",
        **three("text", "Travel."),
        **three("schedule_note", "December or May."),
        **month,
    )
    make.activity(number=3, confirmation="to_be_determined", **three("text", "Some day."), **month)
    make.activity(
        area=area,
        number=4,
        planned_from=date(2024, 6, 3),
        confirmation="confirmed",
        status="cancelled",
        date_precision="day",
        **three("text", "Off."),
    )
    return plan


def test_a_calendar_says_no_more_than_the_plan(client: Client, plan: Any):
    answer = client.get("/en/work-plans/plan.ics")
    calendar = Calendar.from_ical(answer.content)
    meet, travel, off = calendar.walk("VEVENT")

    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert calendar["X-WR-CALNAME"] == "Plan Canada-Chili"
    assert {component.name for component in calendar.walk()} == {"VCALENDAR", "VEVENT"}
    assert [(event["DTSTART"].dt, event["DTEND"].dt, str(event["STATUS"])) for event in (meet, travel, off)] == [
        (date(2024, 2, 1), date(2024, 5, 1), "CONFIRMED"),
        (date(2024, 12, 1), date(2025, 1, 1), "TENTATIVE"),
        (date(2024, 6, 3), date(2024, 6, 4), "CANCELLED"),
    ]
    assert {str(event["DTSTART"].params["VALUE"]) for event in calendar.walk("VEVENT")} == {"DATE"}
    assert {event["DTSTAMP"].dt.utcoffset() for event in calendar.walk("VEVENT")} == {timedelta(0)}
    assert str(meet["SUMMARY"]) == "Meet, talk; back\\slash " + "é" * 80 + "\nand agree"
    assert str(travel["SUMMARY"]) == "Travel (to be confirmed)"
    assert str(travel["DESCRIPTION"]) == (
        "Date: to be confirmed.\nThe plan states the month alone, not the day.\nDecember or May."
    )
    assert str(travel["LOCATION"]) == "Santiago"
    assert str(meet["URL"]) == "http://testserver/en/work-plans/plan/#area-1"


def test_a_calendar_is_written_as_the_standard_asks(client: Client, plan: Any):
    content = client.get("/en/work-plans/plan.ics").content

    lines = content.split(b"\r\n")
    assert lines[-1] == b""
    assert b"\n" not in b"".join(lines)
    assert max(len(line) for line in lines) <= 75
    # A line that is folded inside a letter could not be read by itself.
    assert all(line.decode() is not None for line in lines)
    assert rb"Meet\, talk\; back\\slash" in content
    assert re.findall(rb"DTSTART;VALUE=DATE:(\d+)", content) == [b"20240201", b"20241201", b"20240603"]


def test_a_change_keeps_the_event_and_raises_its_number(client: Client, plan: Any):
    def first() -> Any:
        return Calendar.from_ical(client.get("/en/work-plans/plan.ics").content).walk("VEVENT")[0]

    before = first()
    activity = Activity.objects.get(number=1)
    with make.change(door=make.Door.COMMAND, reason="moved"):
        activity.planned_to = date(2024, 5, 31)
        activity.version += 1
        activity.save()
    after = first()

    assert str(after["UID"]) == str(before["UID"])
    assert int(after["SEQUENCE"]) == int(before["SEQUENCE"]) + 1
    assert after["DTSTAMP"].dt >= before["DTSTAMP"].dt
    assert str(Calendar.from_ical(client.get("/fr/work-plans/plan.ics").content).walk("VEVENT")[0]["UID"]) == str(
        before["UID"]
    )


def test_a_calendar_of_a_demonstration_is_not_there(client: Client, plan: Any):
    make.work_plan(slug="invented", programme=make.programme(is_demonstration=True))

    assert client.get("/en/work-plans/invented.ics").status_code == 404
    assert client.get("/en/work-plans/none.ics").status_code == 404


def test_the_line_of_time_covers_whole_years_and_places_what_has_a_date(client: Client, plan: Any):
    timeline = client.get("/en/work-plans/plan/").context["timeline"]
    [(_area, bars)] = timeline.areas

    assert timeline.years == [("2024", 0)]
    assert [(bar.x, bar.width) for bar in bars] == [
        (round(31 * WIDTH / 366), round(90 * WIDTH / 366)),
        (round(335 * WIDTH / 366), round(31 * WIDTH / 366)),
        (0, 0),
        (round(154 * WIDTH / 366), 6),
    ]
    assert Timeline.of(make.work_plan()) is None
