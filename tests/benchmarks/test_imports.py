"""How fast spreadsheets come in, beside the database's own way of loading rows, in the same run.

A workbook of 5,000 actuals is looked at and applied; so are 100,000 actuals of 50 indicators in 300 projects over 8
periods. Nothing is judged by the clock: rows per second, memory and the ratio to COPY (on SQLite: to plain INSERTs) are
printed for docs/benchmarks.md, and what is asserted is that every row came in, with its history and its result.

    pytest -m long -s tests/benchmarks/test_imports.py
"""

import csv
import io
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.db import connection
from django.utils.translation import override

from accounts.actions.imports import apply, keep, preview
from accounts.models import User
from accounts.reading.workbooks import open_workbook
from indicators.models import Actual, Result, Series
from indicators.resources import ActualResource
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.long]

HEADINGS = ("indicator", "project", "country", "partner", "forum", "breakdown", "period", "value", "route")
INDICATORS, PROJECTS, PERIODS = 50, 300, 8


class Watched(ActualResource):
    """Notes how much memory is in use after each batch, and how long the results take at the end."""

    def __init__(self, by: User, seconds: dict[str, float]) -> None:
        super().__init__(by=by)
        self.memory: list[float] = []
        self.seconds = seconds

    @contextmanager
    def writing(self) -> Iterator[None]:
        with ExitStack() as stack:
            stack.enter_context(super().writing())
            yield
            with timed(self.seconds, "results"):
                stack.close()

    def read(self, *args: Any, **options: Any) -> Iterator[Any]:
        for lines in super().read(*args, **options):
            self.memory.append(megabytes())
            yield lines


def megabytes() -> float:
    """Memory of this process that is in use."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6


@contextmanager
def timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    """Note how long something takes, and under ``name + " cpu"`` how long this process itself computes meanwhile.

    The second number stays true on a machine that is busy with other things.
    """
    began, computed = time.perf_counter(), time.process_time()
    try:
        yield
    finally:
        seconds[name] = seconds.get(name, 0.0) + time.perf_counter() - began
        seconds[f"{name} cpu"] = seconds.get(f"{name} cpu", 0.0) + time.process_time() - computed


@pytest.fixture
def by() -> User:
    return User.objects.create_superuser(email="staff@example.org", name="Staff", password="password")


def programme(indicators: int, projects: int, periods: int) -> list[tuple[str, str, str]]:
    """Indicators, projects and periods with a series for each; gives the keys of all figures that they can hold."""
    whole = make.programme(slug="programme")
    measured = [make.indicator(programme=whole, slug=f"indicator-{n}") for n in range(indicators)]
    places = [make.project(programme=whole, slug=f"P{n}", code=f"P{n}") for n in range(projects)]
    times = [
        make.period(programme=whole, slug=f"period-{n}", starts_on=date(2020 + n, 1, 1), ends_on=date(2020 + n, 12, 31))
        for n in range(periods)
    ]
    total = make.breakdown("")
    Series.objects.bulk_create(
        [Series(indicator=i, project=p, breakdown=total) for i in measured for p in places], batch_size=500
    )
    return [(i.slug, p.slug, t.slug) for t in times for i in measured for p in places]


def file_of(keys: list[tuple[str, str, str]], kind: str) -> bytes:
    """A file of actuals, ``csv`` or ``xlsx``."""
    rows = [
        HEADINGS,
        *(
            (indicator, project, "", "", "", "", period, number % 997, "published_source")
            for number, (indicator, project, period) in enumerate(keys)
        ),
    ]
    if kind == "csv":
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        return text.getvalue().encode()
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet("actuals")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return content.getvalue()


def plain_load(seconds: dict[str, float]) -> None:
    """Load the same actuals once more into a bare copy of their table: the floor."""
    columns = [field.column for field in Actual._meta.concrete_fields if not field.primary_key]
    with connection.cursor() as cursor:
        listed = ", ".join(columns)
        cursor.execute(f"SELECT {listed} FROM {Actual._meta.db_table}")
        rows = cursor.fetchall()
        cursor.execute(f"CREATE TEMP TABLE bare AS SELECT {listed} FROM {Actual._meta.db_table} LIMIT 0")
        with timed(seconds, "floor"):
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY bare ({listed}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
            else:
                marks = ", ".join(["%s"] * len(columns))
                cursor.executemany(f"INSERT INTO bare ({listed}) VALUES ({marks})", rows)
        cursor.execute("DROP TABLE bare")


def come_in(content: bytes, kind: str, by: User, seconds: dict[str, float]) -> list[float]:
    [sheet] = open_workbook(content, name=f"actuals.{kind}").sheets
    looking, writing = Watched(by, seconds), Watched(by, seconds)
    with override("en"):
        with timed(seconds, "preview"):
            seen = preview(resource=looking, sheet=sheet)
        record = keep(resource=looking, preview=seen, name="a.csv", content=content, content_type="text/csv", by=by)
        with timed(seconds, "import"):
            apply(record=record, resource=writing, sheet=sheet, by=by, reason="Benchmark")
    return [*looking.memory, *writing.memory]


@pytest.mark.parametrize(("rows", "kind"), [(5_000, "xlsx"), (100_000, "csv")])
def test_actuals_from_a_spreadsheet(rows: int, kind: str, by: User, capsys: pytest.CaptureFixture[str]) -> None:
    keys = programme(INDICATORS, PROJECTS, PERIODS)[:rows]
    content = file_of(keys, kind)
    before, seconds = megabytes(), dict[str, float]()
    memory = come_in(content, kind, by, seconds)
    after = megabytes()
    plain_load(seconds)
    assert Actual.objects.count() == Actual.history.count() == rows
    assert Result.objects.filter(actual__isnull=False, origin="reported").count() == rows
    written = seconds["import"] - seconds["results"]
    with capsys.disabled():
        print(  # noqa: T201 the numbers are what this is run for
            f"\n{connection.vendor}: {rows:,} rows: preview {seconds['preview']:.1f} s "
            f"({rows / seconds['preview']:,.0f} rows/s); "
            f"import {seconds['import']:.1f} s ({rows / seconds['import']:,.0f} rows/s), of which results "
            f"{seconds['results']:.1f} s, the rest {written:.1f} s ({rows / written:,.0f} rows/s); "
            f"own computing: preview {seconds['preview cpu']:.1f} s, import {seconds['import cpu']:.1f} s, "
            f"of which results {seconds['results cpu']:.1f} s; "
            f"floor {seconds['floor']:.2f} s, ratio {seconds['import'] / seconds['floor']:.0f} "
            f"(without results {written / seconds['floor']:.0f}); memory before {before:.0f} MB, by batch "
            f"{memory[0]:.0f} to {max(memory):.0f} MB, with results {after:.0f} MB"
        )
