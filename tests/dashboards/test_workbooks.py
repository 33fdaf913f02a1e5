"""The pages around a report's workbook: download, send, look, confirm, apply, and get it back marked."""

import io
import re
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from accounts.choices import ImportState
from accounts.models import Change, Import, StoredFile
from indicators.models import Report, ReportingPeriod, Series, Submission
from indicators.workbooks.layout import words_for_cells
from projects.models import Project
from tests import factories as make
from tests.pages import words

pytestmark = pytest.mark.django_db

URL = "/en/workspace/reports/B05/h1/"


@pytest.fixture
def staff(client: Client) -> Client:
    period = make.period(slug="h1")
    project = make.project(programme=period.programme, slug="B05", code="B05")
    for code in ("A1", "A2"):
        make.series(project=project, indicator=make.indicator(programme=period.programme, code=code, slug=code.lower()))
    make.project(programme=period.programme, slug="A07.1", code="A07.1")
    client.force_login(make.enterer())
    return client


def workbook(client: Client, *values: Any, url: str = URL) -> bytes:
    """The template with these totals written into its rows."""
    answer = client.get(f"{url}template.xlsx")
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    sheet = book.worksheets[1]
    at = next(each.column for each in sheet[4] if each.value == "cell:")
    rows = [row[0].row for row in sheet.iter_rows(min_row=6) if row[0].value]
    for row, value in zip(rows, values, strict=True):
        sheet.cell(row, at).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def send(client: Client, content: bytes, name: str = "B05.xlsx", url: str = URL) -> Any:
    return client.post(f"{url}upload/", {"file": SimpleUploadedFile(name, content)})


def test_a_workbook_is_looked_at_its_good_figures_saved_and_given_back_marked(staff):
    changes = Change.objects.count()
    answer = send(staff, workbook(staff, 12, "beaucoup"))
    look = answer["Location"]
    page = staff.get(look).content.decode()

    assert "“beaucoup” is not a number" in page
    assert "Save the 1 good figure" in page
    assert (Submission.objects.count(), Change.objects.count(), StoredFile.objects.count()) == (0, changes, 1)

    back = openpyxl.load_workbook(io.BytesIO(b"".join(staff.get(f"{look}marked.xlsx").streaming_content)))
    [cell] = [cell for row in back.worksheets[1].iter_rows() for cell in row if cell.comment]
    assert (cell.value, cell.fill.fgColor.rgb) == ("beaucoup", "00F5B8A0")
    assert cell.comment.text.startswith("“beaucoup” is not a number")
    assert back.worksheets[1].protection.sheet is True

    staff.post(look, {"action": "apply"})
    assert Submission.objects.count() == 0
    answer = staff.post(look, {"action": "apply_good"}, follow=True)
    assert "1 figure was saved as a draft." in answer.content.decode()
    assert [(each.series.indicator.code, each.value) for each in Submission.objects.all()] == [("A1", 12)]
    assert Import.objects.get().state == ImportState.APPLIED

    # The marked workbook, corrected, is recognised; what was saved already is not saved again.
    cell.value, cell.comment = 7, None
    out = io.BytesIO()
    back.save(out)
    look = send(staff, out.getvalue())["Location"]
    staff.post(look, {"action": "apply"})
    assert sorted((each.series.indicator.code, each.value, each.version) for each in Submission.objects.all()) == [
        ("A1", 12, 1),
        ("A2", 7, 1),
    ]


def test_a_formula_comes_back_marked_as_its_text_and_is_read_once_it_is_corrected(staff):
    look = send(staff, workbook(staff, "=5+7", 7))["Location"]
    assert "“=5+7” is a formula that holds no calculated value" in staff.get(look).content.decode()

    back = openpyxl.load_workbook(io.BytesIO(b"".join(staff.get(f"{look}marked.xlsx").streaming_content)))
    [cell] = [cell for row in back.worksheets[1].iter_rows() for cell in row if cell.comment]
    assert (cell.value, cell.data_type) == ("=5+7", "s")

    cell.value = 12
    out = io.BytesIO()
    back.save(out)
    staff.post(send(staff, out.getvalue())["Location"], {"action": "apply"})
    assert sorted(each.value for each in Submission.objects.all()) == [7, 12]


def test_a_look_says_the_same_in_every_language_with_the_numbers_of_each(staff):
    period = ReportingPeriod.objects.get()
    project = Project.objects.get(slug="B05")
    country = make.country("PE", name_fr="Pérou", name_es="Perú", name_en="Peru")
    score = make.indicator(programme=period.programme, code="A3", slug="a3", measure="score", is_whole=False)
    share = make.indicator(programme=period.programme, code="A4", slug="a4", measure="percentage", is_whole=False, **make.three("unit", "%"))  # fmt: skip
    series = make.series(project=project, indicator=score, country=country)
    make.series(project=project, indicator=share)
    make.submission(series=series, period=period, value=Decimal("83.5"), author=make.enterer())
    first = Series.objects.get(indicator__code="A1")
    make.submission(series=first, period=period, value=None, is_not_applicable=True, author=make.enterer())
    look = send(staff, workbook(staff, 12345, "not yet", "1 084,25", "110/200"))["Location"]
    digest = Import.objects.get().digest

    pages = {code: words(staff.get(look.replace("/en/", f"/{code}/"))) for code in ("fr", "es", "en")}

    numbers = {"fr": ("12 345", "83,5 1 084,25"), "es": ("12 345", "83,5 1 084,25"), "en": ("12,345", "83.5 1,084.25")}
    for code, (count, scores) in numbers.items():
        with translation.override(code):
            not_applicable, not_yet = words_for_cells()
            told = (f"{not_applicable} {count}", not_yet, country.name, scores, "110/200")
        assert [each for each in told if each not in pages[code].replace("\N{NO-BREAK SPACE}", " ")] == [], code
    assert Import.objects.get().digest == digest
    assert "changed since" not in pages["en"]
    answer = staff.post(look.replace("/en/", "/fr/"), {"action": "apply"}, follow=True)
    assert answer.redirect_chain == [(look.replace("/en/", "/fr/"), 302)]
    assert Import.objects.get().state == ImportState.APPLIED


def test_an_imported_workbook_is_taken_back_unless_a_figure_was_saved_since(staff):
    staff.force_login(make.permitted("indicators.add_submission", "indicators.view_submission", "accounts.add_import"))
    content = workbook(staff, 12, 7)
    look = send(staff, content)["Location"]
    staff.post(look, {"action": "apply"})
    assert "Undo the import" in staff.get(look).content.decode()
    undo = f"/en/workspace/imports/{Import.objects.get().pk}/undo/"

    assert "Say why the import is undone." in staff.post(undo, follow=True).content.decode()
    page = staff.post(undo, {"reason": "The wrong file"}, follow=True)

    assert page.redirect_chain == [(look, 302)]
    assert "Everything that it had saved was taken back." in page.content.decode()
    assert (Submission.objects.count(), Report.objects.count()) == (0, 0)
    assert (Import.objects.get().state, Import.objects.get().undone_by.reason) == (ImportState.UNDONE, "The wrong file")

    # Again; then somebody goes on with one of the drafts.
    look = send(staff, content)["Location"]
    staff.post(look, {"action": "apply"})
    later = send(staff, workbook(staff, 13, 7))["Location"]
    shown = " ".join(re.sub(r"<[^>]+>", " ", staff.get(later).content.decode()).split())
    assert re.search(r"I\d+ 12 13 ", shown)
    staff.post(later, {"action": "apply"})
    undo = f"/en/workspace/imports/{Import.objects.order_by('pk')[1].pk}/undo/"
    page = staff.post(undo, {"reason": "The wrong file"}, follow=True).content.decode()
    assert "Some of its records were saved since" in page
    assert sorted(Submission.objects.values_list("value", flat=True)) == [7, 13]


def test_what_was_shown_is_what_is_applied(staff):
    look = send(staff, workbook(staff, 12, 13))["Location"]
    other = send(staff, workbook(staff, 14, 13))["Location"]
    staff.post(other, {"action": "apply"})

    answer = staff.post(look, {"action": "apply"})

    assert "The data changed since you looked at this import" in answer.content.decode()
    assert sorted(each.value for each in Submission.objects.all()) == [13, 14]
    staff.post(look, {"action": "apply"})
    assert sorted(each.value for each in Submission.objects.all()) == [12, 13]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04 broken", "is damaged or was sent only in part"),
        (b"code;value\nA1;12\n", "is not the template of a report"),
        (b"", "is empty"),
    ],
)
def test_another_file_is_refused_in_a_sentence_and_not_kept(staff, content, sentence):
    answer = send(staff, content or b" ")

    assert (answer.status_code, StoredFile.objects.count()) == (422, 0)
    assert sentence in answer.content.decode()


def test_a_workbook_is_no_larger_than_any_other_spreadsheet_that_is_sent(staff, settings):
    settings.UPLOAD_MEGABYTES = 1
    answer = send(staff, b"PK" + bytes(1_000_000))

    assert (answer.status_code, StoredFile.objects.count()) == (422, 0)
    assert "no more than 1 MB are read" in answer.content.decode()


def test_the_page_has_its_address_in_each_language_and_knows_its_own_parameter(staff):
    page = staff.get(f"{URL}upload/?intake=abc").content.decode()

    assert [f'href="/{code}/workspace/reports/B05/h1/upload/?intake=abc"' in page for code in ("fr", "es")] == [
        True
    ] * 2
    assert "“intake”" not in page


def test_a_workbook_of_another_report_and_a_missing_file_are_refused(staff):
    content = workbook(staff, 1, 2)
    answer = send(staff, content, url="/en/workspace/reports/A07.1/h1/")
    assert "This is the workbook of project B05, h1, and not of A07.1, h1" in answer.content.decode()
    assert "Choose the workbook that was filled in." in staff.post(f"{URL}upload/").content.decode()


def test_only_staff_who_enter_figures_send_workbooks(staff):
    look = send(staff, workbook(staff, 1, 2))["Location"]
    assert staff.get(look.replace("B05", "A07.1")).status_code == 404
    for person, status in ((make.permitted(), 403), (make.user(), 403), (None, 302)):
        staff.logout()
        if person is not None:
            staff.force_login(person)
        for url in (f"{URL}template.xlsx", f"{URL}upload/", look, f"{look}marked.xlsx"):
            assert staff.get(url).status_code == status


def test_a_colleague_looks_at_a_workbook_and_decides_nothing(staff: Client) -> None:
    look = send(staff, workbook(staff, 12, 13))["Location"]
    colleague = Client()
    colleague.force_login(make.enterer(name="Ben"))
    page = colleague.get(look)
    assert (page.status_code, page.context["decides"], b"Save all 2 figures" in page.content) == (200, False, False)
    for action in ("confirm", "apply", "apply_good", "x"):
        assert colleague.post(look, {"action": action}).status_code == 403, action
    assert Submission.objects.count() == 0
    assert b"Save all 2 figures" in staff.get(look).content
    staff.post(look, {"action": "apply"})
    made = Import.objects.get()
    assert colleague.get(look).context["undo_form"] is None
    assert colleague.post(f"/en/workspace/imports/{made.pk}/undo/", {"reason": "x"}).status_code == 403
    assert Submission.objects.count() == 2
