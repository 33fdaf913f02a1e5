"""What every test stands on."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.utils import translation
from hypothesis import HealthCheck, settings

from accounts.models import User
from epe_ap import printing
from tests.crawls import asks_a_database

# A run must say the same thing twice: no new examples in CI and before a commit. `make test-long` searches on.
settings.register_profile(
    "default",
    derandomize=True,
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
settings.register_profile("long", parent=settings.get_profile("default"), derandomize=False, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

pytest_plugins = ["tests.speed"]

BROWSER_TESTS = Path(__file__).parent / "browser"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if BROWSER_TESTS in item.path.parents:
            item.add_marker("browser")
        elif not asks_a_database(item):
            item.add_marker("any_database")


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """No test sees what another one put into the cache: rate limits, rendered pages."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def in_english() -> Iterator[None]:
    """Sentences are said in English, whatever a test finds."""
    with translation.override("en"):
        yield


@pytest.fixture
def sheets_as_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Printed sheets are answered as the HTML that they are made of: what they say is read there, in no time."""
    monkeypatch.setattr(printing, "pdf_of", lambda html, **_limits: html.encode())


@pytest.fixture
def admin_user(db: None) -> User:
    """pytest-django's own fixture knows no users without a user name."""
    return User.objects.create_superuser(email="administrator@example.org", name="Administrator", password="password")
