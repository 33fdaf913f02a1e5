"""What the table of results is asked: rows and parts, their order, their status on a day."""

from datetime import date

import pytest
from django.http import QueryDict

from indicators.filters import ResultFilter
from indicators.models import Result
from indicators.rules import due
from tests import factories as make
from tests.indicators.rows import result, world

pytestmark = pytest.mark.django_db

TODAY = date(2024, 6, 30)


def test_names_sort_without_regard_to_accents_and_capitals():
    of = world()
    for name in ("Zone", "Équipements", "équipes", "Eau", "Œuvres"):
        result(of, name, actual=1)

    assert [row.indicator.name for row in ResultFilter(QueryDict("")).rows] == [
        "Eau",
        "Équipements",
        "équipes",
        "Œuvres",
        "Zone",
    ]


# --- Today -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["not_reported", "recorded", "exceeded", "not_due"])
@pytest.mark.parametrize("due_on", [None, date(2024, 6, 29), date(2024, 6, 30), date(2024, 7, 1)])
def test_the_status_of_a_day_is_that_of_the_rules(status, due_on):
    of = world()
    row = result(of, "Jobs", status=status, due_on=due_on)

    assert Result.objects.on(TODAY).get(pk=row.pk).status_today == due(status, due_on, TODAY)


# --- Rows and parts ----------------------------------------------------------------------------------


def test_a_part_is_a_row_only_where_its_own_scope_and_period_have_no_total():
    of = world()
    earlier = make.period(programme=of.programme)
    result(of, "Leaders", country=of.chile, actual=10)
    result(of, "Leaders", country=of.chile, key="sex=women", actual=4)
    alone = [
        result(of, "Leaders", key="sex=women", actual=9),
        result(of, "Leaders", country=of.peru, key="sex=women", actual=5),
        result(of, "Leaders", country=of.chile, project=of.project, key="sex=women", actual=3),
        result(of, "Leaders", country=of.chile, key="sex=men", actual=3, period=earlier),
    ]

    assert set(Result.objects.rows().exclude(breakdown_key="")) == set(alone)


def test_a_total_that_is_not_public_does_not_hide_its_public_part():
    of = world()
    result(of, "Leaders", actual=10, is_public=False)
    part = result(of, "Leaders", key="sex=women", actual=4)

    assert list(Result.objects.public().rows()) == [part]
