"""Importing figures: the rules that each alone would have, and the results that follow in the same transaction."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission

from accounts.actions.imports import Refused, apply, keep, preview
from accounts.actions.previews import Preview
from accounts.actions.undoing import undo
from accounts.models import Import, User
from accounts.resources import RecordResource
from indicators import actions
from indicators.models import Actual, ReportingPeriod, Result, Series, Target
from tests import factories as make
from tests.accounts.kinds import ActualRows, TargetRows
from tests.accounts.test_imports import Sheet

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

HEADINGS = ("indicator", "project", "breakdown", "period", "value")


@pytest.fixture
def period() -> ReportingPeriod:
    return make.period(slug="half-1")


@pytest.fixture
def series(period: ReportingPeriod) -> Series:
    return make.series(indicator=make.indicator(programme=period.programme, slug="people"))


def person(*codenames: str) -> User:
    made = make.user(is_staff=True)
    writing = ("add_actual", "change_actual", "add_target", "change_target")
    made.user_permissions.add(*Permission.objects.filter(codename__in=(*writing, *codenames)))
    return User.objects.get(pk=made.pk)


def sheet(*rows: tuple[object, ...], more: tuple[str, ...] = ()) -> Sheet:
    return Sheet([(*HEADINGS, *more), *(("people", "", "", "half-1", *row) for row in rows)], name="Figures")


def looked(kind: type[RecordResource], table: Sheet, by: User) -> tuple[Preview, list[str]]:
    seen = preview(resource=kind(by=by), sheet=table)
    return seen, [problem.rule for problem in seen.problems]


def applied(kind: type[RecordResource], table: Sheet, by: User, **options: Any) -> Import:
    seen, problems = looked(kind, table, by)
    assert problems == []
    record = keep(resource=kind(by=by), preview=seen, name="f", content=b"", content_type="", by=by)
    return apply(record=record, resource=kind(by=by), sheet=table, by=by, **options)


def test_what_a_source_states_is_written_with_its_results(series: Series, period: ReportingPeriod) -> None:
    by = person()
    table = sheet(("12", "published_source"), more=("route",))
    applied(ActualRows, table, by)
    actual = Actual.objects.get()
    assert (actual.value, actual.route, actual.approved_at, actual.approved_by) == (12, "published_source", None, None)
    assert (Result.objects.for_staff().get().actual, actions.check_results()) == (12, [])
    assert looked(ActualRows, table, by)[0].writes == 0


def test_anything_else_is_an_approval_by_a_reviewer_who_says_why(series: Series, period: ReportingPeriod) -> None:
    table = sheet(("12",))
    assert looked(ActualRows, table, person())[1] == [
        "This figure is approved from a report: enter it in the project's report, or ask a monitoring specialist."
    ]
    reviewer = person("review_submission")
    with pytest.raises(Refused, match="say why"):
        applied(ActualRows, table, reviewer)
    assert not Actual.objects.exists()
    applied(ActualRows, table, reviewer, reason="The annual survey")
    actual = Actual.objects.get()
    assert (actual.route, actual.approved_by, actual.approved_at is not None) == ("import", reviewer, True)


def test_a_closed_period_takes_its_own_right_and_keeps_the_value_first_published(
    series: Series, period: ReportingPeriod
) -> None:
    make.actual(series=series, period=period, value=Decimal(10))
    ReportingPeriod.objects.update(state="published")
    table = sheet(("12",))
    assert looked(ActualRows, table, person("review_submission"))[1] == [
        "The period is closed: a monitoring specialist corrects its figures, with a reason."
    ]
    specialist = person("correct_reportingperiod")
    with pytest.raises(Refused, match="say why"):
        applied(ActualRows, table, specialist)
    record = applied(ActualRows, table, specialist, reason="A typing error")
    actual = Actual.objects.get()
    assert (actual.value, actual.first_published_value) == (12, 10)
    undo(record=record, resource=ActualRows(by=specialist), by=specialist, reason="It was right")
    actual = Actual.objects.get()
    # The public saw the other value meanwhile: the first one stays on record.
    assert (actual.value, actual.first_published_value, Result.objects.for_staff().get().actual) == (10, 10, 10)


def test_another_target_is_a_revision_with_its_day_and_reason(series: Series, period: ReportingPeriod) -> None:
    by = person()
    applied(TargetRows, sheet(("100",)), by)
    assert looked(TargetRows, sheet(("80",)), by)[1] == [
        "This changes a target that is in force: say why it is revised. "
        "(column “reason”, which the file does not have)",
        "Say from which day the revised target counts. (column “valid_from”, which the file does not have)",
    ]
    table = sheet(("80", "Fewer institutions", "2020-07-01"), more=("reason", "valid_from"))
    record = applied(TargetRows, table, by)
    fields = ("revision", "value", "is_current", "replaces__revision", "reason", "valid_from")
    assert list(Target.objects.order_by("revision").values_list(*fields)) == [
        (1, Decimal(100), False, None, "", None),
        (2, Decimal(80), True, 1, "Fewer institutions", date(2020, 7, 1)),
    ]
    assert Result.objects.for_staff().get().target == 80
    assert looked(TargetRows, table, by)[0].writes == 0
    undo(record=record, resource=TargetRows(by=by), by=by, reason="Not decided yet")
    assert list(Target.objects.values_list("revision", "value", "is_current")) == [(1, Decimal(100), True)]
    assert (Result.objects.for_staff().get().target, actions.check_results()) == (100, [])


def test_an_import_of_figures_is_not_taken_back_once_a_report_rests_on_one(
    series: Series, period: ReportingPeriod
) -> None:
    by = person("review_submission")
    record = applied(ActualRows, sheet(("12",)), by, reason="Survey")
    make.submission(series=series, period=period, actual=Actual.objects.get(), state="approved")
    with pytest.raises(Refused, match="Other records rest on what it brought"):
        undo(record=record, resource=ActualRows(by=by), by=by, reason="Wrong")
    assert Actual.objects.get().value == 12


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("1234567890123456", None),
        ("-3", "A count is zero or more."),
        ("1.5", "This indicator counts whole numbers."),
    ],
)
def test_each_rule_of_figures_is_said_beside_its_cell(
    series: Series, period: ReportingPeriod, value: str, rule: str | None
) -> None:
    seen, rules = looked(ActualRows, sheet((value, "published_source"), more=("route",)), person())
    assert [(each.sheet, each.cell, each.written) for each in seen.problems] == [("Figures", "E2", value)]
    # How long a number may be is said by whoever reads it.
    assert rules == [rule or rules[0]]


def test_a_series_that_does_not_exist_is_named(series: Series, period: ReportingPeriod) -> None:
    make.project(slug="B08", programme=period.programme)
    table = Sheet([HEADINGS, ("people", "B08", "", "half-1", "3"), ("people", "", "sex=women", "half-1", "3")])
    assert looked(ActualRows, table, person("review_submission"))[1] == [
        "No series has these: indicator, project, breakdown.",
        "Nothing in “breakdowns” has this code or name.",
    ]


def test_queries_do_not_grow_with_the_rows(period: ReportingPeriod, django_assert_max_num_queries: Any) -> None:
    by = person("review_submission")
    for number in (1, 4):
        table: list[tuple[object, ...]] = [HEADINGS]
        for place in range(number):
            indicator = make.indicator(programme=period.programme, slug=f"i-{number}-{place}")
            series = make.series(indicator=indicator)
            make.actual(series=series, period=period, value=Decimal(1))
            table.append((indicator.slug, "", "", "half-1", "3"))
        with django_assert_max_num_queries(75):
            applied(ActualRows, Sheet(table), by, reason="Survey")
