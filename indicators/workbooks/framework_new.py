"""New indicators from rows of the framework: what their cells say, what stands for empty ones, and what is missing."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indicators.choices import Cumulation, Measure, PeriodKind, PeriodState, RollUp
from indicators.models import ExpectedResult, Indicator, ReportingPeriod
from indicators.workbooks.framework_columns import (
    CHOICES,
    DEFAULTS,
    IN_EVERY_LANGUAGE,
    REQUIRED,
    fields_of,
    headings_of,
    labels_of,
    nature_for,
    other_languages,
    read_choice,
)
from projects.models import Programme

#: Letters that an address may have.
SLUG_LENGTH: Final = 100

#: What the fields of an indicator must say of each other, with the column where it is said.
_TOGETHER: Final[tuple[tuple[str, Callable[[Mapping[str, Any]], bool], Any], ...]] = (
    (
        "change_unit",
        lambda of: (of["measure"] == Measure.CHANGE) == bool(of["change_unit"]),
        gettext_lazy("A change needs its unit (points, relative or as printed); nothing else has one."),
    ),
    (
        "currency",
        lambda of: (of["measure"] == Measure.CURRENCY) == bool(of["currency"]),
        gettext_lazy("An amount of money needs its currency, for example CAD; nothing else has one."),
    ),
    (
        "roll_up",
        lambda of: (
            of["roll_up"] != RollUp.SUM
            or of["measure"] not in (Measure.PERCENTAGE, Measure.CHANGE, Measure.QUALITATIVE)
        ),
        gettext_lazy("Percentages, changes and texts cannot be summed."),
    ),
    (
        "cumulation",
        lambda of: of["cumulation"] != Cumulation.PER_PERIOD or of["measure"] in (Measure.COUNT, Measure.CURRENCY),
        gettext_lazy("Only counts and amounts can be added up over periods."),
    ),
)


def first_day(periods: Iterable[ReportingPeriod], *, aimed_at: Iterable[ReportingPeriod], today: date) -> date | None:
    """The day from which figures of a new indicator are awaited; None where the programme has no periods.

    It is the first of the earliest period whose figures can still come in time: of the periods before it, all would be
    missing at once. A period that the indicator has a target for (``aimed_at``) counts as well; after the last one, the
    day that follows it.
    """
    reported = [each for each in periods if each.kind != PeriodKind.WHOLE]
    in_time = [each for each in reported if each.state == PeriodState.OPEN and (each.due_on or each.ends_on) >= today]
    starts = [each.starts_on for each in (*in_time, *aimed_at) if each.kind != PeriodKind.WHOLE]
    if starts:
        return min(starts)
    return max(each.ends_on for each in reported) + timedelta(days=1) if reported else None


class Definitions:
    """Reads rows that define an indicator of this programme."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self.results = {each.code: each for each in ExpectedResult.objects.filter(programme=programme)}
        self.slugs = set(Indicator.objects.values_list("slug", flat=True))

    def read(
        self, words: Mapping[str, str], *, level: str, language: str
    ) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """The fields of the indicator, and what is wrong: the key of the column, and a sentence.

        Args:
            words: what the row says, by column.
            level: the code of the expected result above the row, for a row that names none.
        """
        names = headings_of(language)
        faults = [
            (key, _("A new indicator needs this cell: %(column)s.") % {"column": names[key]})
            for key in REQUIRED
            if not words.get(key)
        ]
        if words.get("scope"):
            faults.append(("scope", _("A new indicator has the programme's total alone: leave the scope empty.")))
        result = self._result(words.get("expected_result") or level, faults)
        fields: dict[str, Any] = {
            "programme": self.programme,
            "code": words.get("code", ""),
            "slug": self._slug(words.get("code", ""), faults),
            "expected_result": result,
            "currency": words.get("currency", "").upper(),
            "is_public": False,
            **{name: words.get(key, "") for key, name in fields_of(language).items()},
            **self._choices(words, result, faults),
        }
        for name in IN_EVERY_LANGUAGE:
            for each in other_languages(language):
                fields[f"{name}_{each}"] = fields[f"{name}_{each}"] or fields[f"{name}_{language}"]
        if not faults:
            faults += [(key, str(sentence)) for key, holds, sentence in _TOGETHER if not holds(fields)]
        return fields, faults

    @staticmethod
    def stated(indicator: Indicator, language: str) -> dict[str, str]:
        """What the indicator would be, by column, also where its row says nothing."""
        cells = {
            "expected_result": indicator.expected_result.code if indicator.expected_result else "",
            "code": indicator.code,
            **{key: getattr(indicator, name) for key, name in fields_of(language).items()},
            **{key: str(getattr(indicator, key)) for key in CHOICES},
            "currency": indicator.currency,
        }
        return {key: words for key, words in cells.items() if words}

    @staticmethod
    def not_offered(key: str) -> str:
        """The sentence about a word that a column does not know."""
        return _("Choose one of these: %(labels)s.") % {"labels": ", ".join(labels_of(key))}

    def _choices(
        self, words: Mapping[str, str], result: ExpectedResult | None, faults: list[tuple[str, str]]
    ) -> dict[str, str]:
        fields = {}
        for key in CHOICES:
            written = words.get(key, "")
            said = read_choice(key, written) if written else str(DEFAULTS.get(key, ""))
            if said is None:
                faults.append((key, self.not_offered(key)))
            fields[key] = said or ""
        if not words.get("nature"):
            fields["nature"] = nature_for(result)
            if result is None and not any(key == "expected_result" for key, _sentence in faults):
                faults.append(("nature", _("Without an expected result, the nature must be chosen.")))
        return fields

    def _result(self, code: str, faults: list[tuple[str, str]]) -> ExpectedResult | None:
        result = self.results.get(code)
        if code and result is None:
            faults.append(
                (
                    "expected_result",
                    _("The programme has no expected result %(code)s. It has: %(codes)s.")
                    % {"code": code, "codes": ", ".join(self.results)},
                )
            )
        return result

    def _slug(self, code: str, faults: list[tuple[str, str]]) -> str:
        """An address that no indicator has, made from the code."""
        for text in (code, f"{self.programme.slug}-{code}") if slugify(code) else ():
            slug = slugify(text)
            if len(slug) <= SLUG_LENGTH and slug not in self.slugs:
                self.slugs.add(slug)
                return slug
        if code:
            faults.append(
                ("code", _("No address can be made from this code: use letters and digits that no other has."))
            )
        return ""
