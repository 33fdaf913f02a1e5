"""The demonstration programme: it shows every state and every status, nowhere unless asked for, and leaves no trace."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.actions import ensure_roles
from accounts.actions.bulk import check_many
from accounts.models import Change, Import, User
from dashboards.summaries import summary_mail
from indicators.actions import check_results
from indicators.actions.reminders import send_reminders
from indicators.choices import ConfirmationAnswer, IntakeAnswer, PeriodState, ReturnReason, Status, SubmissionState
from indicators.management.demonstration import story
from indicators.models import (
    Actual,
    Baseline,
    Confirmation,
    Indicator,
    Intake,
    Report,
    ReportingPeriod,
    Result,
    Review,
    Series,
    Submission,
    Target,
    VerificationRound,
)
from partners.models import Partner
from projects.demonstrations import ways_to_programme
from projects.models import Programme, Project
from search.actions import rebuild_search
from search.models import Word
from tests import factories as make
from tests.crawls import kind_of_link
from tests.everything import PAGES, Everything

TODAY = date(2026, 11, 28)
#: Words that stand in every name of the demonstration, in one of the three languages, and its codes.
WORDS = ("demo-", "demonstra", "demostra", "démonstra", "fictiti", "fictici", "fictif")
DOWNLOADS = ("csv", "json")


def run(*options: str) -> str:
    said = StringIO()
    call_command("make_demo_programme", *options, stdout=said)
    return said.getvalue()


def numbers_of_rows() -> dict[str, int]:
    """Rows of every table, those of history and of many-to-many links among them.

    The words of the search stay until its table is made anew; those of a demonstration are never among them.
    """
    models = [model for model in apps.get_models(include_auto_created=True) if model is not Word]
    return {model._meta.db_table: model._base_manager.count() for model in models}


@dataclass
class Made:
    before: dict[str, int]
    said: str


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[Made]:
    """The programme beside real ones; made once for the tests of this module and taken back afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        Everything().add(1)
        ensure_roles()
        rebuild_search()
        before = numbers_of_rows()
        yield Made(before, run("--profile", "tour", "--today", TODAY.isoformat(), "--accounts"))
        transaction.set_rollback(True)


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("made", "sheets_as_pages")]


@pytest.fixture
def demo() -> Programme:
    return Programme.objects.get(slug=story.SLUG)


def text_of(page: Any) -> str:
    content = b"".join(page.streaming_content) if page.streaming else page.content
    return content.decode()


def content_of(client: Client, address: str) -> bytes:
    page = client.get(address)
    return b"".join(page.streaming_content) if page.streaming else page.content


def administrator() -> Client:
    """Somebody who may open everything, in English also where the address names no language."""
    client = Client()
    client.force_login(make.user(is_staff=True, is_superuser=True, language="en"))
    return client


def admin_page(record: Any) -> str:
    name = f"admin:{record._meta.app_label}_{record._meta.model_name}_change"
    return reverse(name, args=[record.pk]).removesuffix("change/")


def links_of(page: Any) -> set[str]:
    return {address.replace("&amp;", "&") for address in re.findall(r'href="(/en/[^"#]*)', text_of(page))}


def words_of_it(text: str) -> list[str]:
    return [word for word in WORDS if word in text.casefold()]


def test_five_half_years_lie_around_the_day(demo: Programme):
    zeroth, first, second, third, fourth = ReportingPeriod.objects.filter(programme=demo, kind="interim").order_by(
        "starts_on"
    )

    assert [period.state for period in (zeroth, first, second, third, fourth)] == [
        *(PeriodState.PUBLISHED, PeriodState.PUBLISHED, PeriodState.LOCKED, PeriodState.OPEN, PeriodState.OPEN)
    ]
    assert (third.ends_on, third.due_on) == (date(2026, 10, 31), TODAY + timedelta(days=15))
    assert (fourth.starts_on, fourth.ends_on) == (date(2026, 11, 1), date(2027, 4, 30))
    whole = ReportingPeriod.objects.get(programme=demo, kind="whole")
    assert (whole.starts_on, whole.ends_on) == (zeroth.starts_on, fourth.ends_on)


def test_every_kind_of_project_indicator_and_account_occurs(demo: Programme):
    assert Project.objects.filter(programme=demo).count() == 3
    partners = Partner.objects.filter(slug__startswith="demonstration-")
    assert sorted(partners.values_list("country__code", flat=True)) == ["CA", "CL", "CO", "MX", "PE"]
    indicators = Indicator.objects.filter(programme=demo)
    assert indicators.count() == 12
    assert set(indicators.values_list("measure", flat=True)) >= {
        *("count", "percentage", "currency", "score", "qualitative")
    }
    assert set(indicators.values_list("cumulation", flat=True)) == {"per_period", "running_total", "stock"}
    assert set(indicators.values_list("direction", flat=True)) == {"increase", "decrease", "maintain"}
    assert Target.objects.filter(series__indicator__programme=demo, is_current=False).count() == 1
    people = User.objects.filter(is_demonstration=True).order_by("email")
    assert list(people.values_list("email", "memberships__role", "is_staff")) == [
        *((f"demo.{short}@example.org", "contributor", False) for short in ("cl", "co")),
        ("demo.lead@example.org", "lead", False),
        *((f"demo.{short}@example.org", "contributor", False) for short in ("mx", "pe")),
        *((f"demo.{short}@example.org", None, True) for short in ("specialist", "staff")),
        ("demo.viewer@example.org", "viewer", False),
    ]


def test_every_state_of_the_workflow_occurs(demo: Programme):
    proposals = Submission.objects.filter(series__indicator__programme=demo)
    reports = Report.objects.filter(project__programme=demo)

    assert set(proposals.values_list("state", flat=True)) == set(SubmissionState.values)
    assert set(reports.values_list("state", flat=True)) == set(SubmissionState.values)
    assert proposals.filter(is_not_yet=True).exists()
    assert proposals.filter(is_not_applicable=True).exists()
    returned = Review.objects.filter(submission__in=proposals, decision="return")
    assert set(returned.values_list("reason", flat=True)) == {ReturnReason.OUTLIER, ReturnReason.DEFINITION}
    assert all(returned.values_list("text", flat=True))
    answers = Intake.objects.filter(report__project__programme=demo, submissions__in=proposals)
    assert set(answers.values_list("answer", flat=True)) == set(IntakeAnswer.values)


def test_a_round_of_verification_is_open_with_every_kind_of_answer(demo: Programme):
    round = VerificationRound.objects.get(programme=demo)
    answers = round.confirmations.all()

    assert round.is_open(TODAY)
    assert set(answers.values_list("answer", flat=True)) == set(ConfirmationAnswer.values)
    assert answers.filter(answer="corrected", value=None, settlement="pending").count() == 1
    assert list(answers.exclude(settlement="pending").values_list("settlement", flat=True)) == ["kept"]
    # One institution has said nothing yet: whoever tries the pages finds something to say.
    assert not answers.filter(partner__slug="demonstration-co").exists()


def test_every_status_occurs_on_the_day(demo: Programme):
    results = Result.objects.filter(programme=demo).on(TODAY)

    assert set(results.values_list("status_today", flat=True)) == set(Status.values)


def test_its_records_keep_every_rule(demo: Programme):
    for model in (Submission, Report, Target, Indicator, ReportingPeriod, Partner, Project, Confirmation):
        assert check_many(list(model._base_manager.all())) == {}
    assert check_results() == []


#: Pages but that of the components, which shows the mark itself.
SILENT = (page for page in PAGES if page != "/style/")


@pytest.mark.parametrize("path", [*SILENT, "/results/?nature=all&period=all&sex=all", "/results/?q=demonstration"])
def test_no_public_page_says_a_word_of_it(client: Client, path: str):
    assert words_of_it(text_of(client.get(f"/en{path}")).replace("q=demonstration", "")) == (
        ["demonstra"] if "q=" in path else []
    )


@pytest.mark.parametrize("ending", DOWNLOADS)
def test_no_download_says_a_word_of_it_unless_it_is_asked_for_by_its_code(client: Client, ending: str):
    everything = "nature=all&period=all&sex=all"
    assert words_of_it(text_of(client.get(f"/en/results.{ending}?{everything}"))) == []
    assert "demo-trained" in text_of(client.get(f"/en/results.{ending}?{everything}&programme=DEMO"))


def test_the_command_for_exports_leaves_it_out_unless_it_is_named():
    said = {}
    for name, options in {"all": {}, "named": {"programme": "DEMO"}}.items():
        output = StringIO()
        call_command("export_results", stdout=output, format="csv", **options)
        said[name] = output.getvalue()
    assert words_of_it(said["all"]) == []
    assert "demo-trained" in said["named"]


@pytest.mark.parametrize("language", ["fr", "es", "en"])
def test_with_its_code_it_is_shown_and_marked(client: Client, language: str):
    page = text_of(client.get(f"/{language}/results/?programme=DEMO&period=all"))

    assert page.count("demonstration-mark") == 1
    assert "DEMO-A" in page
    # Two of its periods are published: what changed between them is drawn.
    drawn = text_of(client.get(f"/{language}/indicators/demo-trained/?programme=DEMO"))
    assert {'data-kind="periods"', 'data-kind="periods-by-place"'} <= set(re.findall(r'data-kind="[^"]+"', drawn))


def test_with_its_code_pages_of_its_records_answer_marked_and_hidden_from_search_engines(client: Client):
    results = client.get("/en/results/?programme=DEMO")
    # Figures of one indicator have pages of one kind: the first of each.
    figures = {address.partition("/figures/")[0]: address for address in sorted(links_of(results), reverse=True)}
    records = [address for address in figures.values() if "/indicators/" in address or "/projects/DEMO" in address]
    histories = [
        address.replace("?", "history/?") for address in records if re.fullmatch(r"/en/indicators/[^/]+/\?.*", address)
    ]
    pages = [results, *map(client.get, (*records, *histories, "/en/framework/?programme=DEMO"))]

    assert len(records) > 5
    assert {page.status_code for page in pages} == {200}
    assert {text_of(page).count("demonstration-mark") for page in pages} == {1}
    assert {text_of(page).count("was left aside") for page in pages} == {0}
    assert {text_of(page).count('<meta name="robots" content="noindex">') for page in pages} == {1}
    assert {client.get(address.partition("?")[0]).status_code for address in (*records, *histories)} == {404}
    for other in ("EPE-AP", "nothing", "", "%00"):
        asked = {f"{address.partition('?')[0]}?programme={other}" for address in (records[0], histories[0])}
        assert {client.get(address).status_code for address in asked} == {404}
    links = [(page.request["PATH_INFO"], address) for page in pages for address in sorted(links_of(page))]
    one_of_each = {kind_of_link(page, address): address for page, address in links}
    assert len(one_of_each) > 100
    assert {address for address in {*one_of_each.values()} if client.get(address).status_code != 200} == set()
    assert "DEMO" not in text_of(client.get("/en/framework/"))
    grouped = text_of(client.get("/en/results/?programme=DEMO&group=result"))
    assert ("reconstructed" in grouped, "/en/framework/?programme=demo#result-" in grouped) == (True, True)


def test_its_code_shows_nothing_else_that_is_hidden(client: Client, demo: Programme):
    """Neither an indicator of it that is not public, nor a real one under its name."""
    hidden = Indicator.objects.filter(programme=demo).first()
    Indicator.objects.filter(pk=hidden.pk).update(is_public=False)

    assert client.get(f"/en/indicators/{hidden.slug}/?programme=DEMO").status_code == 404
    assert client.get("/en/indicators/trained/?programme=DEMO").status_code == 404
    assert client.get("/en/projects/B05.1/?programme=DEMO").status_code == 404
    assert hidden.name_en not in text_of(client.get("/en/framework/?programme=DEMO"))


def test_every_page_for_staff_that_shows_something_of_it_says_so(demo: Programme):
    """The demonstration mark on pages of the workspace, a short one in the administration, and one in a workbook."""
    client = administrator()
    period = ReportingPeriod.objects.filter(programme=demo, state=PeriodState.OPEN).earliest("starts_on")
    report = f"/en/workspace/reports/DEMO-A/{period.slug}"
    framework = f"/en/workspace/framework/{demo.slug}"
    intake = Intake.objects.filter(report__project__programme=demo).first()
    answer = Confirmation.objects.filter(round__programme=demo).earliest("pk")
    workbooks = {f"{report}/upload/": f"{report}/template.xlsx", f"{framework}/upload/": f"{framework}.xlsx"}
    exports = "/en/workspace/exports/projects.xlsx?programme=DEMO"
    project = load_workbook(BytesIO(content_of(client, exports)))
    [titles] = [row for row in project["projects"].iter_cols() if row[0].value == "title"]
    titles[1].value = "Renamed"
    changed = BytesIO()
    project.save(changed)
    sent = [(at, content_of(client, workbook)) for at, workbook in workbooks.items()]
    sent.append(("/en/workspace/imports/projects/", changed.getvalue()))
    looks = [
        client.post(at, {"reason": "Tried out", "file": SimpleUploadedFile("sent.xlsx", content)}).url
        for at, content in sent
    ]
    pages = [
        *(f"{report}/{page}" for page in ("", "review/", "narrative/", "on-behalf/", "upload/")),
        *(f"/en/workspace/periods/{period.slug}/{page}/" for page in ("grid", "review")),
        *(f"/en/framework/?programme={demo.slug}", f"{framework}/upload/", f"/en/confirm/{intake.code}/", *looks),
        f"/en/workspace/verification/{story.ROUND_CODE}/",
        f"/en/workspace/verification/{story.ROUND_CODE}/{answer.pk}/",
        f"/en/workspace/institutions/{answer.partner.slug}/verify/{answer.actual_id}/",
    ]
    admin = [
        record._meta.model._default_manager.filter(pk=record.pk).get()
        for model in (Project, Indicator, ReportingPeriod, Series, Target, Baseline, Actual, Submission, Report, Result)
        for record in model._base_manager.filter(**{f"{ways_to_programme(model)[0]}": demo})[:1]
    ]
    marked = {page: "demonstration-mark" in text_of(client.get(page)) for page in pages}
    for record in [demo, *admin]:
        address = reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk])
        marked[address] = "(demonstration)</h2>" in text_of(client.get(address))

    assert [page for page, is_marked in marked.items() if not is_marked] == []
    assert len(marked) == 27
    for _at, content in sent[:2]:
        said = {cell for sheet in load_workbook(BytesIO(content)) for row in sheet.values for cell in row}
        assert "Demonstration: everything here is invented." in said
    real = Project.objects.get(code="B05.1")
    assert "(demonstration)" not in text_of(client.get(reverse("admin:projects_project_change", args=[real.pk])))


def test_the_pages_that_delete_a_record_of_it_or_tell_its_history_say_so(demo: Programme):
    client = administrator()
    project = Project.objects.filter(programme=demo).first()
    report = Report.objects.filter(project__programme=demo).first()
    target = Target.objects.filter(series__indicator__programme=demo).first()
    pages = [f"{admin_page(project)}delete/"]
    pages += [f"{admin_page(record)}history/" for record in (demo, project, report, target)]
    # A result has no history of its own, and is read alone.
    pages.append(f"{admin_page(Result.objects.filter(programme=demo).first())}history/")

    assert [page for page in pages if "(demonstration)</h2>" not in text_of(client.get(page))] == []

    real = Project.objects.get(code="B05.1")
    for page in ("delete", "history"):
        assert "(demonstration)" not in text_of(client.get(f"{admin_page(real)}{page}/"))


def test_deleting_several_says_so_where_any_is_of_it(demo: Programme):
    client = administrator()
    real, fictitious = Project.objects.get(code="B05.1"), Project.objects.filter(programme=demo).first()
    asked = {"action": "delete_selected", "index": "0"}

    def page(*records: Project) -> str:
        chosen = [record.pk for record in records]
        return text_of(client.post("/admin/projects/project/", {**asked, "_selected_action": chosen}))

    assert "<h2>Demonstration</h2>" in page(real, fictitious)
    assert "<h2>Demonstration</h2>" not in page(real)


def test_an_import_of_it_says_so_also_once_it_was_applied_or_taken_back(demo: Programme):
    client = administrator()
    looks = {}
    for code in (demo.code, "EPE-AP"):
        book = load_workbook(BytesIO(content_of(client, f"/en/workspace/exports/projects.xlsx?programme={code}")))
        [titles] = [row for row in book["projects"].iter_cols() if row[0].value == "title"]
        titles[1].value = "Renamed"
        content = BytesIO()
        book.save(content)
        sent = {"reason": "Tried out", "file": SimpleUploadedFile("sent.xlsx", content.getvalue())}
        looks[code] = client.post("/en/workspace/imports/projects/", sent).url

    marked = {code: ["demonstration-mark" in text_of(client.get(look))] for code, look in looks.items()}
    for code, look in looks.items():
        made = Import.objects.get(pk=look.rstrip("/").rpartition("/")[2])
        client.post(f"{look}apply/", {"seen": made.digest, "rows": "all"})
        assert Import.objects.get(pk=made.pk).state == "applied"
        marked[code].append("demonstration-mark" in text_of(client.get(look)))
        client.post(f"{look}undo/", {"reason": "A trial"})
        marked[code].append("demonstration-mark" in text_of(client.get(look)))

    assert marked == {demo.code: [True] * 3, "EPE-AP": [False] * 3}


def test_every_mail_about_it_says_so_in_its_subject(demo: Programme, mailoutbox: list[Any]):
    send_reminders(today=TODAY + timedelta(days=14), with_demonstration=True)
    intake = Intake.objects.filter(report__project__programme=demo).first()
    told = [*mailoutbox, summary_mail(intake, language="en")]
    words = ("Demonstration", "Démonstration", "Demostración")

    assert len(told) > 1
    assert [mail.subject for mail in told if not mail.subject.startswith(words)] == []


def test_a_second_one_is_refused_and_changes_nothing():
    before = numbers_of_rows()

    with pytest.raises(CommandError, match="already holds a programme with the slug demo"):
        run()
    assert "nothing was made" in run("--if-none")

    assert numbers_of_rows() == before


def test_removed_it_leaves_no_row_behind(made: Made, demo: Programme):
    """Not even of what people did in it since, nor of what they threw away there."""
    by = User.objects.get(email="demo.staff@example.org")
    with make.change(door=make.Door.ADMIN, by=by, reason="Tried out"):
        project = demo.projects.get(code="DEMO-A")
        project.title = "Renamed"
        project.save()
        Submission.objects.filter(state="draft").first().delete()
        demo.themes.create(slug="DEMO-T9", code="T9", kind="theme", number=9)

    said = run("--remove")

    assert "was removed" in said
    assert numbers_of_rows() == made.before
    assert "nothing was removed" in run("--remove")


def test_what_is_real_survives_the_removal():
    """An account that did real work is kept, not active; and so is a change that touched a real record, too."""
    by = User.objects.get(email="demo.staff@example.org")
    real = Project.objects.get(code="B05.1")
    with make.change(door=make.Door.ADMIN, by=by, reason="Both at once") as both:
        for project in (real, Project.objects.get(code="DEMO-A")):
            project.save()

    run("--remove")

    by.refresh_from_db()
    assert not by.is_active
    assert Change.objects.get(pk=both.pk).made_by == by
    assert real.history.filter(change=both).count() == 1


@pytest.mark.parametrize("name", ["funder", "partnership"])
def test_something_real_that_names_it_stops_the_removal(name: str):
    lead = Partner.objects.get(slug="demonstration-lead")
    if name == "funder":
        with make.change(door=make.Door.ADMIN):
            real = Programme.objects.get(code="EPE-AP")
            real.funder = lead
            real.save()
    else:
        make.partnership(project=Project.objects.get(code="B05.1"), partner=lead)
    before = numbers_of_rows()

    with pytest.raises(CommandError, match="Something real names one of its institutions"):
        run("--remove")

    assert numbers_of_rows() == before


def test_without_debug_nobody_signs_in_to_it():
    run("--remove")
    said = run("--today", "2024-02-29")

    assert "Nobody can sign in" in said
    people = User.objects.filter(is_demonstration=True)
    assert {(user.is_active, user.has_usable_password()) for user in people} == {(False, False)}
    assert Result.objects.filter(programme__slug="demo").exists()
