"""What a chart is beside its drawing: the finding, the words that replace it, its table, its sources and its files."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from epe_ap.templatetags.figures import amount, figure, number, qualifier
from indicators.charts.drawing import Drawing, Sheet
from indicators.choices import ChangeUnit, Measure, Origin, Qualifier

#: A row of results as a page shows it: ``indicators.tables.FigureRow``.
Row = Any


@dataclass(frozen=True)
class Cell:
    """A cell of a chart's table: as a page writes it and, where it is a number, as a file does.

    The cell with the figure leads to the page of that figure, the last one to the source.
    """

    text: str
    number: Decimal | None = None
    url: str = ""


@dataclass(frozen=True)
class Table:
    """The table of a chart; the last column of every one says where the figure comes from."""

    columns: list[str]
    rows: list[list[Cell]]


@dataclass(frozen=True)
class Chart:
    """A chart with all that stands around it.

    Attributes:
        kind: the word that stands for it in addresses.
        title: the finding, as a sentence without a full stop.
        description: what a screen reader says in place of the drawing: every value in it.
        notes: sentences below the drawing.
        sources: the documents that the figures are printed in.
        unit: what the numbers count, where all of them count one thing, and of when they are.
        subject: what it is about, which a page says elsewhere and a file must say itself.
        svg: address of the drawing as a file; csv likewise of the table.
    """

    kind: str
    title: str
    description: str
    drawing: Drawing
    table: Table
    notes: list[str] = field(default_factory=list)
    sources: list[Any] = field(default_factory=list)
    is_demonstration: bool = False
    unit: str = ""
    subject: str = ""
    page: str = ""
    svg: str = ""
    csv: str = ""

    #: Unique on a page, also where charts of several things stand.
    key: str = ""


def located(charts: Iterable[Chart | None], *, of: str, key: str, subject: str, query: str = "") -> list[Chart]:
    """Those of the charts that there are, with the addresses of their page and their files.

    Args:
        of: name of the page's URL; its charts are ``<of>_chart``.
        key: what stands in the page's address.
        query: what the addresses need: see ``projects.demonstrations.query_of``.
    """
    return [
        replace(
            chart,
            subject=subject,
            key=f"{of}-{key}-{chart.kind}".replace(".", "-"),
            page=f"{reverse(of, args=[key])}{query}",
            svg=f"{reverse(f'{of}_chart', args=[key, chart.kind, 'svg'])}{query}",
            csv=f"{reverse(f'{of}_chart', args=[key, chart.kind, 'csv'])}{query}",
        )
        for chart in charts
        if chart is not None
    ]


# --- Rows that may be drawn --------------------------------------------------------------------------


def is_drawable(row: Row) -> bool:
    """Whether a row's number may stand beside others: not what was only planned, is told in words alone, or is a change of
    which no source says what it is measured in."""
    return (
        row.qualifier != Qualifier.PLANNED
        and row.measure != Measure.QUALITATIVE
        and row.indicator.change_unit != ChangeUnit.AS_PRINTED
        and not row.is_suppressed
        and not row.is_not_applicable
    )


def scope_of(row: Row) -> tuple[int | None, ...]:
    """What a row is about, as keys: project, country, partner, forum."""
    return (row.project_id, row.country_id, row.partner_id, row.forum_id)


def about(row: Row) -> str:
    """The scope of a row in words, with its breakdown."""
    return " · ".join(part for part in (row.scope_label, row.breakdown_label) if part)


def name_row(sheet: Sheet, row: Row, *, of_one: bool) -> None:
    """What a row is about, above its bar: the indicator and the scope; the scope alone, where the page names the indicator."""
    if of_one:
        sheet.words(about(row) or row.indicator.name, "name")
        return
    sheet.words(row.indicator.name, "name")
    if about(row):
        sheet.words(about(row), "remark")


# --- Figures in words --------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Value:
    """What the filter ``amount`` reads."""

    actual: Decimal
    measure: str
    currency: str


def written(row: Row, value: Decimal | None) -> str:
    """A number in the unit of a row, as the reader's language writes it."""
    return "" if value is None else amount(_Value(value, row.measure, row.currency))


def actual_of(row: Row) -> str:
    """The actual with its qualifier: "more than 1,349"."""
    return figure(row)


def valued(row: Row) -> str:
    """The actual with its unit: "6 programmes"; money and percentages bear theirs already."""
    words = actual_of(row)
    return f"{words} {row.unit}" if row.measure == Measure.COUNT and row.unit else words


def target_of(row: Row, value: Decimal) -> str:
    """A target with its qualifier, which is that of the period's own target alone."""
    words = qualifier(row.target_qualifier) if value == row.target else ""
    return f"{words} {written(row, value)}".strip()


def is_partial(row: Row) -> bool:
    """Whether a total was computed while some of its parts are not reported."""
    return row.origin == Origin.COMPUTED and row.coverage_reported < row.coverage_expected


def coverage_of(row: Row) -> str:
    """Of how many parts a partial total was computed; "" for any other."""
    if not is_partial(row):
        return ""
    return ngettext(
        "%(reported)s of %(expected)s expected figure reported",
        "%(reported)s of %(expected)s expected figures reported",
        row.coverage_expected,
    ) % {"reported": number(row.coverage_reported), "expected": number(row.coverage_expected)}


def source_cell(row: Row) -> Cell:
    """Where a figure comes from: its document and section, or that it was calculated or reported here."""
    source = row.source
    if source is None:
        return Cell(str(row.result.get_origin_display()))
    words = ", ".join(part for part in (source.document.short_title, source.section) if part)
    return Cell(words, url=source.get_absolute_url())


def sources_of(rows: Iterable[Row]) -> list[Any]:
    """The documents that rows rest on, each once, in the order in which they are met."""
    found = {row.source.document.pk: row.source.document for row in rows if row.source is not None}
    return list(found.values())


def capitalised(title: str) -> str:
    """A title that begins with a name of ours, which may begin with a small letter: "forum 3"."""
    return title[:1].upper() + title[1:]


def told(of: str, *facts: str) -> str:
    """What is said of something, as a text alternative holds it: "Chile: 6"."""
    return _("%(of)s: %(said)s") % {"of": of, "said": ", ".join(facts)}


def listed(parts: Sequence[str]) -> str:
    """Statements one after the other, as a text alternative holds them."""
    return "; ".join(parts)


def demonstration(rows: Sequence[Row]) -> bool:
    return any(row.is_demonstration for row in rows)
