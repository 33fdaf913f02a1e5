from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ResultsConfig(AppConfig):
    """The project itself: commands, admin site, formats. It has no tables."""

    name = "epe_ap"


class ResultsAdminConfig(AdminConfig):
    """Django's admin with this project's site in place of the default one."""

    default_site = "epe_ap.admin.ResultsAdminSite"
