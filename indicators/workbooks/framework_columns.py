"""The columns of the framework's sheet that say what an indicator is, and what an empty one of a new row stands for."""

from collections.abc import Mapping
from typing import Final

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.folding import fold
from indicators.choices import (
    ChangeUnit,
    Cumulation,
    Direction,
    Family,
    Frequency,
    Level,
    Measure,
    Nature,
    RollUp,
    UnitOfAnalysis,
)
from indicators.models import ExpectedResult, Indicator

LANGUAGES: Final = ("fr", "es", "en")

#: Columns of words in the language of the sheet, and the field of each.
TEXTS: Final = {
    "indicator": "name",
    "unit": "unit",
    "data_source": "data_source",
    "collection_method": "collection_method",
    "responsible": "responsible",
    "definition": "definition",
}
#: Those that every language needs: the others have a column for each other language.
IN_EVERY_LANGUAGE: Final = ("name", "unit")
#: Columns of stored words, which the cells offer as labels.
CHOICES: Final[Mapping[str, type[models.TextChoices]]] = {
    "family": Family,
    "unit_of_analysis": UnitOfAnalysis,
    "nature": Nature,
    "measure": Measure,
    "change_unit": ChangeUnit,
    "direction": Direction,
    "cumulation": Cumulation,
    "roll_up": RollUp,
    "frequency": Frequency,
}
#: What a row that defines an indicator must say.
REQUIRED: Final = ("code", "indicator", "unit", "family", "unit_of_analysis")
#: What an empty cell of a new row stands for; the nature follows from the level of the expected result.
DEFAULTS: Final = {
    "measure": Measure.COUNT,
    "direction": Direction.INCREASE,
    "cumulation": Cumulation.RUNNING_TOTAL,
    "roll_up": RollUp.NONE,
}
#: What an indicator is, to the right of the framework itself and of its pages; their widths in letters.
DEFINING: Final = (
    ("family", 24),
    ("unit_of_analysis", 22),
    ("nature", 14),
    ("measure", 18),
    ("change_unit", 18),
    ("currency", 10),
    ("direction", 14),
    ("cumulation", 28),
    ("roll_up", 26),
    ("definition", 40),
)


def other_languages(language: str) -> list[str]:
    """The languages that the sheet is not in."""
    return [each for each in LANGUAGES if each != language]


def translated_columns(language: str) -> dict[str, str]:
    """Columns for names and units in the other languages: their key is the field's own name."""
    return {f"{name}_{each}": f"{name}_{each}" for name in IN_EVERY_LANGUAGE for each in other_languages(language)}


def fields_of(language: str) -> dict[str, str]:
    """Every column of words, with the field that it holds in a sheet of this language."""
    return {key: f"{name}_{language}" for key, name in TEXTS.items()} | translated_columns(language)


def headings_of(language: str) -> dict[str, str]:
    """The visible names of the columns, by key."""
    names = {
        "expected_result": _("Expected result"),
        "code": _("Code"),
        "indicator": _("Indicator"),
        "scope": _("Scope"),
        "unit": _("Unit"),
        "baseline": _("Baseline"),
        "baseline_on": _("Date of the baseline"),
        "reason": _("Reason for changing a target"),
        "data_source": _("Data source"),
        "collection_method": _("Collection method"),
        "frequency": _("Frequency"),
        "responsible": _("Responsible"),
        "family": _("Family"),
        "unit_of_analysis": _("Unit of analysis"),
        "nature": _("Nature"),
        "measure": _("Measure"),
        "change_unit": _("Unit of the change"),
        "currency": _("Currency"),
        "direction": _("Direction"),
        "cumulation": _("Cumulation"),
        "roll_up": _("Roll-up"),
        "definition": _("Definition"),
    }
    called = {"fr": _("French"), "es": _("Spanish"), "en": _("English")}
    for each in other_languages(language):
        names[f"name_{each}"] = _("Indicator in %(language)s") % {"language": called[each]}
        names[f"unit_{each}"] = _("Unit in %(language)s") % {"language": called[each]}
    return names


def labels_of(key: str) -> list[str]:
    """What the cells of a column offer, in the active language."""
    return [str(label) for label in CHOICES[key].labels]


def label_of(key: str, word: str) -> str:
    """What a stored word of a column is called, in the active language; other columns say what they hold."""
    return str(CHOICES[key](word).label) if key in CHOICES and word else word


def read_choice(key: str, written: str) -> str | None:
    """The stored word that a label stands for, in any of the languages, whatever its case and accents."""
    wanted = fold(written.strip())
    for member in CHOICES[key]:
        if wanted == fold(member.value):
            return str(member.value)
        for language in LANGUAGES:
            with override(language):
                if wanted == fold(str(member.label)):
                    return str(member.value)
    return None


def nature_for(result: ExpectedResult | None) -> str:
    """What an indicator under this expected result counts, when its row does not say; empty when nothing tells."""
    if result is None:
        return ""
    return str(Nature.OUTPUT if result.level == Level.OUTPUT else Nature.OUTCOME)


def defining_cell(indicator: Indicator, key: str) -> str:
    """What a defining column shows of an indicator."""
    if key in CHOICES:
        return str(getattr(indicator, f"get_{key}_display")())
    return str(getattr(indicator, TEXTS.get(key, key)) or "")
