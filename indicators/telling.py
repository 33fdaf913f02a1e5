"""What a person may be told of others who worked on the same figures: their names, and the comments beside them."""

from collections.abc import Iterable

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
    """The comments beside proposals that a person may read, by primary key of the proposal: to people of institutions,
    those that an institution wrote. What the team notes for itself stays with it, also when an institution goes on with
    the figure. At most one query."""
    commented = {each.pk: each.internal_comment for each in submissions if each.internal_comment}
    if reader.is_staff or not commented:
        return commented
    by_staff: dict[int, bool] = {}
    before: dict[int, str] = {}
    versions = Submission.history.filter(id__in=commented).order_by("history_date", "history_id")
    for pk, text, is_staff in versions.values_list("id", "internal_comment", "change__made_by__is_staff"):
        if before.get(pk) != text:
            before[pk] = text
            by_staff[pk] = is_staff is not False
    return {pk: text for pk, text in commented.items() if by_staff.get(pk) is False}
