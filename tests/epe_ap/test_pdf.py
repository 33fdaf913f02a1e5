"""Printed sheets: tagged PDF in the reader's language, made of the site's own files alone."""

import io
import logging
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.test import RequestFactory, override_settings
from django.utils import translation
from pypdf import PdfReader

from epe_ap import pdf, printing

TEMPLATE = """{% extends "sheet.html" %}{% block title %}Ficha del proyecto{% endblock %}
{% block heading %}Ficha{% endblock %}{% block content %}<p>Ñandú: {{ number }} mujeres</p>{{ more }}{% endblock %}"""


@pytest.fixture
def template(tmp_path: Path, settings: Any) -> str:
    (tmp_path / "sheet_of_a_test.html").write_text(TEMPLATE, encoding="utf-8")
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}]
    return "sheet_of_a_test.html"


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def test_a_sheet_is_a_tagged_pdf_with_its_language_and_title(template: str) -> None:
    with translation.override("es"):
        made = read(pdf.render_pdf(template, {"number": 54}, RequestFactory().get("/")))

    assert "Ñandú: 54 mujeres" in made.pages[0].extract_text()
    catalogue = made.root_object
    assert catalogue["/Lang"] == "es"
    assert catalogue["/MarkInfo"]["/Marked"] == True  # noqa: E712 a PDF object, equal to the truth and not the same
    assert "/StructTreeRoot" in catalogue
    assert made.metadata is not None
    assert made.metadata.title == "Ficha del proyecto"
    assert b"pdfuaid" in made.xmp_metadata.stream.get_data()  # type: ignore[union-attr]
    # Printed whole on A4 (210 × 297 mm) and on Letter (216 × 279 mm).
    points = 72 / 25.4
    assert made.pages[0].mediabox.width <= 210 * points + 0.1
    assert made.pages[0].mediabox.height <= 279.4 * points


def test_a_sheet_takes_its_style_sheet_and_nothing_from_elsewhere() -> None:
    fetcher = printing.OwnFiles()
    own = fetcher.fetch("https://own-site.invalid/static/css/sheet.css")
    assert b"@page" in own.read()
    assert own.content_type == "text/css"
    for elsewhere in (
        "https://example.org/static/css/sheet.css",
        "https://own-site.invalid/en/workspace/",
        "https://own-site.invalid/static/css/sheet.py",
        "https://own-site.invalid/static/../manage.py.css",
        "https://own-site.invalid/static/%2e%2e/%2e%2e/etc/passwd.css",
        "file:///etc/hosts.css",
        "data:text/css,a{}",
        "https://own-site.invalid.example.org/static/css/sheet.css",
    ):
        with pytest.raises((ValueError, OSError, SuspiciousFileOperation)):
            fetcher.fetch(elsewhere)


def test_a_sheet_has_a_bounded_size(template: str) -> None:
    request = RequestFactory().get("/")
    with pytest.raises(pdf.NoSheet):
        pdf.render_pdf(template, {"more": "x" * pdf.MOST_CHARACTERS}, request)
    with pytest.raises(pdf.NoSheet):
        pdf.render_pdf(template, {}, request, most_pages=0)


@pytest.mark.django_db
def test_where_pango_is_missing_the_reader_and_the_log_are_told_in_a_sentence(
    template: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, rf: RequestFactory
) -> None:
    def fails(name: str) -> Any:
        raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr(pdf.importlib, "import_module", fails)
    with translation.override("en"), caplog.at_level(logging.ERROR), override_settings(ROOT_URLCONF="epe_ap.urls"):
        from django.contrib.auth.models import AnonymousUser

        request = rf.get("/en/")
        request.user = AnonymousUser()
        answer = pdf.pdf_answer(request, template, {}, name="sheet", back="/en/projects/")

    assert answer.status_code == 503
    assert "This server cannot make PDF files at the moment" in answer.content.decode()
    assert 'href="/en/projects/"' in answer.content.decode()
    assert "apt-get install libpango-1.0-0" in caplog.text
