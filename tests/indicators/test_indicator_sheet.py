"""The figures of an indicator on its page of the administration."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.utils import translation

from accounts.actions import change
from accounts.choices import Door
from indicators.actions import rebuild_results
from indicators.admin.sheet import sheet_of
from indicators.models import Actual, Baseline, Indicator, Series, Submission, Target
from tests import factories
from tests.admin_pages import page, signed_in

pytestmark = pytest.mark.django_db


def periods(indicator: Indicator, number: int) -> list[Any]:
    return [
        factories.period(programme=indicator.programme, starts_on=date(2000 + n, 1, 1), ends_on=date(2000 + n, 12, 31))
        for n in range(number)
    ]


def full_line(indicator: Indicator, period: Any) -> Series:
    """A series that has everything."""
    project = factories.project(programme=indicator.programme)
    series: Series = factories.series(
        indicator=indicator, project=project, country=factories.country(), partner=factories.partner()
    )
    factories.baseline(series=series, value=Decimal(3))
    first = factories.target(series=series, period=period, value=Decimal(70), is_current=False)
    factories.target(
        series=series, period=period, value=Decimal(80), revision=2, replaces=first, reason="A fifth school joined"
    )
    actual = factories.actual(series=series, period=period, value=Decimal(0))
    proposal = factories.submission(series=series, period=period, value=Decimal(81), state="submitted")
    factories.evidence(submission=proposal, title="Attendance list")
    factories.discrepancy(settlement="open").citations.add(factories.citation(actual=actual, printed_value="zéro"))
    return series


def test_it_shows_each_figure_with_its_page_and_marks_what_is_proposed() -> None:
    indicator = factories.indicator()
    period, _other = periods(indicator, 2)
    series = full_line(indicator, period)
    bare = factories.series(indicator=indicator, key="sex=women", is_expected=False)
    full_line(factories.indicator(programme=indicator.programme), period)
    with change(door=Door.COMMAND):
        rebuild_results()
    sheet = sheet_of(indicator)
    assert [line.series for line in sheet.lines] == [bare, series]
    [line] = [line for line in sheet.lines if line.series == series]
    cell, empty = line.cells
    assert line.stated_baseline == "3"
    assert (cell.stated_target, cell.stated_actual, cell.stated_proposal) == ("80", "0", "81")
    assert [said for _target, said in cell.stated_earlier] == ["70"]
    assert (cell.status, empty.status) == ("regressed", "not_reported")
    assert [each.title for each in sheet.evidence] == ["Attendance list"]
    assert [each.printed_value for each in sheet.citations] == ["zéro"]
    assert len(sheet.discrepancies) == 1
    shown = signed_in().get(page(Indicator, "change", indicator.pk)).content.decode()
    for record in (
        series.baseline,
        *series.targets.all(),
        *series.actuals.all(),
        *series.submissions.all(),
        *series.submissions.get().evidence.all(),
        bare,
    ):
        assert f'href="{page(type(record), "change", record.pk)}"' in shown
    assert '<li class="draft"><span class="quiet">submitted</span>' in shown
    assert "zéro" in shown


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"value": Decimal("0")}, "0"),
        ({"value": Decimal("1234.5000"), "qualifier": "at_least"}, "at least 1234.5"),
        ({"value": None, "numerator": Decimal(110), "denominator": Decimal(200)}, "110/200"),
        ({"value": None, "share": Decimal("43.0000")}, "43 %"),
        ({"value": None, "is_not_applicable": True}, "n/a"),
        ({"value": None, **factories.three("text", "x" * 80)}, "x" * 57 + "…"),
    ],
)
def test_a_figure_is_said_in_few_characters(fields: dict[str, Any], said: str) -> None:
    actual = factories.actual(**fields)
    factories.period(programme=actual.period.programme, kind="whole")
    with translation.override("en"):
        assert sheet_of(actual.series.indicator).lines[0].cells[0].stated_actual == said


def test_a_common_indicator_is_paged_and_costs_the_same(django_assert_num_queries: Any) -> None:
    indicator = factories.indicator()
    [*_earlier, period] = periods(indicator, 9)
    full_line(indicator, period)
    staff = signed_in()
    url = page(Indicator, "change", indicator.pk)
    staff.get(url)

    def opened(**asked: Any) -> Any:
        with django_assert_num_queries(20):
            return staff.get(url, asked).context["sheet"]

    opened()
    full_line(indicator, period)
    full_line(indicator, period)
    breakdown = factories.breakdown()
    projects = [factories.project(programme=indicator.programme) for _ in range(30)]
    series = Series.objects.bulk_create(
        Series(indicator=indicator, project=project, breakdown=breakdown) for project in projects
    )
    for model, fields in ((Target, {}), (Actual, {"route": "published_source"}), (Submission, {})):
        model.objects.bulk_create(model(series=each, period=period, value=5, **fields) for each in series)
    Baseline.objects.bulk_create(Baseline(series=each, value=1) for each in series)
    sheet = opened()
    assert (len(sheet.lines), sheet.page.paginator.count, len(sheet.periods)) == (25, 33, 6)
    assert sheet.number_of_earlier_periods == 3
    assert len(opened(lines="2").lines) == 8
    # Nonsense shows the first page, a number beyond the last one the last.
    assert [opened(lines=asked).page.number for asked in ("x", "-1", "99")] == [1, 1, 2]


def test_without_the_right_to_see_figures_there_are_none() -> None:
    indicator = factories.actual().series.indicator
    user = factories.user(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_indicator"))
    assert "sheet" not in signed_in(user).get(page(Indicator, "change", indicator.pk)).context
