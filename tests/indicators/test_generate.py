"""Periods, targets and series that are made many at once."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from accounts.actions import change
from accounts.choices import Door
from accounts.models import Change
from indicators.actions import check_results, rebuild_results
from indicators.actions.generate import (
    Plan,
    generate_periods,
    generate_series,
    generate_targets,
    names_of,
    plan_periods,
    plan_series,
    plan_targets,
)
from indicators.choices import Frequency, ReporterOf, TargetManner
from indicators.models import Breakdown, ReportingPeriod, Series, Target
from indicators.rules.calendar import Span, spans, spread
from tests import factories


def days(first: str, last: str) -> Span:
    return Span(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("rhythm", "year_starts", "found"),
    [
        (Frequency.YEARLY, 1, ["2024-02-15 2024-12-31", "2025-01-01 2025-04-30"]),
        (Frequency.YEARLY, 4, ["2024-02-15 2024-03-31", "2024-04-01 2025-03-31", "2025-04-01 2025-04-30"]),
        (Frequency.HALF_YEARLY, 1, ["2024-02-15 2024-06-30", "2024-07-01 2024-12-31", "2025-01-01 2025-04-30"]),
        (
            Frequency.HALF_YEARLY,
            4,
            ["2024-02-15 2024-03-31", "2024-04-01 2024-09-30", "2024-10-01 2025-03-31", "2025-04-01 2025-04-30"],
        ),
        (
            Frequency.QUARTERLY,
            1,
            [
                "2024-02-15 2024-03-31",
                "2024-04-01 2024-06-30",
                "2024-07-01 2024-09-30",
                "2024-10-01 2024-12-31",
                "2025-01-01 2025-03-31",
                "2025-04-01 2025-04-30",
            ],
        ),
    ],
)
def test_spans_follow_the_calendar_and_are_cut_to_the_days_asked_for(
    rhythm: Frequency, year_starts: int, found: list[str]
) -> None:
    made = spans(first=date(2024, 2, 15), last=date(2025, 4, 30), rhythm=rhythm, year_starts=year_starts)
    assert [f"{each.starts_on} {each.ends_on}" for each in made] == found


@pytest.mark.parametrize(
    ("span", "names"),
    [
        (days("2024-01-01", "2024-12-31"), ("2024", "2024", "2024")),
        (days("2024-04-01", "2025-03-31"), ("2024–2025", "2024–2025", "2024–2025")),
        (
            days("2024-04-01", "2024-09-30"),
            ("Avril–septembre 2024", "Abril–septiembre de 2024", "April–September 2024"),
        ),
        (
            days("2024-10-01", "2025-03-31"),
            ("Octobre 2024–mars 2025", "Octubre de 2024–marzo de 2025", "October 2024–March 2025"),
        ),
        (days("2024-02-01", "2024-02-29"), ("Février 2024", "Febrero de 2024", "February 2024")),
    ],
)
def test_periods_are_called_alike_in_three_languages(span: Span, names: tuple[str, str, str]) -> None:
    assert tuple(names_of(span).values()) == names


@given(total=st.integers(0, 10**9), parts=st.integers(1, 40))
def test_a_whole_number_is_spread_evenly_and_exactly(total: int, parts: int) -> None:
    found = spread(Decimal(total), parts)
    assert sum(found) == total
    assert len(found) == parts
    assert max(found) - min(found) <= 1
    assert all(each == int(each) for each in found)


@pytest.mark.parametrize(("total", "parts"), [("1.5", 2), ("-1", 2), ("4", 0)])
def test_nothing_but_a_whole_number_is_spread(total: str, parts: int) -> None:
    with pytest.raises(ValueError, match="whole"):
        spread(Decimal(total), parts)


def values(plan: Plan) -> list[tuple[str, object]]:
    return [(str(each.period), each.value) for each in plan.new]


@pytest.mark.django_db
def test_periods_are_made_once_with_due_dates_and_what_overlaps_is_told() -> None:
    programme = factories.programme(slug="tour")
    factories.indicator(programme=programme)
    factories.period(
        programme=programme,
        starts_on=date(2025, 2, 1),
        ends_on=date(2025, 2, 28),
        **factories.three("name", "February"),
    )
    factories.period(programme=programme, kind="whole", starts_on=date(2024, 1, 1), ends_on=date(2030, 12, 31))
    order = {
        "programme": programme,
        "first": date(2024, 1, 1),
        "last": date(2025, 6, 30),
        "rhythm": Frequency.HALF_YEARLY,
        "due_after": 30,
    }
    with override("en"):
        plan = plan_periods(**order)
    assert [each.pk for each in plan.new] == [None, None]
    assert plan.refused == ["January–June 2025 overlaps with February, so it is not made."]
    with change(door=Door.ADMIN):
        assert [each.slug for each in generate_periods(**order).new] == [
            "tour-20240101-20240630",
            "tour-20240701-20241231",
        ]
        again = generate_periods(**order)
    assert (again.new, [each.name_en for each in again.existing]) == ([], ["January–June 2024", "July–December 2024"])
    made = ReportingPeriod.objects.get(slug="tour-20240701-20241231")
    assert (made.name_fr, made.due_on, made.state) == ("Juillet–décembre 2024", date(2025, 1, 30), "open")
    assert made.history.get().change == Change.objects.latest("pk")
    assert check_results() == []
    with pytest.raises(ValidationError, match="more than 120 periods"):
        plan_periods(**order | {"rhythm": Frequency.MONTHLY, "last": date(2060, 1, 1)})
    with pytest.raises(ValidationError, match="before the first"):
        plan_periods(**order | {"last": date(2020, 1, 1)})


@pytest.mark.django_db
def test_targets_are_spread_or_copied_where_that_makes_sense_and_nothing_is_overwritten() -> None:
    programme = factories.programme()
    whole = factories.period(programme=programme, kind="whole", ends_on=date(2021, 12, 31))
    one, two, three = (
        factories.period(programme=programme, starts_on=date(2020 + n, 1, 1), ends_on=date(2020 + n, 12, 31))
        for n in range(3)
    )
    closed = factories.period(
        programme=programme, state="published", starts_on=date(2019, 1, 1), ends_on=date(2019, 12, 31)
    )
    counted = factories.indicator(programme=programme, cumulation="per_period", code="COUNT")
    running = factories.indicator(programme=programme, code="RUNNING")
    bare = factories.indicator(
        programme=programme, cumulation="per_period", code="BARE", **factories.three("name", "Bare")
    )
    for indicator in (counted, running):
        factories.target(series=factories.series(indicator=indicator), period=whole, value=Decimal(100))
    with change(door=Door.COMMAND):
        rebuild_results()
    order = {
        "indicators": [counted, running, bare],
        "source": whole,
        "periods": [three, one, two, closed, whole],
        "manner": TargetManner.SPREAD,
    }
    plan = plan_targets(**order)
    assert values(plan) == [(str(one), 33), (str(two), 33), (str(three), 34)]
    assert plan.refused == [
        f"{closed} is published, so it gets no new target.",
        f"BARE · Bare has no target for {whole} to start from.",
        "RUNNING is not a whole count added up over the periods: its target cannot be spread.",
    ]
    assert Target.objects.count() == 2
    with change(door=Door.ADMIN):
        generate_targets(**order)
        again = generate_targets(**order)
        assert (len(again.new), len(again.existing)) == (0, 3)
        assert sum(each.value for each in Target.objects.filter(series__indicator=counted).exclude(period=whole)) == 100
        late = factories.period(programme=programme, starts_on=date(2023, 1, 1), ends_on=date(2023, 12, 31))
        more = plan_targets(**order | {"periods": [one, late]})
        assert [each for each in more.refused if "would not add up" in each] == [
            f"{counted.series.get()} has targets for some of these periods only: the rest would not add up."
        ]
        copied = generate_targets(
            **order | {"manner": TargetManner.COPY, "indicators": [counted, running], "periods": [one, late]}
        )
    assert values(copied) == [(str(late), 100), (str(one), 100), (str(late), 100)]
    assert [each.value for each in copied.existing] == [33]
    assert check_results() == []


@pytest.mark.django_db
def test_series_are_opened_where_projects_have_what_was_chosen() -> None:
    programme = factories.programme()
    chile, peru = factories.country("CL"), factories.country("PE")
    ours, theirs = factories.project(programme=programme), factories.project(programme=programme)
    stranger = factories.project()
    ours.countries.add(chile)
    theirs.countries.add(peru)
    lead = factories.partnership(project=ours, role="lead").partner
    factories.partnership(project=ours, role="lead", is_adopted=False)
    women = factories.breakdown("sex=women")
    sex = women.categories.get().dimension
    factories.category(dimension=sex, code="men", order=1)
    split = factories.indicator(programme=programme, code="SPLIT")
    split.dimensions.add(sex)
    plain = factories.indicator(programme=programme, code="PLAIN", **factories.three("name", "Plain"))
    order = {
        "indicators": [split, plain],
        "projects": [ours, theirs, stranger],
        "countries": [chile, peru],
        "dimension": sex,
        "reporter": ReporterOf.LEAD,
    }
    plan = plan_series(**order)
    assert plan.refused == [f"PLAIN · Plain is not broken down by {sex}: add that to the indicator first."]
    assert not Breakdown.objects.filter(key="sex=men").exists()
    found = [(each.project, each.country, each.breakdown.key, each.reporter) for each in plan.new]
    assert found == [
        (project, country, key, reporter)
        for project, country, reporter in ((ours, chile, lead), (theirs, peru, None))
        for key in ("", "sex=women", "sex=men")
    ]
    factories.series(indicator=split, project=ours, country=chile, breakdown=women)
    with change(door=Door.ADMIN):
        made = generate_series(**order)
        assert (len(made.new), len(made.existing)) == (5, 1)
        again = generate_series(**order)
        assert (len(again.new), len(again.existing)) == (0, 6)
        # The programme's own, without any scope.
        assert len(generate_series(indicators=[plain]).new) == 1
    assert Series.objects.filter(is_expected=True).count() == 7
    assert check_results() == []
    alone = factories.indicator(project=ours, code="OWN", **factories.three("name", "Own"))
    assert [each.project for each in plan_series(indicators=[alone], projects=[ours, theirs]).new] == [ours]
    assert plan_series(indicators=[alone], projects=[theirs]).refused == [
        "OWN · Own: none of what was chosen lies in its programme or project."
    ]
