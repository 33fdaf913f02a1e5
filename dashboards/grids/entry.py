"""Saving what was typed into a grid: what is right becomes drafts, what is not stays in its fields with a sentence."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.actions import change
from accounts.choices import Door
from accounts.models import User
from accounts.reading.numbers import Ambiguous, Unreadable
from dashboards.grids.cells import Cell, Kind
from dashboards.grids.typed import Posted, plainly, read_typed, readings_of
from indicators.actions import door_of, route_of
from indicators.actions.entry import Entered, Entry, propose_many
from indicators.choices import Route
from indicators.models import Actual, Intake, ReportingPeriod, Series, Submission
from indicators.telling import name_for

#: The longest comment beside a figure; nobody reads a longer one.
LONGEST = 4000


@dataclass
class Outcome:
    """What became of a posted grid, by primary key of the series.

    Attributes:
        saved: the cells that were saved as drafts, or emptied.
        settled: those, and the cells that were so already.
        waiting: the cells that were not saved, each with its sentence, question or the other person's figure.
    """

    saved: set[int] = field(default_factory=set)
    settled: set[int] = field(default_factory=set)
    waiting: dict[int, Cell] = field(default_factory=dict)

    def tell(self, cells: Iterable[Cell]) -> None:
        """Put it beside the cells of a page."""
        for cell in cells:
            cell.is_saved = cell.pk in self.settled
            waiting = self.waiting.get(cell.pk)
            if waiting is not None:
                cell.take_over(waiting)


def restore(cells: Iterable[Cell], posted: Posted) -> list[Cell]:
    """Put what was typed back into its fields, not saved; gives the cells that differ from what is stored."""
    restored = []
    for cell in cells:
        typed = posted.typed.get(cell.pk)
        if typed is None or not posted.is_touched(cell.pk) or cell.is_locked:
            continue
        is_commented = cell.comment is not None and typed.comment_print != cell.shown.comment_print
        if typed.print != cell.shown.print or is_commented:
            cell.typed = typed
            cell.is_restored = True
            restored.append(cell)
    return restored


def save(
    series: Iterable[Series],
    posted: Posted,
    *,
    period: ReportingPeriod,
    author: User,
    reason: str = "",
    intake: Intake | None = None,
) -> Outcome:
    """Save the cells that somebody typed into, as drafts, in one change.

    Each cell that could not be saved keeps what was typed and says why. Nothing is written when nothing was typed.

    Args:
        series: those that were typed into, with all that ``expected_series`` reads.
        intake: what they are entered from, on behalf of a partner.

    Raises:
        ValidationError: when nothing at all can be saved, as in a closed period without a reason.
    """
    outcome = Outcome()
    entries: list[Entry] = []
    touched = _touched(series, posted, period)
    for cell in touched.values():
        entry = _entry(cell, posted)
        if entry is None:
            outcome.waiting[cell.pk] = cell
        else:
            entries.append(entry)
    if entries:
        with change(door=Door.ON_BEHALF if intake else door_of(author, Door.GRID), by=author, reason=reason):
            route = route_of(author, Route.GRID)
            entered = propose_many(period=period, author=author, entries=entries, route=route, intake=intake)
        _tell(entered, [touched[entry.series.pk] for entry in entries], outcome, reader=author)
    return outcome


def _touched(series: Iterable[Series], posted: Posted, period: ReportingPeriod) -> dict[int, Cell]:
    """The cells that somebody typed into: what is stored is read for texts alone, which stand in three languages."""
    language = (get_language() or "fr").partition("-")[0]
    cells = {one.pk: Cell(one, one.breakdown.key, "", language) for one in series}
    texts = [pk for pk, cell in cells.items() if cell.kind == Kind.TEXT]
    if texts:
        for actual in Actual.objects.filter(series__in=texts, period=period):
            cells[actual.series_id].actual = actual
        for submission in Submission.objects.filter(series__in=texts, period=period).order_by("number"):
            cells[submission.series_id].submission = submission
    for pk, cell in cells.items():
        cell.typed = posted.typed[pk]
        cell.is_share = pk in posted.seen and posted.seen[pk].is_share
    return cells


def _entry(cell: Cell, posted: Posted) -> Entry | None:
    """The entry of a cell; or None, with the reason beside the cell."""
    seen = posted.seen.get(cell.pk)
    if cell.pk in posted.twice:
        written, chosen = posted.twice[cell.pk]
        cell.errors.append(
            _("You wrote “%(written)s” and chose “%(chosen)s”: keep one of them.")
            % {"written": written, "chosen": chosen}
        )
        return None
    try:
        figure = read_typed(cell, cell.typed, answer=posted.answers.get(cell.pk, ""))
    except Ambiguous as ambiguous:
        cell.readings = readings_of(ambiguous)
        return None
    except Unreadable as unreadable:
        cell.errors.append(unreadable.sentence)
        return None
    cell.figure = figure
    comment = (cell.typed.comment or "").strip()
    if figure is None and comment:
        cell.errors.append(_("A comment stands beside a figure: write one, or choose that it is not known yet."))
        return None
    if len(comment) > LONGEST:
        cell.errors.append(_("A comment has at most %(number)s characters.") % {"number": LONGEST})
        return None
    if (
        figure is not None
        and cell.typed.comment is not None
        and cell.typed.comment_print != (seen.comment if seen else "")
    ):
        figure = figure | {"internal_comment": comment}
    if figure is not None:
        cell.kept = plainly(figure)
        if cell.kept and posted.kept.get(cell.pk) == cell.kept:
            figure = figure | {"is_confirmed": True}
    return Entry(series=cell.series, figure=figure, version=None if seen is None else seen.version)


def _tell(entered: Entered, cells: Iterable[Cell], outcome: Outcome, *, reader: User) -> None:
    """Put beside each cell what became of it."""
    authors = User.objects.in_bulk({each.author_id for each in entered.stale.values() if each.author_id})
    for cell in cells:
        pk = cell.pk
        if pk in entered.refused:
            cell.errors += entered.refused[pk]
        elif pk in entered.stale:
            cell.stale = entered.stale[pk]
            cell.stale_by = name_for(reader, authors.get(cell.stale.author_id))
        elif pk in entered.unusual:
            cell.unusual = entered.unusual[pk]
        else:
            outcome.settled.add(pk)
            if pk not in entered.unchanged:
                outcome.saved.add(pk)
            continue
        outcome.waiting[pk] = cell
