"""A figure as a sentence that somebody may quote: with its scope, how exactly it is known, its limits, source and date."""

from functools import reduce
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from epe_ap.templatetags import figures
from epe_ap.templatetags.figures import NBSP
from epe_ap.templatetags.texts import moment, span
from indicators.choices import Measure, Origin, PeriodKind, Status
from indicators.models import Category, Result
from indicators.tables import FigureRow, Names


def quotation(result: Result | FigureRow, language: str, *, names: Names | None = None) -> str:
    """The figure in one line of plain text, in ``fr``, ``es`` or ``en``, by that language's typography.

    Without its address. Costs a query for the names of categories where the figure is a part and ``names`` are not at
    hand, and one for its citations where ``Result.objects.add_citations`` did not load them.
    """
    names = names or (result.names if isinstance(result, FigureRow) else _names_for(result))
    # A row of its own: one keeps the names that it found in the language in which it was first asked for them.
    row = FigureRow(result.result if isinstance(result, FigureRow) else result, names)
    if isinstance(result, FigureRow):
        row.sources = result.sources
    with translation.override(language):
        said = _("%(what)s: %(said)s. Source: %(source)s.") % {
            "what": ", ".join([row.indicator.name, *scope_in_words(row), when_in_words(row)]),
            "said": reduce(_beside, [_against_target(row), *_limits(row)]),
            "source": _source(row).rstrip("."),
        }
        if row.is_demonstration:
            return _("Fictitious, from a demonstration: %(sentence)s") % {"sentence": said}
        return said


def value_in_words(row: Any) -> str:
    """The actual of a row in plain text, with its qualifier and unit; or why there is none."""
    if row.is_not_applicable:
        return _("not applicable")
    if row.result.is_suppressed:
        return _("withheld: too few people")
    if row.actual is not None:
        return with_unit(figures.figure(row), row.unit)
    if row.share is not None:
        words = figures.qualifier(row.qualifier)
        share = _("%(share)s of the total") % {"share": figures.percent(row.share)}
        return f"{words} {share}".strip()
    if row.text:
        return row.text
    return _("not due yet") if row.status == Status.NOT_DUE else _("not reported")


def with_unit(number: str, unit: str) -> str:
    """A number and its unit, which never part at the end of a line; a percent sign as the language sets it."""
    if unit.startswith("%") and not figures.percent(0).endswith(f"{NBSP}%"):
        return f"{number}{unit}"
    return f"{number}{NBSP}{unit}" if unit else number


def scope_in_words(row: FigureRow) -> list[str]:
    """Programme, project, partner, forum, country and breakdown, as far as they are set."""
    words = [row.programme.code]
    if row.project is not None:
        words.append(_("project %(code)s") % {"code": row.project.code})
    words += [part.label for part in row.scope if part.record is not row.project]
    return [*words, *filter(None, [row.breakdown_label])]


def when_in_words(row: FigureRow) -> str:
    """The period; of the whole programme its years alone."""
    period = row.period
    if period.kind == PeriodKind.WHOLE:
        return span(period.starts_on, period.ends_on, period.date_precision)
    return str(period.name)


def _beside(before: str, after: str) -> str:
    # French sets a space before the semicolon.
    return _("%(before)s; %(after)s") % {"before": before, "after": after}


def _against_target(row: FigureRow) -> str:
    said = value_in_words(row)
    field = "target" if row.target is not None else "target_final"
    if getattr(row, field) is None:
        return said
    words = figures.qualifier(row.target_qualifier) if field == "target" else ""
    target = f"{words} {figures.amount(row, field)}".strip()
    if field == "target":
        return _("%(said)s, for a target of %(target)s") % {"said": said, "target": target}
    return _("%(said)s, for a final target of %(target)s") % {"said": said, "target": target}


def _limits(row: FigureRow) -> list[str]:
    """What must be said beside the number, so that it is not read as more than it is."""
    limits: list[str] = []
    if row.result.is_suppressed:
        return limits
    if row.measure == Measure.PERCENTAGE and row.actual is not None:
        if row.denominator is not None:
            base = {"part": figures.number(row.numerator), "whole": figures.number(row.denominator)}
            limits.append(_("%(part)s of %(whole)s") % base)
        else:
            limits.append(_("base not stated"))
    if row.range_text:
        limits.append(_("the sources state %(range)s") % {"range": row.range_text})
    elif row.has_discrepancy:
        limits.append(_("the sources disagree"))
    if row.coverage_reported < row.coverage_expected and row.origin == Origin.COMPUTED:
        counts = {"reported": figures.number(row.coverage_reported), "expected": figures.number(row.coverage_expected)}
        limits.append(_("%(reported)s of %(expected)s reported") % counts)
    return limits


def _source(row: FigureRow) -> str:
    """Where it stands and of when that is; of what no document states, how it came about and when it was approved."""
    if row.source is not None:
        document = row.source.document
        place = [document.short_title, _("“%(section)s”") % {"section": row.source.section}]
        if row.source.page:
            place.append(_("p. %(page)s") % {"page": row.source.page})
        return ", ".join([*place, moment(document.published_on, document.date_precision) or _("undated")])
    site = _("EPE-AP results")
    if row.origin == Origin.COMPUTED:
        number = len(row.inputs)
        said = ngettext("computed from %(number)s figure", "computed from %(number)s figures", number)
        said = f"{site}, {said % {'number': figures.number(number)}}"
        if row.coverage_last_on is None:
            return said
        return _("%(said)s, the last approved on %(day)s") % {"said": said, "day": moment(row.coverage_last_on)}
    said = f"{site}, {row.get_verification_display()}" if row.verification else site
    if row.approved_on is None:
        return said
    return _("%(said)s, approved on %(day)s") % {"said": said, "day": moment(row.approved_on)}


def _names_for(result: Result) -> Names:
    return Names.of([], Category.objects.select_related("dimension") if result.breakdown_key else [])
