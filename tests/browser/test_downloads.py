"""What a reader takes away: each kind of file, by the link on its page; a chart in words and figures; a printed page."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.results_page import CHILE_T3, OWN


def taken(page: Page, selector: str, ending: str) -> bytes:
    """What the browser saves when the first such link is followed."""
    with page.expect_download() as saving:
        page.locator(selector).first.click()
    assert saving.value.suggested_filename.endswith(ending)
    return Path(saving.value.path()).read_bytes()


def test_the_three_files_of_a_filter_hold_the_same_rows(page: Page) -> None:
    page.goto(f"/es/results/?{CHILE_T3}")
    lines = list(csv.DictReader(io.StringIO(taken(page, "#results a[href*='results.csv']", ".csv").decode())))
    assert len(lines) >= page.locator(OWN).count() > 0
    written = json.loads(taken(page, "#results a[href*='results.json']", ".json"))
    sheet = load_workbook(io.BytesIO(taken(page, "#results a[href*='results.xlsx']", ".xlsx"))).worksheets[0]
    names = [cell.value for cell in sheet[1]]
    wanted = ("indicator", "project", "partner", "breakdown", "actual")
    shown = [tuple(line[name] for name in wanted) for line in lines]
    assert [tuple(str("" if row[name] is None else row[name]) for name in wanted) for row in written["rows"]] == shown
    table = [dict(zip(names, row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert [tuple(str("" if row[name] is None else row[name]) for name in wanted) for row in table] == shown


def test_a_chart_is_also_words_a_table_and_two_files(page: Page) -> None:
    page.goto("/fr/compare/")
    chart = page.locator("figure.plot").first
    finding = chart.locator(".plot-finding").inner_text()
    drawing = chart.get_by_role("img")
    numbers = [text for text in chart.locator(".cell-figure").all_text_contents() if text.strip()]
    assert numbers
    for said in (finding, *numbers):
        expect(drawing).to_have_accessible_name(re.compile(re.escape(said.strip())))
    expect(chart.locator("table")).not_to_be_visible()
    chart.locator("summary").click()
    expect(chart.locator("table")).to_be_visible()
    key = chart.get_attribute("id")
    assert finding in taken(page, f"#{key} .plot-files a[href$='.svg']", ".svg").decode()
    in_file = taken(page, f"#{key} .plot-files a[href$='.csv']", ".csv").decode()
    assert len(list(csv.reader(io.StringIO(in_file)))) == chart.locator("tbody tr").count() + 1


def test_the_dates_of_a_plan_are_a_calendar(page: Page) -> None:
    page.goto("/es/work-plans/canada-chile-trade-gender-2024-2025/")
    assert taken(page, "a.button[href$='.ics']:not([href^=webcal])", ".ics").startswith(b"BEGIN:VCALENDAR")


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_a_page_is_printed_whole_and_without_empty_sheets(page: Page, paper: str) -> None:
    page.goto(f"/fr/results/?{CHILE_T3}")
    sheets = [sheet.extract_text() for sheet in PdfReader(io.BytesIO(page.pdf(format=paper))).pages]
    assert all(len(text) > 100 for text in sheets)
    text = " ".join(" ".join(sheets).split())
    for name in page.locator(f"{OWN} .what-name").all_inner_texts():
        assert name in text
