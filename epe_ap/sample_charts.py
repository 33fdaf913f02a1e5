"""Rows as charts take them, made without a database, and a chart of each kind for templates/style.html."""

import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from indicators.charts.chart import Chart
from indicators.charts.country_map import map_chart
from indicators.charts.periods import period_charts
from indicators.charts.places import country_chart, project_chart
from indicators.charts.targets import target_chart
from indicators.charts.women import women_chart
from indicators.models import Indicator, ReportingPeriod, Result
from indicators.tables import FigureRow, Names
from partners.models import Country
from projects.models import Programme, Project

NUMBERS = ("actual", "actual_to_date", "target", "target_final", "baseline", "share", "achievement", "progress")


def three(field: str, text: str) -> dict[str, str]:
    """The same text in three languages."""
    return {f"{field}_{language}": text for language in ("fr", "es", "en")}


NAMES = Names({}, {})
PROGRAMME = Programme(pk=1, code="EPE", slug="epe")
WHOLE = ReportingPeriod(
    pk=1, kind="whole", starts_on=date(2016, 1, 1), ends_on=date(2023, 12, 31), **three("name", "2016–2023")
)
COUNTRIES = {
    code: Country(pk=number, code=code, **three("name", name))
    for number, (code, name) in enumerate(
        {"CL": "Chile", "CO": "Colombia", "MX": "Mexico", "PE": "Peru"}.items(), start=1
    )
}


class SampleRow(FigureRow):
    """A row that has a source at hand, or none."""

    sources: Any = ()


def half(year: int) -> ReportingPeriod:
    """The first half of a year."""
    return ReportingPeriod(
        pk=year, kind="interim", starts_on=date(year, 1, 1), ends_on=date(year, 6, 30), **three("name", f"half {year}")
    )


def sample_indicator(name: str = "People trained", **fields: Any) -> Indicator:
    """An indicator that is known by its name."""
    known: dict[str, Any] = {
        "programme": PROGRAMME,
        "measure": "count",
        "unit_of_analysis": "persons",
        "family": "people_trained",
        "cumulation": "running_total",
    }
    texts = {**three("name", name), **three("unit", "people")}
    return Indicator(pk=_key(name), slug="-".join(name.lower().split()), **{**known, **texts, **fields})


def sample_row(
    of: Indicator | None = None,
    actual: Any = None,
    *,
    country: str = "",
    project: str = "",
    parts: Sequence[FigureRow] = (),
    source: Any = None,
    **fields: Any,
) -> FigureRow:
    """A row of results; numbers as whole numbers or text."""
    about = of or sample_indicator()
    for name in NUMBERS:
        if fields.get(name) is not None:
            fields[name] = Decimal(fields[name])
    known: dict[str, Any] = {
        "programme": about.programme,
        "indicator": about,
        "period": WHOLE,
        "country": COUNTRIES.get(country),
        "project": Project(pk=_key(project), code=project) if project else None,
        "measure": about.measure,
        "family": about.family,
        "cumulation": about.cumulation,
        "origin": "reported",
        "actual": None if actual is None else Decimal(actual),
        "qualifier": "" if actual is None else "exact",
        "status": "not_reported" if actual is None else "recorded",
        "is_latest": True,
    }
    made = SampleRow(Result(**{**known, **fields}), NAMES, parts)
    made.sources = [source] if source else []
    return made


def sample_women(**fields: Any) -> FigureRow:
    """The women in a figure."""
    return sample_row(fields.pop("of", None), fields.pop("actual", None), breakdown_key="sex=women", **fields)


def sample_men(**fields: Any) -> FigureRow:
    return sample_row(fields.pop("of", None), fields.pop("actual", None), breakdown_key="sex=men", **fields)


def sample_charts() -> list[Chart]:
    """A chart of each kind."""
    by_country = [sample_row(None, value, country=code) for code, value in zip(COUNTRIES, (31, 42, 7, 28), strict=True)]
    years = [half(year) for year in (2019, 2020, 2021)]
    over_years = [
        sample_row(None, actual, target=target, period=year, status="behind")
        for actual, target, year in zip((40, 80, 120), (45, 90, 135), years, strict=True)
    ]
    for code, actuals in (("CL", (25, 40, 55)), ("PE", (32, 24, 16))):
        over_years += [
            sample_row(None, actual, country=code, period=year) for actual, year in zip(actuals, years, strict=True)
        ]
    parts = [sample_women(actual=70), sample_men(actual=32)]
    charts = [
        target_chart([sample_row(None, 213, target=40, baseline=10, status="exceeded"), sample_row(target=8)]),
        women_chart([sample_row(None, 108, parts=parts), sample_row(None, 3006, parts=[sample_women(share=54)])]),
        *period_charts(over_years),
        country_chart(by_country),
        map_chart(by_country),
        project_chart([sample_row(None, 31, project="B01"), sample_row(None, 12, project="B02", qualifier="at_least")]),
    ]
    return [
        replace(chart, key=chart.kind, page="#charts", svg="#charts", csv="#charts", subject="People trained")
        for chart in charts
        if chart is not None
    ]


def _key(name: str) -> int:
    return zlib.crc32(name.encode())
