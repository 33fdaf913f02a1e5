"""The book as it is loaded: every row by the rules, every figure with its source, and the pages that it was loaded for."""

import csv
import gzip
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import translation

from accounts.actions.bulk import check_many
from accounts.folding import fold, starting
from forums.models import Forum
from indicators.actions import check_results
from indicators.filters.words import NAMES, mentioning
from indicators.formulas import formulas
from indicators.models import Actual, Baseline, Indicator, Result, Series, Target
from indicators.querysets import NOTES
from indicators.tables import FigureRow, Names
from library.actions import Loaded, load_fixtures
from library.models import Citation, Discrepancy
from partners.models import Partner
from projects.models import Activity, Programme, Project, Theme
from search.actions import check_search
from search.models import Entry

FILES = sorted((settings.BASE_DIR / "fixtures").glob("*.json"))


@pytest.fixture(scope="module")
def book(django_db_setup: None, django_db_blocker: Any) -> Iterator[Loaded]:
    """The book, loaded once for all tests of this module and taken back afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load_fixtures(paths=FILES)
        transaction.set_rollback(True)


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("book")]


def test_every_row_keeps_every_rule(book: Loaded) -> None:
    broken = []
    for label in book.records:
        app, model = label.split(".")
        rows = list(_model(app, model)._base_manager.all())
        # What full_clean() would say of each, as tests of check_many() hold: alone, each row takes twenty queries.
        broken += [f"{label} {rows[place]}: {error}" for place, error in check_many(rows).items()]
    assert broken == []


def _model(app: str, name: str) -> Any:
    from django.apps import apps

    return apps.get_model(app, name)


def test_results_are_those_that_the_rules_give() -> None:
    assert list(check_results()) == []


def test_the_search_followed_the_load() -> None:
    """All but the pages of no record, which come with the program: rebuild_search makes them."""
    assert {difference.entry[0] for difference in check_search()} == {"page"}
    found = {kind.value for kind in Entry.objects.hits(["egalite"], language="fr", stop=1).numbers}
    assert found >= {"indicator", "project", "theme", "forum", "publication", "finding", "goal"}


def test_every_figure_has_a_source() -> None:
    for model in (Actual, Target, Baseline):
        assert list(model.objects.filter(citations=None)) == []


def test_every_citation_that_differs_is_explained() -> None:
    differing = [
        citation.code
        for citation in Citation.objects.select_related("actual", "target", "baseline").filter(discrepancies=None)
        if citation.differs
    ]
    assert differing == []


def test_every_discrepancy_has_two_sides() -> None:
    lonely = [row.code for row in Discrepancy.objects.all() if row.citations.count() + row.actuals.count() < 2]
    assert lonely == []


def test_no_loaded_figure_looks_entered_by_hand() -> None:
    """The date of loading is never taken for the date of a figure."""
    assert set(Actual.objects.values_list("route", "approved_at", "approved_by")) == {("published_source", None, None)}
    assert not Series.objects.filter(is_expected=True, indicator__programme__slug="epe-ap").exists()


def test_texts_stand_in_three_languages() -> None:
    """A text that is there in one language is there in all; names keep their own."""
    missing = []
    for path in FILES:
        for row in json.loads(path.read_text(encoding="utf-8")):
            for field, text in row["fields"].items():
                if field.endswith("_fr") and field != "translated_title_fr" and field != "translated_name_fr" and text:
                    stem = field.removesuffix("_fr")
                    missing += [
                        f"{path.name} {row['model']} {stem}_{language}"
                        for language in ("es", "en")
                        if not row["fields"].get(f"{stem}_{language}")
                    ]
    assert missing == []


def test_programmes() -> None:
    epe = Programme.objects.get(slug="epe-ap")
    assert (epe.budget, epe.currency, epe.date_precision) == (Decimal(16_000_000), "CAD", "year")
    assert (epe.starts_on, epe.ends_on) == (date(2016, 1, 1), date(2023, 12, 31))
    assert sorted(epe.countries.values_list("code", flat=True)) == ["CL", "CO", "MX", "PE"]
    assert epe.funder_identifier == "D002449001"
    assert Programme.objects.filter(slug="skill-up").exists()
    assert list(Theme.objects.filter(account_en="")) == []


def test_projects() -> None:
    projects = Project.objects.filter(programme__slug="epe-ap")
    assert Counter(projects.values_list("component", "kind")) == {
        ("A", "technical_assistance"): 3,
        ("B", "institutional_partnership"): 13,
    }
    assert sorted(projects.get(code="B05").project_themes.values_list("theme__code", flat=True)) == ["T3", "T4"]
    assert len(set(projects.get(code="B05").project_themes.values_list("title", flat=True))) == 2
    assert set(projects.values_list("code", flat=True)) == {
        "A07.1", "A07.2", "A08", "B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08.1", "B08.2", "B09", "B10", "B11", "B12",
    }  # fmt: skip


def test_leads_are_those_that_a_chapter_marks() -> None:
    leads = Partner.objects.filter(partnerships__role="lead", partnerships__is_adopted=True)
    marked = dict(leads.values_list("partnerships__project__code", "slug"))
    assert marked["B05"] == "marine-institute"
    assert marked["B08.1"] == "durham-college"
    assert not {"B02", "B11"} & set(marked), "the book marks no lead there"


def test_forums_met_on_these_days() -> None:
    days = {forum.number: [str(day.day) for day in forum.days.all()] for forum in Forum.objects.all()}
    assert days == {
        1: ["2019-03-21", "2019-03-22"],
        2: ["2019-11-04", "2019-11-05", "2019-11-06"],
        3: ["2020-10-15", "2020-10-22", "2020-10-29", "2020-11-05"],
        4: ["2021-10-28", "2021-11-04", "2021-11-11", "2021-11-18"],
        5: ["2023-01-24", "2023-01-25", "2023-01-26"],
    }


@pytest.mark.parametrize(
    ("slug", "key", "value", "target", "status"),
    [
        ("actors-in-labour-matching", "", "213", "40", "exceeded"),
        ("extracurricular-environment-opportunities", "", "77", "40", "exceeded"),
        ("institutions-with-gender-mechanisms", "", "11", "7", "exceeded"),
        ("campaign-exposure", "", "28755933", "1000000", "exceeded"),
        ("leaders-trained-in-policies", "", "3006", None, "recorded"),
        ("dialogue-agreements", "", "116", None, "recorded"),
        ("training-programmes", "", "16", None, "recorded"),
        ("national-actors-gender-aware", "", "57", None, "recorded"),
    ],
)
def test_headline_facts(slug: str, key: str, value: str, target: str | None, status: str) -> None:
    row = Result.objects.get(
        indicator__slug=slug, breakdown_key=key, project=None, country=None, partner=None, forum=None, origin="reported"
    )
    assert row.actual == Decimal(value)
    assert row.target == (Decimal(target) if target else None)
    assert row.status == status


def test_over_achievement_is_not_capped() -> None:
    row = Result.objects.get(indicator__slug="actors-in-labour-matching", breakdown_key="")
    assert row.achievement == Decimal("532.5")


def test_every_public_figure_has_an_address_and_the_arithmetic_of_its_ratio() -> None:
    rows = list(Result.objects.public().filter(is_suppressed=False).select_related("indicator", "programme"))
    assert len({row.get_absolute_url() for row in rows}) == len(rows) > 200
    with_ratio = [row for row in rows if row.achievement is not None or row.progress is not None]
    with translation.override("en"):
        said = {row.indicator.slug: formulas(FigureRow(row, Names({}, {})), [])[-1].numbers for row in with_ratio}
    assert said["actors-in-labour-matching"] == "213 ÷ 40 = 532.5%"
    assert said["institutions-with-gender-mechanisms"] == "(11 − 0) ÷ (7 − 0) = 157.1%"
    assert all(said.values())


def test_shares_stay_shares() -> None:
    row = Result.objects.get(indicator__slug="leaders-trained-in-policies", breakdown_key="sex=women")
    assert (row.share, row.actual) == (Decimal(54), None)


def test_country_split_of_the_training_programmes() -> None:
    rows = Result.objects.filter(indicator__slug="training-programmes", project=None).exclude(country=None)
    assert dict(rows.values_list("country__code", "actual")) == {"CL": 6, "CO": 3, "MX": 5, "PE": 2}


def test_forum_held_in_chile_is_no_figure_of_chile() -> None:
    assert Forum.objects.get(number=1).country.code == "CL"
    assert set(Result.objects.exclude(forum=None).values_list("country", flat=True)) == {None}


def test_work_plan_says_what_is_to_be_confirmed() -> None:
    assert Counter(Activity.objects.values_list("confirmation", flat=True)) == {
        "to_be_confirmed": 5,
        "confirmed": 1,
        "to_be_determined": 1,
    }


def rows_of(client: Client, query: str) -> list[dict[str, str]]:
    response = client.get(f"/fr/results.csv?{query}")
    return list(csv.DictReader(io.StringIO(b"".join(response).decode("utf-8-sig"))))


def test_chile_and_theme_3_show_exactly_what_is_both(client: Client) -> None:
    expected = {
        (
            row.indicator.slug,
            row.project.code if row.project else "",
            row.partner.slug if row.partner else "",
            row.breakdown_key,
        )
        for row in Result.objects.filter(
            is_public=True, country__code="CL", indicator__themes__code="T3", nature__in=["outcome", "output"]
        ).select_related("indicator", "project", "partner")
    }
    found = rows_of(client, "country=CL&theme=T3")
    slugs = dict(Indicator.objects.values_list("code", "slug"))
    assert {row["country"] for row in found} == {"CL"}
    assert all("T3" in row["themes"].split(";") for row in found)
    assert not any(row["forum"] for row in found)
    assert {
        (slugs.get(row["indicator"], row["indicator"]), row["project"], row["partner"], row["breakdown"])
        for row in found
    } == expected


def test_page_of_chile_and_theme_3_offers_the_regional_figures_beside(client: Client) -> None:
    page = client.get("/fr/results/?country=CL&theme=T3").content.decode()
    enrolled = Indicator.objects.get(slug="students-enrolled")
    assert enrolled.get_absolute_url() in page
    assert "/fr/forums/1/" not in page.split("<main", 1)[1].split("</main>", 1)[0]


def test_a_first_visit_of_the_results_is_no_more_than_120_kb(client: Client) -> None:
    """Page, style and scripts as they travel: compressed, nothing kept from before."""
    page = client.get("/fr/results/", headers={"accept-encoding": "gzip"})
    assert page["Content-Encoding"] == "gzip"
    named = re.findall(r'(?:href|src)="/static/([^"]+)"', gzip.decompress(page.content).decode())
    files = {name: len(gzip.compress((settings.BASE_DIR / "static" / name).read_bytes(), 9)) for name in named}
    assert {"css/components.css", "js/results.js", "js/vendor/htmx-2.0.11.min.js"} <= files.keys()
    assert len(page.content) + sum(files.values()) <= 120_000


def test_a_search_of_the_results_finds_the_rows_that_say_its_words() -> None:
    related = Result.objects.public().select_related(*NAMES, "actual_record")
    rows = {row: said_of(row) for row in related.prefetch_related("partner__aliases")}
    indicators = list(Indicator.objects.values_list("pk", flat=True))
    found = {
        words: set(Result.objects.public().filter(mentioning(words, indicators=indicators)))
        for words in (
            "femmes",
            "Égalité",
            "colombie",
            "cégep",
            "s",
            "1",
            "%",
            "(",
            "l’",
            "œ",
            "MINES PÉROU",
            "b0 femmes",
        )
    }
    assert found == {
        words: {
            row for row, said in rows.items() if all(re.search(starting(word), said) for word in fold(words).split())
        }
        for words in found
    }
    assert sum(map(bool, found.values())) > 6


def said_of(row: Result) -> str:
    """What a search of the results looks for words in, read as plain records."""
    about = [(getattr(row, relation), fields) for relation, fields in NAMES.items() if getattr(row, relation)]
    texts = [getattr(record, field) for record, fields in about for field in fields if "__" not in field]
    texts += [alias.name for alias in row.partner.aliases.all()] if row.partner else []
    if row.actual_record and not row.is_suppressed:
        texts += [getattr(row.actual_record, field) for field in NOTES]
    return fold("\n".join(texts))
