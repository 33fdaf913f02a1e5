"""Imports that wait between their preview and their being applied or thrown away."""

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from accounts.actions.imports import Refused, require_own
from accounts.actions.previews import Outcome
from accounts.choices import ImportState
from accounts.models import Import, StoredFile, User


def follow(*, record: Import, digest: str, counts: Mapping[Outcome, int], is_readable: bool) -> None:
    """Note what a page shows of an import now, because the data changed since it was kept: nothing else is applied."""
    numbers = {f"rows_{outcome.value}": counts[outcome] for outcome in Outcome}
    same = all(getattr(record, name) == number for name, number in numbers.items())
    if record.state != ImportState.PREVIEWED or (record.digest == digest and same):
        return
    record.digest, record.options = digest, {**record.options, "is_readable": is_readable}
    for name, number in numbers.items():
        setattr(record, name, number)
    Import.objects.filter(pk=record.pk, state=ImportState.PREVIEWED).update(
        digest=digest, options=record.options, **numbers
    )


def confirm_cells(*, record: Import, cells: Iterable[str], by: User) -> None:
    """Note the cells whose unusual value somebody said to be right; the import is then looked at again.

    Raises:
        PermissionDenied: when the look is another person's.
    """
    require_own(by, record)
    told = sorted({*record.options.get("confirmed", []), *cells})
    record.options = {**record.options, "confirmed": told}
    Import.objects.filter(pk=record.pk, state=ImportState.PREVIEWED).update(options=record.options)


def throw_away(*, record: Import, by: User) -> None:
    """Delete an import that was never applied, with its file unless something else rests on that.

    Raises:
        PermissionDenied: when the look is another person's.
        Refused: once it was applied; it is kept then, and may be undone.
    """
    require_own(by, record)
    with transaction.atomic():
        current = Import.objects.select_for_update().filter(pk=record.pk).first()
        if current is None:
            return
        if current.state != ImportState.PREVIEWED:
            raise Refused(_("This import was applied: it is kept, and can be undone."))
        file = current.file_id
        current.delete()
        try:
            with transaction.atomic():
                StoredFile.objects.filter(pk=file).delete()
        except ProtectedError:
            # Another import or an entry on behalf of a partner keeps the file.
            return
