"""Small cells: which figures would tell something about too few people."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from indicators.choices import Reason, UnitOfAnalysis
from indicators.rules.outcomes import Thresholds

#: Only groups of these are protected; a number of courses or firms names nobody.
PEOPLE = (UnitOfAnalysis.PERSONS, UnitOfAnalysis.PARTICIPATIONS)


@dataclass(frozen=True)
class Cell:
    """One figure about people.

    Attributes:
        sizes: the numbers of people that it tells: a count; numerator and base of a percentage; what a share comes to.
        is_total: not broken down.
        is_printed: a public source prints it, so that withholding it protects nobody.
    """

    sizes: tuple[Decimal, ...]
    is_total: bool = False
    is_sensitive: bool = False
    is_printed: bool = False

    @property
    def is_fixed(self) -> bool:
        """Shown whatever happens."""
        return self.is_printed and not self.is_sensitive

    @property
    def size(self) -> Decimal:
        return min(self.sizes, default=Decimal(0))


def is_small(cell: Cell, thresholds: Thresholds) -> bool:
    """Whether it tells about one to four people (sensitive: one to nine). Nobody is not a small group: 0 is shown."""
    if cell.is_fixed or (cell.is_total and not cell.is_sensitive):
        return False
    return any(0 < size < _least(cell, thresholds) for size in cell.sizes)


def withheld(cells: Mapping[str, Cell], sums: Iterable[Sequence[str]], thresholds: Thresholds) -> dict[str, Reason]:
    """The keys of the figures to withhold, and why.

    Args:
        sums: groups of keys of which each one follows from all the others: a total, then its parts.

    Whatever follows from what is shown would be no secret, so the complement of a withheld part goes too: the smallest
    other parts, until those withheld together are as many people as may be shown; else the total.
    """
    hidden = {key: Reason.TOO_FEW for key, cell in sorted(cells.items()) if is_small(cell, thresholds)}
    groups = [[key for key in group if key in cells] for group in sums if group and group[0] in cells]
    again = bool(hidden)
    while again:
        again = False
        for group in groups:
            chosen = _complement(group, cells, hidden, thresholds)
            if chosen is not None:
                hidden[chosen] = Reason.COMPLEMENT
                again = True
    return hidden


def _complement(
    group: Sequence[str], cells: Mapping[str, Cell], hidden: Mapping[str, Reason], thresholds: Thresholds
) -> str | None:
    """What else to withhold so that nothing withheld in this group follows from the rest of it; None when that is so."""
    total, *parts = group
    gone = [key for key in parts if key in hidden]
    # A zero comes last: beside it, the others still tell all.
    left = sorted(
        (key for key in parts if key not in hidden and not cells[key].is_fixed),
        key=lambda key: (cells[key].size == 0, cells[key].size, key),
    )
    if total in hidden:
        return None if gone or not left else left[0]
    if not gone:
        return None
    if len(gone) > 1:
        if sum(cells[key].size for key in gone) >= max(_least(cells[key], thresholds) for key in gone):
            return None
        if all(cells[key].size == 0 for key in parts if key not in hidden):
            # All of them are withheld; of the total, the rule of totals decides.
            return None
    if left:
        return left[0]
    return None if cells[total].is_fixed else total


def _least(cell: Cell, thresholds: Thresholds) -> int:
    return thresholds.small_cell_sensitive if cell.is_sensitive else thresholds.small_cell
