"""Whatever is written through the actions, in whatever order, the stored results are what the rules make of it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.actions import change
from accounts.choices import Door
from accounts.models import User
from indicators import actions
from indicators.choices import Cumulation, PeriodState, Qualifier, ReturnReason, RollUp, Route, SubmissionState
from indicators.models import Actual, Baseline, Indicator, ReportingPeriod, Result, Series, Submission, Target
from tests import factories as make

pytestmark = pytest.mark.django_db

#: Fewer examples than the profile asks for: each one writes to the database.
EXAMPLES = max(settings().max_examples * 2 // 5, 10)


@dataclass
class World:
    series: list[Series]
    periods: list[ReportingPeriod]
    indicators: list[Indicator]
    staff: User
    other: User


@pytest.fixture
def found(db: None) -> World:
    """A common indicator, two that contribute to it and one beside them, for scopes of every grain, broken down by sex or not."""
    programme = make.programme(slug="p")
    chile, peru = make.country("CL"), make.country("PE")
    programme.countries.set([chile, peru])
    first, second = make.project(programme=programme, slug="B05"), make.project(programme=programme, slug="B08")
    first.countries.set([chile])
    second.countries.set([chile, peru])
    partner = make.partner(slug="sena", country=peru)
    common = make.indicator(programme=programme, slug="common", roll_up="sum")
    linked = [
        make.indicator(programme=programme, slug=f"own-{each.slug}", project=each, roll_up="sum", contributes_to=common)
        for each in (first, second)
    ]
    alone = make.indicator(programme=programme, slug="alone", roll_up="sum")
    for key in ("", "sex=women", "sex=men", "sex=other", "sex=not-stated"):
        make.breakdown(key)
    scopes: list[dict[str, Any]] = [
        {"indicator": common},
        {"indicator": common, "country": chile},
        {"indicator": common, "country": peru},
        {"indicator": common, "project": first},
        {"indicator": common, "project": second, "partner": partner},
        {"indicator": linked[0], "project": first},
        {"indicator": linked[1], "project": second, "country": chile},
        {"indicator": linked[1], "project": second, "country": peru},
        {"indicator": alone},
        {"indicator": alone, "forum": make.forum(programme=programme, slug="1")},
    ]
    series = [
        make.series(**scope, key=key, is_expected=number % 3 == 0)
        for number, scope in enumerate(scopes)
        for key in (("", "sex=women", "sex=men") if number % 2 else ("",))
    ]
    spans = ((date(2020, 1, 1), date(2020, 6, 30)), (date(2020, 7, 1), date(2020, 12, 31)))
    periods = [
        make.period(programme=programme, slug=f"half-{number}", starts_on=starts, ends_on=ends)
        for number, (starts, ends) in enumerate(spans)
    ]
    periods.append(
        make.period(
            programme=programme, slug="whole", kind="whole", starts_on=date(2020, 1, 1), ends_on=date(2020, 12, 31)
        )
    )
    return World(series, periods, [common, *linked], make.reviewer(), make.reviewer())


figures = st.one_of(
    st.builds(
        lambda value, qualifier: {"value": Decimal(value), "qualifier": qualifier},
        st.integers(0, 60),
        st.sampled_from([Qualifier.EXACT, Qualifier.EXACT, *Qualifier]),
    ),
    st.just({"is_not_applicable": True}),
    st.builds(lambda share: {"share": Decimal(share)}, st.integers(0, 100)),
)


def write(found: World, step: str, series: Series, period: ReportingPeriod, figure: dict[str, Any]) -> None:
    """One write through the actions; a refusal is as good as a write."""
    series = Series.objects.get(pk=series.pk)
    period = ReportingPeriod.objects.get(pk=period.pk)
    indicator = Indicator.objects.get(pk=series.indicator_id)
    in_place = {"series": series, "period": period}

    def remove(model: type[Actual] | type[Target] | type[Baseline]) -> None:
        records = list(model.objects.order_by("series", "pk"))
        if records:
            actions.remove_figure(record=records[series.pk % len(records)])

    def revise() -> None:
        target = Target.objects.filter(**in_place, is_current=True).first()
        if target is None:
            actions.set_target(**in_place, **figure)
        else:
            actions.revise_target(target=target, reason="Another plan.", **figure)

    def propose_and_decide() -> None:
        proposed = actions.submit(submission=actions.propose(**in_place, author=found.staff, **figure), by=found.staff)
        if figure.get("value"):
            actions.approve(submission=proposed, by=found.other)
        else:
            actions.return_submission(submission=proposed, by=found.other, reason=ReturnReason.OTHER)

    def publish() -> None:
        if period.state == PeriodState.OPEN:
            actions.publish_period(period=actions.lock_period(period=period))

    def alter_indicator() -> None:
        value = int(figure.get("value", figure.get("share", 0)))
        indicator.is_public = value % 2 == 0
        indicator.is_sensitive = value % 3 == 0
        indicator.counts_persons_twice = value % 5 == 0
        indicator.roll_up = list(RollUp)[value % len(RollUp)]
        indicator.cumulation = list(Cumulation)[value % len(Cumulation)]
        if indicator.pk != found.indicators[0].pk:
            indicator.contributes_to = found.indicators[0] if value % 7 else None
        actions.save_context(record=indicator)

    steps: dict[str, Callable[[], Any]] = {
        "printed": lambda: actions.set_actual(**in_place, route=Route.PUBLISHED_SOURCE, **figure),
        "approved": lambda: actions.set_actual(**in_place, route=Route.GRID, by=found.staff, **figure),
        "baseline": lambda: actions.set_baseline(series=series, **figure),
        "target": revise,
        "propose": propose_and_decide,
        "no actual": lambda: remove(Actual),
        "no target": lambda: remove(Target),
        "no baseline": lambda: remove(Baseline),
        "publish": publish,
        "indicator": alter_indicator,
    }
    try:
        with transaction.atomic():
            steps[step]()
    except (ValidationError, ProtectedError):
        pass


STEPS = ("printed", "approved", "approved", "baseline", "target", "propose", "no actual", "no target", "no baseline")
writes = st.lists(
    st.tuples(
        st.sampled_from([*STEPS, "publish", "publish", "indicator"]), st.integers(0, 19), st.integers(0, 2), figures
    ),
    min_size=4,
    max_size=16,
)


@given(steps=writes)
@settings(max_examples=EXAMPLES)
def test_any_sequence_of_writes_leaves_nothing_to_rebuild(
    found: World, steps: list[tuple[str, int, int, dict[str, Any]]]
) -> None:
    with transaction.atomic():
        with change(door=Door.COMMAND, reason="property"):
            actions.rebuild_results()
            for step, series, period, figure in steps:
                write(found, step, found.series[series], found.periods[period], figure)
                assert [str(each) for each in actions.check_results()] == [], step
        holds_for_all_rows()
        transaction.set_rollback(True)


def holds_for_all_rows() -> None:
    rows = list(Result.objects.select_related("actual_record", "series"))
    # One latest row for each scope and breakdown, and exactly one among those that the public sees.
    groups = Counter()
    latest = Counter()
    for row in rows:
        scope = row.key.replace(f"/{row.period.slug}", "").removesuffix("/computed").removesuffix("/awaited")
        groups[scope] += row.is_public
        latest[scope] += row.is_latest
    assert set(latest.values()) <= {1}
    assert all(latest[scope] == 1 for scope, number in groups.items() if number)
    totals = {row.row_key for row in rows if not row.breakdown_key}
    assert all(row.is_row == (not row.breakdown_key or row.row_key not in totals) for row in rows)
    for row in rows:
        if row.actual_record is not None and not row.is_suppressed:
            assert row.actual == row.actual_record.value
            assert row.is_not_applicable == row.actual_record.is_not_applicable
        if row.is_public and row.actual_record is not None:
            assert row.actual_record.route == Route.PUBLISHED_SOURCE or row.period.state == PeriodState.PUBLISHED
        if row.status in ("not_reported", "not_applicable", "suppressed"):
            assert (row.achievement, row.progress) == (None, None)
        assert row.coverage_reported <= row.coverage_expected
    # What is only proposed is nowhere in the results.
    proposed = Submission.objects.exclude(state=SubmissionState.APPROVED)
    assert not Result.objects.filter(actual_record__submissions__in=proposed).exists()
