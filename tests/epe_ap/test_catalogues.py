import gettext
import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import gettext as translated
from django.utils.translation import override

from epe_ap.catalogues import compile_catalogue, problems

HEADER = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=n > 1;\\n"

"""


def catalogue(folder: Path, text: str, language: str = "fr") -> Path:
    path = folder / language / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + text, encoding="utf-8")
    return path


def test_a_compiled_catalogue_translates_with_context_and_plural(tmp_path):
    path = catalogue(
        tmp_path,
        'msgid "Partner"\nmsgstr "Partenaire"\n\n'
        'msgctxt "month"\nmsgid "may"\nmsgstr "mai"\n\n'
        'msgid "%d figure"\nmsgid_plural "%d figures"\nmsgstr[0] "%d chiffre"\nmsgstr[1] "%d chiffres"\n',
    )

    assert compile_catalogue(path) is True

    with path.with_suffix(".mo").open("rb") as file:
        texts = gettext.GNUTranslations(file)
    assert texts.gettext("Partner") == "Partenaire"
    assert texts.pgettext("month", "may") == "mai"
    assert texts.ngettext("%d figure", "%d figures", 3) == "%d chiffres"


def test_a_catalogue_is_compiled_again_only_when_it_changed(tmp_path):
    path = catalogue(tmp_path, 'msgid "Partner"\nmsgstr "Partenaire"\n')
    compile_catalogue(path)

    assert compile_catalogue(path) is False

    later = path.with_suffix(".mo").stat().st_mtime + 5
    os.utime(path, (later, later))
    assert compile_catalogue(path) is True


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ('msgid "Partner"\nmsgstr "Partenaire"\n', ""),
        ('msgid "Partner"\nmsgstr ""\n', "is not translated"),
        ('#, fuzzy\nmsgid "Partner"\nmsgstr "Partie"\n', "is marked fuzzy"),
        ('msgid "%d figure"\nmsgid_plural "%d figures"\nmsgstr[0] "%d chiffre"\nmsgstr[1] ""\n', "is not translated"),
        ('#, python-format\nmsgid "%(n)s rows"\nmsgstr "%(nombre)s lignes"\n', "placeholders other than its original"),
        ('#, python-format\nmsgid "%(n)s rows"\nmsgstr "%(n)s lignes"\n', ""),
        ('#, python-format\nmsgid "82 %% is %(n)s"\nmsgstr "82 %% vaut %(n)s"\n', ""),
        (
            '#, python-format\nmsgid "One row"\nmsgid_plural "%(n)s rows"\n'
            'msgstr[0] "Une ligne"\nmsgstr[1] "%(n)s lignes"\n',
            "",
        ),
        ('#~ msgid "Old"\n#~ msgstr ""\n', ""),
    ],
)
def test_what_is_not_ready_is_said(tmp_path, entry, expected):
    found = list(problems(catalogue(tmp_path, entry)))
    assert len(found) == (1 if expected else 0)
    assert expected in "".join(found)


def test_the_language_of_the_originals_needs_no_translation(tmp_path):
    assert list(problems(catalogue(tmp_path, 'msgid "Partner"\nmsgstr ""\n', language="en"))) == []


def test_the_command_fails_for_a_language_without_a_catalogue(tmp_path, settings):
    settings.LOCALE_PATHS = [tmp_path]
    catalogue(tmp_path, 'msgid "Partner"\nmsgstr "Partenaire"\n')

    with pytest.raises(CommandError, match="No catalogue at all for: es"):
        call_command("compilemessages", "--check")


def test_the_command_lists_every_message_that_is_not_ready(tmp_path, settings):
    settings.LOCALE_PATHS = [tmp_path]
    for language in ("fr", "es"):
        catalogue(tmp_path, 'msgid "Partner"\nmsgstr ""\n', language)

    with pytest.raises(CommandError, match="2 messages are not ready"):
        call_command("compilemessages", "--check")


def test_the_process_that_compiles_speaks_the_new_words(tmp_path, settings):
    settings.LOCALE_PATHS = [tmp_path]
    catalogue(tmp_path, 'msgid "A word of no page"\nmsgstr "Un mot"\n')
    with override("fr"):
        assert translated("A word of no page") == "A word of no page"

    call_command("compilemessages")

    with override("fr"):
        assert translated("A word of no page") == "Un mot"
