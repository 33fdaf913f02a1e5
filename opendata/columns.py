"""The columns of the flat table of results: their names, their order, and what stands in each.

They are the same wherever results leave the system. Numbers are plain (82 % is 82 with the unit %), days are ISO 8601,
words are those that addresses use; only names, units and notes are in a language.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.utils.translation import override

from indicators.choices import ChangeUnit
from indicators.models import Result
from indicators.rules import due

#: What a cell holds: None is empty, which is neither 0 nor "not applicable".
Cell = str | Decimal | date | None


@dataclass(frozen=True)
class Line:
    """One result on its way out, with what a cell needs to know beside it."""

    result: Result
    language: str
    today: date
    discrepancies: tuple[str, ...] = ()

    def cells(self) -> list[Cell]:
        """The cells of the line, in the order of the columns."""
        return [value(self) for value in COLUMNS.values()]

    @property
    def actual(self) -> Any:
        """The actual behind the result, if it may speak: a withheld figure says nothing in its note either."""
        return None if self.result.is_suppressed else self.result.actual_record

    def sources(self) -> list[dict[str, Any]]:
        """Every citation of the actual, that of the adopted value first."""
        if self.actual is None:
            return []
        return [
            {
                "document": citation.document.file_name or citation.document.slug,
                "section": citation.section,
                "page": citation.page,
                "printed_value": citation.printed_value,
                "value": citation.value,
                "qualifier": citation.qualifier,
                "note": in_language(citation, "note", self.language),
            }
            for citation in self.actual.citations.all()
        ]


def in_language(record: Any, field: str, language: str) -> str:
    """A translated text in ``language``, else in the first language that has it."""
    languages = (language, *(code for code, _name in settings.LANGUAGES))
    return next((text for code in languages if (text := getattr(record, f"{field}_{code}"))), "")


def slug_of(name: str) -> Callable[[Line], str]:
    """What names a record in addresses; empty where the scope leaves it open."""

    def cell(line: Line) -> str:
        record = getattr(line.result, name)
        return "" if record is None else record.slug

    return cell


def own(name: str) -> Callable[[Line], Any]:
    """A field of the result as it is stored."""
    return lambda line: getattr(line.result, name)


def coverage(line: Line) -> str:
    """How many of the expected series were reported. Not "8/11", which spreadsheets take for a day in November."""
    result = line.result
    return f"{result.coverage_reported} of {result.coverage_expected}" if result.coverage_expected else ""


def discrepancy(line: Line) -> str:
    """Codes of the places where sources disagree about it."""
    if line.discrepancies:
        return ";".join(line.discrepancies)
    return "yes" if line.result.has_discrepancy or line.result.is_contested else ""


def note(line: Line) -> str:
    """The public note, after the text of a figure that is described in words."""
    if line.actual is None:
        return ""
    texts = (in_language(line.actual, name, line.language) for name in ("text", "note"))
    return " ".join(" ".join(texts).split())


def unit(line: Line) -> str:
    """What one is; of a change that is kept as printed, with the warning that nobody says what it means."""
    indicator = line.result.indicator
    text = in_language(indicator, "unit", line.language)
    if indicator.change_unit != ChangeUnit.AS_PRINTED:
        return text
    with override(line.language):
        return f"{text}, {indicator.get_change_unit_display()}"


def public_partner(line: Line) -> str:
    partner = line.result.partner
    return partner.slug if partner is not None and partner.is_public else ""


COLUMNS: Final[dict[str, Callable[[Line], Cell]]] = {
    "programme": slug_of("programme"),
    "indicator": slug_of("indicator"),
    "indicator_name": lambda line: in_language(line.result.indicator, "name", line.language),
    "nature": own("nature"),
    "family": own("family"),
    "measure": own("measure"),
    "unit": unit,
    "unit_of_analysis": lambda line: line.result.indicator.unit_of_analysis,
    "cumulation": own("cumulation"),
    "level": own("level"),
    "themes": own("themes"),
    "project": slug_of("project"),
    "forum": slug_of("forum"),
    "country": lambda line: line.result.country.code if line.result.country is not None else "",
    "partner": public_partner,
    "period": slug_of("period"),
    "period_kind": own("period_kind"),
    "period_start": lambda line: line.result.period.starts_on,
    "period_end": lambda line: line.result.period.ends_on,
    "breakdown": own("breakdown_key"),
    "baseline": own("baseline"),
    "target": own("target"),
    "target_basis": own("target_basis"),
    "target_final": own("target_final"),
    "actual": own("actual"),
    "share": own("share"),
    "numerator": own("numerator"),
    "denominator": own("denominator"),
    "qualifier": own("qualifier"),
    "achievement": own("achievement"),
    "progress": own("progress"),
    "status": lambda line: str(due(line.result.status, line.result.due_on, line.today)),
    "status_final": lambda line: str(due(line.result.status_final, line.result.due_on, line.today)),
    "origin": own("origin"),
    "coverage": coverage,
    "route": own("route"),
    "verification": own("verification"),
    "as_of": own("as_of"),
    "approved_on": own("approved_on"),
    "source_document": own("source_document"),
    "source_section": own("source_section"),
    "source_value": lambda line: "" if line.result.is_suppressed else line.result.source_value,
    "discrepancy": discrepancy,
    "note": note,
}
