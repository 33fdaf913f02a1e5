"""What was typed into a grid: out of the posted form, and into figures through the one strict parser."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.folding import fold
from accounts.reading.cells import NOT_APPLICABLE, NOT_YET, read_cell
from accounts.reading.numbers import Ambiguous, Unreadable, read_number
from dashboards.grids.cells import Cell, Kind, Reading, Typed
from epe_ap.templatetags.figures import number
from indicators.choices import Measure

LANGUAGES = ("fr", "es", "en")

#: The letters before a series' number in the names of fields.
VALUE, NUMERATOR, DENOMINATOR, ANSWER, KEEP, THEIRS = "v", "n", "d", "as", "keep", "theirs"
#: Of the pages that ask one question at a time: what was chosen instead of writing, and a comment.
WORD, COMMENT = "w", "c"


@dataclass(frozen=True)
class Seen:
    """What a form knew about a cell when it was made: the proposal's version (0: none), the print of its fields, whether
    it asked for a share, and the print of the comment."""

    version: int
    print: str
    is_share: bool
    comment: str = ""


@dataclass(frozen=True)
class Posted:
    """A posted grid.

    Attributes:
        typed: what stands in the fields of each series.
        seen: what was there when the form was made.
        answers: the reading that was chosen for an ambiguous text, as a plain number.
        kept: the unusual figure that was confirmed, as :func:`plainly` writes it.
        theirs: series of which what somebody else saved is to stay.
        twice: series for which one thing was written and another one chosen: (written, chosen).
    """

    typed: Mapping[int, Typed]
    seen: Mapping[int, Seen]
    answers: Mapping[int, str]
    kept: Mapping[int, str]
    theirs: frozenset[int]
    twice: Mapping[int, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def read(cls, data: QueryDict) -> "Posted":
        """A posted form; names and values that are not a grid's are left aside."""
        fields: dict[str, dict[int, str]] = {
            name: {} for name in (VALUE, NUMERATOR, DENOMINATOR, ANSWER, KEEP, THEIRS, WORD, COMMENT)
        }
        for name, value in data.items():
            letter, _dash, pk = name.partition("-")
            if letter in fields and pk.isascii() and pk.isdigit() and len(pk) < 19:
                fields[letter][int(pk)] = str(value).replace("\x00", "")
        seen = _seen(data.get("seen", ""))
        typed: dict[int, Typed] = {}
        twice: dict[int, tuple[str, str]] = {}
        for one in fields[VALUE].keys() | fields[NUMERATOR].keys() | fields[DENOMINATOR].keys() | fields[WORD].keys():
            written = Typed(
                fields[VALUE].get(one, ""),
                fields[NUMERATOR].get(one, ""),
                fields[DENOMINATOR].get(one, ""),
                fields[COMMENT].get(one),
            )
            typed[one], is_twice = _chosen(written, fields[WORD].get(one, ""), seen.get(one))
            if is_twice:
                twice[one] = (written.value or f"{written.numerator}/{written.denominator}", fields[WORD][one])
        return cls(
            typed=typed,
            seen=seen,
            answers=fields[ANSWER],
            kept=fields[KEEP],
            theirs=frozenset(fields[THEIRS]),
            twice=twice,
        )

    def is_touched(self, pk: int) -> bool:
        """Whether somebody typed into a cell, rather than left what the form had put there."""
        typed = self.typed.get(pk)
        if typed is None or pk in self.theirs:
            return False
        seen = self.seen.get(pk)
        if typed.comment is not None and typed.comment_print != (seen.comment if seen is not None else ""):
            return True
        return typed.print != (seen.print if seen is not None else Typed().print)

    def touched(self) -> list[int]:
        """The series whose cells somebody typed into."""
        return [pk for pk in self.typed if self.is_touched(pk)]


def _chosen(written: Typed, word: str, seen: Seen | None) -> tuple[Typed, bool]:
    """What is meant where a word such as "not applicable" can be chosen beside the field: whichever of the two says
    something else than the form did. Also whether both do, and so contradict each other."""
    if not word:
        return written, False
    chosen = Typed(word, comment=written.comment)
    if written.is_empty or written.print == chosen.print:
        return chosen, False
    before = Typed().print if seen is None else seen.print
    if chosen.print == before:
        return written, False
    return (chosen, False) if written.print == before else (written, True)


def _seen(text: str) -> dict[int, Seen]:
    found = {}
    for each in text.split():
        pk, _dot, rest = each.partition(".")
        version, _dot, rest = rest.partition(".")
        fingerprint, _dot, rest = rest.partition(".")
        kind, _dot, comment = rest.partition(".")
        if all(part.isascii() and part.isdigit() and len(part) < 19 for part in (pk, version)):
            found[int(pk)] = Seen(int(version), fingerprint, kind == "share", comment)
    return found


def read_typed(cell: Cell, typed: Typed, *, answer: str = "") -> dict[str, Any] | None:
    """The figure that the fields of a cell state; None when they are empty.

    Args:
        answer: the reading chosen before, as a plain number; it counts only while it is a reading of what stands there.

    Raises:
        Ambiguous: the value can be two numbers and ``answer`` is neither.
        Unreadable: with a sentence for the person who typed.
    """
    if cell.kind == Kind.TEXT:
        return _text(cell, typed.value)
    if typed.is_empty:
        return None
    if cell.kind == Kind.PERCENTAGE:
        return _percentage(cell, typed, answer)
    if cell.kind == Kind.SHARE or _is_share(cell, typed.value):
        return _share(typed.value, answer)
    read = _read(typed.value, answer, is_whole=cell.is_whole)
    return _figure(read)


def readings_of(ambiguous: Ambiguous) -> list[Reading]:
    """The readings to choose from, written so that they cannot be taken for each other."""
    return [Reading(value, number(value)) for value in ambiguous.readings]


def plainly(figure: Mapping[str, Any]) -> str:
    """The number of a figure, to tell whether the one that was confirmed still stands there."""
    value = figure.get("value", figure.get("share"))
    if value is not None:
        return f"{value.normalize():f}"
    numerator, denominator = figure.get("numerator"), figure.get("denominator")
    return "" if numerator is None or denominator is None else f"{numerator:f}/{denominator:f}"


def _read(text: str, answer: str, *, is_whole: bool, is_percentage: bool = False) -> Any:
    try:
        return read_cell(text, is_whole=is_whole, is_percentage=is_percentage)
    except Ambiguous as ambiguous:
        for reading in ambiguous.readings:
            if f"{reading:f}" == answer:
                return read_cell(reading, is_whole=is_whole)
        raise


def _figure(read: Any) -> dict[str, Any]:
    """A cell that was read as the fields of a figure."""
    if read.is_not_applicable:
        return {"is_not_applicable": True}
    if read.is_not_yet:
        return {"is_not_yet": True}
    stated = {"value": read.value, "numerator": read.numerator, "denominator": read.denominator}
    return {name: value for name, value in stated.items() if value is not None} | {"qualifier": read.qualifier}


def _is_share(cell: Cell, text: str) -> bool:
    """Whether "43 %" stands in a part of something that is counted: then it is a share of the total."""
    is_counted = cell.series.indicator.measure in (Measure.COUNT, Measure.CURRENCY)
    return is_counted and not cell.series.is_total and text.strip().endswith(("%", "％"))


def _share(text: str, answer: str) -> dict[str, Any]:
    read = _read(text, answer, is_whole=False, is_percentage=True)
    if read.numerator is not None:
        raise Unreadable(
            _("“%(written)s”: this part is stated in percent of the total. Write a percentage, for example 43 %%.")
            % {"written": text.strip()[:60]}
        )
    figure = _figure(read)
    if "value" in figure:
        figure["share"] = figure.pop("value")
    return figure


def _percentage(cell: Cell, typed: Typed, answer: str) -> dict[str, Any]:
    figure: dict[str, Any] = {}
    if typed.value.strip():
        figure = _figure(_read(typed.value, answer, is_whole=False, is_percentage=True))
    if not (typed.numerator.strip() or typed.denominator.strip()):
        return figure
    if figure.get("is_not_applicable") or figure.get("is_not_yet"):
        raise Unreadable(_("Write a percentage with its numbers, or that there is none; not both."))
    if not (typed.numerator.strip() and typed.denominator.strip()):
        raise Unreadable(_("Give both numbers: how many, and of how many."))
    numerator = _part(typed.numerator, is_whole=cell.parts_are_whole)
    denominator = _part(typed.denominator, is_whole=cell.parts_are_whole)
    if figure.get("denominator") not in (None, denominator) or figure.get("numerator") not in (None, numerator):
        raise Unreadable(_("The numbers are written twice, and differently: keep one of them."))
    return {"qualifier": "exact"} | figure | {"numerator": numerator, "denominator": denominator}


def _part(text: str, *, is_whole: bool) -> Decimal:
    return read_number(text, is_whole=is_whole)


def _text(cell: Cell, text: str) -> dict[str, Any] | None:
    """A text in the page's language; what stands in the others stays."""
    words = " ".join(fold(text).split())
    if words in NOT_APPLICABLE:
        return {"is_not_applicable": True}
    if words in NOT_YET:
        return {"is_not_yet": True}
    stored = cell.stated
    texts = {f"text_{code}": getattr(stored, f"text_{code}") if stored else "" for code in LANGUAGES}
    texts[f"text_{cell.language}"] = text.strip()
    return texts if any(texts.values()) else None
