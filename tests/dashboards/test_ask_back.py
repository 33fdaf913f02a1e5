"""Asking for figures that were handed in: who may and when, who is told, and what becomes of them."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.actions import change
from accounts.choices import Door
from accounts.models import Change, User
from accounts.roles import SPECIALISTS
from indicators.actions import ask_back, hand_in, submit_report
from indicators.actions.submissions import Returned, approve_many, discard, return_many
from indicators.choices import ReturnReason
from indicators.models import Notification, ReportingPeriod, Review, Submission
from tests import factories as make
from tests.dashboards.partners_side import Side, answer, signed_in
from tests.pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


class Handed:
    """A and B have handed in a figure each; B's stays where it is, whatever A does."""

    def __init__(self) -> None:
        self.side = Side()
        self.reviewer = make.staff(SPECIALISTS, language="en")
        self.person, self.lead = self.side.person("A"), self.side.person("Lead", "lead")
        self.own = self.side.submission(self.side.series("A"), value=Decimal(7))
        self.other = self.side.submission(self.side.series("B"))
        for by in (self.person, self.side.person("B")):
            with change(door=Door.WORKSPACE, by=by):
                hand_in(project=self.side.project, period=self.side.period, by=by)

    def ask(self, by: User | None = None) -> Any:
        by = by or self.person
        with change(door=Door.WORKSPACE, by=by):
            return ask_back(project=self.side.project, period=self.side.period, by=by)

    def decide(self, kind: str, *submissions: Submission) -> None:
        with change(door=Door.GRID, by=self.reviewer):
            if kind == "return":
                cells = [Returned(each, ReturnReason.OUTLIER) for each in submissions]
                return_many(cells=cells, by=self.reviewer)
            else:
                approve_many(submissions=submissions, by=self.reviewer)

    def forward(self) -> None:
        with change(door=Door.WORKSPACE, by=self.lead):
            submit_report(report=self.side.report(), by=self.lead)

    @property
    def states(self) -> tuple[str, str, str]:
        """Of A's figure, of B's, and of the report."""
        of = {each.pk: each.state for each in Submission.objects.all()}
        return of[self.own.pk], of[self.other.pk], self.side.report().state


@pytest.fixture
def handed() -> Handed:
    return Handed()


def test_an_institution_gets_its_own_figures_back_with_their_thread_in_one_change(handed: Handed) -> None:
    assert [each.pk for each in handed.ask()] == [handed.own.pk]
    assert handed.states == ("draft", "submitted", "draft")
    thread = Review.objects.filter(submission=handed.own).order_by("pk")
    assert list(thread.values_list("decision", "author")) == [
        ("submit", handed.person.pk),
        ("withdraw", handed.person.pk),
    ]
    [row] = Submission.history.filter(id=handed.own.pk, state="draft", submitted_at__isnull=False)
    assert Change.objects.get(pk=row.change_id).made_by == handed.person
    # What has a thread is corrected, not thrown away.
    with pytest.raises(ValidationError, match="never handed in"):
        discard(submission=handed.own, by=handed.person)


def test_those_who_received_it_and_those_who_report_it_are_told(handed: Handed) -> None:
    colleague = handed.side.person("A")
    stranger, viewer = handed.side.person("B"), handed.side.person("A", "viewer")
    Notification.objects.all().delete()
    handed.ask()
    told = dict(Notification.objects.values_list("user", "number"))
    assert told == dict.fromkeys([handed.reviewer.pk, handed.lead.pk, colleague.pk], 1)
    assert told.keys().isdisjoint({stranger.pk, viewer.pk, handed.person.pk})
    assert "was asked back by its institution" in Notification.objects.first().sentence


def test_only_those_who_enter_figures_of_an_institution_ask(handed: Handed) -> None:
    for who in (handed.side.person("A", "viewer"), handed.reviewer, make.user()):
        with pytest.raises(PermissionDenied):
            handed.ask(who)
    with pytest.raises(ValidationError, match="nothing to ask back"):
        handed.ask(handed.lead)
    assert handed.states == ("submitted", "submitted", "draft")


def _returned_and_handed_in_again(handed: Handed) -> None:
    handed.decide("return", handed.own)
    with change(door=Door.WORKSPACE, by=handed.person):
        hand_in(project=handed.side.project, period=handed.side.period, by=handed.person)


@pytest.mark.parametrize(
    ("happened", "sentence"),
    [
        (lambda handed: handed.decide("approve", handed.own), "already decided"),
        (lambda handed: handed.decide("return", handed.own), "already decided"),
        (_returned_and_handed_in_again, "already decided"),
        (lambda handed: handed.forward(), "ask the lead to ask for it back"),
        (lambda handed: ReportingPeriod.objects.update(state="locked"), "The period is closed"),
        (lambda handed: handed.ask(), "nothing to ask back"),
    ],
)
def test_it_is_refused_in_a_sentence_once_it_is_too_late(handed: Handed, happened: Any, sentence: str) -> None:
    happened(handed)
    before = handed.states
    handed.side.period.refresh_from_db()
    with pytest.raises(ValidationError, match=sentence):
        handed.ask()
    assert handed.states == before


def test_what_was_decided_about_another_institution_stands_in_nobodys_way(handed: Handed) -> None:
    handed.decide("approve", handed.other)
    handed.ask()
    assert handed.states == ("draft", "approved", "draft")


def test_the_lead_gets_the_whole_report_back_until_anything_is_decided(handed: Handed) -> None:
    of_staff = handed.side.submission(make.series(project=handed.side.project, indicator=handed.side.indicator()))
    Submission.objects.filter(pk=of_staff.pk).update(state="submitted")
    handed.forward()
    handed.ask(handed.lead)
    assert handed.states == ("draft", "draft", "draft")
    assert handed.side.report().submitted_by is None
    assert Submission.objects.get(pk=of_staff.pk).state == "submitted"

    handed.forward()
    handed.decide("return", handed.own)
    with pytest.raises(ValidationError, match="already decided"):
        handed.ask(handed.lead)


def test_the_page_gives_it_back_and_it_is_corrected_and_handed_in_again(handed: Handed) -> None:
    client = signed_in(handed.person)
    for page in ("questions/", "receipt/"):
        assert "Ask for it back" in words(client.get(f"{handed.side.path}{page}"))
    given = client.post(f"{handed.side.path}questions/", {"action": "ask_back"}, follow=True)
    assert "1 figure is yours again" in words(given)
    assert "Ask for it back" not in words(given)
    series = handed.own.series
    answer(client, handed.side.question(series), **{f"v{series.pk}": "9"})
    assert "asked back" in words(client.get(handed.side.question(series)))
    client.post(f"{handed.side.path}questions/", {"action": "own"})
    assert (Submission.objects.get(pk=handed.own.pk).value, *handed.states) == (9, "submitted", "submitted", "draft")

    handed.decide("approve", handed.own)
    assert "Ask for it back" not in words(client.get(f"{handed.side.path}receipt/"))
    refused = client.post(f"{handed.side.path}questions/", {"action": "ask_back"})
    assert (refused.status_code, "already decided" in words(refused)) == (422, True)
    # Whoever only reads is not asked.
    assert "Ask for it back" not in words(
        signed_in(handed.side.person("A", "viewer")).get(f"{handed.side.path}receipt/")
    )
    assert (
        signed_in(handed.side.person("A", "viewer"))
        .post(f"{handed.side.path}questions/", {"action": "ask_back"})
        .status_code
        == 403
    )
