"""The first page of a person of an institution: what is asked of her, and nothing of anybody else's."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.models import User
from dashboards.homes import time_left
from dashboards.overviews import today_of
from partners.models import Membership
from tests import factories as make
from tests.dashboards.two_institutions import SECRETS, Two, plain, settled
from tests.factories import three
from tests.pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

HOME = "/en/workspace/"


def asked(page: Any) -> dict[str, list[tuple[str, str]]]:
    """What is asked of the person: project and address by need."""
    return {
        str(need): [(task.place.project.code, task.url) for task in tasks]
        for need, _title, _sentence, tasks in page.context["lists"]
    }


def test_what_is_due_says_the_day_what_is_left_and_leads_to_where_she_acts() -> None:
    two = Two(due_in=10)
    settled()

    page = two.client().get(HOME)

    assert asked(page) == {"due": [("P1", "/en/workspace/reports/P1/two-now/questions/")]}
    text = words(page)
    assert "1 of 1 figures is missing." in text
    left = (two.now.due_on - today_of(User(time_zone="America/Bogota"))).days
    assert f"{left} days left" in text
    assert "America/Bogota" in text
    assert [mine.project.code for mine in page.context["home"].projects] == ["P1"]
    assert page.context["home"].projects[0].reached == 1
    assert page.context["home"].projects[0].compared == 1


@pytest.mark.parametrize(
    ("now", "left"),
    [
        (datetime(2026, 10, 15, 4, 0, tzinfo=UTC), (1, 25)),  # still the 14th in Bogotá, 23:00
        (datetime(2026, 10, 15, 5, 0, tzinfo=UTC), (0, 24)),
        (datetime(2026, 10, 16, 2, 30, tzinfo=UTC), (0, 2)),
        (datetime(2026, 10, 16, 5, 0, tzinfo=UTC), (-1, 0)),
    ],
)
def test_the_time_left_ends_with_the_day_where_she_works(now: datetime, left: tuple[int, int]) -> None:
    found = time_left(date(2026, 10, 15), User(time_zone="America/Bogota"), now)
    assert found is not None
    assert (found.days, found.hours) == left
    assert time_left(None, User(), now) is None


def test_a_returned_report_says_how_many_and_the_first_reason() -> None:
    two = Two()
    report = make.report(project=two.project, period=two.now, state="returned")
    first = make.submission(series=two.our_series, period=two.now, report=report, state="returned")
    make.review(submission=first, decision="return", reason="outlier", text="Is 4,000 right?")
    settled()

    page = two.client().get(HOME)

    assert asked(page) == {"returned": [("P1", "/en/workspace/reports/P1/two-now/questions/")]}
    text = words(page)
    assert "1 figure came back." in text
    assert "People trained : the value is far from earlier ones. «Is 4,000 right?»" in text


def test_overdue_waiting_and_published_stand_under_their_own_words() -> None:
    two = Two(due_in=-3)
    settled()
    page = two.client().get(HOME)
    assert list(asked(page)) == ["overdue"]
    assert "days late" in words(page)
    published = page.context["home"].published
    assert [(period.slug, project.code, number) for period, project, number in published] == [("two-past", "P1", 1)]

    report = make.report(project=two.project, period=two.now, state="submitted")
    make.submission(series=two.our_series, period=two.now, report=report, state="submitted")
    page = two.client().get(HOME)
    assert asked(page) == {"waiting": [("P1", "/en/workspace/projects/P1/")]}
    assert "1 figure is being looked at." in words(page)
    # What the lead left out when it handed in the report is nobody's to enter until something comes back.
    two.series(make.indicator(programme=two.programme, slug="left-out"), two.ours)
    assert asked(two.client().get(HOME)) == {"waiting": [("P1", "/en/workspace/projects/P1/")]}


def test_a_viewer_is_led_to_the_project_since_she_enters_nothing() -> None:
    two = Two()
    settled()
    assert asked(two.client("viewer").get(HOME)) == {"due": [("P1", "/en/workspace/projects/P1/")]}


def test_nothing_of_another_institution_shows_not_even_that_it_is_there() -> None:
    two = Two()
    two.our_waiting_figures()
    settled()
    client = two.client()
    before = client.get(HOME)
    two.their_waiting_figures()
    settled()

    after = client.get(HOME)

    assert plain(after) == plain(before)
    assert [secret for secret in SECRETS if secret in after.content.decode()] == []
    # The other institution leads the project: its lead sees all that is reported in it.
    theirs = two.client("lead", two.theirs).get(HOME)
    assert [mine.project.code for mine in theirs.context["home"].projects] == ["P1", "P2"]


def test_who_has_left_or_was_never_in_finds_nothing() -> None:
    two = Two()
    settled()
    client = two.client()
    assert client.get(HOME).status_code == 200
    with make.change(door=make.Door.COMMAND, reason="left"):
        Membership.objects.all().delete()
    refused = client.get(HOME)
    assert refused.status_code == 403
    assert "P1" not in refused.content.decode()

    gone = two.client()
    User.objects.filter(memberships__isnull=False).update(is_active=False)
    assert gone.get(HOME).status_code == 302
    assert Client().get(HOME).status_code == 302


def test_without_a_project_a_sentence_says_so() -> None:
    client = Client()
    client.force_login(make.membership().user)
    page = client.get(HOME)
    assert "Your institution takes part in no project yet." in words(page)


def test_it_speaks_her_language() -> None:
    two = Two()
    settled()
    with translation.override("es"):
        assert two.client().get("/es/workspace/").status_code == 200


def test_it_costs_the_same_with_one_and_with_three_projects() -> None:
    two = Two()
    client = two.client()

    def one_more(code: str) -> int:
        project = make.project(programme=two.programme, slug=code, code=code)
        make.partnership(project=project, partner=two.ours, role="local_partner")
        series = make.series(indicator=two.indicator, project=project, partner=two.ours, reporter=two.ours)
        back = make.series(
            indicator=make.indicator(programme=two.programme, **three("name", code)), project=project, reporter=two.ours
        )
        report = make.report(project=project, period=two.now, state="returned")
        make.actual(series=series, period=two.past, value=Decimal(5))
        returned = make.submission(series=back, period=two.now, report=report, state="returned")
        make.review(submission=returned, decision="return", reason="other", text="Why?")
        settled()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(HOME).status_code == 200
        return len(queries)

    assert [one_more(code) for code in ("A", "B", "C")] == [12, 12, 12]


def test_news_ends_after_half_a_year() -> None:
    two = Two()
    type(two.past).objects.filter(pk=two.past.pk).update(published_at=timezone.now() - timedelta(days=200))
    settled()
    assert two.client().get(HOME).context["home"].published == []
