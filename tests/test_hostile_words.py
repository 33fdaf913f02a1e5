"""Whatever staff, partners and their spreadsheets write is shown as it was written and never run: on every page of the
workspace and of the administration, on the public ones, in files and in mails."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from typing import Any

import openpyxl
import pytest
from defusedxml.ElementTree import fromstring
from django.apps import apps
from django.contrib import admin
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models, transaction
from django.db.models import Value
from django.db.models.functions import Cast, Concat
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from accounts.models import Change, Import, Record, StoredFile, User
from accounts.roles import SPECIALISTS
from dashboards.kinds import KINDS
from indicators import actions
from indicators.actions.reminders import send_reminders
from indicators.models import Evidence, Indicator, Intake, Submission
from library.models import Document, Publication
from partners.models import Partner
from tests import factories as make
from tests.admin_pages import errors, page, signed_in, typed
from tests.dashboards.test_who_may import TABLE, World
from tests.everything import PAGES

#: A formula, an element that is not ours, and a script; in single and in double quotes.
WORDS = "=cmd|'/C calc'!A0\"'><evil onload=alert(1)></evil><script>alert(1)</script>javascript:alert(1)"
#: For what is short.
WORD = "\"'><evil>"
#: Texts that address a record, or that the system alone writes.
OURS = {
    "slug",
    "key",
    "currency",
    "iati_identifier",
    "time_zone",
    "password",
    "sha256",
    "digest",
    "kind",
    "languages",
    "content_type",
}


class Hostile:
    """The world of who may open what, with one record of every other kind, and hostile words in every text."""

    def __init__(self) -> None:
        self.world = World()
        Indicator.objects.update(is_public=True)
        self.world.period.__class__.objects.update(state="published")
        self._one_of_each()
        self._write_words()
        actions.rebuild_results()
        self.client = self.world.clients[SPECIALISTS]
        self.root = Client(headers={"accept-language": "en"})
        self.root.force_login(User.objects.create_superuser("root@example.org", "x" * 12, name=WORDS))
        self.looks = self._send_spreadsheets()

    def _one_of_each(self) -> None:
        of = self.world
        series = of.intake.report.submissions.first().series
        result = make.expected_result(programme=of.programme)
        Indicator.objects.update(expected_result=result)
        make.result_narrative(report=of.intake.report, expected_result=result)
        make.baseline(series=series)
        old = make.target(series=series, period=of.period, is_current=False)
        make.target(series=series, period=of.period, revision=2, replaces=old, reason="Revised")
        submission = of.intake.report.submissions.first()
        submission.__class__.objects.filter(pk=submission.pk).update(intake=of.intake)
        make.review(submission=submission, decision="return", reason="other", text="Why")
        make.evidence(submission=submission)
        document = make.document()
        actual = series.indicator.series.get(breakdown__key="sex=women").actuals.get()
        for about in (
            {"actual": actual},
            {"project": of.project},
        ):
            make.citation(document=document, **about)
        make.discrepancy(programme=of.programme).citations.set(document.citations.all())
        make.finding(programme=of.programme, project=of.project, document=document)
        make.publication(programme=of.programme).projects.add(of.project)
        make.partner_alias(partner=of.partner)
        theme = make.theme(programme=of.programme)
        make.project_theme(project=of.project, theme=theme)
        make.forum_day(forum=make.forum(programme=of.programme))
        chile = make.country("CL")
        of.project.countries.add(chile)
        of.partner.__class__.objects.update(country=chile)
        plan = make.work_plan(programme=of.programme)
        area = make.area(work_plan=plan)
        for one in (make.objective, make.activity, make.deliverable):
            one(area=area)
        make.goal()
        make.sector()
        make.reminder(period=of.period)
        make.notification(period=of.period, project=of.project)
        make.invitation(partner=of.partner)
        make.confirmation(actual=actual, text="Right", settlement_text="Adopted")

    def _write_words(self) -> None:
        for model in apps.get_models():
            if not (issubclass(model, Record) or model in (User, Change, StoredFile)):
                continue
            typed = {}
            for field in filter(_is_typed, model._meta.concrete_fields):
                words = WORD if field.max_length and field.max_length < len(WORDS) + 5 else WORDS
                # Some are unique.
                typed[field.name] = Concat(Value(words), Cast("pk", models.CharField()))
            model._base_manager.update(**typed)
        for made in Import.objects.all():
            Import.objects.filter(pk=made.pk).update(options=made.options | {"reason": WORDS})
        Intake.objects.update(answer="disputed", answered_at=self.world.intake.summary_sent_at)

    def _send_spreadsheets(self) -> list[str]:
        """The pages that show what was sent: a list of records, a report, a framework."""
        rows = [
            ["slug", "name", "language", "kind", WORDS],
            ["one", WORDS, "es", "tvet_institution"],
            ["two", "Two", WORDS, WORDS],
        ]
        book = openpyxl.Workbook()
        book.active.title = WORD[:3] + "<evil>"  # a sheet's name is short
        for row in (*rows[:1], *rows[1:]):
            book.active.append([None if cell is None else str(cell) for cell in row])
        for row in book.active.iter_rows():
            for cell in row:
                cell.data_type = "s" if cell.value is not None else cell.data_type
        records = self._send("import_kind", {"kind": "partners"}, book)
        found = [records]
        for name, kwargs in (("report", self.world.kwargs["report_grid"]), ("pmf", self.world.kwargs["pmf_workbook"])):
            template = "report_template" if name == "report" else "pmf_workbook"
            filled = openpyxl.load_workbook(io.BytesIO(self.world.download(template, kwargs)))
            for sheet in filled.worksheets:
                for row in sheet.iter_rows(min_row=6):
                    for cell in row[1:]:
                        if cell.value is None and not isinstance(cell, openpyxl.cell.MergedCell):
                            cell.value, cell.data_type = WORDS, "s"
            found.append(self._send(f"{name}_upload", kwargs, filled))
        return [each for each in found if each]

    def _send(self, name: str, kwargs: dict[str, Any], book: Any) -> str:
        file = io.BytesIO()
        book.save(file)
        sent = SimpleUploadedFile(f"{WORD}.xlsx", file.getvalue())
        answer = self.client.post(reverse(name, kwargs=kwargs), {"file": sent, "reason": WORDS})
        check(f"sent to {name}", answer)
        return answer.get("Location", "")


def _is_typed(field: Any) -> bool:
    return (
        isinstance(field, models.CharField | models.TextField)
        and not isinstance(field, models.SlugField | models.URLField | models.EmailField)
        and not field.choices
        and not field.generated
        and field.name not in OURS
        and (field.max_length or 99) > len(WORD) + 5
        and not (field.unique and field.name == "code")
    )


class _Foreign(HTMLParser):
    """What stands in a page as markup and none of us wrote."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.is_in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # Data for machines run nothing; words that broke out of them would be found as markup.
        self.is_in_script = tag == "script" and ("type", "application/ld+json") not in attrs
        if tag == "evil":
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            target = re.sub(r"[\s\x00-\x1f]", "", value or "").lower()
            if name.startswith("on") or (
                name in ("href", "src", "action", "formaction") and target.startswith(("javascript:", "data:text"))
            ):
                self.found.append(f'<{tag} {name}="{value}">')

    def handle_data(self, data: str) -> None:
        if self.is_in_script and "alert" in data:
            self.found.append(f"<script>{data}")


def check(name: str, answer: Any, *, is_escaped: bool = False) -> str:
    """Nothing of the words is run by whoever opens the answer; gives its text.

    Args:
        is_escaped: no text of a spreadsheet begins like a formula either, so that none becomes one when it is copied.
    """
    assert answer.status_code in (200, 302, 303, 422), f"{name}: {answer.status_code}"
    kind = answer.get("Content-Type", "").partition(";")[0]
    body = answer.getvalue()
    if kind == "text/html":
        text = body.decode()
        parser = _Foreign()
        parser.feed(text)
        assert parser.found == [], name
        return text
    if kind == "text/csv":
        text = body.decode("utf-8-sig")
        cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
        assert [
            cell
            for cell in cells
            if cell[:1] in ("=", "@", "\t", "\r") or (cell[:1] in ("+", "-") and not cell[1:2].isdigit())
        ] == [], name
        return text
    if kind == "application/atom+xml":
        # What a feed says of an entry, its reader takes for HTML: escaped once for that, and once more for the XML.
        said = fromstring(body)
        for part in said.iter():
            parser = _Foreign()
            parser.feed(part.text or "")
            assert not part.tag.endswith("}summary") or parser.found == [], name
        assert not [part.tag for part in said.iter() if not part.tag.startswith("{http://www.w3.org/2005/Atom}")], name
        return ""
    if kind == "image/svg+xml":
        parser = _Foreign()
        parser.feed(body.decode())
        assert parser.found == [], name
        return ""
    if zipfile.is_zipfile(io.BytesIO(body)):
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            parts = {each: package.read(each).decode("utf-8", "replace") for each in package.namelist()}
        text = "\n".join(parts.values())
        assert "<evil" not in text, name
        formulas = re.findall(r"<f[ >].*?</f>|table:formula=\"[^\"]*|<formula1>.*?</formula1>", text)
        assert [each for each in formulas if "cmd" in each or "evil" in each] == [], name
        assert not is_escaped or re.search(r"<(t|text:p)(\s[^>]*)?>=", text) is None, name
        return text
    assert kind in (
        "application/json",
        "application/octet-stream",
        "application/pdf",
        "text/plain",
        "text/calendar",
        "image/png",
        "",
    ), f"{name}: {kind}"
    assert kind in ("application/json", "image/png", "text/calendar") or "attachment" in answer.get(
        "Content-Disposition", "attachment"
    ), name
    return body.decode("utf-8", "replace")


@pytest.fixture(scope="module")
def hostile(django_db_setup: None, django_db_blocker: Any) -> Iterator[Hostile]:
    """Made once for the tests of this module, and taken back afterwards."""
    with django_db_blocker.unblock(), transaction.atomic(), translation.override("en"):
        yield Hostile()
        transaction.set_rollback(True)


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hostile", "sheets_as_pages")]


READ = [name for name, page in TABLE.items() if page.reads]


def address_of(hostile: Hostile, name: str) -> str:
    return reverse(name, kwargs=hostile.world.kwargs[name]) + hostile.world.queries.get(name, "?")


@pytest.mark.any_database
@pytest.mark.parametrize("name", READ)
def test_a_page_of_the_workspace_shows_words_as_words(hostile: Hostile, name: str) -> None:
    check(name, hostile.client.get(address_of(hostile, name)))


@pytest.mark.parametrize("name", READ)
def test_what_its_address_holds_is_shown_as_words(hostile: Hostile, name: str) -> None:
    asked = f"&q={WORDS}&intake={WORDS}&{WORDS}=1&page={WORDS}&programme={WORDS}"
    check(name, hostile.client.get(address_of(hostile, name) + asked))


def test_what_was_sent_in_spreadsheets_is_shown_as_words(hostile: Hostile) -> None:
    assert len(hostile.looks) == 3
    for look in hostile.looks:
        text = check(look, hostile.client.get(look))
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
        check(look, hostile.client.get(f"{look}?show=new"))
        check(look, hostile.client.get(f"{look}marked.xlsx"))


def test_what_a_form_refuses_is_shown_again_as_words(hostile: Hostile) -> None:
    one = hostile.world.kwargs["report_grid"]
    series = Submission.objects.values_list("series", flat=True)[0]
    for name, fields in {
        "report_grid": {f"v-{series}": WORDS, f"t-{series}": WORDS, "reason": WORDS, "action": WORDS},
        "report_review": {
            "action": "approve",
            "own_reason": WORDS,
            "change_reason": WORDS,
            f"text-{Submission.objects.latest('pk').pk}": WORDS,
        },
        "report_narrative": {f"narrative_en-{pk}": WORDS for pk in [Indicator.objects.latest("pk").expected_result_id]},
        "report_on_behalf": {"note": WORDS, "email": WORDS, "channel": WORDS, "partner": WORDS, "received_on": WORDS},
    }.items():
        address = reverse(name, kwargs=one)
        seen = hostile.client.get(address).context
        sent = {"writer": seen.get("writer", ""), "seen": getattr(seen.get("sheet"), "seen", "")} | fields
        check(name, hostile.client.post(address, sent, follow=True))


MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_search_of_the_administration_shows_words_as_words(hostile: Hostile, model: Any) -> None:
    check("search", hostile.root.get(page(model, "changelist"), {"q": WORDS}, follow=True))


@pytest.mark.any_database
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_page_of_the_administration_shows_words_as_words(hostile: Hostile, model: Any) -> None:
    check("list", hostile.root.get(page(model, "changelist")))
    record = model._base_manager.first()
    assert record is not None or model.__name__ in NOT_MADE, model
    for name in ("change", "history", "delete") if record is not None else ():
        try:
            address = page(model, name, record.pk)
        except NoReverseMatch:
            continue
        answer = hostile.root.get(address)
        if answer.status_code != 403:
            check(name, answer)


#: Kinds of records that this world has none of.
NOT_MADE: set[str] = set()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)
def test_a_file_of_records_holds_words_that_nothing_runs(hostile: Hostile, kind: Any) -> None:
    for ending in ("csv", "xlsx", "ods"):
        address = reverse("export_file", args=[kind.slug, ending])
        check(address, hostile.client.get(f"{address}?programme=pmf"), is_escaped=True)
    check(kind.slug, hostile.client.get(reverse("import_template", args=[kind.slug])))


def test_mails_are_plain_and_their_subjects_one_line(hostile: Hostile, settings: Any) -> None:
    settings.SITE_URL = "https://example.org"
    period, intake = hostile.world.period, hostile.world.intake
    with transaction.atomic():
        type(period).objects.update(state="open", due_on=date(2026, 3, 10), name_es=f"{WORD}\nBcc: a@b.org")
        Intake.objects.update(answer="awaited", answered_at=None)
        Submission.objects.update(state="returned")
        address = reverse("intake_send", args=[intake.pk])
        hostile.client.post(address, {"email": "partner@example.org", "language": "es"})
        send_reminders(today=date(2026, 3, 9))
        transaction.set_rollback(True)
    assert len(mail.outbox) > 2
    for message in mail.outbox:
        assert (message.content_subtype, getattr(message, "alternatives", [])) == ("plain", [])
        assert "\n" not in message.subject
        assert message.message()["Bcc"] is None
        assert message.recipients() == message.to


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x"])
def test_a_link_leads_to_an_address_of_the_web_alone(hostile: Hostile, link: str) -> None:
    client: Any = signed_in(User.objects.create_superuser("super@example.org", "x" * 12, name="Root"))
    for model, name in ((Evidence, "link"), (Document, "link"), (Publication, "link"), (Partner, "website")):
        record = model._base_manager.first()
        address = page(model, "change", record.pk)
        assert "Enter a valid URL." in errors(client.post(address, typed(client.get(address), **{name: link}))), model
    sheet = f"slug,name,language,kind,website\nnew,New,es,tvet_institution,{link}\n".encode()
    sent = {"file": SimpleUploadedFile("p.csv", sheet), "reason": "x"}
    look = client.post(reverse("import_kind", kwargs={"kind": "partners"}), sent)["Location"]
    assert client.get(look).context["made"].rows_refused == 1


@pytest.mark.any_database
def test_public_pages_and_files_show_words_as_words(hostile: Hostile) -> None:
    visitor, seen = Client(), set()
    waiting = [
        f"/en{path}"
        for path in (
            "/",
            *(each for each in PAGES if each.count("/") == 2),
            "/results/",
            "/results.csv",
            "/results.xlsx",
            "/results.json",
        )
    ]
    shown = ""
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        answer = visitor.get(address)
        text = check(address, answer, is_escaped=True)
        shown += text
        if answer.get("Content-Type", "").startswith("text/html"):
            links = re.findall(r'href="(/en/[^"#?]*)"', text)
            waiting += [link for link in links if "/accounts/" not in link and "/workspace/" not in link]
    assert len(seen) >= 30
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
