"""Sheets that anybody may ask for: what they say, who may have them, and what they may cost."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from pypdf import PdfReader

from epe_ap import printing, sheets
from epe_ap.tokens import colours
from indicators.models import ExpectedResult, Result
from tests import factories as make
from tests.components.test_styles import STYLES
from tests.everything import REPORTS, SHEETS, Everything
from tests.factories import three
from tests.pages import words


@pytest.fixture(scope="module")
def everything(django_db_setup: None, django_db_blocker: Any) -> Iterator[Everything]:
    """Made once for the tests of this module, which only read, and taken back afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = Everything()
        made.add(2)
        yield made
        transaction.set_rollback(True)


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everything")]

#: A sheet that is soon made, where it does not matter which.
SHORT = "/en/partners/institute/sheet.pdf"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sheets that were made, as their HTML."""
    found: list[str] = []

    def pdf_of(html: str, **_limits: Any) -> bytes:
        found.append(html)
        return html.encode()

    monkeypatch.setattr(printing, "pdf_of", pdf_of)
    return found


def elements(node: Any) -> Iterator[Any]:
    """Every element of the structure of a tagged PDF."""
    children = node.get("/K", [])
    for child in children if isinstance(children, list) else [children]:
        child = child.get_object()
        if hasattr(child, "get") and "/S" in child:
            yield child
            yield from elements(child)


def test_a_report_reads_well_in_whatever_reads_it_out(client: Client) -> None:
    """The one sheet that is really drawn here: all of them have its frame and its tables."""
    answer = client.get("/es/programmes/epe-ap/report.pdf")

    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="epe-ap-report.pdf"'
    read = PdfReader(io.BytesIO(answer.content))
    assert read.root_object["/Lang"] == "es"
    assert read.metadata is not None
    assert read.metadata.title.startswith("EPE-AP: ")
    found = list(elements(read.root_object["/StructTreeRoot"]["/K"][0].get_object()))
    kinds = {each["/S"] for each in found}
    assert {"/H1", "/H2", "/P", "/L", "/Table", "/TH", "/TD", "/Figure", "/Link"} <= kinds
    assert all(len(each["/Alt"]) > 20 for each in found if each["/S"] == "/Figure")
    # A list holds items, or the parts of it that stand in columns, and nothing else.
    of_lists = [child.get_object()["/S"] for each in found if each["/S"] == "/L" for child in each["/K"]]
    assert set(of_lists) <= {"/LI", "/L"}
    # Each cell says which heads it stands under.
    assert all(len(each["/A"]["/Headers"]) >= 2 for each in found if each["/S"] == "/TD")
    text = " ".join(page.extract_text() for page in read.pages)
    assert "http://testserver/es/programmes/epe-ap/" in text
    actions = [note.get_object().get("/A", {}) for page in read.pages for note in page.get("/Annots", [])]
    links = {action["/URI"] for action in actions if "/URI" in action}
    assert "http://testserver/es/programmes/epe-ap/" in links
    assert {address for address in links if "own-site" in address} == set()
    # What the contents promise stands where they say, and can be gone to.
    chapters = [mark for mark in read.outline[1] if not isinstance(mark, list)]
    pages = {str(mark.title): read.get_destination_page_number(mark) + 1 for mark in chapters}
    assert len(pages) >= 9
    contents = " ".join(read.pages[1].extract_text().split())
    assert [name for name, page in pages.items() if f"{name} {page}" not in contents] == []
    assert read.pages[0].extract_text().count("EPE-AP") >= 2
    assert f"3 / {len(read.pages)}" in read.pages[2].extract_text()
    fonts = {
        str(font.get_object()["/BaseFont"]) for page in read.pages for font in page["/Resources"]["/Font"].values()
    }
    assert all("Document" in font for font in fonts), fonts


@pytest.mark.parametrize("path", [*SHEETS, *REPORTS])
def test_every_number_leads_to_a_listed_place_in_a_source(client: Client, made: list[str], path: str) -> None:
    page = client.get(f"/fr{path}").content.decode()

    listed = re.findall(r'id="note-(\d+)"', page)
    assert listed == [str(number) for number in range(1, len(listed) + 1)]
    assert {*re.findall(r'href="#note-(\d+)"', page)} == {*listed}
    assert len(listed) >= 1
    assert '<q lang="fr">213 personnes</q>' in page or "theme" not in path
    assert f"http://testserver/fr{path.rpartition('/')[0]}/" in page


def test_a_country_keeps_its_own_figures_apart_from_regional_ones(client: Client, made: list[str]) -> None:
    own, _, rest = words(client.get("/en/countries/CL/sheet.pdf")).partition("Regional figures, beside them")

    assert "Chile: its own figures" in own
    assert "No source says which part of them is Chile's, and none of it is counted above." in rest
    # What the programme as a whole counted is regional.
    assert "213" not in own
    assert "213" in rest


def test_a_report_holds_every_figure_once_under_what_it_measures(client: Client, made: list[str]) -> None:
    page = client.get("/en/programmes/epe-ap/report.pdf").content.decode()
    results = page.partition('<section id="expected"')[2].partition('<section id="countries"')[0]
    rows = re.findall(r'<th scope="row"><b>([^<]+)</b>', results)

    shown = Result.objects.for_pages().filter(programme__slug="epe-ap").select_related("indicator")
    assert sorted(rows) == sorted(row.indicator.name for row in shown)
    # An expected result that nothing measures says so, and is not left out.
    assert ExpectedResult.objects.filter(programme__slug="epe-ap").count() == results.count('class="expected"')


def test_a_demonstration_is_printed_for_who_names_it_and_says_that_it_is_one(client: Client, made: list[str]) -> None:
    address = "/en/projects/HIDDEN-P/sheet.pdf"
    answer = client.get(f"{address}?programme=HIDDEN")

    assert "A demonstration programme: these figures are fictitious." in words(answer)
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert [client.get(f"{address}{query}").status_code for query in ("", "?programme=EPE-AP")] == [404, 404]


@pytest.mark.parametrize(
    "path",
    [
        "/countries/cl/sheet.pdf",
        "/countries/ZZ/sheet.pdf",
        "/partners/private/sheet.pdf",
        "/partners/nobody/sheet.pdf",
        "/projects/%00/sheet.pdf",
        "/projects/none/sheet.pdf",
        f"/projects/{'9' * 3000}/sheet.pdf",
        "/themes/HIDDEN-T1/sheet.pdf",
        "/programmes/hidden/report.pdf?programme=HIDDEN",
        "/programmes/none/report.pdf",
        "/themes/T1/sheet.txt",
    ],
)
def test_what_has_no_page_has_no_sheet(client: Client, path: str) -> None:
    assert client.get(f"/en{path}").status_code == 404


def test_a_sheet_is_made_once_until_something_changes(client: Client, made: list[str]) -> None:
    first = client.get(SHORT)
    # Nothing in an address makes another sheet of it but its language.
    assert client.get(f"{SHORT}?x=1&programme=%00").content == first.content
    assert client.head(SHORT).status_code == 200
    assert client.get(SHORT, headers={"if-none-match": first.headers["ETag"]}).status_code == 304
    assert len(made) == 1
    client.get(SHORT.replace("/en/", "/fr/"))
    assert len(made) == 2

    make.partner(**three("note", "New"))
    client.get(SHORT)
    assert len(made) == 3
    assert client.post(SHORT).status_code == 405


def test_whoever_asks_while_two_are_made_is_told_to_come_again(
    client: Client, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = client.get(SHORT)
    for _place in range(2):
        sheets._places.acquire()
    try:
        answer = client.get("/en/themes/T1/sheet.pdf")
        assert client.get(SHORT).content == kept.content
    finally:
        for _place in range(2):
            sheets._places.release()

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
    assert "ask for this one again in a few seconds" in words(answer)
    assert 'href="/en/themes/T1/"' in answer.content.decode()
    assert client.get("/en/themes/T1/sheet.pdf").status_code == 200


def test_nobody_has_more_than_so_many_made_in_a_minute(
    client: Client, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sheets.MOST_IN_A_MINUTE == 30
    monkeypatch.setattr(sheets, "MOST_IN_A_MINUTE", 1)
    monkeypatch.setattr(sheets.time, "time", lambda: 1_700_000_000.0)
    client.get(SHORT)
    refused = client.get("/en/themes/T1/sheet.pdf")

    assert refused.status_code == 429
    assert "asked for too often" in words(refused)
    # What is kept costs nothing, and another address has its own number.
    assert client.get(SHORT).status_code == 200
    assert client.get("/en/themes/T1/sheet.pdf", REMOTE_ADDR="192.0.2.7").status_code == 200


def test_sheets_have_the_colours_of_the_pages() -> None:
    used = set(re.findall(r"#[0-9a-f]{6}", (STYLES / "document.css").read_text(encoding="utf-8")))

    assert len(used) > 5
    assert used <= {colour.light for colour in colours().values()}
