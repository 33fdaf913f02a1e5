"""Loading fixtures: whole or not at all, and a mistake names file, record and rule."""

import json
from copy import deepcopy
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import Change
from indicators.models import Actual, Result, Series
from library.actions import BrokenFixture, load_fixtures
from partners.models import Country
from tests import factories

# Their sentences are read in English, whatever ran before.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def three(field: str, text: str) -> dict[str, str]:
    return {f"{field}_{language}": text for language in ("fr", "es", "en")}


SERIES = ["people", None, "CL", None, None, ""]

FILES: dict[str, list[dict[str, Any]]] = {
    "01_countries.json": [
        {
            "model": "partners.country",
            "fields": {"code": "CL", "numeric_code": "152", **three("name", "Chile"), "is_pacific_alliance": True},
        }
    ],
    "02_framework.json": [
        {"model": "projects.programme", "fields": {"slug": "prog", "code": "PROG", **three("name", "Programme")}},
        {"model": "indicators.breakdown", "fields": {"key": "", "categories": []}},
        {
            "model": "indicators.reportingperiod",
            "fields": {
                "programme": ["prog"],
                "slug": "whole",
                **three("name", "2016–2023"),
                "starts_on": "2016-01-01",
                "ends_on": "2023-12-31",
                "kind": "whole",
                "state": "published",
            },
        },
        {
            "model": "indicators.indicator",
            "fields": {
                "programme": ["prog"],
                "slug": "people",
                "code": "TRN-01",
                **three("name", "People trained"),
                "nature": "output",
                "family": "people_trained",
                "measure": "count",
                **three("unit", "people"),
                "unit_of_analysis": "persons",
            },
        },
    ],
    "03_figures.json": [
        {
            "model": "indicators.series",
            "fields": {
                "indicator": ["people"],
                "project": None,
                "country": ["CL"],
                "partner": None,
                "forum": None,
                "breakdown": [""],
            },
        },
        {
            "model": "indicators.actual",
            "fields": {"series": SERIES, "period": ["whole"], "value": "47", "route": "published_source"},
        },
    ],
}


@pytest.fixture
def files() -> dict[str, list[dict[str, Any]]]:
    return deepcopy(FILES)


def written(folder: Path, files: dict[str, Any]) -> list[Path]:
    for name, rows in files.items():
        (folder / name).write_text(json.dumps(rows), encoding="utf-8")
    return sorted(folder.glob("*.json"))


def nothing_was_kept() -> bool:
    return not (
        Country.objects.exists() or Actual.objects.exists() or Result.objects.exists() or Change.objects.exists()
    )


def test_load_keeps_every_record_with_its_history_and_results(tmp_path: Path, files: dict[str, Any]) -> None:
    loaded = load_fixtures(paths=written(tmp_path, files))
    assert sum(loaded.records.values()) == 7
    assert loaded.results == Result.objects.count() == 1
    assert Result.objects.get().actual == 47
    change = Change.objects.get()
    assert change.door == "fixture"
    for model in (Country, Series, Actual):
        assert [row.change_id for row in model.history.all()] == [change.pk]


@pytest.mark.parametrize(
    ("file", "position", "alter", "says"),
    [
        pytest.param("03_figures.json", 1, {"value": "-1"}, "A count is zero or more.", id="a rule across tables"),
        pytest.param("03_figures.json", 1, {"value": None}, "Give a value, a share, a text", id="a constraint"),
        pytest.param("03_figures.json", 1, {"value": "12,5"}, "12,5", id="a number that is none"),
        pytest.param("03_figures.json", 1, {"route": "hearsay"}, "route:", id="a word that is not in the list"),
        pytest.param("03_figures.json", 1, {"period": ["2024"]}, "2024", id="a period that does not exist"),
        pytest.param("03_figures.json", 0, {"country": ["XX"]}, "XX", id="a country that does not exist"),
        pytest.param("03_figures.json", 0, {"colour": "red"}, "colour", id="a column that does not exist"),
        pytest.param("03_figures.json", 1, {"value": True}, "value: True and false", id="true for the number 1"),
        pytest.param("01_countries.json", 0, {"is_pacific_alliance": 1}, "yes or no", id="1 for true"),
        pytest.param("01_countries.json", 0, {"name_fr": "Chi\0li"}, "name_fr: It holds a char", id="a null byte"),
        pytest.param(
            "01_countries.json", 0, {"name_fr": "Chi\ud800"}, "name_fr: It holds a char", id="half a character"
        ),
        pytest.param("03_figures.json", 0, {"country": 1}, "country: It must be named", id="a number of a record"),
        pytest.param("03_figures.json", 0, {"country": "CL"}, "country: It must be named", id="a key outside its list"),
        pytest.param("03_figures.json", 1, {"value": "1e999999999"}, "", id="a number beyond every number"),
    ],
)
def test_broken_record_stops_the_load_and_is_named(
    tmp_path: Path, files: dict[str, Any], file: str, position: int, alter: dict[str, Any], says: str
) -> None:
    row = files[file][position]
    row["fields"] |= alter
    with pytest.raises(BrokenFixture) as raised:
        load_fixtures(paths=written(tmp_path, files))
    assert raised.value.file == file
    assert raised.value.record.startswith(row["model"])
    assert says in raised.value.rule
    assert nothing_was_kept()


def test_rule_about_links_is_checked_once_they_are_there(tmp_path: Path, files: dict[str, Any]) -> None:
    files["02_framework.json"][1]["fields"]["key"] = "sex=women"
    del files["03_figures.json"]
    with pytest.raises(BrokenFixture, match=r'02_framework.json: .*breakdown "sex=women": key: The key does not name'):
        load_fixtures(paths=written(tmp_path, files))
    assert nothing_was_kept()


def test_record_that_stands_twice_is_refused(tmp_path: Path, files: dict[str, Any]) -> None:
    files["04_again.json"] = deepcopy(files["01_countries.json"])
    with pytest.raises(BrokenFixture, match=r'04_again.json: partners.country "CL": .* stands twice'):
        load_fixtures(paths=written(tmp_path, files))
    assert nothing_was_kept()


@pytest.mark.parametrize(
    "text",
    [
        *('[{"model": "partners.country"}]', '{"a": 1}', "[", "\udcff"),
        *('[{"model": 1, "fields": {}}]', '[{"model": "partners.country", "fields": []}]', "[" * 100_000),
    ],
)
def test_unreadable_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "01_broken.json").write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(BrokenFixture, match=r"^01_broken.json: the file: "):
        load_fixtures(paths=tmp_path.glob("*.json"))


def test_table_of_another_app_is_not_loaded(tmp_path: Path) -> None:
    rows = [
        {"model": "accounts.change", "fields": {"door": "fixture", "reason": "", "made_at": "2020-01-01T00:00:00Z"}}
    ]
    with pytest.raises(BrokenFixture, match="is not a business record"):
        load_fixtures(paths=written(tmp_path, {"01_changes.json": rows}))


def load_book(folder: Path, *options: str) -> str:
    said = StringIO()
    call_command("load_book", "--folder", str(folder), *options, stdout=said)
    return said.getvalue()


def test_command_loads_once_and_then_touches_nothing(tmp_path: Path, files: dict[str, Any]) -> None:
    written(tmp_path, files)
    assert "7 records loaded, 1 result rows computed." in load_book(tmp_path)
    changes = Change.objects.count()
    assert "nothing was loaded" in load_book(tmp_path, "--if-empty")
    with pytest.raises(CommandError, match="already holds 1 figures"):
        load_book(tmp_path)
    assert Change.objects.count() == changes


def test_command_names_what_is_broken(tmp_path: Path, files: dict[str, Any]) -> None:
    files["03_figures.json"][1]["fields"]["value"] = "-1"
    written(tmp_path, files)
    with pytest.raises(CommandError, match=r"Nothing was loaded. 03_figures.json: indicators.actual .*zero or more"):
        load_book(tmp_path)
    assert nothing_was_kept()


def test_command_without_files_says_so(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no fixture file"):
        load_book(tmp_path)


def test_plain_loaddata_works_too(tmp_path: Path, files: dict[str, Any]) -> None:
    call_command("loaddata", *map(str, written(tmp_path, files)), verbosity=0)
    assert Actual.objects.get().value == 47
    assert Result.objects.get().actual == 47
    assert Change.objects.get().door == "fixture"


def test_load_leaves_what_is_there_alone(tmp_path: Path, files: dict[str, Any]) -> None:
    """A country that staff entered before is neither overwritten nor silently taken for the file's."""
    factories.country("CL", name_fr="Chili")
    with pytest.raises(BrokenFixture, match="already holds this record"):
        load_fixtures(paths=written(tmp_path, files))
    assert Country.objects.get().name_fr == "Chili"
