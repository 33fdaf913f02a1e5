"""Whether totals agree with the parts of a dimension: women and men, age groups."""

from collections.abc import Mapping
from functools import lru_cache

from indicators import rules
from indicators.actions.sheet import Line, Sheet, Strand
from indicators.actions.totals import ADDABLE
from indicators.rules import Closure


def check_parts(sheet: Sheet) -> None:
    """Flag totals that the parts of a dimension do not make, and note which figures follow from each other."""
    broken_down = {breakdown for _, breakdown in sheet.strands}
    for (scope, breakdown), strand in sheet.strands.items():
        for dimension, split in sheet.book.dimensions.items():
            if not split.is_exhaustive or f";{dimension}=" in f";{breakdown}":
                continue
            keys = _keys_of_parts(breakdown, dimension, split.categories)
            if broken_down.isdisjoint(keys.values()):
                # Nobody states a part: most indicators are broken down by one dimension or none.
                continue
            parts = {
                category: sheet.strands[scope, key] for category, key in keys.items() if (scope, key) in sheet.strands
            }
            for line in strand.lines.values():
                _check_dimension(sheet, line, parts, split.categories)


@lru_cache(maxsize=1000)
def _keys_of_parts(breakdown: str, dimension: str, categories: frozenset[str]) -> dict[str, str]:
    """The breakdowns that split one further in a dimension, by their categories in order."""
    words = [word for word in breakdown.split(";") if word]
    return {category: ";".join(sorted([*words, f"{dimension}={category}"])) for category in sorted(categories)}


def _check_dimension(sheet: Sheet, line: Line, strands: Mapping[str, Strand], categories: frozenset[str]) -> None:
    parts: dict[str, Line] = {}
    for category, strand in strands.items():
        part = strand.lines.get(line.period.pk)
        if part is not None and part.has_actual:
            parts[category] = part
    if not parts:
        return
    sheet.splits.append([line.key, *(part.key for part in parts.values())])
    is_complete = rules.has_all_parts(parts, categories)
    shares = [part.share for part in parts.values() if part.share is not None]
    counts = [part.quantity for part in parts.values() if part.quantity is not None]
    if len(shares) == len(parts):
        outcome = rules.shares_add_up(shares, is_complete=is_complete)
    elif len(counts) == len(parts):
        if sheet.indicator.measure not in ADDABLE:
            return
        outcome = rules.adds_up(
            total=line.quantity, parts=counts, is_complete=is_complete, thresholds=sheet.book.thresholds
        )
    else:
        return
    if outcome.status == Closure.GAP:
        line.is_incomplete = True
