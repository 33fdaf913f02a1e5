"""Pages of countries and partners."""

import re
from typing import Any

import pytest
from django.test import Client

from indicators.actions import rebuild_results
from tests import factories as make
from tests.factories import three
from tests.pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def names(tables: Any) -> list[str]:
    return [row.indicator.name for row in tables.rows]


@pytest.fixture
def chile() -> Any:
    return make.country("CL", **three("name", "Chile"), **three("summary", "What was done."), is_pacific_alliance=True)


def figure(name: str, *, programme: Any, **scope: Any) -> Any:
    indicator = make.indicator(programme=programme, slug=name.lower(), **three("name", name))
    period = programme.reporting_periods.first() or make.period(programme=programme, kind="whole", state="published")
    return make.actual(series=make.series(indicator=indicator, **scope), period=period)


def test_a_country_shows_its_own_figures_first_and_the_regional_ones_apart(client: Client, chile: Any):
    programme = make.programme()
    programme.countries.add(chile)
    elsewhere = make.country("PE", is_pacific_alliance=True)
    held_there = make.forum(programme=programme, country=chile, city="Santiago")
    held_elsewhere = make.forum(programme=programme, country=elsewhere, city="Lima")
    figure("Own", programme=programme, country=chile)
    figure("Regional", programme=programme)
    figure("Lima", programme=programme, forum=held_elsewhere)
    figure("Santiago", programme=programme, forum=held_there)
    figure("Peruvian", programme=programme, country=elsewhere)
    figure("African", programme=make.programme())
    rebuild_results()

    page = client.get("/en/countries/CL/")

    assert names(page.context["figures"]) == ["Own"]
    assert names(page.context["regional"]) == ["Lima", "Regional"]
    assert page.content.index(b'id="figures"') < page.content.index(b'id="regional"')
    assert "1 figure. The sources state no target for it." in words(page)
    assert "What was done." in words(page)


def test_long_second_lists_of_a_country_open_on_demand_and_are_in_the_page_all_the_same(client: Client, chile: Any):
    programme = make.programme()
    programme.countries.add(chile)
    figure("Regional", programme=programme)
    for _ in range(8):
        make.publication(programme=programme).countries.add(chile)
    rebuild_results()

    def folded() -> list[str]:
        html = client.get("/en/countries/CL/").content.decode()
        return [
            " ".join(re.sub(r"<[^>]+>", " ", found).split())
            for found in re.findall(r'<details class="more">(.*?)</summary>', html, flags=re.DOTALL)
        ]

    assert folded() == ["People trained 1"]
    last = make.publication(programme=programme, title="The ninth")
    last.countries.add(chile)
    assert folded() == ["9 publications", "People trained 1"]
    page = words(client.get("/en/countries/CL/"))
    assert ("The ninth" in page, "Regional" in page) == (True, True)


def test_a_country_outside_the_alliance_is_offered_no_regional_figures(client: Client):
    make.country("CA", **three("name", "Canada"))
    figure("Regional", programme=make.programme())
    rebuild_results()

    page = client.get("/en/countries/CA/")

    assert names(page.context["regional"]) == []
    assert "The sources state no outcome or output of Canada alone." in words(page)


def test_what_has_a_stated_target_stands_before_the_rest(client: Client, chile: Any):
    programme = make.programme()
    figure("Recorded", programme=programme, country=chile)
    with_target = figure("Targeted", programme=programme, country=chile)
    make.target(series=with_target.series, period=with_target.period, value=40)
    rebuild_results()

    page = client.get("/en/countries/CL/")

    assert "2 figures. The sources state a target for 1 of them." in words(page)
    assert page.content.index(b">Targeted<") < page.content.index(b">Recorded<")


def test_a_partner_bears_its_official_name_in_every_language(client: Client, chile: Any):
    partner = make.partner(
        slug="ceduc",
        name="Centro de Educación",
        language="es",
        translated_name_en="Education centre",
        acronym="CEDUC",
        country=chile,
        city="Antofagasta",
    )
    make.partner_alias(partner=partner, name="CEDUK", kind="misreading")
    make.partner(slug="campus", name="Campus Norte", part_of=partner)

    pages = {language: words(client.get(f"/{language}/partners/ceduc/")) for language in ("fr", "es", "en")}

    assert all("Centro de Educación" in page for page in pages.values())
    assert "Education centre (our translation, unofficial)" in pages["en"]
    assert "Education centre" not in pages["es"]
    assert all(text in pages["en"] for text in ("CEDUC", "CEDUK", "a misreading of the printed text", "Campus Norte"))
    assert '<span lang="es">Centro de Educación</span>' in client.get("/fr/partners/ceduc/").content.decode()


def test_a_contested_part_in_a_project_is_marked_on_both_pages(client: Client):
    contested = make.partnership(is_adopted=False, **three("note", "Only in figure 1."))
    source = make.document(slug="book", **three("short_title", "The book"))
    make.citation(partnership=contested, document=source, section="Figure 1", printed_value="Humber")

    of_partner = words(client.get(contested.partner.get_absolute_url()))
    of_project = words(client.get(contested.project.get_absolute_url()))

    for page in (of_partner, of_project):
        assert "Contested: a source names it, the project's own chapter does not." in page
        assert "Only in figure 1." in page
        assert "The book, Figure 1" in page


def test_the_list_of_partners_counts_real_projects_alone(client: Client):
    partner = make.partner(name="Instituto")
    make.partnership(partner=partner)
    make.partnership(partner=partner, is_adopted=False)
    make.partnership(partner=partner, project=make.project(programme=make.programme(is_demonstration=True)))

    assert "Instituto 1 project" in words(client.get("/en/partners/"))


def test_a_partner_shows_what_its_projects_share_and_a_unit_what_its_institution_does(client: Client, chile: Any):
    programme = make.programme()
    whole = make.partner(slug="uts", name="Unidades", acronym="UTS")
    unit = make.partner(slug="uts-cafe", name="Cafe", part_of=whole)
    project = make.project(programme=programme, code="B10", slug="B10")
    make.partnership(partner=whole, project=project)
    make.partnership(partner=whole, is_adopted=False, project=make.project(programme=programme, code="B11", slug="B11"))
    figure("Shared", programme=programme, project=project)
    figure("Own", programme=programme, project=project, partner=whole)
    figure("Other", programme=programme, project=project, partner=make.partner(name="Other"))
    rebuild_results()

    page = client.get("/en/partners/uts/")

    assert names(page.context["figures"]) == ["Own"]
    assert names(page.context["shared"]) == ["Shared"]
    assert "Part of Unidades (UTS), which takes part in B10." in words(client.get(unit.get_absolute_url())).replace(
        " ,", ","
    ).replace(" .", ".")


def test_the_list_of_partners_translates_names(client: Client):
    make.partner(name="Ministère", language="fr", **three("translated_name", "Ministry"))

    assert "Ministère Ministry (our translation)" in words(client.get("/en/partners/"))
