"""What staff see and do on the page of the logic model, and what nobody else does."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.actions import change
from accounts.choices import Door
from accounts.models import Change
from indicators.actions import rebuild_results
from indicators.actions.lifecycle import move_result
from indicators.models import ExpectedResult, Indicator
from indicators.rules.wording import not_neutral
from indicators.views.framework import Node
from tests import factories
from tests.admin_pages import in_form, page, signed_in

ADDRESS = "/en/framework/"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Increased number of women hired", ["Increased"]),
        ("At least 80 % of students satisfied", ["At least", "80 %"]),
        ("Augmentation du nombre d’emplois", ["Augmentation"]),
        ("Institutions avec plus de 10 accords", ["plus de"]),
        ("Aumento de la matrícula", ["Aumento"]),
        ("Reducción hasta 5%", ["Reducción", "hasta", "5%"]),
        ("Students aged 15–24 who found a job", []),
        ("Étudiantes inscrites dans les programmes surplus", []),
        ("Personas capacitadas", []),
    ],
)
def test_a_name_is_neutral_or_says_its_direction(name: str, words: list[str]) -> None:
    assert not_neutral(name) == words


@pytest.mark.parametrize(
    ("immediate", "columns", "rows"),
    [
        ([3, 4], 7, ["many", "few", "few"]),
        ([0, 5], 6, ["many", "few", "many"]),
        ([4, 5], 9, ["", "few", "many"]),
    ],
)
def test_results_stand_side_by_side_as_far_as_there_is_room(
    immediate: list[int], columns: int, rows: list[str]
) -> None:
    """The drawing has a column for each immediate outcome, however many outputs stand below it."""

    def node(level: str, *children: Node) -> Node:
        return Node(ExpectedResult(level=level), children=list(children))

    middle = [
        node("intermediate", *(node("immediate", node("output"), node("output")) for _ in range(number)))
        for number in immediate
    ]
    top = node("ultimate", *middle)
    assert (top.columns, [each.row for each in (top, *middle)]) == (columns, rows)
    assert [each.heading for each in (top, middle[1], middle[1].children[0].children[0])] == [3, 4, 6]


class Model:
    """An ultimate outcome with two intermediate ones, the first with an immediate one and its output."""

    def __init__(self, **fields: Any) -> None:
        self.programme = factories.programme(**fields)
        self.top = self.node("1000", "ultimate", None, 1)
        self.first = self.node("1100", "intermediate", self.top, 2)
        self.below = self.node("1110", "immediate", self.first, 3)
        self.output = self.node("1111", "output", self.below, 4)
        self.second = self.node("1200", "intermediate", self.top, 5)

    def node(self, code: str, level: str, parent: Any, order: int) -> Any:
        return factories.expected_result(programme=self.programme, code=code, level=level, parent=parent, order=order)

    def order(self) -> list[str]:
        return list(
            ExpectedResult.objects.filter(programme=self.programme).order_by("order").values_list("code", flat=True)
        )


@pytest.mark.django_db
def test_nodes_change_places_and_the_framework_follows_the_tree() -> None:
    model = Model()
    with change(door=Door.ADMIN):
        assert move_result(result=model.second, is_up=True)
        assert model.order() == ["1000", "1200", "1100", "1110", "1111"]
        assert not move_result(result=model.second, is_up=True)
        assert not move_result(result=model.output, is_up=False)
        assert move_result(result=model.second, is_up=False)
    assert model.order() == ["1000", "1100", "1110", "1111", "1200"]
    assert ExpectedResult.objects.get(pk=model.top.pk).version == 1


@pytest.mark.django_db
def test_staff_are_told_what_to_look_at() -> None:
    model = Model()
    period = factories.period(programme=model.programme)
    names = ("Increase in jobs", "Policies", "Guides")
    loud, falling, bare = (
        factories.indicator(programme=model.programme, expected_result=model.output, **factories.three("name", name))
        for name in names
    )
    series = factories.series(indicator=falling)
    factories.target(
        series=factories.baseline(series=series, value=Decimal(50)).series, period=period, value=Decimal(10)
    )
    factories.target(series=factories.series(indicator=bare), period=period)
    factories.actual(series=factories.series(indicator=loud), period=period)
    hidden = factories.indicator(
        programme=model.programme, expected_result=model.top, is_public=False, **factories.three("name", "Hidden one")
    )
    with change(door=Door.COMMAND):
        rebuild_results()
    staff = signed_in()
    shown = staff.get(ADDRESS, {"programme": model.programme.slug})
    nodes = {node.result.code: node for node in shown.context["nodes"]}
    assert nodes["1111"].desk.warnings == ["3 indicators measure it; at most 2 are recommended."]
    assert nodes["1100"].desk.warnings == ["No indicator measures this outcome."]
    assert nodes["1000"].desk.warnings == []
    desks = {each.indicator: each.desk for each in nodes["1111"].indicators}
    assert {pk: (desk.warnings, desk.reported, desk.expected) for pk, desk in desks.items()} == {
        loud: (["Its name says a direction or a target: “increase”."], 1, 1),
        falling: (["Its targets lie on the other side of its baseline than its direction says."], 0, 1),
        bare: (["1 target has no baseline."], 0, 1),
    }
    body = shown.content.decode()
    assert "Hidden one" not in body
    assert page(Indicator, "change", loud.pk) in body
    everything = staff.get(ADDRESS, {"programme": model.programme.slug, "show": "all"})
    assert "Hidden one" in everything.content.decode()
    assert hidden.get_absolute_url() not in everything.content.decode()
    # The forms behind the links know where they were opened from.
    added = in_form(staff.get(nodes["1110"].desk.add_child).context["adminform"].form)
    assert (added["parent"], added["level"]) == (str(model.below.pk), "output")
    added = in_form(staff.get(nodes["1111"].desk.add_indicator).context["adminform"].form)
    assert (added["expected_result"], added["nature"]) == (str(model.output.pk), "output")


@pytest.mark.django_db
def test_the_demonstration_is_there_for_whoever_names_it_and_what_is_not_public_for_staff_alone(client: Client) -> None:
    real, shown = Model(code="A"), Model(is_demonstration=True, code="B")
    indicator = factories.indicator(
        programme=shown.programme, expected_result=shown.top, **factories.three("name", "Made up")
    )
    stated = factories.actual(series=factories.series(indicator=indicator), value=Decimal(4321))
    hidden = factories.indicator(
        programme=shown.programme, expected_result=shown.top, is_public=False, **factories.three("name", "HIDDEN")
    )
    factories.actual(series=factories.series(indicator=hidden), period=stated.period, value=Decimal(9876))
    with change(door=Door.COMMAND):
        rebuild_results()
    asked = {"programme": shown.programme.slug}
    staff = signed_in()
    assert staff.get(ADDRESS).context["programme"] == real.programme
    body = staff.get(ADDRESS, asked).content.decode()
    assert "Made up" in body
    assert "4,321" in body
    assert "HIDDEN" in body
    assert "9,876" in staff.get(ADDRESS, asked | {"show": "all"}).content.decode()
    member = factories.membership().user
    for who in (client, signed_in(member)):
        assert who.get(ADDRESS).context["programmes"] == [real.programme]
        answer = who.get(ADDRESS, asked | {"show": "all"})
        body = answer.content.decode()
        assert answer.context["programme"] == shown.programme
        assert answer.context["desk"] is None
        assert ("Made up" in body, "demonstration-mark" in body, "noindex" in body) == (True, True, True)
        assert [word for word in ('class="desk"', "HIDDEN", "9,876") if word in body] == []
        assert len(answer.context["problems"]) == 1


@pytest.mark.django_db
def test_only_who_keeps_the_model_moves_its_nodes(client: Client) -> None:
    model = Model()
    data = {"move": f"{model.second.pk}:up"}
    user = factories.user(is_staff=True)
    people = (client, signed_in(factories.membership().user), signed_in(user))
    # For the public the page is to be read alone.
    assert [who.post(ADDRESS, data).status_code for who in people] == [405, 405, 403]
    assert 'name="move"' not in signed_in(user).get(ADDRESS).content.decode()
    user.user_permissions.set(Permission.objects.filter(codename="change_expectedresult"))
    keeper = signed_in(user)
    assert f'value="{model.second.pk}:up"' in keeper.get(ADDRESS).content.decode()
    answer = keeper.post(ADDRESS, data)
    assert answer["Location"] == f"{ADDRESS}?programme={model.programme.slug}#result-1200"
    assert model.order()[1] == "1200"
    assert Change.objects.latest("pk").made_by == user
    for nonsense in ("", "x:up", "999:up", "99999999999999999999:up", "\x00"):
        assert keeper.post(ADDRESS, {"move": nonsense}).status_code == 404


@pytest.mark.django_db
def test_the_desk_costs_the_same_however_large_the_model(django_assert_num_queries: Any) -> None:
    model = Model()
    staff = signed_in()

    def add() -> None:
        period = factories.period(programme=model.programme, starts_on=date(2000 + factories.number() % 20, 1, 1))
        series = factories.series(
            indicator=factories.indicator(programme=model.programme, expected_result=model.output)
        )
        factories.target(series=factories.baseline(series=series).series, period=period)
        factories.actual(series=series, period=period)
        with change(door=Door.COMMAND):
            rebuild_results()

    add()
    staff.get(ADDRESS)
    with django_assert_num_queries(14):
        staff.get(ADDRESS)
    add()
    add()
    with django_assert_num_queries(14):
        staff.get(ADDRESS)
