"""What institutions say of the figures that the sources state about them, when a programme is over."""

from datetime import date
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField, fallback_to_any

from accounts.models import Record, User, choices_constraint
from indicators.choices import ConfirmationAnswer, Settlement
from indicators.models.figures import Actual, amount
from indicators.querysets import ConfirmationQuerySet
from partners.models import Partner
from projects.models import Programme


class VerificationRound(Record):
    """A time in which the institutions of a programme look through what the sources say about them."""

    natural_key_fields = ("code",)

    code = models.SlugField(_("code"), max_length=60, unique=True)
    programme = models.ForeignKey(
        Programme, verbose_name=_("programme"), on_delete=models.PROTECT, related_name="verification_rounds"
    )
    name = TranslatedField(models.CharField(_("name"), max_length=150), attrgetter=fallback_to_any)
    opens_on = models.DateField(_("opens on"))
    closes_on = models.DateField(_("closes on"), help_text=_("The last day for answers."))

    class Meta:
        verbose_name = _("verification round")
        verbose_name_plural = _("verification rounds")
        ordering = ("-opens_on", "code")
        constraints = (
            models.CheckConstraint(
                condition=Q(closes_on__gte=models.F("opens_on")),
                name="verification_round_closes_after_it_opens",
                violation_error_message=_("The round closes after it opens."),
            ),
        )

    def __str__(self) -> str:
        return str(self.name)

    def is_open(self, today: date) -> bool:
        """Whether institutions answer on that day."""
        return self.opens_on <= today <= self.closes_on


class Confirmation(Record):
    """What an institution says of one figure in a round: it is right, another, proven, or not known any more."""

    natural_key_fields: ClassVar[tuple[str, ...]] = ("code",)

    code = models.SlugField(_("code"), max_length=60, unique=True)
    round = models.ForeignKey(
        VerificationRound, verbose_name=_("verification round"), on_delete=models.PROTECT, related_name="confirmations"
    )
    partner = models.ForeignKey(
        Partner, verbose_name=_("partner"), on_delete=models.PROTECT, related_name="confirmations"
    )
    actual = models.ForeignKey(Actual, verbose_name=_("actual"), on_delete=models.PROTECT, related_name="confirmations")
    answer = models.CharField(_("answer"), max_length=9, choices=ConfirmationAnswer)
    value = amount(_("right value"), _("What the figure should be."))
    women = amount(_("women"), _("Where the sources do not tell women from men."))
    men = amount(_("men"))
    base = amount(_("base"), _("How many a percentage was measured on."))
    text = models.TextField(_("what the institution writes"), blank=True)
    answered_by = models.ForeignKey(
        User,
        verbose_name=_("answered by"),
        on_delete=models.PROTECT,
        related_name="confirmations",
        null=True,
        blank=True,
    )
    answered_at = models.DateTimeField(_("answered at"), default=timezone.now)
    settlement = models.CharField(_("settled"), max_length=8, choices=Settlement, default=Settlement.PENDING)
    settled_by = models.ForeignKey(
        User,
        verbose_name=_("settled by"),
        on_delete=models.PROTECT,
        related_name="settled_confirmations",
        null=True,
        blank=True,
    )
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    settlement_text = models.TextField(_("what the staff answer"), blank=True)

    objects = ConfirmationQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer of an institution")
        verbose_name_plural = _("answers of institutions")
        ordering = ("round", "partner", "actual")
        constraints = (
            models.UniqueConstraint(
                fields=["round", "partner", "actual"],
                name="confirmation_is_one_of_its_figure",
                violation_error_message=_("The institution already answered for this figure: change that answer."),
            ),
            models.CheckConstraint(
                condition=~Q(answer=ConfirmationAnswer.CORRECTED) | Q(value__isnull=False) | ~Q(text=""),
                name="confirmation_that_corrects_says_what",
                violation_error_message=_("Say what the figure should be."),
            ),
            models.CheckConstraint(
                condition=Q(settlement=Settlement.PENDING, settled_at__isnull=True)
                | (~Q(settlement=Settlement.PENDING) & Q(settled_at__isnull=False)),
                name="confirmation_settled_says_when",
                violation_error_message=_("A settled answer says when it was settled."),
            ),
            models.CheckConstraint(
                condition=(Q(women__isnull=True) | Q(women__gte=0))
                & (Q(men__isnull=True) | Q(men__gte=0))
                & (Q(base__isnull=True) | Q(base__gt=0)),
                name="confirmation_counts_from_zero",
                violation_error_message=_("Numbers of people are not negative, and a base is more than zero."),
            ),
            choices_constraint("answer", ConfirmationAnswer, name="confirmation_answer_is_known"),
            choices_constraint("settlement", Settlement, name="confirmation_settlement_is_known"),
        )

    def __str__(self) -> str:
        return f"{self.partner} · {self.actual} · {self.get_answer_display()}"

    def clean(self) -> None:
        """The figure is of the round's programme."""
        if self.round_id and self.actual_id and self.actual.series.indicator.programme_id != self.round.programme_id:
            raise ValidationError({"actual": _("This figure belongs to another programme.")})
