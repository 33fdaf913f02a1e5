import pytest
from django.test import Client

from projects.models import Partnership, Project, WorkPlan
from tests import factories
from tests.admin_pages import errors, page, signed_in, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Client:
    return signed_in()


def partnership_rows(*roles: str) -> dict[str, str]:
    rows = {"partnerships-TOTAL_FORMS": str(len(roles))}
    for number, role in enumerate(roles):
        rows |= {
            f"partnerships-{number}-partner": str(factories.partner().pk),
            f"partnerships-{number}-role": role,
            f"partnerships-{number}-is_adopted": "on",
        }
    return rows


def test_two_new_leads_are_refused_with_the_sentence_of_the_rule(staff: Client) -> None:
    url = page(Project, "add")
    data = typed(
        staff.get(url),
        programme=factories.programme().pk,
        slug="B99",
        code="B99",
        kind="institutional_partnership",
        title="Projet",
        language="fr",
    )
    response = staff.post(url, data | partnership_rows("lead", "lead"))
    assert response.status_code == 200
    assert errors(response) == ["The project already has a lead."]
    assert not Project.objects.exists()
    assert staff.post(url, data | partnership_rows("lead", "local_partner", "local_partner")).status_code == 302
    assert sorted(Partnership.objects.values_list("role", flat=True)) == ["lead", "local_partner", "local_partner"]


def test_a_second_lead_beside_a_saved_one_is_refused(staff: Client) -> None:
    project = factories.partnership(role="lead").project
    url = page(Project, "change", project.pk)
    rows = {
        "partnerships-TOTAL_FORMS": "2",
        "partnerships-1-project": str(project.pk),
        "partnerships-1-partner": str(factories.partner().pk),
        "partnerships-1-role": "lead",
        "partnerships-1-is_adopted": "on",
    }
    response = staff.post(url, typed(staff.get(url)) | rows)
    assert "The project already has a lead." in errors(response)
    assert project.partnerships.count() == 1


def test_a_list_is_filtered_by_a_typed_record_and_keeps_the_search(staff: Client) -> None:
    one = factories.partnership()
    other = factories.partnership()
    url = page(Project, "changelist")
    response = staff.get(url, {"partners__id__exact": one.partner.pk, "q": "Projet"})
    assert [project.pk for project in response.context["cl"].result_list] == [one.project.pk]
    text = response.content.decode()
    assert f'<option value="{one.partner.pk}" selected>{one.partner}</option>' in text
    assert f">{other.partner}<" not in text
    assert '<input type="hidden" name="q" value="Projet">' in text


def test_a_change_of_countries_moves_the_results(staff: Client) -> None:
    chile, peru = factories.country("CL"), factories.country("PE")
    project = factories.project()
    actual = factories.actual(series=factories.series(project=project))
    url = page(Project, "change", project.pk)
    for country in (chile, peru):
        assert staff.post(url, typed(staff.get(url)) | {"countries": [country.pk]}).status_code == 302
        assert actual.results.get().country == country


def test_the_parts_of_a_work_plan_are_reached_from_it(staff: Client) -> None:
    area = factories.area()
    factories.activity(area=area)
    plan = staff.get(page(WorkPlan, "change", area.work_plan.pk)).content.decode()
    address = page(type(area), "change", area.pk)
    assert f'href="{address}' in plan
    inlines = staff.get(address).context["inline_admin_formsets"]
    assert [inline.opts.model.__name__ for inline in inlines] == ["Objective", "Activity", "Deliverable"]
