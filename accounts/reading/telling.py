"""What a sentence about something written repeats of it: what was written, and in which cell."""

from typing import Final

#: How much of it a sentence repeats.
SHOWN: Final = 60


def shown(written: object) -> str:
    """What was written, on one line, cut when it is long, without what no page can show."""
    text = " ".join(str(written if written is not None else "").split())
    text = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def letters(column: int) -> str:
    """The letters of a column, counted from 0: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def address(row: int, column: int) -> str:
    """The cell in ``row`` (from 1) and ``column`` (from 0) as a spreadsheet names it: ``address(7, 2)`` is ``C7``."""
    return f"{letters(column)}{row}"
