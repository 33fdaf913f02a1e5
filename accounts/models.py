"""Who may sign in, and the register of who changed what, when, why and through which door."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.choices import Door, ImportState, Language
from accounts.following import note
from accounts.querysets import ChangeQuerySet, RecordQuerySet, UserManager


def choices_constraint(
    field: str, choices: type[models.TextChoices], *, name: str, blank: bool = False
) -> models.CheckConstraint:
    """A database constraint that keeps a column to its stored words (and to empty, when ``blank``)."""
    allowed = [*choices.values, *([""] if blank else [])]
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__in": allowed}),
        name=name,
        violation_error_message=_("Choose one of the values that the list offers."),
    )


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in: CICan staff, or someone who acts for a partner institution."""

    email = models.EmailField(
        _("e-mail address"), unique=True, help_text=_("The person signs in with it and is written to at it.")
    )
    name = models.CharField(
        _("name"), max_length=150, help_text=_("How the person is addressed and shown to colleagues.")
    )
    language = models.CharField(
        _("language"),
        max_length=2,
        choices=Language,
        default=Language.FRENCH,
        help_text=_("The language of messages and of the workspace."),
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=63,
        default="America/Toronto",
        help_text=_("Due dates are shown in this time zone, for example America/Lima."),
    )
    is_staff = models.BooleanField(_("staff"), default=False, help_text=_("May open the administration."))
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Untick instead of deleting: what the person did stays on record.")
    )
    is_demonstration = models.BooleanField(
        _("demonstration account"), default=False, help_text=_("Made by the set-up on a development machine.")
    )
    joined_at = models.DateTimeField(_("joined at"), default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ("email",)
        constraints = (
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_is_unique",
                violation_error_message=_("Somebody already signs in with this e-mail address."),
            ),
            choices_constraint("language", Language, name="user_language_is_known"),
        )

    def __str__(self) -> str:
        return self.name or self.email

    def natural_key(self) -> tuple[str]:
        return (self.email,)

    def get_short_name(self) -> str:
        return self.name


class Change(models.Model):
    """One write, however many records it touched: every history row points to its change."""

    made_at = models.DateTimeField(_("made at"), default=timezone.now, db_index=True)
    made_by = models.ForeignKey(
        User,
        verbose_name=_("made by"),
        on_delete=models.PROTECT,
        related_name="changes",
        null=True,
        blank=True,
        help_text=_("Empty when a command made it without anybody signed in."),
    )
    door = models.CharField(_("door"), max_length=12, choices=Door, help_text=_("Where the write came in."))
    reason = models.TextField(_("reason"), blank=True, help_text=_("Why, in the words of whoever made it."))

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ("-made_at", "-pk")
        constraints = (choices_constraint("door", Door, name="change_door_is_known"),)

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d %H:%M} · {self.get_door_display()}"


class StoredFile(models.Model):
    """A file that somebody sent: a workbook, a scan. Kept in the database, so that every web process and every backup
    has it, and no address of the site leads to it but a page that asks who wants it."""

    name = models.CharField(_("file name"), max_length=250)
    content_type = models.CharField(_("kind of file"), max_length=100)
    content = models.BinaryField(_("content"))
    size = models.PositiveIntegerField(_("size"), help_text=_("In bytes."))
    sha256 = models.CharField(
        _("SHA-256"), max_length=64, db_index=True, help_text=_("Tells whether two files are equal.")
    )
    stored_at = models.DateTimeField(_("stored at"), default=timezone.now)
    stored_by = models.ForeignKey(
        User, verbose_name=_("stored by"), on_delete=models.PROTECT, related_name="files", null=True, blank=True
    )

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")
        ordering = ("-stored_at", "-pk")

    def __str__(self) -> str:
        return self.name


class Import(models.Model):
    """A spreadsheet that was read: looked at first, then applied as one change, and perhaps undone as another."""

    kind = models.CharField(
        _("kind"), max_length=40, help_text=_("What its rows are: partners, actuals, a report, a framework …")
    )
    file = models.ForeignKey(StoredFile, verbose_name=_("file"), on_delete=models.PROTECT, related_name="imports")
    state = models.CharField(_("state"), max_length=9, choices=ImportState, default=ImportState.PREVIEWED)
    digest = models.CharField(
        _("digest"),
        max_length=64,
        blank=True,
        help_text=_("Of the differences shown before it was applied, so that nothing else is applied than was shown."),
    )
    options = models.JSONField(_("options"), default=dict, blank=True)
    rows_new = models.PositiveIntegerField(_("new rows"), default=0)
    rows_changed = models.PositiveIntegerField(_("changed rows"), default=0)
    rows_unchanged = models.PositiveIntegerField(_("unchanged rows"), default=0)
    rows_refused = models.PositiveIntegerField(_("refused rows"), default=0)
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    made_by = models.ForeignKey(
        User, verbose_name=_("made by"), on_delete=models.PROTECT, related_name="imports", null=True, blank=True
    )
    change = models.OneToOneField(
        Change,
        verbose_name=_("change"),
        on_delete=models.PROTECT,
        related_name="import_made",
        null=True,
        blank=True,
        help_text=_("All that it wrote."),
    )
    undone_by = models.OneToOneField(
        Change,
        verbose_name=_("undone by"),
        on_delete=models.PROTECT,
        related_name="import_undone",
        null=True,
        blank=True,
    )

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-made_at", "-pk")
        constraints = (
            choices_constraint("state", ImportState, name="import_state_is_known"),
            models.CheckConstraint(
                condition=models.Q(state=ImportState.PREVIEWED, change__isnull=True, undone_by__isnull=True)
                | models.Q(state=ImportState.APPLIED, change__isnull=False, undone_by__isnull=True)
                | models.Q(state=ImportState.UNDONE, change__isnull=False, undone_by__isnull=False),
                name="import_names_its_changes",
            ),
        )

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d %H:%M} · {self.kind} · {self.file}"


class NoChangeOpen(RuntimeError):
    """A record was saved outside any change, so nobody could say later who did it and why."""


_open_change: ContextVar[Change | None] = ContextVar("open_change", default=None)


def open_change() -> Change | None:
    """The change that is being made in this thread or task, if any."""
    return _open_change.get()


def open_change_pk() -> int:
    """Primary key of the open change, for history rows.

    Raises:
        NoChangeOpen: when nothing opened a change first (see ``accounts.actions.change``).
    """
    change = _open_change.get()
    if change is None:
        raise NoChangeOpen(
            "Open a change before saving a record: with accounts.actions.change(door=…, by=…, reason=…)."
        )
    return change.pk


@contextmanager
def as_open_change(change: Change) -> Iterator[Change]:
    """Let every history row written inside the block point to ``change``."""
    token = _open_change.set(change)
    try:
        yield change
    finally:
        _open_change.reset(token)


class HistoryRow(models.Model):
    """What every history table adds to a copy of its record: the change that made it so."""

    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="+", default=open_change_pk)

    class Meta:
        abstract = True


class History(HistoricalRecords):
    """Copies of a record, without its generated columns: the database computes them again from the others.

    Named as excluded instead, they would have to exist in every model before a deleted row could be read back.
    """

    def fields_included(self, model: type[models.Model]) -> list[Any]:
        return [field for field in super().fields_included(model) if not field.generated]

    def post_save(self, instance: Any, created: bool, using: str | None = None, **kwargs: Any) -> None:
        # Fixtures are saved raw and write no history here: they are written all the same.
        note(type(instance), [instance.pk])
        super().post_save(instance, created, using=using, **kwargs)

    def post_delete(self, instance: Any, using: str | None = None, **kwargs: Any) -> None:
        note(type(instance), [instance.pk])
        super().post_delete(instance, using=using, **kwargs)


class Record(models.Model):
    """A business record: found by a natural key, kept by version, with a history.

    ``version`` rises with each save through ``accounts.actions.save_record``, which refuses a stale one.
    """

    natural_key_fields: ClassVar[tuple[str, ...]] = ()

    version = models.PositiveIntegerField(
        _("version"),
        default=1,
        editable=False,
        help_text=_("Counts the saves, so that two people never overwrite each other."),
    )

    history = History(inherit=True, bases=[HistoryRow])
    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True

    def natural_key(self) -> tuple[Any, ...]:
        """The values that name this record in fixtures and imports."""
        values = []
        for path in self.natural_key_fields:
            value: Any = self
            for part in path.split("__"):
                value = getattr(value, part) if value is not None else None
            values.append(value)
        return tuple(values)
