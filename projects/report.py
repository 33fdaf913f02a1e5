"""The results of a programme as one printed report (PDF)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from epe_ap.sheets import public_sheet
from forums.models import Forum
from indicators.charts.chart import Chart
from indicators.charts.targets import target_chart
from indicators.charts.women import women_chart
from indicators.choices import UnitOfAnalysis
from indicators.models import ExpectedResult, Result
from indicators.selections import foremost, widest
from indicators.tables import FigureRow, FigureTables, figure_rows, reader_language, tables_of
from library.choices import Severity
from library.models import Discrepancy, Finding
from library.statements import by_kind
from partners.models import Country
from projects.choices import PartnershipRole
from projects.models import Programme, Project, Theme
from projects.views import MOST_FIGURES, NATURE_ORDER

#: A report is longer than a sheet; a programme of twice the book's figures still fits.
MOST_CHARACTERS = 2_500_000
MOST_PAGES = 150
#: How many figures stand large for a country or theme.
FEW = 3


@dataclass
class ExpectedPart:
    """An expected result with the figures that measure it."""

    result: ExpectedResult
    tables: FigureTables = field(default_factory=FigureTables)


@dataclass
class Account:
    """A country or theme in short: its foremost figures, and how much there is of it."""

    record: Any
    headlines: list[FigureRow]
    number_of_figures: int
    number_of_projects: int


@require_safe
def programme_report(request: HttpRequest, slug: str) -> HttpResponse:
    programme = get_object_or_404(Programme.objects.real().select_related("funder", "implementer"), slug=slug)
    return public_sheet(
        request,
        "projects/programme_report.html",
        lambda: report_context(programme),
        name=f"{programme.slug}-report",
        page=programme.get_absolute_url(),
        most_characters=MOST_CHARACTERS,
        most_pages=MOST_PAGES,
    )


def report_context(programme: Programme) -> dict[str, Any]:
    """Everything that the report of a programme holds. Twenty queries, however much there is."""
    results = Result.objects.for_pages().filter(programme=programme)
    [rows] = figure_rows(results.in_order(group="result", sort="name", language=reader_language()))
    reached = [row for row in rows if row.nature not in NATURE_ORDER]
    done = sorted((row for row in rows if row.nature in NATURE_ORDER), key=lambda row: NATURE_ORDER.index(row.nature))
    key_figures = sorted(
        (row for row in widest(rows).values() if row.indicator.headline_rank is not None),
        key=lambda row: row.indicator.headline_rank,
    )
    projects = list(Project.objects.filter(programme=programme).for_list().prefetch_related("partnerships__partner"))
    return {
        "programme": programme,
        "countries": programme.countries.order_by("code"),
        "number": len(rows),
        "is_short": len(rows) <= MOST_FIGURES,
        "targets": [row for row in reached if _has_target(row)],
        "common_period": tables_of(rows).common_period,
        "headlines": [row for row in key_figures if not _is_of_contacts(row)] or foremost(reached),
        "campaigns": [row for row in key_figures if _is_of_contacts(row)],
        "charts": _charts(reached),
        "expected": expected_parts(programme, reached),
        "unplaced": tables_of([row for row in reached if row.indicator.expected_result_id is None]),
        "activities": tables_of(done, group="nature"),
        "by_country": accounts_of_countries(programme, reached, projects),
        "by_theme": accounts_of_themes(programme, reached),
        "projects": [(project, _leads(project)) for project in projects],
        "forums": Forum.objects.filter(programme=programme).for_list(),
        "findings": by_kind(Finding.objects.filter(programme=programme).for_list()),
        "discrepancies": graver(programme),
    }


def expected_parts(programme: Programme, rows: Iterable[FigureRow]) -> list[ExpectedPart]:
    """Every expected result of a programme in its order, also one that nothing measures."""
    measured: dict[int | None, list[FigureRow]] = defaultdict(list)
    for row in rows:
        measured[row.indicator.expected_result_id].append(row)
    return [
        ExpectedPart(result, _plain(measured[result.pk]))
        for result in programme.expected_results.order_by("order", "code")
    ]


def accounts_of_countries(programme: Programme, rows: list[FigureRow], projects: Iterable[Project]) -> list[Account]:
    """The countries of a programme, each with the figures that are its own."""
    numbers: dict[int, int] = defaultdict(int)
    for project in projects:
        for country in project.countries.all():
            numbers[country.pk] += 1
    return [
        _account(country, [row for row in rows if row.country_id == country.pk], numbers[country.pk])
        for country in Country.objects.filter(programmes=programme).order_by("code")
    ]


def accounts_of_themes(programme: Programme, rows: list[FigureRow]) -> list[Account]:
    """The themes and dimensions of a programme, each with the figures of its indicators."""
    themes: Iterable[Any] = Theme.objects.for_list().filter(programme=programme)
    return [
        _account(theme, [row for row in rows if theme.code in row.theme_codes], theme.number_of_projects)
        for theme in themes
    ]


def graver(programme: Programme) -> dict[str, Any]:
    """Where the sources disagree: those that are more than minor, and how many there are of each severity."""
    found = list(Discrepancy.objects.for_list().filter(programme=programme))
    numbers = [(severity.label, sum(each.severity == severity for each in found)) for severity in reversed(Severity)]
    return {
        "number": len(found),
        "numbers": [(label, number) for label, number in numbers if number],
        "listed": [each for each in found if each.severity != Severity.MINOR],
    }


def _account(record: Any, rows: list[FigureRow], number_of_projects: int) -> Account:
    return Account(record, foremost(rows, most=FEW), len(rows), number_of_projects)


def _charts(rows: list[FigureRow]) -> list[Chart]:
    """Of the figures that stand for each indicator, as its page shows them."""
    chosen = list(widest(rows).values())
    found = [target_chart(chosen), women_chart(chosen)]
    return [chart for chart in found if chart is not None]


def _leads(project: Project) -> list[Any]:
    """Who leads a project, as far as the public sees them."""
    return [
        part.partner
        for part in project.partnerships.all()
        if part.role == PartnershipRole.LEAD and part.is_adopted and part.partner.is_public
    ]


def _is_of_contacts(row: FigureRow) -> bool:
    return row.indicator.unit_of_analysis == UnitOfAnalysis.CONTACTS


def _has_target(row: FigureRow) -> bool:
    return row.target is not None or row.target_final is not None


def _plain(rows: list[FigureRow]) -> FigureTables:
    """Tables without headings: what they are about stands above them."""
    with_target = [row for row in rows if _has_target(row)]
    recorded = [row for row in rows if not _has_target(row)]
    return FigureTables(
        with_target=[("", with_target)] if with_target else [], recorded=[("", recorded)] if recorded else []
    )
