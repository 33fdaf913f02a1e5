"""Text without case and accents, the same in Python and on both databases.

``icontains`` and ordering differ between SQLite and PostgreSQL as soon as a letter bears an accent. What is compared or
sorted is therefore folded first: "Égalité" is "egalite" everywhere.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from django.db import connection
from django.db.models import CharField, F, Func, TextField
from django.db.models.functions import Cast, Collate

#: Letters of French, Spanish, Portuguese and their neighbours that are one plain letter with a mark.
MARKED: Final = "àáâãäåçèéêëìíîïñòóôõöùúûüýÿ"
LIGATURES: Final = {"œ": "oe", "æ": "ae", "’": "'"}


def fold(text: str) -> str:
    """``text`` in small letters without accents."""
    small = text.casefold()
    for letter, letters in LIGATURES.items():
        small = small.replace(letter, letters)
    return "".join(c for c in unicodedata.normalize("NFKD", small) if not unicodedata.combining(c))


def _fold_or_null(text: str | None) -> str | None:
    return None if text is None else fold(text)


@cache
def _folding_on_postgresql() -> str:
    letters = MARKED + MARKED.upper()
    plain = "".join(fold(letter) for letter in letters)
    template = f"TRANSLATE(%(expressions)s, '{letters}', '{plain}')"
    for letter, plain_letters in LIGATURES.items():
        quoted = plain_letters.replace("'", "''")
        for variant in dict.fromkeys((letter, letter.upper())):
            template = f"REPLACE({template}, '{variant}', '{quoted}')"
    return f"LOWER({template})"


class Folded(Func):
    """The same as :func:`fold`, as an expression of the database."""

    function = "FOLDED"
    arity = 1
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        # SQLite knows no accents and its parser no dozens of nested calls: it asks Python.
        connection.ensure_connection()
        connection.connection.create_function(self.function, 1, _fold_or_null, deterministic=True)
        return self.as_sql(compiler, connection, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template=_folding_on_postgresql(), **context)


def folded(expression: Any) -> Folded:
    """``expression`` in small letters without accents."""
    return Folded(expression)


def starting(word: str) -> str:
    """A pattern for ``__regex`` on a folded text: ``word`` at the start of a word, so that "uts" is not in "instituts"."""
    escaped = re.escape(word)
    # What begins with a mark ("%") has no word to be the start of.
    return f"(^|[^a-z0-9]){escaped}" if word[:1].isalnum() else escaped


def naming(names: Iterable[str]) -> str:
    """A pattern for ``__regex`` on a folded text: one of these names (at least one), as whole words."""
    alternatives = "|".join(sorted({re.escape(fold(name)) for name in names}))
    return f"(^|[^a-z0-9])({alternatives})([^a-z0-9]|$)"


def bytewise(expression: Any) -> Collate:
    """``expression`` ordered by its bytes, so that both databases put the same rows in the same order."""
    text = F(expression) if isinstance(expression, str) else expression
    return Collate(Cast(text, CharField()), "C" if connection.vendor == "postgresql" else "BINARY")
