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
    least = thresholds.small_cell_sensitive if cell.is_sensitive else thresholds.small_cell
    return any(0 < size < least for size in cell.sizes)


def withheld(cells: Mapping[str, Cell], sums: Iterable[Sequence[str]], thresholds: Thresholds) -> dict[str, Reason]:
    """The keys of the figures to withhold, and why.

    Args:
        sums: groups of keys of which each one follows from all the others: a total and its parts.

    Wherever exactly one figure of such a group is withheld, its complement goes too: the smallest other part, else
    the total. Totals stand first in their group.
    """
    hidden = {key: Reason.TOO_FEW for key, cell in sorted(cells.items()) if is_small(cell, thresholds)}
    groups = [[key for key in group if key in cells] for group in sums]
    again = bool(hidden)
    while again:
        again = False
        for group in groups:
            if sum(key in hidden for key in group) != 1:
                continue
            others = [key for key in group if key not in hidden and not cells[key].is_fixed]
            if others:
                chosen = min(others, key=lambda key: (cells[key].is_total, key == group[0], cells[key].size, key))
                hidden[chosen] = Reason.COMPLEMENT
                again = True
    return hidden
