"""The table of the search follows every change, holds what the public sees, and nothing else."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils.translation import override

from accounts.actions import save_record
from accounts.actions.bulk import delete_many, save_many
from accounts.choices import Door
from indicators import actions
from library.models import Publication
from partners.models import PartnerAlias
from search.actions import check_search, rebuild_search
from search.choices import IN_WORK_PLANS, Kind
from search.models import Entry
from tests import factories as make
from tests.everything import Everything
from tests.factories import change, three

pytestmark = pytest.mark.django_db


def found(words: str, language: str = "fr") -> list[tuple[str, str]]:
    """Kind and key of all real entries that hold the words."""
    hits = Entry.objects.hits(words.split(), language=language, stop=100)
    keys = [key for keys in hits.keys.values() for key in keys]
    return sorted((entry.kind, entry.key) for entry in Entry.objects.filter(pk__in=keys))


def save(record: Any, **fields: Any) -> Any:
    for name, value in fields.items():
        setattr(record, name, value)
    with change(door=Door.ADMIN, reason="test"):
        return save_record(record=record)


def test_entries_are_what_the_public_sees_and_come_anew_as_they_were() -> None:
    everything = Everything()
    everything.add(2)
    rebuild_search()

    assert check_search() == []
    hidden = Entry.objects.filter(title__contains="HIDDEN") | Entry.objects.filter(text__contains="HIDDEN")
    hidden |= Entry.objects.filter(keys__contains="hidden")
    # Of a demonstration there are the pages that answer to who names it.
    assert {(entry.kind, entry.is_demonstration) for entry in hidden} == {("indicator", True), ("project", True)}
    assert found("hidden") == []
    kinds = set(Entry.objects.values_list("kind", flat=True))
    assert kinds == set(Kind.values)
    for entry in Entry.objects.exclude(is_demonstration=True):
        assert entry.get_absolute_url().startswith("/")


def test_each_way_of_writing_a_record_brings_its_entries_along() -> None:
    partner = save(make.Partner(slug="utp", name="Universidad Técnica", language="es", kind="tvet_institution"))
    assert found("tecnica") == [("partner", "utp")]
    alias = save(PartnerAlias(partner=partner, name="Otrora"))
    assert found("otrora") == [("partner", "utp")]
    with change(door=Door.ADMIN, reason="test"):
        alias.delete()
    assert found("otrora") == []

    programme = make.programme()
    rows = [
        Publication(slug=f"p{n}", kind="report", title=f"Informe {n}", language="es", programme=programme)
        for n in range(3)
    ]
    with change(door=Door.IMPORT, reason="test"):
        save_many(rows)
    assert len(found("informe")) == 3
    with change(door=Door.IMPORT, reason="test"):
        delete_many(rows[:2])
    assert found("informe") == [("publication", "p2")]

    save(partner, is_public=False)
    assert found("tecnica") == []
    assert check_search() != []  # what the factories wrote is not followed
    rebuild_search()
    assert check_search() == []


def test_what_an_entry_says_of_other_records_follows_them() -> None:
    project = make.project(code="B05", slug="B05")
    indicator = make.indicator(project=project, slug="trained", **three("name", "Formés"))
    sector = make.sector(**three("name", "Soudage"))
    project.sectors.add(sector)
    finding = make.finding(project=project, programme=project.programme, **three("text", "Écouter"))
    rebuild_search()
    assert found("b05") == [("finding", finding.code), ("indicator", "trained"), ("project", "B05")]

    save(project, code="B99")
    save(sector, **three("name", "Forage"))
    assert found("b05") == []
    assert found("b99") == [("finding", finding.code), ("indicator", "trained"), ("project", "B05")]
    assert found("forage") == [("project", "B05")]
    save(indicator, is_public=False)
    assert found("formes") == []
    save(project.programme, is_demonstration=True)
    assert found("b99") == []
    assert check_search() == []


def test_programmes_and_what_they_were_to_change_are_found_and_lead_to_their_place() -> None:
    programme = make.programme(code="SKILL-UP", slug="skill-up", **three("name", "Compétences"))
    result = make.expected_result(
        programme=programme, code="1110", **three("statement", "Emplois décents " + "x" * 400)
    )
    rebuild_search()
    assert found("skill up") == [("programme", "skill-up"), ("result", "skill-up/1110")]
    assert found("decents") == [("result", "skill-up/1110")]
    [entry] = Entry.objects.filter(kind=Kind.RESULT, language="fr")
    with override("fr"):
        assert entry.get_absolute_url() == "/fr/framework/?programme=skill-up#result-1110"

    save(programme, slug="skills", **three("name", "Aptitudes"))
    save(result, **three("statement", "Travail digne"))
    assert found("decents") == found("competences") == []
    assert found("aptitudes") == [("programme", "skills")]
    assert found("digne") == [("result", "skills/1110")]
    save(programme, is_demonstration=True)
    assert found("aptitudes") == found("digne") == []
    assert check_search() == []


def test_each_part_of_a_work_plan_is_found_and_leads_to_its_place(client: Client) -> None:
    plan = make.work_plan(slug="plan", title="Plan commun")
    area = make.area(work_plan=plan, number=2, **three("name", "Mobilité"))
    parts = {
        Kind.OBJECTIVE: make.objective(area=area, number=1, **three("text", "Reconnaître les diplômes")),
        Kind.ACTIVITY: make.activity(
            area=area, number=3, text_fr="Séminaire", text_es="Seminario", text_en="Seminar on diplômes"
        ),
        Kind.DELIVERABLE: make.deliverable(area=area, number=1, **three("text", "Une feuille de route")),
    }
    rebuild_search()
    places = {str(kind): f"plan/{kind}-2-{part.number}" for kind, part in parts.items()}
    assert found("mobilite") == sorted({"area": "plan/area-2", **places}.items())
    assert found("seminario", "es") == [("activity", "plan/activity-2-3")]
    page = client.get("/fr/work-plans/plan/").content.decode()
    for entry in Entry.objects.filter(kind__in=IN_WORK_PLANS, language="fr"):
        address, _mark, place = entry.get_absolute_url().partition("#")
        assert (address, f' id="{place}"' in page) == ("/fr/work-plans/plan/", True)

    save(parts[Kind.OBJECTIVE], **three("text", "Échanger"))
    save(area, number=4)
    save(plan, slug="accord")
    assert found("diplomes") == []
    assert found("echanger") == [("objective", "accord/objective-4-1")]
    assert check_search() == []
    save(plan, programme=make.programme(is_demonstration=True))
    assert found("mobilite") == []
    save(plan, programme=None)
    with change(door=Door.ADMIN, reason="test"):
        area.delete()
    assert found("echanger") == found("mobilite") == []
    assert check_search() == []


def test_a_source_is_found_as_long_as_the_public_sees_what_it_states() -> None:
    indicator = make.indicator()
    actual = make.actual(series=make.series(indicator=indicator))
    make.citation(actual=actual, document=make.document(slug="book", title="Le livre"))
    actions.rebuild_results()
    rebuild_search()
    assert found("livre") == [("source", "book")]
    save(indicator, is_public=False)
    with change(door=Door.ADMIN, reason="test"):
        actions.refresh_results(indicators=[indicator])
        save_record(record=indicator)
    assert found("livre") == []
    # A source of which nothing is cited is listed for itself.
    with change(door=Door.ADMIN, reason="test"):
        actions.remove_figure(record=actual)
    assert found("livre") == [("source", "book")]


def test_a_table_that_differs_is_told_and_made_anew(capsys: pytest.CaptureFixture[str]) -> None:
    make.country("CL", **three("name", "Chili"))
    with pytest.raises(CommandError, match="51 differences: run rebuild_search"):
        call_command("check_search")
    call_command("rebuild_search", if_needed=True)
    call_command("check_search")
    assert capsys.readouterr().out.endswith("The search finds what the records say.\n")
    assert found("chili") == [("country", "CL")]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="Only PostgreSQL has the index.")
def test_the_index_answers_and_a_word_holds_nothing_that_ends_its_quotes() -> None:
    rebuild_search()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM search_entry WHERE array_to_tsvector(string_to_array(btrim(keys), ' ')) @@ %s::tsquery",
            ["'frrb05':*"],
        )
        assert "search_entry_words" in str(cursor.fetchall())
