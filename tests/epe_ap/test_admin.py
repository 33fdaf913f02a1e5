"""The pages of the administration, of every model that it knows."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Change, Import, StoredFile, User
from indicators.models import Breakdown, Goal, Intake, Reminder, Result, Review
from library.models import Citation
from search.models import Entry, Word
from tests import factories

pytestmark = pytest.mark.django_db

#: Tables of Django's own that staff have no business with.
NOT_FOR_STAFF = {Permission, ContentType, Session, LogEntry, Authenticator, EmailAddress, EmailConfirmation}
#: What can be found is on the pages themselves.
NOT_FOR_STAFF |= {Entry, Word}
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


def a_result() -> Result:
    """A row of the computed table; tests alone write one by hand."""
    of = factories.series(project=factories.project(), country=factories.country(), partner=factories.partner())
    return Result.objects.create(
        key=f"row-{factories.number()}",
        origin="reported",
        programme=of.indicator.programme,
        indicator=of.indicator,
        series=of,
        period=factories.period(programme=of.indicator.programme),
        project=of.project,
        country=of.country,
        partner=of.partner,
        breakdown=of.breakdown,
        nature="output",
        family="tools",
        measure="count",
        cumulation="stock",
        period_kind="interim",
        status="recorded",
        status_final="recorded",
        rules_version="test",
    )


def in_a_series(make: Callable[..., Any]) -> Callable[[], Any]:
    """A figure whose series has every part of a scope, so that a list that looks one up for each row is caught."""

    def made() -> Any:
        project = factories.project()
        return make(
            series=factories.series(
                project=project,
                country=factories.country(),
                partner=factories.partner(),
                forum=factories.forum(programme=project.programme),
                key=f"sex=s{factories.number()}",
            )
        )

    return made


def a_citation() -> Citation:
    """Of a figure and of a partnership in turn, whose names reach farthest."""
    if Citation.objects.count() % 2:
        return factories.citation(actual=in_a_series(factories.actual)())
    return factories.citation(partnership=factories.partnership())


def a_change() -> Change:
    return Change.objects.create(door="admin", made_by=factories.user(), reason="Because")


def make_row(model: type[models.Model]) -> models.Model:
    """One more row of a model, whose related rows are all its own."""
    own: dict[type[models.Model], Callable[[], Any]] = {
        Breakdown: lambda: factories.breakdown(f"sex=s{factories.number()}"),
        Change: a_change,
        Citation: a_citation,
        Goal: lambda: factories.goal(number=Goal.objects.count() + 1),
        Group: lambda: Group.objects.create(name=f"Group {factories.number()}"),
        Import: lambda: factories.import_made(made_by=factories.user()),
        Intake: lambda: factories.intake(entered_by=factories.user(), file=factories.stored_file()),
        Result: a_result,
        StoredFile: lambda: factories.stored_file(content=b"not for any page", stored_by=factories.user()),
        User: factories.user,
    }
    if model in own:
        return own[model]()
    name = {"reportingperiod": "period"}.get(str(model._meta.model_name), "")
    for each in vars(factories):
        if each.replace("_", "") == model._meta.model_name:
            name = name or each
    make = getattr(factories, name)
    if name in ("baseline", "target", "actual", "submission"):
        return in_a_series(make)()
    return make()


def address(model: type[models.Model], page: str, *arguments: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("super@example.org", "a-password-of-a-test", name="Ana"))
    return client


def number_of_queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
    assert response.status_code == 200
    return len(queries)


def test_every_model_is_registered() -> None:
    business = {model for model in apps.get_models() if not model.__name__.startswith("Historical")}
    assert business - set(admin.site._registry) - NOT_FOR_STAFF == set()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_list_costs_the_same_whatever_its_length_and_is_searched(staff: Client, model: type[models.Model]) -> None:
    url = address(model, "changelist")
    make_row(model)
    one = number_of_queries(staff, url)
    make_row(model)
    make_row(model)
    three = number_of_queries(staff, url)
    assert one == three
    assert three <= 15

    assert admin.site._registry[model].search_fields
    assert staff.get(address(model, "changelist"), {"q": "nothing bears this name"}).context["cl"].result_count == 0
    referring = next(
        (
            relation.field
            for relation in model._meta.related_objects
            if relation.field.model in admin.site._registry and not relation.related_model.__name__.startswith("Hist")
        ),
        None,
    )
    if referring is None:
        return
    parameters = {
        "app_label": referring.model._meta.app_label,
        "model_name": referring.model._meta.model_name,
        "field_name": referring.name,
        "term": "",
    }
    with CaptureQueriesContext(connection) as queries:
        found = staff.get(reverse("admin:autocomplete"), parameters).json()
    assert len(found["results"]) >= 2
    assert len(queries) <= 5


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_pages_of_one_record_answer(staff: Client, model: type[models.Model]) -> None:
    row = make_row(model)
    model_admin = admin.site._registry[model]
    request = staff.get("/admin/").wsgi_request
    assert staff.get(address(model, "change", row.pk)).status_code == 200
    assert staff.get(address(model, "history", row.pk)).status_code == 200
    adding = staff.get(address(model, "add")).status_code
    assert adding == (200 if model_admin.has_add_permission(request) else 403)
    deleting = staff.get(address(model, "delete", row.pk)).status_code
    assert deleting == (200 if model_admin.has_delete_permission(request, row) else 403)


def test_computed_and_appended_rows_are_only_read(staff: Client) -> None:
    for model in (Result, Change, Review, Intake, Reminder, Import, StoredFile):
        row = make_row(model)
        assert staff.get(address(model, "add")).status_code == 403
        assert staff.post(address(model, "change", row.pk), {}).status_code == 403
        assert staff.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403


def test_what_a_file_holds_and_the_code_of_an_answer_are_in_no_page(staff: Client) -> None:
    for model, secret in ((StoredFile, "not for any page"), (Intake, "intake-")):
        row = make_row(model)
        for name, arguments in (("changelist", ()), ("change", (row.pk,))):
            assert secret not in staff.get(address(model, name, *arguments)).content.decode()


def test_policy_allows_styles_of_the_admin_and_no_inline_script(staff: Client) -> None:
    response = staff.get(address(Goal, "add"))
    policy = response["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "script-src" not in policy
    assert "default-src 'self'" in policy
    assert "<script>" not in response.content.decode()


def test_strangers_are_led_to_the_sign_in(client: Client) -> None:
    url = address(Goal, "changelist")
    assert client.get(url).headers["Location"] == f"/admin/login/?next={url}"
    viewer = factories.membership(role="viewer").user
    client.force_login(viewer)
    assert client.get(url, follow=True).status_code == 403
