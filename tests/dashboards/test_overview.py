"""The first page of the workspace: what needs whom, and how much has come in."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from dashboards.overviews import Need, today_of
from tests import factories as make
from tests.dashboards.people import signed_in
from tests.factories import three
from tests.pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


class World:
    """Two programmes; in the first a period that is due soon, one that is overdue and one that is locked."""

    def __init__(self) -> None:
        today = timezone.localdate()
        self.programme = make.programme(slug="real", code="REAL", **three("name", "Real programme"))
        self.due = self.period("due", today + timedelta(days=10))
        self.late = self.period("late", today - timedelta(days=40))
        self.indicator = make.indicator(programme=self.programme)

    def period(self, name: str, due_on: date, **fields: Any) -> Any:
        starts_on = due_on - timedelta(days=200)
        return make.period(
            **{
                "programme": self.programme,
                "slug": name,
                "due_on": due_on,
                "starts_on": starts_on,
                "ends_on": starts_on + timedelta(days=180),
                **three("name", name),
                **fields,
            }
        )

    def series(self, code: str, number: int = 1) -> list[Any]:
        project = make.project(programme=self.programme, code=code, slug=code)
        keys = ["", "sex=women", "sex=men"][:number]
        return [make.series(indicator=self.indicator, project=project, key=key) for key in keys]


@pytest.fixture
def world() -> World:
    return World()


def found(page: Any) -> dict[str, list[str]]:
    """Which places need what."""
    return {
        str(code): [f"{place.project.code if place.project else '-'} {place.period.slug}" for place in places]
        for code, _title, _sentence, places, _number in page.context["lists"]
    }


def test_each_place_stands_under_what_it_needs(world: World) -> None:
    today = timezone.localdate()
    make.actual(series=world.series("DONE")[0], period=world.due)
    [waiting, *_] = world.series("WAITS", 2)
    report = make.report(project=waiting.project, period=world.due, state="submitted")
    make.submission(series=waiting, period=world.due, state="submitted", report=report)
    [returned] = world.series("BACK")
    make.submission(series=returned, period=world.due, state="returned")
    [drafted] = world.series("DRAFT")
    make.submission(series=drafted, period=world.due)
    [disputed] = world.series("SAID")
    make.actual(series=disputed, period=world.due)
    of_partner = make.report(
        project=disputed.project,
        period=world.due,
        state="approved",
        approved_at=timezone.now(),
        approved_by=make.user(),
    )
    intake = make.intake(report=of_partner, answer="disputed", answer_text="No", answered_at=timezone.now())
    make.submission(series=disputed, period=world.due, intake=intake, state="approved", actual=disputed.actuals.get())
    make.series(indicator=world.indicator)  # the programme's own figure
    # Nobody waits for these.
    retired = make.indicator(programme=world.programme, active_to=date(2000, 1, 1))
    make.series(indicator=retired, project=waiting.project)
    make.series(indicator=world.indicator, project=waiting.project, key="age=old", is_expected=False)
    world.period("future", today + timedelta(days=90))
    world.period("locked", today - timedelta(days=90), state="locked")
    world.period("whole", today + timedelta(days=5), kind="whole")

    page = signed_in("review_submission").get("/en/workspace/?period=due")

    assert found(page) == {
        "disputed": ["SAID due"],
        "waiting": ["WAITS due"],
        "returned": ["BACK due"],
        "due": ["- due", "BACK due", "DRAFT due", "WAITS due"],
        "drafts": ["DRAFT due"],
    }
    coverage = {
        row.project.code if row.project else "-": [(place.reported, place.expected) for place in row.places]
        for _programme, _periods, rows in page.context["matrices"]
        for row in rows
    }
    assert coverage == {
        "-": [(0, 1)],
        "BACK": [(0, 1)],
        "DONE": [(1, 1)],
        "DRAFT": [(0, 1)],
        "SAID": [(1, 1)],
        "WAITS": [(1, 2)],
    }
    every = signed_in().get("/en/workspace/")
    assert {place.split()[1] for place in found(every)["overdue"]} == {"late"}
    # The programme as a whole is no period to report: its figures follow from the others.
    assert [period.slug for period in every.context["periods"]] == ["locked", "late", "due", "future"]
    assert found(every)["due"] == ["- due", "BACK due", "DRAFT due", "WAITS due"]
    assert found(signed_in().get("/en/workspace/?state=waiting")) == {"waiting": ["WAITS due"]}


def test_the_day_is_that_of_the_users_time_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import UTC, datetime

    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 1, 31, 3, tzinfo=UTC))

    assert today_of(User(time_zone="America/Lima")) == date(2026, 1, 30)
    assert today_of(User(time_zone="Europe/Madrid")) == date(2026, 1, 31)
    assert today_of(User(time_zone="not/a zone")) == timezone.localdate()


def test_a_demonstration_is_marked_and_what_an_address_asks_in_vain_is_said(world: World) -> None:
    world.programme.is_demonstration = True
    type(world.programme).objects.update(is_demonstration=True)
    world.series("A")

    page = signed_in().get("/en/workspace/?programme=nothing&state=nothing&x=1&page=7")

    assert "demonstration" in words(page)
    assert len(page.context["problems"]) == 4
    assert page.status_code == 200


def test_only_staff_open_it() -> None:
    client = Client()
    assert client.get("/en/workspace/").status_code == 302
    client.force_login(make.user())
    assert client.get("/en/workspace/").status_code == 403
    # People of an institution find their own page there: tests/dashboards/test_home.py.
    client.force_login(make.membership().user)
    assert "lists" in client.get("/en/workspace/").context
    assert "matrices" not in client.get("/en/workspace/").context


def test_it_costs_the_same_with_one_and_with_three_projects(world: World) -> None:
    client = signed_in("review_submission", "add_submission")

    def one_more(code: str) -> int:
        [series] = world.series(code)
        report = make.report(project=series.project, period=world.due, state="submitted")
        make.submission(series=series, period=world.due, state="submitted", report=report)
        make.submission(series=series, period=world.late, intake=make.intake(report=report))
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/en/workspace/").status_code == 200
        return len(asked)

    assert [one_more(code) for code in ("A", "B", "C")] == [11, 11, 11]
    assert set(Need) == {Need(code) for code in Need}
