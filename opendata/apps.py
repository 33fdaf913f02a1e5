from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OpendataConfig(AppConfig):
    """Results written out for others to use: CSV, spreadsheet, JSON. It has no tables."""

    name = "opendata"
    verbose_name = _("open data")
