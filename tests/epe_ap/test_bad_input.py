"""Hostile and careless input: every answer is a page with a sentence, and gives nothing away."""

import re
from collections.abc import Iterator
from email.header import decode_header
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.everything import PAGES, Everything

pytestmark = pytest.mark.django_db

MOST_QUERIES = 15
LISTS = ("/results/", "/publications/", "/findings/", "/discrepancies/", "/framework/")
FILES = ("/results.csv", "/results.xlsx", "/results.json")
NAMES = (
    *("programme", "country", "theme", "project", "partner", "forum", "sdg", "level", "nature", "family", "target"),
    *("status", "verification", "sex", "period", "kind", "severity", "q", "sort", "group", "page"),
    *("unknown", "a%5B0%5D", "%00", "%ff", ""),
)
SCRIPT = "<script>alert(1)</script>"
#: What a parameter may hold that no page expects, by kind.
KINDS = (
    ("",),
    ("%00", "a%00b"),
    ("%ff%fe", "%ED%A0%80", "%B2"),
    ("%F0%9F%92%A5", "%E2%80%AE%D7%A9", "%D9%A3"),
    ("x" * 10_000, "9" * 5000),
    ("99999999999999999999", "-1", "1e9", "0", "NaN"),
    ("--name", "all", "cl"),
    ("%0d%0aSet-Cookie:%20a=b",),
    ("%27%20OR%201=1--",),
    ("%22%3E%3Cimg%20src=x%3E", "%3Cscript%3Ealert(1)%3C/script%3E"),
    ("%25s%25(name)s", "{0}"),
)
VALUES = tuple(value for kind in KINDS for value in kind)


def body(response: Any) -> str:
    return (response.getvalue() if response.streaming else response.content).decode(errors="replace")


def words(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", body(response)).split())


def turned(shift: int) -> Iterator[tuple[str, str]]:
    """Each name with one value: one of another kind for each shift, and within it another one from name to name."""
    for number, name in enumerate(NAMES):
        kind = KINDS[(number + shift) % len(KINDS)]
        yield name, kind[(number + shift) // len(KINDS) % len(kind)]


@pytest.fixture(scope="module")
def everything(django_db_setup: None, django_db_blocker: Any) -> Iterator[Everything]:
    """Made once for the tests of this module, which only read, and taken back afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = Everything()
        made.add(1)
        yield made
        transaction.set_rollback(True)


@pytest.mark.parametrize("path", [*LISTS, *FILES, "/compare/"])
def test_no_query_string_breaks_a_page_or_makes_it_dearer(client: Client, everything: Everything, path: str):
    """Each name meets each kind of value, many at a time: the same code as one by one, in less time."""
    queries = [
        *("&".join(f"{name}={value}" for name, value in turned(shift)) for shift in range(len(KINDS))),
        *("&".join(f"{name}={value}" for value in VALUES) for name in ("country", "q", "page", "unknown")),
        "&".join(["country=CL"] * 1000),
        "&".join(f"{name}=CL" for name in ("country", "q", "page", "unknown") for _ in range(250)),
        *("&&&=&=a&%&%%%", "country=CL;theme=T3", "period=all&period=x", "country=cl&country=CL&country=regional"),
    ]
    # All downloads read the same filter: what each adds is how it writes its answer.
    queries = queries[:: 4 if path in FILES else 1]
    for query in queries:
        with CaptureQueriesContext(connection) as asked:
            response = client.get(f"/en{path}", query_params=None, QUERY_STRING=query)
            text = body(response)
        assert response.status_code == 200, query[:200]
        assert len(asked) <= MOST_QUERIES, query[:200]
        assert max(len(value) for value in response.headers.values()) < 2000, query[:200]
        if path not in FILES:
            assert SCRIPT not in text
            assert '"><img' not in text
            assert "\x00" not in text


@pytest.mark.parametrize("path", ["/", *LISTS, *FILES, "/nothing/", "/partners/nobody/"])
def test_more_parameters_than_django_reads_are_answered_with_a_sentence(client: Client, path: str):
    response = client.get(f"/en{path}", QUERY_STRING="&".join(["country=CL"] * 1001))

    assert response.status_code == 404
    assert "The address holds more than 1000 parameters: no page reads so many." in words(response)


@pytest.mark.parametrize("path", [*LISTS, "/about/"])
def test_a_thousand_mistakes_are_not_a_thousand_sentences(client: Client, path: str):
    response = client.get(f"/en{path}", QUERY_STRING="&".join(f"colour{number}=1" for number in range(1000)))

    assert len(response.context["problems"]) == 21
    assert "980 more things in the address were left aside." in words(response)


def test_the_header_of_a_download_stays_short(client: Client):
    response = client.get("/en/results.csv", QUERY_STRING="&".join(f"country=c{number}" for number in range(1000)))

    [(said, _charset)] = decode_header(response.headers["X-Problems"])
    assert said.decode().endswith("997 more things in the address were left aside.")


@pytest.mark.parametrize("path", [*LISTS, *FILES])
def test_a_sentence_about_a_mistake_names_nothing_hidden(client: Client, everything: Everything, path: str):
    names = [name for name in NAMES if name.isalpha()]
    # A page says no more than twenty sentences at once.
    for asked in (names[:10], names[10:], ["nature=all&sex=all&period=all&unknown"]):
        response = client.get(f"/en{path}?{'&'.join(f'{name}=zzz' for name in asked)}")
        if path != "/results.xlsx":
            assert "HIDDEN" not in body(response), asked
        assert "HIDDEN" not in str(response.headers), asked


@pytest.mark.any_database
@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_written_and_no_method_breaks_a_page(client: Client, everything: Everything, path: str):
    assert client.head(f"/en{path}").status_code == 200
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "NONSENSE"):
        assert client.generic(method, f"/en{path}").status_code == 405, method


@pytest.mark.parametrize("languages", ["*", "xx", "fr;q=abc", "fr" * 5000, "\x00", "é", "en;q=0.5, es;q=9999999999999"])
@pytest.mark.parametrize("path", ["/", "/results/", "/fr/about/"])
def test_any_accept_language_is_answered(client: Client, path: str, languages: str):
    assert client.get(path, headers={"accept-language": languages}).status_code in (200, 302)


@pytest.mark.parametrize(
    "cookie",
    [
        "sessionid=x",
        "sessionid=" + "x" * 5000,
        "django_language=xx",
        "csrftoken=<b>",
        "messages=W",
        "=;=;a",
        "sessionid=\x00",
    ],
)
def test_any_cookie_is_answered(client: Client, cookie: str):
    assert client.get("/en/results/", HTTP_COOKIE=cookie).status_code == 200


def test_who_only_reads_gets_no_cookie(client: Client):
    assert [path for path in (*LISTS, *FILES, "/") if client.get(f"/en{path}").cookies] == []
