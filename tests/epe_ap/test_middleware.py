import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, ProgrammingError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest
from django.test import Client
from django.urls import path

from epe_ap import environment, middleware
from epe_ap.database_state import means_database_down

DOWN = "connection to server at 127.0.0.1 failed"


def view_that_queries(request: HttpRequest):
    connection.cursor()


def view_with_a_fault(request: HttpRequest):
    raise ProgrammingError("column no_such_column does not exist")


urlpatterns = [path("query/", view_that_queries), path("fault/", view_with_a_fault)]


class QueryingMiddleware:
    """Stands for any inner layer that needs the database, such as a session that is saved."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        connection.cursor()
        return self.get_response(request)


@pytest.fixture
def database_down(monkeypatch):
    def refuse(*args, **kwargs):
        raise OperationalError(DOWN)

    monkeypatch.setattr(BaseDatabaseWrapper, "cursor", refuse)
    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", refuse)


def assert_is_the_page(answer) -> None:
    assert answer.status_code == 503
    assert answer.content.decode() == middleware.DATABASE_DOWN_PAGE
    assert answer["Retry-After"] == "60"
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.urls(__name__)
def test_a_view_without_its_database_answers_with_the_page(database_down, settings, debug):
    settings.DEBUG = debug
    assert_is_the_page(Client().get("/query/"))


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.urls(__name__)
def test_so_does_any_layer_of_middleware(database_down, settings, debug):
    settings.DEBUG = debug
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.QueryingMiddleware"]
    assert_is_the_page(Client(raise_request_exception=False).get("/query/"))


def test_so_does_a_visitor_with_a_session_and_waits_for_the_database_once(monkeypatch):
    asked = []

    def refuse(*args, **kwargs):
        asked.append(args)
        raise OperationalError(DOWN)

    monkeypatch.setattr(BaseDatabaseWrapper, "cursor", refuse)
    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", refuse)
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "0123456789abcdef0123456789abcdef"
    assert_is_the_page(client.get("/admin/"))
    assert len(asked) == 1


@pytest.mark.urls(__name__)
def test_a_fault_of_ours_stays_an_error(db):
    assert Client(raise_request_exception=False).get("/fault/").status_code == 500


def test_the_page_speaks_three_languages_and_loads_nothing():
    page = middleware.DATABASE_DOWN_PAGE
    for language in ("fr", "es", "en"):
        assert f'<section lang="{language}">' in page
    for loading in ("src=", "href=", "url(", "@import", "{%", "{{"):
        assert loading not in page
    assert middleware.DATABASE_DOWN_POLICY.count("sha256-") == 1


def test_healthz_needs_no_database_and_no_host_name(database_down):
    answer = Client(headers={"host": "10.0.0.7"}).get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_probes_are_not_sent_to_https(database_down, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/healthz").status_code == 200
    assert Client().get("/readyz").status_code == 503


def test_readyz_answers_when_all_is_there(db):
    assert Client().get("/readyz").status_code == 200


def test_readyz_names_the_database_that_does_not_answer(database_down):
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"The database does not answer.\n")


def test_readyz_names_missing_migrations(db):
    MigrationRecorder.Migration.objects.filter(app="accounts").order_by("-id").first().delete()
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"Migrations are missing: run manage.py migrate.\n")


def _wrapped(error: Exception, driver_error: Exception) -> Exception:
    error.__cause__ = driver_error
    return error


def _sqlite(code: int, text: str) -> Exception:
    driver_error = sqlite3.OperationalError(text)
    driver_error.sqlite_errorcode = code
    return _wrapped(OperationalError(text), driver_error)


@pytest.mark.parametrize(
    ("error", "down"),
    [
        (OperationalError(DOWN), True),
        (InterfaceError("connection already closed"), True),
        (_sqlite(sqlite3.SQLITE_CANTOPEN, "unable to open database file"), True),
        (_sqlite(sqlite3.SQLITE_BUSY, "database is locked"), True),
        (_sqlite(sqlite3.SQLITE_IOERR_READ, "disk I/O error"), True),
        (_sqlite(sqlite3.SQLITE_ERROR, "no such table: projects_project"), True),
        (_sqlite(sqlite3.SQLITE_ERROR, "no such column: colour"), False),
        (_wrapped(ProgrammingError("relation"), psycopg.errors.UndefinedTable()), True),
        (_wrapped(ProgrammingError("column"), psycopg.errors.UndefinedColumn()), False),
        (_wrapped(OperationalError("stop"), psycopg.errors.AdminShutdown()), True),
        (_wrapped(OperationalError("slots"), psycopg.errors.TooManyConnections()), True),
        (_wrapped(OperationalError("deadlock"), psycopg.errors.DeadlockDetected()), False),
        (_wrapped(OperationalError("timeout"), psycopg.errors.QueryCanceled()), False),
        (DatabaseError("anything else"), False),
        (_wrapped(RuntimeError("while a template was drawn"), OperationalError(DOWN)), True),
        (ValueError("no database at all"), False),
        (None, False),
    ],
)
def test_which_errors_mean_that_the_database_is_down(error, down):
    assert means_database_down(error) is down


@pytest.mark.parametrize("debug", ["on", "off"])
@pytest.mark.parametrize(
    "url",
    ["postgres://nobody@127.0.0.1:1/nothing", "sqlite:////no/such/folder/db.sqlite3"],
    ids=["postgresql", "sqlite"],
)
def test_a_site_whose_database_was_never_there_still_answers(url: str, debug: str):
    """With no stand-in: a process of its own, the real settings, a port where nothing listens."""
    # A server's pool waits some seconds for each page.
    paths = ("/healthz", "/readyz", "/admin/") if debug == "on" else ("/healthz", "/admin/")
    program = (
        "import django; django.setup()\n"
        "from django.test import Client\n"
        "client = Client(raise_request_exception=False, headers={'host': 'localhost'})\n"
        "client.cookies['sessionid'] = 'x' * 32\n"
        f"print([client.get(path).status_code for path in {paths}])"
    )
    printed = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        cwd=environment.BASE_DIR,
        env={
            "PATH": os.environ["PATH"],
            "ENV_FILE": "",
            "DJANGO_SETTINGS_MODULE": "epe_ap.settings",
            "SECRET_KEY": "s3rver-" + "abcdefgh" * 8,
            "HTTPS": "off",
            "DEBUG": debug,
            "DATABASE_URL": url,
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert printed.stdout == f"{[200, *[503] * len(paths[1:])]}\n"
    assert "Traceback" not in printed.stderr


def test_the_page_is_a_file_of_the_program():
    assert (Path(middleware.__file__).parent / "database_down.html").is_file()
