"""Where the files are that hold some rows of the table."""

from django.urls import reverse
from django.utils.translation import gettext as _


def downloads(query: dict[str, str]) -> list[dict[str, str]]:
    """A ``label`` and a ``url`` for each kind of file that holds the rows which a query of the results page finds."""
    labels = {"csv": _("CSV"), "xlsx": _("Spreadsheet (XLSX)"), "json": _("JSON")}
    return [{"label": label, "url": reverse(f"results_{ending}", query=query)} for ending, label in labels.items()]
