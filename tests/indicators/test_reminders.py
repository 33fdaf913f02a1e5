"""Reminders: who is told what, on which day, in which language, and never twice."""

import io
import re
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.roles import DATA_ENTRY, SPECIALISTS
from indicators.actions import reminders
from indicators.actions.reminders import send_reminders
from indicators.models import Reminder, Submission
from tests import factories as make
from tests.factories import three

pytestmark = pytest.mark.django_db

DUE = date(2026, 3, 10)
WEEK_BEFORE = datetime(2026, 3, 3, 12, tzinfo=UTC)
#: The day of the deadline in Lima, and the day after it in Toronto.
AT_MIDNIGHT = datetime(2026, 3, 11, 4, 30, tzinfo=UTC)
AFTER = datetime(2026, 3, 20, 12, tzinfo=UTC)


class Refusing(EmailBackend):
    """A mail server that takes nothing for one address."""

    def send_messages(self, messages: Any) -> int:
        if any("refused@" in address for message in messages for address in message.to):
            raise OSError("550 no such user")
        return super().send_messages(messages)


@pytest.fixture
def world() -> SimpleNamespace:
    of = SimpleNamespace()
    of.programme = make.programme(code="EPE")
    of.period = make.period(programme=of.programme, due_on=DUE, state="open", **three("name", "First half"))
    of.project = make.project(programme=of.programme, code="B05", title="Projet minier")
    of.lead, of.institute, of.other = (make.partner(name=name) for name in ("Lead", "Institute", "Other"))
    make.partnership(project=of.project, partner=of.lead, role="lead")
    make.partnership(project=of.project, partner=of.institute)
    of.indicator = make.indicator(
        programme=of.programme, name_fr="Personnes formées", name_es="Personas formadas", name_en="People trained"
    )
    of.series = make.series(indicator=of.indicator, project=of.project, partner=of.institute, reporter=of.institute)
    return of


def member(partner: Any, email: str, role: str = "contributor", **fields: Any) -> Any:
    user = make.user(email=email, **fields)
    make.membership(user=user, partner=partner, role=role)
    return user


def staff(email: str, role: str) -> Any:
    user = make.user(email=email, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


def told() -> list[str]:
    """Addresses of the mails sent since the last time."""
    found = sorted(address for message in mail.outbox for address in message.to)
    mail.outbox.clear()
    return found


def test_those_who_report_and_those_who_review_are_told_and_nobody_else(world: SimpleNamespace):
    member(world.institute, "contributor@example.org")
    member(world.institute, "institute-lead@example.org", "lead")
    member(world.lead, "project-lead@example.org", "lead")
    staff("reviewer@example.org", SPECIALISTS)
    # None of these.
    member(world.institute, "viewer@example.org", "viewer")
    member(world.institute, "gone@example.org", is_active=False)
    member(world.institute, "pretended@example.org", is_demonstration=True)
    member(world.lead, "contributor-of-lead@example.org")
    member(world.other, "other@example.org", "lead")
    staff("entry@example.org", DATA_ENTRY)

    send_reminders(now=WEEK_BEFORE)

    assert told() == [
        *("contributor@example.org", "institute-lead@example.org", "project-lead@example.org", "reviewer@example.org")
    ]


@pytest.mark.parametrize(
    ("change", "is_told"),
    [
        pytest.param({}, True, id="nothing"),
        pytest.param({"submission": "draft"}, True, id="a draft"),
        pytest.param({"submission": "returned"}, True, id="returned"),
        pytest.param({"submission": "submitted"}, False, id="handed in"),
        pytest.param({"actual": 4}, False, id="approved"),
        pytest.param({"report": "submitted"}, False, id="left out of a report under review"),
        pytest.param({"report": "returned"}, True, id="of a report that was sent back"),
        pytest.param({"series": {"is_expected": False}}, False, id="not expected"),
        pytest.param({"series": {"reporter": None}}, False, id="reported by staff"),
        pytest.param({"period": {"state": "locked"}}, False, id="closed"),
        pytest.param({"period": {"due_on": None}}, False, id="not awaited"),
        pytest.param({"period": {"due_on": DUE + timedelta(days=9)}}, False, id="in 16 days"),
        pytest.param({"period": {"kind": "whole"}}, False, id="the whole programme"),
        pytest.param({"indicator": {"active_to": date(2000, 1, 1)}}, False, id="an indicator that ended"),
        pytest.param({"programme": {"is_demonstration": True}}, False, id="a demonstration"),
    ],
)
def test_only_what_is_still_to_be_reported_is_told(world: SimpleNamespace, change: dict[str, Any], is_told: bool):
    member(world.institute, "contributor@example.org")
    for name, fields in change.items():
        if name == "submission":
            make.submission(series=world.series, period=world.period, state=fields)
        elif name == "report":
            make.report(project=world.project, period=world.period, state=fields)
        elif name == "actual":
            make.actual(series=world.series, period=world.period, value=fields)
        else:
            record = getattr(world, name)
            type(record).objects.filter(pk=record.pk).update(**fields)

    send_reminders(now=WEEK_BEFORE)

    assert told() == (["contributor@example.org"] if is_told else [])
    assert Reminder.objects.count() == is_told


def test_one_mail_tells_of_all_projects_in_the_language_of_its_reader(world: SimpleNamespace, settings: Any):
    settings.SITE_URL = "https://results.example.org"
    second = make.project(programme=world.programme, code="B06", title="Projet solaire")
    make.series(indicator=world.indicator, project=second, partner=world.institute, reporter=world.institute)
    make.series(indicator=make.indicator(programme=world.programme, **three("name", "Foreign")), reporter=world.other)
    member(world.institute, "hispana@example.org", language="es", name="Ana")

    send_reminders(now=WEEK_BEFORE)

    [message] = mail.outbox
    for part in ("Ana", "EPE · First half", "B05 · Projet minier", "B06 · Projet solaire", "- Personas formadas"):
        assert part in message.body
    # Each report has one address; of a project in which the institution has no part there is no page.
    assert re.findall(r"https?://\S+", message.body) == [
        f"https://results.example.org/es/workspace/reports/{world.project.slug}/{world.period.slug}/questions/"
    ]
    assert "Foreign" not in message.body
    assert "&" not in message.body
    assert message.content_subtype == "plain"


def test_the_workbook_of_each_report_comes_with_the_mail_and_is_taken_back(world: SimpleNamespace):
    ana = member(world.institute, "ana@example.org", language="es")
    staff("reviewer@example.org", SPECIALISTS)
    make.series(indicator=world.indicator, project=world.project, partner=world.other, reporter=world.other)
    call_command("send_reminders", "--today", "2026-03-03", stdout=StringIO())

    by_address = {message.to[0]: message for message in mail.outbox}
    assert by_address["reviewer@example.org"].attachments == []
    [(name, content, kind)] = by_address["ana@example.org"].attachments
    assert name == f"{world.project.slug}-{world.period.slug}-es.xlsx"
    assert kind == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[-1]
    texts = [str(cell.value) for row in sheet for cell in row]
    assert ("Institute" in texts, "Other" in texts) == (True, False)
    # Small: as the operations page says.
    assert len(by_address["ana@example.org"].message().as_bytes()) < 30_000

    head = next(cell for row in sheet for cell in row if cell.value == "cell:")
    line = next(cell.row for row in sheet for cell in row if isinstance(cell.value, str) and cell.value.count("|") == 4)
    sheet.cell(line, head.column, 12)
    file = io.BytesIO()
    book.save(file)
    client = Client()
    client.force_login(ana)
    place = f"/es/workspace/reports/{world.project.slug}/{world.period.slug}/upload/"
    look = client.post(place, {"file": SimpleUploadedFile(name, file.getvalue())})["Location"]
    client.post(look, {"action": "apply"})
    assert [(each.series_id, each.value, each.author) for each in Submission.objects.all()] == [
        (world.series.pk, 12, ana)
    ]


def test_a_mail_has_few_workbooks(world: SimpleNamespace):
    for _ in range(7):
        project = make.project(programme=world.programme)
        make.partnership(project=project, partner=world.institute)
        make.series(indicator=world.indicator, project=project, reporter=world.institute)
    member(world.institute, "ana@example.org")
    send_reminders(now=WEEK_BEFORE, workbook=lambda *_of: ("r.xlsx", b"x" * 200_000))
    assert len(mail.outbox[0].attachments) == 2
    mail.outbox.clear()
    Reminder.objects.all().delete()
    send_reminders(now=WEEK_BEFORE, workbook=lambda *_of: ("r.xlsx", b"x"))
    assert len(mail.outbox[0].attachments) == 5


def test_a_day_is_due_by_the_date_of_whoever_is_told(world: SimpleNamespace):
    for email, zone in (("lima", "America/Lima"), ("toronto", "America/Toronto"), ("nowhere", "Mars/Olympus")):
        member(world.institute, f"{email}@example.org", time_zone=zone)

    send_reminders(now=AT_MIDNIGHT)

    assert dict(Reminder.objects.values_list("user__email", "kind")) == {
        "lima@example.org": "due",
        "toronto@example.org": "overdue",
        "nowhere@example.org": "overdue",
    }


def test_each_deadline_is_told_once_when_due_and_once_when_overdue_and_anew_when_it_moves(world: SimpleNamespace):
    member(world.institute, "contributor@example.org")
    runs = []
    for now in (WEEK_BEFORE, WEEK_BEFORE, WEEK_BEFORE + timedelta(days=3), AFTER, AFTER + timedelta(days=30)):
        send_reminders(now=now)
        runs.append(len(told()))
    type(world.period).objects.update(due_on=DUE + timedelta(days=60))
    send_reminders(now=AFTER + timedelta(days=40))
    runs.append(len(told()))

    assert runs == [1, 0, 0, 1, 0, 1]
    assert list(Reminder.objects.order_by("pk").values_list("kind", flat=True)) == ["due", "overdue", "due"]


def test_two_runs_at_once_send_one_mail(world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch):
    """Both had read who is to be told before either noted it."""
    member(world.institute, "contributor@example.org")
    letters = [
        list(reminders._letters(WEEK_BEFORE, None, with_demonstration=False)),
        list(reminders._letters(WEEK_BEFORE, None, with_demonstration=False)),
    ]
    monkeypatch.setattr(reminders, "_letters", lambda *args, **kwargs: iter(letters.pop()))

    outcomes = [send_reminders(now=WEEK_BEFORE), send_reminders(now=WEEK_BEFORE)]

    assert [len(outcome.sent) for outcome in outcomes] == [1, 0]
    assert told() == ["contributor@example.org"]


def test_a_mail_that_fails_is_told_and_tried_again_and_stops_no_other(world: SimpleNamespace, settings: Any):
    settings.EMAIL_BACKEND = "tests.indicators.test_reminders.Refusing"
    for name in ("good", "refused", "willing"):
        member(world.institute, f"{name}@example.org")

    errors = StringIO()
    with pytest.raises(CommandError, match="1 reminders could not be sent"):
        call_command("send_reminders", "--today", "2026-03-03", stdout=StringIO(), stderr=errors)
    assert told() == ["good@example.org", "willing@example.org"]
    assert "refused@example.org: OSError: 550 no such user" in errors.getvalue()

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    call_command("send_reminders", "--today", "2026-03-03", stdout=StringIO())
    assert told() == ["refused@example.org"]


def test_a_dry_run_shows_the_mails_and_sends_and_notes_nothing(world: SimpleNamespace):
    member(world.institute, "contributor@example.org", language="en")
    said = StringIO()

    call_command("send_reminders", "--today", "2026-03-03", "--dry-run", stdout=said)

    assert "contributor@example.org" in said.getvalue()
    assert "People trained" in said.getvalue()
    assert "would be sent: 1" in said.getvalue()
    assert (told(), Reminder.objects.count()) == ([], 0)


def test_demonstrations_are_told_only_on_request_and_to_their_own_accounts(world: SimpleNamespace):
    type(world.programme).objects.update(is_demonstration=True)
    member(world.institute, "pretended@example.org", is_demonstration=True)
    member(world.institute, "real@example.org")

    send_reminders(now=WEEK_BEFORE)
    assert told() == []
    send_reminders(now=WEEK_BEFORE, with_demonstration=True)
    assert told() == ["pretended@example.org"]


def test_looking_costs_the_same_for_one_as_for_three(world: SimpleNamespace):
    costs = []
    for number in (1, 2):
        for _ in range(number):
            project = make.project(programme=world.programme)
            make.series(indicator=world.indicator, project=project, reporter=world.institute)
            member(world.institute, f"{make.number()}@example.org")
        make.user(is_staff=True).user_permissions.add(Permission.objects.get(codename="review_submission"))
        with CaptureQueriesContext(reminders.transaction.get_connection()) as queries:
            send_reminders(now=WEEK_BEFORE, dry_run=True)
        costs.append(len(queries))
    assert costs == [10, 10]
