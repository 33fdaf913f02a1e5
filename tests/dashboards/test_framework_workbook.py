"""The measurement framework out and in again: what may be changed there, what is refused, and what is kept of a target."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from django.utils.formats import date_format

from accounts.choices import ImportState
from accounts.models import Import
from indicators.choices import Frequency
from indicators.models import Baseline, Indicator, ReportingPeriod, Target
from projects.models import Programme
from tests import factories as make
from tests.pages import words

pytestmark = pytest.mark.django_db

URL = "/en/workspace/framework/pmf"
#: What it takes to take back what a colleague imported.
WHO_OVERSEES = (
    *("indicators.view_indicator", "indicators.change_indicator", "accounts.add_import"),
    "indicators.correct_reportingperiod",
)


@pytest.fixture
def staff(client: Client) -> Client:
    programme = make.programme(slug="pmf")
    period = make.period(programme=programme, slug="h1")
    make.period(programme=programme, slug="h2", starts_on=date(2021, 1, 1), ends_on=date(2021, 12, 31))
    result = make.expected_result(programme=programme, code="1000", **make.three("statement", "Lives are better."))
    for code in ("A1", "A2"):
        of = make.indicator(
            programme=programme, code=code, slug=code.lower(), **({"expected_result": result} if code == "A1" else {})
        )
        series = make.series(indicator=of)
        if code == "A1":
            make.baseline(series=series, value=10, measured_on=date(2019, 12, 31))
            make.target(series=series, period=period, value=100)
            make.actual(series=series, period=period, value=0)
    make.indicator(programme=programme, code="A3", slug="a3")
    make.indicator(slug="decoy", **make.three("name", "Another programme's"))
    client.force_login(make.permitted("indicators.view_indicator", "indicators.change_indicator"))
    return client


def framework(client: Client, language: str = "en", **cells: Any) -> bytes:
    """The framework with these cells of indicator A1 written anew; ``A2__…`` are those of A2."""
    answer = client.get(f"{URL}.xlsx".replace("/en/", f"/{language}/"))
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    sheet = book.worksheets[0]
    columns = {each.value: each.column for each in sheet[3]}
    rows = {sheet.cell(row, columns["code"]).value: row for row in range(5, sheet.max_row + 1)}
    for name, value in cells.items():
        code, _, key = name.rpartition("__")
        sheet.cell(rows[code or "A1"], columns[key.replace("_h", ":h")]).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def send(client: Client, content: bytes) -> Any:
    return client.post(f"{URL}/upload/", {"file": SimpleUploadedFile("pmf.xlsx", content)})


def test_the_framework_shows_levels_word_for_word_and_the_figures_of_each_indicator(staff):
    sheet = openpyxl.load_workbook(io.BytesIO(framework(staff))).worksheets[0]
    lines = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]

    assert lines[0][1].startswith("1000 · ")
    assert "Lives are better." in lines[0][1]
    assert lines[1][1:11] == [
        "1000",
        "A1",
        Indicator.objects.get(code="A1").name,
        None,
        "people",
        10,
        "2019-12-31",
        100,
        None,
        0,
    ]
    assert [line[2] for line in lines if line[2]] == ["A1", "A2", "A3"]


def test_a_framework_that_nobody_changed_changes_nothing(staff):
    page = staff.get(send(staff, framework(staff))["Location"]).content.decode()

    assert "there is nothing to save" in page
    made = Import.objects.get()
    assert (made.rows_unchanged, made.rows_new + made.rows_changed + made.rows_refused) == (3, 0)


def test_texts_baselines_and_targets_are_changed_and_a_revision_keeps_the_earlier_target(staff):
    content = framework(
        staff, indicator="People trained", responsible="CICan", baseline="1.012", target_h1=120, target_h2="200",
        reason="Funds were added.", A2__target_h1=5,
    )  # fmt: skip
    look = send(staff, content)["Location"]
    page = staff.get(look).content.decode()
    assert "Change all 2 rows" in page
    assert "· Responsible<" in page
    assert Target.objects.count() == 1

    staff.post(look, {"action": "apply", "reason": "Yearly revision"})

    indicator = Indicator.objects.get(code="A1")
    assert (indicator.name_en, indicator.name_fr.startswith("Indicator"), indicator.responsible_en) == (
        "People trained",
        True,
        "CICan",
    )
    assert [(each.value, each.measured_on) for each in Baseline.objects.all()] == [(1012, date(2019, 12, 31))]
    assert sorted((each.series.indicator.code, each.period.slug, each.revision, each.value, each.is_current, each.reason) for each in Target.objects.all()) == [
        ("A1", "h1", 1, 100, False, ""), ("A1", "h1", 2, 120, True, "Funds were added."), ("A1", "h2", 1, 200, True, ""), ("A2", "h1", 1, 5, True, ""),
    ]  # fmt: skip
    made = Import.objects.get()
    assert (made.state, made.change.reason) == (ImportState.APPLIED, "Yearly revision")
    assert "there is nothing to save" in staff.get(send(staff, content)["Location"]).content.decode()


def test_a_look_says_the_same_in_every_language_with_the_words_and_numbers_of_each(staff):
    score = make.indicator(
        programme=Programme.objects.get(slug="pmf"),
        code="A5",
        slug="a5",
        measure="score",
        is_whole=False,
        frequency="yearly",
    )
    make.target(series=make.series(indicator=score), period=ReportingPeriod.objects.get(slug="h1"), value=Decimal("83.5"))  # fmt: skip
    content = framework(
        staff, "fr", A5__target_h1="1 084,25", A5__reason="More funds.", A5__frequency="quarterly", A5__baseline="70",
        A5__baseline_on="3/4/2020", A2__target_h1=12345,
    )  # fmt: skip
    # Day first, as in the sheet's own language, whoever looks at it.
    look = send(staff, content)["Location"]
    digest = Import.objects.get().digest

    pages = {code: words(staff.get(look.replace("/en/", f"/{code}/"))) for code in ("fr", "es", "en")}

    numbers = {"fr": ("83,5 1 084,25", "12 345"), "es": ("83,5 1 084,25", "12 345"), "en": ("83.5 1,084.25", "12,345")}
    for code, amounts in numbers.items():
        with translation.override(code):
            day = date_format(date(2020, 4, 3), "DATE_FORMAT")
            told = (*amounts, f"{Frequency.YEARLY.label} {Frequency.QUARTERLY.label}", day)
        assert [each for each in told if each not in pages[code].replace("\N{NO-BREAK SPACE}", " ")] == [], code
    assert Import.objects.get().digest == digest
    assert "changed since" not in pages["en"]


def test_an_imported_framework_is_taken_back_as_a_whole(staff):
    before = list(Indicator.objects.order_by("pk").values("name_en", "responsible_en"))
    content = framework(
        staff, indicator="People trained", responsible="CICan", baseline=12, target_h1=120, target_h2=200,
        reason="Funds were added.", A2__target_h1=5,
    )  # fmt: skip
    look = send(staff, content)["Location"]
    assert "Undo the import" not in staff.get(look).content.decode()
    staff.post(look, {"action": "apply", "reason": "Yearly revision"})
    made = Import.objects.get()
    # Whoever may not import at all is shown no way to take it back, and has none.
    undo = f"/en/workspace/imports/{made.pk}/undo/"
    assert "Undo the import" not in staff.get(look).content.decode()
    assert staff.post(undo, {"reason": "Too early"}).status_code == 403
    staff.force_login(make.permitted(*WHO_OVERSEES))
    assert "Undo the import" in staff.get(look).content.decode()

    page = staff.post(undo, {"reason": "Too early"}, follow=True)

    assert page.redirect_chain == [(look, 302)]
    assert "Everything that it had saved was taken back." in page.content.decode()
    assert "Undo the import" not in page.content.decode()
    assert list(Indicator.objects.order_by("pk").values("name_en", "responsible_en")) == before
    assert [each.value for each in Baseline.objects.all()] == [10]
    assert [(each.revision, each.value, each.is_current) for each in Target.objects.all()] == [(1, 100, True)]
    assert Import.objects.get().state == ImportState.UNDONE
    assert "Change all 2 rows" in staff.get(send(staff, content)["Location"]).content.decode()


def test_what_is_wrong_is_named_and_the_good_rows_can_be_written(staff):
    content = framework(staff, target_h1=120, baseline="12,5", A2__target_h1=5)
    look = send(staff, content)["Location"]
    page = staff.get(look).content.decode()

    assert "A revised target needs its reason" in page
    assert "“12,5” has decimals" in page
    staff.post(look, {"action": "apply"})
    assert Target.objects.count() == 1
    staff.post(look, {"action": "apply_good"})
    assert sorted((each.series.indicator.code, each.value) for each in Target.objects.all()) == [("A1", 100), ("A2", 5)]
    back = openpyxl.load_workbook(io.BytesIO(b"".join(staff.get(f"{look}marked.xlsx").streaming_content)))
    assert {cell.value for row in back.worksheets[0].iter_rows() for cell in row if cell.comment} == {"12,5", 120}


def test_a_negative_count_is_refused_by_the_rules_before_anything_is_written(staff):
    page = staff.get(send(staff, framework(staff, A2__target_h1=-5, A3__target_h1=5))["Location"]).content.decode()

    assert "A count is zero or more." in page
    assert "This indicator has no series yet" in page
    assert Target.objects.count() == 1


def test_only_those_who_change_indicators_send_a_framework(staff):
    look = send(staff, framework(staff, responsible="CICan"))["Location"]
    make.programme(slug="other")
    assert staff.get(look.replace("/pmf/", "/other/")).status_code == 404
    assert (
        "This is the framework of pmf, and not of other."
        in staff.post(
            "/en/workspace/framework/other/upload/", {"file": SimpleUploadedFile("pmf.xlsx", framework(staff))}
        ).content.decode()
    )
    staff.force_login(make.enterer())
    assert [staff.get(url).status_code for url in (f"{URL}.xlsx", f"{URL}/upload/", look)] == [403, 403, 403]
