"""The page of the search."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from search.actions import rebuild_search
from tests import factories as make
from tests.everything import Everything
from tests.pages import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme() -> None:
    """Records of several kinds about one thing, named in three languages."""
    programme = make.programme(code="EPE")
    project = make.project(
        programme=programme, slug="B05", code="B05", title="Soldadura en Campeche", language="es",
        translated_title_fr="Soudage à Campeche", summary_fr="Les étudiantes apprennent le soudage.",
    )  # fmt: skip
    make.indicator(
        project=project, slug="welders", name_fr="Soudeuses formées", name_es="Soldadoras formadas", name_en="Welders"
    )
    partner = make.partner(slug="utcam", name="Universidad Tecnológica de Campeche", acronym="UTCAM", language="es")
    make.partner_alias(partner=partner, name="UT Camp")
    for n in range(23):
        make.publication(programme=programme, slug=f"p{n}", title=f"Guide de soudage {n}", language="fr")
    rebuild_search()


def test_what_is_found_stands_by_kind_with_its_words_marked(programme: None, client: Client) -> None:
    page = client.get("/fr/search/?q=SOUDAGE")
    text = page.content.decode()
    assert [group.kind for group in page.context["groups"]] == ["project", "publication"]
    assert [(group.number, len(group.entries)) for group in page.context["groups"]] == [(1, 1), (23, 5)]
    assert '<a href="/fr/projects/B05/"><span class="found-code">B05</span>' in text
    assert '<span class="found-title" lang="es">Soldadura en Campeche\n</span>' in text
    assert "<mark>Soudage</mark> à Campeche" in text
    assert '<meta name="robots" content="noindex">' in text
    assert "?q=SOUDAGE&amp;kind=publication" in text

    second = client.get("/fr/search/?q=soudage&kind=publication&page=2")
    assert [(group.kind, len(group.entries)) for group in second.context["groups"]] == [("publication", 3)]
    listed = [entry.url for page in (1, 2) for entry in _entries(client, page)]
    assert sorted(listed) == sorted(f"/fr/publications/?show=p{n}#p{n}" for n in range(23))


def _entries(client: Client, page: int) -> list:
    return client.get(f"/fr/search/?q=soudage&kind=publication&page={page}").context["groups"][0].entries


@pytest.mark.parametrize(
    ("language", "typed", "first"),
    [
        ("fr", "tecnologica", "/fr/partners/utcam/"),
        ("fr", "utcam", "/fr/partners/utcam/"),
        ("es", "UT camp", "/es/partners/utcam/"),
        ("en", "b05", "/en/projects/B05/"),
        ("en", "weld", "/en/indicators/welders/"),
        # In another language than the reader's, where the reader's own has nothing.
        ("en", "soldadoras", "/es/indicators/welders/"),
        # Mistyped.
        ("fr", "soudege", "/fr/projects/B05/"),
        ("es", "universidat campeche", "/es/partners/utcam/"),
    ],
)
def test_what_a_reader_means_comes_first(
    programme: None, client: Client, language: str, typed: str, first: str
) -> None:
    page = client.get(f"/{language}/search/", {"q": typed})
    assert page.context["groups"][0].entries[0].url == first


def test_a_figure_is_found_by_its_number(client: Client) -> None:
    Everything().add(1)
    rebuild_search()
    page = client.get("/en/search/?q=54")
    assert [entry.url for group in page.context["groups"] for entry in group.entries] == ["/en/indicators/headline-1/"]
    found = [client.get(f"/en/search/?q={number}").context["groups"] for number in ("3", "32", "31")]
    # Withheld; not public; of a demonstration, beside another's of the same number.
    assert [
        [entry.url for group in groups if group.kind == "indicator" for entry in group.entries] for groups in found
    ] == [
        [],
        [],
        ["/en/indicators/trained/"],
    ]


def test_a_demonstration_is_found_by_who_names_it(client: Client) -> None:
    Everything()
    rebuild_search()
    page = client.get("/en/search/?q=hidden")
    assert "Nothing was found for “hidden”." in words(page)
    assert "Ways on" in words(page)
    named = client.get("/en/search/?q=hidden&programme=HIDDEN")
    urls = [entry.url for group in named.context["groups"] for entry in group.entries]
    assert "/en/projects/HIDDEN-P/?programme=HIDDEN" in urls
    assert all(client.get(url).status_code == 200 for url in urls)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("q=%25", "“%” has neither a letter nor a digit."),
        ("q=__", "“__” has neither a letter nor a digit."),
        ("q='", "“&#x27;” has neither a letter nor a digit."),
        ("q=%5C%5C", "“\\\\” has neither a letter nor a digit."),
        ("q=+++", "Words, a code or a number"),
        ("q=%00", "Words, a code or a number"),
        ("q=%00soudage%00", "24 found for “soudage”."),
        ("q=" + "x" * 10_000, "Only the first 200 letters and 10 words were looked for."),
        ("q=soudage'%22)%3B%20--%20%7C%20%26%20%3A*%20!", "24 found"),
        ("q=soudage&kind=nonsense", "“nonsense” is not a value of “kind”"),
        ("q=soudage&kind=country", "Nothing of this kind was found: Countries."),
        ("q=soudage&kind=publication&page=99", "There is no page 99"),
        ("q=soudage&kind=publication&page=x", "“x” is not the number of a page"),
        ("q=soudage&nonsense=1", "“nonsense” is not a filter of this page"),
    ],
)
def test_hostile_questions_are_answered_with_sentences(
    programme: None, client: Client, query: str, sentence: str
) -> None:
    page = client.get(f"/en/search/?{query}")
    assert page.status_code == 200
    assert sentence in words(page)


def test_a_search_costs_the_same_however_much_it_finds(client: Client) -> None:
    everything = Everything()

    def costs() -> dict[str, int]:
        rebuild_search()
        found = {}
        for query in (
            "",
            "?q=projet",
            "?q=rapport&kind=publication",
            "?q=54",
            "?q=raport",
            "?q=zzzzz zzzzy zzzzx zzzz",
        ):
            with CaptureQueriesContext(connection) as queries:
                client.get(f"/fr/search/{query}")
            found[query] = len(queries)
        return found

    everything.add(1)
    with_one = costs()
    everything.add(2)
    assert costs() == with_one
    # Beside what every page asks.
    assert with_one["?q=projet"] - with_one[""] == 2
    assert max(with_one.values()) <= 15


def test_every_page_offers_the_search_and_its_own_page_once(client: Client) -> None:
    box = re.compile(r'<form[^>]*role="search"')
    assert len(box.findall(client.get("/en/about/").content.decode())) == 1
    assert len(box.findall(client.get("/en/search/").content.decode())) == 1
