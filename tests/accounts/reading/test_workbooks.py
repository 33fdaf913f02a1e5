import datetime
import io
import resource
import time
import tracemalloc
import zipfile
from contextlib import suppress

import openpyxl
import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableColumn, TableRow
from odf.text import P

from accounts.reading.workbooks import Refused, Row, address, find_header, open_workbook

MOMENT = datetime.datetime(2021, 12, 31, 8, 30)  # noqa: DTZ001 -- a spreadsheet knows no time zones
SHEET = "xl/worksheets/sheet1.xml"
HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = "</sheetData></worksheet>"


def xlsx(fill=None, **parts: str | bytes) -> bytes:
    """A workbook that ``fill`` filled; ``parts`` replace or join what the archive holds."""
    book = openpyxl.Workbook()
    if fill is not None:
        fill(book.active)
    return rezipped(saved(book), parts)


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rezipped(content: bytes, parts: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename not in parts:
                new.writestr(entry.filename, old.read(entry))
        for name, text in parts.items():
            new.writestr(name, text)
    return out.getvalue()


def ods(*, hidden: bool = False) -> bytes:
    book = OpenDocumentSpreadsheet()
    table = Table(name="Données")
    table.addElement(TableColumn())
    table.addElement(TableColumn(visibility="collapse" if hidden else "visible"))
    table.addElement(TableRow(numberrowsrepeated=3))
    row = TableRow()
    for attributes, text in (
        ({"valuetype": "string"}, "A07.1"),
        ({"valuetype": "percentage", "value": "0.54"}, "54 %"),
        ({"valuetype": "float", "value": "12"}, "12"),
        ({"valuetype": "date", "datevalue": "2021-12-31"}, "31/12/21"),
        ({"valuetype": "float", "value": "12.5", "formula": "of:=[.C4]+0.5"}, "12,5"),
        ({"formula": "of:=[.C4]+0.5"}, ""),
    ):
        cell = TableCell(**attributes)
        if text:
            cell.addElement(P(text=text))
        row.addElement(cell)
    row.addElement(TableCell(numbercolumnsrepeated=16_000))
    table.addElement(row)
    table.addElement(TableRow(numberrowsrepeated=1_000_000))
    book.spreadsheet.addElement(table)
    out = io.BytesIO()
    book.write(out)
    return out.getvalue()


def rows(content: bytes, name: str = "file") -> list[Row]:
    return list(open_workbook(content, name=name).sheets[0].rows())


def values(content: bytes) -> list[tuple[object, ...]]:
    return [row.values for row in rows(content)]


def every_row(content: bytes, name: str) -> None:
    for sheet in open_workbook(content, name=name).sheets:
        list(sheet.rows())


def refusal(content: bytes, name: str = "file.xlsx") -> str:
    with translation.override("en"), pytest.raises(Refused) as caught:
        every_row(content, name)
    return caught.value.sentence


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"code;valeur\nA07.1;12,5\n", [("code", "valeur"), ("A07.1", "12,5")]),
        ("code,año\nA07.1,2021\n".encode("utf-8-sig"), [("code", "año"), ("A07.1", "2021")]),
        ("code\tété\nA07.1\t12,5\n".encode("cp1252"), [("code", "été"), ("A07.1", "12,5")]),
        ("code;été\r\nA07.1;3\r\n".encode("utf-16"), [("code", "été"), ("A07.1", "3")]),
        (b"sep=;\r\na,b;c\r\n", [("a,b", "c")]),
        (b"title\n\ncode;note\nA;one, two, three\nB;one, two\n", [("title",), ("code", "note"), ("A", "one, two, three"), ("B", "one, two")]),
        (b'code;note\n"A";"two\nlines"\n', [("code", "note"), ("A", "two\nlines")]),
        (b"a;b;;;\n;;;\n", [("a", "b")]),
        (b"alone\n12\n", [("alone",), ("12",)]),
    ],
)  # fmt: skip
def test_csv_is_read_in_the_encodings_and_delimiters_of_spreadsheets(content, expected):
    assert values(content) == expected


def test_rows_keep_the_numbers_that_the_spreadsheet_shows():
    assert [row.number for row in rows(b"title\n\n\ncode;x\n")] == [1, 4]
    assert open_workbook(b"a;b\n", name="Rapport B05.csv").sheets[0].name == "Rapport B05"


def test_xlsx_gives_what_the_sheet_means():
    def fill(sheet):
        sheet.merge_cells("A1:D1")
        sheet["A1"] = "Rapport semestriel"
        sheet.append([])
        sheet.append(["A07.1 ", 12, 12.5, datetime.date(2021, 12, 31), MOMENT, True])
        for cell, value, shape in (("G3", 0.54, "0.0 %"), ("H3", 44561, "dd/mm/yyyy"), ("I3", 3, '0 "days"')):
            sheet[cell], sheet[cell].number_format = value, shape
        sheet["J3"] = "=B3+1"
        sheet["K3"] = "#REF!"
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["C"].hidden = True

    title, row = rows(xlsx(fill))

    assert (title.number, title.values, title.is_hidden) == (1, ("Rapport semestriel",), False)
    assert row == Row(
        3,
        (
            "A07.1 ",
            12,
            12.5,
            datetime.date(2021, 12, 31),
            MOMENT,
            True,
            "54%",
            datetime.date(2021, 12, 31),
            3,
            "=B3+1",
            "#REF!",
        ),
        is_hidden=True,
        hidden_columns=frozenset({2}),
    )


def test_xlsx_gives_the_calculated_value_of_a_formula_and_keeps_empty_texts_empty():
    cells = (
        '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c><c r="B2" t="str"><f>""</f><v></v></c>'
        '<c r="C2" t="inlineStr"><is><t>two</t></is></c><c r="D2" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
    )
    assert values(xlsx(**{SHEET: HEAD + cells + TAIL})) == [(2, None, "two", "#DIV/0!")]


def test_xlsx_counts_days_from_1904_when_the_workbook_says_so_and_marks_hidden_sheets():
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active["A1"] = datetime.date(2021, 12, 31)
    book.create_sheet("keys").sheet_state = "veryHidden"

    workbook = open_workbook(saved(book), name="book.xlsx")

    assert [sheet.is_hidden for sheet in workbook.sheets] == [False, True]
    assert next(workbook.sheets[0].rows()).values == (datetime.date(2021, 12, 31),)
    assert workbook.sheet(" KEYS ") is workbook.sheets[1]


def test_ods_gives_what_the_sheet_means():
    workbook = open_workbook(ods(hidden=True), name="rapport.xlsx")

    assert (workbook.kind, [sheet.name for sheet in workbook.sheets]) == ("ods", ["Données"])
    assert list(workbook.sheets[0].rows()) == [
        Row(4, ("A07.1", "54%", 12, datetime.date(2021, 12, 31), 12.5, "=[.C4]+0.5"), hidden_columns=frozenset({1}))
    ]


def test_the_header_is_found_below_titles_whatever_its_spelling():
    def fill(sheet):
        sheet["A1"] = "Marco de medición"
        sheet["B4"], sheet["C4"], sheet["D4"] = "CÓDIGO *", " Línea  de base: ", "Otra"
        sheet["B5"], sheet["D5"] = "A07.1", "x"

    lines = open_workbook(xlsx(fill), name="x").sheets[0].rows()
    header = find_header(
        lines, {"código": "code", "línea de base": "baseline", "meta": "target"}, needed=["code", "baseline"]
    )
    row = next(lines)

    assert (header.number, header.columns, header.unknown) == (4, {"code": 1, "baseline": 2}, {3: "Otra"})
    assert [header.get(row, key) for key in ("code", "baseline", "target")] == ["A07.1", None, None]
    assert header.address(row, "code") == "B5"
    assert [address(1, column) for column in (0, 25, 26, 701, 702)] == ["A1", "Z1", "AA1", "ZZ1", "AAA1"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a;b\n1;2\n", "No row names the columns: “Code”, “Target” is missing."),
        (b"code;target;code\n", "Row 1 names the column “code” twice: rename one of them."),
    ],
)
def test_a_header_that_lacks_or_repeats_a_column_is_refused(content, sentence):
    lines = open_workbook(content, name="x").sheets[0].rows()
    with translation.override("en"), pytest.raises(Refused) as caught:
        find_header(lines, {"Code": "code", "Target": "target"}, needed=["code", "target"])
    assert caught.value.sentence == sentence


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
ENTITY = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\r\n  \n", "is empty"),
        (b"%PDF-1.7 ...", "is no spreadsheet"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "is no spreadsheet"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "is no spreadsheet"),
        (OLE, "Excel 97–2003"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (xlsx()[:2000], "sent only in part"),
        (xlsx(**{SHEET: HEAD}), "is damaged"),
        (xlsx(**{SHEET: HEAD + '<row r="x"/>' + '<row r="1"><c r="A1" t="s"><v>99</v></c></row>' + TAIL}), "is damaged"),
        (xlsx(**{SHEET: ENTITY + HEAD + TAIL}), "declares external content"),
        (xlsx(**{"xl/workbook.xml": ENTITY + "<workbook/>"}), "declares external content"),
        (xlsx(**{"xl/vbaProject.bin": b"x"}), "holds macros"),
        (xlsx(**{"xl/macrosheets/sheet1.xml": "<x/>"}), "holds macros"),
        (xlsx(**{"xl/externalLinks/externalLink1.xml": "<x/>"}), "other workbooks"),
        (xlsx(**{"xl/embeddings/inner.bin": xlsx()}), "holds another file"),
        (xlsx(**{"extra.zip": "x"}), "holds another file"),
        (xlsx(**{f"e{number}": "" for number in range(2001)}), "far more than a spreadsheet holds"),
        (rezipped(ods(), {"Basic/script-lc.xml": "<x/>"}), "holds macros"),
        (rezipped(ods(), {"META-INF/manifest.xml": "<manifest:encryption-data/>"}), "protected by a password"),
        (rezipped(ods(), {"mimetype": "application/vnd.oasis.opendocument.text"}), "is no spreadsheet"),
        (b'a;b\n"open;1\n2;3\n', "a quotation mark there is not closed"),
        (b"a;" + b"x" * 100_001, "more than 100000 characters in one cell"),
        (b"a" + b";1" * 1_000, "more than 1000 columns"),
        (xlsx(**{SHEET: HEAD + '<row r="1"><c r="ZZZ1"><v>1</v></c></row>' + TAIL}), "more than 1000 columns"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_safe_spreadsheet_is_refused_in_words(content, words):
    assert words in refusal(content)


def test_a_bomb_is_refused_at_once_and_in_little_memory():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/workbook.xml", "<workbook/>")
        with bomb.open("xl/worksheets/sheet1.xml", "w") as entry:
            for _time in range(30):
                entry.write(b"0" * 1_000_000)
    content = out.getvalue()
    before, peak = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tracemalloc.start()

    sentence = refusal(content)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert "far more than a spreadsheet holds" in sentence
    assert most < 5_000_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < 20_000  # kilobytes
    assert time.process_time() - before < 1


def test_a_million_empty_rows_cost_little():
    sheet = HEAD + '<row r="1"><c r="A1"><v>7</v></c></row>'
    sheet += (
        "".join(f'<row r="{n}" spans="1:3"/>' for n in range(2, 200_000)) + '<row r="1048576"><c r="B1048576"/></row>'
    )
    content = xlsx(**{SHEET: sheet + TAIL})
    tracemalloc.start()

    read = [row.values for row in rows(content)]
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert read == [(7,)]
    assert most < 5_000_000


def test_a_large_csv_is_read_in_flat_memory():
    content = ("code;valeur;note\n" + "".join(f"A{n};{n},5;été\n" for n in range(30_000))).encode("cp1252")
    tracemalloc.start()

    count = sum(1 for _row in open_workbook(content, name="x.csv").sheets[0].rows())
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 30_001
    assert most < len(content) + 3_000_000


@settings(max_examples=60)
@given(
    content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode),
    at=st.integers(0, 6000),
    head=st.sampled_from(["", "xlsx", "ods"]),
)
def test_no_file_raises_anything_but_a_sentence(content, at, head):
    start = {"": b"", "xlsx": XLSX, "ods": ODS}[head]
    with suppress(Refused):
        every_row(start[:at] + content + start[at + len(content) :], "x")


XLSX, ODS = xlsx(lambda sheet: sheet.append(["a", 1])), ods()
