"""Records as spreadsheets: who gets which columns, which records stand in them, and the lists that lead there."""

import csv
import io
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from accounts.actions import ensure_roles
from accounts.roles import DATA_ENTRY, READERS, SPECIALISTS
from accounts.writing import TooLarge
from dashboards.kinds import KINDS
from dashboards.views import exports
from tests import factories as make
from tests.admin_pages import page

pytestmark = pytest.mark.django_db


def somebody(role: str) -> Client:
    person = make.user(is_staff=True, language="en")
    person.groups.add(ensure_roles()[role])
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def rows_of(answer: Any) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_each_format_holds_the_records_and_says_what_its_columns_mean() -> None:
    make.partner(slug="duoc", name="=Duoc", is_public=False)
    client = somebody(READERS)

    row = rows_of(client.get("/en/workspace/exports/partners.csv"))[0]
    assert (row["slug"], row["name"], row["is_public"]) == ("duoc", "'=Duoc", "no")
    for ending in ("xlsx", "ods"):
        answer = client.get(f"/en/workspace/exports/partners.{ending}")
        book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
        assert (book.sheet_names, answer["X-Content-Type-Options"]) == (["partners", "about"], "nosniff")
        assert book.get_sheet_by_name("partners").to_python()[1][:2] == ["duoc", "'=Duoc"]
    template = somebody(SPECIALISTS).get("/en/workspace/imports/periods/template.xlsx")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(template.streaming_content))).get_sheet_by_name(
        "periods"
    )
    assert len(sheet.to_python()) == 1
    assert "state" not in sheet.to_python()[0]


def test_internal_comments_go_to_those_who_write_figures_alone() -> None:
    make.actual(internal_comment="HIDDEN")

    assert rows_of(somebody(DATA_ENTRY).get("/en/workspace/exports/actuals.csv"))[0]["internal_comment"] == "HIDDEN"
    row = rows_of(somebody(READERS).get("/en/workspace/exports/actuals.csv"))[0]
    assert ("internal_comment" in row, "HIDDEN" in str(row)) == (False, False)


def test_demonstrations_stand_in_no_export_but_one_that_asks_for_them() -> None:
    real = make.project(slug="B05")
    make.partnership(project=real, partner=make.partner(slug="real"))
    make.partner(slug="in-no-project")
    fictitious = make.programme(slug="demo", code="DEMO", is_demonstration=True)
    hidden = make.project(programme=fictitious, slug="HIDDEN")
    make.partnership(project=hidden, partner=make.partner(slug="hidden"))
    make.actual(
        series=make.series(indicator=make.indicator(programme=fictitious)), period=make.period(programme=fictitious)
    )
    client = somebody(READERS)

    def slugs(address: str) -> set[str]:
        return {row["slug"] for row in rows_of(client.get(f"/en/workspace/exports/{address}"))}

    assert slugs("projects.csv") == {"B05"}
    assert slugs("partners.csv") == {"real", "in-no-project"}
    assert (slugs("projects.csv?programme=DEMO"), slugs("partners.csv?programme=demo")) == ({"HIDDEN"}, {"hidden"})
    assert rows_of(client.get("/en/workspace/exports/actuals.csv")) == []
    assert len(rows_of(client.get("/en/workspace/exports/actuals.csv?programme=DEMO"))) == 1


def test_a_list_of_the_administration_leads_to_its_import_and_to_an_export_of_what_it_shows() -> None:
    make.partner(slug="mine", kind="ministry")
    other = make.partner(slug="other", kind="donor")
    client = somebody(SPECIALISTS)
    listed = client.get(f"{page(type(other), 'changelist')}?kind__exact=ministry&p=1").content.decode()

    assert 'href="/en/workspace/imports/partners/"' in listed
    assert 'href="/en/workspace/exports/partners/?kind__exact=ministry"' in listed
    shown = client.get("/en/workspace/exports/partners/?kind__exact=ministry")
    assert (shown.context["number"], shown.context["problems"]) == (1, [])
    download = urlsplit(shown.context["downloads"][2]["url"])
    assert [row["slug"] for row in rows_of(client.get(f"{download.path}?{download.query}"))] == ["mine"]
    assert "workspace/imports" not in somebody(READERS).get(page(type(other), "changelist")).content.decode()


def test_what_an_address_asks_for_in_vain_is_said_and_no_other_file_is_given() -> None:
    client = somebody(READERS)
    for query in ("programme=nowhere", "nonsense=1", "kind__exact=%00"):
        answer = client.get(f"/en/workspace/exports/partners.csv?{query}")
        assert answer.status_code == 302, query
        assert len(client.get(answer.url).context["problems"]) == 1
    assert client.get("/en/workspace/exports/partners.pdf").status_code == 404
    assert client.get("/en/workspace/exports/users.csv").status_code == 404


def test_a_table_that_a_format_cannot_hold_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "MOST_ROWS_OF_ODS", 0)
    make.partner(province="x" * 100)

    answer = somebody(READERS).get("/en/workspace/exports/partners.ods", follow=True)
    assert [str(message) for message in answer.context["messages"]] == [
        "An ODS file of more than 0 rows takes minutes to open: download CSV or XLSX, or filter first."
    ]
    assert issubclass(TooLarge, ValueError)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)
def test_an_export_costs_the_same_with_one_and_with_three_records(kind: Any) -> None:
    makers = {
        "partner_aliases": make.partner_alias, "project_themes": make.project_theme, "forum_days": make.forum_day,
        "series": lambda: make.series(key="sex=women"), "periods": make.period,
    }  # fmt: skip
    one = makers.get(kind.slug) or getattr(make, kind.slug.removesuffix("s"))
    costs = []
    for times in (1, 2):
        for _ in range(times):
            one()
        with CaptureQueriesContext(connection) as queries:
            assert len(list(kind.resource().export_rows(kind.rows()))) > times
        costs.append(len(queries))

    assert costs[0] == costs[1] <= 6
