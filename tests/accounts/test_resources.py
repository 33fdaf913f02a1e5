"""An export read back changes nothing, whatever the records say."""

import csv
import io
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.actions import change
from accounts.actions.bulk import save_many
from accounts.actions.imports import preview
from accounts.choices import Door
from accounts.resources import NumberWidget, escaped, unescaped
from partners.models import Partner
from partners.resources import PartnerResource
from tests.accounts.test_imports import Sheet, outcomes

#: What a text column of the database may hold and a file can carry.
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co"), include_characters="\n\t"), max_size=40)
LEADING = st.sampled_from(["", "=", "'=", "''=", "+1", "-", "@", "'", "''", "' =", "\t=", " "])


@given(LEADING, TEXTS)
def test_a_formula_is_escaped_and_comes_back_as_it_was(start: str, text: str) -> None:
    written = escaped(start + text)
    assert unescaped(written) == start + text
    assert written[:1] not in {"=", "+", "-", "@", "\t", "\r"} or not written


@given(st.decimals(min_value=-(10**11) + 1, max_value=10**11 - 1, places=4))
def test_a_number_is_written_so_that_it_is_read_as_it_was(number: Any) -> None:
    widget = NumberWidget()
    assert widget.clean(widget.render(number)) == number
    assert widget.clean(widget.native(number)) == number


@pytest.mark.django_db
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "name": st.tuples(LEADING, TEXTS.filter(str.strip)).map("".join),
                "acronym": st.tuples(LEADING, TEXTS).map(lambda parts: "".join(parts)[:40]),
                "note_fr": st.tuples(LEADING, TEXTS).map("".join),
                "kind": st.sampled_from(["tvet_institution", "ministry", "donor"]),
                "is_public": st.booleans(),
            }
        ),
        max_size=4,
    )
)
@settings(max_examples=30)
def test_partners_read_back_are_unchanged(made: list[dict[str, Any]]) -> None:
    with transaction.atomic():
        partners = [Partner(slug=f"p{number}", language="es", **fields) for number, fields in enumerate(made)]
        with change(door=Door.COMMAND, reason="test"):
            save_many(partners)
            for child, parent in zip(partners[1:], partners, strict=False):
                child.part_of = parent
            save_many(partners[1:])
        resource = PartnerResource()
        for is_native in (False, True):
            rows = list(resource.export_rows(is_native=is_native))
            assert outcomes(preview(resource=resource, sheet=Sheet(rows))) == ({"unchanged": len(made)} if made else {})
        text = io.StringIO(newline="")
        csv.writer(text).writerows(resource.export_rows())
        text.seek(0)
        assert preview(resource=resource, sheet=Sheet(list(csv.reader(text)))).writes == 0
        transaction.set_rollback(True)
