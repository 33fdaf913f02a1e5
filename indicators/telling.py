"""What a person may be told of others who worked on the same figures: their names, and the comments beside them."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from indicators.models import Submission


def name_for(reader: User, person: User | None) -> str:
    """A person as somebody else is told of them: colleagues by name, the staff of the programme as a team to those who
    do not belong to it."""
    if person is None:
        return "–"
    if person.is_staff and not reader.is_staff:
        return str(_("the programme’s team"))
    return str(person)


def comments_for(reader: User, submissions: Iterable[Submission]) -> dict[int, str]:
    """The comments beside proposals that a person may read, by primary key of the proposal: see :func:`comments_in`. At
    most one query."""
    commented = {each.pk: each.internal_comment for each in submissions if each.internal_comment}
    if reader.is_staff or not commented:
        return commented
    versions = Submission.history.filter(id__in=commented).select_related("change__made_by")
    return comments_in(reader, versions.order_by("history_date", "history_id"))


def comments_in(reader: User, versions: Iterable[Any]) -> dict[int, str]:
    """The comments as they now stand that a person may read, from the versions of proposals in the order of their history.

    To people of institutions, those that an institution wrote. What the team notes for itself stays with it, also when an
    institution goes on with the figure.
    """
    found: dict[int, tuple[str, bool]] = {}
    for version in versions:
        text = version.internal_comment
        if version.id not in found or found[version.id][0] != text:
            by = version.change.made_by
            found[version.id] = (text, by is None or by.is_staff)
    return {pk: text for pk, (text, by_staff) in found.items() if text and (reader.is_staff or not by_staff)}
