"""What holds for every component: shown on the style page, it is checked there."""

import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from epe_ap.samples import SOURCE, STATUSES, row, style_context

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
COMPONENTS = sorted((TEMPLATES / "components").glob("*.html"))
VOID = {"br", "circle", "hr", "img", "input", "link", "meta", "path", "rect"}


class Page(HTMLParser):
    """The elements of a page, and whether each was closed where it stood."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.misplaced: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.misplaced.append(f"</{tag}> at line {self.getpos()[0]}")

    def values(self, attribute: str) -> list[str]:
        return [attrs[attribute] or "" for _tag, attrs in self.elements if attribute in attrs]


def a_request(path: str = "/en/style/?page=4") -> HttpRequest:
    return RequestFactory().get(path)


def component(name: str, **context: object) -> str:
    with translation.override("en"):
        return render_to_string(f"components/{name}.html", context, request=a_request())


def words(source: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", source).split())


@pytest.fixture(params=["en", "fr", "es"])
def page(request: pytest.FixtureRequest) -> Page:
    with translation.override(request.param):
        return Page(render_to_string("style.html", style_context(), request=a_request()))


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_a_component_opens_with_a_comment_that_names_its_variables(path):
    source = path.read_text(encoding="utf-8")

    assert source.startswith("{% comment %}\n")
    assert "\nVariables: " in source.partition("{% endcomment %}")[0]


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_every_component_is_used(path):
    users = [other for other in TEMPLATES.rglob("*.html") if other != path]

    assert any(f"components/{path.name}" in other.read_text(encoding="utf-8") for other in users)


def test_every_component_is_shown_on_the_style_page():
    shown: set[str] = set()
    waiting = {"style.html"}
    while waiting:
        source = (TEMPLATES / waiting.pop()).read_text(encoding="utf-8")
        waiting |= set(re.findall(r'(?:include|extends) "([^"]+)"', source)) - shown
        shown |= waiting

    assert {f"components/{path.name}" for path in COMPONENTS} - shown == set()


def test_every_element_is_closed_where_it_stands(page):
    assert page.misplaced == []
    assert page.open == []


def test_nothing_asks_for_an_inline_style_or_script(page):
    handlers = [name for _tag, attrs in page.elements for name in attrs if name == "style" or name.startswith("on")]

    assert handlers == []
    # Data is run by no browser.
    elements = [tag for tag, attrs in page.elements if attrs.get("type") != "application/ld+json"]
    assert [tag for tag in elements if tag in {"style", "script"}] == []


def test_names_within_the_page_are_unique_and_lead_somewhere(page):
    ids = page.values("id")
    named = [name for value in page.values("aria-labelledby") for name in value.split()]
    named += page.values("for") + page.values("popovertarget")

    assert [name for name, times in Counter(ids).items() if times > 1] == []
    assert [name for name in named if name not in ids] == []


def test_drawings_are_named_or_hidden_from_screen_readers(page):
    drawings = [attrs for tag, attrs in page.elements if tag == "svg"]

    assert [each for each in drawings if each.get("aria-hidden") != "true" and not each.get("aria-labelledby")] == []


def test_each_language_link_is_marked_with_its_language(page):
    links = [attrs for _tag, attrs in page.elements if attrs.get("hreflang") and "lang" in attrs]

    assert [link["lang"] for link in links] == ["fr", "es", "en"]


def test_the_page_names_itself_in_every_language_for_search_engines():
    with translation.override("en"):
        source = render_to_string("components/language_alternates.html", request=a_request("/en/about/"))

    assert '<link rel="canonical" href="http://testserver/en/about/">' in source
    assert re.findall(r'rel="alternate" hreflang="(\w+)"', source) == ["fr", "es", "en"]


def test_a_problem_with_the_address_is_told_and_escaped():
    source = component("notices", problems=["“<b>” is not a filter."])

    assert words(source) == "“&lt;b&gt;” is not a filter."


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"actual": "0"}, "0 people"),
        ({"actual": "0.0000", "unit": ""}, "0"),
        ({}, "not reported"),
        ({"status": "not_due"}, "not due yet"),
        ({"is_not_applicable": True}, "not applicable"),
        ({"actual": "3", "status": "suppressed"}, "withheld: too few people"),
        ({"actual": "28500000", "qualifier": "more_than"}, "more than 28,500,000 people"),
        ({"share": "54"}, "54% of the total"),
        ({"share": "0"}, "0% of the total"),
        ({"measure": "percentage", "actual": "82", "unit": ""}, "82% base not stated"),
        (
            {"measure": "percentage", "actual": "82", "unit": "", "numerator": "410", "denominator": "500"},
            "82% 410 of 500",
        ),
        ({"measure": "percentage", "actual": "0", "unit": "", "numerator": "0", "denominator": "5"}, "0% 0 of 5"),
        ({"measure": "qualitative", "text": "All staff read it."}, "All staff read it."),
    ],
)
def test_zero_missing_and_not_applicable_are_three_different_things(changes, expected):
    assert words(component("value", row=row(**changes))) == expected


def test_a_withheld_value_is_nowhere_in_the_row():
    hidden = row(actual="3", target="7919", women_share=None, status="suppressed", unit="")

    assert ">3<" not in component("figure_row", row=hidden)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"progress": "88", "achievement": "96.5"}, "88% progress"),
        ({"achievement": "96.5"}, "96.5% achievement"),
        ({"achievement": "532.5"}, "532.5% achievement (bar cut at 125%)"),
        ({"achievement": "0"}, "0% achievement"),
        ({"progress": "-30"}, "−30% progress"),
        ({}, "– cannot be computed"),
    ],
)
def test_a_bar_says_its_ratio_by_name(changes, expected):
    assert words(component("progress_bar", row=row(**changes))) == expected


def test_every_status_has_a_shape_of_its_own():
    shapes = {
        status: re.sub(r"\s+", " ", component("status_chip", status=status, label="x")).partition("<svg")[2]
        for status in STATUSES
    }

    assert len(set(shapes.values())) == len(STATUSES)


def test_recorded_figures_have_no_column_for_women_when_none_is_known():
    known = component("recorded_table", groups=[("", [row(actual="1", women_share="54")])], caption="x")
    unknown = component("recorded_table", groups=[("", [row(actual="1")])], caption="x")

    assert "Women" in words(known)
    assert "Women" not in words(unknown)


def test_a_passage_is_marked_only_when_its_language_differs():
    assert (
        component("lang_passage", text="Red de mujeres", lang="es").strip() == '<span lang="es">Red de mujeres</span>'
    )
    assert component("lang_passage", text="Network", lang="en").strip() == "Network"
    assert words(component("lang_passage", text="Red", lang="es", note=True)) == "Red (in Spanish)"


def test_a_citation_quotes_what_was_printed_in_its_own_language():
    assert '<q lang="fr">plus de 3 006</q>' in component("citation_mark", source=SOURCE, printed=True)
    assert "plus de" not in component("citation_mark", source=SOURCE)


def test_pages_keep_the_rest_of_the_address():
    context = style_context()
    with translation.override("en"):
        source = render_to_string(
            "components/pagination.html", context, request=a_request("/en/results/?country=CL&page=4")
        )

    assert 'href="?country=CL&amp;page=5"' in source


def test_a_page_that_breaks_needs_no_request():
    for language in ("en", "fr", "es"):
        with translation.override(language):
            source = render_to_string("500.html")
        assert f'<html lang="{language}">' in source
        assert Page(source).misplaced == []


def test_a_missing_page_leads_on():
    with translation.override("en"):
        source = render_to_string("404.html", request=a_request("/en/nothing/"))

    assert "<h1>There is no page at this address</h1>" in source
