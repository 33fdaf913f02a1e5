"""A figure as a sentence to quote: nothing that limits it is left out, and each language keeps its typography."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from indicators.actions import rebuild_results
from indicators.models import Result
from indicators.quotations import quotation
from tests import factories as make
from tests.factories import three

pytestmark = pytest.mark.django_db


class World:
    def __init__(self) -> None:
        self.programme = make.programme(slug="epe", code="EPE")
        self.period = make.period(
            programme=self.programme, kind="whole", starts_on=date(2016, 1, 1), ends_on=date(2023, 12, 31),
            date_precision="year", state="published",
        )  # fmt: skip
        self.book = make.document(**three("short_title", "Book"))

    def result(self, *, scope: dict[str, Any], target: int | None = None, of: Any = None, **figure: Any) -> Result:
        fields = {"measure": "count", "unit": "persons", **(of or {})}
        unit = fields.pop("unit")
        indicator = make.indicator(
            programme=self.programme, **three("name", "People trained"), **three("unit", unit), **fields
        )
        series = make.series(indicator=indicator, **scope)
        actual = make.actual(series=series, period=self.period, **figure)
        if target is not None:
            make.target(series=series, period=self.period, value=target, qualifier="at_least")
        if actual.route == "published_source":
            make.citation(actual=actual, document=self.book, section="Results", page="12")
        rebuild_results()
        return Result.objects.get(indicator=indicator)


def test_it_says_scope_period_qualifier_target_base_source_and_date(in_english: None) -> None:
    world = World()
    project = make.project(programme=world.programme, code="B05", slug="B05")
    chile = make.country("CL", **three("name", "Chile"))
    percentage: dict[str, Any] = {"measure": "percentage", "unit": "%"}
    approved: dict[str, Any] = {
        "route": "grid",
        "approved_at": datetime(2024, 3, 5, 12, tzinfo=UTC),
        "verification": "evidence",
    }
    results = [
        world.result(scope={}, value=28500000, qualifier="more_than", target=40),
        world.result(scope={"project": project, "country": chile}, value=82, of=percentage),
        world.result(scope={"country": chile}, value=None, numerator=110, denominator=200, of=percentage, **approved),
        world.result(scope={"key": "sex=women"}, value=None, share=54, qualifier="planned"),
        world.result(scope={}, value=85, is_contested=True, range_low=85, range_high=105),
        world.result(scope={}, value=None, is_not_applicable=True),
    ]
    book = "Source: Book, “Results”, p. 12, undated."
    assert [quotation(result, "en").replace("\N{NO-BREAK SPACE}", " ") for result in results] == [
        f"People trained, EPE, 2016–2023: more than 28,500,000 persons, for a target of at least 40. {book}",
        f"People trained, EPE, project B05, Chile, 2016–2023: 82%; base not stated. {book}",
        "People trained, EPE, Chile, 2016–2023: 55%; 110 of 200. Source: EPE-AP results, evidence on file, approved on March 5, 2024.",
        f"People trained, EPE, Women, 2016–2023: planned 54% of the total. {book}",
        f"People trained, EPE, 2016–2023: 85 persons; the sources state 85 to 105. {book}",
        f"People trained, EPE, 2016–2023: not applicable. {book}",
    ]
    # The numbers by the typography of the language that is asked for, whatever the reader's.
    assert "28\N{NO-BREAK SPACE}500\N{NO-BREAK SPACE}000" in quotation(results[0], "fr")
    assert "82\N{NO-BREAK SPACE}%" in quotation(results[1], "es")


def test_a_demonstration_says_that_it_is_fictitious(in_english: None) -> None:
    world = World()
    type(world.programme).objects.filter(pk=world.programme.pk).update(is_demonstration=True)
    assert quotation(world.result(scope={}, value=1), "en").startswith("Fictitious, from a demonstration: ")
