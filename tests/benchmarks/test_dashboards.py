"""What the workspace costs: a partner with 10 projects × 50 indicators × 8 periods, and staff over 300 such projects.

The floor is the *bare page*: same frame, one query, the same fifty rows and cells, and nothing gathered beside them, asked
for by the same person through the same middleware. The template of that page *rendered alone*, for nobody and without a
request, is printed beside it. What is judged is the number of queries; times are printed as ratios for docs/benchmarks.md.

    pytest -m long -s tests/benchmarks/test_dashboards.py
"""

import gzip
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.conf.urls.i18n import i18n_patterns
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import Client, RequestFactory
from django.test.client import ClientHandler
from django.test.utils import CaptureQueriesContext
from django.urls import path
from django.utils.translation import override

from epe_ap import urls as site
from indicators.models import Result
from projects.models import Project
from tests import factories as make
from tests.benchmarks import scale

pytestmark = [pytest.mark.django_db, pytest.mark.long, pytest.mark.urls(__name__)]

RUNS = 40
MOST_QUERIES = 15
#: Of a page on its way to a slow telephone.
MOST_BYTES = 100_000

BARE_BOARD = """{% extends "base.html" %}{% load static %}{% block head %}<link rel="stylesheet" href="{% static "css/board.css" %}">{% endblock %}
{% block content %}{% include "dashboards/board_table.html" with group=group only %}{% endblock %}"""
BARE_OVERVIEW = """{% extends "base.html" %}{% block content %}<table>{% for row in rows %}<tr><th>{{ row.project.code }} {{ row.project.title }}</th>
{% for place in row.places %}<td>{% include "dashboards/coverage.html" %}</td>{% endfor %}</tr>{% endfor %}</table>{% endblock %}"""
BARE_HOME = """{% extends "base.html" %}{% block content %}<ul>{% for task in tasks %}<li>{% include "dashboards/home_task.html" with task=task only %}</li>{% endfor %}</ul>
{% for mine in projects %}<article>{{ mine.project.code }} {{ mine.project.title }} {% include "dashboards/meter.html" with value=mine.percent only %}</article>{% endfor %}{% endblock %}"""


def p95(work: Callable[[], Any]) -> float:
    """Seconds that 95 of 100 runs stay below, of the processor."""
    work()
    times = []
    for _ in range(RUNS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return sorted(times)[int(RUNS * 0.95) - 1]


def asking(client: Client, path: str) -> Callable[[], Any]:
    """Ask for a page through all of the middleware, without the copies that a test client keeps of each context."""
    handler = ClientHandler(enforce_csrf_checks=False)
    return lambda: handler(client._base_environ(PATH_INFO=path))


class Bare:
    """A page of this template, in the frame of the site, with its one query."""

    def __init__(self, template: str, context: Callable[[], dict[str, Any]]) -> None:
        self.template = engines["django"].from_string(template)
        self.context = context

    def answer(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(self.template.render(self.context(), request))

    def render_alone(self) -> None:
        with override("en"):
            request: HttpRequest = RequestFactory().get("/en/workspace/")
            request.user = AnonymousUser()
            self.answer(request)


#: Filled by the test: what the addresses below answer.
BARE: dict[str, Bare] = {}


def bare_page(request: HttpRequest, name: str) -> HttpResponse:
    return BARE[name].answer(request)


urlpatterns = [*i18n_patterns(path("bare/<name>/", bare_page)), *site.urlpatterns]


def test_workspace_of_a_large_programme(capsys: pytest.CaptureFixture[str]) -> None:
    made = scale.build(with_results=True)
    project = made.projects[7]
    partner = project.partnerships.get().partner
    member, staff = Client(), Client()
    member.force_login(make.membership(partner=partner, role="contributor").user)
    staff.force_login(made.specialist)

    with override("en"):
        home = member.get("/en/workspace/").context["home"]
        tasks = [task for of_need in home.tasks.values() for task in of_need]
        matrix = staff.get("/en/workspace/").context["matrices"]
        board = member.get(f"/en/workspace/projects/{project.slug}/").context["groups"]
    assert [len(group.lines) for group in board] == [50]
    rows = matrix[0][2]
    read = Result.objects.filter(project=project, is_latest=True).select_related("indicator")
    BARE["home"] = Bare(
        BARE_HOME,
        lambda: {"tasks": tasks, "projects": home.projects} if list(Project.objects.filter(pk=project.pk)) else {},
    )
    BARE["project"] = Bare(BARE_BOARD, lambda: {"group": board[0]} if len(list(read)) else {})
    BARE["overview"] = Bare(BARE_OVERVIEW, lambda: {"rows": rows} if list(Project.objects.all()[:50]) else {})
    pages = {
        "home": (member, "/en/workspace/"),
        "project": (member, f"/en/workspace/projects/{project.slug}/"),
        "overview": (staff, "/en/workspace/"),
    }
    # The first page of a partner is measured against the fifty rows of one of its ten projects, too.
    fifty = p95(asking(member, "/en/bare/project/"))
    for name, (client, address) in pages.items():
        ask, ask_bare = asking(client, address), asking(client, f"/en/bare/{name}/")
        with CaptureQueriesContext(connection) as queries:
            answer = ask()
        number = len(queries)
        assert answer.status_code == ask_bare().status_code == 200
        assert 0 < number <= MOST_QUERIES, name
        assert len(gzip.compress(answer.content)) < MOST_BYTES, name
        spent, least, alone = p95(ask), p95(ask_bare), p95(BARE[name].render_alone)
        with capsys.disabled():
            print(  # noqa: T201 what this is run for
                f"\n{connection.vendor} {name}: {number} queries, {len(answer.content) / 1024:.0f} kB, p95 {spent * 1000:.0f} ms; "
                f"bare page {least * 1000:.0f} ms, ratio {spent / least:.1f}; rendered alone {alone * 1000:.0f} ms, "
                f"ratio {spent / alone:.1f}; to fifty rows {spent / fifty:.1f}",
                end="",
            )
