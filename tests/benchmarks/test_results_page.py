"""How the results page bears the largest programme: its time as a ratio to the bare page, in the same run.

The bare page has the same frame, the same fifty rows and cells, one query, and no filters, counts or groups. Both are
asked for in turns, so that whatever else the machine does slows them alike. Nothing is kept between the requests but
where it is said. The ratios are printed for docs/benchmarks.md; what is asserted is that both did the same work.

    DATABASE_URL=postgres://… pytest -m long -s tests/benchmarks/test_results_page.py
"""

import time
from collections.abc import Callable

import pytest
from django.core.cache import cache
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

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]

RUNS = 40
MOST_QUERIES = 15

BARE_PAGE = """{% extends "base.html" %}{% block content %}
{% include "components/results_table.html" with groups=tables.with_target caption="All" only %}
{% endblock %}"""


def p95(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.95) - 1]


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def without_citations(row: Result) -> Result:
    """None of these figures has a citation; nobody needs to ask."""
    for record in filter(None, (row.actual_record, row.target_record)):
        record._prefetched_objects_cache = {"citations": Citation.objects.none()}
    return row


def test_results_page_beside_the_bare_page(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    # SQLite keeps to a tenth of the projects: there the whole programme takes an hour to make.
    scale.build(is_split=True, projects=300 if connection.vendor == "postgresql" else 30, with_results=True)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # As the database does by itself after a while.
            cursor.execute("VACUUM ANALYZE indicators_result")
    rows = Result.objects.count()
    bare = engines["django"].from_string(BARE_PAGE)
    said = [f"\n{connection.vendor}: {rows:,} rows"]

    for address, keeps in (
        ("/en/results/", False),
        ("/en/results/?period=all", True),
        ("/en/results/?sort=value", False),
    ):

        def request(address: str = address) -> HttpRequest:
            return RequestFactory().get(address)

        def results_page(address: str = address, keeps: bool = keeps) -> str:
            if not keeps:
                cache.clear()
            return client.get(address).content.decode()

        shown = [row.pk for row in client.get(address).context["tables"].rows]

        def bare_page(shown: list[int] = shown, request: Callable[[], HttpRequest] = request) -> str:
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
        assert page.count('class="figure-row"') == bare_page().count('class="figure-row"') == 50
        assert 0 < number_of_queries <= MOST_QUERIES
        pairs = [(timed(bare_page), timed(results_page)) for _ in range(RUNS)]
        floor, page_time = p95([one for one, _ in pairs]), p95([other for _, other in pairs])
        said.append(
            f"{address}{' (counts kept)' if keeps else ''}: p95 {page_time * 1000:.0f} ms, bare page {floor * 1000:.0f} ms, "
            f"ratio {page_time / floor:.1f}, {number_of_queries} queries"
        )
    with capsys.disabled():
        print("\n".join(said))  # noqa: T201 the ratios are what this is run for
