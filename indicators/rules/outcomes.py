"""What a rule gives back, and the thresholds that it was given."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from indicators.choices import Qualifier, Reason

#: Raised by one whenever a rule gives another outcome for the same figures; every result bears it.
RULES_VERSION = "1"


class Known(StrEnum):
    """Whether a rule could compute its number."""

    COMPUTED = "computed"
    NONE = "none"


class Closure(StrEnum):
    """Whether parts make their total."""

    ADDS_UP = "adds_up"
    GAP = "gap"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True)
class Thresholds:
    """The numbers that the programme chose; the method page shows them.

    Attributes:
        on_track: from how many percent of the way to its target a figure counts as on track.
        small_cell: a group of fewer persons than this is withheld in a breakdown.
        small_cell_sensitive: the same for sensitive indicators, totals included.
        about_margin: how many percent a figure stated as *about* or *estimated* may be off, when it is compared.
    """

    on_track: Decimal = Decimal(85)
    small_cell: int = 5
    small_cell_sensitive: int = 10
    about_margin: Decimal = Decimal(10)

    @property
    def version(self) -> str:
        """What is written beside each result: version of the rules, then the thresholds."""
        track, margin = (f"{number.normalize():f}" for number in (self.on_track, self.about_margin))
        return f"{RULES_VERSION};track={track};cell={self.small_cell}/{self.small_cell_sensitive};about={margin}"


@dataclass(frozen=True)
class Outcome:
    """What a rule found: never a bare number, so that a page can unfold it.

    Attributes:
        value: the number, in the unit that the rule names; None when there is none.
        status: the word that the rule decides on: a ``Status``, a ``Known`` or a ``Closure``.
        reason: why, as a word of ``Reason`` (or, for adopted values, of the library's settlements).
        inputs: the name and value of everything that entered.
        qualifier: how exactly ``value`` is known.
    """

    value: Decimal | None
    status: str
    reason: str
    inputs: tuple[tuple[str, object], ...] = ()
    qualifier: Qualifier = Qualifier.EXACT


def computed(
    value: Decimal,
    reason: str,
    inputs: tuple[tuple[str, object], ...] = (),
    qualifier: Qualifier = Qualifier.EXACT,
) -> Outcome:
    """An outcome that has its number."""
    return Outcome(value, Known.COMPUTED, reason, inputs, qualifier)


def nothing(reason: Reason, inputs: tuple[tuple[str, object], ...] = ()) -> Outcome:
    """An outcome without a number, and why."""
    return Outcome(None, Known.NONE, reason, inputs)
