"""Countries, the organisations that take part, and who may act for them."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField, fallback_to_any

from accounts.choices import Language
from accounts.models import Record, User, choices_constraint
from partners.choices import AliasKind, MembershipRole, PartnerKind
from partners.querysets import CountryQuerySet, InvitationQuerySet, MembershipQuerySet, PartnerQuerySet


class Country(Record):
    """A country of the programme, under its ISO 3166-1 codes."""

    natural_key_fields = ("code",)

    code = models.CharField(_("code"), max_length=2, unique=True, help_text=_("ISO 3166-1 alpha-2, for example CL."))
    numeric_code = models.CharField(
        _("numeric code"), max_length=3, unique=True, help_text=_("ISO 3166-1 numeric, for example 152.")
    )
    name = TranslatedField(models.CharField(_("name"), max_length=80, help_text=_("The usual short name.")))
    is_pacific_alliance = models.BooleanField(
        _("member of the Pacific Alliance"), default=False, help_text=_("Chile, Colombia, Mexico and Peru are.")
    )
    summary = TranslatedField(
        models.TextField(
            _("summary"), blank=True, help_text=_("What the programme did there, in a few sentences of our own.")
        ),
        attrgetter=fallback_to_any,
    )

    objects = CountryQuerySet.as_manager()

    class Meta:
        verbose_name = _("country")
        verbose_name_plural = _("countries")
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[A-Z][A-Z]$"),
                name="country_code_is_iso_alpha_2",
                violation_error_message=_("Write the country as two capital letters, for example CL."),
            ),
            models.CheckConstraint(
                condition=models.Q(numeric_code__regex=r"^[0-9][0-9][0-9]$"),
                name="country_numeric_code_has_three_digits",
                violation_error_message=_("Write the numeric code with three digits, for example 152."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("country", args=[self.code])


class Partner(Record):
    """An organisation that funds, carries out, takes part in or is named by a programme."""

    natural_key_fields = ("slug",)

    slug = models.SlugField(
        _("slug"),
        max_length=80,
        unique=True,
        help_text=_("Stands in addresses; its former address leads on when it is changed."),
    )
    name = models.CharField(
        _("official name"), max_length=250, help_text=_("In its own language; shown so in every language of the site.")
    )
    language = models.CharField(_("language of the name"), max_length=2, choices=Language)
    translated_name = TranslatedField(
        models.CharField(
            _("translated name"),
            max_length=250,
            blank=True,
            help_text=_("Only where a translation helps; marked as unofficial."),
        ),
        attrgetter=fallback_to_any,
    )
    acronym = models.CharField(_("acronym"), max_length=40, blank=True)
    kind = models.CharField(_("kind"), max_length=30, choices=PartnerKind)
    country = models.ForeignKey(
        Country,
        verbose_name=_("country"),
        on_delete=models.PROTECT,
        related_name="partners",
        null=True,
        blank=True,
        help_text=_("Empty for an organisation of the whole region or of the world."),
    )
    province = models.CharField(_("province or region"), max_length=100, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    part_of = models.ForeignKey(
        "self",
        verbose_name=_("part of"),
        on_delete=models.PROTECT,
        related_name="units",
        null=True,
        blank=True,
        help_text=_("The institution that it is a campus, centre or office of."),
    )
    website = models.URLField(_("website"), blank=True)
    iati_identifier = models.CharField(
        _("IATI identifier"),
        max_length=120,
        blank=True,
        help_text=_("The organisation's own identifier, as it publishes it."),
    )
    is_public = models.BooleanField(
        _("public"), default=True, help_text=_("Untick to keep the name out of public pages and downloads.")
    )
    note = TranslatedField(
        models.TextField(
            _("public note"), blank=True, help_text=_("What a reader should know about the name or the role.")
        ),
        attrgetter=fallback_to_any,
    )

    objects = PartnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ("name",)
        constraints = (
            choices_constraint("kind", PartnerKind, name="partner_kind_is_known"),
            choices_constraint("language", Language, name="partner_language_is_known"),
            models.CheckConstraint(
                condition=~models.Q(name=""),
                name="partner_has_a_name",
                violation_error_message=_("A partner needs its official name."),
            ),
            models.CheckConstraint(
                condition=models.Q(part_of__isnull=True) | ~models.Q(part_of=models.F("id")),
                name="partner_is_not_part_of_itself",
                violation_error_message=_("A partner cannot be part of itself."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.acronym})" if self.acronym and self.acronym not in self.name else self.name

    @property
    def every_name(self) -> set[str]:
        """All that the sources call it: its name, its acronym and its other names."""
        return {name for name in (self.name, self.acronym, *(alias.name for alias in self.aliases.all())) if name}

    @property
    def short_name(self) -> str:
        return self.acronym or self.name

    def get_absolute_url(self) -> str:
        return reverse("partner", args=[self.slug])


class PartnerAlias(Record):
    """Another way in which a source writes a partner's name; search and imports know it."""

    natural_key_fields = ("partner__slug", "name")

    partner = models.ForeignKey(Partner, verbose_name=_("partner"), on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(_("name as written"), max_length=250)
    kind = models.CharField(_("kind"), max_length=12, choices=AliasKind, default=AliasKind.SPELLING)

    class Meta:
        verbose_name = _("other name")
        verbose_name_plural = _("other names")
        ordering = ("partner", "name")
        constraints = (
            models.UniqueConstraint(
                fields=["partner", "name"],
                name="partner_alias_is_listed_once",
                violation_error_message=_("This spelling is already listed for the partner."),
            ),
            choices_constraint("kind", AliasKind, name="partner_alias_kind_is_known"),
        )

    def __str__(self) -> str:
        return self.name


class Membership(Record):
    """A person's right to act for a partner; deleting it ends the access at once."""

    natural_key_fields: ClassVar[tuple[str, ...]] = ("user__email", "partner__slug")

    user = models.ForeignKey(User, verbose_name=_("user"), on_delete=models.CASCADE, related_name="memberships")
    partner = models.ForeignKey(
        Partner, verbose_name=_("partner"), on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(
        _("role"),
        max_length=12,
        choices=MembershipRole,
        help_text=_(
            "A viewer reads, a contributor enters figures, a lead also forwards those of the project's other partners."
        ),
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ("partner", "user")
        constraints = (
            models.UniqueConstraint(
                fields=["user", "partner"],
                name="membership_is_listed_once",
                violation_error_message=_("This person is already a member of the partner: change the role instead."),
            ),
            choices_constraint("role", MembershipRole, name="membership_role_is_known"),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.partner} · {self.get_role_display()}"


class Invitation(Record):
    """An offer to act for a partner, sent by e-mail: good once, for some days, until it is withdrawn."""

    natural_key_fields: ClassVar[tuple[str, ...]] = ("digest",)

    partner = models.ForeignKey(
        Partner, verbose_name=_("partner"), on_delete=models.CASCADE, related_name="invitations"
    )
    email = models.EmailField(_("e-mail address"), help_text=_("The person signs in with it and is written to at it."))
    role = models.CharField(_("role"), max_length=12, choices=MembershipRole)
    language = models.CharField(
        _("language"), max_length=2, choices=Language, help_text=_("The language of the invitation.")
    )
    digest = models.CharField(
        _("digest"),
        max_length=64,
        unique=True,
        editable=False,
        help_text=_("Of the secret in the address that was sent: nobody who reads the database can use it."),
    )
    invited_by = models.ForeignKey(
        User, verbose_name=_("invited by"), on_delete=models.PROTECT, related_name="invitations", null=True, blank=True
    )
    sent_at = models.DateTimeField(_("sent at"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires at"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        User,
        verbose_name=_("accepted by"),
        on_delete=models.PROTECT,
        related_name="accepted_invitations",
        null=True,
        blank=True,
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ("-sent_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                Lower("email"),
                "partner",
                condition=models.Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="invitation_that_is_open_is_one",
                violation_error_message=_("This person is already invited: send the invitation again, or withdraw it."),
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | models.Q(accepted_at__isnull=False, accepted_by__isnull=False, withdrawn_at__isnull=True),
                name="invitation_accepted_says_by_whom",
                violation_error_message=_("An accepted invitation says by whom and when, and is not withdrawn."),
            ),
            choices_constraint("role", MembershipRole, name="invitation_role_is_known"),
            choices_constraint("language", Language, name="invitation_language_is_known"),
        )

    def __str__(self) -> str:
        return f"{self.email} · {self.partner} · {self.get_role_display()}"

    def is_open(self, now: datetime) -> bool:
        """Whether it can be accepted at that moment."""
        return self.accepted_at is None and self.withdrawn_at is None and now < self.expires_at
