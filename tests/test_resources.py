"""Every kind of record as a spreadsheet: no column is forgotten, and what is written out and read back changes nothing."""

import io
from decimal import Decimal
from typing import Any

import pytest
from django.db import models
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from accounts.actions.imports import preview
from accounts.actions.previews import Outcome, Preview
from accounts.reading.workbooks import open_workbook
from accounts.writing import CSV, ODS, XLSX, Column, write_csv, write_ods, write_xlsx
from dashboards.kinds import KINDS, PROGRAMMES, Kind
from tests import factories as make

pytestmark = pytest.mark.django_db

#: Fields that stand in no column, and why.
LEFT_OUT = {
    "every record": {
        "id": "records are named by their natural key",
        "version": "counts saves by itself",
    },
    "projects": {
        "themes": "a sheet of its own: a project bears a title in each theme",
        "partners": "a sheet of its own: a partner has a role in each project",
    },
    "periods": {"published_at": "written by the act of publishing alone"},
    "series": {
        "scope_key": "the database makes it",
        "grain": "the database makes it",
    },
    "targets": {
        "is_current": "the sheet holds the targets in force",
        "replaces": "a row that states another target revises it: the action links both",
    },
    "actuals": {
        "approved_by": "a person; who approves is who imports",
        "first_published_value": "kept by the action when a published value changes",
        "first_published_on": "kept by the action when a published value changes",
    },
}

NASTY = (
    "=1+1", "'=1+1", "''", "-5", "+33 1", "@home", "00123", "1e5", "TRUE", "31/12/2021", "12 345,6", "54 %", "n.d.", "a;b",
    'say "no", then', "two\nlines", "trois  espaces", "\N{NO-BREAK SPACE}été", "_x000D_", "ñandú 🦙", "<b>&amp;</b>", "#REF!",
)  # fmt: skip
TEXTS = st.sampled_from(NASTY) | st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn", "Co"]), max_size=30
)
NUMBERS = st.decimals(min_value=0, max_value=Decimal("99999999999"), places=4)


def as_file(kind: Kind, ending: str, rows: Any) -> bytes:
    """The records in one format, as the page of exports writes them."""
    exported = kind.resource().export_rows(rows, is_native=ending != CSV)
    columns = [Column(name) for name in next(exported)]
    if ending == CSV:
        return "".join(write_csv(columns, exported)).encode()
    file = io.BytesIO()
    (write_xlsx if ending == XLSX else write_ods)(file, columns, exported, sheet=kind.slug)
    return file.getvalue()


def read_back(kind: Kind, ending: str, rows: Any) -> Preview:
    sheet = open_workbook(as_file(kind, ending, rows), name=f"{kind.slug}.{ending}").sheets[0]
    return preview(resource=kind.resource(), sheet=sheet)


def one_of_each() -> None:
    """A record of every kind, and of what it names."""
    partner = make.partner(country=make.country("CL"))
    make.partner(part_of=partner)
    make.partner_alias(partner=partner)
    project = make.project()
    make.project_theme(project=project)
    make.partnership(project=project, partner=partner)
    forum = make.forum(programme=project.programme)
    make.forum_day(forum=forum)
    make.expected_result(programme=project.programme)
    decimals = make.indicator(programme=project.programme, is_whole=False)
    series = make.series(indicator=decimals, project=project, partner=partner, key="sex=women")
    period = make.period(programme=project.programme)
    make.baseline(series=series)
    make.target(series=series, period=period)
    make.citation(actual=make.actual(series=series, period=period))
    make.publication(programme=project.programme).projects.add(project)
    make.finding(programme=project.programme)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)
def test_every_field_has_its_column_or_is_named_as_left_out(kind: Kind) -> None:
    fields = {field.name for field in (*kind.model._meta.fields, *kind.model._meta.many_to_many)}
    columns = {str(column.attribute).split("__")[0] for column in kind.resource().columns()}
    left_out = LEFT_OUT["every record"].keys() | LEFT_OUT.get(kind.slug, {}).keys()

    assert fields - columns == left_out
    assert kind.slug in PROGRAMMES


@given(
    texts=st.lists(TEXTS.map(str.strip), min_size=3, max_size=3),
    number=NUMBERS,
    ending=st.sampled_from([CSV, XLSX, ODS]),
)
# Each example reads 17 sheets: a shorter one that fails, too, is not worth minutes.
@settings(max_examples=4, phases=[Phase.explicit, Phase.reuse, Phase.generate])
def test_what_is_written_out_and_read_back_changes_nothing(texts: list[str], number: Decimal, ending: str) -> None:
    if not KINDS[0].model.objects.exists():
        one_of_each()
    changed = {}
    for kind in KINDS:
        rows = kind.model._base_manager.all()
        rows.filter(pk=rows.first().pk).update(**nasty(kind.model, texts, number))
        seen = read_back(kind, ending, kind.resource().get_queryset())
        assert seen.counts[Outcome.UNCHANGED] == kind.resource().get_queryset().count() > 0, [
            *map(str, seen.problems), *(row.differences for row in seen.rows),
        ]  # fmt: skip
        changed[kind.slug] = seen.writes

    assert changed == dict.fromkeys(changed, 0)


def nasty(model: Any, texts: list[str], number: Decimal) -> dict[str, Any]:
    """Values for the texts and numbers of a record that no rule of the database ties down."""
    values: dict[str, Any] = {}
    for place, field in enumerate(model._meta.fields):
        is_free = not field.choices and not field.unique and not isinstance(field, models.SlugField)
        if (
            isinstance(field, models.CharField | models.TextField)
            and is_free
            and field.name not in ("currency", "code")
        ):
            text = texts[place % len(texts)]
            values[field.name] = (text if field.max_length is None else text[: field.max_length].strip()) or "x"
    if any(field.name == "numerator" for field in model._meta.fields):
        values |= {"value": number, "numerator": number, "denominator": number + 1}
    return values
