"""Room on the stack for all that is called from one place: the answer to a request, a test.

CPython 3.11 to 3.13 hand out the stack of a thread in pieces of 16 KiB, and map and unmap a piece each time a call crosses
its border: in a loop that happens to stand there, thousands of times. A frame larger than a piece gets one as large as
itself rounded up to a power of two, and what is left of it, a hundred KiB here, serves everything that is called from it.
Measured (docs/benchmarks.md): an eighth of the results page, a seventh of a run of the tests.
"""

from collections.abc import Callable
from typing import Any

#: Of eight bytes each.
_LOCAL_VARIABLES = 20_000
_source = "def with_room(call):\n if call is None:\n  {}\n return call()".format(
    "; ".join(f"v{number} = 0" for number in range(_LOCAL_VARIABLES))
)
_names: dict[str, Any] = {}
exec(_source, _names)  # noqa: S102 nobody writes a function of this size by hand
#: Calls a function without arguments, and returns what it returns.
with_room: Callable[[Callable[[], Any]], Any] = _names["with_room"]
