"""What each saved filter finds, and what it leaves out."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions import change
from accounts.choices import Door
from indicators.actions import rebuild_results
from indicators.models import Actual, Indicator, Report, Result, Series, Submission, Target
from tests import factories
from tests.admin_pages import page, signed_in

pytestmark = pytest.mark.django_db


class World:
    """One programme with a period that is due, one overdue, and one overdue but closed."""

    def __init__(self) -> None:
        today = timezone.localdate()
        self.programme = factories.programme()

        def period(due: int, start: int, **fields: Any) -> Any:
            return factories.period(
                programme=self.programme,
                starts_on=today + timedelta(days=start),
                ends_on=today + timedelta(days=start + 9),
                due_on=today + timedelta(days=due),
                **fields,
            )

        self.due, self.overdue = period(0, -20), period(-1, -40)
        self.closed = period(-30, -60, state="locked")

    def line(self, *reported: Any, **fields: Any) -> Series:
        """A series that has figures for these periods."""
        indicator = factories.indicator(programme=self.programme)
        made: Series = factories.series(indicator=indicator, **fields)
        for period in reported:
            factories.actual(series=made, period=period)
        return made


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def staff() -> Client:
    return signed_in()


def found(client: Client, model: Any, **asked: Any) -> set[Any]:
    return set(client.get(page(model, "changelist"), asked).context["cl"].result_list)


def test_series_and_indicators_are_found_by_what_is_awaited(world: World, staff: Client) -> None:
    everywhere = (world.due, world.overdue, world.closed)
    world.line(*everywhere)
    world.line(is_expected=False)
    due, overdue = world.line(world.overdue), world.line(world.due, world.closed)
    handed_in = world.line(world.due)
    factories.submission(series=handed_in, period=world.overdue, state="submitted", report=None)
    returned = world.line(*everywhere)
    factories.submission(series=returned, period=world.due, state="returned")
    unusual = world.line(*everywhere)
    factories.submission(series=unusual, period=world.due, is_confirmed=True)
    approved = world.line(*everywhere)
    factories.submission(
        series=approved, period=world.due, is_confirmed=True, state="approved", actual=approved.actuals.first()
    )
    bare = world.line(*everywhere)
    factories.target(series=bare, period=world.due)
    based = world.line(*everywhere)
    factories.baseline(series=factories.target(series=based, period=world.due).series)
    contested = world.line(*everywhere)
    factories.discrepancy(settlement="open").actuals.add(contested.actuals.first())
    factories.discrepancy(settlement="lower").actuals.add(based.actuals.first())
    with change(door=Door.COMMAND):
        rebuild_results()
    expected = {
        "due": {due},
        "overdue": {overdue},
        "review": {handed_in},
        "partner": {returned},
        "unusual": {unusual},
        "no_baseline": {bare},
        "sources": {contested},
        "parts": set(),
    }
    assert {word: found(staff, Series, look=word) for word in expected} == expected
    indicators = {word: {each.indicator for each in lines} for word, lines in expected.items()}
    assert {word: found(staff, Indicator, look=word) for word in expected} == indicators
    assert found(staff, Series, missing=world.closed.pk) == {due, handed_in}
    assert found(staff, Series, missing=world.overdue.pk) == {overdue}
    assert {row.series for row in found(staff, Result, look="overdue")} == {overdue}
    assert {row.series for row in found(staff, Result, look="due")} == {due}
    assert found(staff, Actual, look="sources") == {contested.actuals.first()}
    assert {each.series for each in found(staff, Actual, look="review")} == set()
    assert {each.series for each in found(staff, Target, look="no_baseline")} == {bare}
    # A word or a key that nobody knows asks for nothing.
    assert len(found(staff, Series, look="x", missing="x")) == Series.objects.count()


def test_parts_that_do_not_add_up_are_found(world: World, staff: Client) -> None:
    total = world.line(world.due)
    for key, value in (("sex=women", 20), ("sex=men", 20)):
        part = factories.series(indicator=total.indicator, key=key)
        factories.actual(series=part, period=world.due, value=Decimal(value))
    fine = world.line(world.due)
    with change(door=Door.COMMAND):
        rebuild_results()
    assert found(staff, Series, look="parts") == {total}
    assert found(staff, Indicator, look="parts") == {total.indicator}
    assert found(staff, Actual, look="parts") == {total.actuals.get()}
    assert {row.series for row in found(staff, Result, look="parts")} == {total}
    assert fine.indicator not in found(staff, Indicator, look="parts")


def test_reports_and_submissions_are_found_by_whom_they_wait_for(world: World, staff: Client) -> None:
    now = timezone.now()

    def both(period: Any, state: str, **fields: Any) -> tuple[Report, Submission]:
        report = factories.report(
            project=factories.project(programme=world.programme), period=period, state=state, **fields
        )
        return report, factories.submission(
            series=world.line(), period=period, state=state, report=report, submitted_at=report.submitted_at
        )

    due, overdue = both(world.due, "draft"), both(world.overdue, "draft")
    closed = both(world.closed, "draft")
    fresh = both(world.due, "submitted", submitted_at=now - timedelta(days=13))
    old = both(world.due, "submitted", submitted_at=now - timedelta(days=15))
    returned = both(world.due, "returned")
    disputed = both(world.due, "draft")
    intake = factories.intake(report=disputed[0], answer="disputed", answered_at=now, answer_text="No")
    Submission.objects.filter(pk=disputed[1].pk).update(intake=intake)
    factories.intake(report=closed[0], answer="confirmed", answered_at=now)
    expected = {
        "due": {due, returned, disputed},
        "overdue": {overdue},
        "review": {fresh, old},
        "long_review": {old},
        "partner": {returned, disputed},
    }
    assert {word: found(staff, Report, look=word) for word in expected} == {
        word: {report for report, _submission in pairs} for word, pairs in expected.items()
    }
    del expected["due"]
    assert {word: found(staff, Submission, look=word) for word in expected} == {
        word: {submission for _report, submission in pairs} for word, pairs in expected.items()
    }
    Submission.objects.filter(pk=old[1].pk).update(is_confirmed=True)
    assert found(staff, Submission, look="unusual") == {old[1]}
