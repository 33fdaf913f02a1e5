"""Programmes, their themes and projects, who takes part in them, and work plans."""

from projects.models.programmes import (
    CURRENCY_CODE,
    Partnership,
    Programme,
    Project,
    ProjectTheme,
    Sector,
    Theme,
    ends_after_start,
)
from projects.models.work_plans import Activity, Area, Deliverable, Objective, WorkPlan

__all__ = [
    "CURRENCY_CODE",
    "Activity",
    "Area",
    "Deliverable",
    "Objective",
    "Partnership",
    "Programme",
    "Project",
    "ProjectTheme",
    "Sector",
    "Theme",
    "WorkPlan",
    "ends_after_start",
]
