"""A partner on a phone, in Spanish: from the address in a reminder to the receipt, and a figure that came back."""

import gzip
import json
import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, listened_to

#: Opens a period of its own, asks two indicators of it, and gives the coordinator a password.
PREPARE = """
import json
from datetime import date, timedelta
from django.utils import timezone
from accounts.actions import change
from accounts.choices import Door
from accounts.models import User
from indicators.actions import save_context
from indicators.models import Indicator, ReportingPeriod
from projects.models import Programme

user = User.objects.get(email="demo.co@example.org")
user.set_password("a-password-for-the-browser")
user.language = "es"
user.save()
programme = Programme.objects.get(slug="demo")
if not ReportingPeriod.objects.filter(slug="demo-phone").exists():
    names = {f"name_{language}": "2018" for language in ("fr", "es", "en")}
    with change(door=Door.COMMAND):
        save_context(
            record=ReportingPeriod(
                programme=programme, slug="demo-phone", starts_on=date(2018, 1, 1), ends_on=date(2018, 6, 30),
                due_on=timezone.localdate() + timedelta(days=7), **names
            )
        )
"""

#: What the programme's team does meanwhile.
SEND_BACK = """
from accounts.actions import change
from accounts.choices import Door
from accounts.models import User
from indicators.actions import return_many
from indicators.actions.submissions import Returned
from indicators.models import Submission

reviewer = User.objects.get(email="demo.specialist@example.org")
sent = Submission.objects.get(period__slug="demo-phone", state="submitted", series__breakdown__key="", value=12)
with change(door=Door.GRID, by=reviewer):
    return_many(cells=[Returned(sent, "evidence", "¿De qué lista viene?")], by=reviewer)
"""

REPORT = re.compile(r"https?://[^/]+(/es/workspace/reports/DEMO-A/demo-phone/questions/)")
#: What a page may weigh on a slow connection, with all that it loads.
MOST_BYTES = 100_000


@pytest.fixture(scope="module")
def address(site: Site) -> str:
    """Where the reminder leads."""
    site.manage("make_demo_programme", "--accounts", "--if-none")
    site.manage("shell", "-v", "0", "-c", PREPARE)
    mails = site.manage("send_reminders", "--dry-run", "--demonstration")
    [mail] = [each for each in mails.split("--- ") if each.startswith("demo.co@example.org")]
    found = REPORT.search(mail)
    assert found, mail
    return found[1]


@pytest.fixture
def phone(browser: Browser, base_url: str) -> Iterator[Page]:
    context = browser.new_context(
        base_url=base_url,
        locale="es-CO",
        viewport={"width": 390, "height": 844},
        device_scale_factor=2,
        has_touch=True,
    )
    yield from listened_to(context.new_page())
    context.close()


def weight(page: Page) -> int:
    """Bytes of a page with all that it loads for somebody who comes for the first time, compressed."""
    loaded: list[str] = page.evaluate("performance.getEntriesByType('resource').map((each) => each.name)")
    return sum(len(gzip.compress(page.request.get(each).body())) for each in {page.url, *loaded})


def test_a_coordinator_answers_hands_in_and_corrects_what_came_back(
    site: Site, phone: Page, address: str, axe: Axe
) -> None:
    page = phone
    # The address in the mail leads through the sign-in to the questions.
    page.goto(address)
    page.locator("#id_login").fill("demo.co@example.org")
    page.locator("#id_password").fill("a-password-for-the-browser")
    page.locator("#password-form button[type=submit]").click()
    expect(page).to_have_url(re.compile(re.escape(address)))
    assert weight(page) < MOST_BYTES
    assert axe.run(page).violations_count == 0
    first, *_others = [
        link.get_attribute("href") or "" for link in page.locator(".question-list a").all() if link.is_visible()
    ]
    counts = page.locator(".question-list a", has_text="Empresas que acogen").get_attribute("href") or ""

    # A percentage, by its two numbers.
    page.locator("main .button-main").first.click()
    expect(page).to_have_url(re.compile(re.escape(first)))
    assert weight(page) < MOST_BYTES
    assert axe.run(page).violations_count == 0
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.locator("input[name^=n-]").fill("30")
    page.locator("input[name^=d-]").fill("40")
    # The connection is lost before it is sent: what was typed is still there.
    page.reload()
    expect(page.locator("input[name^=n-]")).to_have_value("30")
    page.locator("button[value=next]").click()

    # A number; the next one is not known yet; then enough for today.
    expect(page).to_have_url(re.compile(re.escape(counts)))
    page.locator("input[name^=v-]").fill("12")
    page.locator("button[value=next]").click()
    page.locator(".question-choices input[value='aún no']").first.check()
    page.locator("button[value=stop]").click()
    expect(page.locator(".question-progress")).to_contain_text("3")

    page.locator("button[value=own]").click()
    expect(page).to_have_url(re.compile("/receipt/$"))
    for value in ("75 %", "12 "):
        expect(page.locator(".recorded-list")).to_contain_text(value)
    assert axe.run(page).violations_count == 0

    # One came back; nothing else that was handed in can be changed.
    site.manage("shell", "-v", "0", "-c", SEND_BACK)
    page.goto(address)
    expect(page.locator(".question-reason")).to_contain_text("¿De qué lista viene?")
    page.locator("main .button-main").first.click()
    expect(page).to_have_url(re.compile(re.escape(counts)))
    expect(page.locator("main .notice").filter(has_text="¿De qué lista viene?")).to_be_visible()
    page.locator("input[name^=v-]").fill("13")
    page.locator("button[value=stop]").click()
    page.locator("button[value=own]").click()
    expect(page.locator(".recorded-list").first).to_contain_text("13 ")
    page.goto(first)
    expect(page.locator("#question-form")).to_have_count(0)

    # What was typed and not sent leaves the telephone with its owner.
    page.goto(address)
    page.locator(".question-list a").first.click()
    page.locator("input[type=text]").first.fill("99")
    page.goto(address)
    assert json.loads(page.evaluate("JSON.stringify(Object.keys(localStorage))")) != []
    page.evaluate("document.querySelector('.site-menu form').requestSubmit()")
    page.wait_for_url(re.compile("^(?!.*questions)"))
    assert page.evaluate("localStorage.length") == 0
