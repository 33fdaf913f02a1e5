"""Rows of the table of results as ``refresh_results`` would write them, made directly."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from indicators.models import Indicator, ReportingPeriod, Result, Series
from library.models import Document
from partners.models import Country
from projects.models import Programme, Project, Theme
from tests import factories as make
from tests.factories import three


@dataclass
class World:
    """A small programme: two countries, three themes, a project, one whole period."""

    programme: Programme
    period: ReportingPeriod
    chile: Country
    peru: Country
    themes: dict[str, Theme]
    project: Project
    indicators: dict[str, Indicator] = field(default_factory=dict)


def world() -> World:
    programme = make.programme(slug="epe-ap", code="EPE-AP")
    chile, peru = make.country("CL", **three("name", "Chile")), make.country("PE", **three("name", "Pérou"))
    programme.countries.set([chile, peru])
    return World(
        programme=programme,
        period=make.period(
            programme=programme,
            slug="epe-ap-2016-2023",
            kind="whole",
            starts_on=date(2016, 1, 1),
            ends_on=date(2023, 12, 31),
            **three("name", "2016–2023"),
        ),
        chile=chile,
        peru=peru,
        themes={
            code: make.theme(
                programme=programme, slug=code, code=code, number=number, **three("name", f"Name of {code}")
            )
            for number, code in enumerate(("T1", "T2", "T3"), start=1)
        },
        project=make.project(programme=programme, slug="B05", code="B05", title="Entrepreneuriat minier"),
    )


def indicator(of: World, name: str, themes: tuple[str, ...] = ("T3",), **fields: Any) -> Indicator:
    """An indicator whose slug is its name in small letters."""
    slug = name.lower().replace(" ", "-").replace("é", "e")
    made = make.indicator(**{"programme": of.programme, "slug": slug, "code": slug, **three("name", name), **fields})
    made.themes.set([of.themes[code] for code in themes])
    of.indicators[name] = made
    return made


def result(of: World, name: str, *, key: str = "", cite: bool = True, key_suffix: str = "", **fields: Any) -> Result:
    """One public row of an indicator, made with it when it is new; numbers may be given as whole numbers or text.

    ``cite=False`` leaves the source out. Fields of the indicator are passed as ``indicator__…``.
    """
    about = {
        field.removeprefix("indicator__"): fields.pop(field)
        for field in list(fields)
        if field.startswith("indicator__")
    }
    measured = of.indicators.get(name) or indicator(of, name, **about)
    numbers = ("actual", "target", "target_final", "baseline", "share", "numerator", "denominator", "achievement")
    for number in (*numbers, "progress", "range_low", "range_high"):
        if fields.get(number) is not None:
            fields[number] = Decimal(fields[number])
    period = fields.pop("period", of.period)
    scope = {part: fields.get(part) for part in ("project", "country", "partner", "forum")}
    breakdown = make.breakdown(key)
    series = Series.objects.filter(indicator=measured, breakdown=breakdown, **scope).first() or make.series(
        indicator=measured, breakdown=breakdown, **scope
    )
    has_actual = any(fields.get(part) is not None for part in ("actual", "share", "numerator"))
    actual = None
    if has_actual and fields.get("origin") != "computed":
        value = {"value": fields.get("actual"), "share": fields.get("share")}
        if fields.get("numerator") is not None and fields.get("actual") is None:
            value |= {"numerator": fields["numerator"], "denominator": fields["denominator"]}
        actual = make.actual(series=series, period=period, **value)
        if cite:
            make.citation(actual=actual, document=document(), section="Thème 3", printed_value="a value")
    has_target = fields.get("target") is not None
    made = Result.objects.create(
        **{
            "key": f"{measured.slug}/{period.slug}/{series.pk}{key_suffix}",
            "origin": "reported",
            "programme": measured.programme,
            "indicator": measured,
            "series": series,
            "period": period,
            "breakdown": series.breakdown,
            "nature": measured.nature,
            "family": measured.family,
            "measure": measured.measure,
            "cumulation": measured.cumulation,
            "level": measured.expected_result.level if measured.expected_result else "",
            "themes": ";".join(measured.themes.order_by("code").values_list("code", flat=True)),
            "period_kind": period.kind,
            "due_on": period.due_on,
            "breakdown_key": key,
            "actual_record": actual,
            "qualifier": "exact" if has_actual else "",
            "status": "not_reported" if not has_actual else "exceeded" if has_target else "recorded",
            "status_final": "not_reported" if not has_actual else "exceeded" if has_target else "recorded",
            "route": "published_source" if has_actual else "",
            "verification": "as_published" if has_actual else "",
            "source_document": "book.txt" if has_actual else "",
            "source_section": "Thème 3" if has_actual else "",
            "source_value": "a value" if has_actual else "",
            "is_public": not measured.programme.is_demonstration,
            "is_latest": True,
            "rules_version": "test",
            **fields,
        }
    )
    alike = [row for row in Result.objects.filter(indicator=measured) if row.row_key == made.row_key]
    if any(row.breakdown_key == "" for row in alike):
        Result.objects.filter(pk__in=[row.pk for row in alike if row.breakdown_key]).update(is_row=False)
        made.refresh_from_db()
    return made


def document() -> Document:
    """The one source of these tests."""
    return Document.objects.filter(slug="book").first() or make.document(
        slug="book", title="Livre de capitalisation", file_name="book.txt"
    )
