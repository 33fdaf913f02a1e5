"""What supports a figure."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Record, StoredFile
from indicators.models.reporting import Submission
from indicators.models.verification import Confirmation
from indicators.querysets import EvidenceQuerySet


class Evidence(Record):
    """What supports a proposed figure, or an institution's answer about one: a link, a file for reviewers only, or a
    promise to show it on request."""

    natural_key_fields = ("code",)

    code = models.SlugField(_("code"), max_length=60, unique=True)
    submission = models.ForeignKey(
        Submission,
        verbose_name=_("submission"),
        on_delete=models.PROTECT,
        related_name="evidence",
        null=True,
        blank=True,
    )
    confirmation = models.ForeignKey(
        Confirmation,
        verbose_name=_("answer of an institution"),
        on_delete=models.PROTECT,
        related_name="evidence",
        null=True,
        blank=True,
    )
    title = models.CharField(_("title"), max_length=250)
    link = models.URLField(_("link"), blank=True)
    file = models.ForeignKey(
        StoredFile, verbose_name=_("file"), on_delete=models.PROTECT, related_name="evidence", null=True, blank=True,
        help_text=_("For reviewers only."),
    )  # fmt: skip
    is_public = models.BooleanField(
        _("public"), default=False, help_text=_("Staff alone show a link to everybody; a file never is.")
    )
    is_on_request = models.BooleanField(_("available on request"), default=False)
    has_personal_data = models.BooleanField(
        _("contains personal data"), default=False, help_text=_("Then it needs a date on which it is deleted.")
    )
    delete_on = models.DateField(
        _("delete on"),
        null=True,
        blank=True,
        help_text=_("On that day the file is deleted; that it existed stays on record."),
    )
    file_deleted_at = models.DateTimeField(_("file deleted at"), null=True, blank=True, editable=False)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("piece of evidence")
        verbose_name_plural = _("evidence")
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(link="")
                | Q(file__isnull=False)
                | Q(is_on_request=True)
                | Q(file_deleted_at__isnull=False),
                name="evidence_can_be_found",
                violation_error_message=_("Give a link or a file, or say that it is available on request."),
            ),
            models.CheckConstraint(
                condition=Q(has_personal_data=False) | Q(delete_on__isnull=False),
                name="evidence_with_personal_data_is_deleted_some_day",
                violation_error_message=_("Evidence with personal data needs a date on which it is deleted."),
            ),
            models.CheckConstraint(
                condition=Q(submission__isnull=False, confirmation__isnull=True)
                | Q(submission__isnull=True, confirmation__isnull=False),
                name="evidence_is_of_one_thing",
                violation_error_message=_("Evidence supports one proposed figure, or one answer of an institution."),
            ),
            models.CheckConstraint(
                condition=Q(is_public=False) | ~Q(link=""),
                name="evidence_that_is_public_is_a_link",
                violation_error_message=_("Only a link can be public: files are for reviewers."),
            ),
        )

    def __str__(self) -> str:
        return self.title
