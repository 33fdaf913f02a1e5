"""Which figures stand large at the head of a page."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from indicators.selections import foremost


def row(
    name: str, actual: int | None = 7, *, rank: int | None = None, analysis: str = "products", **changes: Any
) -> Any:
    fields: dict[str, Any] = {
        "indicator_id": name,
        "indicator": SimpleNamespace(headline_rank=rank, unit_of_analysis=analysis),
        "actual": None if actual is None else Decimal(actual),
        "target": None,
        "nature": "output",
        "measure": "count",
        "qualifier": "exact",
        "breakdown_key": "",
        "is_suppressed": False,
        **dict.fromkeys(("project_id", "country_id", "partner_id", "forum_id")),
    }
    return SimpleNamespace(**fields | changes)


def test_what_was_reached_stands_large_key_figures_and_targets_and_outcomes_first():
    rows = [
        row("things", 90),
        row("people", 80, analysis="persons"),
        row("changed", 70, nature="outcome"),
        row("aimed at", 60, target=Decimal(40)),
        row("key", 50, rank=3),
        row("key of a project", 500, rank=4, project_id=1),
        row("key of a project", 30, rank=4),
    ]

    assert [(each.indicator_id, each.actual) for each in foremost(rows)] == [
        ("key", 50),
        ("key of a project", 30),
        ("aimed at", 60),
        ("changed", 70),
        ("people", 80),
        ("things", 90),
    ]
    assert [each.indicator_id for each in foremost(rows, most=2)] == ["key", "key of a project"]


def test_what_must_not_stand_large_does_not():
    good = [row("one", 9), row("two", 8), row("three", 7)]
    bad = [
        row("missing", None),
        row("single", 1),
        row("part", breakdown_key="sex=women"),
        row("meant", qualifier="planned"),
        row("withheld", is_suppressed=True),
        row("contacts", analysis="contacts"),
        row("hours", nature="activity"),
        row("unclear", measure="change"),
    ]

    assert [each.indicator_id for each in foremost([*bad, *good])] == ["one", "two", "three"]
    assert foremost([*bad, *good[:2]]) == []
