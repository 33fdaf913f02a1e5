"""The rows of one page, without sorting all the rows that a filter finds."""

from collections import Counter, defaultdict
from typing import Any, Final

from django.db import connection
from django.db.models import BigIntegerField, BooleanField, F, Func, OrderBy, Q, QuerySet, Subquery, Value, Window
from django.db.models.functions import Coalesce, Rank

from indicators.choices import Family
from indicators.filters.counts import Counts
from indicators.filters.results import ResultFilter
from indicators.models import Result
from indicators.querysets import ResultQuerySet

#: Rows that stand beside each other in every order: with or without a target, of one group and, in the order of names,
#: of one name.
Place = tuple[Any, ...]


#: More rows of one place than these are not put in order as a whole where a number orders them.
MANY = 1000
#: Numbers that order rows, as ``ResultQuerySet.in_order`` has them.
NUMBERS: Final[dict[str, Any]] = {"value": Coalesce("actual", "share"), "achievement": F("achievement")}


class ArrayOf(Subquery):
    """What a query finds, as one value that PostgreSQL works out first and once."""

    template = "(ARRAY(%(subquery)s))"
    output_field = BigIntegerField()
    #: Of a query that can find nothing the database is not asked.
    empty_result_set_value = NotImplemented


class AmongThose(Func):
    """Whether a key is in an array. ``IN`` leaves the planner free to join the tables of a row before it asks for keys."""

    template = "%(expressions)s"
    arg_joiner = " = ANY "
    arity = 2
    output_field = BooleanField()


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
        number_of_places = 0
        for place in self._in_order(sizes):
            if passed + sizes[place] <= page.start:
                before = passed + sizes[place]
            elif passed < page.stop:
                chosen += members[place]
                number_of_places += 1
            passed += sizes[place]
        is_one_place = number_of_places == 1
        found = self._rows_of(chosen)
        if is_one_place and sizes[self._place(*chosen[0])] > MANY:
            found, passed_over = self._near_in_number(found, page.start - before, page.stop - before)
            before += passed_over
        found = self.results.in_order(found, is_one_place=is_one_place)
        # Thousands of rows are put in order by what orders them, and the page's alone are read whole.
        page_of_them = found[page.start - before : page.stop - before].values("pk")
        return self.results.in_order(_those(page_of_them), is_one_place=is_one_place)

    def _near_in_number(self, rows: ResultQuerySet, start: int, stop: int) -> tuple[ResultQuerySet, int]:
        """Of rows in the order of a number those whose number is one of the page's, and how many come before these: the
        numbers alone are sorted first, and what orders equal ones is compared among few."""
        column = NUMBERS.get(self.results.sort.removeprefix("-"))
        # Beside a country's rows the regional ones are a query of their own: one more would be too many.
        if column is None or self.results.offers_regional:
            return rows, 0
        is_descending = self.results.sort.startswith("-")
        order = OrderBy(column, descending=is_descending, nulls_last=True)
        rows = rows.annotate(number=column)
        ranked = rows.annotate(rank=Window(Rank(), order_by=order) if start else Value(1)).order_by(order)
        shown = list(ranked.values_list("number", "rank")[start:stop])
        if not shown:
            # Deleted since they were counted.
            return rows, 0
        (first, rank), (last, _rank) = shown[0], shown[-1]
        if first is None:
            condition = Q(number=None)
        elif last is None:
            condition = Q(number=None) | (Q(number__lte=first) if is_descending else Q(number__gte=first))
        else:
            condition = Q(number__range=(last, first) if is_descending else (first, last))
        return _those(rows.filter(condition).order_by().values("pk")), rank - 1

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
        return self.results.qs.with_target().filter(condition)


def _those(keys: QuerySet) -> ResultQuerySet:
    """The rows of these primary keys."""
    if connection.vendor == "postgresql":
        return Result.objects.filter(AmongThose(F("pk"), ArrayOf(keys)))
    return Result.objects.filter(pk__in=keys)
