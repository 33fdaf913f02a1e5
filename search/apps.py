from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from accounts.following import follow


class SearchConfig(AppConfig):
    """What is found by words: one table, made from the records of all other apps and never edited."""

    name = "search"
    verbose_name = _("search")

    def ready(self) -> None:
        # The actions read models of every app, which stand only now.
        from search.actions import refresh_written  # noqa: PLC0415

        follow(refresh_written)
