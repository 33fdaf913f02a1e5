"""Two public programmes whose records bear the same codes: every page keeps them apart."""

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from epe_ap.feeds import newest
from indicators.actions import rebuild_results
from indicators.models import Result
from projects.report import report_context
from search.actions import rebuild_search
from tests import factories as make
from tests.factories import three
from tests.pages import words

#: What no page of the one may say of the other.
CODES = {"ours": "OURS", "theirs": "THEIRS"}


@pytest.fixture(scope="module")
def programmes(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """Both, made once for the tests of this module, which only read."""
    with django_db_blocker.unblock(), transaction.atomic():
        chile = make.country("CL", **three("name", "Chile"), is_pacific_alliance=True)
        made = {slug: _programme(slug, chile, first=n * 100) for n, slug in enumerate(CODES, start=1)}
        rebuild_results()
        rebuild_search()
        yield made
        transaction.set_rollback(True)


def _programme(slug: str, chile: Any, *, first: int) -> Any:
    programme = make.programme(
        slug=slug,
        code=CODES[slug],
        **three("name", f"The programme {slug}"),
        starts_on=date(2016, 1, 1),
        ends_on=date(2023, 12, 31),
    )
    programme.countries.add(chile)
    period = make.period(programme=programme, slug=f"{slug}-whole", kind="whole", state="published")
    theme = make.theme(
        programme=programme, slug=f"{slug}-T1", code="T1", number=1, **three("name", f"The theme of {slug}")
    )
    project = make.project(
        programme=programme, slug=f"{slug}-B01", code="B01", component="B", title=f"Projet {slug}", language="en"
    )
    project.countries.add(chile)
    make.project_theme(project=project, theme=theme)
    forum = make.forum(programme=programme, slug=f"{slug}-1", number=1, title=f"Forum {slug}", country=chile)
    forum.themes.add(theme)
    expected = make.expected_result(
        programme=programme, code="1100", **three("statement", f"What was expected of {slug}")
    )
    indicators = [
        make.indicator(
            programme=programme,
            slug=f"{slug}-{name}",
            **three("name", f"{name} {slug}"),
            nature="outcome",
            expected_result=expected,
            headline_rank=first + rank,
        )
        for rank, name in enumerate(("trained", "placed", "agreed"))
    ]
    for place, indicator in enumerate(indicators, start=1):
        indicator.themes.add(theme)
        make.actual(series=make.series(indicator=indicator), period=period, value=first + place)
        make.actual(series=make.series(indicator=indicator, country=chile), period=period, value=first + 10 + place)
        make.actual(series=make.series(indicator=indicator, project=project), period=period, value=first + 20 + place)
    plan = make.work_plan(slug=f"{slug}-plan", title=f"Plan {slug}", programme=programme)
    plan.countries.add(chile)
    area = make.area(work_plan=plan, number=1, **three("name", f"Area of {slug}"))
    make.activity(
        area=area,
        **three("text", f"Activity of {slug}"),
        planned_from=date(2024, 3, 1),
        planned_to=date(2024, 3, 31),
    )
    make.discrepancy(programme=programme, **three("explanation", f"They disagree about {slug}"))
    return programme


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("programmes", "in_english")]

OWN_PAGES = (
    "framework/?programme={}",
    "compare/?programme={}",
    "themes/{}-T1/",
    "projects/{}-B01/",
    "forums/{}-1/",
    "indicators/{}-trained/",
    "indicators/{}-trained/figures/{}-whole/",
    "work-plans/{}-plan/",
    "results/?programme={}&group=result",
    "results/?programme={}&group=theme",
)


def _body(page: Any) -> str:
    """A page between its header and its footer, without the ways to other programmes and the filters."""
    html = page.content.decode().partition("<main")[2].partition("</main>")[0]
    return re.sub(r'<nav class="choice".*?</nav>|<form.*?</form>', "", html, flags=re.DOTALL)


@pytest.mark.parametrize("address", OWN_PAGES)
def test_a_page_of_one_programme_says_nothing_of_the_other(client: Client, address: str):
    for own, other in (("ours", "theirs"), ("theirs", "ours")):
        page = client.get(f"/en/{address.replace('{}', own)}")

        assert page.status_code == 200
        assert own in _body(page)
        assert re.findall(rf"\b{other}\b", _body(page), flags=re.IGNORECASE) == []


def test_an_expected_result_leads_into_its_own_programme(client: Client):
    for own in CODES:
        for page in (f"/en/indicators/{own}-trained/", f"/en/results/?programme={own}&group=result"):
            links = set(re.findall(r'/en/framework/[^"]*#result[^"]*', client.get(page).content.decode()))
            assert links == {f"/en/framework/?programme={own}#result-1100"}


def test_the_first_page_is_about_the_first_programme_alone(client: Client):
    page = client.get("/en/")

    assert {row.programme.slug for row in page.context["headlines"]} == {"ours"}
    assert [forum.slug for _year, forums in page.context["forums"] for forum in forums] == ["ours-1"]
    assert page.context["crossing"].number == 9
    assert page.context["number_of_discrepancies"] == 1
    assert "discrepancies/?programme=ours" in page.content.decode()


@pytest.mark.parametrize("path", ["results/", "countries/CL/"])
def test_where_figures_of_both_stand_each_names_its_programme(client: Client, path: str):
    html = client.get(f"/en/{path}").content.decode()

    named = dict.fromkeys(re.findall(r'what-scope">\s*<li><a href="/en/programmes/(\w+)/"', html))
    assert set(named) == set(CODES)
    # One alone needs no mark.
    alone = client.get("/en/results/?programme=ours").content.decode()
    assert re.findall(r'what-scope">\s*<li><a href="/en/programmes/', alone) == []


def test_lists_say_whose_theme_project_and_forum_it_is(client: Client):
    for path, said in (
        ("themes", "THEIRS · Themes"),
        ("projects", "OURS · Component"),
        ("forums", "THEIRS · 1."),
        ("results", "THEIRS · T1 · The theme of theirs"),
        ("results", "OURS · B01 · Projet ours"),
        ("data", "THEIRS alone"),
        ("programmes/theirs", "Logic model and performance measurement framework"),
    ):
        assert said in words(client.get(f"/en/{path}/"))


def test_what_machines_read_stays_in_its_programme(client: Client):
    feed = newest(Result.objects.public().real())
    assert all(entry.row.programme.slug in entry.row.figure_url for entry in feed)
    for own in CODES:
        html = client.get(f"/en/results/?programme={own}").content.decode()
        told = "".join(re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, flags=re.DOTALL))
        other = next(code for code in CODES if code != own)
        assert f"The programme {own}" in told
        assert re.findall(rf"\b{other}\b", told) == []
        lines = json.loads(client.get(f"/en/results.json?programme={own}").getvalue())
        assert re.findall(rf"\b{other}\b", json.dumps(lines)) == []
        calendar = client.get(f"/en/work-plans/{own}-plan.ics").content.decode()
        assert (f"Activity of {own}" in calendar, other in calendar) == (True, False)
    assert "/en/framework/?programme=theirs<" in client.get("/sitemap-frameworks.xml").content.decode()


def test_a_report_holds_its_own_programme_alone(programmes: dict[str, Any]):
    for own, programme in programmes.items():
        context = report_context(programme)

        assert {row.programme.slug for row in context["headlines"]} == {own}
        assert [part.result.statement for part in context["expected"]] == [f"What was expected of {own}"]
        assert [account.number_of_figures for account in (*context["by_country"], *context["by_theme"])] == [6, 9]
        assert [forum.slug for forum in context["forums"]] == [f"{own}-1"]


def test_the_search_leads_to_the_record_of_the_one_that_is_asked_for(client: Client):
    for own in CODES:
        groups = client.get(f"/en/search/?q={own}").context["groups"]
        found = [entry.url for group in groups for entry in group.entries]
        assert len(groups) > 4
        assert [address for address in found if own not in address] == []
