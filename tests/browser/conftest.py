"""Browser tests look at a real server with a server's settings, and at the book as it is loaded.

One server for each process of a run, over a database of its own in a temporary folder: tests read it. A test that
writes makes its own records through the pages and leaves the book's alone.
"""

import fcntl
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Request, expect

ROOT = Path(__file__).resolve().parents[2]

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


#: Starts Django once, which takes longer than most commands, and runs each command in a copy of itself. A line on its
#: input says which; one on its output how it ended, and what it said.
COMMANDS = """
import json, os, sys, tempfile, traceback
import django
from django.core.management import execute_from_command_line

django.setup()
for line in sys.stdin:
    arguments, variables = json.loads(line)
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as errors:
        child = os.fork()
        if child == 0:
            os.dup2(said.fileno(), 1)
            os.dup2(errors.fileno(), 2)
            os.environ.update(variables)
            code = 0
            try:
                execute_from_command_line(["manage.py", *arguments])
            except SystemExit as ended:
                code = ended.code if isinstance(ended.code, int) else ended.code is not None
            except BaseException:
                traceback.print_exc()
                code = 1
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(int(code))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        said.seek(0)
        errors.seek(0)
        print(json.dumps([code, said.read(), errors.read()]), flush=True)
"""


@dataclass(frozen=True)
class Site:
    """A running server: its address, and the means to run a command on its database."""

    url: str
    commands: subprocess.Popen[str]

    def manage(self, *arguments: str, **variables: str) -> str:
        """Run manage.py on the server's database and give back what it prints."""
        assert self.commands.stdin
        assert self.commands.stdout
        print(json.dumps([arguments, variables]), file=self.commands.stdin, flush=True)
        code, said, errors = json.loads(self.commands.stdout.readline())
        assert code == 0, f"manage.py {arguments[0]}: {said}{errors}"
        return said


@contextmanager
def commands(environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Whoever runs commands in this environment."""
    with subprocess.Popen(
        [sys.executable, "-c", COMMANDS],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        yield running


@dataclass(frozen=True)
class Account:
    """Somebody with a second factor; each of the recovery codes opens the account once."""

    email: str
    password: str
    codes: list[str] = field(default_factory=list)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _prepared(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Path:
    """A folder with the static files and the database with the book: the first process of a run makes it for all."""
    of_the_run = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        of_the_run = of_the_run.parent
    made, making = of_the_run / "prepared", of_the_run / "preparing"
    with (of_the_run / "prepared.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            shutil.rmtree(making, ignore_errors=True)
            making.mkdir()
            elsewhere = {"DATABASE_URL": f"sqlite:///{making}/db.sqlite3", "STATIC_ROOT": str(making / "static")}
            with commands(environment | elsewhere) as running:
                Site("", running).manage("collectstatic", "--noinput", "-v", "0")
                Site("", running).manage("prepare")
            making.rename(made)
    return made


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    port = _free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "DJANGO_SETTINGS_MODULE": "epe_ap.settings",
        "ENV_FILE": "",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "HTTPS": "off",
        "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
        "STATIC_ROOT": str(folder / "static"),
        "PORT": str(port),
        "WEB_PROCESSES": "1",
        "LOG_LEVEL": "WARNING",
    }
    shutil.copytree(_prepared(tmp_path_factory, environment), folder, dirs_exist_ok=True)
    log = folder / "server.log"
    with log.open("w") as output, commands(environment) as program:
        running = Site(f"http://127.0.0.1:{port}", program)
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "epe_ap.wsgi"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_for(f"{running.url}/readyz", server, log)
            yield running
        finally:
            server.terminate()
            server.wait(timeout=30)


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(150):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            assert server.poll() is None, f"The server ended: {log.read_text()}"
            time.sleep(0.2)
    pytest.fail(f"The server did not become ready: {log.read_text()}")


@pytest.fixture(scope="session")
def administrator(site: Site) -> Account:
    """A superuser on the server's database."""
    account = Account("administrator@example.org", secrets.token_urlsafe(16))
    site.manage(
        "createsuperuser",
        "--noinput",
        "--email",
        account.email,
        "--name",
        "Administrator",
        DJANGO_SUPERUSER_PASSWORD=account.password,
    )
    enrol(site, account)
    return account


def enrol(site: Site, account: Account) -> None:
    """Give an account on the server's database a second factor, as its owner would at the first sign-in."""
    program = (
        "from accounts.models import User; from tests import second_factor as f;"
        f"print(*f.enrol_anew(User.objects.get(email='{account.email}')))"
    )
    account.codes[:] = site.manage("shell", "-v", "0", "-c", program).split()


def sign_in(page: Page, account: Account, address: str = "/admin/") -> None:
    """Open an address as somebody: password, second factor, page."""
    page.goto(f"/en/accounts/login/?next={address}")
    page.locator("#id_login").fill(account.email)
    page.locator("#id_password").fill(account.password)
    page.locator("#password-form button[type=submit]").click()
    page.get_by_label("Code", exact=True).fill(account.codes.pop())
    page.locator("main button[type=submit]").first.click()
    expect(page).to_have_url(address)


@pytest.fixture(scope="session")
def base_url(site: Site) -> str:
    """Makes `page.goto("/fr/")` mean the server above."""
    return site.url


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    names = [os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    assert found, "The browser tests need Chromium: install it (apt-get install chromium) or set CHROMIUM."
    return browser_type_launch_args | {"executable_path": found, "args": CHROMIUM_FLAGS}


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """A page that fails its test when the console reports anything: a refused style, a script error, a missing file."""
    yield from listened_to(page)


@pytest.fixture
def plain_page(browser: Browser, base_url: str) -> Iterator[Page]:
    """A page in a browser that runs no scripts."""
    context: BrowserContext = browser.new_context(base_url=base_url, java_script_enabled=False)
    yield from listened_to(context.new_page())
    context.close()


def listened_to(page: Page) -> Iterator[Page]:
    """What a fixture gives as a page; at the end its test fails when the browser complained, or asked another server."""
    complaints: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        address = message.location.get("url", "")
        # A page that says there is nothing at its address, or what is wrong with what was sent, is what was asked for;
        # a missing file of a page is not.
        is_said = any(f"status of {status}" in message.text for status in (404, 422))
        is_page_itself = address == page.url and is_said
        if message.type in {"error", "warning"} and not is_page_itself:
            complaints.append(f"{message.text} ({address})")

    def on_error(error: Error) -> None:
        complaints.append(error.message)

    def on_request(request: Request) -> None:
        host = urllib.parse.urlsplit(request.url).hostname
        if host not in {None, "127.0.0.1"}:
            complaints.append(f"asks {host}")

    page.on("console", on_console)
    page.on("request", on_request)
    page.on("pageerror", on_error)
    page.set_default_timeout(10_000)
    yield page
    # A page may serve several tests.
    page.remove_listener("console", on_console)
    page.remove_listener("pageerror", on_error)
    page.remove_listener("request", on_request)
    assert complaints == []


@pytest.fixture(scope="session")
def axe() -> Axe:
    """`axe.run(page)` finds what the accessibility rules object to."""
    return Axe()
