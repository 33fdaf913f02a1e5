"""Texts and dates as each language writes them."""

import json
import re
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.utils import translation

from epe_ap.templatetags import texts


def on(month: int, *numbers: int, year: int = 2020) -> list[date]:
    return [date(year, month, number) for number in numbers]


@pytest.mark.parametrize(
    ("days", "written"),
    [
        (on(3, 21), "March 21, 2020"),
        (on(3, 22, 21), "March 21 and 22, 2020"),
        (on(11, 4, 5, 6), "November 4–6, 2020"),
        (on(11, 4, 5, 6, 9), "November 4–6 and 9, 2020"),
        (on(10, 15, 22, 29) + on(11, 5), "October 15, 22 and 29 and November 5, 2020"),
        (on(12, 31) + on(1, 1, year=2021), "December 31, 2020 and January 1, 2021"),
        ([], ""),
    ],
)
def test_days_stand_in_the_fewest_words(days, written):
    with translation.override("en"):
        assert texts.days(days) == written


@pytest.mark.parametrize(
    ("start", "end", "precision", "written"),
    [
        (date(2016, 1, 1), date(2023, 12, 31), "year", "2016–2023"),
        (date(2020, 1, 1), date(2020, 12, 31), "year", "2020"),
        (date(2024, 2, 1), date(2024, 4, 30), "month", "February–April 2024"),
        (date(2024, 11, 1), date(2025, 3, 31), "month", "November 2024 – March 2025"),
        (date(2024, 6, 1), date(2024, 6, 30), "month", "June 2024"),
        (date(2020, 6, 12), None, "day", "since June 12, 2020"),
        (None, date(2020, 6, 12), "day", "until June 12, 2020"),
        (None, None, "day", ""),
    ],
)
def test_a_stretch_of_time_is_as_exact_as_it_is_known(start, end, precision, written):
    with translation.override("en"):
        assert texts.span(start, end, precision) == written


def record(**fields):
    return SimpleNamespace(**{f"summary_{code}": "" for code in ("fr", "es", "en")} | fields)


def test_a_passage_stands_in_the_readers_language():
    with translation.override("es"):
        assert texts.passage(record(summary_es="Texto", summary_fr="Texte"), "summary") == "Texto"


def test_a_passage_in_another_language_is_marked_with_it_and_escaped():
    with translation.override("es"):
        assert texts.passage(record(summary_en="A <b> text"), "summary") == '<span lang="en">A &lt;b&gt; text</span>'
        assert texts.passage(record(), "summary") == ""


def test_a_title_is_translated_only_into_another_language_than_its_own():
    title = SimpleNamespace(
        language="fr", translated_title_fr="Autre", translated_title_es="", translated_title_en="Other"
    )
    found = {}
    for language in ("fr", "es", "en"):
        with translation.override(language):
            found[language] = texts.translation(title)

    assert found == {"fr": "", "es": "", "en": "Other"}


def test_codes_of_languages_are_written_out():
    with translation.override("en"):
        assert texts.language_names("en;es") == "English, Spanish"
        assert texts.language_names("en;qu") == "English, qu"


#: What no sentence of the fixtures holds, by its language. ``printed_value`` and the other names of a partner stand as the
#: sources write them.
MISSET = {
    "": r"""['"]|  |\u202f|^\s|\s$""",
    "fr": r"[“”]|«(?!\xa0)|(?<!\xa0)»|\s[;?!]|(?<![\xa0\d]):(?!//)|(?<=.)(?<!\xa0)%|\d[ ,.]\d{3}\b",
    "es": r"[“”]|«\s|\s»|\s[:;?!]|(?<=.)(?<!\xa0)%|\d[ ,.]\d{3}\b",
    "en": r"[«»]|\s[:;?!]|\s%|\d[ \xa0]\d{3}\b",
}


def rows():
    """Each row of the fixtures with the name of its file."""
    for path in sorted((settings.BASE_DIR / "fixtures").glob("*.json")):
        for row in json.loads(path.read_text(encoding="utf-8")):
            yield f"{path.name} {row['model']}", row


def sentences():
    """Each text of the fixtures that is read as prose or as a title, with its language."""
    for where, row in rows():
        fields = row["fields"]
        for field, text in fields.items():
            suffix = re.search("_(fr|es|en)$", field)
            if suffix and text:
                yield suffix[1], f"{where} {field}", text
            elif field in ("title", "name", "section") and row["model"] != "partners.partneralias":
                yield fields.get("language", "fr"), f"{where} {field}", text


def numbers(text):
    """The numbers of a text that are written in digits, without years and codes."""
    text = re.sub(r"\b[A-Z]+\d[\d.]*|CONALEP (021|146)|\b20[0-3]\d\b", "", text)
    grouped = re.sub(r"(?<=\d)[\xa0,](?=\d{3}\b)", "", text)
    return sorted(number.replace(",", ".") for number in re.findall(r"\d+(?:[.,]\d+)?", grouped))


def test_the_fixtures_say_the_same_numbers_in_each_language():
    found = []
    for where, row in rows():
        for field, text in row["fields"].items():
            if field.endswith("_fr") and text:
                others = [row["fields"].get(field.removesuffix("_fr") + suffix) for suffix in ("_es", "_en")]
                found += [(where, text, other) for other in others if other and numbers(other) != numbers(text)]
    assert found == []


def test_the_story_of_a_country_or_theme_is_told_with_figures_of_the_fixtures():
    figures, stories = set(), []
    for where, row in rows():
        fields = row["fields"]
        if row["model"] in ("indicators.actual", "indicators.target", "indicators.baseline"):
            figures |= {Decimal(number) for number in (fields.get("value"), fields.get("share")) if number is not None}
        elif row["model"] in ("partners.country", "projects.theme"):
            text = f"{fields.get('summary_en', '')} {fields.get('account_en', '')}".replace(" million", ",000,000")
            stories += [(where, number) for number in numbers(text)]
    assert stories
    assert [story for story in stories if Decimal(story[1]) not in figures] == []


def test_the_sentences_of_the_fixtures_are_set_as_each_language_sets_them():
    found = [
        (where, text) for language, where, text in sentences() if re.search(f"{MISSET['']}|{MISSET[language]}", text)
    ]
    assert found == []
