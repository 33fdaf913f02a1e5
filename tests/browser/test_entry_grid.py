"""The entry grid in a browser: typing, travelling, pasting, and losing a sign-in without losing what was typed."""

import json
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from accounts.reading.numbers import Ambiguous, Unreadable, read_number
from tests.accounts.reading import test_numbers
from tests.browser.conftest import Site

#: A session of the person who enters figures in the demonstration programme, and the addresses of two of its reports.
PREPARE = """
import json, time
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from accounts.models import User
from indicators.models import ReportingPeriod

user = User.objects.get(email="demo.staff@example.org")
session = SessionStore()
session.update({
    SESSION_KEY: str(user.pk),
    BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
    HASH_SESSION_KEY: user.get_session_auth_hash(),
    "account_authentication_methods": [{"method": "mfa", "at": time.time(), "type": "totp"}],
    "account_authentication_methods_user": str(user.pk),
})
session.create()
period = ReportingPeriod.objects.filter(programme__slug="demo", kind="interim").order_by("starts_on").last()
print(json.dumps({"key": session.session_key, "period": period.slug}))
"""


@pytest.fixture(scope="module")
def demonstration(site: Site) -> dict[str, str]:
    site.manage("make_demo_programme", "--accounts", "--if-none")
    found: dict[str, str] = json.loads(site.manage("shell", "-v", "0", "-c", PREPARE).splitlines()[-1])
    return found | {"report": f"/en/workspace/reports/DEMO-A/{found['period']}/"}


def sign_in(page: Page, demonstration: dict[str, str], base_url: str) -> Page:
    page.context.add_cookies([{"name": "sessionid", "value": demonstration["key"], "url": base_url}])
    return page


@pytest.fixture
def grid(page: Page, demonstration: dict[str, str], base_url: str) -> Page:
    sign_in(page, demonstration, base_url).set_viewport_size({"width": 1400, "height": 900})
    page.goto(demonstration["report"])
    return page


def cells(page: Page, code: str, line: int = 0) -> Locator:
    """The fields of one line of an indicator."""
    block = page.locator(".grid-block", has_text=f"{code} ·")
    return block.locator(".grid-line").nth(line).locator("input[type=text], textarea")


def values(fields: Locator) -> list[str]:
    return [field.input_value() for field in fields.all()]


def paste(field: Locator, text: str) -> None:
    field.focus()
    field.evaluate(
        """(element, text) => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          element.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        text,
    )


def drafts(page: Page) -> list[str]:
    """What this browser keeps of grids."""
    keys: list[str] = page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('grid:'))")
    return keys


def written() -> list[tuple[str, bool]]:
    """Every text of the parser's own tests, as a whole number and as one with decimals."""
    texts: set[str] = set()
    for test in vars(test_numbers).values():
        for mark in getattr(test, "pytestmark", []):
            if mark.name == "parametrize" and mark.args[0][0] == "written":
                texts |= {case[0] for case in mark.args[1] if isinstance(case[0], str)}
    assert len(texts) > 60
    return [(text, is_whole) for text in sorted(texts) for is_whole in (True, False)]


def as_server(text: str, is_whole: bool) -> dict[str, Any]:
    if not text.strip():
        return {"kind": "empty"}
    try:
        return {"kind": "number", "value": str(int(read_number(text, is_whole=is_whole) * 10_000))}
    except Ambiguous as question:
        return {"kind": "two", "values": [str(int(each * 10_000)) for each in question.readings]}
    except Unreadable:
        return {"kind": "unreadable"}


def test_the_page_reads_every_number_as_the_server_does(grid: Page) -> None:
    address = grid.locator("script[type=module]").get_attribute("src")
    cases = written()
    found = grid.evaluate(
        """async ([address, cases]) => {
          const { readNumber } = await import(address);
          return cases.map(([text, isWhole]) =>
            JSON.parse(JSON.stringify(readNumber(text, isWhole), (_key, value) => typeof value === "bigint" ? `${value}` : value)));
        }""",
        [address, cases],
    )
    differing = [
        (case, here, as_server(*case)) for case, here in zip(cases, found, strict=True) if here != as_server(*case)
    ]
    assert differing == []


def test_figures_are_typed_travelled_pasted_undone_and_saved(grid: Page, axe: Axe) -> None:
    trained = cells(grid, "DEMO-01", 1)
    keys = grid.keyboard
    trained.nth(0).focus()
    keys.type("60")
    keys.press("ArrowRight")
    keys.type("1 000")
    keys.press("ArrowLeft")
    keys.press("ArrowLeft")
    keys.press("ArrowRight")
    expect(trained.nth(1)).to_be_focused()
    keys.press("End")
    keys.press("End")
    expect(trained.nth(3)).to_be_focused()
    keys.type("1.000")
    total = trained.nth(3).locator("xpath=ancestor::td")
    expect(total.locator(".cell-echo")).to_have_text("= 1,000")
    expect(total.locator(".sum-gap")).to_have_text("The parts make 1,060, the total says 1,000: 60 too many.")
    keys.press("Escape")
    expect(trained.nth(3)).to_have_value("")
    expect(total.locator(".sum-made")).to_have_text("parts: 1,060")

    paste(trained.nth(0), "61\t47\t10\t118\tx\n1\t2\t3\r\n")
    assert values(trained) == ["61", "47", "10", "118"]
    expect(grid.locator(".status-news")).to_contain_text("Did not fit: 4 (x, 1, 2, 3).")
    keys.press("Control+z")
    assert values(trained) == ["60", "1 000", "", ""]
    paste(trained.nth(0), "61\t47\t10\t118")

    base = cells(grid, "DEMO-04")
    ratio = base.first.locator("xpath=ancestor::td")
    base.nth(0).fill("66")
    base.nth(1).fill("120")
    expect(ratio.locator(".cell-echo")).to_have_text("= 55 %")
    expect(grid.locator(".status-count")).to_have_text("5 not saved")
    base.nth(1).press("ArrowDown")
    expect(cells(grid, "DEMO-04", 1).nth(1)).to_be_focused()
    assert axe.run(grid).violations_count == 0

    grid.get_by_role("button", name="Save as draft").click()
    expect(grid.locator(".notice")).to_contain_text(["5 figures saved as drafts."])
    assert values(trained) == ["61", "47", "10", "118"]
    expect(grid.locator(".status-count")).to_have_text("")
    assert drafts(grid) == []


def test_what_was_typed_outlives_a_closed_page_and_an_expired_sign_in(
    grid: Page, demonstration: dict[str, str], base_url: str
) -> None:
    agreements = cells(grid, "DEMO-02").first
    agreements.fill("9")
    grid.goto("/en/")
    grid.goto(demonstration["report"])
    expect(agreements).to_have_value("9")
    expect(grid.locator(".status-news")).to_contain_text("Typed here earlier and not saved: 1.")

    grid.context.clear_cookies(name="sessionid")
    grid.get_by_role("button", name="Save as draft").click()
    expect(grid.locator("input[type=password]")).to_be_visible()
    # Whoever signs in goes on with the session in which the figures wait: here it is given the person by hand.
    waiting = next(each["value"] for each in grid.context.cookies() if each.get("name") == "sessionid")
    assert waiting != demonstration["key"]
    sign_in(grid, demonstration, base_url)
    grid.goto(demonstration["report"])
    expect(agreements).to_have_value("9")
    grid.get_by_role("button", name="Save as draft").click()
    expect(grid.locator(".notice")).to_contain_text(["1 figure saved as draft."])
    assert drafts(grid) == []


def test_without_scripts_a_figure_is_asked_about_and_saved(
    plain_page: Page, demonstration: dict[str, str], base_url: str
) -> None:
    sign_in(plain_page, demonstration, base_url).set_viewport_size({"width": 320, "height": 640})
    plain_page.goto(demonstration["report"])
    assert plain_page.evaluate("document.documentElement.scrollWidth") == 320
    amount = cells(plain_page, "DEMO-07").first
    amount.fill("99.500")
    plain_page.get_by_role("button", name="Save as draft").click()
    expect(plain_page.get_by_role("heading", name="Not everything was saved")).to_be_visible()
    plain_page.get_by_label("99,500 thousands").check()
    plain_page.get_by_role("button", name="Save as draft").click()
    expect(plain_page.locator(".notice")).to_contain_text(["1 figure saved as draft."])
    expect(amount).to_have_value("99\N{NO-BREAK SPACE}500")
