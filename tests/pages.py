"""Reading the pages that tests open."""

import re
from typing import Any


def words(response: Any) -> str:
    """The text of a page, without its tags, on one line."""
    content = response.getvalue() if response.streaming else response.content
    return " ".join(re.sub(r"<[^>]+>", " ", content.decode(errors="replace")).split())
