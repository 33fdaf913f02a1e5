"""Text without case and accents, the same in Python and on both databases.

``icontains`` and ordering differ between SQLite and PostgreSQL as soon as a letter bears an accent. What is compared or
sorted is therefore folded first: "Égalité" is "egalite" everywhere.
"""

import unicodedata
from typing import Any, Final

from django.db import connection
from django.db.models import CharField, F, Func, TextField, Value
from django.db.models.functions import Cast, Collate, Lower, Replace

#: Letters of French, Spanish, English and their neighbours that are more than a to z.
LETTERS: Final = "àáâãäåçèéêëìíîïñòóôõöùúûüýÿœæ"
LIGATURES: Final = {"œ": "oe", "æ": "ae", "’": "'"}


def fold(text: str) -> str:
    """``text`` in small letters without accents."""
    small = text.casefold()
    for letter, letters in LIGATURES.items():
        small = small.replace(letter, letters)
    return "".join(c for c in unicodedata.normalize("NFKD", small) if not unicodedata.combining(c))


def folded(expression: Any) -> Func:
    """The same as :func:`fold`, as an expression of the database."""
    text: Any = Cast(expression, TextField())
    for letter in (*LETTERS, "’"):
        plain = Value(fold(letter), output_field=TextField())
        for variant in dict.fromkeys((letter, letter.upper())):
            text = Replace(text, Value(variant, output_field=TextField()), plain, output_field=TextField())
    return Lower(text, output_field=TextField())


def bytewise(expression: Any) -> Collate:
    """``expression`` ordered by its bytes, so that both databases put the same rows in the same order."""
    text = F(expression) if isinstance(expression, str) else expression
    return Collate(Cast(text, CharField()), "C" if connection.vendor == "postgresql" else "BINARY")
