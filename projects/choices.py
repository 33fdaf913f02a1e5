"""Stored words of the projects app."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ThemeKind(models.TextChoices):
    """Whether a programme's subject is a theme of its own or runs through all of them."""

    THEME = "theme", _("theme")
    DIMENSION = "dimension", _("cross-cutting dimension")


class Component(models.TextChoices):
    """The two components of the programme."""

    A = "A", _("A: regional dialogue and good practices")
    B = "B", _("B: institutional partnerships")


class ProjectKind(models.TextChoices):
    TECHNICAL_ASSISTANCE = "technical_assistance", _("technical assistance project")
    INSTITUTIONAL_PARTNERSHIP = "institutional_partnership", _("institutional partnership")
    OTHER = "other", _("other")


class ProjectStatus(models.TextChoices):
    """Where a programme or project stands; the words of the IATI activity status."""

    PIPELINE = "pipeline", _("in preparation")
    IMPLEMENTATION = "implementation", _("under way")
    FINALISATION = "finalisation", _("being finalised")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")
    SUSPENDED = "suspended", _("suspended")


class PartnershipRole(models.TextChoices):
    """What a partner does in a project."""

    LEAD = "lead", _("lead")
    CANADIAN_PARTNER = "canadian_partner", _("Canadian partner")
    LOCAL_PARTNER = "local_partner", _("local partner")
    REGIONAL_PARTNER = "regional_partner", _("regional partner")


class Confirmation(models.TextChoices):
    """Whether the date of a planned activity is settled."""

    CONFIRMED = "confirmed", _("confirmed")
    TO_BE_CONFIRMED = "to_be_confirmed", _("to be confirmed")
    TO_BE_DETERMINED = "to_be_determined", _("to be determined")


class ActivityStatus(models.TextChoices):
    PLANNED = "planned", _("planned")
    UNDER_WAY = "under_way", _("under way")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")
    UNKNOWN = "unknown", _("not known")
