"""The map of the countries on the first page."""

import re

import pytest
from django.conf import settings
from django.test import Client

from indicators.actions import rebuild_results
from tests import factories as make
from tests.factories import three


@pytest.mark.django_db
def test_the_map_names_each_country_with_its_number_of_figures_and_opens_its_page(client: Client):
    programme = make.programme(slug="epe-ap", code="EPE-AP")
    period = make.period(programme=programme, kind="whole", state="published")
    countries = [
        make.country(code, **three("name", name), is_pacific_alliance=True)
        for code, name in (("CL", "Chile"), ("CO", "Colombia"), ("MX", "Mexico"), ("PE", "Peru"))
    ]
    elsewhere = make.country("CA", **three("name", "Canada"))
    indicators = [make.indicator(programme=programme, nature="output") for _each in range(4)]
    for number, country in enumerate([*countries[:3], elsewhere, None], start=1):
        for indicator in indicators[:number]:
            make.actual(series=make.series(indicator=indicator, country=country), period=period, value=number)
    rebuild_results()

    drawing = re.search(r"<svg class=\"map-drawing\".*?</svg>", client.get("/en/").content.decode(), re.DOTALL)

    assert drawing
    links = re.findall(r"<a class=\"map-country\" href=\"(.+?)\">.*?#(\w+)\"/>(.*?)</a>", drawing[0], re.DOTALL)
    assert [(url, shape, " ".join(re.sub(r"<[^>]+>", "", label).split())) for url, shape, label in links] == [
        (countries[0].get_absolute_url(), "CL", "Chile 1 figure"),
        (countries[1].get_absolute_url(), "CO", "Colombia 2 figures"),
        (countries[2].get_absolute_url(), "MX", "Mexico 3 figures"),
        (countries[3].get_absolute_url(), "PE", "Peru 0 figures"),
    ]
    assert "Chile: 1 figure. Colombia: 2 figures. Mexico: 3 figures. Peru: 0 figures." in drawing[0]


def test_the_map_has_a_shape_for_each_country_it_names():
    shapes = (settings.BASE_DIR / "static/img/countries.svg").read_text(encoding="utf-8")

    assert re.findall(r"<path id=\"(\w+)\"", shapes) == ["neighbours", "CL", "CO", "MX", "PE"]
    assert len(shapes) < 25_000
