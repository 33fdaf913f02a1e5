"""Lists of publications and findings, sources, and where they disagree."""

import re
from typing import Any

import pytest
from django.test import Client

from indicators.actions import rebuild_results
from indicators.models import Result
from library.models import Discrepancy, Publication
from tests import factories as make
from tests.factories import three
from tests.pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def titles(page: Any) -> list[str]:
    return [record.title for _kind, records in page.context["groups"] for record in records]


def codes(page: Any) -> list[str]:
    return [record.code for _kind, records in page.context["groups"] for record in records]


def counts(page: Any, name: str) -> dict[str, int]:
    facet = next(facet for facet in page.context["facets"] if facet["name"] == name)
    return {option["value"]: option["count"] for option in facet["options"]}


@pytest.fixture
def publications() -> Any:
    """Two of Chile's, one of them a guide of theme 1; one of Peru's; and one of nowhere."""
    programme = make.programme()
    chile, peru = make.country("CL", **three("name", "Chile")), make.country("PE", **three("name", "Peru"))
    theme = make.theme(programme=programme, slug="T1", code="T1", number=1)
    project = make.project(programme=programme, slug="B05", code="B05")
    make.forum(programme=programme, slug="1", number=1)
    guide = make.publication(programme=programme, kind="guide", title="Égalité", **three("summary", "For teachers"))
    guide.countries.set([chile, peru])
    guide.themes.add(theme)
    guide.projects.add(project)
    report = make.publication(programme=programme, title="Annual report")
    report.countries.add(chile)
    make.publication(programme=programme, kind="video", title="Video")
    return programme


def test_publications_stand_under_their_kinds(client: Client, publications: Any):
    page = client.get("/en/publications/")

    assert [str(kind) for kind, _records in page.context["groups"]] == ["report", "guide", "video"]
    assert page.context["number"] == 3
    assert "3 publications that the sources name" in words(page)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("country=CL", ["Annual report", "Égalité"]),
        ("country=PE", ["Égalité"]),
        ("country=CL&country=PE", ["Annual report", "Égalité"]),
        ("country=cl&kind=report", ["Annual report"]),
        ("theme=T1", ["Égalité"]),
        ("project=B05", ["Égalité"]),
        ("forum=1", []),
        ("q=EGALITE", ["Égalité"]),
        ("q=teachers%20egalite", ["Égalité"]),
        ("q=nothing", []),
        ("q=%00", ["Annual report", "Égalité", "Video"]),
        ("kind=&q=", ["Annual report", "Égalité", "Video"]),
    ],
)
def test_publications_are_filtered(client: Client, publications: Any, query: str, found: list[str]):
    page = client.get(f"/en/publications/?{query}")

    assert titles(page) == found
    assert page.context["number"] == len(found)
    assert page.context["problems"] == []


def test_each_choice_says_how_many_it_would_show(client: Client, publications: Any):
    page = client.get("/en/publications/?country=CL")

    assert counts(page, "country") == {"CL": 2, "PE": 1}
    assert counts(page, "kind") == {"report": 1, "guide": 1}
    assert counts(page, "theme") == {"T1": 1}


def test_counts_are_those_of_the_pages_they_lead_to(client: Client, publications: Any):
    for name in ("kind", "country", "theme", "project"):
        for value, number in counts(client.get("/en/publications/?country=CL"), name).items():
            others = "" if name == "country" else "&country=CL"
            page = client.get(f"/en/publications/?{name}={value}{others}")
            assert page.context["number"] == number, (name, value)


def test_a_value_that_does_not_exist_is_named_and_left_aside(client: Client, publications: Any):
    page = client.get("/en/publications/?country=CL&country=XX&kind=%3Cb%3E&page=9&theme=T9")

    assert titles(page) == ["Annual report", "Égalité"]
    assert page.context["problems"] == [
        "“<b>” is not a value of “kind” and was left aside. Choose one from the list of filters.",
        "“T9” is not a value of “theme” and was left aside. Known are: T1.",
        "“XX” is not a value of “country” and was left aside. Known are: CL, PE.",
        "There is no page 9: there is 1 page, shown here.",
    ]


def test_filters_in_force_can_be_taken_off_one_by_one(client: Client, publications: Any):
    page = client.get("/en/publications/?country=CL&kind=guide&q=egalite")

    assert [(chip["value"], chip["remove_url"]) for chip in page.context["filters"]] == [
        ("Guide", "/en/publications/?country=CL&q=egalite"),
        ("Chile", "/en/publications/?kind=guide&q=egalite"),
        ("egalite", "/en/publications/?kind=guide&country=CL"),
    ]


def test_too_many_words_are_cut_and_that_is_said(client: Client, publications: Any):
    page = client.get("/en/publications/", {"q": "word " * 300})

    assert page.context["problems"] == ["The words searched for were too many; only the first were used."]


def test_findings_are_filtered_by_what_they_are_of(client: Client):
    programme = make.programme(code="EPE-AP")
    theme = make.theme(programme=programme, slug="T1", code="T1", number=1)
    project = make.project(programme=programme, slug="B05", code="B05")
    for code, of in (("of-theme", {"theme": theme}), ("of-project", {"project": project}), ("of-all", {})):
        make.finding(programme=programme, code=code, **of)
    make.finding(programme=programme, code="advice", kind="recommendation", theme=theme, **three("text", "Régner"))

    assert codes(client.get("/en/findings/")) == ["of-all", "of-project", "of-theme", "advice"]
    assert codes(client.get("/en/findings/?theme=T1")) == ["of-theme", "advice"]
    assert codes(client.get("/en/findings/?theme=T1&kind=lesson")) == ["of-theme"]
    assert codes(client.get("/en/findings/?project=B05")) == ["of-project"]
    assert codes(client.get("/en/findings/?q=regner")) == ["advice"]
    assert "EPE-AP as a whole" in words(client.get("/en/findings/"))


@pytest.fixture
def disagreement() -> Any:
    """Two places print 3,006 and 3,000 leaders; the exact number was adopted."""
    programme = make.programme()
    period = make.period(programme=programme, kind="whole", state="published")
    indicator = make.indicator(programme=programme, slug="leaders", **three("name", "Leaders trained"))
    actual = make.actual(series=make.series(indicator=indicator), period=period, value=3006)
    document = make.document(slug="book", title="Le livre", **three("short_title", "The book"))
    exact, rounded = (
        make.citation(
            code=code,
            actual=actual,
            document=document,
            section=section,
            printed_value=printed,
            value=value,
            order=order,
        )
        for code, section, printed, value, order in (
            ("exact", "Thème 1 · Résultats", "3 006 leaders", 3006, 0),
            ("rounded", "Introduction", "près de 3 000 leaders", 3000, 1),
        )
    )
    discrepancy = make.discrepancy(
        code="leaders",
        programme=programme,
        severity="major",
        settlement="exact_over_rounded",
        **three("explanation", "One rounds the other."),
    )
    discrepancy.citations.set([exact, rounded])
    minor = make.discrepancy(code="names", programme=programme, kind="name", **three("explanation", "Two spellings."))
    minor.citations.set([make.citation(partner=make.partner(name="Instituto"), document=document)])
    rebuild_results()
    return indicator


def test_discrepancies_show_every_statement_the_gravest_first(client: Client, disagreement: Any):
    page = client.get("/en/discrepancies/")

    assert [(str(severity.label), len(of_it)) for severity, of_it in page.context["groups"]] == [
        ("major", 1),
        ("minor", 1),
    ]
    for text in ("One rounds the other.", "settled by: exact over rounded", "3 006 leaders", "près de 3 000 leaders"):
        assert text in words(page)
    figure = Result.objects.get().get_absolute_url()
    assert f'<a class="figure-link" href="{figure}"><q lang="fr">près de 3 000 leaders</q></a>' in page.content.decode()
    assert 'href="/en/indicators/leaders/"' in page.content.decode()


def unfolded(html: str) -> list[str]:
    """Codes of the discrepancies whose statements can be read without a click."""
    articles = re.findall(r'<article class="disagreement" id="(.+?)">(.+?)</article>', html, re.DOTALL)
    return [code for code, body in articles if '<details class="more">' not in body]


def test_the_statements_of_lighter_discrepancies_unfold(client: Client, disagreement: Any):
    assert unfolded(client.get("/en/discrepancies/").content.decode()) == ["leaders"]
    assert unfolded(client.get("/en/discrepancies/?show=names").content.decode()) == ["leaders", "names"]


def test_a_long_list_has_pages_contents_and_a_page_for_each_row(
    client: Client, disagreement: Any, publications: Any, monkeypatch: pytest.MonkeyPatch
):
    for name in ("PUBLICATIONS", "FINDINGS", "DISCREPANCIES"):
        monkeypatch.setattr(f"library.views.{name}_ON_A_PAGE", 1)
    lesson, advice = (make.finding(programme=publications, kind=kind) for kind in ("lesson", "recommendation"))
    video = Publication.objects.get(title="Video")
    lists = {
        "publications": (video, [("Report", 1), ("Guide", 1), ("Video", 1)], "page=3#kind-video"),
        "findings": (advice, [("Lesson learned", 1), ("Recommendation", 1)], "page=2#kind-recommendation"),
        "discrepancies": (Discrepancy.objects.get(code="names"), [("Major", 1), ("Minor", 1)], "page=2#severity-minor"),
    }
    for name, (last, contents, end) in lists.items():
        first = client.get(f"/en/{name}/")
        address, anchor = last.get_absolute_url().split("#")
        asked = client.get(address)

        assert [(entry["label"], entry["count"]) for entry in first.context["contents"]] == contents
        assert first.context["contents"][-1]["url"] == f"/en/{name}/?{end}"
        assert asked.context["problems"] == []
        assert f'id="{anchor}"' in asked.content.decode()
        assert f'id="{anchor}"' not in first.content.decode()
        assert f'id="{end.split("#")[1]}"' in asked.content.decode()

    assert lesson.get_absolute_url() == f"/en/findings/?show={lesson.code}#{lesson.code}"
    # A page by its number goes first; what a filter leaves out, and what does not exist, is said.
    assert client.get(f"/en/publications/?show={video.slug}&page=1").context["page_obj"].number == 1
    for query in (f"show={video.slug}&kind=guide", "show=%00nothing"):
        [problem] = client.get(f"/en/publications/?{query}").context["problems"]
        assert problem.endswith("is not in this list, or its filters leave it out.")
    # Its rows have no page of their own: each page of the list stands for itself.
    for query, canonical in (("?page=2", "?page=2"), ("?page=1", ""), (f"?show={video.slug}", "")):
        page = client.get(f"/en/publications/{query}").content.decode()
        assert f'rel="canonical" href="http://testserver/en/publications/{canonical}"' in page
    # Contents keep the filter.
    page = client.get("/en/publications/?country=CL")
    assert [entry["url"] for entry in page.context["contents"]] == [
        "/en/publications/?country=CL#kind-report",
        "/en/publications/?country=CL&page=2#kind-guide",
    ]


def test_discrepancies_are_filtered_by_kind(client: Client, disagreement: Any):
    page = client.get("/en/discrepancies/?kind=name&kind=nothing")

    assert page.context["number"] == 1
    assert "Two spellings." in words(page)
    assert "One rounds the other." not in words(page)
    assert page.context["problems"] == [
        "“nothing” is not a value of “kind” and was left aside. Known are: value, total, partners, dates, name."
    ]


def test_a_source_shows_its_statements_by_section_and_what_was_adopted_instead(client: Client, disagreement: Any):
    page = client.get("/en/sources/book/")

    assert [section for section, _statements in page.context["sections"]] == [
        "Introduction",
        "Results",
        "Thème 1 · Résultats",
    ]
    assert page.content.decode().count(f'class="figure-link" href="{Result.objects.get().get_absolute_url()}"') == 2
    assert page.context["number_of_figures"] == 1
    assert "3 statements, by the section in which they stand. 1 figure rests on it." in words(page)
    assert "“près de 3 000 leaders”" not in words(page)
    assert words(page).count("Adopted instead: 3,006 people") == 1
    assert 'id="rounded"' in page.content.decode()
    assert "Two spellings." in words(page)


def test_the_indicator_page_tells_which_statements_differ(client: Client, disagreement: Any):
    page = words(client.get("/en/indicators/leaders/"))

    assert page.count("differs from the adopted value: 3,006 people") == 1
    assert "One rounds the other." in page


def test_sources_are_listed_with_the_number_of_their_statements(client: Client, disagreement: Any):
    make.document(title="Unread")

    page = words(client.get("/en/sources/"))

    assert "Le livre 3 statements" in page
    assert "Unread 0 statements" in page


def test_a_long_source_has_pages_and_a_citation_opens_its_own(client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("library.views.STATEMENTS_ON_A_PAGE", 2)
    book = make.document(slug="book")
    project = make.project()
    cited = [
        make.citation(project=project, about="name", document=book, section="One", order=n, code=f"C-{n}")
        for n in range(5)
    ]

    def codes(address: str) -> list[str]:
        page = client.get(address)
        assert page.status_code == 200
        return re.findall(r'<li id="(C-.)"', page.content.decode())

    assert codes("/en/sources/book/") == ["C-0", "C-1"]
    assert codes("/en/sources/book/?page=2") == ["C-2", "C-3"]
    assert cited[4].get_absolute_url() == "/en/sources/book/?citation=C-4#C-4"
    assert codes(cited[4].get_absolute_url()) == ["C-4"]
    assert codes("/en/sources/book/?citation=C-4&page=1") == ["C-0", "C-1"]
    assert len(client.get("/en/sources/book/?citation=none").context["problems"]) == 1


def test_an_amount_bears_its_currency_once_and_a_missing_number_is_said(client: Client):
    programme = make.programme()
    indicator = make.indicator(
        programme=programme, slug="money", measure="currency", currency="CAD", unit_en="CAD", nature="input"
    )
    actual = make.actual(
        series=make.series(indicator=indicator),
        period=make.period(programme=programme, kind="whole", state="published"),
        value=1_000_000,
    )
    citation = make.citation(actual=actual, printed_value="")
    other = make.citation(programme=programme, about="dates", printed_value="2016")
    discrepancy = make.discrepancy(programme=programme, kind="value")
    discrepancy.citations.set([citation, other])
    uncited = make.discrepancy(programme=programme, kind="dates")
    uncited.actuals.set([actual])
    rebuild_results()

    page = client.get("/en/discrepancies/")

    assert "CA$1,000,000" in words(page)
    assert "CAD" not in words(page)
    assert "number missing on the page" in words(page)
    assert "About values and totals: 1; about names, partners and dates: 1." in words(page)
    assert "number missing on the page" in words(client.get("/en/indicators/money/"))
