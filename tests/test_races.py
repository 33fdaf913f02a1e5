"""Two people at once: one wins, the other is told, nothing is lost, and no page breaks."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone, translation

from accounts.actions import change, imports, save_record
from accounts.actions.previewed import throw_away
from accounts.actions.undoing import undo
from accounts.choices import Door, ImportState
from accounts.models import Import
from accounts.roles import DATA_ENTRY, SPECIALISTS
from indicators import actions
from indicators.actions import Entry
from indicators.actions.generate import generate_periods, generate_series
from indicators.actions.lifecycle import retire_indicator
from indicators.choices import Frequency, IntakeAnswer, Route
from indicators.models import (
    Actual,
    Breakdown,
    Indicator,
    Report,
    ReportingPeriod,
    ResultNarrative,
    Review,
    Series,
    Submission,
)
from indicators.resources import ActualResource
from partners.models import Partner
from partners.resources import PartnerResource
from tests import factories as make
from tests.accounts.test_imports import HEADINGS, Sheet
from tests.admin_pages import page, typed
from tests.beside import both, halfway, hold, on_postgresql
from tests.dashboards.test_grid import fields_of, words
from tests.dashboards.test_workbooks import workbook as filled_in


class World:
    """A programme with two indicators that add up, and two people of each role; each test has a period of its own."""

    def __init__(self) -> None:
        self.programme = make.programme()
        self.project = make.project(programme=self.programme, slug="B05", code="B05")
        self.result = make.expected_result(programme=self.programme)
        fields: dict[str, Any] = {
            "programme": self.programme,
            "expected_result": self.result,
            "cumulation": "per_period",
            "roll_up": "sum",
        }
        self.common = make.indicator(code="C", slug="c", **fields)
        self.part = make.indicator(code="P", slug="p", project=self.project, contributes_to=self.common, **fields)
        self.series = make.series(indicator=self.part, project=self.project)
        self.other = make.series(indicator=self.common, project=self.project)
        self.ana, self.ben = (make.staff(DATA_ENTRY, name=name, language="en") for name in ("Ana", "Ben"))
        self.sol, self.tom = (make.staff(SPECIALISTS, name=name, language="en") for name in ("Sol", "Tom"))
        self.year = 2000

    def begin(self) -> None:
        """A period that nothing happened in."""
        self.year += 1
        self.period = make.period(
            programme=self.programme,
            slug=f"{self.year}",
            starts_on=date(self.year, 1, 1),
            ends_on=date(self.year, 12, 31),
        )
        self.grid = f"/en/workspace/reports/B05/{self.year}/"
        self.review = f"{self.grid}review/"
        actions.rebuild_results()

    @property
    def submissions(self) -> Any:
        return Submission.objects.filter(period=self.period)

    @property
    def report(self) -> Report:
        return Report.objects.get(period=self.period)

    def enter(self, value: int = 7) -> Submission:
        """A draft of the first series."""
        with change(door=Door.GRID, by=self.ana):
            entry = Entry(Series.objects.with_scope().get(pk=self.series.pk), {"value": Decimal(value)})
            assert actions.propose_many(period=self.period, author=self.ana, entries=[entry]).is_complete
        return self.submissions.latest("number")

    def hand_in(self) -> None:
        with change(door=Door.GRID, by=self.ana):
            actions.submit_report(report=self.report, by=self.ana)

    def institution(self, *names: str) -> list[Any]:
        """The institution that reports the first series from now on, with people of these names."""
        partner = make.partner()
        make.partnership(project=self.project, partner=partner, is_adopted=True)
        with change(door=Door.COMMAND):
            self.series.refresh_from_db()
            self.series.reporter = partner
            actions.save_context(record=self.series)
        return [make.membership(partner=partner, user=make.user(name=name, language="en")).user for name in names]

    def handing_in(self, person: Any) -> Callable[[], str]:
        return self._deciding(actions.hand_in, person)

    def asking_back(self, person: Any) -> Callable[[], str]:
        return self._deciding(actions.ask_back, person)

    def _deciding(self, action: Callable[..., Any], person: Any) -> Callable[[], str]:
        def work() -> None:
            with change(door=Door.WORKSPACE, by=person):
                action(project=self.project, period=self.period, by=person)

        return lambda: refusal(work)

    # Each person has opened the page; called, they send it.

    def typing(self, person: Any, series: Any, value: str, **more: str) -> Callable[[], Any]:
        client, address = browser(person), self.grid
        sent = fields_of(client.get(address)) | {f"v-{series.pk}": value} | more
        return lambda: client.post(address, sent)

    def reviewing(self, person: Any, action: str, **typed: str) -> Callable[[], Any]:
        client, address = browser(person), self.review
        seen = client.get(address).context["sheet"].seen
        return lambda: client.post(address, {"action": action, "seen": seen, **typed})


def browser(person: Any) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def stepping(person: Any, model: Any, action: str, *records: Any, **typed: str) -> Callable[[], Any]:
    """A person who takes a step with rows of a list of the administration."""
    client = browser(person)
    sent = {"action": action, "index": "0", "_selected_action": [each.pk for each in records], **typed}
    return lambda: client.post(page(model, "changelist"), sent, follow=True)


# --- One cell, one period, one decision ---------------------------------------------------------------------------------


def of_two_saves_of_one_cell_the_second_is_told_and_keeps_what_it_typed(world: World) -> None:
    first, second = both(world.typing(world.ana, world.series, "7"), world.typing(world.ben, world.series, "9"))
    assert (first.status_code, second.status_code) == (303, 200)
    assert list(world.submissions.values_list("value", "author", "version")) == [(7, world.ana.pk, 1)]
    assert f'name="v-{world.series.pk}" value="9"' in second.content.decode()
    assert "Ana" in words(second)
    # Having looked, the second says it again, and the history tells both.
    assert browser(world.ben).post(world.grid, fields_of(second)).status_code == 303
    told = Submission.history.filter(period=world.period).order_by("history_id")
    assert list(told.values_list("value", "change__made_by")) == [(7, world.ana.pk), (9, world.ben.pk)]


def a_period_is_locked_while_somebody_saves(world: World) -> None:
    saved, locked = both(
        world.typing(world.ana, world.series, "7"), stepping(world.sol, ReportingPeriod, "lock", world.period)
    )
    assert (saved.status_code, "1 period locked" in words(locked)) == (303, True)
    assert world.submissions.get().value == 7

    with change(door=Door.ADMIN, by=world.sol, reason="Not yet"):
        actions.reopen_period(period=world.period)
    locked, refused = both(
        stepping(world.sol, ReportingPeriod, "lock", world.period), world.typing(world.ana, world.series, "8")
    )
    assert ("1 period locked" in words(locked), refused.status_code) == (True, 200)
    assert "The period is closed: ask a monitoring specialist" in words(refused)
    assert world.submissions.get().value == 7


def a_period_is_published_while_a_figure_is_approved(world: World) -> None:
    world.enter()
    world.hand_in()
    with change(door=Door.ADMIN, by=world.sol):
        actions.lock_period(period=world.period)
    approved, published = both(
        world.reviewing(world.sol, "approve"), stepping(world.tom, ReportingPeriod, "publish", world.period)
    )
    assert ("was approved" in words(approved), "1 period published" in words(published)) == (True, True)
    assert Actual.objects.get(period=world.period).value == 7


def a_period_is_published_while_a_figure_is_imported_into_it(world: World) -> None:
    with change(door=Door.ADMIN, by=world.sol):
        actions.lock_period(period=world.period)
    reviewer = make.permitted("indicators.review_submission", "indicators.add_actual", "indicators.change_actual")
    sheet = Sheet(
        [
            ("indicator", "project", "country", "partner", "forum", "breakdown", "period", "value"),
            ("p", "B05", "", "", "", "", str(world.year), 3),
        ],
        name="Actuals",
    )
    rows = ActualResource(by=reviewer)
    seen = imports.preview(resource=rows, sheet=sheet)
    record = imports.keep(resource=rows, preview=seen, name="a.csv", content=b"", content_type="", by=reviewer)
    # In a locked period a first figure needs a reviewer; in a published one more than that.
    _published, refused = both(
        stepping(world.tom, ReportingPeriod, "publish", world.period),
        lambda: refusal(lambda: imports.apply(record=record, resource=rows, sheet=sheet, by=reviewer, reason="Mail")),
    )
    assert refused.startswith("The data changed since you looked at this import")
    assert not Actual.objects.filter(period=world.period).exists()


def two_reviewers_decide_once(world: World) -> None:
    pk = world.enter().pk
    world.hand_in()
    approved, returned = both(
        world.reviewing(world.sol, f"approve-{pk}"), world.reviewing(world.tom, "return", **sent_back(pk))
    )
    assert ("Approved" in words(approved), "does not wait for review any more" in words(returned)) == (True, True)
    assert "your text was not kept: “Count again”" in words(returned)
    assert (world.submissions.get().state, Actual.objects.get(period=world.period).approved_by) == (
        "approved",
        world.sol,
    )

    # The figure was approved alone: the rest of the report waits, and so does its next one.
    with change(door=Door.GRID, by=world.sol):
        actions.approve_report(report=world.report, by=world.sol)
    again = world.enter(8).pk
    world.hand_in()
    returned, refused = both(
        world.reviewing(world.tom, "return", **sent_back(again)), world.reviewing(world.sol, "approve")
    )
    assert "was sent back" in words(returned)
    assert "Nothing waits for approval here" in words(refused)
    assert list(world.submissions.order_by("number").values_list("state", flat=True)) == ["approved", "returned"]
    assert Actual.objects.get(period=world.period).value == 7
    told = Review.objects.filter(submission__period=world.period).order_by("pk")
    assert list(told.values_list("decision", flat=True)) == ["submit", "approve", "submit", "return"]


def sent_back(pk: int) -> dict[str, str]:
    return {f"return-{pk}": "on", f"reason-{pk}": "mismatch", f"text-{pk}": "Count again"}


def a_partner_answers_while_its_figures_are_corrected_or_approved(world: World) -> None:
    with change(door=Door.ON_BEHALF, by=world.ana):
        report = actions.open_report(project=world.project, period=world.period)
    intake = make.intake(code="c" * 43 if world.year % 2 else "d" * 43, report=report, summary_sent_at=timezone.now())
    with change(door=Door.ON_BEHALF, by=world.ana):
        entry = Entry(Series.objects.with_scope().get(pk=world.series.pk), {"value": Decimal(7)})
        actions.propose_many(period=world.period, author=world.ana, entries=[entry], intake=intake)
    address = f"/en/confirm/{intake.code}/"
    partner = Client()
    sent = {"answer": "confirmed", "seen": partner.get(address).context["seen"]}
    saved, refused = both(world.typing(world.ana, world.series, "9"), lambda: partner.post(address, sent))
    assert (saved.status_code, refused.status_code) == (303, 200)
    assert "The figures were corrected since you opened this page" in words(refused)

    with change(door=Door.ON_BEHALF, by=world.ana):
        entry = Entry(Series.objects.with_scope().get(pk=world.series.pk), {"value": Decimal(7)})
        actions.propose_many(period=world.period, author=world.ana, entries=[entry], intake=intake)
    world.hand_in()
    sent = {"answer": "confirmed", "seen": partner.get(address).context["seen"]}
    seen = world.submissions.get()

    def confirm() -> None:
        with change(door=Door.ON_BEHALF):
            actions.answer_intake(intake=intake, answer=IntakeAnswer.CONFIRMED)

    both(world.reviewing(world.sol, f"approve-{seen.pk}"), confirm)
    assert Actual.objects.get(period=world.period).verification == "confirmed"


def of_two_who_hand_in_at_once_the_second_finds_nothing_left(world: World) -> None:
    first, second = world.institution("Clara", "Diego")
    world.enter()
    said = both(world.handing_in(first), world.handing_in(second))
    assert said == ("", "There is nothing to hand in yet: enter a figure first.")
    handed_in = world.submissions.get()
    assert (handed_in.state, handed_in.version) == ("submitted", 2)
    assert list(handed_in.reviews.values_list("decision", "author")) == [("submit", first.pk)]


def figures_are_handed_in_while_a_colleague_saves(world: World) -> None:
    first, second = world.institution("Clara", "Diego")
    world.enter()
    # Handed in first: what is saved afterwards is refused, and stands there as it was typed.
    said, refused = both(world.handing_in(first), world.typing(second, world.series, "9"))
    assert (said, refused.status_code) == ("", 200)
    assert "This figure is being reviewed" in words(refused)
    assert "You wrote “9”: it was not saved." in words(refused)
    assert list(world.submissions.values_list("value", "state")) == [(7, "submitted")]

    # Asked back, and saved first: the newer figure is what is handed in.
    assert world.asking_back(first)() == ""
    saved, said = both(world.typing(second, world.series, "9"), world.handing_in(first))
    assert (saved.status_code, said) == (303, "")
    assert list(world.submissions.values_list("value", "state")) == [(9, "submitted")]


def figures_are_asked_back_while_a_reviewer_decides(world: World) -> None:
    [person] = world.institution("Clara")
    pk = world.enter().pk
    assert world.handing_in(person)() == ""
    said, refused = both(world.asking_back(person), world.reviewing(world.sol, f"approve-{pk}"))
    assert said == ""
    assert "This figure is at another step" in words(refused)
    assert world.submissions.get().state == "draft"

    assert world.handing_in(person)() == ""
    approved, said = both(world.reviewing(world.sol, f"approve-{pk}"), world.asking_back(person))
    assert "Approved" in words(approved)
    assert "already decided" in said
    assert (world.submissions.get().state, Actual.objects.get(period=world.period).value) == ("approved", 7)


# --- In one order -------------------------------------------------------------------------------------------------------


def a_report_is_handed_in_while_somebody_enters_a_figure(world: World) -> None:
    """Both take the period before the report: in different orders each would wait for the other."""
    world.enter()
    client = browser(world.ana)
    sent = fields_of(client.get(world.grid)) | {"action": "hand_in_now"}
    saved, handed_in = halfway(
        lambda: hold(ReportingPeriod.objects.filter(pk=world.period.pk)),
        lambda: client.post(world.grid, sent),
        world.typing(world.ben, world.series, "5"),
    )
    assert (saved.status_code, handed_in.status_code) == (303, 302)
    assert list(world.submissions.values_list("value", "state")) == [(5, "submitted")]


def a_narrative_is_written_while_the_first_figure_is_entered(world: World) -> None:
    address, name = f"{world.grid}narrative/", f"narrative_en-{world.result.pk}"

    def telling(person: Any, text: str, version: str) -> Callable[[], Any]:
        client = browser(person)
        return lambda: client.post(address, {name: text, f"version-{world.result.pk}": version})

    saved, written = both(world.typing(world.ana, world.series, "7"), telling(world.ben, "People learnt", "0"))
    assert (saved.status_code, written.status_code) == (303, 302)
    first, second = both(telling(world.ana, "All learnt", "1"), telling(world.ben, "Most learnt", "1"))
    assert (first.status_code, second.status_code) == (302, 200)
    assert "Somebody else saved a text while you were writing" in words(second)
    assert "Most learnt" in words(second)
    assert ResultNarrative.objects.get(report=world.report).narrative_en == "All learnt"


def an_indicator_is_written_while_results_of_its_relatives_are_made(world: World) -> None:
    """Whoever takes several related indicators takes the one with the lower number first."""
    client, address = browser(world.sol), page(Indicator, "change", world.part.pk)
    sent = typed(client.get(address), name_en="Another name")

    def retire() -> None:
        with change(door=Door.ADMIN, by=world.sol, reason="Measured otherwise"):
            retire_indicator(indicator=world.part, on=date(2030, 1, 1))

    for write in (lambda: client.post(address, sent), retire):
        halfway(
            lambda: hold(Indicator.objects.filter(pk=world.common.pk)),
            write,
            lambda: actions.refresh_results(indicators=[world.common]),
        )
    found = Indicator.objects.get(pk=world.part.pk)
    assert (found.name_en, found.active_to, found.version) == ("Another name", date(2030, 1, 1), 3)


def a_deadlock_is_told_in_a_sentence_and_what_was_typed_stays(world: World) -> None:
    """Somebody may hold things the other way round all the same: a script, whoever looks after the database."""
    sentence = "Somebody else was saving the same records at the same moment, so nothing was saved"
    world.enter()
    _held, refused = halfway(
        lambda: hold(Report.objects.filter(period=world.period)),
        world.typing(world.ben, world.series, "9"),
        lambda: hold(ReportingPeriod.objects.filter(pk=world.period.pk)),
    )
    assert (refused.status_code, sentence in words(refused)) == (200, True)
    assert f'name="v-{world.series.pk}" value="9"' in refused.content.decode()
    assert world.submissions.get().value == 7

    _held, told = halfway(
        lambda: hold(Indicator.objects.filter(pk=world.common.pk)),
        stepping(world.sol, ReportingPeriod, "lock", world.period),
        lambda: hold(ReportingPeriod.objects.filter(pk=world.period.pk)),
    )
    assert sentence in words(told)
    assert ReportingPeriod.objects.get(pk=world.period.pk).state == "open"


# --- Imports ------------------------------------------------------------------------------------------------------------


def kept(sheet: Sheet, by: Any) -> Import:
    resource = PartnerResource(by=by)
    seen = imports.preview(resource=resource, sheet=sheet)
    return imports.keep(resource=resource, preview=seen, name="p.csv", content=b"", content_type="", by=by)


def applying(record: Import, sheet: Sheet, by: Any) -> Callable[[], str]:
    return lambda: refusal(lambda: imports.apply(record=record, resource=PartnerResource(by=by), sheet=sheet, by=by))


def undoing(record: Import, by: Any) -> Callable[[], str]:
    return lambda: refusal(lambda: undo(record=record, resource=PartnerResource(by=by), by=by, reason="Wrong file"))


def saving(record: Any, by: Any) -> Callable[[], str]:
    """Somebody who has opened a record and typed; called, they save."""

    def save() -> None:
        with change(door=Door.ADMIN, by=by):
            save_record(record=record)

    return lambda: refusal(save)


def refusal(work: Callable[[], Any]) -> str:
    """The sentence with which something is refused; empty when it is done."""
    with translation.override("en"):
        try:
            work()
        except imports.Refused as refused:
            return refused.sentence
        except ValidationError as refused:
            return " ".join(refused.messages)
    return ""


SENA = ("sena", "SENA", "es", "public_body")


def of_two_who_decide_about_one_import_the_second_is_told(world: World) -> None:
    sheet = Sheet([HEADINGS, ("inacap", "INACAP", "es", "tvet_institution")])
    record = kept(sheet, world.ana)
    said = both(applying(record, sheet, world.ana), applying(record, sheet, world.sol))
    assert said == ("", "This import was applied already.")
    assert Partner.history.filter(slug="inacap").count() == 1

    sheet = Sheet([HEADINGS, SENA])
    record = kept(sheet, world.ana)
    _gone, said_of_gone = both(lambda: throw_away(record=record, by=world.ana), applying(record, sheet, world.sol))
    assert said_of_gone == "This import was thrown away meanwhile: send the file again."


def an_import_is_undone_while_somebody_saves_one_of_its_rows(world: World) -> None:
    sheet = Sheet([HEADINGS, SENA])
    record = kept(sheet, world.ana)
    applying(record, sheet, world.ana)()
    partner = Partner.objects.get(slug="sena")

    # Saved first: nothing is taken back over it.
    partner.name = "Sena"
    said = both(saving(partner, world.sol), undoing(record, world.ana))
    assert (said[0], said[1].partition(":")[0]) == (
        "",
        "Some of its records were saved since, so it cannot be taken back as a whole",
    )
    assert Partner.objects.get(slug="sena").name == "Sena"

    # Taken back first: whoever saves is told that it is gone, and so is whoever hangs something on it.
    for slug, save in (("one", None), ("other", make.partner())):
        sheet = Sheet([HEADINGS, (slug, *SENA[1:])])
        record = kept(sheet, world.ana)
        applying(record, sheet, world.ana)()
        partner = Partner.objects.get(slug=slug)
        if save is not None:
            save.part_of = partner
        said = both(undoing(record, world.ana), saving(save or partner, world.sol))
        assert said == (
            "",
            "Something that it rests on was deleted at the same moment, so nothing was saved: load the page again."
            if save
            else "It was deleted while you were editing it, so nothing was saved.",
        )
        told = Partner.history.filter(id=partner.pk).order_by("history_id")
        assert list(told.values_list("history_type", flat=True)) == ["+", "-"]
        assert Import.objects.get(pk=record.pk).state == ImportState.UNDONE


def a_workbook_is_applied_while_somebody_saves_one_of_its_cells(world: World) -> None:
    world.enter()
    client = browser(world.ben)
    filled = SimpleUploadedFile("r.xlsx", filled_in(client, None, 12, url=world.grid))
    look = client.post(f"{world.grid}upload/", {"file": filled})["Location"]
    saved, answer = both(
        world.typing(world.ana, world.series, "9"), lambda: client.post(look, {"action": "apply"}, follow=True)
    )
    assert saved.status_code == 303
    assert "The data changed since you looked at this import" in words(answer)
    assert world.submissions.get().value == 9


# --- First ones ---------------------------------------------------------------------------------------------------------


def of_two_first_figures_the_second_is_told(world: World) -> None:
    pk = world.enter().pk
    world.hand_in()

    def writing(write: Callable[..., Any], value: int, **scope: Any) -> Callable[[], str]:
        def work() -> None:
            with change(door=Door.ADMIN, by=world.sol, reason="Printed"):
                write(series=world.series, value=Decimal(value), **scope)

        return lambda: refusal(work)

    of_period = {"period": world.period}
    assert both(writing(actions.set_baseline, 1), writing(actions.set_baseline, 2)) == (
        "",
        "baseline with this series already exists.",
    )
    _first, said = both(writing(actions.set_target, 1, **of_period), writing(actions.set_target, 2, **of_period))
    assert said.endswith("The series already has a target for this period: revise it instead.")
    printed = writing(actions.set_actual, 3, route=Route.PUBLISHED_SOURCE, **of_period)
    said, refused = both(printed, world.reviewing(world.tom, f"approve-{pk}"))
    assert (said, "was handed in or changed while you were looking" in words(refused)) == ("", True)
    told = Actual.history.filter(period=world.period).order_by("history_id")
    assert list(told.values_list("value", "change__made_by")) == [(3, world.sol.pk)]
    # Having looked again, the reviewer replaces it knowingly.
    world.reviewing(world.tom, f"approve-{pk}")()
    assert list(told.values_list("value", "change__made_by")) == [(3, world.sol.pk), (7, world.tom.pk)]


def of_two_who_make_periods_or_series_the_second_makes_what_is_left(world: World) -> None:
    def periods(first: int, rhythm: Frequency) -> Callable[[], Any]:
        def make_them() -> Any:
            with translation.override("en"), change(door=Door.ADMIN, by=world.sol):
                return generate_periods(
                    programme=world.programme, first=date(first, 1, 1), last=date(first, 12, 31), rhythm=rhythm
                )

        return make_them

    made = both(periods(2031, Frequency.HALF_YEARLY), periods(2031, Frequency.HALF_YEARLY))
    assert [(len(plan.new), len(plan.existing)) for plan in made] == [(2, 0), (0, 2)]
    made = both(periods(2032, Frequency.HALF_YEARLY), periods(2032, Frequency.QUARTERLY))
    assert [(len(plan.new), len(plan.refused)) for plan in made] == [(2, 0), (0, 4)]

    dimension = make.dimension(code="sex")
    for code in ("women", "men"):
        make.category(dimension=dimension, code=code)
    world.part.dimensions.add(dimension)

    def series() -> Any:
        with translation.override("en"), change(door=Door.ADMIN, by=world.sol):
            return generate_series(indicators=[world.part], projects=[world.project], dimension=dimension)

    made = both(series, series)
    assert [(len(plan.new), len(plan.existing)) for plan in made] == [(2, 1), (0, 3)]
    assert all(each.categories.count() == bool(each.key) for each in Breakdown.objects.all())

    chile = make.country("CL")

    def opening() -> Any:
        with change(door=Door.ADMIN, by=world.sol):
            return actions.open_series(indicator=world.common, country=chile)

    first, second = both(opening, opening)
    assert first == second


# ------------------------------------------------------------------------------------------------------------------------

SCENARIOS: tuple[Callable[[World], None], ...] = (
    of_two_saves_of_one_cell_the_second_is_told_and_keeps_what_it_typed,
    a_period_is_locked_while_somebody_saves,
    a_period_is_published_while_a_figure_is_approved,
    a_period_is_published_while_a_figure_is_imported_into_it,
    two_reviewers_decide_once,
    a_partner_answers_while_its_figures_are_corrected_or_approved,
    a_report_is_handed_in_while_somebody_enters_a_figure,
    a_narrative_is_written_while_the_first_figure_is_entered,
    an_indicator_is_written_while_results_of_its_relatives_are_made,
    a_deadlock_is_told_in_a_sentence_and_what_was_typed_stays,
    of_two_who_decide_about_one_import_the_second_is_told,
    an_import_is_undone_while_somebody_saves_one_of_its_rows,
    a_workbook_is_applied_while_somebody_saves_one_of_its_cells,
    of_two_first_figures_the_second_is_told,
    of_two_who_make_periods_or_series_the_second_makes_what_is_left,
    of_two_who_hand_in_at_once_the_second_finds_nothing_left,
    figures_are_handed_in_while_a_colleague_saves,
    figures_are_asked_back_while_a_reviewer_decides,
)


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_two_at_once(subtests: pytest.Subtests) -> None:
    """One test for all: clearing away what was committed takes longer than most of them."""
    world = World()
    for scenario in SCENARIOS:
        with subtests.test(scenario.__name__), translation.override("en"):
            world.begin()
            scenario(world)
            assert actions.check_results() == []
