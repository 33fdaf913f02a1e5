"""The indicator page, the framework, the comparison and the development goals."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from indicators.actions import rebuild_results
from tests import factories as make
from tests.factories import three
from tests.pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


class Programme:
    """A programme with one published period, to which figures are added in a line."""

    def __init__(self) -> None:
        self.record = make.programme(slug="epe-ap", code="EPE-AP")
        self.period = make.period(
            programme=self.record,
            kind="whole",
            state="published",
            starts_on=date(2016, 1, 1),
            ends_on=date(2023, 12, 31),
            **three("name", "2016–2023"),
        )

    def indicator(self, name: str, **fields: Any) -> Any:
        slug = name.lower().replace(" ", "-")
        return make.indicator(**{"programme": self.record, "slug": slug, **three("name", name), **fields})

    def figure(self, indicator: Any, value: int, *, period: Any = None, **fields: Any) -> Any:
        scope = {name: fields.pop(name) for name in ("country", "project", "partner", "forum", "key") if name in fields}
        held = indicator.series.first() if period is not None else None
        series = held or make.series(indicator=indicator, **scope)
        return make.actual(series=series, period=period or self.period, value=value, **fields)


@pytest.fixture
def programme() -> Programme:
    return Programme()


@pytest.fixture
def countries(programme: Programme) -> list[Any]:
    """Those that the programme works in."""
    names = {"CL": "Chile", "CO": "Colombia", "MX": "Mexico", "PE": "Peru"}
    made = [make.country(code, **three("name", name), is_pacific_alliance=True) for code, name in names.items()]
    programme.record.countries.set(made)
    return made


def cells(line: Any) -> list[str]:
    """What stands in each cell of a line: the number, and what it is about beside the place."""
    return [
        ", ".join(" ".join([f"{one.row.actual:.0f}", *(part.label for part in one.beside)]) for one in cell)
        for cell in line.cells
    ]


# --- Comparison ------------------------------------------------------------------------------------


def test_countries_stand_side_by_side_with_the_regional_figure_and_the_total(
    client: Client, programme: Programme, countries: list[Any]
):
    agreements = programme.indicator("Agreements")
    regional = make.project(programme=programme.record)
    regional.countries.set(countries)
    for country, value in zip(countries, (31, 42, 0, 28), strict=True):
        programme.figure(agreements, value, country=country)
    programme.figure(agreements, 15, project=regional)
    programme.figure(agreements, 116)
    rebuild_results()

    page = client.get("/en/compare/")

    assert [column["label"] for column in page.context["columns"]] == [
        "Chile", "Colombia", "Mexico", "Peru", "Regional", "Total",
    ]  # fmt: skip
    assert [cells(line) for line in page.context["lines"]] == [["31", "42", "0", "28", f"15 {regional.code}", "116"]]


def test_what_no_source_splits_by_country_is_not_compared(client: Client, programme: Programme, countries: list[Any]):
    programme.figure(programme.indicator("Total alone"), 5)
    planned = programme.indicator("Planned")
    for country in countries:
        programme.figure(planned, 7, country=country, qualifier="planned")
    rebuild_results()

    page = client.get("/en/compare/")

    assert page.context["lines"] == []
    assert page.context["of_projects"] == []
    assert "The sources split no figure by country." in words(page)


def test_no_figure_of_a_country_is_dropped_and_each_names_its_project(
    client: Client, programme: Programme, countries: list[Any]
):
    trained = programme.indicator("Trained", roll_up="none")
    one, other = (make.project(programme=programme.record, code=code, slug=code) for code in ("B01", "B02"))
    programme.figure(trained, 1, project=one, country=countries[0])
    programme.figure(trained, 2, project=other, country=countries[0])
    programme.figure(trained, 3, project=one, country=countries[1])
    rebuild_results()

    page = client.get("/en/compare/")

    assert page.context["lines"] == []
    assert [cells(line) for line in page.context["of_projects"]] == [["1 B01, 2 B02", "3 B01", "", "", "", ""]]
    assert "Figures of single projects, by their country" in words(page)


def test_a_countrys_own_figure_stands_apart_from_those_of_its_projects(
    client: Client, programme: Programme, countries: list[Any]
):
    programmes = programme.indicator("Programmes", roll_up="none")
    project = make.project(programme=programme.record, code="B01", slug="B01")
    for country, value in zip(countries, (6, 3, 5, 2), strict=True):
        programme.figure(programmes, value, country=country)
    programme.figure(programmes, 1, project=project, country=countries[0])
    rebuild_results()

    page = client.get("/en/compare/")

    assert [cells(line) for line in page.context["lines"]] == [["6", "3", "5", "2", "", ""]]
    assert [cells(line) for line in page.context["of_projects"]] == [["1 B01", "", "", "", "", ""]]


def test_each_programme_is_compared_by_itself_in_the_countries_where_it_works(
    client: Client, programme: Programme, countries: list[Any]
):
    other = make.programme(code="OTHER", slug="other")
    other.countries.set(countries[:1])
    for of, slug, value in ((programme.record, "ours", 41), (other, "theirs", 52)):
        period = programme.period if of == programme.record else make.period(programme=of, state="published")
        series = make.series(indicator=make.indicator(programme=of, slug=slug), country=countries[0])
        make.actual(series=series, period=period, value=value)
    make.programme(code="EMPTY", slug="empty")
    rebuild_results()

    def compared(query: str) -> tuple[Any, list[str], list[list[str]]]:
        page = client.get(f"/en/compare/{query}")
        assert [each.code for each in page.context["programmes"]][-1] == "EMPTY"
        columns = [column["label"] for column in page.context["columns"]]
        return page, columns, [cells(line) for line in page.context["lines"]]

    page, columns, lines = compared(f"?programme={programme.record.code.lower()}")
    assert (columns[:4], lines) == (["Chile", "Colombia", "Mexico", "Peru"], [["41", "", "", "", "", ""]])
    assert f"country=regional&amp;programme={programme.record.slug}" in page.content.decode()
    page, columns, lines = compared("?programme=other")
    assert (columns, lines) == (["Chile", "Regional", "Total"], [["52", "", ""]])
    assert '<a href="?programme=other" aria-current="true">OTHER</a>' in page.content.decode()
    assert 'rel="canonical" href="http://testserver/en/compare/?programme=other"' in page.content.decode()
    page, _columns, lines = compared("?programme=empty")
    assert lines == []
    assert "The sources split no figure by country." in words(page)
    page, _columns, lines = compared("?programme=nowhere&rows=7")
    assert len(lines) == 1
    assert len(page.context["problems"]) == 2


def test_beside_figures_of_another_programme_a_figure_names_its_own(
    client: Client, programme: Programme, countries: list[Any]
):
    programme.figure(programme.indicator("Ours"), 41, country=countries[0])
    rebuild_results()
    assert "MINE" not in words(client.get("/en/countries/CL/"))

    mine = make.programme(code="MINE", slug="mine")
    make.theme(programme=mine, **three("name", "A theme of theirs"))
    make.theme(programme=programme.record, **three("name", "A theme of ours"))
    make.project(programme=mine, code="M1", slug="M1", component="A")
    make.project(programme=programme.record, code="P1", slug="P1", component="A")
    for of in (mine, programme.record):
        make.expected_result(programme=of, code="1000", **three("statement", f"Aim of {of.code}"))
    measured = make.indicator(
        programme=mine, slug="theirs", **three("name", "Theirs"), expected_result=mine.expected_results.get()
    )
    series = make.series(indicator=measured, country=countries[0])
    make.actual(series=series, period=make.period(programme=mine, state="published"), value=52)
    rebuild_results()

    ours = programme.record.code
    country = client.get("/en/countries/CL/")
    rows = {row.indicator.slug: row.scope_label for row in country.context["figures"].rows}
    assert rows == {"ours": f"{ours} · Chile", "theirs": "MINE · Chile"}
    assert "MINE · Themes" in words(client.get("/en/themes/"))
    assert "MINE · Component A" in words(client.get("/en/projects/"))
    # The same code in both: each way leads to the model that it belongs to.
    link = 'href="/en/framework/?programme=mine#result-1000"'
    assert link in client.get("/en/indicators/theirs/").content.decode()
    assert link in client.get("/en/results/?group=result").content.decode()
    assert "Aim of MINE" in words(client.get("/en/framework/?programme=mine"))


# --- Indicator -------------------------------------------------------------------------------------


def test_the_method_sheet_says_how_an_indicator_is_measured(client: Client, programme: Programme):
    outcome = make.expected_result(programme=programme.record, code="1000", **three("statement", "Better lives"))
    programme.indicator(
        "Firms served",
        **three("definition", "What counts."),
        expected_result=outcome,
        nature="outcome",
        family="business",
        unit_of_analysis="firms",
        no_target_reason="not_stated",
        **three("data_source", "Registers of the centres"),
        frequency="yearly",
    )

    page = words(client.get("/en/indicators/firms-served/"))

    for text in (
        "What counts.", "1000 · Better lives", "ultimate outcome · reconstructed", "firms and jobs", "the sources state none",
        "Registers of the centres", "yearly", "running total, the latest counts", "No figure of this indicator is published yet.",
    ):  # fmt: skip
        assert text in page


def test_figures_of_all_periods_stand_under_them_the_latest_first(client: Client, programme: Programme):
    trained = programme.indicator("Trained")
    for year in (2019, 2021):
        period = make.period(
            programme=programme.record,
            state="published",
            starts_on=date(year, 1, 1),
            ends_on=date(year, 12, 31),
            **three("name", f"Year {year}"),
        )
        programme.figure(trained, year, period=period)
    rebuild_results()

    figures = client.get("/en/indicators/trained/").context["figures"]

    assert [heading for heading, _rows in figures.recorded] == ["Year 2021", "Year 2019"]
    assert figures.number == 2


def test_a_value_that_changed_keeps_its_first_beside_it(client: Client, programme: Programme):
    trained = programme.indicator("Trained")
    programme.figure(trained, 3006, first_published_value=Decimal(2900), first_published_on=date(2022, 5, 1))
    programme.figure(trained, 7, key="sex=women", first_published_value=Decimal(7))
    rebuild_results()

    page = client.get("/en/indicators/trained/")

    assert "first published as 2,900, now 3,006 May 1, 2022" in words(page)
    assert len(page.context["restated"]) == 1


def test_earlier_targets_stay_readable(client: Client, programme: Programme):
    trained = programme.indicator("Trained")
    actual = programme.figure(trained, 90)
    first = make.target(series=actual.series, period=actual.period, value=80, is_current=False)
    make.target(series=actual.series, period=actual.period, value=100, revision=2, replaces=first, reason="More money")
    rebuild_results()

    assert "2016–2023: an earlier target was 80" in words(client.get("/en/indicators/trained/"))


# --- Framework -------------------------------------------------------------------------------------


def test_the_framework_nests_expected_results_and_says_where_their_wording_is_from(
    client: Client, programme: Programme
):
    ultimate = make.expected_result(
        programme=programme.record, code="1000", basis="stated", **three("statement", "Better lives")
    )
    intermediate = make.expected_result(
        programme=programme.record, code="1100", level="intermediate", parent=ultimate, **three("statement", "Dialogue")
    )
    make.citation(expected_result=ultimate, document=make.document(**three("short_title", "The book")), section="Intro")
    measured = programme.indicator("Policies", nature="outcome", expected_result=intermediate)
    actual = programme.figure(measured, 11)
    programme.figure(measured, 4, project=make.project(programme=programme.record))
    make.target(series=actual.series, period=actual.period, value=7)
    make.baseline(series=actual.series, value=2)
    rebuild_results()

    page = client.get("/en/framework/")

    (top,) = page.context["tree"]
    assert [(node.result.code, [child.result.code for child in node.children]) for node in [top, *top.children]] == [
        ("1000", ["1100"]),
        ("1100", []),
    ]
    for text in (
        "Ultimate outcome 1000 Better lives stated in a source Source: The book, Intro no indicator 1000",
        "Intermediate outcome 1100 Dialogue reconstructed 1 indicator 1100",
    ):
        assert text in words(page)
    body = page.content.decode()
    for code in ("1000", "1100"):
        # From the drawing to its rows, and back.
        assert body.count(f'href="#measured-{code}"') == body.count(f'id="measured-{code}"') == 1
        assert body.count(f'href="#result-{code}"') == body.count(f'id="result-{code}"') == 1
    figure = "/en/indicators/policies/figures/"
    for opened in (f'href="{figure}[^"]+#target"', f'href="{figure}[^"#]+"', f'href="{figure}[^"]+#baseline"'):
        assert len(re.findall(opened, body)) == 1
    (address,) = set(re.findall(f'href="({figure}[^"#]+)', body))
    opened = client.get(address).content.decode()
    assert (opened.count('id="target"'), opened.count('id="baseline"')) == (1, 1)
    assert "Policies people 2 7 11 exceeded" in words(page)
    assert "No indicator measures it." in words(page)


def test_the_framework_lets_no_part_stand_for_the_whole(client: Client, programme: Programme):
    """A part alone bears its scope; several parts without their total are counted."""
    output = make.expected_result(programme=programme.record, code="1000")
    participants, trained, guides = (
        programme.indicator(name, expected_result=output, unit_en="u", roll_up="none", code=f"X-{place}")
        for place, name in enumerate(("Participants", "Trained", "Guides"))
    )
    for number, value in ((1, 132), (3, 3368), (4, 521)):
        forum = make.forum(programme=programme.record, slug=str(number), number=number)
        programme.figure(participants, value, forum=forum)
    project = make.project(programme=programme.record, code="A07.1", slug="A07.1")
    programme.figure(trained, 131, project=project)
    programme.figure(guides, 190, key="role=staff")
    programme.figure(guides, 70, key="product=guide")
    rebuild_results()

    page = client.get("/en/framework/")

    text = words(page)
    assert "Participants u not stated not stated 3 figures, no total" in text
    assert "Trained u not stated not stated 131 A07.1" in text
    assert "Guides u not stated not stated 2 figures, no total" in text
    assert "132" not in text
    assert 'href="/en/indicators/participants/#figures"' in page.content.decode()
    assert page.content.decode().count('class="data-table framework reflow"') == 1


def test_an_unknown_programme_is_named_and_the_first_shown(client: Client, programme: Programme):
    make.expected_result(programme=programme.record, code="1000")

    page = client.get("/en/framework/?programme=nothing")

    assert page.context["programme"] == programme.record
    assert page.context["problems"] == [
        "“nothing” is not a value of “programme” and was left aside. Known are: epe-ap."
    ]
    assert client.get("/en/framework/?programme=EPE-AP").context["problems"] == []


# --- Goals -----------------------------------------------------------------------------------------


def test_a_goal_shows_the_figures_that_contribute_to_it(client: Client, programme: Programme):
    goal = make.goal(number=5, **three("name", "Gender equality"))
    linked = programme.indicator("Linked")
    linked.goals.add(goal)
    programme.figure(linked, 1)
    programme.figure(linked, 2, project=make.project(programme=programme.record))
    programme.figure(programme.indicator("Not linked"), 3)
    rebuild_results()

    assert {row.indicator.name for row in client.get("/en/sdgs/5/").context["figures"].rows} == {"Linked"}
    assert "5 Gender equality 2 figures" in words(client.get("/en/sdgs/"))
