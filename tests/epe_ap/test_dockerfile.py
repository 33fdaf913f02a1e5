"""The image, as far as that can be tried where no Docker engine runs: its steps are replayed in a clean folder.

What is replayed: COPY, RUN, ENV, WORKDIR, HEALTHCHECK and CMD of both stages, with /app, /opt/venv and /data moved
under a temporary folder, an empty home, and none of this machine's environment but what a package client needs to
reach its index. What is not: the base image itself, and USER where the tests do not run as root.
"""

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from epe_ap.environment import BASE_DIR

MOVED = ("/opt/venv", "/app", "/data")


@dataclass(frozen=True)
class Step:
    word: str
    rest: str


class Replay:
    """Carries out one step after the other. `root` stands for the file system of the stage being built.

    A virtual environment knows its own path, so both stages are built at the same one: when a new stage begins,
    the finished one is put aside, and COPY --from takes from there.
    """

    def __init__(self, top: Path) -> None:
        self.top = top
        self.root = top / "root"
        self.command: list[str] = []
        self.probe: list[str] = []
        self.user = os.getuid()
        package_client = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_"))}
        self.clean = {"HOME": str(top / "home"), "PATH": os.environ["PATH"], "ENV_FILE": ""} | package_client
        self.name = ""

    def carry_out(self, step: Step) -> None:
        match step.word:
            case "ARG" | "EXPOSE" | "VOLUME":
                pass
            case "FROM":
                self.begin_stage(step.rest.partition(" AS ")[2])
            case "ENV":
                for name, value in (pair.split("=", 1) for pair in step.rest.split()):
                    self.environment[name] = self.moved(value).replace("$PATH", self.environment["PATH"])
            case "WORKDIR":
                self.folder = step.rest
                self.place(".").mkdir(parents=True, exist_ok=True)
            case "COPY":
                self.copy(step.rest.split())
            case "RUN":
                self.run(step.rest)
            case "USER":
                if os.getuid() == 0:
                    self.user = int(step.rest.partition(":")[0])
            case "HEALTHCHECK":
                self.probe = json.loads(step.rest.partition(" CMD ")[2])
            case "CMD":
                self.command = json.loads(step.rest)
            case _:
                pytest.fail(f"The replay does not know {step.word}.")

    def begin_stage(self, name: str) -> None:
        if self.root.exists():
            self.root.rename(self.top / self.name)
        self.name, self.folder, self.environment = name, "/", dict(self.clean)
        self.root.mkdir()

    def moved(self, text: str) -> str:
        """The text with the image's folders turned into those under the root."""
        for name in MOVED:
            text = re.sub(rf"(?<![\w.-]){name}(?![\w-])", f"{self.root}{name}", text)
        return text

    def place(self, path: str) -> Path:
        return self.root / str(Path(self.folder) / path).lstrip("/")

    def copy(self, words: list[str]) -> None:
        if words[0].startswith("--from="):
            stage, source, target = words
            shutil.copytree(
                self.top / stage.removeprefix("--from=") / source.lstrip("/"),
                self.place(target),
                symlinks=True,
                dirs_exist_ok=True,
            )
            return
        *sources, target = words
        for source in sources:
            if (BASE_DIR / source).is_dir():
                shutil.copytree(BASE_DIR / source, self.place(target), ignore=ignored, dirs_exist_ok=True)
            else:
                shutil.copy2(BASE_DIR / source, self.place(target))

    def run(self, command: str) -> None:
        print(f"  RUN {command}")  # noqa: T201
        # Only root may give a folder to another user.
        if os.getuid() != 0:
            command = re.sub(r"-o \d+ -g \d+ ", "", command)
        done = subprocess.run(
            ["/bin/sh", "-c", self.moved(command)],
            cwd=self.place("."),
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"RUN {command}\n{done.stdout}{done.stderr}"


def steps() -> list[Step]:
    text = re.sub(r"\\\n\s*", " ", (BASE_DIR / "Dockerfile").read_text())
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [Step(*line.split(maxsplit=1)) for line in lines]


def ignored(folder: str, names: list[str]) -> set[str]:
    """What .dockerignore leaves out; its patterns without a slash are taken for any depth here."""
    patterns = [line for line in (BASE_DIR / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    assert not any("/" in pattern or "!" in pattern for pattern in patterns), "teach this replay what the pattern means"
    # docs and tests of the project, not those of a package inside it.
    top = Path(folder) == BASE_DIR
    return shutil.ignore_patterns(*(p for p in patterns if top or p.startswith(("*", "__"))))(folder, names)


@pytest.fixture(scope="module")
def image() -> Iterator[Replay]:
    print("\nNo Docker engine is asked: the steps of the Dockerfile are replayed in a clean folder.")  # noqa: T201
    # Not tmp_path: its parents may be read by one user only, and the server runs as another.
    top = Path(tempfile.mkdtemp(prefix="image-"))
    top.chmod(0o755)
    (top / "home").mkdir()
    try:
        replay = Replay(top)
        for step in steps():
            replay.carry_out(step)
        yield replay
    finally:
        shutil.rmtree(top)


def test_the_base_image_is_an_argument_and_both_stages_stand_on_it():
    all_steps = steps()
    assert all_steps[0].word == "ARG"
    assert all_steps[0].rest.startswith("BASE_IMAGE=python:3.")
    assert [step.rest for step in all_steps if step.word == "FROM"] == ["${BASE_IMAGE} AS build", "${BASE_IMAGE}"]


def test_the_server_does_not_run_as_root_and_is_probed_without_curl():
    last = {step.word: step.rest for step in steps()}
    assert int(last["USER"].split(":")[0]) >= 1000
    assert "/healthz" in last["HEALTHCHECK"]
    assert json.loads(last["HEALTHCHECK"].partition(" CMD ")[2])[0] == "python"


def test_nothing_private_gets_into_the_image():
    left_out = (BASE_DIR / ".dockerignore").read_text().splitlines()
    assert {".env", ".git", "db.sqlite3", ".venv"} <= set(left_out)


@pytest.mark.long
def test_the_image_holds_the_program_its_messages_and_hashed_static_files(image: Replay):
    program = image.place("/app")
    assert (program / "manage.py").is_file()
    assert not (program / "tests").exists()
    assert not (program / ".venv").exists()
    assert not (program / ".git").exists()
    catalogues = list((program / "locale").glob("*/LC_MESSAGES/*.po"))
    assert all(path.with_suffix(".mo").is_file() for path in catalogues)
    names = json.loads((program / "staticfiles/staticfiles.json").read_text())["paths"]
    assert re.fullmatch(r"admin/css/base\.[0-9a-f]{12}\.css", names["admin/css/base.css"])


@pytest.mark.long
def test_a_container_prepares_its_database_serves_pages_and_says_that_it_is_well(image: Replay):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = image.environment | {
        "SECRET_KEY": secrets.token_urlsafe(60),
        "HTTPS": "off",
        "PORT": str(port),
        "WEB_PROCESSES": "1",
    }
    user = image.user
    if not may_run(image.place("/opt/venv/bin/python").resolve(), user):
        user = os.getuid()
        print("  The Python of this machine can be run by its owner only: the server runs as that user.")  # noqa: T201
    here = image.place("/app")

    def in_container(command: list[str]) -> subprocess.CompletedProcess[str]:
        program = shutil.which(command[0], path=environment["PATH"])
        assert program
        return subprocess.run(
            [program, *command[1:]], cwd=here, env=environment, user=user, capture_output=True, text=True, check=False
        )

    prepared = in_container(["python", "manage.py", "prepare"])
    assert prepared.returncode == 0, prepared.stdout + prepared.stderr
    checked = in_container(["python", "manage.py", "check_results"])
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert in_container(image.probe).returncode != 0, "the probe says that all is well before a server runs"

    program = shutil.which(image.command[0], path=environment["PATH"])
    assert program
    with tempfile.TemporaryFile("w+") as log:
        server = subprocess.Popen(
            [program, *image.command[1:]], cwd=here, env=environment, user=user, stdout=log, stderr=log
        )
        try:
            for _ in range(100):
                if in_container(image.probe).returncode == 0:
                    break
                time.sleep(0.2)
            else:
                log.seek(0)
                pytest.fail(f"The probe never succeeded: {log.read()}")
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/admin/login/", timeout=20) as answer:
                page = answer.read().decode()
            [style] = re.findall(r'href="(/static/css/account\.[0-9a-f]{12}\.css)"', page)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{style}", timeout=20) as answer:
                assert "immutable" in answer.headers["Cache-Control"]
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=20) as answer:
                assert answer.status == 200
        finally:
            server.terminate()
            server.wait(timeout=30)


def may_run(program: Path, user: int) -> bool:
    return user == os.getuid() or all(folder.stat().st_mode & 0o001 for folder in [program, *program.parents])
