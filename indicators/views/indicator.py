"""The method sheet of an indicator, with its figures and what they rest on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from indicators.models import Category, Indicator, Result, Target
from indicators.tables import FigureRow, FigureTables, Names, figure_rows, reader_language, tables_of
from library.models import Citation, Discrepancy
from library.statements import Disagreement, statements


@require_safe
def indicator_page(request: HttpRequest, slug: str) -> HttpResponse:
    indicator = get_object_or_404(Indicator.objects.for_page(), slug=slug)
    names = Names.of(indicator.themes.all(), Category.objects.select_related("dimension"))
    results = Result.objects.public().real().rows().filter(indicator=indicator)
    [rows] = figure_rows(
        results.in_order(group="family", sort="name", language=reader_language()),
        names=names,
    )
    discrepancies = Discrepancy.objects.about_indicator(indicator).with_statements()
    return render(
        request,
        "indicators/indicator.html",
        {
            "indicator": indicator,
            "figures": _by_period(rows),
            "restated": [row for row in rows if _is_restated(row)],
            "statements": statements(Citation.objects.of_indicator(indicator), names),
            "disagreements": Disagreement.of(discrepancies, names),
            "earlier_targets": Target.objects.filter(series__indicator=indicator).superseded(),
        },
    )


def _by_period(rows: list[FigureRow]) -> FigureTables:
    """The rows under their periods, the latest first; without headings where there is one period alone."""
    periods = {row.period_id: row.period for row in rows}
    latest_first = sorted(periods.values(), key=lambda period: (period.ends_on, period.starts_on), reverse=True)
    tables = FigureTables()
    for period in latest_first:
        found = tables_of(row for row in rows if row.period_id == period.pk)
        heading = period.name if len(periods) > 1 else ""
        for table, of_period in ((tables.with_target, found.with_target), (tables.recorded, found.recorded)):
            if of_period:
                table.append((heading, [row for _family, group in of_period for row in group]))
    return tables


def _is_restated(row: FigureRow) -> bool:
    """Whether the published value changed after it was first published."""
    actual = row.actual_shown
    return (
        actual is not None and actual.first_published_value is not None and actual.first_published_value != actual.ratio
    )
