"""Reading spreadsheets of records: who may, what is shown before, what is written, and what comes back marked."""

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions import ensure_roles
from accounts.choices import ImportState
from accounts.models import Import, StoredFile, User
from accounts.roles import ADMINISTRATORS, DATA_ENTRY, READERS, SPECIALISTS
from indicators.models import Actual, ReportingPeriod
from partners.models import Partner
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

HEADINGS = ["slug", "name", "language", "kind", "country", "city"]
DUOC = ["duoc", "Duoc UC", "es", "tvet_institution", "CL", "Santiago"]
SENA = ["sena", "SENA", "es", "public_body", "Colombie", "Bogotá"]


@pytest.fixture
def countries() -> None:
    make.country("CL", **make.three("name", "Chile"))
    make.country("CO", name_fr="Colombie", name_es="Colombia", name_en="Colombia")


def somebody(role: str = "", **fields: Any) -> Client:
    """The browser of a member of the staff in a role."""
    person: User = make.user(is_staff=True, **fields)
    if role:
        person.groups.add(ensure_roles()[role])
    client = Client()
    client.force_login(person)
    return client


def csv_of(*rows: list[Any]) -> bytes:
    return "\r\n".join(",".join(map(str, row)) for row in rows).encode()


def sent(client: Client, content: bytes, kind: str = "partners", name: str = "partners.csv", **fields: Any) -> Any:
    file = SimpleUploadedFile(name, content)
    return client.post(f"/en/workspace/imports/{kind}/", {"file": file, "reason": "From the ministry", **fields})


def page_of(client: Client, content: bytes, **fields: Any) -> Any:
    """The page that shows what a file would change."""
    answer = sent(client, content, **fields)
    assert answer.status_code == 302, answer.context["form"].errors
    return client.get(answer.url)


def apply(client: Client, page: Any, rows: str = "all") -> Any:
    made = page.context["made"]
    return client.post(
        f"/en/workspace/imports/{made.pk}/apply/", {"seen": page.context["seen"], "rows": rows}, follow=True
    )


def said(page: Any) -> list[str]:
    return [str(message) for message in page.context["messages"]]


# --- Who may -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "kind", "status"),
    [
        (ADMINISTRATORS, "partners", 200),
        (SPECIALISTS, "indicators", 200),
        (SPECIALISTS, "periods", 200),
        (DATA_ENTRY, "partners", 200),
        (DATA_ENTRY, "baselines", 200),
        (DATA_ENTRY, "indicators", 403),
        (DATA_ENTRY, "expected_results", 403),
        (DATA_ENTRY, "periods", 403),
        (READERS, "partners", 403),
        ("", "partners", 403),
    ],
)
def test_each_role_imports_what_it_writes(role: str, kind: str, status: int) -> None:
    client = somebody(role)

    assert client.get(f"/en/workspace/imports/{kind}/").status_code == status
    assert client.get(f"/en/workspace/imports/{kind}/template.xlsx").status_code == status
    assert sent(client, csv_of(HEADINGS), kind=kind).status_code in ({200: (200, 302), 403: (403,)}[status])


def test_nobody_but_staff_comes_in(client: Client, countries: None) -> None:
    made = page_of(somebody(ADMINISTRATORS), csv_of(HEADINGS, DUOC)).context["made"]
    addresses = ["", "partners/", "partners/template.xlsx", f"{made.pk}/", f"{made.pk}/file/", f"{made.pk}/marked.xlsx"]
    partner_account = make.membership().user

    assert {client.get(f"/en/workspace/imports/{each}").status_code for each in addresses} == {302}
    client.force_login(partner_account)
    assert {client.get(f"/en/workspace/imports/{each}").status_code for each in addresses} == {403}
    assert client.get("/en/workspace/exports/partners.csv").status_code == 403
    reader = somebody(READERS)
    assert [reader.get(f"/en/workspace/imports/{each}").status_code for each in addresses] == [200, *[403] * 5]
    assert reader.post(f"/en/workspace/imports/{made.pk}/apply/").status_code == 403
    assert reader.get("/en/workspace/exports/partners.csv").status_code == 200
    assert not Partner.objects.filter(slug="duoc").exists()


def test_imports_are_their_senders_to_decide_about_and_specialists(countries: None) -> None:
    ana, ben, sol = (
        somebody(role, name=name) for role, name in ((DATA_ENTRY, "Ana"), (DATA_ENTRY, "Ben"), (SPECIALISTS, "Sol"))
    )
    sentence = "Ana sent this file: only they, or a monitoring specialist, decide about it."
    own = page_of(ana, csv_of(HEADINGS, DUOC))
    base = f"/en/workspace/imports/{own.context['made'].pk}/"
    seen = ben.get(base)
    assert (seen.context["can_apply"], seen.context["can_discard"]) == (False, False)
    assert sentence in seen.content.decode()
    for step in ("apply/", "discard/"):
        answer = ben.post(f"{base}{step}", {"seen": seen.context["seen"], "rows": "all"})
        assert (answer.status_code, sentence in answer.content.decode()) == (403, True), step
    assert (Partner.objects.count(), Import.objects.count()) == (0, 1)

    apply(ana, own)
    assert Partner.objects.count() == 1
    assert ben.get(base).context["undo_form"] is None
    assert ben.post(f"{base}undo/", {"reason": "Not mine"}).status_code == 403
    assert Partner.objects.count() == 1
    for who in (sol, ana):
        assert who.post(f"{base}undo/", {"reason": "Wrong file"}).status_code == 302
        assert Partner.objects.count() == 0
        apply(sol, page_of(ana, csv_of(HEADINGS, DUOC)))
        base = f"/en/workspace/imports/{Import.objects.latest('pk').pk}/"
        assert Partner.objects.count() == 1


def test_data_entry_staff_see_nothing_of_an_import_that_they_could_not_make() -> None:
    made = make.import_made(kind="indicators")
    client = somebody(DATA_ENTRY)

    assert [client.get(f"/en/workspace/imports/{made.pk}/{each}").status_code for each in ("", "file/")] == [403, 403]
    assert client.post(f"/en/workspace/imports/{made.pk}/discard/").status_code == 403
    assert Import.objects.filter(pk=made.pk).exists()


# --- Sending -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.csv", b"", "empty"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "Excel"),
        ("a.xlsx", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3 and so on", "no spreadsheet"),
        ("a.xlsx", b"PK\x03\x04 no archive", "a.xlsx"),
    ],
)
def test_another_kind_of_file_is_refused_by_its_content(name: str, content: bytes, sentence: str) -> None:
    page = sent(somebody(ADMINISTRATORS), content, name=name)

    assert page.status_code == 200
    assert sentence in str(page.context["form"].errors["file"])
    assert not Import.objects.exists()


def test_a_large_file_and_a_missing_reason_are_said_and_keep_what_was_typed(settings: Any) -> None:
    settings.UPLOAD_MEGABYTES = 1
    page = sent(somebody(ADMINISTRATORS), b"x" * 1_000_001, reason=" ")

    assert page.context["form"].errors.get_json_data() == {
        "file": [{"message": "“partners.csv” has 976.6\xa0KB, and no more than 1 MB are read: split it, or delete pictures and sheets that do not belong to it.", "code": ""}],
        "reason": [{"message": "Say why: the reason is kept in the history of every record.", "code": "required"}],
    }  # fmt: skip


def test_a_file_is_looked_at_applied_and_undone(countries: None) -> None:
    make.partner(slug="duoc", name="DUOC", language="es", kind="tvet_institution")
    client = somebody(SPECIALISTS)
    page = page_of(client, csv_of(HEADINGS, DUOC, SENA))

    assert [(tab["label"], tab["number"]) for tab in page.context["tabs"]] == [("Changed rows", 1), ("New rows", 1)]
    assert [each.after for each in page.context["differences"][0].differences] == ["Duoc UC", "CL", "Santiago"]
    assert (page.context["good"], page.context["refused"], page.context["marked_url"]) == (2, 0, "")
    new = client.get(f"{page.request['PATH_INFO']}?show=new").context["differences"]
    assert [row.name for row in new] == ["SENA"]
    assert Partner.objects.get().name == "DUOC"

    page = apply(client, page)
    made = page.context["made"]
    assert (said(page), made.state, made.change.reason) == (
        ["2 rows were written."], ImportState.APPLIED, "From the ministry",
    )  # fmt: skip
    assert list(Partner.objects.order_by("slug").values_list("name", "country__code")) == [
        ("Duoc UC", "CL"),
        ("SENA", "CO"),
    ]

    twin = page_of(client, csv_of(HEADINGS, DUOC, SENA))
    assert (twin.context["can_apply"], twin.context["made"].rows_unchanged) == (False, 2)
    assert "nothing to apply" in twin.context["lede"]
    assert twin.context["facts"][-1]["label"] == "The same file was applied before"

    page = client.post(f"/en/workspace/imports/{made.pk}/undo/", {"reason": ""}, follow=True)
    assert said(page) == ["Say why the import is undone."]
    page = client.post(f"/en/workspace/imports/{made.pk}/undo/", {"reason": "The wrong list"}, follow=True)
    assert (said(page), page.context["heading"]) == (
        ["The import was undone: every record is as it was before."], "Import undone",
    )  # fmt: skip
    assert [(each.name, each.country) for each in Partner.objects.all()] == [("DUOC", None)]


def test_what_changed_meanwhile_is_shown_before_it_is_applied(countries: None) -> None:
    client = somebody(SPECIALISTS)
    page = page_of(client, csv_of(HEADINGS, DUOC))
    make.partner(slug="duoc", name="Somebody else's", language="es", kind="tvet_institution")

    page = apply(client, page)
    assert said(page)[0].startswith("The data changed since you looked")
    assert page.context["differences"][0].differences[0].before == "Somebody else's"
    assert Partner.objects.get().name == "Somebody else's"
    assert said(apply(client, page)) == ["1 row was written."]


def test_a_preview_can_be_thrown_away_and_an_applied_import_cannot(countries: None) -> None:
    client = somebody(SPECIALISTS)
    page = page_of(client, csv_of(HEADINGS, DUOC))
    address = f"/en/workspace/imports/{page.context['made'].pk}/discard/"
    apply(client, page)
    assert said(client.post(address, follow=True)) == ["This import was applied: it is kept, and can be undone."]

    page = page_of(client, csv_of(HEADINGS, SENA))
    client.post(f"/en/workspace/imports/{page.context['made'].pk}/discard/")
    assert (Import.objects.count(), StoredFile.objects.count()) == (1, 1)


# --- Untidy files --------------------------------------------------------------------------------


def workbook(fill: Any) -> bytes:
    """An XLSX file that ``fill(workbook, sheet)`` writes."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    fill(book, book.add_worksheet("Partners"))
    book.close()
    return file.getvalue()


def test_good_rows_are_applied_and_the_marked_workbook_is_corrected_and_sent_again(countries: None) -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.merge_range("A1:F1", "List of the ministry")
        sheet.write_row("A3", [*HEADINGS, "is_public"])
        sheet.write_row(
            "A4",
            ["duoc ", " Duoc UC", "ES", "Technical and vocational training institution", "Chili", "Santiago", "oui"],
        )
        sheet.write_row("A5", ["sena", "SENA", "es", "ministry of nothing", "ZZ", "", "perhaps"])
        sheet.set_column("F:F", None, None, {"hidden": True})
        sheet.set_row(900_000, 30)

    make.country("PE", **make.three("name", "Chili"))
    client = somebody(SPECIALISTS)
    page = page_of(client, workbook(fill), name="liste du ministère.xlsx")
    faults = [(each.cell, each.column, each.written) for each in page.context["faults"]]
    assert faults == [("D5", "kind", "ministry of nothing"), ("E5", "country", "ZZ"), ("G5", "is_public", "perhaps")]
    assert (page.context["good"], page.context["refused"]) == (1, 1)
    assert said(apply(client, page, "all")) == [
        "Some rows are refused: correct them and send the file again, or import only the good rows."
    ]

    page = apply(client, page, "good")
    assert [partner.slug for partner in Partner.objects.all()] == ["duoc"]
    marked = client.get(page.context["marked_url"])
    assert marked["Content-Disposition"] == "attachment; filename*=utf-8''liste%20du%20minist%C3%A8re-marked.xlsx"
    content = b"".join(marked.streaming_content)
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book["Partners"]
    assert sheet["D5"].fill.fgColor.rgb == sheet["E5"].fill.fgColor.rgb == "FFF9D9C6" != sheet["D4"].fill.fgColor.rgb
    assert sheet["E5"].comment.text == page.context["faults"][1].rule
    assert (sheet["H3"].value, sheet["H4"].value) == ("import_problems", None)
    assert sheet["H5"].value.startswith("kind: ")

    sheet["D5"], sheet["E5"], sheet["G5"] = "public_body", "co", "no"
    corrected = io.BytesIO()
    book.save(corrected)
    page = page_of(client, corrected.getvalue(), name="corrected.xlsx")
    assert (page.context["made"].rows_unchanged, page.context["good"], page.context["refused"]) == (1, 1, 0)
    apply(client, page)
    assert Partner.objects.get(slug="sena").country.code == "CO"


def test_figures_of_untidy_spreadsheets_are_read_rightly_or_refused_with_a_sentence() -> None:
    programme = make.programme()
    people = make.indicator(programme=programme, slug="people")
    money = make.indicator(programme=programme, slug="rate", measure="percentage", is_whole=False)
    for number in range(1, 9):
        make.series(indicator=people, project=make.project(programme=programme, slug=f"P{number}"))
    make.series(indicator=money)
    make.period(programme=programme, slug="2021")
    rows = [
        ["indicator", "project", "period", "value", "route", "as_of", "country", "partner", "forum", "breakdown"],
        ["people", "P1", "2021", "12 345", "published_source", "31/12/2021"],
        ["people", "P2", "2021", "1.234", "published_source", "2021-12-31"],
        ["people", "P3", "2021", "> 35", "published_source", ""],
        ["people", "P4", "2021", "s/o", "published_source", ""],
        ["rate", "", "2021", "54 %", "published_source", ""],
        ["people", "P5", "2021", "n.d.", "published_source", ""],
        ["people", "P6", "2021", "F: 12 / H: 9", "published_source", ""],
        ["people", "P7", "2021", "12 345,6", "published_source", "12/31/2021"],
        ["people", "P8", "2021", "-", "published_source", ""],
    ]
    content = "\n".join(";".join(f'"{cell}"' for cell in row) + ";" * (10 - len(row)) for row in rows).encode("cp1252")
    client = somebody(SPECIALISTS)
    page = page_of(client, content, kind="actuals", name="chiffres.csv")

    assert [each.cell for each in page.context["faults"]] == ["D7", "D8", "D9", "F9", "D10"]
    assert [each.written for each in page.context["faults"]] == ["n.d.", "F: 12 / H: 9", "12 345,6", "12/31/2021", "-"]
    apply(client, page, "good")
    stored = {each.series.project_id and each.series.project.slug: each for each in Actual.objects.all()}
    assert {name: (each.value, each.qualifier, each.is_not_applicable) for name, each in stored.items()} == {
        "P1": (12345, "exact", False),
        "P2": (1234, "exact", False),
        "P3": (35, "more_than", False),
        "P4": (None, "exact", True),
        None: (54, "exact", False),
    }
    assert stored["P1"].as_of.isoformat() == "2021-12-31"


def test_days_and_formulas_of_a_workbook_give_what_the_spreadsheet_shows() -> None:
    make.programme(slug="epe-ap")

    def fill(book: Any, sheet: Any) -> None:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row("A1", ["slug", "programme", "name_fr", "name_es", "name_en", "starts_on", "ends_on", "due_on"])
        for row, slug in enumerate(("2021-1", "2021-2", "2021-3"), start=1):
            sheet.write_row(row, 0, [slug, "epe-ap", slug, slug, slug])
            sheet.write_datetime(row, 5, date(2021, row, 1), day)
            sheet.write(row, 6, "31/12/2021")
        sheet.write_formula("H2", "=F2+400", day, 44_597)
        sheet.write_number("H3", 44_597)
        sheet.write_formula("H4", "=1/0", None, "#DIV/0!")

    client = somebody(SPECIALISTS)
    page = page_of(client, workbook(fill), kind="periods", name="periods.xlsx")
    assert [(each.cell, each.written) for each in page.context["faults"]] == [("H4", "#DIV/0!")]
    apply(client, page, "good")
    assert list(ReportingPeriod.objects.order_by("slug").values_list("slug", "starts_on", "ends_on", "due_on")) == [
        ("2021-1", date(2021, 1, 1), date(2021, 12, 31), date(2022, 2, 5)),
        ("2021-2", date(2021, 2, 1), date(2021, 12, 31), date(2022, 2, 5)),
    ]


def test_wrong_headings_are_named_and_nothing_can_be_applied() -> None:
    page = page_of(somebody(SPECIALISTS), csv_of(["slug", "nam", "language"], ["duoc", "Duoc", "es"]))

    assert (page.context["faults"][0].cell, page.context["faults"][0].written) == ("B1", "nam")
    assert not page.context["can_apply"]
    assert "headings are wrong" in page.context["lede"]


# --- What is kept --------------------------------------------------------------------------------


def test_the_file_comes_back_as_it_was_sent_and_is_never_shown_by_the_browser(countries: None) -> None:
    client = somebody(SPECIALISTS)
    content = csv_of(HEADINGS, DUOC, ["<script>alert(1)</script>", "x", "es", "ministry", "", ""])
    made = page_of(client, content, name='a"<b>.csv').context["made"]
    file = client.get(f"/en/workspace/imports/{made.pk}/file/")

    assert file.content == content
    assert (file["Content-Type"], file["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")
    assert file["Content-Disposition"].startswith("attachment; ")
    assert b"<script>alert" not in client.get(f"/en/workspace/imports/{made.pk}/").content


def test_the_history_lists_imports_of_every_kind_and_leads_to_their_own_pages() -> None:
    report = make.import_made(kind="report", options={"project": "B05.1", "period": "2021-1"})
    old = make.import_made(kind="report")
    page = somebody(SPECIALISTS).get("/en/workspace/imports/")

    assert [(row["kind"], row["url"]) for row in page.context["rows"]] == [
        ("figures of a report", f"/en/workspace/imports/{old.pk}/"),
        ("figures of a report", f"/en/workspace/reports/B05.1/2021-1/upload/{report.pk}/"),
    ]
    assert somebody(SPECIALISTS).get(f"/en/workspace/imports/{old.pk}/").status_code == 200


def test_lists_and_previews_cost_the_same_with_one_and_with_three_rows(countries: None) -> None:
    client = somebody(SPECIALISTS)
    costs = []
    for rows in ([DUOC], [DUOC, SENA, ["inacap", *DUOC[1:]]]):
        page = page_of(client, csv_of(HEADINGS, *rows))
        found = []
        for address in ("/en/workspace/imports/", "/en/workspace/imports/partners/", page.request["PATH_INFO"]):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            found.append(len(queries))
        costs.append(found)
        make.import_made()
        make.import_made()

    assert costs == [[6, 4, 6], [6, 4, 6]]
