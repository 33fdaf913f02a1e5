"""Tables as files: what is read back is what was written, whatever it holds."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from accounts.writing import Column, TooLarge, as_text, write_csv, write_ods, write_xlsx

COLUMNS = (Column("name", "How it is called."), Column("value"), Column("day"), Column("is_public"))
ROW = ("'=1+1", Decimal("-1234.5000"), date(2021, 12, 31), "yes")

TEXTS = st.text(
    st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\ufffe\uffff") | st.sampled_from("\n\t'=+-@")
).map(str.strip)


def test_a_csv_file_has_its_mark_plain_numbers_and_no_formula() -> None:
    written = "".join(write_csv(COLUMNS, [ROW, (None, Decimal("0"), None, "no")]))

    assert written == "\ufeffname,value,day,is_public\r\n'=1+1,-1234.5,2021-12-31,yes\r\n,0,,no\r\n"


@pytest.mark.parametrize("write", [write_xlsx, write_ods])
def test_a_workbook_holds_numbers_days_and_texts_and_explains_its_columns(write: Any) -> None:
    file = io.BytesIO()
    write(file, COLUMNS, [ROW, ("", Decimal(0), None, "no")], sheet="partners", about=["From a test."])
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(file.getvalue()))

    assert workbook.sheet_names == ["partners", "about"]
    assert workbook.get_sheet_by_name("partners").to_python() == [
        ["name", "value", "day", "is_public"],
        ["'=1+1", -1234.5, date(2021, 12, 31), "yes"],
        ["", 0.0, "", "no"],
    ]
    assert workbook.get_sheet_by_name("about").to_python()[:2] == [["", "From a test."], ["name", "How it is called."]]


@settings(max_examples=25)
@given(st.lists(TEXTS.filter(lambda text: text != ""), min_size=1, max_size=5))
def test_every_text_comes_back_from_each_kind_of_file(texts: list[str]) -> None:
    column = [Column("text")]
    rows = [[text] for text in texts]
    found = {"csv": [row[0] for row in csv.reader(io.StringIO("".join(write_csv(column, rows)), newline=""))][1:]}
    for name, write in (("xlsx", write_xlsx), ("ods", write_ods)):
        file = io.BytesIO()
        write(file, column, rows, sheet="texts")
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(file.getvalue())).get_sheet_by_name("texts")
        found[name] = [row[0] for row in sheet.to_python()][1:]

    assert found == dict.fromkeys(found, texts)


def test_what_does_not_fit_is_said() -> None:
    with pytest.raises(TooLarge, match="32767"):
        write_xlsx(io.BytesIO(), COLUMNS, [("x" * 32_768, None, None, None)], sheet="long")


def test_words_of_cells() -> None:
    assert [as_text(cell) for cell in (None, 0, 12, Decimal("82.00"), Decimal("-0.5000"), date(2024, 2, 1), "a")] == [
        "", "0", "12", "82", "-0.5", "2024-02-01", "a",
    ]  # fmt: skip
