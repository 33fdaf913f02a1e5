"""What the entry grids cost at 50 indicators × 300 projects × 8 periods: queries, and time as a ratio to its floor.

The floor of opening one is the *bare page*: same frame, one query, as many rows with an empty field in each, and nothing
beside them. That of saving 200 cells is writing as many ready-made drafts with their history in one change. Times are of
the processor.

    pytest -m long -s tests/benchmarks
"""

import re
import statistics
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest
from django.template import engines
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from accounts.actions import change
from accounts.actions.bulk import save_many
from accounts.choices import Door
from indicators.models import Series, Submission
from tests.benchmarks import scale

pytestmark = [pytest.mark.django_db, pytest.mark.long]

CELLS = 200
RUNS = 5

BARE_GRID = """{% extends "base.html" %}{% block content %}<table>{% for one in series %}
<tr><th>{{ one.indicator.name }}</th><td>{{ one.project }}</td><td><input name="v-{{ one.pk }}"></td></tr>
{% endfor %}</table>{% endblock %}"""


def timed(work: Callable[[], Any]) -> float:
    """Seconds of the processor of one run."""
    began = time.process_time()
    work()
    return time.process_time() - began


def bare_grid(path: str, cells: int) -> float:
    """Seconds of the bare page with so many cells."""
    template = engines["django"].from_string(BARE_GRID)

    def render() -> str:
        with override("en"):
            request: HttpRequest = RequestFactory().get(path)
            return template.render({"series": Series.objects.select_related("indicator", "project")[:cells]}, request)

    assert render().count('<input name="v-') == cells
    return statistics.median(timed(render) for _ in range(RUNS))


def split(queries: CaptureQueriesContext) -> tuple[list[str], list[str]]:
    """The statements of a request: those that write rows or frame a transaction, and all others."""
    said = [query["sql"] for query in queries.captured_queries]
    # PostgreSQL copies rows in; their keys are drawn for that alone.
    frames = r"(INSERT|UPDATE|DELETE|COPY|SELECT nextval|SAVEPOINT|RELEASE|BEGIN|COMMIT)"
    writes = [sql for sql in said if re.match(frames, sql)]
    return writes, [sql for sql in said if sql not in writes]


def test_grids_of_a_large_programme(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    made = scale.build()
    period = made.open_periods[0]
    client.force_login(made.staff)
    programme = f"/en/workspace/periods/{period.slug}/grid/"
    said = []
    for name, path in {"programme": programme, "report": f"/en/workspace/reports/SC7/{period.slug}/"}.items():
        page = client.get(path).content.decode()
        cells = len(set(re.findall(r'name="v-(\d+)"', page)))
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        number = len(queries)
        assert 0 < number <= 15
        spent, floor = (
            statistics.median(timed(lambda path=path: client.get(path)) for _ in range(RUNS)),
            bare_grid(path, cells),
        )
        said.append(
            f"{name} grid of {cells} cells: {number} queries, {spent * 1000:.0f} ms, bare page {floor * 1000:.0f} ms, "
            f"ratio {spent / floor:.1f}"
        )

    page = client.get(programme).content.decode()
    pks = list(dict.fromkeys(re.findall(r'name="v-(\d+)"', page)))[:CELLS]
    hidden = dict(re.findall(r'<input type="hidden" name="(writer|seen)" value="([^"]+)"', page))
    assert len(pks) == CELLS
    typed = hidden | {f"v-{pk}": str(100 + number) for number, pk in enumerate(pks)}
    with CaptureQueriesContext(connection) as queries:
        began = time.process_time()
        answer = client.post(programme, typed)
        saving = time.process_time() - began
    writes, others = split(queries)
    for sql in others + writes:
        print(sql[:150])  # noqa: T201
    assert answer.status_code == 303
    assert Submission.objects.count() == CELLS
    assert len(others) <= 15

    ready = [
        Submission(series=one, period=period, author=made.staff, value=Decimal(7))
        for one in Series.objects.exclude(pk__in=pks)[:CELLS]
    ]

    def save_ready_made() -> None:
        with change(door=Door.GRID, by=made.staff):
            save_many(ready)

    floor = timed(save_ready_made)
    assert Submission.objects.count() == 2 * CELLS
    with capsys.disabled():
        print(  # noqa: T201 what this is run for
            f"\n{connection.vendor}: {'; '.join(said)}; {CELLS} cells saved in {saving * 1000:.0f} ms, "
            f"{len(others)} queries beyond {len(writes)} writes; ready made {floor * 1000:.0f} ms, ratio {saving / floor:.1f}"
        )
