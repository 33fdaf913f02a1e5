"""The measurement framework's workbook as the door of new series, and the day from which a new indicator counts."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions import change
from accounts.choices import Door
from accounts.models import Import
from accounts.roles import SPECIALISTS
from indicators.actions import check_results, rebuild_results
from indicators.models import Breakdown, Indicator, Series, Target
from tests import factories as make
from tests.dashboards.test_new_indicators import changed, look, with_row
from tests.pages import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    """A programme with an indicator by sex, one without any series, and one of a project without any either."""
    programme = make.programme(slug="pmf")
    make.period(programme=programme, slug="h1")
    result = make.expected_result(programme=programme, code="1000")
    project = make.project(programme=programme, slug="B05", code="B05")
    other = make.project(programme=programme, slug="B06", code="B06")
    make.country("PE", name_fr="Pérou", name_es="Perú", name_en="Peru")
    make.partnership(project=project, partner=make.partner(slug="duoc", name="Duoc UC"))
    for name in ("women", "men"):
        make.breakdown(f"sex={name}")
    make.breakdown("age=young")
    first = make.indicator(programme=programme, code="A1", slug="a1", expected_result=result)
    first.dimensions.add(Breakdown.objects.get(key="sex=women").categories.get().dimension)
    make.series(indicator=first)
    make.indicator(programme=programme, code="A2", slug="a2", expected_result=result)
    make.indicator(programme=programme, code="A3", slug="a3", expected_result=result, project=other)
    rebuild_results()
    client.force_login(make.staff(SPECIALISTS))
    return client


def row_of(code: str, **cells: Any) -> Callable[[Any, dict[str, int]], None]:
    """Write these cells into the row of an indicator."""

    def alter(sheet: Any, columns: dict[str, int]) -> None:
        row = next(row for row in range(5, sheet.max_row + 1) if sheet.cell(row, columns["code"]).value == code)
        for name, value in cells.items():
            sheet.cell(row, columns[name.replace("_h1", ":h1")]).value = value

    return alter


def another(client: Client, code: str, scope: str, **cells: Any) -> bytes:
    """A row of its own for a part or a place of an indicator."""
    empty = dict.fromkeys(("indicator", "unit", "family", "unit_of_analysis"))
    return with_row(client, below="a1|", **{**empty, "code": code, "scope": scope, **cells})


@pytest.mark.parametrize(
    ("code", "project", "said"), [("A2", None, "the total (A2)"), ("A3", "B06", "B06 (A3)")], ids=["common", "project"]
)
def test_a_target_opens_the_series_of_an_indicator_that_has_none(staff, code, project, said):
    content = changed(staff, row_of(code, target_h1=40, baseline=5))
    where, page = look(staff, content)
    assert "0 new rows, 1 changed, 2 unchanged, 0 refused" in page
    assert f"A series is opened for {said}." in page
    assert Series.objects.filter(indicator__code=code).count() == 0

    staff.post(where, {"action": "apply"})

    series = Series.objects.get(indicator__code=code)
    assert (series.breakdown.key, series.project and series.project.code, series.is_expected) == ("", project, True)
    assert (series.baseline.value, series.targets.get().value) == (5, 40)
    assert check_results() == []
    assert "there is nothing to save" in look(staff, content)[1]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("Women", ("sex=women", None, None, None)),
        ("sex=men", ("sex=men", None, None, None)),
        ("b05", ("", "B05", None, None)),
        ("pérou", ("", None, "PE", None)),
        ("PE", ("", None, "PE", None)),
        ("Duoc UC", ("", None, None, "duoc")),
        ("B05 · Peru", ("", "B05", "PE", None)),
        ("duoc; B05", ("", "B05", None, "duoc")),
    ],
)
def test_a_row_of_its_own_opens_the_series_of_a_part_or_place(staff, scope, expected):
    content = another(staff, "A1", scope, target_h1=30)
    where, page = look(staff, content)
    assert "1 new row, 0 changed, 3 unchanged, 0 refused" in page
    assert "A series is opened for" in page
    assert Series.objects.filter(indicator__code="A1").count() == 1

    staff.post(where, {"action": "apply"})

    made = Series.objects.exclude(breakdown__key="", project=None, country=None, partner=None).get()
    keys = (made.project and made.project.slug, made.country and made.country.code, made.partner and made.partner.slug)
    assert (made.breakdown.key, *keys) == expected
    assert made.targets.get().value == 30
    assert check_results() == []


def test_a_row_that_opened_a_series_stays_its_row_until_it_is_undone(staff):
    content = another(staff, "A1", "B05 · Peru", target_h1=30)
    staff.post(look(staff, content)[0], {"action": "apply"})

    assert "there is nothing to save" in look(staff, content)[1]
    # It has a row from now on.
    assert "there is nothing to save" in look(staff, changed(staff))[1]
    assert Import.objects.order_by("-pk").first().rows_unchanged == 4

    undo = f"/en/workspace/imports/{Import.objects.get(state='applied').pk}/undo/"
    assert "The import was undone" in words(staff.post(undo, {"reason": "Too early"}, follow=True))
    assert (Series.objects.count(), Target.objects.count()) == (1, 0)
    assert check_results() == []


def test_a_copied_row_with_another_scope_is_a_row_of_its_own(staff):
    def copy(sheet: Any, columns: dict[str, int]) -> None:
        last = sheet.max_row + 1
        for column in range(1, sheet.max_column + 1):
            sheet.cell(last, column).value = sheet.cell(6, column).value
        sheet.cell(last, columns["scope"]).value = "women"
        sheet.cell(last, columns["target:h1"]).value = 12

    where, page = look(staff, changed(staff, copy))
    assert "1 new row, 0 changed, 3 unchanged, 0 refused" in page
    staff.post(where, {"action": "apply"})
    assert Target.objects.get().series.breakdown.key == "sex=women"


@pytest.mark.parametrize(
    ("code", "scope", "cells", "sentence"),
    [
        ("A1", "Kenya", {"target_h1": 1}, "Nothing here is called “Kenya”"),
        ("A1", "young", {"target_h1": 1}, "A1 is not broken down by Age"),
        ("A2", "women", {"target_h1": 1}, "A2 is not broken down by Sex"),
        ("A1", "B05 · B06", {"target_h1": 1}, "“B05” and “B06” cannot both be meant"),
        ("A1", "women · men", {"target_h1": 1}, "“women” and “men” cannot both be meant"),
        ("A1", "B05 · women", {"target_h1": 1}, "Parts stand below the total of the indicator alone"),
        ("A3", "B05", {"target_h1": 1}, "its series must name that project"),
        ("A1", "women", {}, "Write a baseline or a target"),
    ],
)
def test_what_opens_no_series_is_refused_with_the_way_out(staff, code, scope, cells, sentence):
    where, page = look(staff, another(staff, code, scope, **cells))

    assert (sentence in page, "1 refused" in page) == (True, True)
    staff.post(where, {"action": "apply_good"})
    assert (Series.objects.count(), Target.objects.count()) == (1, 0)


def test_only_those_who_may_open_series_do(staff):
    content = changed(staff, row_of("A2", target_h1=40))
    staff.force_login(make.permitted("indicators.view_indicator", "indicators.change_indicator"))
    assert "This indicator has no series yet, and your account may not open one" in look(staff, content)[1]


class Times:
    """Periods around today: a year ago and closed, overdue but open, due soon, and to come."""

    def __init__(self) -> None:
        self.programme = Indicator.objects.get(code="A1").programme
        self.keep()
        self.today = timezone.localdate()
        for slug, first, days, state in (
            ("closed", -400, 99, "locked"),
            ("overdue", -300, 99, "open"),
            ("soon", -120, 119, "open"),
            ("later", 0, 99, "open"),
        ):
            starts_on = self.today + timedelta(days=first)
            ends_on = starts_on + timedelta(days=days)
            make.period(programme=self.programme, slug=slug, starts_on=starts_on, ends_on=ends_on, due_on=ends_on + timedelta(days=30), state=state)  # fmt: skip
        make.period(programme=self.programme, slug="whole", kind="whole", starts_on=date(2015, 1, 1))

    def keep(self, *slugs: str) -> None:
        with change(door=Door.COMMAND, reason="test"):
            self.programme.reporting_periods.exclude(slug__in=slugs).delete()

    def starts(self, slug: str) -> date:
        return self.programme.reporting_periods.get(slug=slug).starts_on


@pytest.mark.parametrize(
    ("target", "closed", "expected"),
    [
        pytest.param("", [], "soon", id="the first that is in time"),
        pytest.param("later", [], "soon", id="whatever its target"),
        pytest.param("overdue", [], "overdue", id="an earlier one that it has a target for"),
        pytest.param("whole", [], "soon", id="the whole programme is no period of its own"),
        pytest.param("", ["soon"], "later", id="none that is closed"),
    ],
)
def test_a_new_indicator_counts_from_the_first_period_that_can_still_be_reported(staff, target, closed, expected):
    times = Times()
    times.programme.reporting_periods.filter(slug__in=closed).update(state="published")
    cells = {f"target:{target}": 5} if target else {}

    where, _page = look(staff, with_row(staff, below="a1|", **cells))

    wanted = times.starts(expected)
    told = rf"Active from [A-Z]+[0-9]+ nothing {wanted:%B} {wanted.day}, {wanted.year} "
    assert re.search(told, words(staff.get(where)))
    staff.post(where, {"action": "apply"})
    made = Indicator.objects.get(code="B 1")
    assert made.active_from == wanted
    missing = [period.slug for period in times.programme.reporting_periods.order_by("starts_on") if Series.objects.expected_in(period).filter(indicator=made).exists()]  # fmt: skip
    assert missing[0] == expected


def test_after_the_last_period_nothing_is_missing_of_a_new_indicator(staff):
    times = Times()
    times.keep("closed", "overdue")

    where, _page = look(staff, with_row(staff, below="a1|"))
    staff.post(where, {"action": "apply"})

    last = times.programme.reporting_periods.get(slug="overdue").ends_on
    assert Indicator.objects.get(code="B 1").active_from == last + timedelta(days=1)
