"""The report's workbook: what stands in the template, and what is read back however people saved and spoilt it."""

import io
import subprocess
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.actions import change, imports
from accounts.actions.previews import Outcome, Preview
from accounts.choices import Door, ImportState
from accounts.models import Import, StoredFile
from accounts.reading.workbooks import open_workbook
from indicators.models import Report, ReportingPeriod, Submission
from indicators.workbooks.layout import layout_of
from indicators.workbooks.reports import ReportImport, figures_sheet
from indicators.workbooks.template import FIRST_ROW, write_template
from projects.models import Programme, Project
from tests import factories as make

pytestmark = pytest.mark.django_db


class Desk:
    """A project with a count by sex, a percentage, an amount and a text; and somebody who fills in its workbook."""

    def __init__(self) -> None:
        self.period = make.period(starts_on=date(2021, 1, 1), ends_on=date(2021, 6, 30), slug="h1")
        programme = self.period.programme
        self.project = make.project(programme=programme, slug="B05", code="B05")
        self.user = make.enterer()
        sex = make.dimension(code="sex")
        for order, code in enumerate(("women", "men", "not_stated")):
            make.category(dimension=sex, code=code, order=order, **make.three("name", code))
        of = {"programme": programme, "is_whole": True}
        self.count = make.indicator(code="A1", slug="a1", **of)
        self.ratio = make.indicator(code="A2", slug="a2", measure="percentage", **make.three("unit", "%"), **of)
        self.amount = make.indicator(code="A3", slug="a3", measure="score", programme=programme, is_whole=False)
        self.words = make.indicator(code="A4", slug="a4", measure="qualitative", **of)
        for key in ("", "sex=women", "sex=men", "sex=not_stated"):
            make.series(indicator=self.count, project=self.project, key=key)
        for indicator in (self.ratio, self.amount, self.words):
            make.series(indicator=indicator, project=self.project)
        # Neither another project's series nor one that nobody expects stands in it.
        make.series(indicator=self.count, project=make.project(programme=programme))
        make.series(indicator=self.count, project=self.project, country=make.country("CL"), is_expected=False)

    def layout(self) -> Any:
        period = ReportingPeriod.objects.select_related("programme").get(pk=self.period.pk)
        return layout_of(Project.objects.select_related("programme").get(pk=self.project.pk), period, self.user)

    def template(self) -> openpyxl.Workbook:
        file = io.BytesIO()
        write_template(file, self.layout())
        return openpyxl.load_workbook(file)

    def read(self, book: openpyxl.Workbook | bytes, **more: Any) -> tuple[Preview, ReportImport]:
        layout = self.layout()
        resource = ReportImport(layout, self.user, **more)
        workbook = open_workbook(book if isinstance(book, bytes) else saved(book), name="r.xlsx")
        return imports.preview(resource=resource, sheet=figures_sheet(workbook, layout)), resource

    def apply(self, book: openpyxl.Workbook, *, only_good: bool = False) -> Import:
        seen, resource = self.read(book)
        made = imports.keep(
            resource=resource, preview=seen, name="r.xlsx", content=saved(book), content_type="x", by=self.user
        )
        sheet = figures_sheet(open_workbook(bytes(made.file.content), name="r"), self.layout())
        return imports.apply(record=made, resource=resource, sheet=sheet, by=self.user, only_good=only_good)

    def values(self) -> dict[str, Any]:
        return {
            f"{each.series.indicator.code} {each.series.breakdown.key}".strip(): each
            for each in Submission.objects.select_related("series__indicator", "series__breakdown")
        }


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cell(book: openpyxl.Workbook, code: str, column: str) -> Any:
    """The cell of an indicator under a hidden column key."""
    sheet = book.worksheets[1]
    keys = next(row for row in sheet.iter_rows() if str(row[0].value).startswith("epe-ap-columns"))
    at = next(each.column for each in keys if each.value == column)
    row = next(row for row in sheet.iter_rows(min_row=FIRST_ROW + 1) if row[1].value == code and row[0].value)
    return sheet.cell(row[0].row, at)


def filled(book: openpyxl.Workbook, cells: dict[tuple[str, str], Any]) -> openpyxl.Workbook:
    for (code, column), value in cells.items():
        cell(book, code, column).value = value
    return book


GOOD = {
    ("A1", "cell:sex=women"): 12,
    ("A1", "cell:sex=men"): "1 009",
    ("A1", "cell:"): "1.021",
    ("A1", "comment"): "by phone",
    ("A2", "numerator"): 110,
    ("A2", "denominator"): "200",
    ("A3", "cell:"): "≥ 4,5",
    ("A4", "text"): "Une règle a changé.",
}


@pytest.fixture(autouse=True)
def _in_french() -> Any:
    with translation.override("fr"):
        yield


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_the_template_shows_what_is_known_and_protects_all_but_what_is_filled_in(desk):
    series = desk.layout().groups[0][1][0].main.series
    make.baseline(series=series, value=7)
    make.target(series=series, period=desk.period, value=100)
    make.actual(series=series, period=make.period(programme=desk.period.programme, ends_on=date(2020, 12, 31)), value=0)

    book = desk.template()
    sheet = book.worksheets[1]

    assert [cell(book, "A1", name).value for name in ("baseline", "target", "last")] == [7, 100, 0]
    assert sheet.protection.sheet is True
    assert [cell(book, "A1", name).protection.locked for name in ("code", "target", "cell:", "comment")] == [
        True,
        True,
        False,
        False,
    ]
    assert [cell(book, "A4", name).protection.locked for name in ("cell:", "text")] == [True, False]
    assert (sheet.column_dimensions["A"].hidden, sheet.row_dimensions[4].hidden, sheet.freeze_panes) == (
        True,
        True,
        "D6",
    )
    assert sum(1 for row in sheet.iter_rows(min_row=FIRST_ROW + 1) if row[0].value) == 4
    assert sheet["B3"].value is None
    assert len(sheet.data_validations.dataValidation) > 0


def test_a_demonstration_is_marked_on_both_sheets(desk):
    Programme.objects.filter(pk=desk.period.programme_id).update(is_demonstration=True)

    with translation.override("en"):
        book = desk.template()

    assert [sheet["B3" if sheet.title == "Figures" else "A3"].value for sheet in book.worksheets] == [
        "Demonstration: everything here is invented."
    ] * 2


def test_a_filled_workbook_is_looked_at_then_saved_then_changes_nothing(desk):
    book = filled(desk.template(), GOOD)

    seen, _resource = desk.read(book)

    assert (seen.problems, seen.counts[Outcome.NEW]) == ([], 6)
    assert [(row.differences[0].cell[0] != "", row.differences[0].before, row.differences[0].after) for row in seen.rows] == [
        (True, "", "12"), (True, "", "1009"), (True, "", "1021"), (True, "", "110/200"), (True, "", "≥ 4.5"), (True, "", "Une règle a changé."),
    ]  # fmt: skip
    assert (Submission.objects.count(), Report.objects.count()) == (0, 0)

    made = desk.apply(book)
    found = desk.values()

    assert made.state == ImportState.APPLIED
    assert {name: each.value for name, each in found.items()} == {
        "A1 sex=women": 12, "A1 sex=men": 1009, "A1": 1021, "A2": None, "A3": Decimal("4.5"), "A4": None,
    }  # fmt: skip
    assert (found["A2"].numerator, found["A2"].denominator, found["A3"].qualifier) == (110, 200, "at_least")
    assert (found["A4"].text_fr, found["A4"].text_en) == ("Une règle a changé.", "")
    assert found["A1"].internal_comment == "by phone"
    assert {each.route for each in found.values()} == {"import"}
    assert {each.history.get().change_id for each in found.values()} == {made.change_id}

    again, _resource = desk.read(book)
    assert (again.writes, again.counts[Outcome.UNCHANGED], again.problems) == (0, 6, [])
    prefilled, _resource = desk.read(desk.template())
    assert (prefilled.writes, prefilled.counts[Outcome.UNCHANGED], prefilled.problems) == (0, 6, [])
    with pytest.raises(imports.Refused):
        desk.apply(book)


def test_an_empty_cell_changes_nothing_and_words_are_told_from_zero(desk):
    desk.apply(filled(desk.template(), GOOD))
    book = filled(
        desk.template(),
        {
            ("A1", "cell:"): None,
            ("A1", "cell:sex=women"): 0,
            ("A1", "cell:sex=not_stated"): "s/o",
            ("A3", "cell:"): "pas encore",
        },
    )

    desk.apply(book)
    found = desk.values()

    assert (found["A1"].value, found["A1 sex=women"].value) == (1021, 0)
    assert (found["A1 sex=not_stated"].is_not_applicable, found["A3"].is_not_yet) == (True, True)


def test_every_faulty_cell_is_named_with_what_was_written_and_the_rule(desk):
    book = filled(
        desk.template(),
        {
            ("A1", "cell:sex=women"): "12,5",
            ("A1", "cell:"): "F: 12 / H: 9",
            ("A2", "cell:sex=women"): 5,
            ("A2", "numerator"): 110,
            ("A3", "cell:"): "1,234",
            ("A4", "text"): "#REF!",
        },
    )
    sheet = book.worksheets[1]
    sheet.cell(sheet.max_row + 1, cell(book, "A1", "cell:").column).value = 99

    with translation.override("en"):
        seen, _resource = desk.read(book)

    where = {name: cell(book, *at).coordinate for name, at in {
        "women": ("A1", "cell:sex=women"), "total": ("A1", "cell:"), "closed": ("A2", "cell:sex=women"),
        "base": ("A2", "numerator"), "two": ("A3", "cell:"), "text": ("A4", "text"),
    }.items()}  # fmt: skip
    told = {problem.cell: (problem.sheet, problem.written, problem.rule) for problem in seen.problems}
    assert told.keys() == {*where.values(), cell(book, "A1", "cell:").column_letter + str(sheet.max_row)}
    assert told[where["women"]] == (
        sheet.title, "12,5", "“12,5” has decimals, and this indicator counts whole numbers: write it without decimals.",
    )  # fmt: skip
    assert told[where["total"]][2].startswith("“F: 12 / H: 9” gives several numbers in one cell")
    assert told[where["two"]][2] == "“1,234” can be 1,234 or 1234. Write 1,2340 or 1234."
    assert told[where["base"]][2] == "A percentage needs both: how many of them, and of how many."
    assert told[where["closed"]][2].startswith("This figure is not asked for in this column")
    with pytest.raises(imports.Refused):
        desk.apply(book)
    assert Submission.objects.count() == 0


def test_good_cells_are_saved_without_the_faulty_ones_when_asked(desk):
    made = desk.apply(filled(desk.template(), GOOD | {("A3", "cell:"): "beaucoup"}), only_good=True)

    assert (made.rows_new, made.rows_refused) == (5, 1)
    assert "A3" not in desk.values()


def test_rows_may_be_sorted_and_columns_moved_and_a_row_that_stands_twice_is_refused(desk):
    book = filled(desk.template(), {("A1", "cell:sex=women"): 12, ("A3", "cell:"): 4})
    sheet = book.worksheets[1]
    at = cell(book, "A1", "cell:sex=women").column
    for row in range(4, sheet.max_row + 1):
        sheet.cell(row, sheet.max_column + 3 if row == 4 else 30).value = sheet.cell(row, at).value
        sheet.cell(row, at).value = None
    moved = next(each.column for each in sheet[4] if each.value == "cell:sex=women")
    for row in range(5, sheet.max_row + 1):
        sheet.cell(row, moved).value, sheet.cell(row, 30).value = (
            sheet.cell(row, 30).value,
            sheet.cell(row, moved).value,
        )
    last = sheet.max_row + 1
    first = cell(book, "A3", "cell:").row
    for column in range(1, sheet.max_column + 1):
        sheet.cell(last, column).value = sheet.cell(first, column).value

    with translation.override("en"):
        seen, _resource = desk.read(book)

    assert [row.differences[0].after for row in seen.rows if row.differences] == ["12"]
    assert [problem.rule for problem in seen.problems] == [
        f"This row stands twice, in row {first} and here: keep one of them."
    ]


def test_the_workbook_of_another_report_is_refused_by_name(desk):
    book = desk.template()
    other = make.project(programme=desk.period.programme, slug="A07.1")
    layout = layout_of(Project.objects.select_related("programme").get(pk=other.pk), desk.period, desk.user)

    with translation.override("en"):
        with pytest.raises(imports.Refused) as caught:
            figures_sheet(open_workbook(saved(book), name="x"), layout)
        with pytest.raises(imports.Refused) as foreign:
            figures_sheet(open_workbook(b"a;b\n1;2\n", name="x"), layout)

    assert caught.value.sentence == (
        "This is the workbook of project B05, h1, and not of A07.1, h1: open that report, and send it there."
    )
    assert "is not the template of a report" in foreign.value.sentence


def test_an_unusual_value_is_asked_about_and_kept_once_confirmed(desk):
    series = next(row.main.series for row in desk.layout().rows() if row.indicator.code == "A1")
    for year in (2018, 2019):
        make.actual(series=series, period=make.period(programme=desk.period.programme, starts_on=date(year, 1, 1), ends_on=date(year, 12, 31)), value=10)  # fmt: skip
    book = filled(desk.template(), {("A1", "cell:"): 5000})
    where = cell(book, "A1", "cell:").coordinate

    seen, resource = desk.read(book)
    confirmed, _resource = desk.read(book, confirmed=frozenset({where}))

    assert (seen.writes, list(resource.unusual), [problem.cell for problem in seen.problems]) == (0, [where], [where])
    assert (confirmed.writes, confirmed.problems) == (1, [])


def test_a_look_costs_the_same_for_one_indicator_and_for_many(desk):
    book = filled(desk.template(), {("A3", "cell:"): 4})
    desk.read(book)
    with CaptureQueriesContext(
        connection,
    ) as few:
        desk.read(book)
    with CaptureQueriesContext(connection) as many:
        desk.read(filled(desk.template(), GOOD))
    # The template itself reads the layout once more.
    assert len(many) - len(few) <= 14


@pytest.mark.long
def test_a_workbook_that_libreoffice_saved_says_the_same(desk, tmp_path):
    path = tmp_path / "r.xlsx"
    path.write_bytes(saved(filled(desk.template(), GOOD)))
    for kind in ("xlsx", "ods"):
        out = tmp_path / kind
        profile = f"-env:UserInstallation=file://{tmp_path}/profile"
        subprocess.run(
            ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", out, path],
            check=True,
            capture_output=True,
        )
        seen, _resource = desk.read((out / f"r.{kind}").read_bytes())
        assert (seen.problems, seen.counts[Outcome.NEW]) == ([], 6)


def test_nothing_is_kept_of_a_look(desk):
    with change(door=Door.IMPORT):
        desk.read(filled(desk.template(), GOOD))
    assert (Submission.objects.count(), StoredFile.objects.count()) == (0, 0)
