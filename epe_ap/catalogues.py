"""Message catalogues: compiling them, and finding what is not translated. Needs no GNU gettext."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import polib

# %s, %(name)s, %d … A translation that has others than its original breaks the page that shows it.
# A doubled sign is a written percent sign, and the letter after it is the next word's.
PLACEHOLDER = re.compile(r"%%|%(?:\(\w+\))?[-+ #0]*\d*(?:\.\d+)?[sdifr]")

#: The language of the originals: an empty translation means "as it stands".
SOURCE_LANGUAGE = "en"


def catalogues(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/LC_MESSAGES/*.po"))


def compile_catalogue(po_path: Path) -> bool:
    """Write the .mo beside a .po, and say whether that was needed. Entries marked fuzzy are left out."""
    mo_path = po_path.with_suffix(".mo")
    if mo_path.exists() and mo_path.stat().st_mtime_ns >= po_path.stat().st_mtime_ns:
        return False
    # Beside and then renamed: a server that reads at this moment never sees half a file.
    unfinished = mo_path.with_suffix(f".mo.{os.getpid()}")
    polib.pofile(str(po_path), encoding="utf-8").save_as_mofile(str(unfinished))
    unfinished.replace(mo_path)
    return True


def problems(po_path: Path) -> Iterator[str]:
    """One sentence for each message that is fuzzy, untranslated, or has other placeholders than its original."""
    language = po_path.parent.parent.name
    for entry in polib.pofile(str(po_path), encoding="utf-8"):
        if entry.obsolete:
            continue
        where = f"{language}, line {entry.linenum}: “{entry.msgid[:70]}”"
        translations = list(entry.msgstr_plural.values()) or [entry.msgstr]
        if entry.fuzzy:
            yield f"{where} is marked fuzzy: correct it and remove the mark."
        elif not all(translations):
            if language != SOURCE_LANGUAGE:
                yield f"{where} is not translated."
        elif "python-format" in entry.flags:
            wanted = _placeholders(entry.msgid_plural or entry.msgid)
            singular = _placeholders(entry.msgid)
            for text in translations:
                # A singular or plural form may leave the number out ("one result").
                if _placeholders(text) not in (wanted, singular):
                    yield f"{where} has placeholders other than its original: “{text[:70]}”."


def _placeholders(text: str) -> list[str]:
    return sorted(found for found in PLACEHOLDER.findall(text) if found != "%%")
