"""CSV in the encodings and with the delimiters that spreadsheets write."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from typing import Final

from django.utils.translation import gettext as _

from accounts.reading.refusals import CHUNK, MOST_CHARACTERS, MOST_COLUMNS, MOST_ROWS, Refused, Row, too_large

DELIMITERS: Final = ";,\t"
SNIFFED_LINES: Final = 30
SNIFFED_CHARACTERS: Final = 1 << 16

BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def reader(content: bytes, name: str) -> Callable[[], Iterator[Row]]:
    """A function that reads the rows of a CSV file from its start.

    UTF-8 with or without its mark, UTF-16 with its mark, else Windows-1252. The delimiter is the one that splits the
    first lines most evenly, or the one that a first line ``sep=;`` names.

    Raises:
        Refused: the content is no text.
    """
    encoding = _encoding(content, name)
    # A few bytes more than are looked at: the last character may be cut in two.
    start = content[: 4 * SNIFFED_CHARACTERS].decode(encoding, errors="ignore")[:SNIFFED_CHARACTERS]
    if start.lstrip().lower().startswith(("<", "{\\rtf", "%pdf")):
        raise _no_spreadsheet(name)
    delimiter, has_sep_line = _delimiter(start)

    def rows() -> Iterator[Row]:
        # The limit of the csv module is one for the process, so it is never set; fields are measured here.
        with io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="") as text:
            lines = csv.reader(text, delimiter=delimiter, strict=True)
            number = filled = 0
            try:
                for number, fields in enumerate(lines, start=1):
                    if number == 1 and has_sep_line:
                        continue
                    values = [field if field.strip() else None for field in fields]
                    while values and values[-1] is None:
                        values.pop()
                    if not values:
                        continue
                    filled += 1
                    if filled > MOST_ROWS:
                        raise too_large(MOST_ROWS, _("rows"))
                    if len(values) > MOST_COLUMNS:
                        raise too_large(MOST_COLUMNS, _("columns"))
                    if any(value is not None and len(value) > MOST_CHARACTERS for value in values):
                        raise too_large(MOST_CHARACTERS, _("characters in one cell"))
                    yield Row(number, tuple(values))
            except csv.Error as error:
                raise Refused(
                    _("“%(name)s” cannot be read after row %(row)s: a quotation mark there is not closed.")
                    % {"name": name, "row": number}
                ) from error

    return rows


def _encoding(content: bytes, name: str) -> str:
    encoding = next((encoding for mark, encoding in BOMS if content.startswith(mark)), "utf-8")
    if encoding != "utf-16" and b"\0" in content:
        raise _no_spreadsheet(name)
    for candidate in (encoding, "cp1252"):
        decoder = codecs.getincrementaldecoder(candidate)()
        try:
            for at in range(0, len(content), CHUNK):
                text = decoder.decode(content[at : at + CHUNK])
                if any(c in text for c in "\0\x01\x02\x03\x04\x05\x06\x07\x0e\x0f"):
                    raise _no_spreadsheet(name)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            if encoding == "utf-16":
                break
            continue
        return candidate
    raise _no_spreadsheet(name)


def _delimiter(start: str) -> tuple[str, bool]:
    """The delimiter, and whether the first line only names it."""
    lines = start.splitlines(keepends=True)[:SNIFFED_LINES]
    first = lines[0].strip().strip('"').lower() if lines else ""
    if first.startswith("sep=") and first[4:5] in set(DELIMITERS) | {"|"}:
        return first[4], True
    if first == "sep=":
        return "\t", True
    return max(DELIMITERS, key=lambda delimiter: _evenness(lines, delimiter)), False


def _evenness(lines: list[str], delimiter: str) -> tuple[int, int]:
    """How many lines share the most common number of fields, when that is more than one; then that number."""
    counts: dict[int, int] = {}
    try:
        for fields in csv.reader(lines, delimiter=delimiter):
            if len(fields) > 1:
                counts[len(fields)] = counts.get(len(fields), 0) + 1
    except csv.Error:
        return 0, 0
    return max(((shared, width) for width, shared in counts.items()), default=(0, 0))


def _no_spreadsheet(name: str) -> Refused:
    return Refused(_("The file “%(name)s” is no spreadsheet: send XLSX, ODS or CSV.") % {"name": name})
