"""Many cells at once: what is kept, refused, asked about and never lost; and what it costs."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.actions import change
from accounts.choices import Door
from accounts.models import User
from indicators import actions
from indicators.actions import Entered, Entry
from indicators.choices import ReturnReason, Route, SubmissionState
from indicators.models import Actual, Report, ReportingPeriod, Series, Submission
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _open_change(db: None) -> Any:
    with translation.override("en"), change(door=Door.GRID, reason=""):
        yield


@pytest.fixture
def period() -> ReportingPeriod:
    return make.period(starts_on=date(2021, 1, 1), ends_on=date(2021, 6, 30))


@pytest.fixture
def author() -> User:
    return make.enterer()


def lines(period: ReportingPeriod, number: int, **indicator: Any) -> list[Series]:
    """So many series of one new project, with all that their rules read."""
    project = make.project(programme=period.programme)
    for _ in range(number):
        series = make.series(project=project, indicator=make.indicator(programme=period.programme, **indicator))
        actions.refresh_results(series=[series])
    return list(Series.objects.filter(project=project).with_scope().order_by("pk"))


def enter(period: ReportingPeriod, author: User, *cells: tuple[Series, Any], **more: Any) -> Entered:
    """Enter plain values, or figures, or None."""
    entries = [
        Entry(each, {"value": Decimal(cell)} if isinstance(cell, int) else cell, more.get("version"))
        for each, cell in cells
    ]
    given = {name: value for name, value in more.items() if name != "version"}
    return actions.propose_many(period=period, author=author, entries=entries, **given)


def values() -> dict[int, Any]:
    return dict(Submission.objects.values_list("series", "value"))


def test_zero_not_applicable_and_not_yet_are_three_answers(period: ReportingPeriod, author: User) -> None:
    zero, none, later, empty = lines(period, 4)
    found = enter(
        period, author, (zero, 0), (none, {"is_not_applicable": True}), (later, {"is_not_yet": True}), (empty, None)
    )
    assert (sorted(found.saved), found.unchanged) == ([zero.pk, none.pk, later.pk], {empty.pk})
    assert [
        (each.value, each.is_not_applicable, each.is_not_yet, each.state)
        for each in Submission.objects.order_by("series")
    ] == [(0, False, False, "draft"), (None, True, False, "draft"), (None, False, True, "draft")]
    assert {each.report for each in Submission.objects.all()} == {Report.objects.get()}


def test_the_good_cells_are_kept_and_each_other_one_says_why(period: ReportingPeriod, author: User) -> None:
    good, half, negative, double, words = lines(period, 5)
    found = enter(
        period,
        author,
        (good, 12),
        (half, {"value": Decimal("1.5")}),
        (negative, -1),
        (double, {"value": Decimal(1), "share": Decimal(2)}),
        (words, {"qualifier": "perhaps", "value": Decimal(1)}),
    )
    assert values() == {good.pk: 12}
    assert found.refused == {
        half.pk: ["This indicator counts whole numbers."],
        negative.pk: ["A count is zero or more."],
        double.pk: [
            "A share belongs in a breakdown, not in the total.",
            "Give a value or a share of the total, not both.",
        ],
        words.pk: ["Value 'perhaps' is not a valid choice."],
    }
    assert not found.is_complete


def test_a_value_far_from_the_others_is_asked_about_and_kept_when_confirmed(
    period: ReportingPeriod, author: User
) -> None:
    (series,) = lines(period, 1)
    before = make.period(programme=period.programme, starts_on=date(2020, 7, 1), ends_on=date(2020, 12, 31))
    make.actual(series=series, period=before, value=Decimal(120))
    found = enter(period, author, (series, 1200))
    assert found.unusual == {series.pk: "1,200 is more than five times the highest value so far, 120. Is it right?"}
    assert not Submission.objects.exists()
    found = enter(period, author, (series, {"value": Decimal(1200), "is_confirmed": True}))
    assert (found.saved[series.pk].value, found.saved[series.pk].is_confirmed) == (1200, True)
    # Sent again as it stands, it is not asked about again.
    assert enter(period, author, (series, 1200)).unchanged == {series.pk}


def test_what_says_nothing_new_writes_nothing(period: ReportingPeriod, author: User) -> None:
    (series,) = lines(period, 1)
    enter(period, author, (series, 5))
    assert enter(period, author, (series, {"value": Decimal("5.0000")})).unchanged == {series.pk}
    assert (Submission.objects.get().version, Submission.history.count()) == (1, 1)
    assert enter(period, author, (series, None)).emptied == {series.pk}
    assert (Submission.objects.count(), Submission.history.count()) == (0, 2)


def test_an_approved_figure_stands_in_its_cell_and_another_one_is_a_new_proposal(
    period: ReportingPeriod, author: User
) -> None:
    (series,) = lines(period, 1)
    reviewer = make.reviewer()
    report = approved(period, author, reviewer, (series, 5))
    assert enter(period, author, (series, 5)).unchanged == {series.pk}
    assert enter(period, author, (series, {"is_not_yet": True})).refused == {
        series.pk: ["A figure was approved already: enter another one, or leave it as it is."]
    }
    second = enter(period, author, (series, 6)).saved[series.pk]
    report.refresh_from_db()
    assert (second.number, second.report, report.state, Actual.objects.get().value) == (2, report, "draft", 5)


def approved(period: ReportingPeriod, author: User, reviewer: User, *cells: tuple[Series, Any]) -> Report:
    enter(period, author, *cells)
    report = actions.submit_report(report=Report.objects.get(period=period, project=cells[0][0].project), by=author)
    return actions.approve_report(report=report, by=reviewer)


def test_a_figure_of_another_institution_report_or_programme_is_refused(period: ReportingPeriod, author: User) -> None:
    mine, decoy = lines(period, 1)[0], lines(period, 1)[0]
    foreign = Series.objects.with_scope().get(pk=make.series().pk)
    report = actions.open_report(project=mine.project, period=period)
    found = enter(period, author, (mine, 1), (decoy, 2), report=report)
    assert (sorted(found.saved), found.refused) == ([mine.pk], {decoy.pk: ["This figure belongs to another report."]})
    assert enter(period, author, (foreign, 1)).refused == {
        foreign.pk: ["This figure belongs to another programme than the period."]
    }
    contributor = make.membership(partner=make.partner()).user
    reader = make.user(is_staff=True)
    for person in (contributor, reader, make.enterer(is_active=False)):
        assert enter(period, person, (decoy, 3)).refused == {
            decoy.pk: ["This figure is reported by another institution."]
        }
    assert values() == {mine.pk: 1}


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(period: ReportingPeriod, author: User) -> None:
    (series,) = lines(period, 1)
    colleague = make.enterer()
    enter(period, colleague, (series, 5), version=0)
    found = enter(period, author, (series, 7), version=0)
    assert (found.stale[series.pk].value, found.stale[series.pk].author, values()) == (5, colleague, {series.pk: 5})
    # Having seen it, the writer decides.
    assert enter(period, author, (series, 7), version=1).saved[series.pk].value == 7
    assert enter(period, author, (series, 5), version=2).saved[series.pk].version == 3


def test_a_draft_that_was_withdrawn_meanwhile_is_told(period: ReportingPeriod, author: User) -> None:
    (series,) = lines(period, 1)
    enter(period, author, (series, 5))
    enter(period, author, (series, None))
    assert enter(period, author, (series, 6), version=1).refused == {
        series.pk: ["Somebody approved or withdrew this figure meanwhile: load the page again."]
    }


def test_only_returned_cells_open_again(period: ReportingPeriod, author: User) -> None:
    wrong, right, new = lines(period, 3)
    reviewer = make.reviewer()
    enter(period, author, (wrong, 5), (right, 6))
    report = actions.submit_report(report=Report.objects.get(), by=author)
    waits = "The report was handed in: until it is returned, only the figures sent back can be changed."
    being_reviewed = "This figure is being reviewed: it can be changed once it is returned."
    assert enter(period, author, (right, 7), (new, 8)).refused == {right.pk: [being_reviewed], new.pk: [waits]}
    cell = actions.Returned(Submission.objects.get(series=wrong), ReturnReason.OUTLIER, "Ten times the last.")
    report = actions.return_cells(report=report, by=reviewer, cells=[cell])
    assert report.state == SubmissionState.RETURNED
    found = enter(period, author, (wrong, 4), (right, 7))
    assert (sorted(found.saved), found.refused) == ([wrong.pk], {right.pk: [being_reviewed]})
    assert enter(period, author, (wrong, None)).refused == {
        wrong.pk: [
            "This figure was handed in before, so it cannot be left empty: correct it, or say that it is not known yet."
        ]
    }
    report = actions.submit_report(report=report, by=author)
    actions.approve_report(report=report, by=reviewer)
    assert sorted(Actual.objects.values_list("value", flat=True)) == [4, 6]
    thread = [(each.decision, each.reason) for each in Submission.objects.get(series=wrong).reviews.all()]
    assert thread == [("submit", ""), ("return", "outlier"), ("submit", ""), ("approve", "")]
    assert actions.check_results() == []


def test_the_same_cell_twice_is_refused_whole(period: ReportingPeriod, author: User) -> None:
    (series,) = lines(period, 1)
    with pytest.raises(ValidationError, match="filled twice"):
        enter(period, author, (series, 5), (series, 6))
    assert not Submission.objects.exists()


# --- Closed periods --------------------------------------------------------------------------------------------------


def test_a_closed_period_is_corrected_by_specialists_alone_and_for_a_reason(
    period: ReportingPeriod, author: User
) -> None:
    (series,) = lines(period, 1)
    specialist, other = make.specialist(), make.specialist()
    approved(period, author, specialist, (series, 40))
    with change(door=Door.ADMIN, by=specialist):
        actions.publish_period(period=actions.lock_period(period=period))
    with pytest.raises(ValidationError, match="ask a monitoring specialist"):
        enter(period, author, (series, 42))
    with pytest.raises(ValidationError, match="say why the figure is corrected"):
        enter(period, specialist, (series, 42))
    with change(door=Door.GRID, by=specialist, reason="Two certificates were counted late."):
        draft = enter(period, specialist, (series, 42)).saved[series.pk]
        actions.submit(submission=draft, by=specialist)
    assert Actual.objects.get().value == 40
    with pytest.raises(PermissionDenied), change(door=Door.GRID, by=(reviewer := make.reviewer())):
        actions.approve(submission=draft, by=reviewer)
    with change(door=Door.GRID, by=other) as made:
        actual = actions.approve(submission=draft, by=other)
    assert actual is not None
    assert (actual.value, actual.first_published_value) == (42, 40)
    assert actual.first_published_on == timezone.localdate(period.__class__.objects.get().published_at)
    made.refresh_from_db()
    assert made.reason == "Two certificates were counted late."


def test_a_locked_period_is_still_reviewed(period: ReportingPeriod, author: User) -> None:
    (series,) = lines(period, 1)
    reviewer = make.reviewer()
    enter(period, author, (series, 40))
    report = actions.submit_report(report=Report.objects.get(), by=author)
    with change(door=Door.ADMIN, by=make.specialist()):
        actions.lock_period(period=period)
    with change(door=Door.GRID, by=reviewer):
        actions.approve_report(report=report, by=reviewer)
    assert Actual.objects.get().value == 40


@pytest.mark.parametrize("step", [actions.lock_period, actions.publish_period, actions.reopen_period])
def test_closing_a_period_is_a_right_of_its_own(period: ReportingPeriod, step: Any) -> None:
    reviewer = make.reviewer()
    with pytest.raises(PermissionDenied), change(door=Door.ADMIN, by=reviewer, reason="Because"):
        step(period=period)


# --- Review ----------------------------------------------------------------------------------------------------------


def test_parts_that_do_not_add_up_are_approved_for_a_reason_alone(period: ReportingPeriod, author: User) -> None:
    project = make.project(programme=period.programme)
    indicator = make.indicator(programme=period.programme)
    for key in ("", "sex=women", "sex=men"):
        make.series(indicator=indicator, project=project, key=key)
    total, men, women = Series.objects.filter(project=project).with_scope().order_by("breakdown__key")
    reviewer = make.reviewer()
    enter(period, author, (total, 10), (women, 6), (men, 5))
    report = actions.submit_report(report=Report.objects.get(), by=author)
    (gap,) = actions.gaps(period=period, submissions=report.submissions.all())
    assert (gap.total, set(gap.parts), gap.missing) == (total, {women, men}, -1)
    with pytest.raises(ValidationError, match="the parts do not add up"):
        actions.approve_report(report=report, by=reviewer)
    assert not Actual.objects.exists()
    actions.approve_report(report=report, by=reviewer, mismatch_reason="One person registered twice.")
    assert Actual.objects.count() == 3
    assert {(each.reviews.last().reason, each.reviews.last().text) for each in Submission.objects.all()} == {
        ("mismatch", "One person registered twice.")
    }
    assert actions.check_results() == []


def test_parts_of_a_scope_that_are_more_than_their_project_are_told(period: ReportingPeriod, author: User) -> None:
    project = make.project(programme=period.programme)
    indicator = make.indicator(programme=period.programme, roll_up="sum")
    total = make.series(indicator=indicator, project=project)
    parts = [make.series(indicator=indicator, project=project, partner=make.partner()) for _ in range(2)]
    decoy = make.series(indicator=indicator, project=make.project(programme=period.programme))
    make.actual(series=decoy, period=period, value=Decimal(99))
    listed = {each.pk: each for each in Series.objects.with_scope()}
    enter(period, author, (listed[total.pk], 10), *((listed[each.pk], 6) for each in parts))
    (gap,) = actions.gaps(period=period, submissions=Submission.objects.all())
    assert (gap.total, set(gap.parts), gap.missing) == (total, set(parts), -2)


def test_not_yet_is_approved_without_becoming_a_figure(period: ReportingPeriod, author: User) -> None:
    (series,) = lines(period, 1)
    approved(period, author, make.reviewer(), (series, {"is_not_yet": True}))
    assert (Submission.objects.get().state, Submission.objects.get().actual) == ("approved", None)
    assert not Actual.objects.exists()


def test_a_reviewer_returns_nothing_without_a_reason_nor_of_another_report(
    period: ReportingPeriod, author: User
) -> None:
    mine, decoy = lines(period, 1)[0], lines(period, 1)[0]
    reviewer = make.reviewer()
    enter(period, author, (mine, 5), (decoy, 6))
    for report in Report.objects.all():
        actions.submit_report(report=report, by=author)
    report = Report.objects.get(project=mine.project)
    cells = {each.series_id: each for each in Submission.objects.all()}
    refused = {
        "Choose the figures": [],
        "needs a reason": [actions.Returned(cells[mine.pk], "")],  # type: ignore[arg-type]
        "another report": [actions.Returned(cells[decoy.pk], ReturnReason.OTHER)],
    }
    for sentence, returned in refused.items():
        with pytest.raises(ValidationError, match=sentence):
            actions.return_cells(report=report, by=reviewer, cells=returned)
    with pytest.raises(PermissionDenied):
        actions.return_cells(report=report, by=author, cells=[actions.Returned(cells[mine.pk], ReturnReason.OTHER)])
    assert set(Submission.objects.values_list("state", flat=True)) == {"submitted"}


# --- On behalf -------------------------------------------------------------------------------------------------------


@pytest.fixture
def intake(period: ReportingPeriod, author: User) -> Any:
    project = make.project(programme=period.programme)
    return actions.open_intake(
        report=actions.open_report(project=project, period=period),
        partner=make.partner(),
        channel="phone",
        received_on=date(2021, 7, 2),
        by=author,
    )


def entered_on_behalf(intake: Any, author: User) -> Submission:
    series = make.series(
        indicator=make.indicator(programme=intake.report.period.programme), project=intake.report.project
    )
    series = Series.objects.with_scope().get(pk=series.pk)
    found = enter(intake.report.period, author, (series, 5), intake=intake)
    actions.submit_report(report=intake.report, by=author)
    return found.saved[series.pk]


def test_a_partner_confirms_what_was_entered_on_its_behalf_in_one_step(intake: Any, author: User) -> None:
    draft = entered_on_behalf(intake, author)
    assert (draft.route, draft.channel, draft.received_on) == (Route.ON_BEHALF, "phone", date(2021, 7, 2))
    actual = actions.approve(submission=draft, by=make.reviewer())
    assert actual is not None
    assert actual.verification == "unconfirmed"
    actions.answer_intake(intake=intake, answer="confirmed")
    actual.refresh_from_db()
    assert (actual.verification, actual.version, len(intake.code)) == ("confirmed", 2, 43)
    with pytest.raises(ValidationError, match="answered already"):
        actions.answer_intake(intake=intake, answer="disputed", text="No")
    assert actions.check_results() == []


def test_what_the_partner_disputes_is_approved_for_a_reason_alone(intake: Any, author: User) -> None:
    draft = entered_on_behalf(intake, author)
    with pytest.raises(ValidationError, match="Say what is wrong"):
        actions.answer_intake(intake=intake, answer="disputed", text="  ")
    actions.answer_intake(intake=intake, answer="disputed", text="We said 50.")
    reviewer = make.reviewer()
    with pytest.raises(ValidationError, match="The partner disputes"):
        actions.approve(submission=draft, by=reviewer)
    actual = actions.approve(submission=draft, by=reviewer, dispute_reason="The certificates say 5.")
    assert actual is not None
    assert (actual.verification, draft.reviews.last().text) == ("unconfirmed", "The certificates say 5.")


def test_a_confirmation_is_not_of_a_figure_that_came_later(intake: Any, author: User) -> None:
    draft = entered_on_behalf(intake, author)
    reviewer = make.reviewer()
    actions.approve(submission=draft, by=reviewer)
    Report.objects.update(state="draft")
    later = enter(intake.report.period, author, (Series.objects.with_scope().get(pk=draft.series_id), 6))
    actions.approve(submission=actions.submit(submission=later.saved[draft.series_id], by=author), by=reviewer)
    actions.answer_intake(intake=intake, answer="confirmed")
    assert (Actual.objects.get().value, Actual.objects.get().verification) == (6, "unconfirmed")


def test_only_staff_who_enter_figures_do_so_on_behalf(intake: Any) -> None:
    with pytest.raises(PermissionDenied):
        actions.reopen_answer(intake=intake, by=make.user(is_staff=True))
    with pytest.raises(ValidationError, match="after today"):
        actions.open_intake(
            report=intake.report,
            partner=intake.partner,
            channel="phone",
            received_on=date(2999, 1, 1),
            by=make.enterer(),
        )


# --- Two people ------------------------------------------------------------------------------------------------------


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.integers(0, 1), st.sampled_from(["read", "save", "empty"]), st.integers(0, 3)), max_size=12)
)
def test_no_sequence_of_edits_by_two_people_loses_a_value_silently(steps: list[tuple[int, str, int]]) -> None:
    """Whoever saves has seen what stood there, or is told what somebody else had saved."""
    with change(door=Door.GRID):
        period = make.period()
        people = [make.enterer(), make.enterer()]
        (series,) = lines(period, 1)
        seen: list[tuple[int, Any]] = [(0, None), (0, None)]
        for person, step, value in steps:
            current = Submission.objects.filter(series=series).first()
            before = None if current is None else current.value
            if step == "read":
                seen[person] = (0, None) if current is None else (current.version, current.value)
                continue
            cell = None if step == "empty" else value
            found = enter(period, people[person], (series, cell), version=seen[person][0])
            after = Submission.objects.filter(series=series).first()
            if found.stale or found.refused:
                assert (None if after is None else after.value) == before
            else:
                assert before == seen[person][1] or before == cell
                seen[person] = (0, None) if after is None else (after.version, after.value)


# --- Cost ------------------------------------------------------------------------------------------------------------


def test_two_hundred_cells_cost_as_many_queries_as_one(period: ReportingPeriod, author: User) -> None:
    costs = []
    for number in (1, 3, 200):
        cells = [(each, 5) for each in lines(period, number)]
        person = User.objects.get(pk=author.pk)
        with CaptureQueriesContext(connection) as queries:
            assert enter(period, person, *cells).is_complete
        costs.append(sum(each["sql"].startswith("SELECT") for each in queries))
    # PostgreSQL is asked for the keys of very many new rows at once, to copy them in.
    assert (costs[:2], costs[2] - 11 in (0, 1)) == ([11, 11], True)
