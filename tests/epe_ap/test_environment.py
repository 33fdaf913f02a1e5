import os
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from epe_ap import environment
from epe_ap.environment import BASE_DIR, BY_NAME, VARIABLES, EnvironmentProblem

ON_ONES_OWN_MACHINE = {"ENV_FILE": "", "DEBUG": "on"}
ON_A_SERVER = {"ENV_FILE": "", "SECRET_KEY": "s3rver-" + "abcdefgh" * 8}

# Names that belong to other programs, or are set by ours for its own later steps.
NOT_OURS = {
    "CI",
    "DEBIAN_FRONTEND",
    "DJANGO_SETTINGS_MODULE",
    "DJANGO_SUPERUSER_PASSWORD",
    "HOME",
    "HYPOTHESIS_PROFILE",
    "OLDPWD",
    "PATH",
    "PGOPTIONS",
    "POSTGRES_DB",
    "POSTGRES_USER",
    "PYTHONPATH",
    "SECONDS",
    "STAGES_FILE",
}


def test_without_configuration_a_developer_gets_sqlite_at_the_top_of_the_project():
    values = environment.read(ON_ONES_OWN_MACHINE)

    assert values["DATABASE_URL"]["ENGINE"] == "django.db.backends.sqlite3"
    assert values["DATABASE_URL"]["NAME"] == BASE_DIR / "db.sqlite3"
    assert values["EPE_AP_ON_TRACK_THRESHOLD"] == Decimal(85)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("DEBUG", "maybe"),
        ("HTTPS", "2"),
        ("PORT", "http"),
        ("PORT", "0"),
        ("PORT", "70000"),
        ("PORT", "8_000"),
        ("PORT", "9" * 5000),
        ("ALLOWED_HOSTS", "https://results.example.org"),
        ("ALLOWED_HOSTS", "results.example.org:8000"),
        ("ALLOWED_HOSTS", "results.example.org other.example.org"),
        ("ALLOWED_HOSTS", ","),
        ("TIME_ZONE", "America/Atlantis"),
        ("TIME_ZONE", "../etc/passwd"),
        ("LOG_LEVEL", "loud"),
        ("CACHE_URL", "memory"),
        ("DATABASE_URL", "mysql://u@h/n"),
        ("DATABASE_URL", "postgres://u@h:5432/"),
        ("DATABASE_URL", "postgres://u@h:port/name"),
        ("DATABASE_URL", f"postgres://u@h:5432/{'n' * 64}"),
        ("DATABASE_URL", "sqlite://db.sqlite3"),
        ("DATABASE_URL", "sqlite:///"),
        ("DATABASE_URL", "db.sqlite3"),
        ("EMAIL_URL", "mail.example.org"),
        ("EMAIL_URL", "smtp://"),
        ("EMAIL_URL", "smtp://host:port"),
        ("EMAIL_URL", "smtp://host/folder"),
        ("EMAIL_URL", "memorymail://"),
        ("EMAIL_URL", "consolemail://host"),
        ("DEFAULT_FROM_EMAIL", "EPE-AP results"),
        ("DEFAULT_FROM_EMAIL", "a@example.org, b@example.org"),
        ("SITE_URL", "results.example.org"),
        ("SITE_URL", "https://results.example.org/fr/"),
        ("SITE_URL", "https://user@results.example.org"),
        ("CSRF_TRUSTED_ORIGINS", "results.example.org"),
        ("CSRF_TRUSTED_ORIGINS", "https://"),
        ("EPE_AP_ON_TRACK_THRESHOLD", "0"),
        ("EPE_AP_ON_TRACK_THRESHOLD", "NaN"),
        ("EPE_AP_ON_TRACK_THRESHOLD", "most"),
        ("EPE_AP_SMALL_CELL", "-1"),
        ("EPE_AP_SMALL_CELL", "five"),
        ("WEB_THREADS", "many"),
        ("BROWSER", "maybe"),
    ],
)
def test_a_value_that_cannot_be_read_is_named_with_what_to_set(name: str, found: str):
    with pytest.raises(EnvironmentProblem) as problem:
        environment.read(ON_ONES_OWN_MACHINE | {name: found})

    sentence = str(problem.value)
    assert sentence.startswith(f"{name} is ")
    assert ": set it to " in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_a_mail_server_is_read_with_its_user_password_and_port():
    def read(url: str) -> dict:
        found = environment.read(ON_ONES_OWN_MACHINE | {"EMAIL_URL": url})["EMAIL_URL"]
        return {name.removeprefix("EMAIL_"): value for name, value in found.items()}

    smtp = "django.core.mail.backends.smtp.EmailBackend"
    assert read("smtp+tls://me:p%40ss@mail.example.org") == {
        "BACKEND": smtp,
        "HOST": "mail.example.org",
        "PORT": 587,
        "HOST_USER": "me",
        "HOST_PASSWORD": "p@ss",
        "USE_TLS": True,
        "USE_SSL": False,
    }
    assert (read("smtp://mail.example.org:2525")["PORT"], read("smtp+ssl://mail.example.org")["USE_SSL"]) == (
        2525,
        True,
    )
    assert read("consolemail://") == {"BACKEND": "django.core.mail.backends.console.EmailBackend"}
    assert read("") == {}


def test_an_empty_value_means_the_default():
    assert environment.read(ON_ONES_OWN_MACHINE | {"PORT": ""})["PORT"] == 8000


def test_a_password_is_never_repeated():
    with pytest.raises(EnvironmentProblem) as problem:
        environment.read(ON_ONES_OWN_MACHINE | {"DATABASE_URL": "mysql://user:hunter2@host/name"})

    assert "hunter2" not in str(problem.value)


@pytest.mark.parametrize("key", ["", "short", "a" * 80])
def test_a_server_does_not_start_without_a_good_key(key: str):
    with pytest.raises(EnvironmentProblem, match=r"^SECRET_KEY is .*set it to at least 50 random characters"):
        environment.read({"ENV_FILE": "", "SECRET_KEY": key})


def test_debug_is_off_unless_asked_for():
    assert environment.read(ON_A_SERVER)["DEBUG"] is False


def test_lines_of_the_file_count_where_the_environment_is_silent(tmp_path: Path):
    file = tmp_path / "settings"
    file.write_text('# a comment\n\nDEBUG=on\nPORT="9000"\nTIME_ZONE = America/Lima\n')

    values = environment.read({"ENV_FILE": str(file), "TIME_ZONE": "UTC"})

    assert (values["DEBUG"], values["PORT"], values["TIME_ZONE"]) == (True, 9000, "UTC")


def test_a_line_of_the_file_that_says_nothing_is_named(tmp_path: Path):
    file = tmp_path / "settings"
    file.write_text("DEBUG=on\nPORT 9000\n")

    with pytest.raises(EnvironmentProblem, match="line 2"):
        environment.read({"ENV_FILE": str(file)})


def test_a_file_that_was_named_must_exist():
    with pytest.raises(EnvironmentProblem, match=r"^ENV_FILE is"):
        environment.read({"ENV_FILE": "no-such-file", "DEBUG": "on"})


@pytest.mark.parametrize(
    "command", [["manage.py", "check"], ["manage.py", "runserver"], ["-m", "gunicorn", "epe_ap.wsgi"]]
)
def test_the_start_ends_with_one_sentence_and_no_traceback(command: list[str]):
    started = subprocess.run(
        [sys.executable, *command],
        cwd=BASE_DIR,
        env={"PATH": os.environ["PATH"], "ENV_FILE": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert started.returncode != 0
    assert started.stdout + started.stderr == (
        "SECRET_KEY is not set: set it to at least 50 random characters, or set DEBUG=on if this is your own machine.\n"
    )


@pytest.mark.parametrize("variable", VARIABLES, ids=lambda variable: variable.name)
def test_each_variable_is_described_by_a_sentence_and_its_default_can_be_read(variable: environment.Variable):
    assert variable.help.endswith(".")
    assert len(variable.help) > 20
    variable.parse(variable.default)


def test_the_example_file_shows_the_table():
    assert (BASE_DIR / ".env.example").read_text() == environment.example(), "run `make env-example`"


def test_every_variable_that_is_read_anywhere_is_declared():
    """In Python through os.environ, in the shell and compose files as $NAME: none may go undescribed."""
    python = [
        *BASE_DIR.glob("*.py"),
        *(path for path in BASE_DIR.glob("*/**/*.py") if path.relative_to(BASE_DIR).parts[0] not in {".venv", "tests"}),
    ]
    shell = [
        *(BASE_DIR / "scripts").glob("*.sh"),
        BASE_DIR / ".ci/run",
        BASE_DIR / "compose.yaml",
        BASE_DIR / "Makefile",
    ]
    used = {}
    for path in python:
        for name in re.findall(r"(?:environ(?:\.get\(|\[)|getenv\()\s*[\"'](\w+)", path.read_text()):
            used[name] = path
    for path in shell:
        for name in re.findall(r"\$\{?([A-Z][A-Z_]+)", path.read_text()):
            used[name] = path

    undeclared = {name: str(path) for name, path in used.items() if name not in BY_NAME and name not in NOT_OURS}
    assert undeclared == {}
    # The search itself must find something, or the test could not fail.
    assert {"POSTGRES_PASSWORD", "TEST_POSTGRES_URL"} <= used.keys()
