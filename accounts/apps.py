from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _

from accounts.checks import attempts_are_counted_together


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts and changes")

    def ready(self) -> None:
        register(attempts_are_counted_together, Tags.security, deploy=True)
