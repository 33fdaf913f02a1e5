"""Importing partners: what is shown before, what is written, what is refused, and who may."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import override

from accounts.actions import change, save_record
from accounts.actions.imports import Refused, apply, keep, preview, purge_previews
from accounts.actions.previews import Outcome, Preview
from accounts.choices import Door, ImportState
from accounts.models import Change, Import, StoredFile, User
from partners.models import Partner
from partners.resources import PartnerResource
from tests import factories as make

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Row:
    number: int
    values: tuple[object, ...]


@dataclass
class Sheet:
    """A sheet that stands in memory."""

    table: Sequence[Sequence[object]]
    name: str = "Partners"
    asked: int = field(default=0)

    def rows(self) -> Iterator[Row]:
        self.asked += 1
        for number, values in enumerate(self.table, start=1):
            yield Row(number, tuple(values))


HEADINGS = ("slug", "name", "language", "kind")
DUOC = ("duoc", "Duoc UC", "es", "tvet_institution")


@pytest.fixture
def staff() -> User:
    return User.objects.create_superuser(email="staff@example.org", name="Staff", password="password")


def kept(sheet: Sheet, by: User, seen: Preview | None = None) -> Import:
    resource = PartnerResource(by=by)
    seen = seen or preview(resource=resource, sheet=sheet)
    return keep(resource=resource, preview=seen, name="partners.csv", content=b"bytes", content_type="text/csv", by=by)


def applied(sheet: Sheet, by: User, **options: Any) -> Import:
    return apply(record=kept(sheet, by), resource=PartnerResource(by=by), sheet=sheet, by=by, **options)


def outcomes(seen: Preview) -> dict[str, int]:
    return {outcome.value: number for outcome, number in seen.counts.items() if number}


def sentences(table: Sequence[Sequence[object]], by: User | None = None) -> list[str]:
    with override("en"):
        return [str(problem) for problem in preview(resource=PartnerResource(by=by), sheet=Sheet(table)).problems]


# --- Looking ----------------------------------------------------------------------------------------------------------


def test_a_preview_shows_each_cell_that_differs_and_writes_nothing() -> None:
    make.partner(slug="duoc", name="DUOC", language="es", kind="tvet_institution")
    make.partner(slug="inacap", name="INACAP", language="es", kind="tvet_institution")
    changes = Change.objects.count()
    seen = preview(
        resource=PartnerResource(),
        sheet=Sheet(
            [HEADINGS, DUOC, ("inacap", "INACAP", "es", "tvet_institution"), ("sena", "SENA", "es", "public_body")]
        ),
    )
    assert outcomes(seen) == {"changed": 1, "unchanged": 1, "new": 1}
    changed, new = seen.rows
    assert [(each.column, each.cell, each.before, each.after) for each in changed.differences] == [
        ("name", "B2", "DUOC", "Duoc UC")
    ]
    assert [(each.column, each.before, each.after) for each in new.differences] == [
        ("slug", "", "sena"),
        ("name", "", "SENA"),
        ("language", "", "es"),
        ("kind", "", "public_body"),
    ]
    assert Partner.objects.get(slug="duoc").name == "DUOC"
    assert (Partner.objects.count(), Change.objects.count()) == (2, changes)


def test_applying_writes_one_change_with_history_and_the_second_time_nothing(staff: User) -> None:
    old = make.partner(slug="duoc", name="DUOC", language="es", kind="tvet_institution")
    sheet = Sheet([HEADINGS, DUOC, ("sena", "SENA", "es", "public_body")])
    record = applied(sheet, staff, reason="Names as the institutions write them")
    assert (record.state, record.rows_new, record.rows_changed) == (ImportState.APPLIED, 1, 1)
    assert (record.change.door, record.change.made_by, record.change.reason) == (
        Door.IMPORT,
        staff,
        "Names as the institutions write them",
    )
    assert Partner.objects.get(pk=old.pk).name == "Duoc UC"
    assert list(Partner.history.filter(change=record.change).order_by("slug").values_list("slug", "history_type")) == [
        ("duoc", "~"),
        ("sena", "+"),
    ]
    rows = Partner.history.count()
    seen = preview(resource=PartnerResource(), sheet=sheet)
    assert outcomes(seen) == {"unchanged": 2}
    with override("en"), pytest.raises(Refused, match="there is nothing to write"):
        applied(sheet, staff)
    assert (Partner.history.count(), Partner.objects.get(pk=old.pk).version) == (rows, 2)


def test_an_absent_column_leaves_and_an_empty_cell_clears() -> None:
    make.partner(slug="duoc", name="Duoc UC", acronym="DUOC", city="Santiago", is_public=False)
    seen = preview(resource=PartnerResource(), sheet=Sheet([("slug", "acronym", "is_public"), ("duoc", "", None)]))
    assert [(each.column, each.before, each.after) for each in seen.rows[0].differences] == [
        ("acronym", "DUOC", ""),
        ("is_public", "no", "yes"),
    ]


def test_headings_and_words_are_known_in_three_languages() -> None:
    make.country("CL", name_fr="Chili", name_es="Chile", name_en="Chile")
    table = [
        ("Liste des partenaires", None, None, None, None),
        ("SLUG", "Nombre oficial", "language_of the name", "Type", "pays"),
        ("duoc", " Duoc UC ", "espagnol", "institution d’EFTP", "CHILI"),
    ]
    kind = dict(Partner._meta.get_field("kind").flatchoices)["tvet_institution"]
    with override("es"):
        table[2] = (*table[2][:3], str(kind), "chile")
    with override("fr"):
        labels = [str(Partner._meta.get_field(name).verbose_name) for name in ("kind", "country")]
    with override("en"):
        table[1] = ("slug", "official name", str(Partner._meta.get_field("language").verbose_name), *labels)
    seen = preview(resource=PartnerResource(), sheet=Sheet(table))
    assert [str(problem) for problem in seen.problems] == []
    assert {each.column: each.after for each in seen.rows[0].differences} == {
        "slug": "duoc", "name": "Duoc UC", "language": "es", "kind": "tvet_institution", "country": "CL",
    }  # fmt: skip
    assert seen.header_row == 2


# --- Refusals ---------------------------------------------------------------------------------------------------------


def test_everything_wrong_is_said_at_once_with_sheet_cell_value_and_rule() -> None:
    assert sentences(
        [
            (*HEADINGS, "country", "is_public"),
            ("duoc", "Duoc UC", "xx", "tvet_institution", "Atlantis", "perhaps"),
            ("", "Nobody", "es", "tvet_institution", "", ""),
            ("a slug", "", "es", "tvet_institution", "", ""),
        ]
    ) == [
        "Sheet “Partners”, cell C2, “xx”: Write one of these: fr, es, en.",
        "Sheet “Partners”, cell E2, “Atlantis”: Nothing in “countries” has this code or name.",
        "Sheet “Partners”, cell F2, “perhaps”: Write yes or no.",
        "Sheet “Partners”, A3: This cell says which record the row is about: fill it in.",
        "Sheet “Partners”, cell A4, “a slug”: "
        "Enter a valid “slug” consisting of letters, numbers, underscores or hyphens.",
        "Sheet “Partners”, B4: This field cannot be blank.",
    ]


def test_unknown_and_doubled_and_missing_columns_are_named(staff: User) -> None:
    table = [("slug", "nmae", "Slug", "name", "flavour"), ("duoc", "", "duoc", "Duoc UC", "")]
    assert sentences(table) == [
        "Sheet “Partners”, cell B1, “nmae”: No column is called so. Did you mean “name”?",
        "Sheet “Partners”, cell C1, “Slug”: This column stands in A1 already: keep one of the two.",
        "Sheet “Partners”, cell E1, “flavour”: No column is called so: correct the heading, or take the column away.",
        "Sheet “Partners”, row 2: This field cannot be blank. (column “language”, which the file does not have)",
        "Sheet “Partners”, row 2: This field cannot be blank. (column “kind”, which the file does not have)",
    ]
    assert sentences([("name",), ("Duoc UC",)]) == [
        "Sheet “Partners”, row 1: The column “slug” is missing: it says which record a row is about."
    ]
    assert sentences([]) == ["Sheet “Partners”, A1: The sheet is empty."]
    with pytest.raises(Refused):
        applied(Sheet([("slug", "flavour"), ("duoc", "")]), staff, only_good=True)


def test_a_row_that_stands_twice_is_refused_with_both_cells() -> None:
    assert sentences([HEADINGS, DUOC, ("sena", "SENA", "es", "public_body"), DUOC]) == [
        "Sheet “Partners”, cell A4, “duoc”: This is the same record as in A2: keep one of the two rows."
    ]


def test_what_stands_under_no_heading_is_refused() -> None:
    assert sentences([HEADINGS, (*DUOC, "a remark")]) == [
        "Sheet “Partners”, cell E2, “a remark”: This cell stands under no heading of this import: nobody would read it."
    ]


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "\x1b[0m", "\ufffe"])
def test_what_no_database_keeps_is_refused_in_every_column(text: str) -> None:
    table = [(*HEADINGS, "country", "part_of"), (text, text, "es", "tvet_institution", text, f"other {text}")]
    rule = "It holds a character that cannot be kept: write it again without."
    found = sentences(table)
    assert [(sentence.split(",")[1], sentence.endswith(rule)) for sentence in found] == [
        (f" cell {letter}2", True) for letter in "ABEF"
    ]
    for sentence in found:
        sentence.encode()


def test_only_the_good_rows_when_asked_and_else_none(staff: User) -> None:
    sheet = Sheet([HEADINGS, DUOC, ("sena", "", "es", "public_body")])
    record = kept(sheet, staff)
    assert (record.rows_new, record.rows_refused) == (1, 1)
    with pytest.raises(Refused):
        apply(record=record, resource=PartnerResource(), sheet=sheet, by=staff)
    assert Partner.objects.count() == 0
    record = apply(record=record, resource=PartnerResource(), sheet=sheet, by=staff, only_good=True)
    assert list(Partner.objects.values_list("slug", flat=True)) == ["duoc"]
    with pytest.raises(Refused):
        apply(record=record, resource=PartnerResource(), sheet=sheet, by=staff, only_good=True)


def test_what_changed_since_it_was_shown_is_not_applied(staff: User) -> None:
    partner = make.partner(slug="duoc", name="DUOC", language="es", kind="tvet_institution")
    sheet = Sheet([HEADINGS, DUOC])
    record = kept(sheet, staff)
    with change(door=Door.ADMIN, by=staff):
        partner.name = "Duoc UC (Chile)"
        save_record(record=partner)
    with pytest.raises(Refused):
        apply(record=record, resource=PartnerResource(), sheet=sheet, by=staff)
    assert Partner.objects.get().name == "Duoc UC (Chile)"
    assert Import.objects.get().state == ImportState.PREVIEWED
    # Another file than the one that was shown is no better.
    with pytest.raises(Refused):
        apply(record=kept(sheet, staff), resource=PartnerResource(), sheet=Sheet([HEADINGS]), by=staff)


def test_only_who_may_write_the_records_imports_them() -> None:
    reader = make.user(is_staff=True)
    sheet = Sheet([HEADINGS, DUOC])
    with pytest.raises(PermissionDenied):
        kept(sheet, reader)
    record = kept(sheet, User.objects.create_superuser(email="a@example.org", name="A", password="p"))
    with pytest.raises(PermissionDenied):
        apply(record=record, resource=PartnerResource(by=reader), sheet=sheet, by=reader)
    assert Partner.objects.count() == 0


# --- Rows that name each other ----------------------------------------------------------------------------------------


def test_a_row_may_name_another_of_the_same_file_in_any_order(staff: User) -> None:
    table = [
        (*HEADINGS, "part_of"),
        ("campus", "Campus", "es", "tvet_institution", "college"),
        ("college", "College", "es", "tvet_institution", "group"),
        ("group", "Group", "es", "tvet_institution", ""),
    ]
    seen = preview(resource=PartnerResource(), sheet=Sheet(table))
    assert (outcomes(seen), Partner.objects.count()) == ({"new": 3}, 0)
    applied(Sheet(table), staff)
    assert dict(Partner.objects.values_list("slug", "part_of__slug")) == {
        "campus": "college", "college": "group", "group": None,
    }  # fmt: skip
    assert outcomes(preview(resource=PartnerResource(), sheet=Sheet(table))) == {"unchanged": 3}


def test_circles_are_refused_in_the_file_and_with_what_is_stored() -> None:
    rule = "It would come back to itself over the others: break the circle."
    assert sentences([(*HEADINGS, "part_of"), (*DUOC, "sena"), ("sena", "SENA", "es", "public_body", "duoc")]) == [
        f"Sheet “Partners”, cell E2, “sena”: {rule}",
        f"Sheet “Partners”, cell E3, “duoc”: {rule}",
    ]
    top = make.partner(slug="top")
    make.partner(slug="below", part_of=top)
    assert sentences([("slug", "part_of"), ("top", "below")]) == [f"Sheet “Partners”, cell B2, “below”: {rule}"]


def test_a_partner_is_found_by_another_name_when_one_alone_bears_it() -> None:
    college = make.partner(slug="college", name="Colegio Uno")
    make.partner_alias(partner=college, name="Collège Un")
    make.partner(slug="a", name="Instituto Nacional")
    make.partner(slug="b", name="INSTITUTO NACIONAL")
    with override("en"):
        seen = preview(
            resource=PartnerResource(),
            sheet=Sheet([("slug", "part_of"), ("a", "college un"), ("b", "Instituto nacional")]),
        )
    assert [each.after for each in seen.rows[0].differences] == ["college"]
    assert [problem.rule for problem in seen.problems] == [
        "Several records of “partners” bear this name: write the code of one of them (a, b)."
    ]


# --- Keeping ----------------------------------------------------------------------------------------------------------


def test_old_previews_go_with_their_files_and_applied_imports_stay(staff: User) -> None:
    done = applied(Sheet([HEADINGS, DUOC]), staff)
    old, new = kept(Sheet([HEADINGS, DUOC]), staff), kept(Sheet([HEADINGS, DUOC]), staff)
    Import.objects.exclude(pk=new.pk).update(made_at=timezone.now() - timedelta(days=2))
    assert purge_previews() == 1
    assert set(Import.objects.values_list("pk", flat=True)) == {done.pk, new.pk}
    assert not StoredFile.objects.filter(pk=old.file_id).exists()
    assert bytes(StoredFile.objects.get(pk=done.file_id).content) == b"bytes"


def test_the_number_of_queries_does_not_grow_with_the_rows(django_assert_num_queries: Any) -> None:
    make.country("CL")
    top = make.partner(slug="top")
    for rows in (1, 3):
        table: list[Any] = [(*HEADINGS, "country", "part_of")]
        for number in range(rows):
            make.partner(slug=f"p{rows}-{number}", part_of=top)
            table.append((f"p{rows}-{number}", "New name", "es", "tvet_institution", "CL", "top"))
        with django_assert_num_queries(8):
            assert outcomes(preview(resource=PartnerResource(), sheet=Sheet(table))) == {Outcome.CHANGED.value: rows}
