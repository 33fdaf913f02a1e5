"""Everything can be done with the keyboard alone, and the focus is always seen."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.results_page import OWN, rows_of

#: What marks the focus: an outline of the element, or of the card that it opens; and whether it can be seen.
FOCUS = """() => {
  const focused = document.activeElement;
  const marked = [focused, focused.closest(".card")].find(
    (one) => one && getComputedStyle(one).outlineStyle !== "none" && parseFloat(getComputedStyle(one).outlineWidth) >= 2,
  );
  const box = focused.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 10));
  return {
    name: focused.outerHTML.slice(0, 120),
    isMarked: Boolean(marked),
    isSeen: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    isOnTop: Boolean(top) && (focused.contains(top) || top.contains(focused) || focused.parentElement.contains(top)),
  };
}"""


def tab_to(page: Page, selector: str, *, at_most: int = 60) -> None:
    """Go on with the tab key until the focus is there; each stop on the way must be seen."""
    for _ in range(at_most):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        assert (focus["isMarked"], focus["isSeen"], focus["isOnTop"]) == (True, True, True), focus["name"]
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is further than {at_most} stops away")


def test_the_first_stop_leads_to_the_content(page: Page) -> None:
    page.goto("/fr/results/")
    skip = page.locator(".skip-link")
    expect(skip).not_to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    tab_to(page, "main input[name=q]", at_most=1)


def test_a_filter_is_set_and_taken_away(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": 1400, "height": 700})
    page.goto("/fr/results/")
    everything = page.locator(OWN).count()
    tab_to(page, "input[name=country][value=CL]")
    page.keyboard.press("Space")
    tab_to(page, "input[name=theme][value=T3]")
    page.keyboard.press("Space")
    # Each choice acts at once, and none is lost while the answer to the one before is on its way.
    expect(page).to_have_url("/fr/results/?country=CL&theme=T3")
    assert {row.country for row in rows_of(page.locator(OWN))} == {"CL"}
    expect(page.locator("input[name=theme][value=T3]")).to_be_checked()

    page.locator("main").focus()
    tab_to(page, ".chip")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page).to_have_url("/fr/results/?theme=T3")
    assert page.locator(OWN).count() < everything


def test_sheets_on_a_phone_open_close_and_give_the_focus_back(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/es/results/")
    opened: dict[str, Callable[[], None]] = {
        ".menu-button": lambda: expect(page.locator("#site-menu a").first).to_be_visible(),
        ".filters-button": lambda: expect(page.locator("#filters input[name=q]")).to_be_visible(),
    }
    for button, is_open in opened.items():
        tab_to(page, button)
        page.keyboard.press("Enter")
        is_open()
        # Along the whole sheet: nothing with the focus hides behind its buttons.
        tab_to(page, ":popover-open .sheet-close", at_most=90)
        page.keyboard.press("Enter")
        expect(page.locator(button)).to_be_focused()
        expect(page.locator(":popover-open")).to_have_count(0)


def test_cards_show_the_focus_of_what_they_open(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto("/en/themes/")
    page.locator("main").focus()
    tab_to(page, ".card a[href='/en/themes/T3/']", at_most=10)
    page.keyboard.press("Enter")
    expect(page).to_have_url("/en/themes/T3/")


def test_a_sentence_is_copied_and_stands_there_to_be_copied_without_scripts(page: Page, plain_page: Page) -> None:
    address = "/en/indicators/actors-in-labour-matching/figures/epe-ap-2016-2023/"
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{address}#quote")
    tab_to(page, "[data-copies=quotation-es]")
    page.keyboard.press("Enter")
    expect(page.locator("#copied")).to_have_text("Copied")
    sentence, link = page.evaluate("navigator.clipboard.readText()").split("\n")
    assert sentence.startswith(
        "Actores involucrados en la adecuación entre oferta y demanda laboral, EPE-AP, 2016–2023:"
    )
    assert link.endswith(address.replace("/en/", "/es/"))
    plain_page.goto(address)
    expect(plain_page.locator("[data-copies]").first).not_to_be_visible()
    expect(plain_page.locator("#quotation-es")).to_contain_text(sentence)
