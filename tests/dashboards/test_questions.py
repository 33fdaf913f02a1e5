"""A report one question at a time: what is asked in which order, how it is answered, and that nothing typed is lost."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.actions import change
from accounts.choices import Door
from accounts.roles import SPECIALISTS
from indicators.actions import hand_in, return_many
from indicators.actions.submissions import Returned
from indicators.models import Series, Submission
from tests import factories as make
from tests.dashboards.partners_side import Side, answer, signed_in
from tests.dashboards.test_grid import fields_of
from tests.factories import three
from tests.pages import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def side() -> Side:
    return Side()


@pytest.fixture
def client(side: Side) -> Client:
    return side.client("A")


def stated(series: Series) -> Submission:
    return Submission.objects.get(series=series)


def three_questions(side: Side) -> list[Series]:
    return [side.series("A", indicator=side.indicator(name, code=f"Q{name}")) for name in ("First", "Second", "Third")]


# --- What is asked -----------------------------------------------------------------------------------------------------


def test_a_question_says_what_counts_what_is_known_and_how_to_write_it(side: Side, client: Client) -> None:
    indicator = side.indicator(**three("definition", "Counts whoever finished the course; not whoever began it."))
    series = side.series("A", indicator=indicator)
    before = make.period(programme=side.programme, slug="h0", starts_on=date(2020, 1, 1), ends_on=date(2020, 6, 30))
    make.actual(series=series, period=before, value=Decimal(1500))
    make.target(series=series, period=side.period, value=Decimal(2000))
    page = words(client.get(side.question(series)))

    for part in (
        "Counts whoever finished the course; not whoever began it.",
        "last 1,500",
        "target 2,000",
        "For example 1,250.",
        "0, none not known yet not applicable",
        "question 1 of 1",
        "0 of 1 question answered",
    ):
        assert part in page, part


@pytest.mark.parametrize(
    ("fields", "example"),
    [
        ({"measure": "percentage"}, "110 of 200"),
        ({"measure": "score", "is_whole": False}, "For example 1,250.5."),
        ({"measure": "qualitative"}, "One or two sentences are enough."),
    ],
)
def test_each_kind_of_figure_has_its_example_and_reads_it_back(
    side: Side, fields: dict[str, Any], example: str
) -> None:
    series = side.series("A", indicator=side.indicator(**fields))
    assert example in words(side.client("A").get(side.question(series)))


def test_the_parts_and_the_whole_are_one_question_by_whichever_of_them_it_is_called(side: Side, client: Client) -> None:
    one = side.indicator()
    parts = [side.series("A", indicator=one, key=key) for key in ("sex=women", "sex=men", "")]
    answer(client, side.question(parts[1]), **{f"v{parts[0].pk}": "7", f"v{parts[1].pk}": "5", f"v{parts[2].pk}": "11"})

    assert [stated(each).value for each in parts] == [7, 5, 11]
    page = words(client.get(side.question(parts[2])))
    assert "1 of 1 question answered" in page
    assert "The parts make 12, the total says 11: 1 too many." in page


def test_what_came_back_is_asked_first_with_its_reason_and_then_what_is_left(side: Side) -> None:
    first, second, third = three_questions(side)
    sent = side.submission(third, value=Decimal(3))
    person = side.person("A")
    with change(door=Door.WORKSPACE, by=person):
        hand_in(project=side.project, period=side.period, by=person)
    reviewer = make.staff(SPECIALISTS)
    with change(door=Door.GRID, by=reviewer):
        return_many(cells=[Returned(Submission.objects.get(pk=sent.pk), "evidence", "Which list?")], by=reviewer)
    client = signed_in(person)
    page = client.get(f"{side.path}questions/")
    assert "Correct what came back" in words(page)
    assert "Third evidence is missing or unclear Which list?" in words(page)
    assert f'href="{side.question(third)}">Correct' in page.content.decode()

    # Corrected, it is no longer asked; the others follow in the order of the grid, and then the list.
    corrected = answer(client, side.question(third), **{f"v{third.pk}": "4"})
    assert corrected["Location"] == side.question(first)
    assert "Which list?" in words(client.get(side.question(third)))
    page = words(client.get(f"{side.path}questions/"))
    assert "To correct" not in page
    assert "1 of 3 questions answered" in page
    assert answer(client, side.question(first), **{f"v{first.pk}": "1"})["Location"] == side.question(second)
    assert answer(client, side.question(second), **{f"v{second.pk}": "2"})["Location"] == f"{side.path}questions/"
    assert "Every question is answered." in words(client.get(f"{side.path}questions/"))


def test_one_can_stop_skip_and_come_back(side: Side, client: Client) -> None:
    first, second, third = three_questions(side)
    stopped = answer(client, side.question(first), "stop", **{f"v{first.pk}": "1"})
    assert (stopped["Location"], stated(first).state) == (f"{side.path}questions/", "draft")
    assert f'href="{side.question(second)}">Go on' in client.get(f"{side.path}questions/").content.decode()
    # Nothing typed: the next question is asked, and this one stays.
    assert answer(client, side.question(second))["Location"] == side.question(third)
    assert answer(client, side.question(third))["Location"] == f"{side.path}questions/"
    assert not Submission.objects.filter(series__in=[second, third]).exists()
    assert "2 questions are not answered." in words(client.get(f"{side.path}questions/"))


# --- How it is answered ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"v": "1 234"}, {"value": 1234}),
        ({"v": "0"}, {"value": 0}),
        ({"w": "0"}, {"value": 0}),
        ({"w": "not yet"}, {"is_not_yet": True, "value": None}),
        ({"w": "not applicable"}, {"is_not_applicable": True, "value": None}),
        ({"v": "n/a"}, {"is_not_applicable": True}),
        ({"v": "12", "c": "from the register"}, {"value": 12, "internal_comment": "from the register"}),
        ({"w": "not yet", "c": "in May"}, {"is_not_yet": True, "internal_comment": "in May"}),
    ],
)
def test_an_answer_is_written_or_chosen(
    side: Side, client: Client, typed: dict[str, str], expected: dict[str, Any]
) -> None:
    series = side.series("A")
    answered = answer(client, side.question(series), **{f"{name}{series.pk}": value for name, value in typed.items()})
    assert answered.status_code == 303
    assert {name: getattr(stated(series), name) for name in expected} == expected


def test_a_comment_is_added_changed_and_taken_away_beside_the_same_figure(side: Side, client: Client) -> None:
    series = side.series("A")
    answer(client, side.question(series), **{f"v{series.pk}": "12"})
    for comment in ("from the register", "from two registers", ""):
        answer(client, side.question(series), **{f"c{series.pk}": comment})
        assert (stated(series).value, stated(series).internal_comment) == (12, comment)


def test_a_choice_replaces_what_stood_there_and_a_number_replaces_a_choice(side: Side, client: Client) -> None:
    series = side.series("A")
    answer(client, side.question(series), **{f"v{series.pk}": "12"})
    answer(client, side.question(series), **{f"w{series.pk}": "not yet"})
    assert (stated(series).value, stated(series).is_not_yet) == (None, True)
    # The choice is still ticked when somebody without scripts writes the number above it.
    answer(client, side.question(series), **{f"v{series.pk}": "14", f"w{series.pk}": "not yet"})
    assert (stated(series).value, stated(series).is_not_yet) == (14, False)


def test_a_percentage_is_asked_with_its_base(side: Side, client: Client) -> None:
    series = side.series("A", indicator=side.indicator(measure="percentage", **three("unit", "%")))
    answer(client, side.question(series), **{f"n{series.pk}": "110", f"d{series.pk}": "200"})
    assert (stated(series).numerator, stated(series).denominator) == (110, 200)
    answer(client, side.question(series), **{f"w{series.pk}": "not yet"})
    assert (stated(series).numerator, stated(series).is_not_yet) == (None, True)


@pytest.mark.parametrize(
    ("fields", "typed", "said"),
    [
        ({}, {"v": "about forty"}, "“about forty”"),
        ({}, {"v": "12", "w": "not yet"}, "You wrote “12” and chose “not yet”: keep one of them."),
        ({}, {"c": "no number"}, "A comment stands beside a figure"),
        ({}, {"v": "12", "c": "x" * 4001}, "A comment has at most 4000 characters."),
        ({"measure": "score", "is_whole": False}, {"v": "1,234"}, "“1,234” can be read in two ways."),
    ],
)
def test_what_cannot_be_saved_stays_in_its_field_with_a_sentence(
    side: Side, client: Client, fields: dict[str, Any], typed: dict[str, str], said: str
) -> None:
    series = side.series("A", indicator=side.indicator(**fields))
    page = answer(client, side.question(series), **{f"{name}{series.pk}": value for name, value in typed.items()})

    assert page.status_code == 200
    assert said in words(page)
    assert not Submission.objects.exists()
    kept = fields_of(page)
    for name in typed.keys() & {"v", "c"}:
        assert kept[f"{name}-{series.pk}"].strip() == typed[name]


def test_ambiguous_and_unusual_values_are_asked_about_as_in_the_grid(side: Side, client: Client) -> None:
    series = side.series("A", indicator=side.indicator(is_whole=False))
    make.target(series=series, period=side.period, value=Decimal(2))
    page = answer(client, side.question(series), **{f"v{series.pk}": "1,234"})
    data = fields_of(page) | {f"as-{series.pk}": "1234", "action": "next"}
    asked = client.post(side.question(series), data)
    assert "more than five times the target" in words(asked)
    kept = client.post(side.question(series), data | {f"keep-{series.pk}": "1234"})
    assert (kept.status_code, stated(series).value, stated(series).is_confirmed) == (303, 1234, True)


def test_what_a_colleague_saved_meanwhile_is_shown_and_not_overwritten(side: Side, client: Client) -> None:
    series = side.series("A")
    data = fields_of(client.get(side.question(series)))
    answer(side.client("A", name="Beto Rojas"), side.question(series), **{f"v{series.pk}": "14"})
    page = client.post(side.question(series), data | {f"v-{series.pk}": "12", "action": "next"})
    assert "Beto Rojas saved 14 meanwhile." in words(page)
    assert stated(series).value == 14
    assert client.post(side.question(series), fields_of(page) | {"action": "next"}).status_code == 303
    assert stated(series).value == 12


@pytest.mark.parametrize("typed", [{"v": "12"}, {"v": "12", "c": "from the register"}, {"c": "to be found"}])
def test_what_was_typed_when_the_sign_in_had_expired_is_there_again(side: Side, typed: dict[str, str]) -> None:
    series = side.series("A")
    person = side.person("A")
    client = signed_in(person)
    data = fields_of(client.get(side.question(series)))
    data |= {f"v-{series.pk}": typed.get("v", ""), f"c-{series.pk}": typed.get("c", ""), "action": "next"}
    client.session.flush()
    client.cookies.clear()
    sent_away = client.post(side.question(series), data)
    assert sent_away["Location"].startswith("/en/accounts/login/")
    client.force_login(person)
    page = client.get(side.question(series))
    assert "It is not saved yet." in words(page)
    kept = fields_of(page)
    assert {name: kept[f"{name}-{series.pk}"].strip() for name in typed} == typed


@pytest.mark.parametrize("state", ["locked", "published"])
def test_a_closed_period_is_read_and_not_answered(side: Side, client: Client, state: str) -> None:
    series = side.series("A")
    data = fields_of(client.get(side.question(series)))
    type(side.period).objects.update(state=state)
    assert "This period is closed" in words(client.get(f"{side.path}questions/"))
    assert '<form method="post" class="question-form"' not in client.get(side.question(series)).content.decode()
    assert client.post(side.question(series), data | {f"v-{series.pk}": "9", "action": "next"}).status_code == 403
    assert client.post(f"{side.path}questions/", {"action": "own"}).status_code == 403


def test_a_viewer_reads_and_sends_nothing(side: Side) -> None:
    series = side.series("A")
    side.submission(series, value=Decimal(41))
    client = side.client("A", "viewer")
    assert "41" in words(client.get(side.question(series)))
    assert client.post(side.question(series), {f"v-{series.pk}": "9"}).status_code == 403
    assert "Start" not in words(client.get(f"{side.path}questions/"))
    assert "Hand in" not in words(client.get(f"{side.path}questions/"))


def test_what_was_typed_leaves_the_browser_with_whoever_signs_out(side: Side, client: Client) -> None:
    assert client.post("/en/accounts/logout/")["Clear-Site-Data"] == '"storage"'


# --- Languages and cost ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "typed"), [("es", "1.250"), ("fr", "1 250"), ("en", "1,250")])
def test_the_example_is_a_number_that_is_read_back(side: Side, language: str, typed: str) -> None:
    series = side.series("A")
    client = side.client("A")
    path = side.question(series).replace("/en/", f"/{language}/")
    answer(client, path, **{f"v{series.pk}": typed})
    assert stated(series).value == 1250
    with translation.override(language):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("role", ["contributor", "lead"])
def test_pages_cost_the_same_however_many_questions_there_are(side: Side, number: int, role: str) -> None:
    institution = "Lead" if role == "lead" else "A"
    found = []
    for _ in range(number):
        indicator = side.indicator()
        for state in ("returned", "draft", "submitted"):
            series = side.series(institution, indicator=indicator, key=f"age={state}")
            side.submission(series, state=state, internal_comment="A comment")
            found.append(series)
        side.series("B", indicator=indicator)
    client = side.client(institution, role)
    client.get(f"{side.path}questions/")
    for page in ("questions/", f"questions/{found[0].pk}/", "receipt/", ""):
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{side.path}{page}")
        assert len(queries) <= COST[page.rstrip("/0123456789")], (page, [each["sql"][:150] for each in queries])


#: Queries of each page, sign-in included.
COST = {"questions": 15, "receipt": 15, "": 15}


def test_a_form_whose_token_no_longer_holds_is_shown_again_with_what_was_typed(side: Side) -> None:
    series = side.series("A")
    client = Client(enforce_csrf_checks=True)
    client.force_login(side.person("A"))
    data = fields_of(client.get(side.question(series))) | {f"v-{series.pk}": "12", "action": "next"}
    answered = client.post(side.question(series), data)
    assert (answered.status_code, answered["Location"]) == (303, side.question(series))
    assert fields_of(client.get(side.question(series)))[f"v-{series.pk}"] == "12"
