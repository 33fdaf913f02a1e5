"""The dashboard of a project: what its institutions see of it, its charts, its printed sheet."""

import io
from decimal import Decimal
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import User
from dashboards.boards.drawings import LETTERS, MOST_TRENDS, label_of, placed
from indicators.models import Series
from indicators.querysets import Sight
from partners.choices import MembershipRole
from partners.models import Membership
from tests import factories as make
from tests.dashboards.people import signed_in
from tests.dashboards.two_institutions import SECRETS, Two, plain, settled
from tests.factories import three
from tests.pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

BOARD = "/en/workspace/projects/P1/"
SHEET = f"{BOARD}sheet.pdf"


def text_of(answer: Any) -> str:
    assert answer["Content-Type"] == "application/pdf", answer.content
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages).split())


def shown(page: Any) -> dict[tuple[str, str], str]:
    """Figure of each line, by indicator and scope."""
    return {(line.indicator.name, line.scope_label): line.figure for line in page.context["every"]}


def test_it_shows_what_is_public_of_others_and_what_waits_of_ones_own() -> None:
    two = Two()
    two.our_waiting_figures()
    settled()

    page = two.client().get(BOARD)

    assert shown(page) == {
        ("People trained", "Our Institute"): "111",
        ("People trained", "Their Institute"): "222",
        ("People trained", ""): "333",
        ("Firms", "Our Institute"): "3,333",
    }
    text = words(page)
    assert "Period now: 4,444 , draft not public yet" in text
    assert text.count("not public yet") >= 3
    assert "1 of 1 target reached" in text


def test_nothing_of_another_institution_shows_and_nothing_differs_by_what_it_has() -> None:
    two = Two()
    two.our_waiting_figures()
    settled()
    client = two.client()
    before, sheet_before = client.get(f"{BOARD}?compare=1"), text_of(client.get(SHEET))
    two.their_waiting_figures()
    settled()

    after, sheet = client.get(f"{BOARD}?compare=1"), text_of(client.get(SHEET))

    assert plain(after) == plain(before)
    assert sheet == sheet_before
    for text in (after.content.decode(), sheet):
        assert [secret for secret in SECRETS if secret in text] == []
    assert client.get("/en/workspace/projects/P2/").status_code == 404
    assert client.get("/en/workspace/projects/P2/sheet.pdf").status_code == 404
    assert "Decoy" not in client.get("/en/workspace/projects/P2/").content.decode()
    # Staff, and the lead of the institution that leads the project, do see it.
    for other in (signed_in("view_submission"), two.client("lead", two.theirs)):
        assert "987,654,321" in other.get(BOARD).content.decode()


def test_the_lead_of_a_project_sees_what_all_its_partners_report_and_a_contributor_does_not() -> None:
    two = Two()
    two.our_waiting_figures()
    settled()
    assert "4,444" in two.client("lead", two.theirs).get(BOARD).content.decode()
    page = two.client("contributor", two.theirs).get(BOARD).content.decode()
    assert "4,444" not in page
    assert "3,333" not in page


def test_a_viewer_reads_without_a_link_to_enter_and_strangers_find_no_such_project() -> None:
    two = Two()
    settled()
    address = "/en/workspace/reports/P1/two-now/questions/"
    assert address in two.client().get(BOARD).content.decode()
    viewer = two.client("viewer").get(BOARD)
    assert viewer.status_code == 200
    assert address not in viewer.content.decode()
    assert two.client(partner=make.partner()).get(BOARD).status_code == 404
    nobody = Client()
    nobody.force_login(make.user())
    for path in (BOARD, SHEET):
        assert nobody.get(path).status_code == 403
        assert Client().get(path).status_code == 302


def test_access_ends_with_the_membership_the_partnership_and_the_account() -> None:
    two = Two()
    settled()
    left, inactive, project_left = two.client(), two.client(), two.client()
    User.objects.filter(pk=int(inactive.session["_auth_user_id"])).update(is_active=False)
    with make.change(door=make.Door.COMMAND, reason="left"):
        Membership.objects.filter(user=int(left.session["_auth_user_id"])).delete()
    for path in (BOARD, SHEET):
        assert left.get(path).status_code == 403
        assert inactive.get(path).status_code == 302
        assert project_left.get(path).status_code == 200
    with make.change(door=make.Door.COMMAND, reason="left"):
        two.project.partnerships.filter(partner=two.ours).delete()
    for path in (BOARD, SHEET):
        assert project_left.get(path).status_code == 404


def test_partners_stand_with_what_they_report_and_how_much_is_published() -> None:
    two = Two()
    two.our_waiting_figures()
    two.their_waiting_figures()
    settled()
    page = two.client().get(BOARD)
    told = [
        (each.partnership.partner.slug, each.is_mine, each.names, each.series, each.published, each.unpublished)
        for each in page.context["contributions"]
    ]
    assert told == [
        ("theirs", False, ["People trained"], 1, 1, 0),
        ("ours", True, ["Firms", "People trained"], 2, 1, 1),
    ]
    lines = [
        (line.period.slug, line.expected, line.published, line.unpublished)
        for line, _address in page.context["period_lines"]
    ]
    assert lines == [("two-now", 3, 0, 1), ("two-past", 3, 2, 0)]


def test_a_hidden_partner_is_named_to_its_own_people_alone() -> None:
    two = Two()
    type(two.theirs).objects.filter(pk=two.theirs.pk).update(is_public=False)
    settled()
    assert "Their Institute" not in two.client().get(BOARD).content.decode()
    assert "Their Institute" in two.client(partner=two.theirs).get(BOARD).content.decode()


def test_women_and_men_are_drawn_and_stand_in_a_table() -> None:
    two = Two()
    for key, value in (("sex=women", 60), ("sex=men", 40)):
        make.actual(series=two.series(two.indicator, two.ours, key=key), period=two.past, value=Decimal(value))
    settled()
    page = two.client().get(BOARD)
    row = next(row for row in page.context["sexes"].rows if row.line.scope_label == "Our Institute")
    assert (row.women, row.men, row.rest, row.share) == ("60", "40", "11", "54%")
    assert page.context["sexes"].title == "Women are half or more in 1 of 2 figures"
    assert "People trained · Our Institute: 54%" in page.context["sexes"].alternative
    # What a tagged PDF reads out in place of a drawing is its title.
    assert f"<title>{page.context['sexes'].alternative}</title>" in unescape(page.content.decode())


def test_a_line_is_drawn_from_two_periods_on_and_all_values_stand_in_a_table() -> None:
    two = Two()
    settled()
    client = two.client()
    assert client.get(BOARD).context["time_table"] is None
    make.actual(
        series=two.our_series, period=two.now, value=Decimal(150), route="workspace", approved_at=timezone.now()
    )
    settled()
    page = client.get(BOARD)
    [trend] = page.context["trends"]
    assert trend.title == "People trained: from 111 to 150"
    assert [cells for _line, cells in page.context["time_table"].rows] == [["111", "150 *"]]
    assert MOST_TRENDS == 6


def test_other_projects_stand_beside_it_only_when_asked_for_by_code_and_public() -> None:
    two = Two()
    for code, value in (("P9", 9), ("P0", 7)):
        other = make.project(programme=two.programme, slug=code, code=code)
        make.actual(series=make.series(indicator=two.indicator, project=other), period=two.past, value=Decimal(value))
    two.their_waiting_figures()
    settled()
    client = two.client()
    assert client.get(BOARD).context["comparison"] is None
    found = client.get(f"{BOARD}?compare=1").context["comparison"]
    assert found.codes == ["P0", "P1", "P9"]
    assert [row.cells for row in found.rows] == [["7", "333", "9"]]
    wrong = client.get(f"{BOARD}?compare=yes&x=1")
    assert len(wrong.context["problems"]) == 2
    assert wrong.context["comparison"] is None


def test_the_sheet_is_in_the_language_of_its_address_and_warns_of_what_is_not_public() -> None:
    two = Two()
    settled()
    client = two.client()
    assert "do not pass it on" not in text_of(client.get(SHEET))
    two.our_waiting_figures()
    settled()
    answer = client.get(SHEET)
    assert answer["Content-Disposition"] == 'attachment; filename="P1.pdf"'
    text = text_of(answer)
    assert "People trained" in text
    assert "3,333" in text
    assert "do not pass it on" in text
    spanish = client.get("/es/workspace/projects/P1/sheet.pdf")
    assert PdfReader(io.BytesIO(spanish.content)).root_object["/Lang"] == "es"


def test_plans_findings_and_publications_of_the_project_stand_on_it() -> None:
    two = Two()
    plan = make.work_plan(programme=two.programme)
    area = make.area(work_plan=plan)
    make.activity(area=area, **three("text", "A workshop for all"))
    elsewhere = make.activity(area=area, number=2, **three("text", "A workshop elsewhere"))
    elsewhere.countries.set([make.country("PE")])
    make.deliverable(area=area, **three("text", "A guide"))
    make.finding(project=two.project, programme=two.programme, **three("text", "Start with teachers"))
    settled()
    text = words(two.client().get(BOARD))
    assert "A workshop for all" in text
    assert "A guide" in text
    assert "Start with teachers" in text
    assert "A workshop elsewhere" not in text


def test_it_costs_the_same_with_one_and_with_three_indicators() -> None:
    two = Two()
    staff, member = signed_in("view_submission", "add_submission"), two.client()

    def one_more(name: str) -> list[int]:
        indicator = make.indicator(programme=two.programme, slug=name, code=name, **three("name", name))
        for key in ("", "sex=women", "sex=men"):
            series = two.series(indicator, two.ours, key=key)
            make.actual(series=series, period=two.past, value=Decimal(50))
        make.submission(series=series, period=two.now)
        settled()
        return numbers()

    def numbers() -> list[int]:
        found = []
        for client, path in ((member, BOARD), (member, f"{BOARD}?compare=1"), (staff, f"{BOARD}?compare=1")):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(path).status_code == 200
            found.append(len(queries))
        return found

    assert [one_more(name) for name in ("a", "b", "c")] == [[12, 13, 13]] * 3
    make.work_plan(programme=two.programme)
    assert numbers() == [14, 15, 15]


def test_whose_a_series_is_is_said_alike_by_a_page_and_by_the_database() -> None:
    two = Two()
    make.series(indicator=make.indicator(programme=two.programme), project=two.project)
    with make.change(door=make.Door.COMMAND, reason="test"):
        gone = two.series(make.indicator(programme=two.programme), make.partner())
        contested = make.partnership(project=two.project, partner=gone.reporter, role="lead", is_adopted=False)
    elsewhere = make.partnership(project=make.project(programme=two.programme), partner=two.ours, role="lead")
    assert elsewhere.project != two.project
    series = Series.objects.filter(project=two.project)
    seen = set()
    for partner in (two.ours, two.theirs, contested.partner):
        for role in MembershipRole.values:
            user = make.membership(partner=partner, role=role).user
            sight = Sight.of(user, two.project)
            sees = {each for each in series if sight.sees(each.reporter_id)}
            writes = {each for each in series if sight.writes(each.reporter_id)}
            assert sees == set(series.for_user(user))
            assert writes == set(series.reported_by(user))
            seen.add((len(sees), len(writes)))
    # Viewers, contributors and leads, and the lead of the institution that leads the project.
    assert seen == {(1, 0), (1, 1), (3, 3)}


def test_a_label_holds_the_whole_name_in_lines_that_a_drawing_has_room_for() -> None:
    indicator = SimpleNamespace(name="Personas egresadas con empleo a los seis meses de su titulación")
    line: Any = SimpleNamespace(indicator=indicator, scope_label="DEMO-Andes · Colombia", breakdown_label="")
    label = label_of(line)
    assert label == [
        "Personas egresadas con empleo a los seis",
        "meses de su titulación",
        "DEMO-Andes · Colombia",
    ]
    assert placed(label) == [(-14, label[0]), (-1, label[1]), (12, label[2])]
    indicator.name = "palabra " * 40
    assert [len(text) <= LETTERS for text in label_of(line)] == [True] * 3
