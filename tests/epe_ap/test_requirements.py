"""The locks hold what the .in files ask for: found without asking a package index."""

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from epe_ap.environment import BASE_DIR

LOCKS = ["requirements.txt", "requirements-dev.txt"]


def wanted(name: str) -> list[Requirement]:
    lines = (BASE_DIR / name).read_text().splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]


def locked(name: str) -> dict[str, str]:
    return {
        canonicalize_name(package): version
        for package, version in re.findall(
            r"^([\w.-]+)(?:\[[\w, .-]+\])?==([\w.+-]+)", (BASE_DIR / name).read_text(), re.MULTILINE
        )
    }


@pytest.mark.parametrize(
    ("source", "lock"),
    [
        ("requirements.in", "requirements.txt"),
        ("requirements.in", "requirements-dev.txt"),
        ("requirements-dev.in", "requirements-dev.txt"),
    ],
)
def test_the_lock_holds_what_is_asked_for(source: str, lock: str):
    versions = locked(lock)
    missing = [
        str(requirement)
        for requirement in wanted(source)
        if not requirement.specifier.contains(versions.get(canonicalize_name(requirement.name), "0"))
    ]
    assert wanted(source)
    assert missing == [], "run `make lock`"


def test_tests_run_on_the_versions_that_run_the_site():
    site, tests = (locked(lock) for lock in LOCKS)
    assert site.items() <= tests.items()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_hashes_and_no_line_names_a_host(lock: str):
    text = Path(BASE_DIR / lock).read_text()
    for entry in re.split(r"\n(?=\S)", text.strip()):
        assert "--hash=sha256:" in entry, entry
    assert "://" not in text
    assert "--index" not in text
