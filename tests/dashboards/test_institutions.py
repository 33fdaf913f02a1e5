"""An institution in figures, its answers one figure at a time, and what the staff make of them."""

import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from pypdf import PdfReader

from accounts.actions import change
from accounts.choices import Door
from accounts.models import User
from dashboards.overviews import today_of
from indicators.actions import rebuild_results
from indicators.models import Actual, Confirmation
from library.models import Discrepancy
from partners.models import Membership
from tests import factories as make
from tests.dashboards.people import SPECIALIST, signed_in, staff
from tests.factories import three
from tests.pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

#: Session, account, membership; the institution, its units and names; figures, rounds, answers, evidence, categories.
MOST_QUERIES = 15


class World:
    """A programme that is over and a round of it; institutions A and B with a figure each in a project of both."""

    def __init__(self) -> None:
        today = timezone.localdate()
        self.programme = make.programme(code="EPE", slug="epe")
        self.period = make.period(
            programme=self.programme, kind="whole", state="published", **three("name", "2016–2023")
        )
        self.round = make.verification_round(
            programme=self.programme, code="r1", opens_on=today - timedelta(3), closes_on=today + timedelta(3)
        )
        self.project = make.project(programme=self.programme, code="B05", slug="B05", title="Soudure")
        self.a = make.partner(slug="a", name="Instituto Alfa", acronym="IA", language="es")
        self.b = make.partner(slug="b", name="Instituto Beta", acronym="IB", language="es")
        for partner in (self.a, self.b):
            make.partnership(project=self.project, partner=partner)
        self.person = make.membership(partner=self.a, user=make.user(language="es")).user
        self.document = make.document(slug="book", **three("short_title", "Book"))
        self.figure = self.actual(self.a, "Trained people", 50)
        self.theirs = self.actual(self.b, "Figures of Beta", 777)
        rebuild_results()

    def actual(self, partner: Any, name: str = "", value: int = 5, **fields: Any) -> Actual:
        indicator = make.indicator(
            programme=self.programme, is_whole=True, **three("name", name or f"Indicator {make.number()}"), **fields
        )
        series = make.series(indicator=indicator, project=self.project, partner=partner)
        made: Actual = make.actual(series=series, period=self.period, value=Decimal(value))
        make.citation(
            actual=made, document=self.document, section="Projet 5", printed_value=f"{value} personnes", value=value
        )
        return made

    def client(self, user: User | None = None) -> Client:
        client = Client()
        client.force_login(user or self.person)
        return client

    def member(self, partner: Any, role: str) -> Client:
        return self.client(make.membership(partner=partner, role=role).user)

    def verify(self, figure: Actual | None = None, partner: str = "a") -> str:
        return reverse("institution_verify", args=[partner, (figure or self.figure).pk])

    def send(self, client: Client | None = None, figure: Actual | None = None, **typed: Any) -> Any:
        """As from a page that was just loaded."""
        actual = Actual.objects.get(pk=(figure or self.figure).pk)
        answer = Confirmation.objects.filter(actual=actual, partner=self.a).first()
        versions = {"version": answer.version if answer else 0, "figure_version": actual.version}
        return (client or self.client()).post(self.verify(actual), {**versions, **typed})


@pytest.fixture
def world() -> World:
    return World()


def page_of(world: World, client: Client | None = None, slug: str = "a") -> Any:
    return (client or world.client()).get(reverse("institution", args=[slug]))


# --- The page --------------------------------------------------------------------------------------------------------


def test_the_page_says_all_that_the_sources_say_of_the_institution(world: World) -> None:
    make.partner_alias(partner=world.a, name="Alpha Institute", kind="translation")
    make.publication(programme=world.programme, title="Guide de soudure").projects.set([world.project])
    make.finding(programme=world.programme, project=world.project, **three("text", "Teachers matter"))
    contested = make.project(programme=world.programme, code="B12", title="Mines")
    part = make.partnership(project=contested, partner=world.a, is_adopted=False)
    make.citation(partnership=part, document=world.document, printed_value="Institut Alfa", about="partners")
    discrepancy = make.discrepancy(programme=world.programme, **three("explanation", "One chapter says 48"))
    discrepancy.actuals.set([world.figure])
    with change(door=Door.COMMAND):
        rebuild_results()
    said = words(page_of(world))
    for sentence in (
        *("Instituto Alfa", "Alpha Institute", "Trained people", "50 people", "as published", "Book, Projet 5"),
        *("printed as 50 personnes", "Sources disagree: One chapter says 48", "B05 Soudure", "Guide de soudure"),
        *("Teachers matter", "Contested: a source names it", "Institut Alfa", "0 of 1 figures are answered."),
    ):
        assert sentence in said, sentence
    assert "Figures of Beta" not in said
    assert "777" not in said


def test_another_institution_does_not_exist_for_a_member(world: World) -> None:
    client = world.client()
    for address in (
        reverse("institution", args=["b"]),
        reverse("institution", args=["nobody"]),
        reverse("institution_sheet", args=["b"]),
        world.verify(world.theirs, "b"),
        world.verify(world.figure, "b"),
        world.verify(world.theirs, "a"),
        reverse("institution_verify", args=["a", 999999]),
    ):
        for answer in (client.get(address), client.post(address, {"answer": "confirmed"})):
            assert answer.status_code in (404, 405), address
            assert "Beta" not in answer.content.decode()
    assert not Confirmation.objects.exists()


def test_a_list_is_for_those_who_have_several_institutions(world: World) -> None:
    address = reverse("institutions")
    assert world.client().get(address)["Location"] == reverse("institution", args=["a"])
    make.membership(user=world.person, partner=make.partner(name="Instituto Gama"))
    both = words(world.client().get(address))
    assert "Instituto Alfa" in both
    assert "Instituto Gama" in both
    assert "Beta" not in both
    assert "Instituto Beta" in words(signed_in("view_submission").get(address))


def test_access_ends_with_the_membership_and_with_the_account(world: World) -> None:
    client = world.client()
    assert page_of(world, client).status_code == 200
    with change(door=Door.ADMIN):
        Membership.objects.filter(user=world.person).delete()
    make.membership(user=world.person, partner=world.b)
    assert page_of(world, client).status_code == 404
    assert world.send(client, answer="confirmed").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_pages_cost_the_same_with_one_and_with_three_figures(world: World, number: int) -> None:
    unit = make.partner(part_of=world.a)
    make.partner_alias(partner=unit)
    make.partner_alias(partner=world.a)
    for each in range(number - 1):
        made = world.actual(world.a)
        make.confirmation(round=world.round, partner=world.a, actual=made, answered_by=world.person)
        make.evidence(confirmation=Confirmation.objects.get(actual=made), link=f"https://example.org/{each}")
        make.publication(programme=world.programme).projects.set([world.project])
        make.finding(programme=world.programme, project=world.project)
    make.confirmation(round=world.round, partner=world.a, actual=world.figure, answer="unknown")
    rebuild_results()
    client = world.client()
    for address in (reverse("institution", args=["a"]), world.verify(), reverse("institutions")):
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        assert len(queries) <= MOST_QUERIES, [query["sql"][:150] for query in queries]
    office = signed_in(user=staff(*SPECIALIST))
    answer = Confirmation.objects.get(actual=world.figure)
    for address in (
        reverse("verification_rounds"),
        reverse("verification_round", args=["r1"]),
        reverse("verification_settle", args=["r1", answer.pk]),
    ):
        with CaptureQueriesContext(connection) as queries:
            office.get(address)
        assert len(queries) <= MOST_QUERIES, [query["sql"][:150] for query in queries]


def test_the_first_page_tells_of_rounds_in_which_the_person_answers(world: World) -> None:
    elsewhere = make.programme()
    make.project(programme=elsewhere)
    today = timezone.localdate()
    make.verification_round(
        programme=elsewhere,
        opens_on=today - timedelta(3),
        closes_on=today + timedelta(3),
        **three("name", "Not theirs"),
    )
    shown = world.client().get(reverse("workspace"))
    assert shown.context["rounds"] == [world.round]
    assert "Not theirs" not in words(shown)
    type(world.round).objects.update(closes_on=today - timedelta(2))
    assert world.client().get(reverse("workspace")).context["rounds"] == []


# --- Answering -------------------------------------------------------------------------------------------------------


def test_one_answer_leads_to_the_next_figure_and_the_last_to_the_page(world: World) -> None:
    second = world.actual(world.a, "Zones reached")
    rebuild_results()
    answered = world.send(answer="confirmed")
    assert answered["Location"] == world.verify(second)
    assert world.send(figure=second, answer="unknown")["Location"].startswith(reverse("institution", args=["a"]))
    assert [each.answer for each in Confirmation.objects.order_by("pk")] == ["confirmed", "unknown"]
    assert "2 of 2 figures are answered." in words(page_of(world))


def test_an_answer_may_be_given_and_left_for_later(world: World) -> None:
    world.actual(world.a)
    rebuild_results()
    stopped = world.send(answer="confirmed", stop="1")
    assert stopped["Location"] == f"{reverse('institution', args=['a'])}#figure-{world.figure.pk}"


def test_a_file_that_is_announced_is_attached_next(world: World) -> None:
    sent = world.send(answer="evidence", is_to_follow="on")
    answer = Confirmation.objects.get()
    assert sent["Location"] == f"{reverse('evidence_add')}?confirmation={answer.pk}"
    assert world.client().get(sent["Location"]).status_code == 200
    assert sent["Location"] in page_of(world).content.decode()


def test_numbers_are_read_by_the_strict_parser_and_what_was_typed_is_not_lost(world: World) -> None:
    make.breakdown("sex=women")
    refused = world.send(answer="corrected", value="forty", text="They left")
    assert refused.status_code == 422
    assert "“forty” is not a number" in words(refused)
    assert "They left" in refused.content.decode()
    assert world.send(answer="corrected", value="12,5").status_code == 422
    world.send(answer="corrected", value="1 234", text="Both years", women="1.000")
    answer = Confirmation.objects.get()
    assert (answer.value, answer.women, answer.text) == (1234, 1000, "Both years")
    again = world.client().get(world.verify())
    assert 'value="1234"' in again.content.decode()


def test_an_answer_of_a_page_that_is_not_the_latest_is_refused_with_what_was_typed(world: World) -> None:
    colleague = world.member(world.a, "lead")
    versions = {"version": 0, "figure_version": world.figure.version}
    colleague.post(world.verify(), {**versions, "answer": "unknown"})
    refused = world.client().post(world.verify(), {**versions, "answer": "corrected", "value": "45"})
    assert refused.status_code == 409
    assert "nothing was saved" in words(refused)
    assert "What stands there now We do not know" in words(refused)
    assert 'value="45"' in refused.content.decode()
    assert Confirmation.objects.get().answer == "unknown"
    # A second look at the same page may send it.
    sent = {name: refused.context["form"][name].value() for name in ("version", "figure_version", "answer", "value")}
    assert world.client().post(world.verify(), sent).status_code == 302
    assert Confirmation.objects.get().answer == "corrected"


def test_viewers_and_staff_read_and_do_not_answer(world: World) -> None:
    for client in (world.member(world.a, "viewer"), signed_in(*SPECIALIST)):
        shown = client.get(world.verify())
        assert shown.status_code == 200
        assert shown.context["form"] is None
        assert world.send(client, answer="confirmed").status_code == 403
    assert not Confirmation.objects.exists()


def test_moments_are_told_by_the_clock_of_the_reader(world: World) -> None:
    made = make.confirmation(round=world.round, partner=world.a, actual=world.figure)
    type(made).objects.filter(pk=made.pk).update(answered_at="2024-05-01T12:00Z")
    reader = make.membership(partner=world.a, user=make.user(time_zone="Asia/Tokyo")).user
    assert "2024-05-01 21:00" in words(page_of(world, world.client(reader)))


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_round_is_open_in_the_time_zone_of_the_person(world: World, zone: str) -> None:
    person = make.membership(partner=world.a, user=make.user(time_zone=zone)).user
    today = today_of(person)
    for last, is_open in ((today, True), (today - timedelta(1), False)):
        type(world.round).objects.filter(pk=world.round.pk).update(opens_on=last - timedelta(9), closes_on=last)
        shown = world.client(person).get(world.verify())
        assert (shown.context["form"] is not None) == is_open


def test_when_no_round_is_open_answers_are_read_and_not_given(world: World) -> None:
    world.send(answer="corrected", value="45", text="We counted again")
    type(world.round).objects.filter(pk=world.round.pk).update(closes_on=timezone.localdate() - timedelta(2))
    shown = world.client().get(world.verify())
    assert shown.context["form"] is None
    assert "We counted again" in words(shown)
    assert "No round is open" in words(shown)
    refused = world.send(answer="confirmed")
    assert refused.status_code == 422
    assert "The round is closed" in words(refused)


def test_an_incomplete_page_is_refused(world: World) -> None:
    assert world.client().post(world.verify(), {"answer": "confirmed"}).status_code == 422
    assert world.send(answer="perhaps").status_code == 422
    assert world.send(answer="confirmed", text="x" * 5000).status_code == 422
    assert not Confirmation.objects.exists()


# --- Settling --------------------------------------------------------------------------------------------------------


def settle(world: World, client: Client, **typed: Any) -> Any:
    answer = Confirmation.objects.get(actual=world.figure)
    address = reverse("verification_settle", args=["r1", answer.pk])
    return client.post(address, {"version": answer.version, "text": "They counted again", **typed})


def test_staff_adopt_a_correction_and_the_public_reads_why(world: World) -> None:
    world.send(answer="corrected", value="45")
    office = signed_in(*SPECIALIST)
    assert "45" in words(office.get(reverse("verification_round", args=["r1"])))
    assert settle(world, office, settlement="adopted").status_code == 302
    assert Actual.objects.get(pk=world.figure.pk).value == 45
    [discrepancy] = Discrepancy.objects.all()
    assert discrepancy.settlement == "confirmed"
    assert {*discrepancy.citations.all()} == {*world.figure.citations.all()}
    assert all("IA" in getattr(discrepancy, f"explanation_{language}") for language in ("fr", "es", "en"))
    discrepancy.full_clean()

    slug = world.figure.series.indicator.slug
    public = words(Client().get(reverse("indicator", args=[slug])))
    assert "45 people" in public
    assert "first published as 50" in public
    assert "confirmed by the partner" in public
    assert "They counted again" in words(Client().get(reverse("indicator_history", args=[slug])))
    seen = words(page_of(world))
    assert "The programme adopted this answer." in seen
    assert "They counted again" in seen


def test_what_the_sources_disagreed_about_is_settled_by_an_adopted_correction(world: World) -> None:
    make.citation(actual=world.figure, document=world.document, printed_value="48", value=48)
    known = make.discrepancy(programme=world.programme, settlement="open", **three("explanation", "48 or 50"))
    known.citations.set(world.figure.citations.all())
    dates = make.discrepancy(programme=world.programme, kind="dates", settlement="open")
    dates.citations.set(world.figure.citations.all())
    world.send(answer="corrected", value="45")
    settle(world, signed_in(*SPECIALIST), settlement="adopted")
    assert dict(Discrepancy.objects.values_list("code", "settlement")) == {known.code: "confirmed", dates.code: "open"}


def test_staff_keep_a_figure_and_the_institution_reads_why(world: World) -> None:
    world.send(answer="corrected", value="45")
    settle(world, signed_in(*SPECIALIST), settlement="kept", text="Two sources print 50")
    seen = words(page_of(world))
    assert "The programme keeps the figure as it is." in seen
    assert "Two sources print 50" in seen
    slug = world.figure.series.indicator.slug
    for name in ("indicator", "indicator_history"):
        assert "Two sources print 50" not in words(Client().get(reverse(name, args=[slug])))
    assert not Discrepancy.objects.exists()
    assert world.client().get(world.verify()).context["form"] is None


def test_what_cannot_be_settled_is_said_on_the_page(world: World) -> None:
    world.send(answer="corrected", text="It counts another thing")
    office = signed_in(*SPECIALIST)
    refused = settle(world, office, settlement="adopted", text="Words stay")
    assert refused.status_code == 422
    assert "states no number" in words(refused)
    assert "Words stay" in refused.content.decode()
    assert settle(world, office).status_code == 422
    stale = settle(world, office, settlement="kept", version=0)
    assert stale.status_code == 409
    assert settle(world, signed_in("view_submission"), settlement="kept").status_code == 403
    assert Confirmation.objects.get().settlement == "pending"


def test_a_correction_in_words_is_settled_with_the_number_that_the_staff_read_in_it(world: World) -> None:
    world.send(answer="corrected", text="Five of them came twice")
    office = signed_in(*SPECIALIST)
    typed = {"settlement": "adopted", "value": "forty-five"}
    assert "forty-five" in settle(world, office, **typed).content.decode()
    assert settle(world, office, **typed | {"value": "45"}).status_code == 302
    figure = Actual.objects.get(pk=world.figure.pk)
    assert (figure.value, figure.first_published_value, figure.verification) == (45, 50, "unconfirmed")
    assert "The programme adopted this answer." in words(page_of(world))


def test_what_needs_somebody_stands_first(world: World) -> None:
    figures = [world.figure, *(world.actual(world.a) for _each in range(3))]
    rebuild_results()
    world.send(figure=figures[0], answer="confirmed")
    world.send(figure=figures[1], answer="unknown")
    world.send(figure=figures[2], answer="evidence", is_on_request="on")
    world.send(figure=figures[3], answer="corrected", value="1")
    shown = signed_in(*SPECIALIST).get(reverse("verification_round", args=["r1"]))
    order = [figure.answers[0].answer for figure in shown.context["figures"]]
    assert order == ["corrected", "evidence", "unknown", "confirmed"]
    assert [(line.partner.slug, line.answered, line.total, line.to_settle) for line in shown.context["lines"]] == [
        ("a", 4, 4, 2)
    ]


def test_a_confirmed_figure_says_so_on_its_public_page(world: World) -> None:
    address = reverse("indicator", args=[world.figure.series.indicator.slug])
    assert "confirmed by the partner" not in words(Client().get(address))
    world.send(answer="confirmed")
    assert "confirmed by the partner" in words(Client().get(address))


# --- The sheet -------------------------------------------------------------------------------------------------------


def test_the_sheet_is_in_spanish_unless_another_language_is_asked_for(world: World) -> None:
    address = reverse("institution_sheet", args=["a"])
    for query, language, sentence in (("", "es", "publicado"), ("?language=fr", "fr", "publié")):
        made = world.client().get(f"{address}{query}")
        assert made["Content-Type"] == "application/pdf"
        read = PdfReader(io.BytesIO(made.content))
        text = " ".join(page.extract_text() for page in read.pages)
        assert read.root_object["/Lang"] == language
        assert "Instituto Alfa" in text
        assert "Trained people" in text
        assert "Projet 5" in text
        assert sentence in text
        assert "Figures of Beta" not in text
        assert len(read.pages) == 1
    assert translation.get_language() == "en"
    assert world.client().get(f"{address}?language=xx").status_code == 400
