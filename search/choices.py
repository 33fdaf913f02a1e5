"""Stored words of the search."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What is found, in the order in which a page shows it."""

    PROGRAMME = "programme", _("Programmes")
    INDICATOR = "indicator", _("Indicators and figures")
    RESULT = "result", _("Expected results")
    PROJECT = "project", _("Projects")
    PARTNER = "partner", _("Partners")
    COUNTRY = "country", _("Countries")
    THEME = "theme", _("Themes and dimensions")
    FORUM = "forum", _("Forums")
    PUBLICATION = "publication", _("Publications")
    FINDING = "finding", _("Findings")
    WORK_PLAN = "work_plan", _("Work plans")
    AREA = "area", _("Areas of cooperation")
    OBJECTIVE = "objective", _("Objectives of work plans")
    ACTIVITY = "activity", _("Planned activities")
    DELIVERABLE = "deliverable", _("Deliverables of work plans")
    SOURCE = "source", _("Sources")
    GOAL = "goal", _("Development goals")
    PAGE = "page", _("About these pages")


#: Kinds of which a record is a place on the page of its work plan.
IN_WORK_PLANS: Final = (Kind.AREA, Kind.OBJECTIVE, Kind.ACTIVITY, Kind.DELIVERABLE)

#: A letter for each kind, which stands before each word that a record of it is found by. Never changed: it is stored.
LETTERS: Final = dict(zip(Kind, "nierpctfblwaovdsgm", strict=True))
