"""The one door through which figures are written, and the table of results that follows them.

Every function takes its arguments by name, writes in one transaction, and needs an open change
(``accounts.actions.change``) that says who writes, why and through which door.
"""

from indicators.actions.access import door_of, may_forward, may_report, may_review, route_of
from indicators.actions.book import thresholds
from indicators.actions.closure import Gap, gaps
from indicators.actions.entry import Entered, Entry, propose_many
from indicators.actions.figures import (
    remove_figure,
    revise_target,
    save_figure,
    set_actual,
    set_baseline,
    set_target,
)
from indicators.actions.handing_in import ask_back, hand_in, to_ask_back
from indicators.actions.intakes import answer_intake, mark_summary_sent, open_intake, reopen_answer
from indicators.actions.periods import lock_period, publish_period, reopen_period
from indicators.actions.reports import (
    approve_report,
    narrate,
    open_report,
    return_cells,
    return_report,
    submit_report,
)
from indicators.actions.results import (
    Difference,
    check_results,
    one_refresh,
    rebuild_results,
    refresh_results,
)
from indicators.actions.series import close_series, open_series, save_context, touched_by, touched_by_all
from indicators.actions.settling import Reading, settle
from indicators.actions.submissions import (
    Returned,
    approve,
    approve_many,
    discard,
    propose,
    return_many,
    return_submission,
    submit,
    submit_many,
)
from indicators.actions.verification import Answer, answer_figure

__all__ = [
    "Answer",
    "Difference",
    "Entered",
    "Entry",
    "Gap",
    "Reading",
    "Returned",
    "answer_figure",
    "answer_intake",
    "approve",
    "approve_many",
    "approve_report",
    "ask_back",
    "check_results",
    "close_series",
    "discard",
    "door_of",
    "gaps",
    "hand_in",
    "lock_period",
    "mark_summary_sent",
    "may_forward",
    "may_report",
    "may_review",
    "narrate",
    "one_refresh",
    "open_intake",
    "open_report",
    "open_series",
    "propose",
    "propose_many",
    "publish_period",
    "rebuild_results",
    "refresh_results",
    "remove_figure",
    "reopen_answer",
    "reopen_period",
    "return_cells",
    "return_many",
    "return_report",
    "return_submission",
    "revise_target",
    "route_of",
    "save_context",
    "save_figure",
    "set_actual",
    "set_baseline",
    "set_target",
    "settle",
    "submit",
    "submit_many",
    "submit_report",
    "thresholds",
    "to_ask_back",
    "touched_by",
    "touched_by_all",
]
