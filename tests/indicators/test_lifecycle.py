"""Indicators that are copied, retired and replaced."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts.actions import change
from accounts.choices import Door
from indicators.actions import check_results, rebuild_results
from indicators.actions.lifecycle import duplicate_indicator, replace_indicator, retire_indicator
from indicators.models import Actual, Baseline, Indicator, Result, Series, Target
from tests import factories

# Their sentences are read in English, whatever ran before.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

END = date(2020, 6, 30)


@pytest.fixture
def indicator() -> Indicator:
    """With two series that hold everything, published and in the first rank."""
    made: Indicator = factories.indicator(headline_rank=1, active_from=date(2016, 1, 1), code="OLD")
    made.themes.add(factories.theme(programme=made.programme))
    made.dimensions.add(factories.dimension())
    period = factories.period(programme=made.programme)
    for key in ("", "sex=women"):
        series = factories.series(indicator=made, key=key, reporter=factories.partner(), is_expected=not key)
        factories.baseline(series=series)
        factories.actual(series=series, period=period)
        old = factories.target(series=series, period=period, is_current=False, value=Decimal(70))
        factories.target(series=series, period=period, revision=2, replaces=old, reason="More", value=Decimal(80))
    with change(door=Door.COMMAND):
        rebuild_results()
    return made


@pytest.mark.parametrize(
    ("with_series", "with_targets", "series", "targets"), [(0, 0, 0, 0), (1, 0, 2, 0), (1, 1, 2, 2)]
)
def test_a_copy_is_defined_alike_and_measures_nothing_yet(
    indicator: Indicator, with_series: int, with_targets: int, series: int, targets: int
) -> None:
    with change(door=Door.ADMIN):
        copy = duplicate_indicator(
            indicator=indicator, code="NEW", slug="new", with_series=bool(with_series), with_targets=bool(with_targets)
        )
    assert (copy.code, copy.slug, copy.name_fr, copy.is_public) == ("NEW", "new", indicator.name_fr, False)
    assert (copy.headline_rank, copy.active_from, copy.replaced_by) == (None, None, None)
    assert list(copy.themes.all()) == list(indicator.themes.all())
    assert list(copy.dimensions.all()) == list(indicator.dimensions.all())
    own = Series.objects.filter(indicator=copy).order_by("pk")
    scope = ("project", "country", "breakdown", "reporter", "is_expected")
    assert list(own.values_list(*scope)) == list(indicator.series.order_by("pk").values_list(*scope))[:series]
    made = Target.objects.filter(series__in=own)
    assert list(made.values_list("value", "revision", "is_current", "replaces")) == [(80, 1, True, None)] * targets
    assert not Actual.objects.filter(series__in=own).exists()
    assert not Baseline.objects.filter(series__in=own).exists()
    assert check_results() == []


def test_a_copy_needs_a_name_of_its_own_and_nothing_is_left_of_a_refused_one(indicator: Indicator) -> None:
    for code, slug, sentence in (
        ("OLD", "new", "already has an indicator with this code"),
        ("NEW", indicator.slug, "slug"),
    ):
        with change(door=Door.ADMIN), pytest.raises(ValidationError, match=sentence):
            duplicate_indicator(indicator=indicator, code=code, slug=slug)
    with change(door=Door.ADMIN), pytest.raises(ValidationError, match="copy the series, too"):
        duplicate_indicator(indicator=indicator, code="NEW", slug="new", with_series=False, with_targets=True)
    assert (Indicator.objects.count(), Series.objects.count()) == (1, 2)


def test_a_retired_indicator_awaits_nothing_after_its_day_and_keeps_its_figures(indicator: Indicator) -> None:
    with change(door=Door.ADMIN, reason="Measured otherwise"):
        later = factories.period(programme=indicator.programme, starts_on=date(2021, 1, 1), ends_on=date(2021, 12, 31))
        rebuild_results()
        assert Result.objects.filter(period=later).count() == 1
        retired = retire_indicator(indicator=indicator, on=END)
        assert not Result.objects.filter(period=later).exists()
        with pytest.raises(ValidationError, match="since 2020-06-30"):
            retire_indicator(indicator=indicator, on=date(2022, 1, 1))
        retire_indicator(indicator=indicator, on=date(2020, 1, 31))
    assert (retired.active_to, Actual.objects.count()) == (END, 2)
    with change(door=Door.ADMIN), pytest.raises(ValidationError, match="Say why"):
        retire_indicator(indicator=indicator, on=END)
    with change(door=Door.ADMIN, reason="Why"), pytest.raises(ValidationError, match="end lies before the start"):
        retire_indicator(indicator=indicator, on=date(2000, 1, 1))
    assert check_results() == []


def test_a_replaced_indicator_ends_where_the_other_begins(indicator: Indicator) -> None:
    later = factories.indicator(programme=indicator.programme)
    with change(door=Door.ADMIN, reason="A better definition"):
        earlier = replace_indicator(indicator=indicator, by=later, on=END)
        later.refresh_from_db()
        assert (earlier.replaced_by, earlier.active_to, later.active_from) == (later, END, date(2020, 7, 1))
        assert earlier.contributes_to is None
        for one, other, sentence in (
            (earlier, factories.indicator(programme=indicator.programme), "already"),
            (later, earlier, "follow each other"),
            (later, later, "by itself"),
            (later, factories.indicator(), "same programme"),
        ):
            with pytest.raises(ValidationError, match=sentence):
                replace_indicator(indicator=one, by=other, on=END)
    assert Actual.objects.filter(series__indicator=earlier).count() == 2
    assert check_results() == []
    with change(door=Door.ADMIN), pytest.raises(ValidationError, match="Say why"):
        replace_indicator(indicator=later, by=factories.indicator(programme=indicator.programme), on=END)
