"""The one door through which figures are written, and the table of results that follows them."""

from indicators.actions.book import thresholds
from indicators.actions.results import (
    Difference,
    check_results,
    one_refresh,
    rebuild_results,
    refresh_results,
)

__all__ = [
    "Difference",
    "check_results",
    "one_refresh",
    "rebuild_results",
    "refresh_results",
    "thresholds",
]
