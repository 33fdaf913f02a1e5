"""The first page, and those that explain the site."""

from typing import Any

import pytest
from django.test import Client

from epe_ap.views import column_meanings, status_meanings, worked_figures
from indicators.actions import rebuild_results, thresholds
from indicators.choices import Status
from opendata.columns import COLUMNS
from tests import factories as make
from tests.factories import three
from tests.pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def programme() -> Any:
    made = make.programme(slug="epe-ap", code="EPE-AP", **three("name", "Education for employment"))
    make.period(programme=made, kind="whole", state="published")
    make.programme(code="A-OTHER", **three("name", "Another programme"))
    return made


def figure(programme: Any, name: str, value: int, *, themes: Any = (), country: Any = None, **fields: Any) -> None:
    indicator = programme.indicators.filter(name_en=name).first()
    if indicator is None:
        indicator = make.indicator(programme=programme, **three("name", name), **fields)
        indicator.themes.set(themes)
    make.actual(
        series=make.series(indicator=indicator, country=country), period=programme.reporting_periods.get(), value=value
    )


def test_key_figures_stand_outcomes_first_and_campaigns_apart(client: Client, programme: Any):
    chile = make.country("CL", **three("name", "Chile"), is_pacific_alliance=True)
    figure(programme, "Trained", 213, headline_rank=1, **three("headline_limit", "A person may count twice."))
    figure(programme, "Enrolled", 1349, headline_rank=3, nature="outcome")
    figure(programme, "Employed", 91, headline_rank=2, nature="outcome")
    contacts = {"headline_rank": 4, "family": "campaigns", "unit_of_analysis": "contacts"}
    figure(programme, "Reached", 28_755_933, **contacts)
    figure(programme, "Reached", 7_000_000, country=chile)
    figure(programme, "Not chosen", 5)
    rebuild_results()

    page = client.get("/en/")

    assert [row.indicator.name for row in page.context["headlines"]] == ["Employed", "Enrolled", "Trained"]
    assert [(row.actual, [part.actual for part in parts]) for row, parts in page.context["campaigns"]] == [
        (28_755_933, [7_000_000])
    ]
    assert "A person may count twice." in words(page)
    assert "Education for employment" in words(page)
    assert "A-OTHER" in words(page)


def test_of_several_figures_of_a_key_indicator_the_widest_is_shown(client: Client, programme: Any):
    figure(programme, "Trained", 7, country=make.country("CL", is_pacific_alliance=True), headline_rank=1)
    figure(programme, "Trained", 213)
    rebuild_results()

    assert [row.actual for row in client.get("/en/").context["headlines"]] == [213]


def test_how_the_stated_targets_stand_is_counted_and_not_asserted(client: Client, programme: Any):
    chile = make.country("CL", is_pacific_alliance=True)
    for name, country, target, value in (("Met", None, 40, 213), ("Open", chile, 2, None)):
        indicator = make.indicator(
            programme=programme,
            headline_rank=1 if value else None,
            **three("name", name),
            **three("headline_limit", ""),
        )
        series = make.series(indicator=indicator, country=country)
        period = programme.reporting_periods.get()
        make.target(series=series, period=period, value=target, qualifier="at_least")
        if value is not None:
            make.baseline(series=series, value=13)
            make.actual(series=series, period=period, value=value)
    rebuild_results()

    home = words(client.get("/en/"))

    assert "2 figures have a stated target: 1 exceeded, 1 without a printed result." in home
    assert "2 figures have a stated target: 1 exceeded, 1 without a printed result." in words(client.get("/en/method/"))
    assert "Target: at least 40 · baseline: 13" in home


def test_each_count_of_the_crossing_is_that_of_the_page_it_opens(client: Client, programme: Any):
    countries = [make.country(code, is_pacific_alliance=True) for code in ("CL", "PE")]
    themes = [make.theme(programme=programme, slug=code, code=code, number=n) for n, code in enumerate(("T1", "T2"))]
    figure(programme, "One", 1, themes=themes[:1], country=countries[0], headline_rank=1)
    figure(programme, "Both", 2, themes=themes, country=countries[0])
    figure(programme, "Regional", 3, themes=themes[1:])
    figure(programme, "None", 4, country=countries[1])
    figure(programme, "Input", 5, themes=themes, country=countries[0], nature="input")
    other = type(programme).objects.get(code="A-OTHER")
    make.period(programme=other, kind="whole", state="published")
    figure(other, "Of another programme", 6)
    for countries_of_project, place in ((countries, 0), (countries[:1], 0)):
        project = make.project(programme=programme)
        project.countries.set(countries_of_project)
        make.project_theme(project=project, theme=themes[place])
    rebuild_results()

    crossing = client.get("/en/").context["crossing"]
    lines = crossing.lines

    assert [[cell["projects"] for cell in cells] for _theme, cells in crossing.rows] == [[2, 1, 0], [0, 0, 0]]
    assert [[cell["weight"] for cell in cells] for _theme, cells in crossing.rows] == [[4, 0, 0], [2, 0, 2]]
    assert [[cell["number"] for cell in (*line["cells"], line["total"])] for line in lines] == [
        [2, 1, 2],
        [0, 0, 1],
        [0, 1, 1],
    ]
    for line in lines:
        for cell in (*line["cells"], line["total"]):
            assert client.get(cell["url"]).context["number"] == cell["number"], cell["url"]


def test_the_method_page_works_its_examples_by_the_rules():
    assert [(figure.status, figure.progress, figure.achievement) for figure in worked_figures(thresholds())] == [
        ("exceeded", None, pytest.approx(532.5)),
        ("achieved", None, 100),
        ("on_track", pytest.approx(92.5), None),
        ("behind", 50, None),
        ("regressed", -30, None),
        ("behind", None, 0),
        ("undecided", None, pytest.approx(87.5)),
        ("recorded", None, None),
        ("not_reported", None, None),
    ]


def test_the_method_page_shows_the_thresholds_in_force(client: Client, settings: Any):
    settings.EPE_AP_SMALL_CELL = 6
    settings.EPE_AP_SMALL_CELL_SENSITIVE = 12

    page = words(client.get("/en/method/"))

    assert "6 persons" in page
    assert "12 persons, totals included" in page
    assert "make 98.04%, not 74.5%" in page
    assert "about 1,623," in page
    assert "a rise of 8 points, and of 16.3% relative to the start" in page


def test_every_status_and_every_column_is_explained():
    assert set(status_meanings()) == set(Status.values)
    assert set(column_meanings()) == set(COLUMNS)


def test_the_data_page_offers_the_whole_table(client: Client, programme: Any):
    figure(programme, "Input", 5, nature="input")
    rebuild_results()

    page = client.get("/en/data/")

    addresses = [download["url"] for download in page.context["downloads"]]
    assert addresses == [f"/en/results.{ending}?nature=all&sex=all&period=all" for ending in ("csv", "xlsx", "json")]
    assert b"Input" in b"".join(client.get(addresses[0]).streaming_content)
    assert all(f"<code>{name}</code>" in page.content.decode() for name in COLUMNS)
