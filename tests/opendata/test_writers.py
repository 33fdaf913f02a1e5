"""The three formats, and the command that writes them without a server."""

import csv
import io
import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from opendata.columns import COLUMNS
from opendata.writers import as_json, as_text, neutral, plain
from tests import factories as make
from tests.factories import three
from tests.indicators.rows import World, indicator, result, world


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("28755933.0000", "28755933"),
        ("82.0000", "82"),
        ("0.0000", "0"),
        ("-2.5000", "-2.5"),
        ("100", "100"),
        ("1E+3", "1000"),
        ("0.0001", "0.0001"),
        ("99999999999.9999", "99999999999.9999"),
    ],
)
def test_numbers_are_plain(number, written):
    assert plain(Decimal(number)) == written
    assert as_text(Decimal(number)) == written
    assert as_json(Decimal(number)) == float(written)


@pytest.mark.parametrize("mark", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_that_looks_like_a_formula_is_neutralised(mark):
    assert neutral(f"{mark}1+1") == f"'{mark}1+1"
    assert neutral(f"a{mark}1") == f"a{mark}1"


@pytest.mark.parametrize("text", ["", "54 % de 3 006", " =1", "'=1"])
def test_other_texts_are_left_as_they_are(text):
    assert neutral(text) == text


@pytest.fixture
def programme(db: None) -> World:
    """Totals, parts, a text that looks like a formula, and what no file may hold."""
    of = world()
    result(
        of, "Leaders", country=of.chile, actual=213, target=40, achievement="532.5000", source_value="=cmd|'/c calc'!A1"
    )
    result(of, "Leaders", country=of.chile, key="sex=women", share=54)
    result(
        of,
        "Change",
        actual="-2.5",
        indicator__measure="change",
        indicator__change_unit="points",
        source_value="-2,5 points",
    )
    result(of, "Hours", actual=900, indicator__nature="activity")
    result(
        of,
        "Leaders",
        country=of.chile,
        actual=9,
        is_latest=False,
        period=make.period(programme=of.programme, slug="p1"),
    )
    result(of, "Not public", actual=1, is_public=False)
    demonstration = make.programme(slug="demo", code="DEMO", is_demonstration=True)
    indicator(of, "Fictitious", themes=(), programme=demonstration)
    result(of, "Fictitious", actual=2, period=make.period(programme=demonstration, state="published"))
    return of


def fetch(client: Client, address: str) -> bytes:
    return b"".join(client.get(address).streaming_content)


def read_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))


def read_xlsx(content: bytes) -> list[dict[str, Any]]:
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_the_csv_is_plain_and_safe(client, programme):
    response = client.get("/en/results.csv?country=CL")
    content = b"".join(response.streaming_content)

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="epe-ap-results.csv"'
    rows = read_csv(content)
    assert list(rows[0]) == list(COLUMNS)
    assert [(row["indicator"], row["breakdown"], row["actual"], row["share"]) for row in rows] == [
        ("leaders", "", "213", ""),
        ("leaders", "sex=women", "", "54"),
    ]
    assert rows[0]["achievement"] == "532.5"
    assert rows[0]["source_section"] == "Thème 3"
    assert rows[0]["source_value"] == "'=cmd|'/c calc'!A1"


def test_a_negative_number_is_a_number_and_a_text_with_a_minus_is_a_text(client, programme):
    row = next(row for row in read_csv(fetch(client, "/en/results.csv")) if row["indicator"] == "change")

    assert (row["actual"], row["source_value"]) == ("-2.5", "'-2,5 points")


def test_the_workbook_has_the_same_rows(client, programme):
    response = client.get("/en/results.xlsx?nature=all")
    book = read_xlsx(b"".join(response.streaming_content))
    text = read_csv(fetch(client, "/en/results.csv?nature=all"))

    assert response["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert [{name: as_text_of(value) for name, value in row.items()} for row in book] == text
    leaders = next(row for row in book if row["indicator"] == "leaders")
    assert leaders["actual"] == 213
    assert leaders["target"] == 40
    assert leaders["baseline"] is None


def as_text_of(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if value is None:
        return ""
    return plain(Decimal(str(value))) if isinstance(value, int | float) else value


def test_no_cell_of_the_workbook_is_a_formula(client, programme):
    book = openpyxl.load_workbook(io.BytesIO(fetch(client, "/en/results.xlsx")))

    kinds = {cell.data_type for row in book.active.iter_rows() for cell in row}
    assert kinds <= {"s", "n", "d"}
    assert "'=cmd|'/c calc'!A1" in {cell.value for row in book.active.iter_rows() for cell in row}


def test_the_json_says_what_it_answers_and_gives_every_source(client, programme):
    leaders = programme.indicators["Leaders"].results.get(breakdown_key="", is_latest=True)
    make.citation(
        actual=leaders.actual_record,
        document=make.document(slug="web", file_name="web.txt"),
        section="Résultats",
        printed_value="plus de 200",
        value=Decimal("200"),
        qualifier="more_than",
        order=1,
    )

    sent = json.loads(fetch(client, "/en/results.json?theme=T3&country=CL"))

    assert list(sent) == ["title", "generated_from", "columns", "rows"]
    assert sent["generated_from"] == "country=CL&theme=T3"
    assert sent["columns"] == list(COLUMNS)
    assert list(sent["rows"][0]) == [*COLUMNS, "target_qualifier", "sources"]
    assert [(row["breakdown"], row["actual"], row["share"]) for row in sent["rows"]] == [
        ("", 213, None),
        ("sex=women", None, 54),
    ]
    assert [(source["document"], source["section"], source["value"]) for source in sent["rows"][0]["sources"]] == [
        ("book.txt", "Thème 3", None),
        ("web.txt", "Résultats", 200),
    ]
    # No spreadsheet opens it: texts are as they are.
    assert sent["rows"][0]["source_value"] == "=cmd|'/c calc'!A1"


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json"])
def test_a_file_says_what_it_left_aside(client, programme, ending):
    response = client.get(f"/en/results.{ending}?country=XX%0d%0aSet-Cookie: a=b&page=7")

    assert response.status_code == 200
    assert "Set-Cookie" not in response
    assert response["X-Problems"]


def test_the_json_says_what_it_left_aside(client, programme):
    sent = json.loads(fetch(client, "/en/results.json?colour=red"))

    assert len(sent["problems"]) == 1
    assert sent["problems"][0].startswith("“colour” is not a filter of this page")


def test_files_have_no_pages(client, programme):
    for number in range(60):
        result(programme, f"Indicator {number}", actual=1, cite=False)

    assert fetch(client, "/en/results.csv?page=2") == fetch(client, "/en/results.csv")
    assert len(read_csv(fetch(client, "/en/results.csv"))) == 63


def test_all_parts_are_written_once(client, programme):
    rows = read_csv(fetch(client, "/en/results.csv?sex=all"))

    assert [(row["indicator"], row["breakdown"]) for row in rows] == [
        ("leaders", ""),
        ("leaders", "sex=women"),
        ("change", ""),
    ]


def test_the_language_of_the_prefix_names_the_indicators(client, programme):
    of = programme.indicators["Change"]
    with make.change(door=make.Door.COMMAND):
        of.name_fr = "Évolution"
        of.save()

    assert "Évolution" in {row["indicator_name"] for row in read_csv(fetch(client, "/fr/results.csv"))}
    assert "Change" in {row["indicator_name"] for row in read_csv(fetch(client, "/en/results.csv"))}


# --- The command -------------------------------------------------------------------------------------------


def export(**options: Any) -> str:
    output = io.StringIO()
    call_command("export_results", stdout=output, **options)
    return output.getvalue()


WHOLE = {("leaders", "", "epe-ap-2016-2023"), ("leaders", "sex=women", "epe-ap-2016-2023"), ("leaders", "", "p1")} | {
    (name, "", "epe-ap-2016-2023") for name in ("change", "hours")
}


def test_the_command_writes_all_natures_periods_and_parts_but_no_demonstration(programme):
    rows = list(csv.DictReader(io.StringIO(export(format="csv"), newline="")))

    assert {(row["indicator"], row["breakdown"], row["period"]) for row in rows} == WHOLE
    assert len(rows) == len(WHOLE)


def test_the_command_writes_one_programme_and_the_demonstration_when_named(programme):
    other = make.programme(slug="skill-up", code="SKILL-UP")
    programme.indicators["Studies"] = make.indicator(programme=other, slug="studies", **three("name", "Studies"))
    result(programme, "Studies", actual=4, period=make.period(programme=other))

    found = [row["indicator"] for row in json.loads(export(format="json", programme="DEMO"))["rows"]]
    assert found == ["fictitious"]
    assert [row["indicator"] for row in json.loads(export(format="json", programme="skill-up"))["rows"]] == ["studies"]


def test_the_command_writes_in_the_language_asked_for(programme):
    of = programme.indicators["Change"]
    with make.change(door=make.Door.COMMAND):
        of.name_es = "Cambio"
        of.save()

    assert "Cambio" in export(format="csv", language="es")
    assert "Cambio" not in export(format="csv")


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_the_command_writes_the_same_to_a_file(programme, tmp_path: Path, ending: str):
    path = tmp_path / f"results.{ending}"
    export(format=ending, output=str(path))

    assert path.read_bytes().decode("utf-8") == export(format=ending)


def test_the_command_writes_a_workbook(programme, tmp_path: Path):
    path = tmp_path / "results.xlsx"
    export(format="xlsx", output=str(path))

    assert {(row["indicator"], row["breakdown"] or "", row["period"]) for row in read_xlsx(path.read_bytes())} == WHOLE


def test_the_command_says_what_it_needs(programme):
    with pytest.raises(CommandError, match="--output FILE"):
        export(format="xlsx")
    with pytest.raises(CommandError, match="No programme is called XYZ"):
        export(format="csv", programme="XYZ")
    with pytest.raises(CommandError):
        export(format="pdf")


def test_a_table_without_rows_is_its_header(db: None):
    assert export(format="csv") == ",".join(COLUMNS) + "\r\n"
    assert json.loads(export(format="json"))["rows"] == []


def test_a_spreadsheet_filters_keeps_days_and_says_what_its_columns_mean(client, programme):
    book = openpyxl.load_workbook(io.BytesIO(fetch(client, "/en/results.xlsx?theme=T3")))

    results, about = book.worksheets
    names = [cell.value for cell in results[1]]
    assert results.auto_filter.ref == f"A1:{results.cell(1, len(COLUMNS)).column_letter}{results.max_row}"
    assert results.freeze_panes == "D2"
    assert (results.print_title_rows, results.page_setup.orientation) == ("$1:$1", "landscape")
    assert results.cell(2, names.index("period_start") + 1).is_date
    said = {row[0].value: row[1].value for row in about.iter_rows()}
    assert said["query"] == "theme=T3"
    assert said["address"] == "http://testserver/en/results/?theme=T3"
    assert set(COLUMNS) < set(said)
