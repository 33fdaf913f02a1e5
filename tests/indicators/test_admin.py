"""Figures, their framework and their review, as staff write them in the administration."""

from datetime import date
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from accounts.actions import change
from accounts.choices import Door
from accounts.models import Change, User
from indicators.actions import check_results, open_report, propose, rebuild_results, submit
from indicators.models import (
    Actual,
    Baseline,
    Breakdown,
    Category,
    Dimension,
    Indicator,
    Report,
    ReportingPeriod,
    Result,
    Review,
    Series,
    Submission,
    Target,
)
from library.models import Citation
from tests import factories
from tests.admin_pages import errors, page, signed_in, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Client:
    return signed_in()


def messages(client: Client, url: str) -> list[str]:
    return [str(message) for message in client.get(url).context["messages"]]


def do(client: Client, action: str, *records: object, **values: str) -> list[str]:
    """Take a step with rows of a list; gives the sentences that are then shown."""
    url = page(type(records[0]), "changelist")
    chosen = {"action": action, "_selected_action": [record.pk for record in records], "index": "0"}  # type: ignore[attr-defined]
    messages(client, url)  # Those of earlier pages.
    assert client.post(url, chosen | values).status_code == 302
    return messages(client, url)


def test_an_edited_figure_moves_its_result_and_is_on_record(staff: Client) -> None:
    actual = factories.actual(value=50)
    url = page(Actual, "change", actual.pk)
    assert staff.post(url, typed(staff.get(url), value="70", change_reason="Typing error")).status_code == 302
    assert actual.results.get().actual == 70
    row = actual.history.latest()
    assert (row.value, row.change.door, row.change.reason) == (70, Door.ADMIN, "Typing error")
    assert row.change.made_by == User.objects.get()
    assert check_results() == []


def test_a_number_is_shown_as_a_person_writes_it(staff: Client) -> None:
    actual = factories.actual(value=28_500_000)
    assert 'name="value" value="28500000"' in staff.get(page(Actual, "change", actual.pk)).content.decode()
    assert ">28500000<" in staff.get(page(Actual, "changelist")).content.decode()
    assert ">28500000<" in staff.get(page(Series, "change", actual.series.pk)).content.decode()


def test_a_new_figure_makes_its_result_with_its_source(staff: Client) -> None:
    series = factories.series()
    period = factories.period(programme=series.indicator.programme)
    url = page(Actual, "add")
    data = typed(staff.get(url), series=series.pk, period=period.pk, value="0", route="published_source")
    citation = {
        "citations-TOTAL_FORMS": "1",
        "citations-0-code": "book-1",
        "citations-0-document": factories.document(file_name="book.txt").pk,
        "citations-0-section": "Results",
        "citations-0-printed_value": "aucun",
        "citations-0-value": "0",
        "citations-0-qualifier": "exact",
        "citations-0-about": "value",
        "citations-0-order": "0",
    }
    assert staff.post(url, data | citation).status_code == 302
    result = Result.objects.get()
    assert (result.actual, result.source_document, result.source_value) == (0, "book.txt", "aucun")
    assert Actual.history.get().change == Citation.history.get().change
    assert check_results() == []


def test_an_approved_figure_is_read_alone_and_another_one_is_proposed(staff: Client) -> None:
    proposed = factories.actual(value=50, route="grid", approved_at=timezone.now())
    url = page(Actual, "change", proposed.pk)
    shown = staff.get(url)
    assert not shown.context["has_change_permission"]
    link = f"{page(Submission, 'add')}?series={proposed.series_id}&amp;period={proposed.period_id}"
    assert link in shown.content.decode()
    assert staff.post(url, {"value": "70"}).status_code == 403
    assert staff.post(page(Actual, "delete", proposed.pk), {"post": "yes", "change_reason": "x"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [proposed.pk], "index": "0", "post": "yes"}
    staff.post(page(Actual, "changelist"), chosen)
    assert Actual.objects.get().value == 50


def test_a_printed_figure_is_corrected_with_a_right_and_a_reason(staff: Client) -> None:
    actual = factories.actual(value=50)
    url = page(Actual, "change", actual.pk)
    assert errors(staff.post(url, typed(staff.get(url), value="70", route="grid"))) == [
        "Say why the figure is corrected."
    ]
    staff.post(url, typed(staff.get(url), value="70", route="grid", change_reason="Misread"))
    actual.refresh_from_db()
    assert (actual.value, actual.route, actual.approved_by) == (70, "published_source", None)
    assert messages(staff, page(Actual, "changelist"))
    staff.post(page(Actual, "delete", actual.pk), {"post": "yes"})
    assert messages(staff, page(Actual, "changelist")) == ["Say why the figure is deleted."]
    user = factories.user(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_actual", "change_actual", "delete_actual"]))
    other = signed_in(user)
    assert not other.get(url).context["has_change_permission"]
    assert other.post(url, {"value": "1", "change_reason": "x"}).status_code == 403
    user.user_permissions.add(Permission.objects.get(codename="correct_reportingperiod"))
    assert signed_in(user).get(url).context["has_change_permission"]


def test_a_published_report_keeps_the_target_that_was_valid_then(staff: Client) -> None:
    indicator = factories.indicator()
    project = factories.project(programme=indicator.programme)
    series = factories.series(indicator=indicator, project=project)
    period = factories.period(programme=indicator.programme)
    later = factories.period(programme=indicator.programme, starts_on=date(2021, 1, 1), ends_on=date(2021, 12, 31))
    for each in (period, later):
        factories.target(series=series, period=each, value=Decimal(100))
        factories.actual(series=series, period=each, value=Decimal(100))
    with change(door=Door.COMMAND):
        rebuild_results()
    do(staff, "lock", period)
    do(staff, "publish", period)
    url = page(Target, "add")
    for each in (period, later):
        data = typed(
            staff.get(url), series=series.pk, period=each.pk, value="200", reason="More", valid_from="2021-06-01"
        )
        assert staff.post(url, data).status_code == 302
    standing = Result.objects.order_by("period__starts_on").values_list("target", "status")
    assert list(standing) == [(100, "achieved"), (200, "behind")]
    assert check_results() == []
    first, second = Target.objects.filter(period=period).order_by("revision")
    shown = staff.get(page(Target, "change", first.pk)).content.decode()
    assert f'<a href="{page(Target, "change", first.pk)}">100</a>' in shown
    assert f'<a href="{page(Target, "change", second.pk)}">200, from 2021-06-01, More (in force)</a>' in shown
    assert (
        staff.get(page(Indicator, "change", indicator.pk)).content.decode().count("kept by the published report") == 1
    )


def test_a_figure_that_breaks_a_rule_is_refused_with_its_sentence(staff: Client) -> None:
    actual = factories.actual(value=50)
    url = page(Actual, "change", actual.pk)
    response = staff.post(url, typed(staff.get(url), value="", text_fr="", change_reason="Why"))
    assert errors(response) == ["Give a value, a share, a text, or say that it is not applicable."]
    assert errors(staff.post(url, typed(staff.get(url), value="50.5", change_reason="Why"))) == [
        "This indicator counts whole numbers."
    ]


def test_a_stale_figure_is_refused(staff: Client) -> None:
    actual = factories.actual(value=50)
    url = page(Actual, "change", actual.pk)
    opened = typed(staff.get(url), change_reason="Why")
    assert staff.post(url, opened | {"value": "60"}).status_code == 302
    response = staff.post(url, opened | {"value": "70"})
    assert "Value: you typed “70”, it now says “60”." in errors(response)
    assert Actual.objects.get().value == 60


def test_a_removed_figure_takes_its_result_with_it(staff: Client) -> None:
    actual = factories.actual()
    url = page(Actual, "change", actual.pk)
    staff.post(url, typed(staff.get(url), value="70", change_reason="Why"))
    assert Result.objects.count() == 1
    assert staff.post(page(Actual, "delete", actual.pk), {"post": "yes", "change_reason": "Twice"}).status_code == 302
    assert not Result.objects.filter(actual__isnull=False).exists()
    assert Actual.history.latest().change.door == Door.ADMIN
    assert check_results() == []


def test_a_second_target_is_a_revision_with_a_reason(staff: Client) -> None:
    target = factories.target(value=100)
    url = page(Target, "add")
    data = typed(staff.get(url), series=target.series.pk, period=target.period.pk, value="120")
    assert errors(staff.post(url, data)) == ["A revised target needs its reason."]
    assert staff.post(url, data | {"reason": "A fifth school joined."}).status_code == 302
    assert list(Target.objects.order_by("revision").values_list("value", "is_current", "replaces")) == [
        (100, False, None),
        (120, True, target.pk),
    ]
    assert staff.post(page(Target, "delete", target.pk), {"post": "yes"}).context["protected"]
    assert staff.post(page(Target, "delete", Target.objects.latest("revision").pk), {"post": "yes"}).status_code == 302
    assert list(Target.objects.values_list("value", "is_current")) == [(100, True)]


def test_a_baseline_is_entered_and_corrected(staff: Client) -> None:
    series = factories.series()
    url = page(Baseline, "add")
    assert staff.post(url, typed(staff.get(url), series=series.pk, value="0")).status_code == 302
    url = page(Baseline, "change", series.baseline.pk)
    assert staff.post(url, typed(staff.get(url), value="12.5")).status_code == 200
    assert staff.post(url, typed(staff.get(url), value="12")).status_code == 302
    assert Baseline.objects.get().value == Decimal(12)


def test_a_series_is_opened_once_and_closed_while_it_is_empty(staff: Client) -> None:
    series = factories.series()
    url = page(Series, "add")
    twin = typed(staff.get(url), indicator=series.indicator.pk, breakdown=series.breakdown.pk, is_expected="on")
    assert errors(staff.post(url, twin)) == ["This indicator already has a series for this scope and breakdown."]
    assert staff.post(url, twin | {"country": factories.country().pk}).status_code == 302
    assert Series.objects.count() == 2
    assert staff.post(page(Series, "delete", series.pk), {"post": "yes"}).status_code == 302
    assert Series.objects.count() == 1


def test_figures_of_a_series_are_reached_from_its_page_and_series_from_their_indicator(staff: Client) -> None:
    actual = factories.actual()
    series = staff.get(page(Series, "change", actual.series.pk)).content.decode()
    assert f'href="{page(Actual, "change", actual.pk)}' in series
    indicator = staff.get(page(Indicator, "change", actual.series.indicator.pk)).content.decode()
    assert f'href="{page(Series, "change", actual.series.pk)}' in indicator


def test_an_indicator_that_is_hidden_takes_its_results_from_the_public(staff: Client) -> None:
    actual = factories.actual()
    url = page(Indicator, "change", actual.series.indicator.pk)
    for is_public in (True, False):
        data = typed(staff.get(url))
        data.pop("is_public", None)
        shown = {"is_public": "on"} if is_public else {}
        assert staff.post(url, data | shown | {"definition_en": f"{is_public}"}).status_code == 302
        assert actual.results.get().is_public is is_public
    assert check_results() == []


def test_a_breakdown_is_made_from_its_categories_once(staff: Client) -> None:
    women, men = factories.category(), factories.category()
    url = page(Breakdown, "add")
    data = typed(staff.get(url), categories=[women.pk])
    assert staff.post(url, data).status_code == 302
    made = Breakdown.objects.get()
    assert made.key == f"{women.dimension.code}={women.code}"
    assert list(made.categories.all()) == [women]
    assert errors(staff.post(url, data)) == ["This breakdown exists already."]
    other = factories.category(dimension=men.dimension)
    both = data | {"categories": [men.pk, other.pk]}
    assert errors(staff.post(url, both)) == ["A breakdown holds at most one category of each dimension."]


def test_a_code_that_breakdowns_name_stays(staff: Client) -> None:
    category = factories.breakdown("sex=women").categories.get()
    sentence = "Figures are broken down by this code already: it can no longer change."
    for record in (category, category.dimension):
        url = page(type(record), "change", record.pk)
        assert errors(staff.post(url, typed(staff.get(url), code="other"))) == [sentence]
    url = page(Dimension, "change", category.dimension.pk)
    assert errors(staff.post(url, typed(staff.get(url)) | {"categories-0-code": "other"})) == [sentence]
    free = factories.category()
    url = page(Category, "change", free.pk)
    assert staff.post(url, typed(staff.get(url), code="other")).status_code == 302


def test_a_period_is_locked_published_and_opened_again_with_a_reason(staff: Client) -> None:
    period = factories.period()
    url = page(ReportingPeriod, "change", period.pk)
    staff.post(url, typed(staff.get(url), state="published"))
    assert ReportingPeriod.objects.get().state == "open"
    assert do(staff, "publish", period) == [
        f"{period}: A period is locked before it is published, and opened again only while locked."
    ]
    assert do(staff, "lock", period) == ["1 period locked."]
    assert do(staff, "reopen", period) == [f"{period}: Say why the period is opened again."]
    assert do(staff, "reopen", period, change_reason="A late report") == ["1 period opened again."]
    assert do(staff, "lock", period) == ["1 period locked."]
    assert do(staff, "publish", period) == ["1 period published."]
    assert ReportingPeriod.objects.get().state == "published"
    assert Change.objects.filter(door=Door.ADMIN).count() == 4


def test_a_proposal_is_written_handed_in_returned_and_approved(staff: Client) -> None:
    series = factories.series()
    period = factories.period(programme=series.indicator.programme)
    url = page(Submission, "add")
    data = typed(staff.get(url), series=series.pk, period=period.pk, value="40", route="workspace")
    assert staff.post(url, data).status_code == 302
    submission = Submission.objects.get()
    assert do(staff, "submit", submission) == ["1 figure handed in."]
    assert do(staff, "send_back", submission) == [f"{Submission.objects.get()}: A returned figure needs a reason."]
    assert do(staff, "send_back", submission, return_reason="evidence") == ["1 figure sent back."]
    url = page(Submission, "change", submission.pk)
    assert staff.post(url, typed(staff.get(url), value="41")).status_code == 302
    assert do(staff, "submit", submission) == ["1 figure handed in."]
    assert "Somebody other than the author" in do(staff, "approve", submission)[0]
    other = signed_in(factories.user(is_superuser=True, is_staff=True))
    assert do(other, "approve", submission) == ["1 figure approved."]
    assert (Actual.objects.get().value, Result.objects.for_staff().get().actual) == (41, 41)
    assert list(Review.objects.values_list("decision", flat=True)) == ["submit", "return", "submit", "approve"]
    assert not staff.get(url).context["has_change_permission"]
    assert staff.post(page(Submission, "delete", submission.pk), {"post": "yes"}).status_code == 403


def test_what_an_action_refuses_stands_in_the_form(staff: Client) -> None:
    series = factories.series()
    period = factories.period(programme=series.indicator.programme, state="locked")
    url = page(Submission, "add")
    response = staff.post(url, typed(staff.get(url), series=series.pk, period=period.pk, value="40", route="grid"))
    assert errors(response) == [
        "The period is closed: say why the figure is corrected. The public sees the reason beside the figure."
    ]
    assert response.context["adminform"].form["value"].value() == "40"
    assert not Change.objects.filter(door=Door.ADMIN).exists()


def test_a_report_is_opened_told_and_approved(staff: Client) -> None:
    project = factories.project()
    period = factories.period(programme=project.programme)
    expected = factories.expected_result(programme=project.programme)
    url = page(Report, "add")
    narrative = {
        "narratives-TOTAL_FORMS": "1",
        "narratives-0-expected_result": expected.pk,
        "narratives-0-narrative_en": "It went well.",
    }
    data = typed(staff.get(url), project=project.pk, period=period.pk)
    assert staff.post(url, data | narrative).status_code == 302
    report = Report.objects.get()
    assert report.narratives.get().narrative_en == "It went well."
    assert errors(staff.post(url, data)) == ["The project already has a report for this period."]
    assert do(staff, "submit", report) == ["1 report handed in."]
    assert "Somebody other" in do(staff, "approve", report)[0]
    assert do(staff, "approve", report, change_reason="Nobody else is in the office.") == ["1 report approved."]
    assert Report.objects.get().own_approval_reason == "Nobody else is in the office."


def test_a_page_of_a_submission_costs_the_same_with_a_long_thread(staff: Client, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    user = factories.enterer()
    series = factories.series(country=factories.country(), partner=factories.partner())
    with change(door=Door.COMMAND):
        period = factories.period(programme=series.indicator.programme)
        submission = propose(series=series, period=period, author=user, value=Decimal(1))
        submit(submission=submission, by=user)
        open_report(project=factories.project(programme=series.indicator.programme), period=period)
    for _ in range(20):
        factories_review(submission, user)
    url = page(Submission, "change", submission.pk)
    with django_assert_max_num_queries(20):
        assert staff.get(url).status_code == 200


def factories_review(submission: Submission, author: User) -> Review:
    return Review.objects.create(submission=submission, author=author, decision="comment", text="…")
