"""A page in which nothing changed is not made again, and every change of the data makes it new."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions import change, save_record
from accounts.choices import Door
from accounts.models import Change, User
from epe_ap import revisits
from tests.everything import Everything

pytestmark = pytest.mark.django_db

PAGE = "/en/results/?theme=T1"


@pytest.fixture
def everything() -> Everything:
    made = Everything()
    made.add(1)
    return made


def revisit(client: Client, tag: str, path: str = PAGE, **cookies: str) -> Any:
    for name, value in cookies.items():
        client.cookies[name] = value
    return client.get(path, headers={"if-none-match": tag})


@pytest.mark.parametrize("path", [PAGE, "/fr/", "/es/countries/CL/", "/en/results.csv?country=CL"])
def test_a_revisit_reads_nothing_but_the_version_of_the_data(client: Client, everything: Everything, path: str) -> None:
    first = client.get(path)
    b"".join(first)
    with CaptureQueriesContext(connection) as queries:
        again = revisit(client, first["ETag"], path)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert [Change._meta.db_table in query["sql"] for query in queries] == [True]
    assert "Cookie" in first["Vary"]
    assert first["Cache-Control"] == "no-cache"


def edit_a_text(everything: Everything) -> None:
    with change(door=Door.ADMIN, reason="a text"):
        everything.theme.name_en = "Working together"
        save_record(record=everything.theme)


def add_a_figure(everything: Everything) -> None:
    everything.add(1)


def replace_the_program(everything: Everything) -> None:
    revisits.release.cache_clear()


@pytest.mark.parametrize("happens", [edit_a_text, add_a_figure, replace_the_program])
def test_whatever_changes_makes_every_page_new(
    client: Client,
    everything: Everything,
    happens: Callable[[Everything], None],
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
) -> None:
    tag = client.get(PAGE)["ETag"]
    if happens is replace_the_program:
        settings.EPE_AP_SMALL_CELL += 1
    happens(everything)
    again = revisit(client, tag)
    assert again.status_code == 200
    assert again["ETag"] != tag
    revisits.release.cache_clear()


def test_the_tag_is_of_one_address_in_one_language(client: Client, everything: Everything) -> None:
    tag = client.get(PAGE)["ETag"]
    assert revisit(client, tag, "/es/results/?theme=T1").status_code == 200
    assert revisit(client, tag, "/en/results/").status_code == 200


def test_whoever_has_a_session_or_a_message_is_shown_the_page(
    client: Client, everything: Everything, admin_user: User
) -> None:
    tag = client.get(PAGE)["ETag"]
    assert revisit(client, tag, messages="told").status_code == 200
    client.force_login(admin_user)
    signed_in = revisit(client, tag)
    assert signed_in.status_code == 200
    assert "ETag" not in signed_in
    assert signed_in["Cache-Control"] == "private"


@pytest.mark.parametrize("path", ["/en/accounts/login/", "/en/countries/XX/", "/admin/login/"])
def test_forms_errors_and_the_administration_bear_no_tag(client: Client, path: str) -> None:
    assert "ETag" not in client.get(path)


def test_a_change_that_began_earlier_and_is_committed_later_moves_the_version() -> None:
    first, second = Change.objects.create(door=Door.COMMAND), Change.objects.create(door=Door.COMMAND)
    both = Change.objects.data_version()
    with transaction.atomic():
        # As the others see it while it is open.
        Change.objects.filter(pk=first.pk).delete()
        open_yet = Change.objects.data_version()
        transaction.set_rollback(True)
    assert Change.objects.order_by("-pk").first() == second
    assert both > open_yet
