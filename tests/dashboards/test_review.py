"""Reviewing a report: what is shown beside each figure, who may decide, and that no reason is ever lost."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions import change
from accounts.choices import Door
from indicators import actions
from indicators.actions import Entry, propose_many
from indicators.models import Actual, Report, Result, ResultNarrative, Review, Submission
from tests import factories as make
from tests.dashboards.people import ENTERER, READER, SPECIALIST, signed_in, staff
from tests.factories import three
from tests.pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

SCRIPT = "<script>alert(1)</script>"


class World:
    """A project with an indicator by sex, a period before and one that is reported now."""

    def __init__(self) -> None:
        self.programme = make.programme(slug="demo", code="DEMO")
        self.before = make.period(programme=self.programme, slug="before", **three("name", "Before"))
        self.period = make.period(
            programme=self.programme,
            slug="now",
            starts_on=date(2021, 1, 1),
            ends_on=date(2021, 6, 30),
            **three("name", "Now"),
        )
        self.project = make.project(programme=self.programme, code="B05.1", slug="B05.1")
        self.result = make.expected_result(programme=self.programme, code="1110", **three("statement", "People learn"))
        self.indicator = make.indicator(
            programme=self.programme, code="P-1", expected_result=self.result, cumulation="per_period", roll_up="sum",
            **three("name", "People trained"),
        )  # fmt: skip
        self.total, self.women, self.men = (self.series(key) for key in ("", "sex=women", "sex=men"))
        self.women.breakdown.categories.get().dimension.__class__.objects.update(is_exhaustive=True)
        make.actual(series=self.total, period=self.before, value=40)
        make.target(series=self.total, period=self.period, value=100)
        make.baseline(series=self.total, value=10)
        self.author = staff(*ENTERER, name="Enzo Enters")
        self.reviewer = staff(*SPECIALIST, name="Rita Reviews")
        self.client = signed_in(user=self.reviewer)
        self.address = "/en/workspace/reports/B05.1/now/review/"

    def series(self, key: str) -> Any:
        return make.series(indicator=self.indicator, project=self.project, key=key)

    def enter(self, **values: int) -> None:
        with change(door=Door.GRID, by=self.author, reason="entered"):
            entries = [
                Entry(getattr(self, name), {"value": Decimal(value), "is_confirmed": True})
                for name, value in values.items()
            ]
            assert propose_many(period=self.period, author=self.author, entries=entries).is_complete

    def hand_in(self) -> None:
        with change(door=Door.GRID, by=self.author, reason="handed in"):
            actions.submit_report(report=Report.objects.get(), by=self.author)

    def submission(self, series: Any) -> Submission:
        return Submission.objects.filter(series=series, period=self.period).latest("number")

    def post(self, action: str, **typed: Any) -> Any:
        seen = self.client.get(self.address).context["sheet"].seen
        return self.client.post(self.address, {"action": action, "seen": seen, **typed})


@pytest.fixture
def world() -> World:
    made = World()
    made.enter(total=60, women=30, men=30)
    made.hand_in()
    return made


def test_each_figure_stands_beside_what_is_known_of_it(world: World) -> None:
    page = world.client.get(world.address)

    [cell, *_parts] = [cell for cell in page.context["sheet"].cells if cell.submission.series == world.total]
    assert (cell.said.actual, cell.last.actual, cell.target.actual, cell.baseline.actual) == (60, 40, 100, 10)
    assert cell.difference == "+20 (+50%)"
    assert cell.flags == []
    assert [step.decision for step in cell.thread] == ["submit"]
    assert "1110 People learn" in words(page)
    # Of a stock the last target before counts, as in the grid.
    type(world.indicator).objects.update(cumulation="stock")
    world.total.targets.update(period=world.before)
    [cell, *_parts] = world.client.get(world.address).context["sheet"].cells
    assert cell.target.actual == 100


def test_an_unusual_value_that_was_confirmed_is_pointed_at(world: World) -> None:
    Submission.objects.filter(series=world.total).update(value=600)

    [cell] = [
        each for each in world.client.get(world.address).context["sheet"].cells if each.submission.series == world.total
    ]

    assert [flag.sentence for flag in cell.flags if flag.kind == "unusual"] == [
        "600 is more than five times the highest value so far, 40. Is it right? Confirmed by whoever entered it."
    ]


def test_a_returned_cell_keeps_every_step_of_its_thread_and_the_others_wait(world: World) -> None:
    women = world.submission(world.women)
    key = women.pk

    refused = world.post("return", **{f"return-{key}": "on", f"text-{key}": f"Which ones? {SCRIPT}"})
    assert "choose a reason for sending it back" in words(refused)
    assert "Which ones?" in refused.content.decode()
    assert SCRIPT not in refused.content.decode()
    page = world.post(
        "return", **{f"return-{key}": "on", f"reason-{key}": "definition", f"text-{key}": f"Which ones? {SCRIPT}"}
    )
    assert "1 figure was sent back." in words(page)
    assert [world.submission(each).state for each in (world.total, world.women, world.men)] == [
        "submitted",
        "returned",
        "submitted",
    ]
    world.enter(women=20)
    world.hand_in()

    page = world.client.get(world.address)
    [cell] = [cell for cell in page.context["sheet"].cells if cell.submission.series == world.women]
    assert [(step.decision, step.reason, step.author.name) for step in cell.thread] == [
        ("submit", "", "Enzo Enters"),
        ("return", "definition", "Rita Reviews"),
        ("submit", "", "Enzo Enters"),
    ]
    assert SCRIPT not in page.content.decode()
    assert [(flag.kind, flag.sentence) for flag in cell.flags] == [
        ("mismatch", "The parts are 10 less than the total: Women, Men")
    ]


def test_approving_asks_why_parts_do_not_add_up_and_shows_the_right_totals_at_once(world: World) -> None:
    key = world.submission(world.women).pk
    world.post("return", **{f"return-{key}": "on", f"reason-{key}": "other", f"text-{key}": "Again"})
    world.enter(women=20)
    world.hand_in()

    refused = world.post("approve")
    assert "the parts do not add up" in words(refused)
    assert not Actual.objects.filter(period=world.period).exists()
    page = world.post("approve", mismatch_reason="Ten did not say.")

    assert "3 figures were approved." in words(page)
    assert Report.objects.get().state == "approved"
    assert {(row.breakdown_key, row.actual) for row in page.context["sheet"].totals if row.project_id} == {("", 60)}
    assert Result.objects.for_staff().get(series=world.women, period=world.period).actual == 20
    texts = set(Review.objects.filter(decision="approve").values_list("text", flat=True))
    assert texts == {"Ten did not say."}


def test_one_figure_is_approved_alone(world: World) -> None:
    page = world.post(f"approve-{world.submission(world.total).pk}", mismatch_reason="")

    assert "Approved:" in words(page)
    assert [world.submission(each).state for each in (world.total, world.women)] == ["approved", "submitted"]
    assert [row.actual for row in page.context["sheet"].totals if row.project_id] == [60]


def test_ones_own_report_needs_a_reason(world: World) -> None:
    Submission.objects.update(author=world.reviewer)
    Report.objects.update(submitted_by=world.reviewer)

    assert "or a reason is stated" in words(world.post("approve"))
    world.post("approve", own_reason="Nobody else is here this week.")

    assert Report.objects.get().own_approval_reason == "Nobody else is here this week."


def test_nothing_is_decided_that_the_reviewer_did_not_see(world: World) -> None:
    seen = world.client.get(world.address).context["sheet"].seen
    key = world.submission(world.women).pk
    world.post("return", **{f"return-{key}": "on", f"reason-{key}": "other", f"text-{key}": "Again"})
    world.enter(
        women=25,
    )
    world.hand_in()

    page = world.client.post(world.address, {"action": "approve", "seen": seen, "mismatch_reason": "x"})

    assert "while you were looking" in words(page)
    assert not Actual.objects.filter(period=world.period).exists()
    ticked = world.post("approve", **{f"return-{key}": "on"})
    assert "ticked to be sent back" in words(ticked)
    assert "9" * 30 not in words(world.post(f"return-{'9' * 30}"))
    assert world.post("nothing").status_code == 200


def test_a_correction_of_a_published_figure_stands_beside_the_first_one_and_its_reason_is_public(world: World) -> None:
    world.post("approve")
    with change(door=Door.ADMIN, by=world.reviewer, reason="end"):
        world.period = actions.publish_period(period=actions.lock_period(period=world.period))
    world.author = world.reviewer
    world.enter(total=66, women=33, men=33)
    world.hand_in()

    page = world.client.get(world.address)
    [cell] = [cell for cell in page.context["sheet"].cells if cell.submission.series == world.total]
    assert (cell.approved.actual, cell.said.actual) == (60, 66)
    assert page.context["sheet"].is_correction
    world.post("approve", change_reason="Six came late.", own_reason="Alone")

    actual = Actual.objects.get(series=world.total, period=world.period)
    assert (actual.value, actual.first_published_value) == (66, 60)
    assert "first published as 60" in words(world.client.get(world.address))
    public = words(Client().get(f"/en/indicators/{world.indicator.slug}/history/"))
    assert "60 → changed to 66 people entry grid Reason: Six came late." in public
    for secret in ("Alone", "Rita", "Enzo"):
        assert secret not in public


@pytest.mark.parametrize(
    ("permissions", "looks", "decides"),
    [((), 403, 403), (READER, 200, 403), (ENTERER, 200, 403), (SPECIALIST, 200, 200)],
)
def test_readers_look_and_only_specialists_decide(world: World, permissions: Any, looks: int, decides: int) -> None:
    client = signed_in(*permissions)

    assert client.get(world.address).status_code == looks
    assert client.post(world.address, {"action": "approve"}).status_code == decides
    assert not Actual.objects.filter(period=world.period).exists()


def test_partners_and_strangers_see_no_report(world: World) -> None:
    assert Client().get(world.address).status_code == 302
    partner = signed_in(user=make.membership(partner=make.partnership(project=world.project).partner).user)
    assert partner.get(world.address).status_code == 403
    assert partner.get("/en/workspace/reports/B05.1/now/narrative/").status_code == 403
    assert world.client.get("/en/workspace/reports/B05.1/nothing/review/").status_code == 404


def test_the_review_costs_the_same_with_one_and_with_three_figures(world: World) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert world.client.get(world.address).status_code == 200
        return len(asked)

    three_figures = cost()
    with change(door=Door.COMMAND):
        Review.objects.filter(submission__series__in=[world.women, world.men]).delete()
        Submission.objects.filter(series__in=[world.women, world.men]).delete()

    assert (cost(), three_figures) == (21, 21)


# --- Narrative -------------------------------------------------------------------------------------


def test_a_narrative_is_written_in_three_languages_and_shown_as_plain_text(world: World) -> None:
    Report.objects.update(state="draft")
    client = signed_in(*ENTERER)
    address = "/en/workspace/reports/B05.1/now/narrative/"
    key = world.result.pk
    typed = {f"version-{key}": "0", f"narrative_en-{key}": f"We learned {SCRIPT}", f"variance_fr-{key}": "Parce que"}

    assert client.post(address, typed).status_code == 302

    record = ResultNarrative.objects.get()
    assert (record.narrative_en, record.variance_fr) == (f"We learned {SCRIPT}", "Parce que")
    assert SCRIPT not in world.client.get(world.address).content.decode()
    assert "We learned" in words(world.client.get(world.address))
    # Somebody who saw the page empty overwrites nothing, and loses nothing.
    stale = client.post(address, {f"version-{key}": "0", f"narrative_en-{key}": "Another text"})
    assert "Somebody else saved a text" in words(stale)
    assert "Another text" in stale.content.decode()
    assert "We learned" in words(stale)
    assert ResultNarrative.objects.get().narrative_en == f"We learned {SCRIPT}"
    assert client.post(address, {f"version-{key}": "x", f"narrative_en-{key}": "y"}).status_code == 200
    assert "at most 20000" in words(client.post(address, {f"version-{key}": "1", f"narrative_en-{key}": "y" * 20001}))
    assert signed_in(*READER).get(address).status_code == 403


def test_the_narrative_of_a_report_under_review_is_not_changed(world: World) -> None:
    key = world.result.pk
    page = signed_in(*ENTERER).post(
        "/en/workspace/reports/B05.1/now/narrative/", {f"version-{key}": "0", f"narrative_en-{key}": "Late"}
    )
    assert "can be changed once it is returned" in words(page)
    assert not ResultNarrative.objects.exists()
