"""The measurement framework's workbook as the door of new indicators, of parts by sex, and of taking all of it back."""

import io
import subprocess
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.actions import ensure_roles
from accounts.models import Import
from accounts.roles import DATA_ENTRY, READERS, SPECIALISTS
from indicators.actions import check_results, rebuild_results
from indicators.models import Baseline, Indicator, Series, Target
from tests import factories as make

pytestmark = pytest.mark.django_db

URL = "/en/workspace/framework/pmf"
NEW = {"code": "B 1", "indicator": "Farms advised", "unit": "farms", "family": "people using services", "unit_of_analysis": "firms"}  # fmt: skip


@pytest.fixture
def staff(client: Client) -> Client:
    programme = make.programme(slug="pmf")
    period = make.period(programme=programme, slug="h1")
    outcome = make.expected_result(programme=programme, code="1000", **make.three("statement", "Lives are better."))
    of = make.indicator(programme=programme, code="A1", slug="a1", expected_result=outcome)
    total = make.series(indicator=of)
    make.target(series=total, period=period, value=100)
    women = make.series(indicator=of, key="sex=women")
    make.baseline(series=women, value=4, measured_on=date(2019, 12, 31))
    make.target(series=women, period=period, value=60)
    make.actual(series=women, period=period, value=7)
    # Parts of a narrower scope have no row.
    make.series(indicator=of, project=make.project(programme=programme), key="sex=women")
    make.indicator(slug="b-1", code="B 1")
    rebuild_results()
    ensure_roles()
    client.force_login(_of_role(SPECIALISTS))
    return client


def _of_role(name: str) -> Any:
    made = make.user(is_staff=True)
    made.groups.add(ensure_roles()[name])
    return made


def changed(client: Client, change: Callable[[Any, dict[str, int]], None] = lambda _sheet, _columns: None) -> bytes:
    """The workbook as it is downloaded, after somebody changed its sheet; columns by key."""
    book = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(f"{URL}.xlsx").streaming_content)))
    sheet = book.worksheets[0]
    change(sheet, {str(each.value): each.column for each in sheet[3]})
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_row(client: Client, *, below: str = "", **cells: Any) -> bytes:
    """With a new row: below the row that begins so in its hidden cell, or the first empty one at the end."""

    def add(sheet: Any, columns: dict[str, int]) -> None:
        keys = [str(sheet.cell(row, 1).value or "") for row in range(1, sheet.max_row + 1)]
        if below:
            row = next(at for at, key in enumerate(keys, start=1) if key.startswith(below)) + 1
            sheet.insert_rows(row)
        else:
            row = len(keys) - keys[::-1].index("level|") + 1
        for name, value in {**NEW, **cells}.items():
            sheet.cell(row, columns[name.replace("_h1", ":h1")]).value = value

    return changed(client, add)


def look(client: Client, content: bytes, name: str = "pmf.xlsx") -> tuple[str, str]:
    """The address of what was sent, and its page."""
    where = client.post(f"{URL}/upload/", {"file": SimpleUploadedFile(name, content)})["Location"]
    return where, client.get(where).content.decode()


def test_parts_stand_below_the_total_and_are_changed_there(staff):
    def alter(sheet: Any, columns: dict[str, int]) -> None:
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
        assert [(row[0], row[3], row[6], row[8], row[9]) for row in rows[1:3]] == [
            ("a1||||", Indicator.objects.get(code="A1").name, None, 100, None),
            ("a1|||||sex=women", Series.objects.filter(breakdown__key="sex=women")[0].breakdown.categories.get().name, 4, 60, 7),
        ]  # fmt: skip
        sheet.cell(7, columns["baseline"]).value = 5
        sheet.cell(7, columns["target:h1"]).value = "75 %"
        sheet.cell(7, columns["reason"]).value = "As agreed."

    assert "there is nothing to save" in look(staff, changed(staff))[1]
    where, page = look(staff, changed(staff, alter))
    assert "Change 1 row" in page
    staff.post(where, {"action": "apply"})
    assert (Baseline.objects.get().value, [(each.value, each.share) for each in Target.objects.current().order_by("pk")]) == (5, [(100, None), (None, 75)])  # fmt: skip
    assert check_results() == []


def test_a_new_indicator_has_its_series_baseline_and_targets_and_can_be_taken_back(staff):
    content = with_row(staff, below="a1|||||sex", baseline=3, baseline_on="31/12/2019", target_h1="1 200")
    where, page = look(staff, content)
    assert "1 new row, 0 changed, 2 unchanged, 0 refused" in page
    assert Indicator.objects.filter(programme__slug="pmf").count() == 1

    staff.post(where, {"action": "apply", "reason": "Second phase"})

    made = Indicator.objects.get(programme__slug="pmf", code="B 1")
    assert (made.slug, made.expected_result.code, made.nature, made.family, made.unit_of_analysis) == ("pmf-b-1", "1000", "outcome", "service_users", "firms")  # fmt: skip
    assert (made.measure, made.direction, made.cumulation, made.roll_up, made.is_public) == ("count", "increase", "running_total", "none", False)  # fmt: skip
    assert [made.name_fr, made.name_es, made.name_en, made.unit_fr] == ["Farms advised"] * 3 + ["farms"]
    series = made.series.get()
    assert (series.breakdown.key, series.project, series.baseline.value, series.baseline.measured_on) == ("", None, 3, date(2019, 12, 31))  # fmt: skip
    assert series.targets.get().value == 1200
    assert check_results() == []
    assert "there is nothing to save" in look(staff, content)[1]

    undo = f"/en/workspace/imports/{Import.objects.get(state='applied').pk}/undo/"
    assert "The import was undone" in staff.post(undo, {"reason": "Too early"}, follow=True).content.decode()  # fmt: skip
    assert (Indicator.objects.filter(programme__slug="pmf").count(), Target.objects.count(), Baseline.objects.count()) == (1, 2, 1)  # fmt: skip
    assert Import.objects.get(change__reason="Second phase").state == "undone"
    assert check_results() == []


def test_undoing_brings_back_texts_and_the_earlier_target(staff):
    def alter(sheet: Any, columns: dict[str, int]) -> None:
        for key, value in {"indicator": "Women and men trained", "target:h1": 120, "reason": "More funds", "frequency": "yearly"}.items():  # fmt: skip
            sheet.cell(6, columns[key]).value = value

    before = Indicator.objects.get(code="A1").name_en
    where, _page = look(staff, changed(staff, alter))
    staff.post(where, {"action": "apply"})
    indicator = Indicator.objects.get(code="A1")
    assert (indicator.name_en, indicator.frequency, Target.objects.count()) == ("Women and men trained", "yearly", 3)

    staff.post(f"/en/workspace/imports/{Import.objects.get(state='applied').pk}/undo/", {"reason": "Not agreed"})

    indicator.refresh_from_db()
    assert (indicator.name_en, indicator.frequency) == (before, "")
    assert sorted((each.value, each.is_current, each.revision) for each in Target.objects.all()) == [(60, True, 1), (100, True, 1)]  # fmt: skip
    assert check_results() == []


@pytest.mark.parametrize(
    ("cells", "column", "sentence"),
    [
        pytest.param({"code": None}, "Code", "A new indicator needs this cell: Code.", id="no-code"),
        pytest.param({"family": None}, "Family", "A new indicator needs this cell: Family.", id="no-family"),
        pytest.param({"family": "cows"}, "Family", "Choose one of these: people trained, ", id="unknown-family"),
        pytest.param({"expected_result": "9"}, "Expected result", "The programme has no expected result 9. It has: 1000.", id="unknown-result"),
        pytest.param({"expected_result": None}, "Nature", "Without an expected result, the nature must be chosen.", id="no-nature"),
        pytest.param({"measure": "amount of money"}, "Currency", "An amount of money needs its currency", id="no-currency"),
        pytest.param({"measure": "score", "cumulation": "per period, added up"}, "Cumulation", "Only counts and amounts can be added up", id="sum-of-scores"),
        pytest.param({"scope": "Kenya"}, "Scope", "leave the scope empty", id="scope"),
        pytest.param({"code": "A1"}, "Code", "This row stands twice", id="known-code"),
        pytest.param({"code": "x" * 41}, "Code", "40", id="long-code"),
        pytest.param({"target_h1": -1}, "Target, ", "A count is zero or more.", id="negative-target"),
        pytest.param({"target_h1": "1,5"}, "Target, ", "has decimals", id="half"),
        pytest.param({"baseline_on": "2019-12-31"}, "Date of the baseline", "A date alone is no baseline", id="date-alone"),
    ],
)  # fmt: skip
def test_a_faulty_row_is_refused_with_its_cell_and_rule(staff, cells, column, sentence):
    where, page = look(staff, with_row(staff, **{"expected_result": "1000", **cells}))

    assert (sentence in page, f"Framework · {column}" in page) == (True, True)
    assert "0 new rows, 0 changed, 2 unchanged, 1 refused" in page
    staff.post(where, {"action": "apply_good"})
    assert Indicator.objects.filter(programme__slug="pmf").count() == 1


def test_what_an_indicator_is_does_not_change_here_and_good_rows_are_written_beside_it(staff):
    def alter(sheet: Any, columns: dict[str, int]) -> None:
        sheet.cell(6, columns["measure"]).value = "score"
        sheet.cell(7, columns["baseline"]).value = 6
        # Refused by a rule of the database alone: found before the good rows are written.
        for name, value in {**NEW, "expected_result": "1000", "indicator": "x" * 300}.items():
            sheet.cell(10, columns[name]).value = value

    where, page = look(staff, changed(staff, alter))
    assert "What defines an indicator is changed on its own page" in page
    assert "0 new rows, 1 changed, 0 unchanged, 2 refused" in page
    staff.post(where, {"action": "apply_good"})
    assert (Indicator.objects.get(code="A1").measure, Baseline.objects.get().value) == ("count", 6)


def test_only_monitoring_specialists_add_indicators(staff):
    content = with_row(staff, expected_result="1000")
    staff.force_login(make.permitted("indicators.view_indicator", "indicators.change_indicator"))
    assert "Monitoring specialists add indicators: your account may not." in look(staff, content)[1]
    for role in (DATA_ENTRY, READERS):
        staff.force_login(_of_role(role))
        assert staff.get(f"{URL}/upload/").status_code == 403
        assert staff.post(f"{URL}/upload/", {"file": SimpleUploadedFile("p.xlsx", content)}).status_code == 403
    assert Import.objects.count() == 1


@pytest.mark.long
def test_a_framework_that_libreoffice_saved_says_the_same(staff, tmp_path):
    for name, content, expected in (
        ("same", changed(staff), "there is nothing to save"),
        ("new", with_row(staff, expected_result="1000", target_h1=5), "1 new row, 0 changed, 2 unchanged, 0 refused"),
    ):
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(content)
        for kind in ("xlsx", "ods"):
            out = tmp_path / kind
            profile = f"-env:UserInstallation=file://{tmp_path}/profile"
            subprocess.run(["soffice", profile, "--headless", "--convert-to", kind, "--outdir", out, path], check=True, capture_output=True)  # fmt: skip
            assert expected in look(staff, (out / f"{name}.{kind}").read_bytes(), f"{name}.{kind}")[1]
