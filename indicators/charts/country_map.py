"""One indicator on the map of the countries: a circle for each, its area in proportion to the figure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from types import MappingProxyType

from django.conf import settings
from django.utils.translation import gettext as _

from indicators.charts.chart import Chart, Row, actual_of, valued
from indicators.charts.drawing import Sheet, width_of
from indicators.charts.places import compared, country_chart, is_of_country
from indicators.choices import Measure

KIND = "map"
#: The sheet of static/img/countries.svg.
WIDTH, HEIGHT = 277, 369
#: Where the circle of a country stands: docs/map.md.
PLACES: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"MX": (74, 43), "CO": (182, 124), "PE": (170, 176), "CL": (187, 270)}
)
#: The largest circle.
LARGEST = 26
#: Measures whose figures a circle's area stands for: things that can be counted, and none below zero.
ADDED = (Measure.COUNT, Measure.CURRENCY)


def map_chart(rows: Sequence[Row]) -> Chart | None:
    """The countries of :func:`places.country_chart` on a map; None where that is, where one of them has no place on the
    map, or where circles would not show what is counted."""
    chart = country_chart(rows)
    chosen = compared(rows, is_of_country)
    if chart is None or any(row.country.code not in PLACES or row.actual < 0 for row in chosen):
        return None
    if chosen[0].measure not in ADDED:
        return None
    sheet = Sheet(width=WIDTH, y=HEIGHT)
    sheet.add("rect", "sea", x=0, y=0, width=WIDTH, height=HEIGHT)
    sheet.add("use", "around", href="neighbours")
    by_code = {row.country.code: row for row in chosen}
    for code in PLACES:
        sheet.add("use", "country", href=code)
    largest = max(row.actual for row in chosen)
    for code, row in by_code.items():
        x, y = PLACES[code]
        radius = LARGEST * (row.actual / largest).sqrt()
        sheet.add("circle", "amount", cx=x, cy=y, r=radius)
        words = [(row.country.name, "name"), (actual_of(row), "value")]
        reach = float(max(radius, Decimal(4))) + 6
        widest = max(width_of(text, role) for text, role in words)
        # To the left of the circle, where the sea is; over to its right where there is no room.
        left = x - reach - widest >= 0
        for line, (text, role) in enumerate(words):
            sheet.label(
                text, role, x=x - reach if left else x + reach, y=y - 2 + 15 * line, anchor="end" if left else "start"
            )
    title = _("From %(low)s (%(lowest)s) to %(high)s (%(highest)s)") % {
        "low": actual_of(chosen[-1]),
        "lowest": chosen[-1].country.name,
        "high": valued(chosen[0]),
        "highest": chosen[0].country.name,
    }
    notes = [*chart.notes, _("The area of a circle stands for the figure."), _("Boundaries imply no opinion.")]
    return replace(chart, kind=KIND, title=title, drawing=sheet.done(), notes=notes)


@cache
def shapes() -> str:
    """The outlines of the countries, for files that cannot point at those of the site."""
    source = (settings.BASE_DIR / "static/img/countries.svg").read_text(encoding="utf-8")
    found = re.search(r"<defs>.*?</defs>", source, re.DOTALL)
    assert found is not None
    return found[0]
