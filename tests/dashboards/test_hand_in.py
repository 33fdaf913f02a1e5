"""Handing in: an institution its figures, the lead the report; the receipt; and that one institution learns nothing of
another's figures on the way."""

import io
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone, translation

from accounts.actions import change
from accounts.choices import Door
from accounts.models import Change, Import, User
from accounts.roles import SPECIALISTS
from indicators.actions import approve, hand_in, return_many, submit_report
from indicators.actions.submissions import Returned
from indicators.models import Actual, Report, Review, Series, Submission
from tests import factories as make
from tests.dashboards.partners_side import SECRET, WORD, Side, answer, signed_in
from tests.dashboards.test_grid import fields_of
from tests.factories import three
from tests.pages import words

pytestmark = pytest.mark.django_db


class Refusing(EmailBackend):
    """A mail server that takes nothing."""

    def send_messages(self, messages: Any) -> int:
        raise OSError("no route")


@pytest.fixture
def side() -> Side:
    return Side()


def states(*submissions: Submission) -> list[str]:
    return [Submission.objects.get(pk=each.pk).state for each in submissions]


def handing_in(side: Side, by: User) -> Any:
    with change(door=Door.WORKSPACE, by=by):
        return hand_in(project=side.project, period=side.period, by=by)


# --- The action --------------------------------------------------------------------------------------------------------


def test_an_institution_hands_in_its_own_figures_and_the_report_stays_with_the_lead(side: Side) -> None:
    own, other = side.submission(side.series("A")), side.submission(side.series("B"))
    elsewhere = make.submission(
        series=make.series(project=make.project(programme=side.programme), reporter=side.institutions["A"]),
        period=side.period,
    )
    found = handing_in(side, side.person("A"))

    assert [each.pk for each in found] == [own.pk]
    assert states(own, other, elsewhere) == ["submitted", "draft", "draft"]
    assert side.report().state == "draft"


@pytest.mark.parametrize("role", ["viewer", None])
def test_whoever_enters_nothing_hands_in_nothing(side: Side, role: str | None) -> None:
    own = side.submission(side.series("A"))
    person = side.person("A", role) if role else make.staff(SPECIALISTS)
    with pytest.raises(PermissionDenied):
        handing_in(side, person)
    assert states(own) == ["draft"]


def test_there_is_something_to_hand_in_or_a_sentence(side: Side) -> None:
    side.submission(side.series("B"))
    with translation.override("en"), pytest.raises(ValidationError, match="nothing to hand in"):
        handing_in(side, side.person("A", language="en"))


def test_a_report_that_was_returned_is_under_review_again_once_nothing_is_left_to_correct(side: Side) -> None:
    first, second = side.submission(side.series("A"), state="returned"), side.submission(side.series("B"))
    Report.objects.update(state="returned")
    handing_in(side, side.person("A"))
    assert side.report().state == "returned"

    Submission.objects.filter(pk=first.pk).update(state="returned")
    Submission.objects.filter(pk=second.pk).update(state="submitted")
    handing_in(side, side.person("A"))
    assert side.report().state == "submitted"


def test_the_lead_forwards_what_partners_report_and_leaves_to_the_staff_what_is_theirs(side: Side) -> None:
    of_a, of_b = side.submission(side.series("A")), side.submission(side.series("B"), state="submitted")
    of_staff = side.submission(make.series(indicator=side.indicator(), project=side.project))
    lead = side.person("Lead", "lead")
    with change(door=Door.WORKSPACE, by=lead):
        submit_report(report=side.report(), by=lead)

    assert states(of_a, of_b, of_staff) == ["submitted", "submitted", "draft"]
    assert side.report().state == "submitted"
    with pytest.raises(PermissionDenied), change(door=Door.WORKSPACE, by=side.person("Lead")):
        submit_report(report=side.report(), by=side.person("Lead"))


def test_a_figure_comes_back_before_the_report_is_forwarded(side: Side) -> None:
    own = side.submission(side.series("A"))
    handing_in(side, side.person("A"))
    reviewer = signed_in(make.staff(SPECIALISTS, language="en"))
    path = f"{side.path}review/"
    [seen] = [value for name, value in fields_of(reviewer.get(path)).items() if name == "seen"]
    data = {"action": "return", f"return-{own.pk}": "on", f"reason-{own.pk}": "evidence", "seen": seen}
    page = words(reviewer.post(path, data))

    assert "1 figure was sent back." in page
    assert (states(own), side.report().state) == (["returned"], "draft")


# --- The pages ---------------------------------------------------------------------------------------------------------


def test_what_a_partner_enters_itself_is_confirmed_by_it_once_it_is_approved(side: Side) -> None:
    series = side.series("A")
    client = side.client("A")
    answer(client, side.question(series), **{f"v{series.pk}": "12"})
    client.post(f"{side.path}questions/", {"action": "own"})
    submission = Submission.objects.get()

    assert (submission.route, submission.state) == ("workspace", "submitted")
    assert {each.door for each in Change.objects.filter(made_by=submission.author)} == {"workspace"}
    reviewer = make.staff(SPECIALISTS)
    with change(door=Door.GRID, by=reviewer):
        approve(submission=submission, by=reviewer)
    assert Actual.objects.get().verification == "confirmed"


def test_the_receipt_says_what_was_recorded_when_by_whom_and_when_it_becomes_public(side: Side) -> None:
    one = side.indicator("People trained")
    women, total = side.series("A", indicator=one, key="sex=women"), side.series("A", indicator=one)
    side.series("A", indicator=side.indicator("Agreements"))
    side.submission(women, value=Decimal(1234))
    side.submission(total, value=None, is_not_yet=True)
    client = side.client("A", name="Ana Quispe")
    answered = client.post(f"{side.path}questions/", {"action": "own", "text": "from the register"})
    assert answered.status_code == 302
    assert answered["Location"] == f"{side.path}receipt/"

    [message] = mail.outbox
    for told in (words(client.get(f"{side.path}receipt/")), " ".join(message.body.split())):
        for part in (
            "People trained",
            "Women",
            "1,234 people",
            "not available yet",
            "Ana Quispe",
            "once it is approved",
        ):
            assert part in told, part
        assert "1 figure is not there yet" in told
    assert "/en/workspace/reports/P.1/h1/questions/" in message.body
    assert (message.subject, "&#" in message.body) == ("Received: your figures of P.1 for First half", False)
    assert {each.text for each in Review.objects.all()} == {"from the register"}


@pytest.mark.parametrize(
    ("language", "said"),
    [("es", "Hola,"), ("fr", "Bonjour ")],
)
def test_the_receipt_is_in_the_language_of_whoever_handed_in(side: Side, language: str, said: str) -> None:
    side.submission(side.series("A"))
    client = side.client("A", language=language, name="Ana")
    client.post(f"{side.path}questions/", {"action": "own"})
    assert mail.outbox[0].body.startswith(said)
    assert f"/{language}/workspace/reports/" in mail.outbox[0].body


def test_a_receipt_that_cannot_be_mailed_takes_nothing_back(side: Side, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    own = side.submission(side.series("A"))
    page = side.client("A").post(f"{side.path}questions/", {"action": "own"}, follow=True)

    assert "could not be mailed" in words(page)
    assert states(own) == ["submitted"]


def test_the_grid_hands_in_an_institutions_figures_too(side: Side) -> None:
    own, other = side.submission(side.series("A")), side.submission(side.series("B"))
    client = side.client("A")
    data = fields_of(client.get(side.path))
    assert client.post(side.path, data | {"action": "hand_in_now"})["Location"] == f"{side.path}receipt/"
    assert states(own, other) == ["submitted", "draft"]


def test_after_handing_in_only_what_came_back_and_what_was_never_handed_in_opens_again(side: Side) -> None:
    kept, back, never = (side.series("A", indicator=side.indicator(name)) for name in ("Kept", "Back", "Never"))
    sent = side.submission(back, value=Decimal(7))
    side.submission(kept)
    person = side.person("A")
    handing_in(side, person)
    reviewer = make.staff(SPECIALISTS)
    with change(door=Door.GRID, by=reviewer):
        return_many(cells=[Returned(Submission.objects.get(pk=sent.pk), "evidence", "Which list?")], by=reviewer)
    client = signed_in(person)

    assert {name for name in fields_of(client.get(side.path)) if name.startswith("v-")} == {
        f"v-{back.pk}",
        f"v-{never.pk}",
    }
    assert "v-" not in " ".join(fields_of(client.get(side.question(kept))))
    # What is sent for it all the same is refused.
    data = fields_of(client.get(side.question(back)))
    data |= {f"v-{kept.pk}": "99", "seen": f"{kept.pk}.9.x"}
    client.post(side.question(kept), data | {"action": "next"})
    assert not Submission.objects.filter(value=99).exists()


def test_each_sees_who_changed_what_and_the_staff_is_a_team_to_partners(side: Side) -> None:
    series = side.series("A")
    client, colleague = side.client("A", name="Ana Quispe"), side.client("A", name="Beto Rojas")
    answer(client, side.question(series), **{f"v{series.pk}": "12"})
    answer(colleague, side.question(series), **{f"v{series.pk}": "14"})
    staff = make.staff(SPECIALISTS, name="Serge Secret", language="en")
    answer(signed_in(staff), side.question(series), **{f"v{series.pk}": "15"})

    page = words(client.get(side.question(series)))
    assert [part in page for part in ("Ana Quispe", "Beto Rojas", "the programme’s team", "15 people")] == [True] * 4
    assert "Serge Secret" not in page
    assert "Serge Secret" in words(signed_in(staff).get(side.question(series)))


def test_somebody_of_the_staff_who_saved_meanwhile_is_not_named_to_a_partner(side: Side) -> None:
    series = side.series("A")
    client = side.client("A")
    data = fields_of(client.get(side.path))
    staff = make.staff(SPECIALISTS, name="Serge Secret")
    side.submission(series, author=staff, value=Decimal(15))
    page = words(client.post(side.path, data | {f"v-{series.pk}": "9", "action": "save"}))

    assert "the programme’s team saved 15" in page
    assert "Serge Secret" not in page


# --- Nothing of another institution's ----------------------------------------------------------------------------------


class Foreign:
    """Figures of institution B at every step, which A is to learn nothing of."""

    def __init__(self, side: Side) -> None:
        shared = side.indicator("Shared")
        self.own = side.series("A", indicator=shared)
        # The whole, which the staff report: it does not tell what B's part is either.
        self.whole = make.series(indicator=shared, project=side.project)
        self.author = side.person("B", name=f"{WORD} Person")
        self.series: list[Series] = [self.whole]
        make.submission(series=self.whole, period=side.period, report=side.report(), value=Decimal(SECRET))
        for place, state in enumerate(("draft", "submitted", "returned", "approved")):
            series = side.series("B", indicator=shared, key=f"age=g{place}")
            self.series.append(series)
            said = {"value": Decimal(SECRET), "internal_comment": WORD, **three("note", WORD)}
            if state == "approved":
                make.actual(series=series, period=side.period, route="workspace", approved_at=timezone.now(), **said)
            else:
                submission = side.submission(series, state=state, author=self.author, **said)
                make.review(submission=submission, author=self.author, text=WORD)


@pytest.fixture
def foreign(side: Side) -> Foreign:
    return Foreign(side)


def tells(answered: Any) -> bool:
    content = b"".join(answered.streaming_content) if answered.streaming else answered.content
    text = content.decode(errors="replace")
    return any(each in text for each in (SECRET, "98,765,431", "98.765.431", "98 765 431", WORD, "Institute B"))


@pytest.mark.parametrize("role", ["viewer", "contributor", "lead"])
def test_no_page_of_a_report_tells_of_another_institutions_figures(side: Side, foreign: Foreign, role: str) -> None:
    client = side.client("A", role)
    for page in ("", "questions/", f"questions/{foreign.own.pk}/", "receipt/", "narrative/"):
        assert not tells(client.get(f"{side.path}{page}")), page
    for series in foreign.series:
        assert client.get(side.question(series)).status_code == 404
        assert client.post(side.question(series), {f"v-{series.pk}": "1"}).status_code == 404
    # Counts would tell how many figures there are.
    if role != "viewer":
        assert "0 of 1 question answered" in words(client.get(f"{side.path}questions/"))


def test_a_page_reads_the_same_whatever_another_institution_does(side: Side) -> None:
    """Nothing that B enters, hands in or gets back changes a word of what A reads."""
    series = side.series("A")
    other = side.series("B", indicator=series.indicator)
    client = side.client("A")
    pages = ("", "questions/", f"questions/{series.pk}/", "receipt/")

    def read() -> list[str]:
        return [words(client.get(f"{side.path}{page}")) for page in pages]

    before = read()
    submission = side.submission(other, value=Decimal(SECRET))
    for state in ("draft", "submitted", "returned"):
        Submission.objects.filter(pk=submission.pk).update(state=state)
        assert read() == before, state
    make.actual(series=other, period=side.period, value=Decimal(SECRET), route="workspace", approved_at=timezone.now())
    assert read() == before


def test_what_is_sent_for_another_institutions_figures_changes_and_tells_nothing(side: Side, foreign: Foreign) -> None:
    client = side.client("A", "lead")
    before = list(Submission.objects.order_by("pk").values())
    for path in (side.path, side.question(foreign.own)):
        data = fields_of(client.get(path))
        for series in foreign.series:
            data[f"v-{series.pk}"] = "5"
            data[f"c-{series.pk}"] = "hello"
        answered = client.post(path, data | {"action": "save"})
        assert not tells(answered)
        assert answered.status_code == 303
    assert list(Submission.objects.order_by("pk").values()) == before


def test_the_workbook_holds_and_takes_only_what_its_institution_reports(side: Side, foreign: Foreign) -> None:
    client = side.client("A")
    own = client.get(f"{side.path}template.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(own.streaming_content)))
    cells = [str(cell.value) for sheet in book for row in sheet for cell in row if cell.value is not None]
    assert not [text for text in cells if SECRET in text or WORD in text or "Institute B" in text or "G0" in text]
    assert sum("Institute A" in text for text in cells) == 1

    # The whole workbook of the staff, filled in: rows that are not A's are no rows of its report.
    whole = signed_in(make.staff(SPECIALISTS, language="en")).get(f"{side.path}template.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(whole.streaming_content)))
    sheet = book.worksheets[-1]
    entry = next(cell.column for row in sheet for cell in row if isinstance(cell.value, str) and cell.value == "cell:")
    for row in sheet.iter_rows(min_row=6):
        if row[0].value and "|" in str(row[0].value):
            sheet.cell(row[0].row, entry, 5)
    file = io.BytesIO()
    book.save(file)
    before = list(Submission.objects.order_by("pk").values())
    sent = client.post(f"{side.path}upload/", {"file": SimpleUploadedFile("all.xlsx", file.getvalue())})
    look = client.get(sent["Location"])
    assert not tells(look)
    assert words(look).count("This row is not one of the template’s") == len(foreign.series)
    client.post(sent["Location"], {"action": "apply_good"})

    made = Submission.objects.exclude(pk__in=[each["id"] for each in before])
    assert [(each.series_id, each.value, each.route) for each in made] == [(foreign.own.pk, 5, "workspace")]
    assert made.get().history.get().change.door == "workspace"
    assert list(Submission.objects.exclude(pk__in=made).order_by("pk").values()) == before
    # Nobody else of the institution's, and nobody of another one's, looks at it.
    assert Import.objects.count() == 1
    assert side.client("B").get(sent["Location"]).status_code == 404
    assert side.client("A").get(sent["Location"]).status_code == 404


def test_what_the_team_notes_beside_a_figure_stays_with_it(side: Side) -> None:
    series, mine = side.series("A"), side.series("A")
    staff = make.staff(SPECIALISTS)
    with change(door=Door.GRID, by=staff):
        from_staff = Submission(series=series, period=side.period, report=side.report(), value=5, author=staff)
        from_staff.internal_comment = WORD
        from_staff.save()
    client = side.client("A")
    answer(client, side.question(mine), **{f"v{mine.pk}": "4", f"c{mine.pk}": "counted twice"})
    # The institution goes on with the figure: the note stays where it is, and out of sight.
    answer(client, side.question(series), **{f"v{series.pk}": "6"})

    assert {each.series_id: each.internal_comment for each in Submission.objects.all()} == {
        series.pk: WORD,
        mine.pk: "counted twice",
    }
    book = b"".join(client.get(f"{side.path}template.xlsx").streaming_content)
    texts = [str(cell.value) for sheet in openpyxl.load_workbook(io.BytesIO(book)) for row in sheet for cell in row]
    assert (WORD in texts, "counted twice" in texts) == (False, True)
    assert not tells(client.get(side.question(series)))
    assert "counted twice" in client.get(side.question(mine)).content.decode()


def test_a_membership_that_ends_ends_every_page_at_once(side: Side) -> None:
    series = side.series("A")
    person = side.person("A")
    client = signed_in(person)
    pages = ("", "questions/", f"questions/{series.pk}/", "receipt/", "template.xlsx", "upload/")
    assert {client.get(f"{side.path}{page}").status_code for page in pages} == {200}
    with change(door=Door.COMMAND, reason="left"):
        person.memberships.all().delete()
    assert {client.get(f"{side.path}{page}").status_code for page in pages} == {403}


def test_the_lead_sees_completes_and_forwards_the_figures_of_its_partners(side: Side) -> None:
    of_a, of_b = side.series("A"), side.series("B")
    side.submission(of_a, value=Decimal(41))
    client = side.client("Lead", "lead", name="Lea")
    page = words(client.get(f"{side.path}questions/"))
    assert [part in page for part in ("Institute A", "Institute B", "41")] == [True] * 3
    assert "of my institution only" not in page

    answer(client, side.question(of_b), **{f"v{of_b.pk}": "7"})
    client.post(f"{side.path}questions/", {"action": "forward"})
    assert {each.series_id: (each.value, each.state) for each in Submission.objects.all()} == {
        of_a.pk: (41, "submitted"),
        of_b.pk: (7, "submitted"),
    }
    assert (side.report().state, side.report().submitted_by.name) == ("submitted", "Lea")
    # A contributor of the same institution reads none of it.
    assert "41" not in words(side.client("Lead").get(f"{side.path}questions/"))


def test_a_workbook_that_a_partner_sent_is_looked_at_by_staff_as_its_sender_saw_it(
    side: Side, foreign: Foreign
) -> None:
    client = side.client("A")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(f"{side.path}template.xlsx").streaming_content)))
    sheet = book.worksheets[-1]
    entry = next(cell.column for row in sheet for cell in row if cell.value == "cell:")
    line = next(cell.row for row in sheet for cell in row if isinstance(cell.value, str) and cell.value.count("|") == 4)
    sheet.cell(line, entry, 5)
    file = io.BytesIO()
    book.save(file)
    sent = client.post(f"{side.path}upload/", {"file": SimpleUploadedFile("own.xlsx", file.getvalue())})
    before = Import.objects.get().digest
    assert signed_in(make.staff(SPECIALISTS, language="en")).get(sent["Location"]).status_code == 200

    assert Import.objects.get().digest == before
    assert "1 figure was saved as a draft." in words(client.post(sent["Location"], {"action": "apply"}, follow=True))
