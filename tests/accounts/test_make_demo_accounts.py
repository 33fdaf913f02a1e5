from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.management.commands.make_demo_accounts import CONTRIBUTORS, STAFF
from accounts.models import User
from partners.models import Membership
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_ones_own_machine(settings: pytest.FixtureRequest) -> None:
    settings.DEBUG = True  # type: ignore[attr-defined]


def make(**options: bool) -> str:
    out = StringIO()
    call_command("make_demo_accounts", stdout=out, **options)
    return out.getvalue()


def test_accounts_are_made_and_sign_in(client: Client) -> None:
    for slug, _, _ in CONTRIBUTORS:
        factories.partner(slug=slug)
    said = make().splitlines()
    assert said[-1].startswith("Staff set up a second factor")
    rows = [line.split() for line in said[2:-1]]
    assert len(rows) == User.objects.demonstration().count() == 7
    staff = {email: role for email, _name, role, _called in STAFF}
    assert dict(User.objects.filter(is_staff=True).values_list("email", "groups__name")) == staff
    assert sorted(Membership.objects.values_list("partner__slug", "role")) == sorted(
        (slug, "contributor") for slug, _, _ in CONTRIBUTORS
    )
    for email, password, *_role in rows:
        assert client.login(username=email, password=password)
        entered = client.get(reverse("admin:index")).status_code == 200
        assert entered is (email in staff)


def test_a_missing_partner_is_left_out_with_a_sentence() -> None:
    said = make()
    assert "The partner uts is not in the database: no contributor was made for it." in said.splitlines()
    assert User.objects.demonstration().count() == len(STAFF)


def test_a_second_run_makes_none() -> None:
    make()
    before = list(User.objects.values_list("email", "password"))
    assert make(if_none=True).startswith("There are demonstration accounts already: none was made.")
    assert list(User.objects.values_list("email", "password")) == before


def test_another_run_gives_new_passwords() -> None:
    make()
    before = dict(User.objects.values_list("email", "password"))
    make()
    after = dict(User.objects.values_list("email", "password"))
    assert before.keys() == after.keys()
    assert all(before[email] != after[email] for email in before)


def test_refused_when_debug_is_off(settings: pytest.FixtureRequest) -> None:
    settings.DEBUG = False  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="refused when DEBUG is off"):
        make()
    assert not User.objects.exists()
