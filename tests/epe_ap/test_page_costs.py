"""What public pages cost, and that they answer before there is anything to show."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.everything import PAGES, REPORTS, SHEETS, Everything

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sheets_as_pages")]

MOST_QUERIES = 15
#: A report holds all that a dozen pages show, and is made once for each state of the data.
MOST_QUERIES_OF_A_REPORT = 25
#: Before every page it is asked whether the data changed since its reader saw it: see epe_ap/revisits.py.
VERSION_OF_THE_DATA = 1


def costs(client: Client) -> dict[str, int]:
    """The queries of every page, but for that of the version."""
    found = {}
    for path in (*PAGES, *SHEETS, *REPORTS):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/en{path}").status_code == 200
        found[path] = len(queries) - VERSION_OF_THE_DATA
    return found


def test_a_page_costs_the_same_with_one_and_with_three_rows(client: Client):
    everything = Everything()
    everything.add(1)
    with_one = costs(client)
    everything.add(2)
    with_three = costs(client)

    assert with_one == PAGES | SHEETS | REPORTS
    assert with_three == PAGES | SHEETS | REPORTS


def test_no_page_costs_more_than_it_may():
    assert {path: number for path, number in (PAGES | SHEETS).items() if number > MOST_QUERIES} == {}
    assert max(REPORTS.values()) <= MOST_QUERIES_OF_A_REPORT


@pytest.mark.parametrize("path", [*PAGES, *SHEETS, *REPORTS])
def test_a_page_of_an_empty_database_answers_or_says_that_there_is_none(client: Client, path: str):
    is_of_a_record = re.fullmatch(r"/[\w-]+/[\w.-]+/(history/|figures/.+|sheet\.pdf|report\.pdf)?", path)

    assert client.get(f"/en{path}").status_code == (404 if is_of_a_record else 200)
