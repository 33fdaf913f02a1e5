"""What holds for every public page: it answers in each language, and says what it could not read.

What it must hide: test_nothing_leaks.py.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests.crawls import kind_of_link, languages_of
from tests.everything import PAGES, Everything
from tests.pages import words


@pytest.fixture(scope="module")
def everything(django_db_setup: None, django_db_blocker: Any) -> Iterator[Everything]:
    """Made once for the tests of this module, which only read, and taken back afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = Everything()
        made.add(2)
        yield made
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def english(everything: Everything, django_db_blocker: Any) -> dict[str, str]:
    """Every page in English as it stands, asked for once."""
    with django_db_blocker.unblock():
        return {path: Client().get(f"/en{path}").content.decode() for path in PAGES}


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everything", "sheets_as_pages")]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_answers_in_three_languages(client: Client, path: str):
    pages = {language: client.get(f"/{language}{path}") for language in languages_of(path)}

    assert {page.status_code for page in pages.values()} == {200}
    for language, page in pages.items():
        assert f'<html lang="{language}">' in page.content.decode()
        assert page.context["problems"] == []


@pytest.mark.any_database
@pytest.mark.parametrize("path", PAGES)
def test_an_unknown_parameter_is_named_and_the_page_still_answers(client: Client, path: str):
    page = client.get(f"/en{path}?colour=blue&x%00%22<b>=1")

    assert page.status_code == 200
    assert [problem.partition("”")[0] for problem in page.context["problems"]] == [
        "“colour",
        '“x\N{REPLACEMENT CHARACTER}"<b>',
    ]
    assert "“colour”" in words(page)
    assert "&lt;b&gt;" in page.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/countries/ZZ/",
        "/countries/chile/",
        "/countries/%00%00/",
        "/partners/nobody/",
        "/partners/private/",
        "/projects/Z99/",
        "/projects/HIDDEN-P/",
        "/projects/a%00b/",
        "/projects/.../",
        "/themes/T99/",
        "/themes/HIDDEN-T1/",
        "/forums/99/",
        "/forums/HIDDEN-1/",
        "/indicators/none/",
        "/indicators/secret/",
        "/indicators/fictitious/",
        "/sdgs/0/",
        "/sdgs/99999999999999999999/",
        "/sources/none/",
        "/sources/hidden-document/",
        "/work-plans/hidden-plan/",
        "/nonsense/",
        "/projects/B05.1/%F0%9F%92%A5/",
        "/themes/" + "T" * 3000 + "/",
    ],
)
def test_nonsense_in_the_path_answers_404_with_a_sentence(client: Client, path: str):
    page = client.get(f"/en{path}")

    assert page.status_code == 404
    assert "There is no page at this address" in words(page)
    assert "HIDDEN" not in words(page)


@pytest.mark.any_database
def test_each_page_says_in_its_head_what_it_alone_is_about(english: dict[str, str]):
    titles = {path: re.findall("<title>(.*?)</title>", page)[0] for path, page in english.items()}
    descriptions = {
        path: re.findall('<meta name="description" content="(.*?)">', page) for path, page in english.items()
    }

    assert len({*titles.values()}) == len(PAGES)
    assert {path: len(found) for path, found in descriptions.items() if len(found) != 1} == {}
    said = {path: unescape(found) for path, [found] in descriptions.items()}
    assert len({*said.values()}) == len(PAGES)
    assert {path: text for path, text in said.items() if not 10 <= len(text) <= 160} == {}


def test_a_country_stands_at_one_address(client: Client):
    assert client.get("/en/countries/cl/").headers["Location"] == "/en/countries/CL/"


def test_only_reading_is_offered(client: Client):
    assert {path: client.post(f"/en{path}").status_code for path in PAGES} == dict.fromkeys(PAGES, 405)


@pytest.mark.any_database
def test_names_within_a_page_are_unique(english: dict[str, str]):
    names = {path: names_within(page) for path, page in english.items()}

    assert {path: each for path, each in names.items() if len({*each}) < len(each)} == {}


@pytest.mark.any_database
def test_every_link_opens_and_the_place_it_points_to_is_there(client: Client, english: dict[str, str]):
    links = {
        (path, address.replace("&amp;", "&"), place)
        for path, page in english.items()
        for address, place in re.findall(r'href="(/en/[^"#]*|(?=#))#?([^"]*)"', page)
    }
    places = {f"/en{path}": {*names_within(page)} for path, page in english.items()}
    one_of_each = {
        (*kind_of_link(f"/en{path}", address), place and address): address for path, address, place in links if address
    }
    broken = {}
    for address in sorted({*one_of_each.values()} - {*places}):
        page = client.get(address)
        if page.status_code != 200:
            broken[address] = page.status_code
        places[address] = set() if page.streaming else {*names_within(page.content.decode())}

    assert broken == {}
    assert [
        f"{path}: {address}#{place}"
        for path, address, place in sorted(links)
        if place and place not in places[address or f"/en{path}"]
    ] == []


def names_within(page: str) -> list[str]:
    return re.findall(r'\sid="([^"]+)"', page)
