"""A write that the database takes back because of somebody else's: a sentence, and never half of it."""

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, OperationalError
from django.utils import translation

from accounts.actions import Collision, change, save_record
from accounts.choices import Door
from accounts.models import Change
from indicators.admin import framework
from indicators.models import ReportingPeriod, Submission
from partners.models import Partner
from tests import factories as make
from tests.admin_pages import page, signed_in
from tests.pages import words

pytestmark = pytest.mark.django_db

SENTENCE = "Somebody else was saving the same records at the same moment, so nothing was saved: send it again."


def raised_by(driver: Exception | None, text: str = "refused") -> OperationalError:
    """As Django wraps what a driver raises."""
    error = OperationalError(text)
    error.__cause__ = driver
    return error


@pytest.mark.parametrize(
    "error",
    [
        raised_by(psycopg.errors.DeadlockDetected()),
        raised_by(psycopg.errors.LockNotAvailable()),
        raised_by(None, "database is locked"),
    ],
    ids=["deadlock", "waited too long", "SQLite"],
)
def test_a_write_that_others_stand_in_the_way_of_is_refused_in_a_sentence(error: OperationalError) -> None:
    def write() -> None:
        with change(door=Door.COMMAND):
            make.partner()
            raise error

    with translation.override("en"), pytest.raises(Collision) as refused:
        write()
    assert refused.value.messages == [SENTENCE]
    assert (Partner.objects.count(), Change.objects.count()) == (0, 0)


@pytest.mark.parametrize("error", [raised_by(psycopg.errors.DiskFull()), IntegrityError("CHECK constraint failed")])
def test_any_other_error_stays_what_it_is(error: DatabaseError) -> None:
    with pytest.raises(type(error)) as raised, change(door=Door.COMMAND):
        raise error
    assert raised.value is error


def test_what_is_gone_cannot_be_saved() -> None:
    partner = make.partner()
    Partner.objects.all()._raw_delete("default")
    refused = pytest.raises(ValidationError, match="It was deleted while you were editing it")
    with translation.override("en"), refused, change(door=Door.COMMAND):
        save_record(record=partner)


def test_a_page_that_has_no_place_for_it_is_a_page_with_the_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    intake = make.intake()

    def in_each_others_way(**_: object) -> None:
        raise raised_by(psycopg.errors.DeadlockDetected())

    monkeypatch.setattr("dashboards.views.intakes.reopen_answer", in_each_others_way)
    with translation.override("en"):
        answer = signed_in().post(f"/en/workspace/on-behalf/{intake.pk}/reopen/")
    assert (answer.status_code, SENTENCE in words(answer)) == (409, True)


def test_lists_and_deletions_in_the_administration_tell_what_was_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in()
    period = make.period()

    def in_each_others_way(**_: object) -> None:
        raise raised_by(psycopg.errors.DeadlockDetected())

    monkeypatch.setattr(framework, "lock_period", in_each_others_way)
    chosen = {"action": "lock", "index": "0", "_selected_action": [period.pk]}
    answer = client.post(page(ReportingPeriod, "changelist"), chosen, follow=True)
    assert [str(each) for each in answer.context["messages"]] == [SENTENCE]

    draft = make.submission(state="draft")
    asked = page(Submission, "delete", draft.pk)

    def handed_in_first(self: object, *_: object) -> bool:
        Submission.objects.update(state="submitted")
        return True

    monkeypatch.setattr("indicators.admin.reporting.SubmissionAdmin.has_delete_permission", handed_in_first)
    answer = client.post(asked, {"post": "yes"}, follow=True)
    assert "Only a draft that was never handed in can be thrown away." in [
        str(each) for each in answer.context["messages"]
    ]
    assert Submission.objects.get().state == "submitted"
