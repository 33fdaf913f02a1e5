"""What people are told: mails about deadlines, and what happened to the reports that they have to do with."""

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import User, choices_constraint
from indicators.choices import NotificationKind
from indicators.models.framework import ReportingPeriod
from indicators.querysets import NotificationQuerySet
from projects.models import Project

#: What happened to one figure, and to several.
SENTENCES: dict[str, Any] = {
    NotificationKind.DUE: ngettext_lazy(
        "%(number)s figure of %(project)s for %(period)s is due soon.",
        "%(number)s figures of %(project)s for %(period)s are due soon.",
        "number",
    ),
    NotificationKind.SUBMITTED: ngettext_lazy(
        "%(number)s figure of %(project)s for %(period)s was handed in and waits for review.",
        "%(number)s figures of %(project)s for %(period)s were handed in and wait for review.",
        "number",
    ),
    NotificationKind.RETURNED: ngettext_lazy(
        "%(number)s figure of %(project)s for %(period)s was sent back: please correct it.",
        "%(number)s figures of %(project)s for %(period)s were sent back: please correct them.",
        "number",
    ),
    NotificationKind.APPROVED: ngettext_lazy(
        "%(number)s figure of %(project)s for %(period)s was approved.",
        "%(number)s figures of %(project)s for %(period)s were approved.",
        "number",
    ),
    NotificationKind.WITHDRAWN: ngettext_lazy(
        "%(number)s figure of %(project)s for %(period)s was asked back by its institution: it is a draft again.",
        "%(number)s figures of %(project)s for %(period)s were asked back by their institutions: they are drafts again.",
        "number",
    ),
    NotificationKind.PUBLISHED: _("The figures of %(project)s for %(period)s are public now."),
}


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

    @property
    def sentence(self) -> str:
        """What happened, in the language in force."""
        return SENTENCES[self.kind] % {
            "number": self.number,
            "period": self.period.name,
            "project": self._of_what,
        }

    @property
    def _of_what(self) -> str:
        return self.project.code if self.project is not None else self.period.programme.code
