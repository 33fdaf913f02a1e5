"""What is wrong with the settings of a server, as `manage.py check --deploy` says it."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning

OF_ONE_PROCESS = "django.core.cache.backends.locmem.LocMemCache"


def attempts_are_counted_together(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refused sign-ins are counted in the cache: one that each process has for itself lets each of them try anew."""
    if settings.WEB_PROCESSES == 1 or settings.CACHES["default"]["BACKEND"] != OF_ONE_PROCESS:
        return []
    return [
        Warning(
            f"{settings.WEB_PROCESSES} processes count refused sign-ins each for itself.",
            hint="Set CACHE_URL to a shared cache, such as redis://HOST:6379/0, or WEB_PROCESSES to 1.",
            id="accounts.W001",
        )
    ]
