"""What a crawl asks on which database.

Every page is opened on each database, and every language on each. What the answer does not depend on is asked for once:
which language a page is in, whom it lets in and how it writes a word are decided before or after the database is asked.
So on PostgreSQL, the second of the two (scripts/test.sh), a page is opened in one language, another one from page to page;
and tests marked ``any_database``, and all those that use none, are left to SQLite.

Links are followed by kind: a template that writes one of them rightly writes all of them so.
"""

import zlib
from typing import Any
from urllib.parse import unquote

import pytest
from django.db import connection
from django.http import QueryDict
from django.urls import resolve

LANGUAGES = ("fr", "es", "en")
#: What a test says that it needs where it asks a database anything.
OF_A_DATABASE = {"db", "transactional_db", "django_db_setup"}


def asks_a_database(test: pytest.Item) -> bool:
    """Whether a test has to do with a database. A long one may ask for it while it runs: it always does."""
    if test.get_closest_marker("django_db") or test.get_closest_marker("long"):
        return True
    return bool(OF_A_DATABASE & {*getattr(test, "fixturenames", ())})


def languages_of(page: str) -> tuple[str, ...]:
    """The languages in which to ask for a page, here."""
    if connection.vendor == "sqlite":
        return LANGUAGES
    return (LANGUAGES[zlib.crc32(page.encode()) % len(LANGUAGES)],)


def kind_of_link(page: str, address: str) -> tuple[Any, ...]:
    """What a link has in common with others: the kinds of both pages, the names of its parameters, the programme kept."""
    path, _, query = address.partition("?")
    asked = QueryDict(query)
    kinds = (resolve(unquote(each)).url_name for each in (page, path))
    return (*kinds, *sorted(asked), asked.get("programme"))
