"""An invitation on a telephone, in Spanish: from the link in the mail to the workspace."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, listened_to

EMAIL = "ana.invitada@example.org"

#: Invites somebody for an institution, and prints the mail.
INVITE = f"""
from accounts.actions import change
from accounts.choices import Door
from accounts.models import User
from dashboards.invitations import invitation_mail
from partners.actions import invite
from partners.models import Partner

by = User.objects.create_superuser("inviting@example.org", name="Luisa")
with change(door=Door.WORKSPACE, by=by):
    partner = Partner.objects.get(slug="uts")
    print(invitation_mail(invite(partner=partner, email="{EMAIL}", role="viewer", language="es", by=by)).body)
"""

#: The code that the server mailed: the test has no mail server to read it from.
CODE = """
from django.contrib.sessions.models import Session

for session in Session.objects.order_by("-expire_date"):
    login = session.get_decoded().get("account_login")
    if login:
        print(login["state"]["stages"]["login_by_code"]["data"]["code"])
        break
"""


@pytest.fixture
def telephone(browser: Browser, base_url: str) -> Iterator[Page]:
    context = browser.new_context(
        base_url=base_url, viewport={"width": 390, "height": 844}, locale="es-CO", reduced_motion="reduce"
    )
    yield from listened_to(context.new_page())
    context.close()


def meets_the_guidelines(page: Page, axe: Axe) -> None:
    expect(page.locator("html")).to_have_attribute("lang", "es")
    found = axe.run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_from_the_mail_to_the_workspace(telephone: Page, site: Site, axe: Axe) -> None:
    page = telephone
    [path] = re.findall(r"https?://[^/]+(/es/invitation/\S+)", site.manage("shell", "-v", "0", "-c", INVITE))

    page.goto(path)
    expect(page.locator("main")).to_contain_text("Luisa")
    expect(page.locator("#id_time_zone")).to_have_value("America/Bogota")
    meets_the_guidelines(page, axe)
    page.locator("#id_name").fill("Ana Invitada")
    page.locator("main button[type=submit]").click()

    expect(page).to_have_url("/es/accounts/login/code/confirm/")
    meets_the_guidelines(page, axe)
    code = site.manage("shell", "-v", "0", "-c", CODE).strip()
    page.locator("#id_code").fill(code)
    page.locator("main button[type=submit]").click()

    expect(page).to_have_url("/es/workspace/")
    meets_the_guidelines(page, axe)
    page.locator("main a[href='/es/workspace/people/']").click()
    expect(page.locator(".people-list")).to_contain_text("Ana Invitada")
    meets_the_guidelines(page, axe)

    # The link is used up, and says no more to whoever opens it now than to anybody.
    page.goto(path)
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("Luisa")
