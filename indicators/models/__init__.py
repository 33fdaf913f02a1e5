"""The logic model, its indicators, their figures, how figures are reported, and the table of results."""

from indicators.models.evidence import Evidence
from indicators.models.figures import Actual, Baseline, Figure, Series, Target
from indicators.models.framework import (
    Breakdown,
    Category,
    Dimension,
    ExpectedResult,
    Goal,
    Indicator,
    ReportingPeriod,
)
from indicators.models.notices import Notification
from indicators.models.reporting import Intake, Reminder, Report, ResultNarrative, Review, Submission
from indicators.models.results import Result
from indicators.models.verification import Confirmation, VerificationRound

__all__ = [
    "Actual",
    "Baseline",
    "Breakdown",
    "Category",
    "Confirmation",
    "Dimension",
    "Evidence",
    "ExpectedResult",
    "Figure",
    "Goal",
    "Indicator",
    "Intake",
    "Notification",
    "Reminder",
    "Report",
    "ReportingPeriod",
    "Result",
    "ResultNarrative",
    "Review",
    "Series",
    "Submission",
    "Target",
    "VerificationRound",
]
