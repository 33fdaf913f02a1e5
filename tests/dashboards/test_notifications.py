"""What one was told, in the workspace and in the head of every page."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import READERS
from indicators.models import Notification
from tests import factories as make
from tests.dashboards.people import signed_in
from tests.factories import three
from tests.pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

HERE = "/en/workspace/notifications/"


class World:
    """Somebody of an institution of a project, who was told of it; and a decoy."""

    def __init__(self) -> None:
        self.programme = make.programme(code="EPE")
        self.period = make.period(programme=self.programme, slug="h1", **three("name", "First half"))
        self.project = make.project(programme=self.programme, code="B05", slug="B05")
        self.partner = make.partner()
        make.partnership(project=self.project, partner=self.partner, is_adopted=True)
        self.user = make.membership(partner=self.partner, user=make.user(time_zone="America/Lima")).user
        self.client = signed_in(user=self.user)
        decoy = make.project(programme=self.programme, code="DECOY")
        make.notification(period=self.period, project=decoy)
        make.notification(user=self.user, period=self.period, project=decoy)

    def tell(self, **fields: Any) -> Notification:
        told: Notification = make.notification(
            **{"user": self.user, "period": self.period, "project": self.project, "number": 2, **fields}
        )
        return told


@pytest.fixture
def world() -> World:
    return World()


def test_everybody_reads_what_they_were_told_and_marks_it_as_read(world: World) -> None:
    world.tell(made_at=timezone.datetime(2026, 3, 1, 2, tzinfo=timezone.get_fixed_timezone(0)))
    page = world.client.get(HERE)
    assert "2 figures of B05 for First half were sent back" in words(page)
    assert "DECOY" not in words(page)
    # Nine in the evening of the day before in Lima.
    assert "2026-02-28" in words(page) or "02/28/2026" in words(page)
    assert "/en/workspace/reports/B05/h1/questions/" in page.content.decode()

    page = world.client.post(HERE, follow=True)

    assert "Mark all as read" not in words(page)
    assert Notification.objects.filter(user=world.user, read_at__isnull=True).count() == 0
    assert Notification.objects.exclude(user=world.user).get().read_at is None


def test_the_head_of_every_page_says_how_much_is_new_and_asks_nothing_more_for_it(world: World) -> None:
    def asked(client: Client) -> tuple[int, str]:
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/en/about/")
        return len(queries), words(page)

    reader = signed_in(user=make.staff(READERS))
    stranger = signed_in(user=make.user())
    before, page = asked(world.client)
    assert "1 new" in page
    for _ in range(2):
        world.tell()
    assert asked(world.client) == (before, page.replace("1 new", "3 new"))
    # The session and its person.
    assert before == 2
    # Nobody's page asks for the version of the data alone.
    assert asked(Client())[0] == 1
    for client, has_workspace in ((reader, True), (stranger, False)):
        number, page = asked(client)
        assert (number, "Workspace" in page, " new " in page) == (2, has_workspace, False)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_whatever_its_length(world: World, rows: int) -> None:
    for _ in range(rows):
        world.tell(project=make.project(programme=world.programme))
        world.tell()
    with CaptureQueriesContext(connection) as queries:
        assert world.client.get(HERE).status_code == 200
    assert len(queries) == 4


def test_somebody_who_left_everywhere_reads_nothing(world: World) -> None:
    world.tell()
    assert world.client.get(HERE).status_code == 200
    type(world.user).objects.filter(pk=world.user.pk).update(is_active=False)
    assert world.client.get(HERE).status_code == 302
