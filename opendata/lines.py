"""Results on their way out: a total, then its parts, in bounded memory."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from indicators.models import Result
from indicators.models.results import ROW_KEY
from indicators.querysets import ResultQuerySet
from library.models import Discrepancy
from opendata.columns import Line

#: Rows read at a time.
CHUNK: Final = 1000


@dataclass(frozen=True)
class Export:
    """A set of rows to write out, in their order.

    Attributes:
        rows: the rows, in order.
        language: of names, units and notes.
        today: decides what is due.
        with_parts: whether each total brings its parts along; not where ``rows`` holds the parts already.
        query: the query string that the rows answer, for the record.
        address: of the page that shows these rows, where there is one.
    """

    rows: ResultQuerySet
    language: str
    today: date
    with_parts: bool = True
    query: str = ""
    address: str = ""

    def lines(self) -> Iterator[Line]:
        """Each result once: four queries for every thousand rows."""
        keys = self._keys()
        written: set[int] = set()
        for start in range(0, len(keys), CHUNK):
            results = self._in_chunk(keys[start : start + CHUNK])
            codes = _discrepancies_of(results)
            for result in results:
                # Two totals of one scope, a reported and a computed one, have the same parts.
                if result.pk not in written:
                    written.add(result.pk)
                    yield Line(result, self.language, self.today, codes.get(result.actual_record_id, ()))

    def _keys(self) -> list[int]:
        """Primary keys of the rows; where parts are rows of their own, each after its total."""
        if self.with_parts:
            return list(self.rows.values_list("pk", flat=True))
        found = list(self.rows.only("breakdown_key", *ROW_KEY))
        totals = {row.row_key for row in found if row.breakdown_key == ""}
        parts: dict[tuple[int | None, ...], list[int]] = defaultdict(list)
        for row in found:
            if row.breakdown_key != "":
                parts[row.row_key].append(row.pk)
        keys: list[int] = []
        for row in found:
            if row.breakdown_key == "":
                keys += [row.pk, *parts.pop(row.row_key, ())]
            elif row.row_key not in totals:
                keys.append(row.pk)
        return keys

    def _in_chunk(self, keys: list[int]) -> list[Result]:
        found = {row.pk: row for row in Result.objects.filter(pk__in=keys).for_results_page()}
        rows = [found[key] for key in keys if key in found]
        parts: dict[tuple[int | None, ...], list[Result]] = defaultdict(list)
        for part in Result.objects.parts_of(rows if self.with_parts else ()).for_results_page():
            parts[part.row_key].append(part)
        lines = [line for row in rows for line in (row, *(parts[row.row_key] if row.breakdown_key == "" else ()))]
        Result.objects.add_citations(lines)
        return lines


def _discrepancies_of(results: Iterable[Result]) -> dict[int | None, tuple[str, ...]]:
    """Codes of the discrepancies about each actual, by its primary key, in one query."""
    actuals = {result.actual_record_id for result in results if result.actual_record_id is not None}
    named = Discrepancy.actuals.through.objects.filter(actual__in=actuals).values_list("actual", "discrepancy__code")
    cited = Discrepancy.citations.through.objects.filter(citation__actual__in=actuals)
    codes: dict[int | None, set[str]] = defaultdict(set)
    for actual, code in named.union(cited.values_list("citation__actual", "discrepancy__code")):
        codes[actual].add(code)
    return {actual: tuple(sorted(found)) for actual, found in codes.items()}
