"""Which rows stand for an indicator where a page has room for one of them, and how they stand by country."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from indicators.choices import Measure, Nature, Origin, Qualifier, UnitOfAnalysis
from indicators.models import Indicator
from indicators.querysets import SCOPE
from indicators.tables import FigureRow, ScopePart


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


#: Fewer figures than these are not shown large: the table below them says as much.
FEW = 3


def foremost(rows: Iterable[FigureRow], most: int = 6, fewest: int = FEW) -> list[FigureRow]:
    """The figures to show large at the head of a page, one of each indicator, at most ``most``; none of less than ``fewest``.

    Outcomes and outputs of which there was more than one, or a percentage: key figures of the programme first, then what has a target,
    outcomes before outputs, people before things. Contacts reached are apart, and what was only planned was not reached.
    """
    rows = list(rows)
    candidates = [
        row
        for row in rows
        if row.actual is not None
        and row.nature in (Nature.OUTCOME, Nature.OUTPUT)
        and (row.measure == Measure.PERCENTAGE or (row.measure == Measure.COUNT and row.actual > 1))
        and row.qualifier != Qualifier.PLANNED
        and row.breakdown_key == ""
        and not row.is_suppressed
        and row.indicator.unit_of_analysis != UnitOfAnalysis.CONTACTS
    ]
    chosen: dict[int, FigureRow] = {}
    for row in sorted(candidates, key=_prominence):
        chosen.setdefault(row.indicator_id, row)
    return list(chosen.values())[:most] if len(chosen) >= fewest else []


def _prominence(row: FigureRow) -> tuple[Any, ...]:
    indicator = row.indicator
    return (
        indicator.headline_rank is None,
        row.target is None,
        row.nature != Nature.OUTCOME,
        indicator.unit_of_analysis != UnitOfAnalysis.PERSONS,
        row.measure != Measure.PERCENTAGE,
        width(row),
        -row.actual,
    )


@dataclass
class ComparedFigure:
    """A figure in a cell of the comparison, with what it is about beside the place that its column names."""

    row: FigureRow
    beside: list[ScopePart]


@dataclass
class ComparisonLine:
    """One line of the comparison: an indicator and, for each column, its figures there."""

    indicator: Indicator
    unit: str
    period_label: str
    breakdown_label: str
    cells: list[list[ComparedFigure]]


@dataclass
class Comparison:
    """Indicators by country.

    Attributes:
        split: what a source itself splits by country, with the total.
        projects: figures of single projects, partners and forums, each under the country that it belongs to.
    """

    split: list[ComparisonLine]
    projects: list[ComparisonLine]

    @classmethod
    def of(cls, rows: Iterable[FigureRow], countries: Iterable[Any]) -> "Comparison":
        """Every row of an indicator that has a figure of a country; one line for each, in the order of ``rows``.

        A cell holds all the figures of its place, none of them dropped and none added up. The columns are the
        countries, then regional (neither one of these countries nor the whole), then the total.
        """
        columns = [country.pk for country in countries]
        of_indicator: dict[tuple[int, int, str], list[FigureRow]] = defaultdict(list)
        for row in rows:
            of_indicator[row.indicator_id, row.period_id, row.breakdown_key].append(row)
        comparison = cls([], [])
        for found in of_indicator.values():
            totals = [row for row in found if not width(row)[0]]
            split = [row for row in found if is_split_by_source(row)]
            others = [row for row in found if row not in totals and row not in split]
            by_project = any(row.country_id in columns for row in others)
            if split:
                # Without figures of projects by country, a regional one stands beside those of the countries.
                comparison.split.append(_line([*split, *totals, *(() if by_project else others)], columns))
            if by_project:
                comparison.projects.append(_line([*others, *totals], columns))
        return comparison


def is_split_by_source(row: FigureRow) -> bool:
    """Whether a source states the figure of a country as a whole, not of a project or institution there."""
    return (
        row.country_id is not None
        and row.origin == Origin.REPORTED
        and row.project_id is row.partner_id is row.forum_id is None
    )


def _line(rows: list[FigureRow], columns: list[int]) -> ComparisonLine:
    cells: list[list[ComparedFigure]] = [[] for _column in range(len(columns) + 2)]
    for row in rows:
        place = _place(row, columns)
        named = row.country_id is not None and place < len(columns)
        beside = [part for part in row.scope if not (named and part.record == row.country)]
        cells[place].append(ComparedFigure(row, beside))
    first = rows[0]
    return ComparisonLine(first.indicator, first.unit_of_many, first.period_label, first.breakdown_label, cells)


def _place(row: FigureRow, columns: list[int]) -> int:
    """The column of a row: its country, the last but one for what is regional, the last for the whole."""
    if row.country_id in columns:
        return columns.index(row.country_id)
    return len(columns) + (0 if width(row)[0] else 1)
