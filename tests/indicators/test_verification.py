"""What institutions answer about figures of a programme that is over, and what becomes of it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import translation

from accounts.actions import StaleRecord, change
from accounts.choices import Door
from accounts.models import Change, User
from indicators import actions, rules
from indicators.actions import Answer, Reading, rebuild_results
from indicators.actions.verification import lacks_split
from indicators.choices import ConfirmationAnswer, Settlement
from indicators.models import Actual, Confirmation, Evidence, Result
from partners.models import Membership
from tests import factories as make
from tests.beside import both, on_postgresql

pytestmark = pytest.mark.django_db

CONFIRMED, CORRECTED, EVIDENCE, UNKNOWN = ConfirmationAnswer
TODAY = date(2024, 2, 1)


@pytest.fixture(autouse=True)
def _in_english() -> Any:
    with translation.override("en"):
        yield


class World:
    """A programme that is over, with one institution's figure of it and another institution's."""

    def __init__(self) -> None:
        self.programme = make.programme()
        self.period = make.period(programme=self.programme, kind="whole", state="published")
        self.round = make.verification_round(programme=self.programme)
        self.project = make.project(programme=self.programme)
        self.partner, self.other = make.partner(), make.partner()
        for each in (self.partner, self.other):
            make.partnership(project=self.project, partner=each)
        self.person = make.membership(partner=self.partner).user
        self.stranger = make.membership(partner=self.other).user
        self.specialist = make.specialist()
        self.figure = self.actual(self.partner)
        rebuild_results()

    def actual(self, partner: Any = None, *, key: str = "", value: int = 50, **fields: Any) -> Actual:
        of = fields.pop("indicator", None) or make.indicator(programme=self.programme, is_whole=True)
        series = make.series(indicator=of, partner=partner, project=self.project, key=key)
        return make.actual(series=series, period=self.period, value=Decimal(value), **fields)

    def answer(self, answer: str = CONFIRMED, **more: Any) -> Confirmation:
        """As the person, who has just loaded the page."""
        figure = more.pop("actual", self.figure)
        partner = more.pop("partner", self.partner)
        found = Confirmation.objects.filter(actual=figure, partner=partner, round=self.round).first()
        given: dict[str, Any] = {
            "by": self.person,
            "today": TODAY,
            "version": found.version if found else 0,
            "figure_version": Actual.objects.get(pk=figure.pk).version,
        }
        for name in [*given, "round"]:
            given[name] = more.pop(name, given.get(name, self.round))
        said = Answer(ConfirmationAnswer(answer), **more)
        with change(door=Door.WORKSPACE, by=given["by"], reason="round"):
            return actions.answer_figure(partner=partner, actual=figure, said=said, **given)

    def settle(self, answer: Confirmation, settlement: Settlement, *, by: User | None = None, **more: Any) -> Any:
        by = by or self.specialist
        text = more.pop("text", "The institution counted again")
        with change(door=Door.WORKSPACE, by=by, reason=text):
            return actions.settle(
                confirmation=answer,
                by=by,
                settlement=settlement,
                text=text,
                version=more.pop("version", Confirmation.objects.get(pk=answer.pk).version),
                **more,
            )

    def mark(self, figure: Actual | None = None) -> tuple[str, str]:
        """In the figure and in the table of results."""
        pk = (figure or self.figure).pk
        return Actual.objects.get(pk=pk).verification, Result.objects.get(actual_record=pk).verification


@pytest.fixture
def world() -> World:
    return World()


# --- The figures of an institution -----------------------------------------------------------------------------------


def test_the_figures_of_an_institution_are_those_about_it_its_units_and_those_that_name_it(world: World) -> None:
    unit = make.partner(part_of=world.partner, name="Centro de Soldadura")
    make.partner_alias(partner=world.partner, name="Instituto Fénix")
    own, of_unit = world.figure, world.actual(unit)
    reported = world.actual()
    with change(door=Door.COMMAND):
        reported.series.reporter = world.partner
        actions.save_context(record=reported.series)
    in_note = world.actual(note_es="De ellas, 20 del INSTITUTO FENIX.")
    in_citation = world.actual()
    make.citation(actual=in_citation, printed_value="dont 12 au Centro de soldadura")
    nameless = world.actual()
    part_of_a_word = world.actual(note_en="The institutos fénix do not count.")
    of_another = world.actual(world.other, note_en="With the Instituto Fénix.")
    elsewhere = make.actual(
        series=make.series(project=make.project(programme=world.programme)), note_en="Instituto Fénix"
    )

    found = set(Actual.objects.of_institution(world.partner))
    assert found == {own, of_unit, reported, in_note, in_citation}
    assert found.isdisjoint({nameless, part_of_a_word, of_another, elsewhere})
    assert set(Actual.objects.of_institution(unit)) == {of_unit}


def test_a_contested_partnership_brings_no_figures(world: World) -> None:
    contested = make.partner(name="Centro Lejano")
    make.partnership(project=world.project, partner=contested, is_adopted=False)
    world.actual(note_en="Also at Centro Lejano.")
    assert list(Actual.objects.of_institution(contested)) == []


def test_a_person_sees_what_the_public_sees_and_what_their_institution_reports(world: World) -> None:
    later = make.period(programme=world.programme, state="open")
    indicator = make.indicator(programme=world.programme)
    hidden = make.indicator(programme=world.programme, is_public=False)
    drafts = {
        reporter: make.actual(
            series=make.series(indicator=indicator, partner=world.partner, reporter=reporter, key=key),
            period=later,
            route="grid",
            approved_at="2024-01-01T00:00Z",
        )
        for reporter, key in ((world.partner, "sex=women"), (world.other, "sex=men"), (None, ""))
    }
    private = world.actual(world.partner, indicator=hidden)
    rebuild_results()

    seen = set(Actual.objects.of_institution(world.partner).for_user(world.person))
    assert seen == {world.figure, drafts[world.partner]}
    assert private not in seen
    assert private in set(Actual.objects.of_institution(world.partner).for_user(world.specialist))
    with change(door=Door.ADMIN):
        Membership.objects.filter(user=world.person).delete()
    assert drafts[world.partner] not in set(Actual.objects.for_user(world.person))


def test_what_is_withheld_from_the_public_is_withheld_from_members_who_do_not_report_it(world: World) -> None:
    indicator = make.indicator(programme=world.programme, is_sensitive=True)
    few = world.actual(world.partner, indicator=indicator, value=3)
    rebuild_results()
    assert Result.objects.get(actual_record=few).is_suppressed
    assert few not in set(Actual.objects.of_institution(world.partner).for_user(world.person))


# --- Answering -------------------------------------------------------------------------------------------------------


def test_a_confirmation_raises_the_mark_in_one_change_with_its_results(world: World) -> None:
    assert world.mark() == ("as_published", "as_published")
    answer = world.answer()
    assert world.mark() == ("confirmed", "confirmed")
    [written] = Change.objects.filter(pk__in=answer.history.values("change"))
    assert (written.door, written.made_by, written.reason) == ("workspace", world.person, "round")
    assert Actual.history.filter(id=world.figure.pk).latest("history_id").change_id == written.pk
    assert actions.check_results() == []


def test_an_unconfirmed_figure_is_raised_and_one_checked_further_is_left_alone(world: World) -> None:
    approved = {"route": "grid", "approved_at": "2024-01-01T00:00Z"}
    unconfirmed = world.actual(world.partner, verification="unconfirmed", **approved)
    assessed = world.actual(world.partner, verification="assessed", **approved)
    rebuild_results()
    for figure in (unconfirmed, assessed):
        world.answer(actual=figure)
    assert (world.mark(unconfirmed)[0], world.mark(assessed)[0]) == ("confirmed", "assessed")
    world.answer(UNKNOWN, actual=unconfirmed)
    assert world.mark(unconfirmed) == ("unconfirmed", "unconfirmed")


def test_taking_the_confirmation_back_lowers_the_mark_again(world: World) -> None:
    world.answer()
    world.answer(UNKNOWN)
    assert world.mark() == ("as_published", "as_published")
    world.answer()
    world.answer(CORRECTED, value=Decimal(40))
    assert world.mark() == ("as_published", "as_published")


def test_a_mark_that_the_staff_gave_is_not_lowered_by_taking_a_confirmation_back(world: World) -> None:
    with change(door=Door.ADMIN, by=world.specialist, reason="They wrote to us"):
        world.figure.verification = "confirmed"
        actions.save_figure(record=world.figure)
    world.answer()
    world.answer(UNKNOWN)
    assert world.mark() == ("confirmed", "confirmed")


def test_one_confirmation_is_enough_unless_another_institution_says_otherwise(world: World) -> None:
    shared = world.actual(note_en=f"At {world.partner.name} and {world.other.name}.")
    rebuild_results()
    theirs = {"partner": world.other, "by": world.stranger, "actual": shared}
    world.answer(actual=shared)
    world.answer(UNKNOWN, **theirs)
    assert world.mark(shared)[0] == "confirmed"
    disputed = world.answer(CORRECTED, value=Decimal(49), **theirs)
    assert world.mark(shared)[0] == "as_published"
    world.settle(disputed, Settlement.KEPT)
    assert world.mark(shared)[0] == "confirmed"
    world.answer(UNKNOWN, actual=shared)
    assert world.mark(shared)[0] == "as_published"


def test_a_confirmation_of_what_the_figure_no_longer_states_does_not_count(world: World) -> None:
    shared = world.actual(note_en=f"At {world.partner.name} and {world.other.name}.")
    rebuild_results()
    world.answer(actual=shared)
    with change(door=Door.GRID, by=world.specialist, reason="A new count"):
        actions.set_actual(
            series=shared.series, period=world.period, route="grid", by=world.specialist, value=Decimal(7),
            verification="unconfirmed",
        )  # fmt: skip
    world.answer(UNKNOWN, actual=shared, partner=world.other, by=world.stranger)
    assert world.mark(shared)[0] == "unconfirmed"


@pytest.mark.parametrize(
    ("case", "error"),
    [
        ({"today": date(2024, 4, 1)}, ValidationError),
        ({"today": date(2023, 12, 31)}, ValidationError),
        ({"answer": EVIDENCE}, ValidationError),
        ({"answer": CORRECTED}, ValidationError),
        ({"answer": CORRECTED, "value": Decimal("10.5")}, ValidationError),
        ({"answer": CORRECTED, "value": Decimal(-1)}, ValidationError),
        ({"answer": CONFIRMED, "value": Decimal(40)}, ValidationError),
        ({"women": Decimal(30), "men": Decimal(21)}, ValidationError),
        ({"women": Decimal("0.5")}, ValidationError),
        ({"women": Decimal(-1)}, ValidationError),
        ({"base": Decimal(100)}, ValidationError),
        ({"version": 1}, StaleRecord),
        ({"figure_version": 99}, StaleRecord),
    ],
)
def test_what_cannot_be_kept_is_refused_and_nothing_is_half_written(
    world: World, case: dict[str, Any], error: type[Exception]
) -> None:
    before = Change.objects.count()
    with pytest.raises(error):
        world.answer(**case)
    assert (Confirmation.objects.count(), Evidence.objects.count(), Change.objects.count()) == (0, 0, before)
    assert world.mark() == ("as_published", "as_published")


def test_only_contributors_and_leads_of_the_institution_answer_about_its_figures(world: World) -> None:
    viewer = make.membership(partner=world.partner, role="viewer").user
    gone = make.membership(partner=world.partner, role="lead").user
    gone.is_active = False
    gone.save()
    unnamed = world.actual(world.other)
    rebuild_results()
    for more in (
        *({"by": who} for who in (viewer, gone, world.stranger, world.specialist, make.user())),
        {"actual": unnamed},
        {"partner": world.other},
    ):
        with pytest.raises(PermissionDenied):
            world.answer(**more)
    assert not Confirmation.objects.exists()


def test_an_answer_made_from_an_older_one_is_refused(world: World) -> None:
    first = world.answer()
    world.answer(UNKNOWN)
    with pytest.raises(StaleRecord):
        world.answer(CORRECTED, value=Decimal(1), version=first.version - 1)
    assert Confirmation.objects.get().answer == UNKNOWN


def test_another_mark_is_no_other_figure_but_another_value_is(world: World) -> None:
    seen = world.figure.version
    world.answer()
    assert Actual.objects.get(pk=world.figure.pk).version > seen
    world.answer(UNKNOWN, figure_version=seen)
    with change(door=Door.ADMIN, by=world.specialist, reason="A new count"):
        current = Actual.objects.get(pk=world.figure.pk)
        current.value = Decimal(51)
        actions.save_figure(record=current)
    with pytest.raises(StaleRecord):
        world.answer(figure_version=seen)
    assert Confirmation.objects.get().answer == UNKNOWN


def test_evidence_follows_the_answer_and_raises_nothing_by_itself(world: World) -> None:
    world.answer(EVIDENCE, link="https://example.org/a")
    world.answer(EVIDENCE, is_on_request=True)
    [kept] = Evidence.objects.all()
    assert (kept.link, kept.is_on_request, kept.is_public) == ("", True, False)
    assert world.mark() == ("as_published", "as_published")
    world.answer()
    assert not Evidence.objects.exists()


def test_evidence_that_is_announced_and_not_attached_is_not_adopted(world: World) -> None:
    answer = world.answer(EVIDENCE, is_to_follow=True)
    with pytest.raises(ValidationError, match="no evidence yet"):
        world.settle(answer, Settlement.ADOPTED)
    make.evidence(confirmation=answer, title="Certificates", link="", file=make.stored_file())
    # What was attached stays, whatever the next answer is.
    world.answer(EVIDENCE, link="https://example.org/a")
    world.answer(EVIDENCE, is_to_follow=True)
    assert [each.title for each in Evidence.objects.all()] == ["Certificates"]
    world.settle(answer, Settlement.ADOPTED)
    assert world.mark() == ("evidence", "evidence")


# --- Settling --------------------------------------------------------------------------------------------------------


def test_a_correction_that_is_adopted_is_written_with_its_first_value_kept(world: World) -> None:
    answer = world.answer(CORRECTED, value=Decimal(45), text="Graduates only")
    settled = world.settle(answer, Settlement.ADOPTED)
    figure = Actual.objects.get(pk=world.figure.pk)
    assert (figure.value, figure.first_published_value, figure.route) == (45, 50, "workspace")
    assert world.mark() == ("confirmed", "confirmed")
    assert (settled.settlement, settled.settled_by, settled.settlement_text) == (
        "adopted", world.specialist, "The institution counted again",
    )  # fmt: skip
    result = Result.objects.get(actual_record=figure)
    assert (result.actual, result.is_public) == (45, True)
    assert actions.check_results() == []


def test_what_is_settled_is_not_answered_again(world: World) -> None:
    answer = world.answer(CORRECTED, value=Decimal(45))
    world.settle(answer, Settlement.KEPT)
    with pytest.raises(ValidationError, match="settled"):
        world.answer()
    assert world.mark() == ("as_published", "as_published")
    assert Actual.objects.get(pk=world.figure.pk).value == 50


def test_a_split_goes_into_the_series_of_women_and_men(world: World) -> None:
    for code in ("women", "men"):
        make.breakdown(f"sex={code}")
    answer = world.answer(women=Decimal(30), men=Decimal(20))
    assert world.mark()[0] == "confirmed"
    world.settle(answer, Settlement.ADOPTED)
    of = world.figure.series
    parts = {
        each.series.breakdown.key: (each.value, each.verification, each.route)
        for each in Actual.objects.filter(series__indicator=of.indicator).exclude(series=of)
    }
    assert parts == {key: (value, "confirmed", "workspace") for key, value in (("sex=women", 30), ("sex=men", 20))}
    assert {each.series.partner for each in Actual.objects.filter(series__indicator=of.indicator)} == {world.partner}
    assert world.mark() == ("confirmed", "confirmed")
    # From then on the sources tell women from men.
    with pytest.raises(ValidationError, match="settled"):
        world.answer(women=Decimal(30))
    assert actions.check_results() == []


def test_a_split_is_refused_where_women_are_stated_already(world: World) -> None:
    of = world.figure.series
    women = make.series(indicator=of.indicator, partner=of.partner, project=of.project, key="sex=women")
    make.actual(series=women, period=world.period, value=None, share=Decimal(43))
    with pytest.raises(ValidationError, match="already"):
        world.answer(women=Decimal(20))


def test_a_split_is_asked_for_beside_every_count_of_people_and_written_below_its_other_categories(world: World) -> None:
    for code in ("women", "men"):
        make.breakdown(f"sex={code}")
    total = world.figure.series
    with_role: dict[str, Actual] = {}
    for key in ("age=15-24", "role=teachers", "role=teachers;zone=rural", "sex=women"):
        series = make.series(indicator=total.indicator, partner=total.partner, project=total.project, key=key)
        with_role[key] = make.actual(series=series, period=world.period, value=Decimal(20))
    rebuild_results()

    def asked() -> dict[str, bool]:
        found = Actual.objects.with_series().with_split().filter(series__indicator=total.indicator)
        return {each.series.breakdown.key: lacks_split(each) for each in found}

    others = {"age=15-24": True, "role=teachers": True, "role=teachers;zone=rural": True}
    assert asked() == {"": False, **others, "sex=women": False}
    for key in with_role:
        if key != "sex=women":
            answer = world.answer(actual=with_role[key], women=Decimal(9))
            world.settle(answer, Settlement.ADOPTED)
    made = {"age=15-24;sex=women", "role=teachers;sex=women", "role=teachers;sex=women;zone=rural"}
    assert asked() == {"": False, **dict.fromkeys([*others, "sex=women", *made], False)}
    assert actions.check_results() == []


def test_the_base_of_a_share_is_the_total_that_no_source_states(world: World) -> None:
    indicator = make.indicator(programme=world.programme, is_whole=True)
    series = make.series(indicator=indicator, partner=world.partner, project=world.project, key="sex=women")
    share = make.actual(series=series, period=world.period, value=None, share=Decimal(43))
    rebuild_results()
    world.settle(world.answer(actual=share, base=Decimal(50)), Settlement.ADOPTED)
    total = Actual.objects.get(series__indicator=indicator, series__breakdown__key="")
    kept = Actual.objects.get(pk=share.pk)
    assert (total.value, total.verification, total.series.partner) == (50, "confirmed", world.partner)
    assert (kept.share, kept.route, kept.verification) == (43, share.route, "confirmed")
    assert actions.check_results() == []
    # Where the total is stated, nobody is asked.
    series = make.series(indicator=indicator, partner=world.partner, project=world.project, key="sex=men")
    of_men = make.actual(series=series, period=world.period, value=None, share=Decimal(57))
    rebuild_results()
    with pytest.raises(ValidationError, match="base is stated already"):
        world.answer(actual=of_men, base=Decimal(50))


def test_a_correction_in_words_becomes_what_the_staff_read_in_it_and_is_not_confirmed_by_that(world: World) -> None:
    answer = world.answer(CORRECTED, text="Five of them came twice")
    for reading, sentence in ((Reading(), "states no number"), (Reading(Decimal(50)), "states this already")):
        with pytest.raises(ValidationError, match=sentence):
            world.settle(answer, Settlement.ADOPTED, reading=reading)
    world.settle(answer, Settlement.ADOPTED, reading=Reading(Decimal(45)))
    figure = Actual.objects.get(pk=world.figure.pk)
    assert (figure.value, figure.first_published_value, Confirmation.objects.get().value) == (45, 50, None)
    assert world.mark() == ("unconfirmed", "unconfirmed")

    indicator = make.indicator(programme=world.programme, measure="qualitative", is_whole=False)
    series = make.series(indicator=indicator, partner=world.partner, project=world.project)
    told = make.actual(series=series, period=world.period, value=None, text_en="New rules", text_es="Reglas")
    rebuild_results()
    answer = world.answer(CORRECTED, actual=told, text="The rules were adopted later")
    texts = {"text_fr": "", "text_es": "Reglas adoptadas", "text_en": "Rules adopted"}
    world.settle(answer, Settlement.ADOPTED, reading=Reading(texts=texts))
    told.refresh_from_db()
    assert (told.text_fr, told.text_es, told.text_en, told.value) == ("", "Reglas adoptadas", "Rules adopted", None)
    assert actions.check_results() == []


def test_a_number_that_the_institution_states_is_not_replaced_by_another_one(world: World) -> None:
    answer = world.answer(CORRECTED, value=Decimal(45))
    with pytest.raises(ValidationError, match="states the number itself"):
        world.settle(answer, Settlement.ADOPTED, reading=Reading(Decimal(44)))
    assert Actual.objects.get(pk=world.figure.pk).value == 50


def test_a_base_fills_numerator_and_denominator_where_that_closes(world: World) -> None:
    def percentage(value: int) -> Actual:
        indicator = make.indicator(programme=world.programme, measure="percentage")
        return world.actual(world.partner, indicator=indicator, value=value)

    closes, does_not = percentage(82), percentage(82)
    rebuild_results()
    world.settle(world.answer(actual=closes, base=Decimal(50)), Settlement.ADOPTED)
    kept = Actual.objects.get(pk=closes.pk)
    assert (kept.value, kept.numerator, kept.denominator, kept.first_published_value) == (82, 41, 50, None)
    answer = world.answer(actual=does_not, base=Decimal(7))
    with pytest.raises(ValidationError, match="No whole number of 7"):
        world.settle(answer, Settlement.ADOPTED)
    assert Confirmation.objects.get(pk=answer.pk).settlement == Settlement.PENDING
    assert Actual.objects.get(pk=does_not.pk).denominator is None


@pytest.mark.parametrize(
    ("percentage", "base", "numerator"),
    [("82", "50", "41"), ("54", "3006", "1623"), ("82", "7", None), ("94.2", "1000", "942"), ("94.2", "10", None)],
)
def test_the_numerator_that_closes(percentage: str, base: str, numerator: str | None) -> None:
    found = rules.closing_numerator(percentage=Decimal(percentage), base=Decimal(base))
    assert found == (None if numerator is None else Decimal(numerator))


def test_evidence_raises_the_mark_when_the_staff_settle(world: World) -> None:
    answer = world.answer(EVIDENCE, is_on_request=True)
    world.settle(answer, Settlement.ADOPTED)
    assert world.mark() == ("evidence", "evidence")
    assert Evidence.objects.get().confirmation == answer


@pytest.mark.parametrize(
    ("answer", "settlement", "more"),
    [
        ({"answer": UNKNOWN}, Settlement.ADOPTED, {}),
        ({"answer": EVIDENCE, "is_to_follow": True}, Settlement.ADOPTED, {}),
        ({"answer": CORRECTED, "text": "It counted two years"}, Settlement.ADOPTED, {}),
        ({"answer": CORRECTED, "value": Decimal(3)}, Settlement.ADOPTED, {"text": " "}),
        ({"answer": CORRECTED, "value": Decimal(3)}, Settlement.KEPT, {"text": ""}),
        ({"answer": CORRECTED, "value": Decimal(3)}, Settlement.PENDING, {}),
    ],
)
def test_what_cannot_be_settled_so_is_refused(world: World, answer: Any, settlement: Settlement, more: Any) -> None:
    given = world.answer(**answer)
    with pytest.raises(ValidationError):
        world.settle(given, settlement, **more)
    assert Confirmation.objects.get().settlement == Settlement.PENDING
    assert Actual.objects.get(pk=world.figure.pk).value == 50


def test_an_answer_that_changed_meanwhile_is_not_settled(world: World) -> None:
    answer = world.answer(CORRECTED, value=Decimal(45))
    world.answer(CORRECTED, value=Decimal(46))
    with pytest.raises(StaleRecord):
        world.settle(answer, Settlement.ADOPTED, version=1)
    world.settle(answer, Settlement.KEPT)
    with pytest.raises(StaleRecord):
        world.settle(answer, Settlement.ADOPTED)
    assert Actual.objects.get(pk=world.figure.pk).value == 50


def test_a_figure_that_only_its_source_makes_public_is_not_corrected_out_of_sight(world: World) -> None:
    earlier = make.period(programme=world.programme, state="open")
    printed = make.actual(series=world.figure.series, period=earlier)
    rebuild_results()
    answer = world.answer(CORRECTED, actual=printed, value=Decimal(45))
    with pytest.raises(ValidationError, match="publish its period first"):
        world.settle(answer, Settlement.ADOPTED)


def test_reviewers_settle_and_those_who_may_correct_adopt(world: World) -> None:
    answer = world.answer(CORRECTED, value=Decimal(45))
    for who in (world.person, make.enterer(), make.user(is_staff=True)):
        with pytest.raises(PermissionDenied):
            world.settle(answer, Settlement.KEPT, by=who)
    reviewer = make.reviewer()
    with pytest.raises(PermissionDenied):
        world.settle(answer, Settlement.ADOPTED, by=reviewer)
    world.settle(answer, Settlement.KEPT, by=reviewer)
    assert Confirmation.objects.get().settled_by == reviewer


def test_what_asks_the_staff_for_something(world: World) -> None:
    make.breakdown("sex=women")
    figures = [world.actual(world.partner) for _each in range(4)]
    rebuild_results()
    world.answer(actual=figures[0])
    world.answer(UNKNOWN, actual=figures[1])
    split = world.answer(actual=figures[2], women=Decimal(30))
    corrected = world.answer(CORRECTED, actual=figures[3], value=Decimal(45))
    assert set(Confirmation.objects.to_settle()) == {split, corrected}
    world.settle(corrected, Settlement.KEPT)
    assert set(Confirmation.objects.to_settle()) == {split}


# --- Two people at once ----------------------------------------------------------------------------------------------


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_who_answer_at_once_the_second_is_told() -> None:
    world = World()
    colleague = make.membership(partner=world.partner).user

    def second() -> Any:
        with translation.override("en"):
            try:
                return world.answer(UNKNOWN, by=colleague, version=0, figure_version=1)
            except StaleRecord as stale:
                return stale.current

    first, seen = both(lambda: world.answer(), second)
    assert seen == first
    assert Confirmation.objects.get().answer == CONFIRMED


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_an_answer_that_is_being_settled_waits_and_is_refused() -> None:
    world = World()
    answer = world.answer(CORRECTED, value=Decimal(45))

    def second() -> Any:
        with translation.override("en"), pytest.raises(ValidationError, match="settled"):
            world.answer(version=1, figure_version=1)

    both(lambda: world.settle(answer, Settlement.KEPT), second)
    assert Confirmation.objects.get().settlement == Settlement.KEPT
