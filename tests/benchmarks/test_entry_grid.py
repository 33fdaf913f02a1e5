"""What the entry grids cost at 50 indicators × 300 projects × 8 periods: queries, and time as a ratio to its floor.

pytest -m long -s tests/benchmarks
"""

import re
import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from indicators.models import Submission
from tests.benchmarks import scale

pytestmark = [pytest.mark.django_db, pytest.mark.long]

CELLS = 200


def split(queries: CaptureQueriesContext) -> tuple[list[str], list[str]]:
    """The statements of a request: those that write rows or frame a transaction, and all others."""
    said = [query["sql"] for query in queries.captured_queries]
    writes = [sql for sql in said if re.match(r"(INSERT|UPDATE|DELETE|SAVEPOINT|RELEASE|BEGIN|COMMIT)", sql)]
    return writes, [sql for sql in said if sql not in writes]


def test_grids_of_a_large_programme(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    made = scale.build()
    period = made.open_periods[0]
    client.force_login(made.staff)
    programme = f"/en/workspace/periods/{period.slug}/grid/"
    opened = {}
    for name, path in {"programme": programme, "report": f"/en/workspace/reports/SC7/{period.slug}/"}.items():
        client.get(path)
        began = time.perf_counter()
        with CaptureQueriesContext(connection) as queries:
            page = client.get(path).content.decode()
        opened[name] = (len(queries), time.perf_counter() - began, page.count('class="cell"'))
        assert 0 < len(queries) <= 15

    page = client.get(programme).content.decode()
    pks = re.findall(r'name="v-(\d+)"', page)[:CELLS]
    hidden = dict(re.findall(r'<input type="hidden" name="(writer|seen)" value="([^"]+)"', page))
    assert len(pks) == CELLS
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(programme, hidden | {f"v-{pk}": str(100 + number) for number, pk in enumerate(pks)})
    saving = time.perf_counter() - began
    writes, others = split(queries)
    for sql in others + writes:
        print(sql[:150])  # noqa: T201
    assert answer.status_code == 303
    assert Submission.objects.count() == CELLS
    with capsys.disabled():
        print(  # noqa: T201 what this is run for
            f"\n{connection.vendor}: "
            + "; ".join(f"{name} grid: {n} queries, {s * 1000:.0f} ms, {c} cells" for name, (n, s, c) in opened.items())
            + f"; {CELLS} cells saved in {saving * 1000:.0f} ms, {len(others)} queries beyond {len(writes)} writes"
        )
    assert len(others) <= 15
