"""Which column of a sheet is which: found by name or by label, in any language; what is wrong with the headings is said."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.actions.previews import Problem, Row
from accounts.folding import fold
from accounts.reading.telling import address, shown
from accounts.resources.columns import Column
from accounts.resources.widgets import LANGUAGES, as_text, is_empty, unescaped

#: Rows above the headings that may hold a title.
TITLES = 20


def _word(written: object) -> str:
    return fold(" ".join(unescaped(as_text(written)).split())).replace("_", " ")


def names_of(columns: Iterable[Column]) -> dict[str, set[str]]:
    """The columns that a heading may mean, by heading: each under its own name and its labels."""
    labels: dict[str, set[str]] = defaultdict(set)
    names: dict[str, set[str]] = {}
    for column in columns:
        names[_word(column.column_name)] = {column.column_name}
        for language in LANGUAGES:
            with override(language):
                labels[_word(str(column.label))].add(column.column_name)
    return {**labels, **names}


def find_headings(
    rows: Iterator[Row], names: dict[str, set[str]], keys: Sequence[str]
) -> tuple[Row | None, Iterator[Row]]:
    """The row with the headings, and the rows after it.

    The first of the first rows in which every key column is named; else the first that is not empty.
    """
    seen: list[Row] = []
    for row in rows:
        seen.append(row)
        named = {name for value in row.values if not is_empty(value) for name in names.get(_word(value), ())}
        if named.issuperset(keys):
            return row, rows
        if len(seen) >= TITLES:
            break
    first = next((row for row in seen if not all(is_empty(value) for value in row.values)), None)
    if first is None:
        return None, rows
    return first, _after(seen[seen.index(first) + 1 :], rows)


def _after(seen: list[Row], rows: Iterator[Row]) -> Iterator[Row]:
    yield from seen
    yield from rows


def place_columns(
    row: Row, sheet: str, names: dict[str, set[str]], required: Sequence[str]
) -> tuple[dict[int, str], list[Problem]]:
    """The column of each place in the row, and what is wrong with the headings."""
    places: dict[int, str] = {}
    problems: list[Problem] = []

    def refuse(place: int, written: Any, rule: str, column: str = "") -> None:
        problems.append(Problem(sheet, row.number, address(row.number, place), column, shown(written), rule))

    by_name: dict[str, int] = {}
    for place, written in enumerate(row.values):
        if is_empty(written):
            continue
        found = names.get(_word(written), set())
        if not found:
            close = get_close_matches(_word(written), names, n=1, cutoff=0.7)
            meant = sorted(names[close[0]])[0] if close else ""
            refuse(
                place,
                written,
                _("No column is called so. Did you mean “%(meant)s”?") % {"meant": meant}
                if meant
                else _("No column is called so: correct the heading, or take the column away."),
            )
        elif len(found) > 1:
            refuse(
                place,
                written,
                _("Several columns are called so: write the name of one of them (%(names)s).")
                % {"names": ", ".join(sorted(found))},
            )
        else:
            name = next(iter(found))
            if name in by_name:
                refuse(
                    place,
                    written,
                    _("This column stands in %(first)s already: keep one of the two.")
                    % {"first": address(row.number, by_name[name])},
                    name,
                )
            else:
                by_name[name], places[place] = place, name
    for name in required:
        if name not in by_name:
            problems.append(
                Problem(
                    sheet, row.number, _("row %(number)d") % {"number": row.number}, name, "",
                    _("The column “%(name)s” is missing: it says which record a row is about.") % {"name": name},
                )
            )  # fmt: skip
    return places, problems
