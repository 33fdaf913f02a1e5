"""How the results page bears the largest programme: its time as a ratio to the bare page, in the same run.

The bare page has the same frame, the same fifty rows and cells, one query, and no filters, counts or groups. Both are
asked for in turns, so that whatever else the machine does slows them alike, and by the server's own handler: the test
client keeps a copy of every context, which the bare page has fewer of. Nothing is kept between the requests but where
it is said. The ratios are printed for docs/benchmarks.md; what is asserted is that both did the same work.

    DATABASE_URL=postgres://… BENCHMARK_DATABASE=scale pytest -m long -s tests/benchmarks/test_results_page.py

Making 1.8 million rows takes minutes: with BENCHMARK_DATABASE they are kept in a database of that name, which is used
again until the rules change, and is yours to drop.
"""

import os
from collections.abc import Iterator
from statistics import median

import pytest
import pytest_django
from django.core.cache import cache
from django.core.handlers.base import BaseHandler
from django.core.management import call_command
from django.db import connection
from django.http import HttpRequest
from django.template import engines
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from indicators.models import Result
from indicators.tables import FigureRow, Names, tables_of
from library.models import Citation
from tests.benchmarks import scale
from tests.benchmarks.processor import Taken, p95, taken

pytestmark = pytest.mark.long

RUNS = 20
MOST_QUERIES = 15

BARE_PAGE = """{% extends "base.html" %}{% block content %}
{% include "components/results_table.html" with groups=tables.with_target caption="All" only %}
{% endblock %}"""


def without_citations(row: Result) -> Result:
    """None of these figures has a citation; nobody needs to ask."""
    for record in filter(None, (row.actual_record, row.target_record)):
        record._prefetched_objects_cache = {"citations": Citation.objects.none()}
    return row


@pytest.fixture
def large_programme(request: pytest.FixtureRequest, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[None]:
    """In the database of the tests, or in one that is kept."""
    name = os.environ.get("BENCHMARK_DATABASE")
    if not name or connection.vendor != "postgresql":
        request.getfixturevalue("transactional_db")
        _make()
        yield
        return
    with django_db_blocker.unblock():
        usual = connection.settings_dict["NAME"]
        _create(name)
        connection.close()
        connection.settings_dict["NAME"] = name
        try:
            call_command("migrate", verbosity=0)
            if not Result.objects.exists():
                _make()
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = usual


def _create(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(name)}")


def _make() -> None:
    # SQLite keeps to a tenth of the projects: there the whole programme takes an hour to make.
    scale.build(is_split=True, projects=300 if connection.vendor == "postgresql" else 30, with_results=True)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # As the database does by itself after a while.
            cursor.execute("VACUUM ANALYZE indicators_result")


@pytest.mark.usefixtures("large_programme")
@pytest.mark.parametrize(
    ("address", "keeps"),
    [
        ("/en/results/", False),
        ("/en/results/?country=CL", False),
        ("/en/results/?q=indicator+7", False),
        ("/en/results/?sort=value", False),
        ("/en/results/?period=all", True),
    ],
)
def test_results_page_beside_the_bare_page(
    address: str, keeps: bool, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = engines["django"].from_string(BARE_PAGE)
    handler = BaseHandler()
    handler.load_middleware()

    def request() -> HttpRequest:
        return RequestFactory().get(address)

    def results_page() -> str:
        if not keeps:
            cache.clear()
        return handler.get_response(request()).content.decode()

    context = client.get(address).context
    shown = [row.pk for tables in (context["tables"], context["regional"]) for row in tables.rows]

    def bare_page() -> str:
        with override("en"):
            fifty = Result.objects.filter(pk__in=shown).for_results_page()
            tables = tables_of(FigureRow(without_citations(row), Names.of((), ())) for row in fifty)
            return bare.render({"tables": tables}, request())

    with CaptureQueriesContext(connection) as queries:
        bare_page()
    assert len(queries) == 1
    with CaptureQueriesContext(connection) as queries:
        page = results_page()
        number_of_queries = len(queries)
    assert page.count('class="figure-row"') == bare_page().count('class="figure-row"') == len(shown) >= 50
    # One more asks for the version of the data.
    assert 1 < number_of_queries <= MOST_QUERIES + 1
    pairs = [(taken(bare_page), taken(results_page)) for _ in range(RUNS)]
    with capsys.disabled():
        print(_said(address, pairs), f"{number_of_queries} queries")  # noqa: T201 the ratios are what this is run for


def _said(address: str, pairs: list[tuple[Taken, Taken]]) -> str:
    floors, pages = zip(*pairs, strict=True)
    words = [f"\n{connection.vendor} {address}:"]
    for what in ("clock", "processor"):
        page, floor = ([getattr(each, what) for each in found] for found in (pages, floors))
        words += [
            f"{what}: p95 {p95(page) * 1000:.0f} ms, bare page {p95(floor) * 1000:.0f} ms, ratio {p95(page) / p95(floor):.1f};",
            f"medians {median(page) * 1000:.0f} and {median(floor) * 1000:.0f} ms, ratio {median(page) / median(floor):.1f};",
        ]
    database = median(each.database for each in pages)
    return " ".join([*words, f"of the page's processor {database * 1000:.0f} ms in the database;"])
