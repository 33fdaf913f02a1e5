"""Charts on the pages, and as files: the figures of the page, under the page's own rules of who sees what."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from indicators.actions import rebuild_results
from tests import factories as make
from tests.everything import Everything

#: The pages that have charts, with what each draws here.
CHARTS = {
    "/indicators/headline-1/": ["targets", "countries", "map", "projects", "women"],
    # Its one target is kept as an earlier version that nothing replaced: none to draw.
    "/countries/CL/": [],
    "/themes/T1/": ["targets", "women"],
    "/projects/B05.1/": [],
    "/forums/1/": [],
    "/partners/institute/": [],
    "/sdgs/4/": ["targets", "women"],
}
NUMBER = 987_654_321


@pytest.fixture(scope="module")
def everything(django_db_setup: None, django_db_blocker: Any) -> Iterator[Everything]:
    with django_db_blocker.unblock(), transaction.atomic():
        made = Everything()
        made.add(1)
        headline = made.programme.indicators.get(slug="headline-1")
        for period, state in ((1, "open"), (2, "locked")):
            waiting = make.period(
                programme=made.programme, state=state, starts_on=date(2024, period, 1), ends_on=date(2024, period, 28)
            )
            for series in headline.series.all():
                make.actual(series=series, period=waiting, value=NUMBER, route="grid", approved_at=timezone.now())
        hidden = made.programme.__class__.objects.get(slug="hidden").indicators.get(slug="fictitious")
        make.actual(
            series=make.series(indicator=hidden, country=made.peru), period=hidden.results.first().period, value=7
        )
        rebuild_results()
        yield made
        transaction.set_rollback(True)


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everything")]


def files(page: str) -> list[str]:
    return re.findall(r'href="([^"]+/charts/[^"]+)" download', page)


def test_pages_draw_what_their_data_warrants_and_each_chart_can_be_kept(client: Client) -> None:
    found = {}
    for path in CHARTS:
        page = client.get(f"/en{path}").content.decode()
        found[path] = re.findall(r'data-kind="([\w-]+)"', page)
        # From the table of a chart to the page of each figure.
        assert len(re.findall(r'<td class="cell-figure"><a href="/en/indicators/[\w-]+/figures/', page)) >= len(
            found[path]
        )
        assert files(page) == [f"/en{path}charts/{kind}.{ending}" for kind in found[path] for ending in ("svg", "csv")]
        for address in files(page):
            answer = client.get(address)
            assert answer.status_code == 200
            assert answer["Content-Type"].partition(";")[0] == {"svg": "image/svg+xml", "csv": "text/csv"}[address[-3:]]
            assert answer["Content-Disposition"].startswith('attachment; filename="')
            said = answer.content.decode()
            assert f"http://testserver/en{path}" in said
            assert "HIDDEN" not in said
            assert str(NUMBER) not in said.replace(",", "")
    assert found == CHARTS


def test_results_of_one_indicator_are_drawn_and_kept_with_their_filter(client: Client) -> None:
    alone = client.get("/en/results/?q=headline-1&nature=all").content.decode()
    assert re.findall(r'data-kind="([\w-]+)"', alone) == ["countries", "projects"]
    addresses = [address.replace("&amp;", "&") for address in files(alone)]
    assert addresses == [
        f"/en/results/charts/{kind}.{ending}?nature=all&q=headline-1"
        for kind in ("countries", "projects")
        for ending in ("svg", "csv")
    ]
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200
        # In a drawing the address of the page runs over two lines.
        assert "http://testserver/en/results/" in answer.content.decode()
    # Of several, there is nothing to draw side by side.
    assert files(client.get("/en/results/?nature=all").content.decode()) == []
    assert client.get("/en/results/charts/countries.svg?nature=all").status_code == 404


def test_a_chart_stands_within_words_that_name_it(client: Client) -> None:
    page = client.get("/en/indicators/headline-1/").content.decode()
    for names in re.findall(r'role="img" aria-labelledby="(chart-[^"]+)"', page):
        for name in names.split():
            assert re.search(rf'<(title|desc) id="{name}">[^<]+<', page)
    assert page.count('role="img" aria-labelledby="chart-') == len(CHARTS["/indicators/headline-1/"])


@pytest.mark.parametrize(
    "address",
    [
        "/indicators/headline-1/charts/nonsense.svg",
        "/indicators/headline-1/charts/targets.pdf",
        "/indicators/secret/charts/targets.svg",
        "/indicators/fictitious/charts/countries.svg",
        "/indicators/none/charts/targets.csv",
        "/countries/ZZ/charts/women.svg",
        "/countries/CL/charts/women.svg",
        "/themes/HIDDEN-T1/charts/targets.svg",
        "/projects/HIDDEN-P/charts/targets.svg",
        "/forums/1/charts/nonsense.svg",
        "/forums/HIDDEN-1/charts/women.csv",
        "/partners/institute/charts/shared-.svg",
        "/partners/private/charts/shared-women.svg",
        "/sdgs/99999999999999999999/charts/targets.svg",
        "/sdgs/17/charts/targets.svg",
    ],
)
def test_what_has_no_page_or_no_such_chart_has_no_file(client: Client, address: str) -> None:
    assert client.get(f"/en{address}").status_code == 404


def test_a_demonstration_is_drawn_for_who_names_it_and_says_that_it_is_one(client: Client) -> None:
    page = client.get("/en/indicators/fictitious/?programme=HIDDEN").content.decode()
    addresses = files(page)
    assert [address.partition("charts/")[2] for address in addresses] == [
        f"{kind}.{ending}?programme=HIDDEN" for kind in ("countries", "map") for ending in ("svg", "csv")
    ]
    for address in addresses:
        answer = client.get(address)
        assert "fictitious" in answer.content.decode()
        assert answer["X-Robots-Tag"] == "noindex"


def test_a_file_costs_no_more_than_its_page(client: Client) -> None:
    costs = {}
    for path in CHARTS:
        for address in (path, f"{path}charts/targets.svg"):
            with CaptureQueriesContext(connection) as queries:
                client.get(f"/en{address}")
            costs[address] = len(queries)
    assert {path for path in CHARTS if costs[f"{path}charts/targets.svg"] > costs[path]} == set()
