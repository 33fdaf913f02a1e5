"""Rows that name other rows of the same file: a partner and the one it is part of, a result and its parent."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.previews import Line, Outcome
from accounts.resources.columns import Column
from accounts.resources.widgets import as_text, is_empty, unescaped

if TYPE_CHECKING:
    from accounts.resources.records import RecordResource

#: Such a file is read as a whole.
MOST_ROWS = 20_000


class TooManyRows(Exception):
    """The file is too long to be put in order."""


class Lineage:
    """The rows in an order in which each comes after those that it names, and circles refused."""

    def __init__(self, resource: "RecordResource", lines: list[Line], own: Sequence[Column]) -> None:
        if len(lines) > MOST_ROWS:
            raise TooManyRows(_("The sheet has more than %(most)d rows: send it in parts.") % {"most": MOST_ROWS})
        self.resource, self.lines, self.own = resource, lines, own
        self.by_key: dict[str, Line] = {}
        for line in lines:
            self.by_key.setdefault(self._key(line), line)
        self._refuse_circles()

    def levels(self, size: int) -> Iterator[list[Line]]:
        """The rows in batches: whatever a row names stands in an earlier batch, or in the database."""
        depth: dict[int, int] = {}
        for line in self.lines:
            self._depth(line, depth)
        for level in range(max(depth.values(), default=-1) + 1):
            chosen = [line for line in self.lines if depth[line.number] == level]
            for start in range(0, len(chosen), size):
                yield chosen[start : start + size]

    @contextmanager
    def rehearsal(self, *, is_rehearsed: bool) -> Iterator[None]:
        """A preview writes the rows that others name, so that those can be checked; then it is all undone."""
        if not is_rehearsed:
            yield
            return
        with transaction.atomic():
            yield
            transaction.set_rollback(True)

    def keep(self, lines: Sequence[Line], *, is_rehearsed: bool) -> None:
        """Let the rows to come find the new records of these."""
        named = {key for line in self.lines for key in self._named(line)}
        new = [line for line in lines if line.outcome == Outcome.NEW and self._key(line) in named]
        records = [line.record for line in new]
        if is_rehearsed and records:
            records = [copy(record) for record in records]
            self.resource.model._base_manager.bulk_create(records)
        for column in self.own:
            for record in records:
                column.widget.keep(record)

    def _key(self, line: Line) -> str:
        """The natural key of a row's record, as other cells write it."""
        names = [self.resource.fields[name] for name in self.resource.keys]
        return "/".join(_written(line, column) for column in names)

    def _named(self, line: Line) -> Iterator[str]:
        for column in self.own:
            key = _written(line, column)
            if key:
                yield key

    def _depth(self, line: Line, depth: dict[int, int]) -> int:
        # Without recursion: a chain may be as long as the file.
        waiting = [line]
        while waiting:
            current = waiting[-1]
            if current.number in depth:
                waiting.pop()
                continue
            before = [self.by_key[key] for key in self._named(current) if key in self.by_key]
            before = [each for each in before if each is not current]
            todo = [] if current.problems else [each for each in before if each.number not in depth]
            if todo:
                waiting += todo
                continue
            depth[current.number] = 1 + max((depth.get(each.number, -1) for each in before), default=-1)
            waiting.pop()
        return depth[line.number]

    def _refuse_circles(self) -> None:
        """What is part of itself by a detour, in the file or together with what is stored."""
        for column in self.own:
            parents = self._stored_parents(column)
            for line in self.lines:
                parents[self._key(line)] = _written(line, column)
            for line in self.lines:
                if self._is_in_circle(self._key(line), parents):
                    self.resource.problem(
                        line, column.column_name, _("It would come back to itself over the others: break the circle.")
                    )
        self._refuse_crossed()

    def _refuse_crossed(self) -> None:
        """New rows that name each other over different columns: neither can come first."""
        open_lines = [line for line in self.lines if not line.problems]
        left = {line.number: line for line in open_lines}
        while True:
            free = [
                number
                for number, line in left.items()
                if not any(
                    self.by_key[key].number in left and self.by_key[key] is not line
                    for key in self._named(line)
                    if key in self.by_key
                )
            ]
            if not free:
                break
            for number in free:
                del left[number]
        for line in left.values():
            self.resource.problem(line, "", _("This row and others name each other in a circle: break it."))

    def _stored_parents(self, column: Column) -> dict[str, str]:
        paths = self.resource.model.natural_key_fields
        theirs = [f"{column.attribute}__{path}" for path in paths]
        rows: Any = self.resource.model._base_manager.filter(**{f"{column.attribute}__isnull": False})
        return {
            "/".join(map(str, row[: len(paths)])): "/".join(map(str, row[len(paths) :]))
            for row in rows.values_list(*paths, *theirs)
        }

    @staticmethod
    def _is_in_circle(key: str, parents: dict[str, str]) -> bool:
        seen = set()
        current = parents.get(key, "")
        while current and current not in seen:
            if current == key:
                return True
            seen.add(current)
            current = parents.get(current, "")
        return False


def _written(line: Line, column: Column) -> str:
    written = line.cells.get(column.column_name)
    return "" if is_empty(written) else unescaped(as_text(written)).strip()
