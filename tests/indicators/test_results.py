"""The table of results: one row per series and period, the totals that figures make, what is withheld and public."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.actions import change
from indicators.actions import check_results, rebuild_results, refresh_results
from indicators.models import Actual, Indicator, ReportingPeriod, Result, Series
from indicators.rules import RULES_VERSION
from partners.models import Country
from projects.models import Programme, Project
from tests import factories as make

pytestmark = pytest.mark.django_db


@dataclass
class World:
    """A programme of two countries with three half-years and the whole, and one indicator of people trained."""

    programme: Programme = field(default_factory=make.programme)
    chile: Country = field(default_factory=lambda: make.country("CL"))
    peru: Country = field(default_factory=lambda: make.country("PE"))
    halves: list[ReportingPeriod] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.halves = [
            make.period(
                programme=self.programme,
                slug=f"half-{number}",
                starts_on=starts,
                ends_on=ends,
                due_on=date(ends.year + 1, 2, 1),
                state="published",
            )
            for number, starts, ends in (
                (1, date(2020, 1, 1), date(2020, 6, 30)),
                (2, date(2020, 7, 1), date(2020, 12, 31)),
                (3, date(2021, 1, 1), date(2021, 6, 30)),
            )
        ]
        self.whole = make.period(
            programme=self.programme,
            slug="whole",
            kind="whole",
            starts_on=date(2020, 1, 1),
            ends_on=date(2021, 12, 31),
            state="published",
        )
        make.breakdown("")
        for key in ("sex=women", "sex=men", "sex=other", "sex=not-stated"):
            make.breakdown(key)
        self.people = self.indicator("people")

    def indicator(self, slug: str, **fields: Any) -> Indicator:
        return make.indicator(**{"programme": self.programme, "slug": slug, "roll_up": "sum", **fields})

    def series(self, key: str = "", *, of: Indicator | None = None, **scope: Any) -> Series:
        return make.series(**{"indicator": of or self.people, "key": key, "is_expected": False, **scope})

    def project(self, slug: str, *countries: Country) -> Project:
        made = make.project(programme=self.programme, slug=slug)
        made.countries.set(countries)
        return made

    def states(self, value: Any, key: str = "", *, period: ReportingPeriod | None = None, **scope: Any) -> Series:
        """An actual of a published source, in the whole period unless said otherwise."""
        figure = {name: scope.pop(name) for name in list(scope) if name not in SERIES_FIELDS}
        found = Series.objects.filter(
            indicator=scope.get("of") or self.people,
            breakdown__key=key,
            **{part: scope.get(part) for part in ("project", "country", "partner", "forum")},
        ).first()
        series = found or self.series(key, **scope)
        stated = {"value": None if value is None else Decimal(value)} | figure
        make.actual(series=series, period=period or self.whole, **stated)
        return series


SERIES_FIELDS = ("of", "project", "country", "partner", "forum", "is_expected", "reporter")


@pytest.fixture
def world() -> World:
    return World()


def rows(*columns: str, **conditions: Any) -> list[tuple]:
    rebuild_results()
    return list(Result.objects.filter(**conditions).order_by("key").values_list(*columns))


def row(**conditions: Any) -> Result:
    rebuild_results()
    return Result.objects.get(**conditions)


def test_a_stated_figure_is_one_row(world: World) -> None:
    world.states(1349)
    assert rows("key", "origin", "actual", "status", "status_reason", "is_latest", "is_public") == [
        ("people/whole", "reported", Decimal(1349), "recorded", "target_not_stated", True, True)
    ]


def test_women_and_men_make_a_total(world: World) -> None:
    world.states(100, "sex=women", country=world.chile)
    world.states(60, "sex=men", country=world.chile)
    assert rows("key", "origin", "actual", "coverage_reported", "coverage_expected", "inputs") == [
        (
            "people/whole/country=CL/computed",
            "computed",
            Decimal(160),
            2,
            2,
            ["people/whole/country=CL/sex=men", "people/whole/country=CL/sex=women"],
        ),
        ("people/whole/country=CL/sex=men", "reported", Decimal(60), 1, 1, []),
        ("people/whole/country=CL/sex=women", "reported", Decimal(100), 1, 1, []),
    ]
    assert check_results() == []


# --- Reported rows ---------------------------------------------------------------------------------------------------


def test_zero_nothing_and_not_applicable_are_three_rows(world: World) -> None:
    for partner, figure in (("zero", {"value": Decimal(0)}), ("none", {"is_not_applicable": True, "value": None})):
        series = world.series(partner=make.partner(slug=partner))
        make.actual(series=series, period=world.whole, **figure)
        make.target(series=series, period=world.whole, value=Decimal(10))
    awaited = world.series(partner=make.partner(slug="awaited"))
    make.target(series=awaited, period=world.whole, value=Decimal(10))
    columns = ("partner__slug", "actual", "is_not_applicable", "status", "status_final", "coverage_expected")
    assert rows(*columns, origin="reported") == [
        ("awaited", None, False, "not_reported", "not_reported", 1),
        ("none", None, True, "not_applicable", "not_applicable", 0),
        ("zero", 0, False, "behind", "behind", 1),
    ]


def test_only_expected_series_wait_in_every_period_but_the_whole(world: World) -> None:
    world.series(is_expected=True)
    world.series(country=world.chile)
    assert rows("key", "status", "coverage_reported", "coverage_expected", "is_public") == [
        ("people/half-1", "not_reported", 0, 1, True),
        ("people/half-2", "not_reported", 0, 1, True),
        ("people/half-3", "not_reported", 0, 1, True),
    ]


def test_an_indicator_is_awaited_only_while_it_is_active(world: World) -> None:
    indicator = world.indicator("short", active_from=date(2020, 8, 1), active_to=date(2020, 12, 31))
    world.series(of=indicator, is_expected=True)
    assert rows("period__slug") == [("half-2",)]


def test_a_share_stays_a_share(world: World) -> None:
    world.states(1349)
    world.states(None, "sex=women", share=Decimal(43))
    assert rows("breakdown_key", "actual", "share", "status") == [
        ("", 1349, None, "recorded"),
        ("sex=women", None, 43, "recorded"),
    ]


def test_a_share_meets_a_target_that_is_a_share(world: World) -> None:
    series = world.states(None, "sex=women", share=Decimal(53))
    make.target(series=series, period=world.whole, value=None, share=Decimal(50))
    mixed = world.states(None, "sex=men", share=Decimal(47))
    make.target(series=mixed, period=world.whole, value=Decimal(100))
    assert rows("breakdown_key", "status", "status_reason", "achievement") == [
        ("sex=men", "not_measurable", "share_and_value", None),
        ("sex=women", "exceeded", "compared", None),
    ]


def test_a_percentage_given_by_its_parts_has_its_value(world: World) -> None:
    satisfied = world.indicator("satisfied", measure="percentage", is_whole=False, roll_up="weighted_mean")
    world.states(None, of=satisfied, numerator=Decimal(110), denominator=Decimal(200))
    assert rows("actual", "numerator", "denominator") == [(55, 110, 200)]


def test_the_qualifier_stays_beside_the_figure(world: World) -> None:
    series = world.states(28500000, qualifier="more_than")
    make.target(series=series, period=world.whole, value=Decimal(1000000))
    assert rows("actual", "qualifier", "status", "status_reason", "achievement") == [
        (28500000, "more_than", "exceeded", "bound_decides", 2850)
    ]


def test_a_planned_figure_is_shown_and_neither_compared_nor_added(world: World) -> None:
    series = world.states(50, qualifier="planned", country=world.chile)
    make.target(series=series, period=world.whole, value=Decimal(40))
    world.states(30, country=world.peru)
    assert rows("key", "actual", "status", "achievement") == [
        ("people/whole/computed", 30, "recorded", None),
        ("people/whole/country=CL", 50, "undecided", None),
        ("people/whole/country=PE", 30, "recorded", None),
    ]


def test_no_target_is_said_only_where_staff_confirm_it(world: World) -> None:
    world.states(5)
    world.states(5, of=world.indicator("confirmed", no_target_reason="none_set"))
    world.states(5, of=world.indicator("silent", no_target_reason="not_stated"))
    assert rows("indicator__slug", "status", "status_final") == [
        ("confirmed", "no_target", "no_target"),
        ("people", "recorded", "recorded"),
        ("silent", "recorded", "recorded"),
    ]


def test_a_contested_figure_has_its_range(world: World) -> None:
    world.states(77, is_contested=True, range_low=Decimal(77), range_high=Decimal(91))
    assert rows("is_contested", "range_low", "range_high") == [(True, 77, 91)]


def test_the_source_is_the_first_citation_of_the_adopted_figure(world: World) -> None:
    series = world.states(213)
    target = make.target(series=world.series(country=world.chile), period=world.whole)
    book = make.document(slug="book", file_name="001.txt")
    make.citation(actual=series.actuals.get(), document=book, section="Summary", printed_value="214", order=2)
    make.citation(actual=series.actuals.get(), document=book, section="Theme 3", printed_value="213 acteurs", order=1)
    make.citation(target=target, document=make.document(slug="page"), section="Web")
    columns = ("source_document", "source_section", "source_value", "number_of_sources", "has_discrepancy")
    assert rows(*columns) == [("001.txt", "Theme 3", "213 acteurs", 2, False), ("page", "Web", "", 1, False)]


@pytest.mark.parametrize("on_figure", [True, False])
def test_a_discrepancy_of_the_figure_or_of_its_citation_is_said(world: World, on_figure: bool) -> None:
    actual = world.states(213).actuals.get()
    citation = make.citation(actual=actual)
    found = make.discrepancy(programme=world.programme)
    if on_figure:
        found.actuals.add(actual)
    else:
        found.citations.add(citation)
    assert row().has_discrepancy


def test_themes_and_level_are_copied(world: World) -> None:
    ultimate = make.expected_result(programme=world.programme)
    world.people.expected_result = ultimate
    world.people.themes.set(
        [
            make.theme(programme=world.programme, code="D1", kind="dimension", number=1),
            make.theme(programme=world.programme, code="T3", number=3),
            make.theme(programme=world.programme, code="T1", number=1),
        ]
    )
    make.save(type(world.people), **{f.attname: getattr(world.people, f.attname) for f in world.people._meta.fields})
    world.states(5)
    assert rows("themes", "level") == [("T1;T3;D1", "ultimate")]


# --- Over periods ----------------------------------------------------------------------------------------------------


def test_per_period_figures_are_added_up_to_the_final_target(world: World) -> None:
    counted = world.indicator("counted", cumulation="per_period")
    series = world.series(of=counted)
    for half, value in zip(world.halves, (20, 0, 15), strict=True):
        make.actual(series=series, period=half, value=Decimal(value))
    make.target(series=series, period=world.halves[0], value=Decimal(10))
    make.target(series=series, period=world.whole, value=Decimal(40))
    columns = (
        "period__slug",
        "actual",
        "actual_to_date",
        "target",
        "target_final",
        "status",
        "status_final",
        "is_latest",
    )
    assert rows(*columns) == [
        ("half-1", 20, 20, 10, 40, "exceeded", "not_due", False),
        ("half-2", 0, 20, None, 40, "not_due", "not_due", False),
        ("half-3", 15, 35, None, 40, "not_due", "not_due", True),
        ("whole", None, 35, 40, 40, "on_track", "on_track", False),
    ]
    assert row(period=world.whole).status_reason == "cumulated"
    assert [row_.achievement for row_ in Result.objects.order_by("key")] == [200, 50, Decimal("87.5"), Decimal("87.5")]


def test_of_a_running_total_the_latest_counts(world: World) -> None:
    series = world.series()
    for half, value in zip(world.halves[::2], (40, 60), strict=True):
        make.actual(series=series, period=half, value=Decimal(value))
    make.target(series=series, period=world.halves[0], value=Decimal(50))
    assert rows("period__slug", "actual", "actual_to_date", "target", "status") == [
        ("half-1", 40, 40, 50, "behind"),
        # No target of its own: the last one that fell due still stands.
        ("half-3", 60, 60, 50, "exceeded"),
    ]


def test_the_latest_row_is_the_whole_period_when_it_has_an_actual(world: World) -> None:
    series = world.states(80)
    make.actual(series=series, period=world.halves[2], value=Decimal(70))
    assert rows("period__slug", "is_latest") == [("half-3", False), ("whole", True)]


def test_of_the_rows_that_only_wait_the_last_is_the_latest(world: World) -> None:
    world.series(is_expected=True)
    assert rows("period__slug", is_latest=True) == [("half-3",)]


# --- Totals ----------------------------------------------------------------------------------------------------------


def totals(*columns: str) -> list[tuple]:
    return rows("key", *columns, origin="computed")


def test_projects_make_the_programmes_total(world: World) -> None:
    for slug, value in (("B05", 30), ("B08", 0)):
        world.states(value, project=world.project(slug))
    assert totals("actual", "actual_to_date", "coverage_reported", "coverage_expected", "inputs") == [
        ("people/whole/computed", 30, 30, 2, 2, ["people/whole/project=B05", "people/whole/project=B08"])
    ]


def test_one_project_makes_no_total(world: World) -> None:
    world.states(30, project=world.project("B05"))
    assert totals() == []


def test_a_reported_total_is_adopted_as_reported(world: World) -> None:
    for slug in ("B05", "B08"):
        world.states(30, project=world.project(slug))
    world.states(100)
    assert totals() == []
    assert row(project=None).actual == 100


def test_parts_that_exceed_the_reported_total_are_flagged_and_not_mended(world: World) -> None:
    for slug in ("B05", "B08"):
        world.states(60, project=world.project(slug))
    world.states(100)
    assert rows("actual", "is_incomplete", project=None) == [(100, True)]


def test_countries_that_are_all_stated_must_make_the_total(world: World) -> None:
    world.programme.countries.set([world.chile, world.peru])
    world.states(40, country=world.chile)
    world.states(100)
    assert rows("is_incomplete", country=None) == [(False,)]
    world.states(50, country=world.peru)
    assert rows("is_incomplete", country=None) == [(True,)]


def test_a_project_is_added_once_though_its_countries_are_stated_too(world: World) -> None:
    both = world.project("B05", world.chile, world.peru)
    world.states(30, project=both)
    world.states(20, project=both, country=world.chile)
    world.states(10, project=both, country=world.peru)
    world.states(5, project=world.project("B08", world.chile))
    assert totals("actual", "inputs") == [
        ("people/whole/computed", 35, ["people/whole/project=B05", "people/whole/project=B08"]),
    ]


def test_grains_that_do_not_cover_make_no_total(world: World) -> None:
    world.states(30, project=world.project("B05"))
    world.states(10, country=world.chile)
    world.states(10, country=world.peru)
    assert totals() == []


def test_partners_make_their_projects_total_and_then_the_programmes(world: World) -> None:
    first, second = world.project("B05", world.chile), world.project("B08", world.peru)
    for value, project in ((10, first), (20, first), (40, second)):
        world.states(value, project=project, partner=make.partner(slug=f"partner-of-{value}"))
    assert totals("actual", "coverage_reported", "coverage_expected") == [
        ("people/whole/computed", 70, 3, 3),
        ("people/whole/country=CL/computed", 30, 2, 2),
        ("people/whole/project=B05/computed", 30, 2, 2),
    ]


def test_a_project_that_reports_itself_stands_beside_one_whose_partners_do(world: World) -> None:
    world.states(100, project=world.project("B05"))
    for value in (10, 20):
        world.states(value, project=_project(world, "B08"), partner=make.partner())
    assert totals("actual") == [
        ("people/whole/computed", 130),
        ("people/whole/project=B08/computed", 30),
    ]


def _project(world: World, slug: str) -> Project:
    return Project.objects.filter(slug=slug).first() or world.project(slug)


def test_what_is_not_reported_yet_is_in_the_coverage(world: World) -> None:
    half = world.halves[0]
    reporting = world.series(project=world.project("B05"), is_expected=True)
    world.series(project=world.project("B08"), is_expected=True)
    silent = world.series(project=world.project("B09"), is_expected=True)
    make.actual(series=silent, period=half, value=None, is_not_applicable=True)
    make.actual(
        series=reporting,
        period=half,
        value=Decimal(50),
        route="grid",
        approved_at=datetime(2020, 7, 9, 12, tzinfo=UTC),
    )
    columns = ("actual", "coverage_reported", "coverage_expected", "coverage_last_on", "approved_on")
    rebuild_results()
    found = Result.objects.filter(origin="computed", period=half).values_list(*columns)
    assert list(found) == [(50, 1, 2, date(2020, 7, 9), date(2020, 7, 9))]


def test_a_sum_of_some_is_a_lower_bound_when_it_meets_its_target(world: World) -> None:
    half = world.halves[0]
    make.target(series=world.series(), period=half, value=Decimal(60))
    make.actual(series=world.series(project=world.project("B05"), is_expected=True), period=half, value=Decimal(55))
    world.series(project=world.project("B08"), is_expected=True)
    found = row(project=None, period=half)
    assert (found.origin, found.actual, found.target, found.status) == ("computed", 55, 60, "undecided")
    assert found.status_reason == "not_all_reported"
    world.states(5, project=Project.objects.get(slug="B08"), period=half)
    assert row(project=None, period=half).status == "achieved"


def test_a_total_takes_over_the_target_that_stands_in_its_scope(world: World) -> None:
    make.target(series=world.series(), period=world.whole, value=Decimal(40), basis="stated")
    make.baseline(series=Series.objects.get(), value=Decimal(0))
    for slug in ("A07.1", "A07.2"):
        world.states(100, project=world.project(slug))
    found = row(project=None)
    assert (found.key, found.actual, found.target, found.target_basis) == ("people/whole/computed", 200, 40, "stated")
    assert (found.status, found.progress, found.series) == ("exceeded", 500, None)


def test_targets_are_added_where_every_part_has_one(world: World) -> None:
    for slug in ("A07.1", "A07.2"):
        series = world.states(30, project=world.project(slug))
        make.target(series=series, period=world.whole, value=Decimal(40))
    assert totals("target", "target_final", "status") == [("people/whole/computed", 80, 80, "behind")]
    world.states(30, project=world.project("A08"))
    assert totals("actual", "target", "status") == [("people/whole/computed", 90, None, "recorded")]


def test_running_totals_add_the_latest_of_each(world: World) -> None:
    first, second = (world.series(project=world.project(slug)) for slug in ("B05", "B08"))
    make.actual(series=first, period=world.halves[0], value=Decimal(40))
    make.actual(series=second, period=world.halves[1], value=Decimal(7))
    assert totals("actual", "actual_to_date", "inputs") == [
        ("people/half-2/computed", 47, 47, ["people/half-1/project=B05", "people/half-2/project=B08"])
    ]


def test_per_period_figures_add_those_of_the_period(world: World) -> None:
    counted = world.indicator("counted", cumulation="per_period")
    first, second = (world.series(of=counted, project=world.project(slug)) for slug in ("B05", "B08"))
    make.actual(series=first, period=world.halves[0], value=Decimal(40))
    make.actual(series=second, period=world.halves[0], value=Decimal(2))
    for series, value in ((first, 1), (second, 3)):
        make.actual(series=series, period=world.halves[1], value=Decimal(value))
    assert totals("actual", "actual_to_date") == [
        ("counted/half-1/computed", 42, 42),
        ("counted/half-2/computed", 4, 46),
    ]


def test_percentages_make_a_total_by_numerators_and_denominators_alone(world: World) -> None:
    satisfied = world.indicator("satisfied", measure="percentage", is_whole=False, roll_up="weighted_mean")
    for slug, n, base in (("B05", 1, 2), ("B08", 99, 100)):
        world.states(None, of=satisfied, project=world.project(slug), numerator=Decimal(n), denominator=Decimal(base))
    assert totals("actual", "numerator", "denominator") == [("satisfied/whole/computed", Decimal("98.0392"), 100, 102)]
    world.states(80, of=satisfied, project=world.project("B09"))
    assert totals() == []


def test_what_is_not_rolled_up_has_no_total(world: World) -> None:
    single = world.indicator("single", roll_up="none")
    for slug in ("B05", "B08"):
        world.states(30, of=single, project=world.project(slug))
    assert totals() == []


def test_a_figure_about_women_only_has_no_missing_total(world: World) -> None:
    world.states(54, "sex=women")
    assert totals() == []


def test_unknown_is_a_part_of_the_total(world: World) -> None:
    for key, value in (("sex=women", 60), ("sex=men", 30), ("sex=not-stated", 10)):
        world.states(value, key)
    assert totals("actual") == [("people/whole/computed", 100)]


def test_parts_that_do_not_make_the_reported_total_are_flagged(world: World) -> None:
    world.states(100)
    world.states(60, "sex=women")
    assert row(breakdown_key="").is_incomplete is False
    world.states(35, "sex=men")
    assert row(breakdown_key="").is_incomplete is True
    world.states(5, "sex=not-stated")
    assert row(breakdown_key="").is_incomplete is False


def test_women_of_some_projects_are_not_the_women_of_all(world: World) -> None:
    for slug, women in (("B05", 10), ("B08", 20), ("B09", None)):
        project = world.project(slug)
        world.states(40, project=project)
        if women is not None:
            world.states(women, "sex=women", project=project)
    assert totals("actual", "coverage_reported", "coverage_expected") == [
        ("people/whole/computed", 120, 3, 3),
        ("people/whole/sex=women/computed", 30, 2, 3),
    ]


def test_only_stated_links_add_up_into_the_common_indicator(world: World) -> None:
    for number, linked in ((30, True), (12, True), (1000, False)):
        project = world.project(f"B{number}")
        own = world.indicator(f"own-{number}", project=project, contributes_to=world.people if linked else None)
        world.states(number, of=own, project=project)
    assert totals("actual", "inputs") == [
        ("people/whole/computed", 42, ["own-12/whole/project=B12", "own-30/whole/project=B30"])
    ]


def test_contacts_reached_are_never_added_to_persons(world: World) -> None:
    for number, unit in ((30, "persons"), (40, "persons"), (5000, "contacts")):
        project = world.project(f"B{number}")
        own = world.indicator(f"own-{number}", project=project, unit_of_analysis=unit, contributes_to=world.people)
        world.states(number, of=own, project=project)
    assert totals("actual") == [("people/whole/computed", 70)]


def test_a_project_that_reports_the_common_indicator_is_not_added_twice(world: World) -> None:
    project = world.project("B05")
    own = world.indicator("own", project=project, contributes_to=world.people)
    world.states(30, of=own, project=project)
    world.states(30, project=project)
    world.states(12, project=world.project("B08"))
    assert totals("actual") == [("people/whole/computed", 42)]


def test_a_common_total_of_a_country_holds_the_contributors_of_that_country(world: World) -> None:
    for slug, value, country in (("B05", 30, world.chile), ("B08", 12, world.chile), ("B09", 7, world.peru)):
        project = world.project(slug, country)
        own = world.indicator(f"own-{slug.lower()}", project=project, contributes_to=world.people)
        world.states(value, of=own, project=project)
    assert totals("actual", "country__code") == [
        ("people/whole/computed", 49, None),
        ("people/whole/country=CL/computed", 42, "CL"),
    ]


# --- Countries -------------------------------------------------------------------------------------------------------


def test_the_country_of_a_figure(world: World) -> None:
    canada = make.country("CA")
    world.programme.implementer = make.partner(slug="cican", kind="implementer", country=canada)
    make.save(Programme, **{f.attname: getattr(world.programme, f.attname) for f in world.programme._meta.fields})
    one, both = world.project("one", world.peru), world.project("both", world.chile, world.peru)
    college = make.partner(slug="college", kind="canadian_college", country=canada)
    ministry = make.partner(slug="ministry", kind="ministry", country=canada)
    oit = make.partner(slug="oit", kind="international_organisation", country=world.chile)
    sena = make.partner(slug="sena", country=world.chile)
    forum = make.forum(programme=world.programme, slug="1", country=world.chile)
    scopes: list[dict[str, Any]] = [
        {"country": world.chile, "partner": college},
        {"partner": sena, "project": one},
        {"partner": college, "project": one},
        {"partner": ministry, "project": one},
        {"partner": college},
        {"partner": oit},
        {"project": one},
        {"project": both},
        {"partner": sena, "project": both},
        {"forum": forum},
        {},
    ]
    plain = world.indicator("plain", roll_up="none")
    for scope in scopes:
        world.states(10, of=plain, **scope)
    rebuild_results()
    found = [
        Result.objects.get(
            series__in=Series.objects.filter(
                **{part: scope.get(part) for part in ("project", "country", "partner", "forum")}
            ),
        ).country
        for scope in scopes
    ]
    assert [country and country.code for country in found] == [
        "CL", "CL", "PE", "PE", None, None, "PE", None, "CL", None, None,
    ]  # fmt: skip


# --- Who sees what ---------------------------------------------------------------------------------------------------


def test_approved_figures_are_public_once_their_period_is(world: World) -> None:
    opened = make.period(programme=world.programme, slug="open", starts_on=date(2021, 7, 1), ends_on=date(2021, 12, 31))
    series = world.series()
    approved = {"route": "grid", "approved_at": datetime(2021, 7, 9, tzinfo=UTC)}
    make.actual(series=series, period=world.halves[0], value=Decimal(1), **approved)
    make.actual(series=series, period=opened, value=Decimal(2), **approved)
    make.target(series=series, period=world.whole, value=Decimal(100))
    assert rows("period__slug", "is_public", "is_latest", "actual_to_date") == [
        ("half-1", True, True, 1),
        ("open", False, False, 2),
        # The public does not learn the open period's figure from the sum.
        ("whole", True, False, 1),
    ]


def test_what_a_public_source_prints_is_public_at_once(world: World) -> None:
    opened = make.period(programme=world.programme, slug="open")
    make.actual(series=world.series(), period=opened, route="published_source")
    assert rows("is_public") == [(True,)]


@pytest.mark.parametrize("hide", ["indicator", "programme"])
def test_nothing_of_a_demonstration_or_a_private_indicator_is_public(world: World, hide: str) -> None:
    make.target(series=world.states(5), period=world.whole)
    if hide == "indicator":
        Indicator.objects.update(is_public=False)
    else:
        Programme.objects.update(is_demonstration=True)
    assert rows("is_public", "is_latest") == [(False, True)]


def test_a_total_is_public_when_all_its_parts_are(world: World) -> None:
    half = make.period(programme=world.programme, slug="open")
    make.target(series=world.series(), period=half, value=Decimal(10))
    for slug, route in (("B05", "published_source"), ("B08", "grid")):
        make.actual(
            series=world.series(project=world.project(slug)),
            period=half,
            value=Decimal(3),
            route=route,
            approved_at=datetime(2021, 7, 9, tzinfo=UTC),
        )
    # The target stays public beside the total that is not public yet.
    assert rows("key", "actual", "target", "is_public", project=None) == [
        ("people/open", None, 10, True),
        ("people/open/computed", 6, 10, False),
    ]


@pytest.mark.parametrize(
    "figure",
    [{"value": Decimal(40)}, {"value": Decimal(3)}, {"is_not_applicable": True}],
    ids=["a figure", "so few that it is withheld", "not applicable"],
)
def test_the_target_stays_public_until_the_approved_figure_is_published(world: World, figure: dict[str, Any]) -> None:
    """The public sees the very same row as before, and learns nothing of what was approved."""
    opened = make.period(programme=world.programme, slug="open", starts_on=date(2021, 7, 1), ends_on=date(2021, 12, 31))
    series = world.series(is_expected=True)
    make.baseline(series=series, value=Decimal(7))
    make.target(series=series, period=opened, value=Decimal(100))
    world.states(25, period=world.halves[0])

    def seen() -> list[dict[str, Any]]:
        rebuild_results()
        return list(Result.objects.public().order_by("key").values())

    def told(of: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{name: each[name] for name in each if name not in ("id", "key")} for each in of]

    before = seen()
    actual = make.actual(
        series=series,
        period=opened,
        route="grid",
        approved_at=datetime(2021, 7, 9, tzinfo=UTC),
        **{"value": None} | figure,
    )
    after = seen()

    assert told(after) == told(before)
    assert [each["key"] for each in after][-1] == "people/open/awaited"
    assert Result.objects.get(actual_record=actual).is_public is False
    ReportingPeriod.objects.update(state="published")
    assert [key for (key,) in rows("key", period=opened)] == ["people/open"]


# --- Small cells -----------------------------------------------------------------------------------------------------

IN_HOUSE = {"route": "grid", "approved_at": datetime(2021, 7, 9, tzinfo=UTC)}


def test_a_small_cell_is_withheld_with_its_complement(world: World) -> None:
    world.states(43, **IN_HOUSE)
    make.target(series=world.states(3, "sex=women", **IN_HOUSE), period=world.whole, value=Decimal(10))
    world.states(40, "sex=men", **IN_HOUSE)
    columns = ("breakdown_key", "actual", "actual_to_date", "achievement", "status", "status_reason", "target")
    assert rows(*columns, "is_suppressed") == [
        ("", 43, 43, None, "recorded", "target_not_stated", None, False),
        ("sex=men", None, None, None, "suppressed", "complement", None, True),
        ("sex=women", None, None, None, "suppressed", "too_few", 10, True),
    ]


def test_a_small_cell_that_a_public_source_prints_is_shown_unless_sensitive(world: World) -> None:
    world.states(3, "sex=women")
    world.states(3, "sex=women", of=world.indicator("sensitive", is_sensitive=True))
    assert rows("indicator__slug", "actual", "is_suppressed") == [("people", 3, False), ("sensitive", None, True)]


def test_a_small_total_is_withheld_where_it_is_sensitive(world: World) -> None:
    sensitive = world.indicator("sensitive", is_sensitive=True)
    world.states(9, **IN_HOUSE)
    world.states(9, of=sensitive, **IN_HOUSE)
    world.states(10, of=sensitive, country=world.chile, **IN_HOUSE)
    assert rows("key", "is_suppressed") == [
        ("people/whole", False),
        ("sensitive/whole", True),
        ("sensitive/whole/country=CL", False),
    ]


def test_a_small_cell_does_not_follow_from_a_computed_total(world: World) -> None:
    for slug, women in (("B05", 3), ("B08", 20), ("B09", 15)):
        world.states(women, "sex=women", project=world.project(slug), **IN_HOUSE)
    assert rows("key", "actual", "coverage_reported") == [
        ("people/whole/project=B05/sex=women", None, 1),
        ("people/whole/project=B08/sex=women", 20, 1),
        ("people/whole/project=B09/sex=women", None, 1),
        ("people/whole/sex=women/computed", 38, 3),
    ]


def test_a_small_cell_does_not_follow_from_the_sum_over_periods(world: World) -> None:
    counted = world.indicator("counted", cumulation="per_period")
    series = world.series("sex=women", of=counted)
    for half, value in zip(world.halves, (20, 3, 17), strict=True):
        make.actual(series=series, period=half, value=Decimal(value), **IN_HOUSE)
    make.target(series=series, period=world.whole, value=Decimal(40))
    assert rows("period__slug", "actual", "actual_to_date", "status_final", "is_suppressed") == [
        ("half-1", 20, 20, "not_due", False),
        ("half-2", None, None, "suppressed", True),
        ("half-3", 17, None, "suppressed", False),
        ("whole", None, None, "suppressed", True),
    ]


def test_shares_and_percentages_of_few_people_are_withheld(world: World) -> None:
    world.states(40, **IN_HOUSE)
    world.states(None, "sex=women", share=Decimal(5), **IN_HOUSE)
    world.states(None, "sex=men", share=Decimal(95), **IN_HOUSE)
    percent = world.indicator("percent", measure="percentage", is_whole=False, roll_up="none")
    world.states(None, "sex=women", of=percent, numerator=Decimal(3), denominator=Decimal(60), **IN_HOUSE)
    world.states(None, "sex=men", of=percent, numerator=Decimal(30), denominator=Decimal(60), **IN_HOUSE)
    assert rows("key", "share", "actual", "numerator", "denominator") == [
        ("people/whole", None, 40, None, None),
        ("people/whole/sex=men", None, None, None, None),
        ("people/whole/sex=women", None, None, None, None),
        # Women were 3 of 60: the total would tell them beside the men.
        ("percent/whole/computed", None, Decimal("27.5"), 33, 120),
        ("percent/whole/sex=men", None, None, None, None),
        ("percent/whole/sex=women", None, None, None, None),
    ]


def test_a_small_number_of_firms_is_shown(world: World) -> None:
    world.states(2, "sex=women", of=world.indicator("firms", unit_of_analysis="firms"), **IN_HOUSE)
    assert rows("actual") == [(2,)]


# --- Kept in step ----------------------------------------------------------------------------------------------------


def test_the_version_of_rules_and_thresholds_stands_in_each_row(world: World, settings: Any) -> None:
    world.states(5)
    settings.EPE_AP_ON_TRACK_THRESHOLD = Decimal(90)
    assert rows("rules_version") == [(f"{RULES_VERSION};track=90;cell=5/10;about=10",)]


def test_the_check_finds_what_was_written_past_the_actions(world: World) -> None:
    world.states(5)
    world.states(6, country=world.chile)
    rebuild_results()
    assert check_results() == []
    Result.objects.filter(country=None).update(actual=Decimal(7), status="behind")
    Result.objects.filter(country=world.chile).delete()
    make.actual(series=world.series(country=world.peru), period=world.whole, value=Decimal(8))
    found = {(each.key, each.column) for each in check_results()}
    assert found == {
        ("people/whole", "actual"),
        ("people/whole", "status"),
        ("people/whole/country=CL", "row"),
        ("people/whole/country=PE", "row"),
    }


def test_the_commands_say_what_they_did(world: World) -> None:
    world.states(5)
    out = StringIO()
    call_command("rebuild_results", stdout=out)
    assert out.getvalue().startswith("1 rows of results in ")
    call_command("check_results", stdout=out)
    Result.objects.update(actual=Decimal(7))
    with pytest.raises(CommandError, match="1 differences"):
        call_command("check_results", stdout=out)
    assert "people/whole: actual is Decimal('7.0000'), should be Decimal('5.0000')" in out.getvalue()


def test_a_refresh_leaves_the_rows_of_other_indicators_alone(world: World) -> None:
    other = world.indicator("other")
    world.states(5)
    world.states(5, of=other)
    rebuild_results()
    kept = Result.objects.get(indicator=other).pk
    refresh_results(indicators=[world.people])
    assert Result.objects.get(indicator=other).pk == kept
    assert Result.objects.count() == 2


def test_a_long_name_still_makes_a_key(world: World) -> None:
    long = world.indicator("i" * 100)
    partner = make.partner(slug="o" * 60)
    world.states(5, of=long, partner=partner, project=world.project("p" * 60))
    world.states(6, of=long, partner=partner, project=world.project("p" * 59))
    found = [key for (key,) in rows("key", origin="reported")]
    assert len(set(found)) == 2
    assert all(len(key) <= 200 for key in found)


def test_the_same_figures_make_the_same_rows_in_whatever_order_they_came(world: World) -> None:
    def written(projects: list[str]) -> list[tuple]:
        Result.objects.all().delete()
        for slug in projects:
            world.states(len(slug), "sex=women", project=_project(world, slug))
            world.states(10, "sex=men", project=_project(world, slug))
        found = rows("key", "actual", "coverage_reported", "inputs", "is_latest", "is_suppressed")
        with change(door="command"):
            for actual in Actual.objects.all():
                actual.delete()
            for series in Series.objects.all():
                series.delete()
        return found

    assert written(["B05", "B080", "B0900"]) == written(["B0900", "B05", "B080"])
