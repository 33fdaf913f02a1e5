"""What each role of the staff may do, and what it may not."""

from importlib import import_module
from itertools import pairwise
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import connection

from accounts.actions import ensure_roles
from accounts.models import Change, User
from accounts.roles import ADMINISTRATORS, DATA_ENTRY, READERS, ROLES, SPECIALISTS
from indicators.models import Actual, ExpectedResult, Indicator, ReportingPeriod, Result, Submission
from library.models import Citation, Finding, Publication
from partners.models import Partner
from projects.models import Partnership, Project
from tests import factories
from tests.admin_pages import page, signed_in, typed

pytestmark = pytest.mark.django_db

#: Who holds a right, from the most to the least; superusers hold all.
EVERYBODY = (ADMINISTRATORS, SPECIALISTS, DATA_ENTRY, READERS)
WHO_ENTER = EVERYBODY[:3]
WHO_DECIDE = EVERYBODY[:2]
WHO_MANAGE = EVERYBODY[:1]
NOBODY: tuple[str, ...] = ()

HOLDERS = {
    # Partners, projects, forums, sources
    "partners.add_partner": WHO_ENTER,
    "partners.change_membership": WHO_ENTER,
    "projects.delete_partnership": WHO_ENTER,
    "projects.change_project": WHO_ENTER,
    "forums.add_forum": WHO_ENTER,
    "library.add_publication": WHO_ENTER,
    "library.change_finding": WHO_ENTER,
    "library.delete_citation": WHO_ENTER,
    # Figures
    "indicators.add_submission": WHO_ENTER,
    "indicators.change_report": WHO_ENTER,
    "indicators.add_target": WHO_ENTER,
    "indicators.add_baseline": WHO_ENTER,
    "indicators.add_intake": WHO_ENTER,
    "indicators.add_evidence": WHO_ENTER,
    "accounts.add_import": WHO_ENTER,
    "accounts.view_storedfile": WHO_ENTER,
    "accounts.view_user": WHO_ENTER,
    # What is measured, when, and what counts
    "indicators.review_submission": WHO_DECIDE,
    "indicators.publish_reportingperiod": WHO_DECIDE,
    "indicators.correct_reportingperiod": WHO_DECIDE,
    "indicators.change_expectedresult": WHO_DECIDE,
    "indicators.add_indicator": WHO_DECIDE,
    "indicators.delete_indicator": WHO_DECIDE,
    "indicators.add_breakdown": WHO_DECIDE,
    "indicators.change_reportingperiod": WHO_DECIDE,
    # Accounts
    "accounts.add_user": WHO_MANAGE,
    "accounts.change_user": WHO_MANAGE,
    "auth.view_group": WHO_MANAGE,
    "accounts.delete_user": NOBODY,
    "auth.change_group": NOBODY,
    "auth.add_permission": NOBODY,
    # Written by the system alone, or never altered
    "indicators.change_result": NOBODY,
    "indicators.add_review": NOBODY,
    "accounts.change_change": NOBODY,
    "accounts.delete_import": NOBODY,
    # Reading
    "indicators.view_submission": EVERYBODY,
    "indicators.view_actual": EVERYBODY,
    "partners.view_partner": EVERYBODY,
    "library.view_discrepancy": EVERYBODY,
    "accounts.view_change": EVERYBODY,
    "accounts.view_import": EVERYBODY,
}


def held() -> dict[str, set[str]]:
    """The rights of each group, as app.codename."""
    rows = Group.objects.values_list("name", "permissions__content_type__app_label", "permissions__codename")
    rights: dict[str, set[str]] = {name: set() for name in EVERYBODY}
    for name, app, codename in rows:
        rights[name].add(f"{app}.{codename}")
    return rights


def test_each_right_is_held_by_these_roles_alone() -> None:
    known = {f"{each.content_type.app_label}.{each.codename}" for each in Permission.objects.select_related()}
    assert HOLDERS.keys() <= known
    people = {role: factories.staff(role) for role in EVERYBODY}
    found = {right: tuple(role for role in EVERYBODY if people[role].has_perm(right)) for right in HOLDERS}
    assert found == HOLDERS


def test_a_reader_holds_no_right_but_to_look() -> None:
    assert {right for right in held()[READERS] if ".view_" not in right} == set()


def test_a_role_holds_all_that_the_lower_ones_hold() -> None:
    rights = held()
    for higher, lower in pairwise(EVERYBODY):
        assert rights[lower] < rights[higher]


#: Pages of the administration: model, page, to whom it opens; the others are refused.
PAGES: list[tuple[Any, str, tuple[str, ...]]] = [
    (Partner, "changelist", EVERYBODY),
    (Partner, "add", WHO_ENTER),
    (Project, "add", WHO_ENTER),
    (Partnership, "add", WHO_ENTER),
    (Publication, "add", WHO_ENTER),
    (Finding, "add", WHO_ENTER),
    (Citation, "add", WHO_ENTER),
    (Indicator, "changelist", EVERYBODY),
    (Indicator, "add", WHO_DECIDE),
    (ExpectedResult, "add", WHO_DECIDE),
    (ReportingPeriod, "add", WHO_DECIDE),
    (Actual, "changelist", EVERYBODY),
    (Submission, "changelist", EVERYBODY),
    (Result, "add", NOBODY),
    (User, "changelist", WHO_ENTER),
    (User, "add", WHO_MANAGE),
    (Group, "changelist", WHO_MANAGE),
    (Group, "add", NOBODY),
    (Change, "changelist", EVERYBODY),
    (Change, "add", NOBODY),
]


def test_each_page_of_the_administration_opens_to_these_roles_alone() -> None:
    clients = {role: signed_in(factories.staff(role)) for role in EVERYBODY}
    for model, name, opens_to in PAGES:
        answers = {role: client.get(page(model, name)).status_code for role, client in clients.items()}
        expected = {role: 200 if role in opens_to else 403 for role in EVERYBODY}
        assert answers == expected, (model, name)


def test_the_migration_and_the_action_agree() -> None:
    before = held()
    Group.objects.all().delete()
    groups = ensure_roles()
    assert list(groups) == [role.name for role in ROLES]
    assert held() == before
    ensure_roles()
    assert held() == before


def test_the_migration_keeps_who_was_in_a_group_that_it_renames() -> None:
    Group.objects.all().delete()
    member = factories.user(is_staff=True)
    member.groups.add(Group.objects.create(name="CICan staff"))
    migration = import_module("accounts.migrations.0003_roles")
    with connection.schema_editor(atomic=False) if connection.vendor == "postgresql" else _Editor() as editor:
        for _ in range(2):
            migration.make_roles(_Apps(), editor)
    assert sorted(Group.objects.values_list("name", flat=True)) == sorted(EVERYBODY)
    assert member.groups.get().name == DATA_ENTRY
    assert member.has_perm("indicators.add_submission")


class _Editor:
    """What the migration asks of a schema editor; SQLite's own refuses to open inside a transaction."""

    connection = connection

    def __enter__(self) -> "_Editor":
        return self

    def __exit__(self, *problem: object) -> None:
        pass


class _Apps:
    """The models as they are, and configurations that the migration may alter."""

    get_model = staticmethod(apps.get_model)

    def get_app_config(self, label: str) -> Any:
        config = apps.get_app_config(label)
        return type("Config", (), {"label": label, "models_module": None, "get_models": config.get_models})()


# --- Accounts: nobody makes anybody mightier than they are themselves --------------------------------------------------


def test_an_administrator_makes_a_colleague_and_no_superuser() -> None:
    client = signed_in(factories.staff(ADMINISTRATORS))
    colleague = factories.user()
    url = page(User, "change", colleague.pk)
    shown = client.get(url)
    fields = shown.context["adminform"].form.fields
    assert {"is_superuser", "user_permissions"}.isdisjoint(fields)
    assert [group.name for group in fields["groups"].queryset] == sorted(EVERYBODY)

    beyond = Permission.objects.get(codename="delete_user")
    given = {"is_staff": "on", "groups": [Group.objects.get(name=DATA_ENTRY).pk]}
    crafted = {"is_superuser": "on", "user_permissions": [beyond.pk]}
    assert client.post(url, typed(shown) | given | crafted).status_code == 302
    colleague = User.objects.get(pk=colleague.pk)
    assert colleague.is_staff
    assert [group.name for group in colleague.groups.all()] == [DATA_ENTRY]
    assert (colleague.is_superuser, colleague.user_permissions.count()) == (False, 0)


def test_an_administrator_gives_no_group_that_may_do_more() -> None:
    administrator = factories.staff(ADMINISTRATORS)
    mighty = Group.objects.create(name="Mighty")
    mighty.permissions.add(Permission.objects.get(codename="delete_user"))
    client = signed_in(administrator)
    url = page(User, "change", administrator.pk)
    answer = client.post(url, typed(client.get(url)) | {"groups": [mighty.pk]})
    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == ["groups"]
    assert [group.name for group in administrator.groups.all()] == [ADMINISTRATORS]


def test_an_administrator_takes_over_no_mightier_account() -> None:
    client = signed_in(factories.staff(ADMINISTRATORS))
    superuser = User.objects.create_superuser("root@example.org", "a-password-of-a-test", name="Root")
    retired = factories.user(is_active=False)
    retired.user_permissions.add(Permission.objects.get(codename="delete_user"))
    for mightier in (superuser, retired):
        before = User.objects.values().get(pk=mightier.pk)
        url = page(User, "change", mightier.pk)
        assert client.get(url).status_code == 200
        sent = {"email": "mine@example.org", "name": "Mine", "is_active": "on", "seen_version": "1"}
        assert client.post(url, sent).status_code == 403
        new = {"password1": "noche de viento", "password2": "noche de viento", "usable_password": "true"}
        assert client.post(f"/admin/accounts/user/{mightier.pk}/password/", new).status_code == 403
        assert client.post(page(User, "delete", mightier.pk), {"post": "yes"}).status_code == 403
        assert User.objects.values().get(pk=mightier.pk) == before
