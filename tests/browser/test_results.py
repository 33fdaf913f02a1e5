"""The results page: what a filter shows, and that its file says the same."""

import re

from playwright.sync_api import Page, expect

from tests.browser.results_page import CHILE_T3, OWN, REGIONAL, in_file, lines_of, rows_of, themes_of


def test_a_country_and_a_theme_show_only_what_is_of_both(page: Page) -> None:
    page.goto(f"/fr/results/?{CHILE_T3}")
    shown = rows_of(page.locator(OWN))
    assert shown
    assert {row.country for row in shown} == {"CL"}
    assert {row.forum for row in shown} == {""}
    assert all("T3" in themes for themes in themes_of(page.locator(OWN)))


def test_regional_figures_are_offered_apart(page: Page) -> None:
    page.goto(f"/fr/results/?{CHILE_T3}")
    regional = rows_of(page.locator(REGIONAL))
    assert regional
    assert {row.country for row in regional} == {""}
    assert all("T3" in themes for themes in themes_of(page.locator(REGIONAL)))
    assert not regional & rows_of(page.locator(OWN))


def test_the_file_of_a_filter_has_the_rows_of_its_page(page: Page) -> None:
    page.goto(f"/fr/results/?{CHILE_T3}")
    lines = lines_of(page, f"/fr/results.csv?{CHILE_T3}")
    assert {line["country"] for line in lines} == {"CL"}
    assert all("T3" in line["themes"].split(";") for line in lines)
    assert in_file(lines) == rows_of(page.locator(OWN))


def test_what_the_address_says_wrongly_is_told_above_the_results(page: Page) -> None:
    page.goto("/es/results/?frobnicate=1&country=XX&theme=T3")
    told = page.locator(".notice")
    expect(told).to_have_count(2)
    expect(told.filter(has_text="frobnicate")).to_be_in_viewport()
    expect(told.filter(has_text="XX")).to_be_in_viewport()
    # The rest of the address still counts.
    assert all("T3" in themes for themes in themes_of(page.locator(OWN)))


def test_an_empty_answer_offers_a_way_back_to_figures(page: Page) -> None:
    page.goto("/en/results/?country=MX&theme=T3&q=nothing-is-called-this")
    expect(page.locator(OWN)).to_have_count(0)
    page.locator(".empty-state a").first.click()
    expect(page.locator(OWN)).not_to_have_count(0)


def test_filters_act_in_place_and_their_address_can_be_shared(page: Page, plain_page: Page) -> None:
    page.set_viewport_size({"width": 1400, "height": 900})
    page.goto("/en/results/")
    page.evaluate("window.isSamePage = true")
    said, heading = page.get_by_role("status"), page.locator("h1")

    box = page.locator("input[name=country][value=CL]")
    box.check()
    expect(page).to_have_url("/en/results/?country=CL")
    expect(page.locator("input[name=country][value=CL]")).to_be_focused()
    expect(said).to_have_text(heading.inner_text())
    expect(heading).to_contain_text("Chile")
    page.locator("input[name=theme][value=T3]").check()
    expect(page).to_have_url(f"/en/results/?{CHILE_T3}")
    expect(page.locator("#languages a[lang=es]")).to_have_attribute("href", f"/es/results/?{CHILE_T3}")
    shown = rows_of(page.locator(OWN))

    # Whoever is sent the address sees the same, without scripts too.
    plain_page.goto(page.url)
    assert rows_of(plain_page.locator(OWN)) == shown
    assert plain_page.locator("h1").inner_text() == heading.inner_text()

    page.locator(".chip[href='/en/results/?country=CL']").click()
    expect(page).to_have_url("/en/results/?country=CL")
    page.locator(".tabs a", has_text="By theme").click()
    expect(page).to_have_url(re.compile(r"/en/results/\?country=CL&group=theme$"))
    expect(page.locator(".tabs a", has_text="By theme")).to_be_focused()
    assert page.evaluate("window.isSamePage")

    # Going back loads the page: the next step waits until it is there.
    for address, chips in (("country=CL", 1), (CHILE_T3, 2)):
        page.evaluate("history.back()")
        expect(page).to_have_url(f"/en/results/?{address}")
        expect(page.locator("#results .chip[href]:not(.chip-clear)")).to_have_count(chips)
        page.wait_for_load_state()
    expect(page.locator(".chip[href='/en/results/?country=CL']")).to_be_visible()
    assert rows_of(page.locator(OWN)) == shown
