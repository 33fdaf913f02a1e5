"""What keeping the results costs at 50 common indicators × 300 projects × 8 periods, as ratios to writing alone.

One figure is approved, and the totals of its project, its country and the programme are right in the same request. The
floor of that is the same approval with the results left for later; the floor of a rebuild is writing its rows, ready
made. Times are of the processor, so that whatever else the machine does counts less.

    DATABASE_URL=postgres://… pytest -m long -s tests/benchmarks
"""

import resource
import time
from collections.abc import Callable
from contextlib import ExitStack
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from accounts.actions import change
from accounts.choices import Door
from indicators import actions
from indicators.actions import results
from indicators.choices import Route
from indicators.models import Actual, Result, Series, Submission
from tests.benchmarks import scale

pytestmark = [pytest.mark.django_db, pytest.mark.long]

#: Rows are made anew for so many of the indicators: each costs the same, and memory must not grow with their number.
REBUILT = 6


def timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Seconds of the processor, and on the clock, of one run."""
    began, on_clock = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - began, time.perf_counter() - on_clock


def peak() -> int:
    """The most memory that this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def test_approving_one_figure_of_a_large_programme(capsys: pytest.CaptureFixture[str]) -> None:
    made = scale.build()
    period, indicator = made.open_periods[0], made.indicators[0]
    series = list(Series.objects.filter(indicator=indicator).with_scope()[:3])
    actions.refresh_results(indicators=[indicator])

    def propose(one: Series) -> Submission:
        with change(door=Door.GRID, by=made.staff):
            proposed = actions.propose(series=one, period=period, author=made.staff, route=Route.GRID, value=Decimal(9))
            return actions.submit(submission=proposed, by=made.staff)

    def approve(submission: Submission, *, without_results: bool = False) -> None:
        with ExitStack() as stack:
            if without_results:
                stack.enter_context(patch("indicators.actions.submissions.refresh_results"))
            stack.enter_context(change(door=Door.ADMIN, by=made.specialist))
            actions.approve(submission=submission, by=made.specialist)

    waiting = [propose(one) for one in series]
    approve(waiting[0])
    with CaptureQueriesContext(connection) as queries:
        spent, on_clock = timed(lambda: approve(waiting[1]))
    total = Result.objects.get(indicator=indicator, period=period, project=None, country=None)
    assert (
        total.actual == Actual.objects.filter(period=period, series__indicator=indicator).aggregate(s=Sum("value"))["s"]
    )
    floor, floor_on_clock = timed(lambda: approve(waiting[2], without_results=True))
    whole, whole_on_clock = timed(lambda: actions.refresh_results(indicators=[indicator]))

    with capsys.disabled():
        print(  # noqa: T201 the ratio is what this is run for
            f"\n{connection.vendor}: {made.number_of_actuals:,} actuals; one figure approved with its totals: "
            f"{spent * 1000:.0f} ms of the processor ({on_clock * 1000:.0f} on the clock), {len(queries)} queries; without: "
            f"{floor * 1000:.0f} ms ({floor_on_clock * 1000:.0f}); ratio {spent / floor:.1f}; "
            f"all rows of the indicator: {whole * 1000:.0f} ms ({whole_on_clock * 1000:.0f})"
        )


def test_rebuilding_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    scale.build(indicators=REBUILT)
    # The second group finds the process as large as the first one made it.
    groups = list(results.groups_of_relatives())
    results._write(results._read(groups[0]), is_whole=True)
    before = peak()
    spent, on_clock = timed(actions.rebuild_results)
    grown = peak() - before
    rows: list[dict[str, Any]] = list(Result.objects.values(*results.COLUMNS))

    def write() -> None:
        with transaction.atomic():
            Result.objects.all().delete()
            results.insert(rows)

    floor, floor_on_clock = timed(write)
    assert Result.objects.count() == len(rows) > REBUILT * 300 * 8
    assert len(groups) > 1
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{connection.vendor}: {len(rows):,} rows rebuilt: {spent:.1f} s of the processor ({on_clock:.1f} on the clock), "
            f"{len(rows) / spent:,.0f} rows a second, {grown} MB more in {len(groups)} groups; rows alone: "
            f"{floor:.1f} s ({floor_on_clock:.1f}); ratio {spent / floor:.1f}"
        )
