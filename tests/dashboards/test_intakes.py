"""On behalf of a partner: what is kept, the mail, and the one link by which anybody with it answers once."""

import io
import zipfile
from decimal import Decimal
from pathlib import Path
from smtplib import SMTPException
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.actions import change
from accounts.choices import Door
from accounts.models import StoredFile
from dashboards.files import LARGEST, file_name, kind_of
from dashboards.summaries import language_of
from indicators import actions
from indicators.actions import Entry, propose_many
from indicators.models import Actual, Intake, Submission
from tests import factories as make
from tests.dashboards.people import ENTERER, READER, SPECIALIST, signed_in, staff
from tests.factories import three
from tests.pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

SCRIPT = "<script>alert(1)</script>"


class World:
    """A project with a partner and two series, and somebody who enters what the partner sends."""

    def __init__(self) -> None:
        self.programme = make.programme(slug="demo", code="DEMO")
        self.period = make.period(programme=self.programme, slug="now", **three("name", "Now"))
        self.project = make.project(programme=self.programme, code="B05", slug="B05", title="Projet minier")
        self.partner = make.partner(name="Instituto Ficticio", language="es")
        make.partnership(project=self.project, partner=self.partner)
        self.indicator = make.indicator(
            programme=self.programme, **three("name", f"People trained {SCRIPT}"), **three("unit", "people")
        )
        self.total, self.women = (
            make.series(indicator=self.indicator, project=self.project, key=key) for key in ("", "sex=women")
        )
        self.enterer = staff(*ENTERER, name="Enzo")
        self.client = signed_in(user=self.enterer)
        self.address = "/en/workspace/reports/B05/now/on-behalf/"

    def open(self, **typed: Any) -> Any:
        return self.client.post(
            self.address,
            {"partner": self.partner.pk, "channel": "phone", "received_on": f"{timezone.localdate()}", **typed},
        )

    @property
    def intake(self) -> Intake:
        return Intake.objects.get()

    def enter(self, **values: int) -> None:
        with change(door=Door.ON_BEHALF, by=self.enterer):
            entries = [Entry(getattr(self, name), {"value": Decimal(value)}) for name, value in values.items()]
            found = propose_many(period=self.period, author=self.enterer, entries=entries, intake=self.intake)
            assert found.is_complete

    def send(self, email: str = "lead@example.org", language: str = "es") -> Any:
        address = f"/en/workspace/on-behalf/{self.intake.pk}/send/"
        return self.client.post(address, {"email": email, "language": language}, follow=True)

    def answer(self, answer: str, text: str = "", client: Client | None = None) -> Any:
        address = f"/en/confirm/{self.intake.code}/"
        stranger = client or Client()
        seen = stranger.get(address).context["seen"]
        return stranger.post(address, {"answer": answer, "text": text, "seen": seen}, follow=True)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def sent(world: World) -> World:
    world.open()
    world.enter(total=12, women=7)
    world.send()
    return world


def test_what_came_in_is_kept_with_its_file_for_staff_alone(world: World) -> None:
    file = SimpleUploadedFile("..\\carta.pdf", b"%PDF-1.7 words", content_type="text/html")
    assert file_name('../a\\b\r\n"\N{RIGHT-TO-LEFT OVERRIDE}<x>.pdf') == "bx.pdf"

    assert world.open(file=file, note="By Luis").status_code == 302

    intake = world.intake
    assert (intake.channel, intake.partner, intake.entered_by) == ("phone", world.partner, world.enterer)
    assert (intake.report.project, intake.report.period, len(intake.code)) == (world.project, world.period, 43)
    assert intake.history.get().change.door == Door.ON_BEHALF
    address = f"/en/workspace/on-behalf/{intake.pk}/file/"
    answer = signed_in(*READER, "view_storedfile").get(address)
    assert answer.content == b"%PDF-1.7 words"
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="carta.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert Client().get(address).status_code == 302
    assert signed_in(user=make.membership(partner=world.partner).user).get(address).status_code == 403
    # Whoever only reads figures sees that something came in, and how.
    assert [signed_in(*rights).get(address).status_code for rights in ((), READER)] == [403, 403]
    review = "/en/workspace/reports/B05/now/review/"
    shown = [signed_in(*rights).get(review).content.decode() for rights in (READER, (*READER, "view_storedfile"))]
    assert [(f"{world.partner}" in page, "carta.pdf" in page) for page in shown] == [(True, False), (True, True)]


def test_a_bad_form_keeps_nothing_and_loses_nothing_typed(world: World) -> None:
    page = world.open(
        received_on="2099-01-01", note="A long note", email="not an address", file=SimpleUploadedFile("a.exe", b"MZ")
    )
    assert page.status_code == 200
    assert "It cannot have come in after today." in words(page)
    assert "A long note" in page.content.decode()
    page = world.open(file=SimpleUploadedFile("a.exe", b"MZ"))
    assert "Files of this kind are not kept." in words(page)
    page = world.open(partner=make.partner().pk)
    assert page.status_code == 200
    assert not Intake.objects.exists()
    assert not StoredFile.objects.exists()


def test_the_scanner_of_the_site_looks_at_what_came_in(world: World, tmp_path: Path, settings: Any) -> None:
    program = tmp_path / "scanner"
    program.write_text("#!/bin/sh\ngrep -q EICAR && exit 1\nexit 0\n")
    program.chmod(0o755)
    settings.EVIDENCE_SCANNER = [str(program)]
    refused = world.open(file=SimpleUploadedFile("a.pdf", b"%PDF-1.7 EICAR"))
    assert "The virus scanner objects to this file" in words(refused)
    assert not Intake.objects.exists()
    assert not StoredFile.objects.exists()
    assert world.open(file=SimpleUploadedFile("a.pdf", b"%PDF-1.7 words")).status_code == 302


def package(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as written:
        for name in names:
            written.writestr(name, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "is_kept"),
    [
        ("a.pdf", b"%PDF-1.4", True),
        ("a.PNG", b"\x89PNG\r\n\x1a\n0", True),
        ("a.jpg", b"\xff\xd8\xff\xe0", True),
        ("a.csv", "é;1".encode("cp1252"), True),
        ("a.eml", b"From: a@example.org\n\n<script>", True),
        ("a.xlsx", package("[Content_Types].xml", "xl/workbook.xml"), True),
        ("a.docx", package("word/document.xml"), True),
        ("a.ods", package("mimetype", "content.xml"), True),
        ("a.xlsx", package("xl/workbook.xml", "xl/vbaProject.bin"), False),
        ("a.xlsx", package("word/document.xml"), False),
        ("a.xlsx", b"PK\x03\x04 broken", False),
        ("a.pdf", b"<html>", False),
        ("a.txt", b"MZ\x90\x00", False),
        ("a.txt", b"", False),
        ("a.html", b"<html>", False),
        ("pdf", b"%PDF-1.4", False),
        ("a.svg", b"<svg>", False),
    ],
)
def test_files_are_told_by_what_is_in_them(name: str, content: bytes, is_kept: bool) -> None:
    try:
        kind_of(file_name(name), content)
    except ValidationError:
        assert not is_kept
    else:
        assert is_kept


def test_a_file_that_is_too_large_is_refused(world: World) -> None:
    page = world.open(file=SimpleUploadedFile("a.pdf", b"%PDF-" + b"x" * LARGEST))
    assert "larger than 10 MB" in words(page)


def test_the_grid_ties_what_is_entered_to_what_came_in(world: World) -> None:
    world.open()
    address = f"/en/workspace/reports/B05/now/?intake={world.intake.pk}"
    page = world.client.get(address)
    assert "Instituto Ficticio" in words(page)
    typed = {
        "writer": page.context["writer"],
        "seen": page.context["sheet"].seen,
        f"v-{world.total.pk}": "12",
        "action": "save",
    }

    code = world.intake.code
    other = make.intake(report=make.report(project=make.project(programme=world.programme), period=world.period))
    for wrong in (other.pk, code, "9" * 30, "²", "%00"):
        refused = world.client.post(f"/en/workspace/reports/B05/now/?intake={wrong}", typed)
        assert "was not found" in words(refused)
    assert not Submission.objects.exists()
    assert world.client.post(address, typed).status_code == 303

    submission = Submission.objects.get()
    assert (submission.intake.partner, submission.route, submission.channel) == (world.partner, "on_behalf", "phone")
    assert submission.history.get().change.door == Door.ON_BEHALF


def test_the_summary_is_a_plain_mail_in_the_partners_language(world: World) -> None:
    world.open()
    assert "Nothing was entered from it yet" in words(world.send())
    world.enter(total=1200, women=7)

    page = world.send(email="lead@example.org", language="es")

    assert "The summary was sent to lead@example.org." in words(page)
    [message] = mail.outbox
    assert message.to == ["lead@example.org"]
    assert "\n" not in message.subject
    assert f"/es/confirm/{world.intake.code}/" in message.body
    assert "(Women): 7 people" in message.body
    assert "1\N{NO-BREAK SPACE}200 people" in message.body
    assert world.intake.summary_sent_at is not None
    assert world.intake.email == "lead@example.org"


@pytest.mark.parametrize("email", ["a@example.org\nBcc: b@example.org", "a@example.org\r\nX: y", "no address", ""])
def test_no_header_is_injected(world: World, email: str) -> None:
    type(world.period).objects.update(name_en="Now\nBcc: b@example.org", name_es="Ahora\r\nBcc: b@example.org")
    world.open()
    world.enter(total=12)
    world.send(email=email)
    assert mail.outbox == []
    world.send(email="a@example.org")
    assert [message.recipients() for message in mail.outbox] == [["a@example.org"]]


def test_a_mail_that_cannot_be_sent_is_not_noted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise SMTPException("down")

    world.open()
    world.enter(total=12)
    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)

    assert "could not be sent" in words(world.send())
    assert (world.intake.summary_sent_at, world.intake.email) == (None, "")


def test_the_language_is_that_of_most_people_of_the_partner_else_of_its_name(world: World) -> None:
    assert language_of(world.partner) == "es"
    make.membership(partner=world.partner, user=make.user(language="en"))
    make.membership(partner=world.partner, user=make.user(language="fr", is_active=False))
    assert language_of(world.partner) == "en"


def test_the_link_shows_the_figures_and_nothing_else_and_is_kept_by_nobody(sent: World) -> None:
    Submission.objects.update(internal_comment="HIDDEN comment")
    Intake.objects.update(note="HIDDEN note", email="HIDDEN@example.org")

    page = Client().get(f"/en/confirm/{sent.intake.code}/")

    assert "Are these figures right?" in words(page)
    assert "7 people" in words(page)
    assert SCRIPT not in page.content.decode()
    for secret in ("HIDDEN", "Enzo", sent.enterer.email):
        assert secret not in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert page["Referrer-Policy"] == "same-origin"


def test_it_is_answered_once(sent: World) -> None:
    assert "Confirmed by the partner" in words(sent.answer("confirmed")).replace("confirmed by", "Confirmed by")
    first = sent.intake
    assert (first.answer, first.history.latest().change.made_by) == ("confirmed", None)

    again = Client().post(f"/en/confirm/{first.code}/", {"answer": "disputed", "text": "No!", "seen": "x"})
    assert again.status_code == 200
    seen = again.context["seen"]
    again = Client().post(f"/en/confirm/{first.code}/", {"answer": "disputed", "text": "No!", "seen": seen})
    assert "answered already" in words(again)
    assert sent.intake.answer == "confirmed"
    assert "Yes, they are right" not in words(again)


def test_a_dispute_says_what_is_wrong_and_blocks_approval_until_a_reason_is_stated(sent: World) -> None:
    assert "Say what is wrong" in words(sent.answer("disputed", "   "))
    page = sent.answer("disputed", f"Seven women, not six {SCRIPT}\x00")
    assert (sent.intake.answer, SCRIPT in page.content.decode()) == ("awaited", False)
    page = sent.answer("disputed", f"Six women {SCRIPT}")
    assert SCRIPT not in page.content.decode()
    assert sent.intake.answer_text == f"Six women {SCRIPT}"

    with change(door=Door.GRID, by=sent.enterer):
        actions.submit_report(report=sent.intake.report, by=sent.enterer)
    specialist = signed_in(*SPECIALIST)
    assert "disputed" in [str(code) for code, *_ in specialist.get("/en/workspace/").context["lists"]]
    address = "/en/workspace/reports/B05/now/review/"
    page = specialist.get(address)
    assert SCRIPT not in page.content.decode()
    seen = page.context["sheet"].seen
    refused = specialist.post(address, {"action": "approve", "seen": seen})
    assert "The partner disputes these figures" in words(refused)
    specialist.post(address, {"action": "approve", "seen": seen, "dispute_reason": "Lists checked."})
    assert Actual.objects.count() == 2

    # Staff let the partner answer again.
    reopened = sent.client.post(f"/en/workspace/on-behalf/{sent.intake.pk}/reopen/", follow=True)
    assert "can answer again" in words(reopened)
    sent.answer("confirmed")
    assert {actual.verification for actual in Actual.objects.all()} == {"confirmed"}


def test_figures_that_were_corrected_meanwhile_are_looked_at_again(sent: World) -> None:
    address = f"/en/confirm/{sent.intake.code}/"
    stranger = Client()
    seen = stranger.get(address).context["seen"]
    sent.enter(women=8)

    page = stranger.post(address, {"answer": "confirmed", "seen": seen})

    assert "corrected since you opened this page" in words(page)
    assert sent.intake.answer == "awaited"


@pytest.mark.parametrize("code", ["a" * 43, "a", "%00", "..%2f", "é", "' OR 1=1 --", "a" * 5000, "A_-" * 14 + "b"])
def test_wrong_codes_are_told_apart_by_nobody(sent: World, code: str) -> None:
    page = Client().get(f"/en/confirm/{code}/")
    assert page.status_code == 404
    if page.context and "This link" in words(page):
        assert "no-store" in page["Cache-Control"]
    assert Client().post(f"/en/confirm/{code}/", {"answer": "confirmed"}).status_code == 404


def test_a_summary_that_was_never_sent_cannot_be_answered(world: World) -> None:
    world.open()
    world.enter(total=1)
    page = Client().get(f"/en/confirm/{world.intake.code}/")
    assert page.status_code == 404
    assert "This link leads to no summary" in words(page)


@pytest.mark.parametrize(("permissions", "status"), [((), 403), (READER, 403), (ENTERER, 200), (SPECIALIST, 200)])
def test_only_those_who_enter_open_an_entry_on_behalf(world: World, permissions: Any, status: int) -> None:
    world.open()
    assert signed_in(*permissions).get(world.address).status_code == status
    for step in ("send", "reopen"):
        answer = signed_in(*permissions).post(f"/en/workspace/on-behalf/{world.intake.pk}/{step}/")
        assert answer.status_code == (302 if status == 200 else 403)
        assert Client().post(f"/en/workspace/on-behalf/{world.intake.pk}/{step}/").status_code == 302
        assert world.client.get(f"/en/workspace/on-behalf/{world.intake.pk}/{step}/").status_code == 405
    assert mail.outbox == []
