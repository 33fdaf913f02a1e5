"""Who may open and send each page of the workspace: every address, every role, both methods, against one table."""

import hashlib
from collections.abc import Iterable
from typing import Any, NamedTuple

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.roles import ADMINISTRATORS, DATA_ENTRY, READERS, SPECIALISTS
from dashboards.urls import urlpatterns
from indicators.models import Actual, Submission
from tests import factories as make

pytestmark = pytest.mark.django_db

PARTNERS_SIDE = ("viewer", "contributor", "lead")
ENTERERS = PARTNERS_SIDE[1:]
STAFF = (READERS, DATA_ENTRY, SPECIALISTS, ADMINISTRATORS)
WRITERS = STAFF[1:]
DECIDERS = STAFF[2:]
EVERYBODY = ("anonymous", *PARTNERS_SIDE, *STAFF)
NOBODY: tuple[str, ...] = ()


class Page(NamedTuple):
    """Who reads a page, who sends to it, and what those who may are answered with an empty form."""

    reads: tuple[str, ...]
    sends: tuple[str, ...] = NOBODY
    read: int = 200
    sent: int = 200
    #: Who is led on to the one thing of theirs.
    led_on: tuple[str, ...] = NOBODY


#: Each import of the table was sent by a specialist: see test_imports_are_their_senders_to_decide_about.
#: By the name of the address. An empty form is refused on the page (200, 422), or by a sentence on the next (302).
TABLE = {
    "workspace": Page((*PARTNERS_SIDE, *STAFF)),
    "project_board": Page((*PARTNERS_SIDE, *STAFF)),
    "project_sheet": Page((*PARTNERS_SIDE, *STAFF)),
    "report_grid": Page((*PARTNERS_SIDE, *STAFF), (*ENTERERS, *WRITERS)),
    "report_questions": Page((*PARTNERS_SIDE, *STAFF), (*ENTERERS, *WRITERS), sent=422),
    "report_question": Page((*PARTNERS_SIDE, *STAFF), (*ENTERERS, *WRITERS)),
    "report_receipt": Page((*PARTNERS_SIDE, *STAFF)),
    "programme_grid": Page(STAFF, WRITERS),
    "imports": Page(STAFF),
    "import_page": Page(WRITERS),
    "import_apply": Page(NOBODY, DECIDERS, sent=302),
    "import_discard": Page(NOBODY, DECIDERS, sent=302),
    "import_undo": Page(NOBODY, DECIDERS, sent=302),
    "import_file": Page(WRITERS),
    "import_marked": Page(WRITERS),
    "import_kind": Page(WRITERS, WRITERS),
    "import_template": Page(WRITERS),
    "export_kind": Page(STAFF),
    "export_file": Page(STAFF),
    "report_template": Page((*ENTERERS, *WRITERS)),
    "report_upload": Page((*ENTERERS, *WRITERS), (*ENTERERS, *WRITERS), sent=422),
    "report_upload_look": Page(WRITERS, DECIDERS, sent=302),
    "report_upload_marked": Page(WRITERS),
    "pmf_workbook": Page(STAFF),
    "pmf_upload": Page(DECIDERS, DECIDERS, sent=422),
    "pmf_upload_look": Page(DECIDERS, DECIDERS, sent=302),
    "pmf_upload_marked": Page(DECIDERS),
    "report_review": Page(STAFF, DECIDERS),
    "programme_review": Page(STAFF, DECIDERS),
    "report_narrative": Page(("lead", *WRITERS), ("lead", *WRITERS), sent=302),
    "report_on_behalf": Page(WRITERS, WRITERS),
    "intake_send": Page(NOBODY, WRITERS, sent=302),
    "intake_reopen": Page(NOBODY, WRITERS, sent=302),
    "intake_file": Page(WRITERS),
    "confirm": Page(EVERYBODY, EVERYBODY),
    "people": Page((*PARTNERS_SIDE, *STAFF)),
    "people_of": Page((*PARTNERS_SIDE, *STAFF), ("lead", *WRITERS)),
    "invitation_again": Page(NOBODY, ("lead", *WRITERS), sent=302),
    "invitation_withdraw": Page(NOBODY, ("lead", *WRITERS), sent=302),
    "member_role": Page(NOBODY, ("lead", *WRITERS), sent=302),
    "member_remove": Page(NOBODY, ("lead", *WRITERS), sent=302),
    "invitation": Page(EVERYBODY, EVERYBODY),
    "institutions": Page((*PARTNERS_SIDE, *STAFF), led_on=PARTNERS_SIDE),
    "institution": Page((*PARTNERS_SIDE, *STAFF)),
    "institution_verify": Page((*PARTNERS_SIDE, *STAFF), ENTERERS, sent=422),
    "institution_sheet": Page((*PARTNERS_SIDE, *STAFF)),
    "verification_rounds": Page(STAFF),
    "verification_round": Page(STAFF),
    "verification_settle": Page(STAFF, DECIDERS, sent=422),
    "evidence_add": Page((*PARTNERS_SIDE, *STAFF), ("contributor", "lead", *WRITERS), sent=422),
    "evidence_file": Page((*PARTNERS_SIDE, *WRITERS)),
    "evidence_remove": Page(NOBODY, ("contributor", "lead", *WRITERS), sent=302),
    "notifications": Page((*PARTNERS_SIDE, *STAFF), (*PARTNERS_SIDE, *STAFF), sent=302),
}  # fmt: skip


class World:
    """A report with figures at each step, an import of each kind of page, and somebody of each role."""

    def __init__(self) -> None:
        self.programme = make.programme(slug="pmf", code="PMF")
        self.period = make.period(programme=self.programme, slug="h1")
        self.project = make.project(programme=self.programme, slug="B05.1", code="B05.1")
        self.partner = make.partner()
        make.partnership(project=self.project, partner=self.partner, role="lead", is_adopted=True)
        indicator = make.indicator(programme=self.programme)
        waits, approved = (
            make.series(indicator=indicator, project=self.project, key=key, reporter=self.partner)
            for key in ("", "sex=women")
        )
        report = make.report(project=self.project, period=self.period)
        make.submission(series=waits, period=self.period, report=report, state="submitted")
        back = make.series(indicator=indicator, project=self.project, key="sex=men", reporter=self.partner)
        returned = make.submission(series=back, period=self.period, report=report, state="returned")
        self.actual = make.actual(series=approved, period=self.period)
        file = make.stored_file(name="letter.pdf", content=b"%PDF-")
        self.intake = make.intake(
            report=report, partner=self.partner, code="c" * 43, file=file, summary_sent_at=timezone.now()
        )
        self.clients = {"anonymous": Client()}
        for role in EVERYBODY[1:]:
            person = make.staff(role) if role in STAFF else make.membership(partner=self.partner, role=role).user
            self.clients[role] = Client()
            self.clients[role].force_login(person)
        one, programme = {"project": "B05.1", "period": "h1"}, {"programme": "pmf"}
        keys: dict[str, dict[str, Any]] = {
            "import": self.upload(
                "import_kind",
                {"kind": "partners"},
                b"slug,name,language,kind\nduoc,Duoc,es,tvet_institution\n",
                "partners.csv",
            ),
            "report": self.upload("report_upload", one, self.download("report_template", one), "report.xlsx"),
            "pmf": self.upload("pmf_upload", programme, self.download("pmf_workbook", programme), "pmf.xlsx"),
            "intake": {"pk": self.intake.pk},
        }
        self.kwargs: dict[str, dict[str, Any]] = {
            **{name: {} for name in ("workspace", "imports")},
            **{name: keys["import"] for name in TABLE if name.startswith("import_")},
            **{name: {"kind": "partners"} for name in ("import_kind", "import_template", "export_kind")},
            **{name: {"slug": "B05.1"} for name in ("project_board", "project_sheet")},
            "export_file": {"kind": "partners", "ending": "csv"},
            **{name: one for name in TABLE if name.startswith("report_")},
            "report_question": one | {"series": waits.pk},
            **{name: programme for name in TABLE if name.startswith("pmf_")},
            **{name: {"period": "h1"} for name in ("programme_grid", "programme_review")},
            **{f"report_upload_{page}": one | keys["report"] for page in ("look", "marked")},
            **{f"pmf_upload_{page}": programme | keys["pmf"] for page in ("look", "marked")},
            **{name: keys["intake"] for name in TABLE if name.startswith("intake_")},
            "confirm": {"code": self.intake.code},
            **self.people(),
            **self.evidence(submission=returned),
            **self.institution(),
        }

    def institution(self) -> dict[str, dict[str, Any]]:
        """The addresses of pages about the institution's figures, and of a round of verification with an answer."""
        round = make.verification_round(programme=self.programme, code="r1")
        answer = make.confirmation(round=round, partner=self.partner, actual=self.actual)
        of = {"slug": self.partner.slug}
        return {
            **{name: {} for name in ("institutions", "verification_rounds")},
            **dict.fromkeys(("institution", "institution_sheet"), of),
            "institution_verify": of | {"pk": self.actual.pk},
            "verification_round": {"code": "r1"},
            "verification_settle": {"code": "r1", "pk": answer.pk},
        }

    def evidence(self, submission: Submission) -> dict[str, dict[str, Any]]:
        """The addresses of pages about what supports a figure; which figure stands in the query of the first."""
        self.queries = {"evidence_add": f"?submission={submission.pk}"}
        kept = make.evidence(submission=submission, file=make.stored_file(name="list.pdf", content=b"%PDF-"))
        return {"evidence_add": {}, **{name: {"pk": kept.pk} for name in ("evidence_file", "evidence_remove")}}

    def people(self) -> dict[str, dict[str, Any]]:
        """The addresses of pages about the institution's people: a member, an open invitation and its secret."""
        secret = "s" * 43
        digest = hashlib.sha256(secret.encode()).hexdigest()
        invited = make.invitation(partner=self.partner, digest=digest)
        member = make.membership(partner=self.partner)
        of = {"partner": self.partner.slug}
        return {
            **{name: {} for name in ("people", "notifications")},
            "people_of": of,
            **{name: of | {"pk": invited.pk} for name in ("invitation_again", "invitation_withdraw")},
            **{name: of | {"pk": member.pk} for name in ("member_role", "member_remove")},
            "invitation": {"code": secret},
        }

    def download(self, name: str, kwargs: dict[str, Any]) -> bytes:
        answer: Any = self.clients[SPECIALISTS].get(reverse(name, kwargs=kwargs))
        return b"".join(answer.streaming_content)

    def upload(self, name: str, kwargs: dict[str, Any], content: bytes, called: str) -> dict[str, int]:
        file = SimpleUploadedFile(called, content)
        answer = self.clients[SPECIALISTS].post(reverse(name, kwargs=kwargs), {"file": file, "reason": "Sent by mail"})
        return {"pk": int(answer["Location"].rstrip("/").rpartition("/")[2])}

    def ask(self, role: str, name: str, method: str) -> Any:
        """What a page answers; whatever it wrote is taken back."""
        with transaction.atomic():
            address = reverse(name, kwargs=self.kwargs[name]) + self.queries.get(name, "")
            answer = getattr(self.clients[role], method)(address)
            transaction.set_rollback(True)
        return answer


@pytest.fixture
def world() -> Any:
    with translation.override("en"):
        yield World()


def expected(page: Page, role: str, method: str) -> set[int]:
    may, status = (page.reads, page.read) if method == "get" else (page.sends, page.sent)
    if method == "get" and role in page.led_on:
        return {302}
    # To people of institutions another's record does not exist; a step of somebody else's is refused in a sentence.
    denied = {302} if role == "anonymous" else {403, 404} if role in PARTNERS_SIDE else {403}
    # A method that a page does not know is refused before or after the person is.
    return {status} if role in may else denied if may else denied | {405}


def roles_to_ask(page: Page, method: str) -> Iterable[str]:
    """Everybody; on PostgreSQL one of each side and answer, for who somebody is is known before it is asked anything."""
    if connection.vendor == "sqlite":
        return EVERYBODY
    return {(role in PARTNERS_SIDE, *sorted(expected(page, role, method))): role for role in EVERYBODY}.values()


def test_every_page_answers_every_role_as_the_table_says(world: World, settings: Any) -> None:
    assert {pattern.name for pattern in urlpatterns} == TABLE.keys()
    before = Submission.objects.count(), Actual.objects.count()
    found, wanted = {}, {}
    for name, page in TABLE.items():
        for method in ("get", "post"):
            for role in roles_to_ask(page, method):
                answer = world.ask(role, name, method)
                key, right = f"{method} {name} as {role}", expected(page, role, method)
                found[key] = answer.status_code
                wanted[key] = answer.status_code if answer.status_code in right else right
                if role == "anonymous" and answer.status_code == 302 and name not in ("confirm", "invitation"):
                    assert answer["Location"].startswith("/en/accounts/login/?next=/en/workspace/"), key
    assert found == wanted
    assert (Submission.objects.count(), Actual.objects.count()) == before

    # The same people before they have set up a second factor see none of it.
    settings.STAFF_SECOND_FACTOR = True
    for name in TABLE:
        for method in ("get", "post"):
            answer = world.ask(ADMINISTRATORS, name, method)
            assert answer.status_code == 302, f"{method} {name}"
            assert answer["Location"].partition("?")[0] == reverse("mfa_activate_totp"), f"{method} {name}"
