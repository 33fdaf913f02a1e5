"""The logic model, its indicators, their figures, how figures are reported, and the table of results."""

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
from indicators.models.reporting import Evidence, Intake, Reminder, Report, ResultNarrative, Review, Submission
from indicators.models.results import Result

__all__ = [
    "Actual",
    "Baseline",
    "Breakdown",
    "Category",
    "Dimension",
    "Evidence",
    "ExpectedResult",
    "Figure",
    "Goal",
    "Indicator",
    "Intake",
    "Reminder",
    "Report",
    "ReportingPeriod",
    "Result",
    "ResultNarrative",
    "Review",
    "Series",
    "Submission",
    "Target",
]
