"""A figure's whole round through the hands of everybody: contributor, viewer, another institution, a stranger, the lead
that forwards it, the reviewer, and in the end the public."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, listened_to

#: Opens a period of its own, makes one of the contributor's institution a viewer and one of another a contributor, and
#: signs everybody in.
PREPARE = """
import json
from datetime import date, timedelta
from django.conf import settings
from django.utils import timezone
from accounts.actions import change
from accounts.choices import Door
from accounts.models import User
from indicators.actions import save_context
from indicators.models import ReportingPeriod, Series
from projects.models import Programme
from tests.second_factor import signed_in

programme = Programme.objects.get(slug="demo")
names = {f"name_{language}": "2017" for language in ("fr", "es", "en")}
with change(door=Door.COMMAND):
    save_context(
        record=ReportingPeriod(
            programme=programme, slug="demo-round", starts_on=date(2017, 1, 1), ends_on=date(2017, 6, 30),
            due_on=timezone.localdate() + timedelta(days=20), **names
        )
    )
people = {"contributor": "demo.co", "viewer": "demo.viewer", "elsewhere": "demo.mx", "lead": "demo.lead",
          "reviewer": "demo.specialist"}
series = Series.objects.get(
    indicator__slug="demo-hosts", project__slug="DEMO-A", reporter__memberships__user__email="demo.co@example.org",
    reporter__memberships__role="contributor", breakdown__key="",
)
print(json.dumps({
    "series": series.pk,
    "sessions": {
        name: signed_in(User.objects.get(email=f"{email}@example.org")).cookies[settings.SESSION_COOKIE_NAME].value
        for name, email in people.items()
    },
}))
"""

#: What the team does in the administration, which has its own tests.
PUBLISH = """
from accounts.actions import change
from accounts.choices import Door
from accounts.models import User
from indicators.actions import lock_period, publish_period
from indicators.models import ReportingPeriod

by = User.objects.get(email="demo.specialist@example.org")
for act in (lock_period, publish_period):
    with change(door=Door.ADMIN, by=by, reason="The round is done"):
        act(period=ReportingPeriod.objects.get(slug="demo-round"))
"""

GRID = "/en/workspace/reports/DEMO-A/demo-round/"
FIGURE = "4,321"

Person = Callable[..., Page]


@pytest.fixture(scope="module")
def known(site: Site) -> dict[str, Any]:
    site.manage("make_demo_programme", "--accounts", "--if-none")
    found: dict[str, Any] = json.loads(site.manage("shell", "-v", "0", "-c", PREPARE).splitlines()[-1])
    return found


@pytest.fixture
def person(browser: Browser, base_url: str, known: dict[str, Any]) -> Iterator[Person]:
    """Opens a window for somebody who is signed in, or for a stranger."""
    opened: list[tuple[Any, Iterator[Page]]] = []

    def opens(name: str, *, width: int = 1400, scripts: bool = True) -> Page:
        context = browser.new_context(
            base_url=base_url, viewport={"width": width, "height": 900}, java_script_enabled=scripts
        )
        if name != "stranger":
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": known["sessions"][name], "url": base_url}]
            )
        listened = listened_to(context.new_page())
        opened.append((context, listened))
        return next(listened)

    yield opens
    for context, listened in opened:
        # What the console said fails the test.
        next(listened, None)
        context.close()


def test_a_figure_goes_from_the_contributor_to_the_public(
    site: Site, person: Person, known: dict[str, Any], axe: Axe
) -> None:
    # The contributor, on a phone and without scripts, answers one question and hands in what her institution has.
    page = person("contributor", width=390, scripts=False)
    page.goto(f"{GRID}questions/{known['series']}/")
    page.locator("input[name^=v-]").fill("4321")
    page.locator("button[value=stop]").click()
    if page.get_by_role("button", name="Save and stop").count():
        # Far from earlier ones, so that she is asked: it is right.
        page.locator("main input[type=checkbox], main input[type=radio][value=yes]").first.check()
        page.locator("button[value=stop]").click()
    page.locator("button[value=own]").click()
    expect(page.locator(".recorded-list")).to_contain_text(FIGURE)

    # Her colleague who only looks sees it, and no field to change it in.
    page = person("viewer")
    page.goto(GRID)
    expect(page.locator("main")).to_contain_text(FIGURE)
    expect(page.locator("main input[name^=v-]")).to_have_count(0)
    assert axe.run(page).violations_count == 0

    # For another institution, and for a stranger, there is nothing.
    for name, status in (("elsewhere", 404), ("stranger", 200)):
        page = person(name)
        answer = page.goto(GRID)
        assert answer is not None
        assert answer.status == status
        expect(page.locator("body")).not_to_contain_text(FIGURE)
    expect(page).to_have_url(re.compile("/accounts/login/"))
    page.goto("/en/indicators/demo-hosts/?programme=demo")
    expect(page.locator("body")).not_to_contain_text(FIGURE)

    # The lead sees her figure and forwards the report of the whole project.
    page = person("lead")
    page.goto(GRID)
    expect(page.locator("main")).to_contain_text(FIGURE)
    page.goto(f"{GRID}questions/")
    page.locator("button[value=forward]").click()
    expect(page).to_have_url(re.compile("/receipt/$"))

    # The reviewer approves it; the period is published.
    page = person("reviewer")
    page.goto(f"{GRID}review/")
    expect(page.locator("main")).to_contain_text(FIGURE)
    page.locator("button[value=approve]").click()
    expect(page.locator(".notice").first).to_be_visible()
    site.manage("shell", "-v", "0", "-c", PUBLISH)

    # Now everybody reads it, and she was told.
    page = person("stranger")
    page.goto("/en/indicators/demo-hosts/?programme=demo")
    expect(page.locator("main")).to_contain_text(FIGURE)
    page = person("contributor", width=390)
    page.goto("/en/workspace/notifications/")
    expect(page.locator("main")).to_contain_text("approved")
    expect(page.locator("main")).to_contain_text("public now")
