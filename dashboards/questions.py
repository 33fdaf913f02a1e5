"""A report as questions: one indicator in one scope at a time, what came back first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboards.grids.cells import Cell, Kind
from dashboards.grids.sheets import Line, Sheet
from epe_ap.templatetags.figures import number, percent
from indicators.choices import Cumulation, Measure, SubmissionState
from indicators.models import Indicator, Submission


class Standing(StrEnum):
    """How far a question is; the most pressing first."""

    RETURNED = "returned"
    OPEN = "open"
    ANSWERED = "answered"
    HANDED_IN = "handed_in"
    LEFT_OUT = "left_out"
    READ_ONLY = "read_only"


@dataclass
class Question:
    """An indicator in one scope, with the fields that it asks for.

    Attributes:
        cells: of its parts, and last the whole.
        is_alone: whether all questions are about one place, which need not be named each time.
        mended: primary keys of the cells that came back and were changed since.
    """

    line: Line
    cells: list[Cell]
    mended: frozenset[int]
    is_alone: bool = False
    standing: Standing = field(init=False)

    def __post_init__(self) -> None:
        self.standing = self._standing()

    @property
    def pk(self) -> int:
        return self.line.pk

    @property
    def indicator(self) -> Indicator:
        return self.line.indicator

    @property
    def name(self) -> str:
        """The indicator in plain words, and where it is not the whole project what part of it."""
        return " · ".join(filter(None, (str(self.indicator.name), "" if self.is_alone else self.line.label)))

    @property
    def span(self) -> str:
        """Over which time it is counted; of what is told in words, nothing."""
        if self.indicator.measure == Measure.QUALITATIVE:
            return ""
        return str(SPANS[Cumulation(self.indicator.cumulation)])

    @property
    def main(self) -> Cell:
        """The whole, or the last of the parts: a comment stands with it."""
        entered = self.entered
        return next((cell for cell in entered if cell.series.is_total), entered[-1])

    @property
    def entered(self) -> list[Cell]:
        """The cells that the reader enters; all of them for whoever only reads."""
        return [cell for cell in self.cells if not cell.is_read_only] or self.cells

    @property
    def returned(self) -> list[Cell]:
        """The cells that came back and are not mended yet."""
        return [cell for cell in self._mine() if cell.state == SubmissionState.RETURNED and cell.pk not in self.mended]

    @property
    def values(self) -> list[Cell]:
        """The cells that say something."""
        return [cell for cell in self.cells if cell.stated is not None]

    @property
    def is_waiting(self) -> bool:
        """Whether it is to be answered, or answered again."""
        return self.standing in (Standing.RETURNED, Standing.OPEN)

    @property
    def is_locked(self) -> bool:
        return all(cell.is_locked for cell in self.cells)

    def show_comment(self, comments: Mapping[int, str]) -> None:
        """Put the comment into its field, by primary key of the proposal that it stands with."""
        main = self.main
        main.comment = comments.get(main.submission.pk, "") if main.submission is not None and main.version else ""

    def _mine(self) -> list[Cell]:
        return [cell for cell in self.cells if not cell.is_read_only]

    def _standing(self) -> Standing:
        mine = self._mine()
        if not mine:
            return Standing.READ_ONLY
        if self.returned:
            return Standing.RETURNED
        if all(cell.stated is None for cell in mine):
            return Standing.OPEN if any(not cell.is_locked for cell in mine) else Standing.LEFT_OUT
        if any(cell.state in (SubmissionState.DRAFT, SubmissionState.RETURNED) for cell in mine):
            return Standing.ANSWERED
        return Standing.HANDED_IN


@dataclass
class Questions:
    """All questions of a report that a person sees, in the order of the grid."""

    all: list[Question]

    def at(self, standing: Standing) -> list[Question]:
        return [each for each in self.all if each.standing == standing]

    @property
    def asked(self) -> list[Question]:
        """Those that the person answers."""
        return [each for each in self.all if each.standing != Standing.READ_ONLY]

    def to_ask_back(self, *, forwards: bool) -> list[Cell]:
        """The cells that the person may ask back, unless something was decided about one of them before; of a report
        that its lead handed in, all that institutions report, for the lead alone."""
        cells = [cell for question in self.asked for cell in question.cells if not cell.is_read_only]
        is_whole = any(cell.is_handed_in for cell in cells)
        if is_whole and not forwards:
            return []
        mine = [cell for cell in cells if is_whole or cell.series.is_own]  # type: ignore[attr-defined]
        if any(cell.state in (SubmissionState.RETURNED, SubmissionState.APPROVED) for cell in mine):
            return []
        return [cell for cell in mine if cell.state == SubmissionState.SUBMITTED]

    @property
    def waiting(self) -> list[Question]:
        """Those to be answered, in the order in which they are asked: what came back first."""
        return self.at(Standing.RETURNED) + self.at(Standing.OPEN)

    @property
    def number_answered(self) -> int:
        return sum(1 for each in self.asked if not each.is_waiting and each.standing != Standing.LEFT_OUT)

    def can_be_handed_in(self, *, forwards: bool) -> bool:
        """Whether anything waits to be handed in; for whoever forwards the report, also what partners handed in."""
        states = {SubmissionState.DRAFT, SubmissionState.RETURNED} | (
            {SubmissionState.SUBMITTED} if forwards else set()
        )
        return any(
            cell.state in states
            and (not cell.is_handed_in or cell.state == SubmissionState.RETURNED)
            and cell not in question.returned
            for question in self.asked
            for cell in question.cells
            if not cell.is_read_only
        )

    def of_series(self, pk: int) -> Question | None:
        return next((each for each in self.all if any(cell.pk == pk for cell in each.cells)), None)

    def place_of(self, question: Question) -> int:
        """Which one it is among those asked, from 1; 0 for one that is only read."""
        return self.asked.index(question) + 1 if question in self.asked else 0

    def after(self, question: Question) -> Question | None:
        """The one that is asked next; None when nothing is left behind it."""
        waiting = self.waiting
        if question in waiting:
            behind = waiting[waiting.index(question) + 1 :]
        else:
            behind = [each for each in waiting if self.all.index(each) > self.all.index(question)]
        return behind[0] if behind else None


def questions_of(sheet: Sheet) -> Questions:
    """The lines of a grid as questions; one query more than the grid where something came back."""
    cells = list(sheet.cells())
    mended = _mended([cell.submission for cell in cells if cell.submission and cell.state == SubmissionState.RETURNED])
    found = [
        Question(line, [cell for cell in line.cells if cell is not None], mended)
        for group in sheet.groups
        for block in group.blocks
        for line in block.lines
    ]
    # Only one place, of one institution: its people know it.
    is_alone = len({question.line.label for question in found}) == 1
    for question in found:
        question.is_alone = is_alone
    return Questions(found)


def _mended(returned: Sequence[Submission]) -> frozenset[int]:
    """Series whose returned proposal was changed since it came back: it was saved again after it was returned."""
    if not returned:
        return frozenset()
    handed_in = dict(
        Submission.history.filter(id__in=[each.pk for each in returned], state=SubmissionState.SUBMITTED)
        .order_by()
        .values("id")
        .annotate(last=Max("version"))
        .values_list("id", "last")
    )
    # It is returned in the version after the last one that was handed in.
    return frozenset(
        each.series_id for each in returned if each.pk in handed_in and each.version > handed_in[each.pk] + 1
    )


#: Which events or people a figure is about, by how its periods add up; said to whoever counts them.
SPANS = {
    Cumulation.PER_PERIOD: gettext_lazy("Count this period only."),
    Cumulation.RUNNING_TOTAL: gettext_lazy("Count everything since the programme began, this period included."),
    Cumulation.STOCK: gettext_lazy("Count what there is at the end of the period."),
}


def example_of(cells: Iterable[Cell]) -> str:
    """How the number is written, in the reader's language."""
    kinds = {cell.kind for cell in cells}
    if Kind.TEXT in kinds:
        return _("One or two sentences are enough.")
    if Kind.PERCENTAGE in kinds:
        return _("For example 110 of 200; or, where you only know the percentage, %(percent)s.") % {
            "percent": percent(Decimal("83.5"))
        }
    if kinds == {Kind.SHARE}:
        return _("For example %(percent)s.") % {"percent": percent(Decimal(43))}
    is_whole = all(cell.is_whole for cell in cells)
    return _("For example %(number)s.") % {"number": number(Decimal(1250) if is_whole else Decimal("1250.5"))}
