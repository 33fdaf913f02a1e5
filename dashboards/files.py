"""Files that came in from a partner: only kinds that are expected, told by what is in them and not by their name."""

import hashlib
import subprocess
import zipfile
from collections.abc import Callable, Collection
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import StoredFile, User
from accounts.reading.archives import is_bomb

#: Ten megabytes: a scan of many pages, and no more than a database row should hold.
LARGEST = 10 * 1024 * 1024
#: Seconds that a scanner may take.
PATIENCE = 60

TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "csv": "text/csv",
    "txt": "text/plain",
    "eml": "message/rfc822",
}
TEXTS = ("csv", "txt", "eml")
STARTS = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff", "jpeg": b"\xff\xd8\xff"}
#: A part that every package of its kind has.
PARTS = {"xlsx": "xl/workbook.xml", "docx": "word/document.xml", "ods": "content.xml"}


class Checked(NamedTuple):
    """A file that was looked at and may be kept."""

    name: str
    kind: str
    content: bytes


def checked(uploaded: Any, *, told_by: Callable[[str, bytes], str]) -> Checked:
    """Look at an uploaded file, before a transaction begins: a scanner takes its time, and others write meanwhile.

    Args:
        told_by: tells the ending that a name and a content agree on, or refuses them.

    Raises:
        ValidationError: when it is empty, too large or of a kind that is not taken; and when the scanner finds something
            in it or does not answer.
    """
    if uploaded.size > LARGEST:
        raise ValidationError(
            _("The file is larger than %(number)s MB: send a smaller one.") % {"number": LARGEST // 1024 // 1024}
        )
    content: bytes = uploaded.read(LARGEST + 1)
    name = file_name(uploaded.name or "")
    kind = told_by(name, content)
    scan(content)
    return Checked(name, kind, content)


def keep(*, name: str, kind: str, content: bytes, by: User) -> StoredFile:
    """Keep a file that was looked at."""
    return StoredFile.objects.create(
        name=name,
        content_type=TYPES[kind],
        content=content,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        stored_by=by,
    )


def file_name(written: str) -> str:
    """The last part of a name, without anything that steers a terminal, a header or a path."""
    last = PurePosixPath(written.replace("\\", "/")).name
    plain = "".join(letter for letter in last if letter.isprintable() and letter not in "\"'<>:|?*;")
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[:150]}{dot}{ending[:20]}" if dot else plain[:150]


def kind_of(name: str, content: bytes, *, kinds: Collection[str] = tuple(TYPES)) -> str:
    """The ending that name and content agree on, of the kinds that are taken.

    Raises:
        ValidationError: when they do not, with the kinds that are taken; and for what unpacks beyond measure.
    """
    _stem, dot, ending = name.lower().rpartition(".")
    taken = ", ".join(kinds)
    if not content:
        raise ValidationError(_("The file is empty."))
    if not dot or ending not in kinds:
        raise ValidationError(_("Files of this kind are not kept. Send one of: %(kinds)s.") % {"kinds": taken})
    if not _is_of_kind(ending, content):
        raise ValidationError(
            _("The file is called .%(ending)s and holds something else. Send one of: %(kinds)s.")
            % {"ending": ending, "kinds": taken}
        )
    return ending


def _is_of_kind(ending: str, content: bytes) -> bool:
    if ending in STARTS:
        return content.startswith(STARTS[ending])
    if ending in TEXTS:
        # Text in any encoding of one byte or of UTF-8: it has no null bytes and no marks of a program.
        return b"\x00" not in content and not content.startswith((b"MZ", b"\x7fELF", b"PK", b"%PDF-"))
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            entries = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    if is_bomb(entries, len(content)):
        raise ValidationError(_("The file unpacks to far more than such a file holds, so it was not kept."))
    names = {entry.filename for entry in entries}
    has_macros = any(name.lower().endswith("vbaproject.bin") or name.startswith("Basic/") for name in names)
    return PARTS[ending] in names and not has_macros


def scan(content: bytes) -> None:
    """Have the scanner of the site look at a file, where it has one.

    Raises:
        ValidationError: when it finds something, and when it does not answer as it should: then nothing is kept.
    """
    if not settings.EVIDENCE_SCANNER:
        return
    try:
        done = subprocess.run(  # noqa: S603 — the command of whoever runs the site, and no word of a visitor's in it
            settings.EVIDENCE_SCANNER,
            input=content,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
            check=False,
        )
        status = done.returncode
    except (OSError, subprocess.TimeoutExpired):
        status = -1
    if status == 1:
        raise ValidationError(_("The virus scanner objects to this file: it was not kept."))
    if status != 0:
        raise ValidationError(
            _("The file could not be looked at for viruses, so it was not kept: try again later, or give a link.")
        )
