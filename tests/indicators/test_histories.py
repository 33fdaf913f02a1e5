"""The published history: only what the public could see, since it could, and without names."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import change, save_record
from accounts.choices import Door
from accounts.models import Change
from indicators import actions
from indicators.choices import Route
from indicators.models import Actual, ReportingPeriod
from tests import factories as make
from tests.factories import three
from tests.pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


class World:
    """A programme with a period that is published half-way through the test."""

    def __init__(self) -> None:
        self.programme = make.programme(slug="epe-ap", code="EPE-AP")
        self.period = make.period(programme=self.programme, **three("name", "Half-year 1"))
        self.author = make.user(name="HIDDEN Ana", is_staff=True, is_superuser=True)
        self.indicator = self.new_indicator("trained", unit_of_analysis="firms")
        self.moments = iter(datetime(2024, 1, day, 12, tzinfo=UTC) for day in range(1, 29))

    def new_indicator(self, slug: str, **fields: Any) -> Any:
        return make.indicator(programme=self.programme, slug=slug, **three("name", slug), **fields)

    def write(self, series: Any, value: int, *, reason: str = "", door: Door = Door.GRID, **figure: Any) -> Actual:
        with change(door=door, by=self.author, reason=reason):
            route = figure.pop("route", Route.GRID)
            actual = actions.set_actual(
                series=series, period=self.period, route=route, by=self.author, value=value, **figure
            )
        self.date_the_change()
        return actual

    def date_the_change(self) -> None:
        """One day after the other, so that a page can tell them apart."""
        moment = next(self.moments)
        made = Change.objects.latest("pk")
        Change.objects.filter(pk=made.pk).update(made_at=moment)
        for model in (Actual, ReportingPeriod, type(self.indicator)):
            model.history.filter(change=made).update(history_date=moment)

    def publish(self) -> None:
        with change(door=Door.ADMIN, by=self.author, reason="HIDDEN reason of publishing"):
            self.period = actions.publish_period(period=actions.lock_period(period=self.period))
        self.date_the_change()
        moment = Change.objects.latest("pk").made_at
        ReportingPeriod.objects.filter(pk=self.period.pk).update(published_at=moment)
        ReportingPeriod.history.filter(id=self.period.pk, state="published").update(published_at=moment)


@pytest.fixture
def world() -> World:
    return World()


def told(page: Any) -> list[tuple[str, Any, Any, str]]:
    """Day, before, after and reason of each version of an actual."""
    return [
        (
            f"{version.on:%d}",
            version.before and version.before.actual,
            version.after and version.after.actual,
            version.reason,
        )
        for history in page.context["histories"]
        for version in history.actuals
    ]


def test_a_figure_is_told_from_its_publication_on_and_without_names(client: Client, world: World) -> None:
    series = make.series(indicator=world.indicator)
    world.write(series, 11, reason="HIDDEN draft")  # 1 January
    world.write(series, 22, reason="HIDDEN second thought", internal_comment="HIDDEN comment")  # 2
    world.publish()  # 3
    with change(door=Door.GRID, by=world.author, reason="HIDDEN proposal"):
        make.submission(series=series, period=world.period, value=99, author=world.author, internal_comment="HIDDEN")
    world.write(series, 22, note_en="Another note, no other figure", reason="HIDDEN note")  # 4
    world.write(series, 33, reason="Two firms <script>alert(1)</script> were missing.")  # 5
    world.write(series, 44, reason="HIDDEN file name", door=Door.IMPORT)  # 6

    page = client.get("/en/indicators/trained/history/")

    assert told(page) == [
        ("03", None, 22, ""),
        ("05", 22, 33, "Two firms <script>alert(1)</script> were missing."),
        ("06", 33, 44, ""),
    ]
    assert "January 5, 2024 22 → changed to 33 people entry grid Reason: Two firms" in words(page)
    assert "HIDDEN" not in page.content.decode()
    assert world.author.email not in page.content.decode()
    assert "<script>alert" not in page.content.decode()


def test_a_printed_figure_is_told_from_its_loading_on(client: Client, world: World) -> None:
    series = make.series(indicator=world.indicator)
    world.write(series, 11, route=Route.PUBLISHED_SOURCE, door=Door.FIXTURE, reason="HIDDEN load")
    world.write(series, 12, route=Route.PUBLISHED_SOURCE, door=Door.ADMIN, reason="Misread: it says twelve.")

    page = client.get("/en/indicators/trained/history/")

    assert told(page) == [("01", None, 11, ""), ("02", 11, 12, "Misread: it says twelve.")]
    assert "recorded here on January 1, 2024 11 people as printed" in words(page)
    assert "HIDDEN" not in page.content.decode()


def test_what_the_public_may_not_see_has_no_history(client: Client, world: World) -> None:
    secret = world.new_indicator("secret", is_public=False)
    world.write(make.series(indicator=secret), 7)
    unpublished = make.series(indicator=world.indicator)
    world.write(unpublished, 8)
    demonstration = make.programme(is_demonstration=True)
    fictitious = make.indicator(programme=demonstration, slug="fictitious")
    make.actual(series=make.series(indicator=fictitious))

    assert client.get("/en/indicators/secret/history/").status_code == 404
    assert client.get("/en/indicators/fictitious/history/").status_code == 404
    assert client.get("/en/indicators/nothing/history/").status_code == 404
    page = client.get("/en/indicators/trained/history/")
    assert (page.status_code, told(page)) == (200, [])


def test_what_it_said_before_it_was_public_is_not_told(client: Client, world: World) -> None:
    series = make.series(indicator=world.indicator)
    world.publish()
    with change(door=Door.ADMIN):
        world.indicator.is_public = False
        save_record(record=world.indicator)
    world.date_the_change()
    world.write(series, 11, reason="HIDDEN")
    world.write(series, 12, reason="HIDDEN")
    with change(door=Door.ADMIN):
        world.indicator.is_public = True
        save_record(record=world.indicator)
        actions.refresh_results(series=[series])
    world.date_the_change()

    assert told(client.get("/en/indicators/trained/history/")) == [("05", None, 12, "")]


def test_small_cells_do_not_come_out_through_their_history(client: Client, world: World) -> None:
    people = world.new_indicator("people", unit_of_analysis="persons")
    total, women, men = (make.series(indicator=people, key=key) for key in ("", "sex=women", "sex=men"))
    world.publish()
    for series, value in ((total, 43), (women, 3), (men, 40)):
        world.write(series, value, reason="first")
    assert [status for _key, status in suppressed(people)] == [False, True, True]
    # Withheld: nothing is told of women and men.
    assert [after for _day, _before, after, _reason in told(client.get("/en/indicators/people/history/"))] == [43]
    # Later they are shown; what they had been is not, nor what follows from it.
    with actions.one_refresh():
        for series, value in ((total, 70), (women, 20), (men, 50)):
            world.write(series, value, reason="Recounted")
    assert [status for _key, status in suppressed(people)] == [False, False, False]

    page = client.get("/en/indicators/people/history/")

    shown = {
        history.row.breakdown_key: [
            (version.before and version.before.actual, version.after.actual) for version in history.actuals
        ]
        for history in page.context["histories"]
    }
    assert shown["sex=women"][-1] == (None, 20)
    assert shown["sex=men"][-1] == (None, 50)
    assert not {3, 40} & {number for versions in shown.values() for pair in versions for number in pair}
    # The total was shown all the time.
    assert shown[""] == [(None, 43), (43, 70)]
    assert "withheld: too few people" in words(page)


def suppressed(indicator: Any) -> list[tuple[str, bool]]:
    return [
        (row.breakdown_key, row.is_suppressed)
        for row in sorted(
            indicator.results.all(), key=lambda row: ["", "sex=women", "sex=men"].index(row.breakdown_key)
        )
    ]


def test_a_revised_target_says_when_and_why(client: Client, world: World) -> None:
    series = make.series(indicator=world.indicator)
    with change(door=Door.ADMIN, by=world.author):
        first = actions.set_target(series=series, period=world.period, value=40)
    with change(door=Door.ADMIN, by=world.author, reason="HIDDEN change"):
        actions.revise_target(target=first, value=60, reason="Two institutes joined.")

    page = client.get("/en/indicators/trained/history/")

    [history] = page.context["histories"]
    assert [(v.before and v.before.actual, v.after.actual, v.reason) for v in history.targets] == [
        (None, 40, ""),
        (40, 60, "Two institutes joined."),
    ]
    assert f"{timezone.localdate():%Y-%m-%d}" in page.content.decode()
    assert "HIDDEN" not in page.content.decode()


def test_the_history_costs_the_same_with_one_and_with_three_figures(client: Client, world: World) -> None:
    world.publish()

    def one_more() -> int:
        series = make.series(indicator=world.indicator, project=make.project(programme=world.programme))
        world.write(series, 11, reason="Late.")
        world.write(series, 12, reason="Counted anew.")
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/en/indicators/trained/history/").status_code == 200
        return len(asked)

    # One of them asks for the version of the data, by which a revisit is answered.
    assert [one_more() for _ in range(3)] == [14, 14, 14]


def test_a_break_names_its_day_and_its_successor_and_is_no_link_to_a_secret(client: Client, world: World) -> None:
    new = world.new_indicator("new")
    hidden = world.new_indicator("hidden-successor", is_public=False)
    old = world.new_indicator("old", active_to=date(2022, 6, 30), replaced_by=new)
    ended = world.new_indicator("ended", active_to=date(2022, 6, 30), replaced_by=hidden)
    make.actual(series=make.series(indicator=old), period=world.period)

    page = words(client.get("/en/indicators/old/"))
    assert "This indicator was measured until June 30, 2022. It was replaced by new ." in page
    assert "The figures before and after are not compared." in page
    assert "This indicator replaced old , measured until June 30, 2022." in words(client.get("/en/indicators/new/"))
    text = client.get(f"/en/indicators/{ended.slug}/").content.decode()
    assert "measured until" in text
    assert "hidden-successor" not in text
    assert "not compared" not in words(client.get("/en/indicators/trained/"))
