"""How texts and questions become words, and where the words of a question stand in a text. No database."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from accounts.folding import fold
from search.choices import LETTERS, Kind

#: What is one word: a number with its thousands apart ("28 755 933"), or letters and digits, with a point or comma
#: between two digits ("A07.1", "82,5").
TOKEN: Final = re.compile(
    r"(?<![^\W_])\d{1,3}(?:[\s.,'’]\d{3})+(?![^\W_])|[^\W_]+(?:(?<=\d)[.,](?=\d)[^\W_]+)*",
)
THOUSANDS: Final = re.compile(r"\d{1,3}(?:[\s.,'’]\d{3})+")
#: A longer word is cut: nobody types it, and an index holds no more than so much.
LONGEST_WORD: Final = 60
#: Shorter words stand for themselves alone, not for what begins with them.
SHORTEST_BEGINNING: Final = 3
#: Words that say nothing about what is looked for, where any other word does.
SILENT: Final = frozenset(
    [
        "a",
        "al",
        "and",
        "as",
        "at",
        "au",
        "aux",
        "avec",
        "by",
        "con",
        "d",
        "dans",
        "de",
        "del",
        "des",
        "do",
        "du",
        "e",
        "el",
        "en",
        "et",
        "for",
        "from",
        "in",
        "la",
        "las",
        "le",
        "les",
        "l",
        "los",
        "of",
        "on",
        "or",
        "ou",
        "para",
        "par",
        "por",
        "pour",
        "que",
        "qui",
        "sur",
        "the",
        "to",
        "un",
        "una",
        "une",
        "with",
        "y",
    ]
)
#: Of a question; what is more is left aside and said.
MOST_LETTERS: Final = 200
MOST_WORDS: Final = 10
#: Letters of a text that stand under a title.
EXCERPT: Final = 220


def words_of(text: str) -> list[str]:
    """The words of a text without case and accents, in their order, each once.

    >>> words_of("L'Égalité au Pérou: 28 755 933 (A07.1)")
    ['l', 'egalite', 'au', 'perou', '28755933', 'a07.1']
    """
    found = (_word(token) for token in TOKEN.findall(unicodedata.normalize("NFC", text)))
    return list(dict.fromkeys(word for word in found if word))


def _word(token: str) -> str:
    if THOUSANDS.fullmatch(token):
        return re.sub(r"\D", "", token)[:LONGEST_WORD]
    return "".join(c for c in fold(token).replace(",", ".") if c.isalnum() or c == ".")[:LONGEST_WORD]


@dataclass(frozen=True)
class Question:
    """The words that are looked for.

    Attributes:
        words: as :func:`words_of` gives them, without those that say nothing.
        is_cut: whether more was typed than is looked for.
    """

    words: tuple[str, ...]
    is_cut: bool = False

    @classmethod
    def of(cls, typed: str) -> "Question":
        words = words_of(typed[:MOST_LETTERS])
        telling = [word for word in words if word not in SILENT] or words
        return cls(tuple(telling[:MOST_WORDS]), is_cut=len(typed) > MOST_LETTERS or len(telling) > MOST_WORDS)

    @property
    def number(self) -> str:
        """The number that is asked for, if it is nothing but one: "28755933", "82.5"; else an empty text."""
        is_number = len(self.words) == 1 and re.fullmatch(r"[0-9]{1,11}(\.[0-9]{1,4})?", self.words[0])
        return self.words[0] if is_number else ""

    @property
    def code(self) -> str:
        """What may be the code of a project, if nothing else is asked for: "b05", "a07.1"; else an empty text."""
        is_code = len(self.words) == 1 and re.search(r"[^\W\d_].*[0-9]", self.words[0])
        return self.words[0] if is_code else ""


def stands_for_its_beginning(word: str) -> bool:
    """Whether a word of a question finds all words that begin with it."""
    return len(word) >= SHORTEST_BEGINNING and not word.isdigit()


def finds(asked: str, word: str) -> bool:
    """Whether a word of a question finds a word of a text."""
    return word.startswith(asked) if stands_for_its_beginning(asked) else word == asked


# --- Keys ----------------------------------------------------------------------------------------


def place(language: str, kind: Kind, *, in_title: bool = False) -> str:
    """What stands before each word in the index, so that one look into it finds the words of one language and kind."""
    letter = LETTERS[kind]
    return language + (letter.upper() if in_title else letter)


def keys_of(language: str, kind: Kind, *, names: Iterable[str], texts: Iterable[str]) -> str:
    """All that a record is found by, as one text: each word in its place, those of its names a second time as such.

    >>> keys_of("fr", Kind.PROJECT, names=["B05"], texts=["Le Pérou"])
    ' frRb05 frrb05 frrle frrperou '
    """
    named = words_of("\n".join(names))
    every = dict.fromkeys([*named, *words_of("\n".join(texts))])
    keys = [*(place(language, kind, in_title=True) + word for word in named)]
    keys += [place(language, kind) + word for word in every]
    return f" {' '.join(sorted(keys))} " if keys else ""


# --- What is shown -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Piece:
    """A part of a text, and whether it is one of the words that were looked for."""

    text: str
    is_found: bool = False


def pieces(text: str, asked: Iterable[str]) -> list[Piece]:
    """A text in parts, so that the words that were looked for can be marked."""
    asked = list(asked)
    found, before = [], 0
    for token in TOKEN.finditer(text):
        word = _word(token[0])
        if any(finds(each, word) for each in asked):
            found += [Piece(text[before : token.start()]), Piece(token[0], is_found=True)]
            before = token.end()
    found.append(Piece(text[before:]))
    return [piece for piece in found if piece.text]


def excerpt(text: str, asked: Iterable[str]) -> list[Piece]:
    """The part of a text around the first of the words that were looked for, in parts; its beginning when none is in it."""
    cut = _around(text, next(_starts(text, list(asked)), 0))
    return pieces(cut, asked)


def _starts(text: str, asked: list[str]) -> Iterator[int]:
    for token in TOKEN.finditer(text):
        word = _word(token[0])
        if any(finds(each, word) for each in asked):
            yield token.start()


def _around(text: str, where: int) -> str:
    if len(text) <= EXCERPT:
        return text
    start = 0 if where < EXCERPT * 2 // 3 else text.find(" ", where - EXCERPT // 3, where) + 1 or where
    end = start + EXCERPT
    if end < len(text):
        end = text.rfind(" ", start, end)
        end = end if end > where else start + EXCERPT
    cut = text[start:end].strip(" ,;·")
    return f"{'… ' if start else ''}{cut}{' …' if end < len(text) else ''}"
