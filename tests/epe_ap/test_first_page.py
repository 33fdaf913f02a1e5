"""What the first page of the administration counts, for whom, and what it costs."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.actions import change
from accounts.choices import Door
from accounts.models import Change
from indicators.actions import rebuild_results
from indicators.models import Report, Result, Series, Submission
from tests import factories
from tests.admin_pages import signed_in

pytestmark = pytest.mark.django_db

INDEX = "/admin/"


class World:
    """A programme with two projects and the programme's own line; one period overdue, one due, one to come."""

    def __init__(self) -> None:
        today = timezone.localdate()
        self.programme = factories.programme(code="SECRET-B")
        self.late, self.due, self.future = (
            factories.period(
                programme=self.programme,
                starts_on=today + timedelta(days=start),
                ends_on=today + timedelta(days=start + 10),
                due_on=today + timedelta(days=start + 30),
            )
            for start in (-40, -20, 20)
        )
        factories.period(programme=self.programme, kind="whole")
        self.indicator = factories.indicator(programme=self.programme)
        self.good, self.bad = (factories.project(programme=self.programme, code=code) for code in ("A1", "Z9"))

    def line(self, project: Any, *reported: Any, key: str = "") -> Series:
        made: Series = factories.series(indicator=self.indicator, project=project, key=key)
        for period in reported:
            factories.actual(series=made, period=period)
        return made

    def rebuilt(self) -> "World":
        with change(door=Door.COMMAND):
            rebuild_results()
        return self


def test_it_counts_what_waits_and_how_far_each_project_is() -> None:
    world = World()
    now = timezone.now()
    world.line(world.good, world.late, world.due)
    world.line(world.bad, key="sex=women")
    handed_in = world.line(world.bad, world.due)
    world.line(None, world.late)
    reporter = factories.partner(acronym="INST")
    returned = factories.series(indicator=world.indicator, project=world.good, key="sex=men", reporter=reporter)
    factories.submission(
        series=handed_in, period=world.late, state="submitted", submitted_at=now - timedelta(days=20), is_confirmed=True
    )
    factories.submission(series=returned, period=world.due, state="returned")
    report = factories.report(project=world.good, period=world.due)
    factories.intake(report=report, answer="disputed", answered_at=now, answer_text="No")
    factories.intake(report=report)
    factories.discrepancy(programme=world.programme, settlement="open")
    factories.discrepancy(programme=world.programme, settlement="lower")
    factories.import_made(state="applied", change=Change.objects.first())
    # Of another programme, which is shown on its own.
    factories.submission(state="submitted", submitted_at=now)
    factories.discrepancy(settlement="open")
    world.rebuilt()
    staff = signed_in()
    shown = staff.get(INDEX, {"programme": world.programme.slug})
    assert [(each.number, each.label, each.remark) for each in shown.context["waiting"]] == [
        (1, "wait for review", "the oldest since 20 days"),
        (1, "of them for two weeks or more", ""),
        (1, "unusual values that their authors keep", ""),
        (1, "returned for correction", "INST (1)"),
        (2, "figures overdue", f"the first on {world.late.due_on}"),
        (8, "figures due", f"the first on {world.due.due_on}"),
        (0, "totals whose parts do not add up", ""),
        (1, "entered on behalf and disputed", ""),
        (1, "entered on behalf, not answered yet", ""),
        (1, "where sources disagree, not settled", ""),
        (1, "imports applied in the last seven days", ""),
    ]
    for each in shown.context["waiting"]:
        listed = staff.get(each.address).context["cl"]
        assert listed.result_count == each.number, each.label
    coverage = shown.context["coverage"]
    assert list(coverage.periods) == [world.late, world.due]
    counted = [
        (project.code, [(c.reported, c.waiting, c.expected, c.is_late) for c in cells])
        for project, cells in coverage.lines
    ]
    assert counted == [
        ("A1", [(1, 0, 2, True), (1, 0, 2, False)]),
        ("Z9", [(0, 1, 2, True), (1, 0, 2, False)]),
        ("", [(1, 0, 1, False), (0, 0, 1, False)]),
    ]
    assert [(c.reported, c.waiting, c.expected) for c in coverage.totals] == [(2, 1, 5), (2, 0, 5)]
    for _line, cells in coverage.lines:
        for cell in cells:
            assert staff.get(cell.address).context["cl"].result_count == cell.missing


def test_it_shows_nobody_what_they_may_not_view() -> None:
    world = World()
    factories.submission(
        series=world.line(world.good), period=world.late, state="submitted", submitted_at=timezone.now()
    )
    world.rebuilt()
    user = factories.user(is_staff=True)
    shown = signed_in(user).get(INDEX)
    assert (shown.context.get("waiting"), shown.context.get("coverage")) == ([], None)
    assert "What waits" not in shown.content.decode()
    assert world.programme.code not in shown.content.decode()
    user.user_permissions.set(Permission.objects.filter(codename="view_intake"))
    assert [each.label for each in signed_in(user).get(INDEX).context["waiting"]] == [
        "entered on behalf and disputed",
        "entered on behalf, not answered yet",
    ]


def test_without_periods_and_with_an_unknown_programme_it_is_still_a_page() -> None:
    staff = signed_in()
    assert staff.get(INDEX).status_code == 200
    factories.period(programme=factories.programme(is_demonstration=True, code="A"))
    real = factories.period(kind="whole").programme
    assert staff.get(INDEX, {"programme": "nobody"}).context["programme"] == real
    assert [each.kind for each in staff.get(INDEX).context["coverage"].periods] == ["whole"]


def test_three_hundred_projects_cost_no_more_than_one(django_assert_num_queries: Any) -> None:
    world = World()
    world.line(world.good)
    world.rebuilt()
    row = Result.objects.filter(project=world.good, period=world.late).get()
    # What is asked about everybody's rights, and not only about a superuser's.
    user = factories.user(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    staff = signed_in(user)
    staff.get(INDEX)

    def opened() -> Any:
        with django_assert_num_queries(15):
            return staff.get(INDEX, {"programme": world.programme.slug})

    opened()
    projects = [factories.project(programme=world.programme) for _ in range(3)]
    projects += type(world.good).objects.bulk_create(
        type(world.good)(
            programme=world.programme, slug=f"X{n}", code=f"X{n}", kind=world.good.kind, title="X", language="fr"
        )
        for n in range(296)
    )
    of = row.series
    series = Series.objects.bulk_create(
        Series(indicator=of.indicator, project=project, breakdown=of.breakdown) for project in projects
    )
    rows = []
    for each in series:
        copy = (
            Result.objects.get(pk=row.pk)
            if not rows
            else type(row)(
                **{
                    field.attname: getattr(row, field.attname)
                    for field in Result._meta.concrete_fields
                    if field.name != "id"
                }
            )
        )
        copy.pk, copy.key, copy.series_id, copy.project_id = None, f"row-{each.pk}", each.pk, each.project_id
        rows.append(copy)
    Result.objects.bulk_create(rows)
    Submission.objects.bulk_create(
        Submission(series=each, period=world.late, value=1, state="submitted", submitted_at=timezone.now())
        for each in series[:9]
    )
    Report.objects.bulk_create(Report(project=project, period=world.late) for project in projects)
    coverage = opened().context["coverage"]
    assert (len(coverage.lines), coverage.number_hidden, coverage.totals[0].expected) == (20, 280, 300)
    with django_assert_num_queries(15):
        everything = staff.get(INDEX, {"programme": world.programme.slug, "projects": "all"})
    assert len(everything.context["coverage"].lines) == 300
