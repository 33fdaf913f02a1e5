"""What makes a run of the tests a third shorter and changes nothing that a test can see."""

import gc
from typing import Any

import pytest
from django.db.migrations.state import ModelState, ProjectState
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


def _add_model(state: ProjectState, model: ModelState) -> None:
    """Draws a table's model alone when it is added, and not all those that it has to do with, dozens each time.

    That is two fifths of making a database; the tables are the same. Whatever runs Python in a migration is given all
    models drawn anew, since the state says that it is delayed. The browser's site and the image migrate without this.
    """
    key = model.app_label, model.name_lower
    state.models[key] = model
    if state._relations is not None:  # type: ignore[attr-defined]
        state.resolve_model_relations(key)  # type: ignore[attr-defined]
    if "apps" in state.__dict__:
        state.is_delayed = True
        state._reload({key})  # type: ignore[attr-defined]


ProjectState.add_model = _add_model  # type: ignore[method-assign]


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
