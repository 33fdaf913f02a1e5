"""A series is listed once, and only its own twin is refused."""

import pytest
from django.core.exceptions import ValidationError

from indicators.models import Series
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_new_series_is_valid_beside_those_of_other_indicators() -> None:
    first = factories.series()
    second = Series(indicator=factories.indicator(programme=first.indicator.programme), breakdown=first.breakdown)
    second.full_clean()
    assert Series.objects.count() == 1


def test_the_twin_of_a_series_is_refused() -> None:
    first = factories.series()
    twin = Series(indicator=first.indicator, breakdown=first.breakdown)
    with pytest.raises(ValidationError, match="already has a series"):
        twin.full_clean()
