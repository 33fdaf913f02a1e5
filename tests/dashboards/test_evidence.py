"""Evidence: what may be attached by whom, to whom its file is handed out, and what happens to it in the end."""

import io
import stat
import zipfile
import zlib
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import change
from accounts.choices import Door
from accounts.models import StoredFile
from accounts.roles import DATA_ENTRY, READERS, SPECIALISTS
from dashboards.evidence_files import evidence_kind
from dashboards.evidence_forms import proposed_deletion
from dashboards.files import scan
from indicators.models import Confirmation, Evidence, Submission
from tests import factories as make
from tests.dashboards.people import signed_in
from tests.pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

ADD = "/en/workspace/evidence/add/"
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"
SCRIPT = "<script>alert(1)</script>"


class World:
    """A figure of one institution in a project, an answer of it, and the same of another: the decoys."""

    def __init__(self) -> None:
        self.programme = make.programme(ends_on=timezone.localdate() + timedelta(days=100))
        self.period = make.period(programme=self.programme, slug="h1")
        self.project = make.project(programme=self.programme, slug="B05", code="B05")
        self.indicator = make.indicator(programme=self.programme)
        self.partner, self.other = make.partner(), make.partner()
        for partner in (self.partner, self.other):
            make.partnership(project=self.project, partner=partner, role="local_partner", is_adopted=True)
        self.submission, self.decoy = (
            make.submission(
                series=make.series(indicator=self.indicator, project=self.project, partner=partner, reporter=partner),
                period=self.period,
            )
            for partner in (self.partner, self.other)
        )
        self.answer, self.decoy_answer = (
            make.confirmation(
                partner=partner, actual=make.actual(series=each.series, period=make.period(programme=self.programme, starts_on=date(2001, 1, 1), ends_on=date(2001, number, 28))),
                round=make.verification_round(programme=self.programme),
            )
            for number, (partner, each) in enumerate(((self.partner, self.submission), (self.other, self.decoy)), start=2)
        )  # fmt: skip
        self.people = {
            role: make.membership(partner=self.partner, role=role).user for role in ("viewer", "contributor", "lead")
        }
        self.client = signed_in(user=self.people["contributor"])

    @property
    def here(self) -> str:
        return f"{ADD}?submission={self.submission.pk}"

    def send(self, name: str = "", content: bytes = PDF, client: Client | None = None, **typed: Any) -> Any:
        sent = {"title": "Signed summary", **typed}
        if name:
            sent["file"] = SimpleUploadedFile(name, content, content_type="text/html")
        return (client or self.client).post(self.here, sent, follow=True)


@pytest.fixture
def world() -> World:
    return World()


# --- What is attached ------------------------------------------------------------------------------------------------


def test_a_file_is_attached_and_handed_out_so_that_no_browser_shows_it(world: World) -> None:
    page = world.send("..\\resumen.pdf", has_personal_data="on", delete_on=f"{timezone.localdate() + timedelta(30)}")

    assert "Kept." in words(page)
    kept = Evidence.objects.get()
    assert (kept.submission, kept.title, kept.has_personal_data, kept.is_public) == (
        *(world.submission, "Signed summary", True, False),
    )
    assert kept.file is not None
    assert (kept.file.name, kept.file.content_type, bytes(kept.file.content)) == ("resumen.pdf", "application/pdf", PDF)
    made = kept.history.get().change
    assert (made.made_by, made.door) == (world.people["contributor"], Door.WORKSPACE)
    answer = world.client.get(f"/en/workspace/evidence/{kept.pk}/file/")
    assert answer.content == PDF
    assert answer["Content-Disposition"] == 'attachment; filename="resumen.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]


def test_a_link_or_a_promise_will_do(world: World) -> None:
    assert "Kept." in words(world.send(link="example.org/report"))
    assert "Kept." in words(world.send(is_on_request="on"))
    assert list(Evidence.objects.order_by("pk").values_list("link", "is_on_request")) == [
        ("https://example.org/report", False),
        ("", True),
    ]


def test_an_answer_of_the_institution_has_evidence_too(world: World) -> None:
    here = f"{ADD}?confirmation={world.answer.pk}"
    assert f"/verify/{world.answer.actual_id}/" in world.client.get(here).content.decode()
    world.client.post(here, {"title": "Minutes", "link": "https://example.org/minutes"})
    assert Evidence.objects.get().confirmation == world.answer


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Give a link or a file"),
        ({"title": ""}, "This field is required"),
        ({"link": "javascript:alert(1)"}, "valid URL"),
        ({"link": "ftp://example.org/a"}, "valid URL"),
        ({"is_on_request": "on", "has_personal_data": "on", "delete_on": ""}, "needs a date on which it is deleted"),
        ({"is_on_request": "on", "delete_on": "2001-01-01"}, "Choose a day after today"),
        ({"is_on_request": "on", "delete_on": "2999-01-01"}, "within ten years"),
        ({"title": f"{SCRIPT}\x00", "is_on_request": "on"}, "Null characters"),
    ],
)
def test_a_bad_form_keeps_nothing_and_loses_nothing_typed(world: World, typed: Any, sentence: str) -> None:
    page = world.send(**{"title": "A long title", **typed})
    assert page.status_code == 422
    assert sentence in words(page)
    assert ("A long title" in page.content.decode()) == ("title" not in typed)
    assert SCRIPT not in page.content.decode()
    assert not Evidence.objects.exists()
    assert not StoredFile.objects.exists()


def test_the_date_of_deletion_is_proposed(world: World) -> None:
    today = date(2026, 3, 1)
    for ends_on, proposed in (
        (date(2025, 6, 30), date(2027, 6, 30)),
        (date(2024, 2, 29), date(2027, 3, 1)),
        (date(2028, 2, 29), date(2030, 2, 28)),
        (date(2023, 3, 31), date(2027, 3, 1)),
        (None, date(2027, 3, 1)),
    ):
        world.programme.ends_on = ends_on
        assert proposed_deletion(world.programme, today) == proposed, ends_on


def test_the_page_advises_before_anything_is_sent(world: World) -> None:
    text = words(world.client.get(world.here))
    assert "attendance lists with identity numbers" in text
    assert "signed by whoever answers for it" in text


# --- Files -----------------------------------------------------------------------------------------------------------


def package(parts: dict[str, bytes] | None = None, *names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as written:
        for name in names:
            written.writestr(name, "<x/>")
        for name, content in (parts or {}).items():
            written.writestr(name, content)
    return buffer.getvalue()


def png(after: bytes = b"") -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = chunk(b"IHDR", b"\0\0\0\1\0\0\0\1\x08\0\0\0\0")
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"") + after


JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 40 + b"\xff\xd9"
XLSX = package(None, "[Content_Types].xml", "xl/workbook.xml")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", PDF),
        ("A.PDF", PDF),
        ("a.pdf", PDF.replace(b"endobj", b"stream\n/JS (x)\nendstream\nendobj")),
        ("a.pdf", PDF.replace(b"/Catalog", b"/Catalog /JSON 1")),
        ("a.png", png()),
        ("a.jpg", JPEG),
        ("a.jpeg", JPEG + b"the trailer of a telephone"),
        ("a.xlsx", XLSX),
        ("a.docx", package(None, "word/document.xml")),
        ("a.ods", package({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}, "content.xml")),
        ("a.csv", "año;1\r\n".encode("cp1252")),
        ("a.txt", b"Firmado: 12 < 14 personas"),
    ],
)
def test_these_are_taken(name: str, content: bytes) -> None:
    assert evidence_kind(name, content) == name.rpartition(".")[2].lower()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        # Of another kind, or of none.
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("a.html", b"<html>"),
        ("a.exe", b"MZ\x90"),
        ("a.eml", b"From: a@example.org\n\n"),
        ("a.xlsm", XLSX),
        ("a.zip", XLSX),
        ("pdf", PDF),
        ("a.pdf.html", b"<html>"),
        ("a.pdf", b""),
        # Called something that they are not.
        ("a.pdf", png()),
        ("a.png", PDF),
        ("a.png", b"<svg/>"),
        ("a.jpg", b"GIF89a"),
        ("a.txt", b"MZ\x90\x00"),
        ("a.txt", b"\x7fELF"),
        ("a.csv", XLSX),
        ("a.xlsx", package(None, "word/document.xml")),
        ("a.xlsx", b"PK\x03\x04 broken"),
        # More than one thing.
        ("a.pdf", PDF + XLSX),
        ("a.png", png(XLSX)),
        ("a.png", png(b"<script>alert(1)</script>")),
        ("a.png", png(b"anything")),
        ("a.jpg", JPEG + XLSX),
        ("a.jpg", JPEG + b"<SCRIPT>alert(1)"),
        ("a.jpg", JPEG + PDF),
        ("a.pdf", PDF.replace(b"%PDF-1.7\n", b"%PDF-1.7\n<html><script>")),
        ("a.pdf", b"%PDF-1.7\n<svg onload=x>\n" + PDF),
        ("a.docx", b"%PDF-1.7\n" + package(None, "word/document.xml")),
        ("a.xlsx", b"MZ" + XLSX),
        ("a.txt", b"<svg onload=alert(1)>"),
        ("a.csv", b"a;b\n<script>alert(1)</script>"),
        ("a.txt", b"#!/bin/sh\nrm"),
        # That runs, or holds what does.
        ("a.pdf", PDF.replace(b"/Catalog", b"/Catalog /OpenAction << /S /JavaScript /JS (x) >>")),
        ("a.pdf", PDF.replace(b"/Catalog", b"/Catalog /Names << /EmbeddedFiles 3 0 R >>")),
        ("a.pdf", PDF.replace(b"/Catalog", b"/Catalog /A << /S /Launch >>")),
        ("a.pdf", b"%PDF-1.7 with no end"),
        ("a.xlsx", package(None, "xl/workbook.xml", "xl/vbaProject.bin")),
        ("a.docx", package(None, "word/document.xml", "word/vbaProject.bin")),
        ("a.docx", package(None, "word/document.xml", "word/activeX/activeX1.xml")),
        ("a.docx", package(None, "word/document.xml", "word/embeddings/oleObject1.bin")),
        ("a.docx", package({"word/embeddings/a.xlsx": XLSX}, "word/document.xml")),
        ("a.docx", package({"[Content_Types].xml": b"application/vnd.ms-word.document.macroEnabled.main+xml"}, "word/document.xml")),
        ("a.docx", package({"word/_rels/settings.xml.rels": b'<r Type="x/attachedTemplate" TargetMode="External"/>'}, "word/document.xml")),
        ("a.ods", package({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}, "content.xml", "Basic/Standard/script.xml")),
        ("a.xlsx", package({"x.bin": b"PK\x03\x04 an archive"}, "xl/workbook.xml")),
    ],
)  # fmt: skip
def test_these_are_refused(name: str, content: bytes) -> None:
    with pytest.raises(ValidationError):
        evidence_kind(name, content)


def test_what_is_refused_is_not_kept(world: World) -> None:
    for name, content in (("a.svg", b"<svg/>"), ("a.pdf", PDF + XLSX), ("a.pdf", b"%PDF-" + b"x" * 10_485_760)):
        page = world.send(name, content)
        assert page.status_code == 422
        assert "field-error" in page.content.decode()
    assert not StoredFile.objects.exists()
    assert not Evidence.objects.exists()


def scanner(folder: Path, program: str) -> list[str]:
    path = folder / "scanner"
    path.write_text(f"#!/bin/sh\n{program}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return [str(path), "--no-summary", "-"]


def test_a_scanner_reads_the_file_and_decides(world: World, tmp_path: Path, settings: Any) -> None:
    settings.EVIDENCE_SCANNER = scanner(tmp_path, "grep -q EICAR && exit 1\nexit 0")
    scan(PDF)
    assert "Kept." in words(world.send("a.pdf"))
    assert "The virus scanner objects" in words(world.send("a.pdf", PDF + b"EICAR %%EOF"))
    for program in ("exit 2", "kill -9 $$"):
        settings.EVIDENCE_SCANNER = scanner(tmp_path, program)
        assert "could not be looked at for viruses" in words(world.send("a.pdf"))
    settings.EVIDENCE_SCANNER = [str(tmp_path / "nothing")]
    assert "could not be looked at for viruses" in words(world.send("a.pdf"))
    assert StoredFile.objects.count() == 1


def test_a_scanner_that_takes_too_long_keeps_nothing(tmp_path: Path, settings: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("dashboards.files.PATIENCE", 0.2)
    settings.EVIDENCE_SCANNER = scanner(tmp_path, "exec sleep 5")
    with pytest.raises(ValidationError, match="could not be looked at"):
        scan(PDF)


# --- Access ----------------------------------------------------------------------------------------------------------


def test_others_find_nothing_and_write_nothing(world: World) -> None:
    world.send("a.pdf")
    kept = Evidence.objects.get()
    stranger = signed_in(user=make.membership(role="lead").user)
    other = signed_in(user=make.membership(partner=world.other, role="lead").user)
    gone = world.people["lead"]
    removed = signed_in(user=gone)
    assert removed.get(f"/en/workspace/evidence/{kept.pk}/file/").status_code == 200
    with change(door=Door.WORKSPACE):
        gone.memberships.get().delete()
    make.membership(user=gone)
    for client, status in ((stranger, 404), (other, 404), (removed, 404), (Client(), 302)):
        asked = [
            client.get(world.here),
            client.post(world.here, {"title": "x", "is_on_request": "on"}),
            client.get(f"/en/workspace/evidence/{kept.pk}/file/"),
            client.post(f"/en/workspace/evidence/{kept.pk}/remove/"),
            client.get(f"{ADD}?confirmation={world.answer.pk}"),
            client.post(f"{ADD}?confirmation={world.answer.pk}", {"title": "x", "is_on_request": "on"}),
        ]
        assert [answer.status_code for answer in asked] == [status] * 6
    assert list(Evidence.objects.all()) == [kept]


@pytest.mark.parametrize(
    "query", ["", "submission=", "submission=x", "submission=999999", "confirmation=²", "submission=1&confirmation=1"]
)
def test_an_address_that_names_nothing_is_none(world: World, query: str) -> None:
    assert world.client.get(f"{ADD}?{query}").status_code == 404


def test_whoever_only_looks_may_open_and_not_attach(world: World) -> None:
    world.send("a.pdf")
    kept = Evidence.objects.get()
    for client, opens in (
        (signed_in(user=world.people["viewer"]), 200),
        (signed_in(user=make.staff(READERS)), 403),
    ):
        assert client.get(world.here).status_code == 200
        assert client.get(f"/en/workspace/evidence/{kept.pk}/file/").status_code == opens
        assert "Attach evidence" not in words(client.get(world.here))
        assert client.post(world.here, {"title": "x", "is_on_request": "on"}).status_code == 403
        assert client.post(f"/en/workspace/evidence/{kept.pk}/remove/").status_code == 403
    for role in (DATA_ENTRY, SPECIALISTS):
        assert signed_in(user=make.staff(role)).get(f"/en/workspace/evidence/{kept.pk}/file/").status_code == 200
    assert Evidence.objects.count() == 1


def test_it_is_taken_back_with_its_file_until_it_was_handed_in(world: World) -> None:
    world.send("a.pdf")
    first = Evidence.objects.get()
    page = world.client.post(f"/en/workspace/evidence/{first.pk}/remove/", follow=True)
    assert "It was taken back" in words(page)
    assert (Evidence.objects.count(), StoredFile.objects.count()) == (0, 0)

    world.send("a.pdf")
    kept = Evidence.objects.get()
    Submission.objects.filter(pk=world.submission.pk).update(state="submitted")
    assert "Take it back" not in words(world.client.get(world.here))
    assert world.client.post(f"/en/workspace/evidence/{kept.pk}/remove/").status_code == 403
    # Another piece may follow until the figure is approved.
    assert "Kept." in words(world.send(is_on_request="on"))
    actual = make.actual(series=world.submission.series, period=world.period)
    Submission.objects.filter(pk=world.submission.pk).update(state="approved", actual=actual)
    assert world.send(is_on_request="on").status_code == 403
    Confirmation.objects.filter(pk=world.answer.pk).update(settlement="adopted", settled_at=timezone.now())
    settled = world.client.post(f"{ADD}?confirmation={world.answer.pk}", {"title": "x", "is_on_request": "on"})
    assert settled.status_code == 403
    assert Evidence.objects.count() == 2


def test_nobody_makes_it_public_by_the_form(world: World) -> None:
    world.send(link="https://example.org/", is_public="on", code="mine", submission=world.decoy.pk)
    kept = Evidence.objects.get()
    assert (kept.is_public, kept.submission) == (False, world.submission)
    assert kept.code != "mine"


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_whatever_its_length(world: World, rows: int) -> None:
    for _ in range(rows):
        make.evidence(submission=world.submission)
    with CaptureQueriesContext(connection) as queries:
        assert world.client.get(world.here).status_code == 200
    assert len(queries) == 7


# --- The end ---------------------------------------------------------------------------------------------------------


def test_files_are_deleted_when_their_day_has_come_and_stay_on_record(world: World) -> None:
    today = timezone.localdate()
    shared = make.stored_file(name="shared.pdf")
    make.intake(file=shared)
    due = make.evidence(submission=world.submission, link="", file=make.stored_file(name="list.pdf"), delete_on=today)
    both = make.evidence(submission=world.submission, link="", file=shared, delete_on=today)
    later = make.evidence(
        submission=world.submission, link="", file=make.stored_file(), delete_on=today + timedelta(days=1)
    )
    out = StringIO()
    call_command("delete_evidence", stdout=out)
    call_command("delete_evidence", stdout=out)
    assert out.getvalue() == "Files deleted: 2.\nFiles deleted: 0.\n"
    for each in (due, both, later):
        each.refresh_from_db()
    assert [each.file_id is None for each in (due, both, later)] == [True, True, False]
    assert due.file_deleted_at is not None
    assert due.history.latest().change.reason
    assert set(StoredFile.objects.all()) == {shared, later.file}
    page = world.client.get(world.here)
    assert "file deleted on" in words(page)
    assert world.client.get(f"/en/workspace/evidence/{due.pk}/file/").status_code == 404
    due.full_clean()
