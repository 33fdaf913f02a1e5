"""Which rows stand for an indicator where a page has room for one of them, or for one in each country."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from indicators.models import Indicator
from indicators.querysets import SCOPE
from indicators.tables import FigureRow


def width(row: FigureRow) -> tuple[int, bool]:
    """How wide the scope of a row is: the fewer of its parts are set, the wider, and a total before its parts."""
    return sum(getattr(row, f"{part}_id") is not None for part in SCOPE), row.breakdown_key != ""


def widest(rows: Iterable[FigureRow]) -> dict[int, FigureRow]:
    """For each indicator, by primary key, its row of the widest scope; of two as wide, the first."""
    chosen: dict[int, FigureRow] = {}
    for row in rows:
        held = chosen.get(row.indicator_id)
        if held is None or width(row) < width(held):
            chosen[row.indicator_id] = row
    return chosen


def whole(rows: Iterable[FigureRow]) -> FigureRow | None:
    """The one row that stands for all of an indicator's rows: of no narrower scope than the programme, if there is one.

    Of several parts without their total (guides and toolkits, say) none does.
    """
    of_programme = [row for row in rows if width(row)[0] == 0]
    totals = [row for row in of_programme if row.breakdown_key == ""] or of_programme
    return totals[0] if len(totals) == 1 else None


@dataclass
class ComparisonLine:
    """One line of the comparison: an indicator, in one project or partner where it has several, and its cells."""

    indicator: Indicator
    unit: str
    period_label: str
    scope: list[Any]
    cells: list[FigureRow | None]

    @property
    def number_of_countries(self) -> int:
        return sum(1 for cell in self.cells if cell is not None and cell.country_id is not None)


def comparison_lines(rows: Iterable[FigureRow], countries: Iterable[Any]) -> list[ComparisonLine]:
    """Lines of indicators that have a figure of at least one of the countries, in the order of ``rows``.

    The cells are the countries, then regional (a wider scope than a country, but not the whole), then the total. Where
    an indicator has several figures of one country (of two projects, say), each project has a line of its own, and
    where that is not enough each partner, so that no cell ever holds a sum that no source states.
    """
    columns = [country.pk for country in countries]
    of_indicator: dict[tuple[int, int, str], list[FigureRow]] = defaultdict(list)
    for row in rows:
        of_indicator[row.indicator_id, row.period_id, row.breakdown_key].append(row)
    lines = []
    for found in of_indicator.values():
        for line in _lines(found, columns, split_by=()):
            if line.number_of_countries:
                lines.append(line)
    return lines


def _lines(rows: list[FigureRow], columns: list[int], *, split_by: tuple[str, ...]) -> list[ComparisonLine]:
    cells: list[FigureRow | None] = [None] * (len(columns) + 2)
    for row in sorted(rows, key=width):
        place = _place(row, columns)
        if place is None:
            continue
        if cells[place] is None:
            cells[place] = row
        elif width(row) == width(_held(cells, place)) and len(split_by) < len(SPLITS):
            return _split(rows, columns, split_by=SPLITS[: len(split_by) + 1])
    first = rows[0]
    return [ComparisonLine(first.indicator, first.unit_of_many, first.period_label, _common_scope(rows), cells)]


#: What tells several figures of one place apart, the coarser first.
SPLITS = ("project", "forum", "partner")


def _split(rows: list[FigureRow], columns: list[int], *, split_by: tuple[str, ...]) -> list[ComparisonLine]:
    groups: dict[tuple[int | None, ...], list[FigureRow]] = defaultdict(list)
    for row in rows:
        groups[tuple(getattr(row, f"{part}_id") for part in split_by)].append(row)
    return [line for group in groups.values() for line in _lines(group, columns, split_by=split_by)]


def _place(row: FigureRow, columns: list[int]) -> int | None:
    """The column of a row: its country, the last but one for a regional scope, the last for the whole."""
    if row.country_id is not None:
        return columns.index(row.country_id) if row.country_id in columns else None
    return len(columns) + (0 if width(row)[0] else 1)


def _held(cells: list[FigureRow | None], place: int) -> FigureRow:
    row = cells[place]
    assert row is not None
    return row


def _common_scope(rows: list[FigureRow]) -> list[Any]:
    """What all the rows of a line are about, beside their country."""
    scopes = [{part.label for part in row.scope if part.record != row.country} for row in rows]
    shared = set.intersection(*scopes) if scopes else set()
    return [part for part in rows[0].scope if part.label in shared]
