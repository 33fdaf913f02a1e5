"""Which programme a page is about, where several can be shown."""

from collections.abc import Sequence

from django.http import HttpRequest

from epe_ap.pages import unknown_value
from projects.models import Programme


def chosen_programme(request: HttpRequest, programmes: Sequence[Programme]) -> tuple[Programme | None, list[str]]:
    """The programme that the address names by its code or slug, else the first; and a sentence about one that is not there."""
    first = programmes[0] if programmes else None
    asked = request.GET.get("programme", "").strip()
    if not asked:
        return first, []
    names = {name.casefold(): each for each in reversed(programmes) for name in (each.code, each.slug)}
    found = names.get(asked.casefold())
    if found is not None:
        return found, []
    return first, [unknown_value("programme", asked, [programme.slug for programme in programmes])]
