"""Every environment variable of the project, declared once.

The settings, the server, the Makefile, `.env.example` and the tests read this table, so a variable
that is used but not described cannot exist. Anything that cannot be understood is refused with one
sentence: which variable, what was found, what to set.

    python -m epe_ap.environment            prints .env.example
    python -m epe_ap.environment PORT       prints the value in force
"""

import os
import re
import shlex
import sys
import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from email.utils import formataddr, parseaddr
from pathlib import Path
from typing import Any, NoReturn

import environ
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

BASE_DIR = Path(__file__).resolve().parent.parent

#: Only ever used on one's own machine: with DEBUG off a key must be given.
DEVELOPMENT_KEY = "development-only-key-that-must-never-be-used-where-others-can-reach-the-site"


class UnreadableError(ValueError):
    """A value could not be understood; the message says what to set instead."""


class EnvironmentProblem(Exception):
    """One sentence for the person who starts the system."""


# Parsers: text in, value out, or UnreadableError with the second half of the sentence.


def boolean(text: str) -> bool:
    # environ's own parser takes every unknown word for False: `DEBUG=oui` would be off in silence.
    word = text.strip().lower()
    if word in {"on", "true", "yes", "1"}:
        return True
    if word in {"off", "false", "no", "0"}:
        return False
    raise UnreadableError("set it to on or off")


def whole_number(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        # str.isdecimal, as int() would also take "1_000" and " 5 "; and it fails where there are thousands of digits.
        if not (text.isascii() and text.isdecimal() and len(text) < 20 and low <= int(text) <= high):
            raise UnreadableError(f"set it to a whole number from {low} to {high}")
        return int(text)

    return parse


def percent(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not (value.is_finite() and 0 < value <= 100):
        raise UnreadableError("set it to a percentage above 0 and up to 100, such as 85")
    return value


def word_list(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def host_names(text: str) -> list[str]:
    found = word_list(text)
    # An address or a port in their place would let the site start, and answer 400 to everybody.
    if not found or not all(re.fullmatch(r"\*|\.?[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]", name) for name in found):
        raise UnreadableError("set it to host names such as results.example.org, without https:// and port")
    return found


def origins(text: str) -> list[str]:
    found = word_list(text)
    if not all(re.fullmatch(r"https?://[^/\s]+", origin) for origin in found):
        raise UnreadableError("set it to addresses such as https://results.example.org, separated by commas")
    return found


def plain_text(text: str) -> str:
    return text


def file_path(text: str) -> Path | None:
    return BASE_DIR / text if text else None


def secret_key(text: str) -> str:
    if len(text) < 50 or len(set(text)) < 5:
        raise UnreadableError(
            "set it to at least 50 random characters, "
            "such as those of: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )
    return text


def time_zone(text: str) -> str:
    try:
        zoneinfo.ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise UnreadableError("set it to a name such as America/Toronto, America/Lima or UTC") from None
    return text


def command(text: str) -> list[str]:
    """A program and its arguments, as a shell would split them; no shell ever sees them."""
    try:
        return shlex.split(text)
    except ValueError:
        raise UnreadableError("set it to a program and its arguments, such as clamdscan --no-summary -") from None


def log_level(text: str) -> str:
    if text.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise UnreadableError("set it to DEBUG, INFO, WARNING or ERROR")
    return text.upper()


DATABASE_HINT = (
    "set it to sqlite:///FILE (three slashes for a file of the project, four for a full path) "
    "or to postgres://USER:PASSWORD@HOST:5432/NAME"
)


#: Of a database, in PostgreSQL.
LONGEST_NAME = 63


def database(text: str) -> dict[str, Any]:
    """Django's settings of one database: SQLite or PostgreSQL, nothing else is tested."""
    scheme = text.partition("://")[0]
    if scheme not in {"sqlite", "postgres", "postgresql"} or "://" not in text:
        raise UnreadableError(DATABASE_HINT)
    if scheme == "sqlite" and (not text.startswith("sqlite:///") or text == "sqlite:///"):
        # Two slashes make the file name a host name, and the database one in memory; so does no name at all.
        raise UnreadableError(DATABASE_HINT)
    try:
        config: dict[str, Any] = environ.Env.db_url_config(text)
    except ValueError:
        raise UnreadableError(DATABASE_HINT) from None
    if not config["NAME"] or (scheme != "sqlite" and len(config["NAME"].encode()) > LONGEST_NAME):
        raise UnreadableError(DATABASE_HINT)
    if scheme == "sqlite" and config["NAME"] != ":memory:":
        # A relative file belongs to the project, wherever the command was typed.
        config["NAME"] = BASE_DIR / config["NAME"]
    return config


def cache(text: str) -> dict[str, Any]:
    hint = "set it to locmemcache:// (one process), dbcache://TABLE, filecache:///FOLDER or redis://HOST:6379/0"
    try:
        config: dict[str, Any] = environ.Env.cache_url_config(text)
    except (ImproperlyConfigured, ValueError):
        raise UnreadableError(hint) from None
    if not config:
        raise UnreadableError(hint)
    if "redis" in config["BACKEND"].lower():
        try:
            import redis  # noqa: F401, PLC0415 (an optional extra, not in requirements.txt)
        except ImportError:
            raise UnreadableError("install the Python package redis beside the requirements first") from None
    return config


#: How to reach a mail server, and the port that each way has when none is named.
MAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}


def mail(text: str) -> dict[str, Any]:
    """Django's settings of outgoing mail, by name; none where nothing is said, so that the site chooses."""
    hint = (
        "set it to consolemail:// (prints the messages), smtp://USER:PASSWORD@HOST:25, "
        "smtp+tls://USER:PASSWORD@HOST:587 or smtp+ssl://USER:PASSWORD@HOST:465"
    )
    if not text:
        return {}
    scheme, separator, rest = text.partition("://")
    if not separator or scheme not in {"consolemail", *MAIL_PORTS} or (scheme == "consolemail" and rest):
        raise UnreadableError(hint)
    try:
        config: dict[str, Any] = environ.Env.email_url_config(text)
    except (ImproperlyConfigured, ValueError):
        raise UnreadableError(hint) from None
    if scheme == "consolemail":
        return {"EMAIL_BACKEND": config["EMAIL_BACKEND"]}
    if not config["EMAIL_HOST"] or config["EMAIL_FILE_PATH"]:
        raise UnreadableError(hint)
    return {
        "EMAIL_BACKEND": config["EMAIL_BACKEND"],
        "EMAIL_HOST": config["EMAIL_HOST"],
        "EMAIL_PORT": config["EMAIL_PORT"] or MAIL_PORTS[scheme],
        "EMAIL_HOST_USER": config["EMAIL_HOST_USER"] or "",
        "EMAIL_HOST_PASSWORD": config["EMAIL_HOST_PASSWORD"] or "",
        "EMAIL_USE_TLS": scheme == "smtp+tls",
        "EMAIL_USE_SSL": scheme == "smtp+ssl",
    }


def sender(text: str) -> str:
    name, address = parseaddr(text)
    try:
        validate_email(address)
    except ValidationError:
        address = ""
    # What is left over would be lost in silence: "a@example.org, b@example.org" has two.
    if (
        not address
        or "\n" in text
        or "\r" in text
        or formataddr((name, address)).replace('"', "") != text.replace('"', "")
    ):
        raise UnreadableError("set it to results@example.org or to EPE-AP results <results@example.org>")
    return text


def site_address(text: str) -> str:
    if not re.fullmatch(r"https?://[^/\s?#@]+/?", text):
        raise UnreadableError("set it to https:// and the host name, such as https://results.example.org")
    return text.rstrip("/")


def browser(text: str) -> str:
    if text not in {"yes", "no"}:
        raise UnreadableError("set it to yes or no")
    return text


@dataclass(frozen=True)
class Variable:
    """One environment variable: `help` is the sentence that the documentation shows."""

    group: str
    name: str
    parse: Callable[[str], Any]
    default: str
    help: str
    #: Never repeated in a message: it may hold a password.
    secret: bool = False


SITE = "The site"
DATA = "Database and cache"
MAIL = "Mail"
SERVER = "The server process"
RULES = "Thresholds of the programme, shown on the method page"
COMPOSE = "compose.yaml only"
TESTS = "Tests only"

VARIABLES = (
    Variable(
        SITE,
        "DEBUG",
        boolean,
        "off",
        "Shows errors in detail and accepts a built-in key: on for your own machine (`make run` sets it), never on a server.",
    ),
    Variable(
        SITE,
        "SECRET_KEY",
        plain_text,
        "",
        "At least 50 random characters that sign sessions and forms; required when DEBUG is off; a new one signs everybody out.",
        secret=True,
    ),
    Variable(
        SITE,
        "ALLOWED_HOSTS",
        host_names,
        "localhost,127.0.0.1,[::1]",
        "The host names the site answers to, separated by commas, such as results.example.org.",
    ),
    Variable(
        SITE,
        "HTTPS",
        boolean,
        "on",
        "Plain http is sent to https, and cookies travel over https only; has no effect when DEBUG is on.",
    ),
    Variable(
        SITE,
        "TRUST_PROXY",
        boolean,
        "off",
        "The proxy in front sets X-Forwarded-Proto itself, drops the visitor's own, and adds the visitor's address "
        "to X-Forwarded-For: on behind one such proxy, else off.",
    ),
    Variable(
        SITE,
        "HSTS_SECONDS",
        whole_number(0, 63_072_000),
        "86400",
        "How long browsers remember to come by https only; raise it to 31536000 (a year) once https has proved itself.",
    ),
    Variable(
        SITE,
        "CSRF_TRUSTED_ORIGINS",
        origins,
        "",
        "Further addresses whose forms are accepted, separated by commas; needed only when a proxy changes the host name.",
    ),
    Variable(SITE, "TIME_ZONE", time_zone, "America/Toronto", "The time zone in which days begin and times are shown."),
    Variable(
        SITE,
        "STATIC_ROOT",
        file_path,
        "staticfiles",
        "The folder `collectstatic` fills and the server serves, relative to the project or a full path.",
    ),
    Variable(SITE, "LOG_LEVEL", log_level, "INFO", "The least serious message written to standard error."),
    Variable(
        SITE,
        "ENV_FILE",
        file_path,
        ".env",
        "A file with lines NAME=value, read where the environment itself is silent; empty reads none.",
    ),
    Variable(
        DATA,
        "DATABASE_URL",
        database,
        "sqlite:///db.sqlite3",
        "The database: sqlite:///FILE or postgres://USER:PASSWORD@HOST:5432/NAME.",
        secret=True,
    ),
    Variable(
        DATA,
        "DATABASE_POOL_SIZE",
        whole_number(1, 100),
        "8",
        "The most PostgreSQL connections one process holds open; at least WEB_THREADS.",
    ),
    Variable(
        DATA,
        "CACHE_URL",
        cache,
        "locmemcache://",
        "The cache; with several processes a shared one, such as redis://HOST:6379/0.",
        secret=True,
    ),
    Variable(
        MAIL,
        "EMAIL_URL",
        mail,
        "",
        "The mail server, such as smtp+tls://USER:PASSWORD@HOST:587; empty means port 25 of this machine, "
        "or with DEBUG on that messages are only printed.",
        secret=True,
    ),
    Variable(
        MAIL,
        "DEFAULT_FROM_EMAIL",
        sender,
        "EPE-AP results <no-reply@localhost>",
        "The sender of every message: an address that the mail server may send from.",
    ),
    Variable(
        MAIL,
        "SITE_URL",
        site_address,
        "http://localhost:8000",
        "The public address of the site, for the links in messages that a command sends.",
    ),
    Variable(SERVER, "PORT", whole_number(1, 65_535), "8000", "The port the server listens on."),
    Variable(SERVER, "WEB_PROCESSES", whole_number(1, 64), "2", "How many processes gunicorn starts."),
    Variable(SERVER, "WEB_THREADS", whole_number(1, 64), "4", "How many requests each process answers at a time."),
    Variable(
        SERVER,
        "UPLOAD_MEGABYTES",
        whole_number(1, 500),
        "20",
        "The largest spreadsheet that the workspace reads, in megabytes.",
    ),
    Variable(
        SERVER,
        "EVIDENCE_SCANNER",
        command,
        "",
        "A command that looks for viruses in a file sent as evidence, which it reads from standard input, such as "
        "clamdscan --no-summary -; it ends with 0 for a clean file, 1 for an infected one; empty: none.",
    ),
    Variable(
        RULES,
        "EPE_AP_SMALL_CELL",
        whole_number(1, 1000),
        "5",
        "A group of fewer persons than this is not shown on public pages.",
    ),
    Variable(
        RULES,
        "EPE_AP_SMALL_CELL_SENSITIVE",
        whole_number(1, 1000),
        "10",
        "The same for sensitive indicators.",
    ),
    Variable(
        RULES,
        "EPE_AP_ON_TRACK_THRESHOLD",
        percent,
        "85",
        "From how many percent of the target due by now a result counts as on track.",
    ),
    Variable(
        COMPOSE,
        "POSTGRES_PASSWORD",
        plain_text,
        "",
        "The password of the PostgreSQL that compose.yaml starts, without the characters / @ and :.",
        secret=True,
    ),
    Variable(COMPOSE, "BASE_IMAGE", plain_text, "python:3.12-slim", "The image that the web image is built on."),
    Variable(
        TESTS,
        "TEST_POSTGRES_URL",
        plain_text,
        "",
        "The PostgreSQL server of the tests, any database on it; empty looks for one on 127.0.0.1:5432.",
        secret=True,
    ),
    Variable(
        TESTS,
        "BENCHMARK_DATABASE",
        plain_text,
        "",
        "A database on that server in which the benchmark of the results page keeps its 1.8 million rows; empty makes "
        "them anew each time.",
    ),
    Variable(TESTS, "BROWSER", browser, "yes", "no leaves the browser tests out where no Chromium can be had."),
    Variable(
        TESTS,
        "CHROMIUM",
        plain_text,
        "",
        "The Chromium to test with; empty looks for chromium, chromium-browser or google-chrome.",
    ),
    Variable(
        TESTS, "PYTHON", plain_text, "", "The interpreter that .venv is made with; empty takes the first that will do."
    ),
)

BY_NAME = {variable.name: variable for variable in VARIABLES}


def read_one(variable: Variable, source: Mapping[str, str]) -> Any:
    """The value of one variable, or EnvironmentProblem."""
    # An empty variable means the default: compose files and CI systems pass unset ones as "".
    # ENV_FILE alone is switched off by being empty.
    text = source.get(variable.name, variable.default)
    if not text and variable.name != "ENV_FILE":
        text = variable.default
    try:
        return variable.parse(text)
    except UnreadableError as problem:
        found = "not readable" if variable.secret else f'"{text}"'
        raise EnvironmentProblem(f"{variable.name} is {found}: {problem}.") from None


def with_file(source: Mapping[str, str]) -> dict[str, str]:
    """The environment, completed by the lines of ENV_FILE."""
    path = read_one(BY_NAME["ENV_FILE"], source)
    if path is None or not path.is_file():
        if source.get("ENV_FILE") and path is not None:
            raise EnvironmentProblem(f'ENV_FILE is "{source["ENV_FILE"]}": no such file; name one, or leave it empty.')
        return dict(source)
    from_file: dict[str, str] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise EnvironmentProblem(f'ENV_FILE is "{path.name}": it cannot be read as UTF-8 text; mend it.') from None
    for number, line in enumerate(lines, start=1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals or not name.strip().isidentifier():
            raise EnvironmentProblem(f"{path.name} has a line {number} that is not NAME=value: mend or remove it.")
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        from_file[name.strip()] = value
    return from_file | dict(source)


def read(source: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Every variable's value by name. Raises EnvironmentProblem for the first that is wrong."""
    complete = with_file(os.environ if source is None else source)
    values = {variable.name: read_one(variable, complete) for variable in VARIABLES}
    if not values["SECRET_KEY"]:
        if not values["DEBUG"]:
            raise EnvironmentProblem(
                "SECRET_KEY is not set: set it to at least 50 random characters, "
                "or set DEBUG=on if this is your own machine."
            )
        values["SECRET_KEY"] = DEVELOPMENT_KEY
    elif not values["DEBUG"]:
        try:
            secret_key(values["SECRET_KEY"])
        except UnreadableError as problem:
            raise EnvironmentProblem(f"SECRET_KEY is too easy to guess: {problem}.") from None
    return values


def read_or_exit() -> dict[str, Any]:
    """As read(), but a problem ends the process with its sentence and no traceback."""
    try:
        return read()
    except EnvironmentProblem as problem:
        stop(str(problem))


def stop(sentence: str) -> NoReturn:
    # SystemExit with a text prints it on standard error and exits with status 1.
    raise SystemExit(sentence)


def example() -> str:
    """The text of .env.example: every variable with its sentence and its default."""
    lines = [
        "# Every setting of the project, with its default. Copy to .env and uncomment what you change,",
        "# or set the same names in the environment, which wins. This file is generated: `make env-example`.",
    ]
    group = ""
    for variable in VARIABLES:
        if variable.group != group:
            group = variable.group
            lines += ["", f"## {group}"]
        lines += ["", f"# {variable.help}", f"#{variable.name}={variable.default}"]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> None:
    if not arguments:
        sys.stdout.write(example())
        return
    [name] = arguments
    if name not in BY_NAME:
        stop(f"{name} is not a variable of this project: see .env.example.")
    try:
        value = read_one(BY_NAME[name], with_file(os.environ))
    except EnvironmentProblem as problem:
        stop(str(problem))
    if isinstance(value, bool):
        value = "on" if value else "off"
    sys.stdout.write(f"{value}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
