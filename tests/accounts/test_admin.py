"""What the administration does for every record: one change for each save, and no save lost."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actions import change, save_record
from accounts.choices import Door
from accounts.models import Change, User
from partners.models import Membership, Partner, PartnerAlias
from tests import factories
from tests.admin_pages import errors, page, signed_in, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> User:
    return User.objects.create_superuser("ana@example.org", "a-password-of-a-test", name="Ana")


@pytest.fixture
def staff(ana: User) -> Client:
    return signed_in(ana)


def test_a_save_is_one_change_with_its_reason(staff: Client, ana: User) -> None:
    partner = factories.partner(name="Instituto")
    before = Change.objects.count()
    url = page(Partner, "change", partner.pk)
    data = typed(staff.get(url), name="Instituto Norte", change_reason="Renamed by law")
    rows = {
        "aliases-TOTAL_FORMS": "2",
        "aliases-0-name": "Instituto",
        "aliases-0-kind": "former_name",
        "aliases-0-partner": str(partner.pk),
        "aliases-1-name": "Inst. Norte",
        "aliases-1-kind": "spelling",
        "aliases-1-partner": str(partner.pk),
    }
    assert staff.post(url, data | rows).status_code == 302
    assert Change.objects.count() == before + 1
    made = Change.objects.first()
    assert made is not None
    assert (made.door, made.made_by, made.reason) == (Door.ADMIN, ana, "Renamed by law")
    partner.refresh_from_db()
    assert (partner.name, partner.version) == ("Instituto Norte", 2)
    assert partner.history.latest().change == made
    assert [row.change for row in PartnerAlias.history.all()] == [made, made]


def test_a_save_that_alters_nothing_leaves_no_trace(staff: Client) -> None:
    partner = factories.partner()
    before = Change.objects.count()
    url = page(Partner, "change", partner.pk)
    assert staff.post(url, typed(staff.get(url))).status_code == 302
    partner.refresh_from_db()
    assert partner.version == 1
    assert Change.objects.count() == before


def test_a_refused_save_leaves_no_trace(staff: Client) -> None:
    partner = factories.partner()
    before = Change.objects.count()
    url = page(Partner, "change", partner.pk)
    response = staff.post(url, typed(staff.get(url), name=""))
    assert response.status_code == 200
    assert len(errors(response)) == 1
    assert Change.objects.count() == before


def test_a_stale_save_is_refused_with_both_versions(staff: Client) -> None:
    partner = factories.partner(name="Instituto", city="Lima")
    url = page(Partner, "change", partner.pk)
    opened = typed(staff.get(url))
    with change(door=Door.WORKSPACE, by=factories.user(name="Luis")):
        partner.city = "Cusco"
        save_record(record=partner)
    response = staff.post(url, opened | {"name": "Instituto Norte"})
    assert response.status_code == 200
    assert sorted(errors(response)) == [
        "City: you typed “Lima”, it now says “Cusco”.",
        "Luis saved this while you were editing it, so nothing was saved. "
        "Compare, then save again to keep what you typed.",
        "Official name: you typed “Instituto Norte”, it now says “Instituto”.",
    ]
    partner.refresh_from_db()
    assert (partner.name, partner.city) == ("Instituto", "Cusco")
    # What was typed stands in the form still; sent again, it is a decision.
    again = typed(response)
    assert (again["name"], again["city"], again["seen_version"]) == ("Instituto Norte", "Lima", "2")
    assert staff.post(url, again).status_code == 302
    partner.refresh_from_db()
    assert (partner.name, partner.city, partner.version) == ("Instituto Norte", "Lima", 3)


def test_a_save_between_reading_and_writing_is_noticed(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    partner = factories.partner(city="Lima")
    url = page(Partner, "change", partner.pk)
    data = typed(staff.get(url), city="Arequipa")
    saves = []

    def save_after_another(*, record: Partner) -> Partner:
        saves.append(record)
        if len(saves) == 1:
            Partner.objects.filter(pk=record.pk).update(version=2, city="Cusco")
        return save_record(record=record)

    monkeypatch.setattr("accounts.admin.save_record", save_after_another)
    # The other's save is undone with ours here, as both are in one transaction: only the second try goes through.
    assert staff.post(url, data).status_code == 302
    assert len(saves) == 2
    partner.refresh_from_db()
    assert (partner.city, partner.version) == ("Arequipa", 2)


def test_a_stale_row_of_a_page_is_refused(staff: Client) -> None:
    alias = factories.partner_alias(name="Inst.")
    url = page(Partner, "change", alias.partner.pk)
    opened = typed(staff.get(url))
    with change(door=Door.COMMAND):
        alias.name = "Instit."
        save_record(record=alias)
    response = staff.post(url, opened | {"aliases-0-name": "Institut"})
    assert "Name as written: you typed “Institut”, it now says “Instit.”." in errors(response)
    alias.refresh_from_db()
    assert alias.name == "Instit."


def test_equal_new_rows_are_refused_with_the_sentence_of_the_rule(staff: Client) -> None:
    url = page(Partner, "add")
    data = typed(staff.get(url), slug="norte", name="Instituto Norte", language="es", kind="ministry")
    for row in range(2):
        data |= {f"aliases-{row}-name": "Norte", f"aliases-{row}-kind": "spelling"}
    response = staff.post(url, data | {"aliases-TOTAL_FORMS": "2"})
    assert response.status_code == 200
    assert errors(response) == ["This spelling is already listed for the partner."]
    assert not Partner.objects.exists()


def test_what_others_rest_on_is_not_deleted(staff: Client) -> None:
    partnership = factories.partnership()
    url = page(Partner, "delete", partnership.partner.pk)
    response = staff.post(url, {"post": "yes"})
    assert response.status_code == 200
    assert response.context["protected"] == [
        f'Partnership: <a href="{page(type(partnership), "change", partnership.pk)}">{partnership}</a>'
    ]
    assert Partner.objects.filter(pk=partnership.partner.pk).exists()


def test_deleting_is_on_record(staff: Client, ana: User) -> None:
    one, other = factories.partner(), factories.partner()
    url = page(Partner, "delete", one.pk)
    assert 'name="change_reason"' in staff.get(url).content.decode()
    assert staff.post(url, {"post": "yes", "change_reason": "Listed twice"}).status_code == 302
    assert Partner.history.latest().change.reason == "Listed twice"
    chosen = {"action": "delete_selected", "_selected_action": [other.pk], "index": "0", "post": "yes"}
    assert staff.post(page(Partner, "changelist"), chosen).status_code == 302
    assert not Partner.objects.exists()
    gone = Partner.history.filter(history_type="-")
    assert [(row.change.made_by, row.change.door) for row in gone] == [(ana, Door.ADMIN)] * 2
    for row in gone:
        assert staff.get(page(Partner, "history", row.id)).status_code == 200
        assert row.name in staff.get(page(Change, "change", row.change.pk)).content.decode()


def test_history_says_who_why_and_through_which_door(staff: Client) -> None:
    partner = factories.partner(city="Lima")
    with change(door=Door.ON_BEHALF, by=factories.user(name="Luis"), reason="By telephone"):
        partner.city = "Cusco"
        save_record(record=partner)
    text = staff.get(page(Partner, "history", partner.pk)).content.decode()
    for words in ("Luis", "By telephone", "Entered on behalf of a partner", "Lima → Cusco"):
        assert words.lower() in text.lower()


def test_translated_fields_stand_in_a_group_for_each_language(staff: Client) -> None:
    User.objects.update(language="es")
    response = staff.get(page(Partner, "add"))
    groups = {str(fieldset.name): fieldset for fieldset in response.context["adminform"] if fieldset.name}
    assert {name: list(group.fields) for name, group in groups.items()} == {
        "Français": ["translated_name_fr", "note_fr"],
        "Español": ["translated_name_es", "note_es"],
        "English": ["translated_name_en", "note_en"],
    }
    assert [name for name, group in groups.items() if group.is_collapsible] == ["Français", "English"]
    assert "[fr]" in response.content.decode()


def test_an_account_signs_in_by_its_address(staff: Client) -> None:
    url = page(User, "add")
    data = typed(
        staff.get(url), email="rosa@example.org", name="Rosa", password1="tarde de lluvia", password2="tarde de lluvia"
    )
    assert staff.post(url, data).status_code == 302
    rosa = User.objects.get(email="rosa@example.org")
    staff.post(page(User, "change", rosa.pk), typed(staff.get(page(User, "change", rosa.pk)), is_staff="on"))
    new = {"password1": "noche de viento", "password2": "noche de viento", "usable_password": "true"}
    assert staff.post(reverse("admin:auth_user_password_change", args=[rosa.pk]), new).status_code == 302
    client = Client()
    entered = client.post("/en/accounts/login/", {"login": "rosa@example.org", "password": "noche de viento"})
    assert entered.headers["Location"] == "/en/workspace/"


def test_an_account_is_made_a_member_on_its_page(staff: Client) -> None:
    partner, user = factories.partner(), factories.user()
    url = page(User, "change", user.pk)
    row = {
        "memberships-TOTAL_FORMS": "1",
        "memberships-0-user": str(user.pk),
        "memberships-0-partner": str(partner.pk),
        "memberships-0-role": "lead",
    }
    assert staff.post(url, typed(staff.get(url)) | row).status_code == 302
    assert Membership.history.get().change.door == Door.ADMIN
