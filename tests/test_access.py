"""Nobody reads what is another institution's: every address of the project, asked for by everybody, about decoys.

Institution A is asked about institution B: what is B's and not published does not exist for A's people. Each address
stands in one of the tables below; one that is missing fails the test. What the numbers and words of the decoys are is
found on no page, in no header and in no file.
"""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, URLResolver, get_resolver, reverse
from django.utils import timezone, translation

from accounts.roles import SPECIALISTS
from indicators.actions import rebuild_results
from indicators.models import Result
from search.actions import rebuild_search
from tests import factories as make
from tests.factories import three

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sheets_as_pages")]

#: Stands in everything of institution B that only B and the staff may read.
DECOY_WORD, DECOY_NUMBER = "DECOYWORD", 987654321
#: As pages, files and mails may write the number.
DECOYS = (DECOY_WORD, "987654321", "987,654,321", "987 654 321", "987.654.321", "987\N{NARROW NO-BREAK SPACE}654")

MEMBERS = ("viewer", "contributor", "lead")
#: Somebody whose membership was deleted and one whose account was closed, both signed in before.
OUTSIDERS = ("anonymous", "removed", "deactivated")

#: Pages that anybody opens, about B's project, indicator and institution where they are about one.
PUBLIC = {
    *(
        "home",
        "method",
        "about",
        "data",
        "style",
        "countries",
        "country",
        "programmes",
        "programme",
        "partners",
        "partner",
        "projects",
        "project",
    ),
    *(
        "themes",
        "theme",
        "work_plan",
        "work_plan_calendar",
        "forums",
        "forum",
        "framework",
        "compare",
        "indicator",
        "indicator_history",
        "figure",
    ),
    *("country_pdf", "partner_pdf", "programme_report", "project_pdf", "theme_pdf"),
    *("sdgs", "goal", "results", "results_csv", "results_xlsx", "results_json", "publications", "findings"),
    *(
        "sources",
        "source",
        "discrepancies",
        "search",
        "favicon",
        "robots",
        "sitemap",
        "sitemap_section",
        "feed",
        "site_picture",
    ),
}
#: What is public once it is published: of what is not there is no such page.
PUBLISHED = {"figure_picture"}
#: Charts of such pages as files: there is none where there is nothing to draw.
CHARTS = {
    "country_chart",
    "theme_chart",
    "project_chart",
    "indicator_chart",
    "forum_chart",
    "partner_chart",
    "goal_chart",
    "results_chart",
}
#: Pages about whoever is signed in, and those on which one signs in.
ONESELF = {
    *("account_request_login_code", "account_confirm_login_code"),
    *("account_login", "account_logout", "account_reauthenticate", "account_change_password", "account_set_password"),
    *("account_reset_password", "account_reset_password_done", "account_reset_password_from_key_done"),
    *("account_reset_password_from_key", "mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp"),
    *("mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes"),
}
#: Pages of the staff: members are refused, without a word about what the address is of.
STAFF = {
    *("programme_grid", "imports", "import_page", "import_apply", "import_discard", "import_undo"),
    *("import_file", "import_marked", "import_kind", "import_template", "export_kind", "export_file"),
    *("pmf_workbook", "pmf_upload", "pmf_upload_look", "pmf_upload_marked", "report_review", "programme_review"),
    *("report_on_behalf", "intake_send", "intake_reopen", "intake_file"),
    *("verification_rounds", "verification_round", "verification_settle"),
}
#: Pages that members open, each about something of theirs: about B's there is no such page.
THEIRS: set[str] = {
    *("evidence_add", "evidence_file", "evidence_remove"),
    *("people_of", "invitation_again", "invitation_withdraw", "member_role", "member_remove"),
    *("institution", "institution_verify", "institution_sheet"),
}
#: Pages about a project or a report of it: none of B's, and of the one that both work in nothing of B's.
SHARED = {
    *("report_grid", "report_questions", "report_question", "report_receipt", "report_narrative"),
    *("report_template", "report_upload", "report_upload_look", "report_upload_marked"),
    *("project_board", "project_sheet"),
}
#: Pages that members open, which list what is theirs.
LISTS: set[str] = {"workspace", "people", "institutions", "notifications"}
#: Opened by whoever has the secret in the address.
BY_SECRET = {"confirm", "invitation"}


class World:
    """Institutions A and B, a project of each and one that both work in, and everything of B that A must not see."""

    def __init__(self) -> None:
        self.programme = make.programme(slug="epe", code="EPE")
        self.period = make.period(programme=self.programme, slug="h1", due_on=timezone.localdate())
        self.institutions = {name: make.partner(slug=name, name=f"Institute {name}") for name in ("a", "b")}
        self.projects = {name: make.project(programme=self.programme, slug=name, code=name) for name in ("A", "B", "C")}
        for name, partner, role in (
            ("A", "a", "lead"),
            ("B", "b", "lead"),
            ("C", "b", "lead"),
            ("C", "a", "local_partner"),
        ):
            make.partnership(
                project=self.projects[name], partner=self.institutions[partner], role=role, is_adopted=True
            )
        self.indicator = make.indicator(programme=self.programme, slug="trained", code="I1", **three("name", "Trained"))
        self.clients = {"anonymous": Client()}
        for role in (*MEMBERS, "removed", "deactivated"):
            member = make.membership(
                partner=self.institutions["a"], role=role if role in MEMBERS else "lead", user=make.user(language="en")
            )
            self.clients[role] = Client(raise_request_exception=True)
            self.clients[role].force_login(member.user)
            if role == "removed":
                with make.change(door=make.Door.COMMAND, reason="left"):
                    member.delete()
            if role == "deactivated":
                type(member.user).objects.filter(pk=member.user.pk).update(is_active=False)
        self.b_user = make.user(name=f"{DECOY_WORD} Person", email=f"{DECOY_WORD.lower()}@example.org")
        member = make.membership(partner=self.institutions["b"], role="lead", user=self.b_user)
        self.clients["b"] = Client()
        self.clients["b"].force_login(self.b_user)
        self.staff = make.staff(SPECIALISTS, language="en")
        self.kwargs = self._decoys() | {"member": member}
        rebuild_results()
        rebuild_search()

    def _decoys(self) -> dict[str, Any]:
        """Figures of B at every step, with what hangs on them; gives the keys of addresses."""
        private = {"value": Decimal(DECOY_NUMBER), "internal_comment": DECOY_WORD, **three("note", DECOY_WORD)}
        keys: dict[str, Any] = {}
        for name, project in self.projects.items():
            owner = self.institutions["a" if name == "A" else "b"]
            report = make.report(project=project, period=self.period)
            for number, state in enumerate(("draft", "submitted", "returned", "approved")):
                series = make.series(
                    indicator=self.indicator, project=project, partner=owner, key=f"age=g{number}", reporter=owner
                )
                if name == "A":
                    continue
                if state == "approved":
                    make.actual(
                        series=series, period=self.period, route="workspace", approved_at=timezone.now(), **private
                    )
                    continue
                submission = make.submission(
                    series=series, period=self.period, report=report, state=state, author=self.b_user, **private
                )
                make.review(submission=submission, author=self.b_user, text=DECOY_WORD)
                keys |= {"submission": submission, "series": series}
                file = make.stored_file(name=f"{DECOY_WORD}.pdf", content=DECOY_WORD.encode(), stored_by=self.b_user)
                keys["evidence"] = make.evidence(submission=submission, title=DECOY_WORD, file=file)
            make.intake(
                report=report,
                partner=self.institutions["b"],
                code=f"{name * 43}",
                note=DECOY_WORD,
                email=self.b_user.email,
                file=make.stored_file(name=f"{DECOY_WORD}.pdf", content=DECOY_WORD.encode()),
            )
            if name != "A":
                make.result_narrative(
                    report=report,
                    expected_result=make.expected_result(programme=self.programme),
                    **three("narrative", DECOY_WORD),
                )
        made = make.import_made(kind="partners", file=make.stored_file(name=f"{DECOY_WORD}.csv"))
        around = make.verification_round(programme=self.programme, **three("name", "Round"))
        closed = make.actual(
            series=make.series(indicator=self.indicator, partner=self.institutions["b"]), period=self.period
        )
        keys["confirmation"] = make.confirmation(
            round=around, actual=closed, partner=self.institutions["b"], answer="corrected", text=DECOY_WORD
        )
        make.notification(user=self.b_user, period=self.period, project=self.projects["B"])
        keys["invitation"] = make.invitation(
            partner=self.institutions["b"],
            email=f"{DECOY_WORD}@example.org",
            expires_at=timezone.now() + timedelta(days=1),
        )
        make.country("CL")
        make.theme(programme=self.programme, slug="T1", code="T1")
        make.forum(programme=self.programme, slug="1", number=1)
        make.goal(number=4)
        make.document(slug="book")
        make.work_plan(slug="plan")
        return keys | {"import": made, "round": around, "actual": closed}

    def addresses(self, name: str, words: frozenset[str]) -> Iterator[str]:
        """The addresses of a page about what is B's: in B's project, and in the one that both work in."""
        for project in ("B", "C"):
            # A word in an address means another thing on another page: each is said by its page's name first.
            own = OF_PAGE.get(name, {})
            common = {
                "project": project,
                "period": "h1",
                "programme": "epe",
                "partner": "b",
                "kind": "partners",
                "ending": "csv",
                "code": "CL",
                "number": 4,
                "key": "x-y",
                "uidb36": "1",
                "pk": 1,
            }
            known = common | {word: value(self, project) if callable(value) else value for word, value in own.items()}
            address = reverse(name, kwargs={word: known[word] for word in words})
            for query in QUERIES.get(name, [lambda world: ""]):
                yield address + query(self)


def unpublished(project: str) -> str:
    """The key of an approved figure whose period is not published."""
    return Result.objects.filter(project__slug=project, is_public=False, actual=DECOY_NUMBER)[0].key


#: What the query of an address names, where there is no page without it.
QUERIES: dict[str, list[Any]] = {
    # The page repeats what was asked for: the beginning of the word, which finds it where it can be found.
    "search": [lambda world: f"?q={DECOY_WORD[:6].lower()}"],
    "evidence_add": [
        lambda world: f"?submission={world.kwargs['submission'].pk}",
        lambda world: f"?confirmation={world.kwargs['confirmation'].pk}",
    ],
}

#: What an address's words stand for on a page, where it is not what they mostly do.
OF_PAGE: dict[str, dict[str, Any]] = {
    **{
        name: {"pk": lambda world, _project: world.kwargs["evidence"].pk}
        for name in ("evidence_file", "evidence_remove")
    },
    **{
        name: {"pk": lambda world, _project: world.kwargs["invitation"].pk}
        for name in ("invitation_again", "invitation_withdraw")
    },
    **{name: {"pk": lambda world, _project: world.kwargs["member"].pk} for name in ("member_role", "member_remove")},
    "report_question": {"series": lambda world, _project: world.kwargs["series"].pk},
    "institution": {"slug": "b"},
    "institution_sheet": {"slug": "b"},
    "institution_verify": {"slug": "b", "pk": lambda world, _project: world.kwargs["actual"].pk},
    "verification_round": {"code": lambda world, _project: world.kwargs["round"].code},
    "verification_settle": {
        "code": lambda world, _project: world.kwargs["round"].code,
        "pk": lambda world, _project: world.kwargs["confirmation"].pk,
    },
    **{
        name: {"slug": lambda _world, project: project}
        for name in ("project", "project_board", "project_sheet", "project_pdf")
    },
    **{name: {"slug": "b"} for name in ("partner", "partner_pdf")},
    "indicator": {"slug": "trained"},
    "indicator_history": {"slug": "trained"},
    "sitemap_section": {"section": "indicators"},
    "site_picture": {"version": "0"},
    "figure_picture": {"version": "0", "key": lambda _world, project: unpublished(project)},
    "indicator_chart": {"slug": "trained", "kind": "periods"},
    "theme_chart": {"slug": "T1", "kind": "targets"},
    "project_chart": {"slug": lambda _world, project: project, "kind": "targets"},
    "country_chart": {"code": "CL", "kind": "women"},
    "forum_chart": {"slug": "1", "kind": "women"},
    "partner_chart": {"slug": "b", "kind": "shared-targets"},
    "goal_chart": {"kind": "targets"},
    "results_chart": {"kind": "projects"},
    **{name: {"slug": "epe"} for name in ("programme", "programme_report")},
    "figure": {"slug": "trained", "key": "h1/partner=b"},
    **{name: {"slug": "T1"} for name in ("theme", "theme_pdf")},
    "work_plan": {"slug": "plan"},
    "work_plan_calendar": {"slug": "plan"},
    "forum": {"slug": "1"},
    "source": {"slug": "book"},
    "confirm": {"code": "B" * 43},
    **{
        name: {"pk": lambda world, _project: world.kwargs["import"].pk}
        for name in ("import_page", "import_apply", "import_discard", "import_undo", "import_file", "import_marked")
    },
}


def named(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, frozenset[str]]]:
    """The name of every address of the project, with the words in it."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from named(pattern, f"{before}{pattern.namespace}:" if pattern.namespace else before)
        else:
            words = {*pattern.pattern.converters, *pattern.pattern.regex.groupindex}
            yield f"{before}{pattern.name}", frozenset(words)


PAGES = sorted((name, words) for name, words in set(named(get_resolver())) if not name.startswith("admin:"))
IN_THE_ADMINISTRATION = sorted((name, words) for name, words in set(named(get_resolver())) if name.startswith("admin:"))


@pytest.fixture
def world() -> Any:
    with translation.override("en"):
        yield World()


def said(answer: Any) -> str:
    """Everything that an answer says, headers included."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return f"{answer.headers} {content.decode(errors='replace')}"


def asked(client: Client, address: str) -> Iterator[tuple[str, Any, str]]:
    """What is answered to a question and to an empty form; whatever was written is taken back."""
    for method in ("get", "post"):
        cookies = client.cookies.copy()
        with transaction.atomic():
            answer = getattr(client, method)(address)
            text = said(answer)
            transaction.set_rollback(True)
        # Nobody stays signed out.
        client.cookies = cookies
        yield method, answer, text


def expected(name: str, role: str, address: str) -> set[int]:
    """The statuses that an address may answer with, to a question or to a form."""
    if name in PUBLIC:
        return {200, 301, 302, 405}
    if name in PUBLISHED:
        return {404, 405}
    if name in CHARTS:
        return {200, 404, 405}
    if name in ONESELF or name in BY_SECRET:
        return {200, 302, 403, 404, 405, 410, 429}
    if role in ("anonymous", "deactivated"):
        return {302, 405}
    if name in STAFF:
        return {403, 405}
    if role == "removed":
        return {403, 405}
    if name in SHARED:
        return {404, 405} if "/reports/B/" in address or "/projects/B/" in address else {200, 302, 403, 404, 405, 422}
    return {404, 405} if name in THEIRS else {200, 302, 303, 405, 422}


def test_every_address_stands_in_one_table() -> None:
    tables = [PUBLIC, PUBLISHED, CHARTS, ONESELF, STAFF, THEIRS, SHARED, LISTS, BY_SECRET]
    listed = [name for table in tables for name in table]
    assert sorted(listed) == sorted(set(listed)) == sorted({name for name, _words in PAGES})


@pytest.mark.any_database
def test_no_page_tells_one_institution_of_another(world: World) -> None:
    told, wrong = [], []
    for name, words in PAGES:
        if name in BY_SECRET:
            continue
        for address in dict.fromkeys(world.addresses(name, words)):
            # Pages that are not about anybody's rights answer all members alike.
            is_alike = name in PUBLIC or name in CHARTS or name in ONESELF
            for role in ("anonymous", "lead") if is_alike else (*OUTSIDERS, *MEMBERS):
                for method, answer, text in asked(world.clients[role], address):
                    if any(decoy in text for decoy in DECOYS):
                        told.append((role, method, address))
                    if answer.status_code not in expected(name, role, address):
                        wrong.append((role, method, address, answer.status_code))
    assert told == []
    assert wrong == []


def test_the_decoys_are_there_to_be_found(world: World) -> None:
    """That nothing was told means something only where there is something to tell."""
    staff = Client()
    staff.force_login(world.staff)
    for project in ("B", "C"):
        [address] = {reverse("report_review", args=[project, "h1"])}
        assert any(decoy in said(staff.get(address)) for decoy in DECOYS)


@pytest.mark.any_database
def test_the_administration_lets_in_staff_alone(world: World) -> None:
    for name, words in IN_THE_ADMINISTRATION:
        known = {"object_id": 1, "app_label": "partners", "content_type_id": 1, "history_id": 1, "url": "x", "pk": 1}
        try:
            address = reverse(name, kwargs={word: known.get(word, 1) for word in words})
        except NoReverseMatch:
            address = "/admin/nothing/"
        for role in ("anonymous", "lead"):
            for method, answer, text in asked(world.clients[role], address):
                # The sign-in page, and what Django needs before it.
                assert answer.status_code in {302, 405} or name in OPEN_IN_THE_ADMINISTRATION, (name, role, method)
                assert not any(decoy in text for decoy in DECOYS), (name, role, method)


OPEN_IN_THE_ADMINISTRATION = {"admin:login", "admin:logout", "admin:jsi18n"}
