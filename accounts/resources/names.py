"""Columns of translated fields."""

from accounts.resources.widgets import LANGUAGES


def in_languages(*names: str) -> tuple[str, ...]:
    """The columns of translated fields: ``name`` stands for name_fr, name_es and name_en."""
    return tuple(f"{name}_{language}" for name in names for language in LANGUAGES)
