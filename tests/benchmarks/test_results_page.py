"""How the results page bears 15,000 rows: its time as a ratio to the bare page, in the same run.

The bare page has the same frame, the same fifty rows and cells, one query, and no filters, counts or groups. Nothing is
judged by the clock: the ratio is printed for docs/benchmarks.md, and what is asserted is that both did the same work.

    pytest -m long -s tests/benchmarks
"""

import statistics
import time
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection
from django.http import HttpRequest
from django.template import engines
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from indicators.models import Result
from indicators.tables import FigureRow, Names, tables_of
from tests import factories
from tests.indicators import rows

pytestmark = [pytest.mark.django_db, pytest.mark.long]

INDICATORS, PROJECTS, RUNS = 50, 300, 15

BARE_PAGE = """{% extends "base.html" %}{% block content %}
{% include "components/recorded_table.html" with groups=tables.recorded caption="All" only %}
{% endblock %}"""


@pytest.fixture
def many_results() -> int:
    """One row for each of 50 indicators in each of 300 projects, a third of them in each of two countries."""
    world = rows.world()
    first = rows.result(world, "Indicator 0", actual=7)
    indicators = [first.indicator, *(rows.indicator(world, f"Indicator {n}") for n in range(1, INDICATORS))]
    projects = [factories.project(programme=world.programme) for _ in range(PROJECTS)]
    template = {
        field.attname: getattr(first, field.attname) for field in Result._meta.concrete_fields if field.name != "id"
    }
    made = [
        Result(
            **template
            | {
                "key": f"{indicator.pk}/{project.pk}",
                "origin": "computed",
                "series_id": None,
                "actual_record_id": None,
                "indicator_id": indicator.pk,
                "project_id": project.pk,
                "country_id": (None, world.chile.pk, world.peru.pk)[number % 3],
                "actual": Decimal(number % 1000),
            }
        )
        for number, (indicator, project) in enumerate((i, p) for i in indicators for p in projects)
    ]
    Result.objects.bulk_create(made, batch_size=500)
    return len(made) + 1


def median_seconds(work: Callable[[], object]) -> float:
    work()
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def test_results_page_beside_the_bare_page(
    many_results: int, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    address = "/en/results/?period=all"
    bare = engines["django"].from_string(BARE_PAGE)

    def request() -> HttpRequest:
        return RequestFactory().get(address)

    def bare_page() -> str:
        with override("en"):
            names = Names.of((), ())
            fifty = Result.objects.select_related("indicator", "project", "country", "partner", "forum", "period")[:50]
            return bare.render({"tables": tables_of(FigureRow(row, names) for row in fifty)}, request())

    def results_page() -> str:
        return client.get(address).content.decode()

    with CaptureQueriesContext(connection) as queries:
        page = results_page()
        number_of_queries = len(queries)
    assert f"{many_results:,}" in page
    assert page.count('class="figure-row"') == bare_page().count('class="figure-row"') == 50
    assert 0 < number_of_queries <= 15

    page_time, bare_time = median_seconds(results_page), median_seconds(bare_page)
    with capsys.disabled():
        print(  # noqa: T201 the ratio is what this is run for
            f"\n{connection.vendor}: {many_results:,} rows: results page {page_time * 1000:.0f} ms, "
            f"bare page {bare_time * 1000:.0f} ms, ratio {page_time / bare_time:.1f}, {number_of_queries} queries"
        )
