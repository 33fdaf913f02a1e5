"""What makes a run of the tests a third shorter and changes nothing that a test can see."""

import gc
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from epe_ap.stack import with_room


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> object:
    runner = item.config.pluginmanager.get_plugin("runner")
    assert runner
    return with_room(lambda: runner.pytest_runtest_protocol(item, nextitem))


def pytest_collection_finish() -> None:
    """What was imported stays until the end: looking through it for garbage again and again is an eighth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


#: Files whose tests share what takes seconds to make.
TOGETHER = {
    "tests/dashboards/test_bombs.py",
    "tests/epe_ap/test_nothing_leaks.py",
    "tests/epe_ap/test_pages.py",
    "tests/indicators/test_chart_files.py",
    "tests/indicators/test_demonstration.py",
    "tests/indicators/test_filters.py",
    "tests/test_book.py",
    "tests/test_hostile_words.py",
}


class ByOneProcess(LoadScopeScheduling):
    """These files are run by one process each, and first; all other tests by whichever process is free."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file if file in TOGETHER else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    return ByOneProcess(config, log) if config.getoption("dist") == "load" else None
