"""Pages of the administration that show what they make before they make it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.choices import Door
from accounts.models import Change
from indicators.models import Indicator, ReportingPeriod, Series, Target
from tests import factories
from tests.admin_pages import in_form, page, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Client:
    return signed_in()


def with_rights(*names: str) -> Client:
    user = factories.user(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return signed_in(user)


def address(model: Any, name: str) -> str:
    return reverse(f"admin:indicators_{model._meta.model_name}_{name}")


def ordered(client: Client, url: str, **order: Any) -> tuple[Any, Any, list[str]]:
    """What an order shows, then what its confirmation answers, and what is said after it."""
    before = Change.objects.count()
    shown = client.post(url, order)
    assert (shown.status_code, Change.objects.count()) == (200, before)
    answer = client.post(url, order | {"make": "1"})
    said = (
        [str(each) for each in client.get(answer["Location"]).context["messages"]] if answer.status_code == 302 else []
    )
    return shown.context["preview"], answer, said


def test_periods_are_shown_then_made_in_one_change(staff: Client) -> None:
    programme = factories.programme()
    order = {
        "programme": programme.pk,
        "first": "2024-04-01",
        "last": "2026-03-31",
        "rhythm": "half_yearly",
        "year_starts": "4",
        "due_after": "45",
        "change_reason": "The new agreement",
    }
    url = address(ReportingPeriod, "generate")
    assert url in staff.get(page(ReportingPeriod, "changelist")).content.decode()
    staff.post(url, order)
    assert not ReportingPeriod.objects.exists()
    preview, _answer, said = ordered(staff, url, **order)
    assert preview.rows[0][1:] == (date(2024, 4, 1), date(2024, 9, 30), date(2024, 11, 14))
    assert said == ["4 rows made."]
    assert ReportingPeriod.objects.count() == 4
    made = Change.objects.filter(door=Door.ADMIN).get()
    assert (made.reason, {each.history.get().change for each in ReportingPeriod.objects.all()}) == (
        "The new agreement",
        {made},
    )
    preview, _answer, said = ordered(staff, url, **order)
    assert (preview.makes_something, len(preview.existing)) == (False, 4)
    assert said == ["0 rows made.", "4 stood there already and were left alone."]
    assert Change.objects.filter(door=Door.ADMIN).count() == 1
    wrong = staff.post(url, order | {"last": "2020-01-01"})
    assert wrong.context["form"].non_field_errors() == ["The last day comes before the first."]
    assert staff.post(url, order | {"programme": "x", "first": "yesterday", "due_after": "-1"}).status_code == 200


def test_targets_and_series_are_ordered_from_the_list_of_indicators(staff: Client) -> None:
    programme = factories.programme()
    whole = factories.period(programme=programme, kind="whole")
    period = factories.period(programme=programme)
    indicators = [factories.indicator(programme=programme, cumulation="per_period") for _ in range(2)]
    for each in indicators:
        factories.target(series=factories.series(indicator=each), period=whole, value=Decimal(7))
    chosen = {"_selected_action": [each.pk for each in indicators], "index": "0"}
    answer = staff.post(page(Indicator, "changelist"), {"action": "make_targets", **chosen})
    form = staff.get(answer["Location"]).context["form"]
    order = in_form(form) | {"source": whole.pk, "periods": [period.pk], "manner": "spread"}
    assert order["indicators"] == [str(each.pk) for each in indicators]
    preview, _answer, said = ordered(staff, address(Indicator, "targets"), **order)
    assert [row[2] for row in preview.rows] == ["7", "7"]
    assert said == ["2 rows made."]
    assert Target.objects.filter(period=period).count() == 2
    answer = staff.post(page(Indicator, "changelist"), {"action": "open_series", **chosen})
    order = in_form(staff.get(answer["Location"]).context["form"]) | {
        "projects": [factories.project(programme=programme).pk]
    }
    preview, answer, said = ordered(staff, address(Indicator, "series"), **order)
    assert said == ["2 rows made."]
    assert Series.objects.filter(project__isnull=False).count() == 2
    # One row is counted for a page of several; a code of its own is for one alone.
    refused = staff.post(page(Indicator, "changelist"), {"action": "duplicate", **chosen}, follow=True)
    assert [str(each) for each in refused.context["messages"]] == ["Choose one indicator: it takes a code of its own."]


def test_an_indicator_is_duplicated_retired_and_replaced_with_a_reason(staff: Client) -> None:
    indicator = factories.series().indicator
    links = staff.get(page(Indicator, "change", indicator.pk)).content.decode()
    for name, field in (("duplicate", "indicator"), ("retire", "indicators"), ("replace", "indicator")):
        url = f"{address(Indicator, name)}?{field}={indicator.pk}"
        assert url in links
        assert in_form(staff.get(url).context["form"])[field] in (str(indicator.pk), [str(indicator.pk)])
    url = address(Indicator, "duplicate")
    order = {"indicator": indicator.pk, "code": "NEW", "slug": "new", "with_series": "on"}
    preview, answer, _said = ordered(staff, url, **order)
    copy = Indicator.objects.get(code="NEW")
    assert answer["Location"] == page(Indicator, "change", copy.pk)
    assert preview.said[1] == "1 series is copied."
    again = staff.post(url, order | {"make": "1"})
    assert "already has an indicator with this code" in str(again.context["form"].non_field_errors())
    url = address(Indicator, "replace")
    order = {"indicator": indicator.pk, "by": copy.pk, "on": "2024-12-31"}
    assert staff.post(url, order).context["form"].errors == {"change_reason": ["This field is required."]}
    ordered(staff, url, **order, change_reason="Clearer")
    indicator.refresh_from_db()
    assert (indicator.replaced_by, indicator.active_to) == (copy, date(2024, 12, 31))
    both = {"indicators": [indicator.pk, copy.pk], "on": "2025-12-31", "change_reason": "Over"}
    refused = staff.post(address(Indicator, "retire"), both | {"make": "1"})
    assert refused.context["form"].non_field_errors() == [f"{indicator}: It is retired already, since 2024-12-31."]
    copy.refresh_from_db()
    assert copy.active_to is None
    _preview, _answer, said = ordered(staff, address(Indicator, "retire"), **both | {"indicators": [copy.pk]})
    assert said == ["1 indicator retired."]


PAGES = {
    "generate": (ReportingPeriod, "add_reportingperiod"),
    "targets": (Indicator, "add_target"),
    "series": (Indicator, "add_series"),
    "duplicate": (Indicator, "add_indicator"),
    "retire": (Indicator, "change_indicator"),
    "replace": (Indicator, "change_indicator"),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_needs_the_right_of_what_it_makes(name: str) -> None:
    model, right = PAGES[name]
    url = address(model, name)
    others = {each for _model, each in PAGES.values()} - {right}
    assert with_rights(*others, f"view_{model._meta.model_name}").get(url).status_code == 403
    assert with_rights(right).get(f"{url}?indicators=x&indicator=9999999999999999999&programme=%00").status_code == 200
    assert Client().get(url).status_code == 302


def test_a_period_is_moved_by_whoever_may_publish() -> None:
    period = factories.period()
    chosen = {"action": "lock", "_selected_action": [period.pk], "index": "0"}
    url = page(ReportingPeriod, "changelist")
    with_rights("view_reportingperiod", "change_reportingperiod").post(url, chosen)
    assert ReportingPeriod.objects.get().state == "open"
    with_rights("view_reportingperiod", "publish_reportingperiod").post(url, chosen)
    assert ReportingPeriod.objects.get().state == "locked"
