"""What stands in each column of the flat table."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from indicators.models import Result
from opendata.columns import COLUMNS
from opendata.lines import Export
from tests import factories as make
from tests.factories import three
from tests.indicators.rows import result, world

pytestmark = pytest.mark.django_db

TODAY = date(2024, 6, 30)

#: The columns of the design, in its order.
DESIGN = (
    "programme, indicator, indicator_name, nature, family, measure, unit, unit_of_analysis, cumulation, level, themes, "
    "project, forum, country, partner, period, period_kind, period_start, period_end, breakdown, baseline, target, "
    "target_basis, target_final, actual, share, numerator, denominator, qualifier, achievement, progress, status, "
    "status_final, origin, coverage, route, verification, as_of, approved_on, source_document, source_section, "
    "source_value, discrepancy, note"
)


def lines(language: str = "en", **options):
    rows = Result.objects.public().rows().in_order(group="family", sort="name", language=language)
    export = Export(rows, language=language, today=TODAY, **options)
    return [dict(zip(COLUMNS, line.cells(), strict=True)) for line in export.lines()]


def test_the_columns_are_those_of_the_design():
    assert ", ".join(COLUMNS) == DESIGN


def test_a_full_row():
    of = world()
    partner = make.partner(slug="inacap")
    forum = make.forum(programme=of.programme, slug="1", number=1)
    ultimate = make.expected_result(programme=of.programme, level="ultimate")
    row = result(
        of,
        "Leaders",
        project=of.project,
        forum=forum,
        country=of.chile,
        partner=partner,
        baseline=10,
        target=40,
        target_basis="stated",
        target_final=50,
        actual=213,
        achievement="532.5",
        progress="676.6667",
        coverage_reported=8,
        coverage_expected=11,
        as_of=date(2023, 3, 31),
        approved_on=date(2023, 5, 1),
        indicator__themes=("T3", "T1"),
        indicator__expected_result=ultimate,
    )
    discrepancy = make.discrepancy(code="leaders", programme=of.programme)
    discrepancy.actuals.add(row.actual_record)
    discrepancy.citations.add(*row.actual_record.citations.all())

    assert lines() == [
        {
            "programme": "epe-ap",
            "indicator": "leaders",
            "indicator_name": "Leaders",
            "nature": "output",
            "family": "people_trained",
            "measure": "count",
            "unit": "people",
            "unit_of_analysis": "persons",
            "cumulation": "running_total",
            "level": "ultimate",
            "themes": "T1;T3",
            "project": "B05",
            "forum": "1",
            "country": "CL",
            "partner": "inacap",
            "period": "epe-ap-2016-2023",
            "period_kind": "whole",
            "period_start": date(2016, 1, 1),
            "period_end": date(2023, 12, 31),
            "breakdown": "",
            "baseline": Decimal(10),
            "target": Decimal(40),
            "target_basis": "stated",
            "target_final": Decimal(50),
            "actual": Decimal(213),
            "share": None,
            "numerator": None,
            "denominator": None,
            "qualifier": "exact",
            "achievement": Decimal("532.5"),
            "progress": Decimal("676.6667"),
            "status": "exceeded",
            "status_final": "exceeded",
            "origin": "reported",
            "coverage": "8 of 11",
            "route": "published_source",
            "verification": "as_published",
            "as_of": date(2023, 3, 31),
            "approved_on": date(2023, 5, 1),
            "source_document": "book.txt",
            "source_section": "Thème 3",
            "source_value": "a value",
            "discrepancy": "leaders",
            "note": "",
        }
    ]


def test_a_total_comes_before_its_parts_and_each_row_once():
    of = world()
    result(of, "Leaders", key="sex=women", share=54)
    result(of, "Leaders", key="sex=men", share=46)
    result(of, "Leaders", actual=100)
    # A reported and a computed total of one scope have the same parts.
    result(of, "Leaders", actual=101, origin="computed", series=None, key_suffix="computed")
    result(of, "Women only", key="sex=women", actual=7)

    assert [(line["indicator"], line["breakdown"], line["actual"]) for line in lines()] == [
        ("leaders", "", 100),
        ("leaders", "sex=men", None),
        ("leaders", "sex=women", None),
        ("leaders", "", 101),
        ("women-only", "sex=women", 7),
    ]


def test_names_and_units_and_notes_are_in_the_language_asked_for():
    of = world()
    row = result(of, "Leaders", actual=100, indicator__unit_fr="personnes", indicator__name_fr="Dirigeantes")
    row.actual_record.note_fr = "Sur cinq\nforums."
    with make.change(door=make.Door.COMMAND):
        row.actual_record.save()

    with translation.override("es"):
        assert [(line["indicator_name"], line["unit"], line["note"]) for line in lines("fr")] == [
            ("Dirigeantes", "personnes", "Sur cinq forums.")
        ]
        # A note that was written in one language only is better than none.
        assert [(line["indicator_name"], line["unit"], line["note"]) for line in lines("en")] == [
            ("Leaders", "people", "Sur cinq forums.")
        ]


def test_what_is_due_depends_on_the_day():
    of = world()
    result(of, "Jobs", target=5, due_on=date(2024, 6, 30))
    result(of, "Works", target=5, due_on=date(2024, 6, 29))

    assert [(line["indicator"], line["status"]) for line in lines()] == [("jobs", "not_due"), ("works", "not_reported")]


def test_a_share_a_percentage_and_a_qualifier_stay_as_printed():
    of = world()
    result(of, "Leaders", actual=28500000, qualifier="more_than")
    result(
        of,
        "Satisfaction",
        actual=82,
        indicator__measure="percentage",
        **{f"indicator__{k}": v for k, v in three("unit", "%").items()},
    )
    result(of, "Women", key="sex=women", share="43.5")

    found = {line["indicator"]: (line["actual"], line["share"], line["unit"], line["qualifier"]) for line in lines()}
    assert found == {
        "leaders": (28500000, None, "people", "more_than"),
        "satisfaction": (82, None, "%", "exact"),
        "women": (None, Decimal("43.5"), "people", "exact"),
    }


def test_a_disagreement_without_a_code_is_still_said():
    of = world()
    result(of, "Leaders", actual=1, has_discrepancy=True)

    assert [line["discrepancy"] for line in lines()] == ["yes"]
