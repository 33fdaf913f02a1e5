"""Every kind of public page, in each language: accessible, as wide as the window, and nothing refused by the browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.urls import URLResolver, get_resolver
from playwright.sync_api import Browser, Page

from dashboards import urls as workspace_urls
from tests.browser.conftest import listened_to
from tests.browser.public_pages import FILES, LANGUAGES, PAGES, SIGNED_IN, WIDTHS, looks

#: The guidelines (WCAG 2.2, levels A and AA), and what the makers of axe recommend beyond them.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: Rows that look like those before them in their group.
FURTHER_ROWS = [
    [".figure-row:nth-of-type(n+4)"],
    [".facet-options li:nth-child(n+4)"],
    [".name-list li:nth-child(n+4)"],
]


#: Words of charts that stand outside their drawing, in the fonts that this browser has.
CUT_WORDS = """[...document.querySelectorAll('.plot-drawing')].flatMap(drawing => {
    const frame = drawing.getBoundingClientRect();
    return [...drawing.querySelectorAll('text')].filter(words => {
        const box = words.getBoundingClientRect();
        return box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 4;
    }).map(words => words.textContent);
})"""


#: What only a look at the page as it stands can tell: text that is cut, focus that is not seen, targets without room.
FAULTS = (Path(__file__).parent / "faults.js").read_text(encoding="utf-8")
#: How much moved while a page arrived, from 0 on (0.1 is what counts as good): the browser tells whoever asks, also afterwards.
MOVED = """() => new Promise(done => {
    const observer = new PerformanceObserver(list => done(list.getEntries().reduce((sum, entry) => sum + entry.value, 0)));
    observer.observe({type: "layout-shift", buffered: true});
    setTimeout(() => done(0), 0);
})"""


def test_every_kind_of_page_is_looked_at() -> None:
    public = next(part for part in get_resolver().url_patterns if isinstance(part, URLResolver) and _is_public(part))
    workspace = {pattern.name for pattern in workspace_urls.urlpatterns if "workspace/" in str(pattern.pattern)}
    kinds = {name for name in public.reverse_dict if isinstance(name, str)} - workspace
    assert {name.partition(":")[0] for name in PAGES} - {"404"} == kinds - FILES - SIGNED_IN
    assert set(LANGUAGES) == {code for code, _ in settings.LANGUAGES}


def _is_public(part: URLResolver) -> bool:
    return type(part.pattern).__name__ == "LocalePrefixPattern"


@pytest.fixture(scope="module")
def window(browser: Browser, base_url: str) -> Iterator[Page]:
    """One window for all: these tests only look, and a new one takes longer than to look at most pages."""
    context = browser.new_context(base_url=base_url)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(window: Page) -> Iterator[Page]:
    yield from listened_to(window)


@pytest.mark.parametrize("name", PAGES)
def test_page_can_be_used_by_everybody(page: Page, axe: Axe, name: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    faults = []
    for look in looks(name):
        page.emulate_media(color_scheme=look.scheme)
        page.set_viewport_size({"width": look.width, "height": 900})
        response = page.goto(look.address)
        assert response is not None
        assert response.status == (404 if name in ("404", "confirm", "invitation") else 200)
        if moved := round(page.evaluate(MOVED), 2):
            faults.append(f"{look} moves by {moved} while it arrives")
        options = {"runOnly": ["color-contrast"] if look.at_colours else RULES, "resultTypes": ["violations"]}
        if look.at_colours:
            found = axe.run(page, context={"exclude": FURTHER_ROWS}, options=options)
        else:
            found = axe.run(page, options=options | {"rules": {"color-contrast": {"enabled": False}}})
        if found.violations_count:
            faults.append(f"{look}: {found.generate_report()}")
        # Its own width first: each other one is laid out anew.
        for width in sorted(WIDTHS, key=lambda width: width != look.width):
            page.set_viewport_size({"width": width, "height": 900})
            needed = page.evaluate("document.documentElement.scrollWidth")
            if needed > width:
                faults.append(f"{look.address} needs {needed} px of a window of {width} px")
            if cut := page.evaluate(CUT_WORDS):
                faults.append(f"{look.address} cuts words of its charts: {cut}")
            if width == WIDTHS[0] and look == looks(name)[0]:
                # By the keyboard, so that the focus is marked. The style page shows a sum with its currency beside its
                # target, 98 250 $ CA: in French and Spanish these two need up to 350 px where letters stand further apart.
                page.keyboard.press("Tab")
                faults += [f"{look.address} {fault}" for fault in page.evaluate(FAULTS, name != "style")]
    assert faults == []


@pytest.mark.long
@pytest.mark.parametrize("language", LANGUAGES)
def test_page_meets_the_guidelines_in_each_theme_to_its_last_row(page: Page, axe: Axe, language: str) -> None:
    """All that axe looks for on every page in every language and theme, where the test above takes turns."""
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": WIDTHS[1], "height": 900})
    faults = []
    for address in PAGES.values():
        page.goto(f"/{language}{address}")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found = axe.run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
            if found.violations_count:
                faults.append(f"{language}{address}, {scheme}: {found.generate_report()}")
    assert faults == []
