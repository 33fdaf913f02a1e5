"""The page of one figure: its address, who finds it, and what it unfolds."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from accounts.actions import change
from accounts.choices import Door
from indicators import actions
from indicators.actions import rebuild_results
from indicators.choices import Route
from indicators.formulas import formulas
from indicators.models import ReportingPeriod, Result
from indicators.tables import FigureRow, Names
from tests import factories as make
from tests.factories import three
from tests.pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

APPROVED: dict[str, Any] = {"route": "grid", "approved_at": datetime(2024, 3, 5, 12, tzinfo=UTC)}


class World:
    def __init__(self) -> None:
        self.programme = make.programme(slug="epe", code="EPE")
        self.period = self.new_period("whole", kind="whole", state="published")
        self.indicator = self.new_indicator("trained", roll_up="sum")

    def new_period(self, slug: str, **fields: Any) -> ReportingPeriod:
        year = 2016 if fields.get("kind") == "whole" else 2017
        days = {"starts_on": date(year, 1, 1), "ends_on": date(2023, 12, 31)}
        return make.period(programme=self.programme, slug=slug, **three("name", slug), **days, **fields)

    def new_indicator(self, slug: str, **fields: Any) -> Any:
        return make.indicator(programme=self.programme, slug=slug, **three("name", slug), **fields)

    def project(self, code: str) -> Any:
        return make.project(programme=self.programme, code=code, slug=code)

    def figure(self, value: int | None, *, indicator: Any = None, period: Any = None, **fields: Any) -> Any:
        names = ("project", "country", "partner", "forum", "key")
        scope = {name: fields.pop(name) for name in names if name in fields}
        series = fields.pop("series", None) or make.series(indicator=indicator or self.indicator, **scope)
        return make.actual(series=series, period=period or self.period, value=value, **fields)


def results() -> dict[str, Result]:
    rebuild_results()
    return {result.key: result for result in Result.objects.all()}


def arithmetic(result: Result, inputs: list[Result], total: Result | None = None) -> list[str]:
    names = Names.load()
    rows = [FigureRow(each, names) for each in inputs]
    whole = FigureRow(total, names) if total is not None else None
    return [formula.numbers for formula in formulas(FigureRow(result, names), rows, whole)]


def test_an_address_leads_back_to_its_figure(client: Client) -> None:
    world = World()
    partner = make.partner(slug=f"{'long-' * 15}name")
    long = {"project": world.project("P" * 20), "country": make.country("CO"), "partner": partner}
    other = world.new_indicator("n" * 100, roll_up="sum")
    for key in ("sex=women", "age=15-24;sex=women"):
        world.figure(10, key=key, **long)
        world.figure(10, indicator=other, key=key, **long)
    world.figure(11, project=world.project("B05"))
    world.figure(12, project=world.project("B06"), forum=make.forum(programme=world.programme, slug="2", number=2))
    found = results()
    assert sum(len(key) > 180 and "~" in key for key in found) > 1
    assert {result.origin for result in found.values()} == {"reported", "computed"}
    addresses = {key: result.get_absolute_url() for key, result in found.items()}
    assert len(set(addresses.values())) == len(found)
    assert addresses["trained/whole/computed"] == "/en/indicators/trained/figures/whole/"
    assert addresses["trained/whole/project=B05"] == "/en/indicators/trained/figures/whole/project=B05/"
    for key, address in addresses.items():
        assert [each.key for each in Result.objects.at(**resolve(address).kwargs)] == [key]
        assert client.get(address).context["row"].key == key


def test_an_address_stays_when_a_computed_total_is_reported(client: Client) -> None:
    world = World()
    for code, value in (("B05", 11), ("B06", 12)):
        world.figure(value, project=world.project(code))
    rebuild_results()
    address = Result.objects.get(origin="computed").get_absolute_url()
    assert "11 + 12 = 23" in words(client.get(address))
    world.figure(25)
    rebuild_results()
    assert "25 people" in words(client.get(address)).replace("\N{NO-BREAK SPACE}", " ")


def test_what_nobody_may_see_is_answered_like_what_does_not_exist(client: Client) -> None:
    world = World()
    open_period = world.new_period("open")
    hidden = world.new_indicator("hidden", is_public=False)
    series = make.series(indicator=world.indicator, is_expected=False)
    world.figure(77, period=open_period, series=series, **APPROVED)
    world.figure(77, indicator=hidden)
    # Published here, and about too few people to be shown.
    world.figure(40, series=series, **APPROVED)
    world.figure(3, key="sex=women", **APPROVED)
    found = results()
    assert found["trained/whole/sex=women"].is_suppressed
    keys = ["trained/open", "hidden/whole", "trained/whole/sex=women", "trained/whole/sex=men", "no/no"]
    keys += ["trained/whole/computed", "trained/whole/awaited", "trained/whole%00"]
    answers = []
    for key in keys:
        address = f"/en/indicators/{key.replace('/', '/figures/', 1)}/"
        answer = client.get(address)
        answers.append((answer.status_code, answer.content.decode().replace(address[3:], "")))
    assert {status for status, _said in answers} == {404}
    # The same page for all of them, but for the links to its other languages.
    assert len({said for _status, said in answers[:-1]}) == 1
    assert client.get("/en/indicators/trained/figures/whole/").status_code == 200


def test_the_public_finds_the_target_until_the_figure_is_published(client: Client) -> None:
    world = World()
    period = world.new_period("open")
    actual = world.figure(987, period=period, **APPROVED)
    make.target(series=actual.series, period=period, value=500)
    found = results()
    assert set(found) == {"trained/open", "trained/open/awaited"}
    said = words(client.get("/en/indicators/trained/figures/open/"))
    assert "500" in said
    assert "987" not in said


def test_it_unfolds_what_a_figure_rests_on(client: Client) -> None:
    world = World()
    book = make.document(slug="book", **three("short_title", "Book"))
    web = make.document(slug="web", **three("short_title", "Web"))
    total = world.figure(213, is_contested=True, range_low=213, range_high=240, verification="evidence")
    make.target(series=total.series, period=world.period, value=40, basis="stated")
    women = world.figure(None, key="sex=women", share=54)
    first = make.citation(actual=total, document=book, section="Theme 1", page="12", printed_value="213", value=213)
    other = make.citation(actual=total, document=web, section="Home", printed_value="240", value=240, order=2)
    of_women = make.citation(actual=women, document=book, section="Theme 1", printed_value="54 %", value=54)
    disagreement = make.discrepancy(programme=world.programme, settlement="lower")
    disagreement.citations.set([first, other])
    rebuild_results()
    page = client.get("/en/indicators/trained/figures/whole/")
    said = words(page).replace("\N{NO-BREAK SPACE}", " ")
    for part in (
        "213 ÷ 40 = 532.5%",
        "213 to 240",
        "page 12",
        "Adopted instead: 213 people",
        "Two places disagree.",
        "the lower one, marked contested",
        "Evidence on file",
        "http://testserver/indicators/trained/figures/whole/",
    ):
        assert part in said
    assert [each.language for each in page.context["quotations"]] == ["fr", "es", "en"]
    assert page.context["quotations"][2].sentence.startswith("trained, EPE, ")
    assert [each.citation for each in page.context["statements"]] == [first, other]
    assert page.context["disagreements"][0].discrepancy == disagreement
    # The permanent address leads everybody to their own language.
    moved = client.get("/indicators/trained/figures/whole/", headers={"accept-language": "es"})
    assert moved.headers["Location"] == "/es/indicators/trained/figures/whole/"

    page = client.get("/en/indicators/trained/figures/whole/sex=women/")
    assert "54% × 213 = about 115" in words(page)
    assert [each.citation for each in page.context["statements"]] == [of_women]
    assert page.context["total"].actual == 213


def test_arithmetic_comes_to_the_numbers_that_count() -> None:
    world = World()
    b05, b06 = world.project("B05"), world.project("B06")
    world.figure(11, project=b05)
    world.figure(12, project=b06, qualifier="at_least")
    percentage = world.new_indicator("in-work", measure="percentage", roll_up="weighted_mean", **three("unit", "%"))
    world.figure(None, indicator=percentage, project=b05, numerator=60, denominator=100)
    world.figure(None, indicator=percentage, project=b06, numerator=50, denominator=110)
    falling = world.new_indicator("leavers", direction="decrease")
    series = world.figure(20, indicator=falling).series
    make.baseline(series=series, value=30)
    make.target(series=series, period=world.period, value=10)
    printed = world.new_indicator("pleased", measure="percentage", **three("unit", "%"))
    world.figure(82, indicator=printed)
    women = world.figure(5, indicator=falling, key="sex=women").series
    found = results()

    def inputs(result: Result) -> list[Result]:
        return [found[key] for key in result.inputs]

    total, mean = found["trained/whole/computed"], found["in-work/whole/computed"]
    assert arithmetic(total, inputs(total)) == ["11 + at least 12 = at least 23"]
    assert arithmetic(total, []) == [""]
    assert arithmetic(mean, inputs(mean)) == ["(60 + 50) ÷ (100 + 110) = 110 ÷ 210 = 52.4%"]
    assert arithmetic(found["in-work/whole/project=B05"], []) == ["60 ÷ 100 = 60%"]
    assert arithmetic(found["leavers/whole"], []) == ["(20 − 30) ÷ (10 − 30) = 50%"]
    assert arithmetic(found["pleased/whole"], []) == []
    assert arithmetic(found[f"leavers/whole/{women.breakdown.key}"], [], found["leavers/whole"]) == ["5 ÷ 20 = 25%"]


def test_a_total_of_many_figures_shows_a_page_of_them_at_the_same_cost(client: Client) -> None:
    world = World()

    def costs(number: int) -> tuple[int, Any]:
        for each in range(number):
            world.figure(2, project=world.project(f"B{number}-{each}"))
        rebuild_results()
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/en/indicators/trained/figures/whole/")
        return len(queries), page

    few, page = costs(3)
    assert [each.actual for each in page.context["inputs"]] == [2, 2, 2]
    many, page = costs(60)
    assert many == few <= 15
    assert (len(page.context["inputs"]), page.context["row"].actual) == (50, 126)
    assert "sum of 63 figures" in words(page)
    assert len(client.get("/en/indicators/trained/figures/whole/?page=2").context["inputs"]) == 13


def test_a_restated_figure_shows_what_it_was_and_why_without_a_name(client: Client) -> None:
    world = World()
    series = world.figure(131, verification="confirmed", **APPROVED).series
    author = make.specialist(name="HIDDEN Ana")
    with change(door=Door.GRID, by=author, reason="Two groups had been counted twice."):
        actions.set_actual(series=series, period=world.period, route=Route.GRID, by=author, value=Decimal(128))
    rebuild_results()
    said = words(client.get(Result.objects.get().get_absolute_url()))
    assert "128" in said
    assert "131" in said
    assert "Two groups had been counted twice." in said
    assert "HIDDEN" not in said
