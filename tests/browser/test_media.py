"""Pages on paper, and under colours that the reader's system imposes."""

from playwright.sync_api import Page, expect

COLOURS = """(selectors) => selectors.map(
  (selector) => getComputedStyle(document.querySelector(selector)).fill,
)"""
#: CanvasText and Canvas, as this browser paints them.
SYSTEM = """() => {
  const probe = document.body.appendChild(document.createElement("i"));
  const painted = ["CanvasText", "Canvas"].map((name) => {
    probe.style.color = name;
    return getComputedStyle(probe).color;
  });
  probe.remove();
  return painted;
}"""


#: The words of the logic model's nodes that stand on more than one line without a hyphen of their own.
CUT_WORDS = """() => {
  const range = document.createRange();
  const cut = [];
  for (const statement of document.querySelectorAll(".tree-statement")) {
    const texts = document.createTreeWalker(statement, NodeFilter.SHOW_TEXT);
    for (let text; (text = texts.nextNode()); ) {
      for (const word of text.data.matchAll(/[^\\s-]+/g)) {
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        if (new Set([...range.getClientRects()].map((line) => Math.round(line.top))).size > 1) cut.push(word[0]);
      }
    }
  }
  return cut;
}"""


def test_no_word_of_the_logic_model_is_cut_where_its_columns_are_narrowest(page: Page) -> None:
    page.goto("/fr/framework/")
    # The telephone, the first tablet and the first desk that show it side by side.
    for width in (320, 736, 1248):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(CUT_WORDS) == [], width


def test_the_framework_is_printed_without_what_is_only_for_the_screen(page: Page) -> None:
    page.set_viewport_size({"width": 1400, "height": 900})
    page.goto("/fr/framework/")
    navigation = page.locator("nav, .skip-link, .menu-button, .site-footer-links")
    assert navigation.count() > 3
    page.emulate_media(media="print")
    for part in navigation.all():
        expect(part).not_to_be_visible()
    for part in ("h1", ".tree li", ".framework tbody tr"):
        expect(page.locator(part).first).to_be_visible()
    # As an annex: the drawing on one sheet on its side, whole, and what is measured on the next.
    for width, height in ((275, 192), (257, 198)):
        page.set_viewport_size({"width": round(width * 96 / 25.4), "height": round(height * 96 / 25.4)})
        end = page.locator("#logic-model").evaluate("(each) => each.getBoundingClientRect().bottom + scrollY")
        assert end <= height * 96 / 25.4, f"{width} × {height} mm"


def test_a_printed_result_keeps_its_filter_its_figures_and_its_sources(page: Page) -> None:
    page.goto("/fr/results/?country=CL&theme=T3")
    page.emulate_media(media="print")
    expect(page.locator("form.filters")).not_to_be_visible()
    for part in (".chip", ".figure-row .value-number", ".figure-row .citation"):
        expect(page.locator(part).first).to_be_visible()


def test_bars_are_seen_under_the_colours_of_the_system(page: Page) -> None:
    page.emulate_media(forced_colors="active")
    page.goto("/en/results/?target=stated")
    ink, paper = page.evaluate(SYSTEM)
    assert ink != paper
    assert page.evaluate(COLOURS, [".bar-fill", ".bar-track"]) == [ink, paper]
    expect(page.locator(".status").first).to_be_visible()
