"""Ways from a list of the administration to the spreadsheets of its records."""

from typing import Any

from django import template
from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.urls import reverse

from dashboards.kinds import kind_of

register = template.Library()


@register.simple_tag(takes_context=True)
def spreadsheet_links(context: Any, changes: ChangeList) -> dict[str, str]:
    """Addresses for a list of the administration: ``import`` and ``export``, each where the reader may go there.

    The export keeps the filter and the search of the list.
    """
    request = context["request"]
    kind = kind_of(changes.model)
    links: dict[str, str] = {}
    if kind is None:
        return links
    if kind.may_be_imported_by(request.user):
        links["import"] = reverse("import_kind", args=[kind.slug])
    if kind.may_be_exported_by(request.user):
        query = request.GET.copy()
        query.pop(PAGE_VAR, None)
        links["export"] = f"{reverse('export_kind', args=[kind.slug])}{'?' if query else ''}{query.urlencode()}"
    return links
