"""Rows as charts take them, made without a database: those of the style page, and what only tests ask for."""

from types import SimpleNamespace
from typing import Any

from epe_ap.sample_charts import (
    half,
)
from epe_ap.sample_charts import (
    sample_indicator as indicator,
)
from epe_ap.sample_charts import (
    sample_men as men,
)
from epe_ap.sample_charts import (
    sample_row as row,
)
from epe_ap.sample_charts import (
    sample_women as women,
)
from projects.models import Programme

__all__ = ["DEMONSTRATION", "half", "indicator", "men", "row", "source", "women"]

DEMONSTRATION = Programme(pk=2, code="DEMO", slug="demo", is_demonstration=True)


def source(title: str = "Book", section: str = "theme 1") -> Any:
    """A citation."""
    document = SimpleNamespace(pk=title, short_title=title, get_absolute_url=lambda: "/en/sources/book/")
    return SimpleNamespace(document=document, section=section, get_absolute_url=lambda: "/en/sources/book/#c")
