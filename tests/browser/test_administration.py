"""The administration in a browser: what staff write is what the public reads."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Account, Site, sign_in
from tests.browser.results_page import OWN

#: Peru's part of the campaigns: a target is stated for it, and no source says what was reached.
INDICATOR = "campaign-exposure"
PUBLIC = "/en/results/?country=PE&theme=T2&target=stated"
#: What axe asks of the name of a field.
NAMES = ["aria-input-field-name", "aria-toggle-field-name", "aria-tooltip-name", "label", "select-name"]


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


def test_a_field_that_is_typed_and_chosen_is_called_by_its_label(staff: Page, axe: Axe) -> None:
    page = staff

    def label(field: str) -> str:
        return page.locator(f"label[for=id_{field}]").inner_text().rstrip(": \N{NO-BREAK SPACE}")

    def faults() -> str:
        found = axe.run(page, options={"runOnly": {"type": "rule", "values": NAMES}})
        return found.generate_report() if found.violations_count else ""

    page.goto("/admin/indicators/series/add/")
    name = label("indicator")
    box = page.get_by_role("combobox", name=name, exact=True)
    expect(box).to_have_count(1)
    assert faults() == ""
    box.click()
    expect(page.get_by_role("listbox", name=name, exact=True)).to_be_visible()
    assert faults() == ""
    page.get_by_role("searchbox", name=name, exact=True).fill("CMP-01")
    page.locator(".select2-results__option").filter(has_text="CMP-01").first.click()
    # The value follows the name.
    expect(page.get_by_role("combobox", name=re.compile(f"^{name} .*CMP-01"))).to_have_count(1)

    # Several records in one field.
    page.goto("/admin/indicators/indicator/add/")
    name = label("themes")
    assert faults() == ""
    page.get_by_role("searchbox", name=name, exact=True).click()
    expect(page.get_by_role("listbox", name=name, exact=True)).to_be_visible()
    assert faults() == ""

    # A filter of a list has no label, and a row of a table that is added later has the heading of its column.
    page.goto("/admin/indicators/submission/")
    assert faults() == ""
    page.goto("/admin/projects/project/add/")
    row = page.locator("tr.add-row").first
    boxes = page.locator(".select2-selection[role=combobox]")
    before = boxes.count()
    row.locator("a").click()
    expect(boxes.nth(before)).to_be_visible()
    assert faults() == ""


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
