"""How forums lie in time."""

from collections.abc import Iterable
from itertools import groupby

from forums.models import Forum


def by_year(forums: Iterable[Forum]) -> list[tuple[int | None, list[Forum]]]:
    """Forums under the year of their first day, in the order of their days, and the years between without any.

    Those whose days are not known stand last, under None. The days must be at hand.
    """
    first_days = {forum: min((day.day for day in forum.days.all()), default=None) for forum in forums}
    dated = sorted((day, forum.number, forum) for forum, day in first_days.items() if day is not None)
    years = {
        year: [forum for _day, _number, forum in of_year] for year, of_year in groupby(dated, lambda each: each[0].year)
    }
    found: list[tuple[int | None, list[Forum]]] = [
        (year, years.get(year, [])) for year in range(min(years, default=0), max(years, default=-1) + 1)
    ]
    undated = [forum for forum, day in first_days.items() if day is None]
    return [*found, (None, undated)] if undated else found
