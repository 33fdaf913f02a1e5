"""The results page: what it shows, says and links to, and what it costs."""

import re
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

import pytest
from django.core.cache import cache
from django.test import Client

from indicators.filters import words as words_of_filters
from tests import factories as make
from tests.factories import three
from tests.indicators.rows import World, result, world
from tests.pages import words

pytestmark = pytest.mark.django_db


def names(tables: Any) -> list[str]:
    return [f"{row.indicator.name}/{row.scope_label}" for row in tables.rows]


@pytest.fixture
def chile_and_theme_3() -> World:
    """Chile's figures of theme 3, and everything that could be mistaken for them."""
    of = world()
    forum = make.forum(programme=of.programme, slug="1", number=1, country=of.chile, city="Santiago")
    result(of, "Leaders", country=of.chile, actual=213, target=40, achievement="532.5")
    result(of, "Leaders", country=of.chile, key="sex=women", share=54)
    result(of, "Leaders", country=of.chile, key="sex=men", share=46)
    result(of, "Learners", country=of.chile, project=of.project, actual=1349)
    result(of, "Employers", actual=91)
    # None of these is both Chile's and theme 3's.
    result(of, "Leaders", country=of.peru, actual=12)
    result(of, "Miners", country=of.chile, actual=77, indicator__themes=("T1",))
    result(of, "Miners", actual=78)
    result(of, "Forum participants", forum=forum, actual=600)
    result(of, "Not public", country=of.chile, actual=5, is_public=False)
    result(of, "Of an earlier period", country=of.chile, actual=6, is_latest=False)
    demonstration = make.programme(slug="demo", code="DEMO", is_demonstration=True)
    period = make.period(programme=demonstration, state="published")
    fictitious = make.indicator(programme=demonstration, slug="fictitious", **three("name", "Fictitious"))
    fictitious.themes.add(of.themes["T3"])
    of.indicators["Fictitious"] = fictitious
    result(of, "Fictitious", country=of.chile, actual=7, period=period)
    return of


def test_the_page_shows_exactly_what_is_both_chiles_and_theme_3s(client: Client, chile_and_theme_3: World):
    page = client.get("/en/results/?country=CL&theme=T3")

    assert page.status_code == 200
    assert names(page.context["tables"]) == ["Leaders/Chile", "Learners/B05 · Chile"]
    assert names(page.context["regional"]) == ["Employers/regional"]
    assert page.context["heading"] == "2 figures · Chile · theme\N{NO-BREAK SPACE}3 · outcomes and outputs"
    assert page.context["sentence_on_targets"] == "The sources state a target for 1 of them."
    assert page.context["problems"] == []
    for decoy in ("Miners", "Forum participants", "Not public", "Of an earlier period", "Fictitious"):
        assert decoy not in words(page)


def test_the_csv_has_the_rows_of_the_page_and_their_parts(client: Client, chile_and_theme_3: World):
    text = b"".join(client.get("/en/results.csv?country=CL&theme=T3").streaming_content).decode()

    lines = [line.split(",") for line in text.splitlines()[1:]]
    assert [(line[1], line[13], line[19]) for line in lines] == [
        ("leaders", "CL", ""),
        ("leaders", "CL", "sex=men"),
        ("leaders", "CL", "sex=women"),
        ("learners", "CL", ""),
    ]


def test_a_row_holds_its_parts_and_the_share_of_women(client: Client, chile_and_theme_3: World):
    page = client.get("/en/results/?country=CL&theme=T3")

    leaders = page.context["tables"].with_target[0][1][0]
    assert [(part.breakdown_label, part.share) for part in leaders.parts] == [("Men", 46), ("Women", 54)]
    assert leaders.women_share == 54


def test_the_share_of_women_is_computed_from_two_counts(client: Client):
    of = world()
    result(of, "Leaders", actual=200)
    result(of, "Leaders", key="sex=women", actual=53)
    result(of, "Reached", actual=200, qualifier="about")
    result(of, "Reached", key="sex=women", actual=53)

    page = client.get("/en/results/")

    shares = {row.indicator.name: row.women_share for row in page.context["tables"].rows}
    assert shares == {"Leaders": Decimal("26.5"), "Reached": None}


def test_rows_with_a_stated_target_come_first_and_the_others_have_no_empty_columns(
    client: Client, chile_and_theme_3: World
):
    page = client.get("/en/results/?country=CL&theme=T3")
    html = page.content.decode()

    assert names_of_groups(page.context["tables"].with_target) == [("People trained", ["Leaders"])]
    assert names_of_groups(page.context["tables"].recorded) == [("People trained", ["Learners"])]
    assert html.index('class="results reflow"') < html.index('class="recorded reflow"')
    recorded = html[
        html.index('class="recorded reflow"') : html.index("</table>", html.index('class="recorded reflow"'))
    ]
    assert "Target" not in recorded
    assert "Status" not in recorded


def names_of_groups(groups: Any) -> list[tuple[str, list[str]]]:
    return [(str(heading), [row.indicator.name for row in rows]) for heading, rows in groups]


def test_the_address_groups_by_expected_result(client: Client):
    of = world()
    ultimate = make.expected_result(programme=of.programme, code="1000", **three("statement", "People live better"))
    result(of, "Policies", actual=3, indicator__expected_result=ultimate, indicator__family="policies")
    result(of, "Leaders", actual=3, indicator__expected_result=ultimate)
    result(of, "Others", actual=3)

    assert names_of_groups(client.get("/en/results/?group=result").context["tables"].recorded) == [
        ("1000 · People live better", ["Leaders", "Policies"]),
        ("No expected result", ["Others"]),
    ]
    assert names_of_groups(client.get("/en/results/").context["tables"].recorded) == [
        ("People trained", ["Leaders", "Others"]),
        ("Policies and good practices", ["Policies"]),
    ]


def test_every_figure_links_to_its_indicator_source_and_what_it_names(client: Client):
    of = world()
    partner = make.partner(slug="inacap", acronym="INACAP", country=of.chile)
    result(of, "Learners", country=of.chile, project=of.project, partner=partner, actual=10, has_discrepancy=True)

    html = client.get("/en/results/").content.decode()

    table = html[html.index("<table") : html.index("</table>")]
    links = set(re.findall(r'href="([^"]+)"', table))
    assert {
        "/en/indicators/learners/",
        "/en/projects/B05/",
        "/en/countries/CL/",
        "/en/partners/inacap/",
        "/en/themes/T3/",
        "/en/indicators/learners/#discrepancies",
    } <= links
    assert any(link.startswith("/en/sources/book/") for link in links)


def test_marks_stand_beside_a_figure(client: Client):
    of = world()
    result(
        of,
        "Reached",
        actual=28500000,
        qualifier="more_than",
        is_contested=True,
        range_low=28000000,
        range_high=29000000,
    )
    result(of, "Trained", actual=8, origin="computed", series=None, coverage_reported=8, coverage_expected=11)

    text = words(client.get("/en/results/"))

    assert "more than 28,500,000 people" in text
    assert "Sources disagree: 28,000,000 to 29,000,000" in text
    assert "Computed 8 of 11 reported" in text
    assert "as published" in text


def test_a_share_of_women_that_no_source_prints_is_marked(client: Client):
    of = world()
    result(of, "Counted", actual=132)
    result(of, "Counted", key="sex=women", actual=108)
    result(of, "Printed", actual=100)
    result(of, "Printed", key="sex=women", share=54)

    text = words(client.get("/en/results/"))

    assert "81.8% calculated" in text
    assert "54% calculated" not in text


def test_a_target_without_an_actual_shows_its_qualifier_and_its_source(client: Client):
    of = world()
    row = result(of, "Learners", target=2, target_qualifier="at_least", cite=False)
    with make.change(door=make.Door.COMMAND):
        target = make.target(series=row.series, period=row.period, value=2)
        make.citation(target=target, section="Chapter of targets")
    type(row).objects.filter(pk=row.pk).update(target_record=target)

    text = words(client.get("/en/results/"))
    sent = b"".join(client.get("/en/results.json").streaming_content).decode()

    assert "at least 2" in text
    assert "Chapter of targets" in text
    assert '"target_qualifier": "at_least"' in sent


def test_a_change_that_is_kept_as_printed_says_so_wherever_it_leaves(client: Client):
    of = world()
    result(
        of,
        "Grown",
        actual=24,
        measure="change",
        indicator__measure="change",
        indicator__change_unit="as_printed",
        indicator__unit_en="%",
    )

    sent = b"".join(client.get("/en/results.csv").streaming_content).decode()

    assert "%, as printed (meaning not stated)" in sent
    assert "+24" in words(client.get("/en/results/"))


def test_a_search_finds_the_starts_of_words_and_the_notes_of_actuals(client: Client, monkeypatch: pytest.MonkeyPatch):
    of = world()
    result(of, "Instituts", actual=1)
    row = result(of, "Learners", actual=2)
    hidden = result(of, "Withheld", actual=3)
    with make.change(door=make.Door.COMMAND):
        for noted in (row, hidden):
            noted.actual_record.note_en = "Counted by (UTS) in Bogotá"
            noted.actual_record.save()
    type(row).objects.filter(pk=hidden.pk).update(is_suppressed=True, actual=None, status="suppressed")

    def found(words: str) -> list[str]:
        page = client.get("/en/results/", {"q": words})
        return [row.indicator.name for row in page.context["tables"].rows]

    assert found("uts") == found("bogot") == found("(uts)") == ["Learners"]
    assert found("instit") == ["Instituts"]
    assert found("[a^\\") == []

    # Of words in more notes than are named one by one the rows are asked themselves.
    monkeypatch.setattr(words_of_filters, "MOST_NOTES", 0)
    assert found("uts") == found("bogot learn") == ["Learners"]


def test_a_partner_that_is_not_public_is_not_named(client: Client):
    of = world()
    result(of, "Learners", partner=make.partner(name="Secret", acronym="SCRT", slug="scrt", is_public=False), actual=10)

    html = client.get("/en/results/").content.decode()

    assert "SCRT" not in html.upper().replace("DESCRIPT", "")
    assert client.get("/en/results/?partner=scrt").context["problems"] != []
    assert b"scrt" not in b"".join(client.get("/en/results.csv").streaming_content)


def test_a_withheld_figure_says_nothing_beside_it(client: Client):
    of = world()
    row = result(of, "Learners", actual=3)
    row.actual_record.note_en = "Three girls of one school"
    with make.change(door=make.Door.COMMAND):
        row.actual_record.save()
    type(row).objects.filter(pk=row.pk).update(
        is_suppressed=True, actual=None, status="suppressed", qualifier="", source_value="", source_section=""
    )

    page = client.get("/en/results/")
    sent = b"".join(client.get("/en/results.json").streaming_content).decode()

    assert "withheld: too few people" in words(page)
    for text in (page.content.decode(), sent):
        assert "Three girls" not in text
        assert "a value" not in text


def test_zero_missing_and_not_applicable_are_three_different_things(client: Client):
    of = world()
    result(of, "Zero", actual=0)
    result(of, "Missing", target=5)
    result(of, "Irrelevant", is_not_applicable=True, status="not_applicable")

    text = words(client.get("/en/results/"))

    assert "0 people Zero" in text
    assert "not reported" in text
    assert "not applicable Irrelevant" in text


# --- The address -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("colour=red", "“colour” is not a filter of this page and was left aside."),
        ("country=XX", "“XX” is not a value of “country” and was left aside. Known are: CL, PE, regional."),
        ("list=XX", "“XX” is not a value of “list” and was left aside. Known are: programme, country, theme,"),
        ("page=nonsense", "“nonsense” is not the number of a page; this is the first one."),
        ("page=9", "There is no page 9: there is 1 page, shown here."),
        ("page=0", "There is no page 0: there is 1 page, shown here."),
        ("page=-1", "There is no page -1: there is 1 page, shown here."),
        ("<script>=1", "“<script>” is not a filter of this page and was left aside."),
    ],
)
def test_what_is_not_understood_is_said_and_the_page_still_answers(client: Client, query, sentence):
    of = world()
    result(of, "Leaders", actual=1)

    page = client.get(f"/en/results/?{query}")

    assert page.status_code == 200
    assert len(page.context["problems"]) == 1
    assert page.context["problems"][0].startswith(sentence)
    assert names(page.context["tables"]) == ["Leaders/regional"]
    assert "<script>" not in page.content.decode()


def test_chips_remove_one_value_each(client: Client, chile_and_theme_3: World):
    page = client.get("/en/results/?country=CL&country=PE&theme=T3&q=leaders&sort=value")

    assert [(str(chip["label"]), chip["value"], chip["remove_url"]) for chip in page.context["filters"]] == [
        ("Country", "Chile", "/en/results/?country=PE&theme=T3&q=leaders&sort=value"),
        ("Country", "Pérou", "/en/results/?country=CL&theme=T3&q=leaders&sort=value"),
        ("Theme", "theme\N{NO-BREAK SPACE}3", "/en/results/?country=CL&country=PE&q=leaders&sort=value"),
        ("Words", "leaders", "/en/results/?country=CL&country=PE&theme=T3&sort=value"),
    ]


def test_facets_count_without_their_own_choice(client: Client, chile_and_theme_3: World):
    page = client.get("/en/results/?country=CL&theme=T3")

    facets = {facet["name"]: facet for facet in page.context["facets"]}
    country = [(option["value"], option["count"], option["selected"]) for option in facets["country"]["options"]]
    assert country == [("CL", 2, True), ("PE", 1, False), ("regional", 2, False)]
    theme = [(option["value"], option["count"], option["selected"]) for option in facets["theme"]["options"]]
    assert theme == [("T1", 1, False), ("T3", 2, True)]


def test_a_long_list_of_choices_begins_with_those_that_find_most(
    client: Client, chile_and_theme_3: World, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("indicators.views.results.LONGEST_LIST", 2)
    monkeypatch.setattr("indicators.views.results.FIRST_CHOICES", 1)

    def country(query: str) -> dict[str, Any]:
        page = client.get(f"/en/results/?{query}")
        assert page.context["problems"] == []
        return next(facet for facet in page.context["facets"] if facet["name"] == "country")

    def values(facet: dict[str, Any]) -> list[str]:
        return [option["value"] for option in facet["options"]]

    # Chile has three rows, no country three as well, Peru one: equals stand in the order of the list.
    assert (values(country("")), country("")["number_of_all"]) == (["CL"], 3)
    # What is chosen is never left out.
    assert values(country("country=PE&sex=total")) == ["CL", "PE"]
    # Whoever asks for all gets all, keeps the filter, and is asked for them again by the next choice.
    whole = country("theme=T3&list=country&list=project")
    assert (values(whole), whole["number_of_all"], whole["is_open"]) == (["CL", "PE", "regional"], None, True)
    html = client.get("/en/results/?theme=T3").content.decode()
    assert 'name="list" value="country" formaction="/en/results/#facet-country"' in html
    page = client.get("/en/results/?theme=T3&list=country")
    assert '<input type="hidden" name="list" value="country">' in page.content.decode()
    assert page.context["filters"][0]["remove_url"] == "/en/results/?list=country"
    assert page.context["downloads"][0]["url"] == "/en/results.csv?theme=T3"


def test_the_languages_keep_page_and_filter(client: Client, chile_and_theme_3: World):
    html = client.get("/en/results/?country=CL&theme=T3").content.decode()

    for language in ("fr", "es", "en"):
        assert f'href="/{language}/results/?country=CL&amp;theme=T3"' in html


def test_downloads_ask_the_same_query_without_the_page(client: Client, chile_and_theme_3: World):
    page = client.get("/en/results/?country=CL&sort=-value&page=1")

    assert [download["url"] for download in page.context["downloads"]] == [
        "/en/results.csv?country=CL&sort=-value",
        "/en/results.xlsx?country=CL&sort=-value",
        "/en/results.json?country=CL&sort=-value",
    ]


def test_nothing_found_names_the_nearest_filters(client: Client, chile_and_theme_3: World):
    page = client.get("/en/results/?country=PE&theme=T1")

    assert page.context["heading"] == "0 figures · Pérou · theme\N{NO-BREAK SPACE}1 · outcomes and outputs"
    assert page.context["empty"] == {
        "sentence": "No figure matches Pérou · theme\N{NO-BREAK SPACE}1 · outcomes and outputs.",
        "suggestions": [
            {"label": "Without theme\N{NO-BREAK SPACE}1: 1 figure", "url": "/en/results/?country=PE"},
            {"label": "Without Pérou: 2 figures", "url": "/en/results/?theme=T1"},
        ],
    }
    assert "No figure matches" in words(page)


def test_an_empty_database_is_a_sentence(client: Client):
    page = client.get("/fr/results/")

    assert page.status_code == 200
    assert page.context["number"] == 0
    assert page.context["empty"]["suggestions"] == []


def test_a_demonstration_shows_only_when_it_is_named_and_says_what_it_is(client: Client, chile_and_theme_3: World):
    page = client.get("/en/results/?programme=demo")

    assert [row.indicator.name for row in page.context["tables"].rows] == ["Fictitious"]
    assert "these figures are fictitious" in words(page)
    assert "fictitious" not in words(client.get("/en/results/")).lower()


def test_a_long_list_has_pages_of_fifty_rows_and_each_row_stands_on_one(client: Client):
    of = world()
    for number in range(120):
        result(of, f"Indicator {number:03}", actual=number, cite=False)

    pages = [client.get(f"/en/results/?page={number}") for number in (1, 2, 3)]

    found = [[row.indicator.name for row in page.context["tables"].rows] for page in pages]
    assert [len(rows) for rows in found] == [50, 50, 20]
    assert [name for rows in found for name in rows] == [f"Indicator {number:03}" for number in range(120)]
    assert pages[0].context["heading"] == "120 figures · outcomes and outputs"
    assert 'rel="next" href="?page=2"' in unquote(pages[0].content.decode())


# --- What it costs -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 3, 60])
def test_the_page_costs_the_same_with_one_row_and_with_more_than_a_page(
    client: Client, number: int, django_assert_num_queries: Any
):
    of = world()
    for place in range(number):
        result(of, f"Indicator {place:03}", country=of.chile, actual=100, cite=place < 60)
        result(of, f"Indicator {place:03}", country=of.chile, key="sex=women", actual=40, cite=False)
        result(of, f"Indicator {place:03}", actual=100, cite=False)

    # One of them asks for the version of the data.
    with django_assert_num_queries(16):
        page = client.get("/en/results/?country=CL&q=indicator")

    assert page.context["number"] == number
    assert page.context["regional_number"] == number


@pytest.mark.parametrize("number", [1, 3, 60])
def test_a_download_costs_the_same_with_one_row_and_with_more_than_a_page(
    client: Client, number: int, django_assert_num_queries: Any
):
    of = world()
    for place in range(number):
        result(of, f"Indicator {place:03}", country=of.chile, actual=100, cite=place < 60)
        result(of, f"Indicator {place:03}", country=of.chile, key="sex=women", actual=40, cite=False)

    for ending in ("csv", "xlsx", "json"):
        # What one of them kept is not there for the next.
        cache.clear()
        with django_assert_num_queries(15):
            sent = b"".join(client.get(f"/en/results.{ending}?country=CL").streaming_content)
        if ending == "csv":
            assert len(sent.splitlines()) == 1 + 2 * number
