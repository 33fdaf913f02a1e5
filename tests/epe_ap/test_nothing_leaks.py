"""What is not published stands on no page, in no file and in no message that a visitor gets: one number and one word,
put wherever figures wait, are looked for in everything, and so is what ``Everything`` hides."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from indicators.actions import rebuild_results
from indicators.models import Actual, Indicator, ReportingPeriod
from tests import factories as make
from tests.crawls import LANGUAGES
from tests.everything import PAGES, REPORTS, SHEETS, Everything
from tests.factories import three

NUMBER, WORD = 987654321, "Xyzzyplugh"
#: The number itself or a sum that it is in, and what share of forty it is.
TRACES = ("9876543", "24691358", WORD.casefold())
SAID = {**three("note", WORD), "internal_comment": WORD}


class Waiting(Everything):
    """Everything that has a page, and beside it figures at every step before they are published."""

    def __init__(self) -> None:
        super().__init__()
        self.add(1)
        self.open = self._period("open", 1)
        self.locked = self._period("locked", 2)
        headline = Indicator.objects.get(slug="headline-1")
        scopes: list[dict[str, Any]] = [
            {}, {"country": self.chile}, {"project": self.project}, {"partner": self.partner}, {"forum": self.forum},
            {"project": self.project, "key": "sex=women"},
        ]  # fmt: skip
        for state in ("draft", "submitted", "returned"):
            indicator = self._indicator(f"waits-{state}", f"Waits {state}", expected_result=self.ultimate)
            for scope in scopes:
                self._propose(make.series(indicator=indicator, **scope), self.period, state)
        for period in (self.open, self.locked):
            for indicator in (headline, self.indicator):
                for scope in scopes:
                    key = scope.get("key", "")
                    rest = {name: value for name, value in scope.items() if name != "key"}
                    series = indicator.series.filter(breakdown__key=key, **_whole(rest)).first()
                    series = series or make.series(indicator=indicator, **scope)
                    actual = make.actual(
                        series=series, period=period, value=NUMBER, route="grid", approved_at=timezone.now(), **SAID
                    )
                    self._propose(series, period, "approved", actual=actual)
        self._beside_published_ones()
        self._of_hidden_ones()
        rebuild_results()

    def _period(self, state: str, n: int) -> ReportingPeriod:
        return make.period(
            programme=self.programme, slug=f"{state}-period", state=state, **three("name", f"{state} period"),
            starts_on=date(2023, n, 1), ends_on=date(2023, n, 28),
        )  # fmt: skip

    def _propose(self, series: Any, period: Any, state: str, **fields: Any) -> None:
        report = make.report(project=self.project, period=period) if not self._report(period) else self._report(period)
        author = make.user(name=WORD, email=f"{WORD}{make.number()}@example.org")
        made = make.submission(
            series=series, period=period, report=report, state=state, value=NUMBER, author=author, **SAID, **fields
        )
        make.evidence(submission=made, title=WORD, link="", file=make.stored_file(name=f"{WORD}.pdf"))
        make.review(submission=made, author=author, decision="comment", text=f"{WORD} {NUMBER}")

    def _report(self, period: Any) -> Any:
        return period.reports.filter(project=self.project).first()

    def _beside_published_ones(self) -> None:
        """What is said of published figures for the team alone, and what is to replace them."""
        Actual.objects.filter(period=self.period).update(internal_comment=WORD)
        published = Actual.objects.filter(period=self.period, series__project=self.project).first()
        assert published is not None
        self._propose(published.series, self.period, "submitted")
        report = self._report(self.period)
        report.__class__.objects.update(own_approval_reason=WORD)
        make.result_narrative(report=report, expected_result=self.ultimate, **three("narrative", WORD))
        file = make.stored_file(name=f"{WORD}.pdf")
        make.intake(
            report=report, partner=self.partner, file=file, note=WORD, email=f"{WORD}@example.org", code="z" * 43,
            answer="disputed", answered_at=self.period.published_at or "2023-01-01T00:00Z", answer_text=WORD,
        )  # fmt: skip
        make.import_made(file=file, options={"reason": WORD})
        make.invitation(partner=self.partner, email=f"{WORD}@example.org")
        answer = make.confirmation(actual=published, answer="corrected", value=NUMBER, text=WORD, settlement_text=WORD)
        make.evidence(confirmation=answer, title=WORD, link=f"https://example.org/{WORD}")

    def _of_hidden_ones(self) -> None:
        for indicator in Indicator.objects.filter(slug__in=("fictitious", "secret", "secret-part")):
            for scope in ({"country": self.peru}, {"key": "sex=women"}):
                series = make.series(indicator=indicator, **scope)
                period = (
                    self.period
                    if indicator.programme == self.programme
                    else indicator.programme.reporting_periods.get()
                )
                make.baseline(series=series, value=NUMBER, **SAID)
                make.target(series=series, period=period, value=NUMBER, **SAID)
                make.actual(series=series, period=period, value=NUMBER, **SAID)


def _whole(scope: dict[str, Any]) -> dict[str, Any]:
    return {name: scope.get(name) for name in ("project", "country", "partner", "forum")}


@pytest.fixture(scope="module")
def waiting(django_db_setup: None, django_db_blocker: Any) -> Iterator[Waiting]:
    """Made once for the tests of this module, which only read, and taken back afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Waiting()
        transaction.set_rollback(True)


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("waiting", "sheets_as_pages")]


def traces(answer: Any) -> list[str]:
    """What of it stands in an answer; its numbers are read without what groups their digits."""
    body = answer.getvalue()
    if zipfile.is_zipfile(io.BytesIO(body)):
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            body = b"\n".join(package.read(name) for name in package.namelist())
    text = body.decode("utf-8", "replace") + str(answer.headers)
    plain = re.sub(r"(?<=\d)(?:[\s.,'’]|&nbsp;|&#x?\w+;)+(?=\d)", "", text).casefold()
    # An address that is not there stands in the links of its page to other languages.
    is_hidden_told = answer.status_code == 200 and "HIDDEN" in text
    return [trace for trace in TRACES if trace in plain] + ["HIDDEN"] * is_hidden_told


#: Filters that open what results leave out by themselves.
QUERIES = (
    "", "?period=all&sex=all&nature=all&level=all&family=all", "?period=open-period", "?period=locked-period&sex=women",
    "?country=CL&period=all", "?project=B05.1&period=all", "?partner=institute&period=all", "?status=not_reported&period=all",
    "?programme=epe-ap&period=all&sort=-actual", "?verification=evidence&period=all",
)  # fmt: skip
FILES = {f"/results{ending}{query}" for ending in (".csv", ".json") for query in QUERIES[2:]}
ADDRESSES = (
    *PAGES,
    *SHEETS,
    *REPORTS,
    *FILES,
    *(f"/results/{query}" for query in QUERIES),
    *(f"/results{ending}{query}" for ending in (".csv", ".json", ".xlsx") for query in QUERIES[:2]),
    *(f"/indicators/{slug}/" for slug in ("headline-1", "waits-draft", "waits-submitted", "waits-returned", "secret", "fictitious")),
    *(f"/indicators/{slug}/history/" for slug in ("headline-1", "waits-draft", "secret", "fictitious")),
    *("/framework/?show=all", "/countries/PE/", "/projects/A1/", "/projects/HIDDEN-P/", "/partners/private/", "/themes/T2/"),
    *("/forums/2/", "/sdgs/5/", "/work-plans/hidden-plan/", "/sources/hidden-document/", f"/confirm/{'z' * 43}/"),
    *("/workspace/", "/workspace/reports/B05.1/open-period/", "/workspace/imports/", "/accounts/login/", "/no-such-page/"),
    *("/workspace/exports/actuals.csv", "/workspace/on-behalf/1/file/"),
)  # fmt: skip


@pytest.mark.parametrize(
    "language", [pytest.param(each, marks=[pytest.mark.any_database] if each != "en" else ()) for each in LANGUAGES]
)
def test_no_visitor_is_told_what_is_not_published(client: Client, language: str) -> None:
    # The figures are the same in each language: their files are read in one.
    waiting = [f"/{language}{address}" for address in ADDRESSES if language == "en" or address not in FILES]
    found: dict[str, list[str]] = {}
    while waiting:
        address = waiting.pop()
        if address in found:
            continue
        answer = client.get(address)
        assert answer.status_code in (200, 302, 404), address
        found[address] = traces(answer)
        # The same pages stand under each language: links are followed in one.
        if language == "en" and answer.status_code == 200 and not answer.streaming:
            waiting += re.findall(r'href="(/en/[^"#?]*)', answer.content.decode())
    assert {address: each for address, each in found.items() if each} == {}
    assert len(found) > len(ADDRESSES) or language != "en"


def test_nobody_finds_it_by_searching(client: Client) -> None:
    for words, number in ((WORD, 0), (NUMBER, 0), ("Waits", 3)):
        answer: Any = client.get(f"/en/results.json?q={words}&period=all")
        found = json.loads(answer.getvalue())["rows"]
        assert len({row["indicator"] for row in found}) == number, words
        assert [row["actual"] for row in found if row["actual"] is not None] == [], words


def test_errors_and_refused_methods_say_nothing_of_it(client: Client) -> None:
    for method in ("post", "put", "delete", "options"):
        for address in (
            "/en/results/",
            "/en/indicators/headline-1/",
            "/en/workspace/reports/B05.1/open-period/",
            "/admin/",
        ):
            assert traces(getattr(client, method)(address)) == [], (method, address)
    for address in ("/admin/indicators/submission/", "/admin/", "/healthz", "/readyz", "/favicon.ico"):
        assert traces(client.get(address)) == [], address


def test_it_is_there_to_be_found(client: Client) -> None:
    """The walk could not fail if the staff did not see it where the visitors must not."""
    client.force_login(make.user(is_staff=True, is_superuser=True))
    assert traces(client.get("/en/workspace/reports/B05.1/open-period/review/"))[:2] == ["9876543", WORD.casefold()]
    ReportingPeriod.objects.update(state="published")
    rebuild_results()
    assert traces(Client().get("/en/results/?period=open-period")) != []
