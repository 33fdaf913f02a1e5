"""What people are told: mails about deadlines, and what happened to the reports that they have to do with."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User, choices_constraint
from indicators.choices import NotificationKind
from indicators.models.framework import ReportingPeriod
from indicators.querysets import NotificationQuerySet
from projects.models import Project


class Notification(models.Model):
    """That something happened to a report: told in the workspace, and once in a mail that sums up the day."""

    user = models.ForeignKey(User, verbose_name=_("user"), on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(_("kind"), max_length=9, choices=NotificationKind)
    period = models.ForeignKey(
        ReportingPeriod, verbose_name=_("period"), on_delete=models.CASCADE, related_name="notifications"
    )
    project = models.ForeignKey(
        Project,
        verbose_name=_("project"),
        on_delete=models.CASCADE,
        related_name="notifications",
        null=True,
        blank=True,
        help_text=_("Empty for the period as a whole."),
    )
    number = models.PositiveIntegerField(_("figures"), default=0, help_text=_("How many figures it is about."))
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    mailed_at = models.DateTimeField(_("mailed at"), null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ("-made_at", "-pk")
        indexes = (
            models.Index(fields=["user", "read_at"], name="notification_of_user"),
            models.Index(fields=["mailed_at"], name="notification_to_mail"),
        )
        constraints = (choices_constraint("kind", NotificationKind, name="notification_kind_is_known"),)

    def __str__(self) -> str:
        return f"{self.user} · {self.get_kind_display()} · {self.project or self.period}"
