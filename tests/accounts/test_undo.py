"""Taking an import back: all of it or nothing, and only while nobody built on it."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils.translation import override

from accounts.actions import change, save_record
from accounts.actions.imports import Refused
from accounts.actions.undoing import undo
from accounts.choices import Door, ImportState
from accounts.models import Import, User
from accounts.resources import KeysWidget, RecordResource
from partners.models import Country, Partner
from partners.resources import PartnerResource
from projects.models import Project
from tests import factories as make
from tests.accounts.test_imports import DUOC, HEADINGS, Sheet, applied, apply, keep, preview, staff

# Their sentences are read in English, whatever ran before.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

__all__ = ["staff"]


def take_back(record: Import, by: User, reason: str = "Wrong file") -> Import:
    return undo(record=record, resource=PartnerResource(by=by), by=by, reason=reason)


def rows() -> list[dict[str, object]]:
    return list(Partner.objects.order_by("pk").values())


def without_version(table: list[dict[str, object]]) -> list[dict[str, object]]:
    return [{name: value for name, value in row.items() if name != "version"} for row in table]


def test_what_it_created_goes_what_it_changed_is_as_before_and_the_history_stays(staff: User) -> None:
    top = make.partner(slug="top", name="Top")
    make.partner(slug="duoc", name="DUOC", part_of=top, acronym="D", language="es", kind="tvet_institution")
    before = rows()
    record = applied(
        Sheet(
            [
                (*HEADINGS, "part_of"),
                (*DUOC, "group"),
                ("group", "Group", "es", "public_body", "division"),
                ("division", "Division", "es", "public_body", ""),
            ]
        ),
        staff,
    )
    assert Partner.objects.get(slug="duoc").part_of.slug == "group"
    record = take_back(record, staff)
    assert without_version(rows()) == without_version(before)
    assert record.state == ImportState.UNDONE
    assert (record.undone_by.door, record.undone_by.reason, record.undone_by.made_by) == (
        Door.IMPORT,
        "Wrong file",
        staff,
    )
    told = Partner.history.filter(slug__in=["duoc", "group"]).order_by("history_id")
    assert [(row.slug, row.history_type, row.name) for row in told] == [
        ("duoc", "+", "DUOC"),
        ("group", "+", "Group"),
        ("duoc", "~", "Duoc UC"),
        ("group", "-", "Group"),
        ("duoc", "~", "DUOC"),
    ]
    # Once is enough, and the same file may come again.
    with pytest.raises(Refused):
        take_back(record, staff)
    assert applied(Sheet([HEADINGS, DUOC]), staff).rows_changed == 1


def test_it_is_refused_once_somebody_saved_one_of_its_records(staff: User) -> None:
    record = applied(Sheet([HEADINGS, DUOC, ("sena", "SENA", "es", "public_body")]), staff)
    partner = Partner.objects.get(slug="duoc")
    with change(door=Door.ADMIN, by=make.user(name="Ana Demo")):
        partner.name = "Duoc"
        save_record(record=partner)
    with override("en"), pytest.raises(Refused) as refused:
        take_back(record, staff)
    assert "Duoc (Ana Demo, " in refused.value.sentence
    assert set(Partner.objects.values_list("slug", flat=True)) == {"duoc", "sena"}
    assert Import.objects.get(pk=record.pk).state == ImportState.APPLIED


def test_it_is_refused_while_something_rests_on_what_it_created(staff: User) -> None:
    record = applied(Sheet([HEADINGS, DUOC]), staff)
    project = make.project(code="B08", slug="B08")
    # Deleting the partner would quietly delete a name and be kept up by the part in a project.
    make.partner_alias(partner=Partner.objects.get(), name="Duoc Chile")
    make.partnership(project=project, partner=Partner.objects.get())
    with override("en"), pytest.raises(Refused) as refused:
        take_back(record, staff)
    assert "other name Duoc Chile" in refused.value.sentence
    assert "partnership " in refused.value.sentence
    assert Partner.objects.get().slug == "duoc"


def test_only_who_may_import_takes_back_and_says_why(staff: User) -> None:
    record = applied(Sheet([HEADINGS, DUOC]), staff)
    with pytest.raises(PermissionDenied):
        take_back(record, make.user(is_staff=True))
    with pytest.raises(Refused):
        take_back(record, staff, reason=" ")
    assert Partner.objects.count() == 1


class ProjectCountries(RecordResource):
    kind = "project countries"

    class Meta:
        model = Project
        import_id_fields = ("slug",)
        fields = ("slug", "programme", "title", "countries")
        widgets = {"countries": KeysWidget(Country)}


def test_links_are_restored_though_no_history_tells_them(staff: User) -> None:
    chile, peru = make.country("CL"), make.country("PE")
    project = make.project(slug="B08", title="Title")
    project.countries.set([peru])
    sheet = Sheet([("slug", "countries"), ("B08", "PE; CL")])
    resource = ProjectCountries(by=staff)
    seen = preview(resource=resource, sheet=sheet)
    assert [(each.before, each.after) for each in seen.rows[0].differences] == [("PE", "CL;PE")]
    record = keep(resource=resource, preview=seen, name="p", content=b"", content_type="", by=staff)
    record = apply(record=record, resource=resource, sheet=sheet, by=staff)
    assert set(project.countries.all()) == {chile, peru}
    assert preview(resource=resource, sheet=sheet).writes == 0
    undo(record=record, resource=resource, by=staff, reason="Wrong")
    assert set(project.countries.all()) == {peru}
    assert Project.objects.get().version == 3


def test_a_record_stays_in_its_programme(staff: User) -> None:
    project = make.project(slug="B08")
    other = make.programme(slug="other")
    sheet = Sheet([("slug", "programme"), ("B08", "other")], name="Projects")
    with override("en"):
        problems = preview(resource=ProjectCountries(by=staff), sheet=sheet).problems
    rule = f"It belongs to {project.programme} and stays there."
    assert [str(problem) for problem in problems] == [f"Sheet “Projects”, cell B2, “other”: {rule}"]
    assert not other.projects.exists()
