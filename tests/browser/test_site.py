"""The server as a whole: that pages arrive, sign-in works, and nothing is refused by the page's own policy."""

import urllib.request

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Account, Site, sign_in
from tests.second_factor import code

#: The guidelines (WCAG 2.2, levels A and AA), and what the makers of axe recommend beyond them.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def test_a_reader_is_led_to_a_language(page: Page, site: Site) -> None:
    page.goto("/")
    assert page.url.removeprefix(site.url) in {"/fr/", "/es/", "/en/"}


def test_static_files_have_a_hash_in_their_name_and_stay_in_the_browser(page: Page, site: Site) -> None:
    page.goto("/en/about/")
    address = page.locator("link[rel=stylesheet]").first.get_attribute("href")
    assert address is not None
    with urllib.request.urlopen(site.url + address) as answer:
        assert "immutable" in answer.headers["Cache-Control"]


def test_staff_set_up_their_second_factor_without_scripts_and_sign_in(plain_page: Page, site: Site) -> None:
    page = plain_page
    site.manage(
        *("createsuperuser", "--noinput", "--email", "first@example.org", "--name", "First"),
        DJANGO_SUPERUSER_PASSWORD="tarde de lluvia",
    )
    page.goto("/admin/")
    page.locator("#id_login").fill("first@example.org")
    page.locator("#id_password").fill("tarde de lluvia")
    page.locator("#password-form button[type=submit]").click()
    expect(page.locator(".qr-code")).to_be_visible()
    page.locator("#id_code").fill(code(page.locator(".account-key code").inner_text()))
    page.locator("main button[type=submit]").click()
    expect(page.locator(".account-codes li")).to_have_count(10)
    page.locator("main .button-main").click()
    expect(page).to_have_url("/admin/")
    expect(page.locator("#user-tools")).to_contain_text("First")


@pytest.mark.parametrize("width", [320, 1400])
def test_the_pages_of_an_account_meet_the_guidelines(page: Page, axe: Axe, administrator: Account, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if width == 320 else "light", reduced_motion="reduce")
    sign_in(page, administrator, "/en/accounts/")
    for path in ("", "recovery-codes/", "recovery-codes/new/", "password/change/", "second-factor/remove/", "logout/"):
        page.goto(f"/en/accounts/{path}")
        # In the other colours, colours alone: all else is as it was.
        found = axe.run(page, options={"runOnly": RULES if width == 320 else ["color-contrast"]})
        assert found.violations_count == 0, (path, found.generate_report())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    page.locator("main button[type=submit]").click()
    expect(page).to_have_url("/en/")
