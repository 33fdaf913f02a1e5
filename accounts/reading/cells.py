"""One cell for one figure: a number, a percentage with its base, *not applicable*, *not yet*, or nothing.

What is decided here, and nowhere else:

* ``n.d.`` is "non disponible", "no disponible": the figure exists and is not known **yet**. ``n/a`` and ``s/o`` say that
  the question does **not apply**. A dash says neither, and is asked about.
* ``> 35``, ``≥ 35`` and ``environ 35`` are read with their qualifier, because figures keep one. ``< 35`` is refused:
  no qualifier says it.
* ``F: 12 / H: 9`` is refused in a cell for one number; :func:`read_split` gives its parts to whoever has columns for
  them.
"""

import datetime
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from accounts.folding import fold
from accounts.reading.numbers import Unreadable, plain, read_number
from accounts.reading.telling import shown

NOT_APPLICABLE: Final = frozenset(
    [
        "n/a",
        "na",
        "n.a.",
        "n.a",
        "n/ap",
        "s/o",
        "s.o.",
        "s.o",
        "so",
        "sans objet",
        "non applicable",
        "ne s'applique pas",
        "no aplica",
        "no se aplica",
        "sin objeto",
        "not applicable",
        "does not apply",
    ]
)
NOT_YET: Final = frozenset(
    [
        "n.d.",
        "n.d",
        "nd",
        "n/d",
        "s/d",
        "s.d.",
        "non disponible",
        "pas disponible",
        "pas encore",
        "pas encore disponible",
        "a venir",
        "en attente",
        "no disponible",
        "aun no",
        "todavia no",
        "aun no disponible",
        "pendiente",
        "por definir",
        "not yet",
        "not available",
        "not yet available",
        "pending",
        "tbd",
        "to come",
    ]
)
NO_WORDS_FOR_ZERO: Final = frozenset(
    ["nil", "none", "zero", "neant", "aucun", "aucune", "ninguno", "ninguna", "cero", "rien", "nada"]
)
DASHES: Final = frozenset({"-", "--", "---", ".", "..", "...", "…", "/", "?", "x"})

#: Words and signs before a number, folded, longest first; the values are those of ``indicators.choices.Qualifier``.
QUALIFIERS: Final = (
    *((word, "at_least") for word in (">=", "=>", "≥", "au moins", "au minimum", "al menos", "por lo menos", "at least")),
    *((word, "more_than") for word in (">", "plus de", "mas de", "more than", "over")),
    *(
        (word, "about")
        for word in ("~", "≈", "environ", "env.", "approx.", "aprox.", "aproximadamente", "alrededor de", "about", "around")
    ),
)  # fmt: skip
UPPER_BOUNDS: Final = ("<", "≤", "moins de", "menos de", "less than", "fewer than", "au plus", "a lo sumo", "at most")

RATIO: Final = re.compile(r"(?P<n>[^/=]+)/(?P<of>[^/=]+)(=(?P<stated>[^/=]+))?")

WOMEN: Final = frozenset({"f", "w", "femmes", "femme", "women", "woman", "mujeres", "mujer", "female", "femenino"})
MEN: Final = frozenset({"h", "hommes", "homme", "hombres", "hombre", "men", "man", "male", "masculino", "masculin"})
OTHER: Final = frozenset(
    {"other", "autre", "autres", "otra", "otras", "otro", "otros", "x", "autre identite de genre", "otra identidad de genero",
     "gender-diverse"}
)  # fmt: skip
NOT_STATED: Final = frozenset(
    {"not stated", "unknown", "non precise", "inconnu", "sin informacion", "no indicado", "ns", "ni"}
)
PART: Final = re.compile(
    r"(?P<before>[a-z][a-z. -]*?) ?[:=]? ?(?P<first>[0-9][0-9.,' ]*%?)|(?P<second>[0-9][0-9.,' ]*%?) ?(?P<after>[a-z][a-z. -]*)"
)
BETWEEN_PARTS: Final = re.compile(r"[/;|+\n]|,(?= ?[a-z])|, (?=[0-9])| (?:et|y|and) ")


@dataclass(frozen=True)
class Cell:
    """What one cell says. All numbers are ``None`` when it is empty, not applicable or not yet known.

    A percentage keeps its base: ``110/200`` has a numerator and a denominator and no value (the ratio is computed from
    them); ``110/200 = 55 %`` has all three. ``qualifier`` is a value of ``indicators.choices.Qualifier``.
    """

    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    is_not_applicable: bool = False
    is_not_yet: bool = False
    is_empty: bool = False
    qualifier: str = "exact"


def read_cell(written: object, *, is_whole: bool, is_percentage: bool = False) -> Cell:
    """The figure that a cell of a form, a grid or a spreadsheet states.

    ``is_percentage`` admits ``54 %`` and ``110/200``; the number is then in percent points. ``written`` is what was
    typed, or what a spreadsheet keeps: text, a number, ``None``.

    Raises:
        Ambiguous: see :func:`accounts.reading.numbers.read_number`.
        Unreadable: with a sentence that names what was written and the way out.
    """
    if written is None:
        return Cell(is_empty=True)
    if isinstance(written, bool):
        raise Unreadable(
            _("“%(written)s” is a yes or no of the spreadsheet, not a figure: write a number.")
            % {"written": shown(written)}
        )
    if isinstance(written, datetime.date | datetime.time):
        raise Unreadable(
            _(
                "The spreadsheet made the date %(written)s of what was typed: give the cell the format Text, type it again."
            )
            % {"written": shown(written)}
        )
    if not isinstance(written, str):
        if isinstance(written, int | float | Decimal):
            return Cell(value=read_number(written, is_whole=is_whole))
        raise Unreadable(_("“%(written)s” is not a figure: write a number.") % {"written": shown(written)})
    if written.isascii() and written.isdigit():
        # What nearly all cells hold says nothing else.
        return Cell(value=read_number(written, is_whole=is_whole))
    text = plain(written)
    words = " ".join(fold(text).split())
    if not words:
        return Cell(is_empty=True)
    if words in NOT_APPLICABLE:
        return Cell(is_not_applicable=True)
    if words in NOT_YET:
        return Cell(is_not_yet=True)
    _refuse_words(words, written)
    qualifier, rest = _without_qualifier(words, text)
    if is_percentage and "/" in rest:
        return _ratio(rest, written, qualifier)
    if rest.endswith("%") and not is_percentage:
        raise Unreadable(
            _("“%(written)s” is a percentage, and this figure is none: write how many, or use the column for shares.")
            % {"written": shown(written)}
        )
    return Cell(value=read_number(rest, is_whole=is_whole), qualifier=qualifier)


def read_split(written: object) -> dict[str, Decimal] | None:
    """The parts of ``F: 12 / H: 9`` by sex: ``{"women": 12, "men": 9}``; ``None`` when the cell is not such a list.

    Keys are the codes ``women``, ``men``, ``other`` and ``not_stated``. ``M`` is women beside ``H`` (mujeres, hombres)
    and men beside ``F`` or ``W`` (masculin, men).

    Raises:
        Unreadable: a list of parts that names one twice, or only ``M``, which may be either.
    """
    if not isinstance(written, str):
        return None
    parts = [part.strip() for part in BETWEEN_PARTS.split(fold(plain(written))) if part.strip()]
    matches = [PART.fullmatch(part) for part in parts]
    found: list[tuple[str, str]] = []
    for match in matches:
        if match is None:
            return None
        label = " ".join((match["before"] or match["after"]).strip(" .").split())
        found.append((label, match["first"] or match["second"]))
    labels = {label for label, _number in found}
    if not found or not labels <= WOMEN | MEN | OTHER | NOT_STATED | {"m"}:
        return None
    split: dict[str, Decimal] = {}
    for label, digits in found:
        code = _code_of(label, labels)
        if code is None or code in split:
            raise Unreadable(
                _("“%(written)s” does not say clearly which part is which: write each in its own column.")
                % {"written": shown(written)}
            )
        if digits.endswith("%"):
            raise Unreadable(
                _("“%(written)s” gives percentages of a total: write how many women and men in their columns.")
                % {"written": shown(written)}
            )
        split[code] = read_number(digits, is_whole=True)
    return split


def read_text(written: object) -> str:
    """A cell of words: without spaces around it, a whole number without ``.0``, ``""`` when it is empty.

    Raises:
        Unreadable: an error of the spreadsheet, or a formula without a calculated value.
    """
    if written is None:
        return ""
    if isinstance(written, float) and written.is_integer():
        return str(int(written))
    text = str(written).strip()
    if text.startswith("=") and isinstance(written, str):
        raise Unreadable(
            _("“%(written)s” is a formula that holds no calculated value: write its value.") % {"written": shown(text)}
        )
    if text in ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"):
        raise Unreadable(
            _("“%(written)s” is an error of the spreadsheet: correct its formula, or write the text.")
            % {"written": shown(text)}
        )
    return text


def _refuse_words(words: str, written: str) -> None:
    """Words that look like an answer and are none."""
    if words in NO_WORDS_FOR_ZERO:
        raise Unreadable(_("“%(written)s”: write 0 when it is none.") % {"written": shown(written)})
    if words in DASHES:
        raise Unreadable(
            _("“%(written)s” does not say whether it is zero, not applicable or not known yet: write 0, n/a or n.d.")
            % {"written": shown(written)}
        )
    if words.startswith(UPPER_BOUNDS):
        raise Unreadable(
            _("“%(written)s” gives only an upper bound: write the number itself, or “about” before it.")
            % {"written": shown(written)}
        )
    try:
        split = read_split(written)
    except Unreadable:
        split = {}
    if split is not None:
        raise Unreadable(
            _("“%(written)s” gives several numbers in one cell: write women, men and the others in their own columns.")
            % {"written": shown(written)}
        )


def _without_qualifier(words: str, text: str) -> tuple[str, str]:
    """The qualifier that stands before the number, and the rest."""
    for word, qualifier in QUALIFIERS:
        if words.startswith(word):
            rest = words.removeprefix(word).strip()
            # "environment" is no number either: the words must end where the digits begin.
            if rest[:1].isdigit():
                return qualifier, rest
    return "exact", text


def _ratio(text: str, written: str, qualifier: str) -> Cell:
    """``110/200`` and ``110 / 200 = 55 %``."""
    match = RATIO.fullmatch(text)
    if match is None or "%" in match["n"] + match["of"]:
        raise Unreadable(
            _("“%(written)s” is not a percentage with its base: write it as 110/200, or as 55 %%.")
            % {"written": shown(written)}
        )
    numerator = read_number(match["n"], is_whole=True)
    denominator = read_number(match["of"], is_whole=True)
    if denominator <= 0:
        raise Unreadable(
            _("“%(written)s” is a percentage of nobody: write n/a when there was nobody to ask.")
            % {"written": shown(written)}
        )
    if match["stated"] is None:
        return Cell(numerator=numerator, denominator=denominator, qualifier=qualifier)
    stated = read_number(match["stated"], is_whole=False)
    computed = numerator * 100 / denominator
    exponent = stated.as_tuple().exponent
    assert isinstance(exponent, int)
    if computed.quantize(Decimal(1).scaleb(min(exponent, 0)), ROUND_HALF_UP) != stated:
        raise Unreadable(
            _("“%(written)s” does not add up: %(numerator)s of %(denominator)s is %(computed)s %%.")
            % {
                "written": shown(written),
                "numerator": numerator,
                "denominator": denominator,
                "computed": number_format(computed.quantize(Decimal("0.01"), ROUND_HALF_UP)),
            }
        )
    return Cell(value=stated, numerator=numerator, denominator=denominator, qualifier=qualifier)


def _code_of(label: str, labels: set[str]) -> str | None:
    if label == "m":
        beside_men, beside_women = bool(labels & MEN), bool(labels & WOMEN)
        return "women" if beside_men and not beside_women else "men" if beside_women and not beside_men else None
    for code, known in (("women", WOMEN), ("men", MEN), ("other", OTHER), ("not_stated", NOT_STATED)):
        if label in known:
            return code
    return None
