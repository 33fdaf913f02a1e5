import os
import subprocess
import sys
import uuid

import pytest
from django.db import connection

from epe_ap.environment import BASE_DIR


def manage(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=BASE_DIR,
        env={"PATH": os.environ["PATH"], "ENV_FILE": ""} | variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_database_that_does_not_answer_is_told_in_one_sentence():
    done = manage("prepare", DEBUG="on", DATABASE_URL="postgres://nobody:hunter2@127.0.0.1:1/nothing")

    assert done.returncode == 1
    assert "The database in DATABASE_URL cannot be used" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "hunter2" not in done.stdout + done.stderr


@pytest.mark.skipif(connection.vendor != "postgresql", reason="about PostgreSQL")
def test_a_missing_postgresql_database_is_created_on_ones_own_machine_only(django_db_setup, django_db_blocker):
    name = f"epe_ap_{uuid.uuid4().hex}"
    server = connection.settings_dict
    credentials = server["USER"] + (f":{server['PASSWORD']}" if server["PASSWORD"] else "")
    url = f"postgres://{credentials}@{server['HOST']}:{server['PORT']}/{name}"
    key = "s3rver-" + "abcdefgh" * 8

    refused = manage("ensure_database", SECRET_KEY=key, DATABASE_URL=url)
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr

    try:
        created = manage("ensure_database", DEBUG="on", DATABASE_URL=url)
        assert (created.returncode, created.stdout) == (0, f"Database {name} created.\n")
        assert manage("ensure_database", DEBUG="on", DATABASE_URL=url).stdout == ""
    finally:
        with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
