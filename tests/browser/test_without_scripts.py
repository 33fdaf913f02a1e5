"""Everything can be reached in a browser that runs no scripts."""

from playwright.sync_api import Page, expect

from tests.browser.results_page import CHILE_T3, OWN, lines_of, rows_of

PHONE = {"width": 320, "height": 640}


def test_ticked_filters_narrow_the_results_and_their_file(plain_page: Page) -> None:
    plain_page.set_viewport_size({"width": 1400, "height": 900})
    plain_page.goto("/en/results/")
    everything = plain_page.locator(OWN).count()
    plain_page.locator("input[name=country][value=CL]").check()
    plain_page.locator("input[name=theme][value=T3]").check()
    plain_page.locator("form.filters button[type=submit]").click()
    expect(plain_page).to_have_url(f"/en/results/?q=&{CHILE_T3}#results")
    rows = plain_page.locator(OWN).count()
    assert 0 < rows < everything
    file = plain_page.locator("#results a[href*='results.csv']").get_attribute("href")
    assert file is not None
    assert len(lines_of(plain_page, file)) == rows


def test_filters_open_on_a_phone(plain_page: Page) -> None:
    plain_page.set_viewport_size(PHONE)
    plain_page.goto("/fr/results/")
    box = plain_page.locator("input[name=country][value=PE]")
    expect(box).not_to_be_visible()
    plain_page.locator(".filters-button").click()
    box.check()
    plain_page.locator("form.filters button[type=submit]").click()
    expect(plain_page.locator(".chips .chip").first).to_be_visible()
    assert {row.country for row in rows_of(plain_page.locator(OWN))} == {"PE"}


def test_the_menu_opens_on_a_phone(plain_page: Page) -> None:
    plain_page.set_viewport_size(PHONE)
    plain_page.goto("/es/")
    entry = plain_page.locator("#site-menu a[href='/es/projects/']")
    expect(entry).not_to_be_visible()
    plain_page.locator(".menu-button").click()
    entry.click()
    expect(plain_page).to_have_url("/es/projects/")


def test_another_language_keeps_the_page_and_its_filter(plain_page: Page) -> None:
    plain_page.goto(f"/fr/results/?{CHILE_T3}")
    rows = rows_of(plain_page.locator(OWN))
    for language, name in {"es": "Español", "en": "English", "fr": "Français"}.items():
        link = plain_page.locator(f".languages a[hreflang={language}]")
        expect(link).to_have_accessible_name(name)
        link.click()
        expect(plain_page).to_have_url(f"/{language}/results/?{CHILE_T3}")
        expect(plain_page.locator("html")).to_have_attribute("lang", language)
        assert rows_of(plain_page.locator(OWN)) == rows
