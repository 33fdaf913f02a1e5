"""One cell of an entry grid: a series in a period, what is proposed or approved for it, and what stands in its fields."""

import hashlib
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from epe_ap.templatetags.figures import NBSP, amount, number, percent, qualifier
from indicators import rules
from indicators.choices import Measure, Qualifier, SubmissionState, UnitOfAnalysis
from indicators.models import Actual, Baseline, Figure, Review, Series, Submission, Target

#: Units of which there may be a part, also in the numerator of a percentage.
DIVISIBLE = frozenset({UnitOfAnalysis.MONEY, UnitOfAnalysis.HOURS, UnitOfAnalysis.OTHER})

#: How a field writes what is not exact: in signs that the parser reads in every language.
SIGNS = {Qualifier.MORE_THAN: ">", Qualifier.AT_LEAST: "≥", Qualifier.ABOUT: "≈"}


class Kind(StrEnum):
    """What a cell asks for."""

    NUMBER = "number"
    PERCENTAGE = "percentage"
    SHARE = "share"
    TEXT = "text"


@dataclass(frozen=True)
class Typed:
    """What stands in the fields of a cell, as somebody typed it.

    Attributes:
        value: a number, a percentage, words such as "n/a"; or the text of a qualitative figure.
        numerator, denominator: of a percentage.
        comment: beside the figure; None where none is asked for.
    """

    value: str = ""
    numerator: str = ""
    denominator: str = ""
    comment: str | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.value.strip() or self.numerator.strip() or self.denominator.strip())

    @property
    def print(self) -> str:
        """A few hexadecimal digits that tell whether two are alike; line ends and outer spaces do not count."""
        return _print(self.value, self.numerator, self.denominator)

    @property
    def comment_print(self) -> str:
        """The same of the comment; empty when there is none."""
        return _print(self.comment) if self.comment and self.comment.strip() else ""


def _print(*fields: str) -> str:
    text = "\x00".join(" ".join(each.split()) for each in fields)
    return hashlib.sha256(text.encode()).hexdigest()[:10]


@dataclass(frozen=True)
class Reading:
    """One of the two numbers that an ambiguous text can be."""

    value: Decimal
    label: str

    @property
    def plain(self) -> str:
        return f"{self.value:f}"


@dataclass
class Cell:
    """A series in a period, as a grid shows it.

    Attributes:
        title: which cell it is, in a list apart from the grid.
        key: the breakdown's; empty for the total.
        label: the breakdown's name in the reader's language.
        last: the latest actual of an earlier period.
        submission: the last proposal for the period, whatever its state.
        returned: the line of its thread that sent it back, while it is with its author.
        typed: what stands in the fields now.
        figure: what that was read as.
        comment: beside the stored figure; None where none is asked for.
        kept: its number, for the question whether it is kept.
        is_share: whether the form asked for a share; None to tell from the figures so far.
        is_read_only: whether somebody else enters it.
        stale_by: who saved something else meanwhile.
        asked: the text that was found to be ambiguous, and its readings.
    """

    series: Series
    key: str
    label: str
    language: str
    title: str = ""
    baseline: Baseline | None = None
    target: Target | None = None
    last: Actual | None = None
    actual: Actual | None = None
    submission: Submission | None = None
    returned: Review | None = None
    errors: list[str] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    unusual: str = ""
    stale: Submission | None = None
    is_handed_in: bool = False
    is_saved: bool = False
    is_restored: bool = False
    is_read_only: bool = False
    stale_by: str = ""
    kept: str = ""
    comment: str | None = None
    figure: dict[str, Any] | None = None
    is_share: bool | None = None
    sums: list[Any] = field(default_factory=list)
    _typed: Typed | None = None

    @property
    def pk(self) -> int:
        return self.series.pk

    @property
    def kind(self) -> Kind:
        measure = self.series.indicator.measure
        if measure == Measure.QUALITATIVE:
            return Kind.TEXT
        if measure == Measure.PERCENTAGE:
            return Kind.PERCENTAGE
        return Kind.SHARE if self.states_share else Kind.NUMBER

    @property
    def states_share(self) -> bool:
        """Whether this series is stated in percent of the total: as its figures so far are, the nearest first."""
        if self.series.is_total or self.is_share is not None:
            return bool(self.is_share)
        for known in (self.stated, self.target, self.last, self.baseline):
            if known is not None and (known.share is not None or known.value is not None):
                return known.share is not None
        return False

    @property
    def is_whole(self) -> bool:
        """Whether the number typed here can only be a whole one."""
        indicator = self.series.indicator
        return self.kind == Kind.NUMBER and indicator.is_whole and indicator.measure == Measure.COUNT

    @property
    def parts_are_whole(self) -> bool:
        """Whether numerator and denominator of a percentage can only be whole numbers."""
        return self.series.indicator.unit_of_analysis not in DIVISIBLE

    # --- What is there -------------------------------------------------------------------------

    @property
    def state(self) -> str:
        """A ``SubmissionState``, or empty when nothing was ever proposed."""
        if self.submission is not None and (self.submission.state != SubmissionState.APPROVED or not self.actual):
            return self.submission.state
        return SubmissionState.APPROVED if self.actual is not None else ""

    @property
    def state_label(self) -> str:
        return str(SubmissionState(self.state).label) if self.state else ""

    @property
    def version(self) -> int:
        """The version of the proposal in progress; 0 when there is none."""
        open_one = self.submission
        return open_one.version if open_one is not None and open_one.state != SubmissionState.APPROVED else 0

    @property
    def is_locked(self) -> bool:
        """Whether it is not the reader's to enter, or it or its report is being reviewed, so that nobody changes it now;
        what came back is to be mended."""
        if self.is_read_only:
            return True
        if self.state == SubmissionState.RETURNED:
            return False
        return self.is_handed_in or self.state == SubmissionState.SUBMITTED

    @property
    def stated(self) -> Figure | None:
        """The figure in progress, else the approved one."""
        if self.submission is not None and (self.submission.state != SubmissionState.APPROVED or not self.actual):
            return self.submission
        return self.actual

    @property
    def shown(self) -> Typed:
        """The stored figure as its fields write it, with the comment where one is asked for."""
        return replace(self.written(self.stated), comment=self.comment)

    @property
    def typed(self) -> Typed:
        return self.shown if self._typed is None else self._typed

    @typed.setter
    def typed(self, typed: Typed) -> None:
        self._typed = typed

    @property
    def is_typed(self) -> bool:
        """Whether something else stands in its fields than what is stored."""
        return self._typed is not None and self._typed != self.shown

    @property
    def plain(self) -> str:
        """The stored number for programs: ``1234.5``, ``110/200``; empty when it is none."""
        figure = self.stated
        if figure is None or self.kind not in (Kind.NUMBER, Kind.PERCENTAGE):
            return ""
        if figure.numerator is not None and figure.denominator is not None:
            return f"{figure.numerator:f}/{figure.denominator:f}"
        return "" if figure.value is None else f"{figure.value:f}"

    @property
    def seen(self) -> str:
        """What a form says about the stored figure it was made from: series, version, print, and that it is a share."""
        kind = "share" if self.kind == Kind.SHARE else ""
        return f"{self.pk}.{self.version}.{self.shown.print}.{kind}.{self.shown.comment_print}".rstrip(".")

    def written(self, figure: Figure | None) -> Typed:
        """A figure as somebody would type it here, so that reading it again gives the same one."""
        if figure is None:
            return Typed()
        if figure.is_not_applicable:
            return Typed(_("not applicable"))
        if getattr(figure, "is_not_yet", False):
            return Typed(_("not yet"))
        if self.kind == Kind.TEXT:
            text: str = getattr(figure, f"text_{self.language}")
            return Typed(text)
        if self.kind == Kind.PERCENTAGE:
            return Typed(
                _signed(figure, is_whole=False),
                written(figure.numerator, is_whole=self.parts_are_whole),
                written(figure.denominator, is_whole=self.parts_are_whole),
            )
        if figure.share is not None:
            return Typed(percent(figure.share, 4))
        return Typed(_signed(figure, is_whole=self.is_whole))

    @property
    def other_language(self) -> tuple[str, str]:
        """The text of a qualitative figure in another language, when this one has none: (language, text)."""
        figure = self.stated
        if figure is None or self.kind != Kind.TEXT or getattr(figure, f"text_{self.language}"):
            return "", ""
        return next(
            ((code, text) for code in ("fr", "es", "en") if (text := getattr(figure, f"text_{code}"))), ("", "")
        )

    def references(self) -> list[tuple[str, str]]:
        """What the figure is measured by, quietly beside it: (name, number) of baseline, target, last value."""
        known = (
            (pgettext("short, before a number", "baseline"), self.baseline),
            (pgettext("short, before a number", "target"), self.target),
            (pgettext("short, before a number", "last"), self.last),
        )
        return [(name, self.said(figure, with_base=False)) for name, figure in known if figure is not None]

    def said(self, figure: Figure, *, with_base: bool = True) -> str:
        """A figure in a few words, as a reader of the page's language writes it."""
        if figure.is_not_applicable:
            return _("not applicable")
        if getattr(figure, "is_not_yet", False):
            return _("not yet")
        indicator = self.series.indicator
        words = qualifier(figure.qualifier) if figure.qualifier != Qualifier.EXACT else ""
        if figure.share is not None:
            return f"{words} {percent(figure.share)}".strip()
        if indicator.measure == Measure.QUALITATIVE:
            text = str(figure.text or "")
            return text if len(text) <= 120 else f"{text[:119]}…"
        value = figure.ratio
        if value is not None and figure.value is None:
            value = rules.rounded(value, 1)
        shown = _Amount(value, indicator.measure, indicator.currency)
        parts = ""
        if with_base and figure.denominator is not None:
            parts = f" ({number(figure.numerator)}/{number(figure.denominator)})"
        return f"{words} {amount(shown)}{parts}".strip()

    @property
    def now(self) -> str:
        """The stored figure in a few words: what a closed cell shows, and what somebody else saved."""
        return "" if self.stated is None else self.said(self.stated)

    @property
    def theirs(self) -> str:
        """What somebody else saved meanwhile."""
        return "" if self.stale is None else self.said(self.stale)

    def take_over(self, other: "Cell") -> None:
        """What was typed into this cell and was not saved, and what there is to say about it."""
        self._typed, self.figure, self.kept = other._typed, other.figure, other.kept
        self.errors, self.readings, self.unusual = other.errors, other.readings, other.unusual
        self.stale, self.stale_by = other.stale, other.stale_by

    @property
    def unsaved(self) -> str:
        """What was typed into a cell that was closed meanwhile, for its writer to keep."""
        return self.typed.value if self.is_locked and self.is_typed else ""

    @property
    def needs_attention(self) -> bool:
        return bool(self.errors or self.readings or self.unusual or self.stale)


@dataclass(frozen=True)
class _Amount:
    """A number as the filter of amounts takes it."""

    actual: Decimal | None
    measure: str
    currency: str


def _signed(figure: Figure, *, is_whole: bool) -> str:
    if figure.value is None:
        return ""
    return f"{SIGNS.get(Qualifier(figure.qualifier), '')} {written(figure.value, is_whole=is_whole)}".strip()


def written(value: Decimal | None, *, is_whole: bool) -> str:
    """A number as it stands in a field, so that the strict parser reads back exactly this number.

    Where decimals are possible ``1,234`` has two meanings: thousands are then parted by a space, which has one, and
    three decimals are written as four.
    """
    if value is None:
        return ""
    text = number(value)
    if is_whole:
        return text
    mark = number(Decimal("0.5"))[1]
    whole, point, decimals = text.partition(mark)
    whole = whole.replace(",", NBSP)
    return whole + point + (decimals + "0" if len(decimals) == 3 else decimals)
