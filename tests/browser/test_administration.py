"""The administration in a browser: what staff write is what the public reads."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Account, Site, sign_in
from tests.browser.results_page import OWN

#: Peru's part of the campaigns: a target is stated for it, and no source says what was reached.
INDICATOR = "campaign-exposure"
PUBLIC = "/en/results/?country=PE&theme=T2&target=stated"


@pytest.fixture
def staff(page: Page, site: Site, administrator: Account) -> Page:
    """A browser in which an administrator has signed in."""
    sign_in(page, administrator)
    expect(page.locator("#user-tools")).to_be_visible()
    return page


def test_a_figure_that_staff_enter_change_and_take_back_is_what_the_public_reads(staff: Page) -> None:
    page = staff
    row = page.locator(f"{OWN}:has(a.what-name[href='/en/indicators/{INDICATOR}/'])")
    actual, status = row.locator(".cell-actual .value-number"), row.locator(".cell-status .status")
    page.goto(PUBLIC)
    expect(row).to_have_count(1)
    expect(actual).to_have_count(0)
    expect(status).to_have_attribute("data-status", "not_reported")

    page.goto("/admin/indicators/actual/add/")
    choose(page, "series", "CMP-01 PE")
    choose(page, "period", "2016")
    page.locator("#id_value").fill("240000")
    # What is typed here stands in a source; anything else is proposed in the grid.
    page.locator("[name=change_reason]").fill("Printed for a test")
    page.locator("#id_verification").select_option("evidence")
    save(page)
    page.goto(PUBLIC)
    expect(actual).to_have_text("240,000")
    expect(status).not_to_have_attribute("data-status", "exceeded")

    page.goto("/admin/indicators/actual/?q=CMP-01+PE")
    page.locator("#result_list tbody th a").click()
    page.locator("#id_value").fill("260000")
    page.locator("[name=change_reason]").fill("A later count")
    save(page)
    page.goto(PUBLIC)
    expect(actual).to_have_text("260,000")
    expect(status).to_have_attribute("data-status", "exceeded")

    page.goto("/admin/indicators/actual/?q=CMP-01+PE")
    page.locator("#result_list tbody th a").click()
    page.locator("a.deletelink").click()
    page.locator("[name=change_reason]").fill("Entered for a test")
    page.locator("#content form input[type=submit]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    page.goto(PUBLIC)
    expect(actual).to_have_count(0)
    expect(status).to_have_attribute("data-status", "not_reported")


def choose(page: Page, field: str, words: str) -> None:
    """Type into a field that completes, and take the one record that it finds."""
    page.locator(f".field-{field} .select2-selection").click()
    page.locator(".select2-search__field").last.fill(words)
    found = page.locator(".select2-results__option:not(.loading-results)")
    expect(found).to_have_count(1)
    found.click()


def save(page: Page) -> None:
    page.locator("input[name=_save]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
