"""How forums lie in time."""

from datetime import date
from types import SimpleNamespace
from typing import Any

from forums.rules import by_year


class Forum(SimpleNamespace):
    __hash__ = object.__hash__


def forum(number: int, *days: date) -> Any:
    held = [SimpleNamespace(day=day) for day in days]
    return Forum(number=number, days=SimpleNamespace(all=lambda: held))


def test_years_without_a_forum_stand_in_the_line_and_unknown_days_at_its_end():
    late, early = forum(1, date(2019, 11, 4)), forum(2, date(2019, 3, 22), date(2019, 3, 21))
    over_new_year, unknown = forum(4, date(2022, 1, 3), date(2021, 12, 30)), forum(3)

    assert by_year([late, early, unknown, over_new_year]) == [
        (2019, [early, late]),
        (2020, []),
        (2021, [over_new_year]),
        (None, [unknown]),
    ]
    assert by_year([]) == []
