"""A period of a project from the empty workbook to the public page, through the hands of two people."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Site, listened_to
from tests.second_factor import code

#: Gives two people a password and a second factor, and opens a period of its own: other tests have theirs.
PREPARE = """
import json
from datetime import date
from accounts.actions import change
from accounts.choices import Door
from accounts.models import User
from indicators.actions import save_context
from indicators.models import ReportingPeriod
from projects.models import Programme
from tests.second_factor import enrol_anew

people = {}
for name, email in (("enterer", "demo.staff@example.org"), ("specialist", "period.specialist@example.org")):
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, None, name="Period Specialist", language="en", is_staff=True, is_superuser=True)
    user.set_password("a-password-for-the-browser")
    user.save()
    enrol_anew(user)
    people[name] = email
programme = Programme.objects.get(slug="demo")
period = ReportingPeriod.objects.filter(slug="demo-early").first()
if period is None:
    names = {f"name_{language}": "2019" for language in ("fr", "es", "en")}
    with change(door=Door.COMMAND):
        period = save_context(
            record=ReportingPeriod(
                programme=programme, slug="demo-early", starts_on=date(2019, 1, 1), ends_on=date(2019, 6, 30), **names
            )
        )
print(json.dumps(people | {"period": period.slug, "pk": period.pk}))
"""
PASSWORD = "a-password-for-the-browser"

Person = Callable[[str], Page]


@pytest.fixture(scope="module")
def known(site: Site) -> dict[str, Any]:
    site.manage("make_demo_programme", "--accounts", "--if-none")
    found: dict[str, Any] = json.loads(site.manage("shell", "-v", "0", "-c", PREPARE).splitlines()[-1])
    return found | {"report": f"/en/workspace/reports/DEMO-B/{found['period']}/"}


@pytest.fixture
def sign_in(browser: Browser, base_url: str, known: dict[str, Any]) -> Iterator[Person]:
    """Opens a browser of its own for a person, past password and second factor."""
    opened: list[tuple[BrowserContext, Iterator[Page]]] = []

    def person(name: str) -> Page:
        context = browser.new_context(base_url=base_url, locale="en-CA", accept_downloads=True)
        listened = listened_to(context.new_page())
        page = next(listened)
        opened.append((context, listened))
        page.goto("/en/accounts/login/")
        page.locator("#id_login").fill(known[name])
        page.locator("#id_password").fill(PASSWORD)
        page.locator("#password-form button[type=submit]").click()
        page.get_by_label("Code", exact=True).fill(code())
        page.locator("main form button[type=submit]").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Workspace")
        return page

    yield person
    for context, listened in opened:
        # What the console said fails the test.
        next(listened, None)
        context.close()


def fill(path: Path, cells: dict[tuple[str, str], object]) -> None:
    """Type into a report's workbook: by code of the indicator and heading of the column."""
    workbook = openpyxl.load_workbook(path)
    sheet = workbook["Figures"]
    left = dict(cells)
    headings: dict[str, int] = {}
    for row in sheet.iter_rows():
        words = {str(cell.value).strip().lower(): cell.column for cell in row if cell.value is not None}
        if "indicator" in words:
            headings = words
        for (indicator, heading), value in cells.items():
            if indicator.lower() in words and heading in headings:
                cell = sheet.cell(row[0].row, headings[heading])
                assert not cell.protection.locked, (indicator, heading)
                cell.value = value
                left.pop((indicator, heading))
    assert not left
    workbook.save(path)


def resaved(path: Path, folder: Path) -> Path:
    """The same workbook as LibreOffice saves it."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    assert office, "This test needs LibreOffice: install it (apt-get install libreoffice-calc)."
    (folder / "saved").mkdir()
    subprocess.run(
        [
            *(office, f"-env:UserInstallation=file://{folder}/profile", "--headless"),
            *("--convert-to", "xlsx", "--outdir", str(folder / "saved"), str(path)),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return folder / "saved" / path.name


def downloaded(page: Page, link: str, path: Path) -> Path:
    with page.expect_download() as download:
        page.get_by_role("link", name=link).click()
    download.value.save_as(path)
    return path


def upload(page: Page, path: Path) -> None:
    page.get_by_label("Filled workbook").set_input_files(path)
    page.get_by_role("button", name="Look at it").click()


@pytest.mark.parametrize("office", [False, pytest.param(True, marks=pytest.mark.long)])
def test_a_period_from_the_workbook_to_the_public_page(
    sign_in: Person, known: dict[str, Any], site: Site, plain_page: Page, tmp_path: Path, office: bool
) -> None:
    staff = sign_in("enterer")

    # The workbook is filled in, with two mistakes.
    staff.goto(f"{known['report']}upload/")
    workbook = downloaded(staff, "Download the workbook of this report", tmp_path / "report.xlsx")
    figures = {
        ("DEMO-01", "women"): "15",
        ("DEMO-01", "men"): 29,
        ("DEMO-01", "total"): "44x",
        ("DEMO-02", "total"): 2.5,
        ("DEMO-08", "total"): "3,3",
    }
    fill(workbook, figures)
    upload(staff, resaved(workbook, tmp_path) if office else workbook)
    faults = staff.get_by_role("region", name="What is refused, and why")
    expect(faults.get_by_role("row")).to_have_count(3)
    expect(faults).to_contain_text("44x")
    staff.get_by_role("button", name="Save the 3 good figures").click()

    # It comes back with the faulty cells marked, is corrected, and taken in.
    staff.goto(f"{known['report']}upload/")
    upload(staff, workbook)
    marked = downloaded(staff, "Download the workbook with the faulty cells marked", tmp_path / "marked.xlsx")
    comments = [
        cell.comment.text
        for row in openpyxl.load_workbook(marked)["Figures"].iter_rows()
        for cell in row
        if cell.comment
    ]
    assert len(comments) == 2
    fill(marked, {("DEMO-01", "total"): 44, ("DEMO-02", "total"): 2})
    staff.goto(f"{known['report']}upload/")
    upload(staff, marked)
    staff.get_by_role("button", name="Save all 2 figures").click()
    expect(staff.get_by_role("heading", level=1)).to_have_text("The workbook was applied")

    # The report is handed in, and one figure comes back.
    hand_in(staff, known)
    specialist = sign_in("specialist")
    specialist.goto(f"{known['report']}review/")
    row = specialist.locator(".figure-row", has=specialist.locator(".cell-proposed", has_text="3.3"))
    row.get_by_role("checkbox").check()
    row.get_by_role("combobox").select_option("definition")
    row.get_by_role("textbox").fill("Round to the half point.")
    specialist.get_by_role("button", name="Return the ticked figures").click()

    staff.goto(known["report"])
    expect(staff.get_by_text("Round to the half point.").first).to_be_visible()
    cell = staff.locator(".grid-block", has_text="DEMO-08 ·").locator("input[type=text]").first
    expect(cell).to_have_value("3.3")
    cell.fill("3.5")
    staff.get_by_role("button", name="Save as draft").click()
    expect(staff.locator(".grid-block", has_text="DEMO-08 ·").locator("input[type=text]").first).to_have_value("3.5")
    hand_in(staff, known)

    # It is approved, and the period published.
    specialist.goto(f"{known['report']}review/")
    specialist.get_by_role("button", name="Approve the report").click()
    expect(specialist.locator("section", has_text="Totals as they stand now")).to_contain_text("44 people")
    results = f"/en/results/?programme=DEMO&project=DEMO-B&period={known['period']}"
    plain_page.goto(results)
    expect(plain_page.locator("main")).not_to_contain_text("3.5")
    for step in ("lock", "publish"):
        specialist.goto("/admin/indicators/reportingperiod/")
        specialist.locator(f"input[name=_selected_action][value='{known['pk']}']").check()
        specialist.locator("select[name=action]").select_option(step)
        specialist.locator("button[name=index]").click()
        expect(specialist.locator(".messagelist")).to_contain_text("1 period")

    plain_page.goto(results)
    for figure in ("44", "3.5"):
        expect(plain_page.locator("main")).to_contain_text(figure)
    expect(plain_page.locator("main")).to_contain_text("demonstration")
    assert site.manage("check_results").strip()


def hand_in(page: Page, known: dict[str, Any]) -> None:
    page.goto(known["report"])
    page.get_by_role("button", name="Hand in…").click()
    page.get_by_role("button", name="Hand in now").click()
    expect(page.get_by_role("button", name="Hand in now")).to_have_count(0)
