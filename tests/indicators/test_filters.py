"""Which rows each filter finds, and what it says about an address that it does not understand."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.http import QueryDict

from indicators.filters import Counts, OrderedRows, ResultFilter
from indicators.filters.choices import FACETS
from indicators.filters.results import GROUPS
from indicators.models import Result
from tests import factories as make
from tests.factories import three
from tests.indicators.rows import World, indicator, result, world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

TODAY = date(2024, 6, 30)


@pytest.fixture(scope="module")
def programme(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The rows of :func:`rows_of_every_kind`, made once: no test of this module keeps what it changes."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield rows_of_every_kind()
        transaction.set_rollback(True)


def rows_of_every_kind() -> World:
    """One row of each kind that a filter can tell apart, and decoys that no filter may show."""
    of = world()
    lead = make.partner(slug="inacap", name="INACAP", country=of.chile)
    forum = make.forum(programme=of.programme, slug="1", number=1, country=of.chile)
    other_project = make.project(programme=of.programme, slug="A07.1", code="A07.1", title="Cadres nationaux")
    outcome = make.expected_result(
        programme=of.programme,
        code="1100",
        level="intermediate",
        parent=make.expected_result(programme=of.programme, code="1000"),
    )
    before = make.period(programme=of.programme, slug="epe-ap-2018")
    goal = make.goal(number=5, **three("name", "Gender equality"))

    result(of, "Leaders", country=of.chile, actual=213, target=40, achievement="532.5")
    result(of, "Leaders", country=of.chile, key="sex=women", share=54)
    result(of, "Leaders", country=of.peru, actual=12, target=40, status="behind", verification="confirmed")
    result(of, "Leaders", actual=3006)
    result(of, "Miners", country=of.chile, project=of.project, partner=lead, actual=1349, indicator__themes=("T1",))
    of.indicators["Miners"].goals.add(goal)
    result(
        of, "Satisfaction", forum=forum, actual=91, indicator__measure="percentage", indicator__family="satisfaction"
    )
    result(
        of,
        "Policies",
        project=other_project,
        actual=7,
        indicator__nature="outcome",
        indicator__expected_result=outcome,
        indicator__family="policies",
    )
    result(of, "Women leaders", country=of.peru, key="sex=women", actual=80)
    result(of, "Hours", country=of.chile, actual=900, indicator__nature="activity")
    result(of, "Leaders", country=of.chile, period=before, actual=100, is_latest=False)
    result(of, "Jobs", country=of.peru, target=10, due_on=date(2024, 12, 31))
    result(of, "Firms", country=of.peru, target=10, due_on=date(2024, 1, 31))

    result(of, "Not public", country=of.chile, actual=1, is_public=False)
    demonstration = make.programme(slug="demo", code="DEMO", is_demonstration=True)
    indicator(of, "Fictitious", themes=(), programme=demonstration)
    shown = make.period(programme=demonstration, state="published")
    hidden = make.period(programme=demonstration, starts_on=date(2019, 1, 1), ends_on=date(2019, 6, 30))
    result(of, "Fictitious", country=of.chile, actual=2, period=shown)
    result(of, "Fictitious", country=of.peru, actual=3, period=hidden)
    return of


def rows_of(query: str, today: date = TODAY) -> set[str]:
    """The rows that a query finds, written as "name/country/part"."""
    results = ResultFilter(QueryDict(query), today=today)
    assert results.problems == []
    return {written(row) for row in results.rows}


def written(row: Result) -> str:
    parts = [row.indicator.name, row.country.code if row.country else "-", row.breakdown_key]
    if not row.is_latest:
        parts.append("earlier")
    return "/".join(filter(None, parts))


ROWS = {
    "Leaders/CL",
    "Leaders/PE",
    "Leaders/-",
    "Miners/CL",
    "Satisfaction/-",
    "Policies/-",
    "Women leaders/PE/sex=women",
    "Jobs/PE",
    "Firms/PE",
}


def test_without_a_filter_stand_the_latest_outcomes_and_outputs_of_real_programmes(programme):
    assert rows_of("") == ROWS


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("programme=epe-ap", ROWS),
        ("programme=EPE-AP", ROWS),
        ("programme=demo", {"Fictitious/CL"}),
        ("country=CL", {"Leaders/CL", "Miners/CL"}),
        ("country=cl", {"Leaders/CL", "Miners/CL"}),
        ("country=CL&country=PE", ROWS - {"Leaders/-", "Satisfaction/-", "Policies/-"}),
        ("country=regional", {"Leaders/-", "Satisfaction/-", "Policies/-"}),
        ("country=regional&country=CL", {"Leaders/-", "Satisfaction/-", "Policies/-", "Leaders/CL", "Miners/CL"}),
        ("theme=T1", {"Miners/CL"}),
        ("theme=T3", ROWS - {"Miners/CL"}),
        ("theme=T1&theme=T3", ROWS),
        ("country=CL&theme=T3", {"Leaders/CL"}),
        ("project=B05", {"Miners/CL"}),
        ("project=A07.1&project=B05", {"Policies/-", "Miners/CL"}),
        ("partner=inacap", {"Miners/CL"}),
        ("forum=1", {"Satisfaction/-"}),
        ("sdg=5", {"Miners/CL"}),
        ("sdg=13", set()),
        ("level=intermediate", {"Policies/-"}),
        ("nature=outcome", {"Policies/-"}),
        ("nature=activity", {"Hours/CL"}),
        ("nature=all", ROWS | {"Hours/CL"}),
        ("family=satisfaction&family=policies", {"Satisfaction/-", "Policies/-"}),
        ("target=stated", {"Leaders/CL", "Leaders/PE", "Jobs/PE", "Firms/PE"}),
        ("target=none", ROWS - {"Leaders/CL", "Leaders/PE", "Jobs/PE", "Firms/PE"}),
        ("target=none&target=stated", ROWS),
        ("status=behind", {"Leaders/PE"}),
        ("status=not_due", {"Jobs/PE"}),
        ("status=not_reported", {"Firms/PE"}),
        ("verification=confirmed", {"Leaders/PE"}),
        ("sex=women", {"Leaders/CL/sex=women", "Women leaders/PE/sex=women"}),
        ("sex=total", ROWS),
        ("sex=total&sex=women", ROWS | {"Leaders/CL/sex=women"}),
        ("sex=all", ROWS | {"Leaders/CL/sex=women"}),
        ("period=latest", ROWS),
        ("period=epe-ap-2018", {"Leaders/CL/earlier"}),
        ("period=all&country=CL&theme=T3", {"Leaders/CL", "Leaders/CL/earlier"}),
        ("q=leaders", {"Leaders/CL", "Leaders/PE", "Leaders/-", "Women leaders/PE/sex=women"}),
        ("q=LEADERS+pérou", {"Leaders/PE", "Women leaders/PE/sex=women"}),
        ("q=perou+leaders", {"Leaders/PE", "Women leaders/PE/sex=women"}),
        ("q=inacap", {"Miners/CL"}),
        ("q=cadres", {"Policies/-"}),
        ("q=100%25", set()),
        ("q=zzz%00", set()),
        ("country=&q=", ROWS),
    ],
)
def test_each_filter_finds_its_rows(programme, query, found):
    assert rows_of(query) == found


def test_an_alias_finds_its_partner(programme):
    make.partner_alias(partner=Result.objects.get(partner__isnull=False).partner, name="Instituto Nácional")

    assert rows_of("q=instituto+nacional") == {"Miners/CL"}


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("colour=red", "“colour” is not a filter of this page and was left aside."),
        ("country=XX", "“XX” is not a value of “country” and was left aside. Known are: CL, PE, regional."),
        ("theme=T9", "“T9” is not a value of “theme” and was left aside. Known are: T1, T2, T3."),
        ("programme=none", "“none” is not a value of “programme” and was left aside. Known are: epe-ap."),
        ("project=B99", "“B99” is not a value of “project” and was left aside. Known are: A07.1, B05."),
        ("partner=nobody", "“nobody” is not a value of “partner” and was left aside. Known are: inacap."),
        ("forum=9", "“9” is not a value of “forum” and was left aside. Known are: 1."),
        ("sdg=99", "“99” is not a value of “sdg” and was left aside. Choose one from the list of filters."),
        ("level=top", "“top” is not a value of “level” and was left aside."),
        ("nature=wild", "“wild” is not a value of “nature” and was left aside."),
        ("family=adams", "“adams” is not a value of “family” and was left aside."),
        ("target=40", "“40” is not a value of “target” and was left aside. Known are: stated, none."),
        ("status=fine", "“fine” is not a value of “status” and was left aside."),
        ("verification=sworn", "“sworn” is not a value of “verification” and was left aside."),
        ("sex=x", "“x” is not a value of “sex” and was left aside. Known are: women, all."),
        ("period=1999", "“1999” is not a value of “period” and was left aside."),
        ("sort=colour", "“colour” is not a value of “sort” and was left aside."),
        (
            "group=colour",
            "“colour” is not a value of “group” and was left aside. Known are: family, result, theme, country.",
        ),
        ("sort=name&sort=value", "“sort” stands in the address more than once; the last one counts."),
    ],
)
def test_what_is_not_understood_is_named_and_left_aside(programme, query, sentence):
    results = ResultFilter(QueryDict(query), today=TODAY)

    assert len(results.problems) == 1
    assert results.problems[0].startswith(sentence)
    assert {written(row) for row in results.rows} == ROWS


def test_a_wrong_value_does_not_take_the_right_ones_along(programme):
    results = ResultFilter(QueryDict("country=XX&country=CL&theme=T3"), today=TODAY)

    assert {written(row) for row in results.rows} == {"Leaders/CL"}
    assert results.address() == "country=CL&theme=T3"


def test_a_search_of_many_words_is_cut(programme):
    results = ResultFilter(QueryDict("q=" + "leaders+" * 100), today=TODAY)

    assert results.problems == ["The words searched for were too many; only the first were used."]
    assert len(results.words) <= 200


def test_every_query_name_of_the_design_is_known():
    names = (
        "programme country theme project partner forum sdg level nature family target status verification sex period"
    )

    assert list(FACETS) == names.split()
    assert set(ResultFilter.base_filters) == {*FACETS, "q"}


# --- Counts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    ["", "country=CL", "country=CL&theme=T3", "sex=women", "nature=all&period=all", "q=leaders", "target=stated"],
)
def test_each_count_is_the_number_of_rows_that_its_choice_would_show(programme, query):
    results = ResultFilter(QueryDict(query), today=TODAY)
    counts = Counts.of(results)

    assert counts.rows == results.rows.count()
    assert counts.with_target == results.rows.filter(has_target=True).count()
    expected = {}
    for name in FACETS:
        for choice in results.vocabulary.choices[name]:
            if choice.value == "demo":
                # Not counted before it is asked for: its figures are not public.
                continue
            only = ResultFilter(
                QueryDict(results.address(**{name: choice.value})), vocabulary=results.vocabulary, today=TODAY
            )
            expected[name, choice.value] = only.rows.count()
    found = {(name, value): counts.options[name][value] for name, value in expected}
    assert found == expected


@pytest.mark.parametrize(
    "query", ["country=CL&theme=T1&status=behind", "nature=activity&country=PE", "q=leaders&theme=T1"]
)
def test_the_count_without_a_filter_is_the_number_of_rows_without_it(programme, query):
    results = ResultFilter(QueryDict(query), today=TODAY)
    counts = Counts.of(results)
    expected = {
        name: ResultFilter(QueryDict(results.address(**{name: None})), today=TODAY).rows.count()
        for name in results.in_force
    }

    assert {name: counts.without[name] for name in results.in_force} == expected


def test_counting_is_one_query_after_one_for_the_words(programme, django_assert_num_queries):
    results = ResultFilter(QueryDict("country=CL&q=leaders"), today=TODAY)
    with django_assert_num_queries(2):
        Counts.of(results)
    with django_assert_num_queries(2):
        assert len(results.rows) == len(results.regional_rows) == 1


def test_as_many_words_as_a_search_takes_are_looked_up_at_once(programme):
    assert rows_of("q=" + "+".join(chr(letter) for letter in range(0x3B1, 0x3B1 + 100))) == set()


def test_counts_over_all_periods_are_kept_until_the_data_changes(programme, django_assert_num_queries):
    results = ResultFilter(QueryDict("period=all"), today=TODAY)
    first = Counts.of(results, version=1)
    with django_assert_num_queries(0):
        assert Counts.of(results, version=1) == first
    for other, version in ((results, 2), (ResultFilter(QueryDict("period=all&country=CL"), today=TODAY), 1)):
        with django_assert_num_queries(1):
            Counts.of(other, version=version)


# --- Beside a country --------------------------------------------------------------------------------


def test_beside_a_country_stand_the_regional_rows_but_none_of_a_forum_held_there(programme):
    results = ResultFilter(QueryDict("country=CL&theme=T3"), today=TODAY)

    assert {written(row) for row in results.regional_rows} == {"Leaders/-", "Policies/-"}
    assert Counts.of(results).regional == 2


def test_beside_a_country_stands_nothing_of_a_programme_that_does_not_work_there(programme):
    other = make.programme(slug="skill-up", code="SKILL-UP")
    make.period(programme=other, slug="skill-up-2020", kind="whole", state="published")
    studies = make.indicator(programme=other, slug="studies", **three("name", "Studies"))
    programme.indicators["Studies"] = studies
    result(programme, "Studies", period=other.reporting_periods.get(), actual=13)
    beside = {"Leaders/-", "Policies/-", "Satisfaction/-"}

    def regional(query: str) -> tuple[set[str], int]:
        results = ResultFilter(QueryDict(query), today=TODAY)
        return {written(row) for row in results.regional_rows}, Counts.of(results).regional

    assert regional("country=PE") == (beside, 3)
    assert regional("country=PE&programme=skill-up") == (set(), 0)
    other.countries.add(programme.peru)
    assert regional("country=PE") == (beside | {"Studies/-"}, 4)
    assert regional("country=CL&country=PE&programme=skill-up") == ({"Studies/-"}, 1)


def test_a_forum_held_elsewhere_is_regional_as_any_other(programme):
    results = ResultFilter(QueryDict("country=PE&theme=T3"), today=TODAY)

    assert {written(row) for row in results.regional_rows} == {"Leaders/-", "Policies/-", "Satisfaction/-"}
    assert Counts.of(results).regional == 3


# --- Order -------------------------------------------------------------------------------------------


def in_order(query: str) -> list[str]:
    return [written(row) for row in ResultFilter(QueryDict(query), today=TODAY).rows]


def test_rows_with_a_target_come_first_then_families_then_names(programme):
    assert in_order("") == [
        "Firms/PE",
        "Jobs/PE",
        "Leaders/CL",
        "Leaders/PE",
        "Leaders/-",
        "Miners/CL",
        "Women leaders/PE/sex=women",
        "Satisfaction/-",
        "Policies/-",
    ]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", ["Firms/PE", "Jobs/PE", "Leaders/CL", "Leaders/PE"]),
        ("-name", ["Leaders/CL", "Leaders/PE", "Jobs/PE", "Firms/PE"]),
        ("value", ["Leaders/PE", "Leaders/CL", "Firms/PE", "Jobs/PE"]),
        ("-value", ["Leaders/CL", "Leaders/PE", "Firms/PE", "Jobs/PE"]),
        ("achievement", ["Leaders/CL", "Firms/PE", "Jobs/PE", "Leaders/PE"]),
        ("-achievement", ["Leaders/CL", "Firms/PE", "Jobs/PE", "Leaders/PE"]),
        ("country", ["Leaders/CL", "Firms/PE", "Jobs/PE", "Leaders/PE"]),
        ("-country", ["Firms/PE", "Jobs/PE", "Leaders/PE", "Leaders/CL"]),
    ],
)
def test_sorting_goes_both_ways_and_leaves_what_is_missing_last(programme, sort, expected):
    assert in_order(f"target=stated&sort={sort}") == expected


def test_rows_sort_by_project(programme):
    assert in_order("project=B05&project=A07.1&sort=project&group=result") == ["Policies/-", "Miners/CL"]
    assert in_order("project=B05&project=A07.1&sort=-project&family=people_trained&family=policies") == [
        "Miners/CL",
        "Policies/-",
    ]


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("sort", ["name", "-name", "value", "-achievement"])
@pytest.mark.parametrize("query", ["", "period=all&nature=all&sex=all"])
def test_the_pages_together_are_all_rows_in_their_order(programme, group, sort, query, monkeypatch):
    # As if they were many, whose numbers are sorted first.
    monkeypatch.setattr("indicators.filters.pages.MANY", 0)
    results = ResultFilter(QueryDict(f"{query}&group={group}&sort={sort}"), today=TODAY)
    ordered = OrderedRows(results, Counts.of(results))

    pages = [[row.key for row in ordered[start : start + 2]] for start in range(0, 16, 2)]

    assert [key for page in pages for key in page] == [row.key for row in results.rows]
    assert len(pages[0]) == 2
