"""Printed sheets: a template as a tagged PDF (PDF/UA), which a screen reader reads in the order of the page.

A view calls ``render_pdf`` or, for the whole answer, ``pdf_answer``. The template links to the site's own style sheets,
needs no script, and states its language and title: both stand in the file.
"""

import importlib
import logging
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)

#: The largest page that is turned into a sheet, in characters: a few hundred rows take about two seconds.
MOST_CHARACTERS = 600_000
#: The longest sheet.
MOST_PAGES = 60

MISSING = (
    "No PDF can be made: the library Pango is missing or too old. "
    "Install it: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
)


class NoSheet(Exception):
    """A sheet cannot be made; the message is a sentence for whoever asked for it."""


def render_pdf(
    template: str,
    context: Mapping[str, Any],
    request: HttpRequest,
    *,
    most_characters: int = MOST_CHARACTERS,
    most_pages: int = MOST_PAGES,
) -> bytes:
    """The template as a PDF, whose links lead to the site that was asked.

    Args:
        most_characters: of the page that is turned into it.
        most_pages: of the PDF.

    Raises:
        NoSheet: when the page is too long, or the server lacks what PDFs are made with; the log says which.
    """
    html = render_to_string(template, dict(context), request)
    if len(html) > most_characters:
        raise NoSheet(_("This is too long for a printed sheet: print the page itself."))
    try:
        printing = importlib.import_module("epe_ap.printing")
    except (ImportError, OSError) as problem:
        logger.error("%s (%s)", MISSING, str(problem).splitlines()[0])
        raise NoSheet(_("This server cannot make PDF files at the moment: print the page itself.")) from problem
    try:
        made: bytes = printing.pdf_of(html, most_pages=most_pages, site=request.build_absolute_uri("/"))
    except printing.TooManyPages as problem:
        raise NoSheet(_("This is too long for a printed sheet: print the page itself.")) from problem
    return made


def pdf_answer(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, name: str, back: str
) -> HttpResponse:
    """The sheet as a file of this name, or a page that says why there is none.

    Args:
        name: of the file, without its ending; letters, digits, dots and dashes.
        back: the address of the page that the sheet is of.
    """
    try:
        content = render_pdf(template, context, request)
    except NoSheet as problem:
        return no_sheet(request, str(problem), back)
    answer = pdf_file(content, name)
    answer["Cache-Control"] = "private, no-store"
    return answer


def no_sheet(request: HttpRequest, sentence: str, back: str) -> HttpResponse:
    """The page that says why there is none."""
    return render(request, "epe_ap/no_sheet.html", {"sentence": sentence, "back": back}, status=503)


def pdf_file(content: bytes, name: str) -> HttpResponse:
    """A PDF under a name without ending."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return answer
