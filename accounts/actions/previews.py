"""What an import would do, said before it is done: row by row, cell by cell, with everything that is wrong."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

#: Problems that are listed; further ones are counted.
MOST_PROBLEMS = 10_000
#: Rows that are shown with their differences; further ones are counted.
MOST_ROWS = 1_000


class Outcome(models.TextChoices):
    """What becomes of one row."""

    NEW = "new", gettext_lazy("new")
    CHANGED = "changed", gettext_lazy("changed")
    UNCHANGED = "unchanged", gettext_lazy("unchanged")
    REFUSED = "refused", gettext_lazy("refused")


class Row(Protocol):
    """A row of a sheet: its number as the spreadsheet shows it, and its cells from column A on."""

    @property
    def number(self) -> int: ...
    @property
    def values(self) -> Sequence[object]: ...


class Sheet(Protocol):
    """A sheet that is read from its first row on, as often as it is asked."""

    @property
    def name(self) -> str: ...
    def rows(self) -> Iterator[Row]: ...


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        cell: its address, such as B7; a row's or a column's alone where the problem is no single cell's.
        column: the column's own name; empty for the whole row.
        written: what stands in the cell, cut when it is long.
        rule: what is asked for instead, in the user's language.
        is_question: whether the value is kept once somebody says that it is right.
    """

    sheet: str
    row: int
    cell: str
    column: str
    written: str
    rule: str
    is_question: bool = False

    def __str__(self) -> str:
        named = {"sheet": self.sheet, "cell": self.cell, "written": self.written, "rule": self.rule}
        if self.written:
            return _("Sheet “%(sheet)s”, cell %(cell)s, “%(written)s”: %(rule)s") % named
        return _("Sheet “%(sheet)s”, %(cell)s: %(rule)s") % named


class Difference(NamedTuple):
    """A cell that would change a record: what is stored and what would be, both as an export writes them.

    ``said`` is the two in the words and numbers of the reader's language, where a page shows those instead.
    """

    column: str
    label: str
    cell: str
    before: str
    after: str
    said: tuple[str, str] | None = None


@dataclass(slots=True)
class Line:
    """One row of the sheet, as far as it was read.

    Attributes:
        record: the record as it would be saved; None when it could not be made.
        links: primary keys for each many-to-many field that differs; ``links_before`` those that are stored.
    """

    number: int
    cells: dict[str, object]
    places: dict[str, str] = field(default_factory=dict)
    cleaned: dict[str, Any] = field(default_factory=dict)
    record: Any = None
    is_new: bool = False
    links: dict[str, list[int]] = field(default_factory=dict)
    links_before: dict[str, list[int]] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        if self.problems:
            return Outcome.REFUSED
        if self.is_new:
            return Outcome.NEW
        return Outcome.CHANGED if self.differences else Outcome.UNCHANGED

    @property
    def is_written(self) -> bool:
        return self.outcome in (Outcome.NEW, Outcome.CHANGED)


@dataclass(frozen=True, slots=True)
class PreviewedRow:
    """A row that would be written, or is refused."""

    number: int
    outcome: Outcome
    name: str
    differences: tuple[Difference, ...]
    problems: tuple[Problem, ...]


@dataclass
class Preview:
    """All that a reader must see before an import is applied.

    Attributes:
        columns: the columns that the file has, in its order.
        header_row: the number of the row with the headings.
        counts: rows by outcome.
        rows: those that are new, changed or refused, up to ``MOST_ROWS``; ``rows_left_out`` counts the others.
        problems: of all rows and of the headings, up to ``MOST_PROBLEMS``; ``problems_left_out`` counts the others.
        is_readable: False when the headings are wrong, so that no row can be applied.
        digest: of all differences; see ``accounts.models.Import.digest``.
        named: by foreign key, the primary keys of what these rows name.
    """

    sheet: str
    columns: tuple[str, ...] = ()
    header_row: int = 0
    counts: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    rows: list[PreviewedRow] = field(default_factory=list)
    rows_left_out: int = 0
    problems: list[Problem] = field(default_factory=list)
    problems_left_out: int = 0
    is_readable: bool = True
    digest: str = ""
    named: dict[str, set[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._hash = hashlib.sha256()

    @property
    def writes(self) -> int:
        """How many rows would be written."""
        return self.counts[Outcome.NEW] + self.counts[Outcome.CHANGED]

    @property
    def summary(self) -> str:
        """The counts in a sentence."""
        parts = [
            ngettext("%(n)d new row", "%(n)d new rows", self.counts[Outcome.NEW]) % {"n": self.counts[Outcome.NEW]},
            ngettext("%(n)d changed", "%(n)d changed", self.counts[Outcome.CHANGED])
            % {"n": self.counts[Outcome.CHANGED]},
            ngettext("%(n)d unchanged", "%(n)d unchanged", self.counts[Outcome.UNCHANGED])
            % {"n": self.counts[Outcome.UNCHANGED]},
            ngettext("%(n)d refused", "%(n)d refused", self.counts[Outcome.REFUSED])
            % {"n": self.counts[Outcome.REFUSED]},
        ]
        return ", ".join(parts)

    def refuse_headings(self, problems: Iterable[Problem]) -> None:
        """Something is wrong with the columns: nothing of the file can be applied."""
        for problem in problems:
            self.is_readable = False
            self._list(problem)

    def add(self, lines: Iterable[Line]) -> None:
        """Count and show some rows, in the order of the sheet."""
        for line in lines:
            outcome = line.outcome
            self.counts[outcome] += 1
            self._sign(line, outcome)
            for problem in line.problems:
                self._list(problem)
            if outcome == Outcome.UNCHANGED:
                continue
            if len(self.rows) >= MOST_ROWS:
                self.rows_left_out += 1
                continue
            self._note_named(line.record)
            self.rows.append(
                PreviewedRow(line.number, outcome, _name_of(line.record), tuple(line.differences), tuple(line.problems))
            )

    def finish(self) -> "Preview":
        self.digest = self._hash.hexdigest()
        return self

    def _note_named(self, record: Any) -> None:
        # The line of a workbook for people holds what stands in its cell, and names nothing by a key.
        for each in record._meta.concrete_fields if isinstance(record, models.Model) else ():
            if each.many_to_one and (key := getattr(record, each.attname)) is not None:
                self.named.setdefault(each.name, set()).add(key)

    def _list(self, problem: Problem) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)
        else:
            self.problems_left_out += 1

    def _sign(self, line: Line, outcome: Outcome) -> None:
        # Labels and sentences are left out: they are worded in the language of whoever looks.
        if outcome == Outcome.UNCHANGED:
            said: list[Any] = [line.number, outcome.value]
        elif outcome == Outcome.REFUSED:
            said = [line.number, outcome.value, sorted({problem.cell for problem in line.problems})]
        else:
            said = [line.number, outcome.value, [(each.column, each.before, each.after) for each in line.differences]]
        self._hash.update(json.dumps(said).encode())


def _name_of(record: Any) -> str:
    try:
        return "" if record is None else str(record)
    except ObjectDoesNotExist:
        # A new record whose name is made of something that its row does not rightly say.
        return ""
