"""Spreadsheets of records: looked at first, then applied as one change, and undone as another.

What a row means is said by a resource (``accounts.resources``); here is what every import has in common: one at a time,
all or nothing, nothing but what was shown, and on record.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any, Protocol

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import Collision, change
from accounts.actions.bulk import StaleRecords
from accounts.actions.previews import Line, Outcome, Preview, Sheet
from accounts.choices import Door, ImportState
from accounts.models import Import, StoredFile, User
from accounts.roles import OVERSEEING

#: A preview that nobody applied is kept for so long.
KEPT = timedelta(days=1)
#: How long an import waits for another one, on PostgreSQL; on SQLite the settings say it.
PATIENCE = "10s"
#: The number of the lock that imports share, among PostgreSQL's advisory locks.
LOCK = 0x1A9027


class Refused(Exception):
    """The import cannot be done; ``sentence`` says why and what to do, in the user's language. Nothing was written."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Importable(Protocol):
    """What an import asks of the resource that knows its rows; ``accounts.resources.RecordResource`` has it all."""

    kind: str

    @property
    def permissions(self) -> Sequence[str]:
        """All that somebody needs who imports this."""

    def read(self, sheet: Sheet, preview: Preview, *, is_writing: bool = False) -> Iterator[list[Line]]:
        """The rows in batches; each is saved before the next is asked for. Headings are told to the preview."""

    def writing(self) -> AbstractContextManager[None]:
        """Around everything that is written: results are made anew once, at its end."""

    def save_lines(self, lines: Sequence[Line]) -> None:
        """Save the records of some rows, and their links."""


def preview(*, resource: Importable, sheet: Sheet) -> Preview:
    """What an import of the sheet would do. Nothing is written.

    Problems are listed, not raised.
    """
    seen = Preview(sheet.name)
    for lines in resource.read(sheet, seen):
        seen.add(lines)
    return seen.finish()


def keep(
    *,
    resource: Importable,
    preview: Preview,
    name: str,
    content: bytes,
    content_type: str,
    by: User,
    options: dict[str, Any] | None = None,
) -> Import:
    """Keep the file and what its preview said, so that it can be applied. Old previews are thrown away.

    Raises:
        PermissionDenied: when the person may not import this kind.
    """
    require(by, resource)
    with transaction.atomic():
        purge_previews()
        file = StoredFile.objects.create(
            name=name[-250:],
            content_type=content_type[:100],
            content=content,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            stored_by=by,
        )
        return Import.objects.create(
            kind=resource.kind,
            file=file,
            digest=preview.digest,
            options={"sheet": preview.sheet, "is_readable": preview.is_readable, **(options or {})},
            made_by=by,
            **_counts(preview),
        )


def purge_previews() -> int:
    """Throw away what was looked at more than a day ago and never applied; gives how many there were."""
    with transaction.atomic():
        old = Import.objects.filter(state=ImportState.PREVIEWED, made_at__lt=timezone.now() - KEPT)
        # One that is being applied at this moment stays.
        found = dict(old.select_for_update(skip_locked=True).values_list("pk", "file"))
        Import.objects.filter(pk__in=found).delete()
        for file in StoredFile.objects.filter(pk__in=set(found.values())).defer("content"):
            try:
                with transaction.atomic():
                    file.delete()
            except ProtectedError:
                # Somebody else keeps it: an entry on behalf of a partner, another import.
                continue
    return len(found)


def apply(
    *, record: Import, resource: Importable, sheet: Sheet, by: User, reason: str = "", only_good: bool = False
) -> Import:
    """Write what the preview showed, as one change: all rows or, when asked, the good ones.

    Args:
        sheet: the same sheet again, read from the kept file.
        reason: why, kept in the history of every record.

    Raises:
        PermissionDenied: when the person may not import this kind, or when the look is another person's.
        Refused: when rows are wrong and the good ones alone were not asked for, when the data changed since the
            preview, when nothing would change, or when another import is being written. Nothing is written then.
    """
    require(by, resource)
    require_own(by, record)
    door = Door.IMPORT if by.is_staff else Door.WORKSPACE
    with refusals(), change(door=door, by=by, reason=reason.strip()) as made:
        wait_for_turn()
        current = Import.objects.select_for_update().filter(pk=record.pk).first()
        if current is None:
            raise Refused(_("This import was thrown away meanwhile: send the file again."))
        if current.state != ImportState.PREVIEWED:
            raise Refused(_("This import was applied already."))
        if not current.options.get("is_readable", True):
            raise Refused(_("The headings of this file are wrong: correct them and send the file again."))
        if current.rows_refused and not only_good:
            raise Refused(
                _("Some rows are refused: correct them and send the file again, or import only the good rows.")
            )
        seen = Preview(sheet.name)
        links: dict[str, dict[str, dict[str, list[int]]]] = {}
        with resource.writing():
            for lines in resource.read(sheet, seen, is_writing=True):
                seen.add(lines)
                written = [line for line in lines if line.is_written]
                resource.save_lines(written)
                _keep_links(links, written)
            if seen.finish().digest != current.digest:
                raise Refused(
                    _(
                        "The data changed since you looked at this import: look at it again, and apply it if it is still right."
                    )
                )
            if not seen.writes:
                raise Refused(_("Everything in this file is stored already: there is nothing to write."))
        current.state, current.change = ImportState.APPLIED, made
        for name, count in _counts(seen).items():
            setattr(current, name, count)
        current.options = {**current.options, "only_good": only_good, "links": links}
        current.save()
    return current


def _keep_links(links: dict[str, dict[str, dict[str, list[int]]]], lines: Sequence[Line]) -> None:
    """Keep the many-to-many links that were there before: no history tells them."""
    for line in lines:
        if line.links_before:
            links.setdefault(line.record._meta.label_lower, {})[str(line.record.pk)] = line.links_before


def _counts(seen: Preview) -> dict[str, int]:
    return {f"rows_{outcome.value}": seen.counts[outcome] for outcome in Outcome}


def require(by: User, resource: Any) -> None:
    """Raise ``PermissionDenied`` for whoever may not import what the resource is of."""
    if not by.is_active or not by.has_perms(resource.permissions):
        raise PermissionDenied(_("You may not import this kind of record."))


def decides(by: User, record: Import) -> bool:
    """Whether a look is somebody's to apply or throw away, and an import theirs to undo."""
    return record.made_by_id == by.pk or by.has_perm(OVERSEEING)


def require_own(by: User, record: Import) -> None:
    """Raise ``PermissionDenied`` for whoever neither sent the file nor oversees what others import."""
    if not decides(by, record):
        raise PermissionDenied(
            _("%(who)s sent this file: only they, or a monitoring specialist, decide about it.")
            % {"who": record.made_by or _("Somebody else")}
        )


def wait_for_turn() -> None:
    """One import at a time. On SQLite the transaction itself, begun as IMMEDIATE, keeps every other writer out."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


@contextmanager
def refusals() -> Iterator[None]:
    """What the database or a rule refuses while writing, as a sentence."""
    try:
        yield
    except StaleRecords as error:
        names = ", ".join(str(each) for each in list(error.current.values())[:10])
        raise Refused(
            _("Somebody else saved %(names)s meanwhile: look at the import again.") % {"names": names}
        ) from error
    except Collision as error:
        if isinstance(error.__cause__, IntegrityError):
            raise Refused(
                _("Somebody else wrote one of these records at the same moment: look at the import again.")
            ) from error
        raise Refused(
            _("Another import or another save is still being written: wait a minute and apply it again.")
        ) from error
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    except IntegrityError as error:
        raise Refused(
            _("Somebody else wrote one of these records at the same moment: look at the import again.")
        ) from error
