"""What the tests read from a results page, whatever its language."""

import csv
import io
from collections import Counter
from typing import NamedTuple

from playwright.sync_api import Locator, Page

#: Chile's figures of theme 3.
CHILE_T3 = "country=CL&theme=T3"

OWN = "#results > .reflow-frame .figure-row"
REGIONAL = "#regional .figure-row"


class Shown(NamedTuple):
    """A row as far as both a page and a file tell it: its indicator, and what it is about."""

    indicator: str
    country: str = ""
    project: str = ""
    partner: str = ""
    forum: str = ""


def rows_of(rows: Locator) -> Counter[Shown]:
    """The rows of a table, from where their links lead."""
    return Counter(
        Shown(*(_last_link(links, folder) for folder in ("indicators", "countries", "projects", "partners", "forums")))
        for links in rows.locator(".what").evaluate_all(
            "names => names.map(name => [...name.querySelectorAll('.what-name, .what-scope a')].map(a => a.pathname))"
        )
    )


def themes_of(rows: Locator) -> list[set[str]]:
    """The themes of each row, from where their links lead."""
    found: list[list[str]] = rows.locator(".what-scope").evaluate_all(
        "scopes => scopes.map(scope => [...scope.querySelectorAll('a')].map(a => a.pathname))"
    )
    return [{link.split("/")[-2] for link in links if "/themes/" in link} for links in found]


def lines_of(page: Page, address: str) -> list[dict[str, str]]:
    """The lines of a file of results, without the parts that a page shows inside their totals."""
    answer = page.request.get(address)
    assert answer.ok, address
    lines = list(csv.DictReader(io.StringIO(answer.text())))
    totals = {_series(line) for line in lines if not line["breakdown"]}
    return [line for line in lines if not line["breakdown"] or _series(line) not in totals]


def in_file(lines: list[dict[str, str]]) -> Counter[Shown]:
    return Counter(Shown(*(line[name] for name in Shown._fields)) for line in lines)


def _last_link(links: list[str], folder: str) -> str:
    return next((link.split("/")[-2] for link in links if f"/{folder}/" in link), "")


def _series(line: dict[str, str]) -> tuple[str, ...]:
    return (*(line[name] for name in Shown._fields), line["period"])
