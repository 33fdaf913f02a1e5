"""The history of a record in words."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import change, save_record
from accounts.choices import Door
from tests import factories as make
from tests.admin_pages import page, signed_in

pytestmark = pytest.mark.django_db


def told(record: object) -> list[list[tuple[str, str, str]]]:
    response = signed_in().get(page(type(record), "history", record.pk))
    return [[(each.field, each.before, each.after) for each in row.differences] for row in response.context["page_obj"]]


def test_each_version_says_from_what_to_what_in_words():
    target = make.target(value=Decimal("40.5000"), internal_comment="")
    with change(door=Door.GRID, reason="More money"):
        target.value, target.basis, target.valid_from = Decimal("1250.0000"), "stated", date(2024, 3, 1)
        save_record(record=target)

    last, first = told(target)

    assert last == [
        ("Value", "40.5", "1,250"),
        ("Basis", "approved", "stated in a source"),
        ("Valid from", "nothing", "2024-03-01"),
    ]
    assert ("Value", "", "40.5") in first
    assert ("Series", "", str(target.series)) in first
    assert "Internal comment" not in [name for name, _before, _after in first]


def test_what_was_deleted_since_is_told_by_its_number():
    finding = make.finding(theme=make.theme())
    gone = finding.theme.pk
    with change(door=Door.ADMIN):
        theme, finding.theme = finding.theme, None
        save_record(record=finding)
        theme.delete()

    assert [(before, after) for _name, before, after in told(finding)[0]] == [(f"no. {gone}, deleted since", "nothing")]


def test_long_texts_are_one_text_with_what_was_struck_out_and_nothing_in_it_is_markup():
    finding = make.finding(text_en="The same words, many of them, so that they are long; <b>then</b> fish.")
    with change(door=Door.ADMIN, reason="<script>alert(1)</script>"):
        finding.text_en = "The same words, many of them, so that they are long; <b>then</b> bread."
        save_record(record=finding)

    text = signed_in().get(page(type(finding), "history", finding.pk)).content.decode()

    assert "<del>fish.</del> <ins>bread.</ins>" in text
    assert "&lt;b&gt;then&lt;/b&gt;" in text
    assert "<script>alert(1)" not in text


def test_the_history_costs_the_same_with_one_and_with_three_changes():
    finding = make.finding()
    client = signed_in()
    address = page(type(finding), "history", finding.pk)
    client.get(address)  # what the first visit keeps for all later ones

    def one_more() -> int:
        with change(door=Door.ADMIN):
            finding.theme = make.theme(programme=finding.programme)
            save_record(record=finding)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    assert [one_more() for _ in range(3)] == [7, 7, 7]
