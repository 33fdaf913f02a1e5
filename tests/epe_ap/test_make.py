"""What a newcomer types, in a bare copy of the project with an empty home. Run on each database (make test-long)."""

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from epe_ap.environment import BASE_DIR

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def environment(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[dict[str, str]]:
    package_client = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_"))}
    variables = {"PATH": os.environ["PATH"], "HOME": str(tmp_path_factory.mktemp("home"))} | package_client
    if connection.vendor == "sqlite":
        yield variables
        return
    name = f"epe_ap_{uuid.uuid4().hex}"
    server = connection.settings_dict
    credentials = server["USER"] + (f":{server['PASSWORD']}" if server["PASSWORD"] else "")
    yield variables | {"DATABASE_URL": f"postgres://{credentials}@{server['HOST']}:{server['PORT']}/{name}"}
    with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """The files that a clone would have, as they stand now."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    top = tmp_path_factory.mktemp("clone")
    for name in filter(None, listed.stdout.split("\0")):
        if (BASE_DIR / name).is_file():
            (top / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(BASE_DIR / name, top / name)
    return top


def make(target: str, copy: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        ["make", target], cwd=copy, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_one_command_prepares_all_and_the_next_start_takes_seconds_and_touches_no_data(copy, environment):
    first = make("data", copy, environment)
    assert "Making .venv" in first
    assert "Installing" in first
    database = copy / "db.sqlite3"
    before = hashlib.sha256(database.read_bytes()).hexdigest() if database.exists() else None

    began = time.monotonic()
    second = make("data", copy, environment)

    assert time.monotonic() - began < 15
    assert "Installing" not in second
    assert (hashlib.sha256(database.read_bytes()).hexdigest() if database.exists() else None) == before
    assert database.exists() == (connection.vendor == "sqlite")


def test_the_other_command_serves_the_home_page_on_the_port_asked_for(copy, environment):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # A session of its own, so that the server and its reloader end together.
    server = subprocess.Popen(["make", "run"], cwd=copy, env=environment | {"PORT": str(port)}, start_new_session=True)
    try:
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20) as answer:
                    assert answer.status == 200
                    assert answer.url.endswith(("/fr/", "/es/", "/en/"))
                    break
            except (urllib.error.URLError, ConnectionError):
                assert server.poll() is None, "the server ended"
                time.sleep(0.5)
        else:
            pytest.fail("the server did not answer")
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)


def test_demonstration_accounts_are_not_made_on_a_server(copy, environment):
    said = make("data", copy, environment | {"DEBUG": "off", "SECRET_KEY": "s3rver-" + "abcdefgh" * 8})
    assert "none are made when DEBUG is off" in said
