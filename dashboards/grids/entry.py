"""Saving what was typed into a grid: what is right becomes drafts, what is not stays in its fields with a sentence."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts.actions import change
from accounts.choices import Door
from accounts.models import User
from accounts.reading.numbers import Ambiguous, Unreadable
from dashboards.grids.cells import Cell
from dashboards.grids.typed import Posted, plainly, read_typed, readings_of
from indicators.actions.entry import Entered, Entry, propose_many
from indicators.choices import Route
from indicators.models import ReportingPeriod


@dataclass
class Outcome:
    """What became of a posted grid.

    Attributes:
        saved: the cells that were saved as drafts, or emptied.
        waiting: the cells that were not, each with its sentence, question or the other person's figure.
    """

    saved: list[Cell] = field(default_factory=list)
    waiting: list[Cell] = field(default_factory=list)


def restore(cells: Iterable[Cell], posted: Posted) -> list[Cell]:
    """Put what was typed back into its fields, not saved; gives the cells that differ from what is stored."""
    restored = []
    for cell in cells:
        if posted.is_touched(cell) and not cell.is_locked and posted.typed[cell.pk].print != cell.shown.print:
            cell.typed = posted.typed[cell.pk]
            cell.is_restored = True
            restored.append(cell)
    return restored


def save(
    cells: Iterable[Cell],
    posted: Posted,
    *,
    period: ReportingPeriod,
    author: User,
    reason: str = "",
) -> Outcome:
    """Save the cells that somebody typed into, as drafts, in one change.

    Each cell that could not be saved keeps what was typed and says why. Nothing is written when nothing was typed.

    Raises:
        PermissionDenied: when the person may not enter figures.
        ValidationError: when nothing at all can be saved, as in a closed period without a reason.
    """
    outcome = Outcome()
    entries: list[Entry] = []
    touched: dict[int, Cell] = {}
    for cell in cells:
        if not posted.is_touched(cell):
            continue
        cell.typed = posted.typed[cell.pk]
        if cell.typed.print == cell.shown.print:
            continue
        if cell.is_locked:
            cell.errors.append(_("This figure is being reviewed: it can be changed once it is returned."))
            cell.is_restored = True
            outcome.waiting.append(cell)
            continue
        entry = _entry(cell, posted)
        if entry is None:
            outcome.waiting.append(cell)
        else:
            entries.append(entry)
            touched[cell.pk] = cell
    if entries:
        with change(door=Door.GRID, by=author, reason=reason):
            entered = propose_many(period=period, author=author, entries=entries, route=Route.GRID)
        _tell(entered, touched, outcome)
    return outcome


def _entry(cell: Cell, posted: Posted) -> Entry | None:
    """The entry of a cell; or None, with the reason beside the cell."""
    seen = posted.seen.get(cell.pk)
    try:
        figure = read_typed(cell, cell.typed, answer=posted.answers.get(cell.pk, ""))
    except Ambiguous as ambiguous:
        cell.readings = readings_of(ambiguous)
        return None
    except Unreadable as unreadable:
        cell.errors.append(unreadable.sentence)
        return None
    cell.figure = figure
    if figure is not None:
        cell.kept = plainly(figure)
        if cell.kept and posted.kept.get(cell.pk) == cell.kept:
            figure = figure | {"is_confirmed": True}
    return Entry(series=cell.series, figure=figure, version=None if seen is None else seen.version)


def _tell(entered: Entered, touched: dict[int, Cell], outcome: Outcome) -> None:
    """Put beside each cell what became of it."""
    authors = User.objects.in_bulk({each.author_id for each in entered.stale.values() if each.author_id})
    for each in entered.stale.values():
        each.author = authors.get(each.author_id)
    for pk, cell in touched.items():
        if pk in entered.refused:
            cell.errors += entered.refused[pk]
        elif pk in entered.stale:
            cell.stale = cell.submission = entered.stale[pk]
        elif pk in entered.unusual:
            cell.unusual = entered.unusual[pk]
        elif pk in entered.saved or pk in entered.emptied:
            cell.submission = entered.saved.get(pk)
            cell.settle()
            outcome.saved.append(cell)
            continue
        else:
            # Already so, whoever wrote it.
            cell.settle()
            continue
        outcome.waiting.append(cell)
