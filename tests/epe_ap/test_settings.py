import json
import os
import subprocess
import sys
from functools import cache

import pytest
from django.core.checks import run_checks
from django.db import connection
from django.test import Client
from django.utils import formats, translation

from epe_ap.environment import BASE_DIR

SERVER = {
    "PATH": os.environ["PATH"],
    "ENV_FILE": "",
    "SECRET_KEY": "s3rver-" + "abcdefgh" * 8,
    "ALLOWED_HOSTS": "results.example.org",
}


@cache
def settings_with(**variables: str) -> dict:
    """Some settings as a new process reads them from these environment variables."""
    program = (
        "import json, epe_ap.settings as s; print(json.dumps({n: getattr(s, n) for n in dir(s)"
        " if n.isupper() and n not in ('LOGGING',)}, default=str))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program],
        cwd=BASE_DIR,
        env=SERVER | variables,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(printed.stdout)


@pytest.mark.parametrize(("processes", "found"), [("1", 0), ("2", 1)])
def test_the_deployment_check_objects_to_processes_that_count_attempts_each_for_itself(processes: str, found: int):
    checked = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=BASE_DIR,
        env=SERVER | {"WEB_PROCESSES": processes},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == found, checked.stderr
    assert checked.stderr.count("accounts.W001") == found


def test_postgresql_is_pooled_on_a_server_and_not_on_ones_own_machine():
    url = "postgres://user@127.0.0.1:5432/name"

    on_a_server = settings_with(DATABASE_URL=url, DATABASE_POOL_SIZE="5")["DATABASES"]["default"]
    on_ones_own = settings_with(DATABASE_URL=url, DEBUG="on")["DATABASES"]["default"]

    assert on_a_server["ENGINE"] == "django.db.backends.postgresql"
    assert on_a_server["OPTIONS"]["pool"]["max_size"] == 5
    # Django refuses a pool together with connections of its own that last.
    assert "CONN_MAX_AGE" not in on_a_server
    assert "pool" not in on_ones_own["OPTIONS"]


def test_an_option_in_the_address_of_the_database_is_kept():
    options = settings_with(DATABASE_URL="postgres://u@h/n?sslmode=require")["DATABASES"]["default"]["OPTIONS"]
    assert options["sslmode"] == "require"
    assert options["options"] == "-c jit=off -c random_page_cost=1.1 -c max_parallel_workers_per_gather=0"
    options = settings_with(DATABASE_URL="postgres://u@h/n?options=-c%20jit%3Don")["DATABASES"]["default"]["OPTIONS"]
    assert options["options"] == "-c jit=on"


def test_https_is_the_rule_on_a_server_and_can_be_switched_off():
    assert settings_with()["SECURE_SSL_REDIRECT"] is True
    assert settings_with()["SESSION_COOKIE_SECURE"] is True
    assert settings_with(HTTPS="off")["SECURE_SSL_REDIRECT"] is False
    assert settings_with(HTTPS="off")["SECURE_HSTS_SECONDS"] == 0


def test_only_a_trusted_proxy_may_say_that_a_visitor_came_by_https():
    assert "SECURE_PROXY_SSL_HEADER" not in settings_with()
    assert settings_with(TRUST_PROXY="on")["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]


def test_mail_is_printed_on_ones_own_machine_and_sent_by_a_server():
    backend = "django.core.mail.backends.{}.EmailBackend".format
    own, server, named = (
        settings_with(DEBUG="on"),
        settings_with(),
        settings_with(EMAIL_URL="smtp+tls://u:p@mail.example.org", DEFAULT_FROM_EMAIL="Results <r@example.org>"),
    )

    assert (own["EMAIL_BACKEND"], server["EMAIL_BACKEND"]) == (backend("console"), backend("smtp"))
    assert (server["EMAIL_HOST"], server["EMAIL_PORT"], server["EMAIL_USE_TLS"]) == ("localhost", 25, False)
    assert (named["EMAIL_HOST"], named["EMAIL_PORT"], named["EMAIL_USE_TLS"]) == ("mail.example.org", 587, True)
    assert named["DEFAULT_FROM_EMAIL"] == "Results <r@example.org>"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="about SQLite")
def test_sqlite_checks_foreign_keys_and_locks_at_the_start_of_a_transaction(db):
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA foreign_keys").fetchone() == (1,)
        assert cursor.execute("PRAGMA synchronous").fetchone() == (1,)
        assert cursor.execute("PRAGMA busy_timeout").fetchone() == (20_000,)
    assert connection.transaction_mode == "IMMEDIATE"


def test_sqlite_keeps_a_write_ahead_log(tmp_path):
    program = (
        "import django; django.setup()\n"
        "from django.db import connection\n"
        "print(connection.cursor().execute('PRAGMA journal_mode').fetchone()[0])"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program],
        cwd=BASE_DIR,
        env=SERVER | {"DATABASE_URL": f"sqlite:///{tmp_path}/db", "DJANGO_SETTINGS_MODULE": "epe_ap.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert printed.stdout == "wal\n"


def test_pages_run_and_style_nothing_that_is_not_a_file_of_the_site(db):
    policy = Client().get("/no/such/page/")["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'self'" in policy


def test_the_admin_alone_may_carry_styles_and_no_scripts(admin_client: Client):
    policy = admin_client.get("/admin/")["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert policy.count("unsafe") == 1


@pytest.mark.parametrize(("language", "date"), [("fr", "2023-03-31"), ("en", "2023-03-31"), ("es", "31/03/2023")])
def test_short_dates_are_those_of_the_readers_country(language: str, date: str):
    from datetime import date as day

    with translation.override(language):
        assert formats.date_format(day(2023, 3, 31), "SHORT_DATE_FORMAT") == date


def test_years_and_codes_are_never_grouped():
    with translation.override("fr"):
        assert formats.localize(2023) == "2023"


@pytest.mark.django_db
def test_no_check_has_anything_to_say_to_a_newcomer():
    assert [said for said in run_checks(databases=["default"]) if not said.is_silenced()] == []
