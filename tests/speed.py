"""What makes a run of the tests a third shorter and changes nothing that a test can see."""

import gc
from collections.abc import Callable
from typing import Any

import pytest

# CPython 3.11 to 3.13 hand out the stack of a thread in pieces of 16 KiB, and map and unmap a piece each time a call
# crosses its border: hundreds of thousands of times in a run, a seventh of its time. A frame larger than a piece gets
# one as large as itself rounded up to a power of two, and what is left of it serves everything that is called from it.
_LOCAL_VARIABLES = 20_000
_source = "def with_room(call):\n if call is None:\n  {}\n return call()".format(
    "; ".join(f"v{number} = 0" for number in range(_LOCAL_VARIABLES))
)
_names: dict[str, Any] = {}
exec(_source, _names)
with_room: Callable[[Callable[[], Any]], Any] = _names["with_room"]


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
