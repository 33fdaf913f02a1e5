"""What no page of the site sends, and somebody does: it is refused or left aside, and nothing is written by it."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from accounts.actions import change
from accounts.choices import Door
from accounts.models import Change, Import
from accounts.roles import DATA_ENTRY, SPECIALISTS
from dashboards.grids import stash
from indicators.actions import narrate
from indicators.models import Report, ResultNarrative, Review, Series, Submission, Target
from tests import factories as make
from tests.admin_pages import errors, page, typed
from tests.admin_pages import signed_in as in_the_admin
from tests.dashboards.test_workbooks import send, workbook

pytestmark = pytest.mark.django_db

URL = "/en/workspace/reports/B05/h1/"


@pytest.fixture
def person() -> Any:
    with translation.override("en"):
        yield make.staff(SPECIALISTS, language="en")


@pytest.fixture
def client(client: Client, person: Any) -> Client:
    period = make.period(slug="h1")
    project = make.project(programme=period.programme, slug="B05", code="B05")
    make.series(project=project, indicator=make.indicator(programme=period.programme, code="A1", slug="a1"))
    client.force_login(person)
    return client


def form(person: Any, **fields: str) -> dict[str, str]:
    return {"writer": stash.writer_token(person), **{name.replace("_", "-"): value for name, value in fields.items()}}


def test_null_bytes_in_reasons_and_answers_are_left_out(client: Client, person: Any) -> None:
    [series] = Series.objects.all()
    sent = {**form(person, text="Com\x00plete", action="hand_in_now"), f"v-{series.pk}": "5\x00"}
    assert client.post(URL, sent).status_code == 302
    assert (Submission.objects.get().value, Review.objects.get().text) == (5, "Complete")
    with change(door=Door.COMMAND, reason="a\x00b") as made:
        assert Change.objects.get(pk=made.pk).reason == "a b"


def test_a_workbooks_page_confirms_only_what_it_asks_about(client: Client) -> None:
    look = send(client, workbook(client, 12))["Location"]
    for action in ("confirm", "apply"):
        sent = {"action": action, "confirmed": ["\x00", "Z9"], "reason": "\x00"}
        assert client.post(look, sent).status_code == 302
        assert Import.objects.get().options["confirmed"] == []
    assert Submission.objects.get().value == 12


def test_letters_of_another_encoding_are_read_as_utf_8(client: Client) -> None:
    # In UTF-7 this is half of a letter, which neither a page nor a database can hold.
    body = '--X\r\nContent-Disposition: form-data; name="note"\r\n\r\n+2AA-\r\n--X--\r\n'
    kind = "multipart/form-data; boundary=X; charset=utf-7"
    answer = client.generic("POST", f"{URL}on-behalf/", body, content_type=kind)
    assert (answer.status_code, answer.context["form"].data["note"]) == (200, "+2AA-")
    answer = client.generic("GET", "/en/workspace/?state=%2B2AA-", content_type="text/plain; charset=utf-7")
    assert answer.status_code == 200


def test_the_grid_of_the_largest_report_can_be_sent_and_of_no_other_report(client: Client, person: Any) -> None:
    other = make.series(indicator=make.indicator())
    fields = {f"{letter}-{pk}": "" for letter in ("v", "n", "d") for pk in range(10_000, 16_000)}
    answer = client.post(URL, {**form(person), **fields, f"v-{other.pk}": "7"})
    assert (answer.status_code, Submission.objects.count()) == (303, 0)


def test_the_administration_changes_no_target_in_place_and_no_narrative_under_review() -> None:
    browser: Any = in_the_admin(make.staff(DATA_ENTRY))
    target = make.target(value=Decimal(100))
    url = page(Target, "change", target.pk)
    assert errors(browser.post(url, typed(browser.get(url), value="90"))) == ["A revised target needs its reason."]
    assert browser.post(url, typed(browser.get(url), value="90", reason="Fewer schools")).status_code == 302
    assert list(Target.objects.order_by("revision").values_list("value", "is_current")) == [(100, False), (90, True)]
    latest = Target.objects.get(is_current=True)
    type(target.period).objects.update(state="published")
    assert browser.post(page(Target, "delete", latest.pk), {"post": "yes", "change_reason": "x"}).status_code == 403

    with change(door=Door.COMMAND):
        told = make.result_narrative(narrative_en="As handed in")
        narrate(report=told.report, expected_result=told.expected_result, narrative_en="As handed in")
    url = page(ResultNarrative, "change", told.pk)
    sent = typed(browser.get(url), narrative_en="While it is in the making")
    assert browser.post(url, sent).status_code == 302
    report = page(Report, "change", told.report.pk)
    part = typed(browser.get(report), **{"narratives-0-narrative_en": "Over the reviewer"})
    Report.objects.update(state="submitted")
    assert browser.post(url, sent | {"narrative_en": "Over the reviewer"}).status_code == 403
    assert browser.post(page(ResultNarrative, "delete", told.pk), {"post": "yes"}).status_code == 403
    browser.post(report, part)
    assert ResultNarrative.objects.values_list("narrative_en", flat=True).get() == "While it is in the making"
    add = page(ResultNarrative, "add")
    result = make.expected_result(programme=told.report.project.programme)
    answer = browser.post(
        add, typed(browser.get(add), report=told.report.pk, expected_result=result.pk, narrative_en="More")
    )
    assert errors(answer) == ["This report was handed in: its narrative can be changed once it is returned."]
