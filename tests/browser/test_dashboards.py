"""The workspace of an institution and the dashboard of a project: usable by everybody, at every width, without scripts."""

import json
import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, listened_to

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LANGUAGES = ("fr", "es", "en")
WIDTHS = (320, 1400)
#: Whose figures came back looks at what is asked of her; whose project is in good health, at its dashboard.
PATHS = {"pe": "/workspace/", "cl": "/workspace/projects/DEMO-A/?compare=1"}
#: Rows that look like those before them.
FURTHER_ROWS = [[".figure-row:nth-of-type(n+4)"], [".board-group:nth-of-type(n+3)"]]

#: Signs two people of the demonstration programme in, as their browsers would be.
PREPARE = """
import json
import re
from django.conf import settings
from accounts.models import User
from tests.second_factor import signed_in
print(json.dumps({
    name: signed_in(User.objects.get(email=f"demo.{name}@example.org")).cookies[settings.SESSION_COOKIE_NAME].value
    for name in ("cl", "pe")
}))
"""


@pytest.fixture(scope="module")
def sessions(site: Site) -> dict[str, str]:
    site.manage("make_demo_programme", "--accounts", "--if-none")
    found: dict[str, str] = json.loads(site.manage("shell", "-v", "0", "-c", PREPARE).splitlines()[-1])
    return found


def window_of(browser: Browser, base_url: str, session: str, *, scripts: bool) -> Iterator[Page]:
    context = browser.new_context(base_url=base_url, java_script_enabled=scripts)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": base_url}])
    yield from listened_to(context.new_page())
    context.close()


@pytest.mark.parametrize("name", PATHS)
def test_everybody_can_use_it_in_every_language_and_width(
    browser: Browser, base_url: str, axe: Axe, sessions: dict[str, str], name: str
) -> None:
    faults = []
    for page in window_of(browser, base_url, sessions[name], scripts=True):
        for number, language in enumerate(LANGUAGES):
            page.emulate_media(color_scheme="dark" if number == 1 else "light", reduced_motion="reduce")
            page.set_viewport_size({"width": WIDTHS[0], "height": 900})
            answer = page.goto(f"/{language}{PATHS[name]}")
            assert answer is not None
            assert answer.status == 200
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                needed = page.evaluate("document.documentElement.scrollWidth")
                if needed > width:
                    faults.append(f"{language}{PATHS[name]} needs {needed} px of a window of {width} px")
                # Each language and each width once is enough: what axe looks at in one holds for the other.
                if width != WIDTHS[number % len(WIDTHS)]:
                    continue
                found = axe.run(
                    page, context={"exclude": FURTHER_ROWS}, options={"runOnly": RULES, "resultTypes": ["violations"]}
                )
                if found.violations_count:
                    faults.append(f"{language} at {width}: {found.generate_report()}")
    assert faults == []


def test_it_is_complete_without_scripts_and_by_keyboard(
    browser: Browser, base_url: str, sessions: dict[str, str]
) -> None:
    for page in window_of(browser, base_url, sessions["pe"], scripts=False):
        page.goto("/en/workspace/")
        expect(page.get_by_role("heading", name="Returned to you")).to_be_visible()
        act = page.get_by_role("link", name="Answer")
        act.focus()
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"/en/workspace/reports/DEMO-C/[^/]+/questions/$"))
        page.goto("/en/workspace/projects/DEMO-C/")
        # Every chart says what it shows, in a title and in the words that replace it.
        drawings = page.locator("figure.chart")
        assert drawings.count() > 0
        for drawing in drawings.all():
            expect(drawing.locator("figcaption")).not_to_be_empty()
            expect(drawing.get_by_role("img")).to_have_attribute("aria-label", re.compile(r"\d"))
        page.get_by_text("All values in a table").click()
        expect(page.get_by_role("table", name="Values by period")).to_be_visible()


def test_what_is_public_looks_the_same_in_grey_on_paper(
    browser: Browser, base_url: str, sessions: dict[str, str]
) -> None:
    for page in window_of(browser, base_url, sessions["cl"], scripts=True):
        page.goto("/en/workspace/projects/DEMO-A/")
        page.emulate_media(media="print")
        expect(page.get_by_role("table", name="Values by period")).to_be_visible()
        expect(page.locator("#compare")).to_be_hidden()
        expect(page.locator(".board-links")).to_be_hidden()
        # Women and men differ in lightness, not in colour alone.
        shades = page.eval_on_selector_all(
            ".chart-part-1, .chart-part-2", "parts => parts.slice(0, 2).map(part => getComputedStyle(part).fill)"
        )
        light = [sum(int(number) for number in shade.strip("rgb()").split(",")) for shade in shades]
        assert abs(light[0] - light[1]) > 200
