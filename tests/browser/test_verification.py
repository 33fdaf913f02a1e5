"""An institution looks through its figures on a telephone, in Spanish."""

import json
import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, listened_to

#: Gives two people of the demonstration a password; its round of verification is open.
PREPARE = """
import json
from accounts.models import User

slugs = []
for short in ("co", "pe"):
    user = User.objects.get(email=f"demo.{short}@example.org")
    user.set_password("a-password-for-the-browser")
    user.save()
    # Another test of the same server may have set one up.
    user.authenticator_set.all().delete()
    slugs.append(user.memberships.get().partner.slug)
print(json.dumps(slugs))
"""


@pytest.fixture(scope="module")
def slugs(site: Site) -> list[str]:
    """Of the institution that has not answered yet, and of one that has."""
    site.manage("make_demo_programme", "--accounts", "--if-none")
    found: list[str] = json.loads(site.manage("shell", "-v", "0", "-c", PREPARE).splitlines()[-1])
    return found


@pytest.fixture
def telephone(browser: Browser, base_url: str) -> Iterator[Page]:
    """A small screen."""
    context = browser.new_context(base_url=base_url, locale="es-CL", viewport={"width": 390, "height": 844})
    yield from listened_to(context.new_page())
    context.close()


def is_clean(page: Page, axe: Axe) -> None:
    found = axe.run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def sign_in(page: Page, short: str, slug: str) -> None:
    page.goto(f"/es/accounts/login/?next=/es/workspace/institutions/{slug}/")
    page.locator("#id_login").fill(f"demo.{short}@example.org")
    page.locator("#id_password").fill("a-password-for-the-browser")
    page.locator("form:has(#id_password) button[type=submit]").click()
    expect(page).to_have_url(re.compile(f"/es/workspace/institutions/{slug}/$"))


def test_figures_are_looked_through_one_by_one_on_a_telephone(telephone: Page, slugs: list[str], axe: Axe) -> None:
    page, slug = telephone, slugs[0]
    sign_in(page, "co", slug)
    is_clean(page, axe)

    page.locator(".round a.button-main").click()
    expect(page.locator(".round-place")).to_be_visible()
    # What only one answer needs is asked for once it is chosen.
    value = page.locator("[name=value]")
    expect(value).to_be_hidden()
    page.locator("[name=answer][value=corrected]").check()
    expect(value).to_be_visible()
    is_clean(page, axe)
    value.fill("doce")
    page.locator(".verify-form button").first.click()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator(".field-error")).to_contain_text("doce")
    is_clean(page, axe)
    first = page.url
    page.locator("[name=value]").fill("12")
    page.locator(".verify-form button").first.click()
    expect(page).not_to_have_url(first)

    page.locator("[name=answer][value=confirmed]").check()
    page.locator("[name=stop]").click()
    expect(page).to_have_url(re.compile(rf"/institutions/{slug}/#figure-[0-9]+$"))
    expect(page.locator(".verification-answer")).to_have_count(2)
    expect(page.locator("[data-mark=confirmed]").first).to_be_visible()
    is_clean(page, axe)


def test_without_scripts_an_answer_is_given_changed_and_read(plain_page: Page, slugs: list[str]) -> None:
    page, slug = plain_page, slugs[1]
    page.set_viewport_size({"width": 320, "height": 640})
    sign_in(page, "pe", slug)
    before = page.locator(".verification-answer").count()
    page.locator(".round a.button-main").click()
    address = page.url
    # What belongs to one answer alone shows when it is chosen, by the style sheet.
    expect(page.locator("[name=is_on_request]")).to_be_hidden()
    page.locator("[name=answer][value=evidence]").check()
    page.locator("[name=is_on_request]").check()
    page.locator("[name=stop]").click()
    expect(page.locator(".verification-answer")).to_have_count(before + 1)

    page.goto(address)
    expect(page.locator("[name=answer][value=evidence]")).to_be_checked()
    page.locator("[name=answer][value=unknown]").check()
    page.locator("[name=text]").fill("Ya no hay quien lo sepa")
    page.locator("[name=stop]").click()
    expect(page.locator(".verification-answer")).to_have_count(before + 1)
    expect(page.get_by_text("Ya no hay quien lo sepa")).to_be_visible()
    overflow = page.locator("html").bounding_box()
    assert overflow is not None
    assert overflow["width"] == 320
