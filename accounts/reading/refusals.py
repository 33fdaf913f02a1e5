"""What the readers of files share: the row, the refusal and the bounds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any, Final, NoReturn
from xml.parsers import expat

from django.utils.translation import gettext as _

#: Bytes of a file, and of all that it unpacks to. A report of 5,000 rows is 1 MB; a million empty rows unpack to 60.
MOST_BYTES: Final = 40_000_000
MOST_UNPACKED: Final = 250_000_000
#: Times that a file of more than 20 MB unpacked may be larger than packed; spreadsheets stay below 100.
MOST_RATIO: Final = 250
RATIO_COUNTS_FROM: Final = 20_000_000
#: Parts that are kept whole in memory: shared texts, styles, the list of sheets.
MOST_KEPT: Final = 60_000_000
MOST_ENTRIES: Final = 2_000
MOST_SHEETS: Final = 200
MOST_ROWS: Final = 500_000
MOST_COLUMNS: Final = 1_000
#: Characters of one cell; Excel itself keeps 32,767.
MOST_CHARACTERS: Final = 100_000

CHUNK: Final = 1 << 16


class Refused(ValueError):
    """A file that is not read; ``sentence`` says why, and the way out, in the active language."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Row:
    """One row that holds something: its number as the spreadsheet shows it, and its values from column A on."""

    number: int
    values: tuple[object, ...]
    is_hidden: bool = False
    hidden_columns: frozenset[int] = frozenset()


def damaged(part: str) -> Refused:
    """The refusal of a part of a workbook that cannot be parsed."""
    return Refused(
        _("The workbook is damaged: its part “%(part)s” cannot be read. Open it, save it anew, and send that file.")
        % {"part": part}
    )


def too_large(most: int, what: str) -> Refused:
    """The refusal of a sheet with more than ``most`` ``what`` (a translated plural)."""
    return Refused(
        _("The sheet has more than %(most)s %(what)s: delete what does not belong to it.")
        % {"most": most, "what": what}
    )


class Handler:
    """Receives a stream of XML; names come without their namespace. Rows that are complete wait in ``ready``."""

    def __init__(self) -> None:
        self.ready: list[Any] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element opens."""

    def end(self, tag: str) -> None:
        """An element closes."""

    def data(self, text: str) -> None:
        """Some text."""


def parse(
    stream: IO[bytes], handler: Handler, part: str, *, lighten: Callable[[bytes], bytes] | None = None
) -> Iterator[Any]:
    """What ``handler`` makes of ``stream``, as it comes; nothing is kept.

    ``lighten`` may take whole elements out of a piece that ends behind a ``>``, before it is parsed.

    Raises:
        Refused: XML that is not well formed, or that declares a document type, entities or anything external.
    """
    # The handlers of defusedxml, which itself would parse three times slower: a document type is refused where it
    # opens, so that no entity is ever declared, expanded or fetched.
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_declaration
    parser.EntityDeclHandler = _refuse_declaration
    parser.UnparsedEntityDeclHandler = _refuse_declaration
    parser.ExternalEntityRefHandler = _refuse_declaration
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.data
    try:
        for chunk in _pieces(stream) if lighten else iter(lambda: stream.read(CHUNK), b""):
            parser.Parse(lighten(chunk) if lighten else chunk, False)
            if handler.ready:
                ready, handler.ready = handler.ready, []
                yield from ready
        parser.Parse(b"", True)
        yield from handler.ready
    except _Declared:
        raise Refused(
            _("The workbook declares external content in its part “%(part)s”, which spreadsheets do not do: not read.")
            % {"part": part}
        ) from None
    except (expat.ExpatError, EOFError, OSError, ValueError) as error:
        if isinstance(error, Refused):
            raise
        raise damaged(part) from error


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """``stream`` in pieces that end behind a ``>``; a piece without any is handed over as it is."""
    rest = b""
    while chunk := stream.read(CHUNK):
        whole, mark, rest = (rest + chunk).rpartition(b">")
        if mark:
            yield whole + mark
        else:
            yield rest
            rest = b""
    yield rest


class _Declared(Exception):
    """A document type was declared."""


def _refuse_declaration(*_declared: object) -> NoReturn:
    raise _Declared


def local(tag: str) -> str:
    """The name of an element or attribute without its namespace."""
    return tag.rpartition("}")[2]


def as_percentage(fraction: Decimal) -> str:
    """A cell that holds 0.54 and shows a percentage, as it shows it: ``54%``."""
    points = fraction * 100
    return f"{points.normalize():f}%" if points else "0%"
