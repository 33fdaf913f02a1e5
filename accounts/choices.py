"""Stored words of the accounts app."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Language(models.TextChoices):
    """A language of the interface, of a name or of a text."""

    FRENCH = "fr", _("French")
    SPANISH = "es", _("Spanish")
    ENGLISH = "en", _("English")


class Door(models.TextChoices):
    """Through which door a write came in."""

    FIXTURE = "fixture", _("loaded from a file")
    ADMIN = "admin", _("administration")
    GRID = "grid", _("entry grid")
    IMPORT = "import", _("spreadsheet import")
    WORKSPACE = "workspace", _("partner workspace")
    ON_BEHALF = "on_behalf", _("entered on behalf of a partner")
    COMMAND = "command", _("command line")


class DatePrecision(models.TextChoices):
    """How much of a stored date the source really states."""

    YEAR = "year", _("year")
    MONTH = "month", _("month")
    DAY = "day", _("day")


class ImportState(models.TextChoices):
    """How far an import got."""

    PREVIEWED = "previewed", _("looked at, not applied")
    APPLIED = "applied", _("applied")
    UNDONE = "undone", _("undone")
