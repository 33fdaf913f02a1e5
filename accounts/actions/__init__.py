"""Writes that every app shares: opening a change, and saving a record without losing somebody else's save."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actions.bulk import check_many
from accounts.choices import Door
from accounts.following import followed
from accounts.models import Change, Record, User, as_open_change
from accounts.roles import ROLES, rights_of


class StaleRecord(Exception):
    """Somebody else saved the record since it was read.

    Attributes:
        mine: the record as the caller wanted to save it.
        current: the record as it now stands in the database.
    """

    def __init__(self, mine: Record, current: Record) -> None:
        self.mine = mine
        self.current = current
        super().__init__(f"{current} was saved by somebody else since it was opened.")


class Collision(ValidationError):
    """The database let somebody else go first, and nothing was written. Pages show it as they show any refusal, beside
    what was typed."""


@contextmanager
def change(*, door: Door, by: User | None = None, reason: str = "") -> Iterator[Change]:
    """One write in one transaction: everything saved inside the block is on record as this change, and what is made from
    the records written (``accounts.following``) is brought along before it ends.

    Raises:
        Collision: when others hold what it needs and one of them waits for it, or for too long; and when they deleted
            what it rests on. Nothing is written then.
    """
    is_ending = False
    try:
        with transaction.atomic():
            # No database keeps a null byte: it is left out of a reason, whatever form sent it.
            made = Change.objects.create(door=door, made_by=by, reason=reason.replace("\x00", " "))
            with as_open_change(made), followed():
                yield made
            is_ending = True
    except DatabaseError as error:
        if is_about_waiting(error):
            raise Collision(
                _("Somebody else was saving the same records at the same moment, so nothing was saved: send it again.")
            ) from error
        # What points to other records is looked at when the transaction ends.
        if is_ending and isinstance(error, IntegrityError):
            raise Collision(
                _(
                    "Something that it rests on was deleted at the same moment, so nothing was saved: load the page again."
                )
            ) from error
        raise


def is_about_waiting(error: DatabaseError) -> bool:
    """Whether the database gave up waiting for somebody else's write."""
    # 55P03 is PostgreSQL's "lock not available", 40P01 its "deadlock detected".
    return "locked" in str(error) or getattr(error.__cause__, "sqlstate", "") in ("55P03", "40P01")


def save_record(*, record: Any, version: int | None = None) -> Any:
    """Save a record inside an open change, one version further.

    Args:
        record: a new record, or one read from the database and altered.
        version: the version that the writer saw; the record's own when left out.

    Raises:
        StaleRecord: when the database holds another version; nothing is written.
        ValidationError: when the record breaks a rule, or was deleted meanwhile; nothing is written.
    """
    try:
        with transaction.atomic():
            if record.pk is not None and not record._state.adding:
                # Its key stays: whoever writes what points to it need not wait.
                rows = type(record)._base_manager.select_for_update(no_key=True)
                try:
                    current = rows.get(pk=record.pk)
                except ObjectDoesNotExist:
                    raise ValidationError(
                        _("It was deleted while you were editing it, so nothing was saved.")
                    ) from None
                seen = record.version if version is None else version
                if current.version != seen:
                    raise StaleRecord(mine=record, current=current)
                record.version = current.version + 1
            # What full_clean() says, without asking the database for each constraint.
            for error in check_many([record]).values():
                raise error
            record.save()
    except IntegrityError:
        # Somebody saved its twin since it was checked: now the same check finds it, and says so.
        for error in check_many([record]).values():
            raise error from None
        raise
    return record


def ensure_roles() -> dict[str, Group]:
    """The groups of all roles by name, each with at least the rights of its work: see ``accounts.roles``."""
    known = list(Permission.objects.values_list("pk", "content_type__app_label", "content_type__model", "codename"))
    groups = {}
    for role in ROLES:
        groups[role.name], _ = Group.objects.get_or_create(name=role.name)
        groups[role.name].permissions.add(*rights_of(role, known))
    return groups
