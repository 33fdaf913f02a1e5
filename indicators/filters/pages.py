"""The rows of one page, without sorting all the rows that a filter finds."""

from collections import Counter, defaultdict
from typing import Any

from django.db.models import Q

from indicators.choices import Family
from indicators.filters.counts import Counts
from indicators.filters.results import ResultFilter
from indicators.querysets import ResultQuerySet

#: Rows that stand beside each other in every order: with or without a target, of one group and, in the order of names,
#: of one name.
Place = tuple[Any, ...]


class OrderedRows:
    """The rows of a filter in their order, of which a page takes a slice.

    The first things by which rows are ordered belong to the indicator (and the country, where they are grouped by it),
    and how many rows there are of each was counted. That tells which indicators a page is about; the database sorts the
    rows of these alone.
    """

    def __init__(self, results: ResultFilter, counts: Counts) -> None:
        self.results = results
        self.counts = counts

    def __getitem__(self, page: slice) -> ResultQuerySet:
        sizes: Counter[Place] = Counter()
        members: dict[Place, list[tuple[bool, int, int | None]]] = defaultdict(list)
        for member, rows in self.counts.leading.items():
            place = self._place(*member)
            sizes[place] += rows
            members[place].append(member)
        before = passed = 0
        chosen: list[tuple[bool, int, int | None]] = []
        for place in self._in_order(sizes):
            if passed + sizes[place] <= page.start:
                before = passed + sizes[place]
            elif passed < page.stop:
                chosen += members[place]
            passed += sizes[place]
        return self._rows_of(chosen)[page.start - before : page.stop - before]

    def _place(self, has_target: bool, indicator: int, country: int | None) -> Place:
        traits = self.results.vocabulary.indicators[indicator]
        group = self._group(indicator, country)
        return (not has_target, group, traits.word.encode() if self.results.sort.endswith("name") else b"")

    def _group(self, indicator: int, country: int | None) -> Any:
        traits = self.results.vocabulary.indicators[indicator]
        if self.results.group == "result":
            return traits.result
        if self.results.group == "theme":
            themes = self.counts.themes[indicator]
            return (not themes, themes)
        if self.results.group == "country":
            codes = {choice.pk: choice.value for choice in self.results.vocabulary.choices["country"]}
            return (country is None, codes.get(country, ""))
        return list(Family).index(Family(traits.family))

    def _in_order(self, places: Counter[Place]) -> list[Place]:
        by_name = sorted(places, key=lambda place: place[2], reverse=self.results.sort.startswith("-"))
        return sorted(by_name, key=lambda place: place[:2])

    def _rows_of(self, members: list[tuple[bool, int, int | None]]) -> ResultQuerySet:
        together: dict[tuple[bool, int | None], list[int]] = defaultdict(list)
        for has_target, indicator, country in members:
            together[has_target, country].append(indicator)
        condition = Q(pk__in=[])
        for (has_target, country), indicators in together.items():
            part = Q(has_target=has_target, indicator__in=indicators)
            condition |= part & Q(country=country) if self.results.group == "country" else part
        return self.results.rows.filter(condition)
