"""Evidence is attached while a figure is entered; what a figure was handed in or approved on is not quietly another."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone, translation

from accounts.actions import change
from accounts.choices import Door
from accounts.roles import DATA_ENTRY, SPECIALISTS
from indicators.actions.evidence import remove_evidence, save_evidence
from indicators.models import Evidence, Submission
from tests import factories as make
from tests.admin_pages import page, signed_in, typed

pytestmark = pytest.mark.django_db

OPEN, CLOSED = ("draft", "returned"), ("submitted", "approved")


def attached(state: str) -> Evidence:
    fields: dict[str, Any] = {}
    if state == "approved":
        actual = make.actual()
        fields = {"series": actual.series, "period": actual.period, "actual": actual}
    return make.evidence(submission=make.submission(state=state, **fields), title="List of participants")


@pytest.mark.parametrize("state", [*OPEN, *CLOSED])
@pytest.mark.parametrize("role", [DATA_ENTRY, SPECIALISTS])
@pytest.mark.parametrize("reason", ["", "Wrong scan"])
def test_who_alters_evidence_at_which_step_and_with_what(state: str, role: str, reason: str) -> None:
    by, record = make.staff(role), attached(state)
    pk = record.pk
    wanted = None if state in OPEN else PermissionDenied if role == DATA_ENTRY else None if reason else ValidationError
    for write in (save_evidence, remove_evidence):
        record.title = "Another list"
        found = None
        try:
            with change(door=Door.ADMIN, by=by, reason=reason):
                write(record=record)
        except (PermissionDenied, ValidationError) as refused:
            found = type(refused)
        assert found == wanted, write
    told = Evidence.history.filter(id=pk).order_by("history_id")
    kinds = ["+"] if wanted else ["+", "~", "-"]
    assert [(row.history_type, row.change.made_by) for row in told][1:] == [(kind, by) for kind in kinds[1:]]


@pytest.mark.parametrize(("state", "follows"), [("draft", True), ("submitted", True), ("approved", False)])
def test_a_new_piece_may_follow_until_the_figure_is_approved(state: str, follows: bool) -> None:
    submission = attached(state).submission
    record = Evidence(code="letter", submission=submission, title="Letter", is_on_request=True)
    refused = False
    try:
        with change(door=Door.ADMIN, by=make.staff(DATA_ENTRY)):
            save_evidence(record=record)
    except PermissionDenied:
        refused = True
    assert (refused, submission.evidence.count()) == (not follows, 1 + follows)


@pytest.mark.parametrize(("settlement", "follows"), [("pending", True), ("adopted", False)])
def test_what_an_institution_gave_is_changed_by_a_specialist_alone(settlement: str, follows: bool) -> None:
    moment = None if settlement == "pending" else timezone.now()
    answer = make.confirmation(settlement=settlement, settled_at=moment)
    record = make.evidence(confirmation=answer, link="https://example.org/list")
    by = make.staff(DATA_ENTRY)
    for write in (save_evidence, remove_evidence):
        with pytest.raises(PermissionDenied), change(door=Door.ADMIN, by=by, reason="Tidier"):
            write(record=record)
    more = Evidence(code="letter", confirmation=answer, title="Letter", is_on_request=True)
    try:
        with change(door=Door.ADMIN, by=by):
            save_evidence(record=more)
    except PermissionDenied:
        pass
    assert answer.evidence.count() == 1 + follows
    with change(door=Door.ADMIN, by=make.staff(SPECIALISTS), reason="Asked for by the institution"):
        remove_evidence(record=record)
    assert answer.evidence.count() == int(follows)
    assert signed_in().get(page(Evidence, "changelist")).status_code == 200


def test_nothing_is_moved_away_from_an_approved_figure() -> None:
    record, other = attached("approved"), make.submission()
    record.submission = other
    with pytest.raises(PermissionDenied), change(door=Door.ADMIN, by=make.staff(DATA_ENTRY)):
        save_evidence(record=record)
    assert Evidence.objects.get().submission != other


def test_the_pages_of_the_administration_show_it_and_ask_for_the_reason() -> None:
    record = attached("approved")
    enterer: Client = signed_in(make.staff(DATA_ENTRY))
    own, figure = page(Evidence, "change", record.pk), page(Submission, "change", record.submission.pk)
    for address in (own, figure):
        assert enterer.get(address).status_code == 200
        assert enterer.post(address, {"title": "Another"}).status_code == 403
    assert enterer.post(page(Evidence, "delete", record.pk), {"post": "yes"}).status_code == 403
    many = {"action": "delete_selected", "_selected_action": [record.pk], "post": "yes"}
    assert enterer.post(page(Evidence, "changelist"), many).status_code == 403

    specialist: Any = signed_in(make.staff(SPECIALISTS))
    sent = typed(specialist.get(own), title="The right list")
    with translation.override("en"):
        answer = specialist.post(own, sent)
        assert "This evidence was given already: say why it changes." in answer.content.decode()
        answer = specialist.post(page(Evidence, "delete", record.pk), {"post": "yes"}, follow=True)
        assert "This evidence was given already: say why it changes." in answer.content.decode()
    assert specialist.post(own, sent | {"change_reason": "Wrong scan"}).status_code == 302
    assert Evidence.objects.get().title == "The right list"
    assert Evidence.history.latest("history_id").change.reason == "Wrong scan"


def test_evidence_typed_beside_a_figure_that_is_handed_in_meanwhile_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    record = attached("draft")
    client: Any = signed_in(make.staff(DATA_ENTRY))
    address = page(Submission, "change", record.submission.pk)
    sent = typed(client.get(address), **{"evidence-0-title": "Another list"})

    def still_a_draft(self: object, request: object, obj: Submission | None = None) -> bool:
        Submission.objects.update(state="submitted")
        return True

    monkeypatch.setattr("indicators.admin.reporting.SubmissionAdmin.has_change_permission", still_a_draft)
    assert client.post(address, sent).status_code == 403
    assert Evidence.objects.get().title == "List of participants"
