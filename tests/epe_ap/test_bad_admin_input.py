"""The administration under hostile and careless hands: crafted addresses and forms, by everybody."""

from typing import Any

import pytest
from django.contrib import admin
from django.forms import formsets
from django.test import Client

from accounts.models import Change, User
from accounts.roles import DATA_ENTRY, SPECIALISTS
from indicators.models import Actual, Result
from partners.models import Membership, Partner
from tests import factories as make
from tests.admin_pages import errors, page, signed_in, typed

pytestmark = pytest.mark.django_db

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
TOO_LONG = "99999999999999999999"
#: What no form of the administration writes into an address.
NONSENSE = ("abc", "%00", "-1", TOO_LONG, "1,2", "%ff", "None", "_5F")


@pytest.fixture
def staff() -> Client:
    return signed_in()


# --- Addresses ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [Actual, Partner, Membership, User, Change, Result], ids=lambda model: model.__name__)
def test_no_address_breaks_a_list(staff: Client, model: Any):
    url = page(model, "changelist")
    filters = [each[0] if isinstance(each, tuple) else each for each in admin.site._registry[model].list_filter]
    names = ("q", "p", "o", "e", "_popup", "_to_field", "id", "pk__in", "unknown")
    # Each meets both that a database may choke on: the first two ways to write a filter are one to Django.
    asked = [(name, value) for name in names for value in ("%00", TOO_LONG)]
    asked += [(f"{each}{how}", value) for each in filters for how, value in (("", "%00"), ("__exact", TOO_LONG))]
    other = [*names, *(f"{each}{how}" for each in filters for how in ("__id__exact", "__in"))]
    asked += [(name, NONSENSE[number % len(NONSENSE)]) for number, name in enumerate(other)]
    for name, value in asked:
        assert staff.get(f"{url}?{name}={value}").status_code in (200, 302, 400, 404), f"{name}={value}"


@pytest.mark.parametrize("model", [Actual, Partner, User, Change, Result], ids=lambda model: model.__name__)
@pytest.mark.parametrize("name", ["", "change/", "delete/", "history/"])
def test_no_address_breaks_the_page_of_a_record(staff: Client, model: Any, name: str):
    for value in (*NONSENSE, "x" * 3000):
        found = staff.get(f"{page(model, 'changelist')}{value}/{name}")
        assert found.status_code in (302, 403, 404), value


def test_a_form_that_is_filled_in_by_its_address_chooses_no_nonsense(staff: Client):
    for value in NONSENSE:
        assert staff.get(f"{page(Actual, 'add')}?series={value}&period={value}&value={value}").status_code == 200
        assert staff.get(f"{page(Partner, 'add')}?country={value}&slug={value}").status_code == 200


def test_nothing_breaks_what_completes_a_word(staff: Client):
    asked = "/admin/autocomplete/?app_label=indicators&model_name=actual&field_name=series"
    for term in ("", "%00", "%ff", "x" * 3000, "'", "%25_", "%5C"):
        assert staff.get(f"{asked}&term={term}").status_code in (200, 404), term
    for number in ("abc", "-1", TOO_LONG):
        assert staff.get(f"{asked}&term=a&page={number}").status_code == 404


# --- Forms -------------------------------------------------------------------------------------------


@pytest.mark.any_database
def test_a_broken_number_is_refused_and_never_read_as_another(staff: Client):
    actual = make.actual(series=make.series(key="sex=women"), value=50)
    url = page(Actual, "change", actual.pk)
    seen = typed(staff.get(url))
    for written in (
        *("1,234", "12,5", "1 000", "1\N{NO-BREAK SPACE}000", "1e400", "1e-400", "9" * 20, "NaN", "sNaN", "Infinity"),
        *("-Infinity", "0x10", "1/2", "½", "³", "1\x00", "--1", "5%"),
    ):
        response: Any = staff.post(url, seen | dict.fromkeys(("value", "numerator", "share"), written))
        said = response.context["adminform"].form.errors
        for field in ("value", "numerator", "share"):
            assert said[field] in (
                ["Enter a number."],
                ["Ensure that there are no more than 15 digits in total."],
                ["Ensure that there are no more than 7 digits in total."],
            ), (field, written)
    assert (Actual.objects.get().value, Actual.objects.get().version) == (50, 1)


@pytest.mark.parametrize(("written", "read"), [("٣", 3), ("１２", 12), ("-0", 0), ("0e400", 0), ("1e3", 1000)])
def test_a_number_in_other_digits_is_that_number(staff: Client, written: str, read: int):
    actual = make.actual(value=50)
    url = page(Actual, "change", actual.pk)

    assert staff.post(url, typed(staff.get(url), value=written, change_reason="Why")).status_code == 302
    assert Actual.objects.get().value == read


def test_a_record_is_chosen_by_its_number_alone(staff: Client):
    actual = make.actual()
    url = page(Actual, "change", actual.pk)
    sent = typed(staff.get(url))
    for value in ("abc", "\x00", "-1", TOO_LONG, "1,2"):
        response = staff.post(url, sent | {"series": value, "period": value})
        assert sorted(response.context["adminform"].form.errors) == ["period", "series"], value


def test_a_null_byte_stands_in_no_reason(staff: Client):
    actual = make.actual(value=50)
    url = page(Actual, "change", actual.pk)
    assert errors(staff.post(url, typed(staff.get(url), value="60", change_reason="a\x00b"))) == [
        "Null characters are not allowed."
    ]
    deleted = staff.post(page(Actual, "delete", actual.pk), {"post": "yes", "change_reason": "a\x00b"})
    assert deleted.status_code == 302
    assert Change.objects.order_by("pk").last().reason == "a b"  # type: ignore[union-attr]


def test_no_tampered_form_breaks_a_page(staff: Client, monkeypatch: pytest.MonkeyPatch):
    # Django makes 2,000 forms of any larger number, which takes seconds: that it stops is what matters.
    monkeypatch.setattr(formsets, "DEFAULT_MAX_NUM", 20)
    partner = make.partner()
    alias = make.partner_alias(partner=partner)
    make.membership(partner=partner)
    url = page(Partner, "change", partner.pk)
    sent = typed(staff.get(url))
    for change in (
        *({"aliases-TOTAL_FORMS": number} for number in ("", "abc", "-1", TOO_LONG)),
        *({"aliases-0-id": number} for number in ("", "abc", "\x00", TOO_LONG, alias.pk + 1)),
        *({"aliases-0-partner": number} for number in ("abc", TOO_LONG, partner.pk + 1)),
        *({"memberships-0-user": number} for number in ("abc", TOO_LONG)),
        {"part_of": TOO_LONG, "country": "\x00"},
    ):
        assert staff.post(url, sent | change).status_code in (200, 302, 404), change
    assert staff.post(url, {}).status_code == 200
    chosen = {"action": "delete_selected", "index": "0"}
    for change in (
        {},
        {"action": "nothing"},
        {"index": "abc"},
        *({"_selected_action": number} for number in ("abc", "\x00", TOO_LONG)),
        {"_selected_action": [partner.pk, "abc"], "post": "yes"},
    ):
        assert staff.post(page(Partner, "changelist"), chosen | change).status_code in (200, 302, 404), change
    assert Partner.objects.count() == 1


@pytest.mark.parametrize("version", ["", "abc", "0", TOO_LONG])
def test_nobody_saves_without_saying_which_version_they_saw(staff: Client, version: str):
    actual = make.actual(value=50)
    url = page(Actual, "change", actual.pk)
    response = staff.post(url, typed(staff.get(url), value="60", change_reason="Why", seen_version=version))

    assert response.status_code == 200
    assert Actual.objects.get().value == 50


# --- Whose hands -------------------------------------------------------------------------------------


def test_a_form_without_its_token_is_refused(staff: Client):
    actual = make.actual(value=50)
    url = page(Actual, "change", actual.pk)
    sent = typed(staff.get(url), value="60")
    forged = Client(enforce_csrf_checks=True)
    forged.cookies = staff.cookies

    assert forged.post(url, sent).status_code == 403
    assert forged.post(page(Actual, "delete", actual.pk), {"post": "yes"}).status_code == 403
    assert Actual.objects.get().value == 50


@pytest.mark.any_database
def test_who_is_not_staff_is_led_to_the_sign_in_whatever_they_send(client: Client):
    membership = make.membership(role="viewer")
    lead = make.membership(partner=membership.partner, role="lead")
    inactive = make.user(is_staff=True, is_active=False)
    actual = make.actual(value=50)
    for user in (None, membership.user, lead.user, inactive):
        client.logout()
        if user is not None:
            client.force_login(user)
        for model in MODELS:
            for address in (page(model, "changelist"), page(model, "add")):
                assert client.get(address).status_code == 302, (user, address)
                assert client.post(address, {"action": "delete_selected"}).status_code == 302, (user, address)
        assert client.post(page(Actual, "delete", actual.pk), {"post": "yes"}).status_code == 302
        assert (
            client.get("/admin/autocomplete/?app_label=indicators&model_name=actual&field_name=series").status_code
            == 302
        )
    assert Actual.objects.count() == 1


@pytest.mark.any_database
def test_staff_without_rights_read_and_write_nothing():
    nobody = signed_in(make.user(is_staff=True))
    actual = make.actual(value=50)
    for model in MODELS:
        assert nobody.get(page(model, "changelist")).status_code == 403, model
        assert nobody.post(page(model, "add"), {}).status_code == 403, model
        assert nobody.post(page(model, "changelist"), {"action": "delete_selected"}).status_code == 403, model
    for name in ("change", "delete", "history"):
        assert nobody.get(page(Actual, name, actual.pk)).status_code == 403
        assert nobody.post(page(Actual, name, actual.pk), {"post": "yes", "value": "1"}).status_code == 403
    assert (
        nobody.get("/admin/autocomplete/?app_label=indicators&model_name=actual&field_name=series").status_code == 403
    )
    assert Actual.objects.get().value == 50


def test_nobody_of_the_groups_raises_their_own_rights():
    for role in (SPECIALISTS, DATA_ENTRY):
        user = make.staff(role)
        client = signed_in(user)
        url = page(User, "change", user.pk)

        assert client.get(url).status_code == 200
        assert client.post(url, {"email": user.email, "is_superuser": "on", "is_staff": "on"}).status_code == 403
        assert client.post(page(User, "add"), {"email": "a@example.org"}).status_code == 403
        assert client.post(f"/admin/accounts/user/{user.pk}/password/", {"password1": "x"}).status_code == 403
        user.refresh_from_db()
        assert not user.is_superuser


def test_what_others_rest_on_is_deleted_by_no_form(staff: Client):
    actual = make.actual()
    for record in (actual.series, actual.period, actual.series.indicator, actual.series.indicator.programme):
        model = type(record)
        assert staff.post(page(model, "delete", record.pk), {"post": "yes"}).status_code in (200, 403)
        many = {"action": "delete_selected", "_selected_action": [record.pk], "post": "yes", "change_reason": "x"}
        assert staff.post(page(model, "changelist"), many).status_code in (200, 302, 403)
        assert model.objects.filter(pk=record.pk).exists()
