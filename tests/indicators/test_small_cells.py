"""Whoever subtracts what is shown from what is shown must not find a few people."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.actions import change
from accounts.choices import Door
from indicators.actions import rebuild_results, set_actual
from indicators.choices import Route
from library.models import Citation, Document
from tests import factories as make
from tests.indicators.test_results import World, rows

pytestmark = pytest.mark.django_db

#: Entered by staff; what a public source prints is not withheld.
IN_HOUSE = {"route": "grid", "approved_at": datetime(2021, 7, 9, tzinfo=UTC)}


@pytest.fixture
def world() -> World:
    return World()


def states(world: World, value: Any, key: str = "", **more: Any) -> Any:
    return world.states(value, key, **{**IN_HOUSE, **more})


def shown(**conditions: Any) -> dict[str, Any]:
    """The numbers that the public table shows, by what stands in the row's key after the indicator and the period."""
    found = rows("key", "actual", "share", is_public=True, **conditions)
    return {
        key.partition("/whole")[2].lstrip("/"): share if actual is None else actual
        for key, actual, share in found
        if actual is not None or share is not None
    }


def test_a_zero_is_no_complement(world: World) -> None:
    states(world, 50)
    states(world, 3, "sex=women")
    states(world, 0, "sex=other")
    states(world, 47, "sex=men")

    # With the zero withheld instead of the men, 50 − 47 would still be the three women.
    assert shown() == {"": 50, "sex=other": 0}


def test_the_complement_is_large_enough_to_hide_in(world: World) -> None:
    states(world, 50)
    states(world, 2, "sex=women")
    states(world, 1, "sex=other")
    states(world, 7, "sex=not-stated")
    states(world, 40, "sex=men")

    # Two women and one other are three people still.
    assert shown() == {"": 50, "sex=men": 40}


def test_a_sensitive_complement_is_as_large_as_the_sensitive_threshold(world: World) -> None:
    sensitive = world.indicator("sensitive", is_sensitive=True)
    for value, key in ((60, ""), (2, "sex=women"), (3, "sex=other"), (13, "sex=not-stated"), (42, "sex=men")):
        states(world, value, key, of=sensitive)

    assert shown() == {"": 60, "sex=men": 42}


def test_few_people_are_not_told_by_leaving_them_out(world: World) -> None:
    states(world, 50)
    states(world, 47, "sex=men")

    assert shown() == {"": 50}


def test_few_people_are_not_told_by_the_share_of_the_others(world: World) -> None:
    states(world, 50)
    states(world, None, "sex=men", share=Decimal(94))

    assert shown() == {"": 50}


def test_a_share_and_a_count_are_parts_of_one_total(world: World) -> None:
    states(world, 50)
    states(world, None, "sex=women", share=Decimal(6))
    states(world, 47, "sex=men")

    assert shown() == {"": 50}


def test_nobody_left_over_hides_nothing(world: World) -> None:
    states(world, 50)
    states(world, 20, "sex=women")
    states(world, 30, "sex=men")

    assert shown() == {"": 50, "sex=women": 20, "sex=men": 30}


def test_what_a_source_prints_is_shown_whoever_is_left_over(world: World) -> None:
    world.states(50)
    world.states(47, "sex=men")

    assert shown() == {"": 50, "sex=men": 47}


def test_the_few_who_did_not_are_few_people_too(world: World) -> None:
    percent = world.indicator("percent", measure="percentage", is_whole=False, roll_up="none")
    states(world, None, "sex=women", of=percent, numerator=Decimal(57), denominator=Decimal(60))
    states(world, None, "sex=men", of=percent, numerator=Decimal(60), denominator=Decimal(60))

    assert "sex=women" not in shown()


@pytest.mark.parametrize("figure", [{"value": 6, "numerator": 3}, {"value": 60, "numerator": 3, "denominator": 60}])
@pytest.mark.parametrize("measure", ["percentage", "count"])
def test_numbers_beside_a_figure_are_about_people_too(world: World, measure: str, figure: dict[str, Any]) -> None:
    of = world.indicator("of", measure=measure, roll_up="none")
    states(world, figure["value"], "sex=women", of=of, **{k: Decimal(v) for k, v in figure.items() if k != "value"})

    assert rows("actual", "numerator", "denominator", "is_suppressed") == [(None, None, None, True)]


def test_countries_of_a_total_that_counts_persons_twice_add_up_all_the_same(world: World) -> None:
    for slug, fields in (
        ("twice", {"counts_persons_twice": True}),
        ("apart", {"roll_up": "none"}),
        ("running", {"cumulation": "running_total"}),
    ):
        of = world.indicator(slug, **fields)
        states(world, 50, "sex=women", of=of)
        states(world, 47, "sex=women", of=of, country=world.chile)
        states(world, 3, "sex=women", of=of, country=world.peru)

        assert shown(indicator=of) == {"sex=women": 50}, slug


def test_projects_add_up_beside_countries(world: World) -> None:
    states(world, 50, "sex=women")
    states(world, 25, "sex=women", country=world.chile)
    states(world, 25, "sex=women", country=world.peru)
    states(world, 47, "sex=women", project=world.project("B05"))
    states(world, 3, "sex=women", project=world.project("B08"))

    assert shown() == {"sex=women": 50, "country=CL/sex=women": 25, "country=PE/sex=women": 25}


def test_a_baseline_of_few_people_is_withheld_with_its_complement(world: World) -> None:
    for key, before, after in (("", 50, 100), ("sex=women", 3, 60), ("sex=men", 47, 40)):
        series = states(world, after, key)
        make.baseline(series=series, value=Decimal(before))
        make.target(series=series, period=world.whole, value=Decimal(120))

    assert rows("breakdown_key", "actual", "baseline", "progress") == [
        ("", 100, 50, Decimal("71.4286")),
        ("sex=men", 40, None, None),
        ("sex=women", 60, None, None),
    ]


def test_a_baseline_that_a_source_prints_is_shown(world: World) -> None:
    make.citation(baseline=make.baseline(series=states(world, 60, "sex=women"), value=Decimal(3)))

    assert rows("baseline") == [(3,)]


def test_what_a_source_says_of_a_sensitive_baseline_is_withheld_with_it(world: World) -> None:
    for value in (9, 10):
        series = states(world, 60, of=world.indicator(f"sensitive-{value}", is_sensitive=True))
        make.citation(baseline=make.baseline(series=series, value=Decimal(value)), value=value)

    assert rows("baseline") == [(10,), (None,)]
    assert [citation.value for citation in Citation.objects.public()] == [10]


def test_a_withheld_value_was_never_published(world: World) -> None:
    series = states(world, 3, "sex=women")
    rebuild_results()
    with change(door=Door.COMMAND):
        actual = set_actual(series=series, period=world.whole, route=Route.GRID, value=Decimal(50))
    assert actual.first_published_value is None
    assert shown() == {"sex=women": 50}


def test_the_public_pages_tell_nothing_of_few_people(world: World, client: Client) -> None:
    """Every place that shows figures or what is said about them, and every number that would tell the three."""
    make.document(slug="book")
    for value, key, said in ((50, "", "in all"), (3, "sex=women", "SECRET"), (47, "sex=men", "SECRET")):
        series = states(world, value, key, country=world.chile, **make.three("note", f"Note: {said}"))
        cited = make.citation(actual=series.actuals.get(), printed_value=f"{said}: {value}", value=value)
        if key:
            make.discrepancy(
                programme=world.programme, **make.three("explanation", f"{said} of {value}")
            ).citations.add(cited)
    rebuild_results()
    pages = [
        "/",
        "/results/?sex=all",
        "/results/?sex=women",
        "/results/?sex=all&sort=-value&q=women",
        "/results.csv?sex=all&period=all&nature=all",
        "/results.json?sex=all&period=all&nature=all",
        "/countries/CL/",
        "/indicators/people/",
        "/framework/",
        "/compare/",
        "/discrepancies/",
        "/sources/",
        *(f"/sources/{document.slug}/" for document in Document.objects.all()),
    ]
    for path in pages:
        response = client.get(f"/en{path}")
        body = response.getvalue().decode() if response.streaming else response.content.decode()
        assert response.status_code in (200, 404), path
        assert "SECRET" not in body, path
        assert re.findall(r"(?<![\w.-])(?:47|94)(?![\w.-])", re.sub(r"<svg.*?</svg>", "", body)) == [], path
