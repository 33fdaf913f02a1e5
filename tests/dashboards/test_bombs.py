"""What must never be opened, sent through every page that takes a file: a sentence, and nothing is kept."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Import, StoredFile
from accounts.roles import SPECIALISTS
from indicators.models import Intake
from tests.accounts.reading.test_workbooks import ENTITY, HEAD, SHEET, TAIL, ods, rezipped, xlsx
from tests.dashboards.test_who_may import World
from tests.pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


def blown_up(*names: str) -> bytes:
    """An archive of a few kilobytes that unpacks to thirty megabytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        for name in names[:-1]:
            bomb.writestr(name, "<x/>")
        with bomb.open(names[-1], "w") as entry:
            for _time in range(30):
                entry.write(b"0" * 1_000_000)
    return out.getvalue()


def repeated() -> bytes:
    """A sheet of LibreOffice that says of one filled cell that it stands a thousand million times."""
    content = zipfile.ZipFile(io.BytesIO(ods())).read("content.xml").decode()
    row = '<table:table-row table:number-rows-repeated="1048576"><table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="1000"/></table:table-row>'
    head, rest = content.split("<table:table-row", 1)
    return rezipped(ods(), {"content.xml": f"{head}{row}<table:table-row{rest}"})


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
#: By what they are: their name, their content, and words of the sentence.
FILES: dict[str, tuple[str, bytes, str]] = {
    "nothing": ("a.xlsx", b"", "empty"),
    "only spaces": ("a.csv", b" \r\n" * 9, "empty"),
    "a text": ("a.xlsx", b"Dear colleague,\nhere are the figures.\n", "is called .xlsx and holds plain text"),
    "a program": ("a.xlsx", b"MZ\x90\x00" + b"\0" * 60, ""),
    "a bomb": ("a.xlsx", blown_up("xl/workbook.xml", SHEET), "unpacks to far more"),
    "a bomb of LibreOffice": ("a.ods", blown_up("mimetype", "content.xml"), "unpacks to far more"),
    "a cell a thousand million times": ("a.ods", repeated(), ""),
    "entities": ("a.xlsx", xlsx(**{SHEET: ENTITY + HEAD + TAIL}), "external content"),
    "a thousand laughs": (
        "a.xlsx",
        xlsx(**{"xl/workbook.xml": LAUGHS + "<workbook>&c;</workbook>"}),
        "external content",
    ),
    "macros": ("a.xlsx", xlsx(**{"xl/vbaProject.bin": b"x"}), "macros"),
    "macros of LibreOffice": ("a.ods", rezipped(ods(), {"Basic/script-lc.xml": "<x/>"}), "macros"),
    "an archive within": ("a.xlsx", xlsx(**{"xl/embeddings/inner.bin": xlsx()}), "another file"),
    "half a file": ("a.xlsx", xlsx()[:1500], "only in part"),
}
PAGES = ("import_kind", "report_upload", "pmf_upload")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Made once for the tests of this module, and taken back afterwards."""
    with django_db_blocker.unblock(), transaction.atomic(), translation.override("en"):
        yield World()
        transaction.set_rollback(True)


def sent(world: World, name: str, file: tuple[str, bytes], **typed: Any) -> Any:
    """What a page answers; the message of a form is beside its field."""
    upload = SimpleUploadedFile(*file)
    address = reverse(name, kwargs=world.kwargs[name])
    return world.clients[SPECIALISTS].post(address, {"file": upload, "reason": "By mail", **typed})


@pytest.mark.parametrize("to", PAGES)
@pytest.mark.parametrize("kind", FILES)
def test_what_cannot_be_read_safely_is_refused_in_a_sentence(world: World, kind: str, to: str) -> None:
    name, content, said = FILES[kind]
    before = Import.objects.count(), StoredFile.objects.count()
    answer = sent(world, to, (name, content))
    assert answer.status_code in (200, 422)
    [sentence] = answer.context["form"].errors["file"]
    # A page that wants one workbook may say that this is another one.
    assert said in sentence or "is not the" in sentence, sentence
    assert sentence in words(answer)
    assert (Import.objects.count(), StoredFile.objects.count()) == before


def test_a_million_empty_rows_are_none(world: World) -> None:
    head = "".join(
        f'<c r="{letter}1" t="inlineStr"><is><t>{text}</t></is></c>'
        for letter, text in zip("ABCD", ("slug", "name", "language", "kind"), strict=True)
    )
    first = "".join(
        f'<c r="{letter}2" t="inlineStr"><is><t>{text}</t></is></c>'
        for letter, text in zip("ABCD", ("new", "New", "es", "tvet_institution"), strict=True)
    )
    empty = "".join(f'<row r="{number}"/>' for number in range(3, 100_000)) + '<row r="1048576"><c r="B1048576"/></row>'
    sheet = f'{HEAD}<row r="1">{head}</row><row r="2">{first}</row>{empty}{TAIL}'
    answer = sent(world, "import_kind", ("a.xlsx", xlsx(**{SHEET: sheet})))
    made = Import.objects.get(pk=int(answer["Location"].rstrip("/").rpartition("/")[2]))
    assert (made.rows_new, made.rows_changed, made.rows_unchanged, made.rows_refused) == (1, 0, 0, 0)


@pytest.mark.parametrize(
    "kind", ["nothing", "a text", "a program", "a bomb", "a bomb of LibreOffice", "macros", "half a file"]
)
def test_what_came_in_from_a_partner_is_kept_only_when_it_is_what_it_says(world: World, kind: str) -> None:
    before = Intake.objects.count(), StoredFile.objects.count()
    typed = {"partner": world.partner.pk, "channel": "email", "received_on": f"{timezone.localdate()}"}
    answer = sent(world, "report_on_behalf", FILES[kind][:2], **typed)
    assert answer.status_code == 200
    assert answer.context["form"].errors["file"]
    assert (Intake.objects.count(), StoredFile.objects.count()) == before
