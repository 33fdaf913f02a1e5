"""The zip file around an XLSX or ODS workbook, judged by its table of contents before anything is unpacked."""

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Final

from django.utils.translation import gettext as _

from accounts.reading.refusals import (
    MOST_ENTRIES,
    MOST_KEPT,
    MOST_RATIO,
    MOST_UNPACKED,
    RATIO_COUNTS_FROM,
    Handler,
    Refused,
    damaged,
    local,
    parse,
)

#: First bytes of the container that old Excel files and encrypted new ones share.
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

ODS: Final = b"application/vnd.oasis.opendocument.spreadsheet"
ENCRYPTED: Final = 0x1
NESTED: Final = (
    ".zip",
    ".xlsx",
    ".xlsm",
    ".xlsb",
    ".xls",
    ".ods",
    ".docx",
    ".docm",
    ".pptx",
    ".jar",
    ".7z",
    ".rar",
    ".gz",
)


def open_archive(content: bytes, name: str) -> zipfile.ZipFile:
    """The archive, if all that it says about itself is what a spreadsheet may say.

    The sizes that it states are believed, because unpacking stops at them.

    Raises:
        Refused: a damaged or encrypted archive, one that unpacks to too much, or one that holds other archives.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as error:
        raise Refused(
            _("The file “%(name)s” is damaged or was sent only in part: send it again.") % {"name": name}
        ) from error
    if is_bomb(entries, len(content)):
        raise Refused(
            _(
                "The file “%(name)s” unpacks to far more than a spreadsheet holds: it was not opened. Copy its figures "
                "into a new workbook."
            )
            % {"name": name}
        )
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        raise _needs_a_password(name)
    for entry in entries:
        if entry.filename.lower().endswith(NESTED) or _starts_an_archive(archive, entry):
            raise Refused(
                _("The file “%(name)s” holds another file (“%(part)s”): remove embedded files, and send it again.")
                % {"name": name, "part": entry.filename}
            )
    return archive


def kind_of(archive: zipfile.ZipFile, name: str) -> str:
    """``xlsx`` or ``ods``, by what the archive holds.

    Raises:
        Refused: another kind of document, or a workbook with macros, a password or links to other workbooks.
    """
    names = {entry.filename for entry in archive.infolist()}
    lowered = [entry.lower() for entry in names]
    if "xl/workbook.xml" in names:
        types = _small(archive, "[Content_Types].xml").lower() if "[Content_Types].xml" in names else b""
        if b"macroenabled" in types or any("vbaproject" in entry or "/macrosheets/" in entry for entry in lowered):
            raise _has_macros(name)
        if any(entry.startswith("xl/externallinks/") for entry in lowered):
            raise Refused(
                _("The workbook “%(name)s” takes values from other workbooks: break these links, and save it.")
                % {"name": name}
            )
        return "xlsx"
    if "content.xml" in names and "mimetype" in names and _small(archive, "mimetype").strip() == ODS:
        if any(entry.startswith(("basic/", "scripts/")) for entry in lowered):
            raise _has_macros(name)
        if "META-INF/manifest.xml" in names and b"encryption-data" in _small(archive, "META-INF/manifest.xml"):
            raise _needs_a_password(name)
        return "ods"
    if "xl/workbook.bin" in names:
        raise Refused(_("The file “%(name)s” is a binary workbook (XLSB): save it as XLSX.") % {"name": name})
    raise Refused(_("The file “%(name)s” is no spreadsheet: send XLSX, ODS or CSV.") % {"name": name})


def refusal_of_ole(content: bytes, name: str) -> Refused:
    """Why a file in Microsoft's old container is not read."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        return _needs_a_password(name)
    return Refused(
        _("The file “%(name)s” has the format of Excel 97–2003: open it and save it as XLSX.") % {"name": name}
    )


@contextmanager
def part(archive: zipfile.ZipFile, name: str) -> Iterator[IO[bytes]]:
    """A part of the workbook, unpacked as it is read.

    Raises:
        Refused: the part is missing or damaged.
    """
    try:
        with archive.open(name) as stream:
            yield stream
    except Refused:
        raise
    except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
        # NotImplementedError, for an unknown compression, is a RuntimeError.
        raise damaged(name) from error


def read_whole(archive: zipfile.ZipFile, name: str, handler: Handler) -> None:
    """Let ``handler`` read a part whose content is kept.

    Raises:
        Refused: the part is missing, damaged or larger than may be kept.
    """
    try:
        size = archive.getinfo(name).file_size
    except KeyError as error:
        raise damaged(name) from error
    if size > MOST_KEPT:
        raise Refused(
            _("The workbook holds more text than can be read at once (“%(part)s”): split it.") % {"part": name}
        )
    with part(archive, name) as stream:
        for _nothing in parse(stream, handler, name):
            pass


class Elements(Handler):
    """Collects the start of every element: ``(path of local names, attributes)``."""

    def __init__(self) -> None:
        super().__init__()
        self.path: list[str] = []
        self.found: list[tuple[str, dict[str, str]]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.path.append(local(tag))
        self.found.append(("/".join(self.path), {local(name): value for name, value in attributes.items()}))

    def end(self, tag: str) -> None:
        self.path.pop()


def is_bomb(entries: Sequence[zipfile.ZipInfo], packed: int) -> bool:
    """Whether an archive of ``packed`` bytes says that it unpacks to far more than a document holds."""
    unpacked = sum(entry.file_size for entry in entries)
    return len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED or _is_blown_up(unpacked, packed, entries)


def _is_blown_up(unpacked: int, packed: int, entries: Sequence[zipfile.ZipInfo]) -> bool:
    return unpacked > RATIO_COUNTS_FROM and unpacked > MOST_RATIO * min(
        packed, sum(entry.compress_size for entry in entries) or 1
    )


def _starts_an_archive(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    with part(archive, entry.filename) as stream:
        return stream.read(4) in (b"PK\x03\x04", OLE[:4])


def _small(archive: zipfile.ZipFile, name: str) -> bytes:
    with part(archive, name) as stream:
        return stream.read(1_000_000)


def _needs_a_password(name: str) -> Refused:
    return Refused(_("The file “%(name)s” is protected by a password: save it without one.") % {"name": name})


def _has_macros(name: str) -> Refused:
    return Refused(_("The workbook “%(name)s” holds macros: save it as XLSX, without them.") % {"name": name})
