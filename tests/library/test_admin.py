import pytest
from django.test import Client

from library.models import Citation, Discrepancy
from tests import factories
from tests.admin_pages import errors, page, signed_in, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Client:
    return signed_in()


def test_it_takes_two_to_disagree(staff: Client) -> None:
    actual = factories.actual()
    citations = [factories.citation(actual=actual, value=value) for value in (50, 60)]
    url = page(Discrepancy, "add")
    data = typed(
        staff.get(url),
        code="value-1",
        programme=actual.series.indicator.programme.pk,
        kind="value",
        severity="minor",
        explanation_fr="Deux valeurs.",
        explanation_es="Dos valores.",
        explanation_en="Two values.",
    )
    refused = staff.post(url, data | {"citations": [citations[0].pk]})
    assert errors(refused) == ["A discrepancy needs at least two citations or figures."]
    assert staff.post(url, data | {"citations": [each.pk for each in citations]}).status_code == 302
    assert Discrepancy.objects.get().citations.count() == 2
    assert actual.results.get().has_discrepancy


def test_a_citation_of_two_things_is_refused(staff: Client) -> None:
    citation = factories.citation(partner=factories.partner())
    url = page(Citation, "change", citation.pk)
    response = staff.post(url, typed(staff.get(url), forum=factories.forum().pk))
    assert errors(response) == ["A citation is about exactly one figure or record."]


def test_the_source_of_a_result_follows_its_citation(staff: Client) -> None:
    citation = factories.citation(actual=factories.actual(), section="Results")
    url = page(Citation, "change", citation.pk)
    assert staff.post(url, typed(staff.get(url), section="Theme 3 · Results")).status_code == 302
    assert citation.actual.results.get().source_section == "Theme 3 · Results"
