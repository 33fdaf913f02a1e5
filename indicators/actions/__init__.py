"""The one door through which figures are written, and the table of results that follows them.

Every function takes its arguments by name, writes in one transaction, and needs an open change
(``accounts.actions.change``) that says who writes, why and through which door.
"""

from indicators.actions.book import thresholds
from indicators.actions.figures import (
    remove_figure,
    revise_target,
    save_figure,
    set_actual,
    set_baseline,
    set_target,
)
from indicators.actions.periods import lock_period, publish_period, reopen_period
from indicators.actions.results import (
    Difference,
    check_results,
    one_refresh,
    rebuild_results,
    refresh_results,
)
from indicators.actions.series import close_series, open_series, save_context, touched_by, touched_by_all
from indicators.actions.submissions import (
    approve,
    approve_report,
    discard,
    may_report,
    open_report,
    propose,
    return_report,
    return_submission,
    submit,
    submit_report,
)

__all__ = [
    "Difference",
    "approve",
    "approve_report",
    "check_results",
    "close_series",
    "discard",
    "lock_period",
    "may_report",
    "one_refresh",
    "open_report",
    "open_series",
    "propose",
    "publish_period",
    "rebuild_results",
    "refresh_results",
    "remove_figure",
    "reopen_period",
    "return_report",
    "return_submission",
    "revise_target",
    "save_context",
    "save_figure",
    "set_actual",
    "set_baseline",
    "set_target",
    "submit",
    "submit_report",
    "thresholds",
    "touched_by",
    "touched_by_all",
]
