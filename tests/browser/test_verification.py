"""An institution looks through its figures on a telephone, in Spanish."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, listened_to

#: Opens a round of the demonstration programme, and gives one of its people a password.
PREPARE = """
import json
from datetime import timedelta
from django.utils import timezone
from accounts.actions import change
from accounts.choices import Door
from accounts.models import User
from indicators.models import Confirmation, VerificationRound
from projects.models import Programme

user = User.objects.get(email="demo.cl@example.org")
user.set_password("a-password-for-the-browser")
user.save()
today = timezone.localdate()
with change(door=Door.COMMAND):
    VerificationRound.objects.get_or_create(
        code="demo-round",
        defaults={
            "programme": Programme.objects.get(slug="demo"),
            **{f"name_{language}": "Ronda 1" for language in ("fr", "es", "en")},
            "opens_on": today - timedelta(2), "closes_on": today + timedelta(30),
        },
    )
print(json.dumps({"slug": user.memberships.get().partner.slug, "answers": Confirmation.objects.count()}))
"""


@pytest.fixture(scope="module")
def slug(site: Site) -> str:
    site.manage("make_demo_programme", "--accounts", "--if-none")
    found: dict[str, Any] = json.loads(site.manage("shell", "-v", "0", "-c", PREPARE).splitlines()[-1])
    return str(found["slug"])


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


def test_figures_are_looked_through_one_by_one_on_a_telephone(telephone: Page, slug: str, axe: Axe) -> None:
    page = telephone
    page.goto(f"/es/accounts/login/?next=/es/workspace/institutions/{slug}/")
    page.locator("#id_login").fill("demo.cl@example.org")
    page.locator("#id_password").fill("a-password-for-the-browser")
    page.locator("form:has(#id_password) button[type=submit]").click()
    expect(page).to_have_url(re.compile(f"/es/workspace/institutions/{slug}/$"))
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
