"""Files that are sent as evidence: a few harmless kinds, told by what is in them, each one thing and nothing besides."""

import re
import zipfile
from io import BytesIO
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.reading.archives import open_archive
from accounts.reading.refusals import Refused
from dashboards import files
from dashboards.files import Checked, kind_of

#: No mails, unlike what staff keep of what came in: they hold other files.
KINDS = ("pdf", "png", "jpg", "jpeg", "xlsx", "ods", "docx", "txt", "csv")
IMAGES = ("png", "jpg", "jpeg")
PACKAGES = ("xlsx", "ods", "docx")
TEXTS = ("txt", "csv")
#: What a browser would take for a page, wherever it stands in a file.
MARKUP = (b"<script", b"<html", b"<!doctype html", b"<iframe", b"<?php")
#: What makes a PDF act, or hold other files: names outside its streams. Written otherwise, they are a scanner's to find.
STREAMS = re.compile(rb"stream\r?\n.*?endstream", re.DOTALL)
ACTING = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData)(?![A-Za-z0-9])")
#: Parts of a package that run, or bring something from elsewhere when it is opened.
RUNNING = ("vbaproject", "/activex/", "oleobject", "/macrosheets/", "basic/", "scripts/", "xl/externallinks/")
END_OF_PNG = b"\x00\x00\x00\x00IEND\xaeB`\x82"


def checked(uploaded: Any) -> Checked:
    """Look at a file that was uploaded as evidence.

    Raises:
        ValidationError: as :func:`dashboards.files.checked`; and when it is more than it says.
    """
    return files.checked(uploaded, told_by=evidence_kind)


def evidence_kind(name: str, content: bytes) -> str:
    """The ending that name and content agree on.

    Raises:
        ValidationError: when they do not, or when the file is more than one thing.
    """
    kind = kind_of(name, content, kinds=KINDS)
    try:
        is_plain = _is_plain(kind, content)
    except Refused as refused:
        raise ValidationError(refused.sentence) from None
    if not is_plain:
        raise ValidationError(
            _(
                "The file holds something that runs, or a second file inside it: it was not kept. "
                "Save or print it as a plain PDF, and send that."
            )
        )
    return kind


def _is_plain(kind: str, content: bytes) -> bool:
    lowered = content.lower()
    if kind not in PACKAGES and (b"<svg" in lowered[:1024] or any(mark in lowered for mark in MARKUP)):
        return False
    if kind in TEXTS:
        return _is_text(content)
    if kind in PACKAGES:
        return _is_plain_package(content)
    # What begins as one thing and ends as an archive is two.
    if zipfile.is_zipfile(BytesIO(content)):
        return False
    if kind in IMAGES:
        return b"%pdf-" not in lowered and (kind != "png" or content.endswith(END_OF_PNG))
    return b"%%EOF" in content[-1024:] and ACTING.search(STREAMS.sub(b"", content)) is None


def _is_text(content: bytes) -> bool:
    if content.lstrip().startswith((b"<", b"#!")):
        return False
    return not any(byte < 32 and byte not in b"\t\n\r\x0c" for byte in content)


def _is_plain_package(content: bytes) -> bool:
    if not content.startswith(b"PK\x03\x04"):
        return False
    with open_archive(content, "") as package:
        names = [each.lower() for each in package.namelist()]
        if any(part in name for name in names for part in RUNNING):
            return False
        for name in package.namelist():
            # Where a document says which template it takes its macros from.
            if name.endswith(".rels") and b"attachedtemplate" in package.read(name).lower():
                return False
            if name == "[Content_Types].xml" and b"macroenabled" in package.read(name).lower():
                return False
    return True
