"""Who is told what happened to a report, in how many queries, and by which mail."""

from datetime import date, timedelta
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import change
from accounts.choices import Door
from accounts.models import User
from accounts.roles import DATA_ENTRY, READERS, SPECIALISTS
from indicators import actions
from indicators.actions import notifications, reminders
from indicators.choices import ReturnReason
from indicators.models import Notification, Submission
from tests import factories as make
from tests.factories import three

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


class Refusing(EmailBackend):
    """A mail server that takes nothing for one address."""

    def send_messages(self, messages: Any) -> int:
        if any("refused@" in address for message in messages for address in message.to):
            raise OSError("550 no such user")
        return super().send_messages(messages)


@pytest.fixture
def world() -> SimpleNamespace:
    """A project that one institution leads and two report for, and people of every kind."""
    of = SimpleNamespace(people={})
    of.programme = make.programme(code="EPE")
    of.period = make.period(programme=of.programme, **three("name", "First half"))
    of.project = make.project(programme=of.programme, code="B05")
    of.lead, of.institute, of.other = (make.partner(name=name) for name in ("Lead", "Institute", "Other"))
    make.partnership(project=of.project, partner=of.lead, role="lead", is_adopted=True)
    for partner in (of.institute, of.other):
        make.partnership(project=of.project, partner=partner, role="local_partner", is_adopted=True)
    of.indicator = make.indicator(programme=of.programme)
    of.series = [
        make.series(indicator=of.indicator, project=of.project, partner=partner, reporter=partner, key=key)
        for partner, keys in ((of.institute, ("", "sex=women")), (of.other, ("",)))
        for key in keys
    ]

    def person(name: str, partner: Any = None, role: str = "", **fields: Any) -> None:
        user = make.user(email=f"{name}@example.org", name=name, language="en", **fields)
        if partner is not None:
            make.membership(user=user, partner=partner, role=role)
        of.people[name] = user

    person("contributor", of.institute, "contributor")
    person("institute-lead", of.institute, "lead")
    person("viewer", of.institute, "viewer")
    person("gone", of.institute, "lead", is_active=False)
    person("project-lead", of.lead, "lead")
    person("lead-contributor", of.lead, "contributor")
    person("other", of.other, "contributor")
    person("stranger", make.partner(), "lead")
    for name, role in (("reviewer", SPECIALISTS), ("entry", DATA_ENTRY), ("reader", READERS)):
        of.people[name] = make.staff(role, email=f"{name}@example.org", name=name, language="en")
    of.people["retired"] = make.staff(SPECIALISTS, is_active=False)
    return of


def propose(world: SimpleNamespace, *places: int, author: str = "contributor") -> list[Submission]:
    return [
        make.submission(series=world.series[place], period=world.period, author=world.people[author])
        for place in places
    ]


def told() -> dict[str, list[tuple[str, int]]]:
    """What each person was told, by name."""
    found: dict[str, list[tuple[str, int]]] = {}
    for each in Notification.objects.select_related("user").order_by("user__name", "pk"):
        found.setdefault(each.user.name, []).append((each.kind, each.number))
    return found


def by(person: User) -> Any:
    return change(door=Door.WORKSPACE, by=person)


def test_what_is_handed_in_is_told_to_reviewers_and_the_projects_lead(world: SimpleNamespace) -> None:
    with by(world.people["contributor"]):
        actions.submit_many(submissions=propose(world, 0, 1), by=world.people["contributor"])
    assert told() == {"project-lead": [("submitted", 2)], "reviewer": [("submitted", 2)]}
    kept = Notification.objects.first()
    assert kept is not None
    assert (kept.project, kept.period, kept.read_at, kept.mailed_at) == (world.project, world.period, None, None)


def test_whoever_did_it_is_not_told(world: SimpleNamespace) -> None:
    lead = world.people["project-lead"]
    with by(lead):
        actions.submit_many(submissions=propose(world, 0), by=lead)
    assert told() == {"reviewer": [("submitted", 1)]}


def test_what_is_sent_back_is_told_to_those_who_report_it_each_with_their_own_number(world: SimpleNamespace) -> None:
    cells = propose(world, 0, 1, 2, author="entry")
    Submission.objects.update(state="submitted")
    reviewer = world.people["reviewer"]
    with by(reviewer):
        actions.return_many(cells=[actions.Returned(each, ReturnReason.MISMATCH) for each in cells], by=reviewer)
    assert told() == {
        "contributor": [("returned", 2)],
        "entry": [("returned", 3)],
        "institute-lead": [("returned", 2)],
        "other": [("returned", 1)],
        "project-lead": [("returned", 3)],
    }


def test_what_is_approved_is_told_to_the_same(world: SimpleNamespace) -> None:
    cells = propose(world, 0)
    Submission.objects.update(state="submitted")
    with by(world.people["reviewer"]):
        actions.approve_many(submissions=cells, by=world.people["reviewer"])
    assert told() == {name: [("approved", 1)] for name in ("contributor", "institute-lead", "project-lead")}


def test_a_figure_that_staff_report_is_told_to_no_institution(world: SimpleNamespace) -> None:
    series = make.series(indicator=world.indicator, project=world.project)
    submission = make.submission(series=series, period=world.period, author=world.people["entry"], state="submitted")
    reviewer = world.people["reviewer"]
    with by(reviewer):
        actions.return_many(cells=[actions.Returned(submission, ReturnReason.MISMATCH)], by=reviewer)
    assert told() == {"entry": [("returned", 1)]}


def test_a_published_period_is_told_to_the_members_of_its_projects(world: SimpleNamespace) -> None:
    make.actual(series=world.series[0], period=world.period)
    elsewhere = make.project(programme=world.programme)
    make.partnership(project=elsewhere, partner=make.membership().partner, is_adopted=True)
    world.period.state = "locked"
    with by(world.people["reviewer"]):
        world.period.save()
        actions.publish_period(period=world.period)
    assert told() == {
        name: [("published", 1)]
        for name in ("contributor", "institute-lead", "lead-contributor", "other", "project-lead", "viewer")
    }


def test_nothing_is_told_of_what_was_taken_back(world: SimpleNamespace) -> None:
    def fail() -> None:
        with by(world.people["contributor"]):
            actions.submit_many(submissions=propose(world, 0), by=world.people["contributor"])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert told() == {}


def test_of_a_demonstration_only_demonstration_reviewers_are_told(world: SimpleNamespace) -> None:
    type(world.programme).objects.update(is_demonstration=True)
    make.staff(SPECIALISTS, name="pretended", is_demonstration=True)
    with by(world.people["contributor"]):
        actions.submit_many(submissions=propose(world, 0), by=world.people["contributor"])
    assert told() == {"pretended": [("submitted", 1)], "project-lead": [("submitted", 1)]}


@pytest.mark.parametrize("step", ["submit", "return", "approve"])
def test_telling_costs_the_same_for_one_figure_and_for_many(world: SimpleNamespace, step: str) -> None:
    def cost(number: int) -> int:
        period = make.period(programme=world.programme, starts_on=date(2030, number, 1), ends_on=date(2030, 12, 31))
        series = [
            make.series(
                indicator=world.indicator, project=world.project, partner=world.institute, reporter=world.institute,
                key=f"age=a{Submission.objects.count()}x{place}",
            )
            for place in range(number)
        ]  # fmt: skip
        cells = [make.submission(series=each, period=period, author=world.people["contributor"]) for each in series]
        kinds = {
            "submit": notifications.tell_handed_in,
            "return": notifications.tell_returned,
            "approve": notifications.tell_approved,
        }
        with CaptureQueriesContext(connection) as queries:
            kinds[step](cells, by=world.people["reviewer"])
        return len(queries)

    assert [cost(1), cost(7)] == [{"submit": 3, "return": 3, "approve": 3}[step]] * 2


# --- Access ----------------------------------------------------------------------------------------------------------


def test_nobody_reads_what_is_told_of_an_institution_that_they_left(world: SimpleNamespace) -> None:
    person = world.people["contributor"]
    make.notification(user=person, period=world.period, project=world.project)
    make.notification(user=person, period=world.period, kind="published")
    make.notification(user=world.people["other"], period=world.period, project=world.project)
    assert Notification.objects.for_user(person).count() == 2
    with change(door=Door.COMMAND):
        person.memberships.get().delete()
    make.membership(user=person)
    assert Notification.objects.for_user(person).count() == 0


def test_leaving_an_institution_forgets_what_was_told_of_its_projects(world: SimpleNamespace) -> None:
    person = world.people["contributor"]
    make.membership(user=person, partner=world.other)
    elsewhere = make.project(programme=world.programme)
    for project in (world.project, elsewhere):
        make.notification(user=person, period=world.period, project=project)
    kept = make.notification(user=world.people["other"], period=world.period, project=world.project)
    notifications.forget(user=person, partner=world.institute)
    assert {(each.user, each.project) for each in Notification.objects.all()} == {
        (person, elsewhere),
        (kept.user, world.project),
    }


# --- Digest ----------------------------------------------------------------------------------------------------------


def send(**options: Any) -> str:
    out = StringIO()
    call_command("send_digests", stdout=out, stderr=out, **options)
    return out.getvalue()


def a_day_passes() -> None:
    Notification.objects.update(mailed_at=F("mailed_at") - timedelta(days=1))


def test_a_digest_sums_up_what_is_unread_and_unmailed_once(world: SimpleNamespace) -> None:
    person = world.people["contributor"]
    make.notification(user=person, period=world.period, project=world.project, number=3)
    make.notification(user=person, period=world.period, project=world.project, kind="approved", number=1)
    make.notification(user=person, period=world.period, project=world.project, read_at=timezone.now(), number=7)
    yesterday = timezone.now() - timedelta(days=1)
    make.notification(user=person, period=world.period, project=world.project, mailed_at=yesterday, number=8)
    assert "1" in send()
    [message] = mail.outbox
    assert message.recipients() == [person.email]
    assert "3 figures of B05 for First half were sent back" in message.body
    assert "1 figure of B05 for First half was approved" in message.body
    assert "7 figures" not in message.body
    assert "8 figures" not in message.body
    assert "http://localhost:8000/en/workspace/notifications/" in message.body
    send()
    assert len(mail.outbox) == 1
    # What happens later on the day is told on the next.
    make.notification(user=person, period=world.period, project=world.project, number=4)
    send()
    assert len(mail.outbox) == 1
    a_day_passes()
    send()
    assert "4 figures of B05" in mail.outbox[1].body
    assert "3 figures of B05" not in mail.outbox[1].body


def test_nobody_is_written_to_who_may_not_see_it(world: SimpleNamespace) -> None:
    for name in ("gone", "stranger"):
        make.notification(user=world.people[name], period=world.period, project=world.project)
    pretended = make.staff(SPECIALISTS, is_demonstration=True)
    make.notification(user=pretended, period=world.period, project=world.project)
    send()
    assert mail.outbox == []
    send(demonstration=True)
    assert [message.to for message in mail.outbox] == [[pretended.email]]


def test_each_is_written_to_in_their_language(world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.utils.translation import get_language

    person = world.people["contributor"]
    User.objects.filter(pk=person.pk).update(language="es")
    make.notification(user=person, period=world.period, project=world.project)
    seen = []
    render = notifications.render_to_string
    monkeypatch.setattr(
        notifications, "render_to_string", lambda *args: (seen.append(get_language()), render(*args))[1]
    )
    send()
    assert seen == ["es"]
    assert "/es/workspace/notifications/" in mail.outbox[0].body


def test_a_mail_that_fails_is_told_and_tried_again(world: SimpleNamespace, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    refused = make.staff(SPECIALISTS, email="refused@example.org")
    for user in (refused, world.people["contributor"]):
        make.notification(user=user, period=world.period, project=world.project)
    with pytest.raises(CommandError, match="1"):
        send()
    assert [message.to for message in mail.outbox] == [["contributor@example.org"]]
    assert not Notification.objects.filter(user=refused, mailed_at__isnull=False).exists()
    User.objects.filter(pk=refused.pk).update(email="taken@example.org")
    send()
    assert [message.to for message in mail.outbox] == [["contributor@example.org"], ["taken@example.org"]]


def test_a_digest_costs_the_same_for_every_person_whatever_they_are_told(world: SimpleNamespace) -> None:
    costs = []
    for number in (1, 5):
        for _ in range(number):
            make.notification(user=world.people["contributor"], period=world.period, project=world.project)
        with CaptureQueriesContext(connection) as queries:
            send()
        costs.append(len(queries))
        assert len(mail.outbox) == len(costs)
        a_day_passes()
    assert costs[0] == costs[1]


def test_a_reminder_is_also_told_in_the_workspace_and_not_mailed_twice(world: SimpleNamespace) -> None:
    type(world.period).objects.update(due_on=date(2026, 3, 10))
    type(world.series[0]).objects.update(is_expected=True)
    reminders.send_reminders(today=date(2026, 3, 3))
    assert told()["contributor"] == [("due", 2)]
    mail.outbox.clear()
    send()
    assert mail.outbox == []
