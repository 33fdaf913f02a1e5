"""Writing figures: who may, what is kept, and that the results follow in the same transaction."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.actions import StaleRecord, change
from accounts.choices import Door
from accounts.models import NoChangeOpen, User
from indicators import actions
from indicators.choices import PeriodState, ReturnReason, Route, SubmissionState
from indicators.models import Actual, Baseline, ReportingPeriod, Result, Series, Submission, Target
from indicators.rules import Thresholds
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _open_change(db: None) -> Any:
    # The sentences below are those of the source.
    with translation.override("en"), change(door=Door.COMMAND, reason="test"):
        yield


@pytest.fixture
def period() -> ReportingPeriod:
    return make.period(slug="half-1")


@pytest.fixture
def series(period: ReportingPeriod) -> Series:
    return make.series(
        indicator=make.indicator(programme=period.programme, slug="people"), reporter=make.partner(slug="sena")
    )


@pytest.fixture
def author(series: Series) -> User:
    return make.membership(partner=series.reporter).user


@pytest.fixture
def staff() -> User:
    return make.reviewer()


def row() -> Result:
    return Result.objects.for_staff().get()


def submitted(series: Series, period: ReportingPeriod, author: User, **figure: Any) -> Submission:
    proposed = actions.propose(series=series, period=period, author=author, **({"value": Decimal(50)} | figure))
    return actions.submit(submission=proposed, by=author)


# --- Figures ---------------------------------------------------------------------------------------------------------


def test_an_actual_is_in_the_results_at_once(series: Series, period: ReportingPeriod, staff: User) -> None:
    actual = actions.set_actual(series=series, period=period, route=Route.GRID, by=staff, value=Decimal(50))
    assert (row().actual, row().actual_record, row().route) == (50, actual, "grid")
    assert row().approved_on == timezone.localdate(actual.approved_at)
    assert actual.approved_by == staff


def test_empty_zero_and_not_applicable_stay_three_things(series: Series, period: ReportingPeriod) -> None:
    def stated(**figure: Any) -> tuple:
        actions.set_actual(series=series, period=period, route=Route.PUBLISHED_SOURCE, **figure)
        return (row().actual, row().is_not_applicable, row().status)

    actions.set_target(series=series, period=period, value=Decimal(40))
    assert (row().actual, row().is_not_applicable, row().status) == (None, False, "not_reported")
    assert stated(value=Decimal(0)) == (0, False, "behind")
    assert stated(is_not_applicable=True) == (None, True, "not_applicable")
    assert stated(value=Decimal(41)) == (41, False, "exceeded")


def test_an_actual_of_nothing_is_refused(series: Series, period: ReportingPeriod) -> None:
    with pytest.raises(ValidationError, match="Give a value"):
        actions.set_actual(series=series, period=period, route=Route.PUBLISHED_SOURCE)
    assert not Actual.objects.exists()


def test_stating_a_figure_anew_leaves_nothing_of_the_old_statement(series: Series, period: ReportingPeriod) -> None:
    actions.set_actual(
        series=series,
        period=period,
        route=Route.PUBLISHED_SOURCE,
        numerator=Decimal(1),
        denominator=Decimal(2),
        qualifier="about",
        note_fr="Voir la méthode",
    )
    actual = actions.set_actual(series=series, period=period, route=Route.PUBLISHED_SOURCE, value=Decimal(5))
    assert (actual.value, actual.numerator, actual.denominator, actual.qualifier) == (5, None, None, "exact")
    assert actual.note_fr == "Voir la méthode"


def test_an_unknown_field_is_a_mistake_of_the_caller(series: Series, period: ReportingPeriod) -> None:
    with pytest.raises(TypeError, match="valeu"):
        actions.set_actual(series=series, period=period, route=Route.GRID, valeu=Decimal(5))


def test_a_stale_save_is_refused_and_writes_nothing(series: Series, period: ReportingPeriod) -> None:
    actual = actions.set_actual(series=series, period=period, route=Route.PUBLISHED_SOURCE, value=Decimal(5))
    seen = actual.version
    actions.set_actual(series=series, period=period, route=Route.PUBLISHED_SOURCE, value=Decimal(6))
    with pytest.raises(StaleRecord):
        actions.set_actual(series=series, period=period, route=Route.PUBLISHED_SOURCE, value=Decimal(7), version=seen)
    assert row().actual == 6


def test_a_baseline_gives_progress(series: Series, period: ReportingPeriod) -> None:
    actions.set_target(series=series, period=period, value=Decimal(40))
    actions.set_actual(series=series, period=period, route=Route.PUBLISHED_SOURCE, value=Decimal(30))
    assert (row().progress, row().achievement) == (None, 75)
    actions.set_baseline(series=series, value=Decimal(20), measured_on=date(2019, 12, 31))
    assert (row().progress, row().achievement, row().baseline) == (50, 75, 20)
    actions.set_baseline(series=series, value=Decimal(0))
    assert (row().progress, Baseline.objects.count()) == (75, 1)


def test_a_second_target_is_refused_and_a_revision_keeps_the_first(series: Series, period: ReportingPeriod) -> None:
    first = actions.set_target(series=series, period=period, value=Decimal(40))
    with pytest.raises(ValidationError, match="revise it instead"):
        actions.set_target(series=series, period=period, value=Decimal(50))
    second = actions.revise_target(target=first, value=Decimal(50), reason="Two more institutes joined.")
    assert (second.revision, second.replaces, second.is_current) == (2, first, True)
    assert list(Target.objects.order_by("revision").values_list("value", "is_current")) == [(40, False), (50, True)]
    assert row().target == 50


def test_a_revision_needs_its_reason_and_the_target_in_force(series: Series, period: ReportingPeriod) -> None:
    first = actions.set_target(series=series, period=period, value=Decimal(40))
    with pytest.raises(ValidationError, match="needs its reason"):
        actions.revise_target(target=first, value=Decimal(50), reason="  ")
    actions.revise_target(target=first, value=Decimal(50), reason="Two more institutes joined.")
    with pytest.raises(ValidationError, match="replaced already"):
        actions.revise_target(target=first, value=Decimal(60), reason="Three more.")


def test_a_published_report_keeps_the_target_that_was_valid_then(series: Series, period: ReportingPeriod) -> None:
    target = actions.set_target(series=series, period=period, value=Decimal(40))
    actions.set_actual(series=series, period=period, route=Route.GRID, value=Decimal(45))
    actions.publish_period(period=actions.lock_period(period=period))
    actions.revise_target(target=target, value=Decimal(90), reason="More money.", valid_from=date(2021, 5, 1))
    assert (row().target, row().status) == (40, "exceeded")
    assert actions.check_results() == []


def test_removing_a_revision_brings_back_the_target_it_replaced(series: Series, period: ReportingPeriod) -> None:
    first = actions.set_target(series=series, period=period, value=Decimal(40))
    second = actions.revise_target(target=first, value=Decimal(50), reason="Two more institutes joined.")
    with pytest.raises(ProtectedError):
        actions.remove_figure(record=first)
    actions.remove_figure(record=second)
    assert (row().target, Target.objects.get().is_current) == (40, True)


def test_removing_an_actual_leaves_what_is_awaited(series: Series, period: ReportingPeriod) -> None:
    actual = actions.set_actual(series=series, period=period, route=Route.PUBLISHED_SOURCE, value=Decimal(5))
    actions.remove_figure(record=actual)
    assert (row().actual, row().status) == (None, "not_reported")
    assert Actual.history.filter(history_type="-").count() == 1


def test_a_published_value_that_changes_keeps_its_first_value(series: Series, period: ReportingPeriod) -> None:
    actions.set_actual(series=series, period=period, route=Route.GRID, value=Decimal(40))
    actual = actions.set_actual(series=series, period=period, route=Route.GRID, value=Decimal(42))
    assert actual.first_published_value is None
    actions.publish_period(period=actions.lock_period(period=period))
    for value in (45, 50):
        actual = actions.set_actual(series=series, period=period, route=Route.GRID, value=Decimal(value))
    assert (actual.value, actual.first_published_value) == (50, 42)


def test_a_figure_is_saved_by_form_through_the_same_door(series: Series, period: ReportingPeriod) -> None:
    actual = actions.set_actual(series=series, period=period, route=Route.PUBLISHED_SOURCE, value=Decimal(40))
    read = Actual.objects.get(pk=actual.pk)
    read.value = Decimal(45)
    actions.save_figure(record=read)
    assert (row().actual, read.first_published_value, read.version) == (45, 40, 2)
    with pytest.raises(TypeError, match="Submission"):
        actions.save_figure(record=make.submission())


def test_nothing_is_written_outside_a_change(series: Series, period: ReportingPeriod) -> None:
    from accounts.models import as_open_change

    with as_open_change(None), pytest.raises(NoChangeOpen):  # type: ignore[arg-type]
        actions.set_actual(series=series, period=period, route=Route.PUBLISHED_SOURCE, value=Decimal(5))
    assert not Actual.objects.exists()


# --- Series ----------------------------------------------------------------------------------------------------------


def test_a_series_is_opened_once_and_closed_while_it_is_empty(period: ReportingPeriod) -> None:
    indicator = make.indicator(programme=period.programme)
    women = make.breakdown("sex=women").categories.all()
    first = actions.open_series(indicator=indicator, categories=women)
    assert actions.open_series(indicator=indicator, categories=women) == first
    assert (first.breakdown.key, row().status) == ("sex=women", "not_reported")
    actions.close_series(series=first)
    assert not Result.objects.exists()


def test_a_series_with_a_figure_is_not_closed(series: Series, period: ReportingPeriod) -> None:
    actions.set_baseline(series=series, value=Decimal(1))
    with pytest.raises(ProtectedError):
        actions.close_series(series=series)


def test_a_series_of_another_programme_is_refused(period: ReportingPeriod) -> None:
    indicator = make.indicator(programme=period.programme)
    with pytest.raises(ValidationError, match="another programme"):
        actions.open_series(indicator=indicator, project=make.project())
    assert not Series.objects.exists()


def test_what_an_indicator_says_of_itself_reaches_its_results(series: Series, period: ReportingPeriod) -> None:
    actions.set_actual(series=series, period=period, route=Route.PUBLISHED_SOURCE, value=Decimal(5))
    assert row().is_public
    indicator = series.indicator
    indicator.is_public = False
    actions.save_context(record=indicator)
    assert not row().is_public
    assert actions.check_results() == []


def test_a_link_that_is_taken_away_is_taken_out_of_the_common_total(period: ReportingPeriod) -> None:
    common = make.indicator(programme=period.programme, roll_up="sum")
    linked = []
    for number in (1, 2):
        project = make.project(programme=period.programme)
        linked.append(make.indicator(programme=period.programme, project=project, contributes_to=common))
        actions.set_actual(
            series=actions.open_series(indicator=linked[-1], project=project),
            period=period,
            route=Route.PUBLISHED_SOURCE,
            value=Decimal(number),
        )
    assert Result.objects.get(indicator=common).actual == 3
    linked[0].contributes_to = None
    actions.save_context(record=linked[0])
    assert not Result.objects.filter(indicator=common, actual=3).exists()
    assert actions.check_results() == []


# --- Submissions -----------------------------------------------------------------------------------------------------


def test_a_proposal_becomes_an_actual_when_somebody_else_approves_it(
    series: Series, period: ReportingPeriod, author: User, staff: User
) -> None:
    proposed = submitted(series, period, author, value=Decimal(0), note_es="Primer semestre", as_of=date(2020, 6, 30))
    assert not Actual.objects.exists()
    actual = actions.approve(submission=proposed, by=staff)
    assert (actual.value, actual.approved_by, actual.route, actual.verification) == (0, staff, "workspace", "confirmed")
    assert (actual.note_es, actual.as_of) == ("Primer semestre", date(2020, 6, 30))
    assert (proposed.state, proposed.actual) == (SubmissionState.APPROVED, actual)
    assert [review.decision for review in proposed.reviews.all()] == ["submit", "approve"]
    assert (row().actual, row().is_public) == (0, False)


def test_evidence_on_file_is_said(series: Series, period: ReportingPeriod, author: User, staff: User) -> None:
    proposed = submitted(series, period, author)
    make.evidence(submission=proposed)
    assert actions.approve(submission=proposed, by=staff).verification == "evidence"


def test_nobody_approves_their_own_figure_without_a_reason(
    series: Series, period: ReportingPeriod, staff: User
) -> None:
    proposed = submitted(series, period, staff)
    with pytest.raises(ValidationError, match="Somebody other than the author"):
        actions.approve(submission=proposed, by=staff)
    assert not Actual.objects.exists()
    actions.approve(submission=proposed, by=staff, own_reason="Nobody else is on duty this week.")
    assert proposed.reviews.last().text == "Nobody else is on duty this week."


def test_only_staff_approve_and_return(series: Series, period: ReportingPeriod, author: User) -> None:
    proposed = submitted(series, period, author)
    for person in (author, make.user(), make.enterer(), make.reviewer(is_active=False)):
        with pytest.raises(PermissionDenied):
            actions.approve(submission=proposed, by=person)
        with pytest.raises(PermissionDenied):
            actions.return_submission(submission=proposed, by=person, reason=ReturnReason.OTHER)
    assert not Actual.objects.exists()


def test_only_whoever_reports_a_series_proposes_its_figures(series: Series, period: ReportingPeriod) -> None:
    outsiders = (
        make.user(),
        make.membership().user,
        make.membership(partner=series.reporter, role="viewer").user,
        make.membership(partner=series.reporter, user=make.user(is_active=False)).user,
    )
    for person in outsiders:
        with pytest.raises(PermissionDenied):
            actions.propose(series=series, period=period, author=person, value=Decimal(5))
    for role in ("contributor", "lead"):
        assert actions.may_report(make.membership(partner=series.reporter, role=role).user, series)


def test_the_lead_of_the_leading_institution_reports_for_the_projects_others(period: ReportingPeriod) -> None:
    project = make.project(programme=period.programme)
    lead = make.partnership(project=project, role="lead").partner
    series = make.series(project=project, reporter=make.partner())
    assert actions.may_report(make.membership(partner=lead, role="lead").user, series)
    assert not actions.may_report(make.membership(partner=lead, role="contributor").user, series)
    other = make.partnership(project=project).partner
    assert not actions.may_report(make.membership(partner=other, role="lead").user, series)


def test_a_returned_figure_says_why_and_is_submitted_again(
    series: Series, period: ReportingPeriod, author: User, staff: User
) -> None:
    proposed = submitted(series, period, author)
    with pytest.raises(ValidationError, match="needs a reason"):
        actions.return_submission(submission=proposed, by=staff, reason="")  # type: ignore[arg-type]
    actions.return_submission(submission=proposed, by=staff, reason=ReturnReason.OUTLIER, text="Ten times the last.")
    assert proposed.state == SubmissionState.RETURNED
    again = actions.propose(series=series, period=period, author=author, value=Decimal(5), version=proposed.version)
    assert again.pk == proposed.pk
    actions.approve(submission=actions.submit(submission=again, by=author), by=staff)
    assert row().actual == 5
    assert [review.decision for review in proposed.reviews.all()] == ["submit", "return", "submit", "approve"]


def test_a_figure_under_review_is_not_altered(series: Series, period: ReportingPeriod, author: User) -> None:
    submitted(series, period, author)
    with pytest.raises(ValidationError, match="being reviewed"):
        actions.propose(series=series, period=period, author=author, value=Decimal(5))


def test_a_step_is_taken_once(series: Series, period: ReportingPeriod, author: User, staff: User) -> None:
    proposed = submitted(series, period, author)
    actions.approve(submission=proposed, by=staff)
    with pytest.raises(ValidationError):
        actions.approve(submission=proposed, by=staff)
    with pytest.raises(ValidationError):
        actions.submit(submission=proposed, by=author)
    with pytest.raises(ValidationError):
        actions.return_submission(submission=proposed, by=staff, reason=ReturnReason.OTHER)
    assert Actual.objects.count() == 1


def test_a_later_proposal_has_the_next_number(
    series: Series, period: ReportingPeriod, author: User, staff: User
) -> None:
    actions.approve(submission=submitted(series, period, author), by=staff)
    second = submitted(series, period, author, value=Decimal(60))
    actual = actions.approve(submission=second, by=staff)
    assert (second.number, actual.value, Actual.objects.count()) == (2, 60, 1)


def test_only_a_draft_is_thrown_away(series: Series, period: ReportingPeriod, author: User) -> None:
    draft = actions.propose(series=series, period=period, author=author, value=Decimal(5))
    with pytest.raises(PermissionDenied):
        actions.discard(submission=draft, by=make.user())
    actions.discard(submission=draft, by=author)
    assert not Submission.objects.exists()
    with pytest.raises(ValidationError, match="Only a draft"):
        actions.discard(submission=submitted(series, period, author), by=author)


def test_a_closed_period_takes_no_proposals(series: Series, period: ReportingPeriod, author: User) -> None:
    draft = actions.propose(series=series, period=period, author=author, value=Decimal(5))
    locked = actions.lock_period(period=period)
    draft.refresh_from_db()
    with pytest.raises(ValidationError, match="closed"):
        actions.propose(series=series, period=locked, author=author, value=Decimal(6))
    with pytest.raises(ValidationError, match="closed"):
        actions.submit(submission=Submission.objects.get(), by=author)


# --- Periods ---------------------------------------------------------------------------------------------------------


def test_publishing_a_period_lets_everybody_see_it(series: Series, period: ReportingPeriod) -> None:
    actions.set_actual(series=series, period=period, route=Route.GRID, value=Decimal(5))
    assert not row().is_public
    actions.lock_period(period=period)
    assert not row().is_public
    actions.publish_period(period=period)
    assert row().is_public


def test_a_period_takes_one_step_at_a_time(period: ReportingPeriod) -> None:
    with pytest.raises(ValidationError):
        actions.publish_period(period=period)
    actions.lock_period(period=period)
    actions.reopen_period(period=period)
    assert period.state == PeriodState.OPEN
    actions.publish_period(period=actions.lock_period(period=period))
    with pytest.raises(ValidationError):
        actions.reopen_period(period=period)


def test_a_period_is_opened_again_for_a_reason(period: ReportingPeriod) -> None:
    actions.lock_period(period=period)
    with change(door=Door.ADMIN), pytest.raises(ValidationError, match="Say why"):
        actions.reopen_period(period=period)


def test_a_period_is_not_published_while_figures_wait(series: Series, period: ReportingPeriod, author: User) -> None:
    submitted(series, period, author)
    actions.lock_period(period=period)
    with pytest.raises(ValidationError, match="still wait"):
        actions.publish_period(period=period)


# --- Reports ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def led(period: ReportingPeriod) -> tuple[Any, User, User]:
    """A project with the lead of its leading institution and a contributor of another one."""
    project = make.project(programme=period.programme)
    lead = make.membership(partner=make.partnership(project=project, role="lead").partner, role="lead").user
    other = make.membership(partner=make.partnership(project=project).partner).user
    return project, lead, other


def test_a_report_carries_its_figures_to_approval(
    period: ReportingPeriod, led: tuple[Any, User, User], staff: User
) -> None:
    project, lead, other = led
    report = actions.open_report(project=project, period=period)
    assert actions.open_report(project=project, period=period) == report
    partner = other.memberships.get().partner
    for number in (1, 2):
        series = make.series(indicator=make.indicator(programme=period.programme), project=project, reporter=partner)
        actions.propose(series=series, period=period, author=other, report=report, value=Decimal(number))
    with pytest.raises(PermissionDenied):
        actions.submit_report(report=report, by=other)
    actions.submit_report(report=report, by=lead)
    approved = actions.approve_report(report=report, by=staff)
    assert (approved.state, approved.approved_by) == (SubmissionState.APPROVED, staff)
    assert sorted(Actual.objects.values_list("value", flat=True)) == [1, 2]
    assert actions.check_results() == []


def test_a_report_with_a_returned_figure_waits(
    period: ReportingPeriod, led: tuple[Any, User, User], staff: User
) -> None:
    project, lead, other = led
    report = actions.open_report(project=project, period=period)
    series = make.series(project=project, reporter=other.memberships.get().partner)
    proposed = actions.propose(series=series, period=period, author=other, report=report, value=Decimal(1))
    report = actions.submit_report(report=report, by=lead)
    proposed.refresh_from_db()
    actions.return_submission(submission=proposed, by=staff, reason=ReturnReason.EVIDENCE)
    with pytest.raises(ValidationError, match="still with its author"):
        actions.approve_report(report=report, by=staff)
    assert actions.return_report(report=report, by=staff).state == SubmissionState.RETURNED


def test_nobody_approves_their_own_report_without_a_reason(period: ReportingPeriod, staff: User) -> None:
    report = actions.open_report(project=make.project(programme=period.programme), period=period)
    report = actions.submit_report(report=report, by=staff)
    with pytest.raises(ValidationError, match="Somebody other than the author"):
        actions.approve_report(report=report, by=staff)
    assert actions.approve_report(report=report, by=staff, own_reason="Alone.").own_approval_reason == "Alone."


# --- Cost ------------------------------------------------------------------------------------------------------------


def queries_of_a_refresh(projects: int) -> int:
    programme = make.programme()
    period = make.period(programme=programme)
    indicator = make.indicator(programme=programme, roll_up="sum")
    for _ in range(projects):
        partner = make.partner(country=make.country())
        series = make.series(indicator=indicator, project=make.project(programme=programme), partner=partner)
        make.target(series=series, period=period)
        make.citation(actual=make.actual(series=series, period=period))
    with CaptureQueriesContext(connection) as queries:
        actions.refresh_results(indicators=[indicator])
    return len(queries)


def test_a_refresh_costs_the_same_number_of_queries_whatever_its_indicator_holds() -> None:
    assert queries_of_a_refresh(1) == queries_of_a_refresh(6) <= 30


def test_many_writes_refresh_once(series: Series, period: ReportingPeriod) -> None:
    with actions.one_refresh():
        actions.set_target(series=series, period=period, value=Decimal(40))
        actions.set_actual(series=series, period=period, route=Route.PUBLISHED_SOURCE, value=Decimal(5))
        assert not Result.objects.exists()
    assert row().status == "behind"


def test_the_thresholds_come_from_the_settings(settings: Any) -> None:
    settings.EPE_AP_ON_TRACK_THRESHOLD, settings.EPE_AP_SMALL_CELL = Decimal(90), 7
    settings.EPE_AP_SMALL_CELL_SENSITIVE = 20
    assert actions.thresholds() == Thresholds(on_track=Decimal(90), small_cell=7, small_cell_sensitive=20)
