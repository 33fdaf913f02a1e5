"""What printed sheets say in marks: the numbers of sources, and figures as sentences."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def marks(notes: Any, citations: Iterable[Any]) -> SafeString | str:
    """The numbers under which the sheet lists these citations, each leading there; see ``epe_ap.sheets.Notes``."""
    found = notes.of(citations)
    if not found:
        return ""
    links = format_html_join(", ", '<a href="#note-{}">{}</a>', ((note.number, note.number) for note in found))
    return format_html('<span class="marks">{}</span>', links)
