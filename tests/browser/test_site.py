"""The server as a whole: that pages arrive, sign-in works, and nothing is refused by the page's own policy."""

import urllib.request

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Account, Site


def test_a_reader_is_led_to_a_language(page: Page, site: Site) -> None:
    page.goto("/")
    assert page.url.removeprefix(site.url) in {"/fr/", "/es/", "/en/"}


def test_static_files_have_a_hash_in_their_name_and_stay_in_the_browser(page: Page, site: Site) -> None:
    page.goto("/admin/login/")
    address = page.locator("link[rel=stylesheet]").first.get_attribute("href")
    assert address is not None
    with urllib.request.urlopen(site.url + address) as answer:
        assert "immutable" in answer.headers["Cache-Control"]


def test_staff_sign_in_to_the_administration(page: Page, administrator: Account) -> None:
    page.goto("/admin/")
    page.locator("input[name=username]").fill(administrator.email)
    page.locator("input[name=password]").fill(administrator.password)
    page.locator("input[type=submit]").click()
    expect(page).to_have_url("/admin/")
    expect(page.locator("#user-tools")).to_contain_text("Administrator")


def test_the_sign_in_page_meets_the_accessibility_guidelines(page: Page, axe: Axe) -> None:
    page.goto("/admin/login/")
    # Django's page: the guidelines themselves, without what axe recommends beyond them.
    found = axe.run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    assert found.violations_count == 0, found.generate_report()
