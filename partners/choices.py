"""Stored words of the partners app."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PartnerKind(models.TextChoices):
    """What sort of organisation a partner is."""

    CANADIAN_COLLEGE = "canadian_college", _("Canadian college or institute")
    TVET_INSTITUTION = "tvet_institution", _("technical and vocational training institution")
    MINISTRY = "ministry", _("ministry or secretariat")
    PUBLIC_BODY = "public_body", _("public body")
    TECHNICAL_GROUP = "technical_group", _("technical group or network")
    CIVIL_SOCIETY = "civil_society", _("civil society")
    PRIVATE_SECTOR = "private_sector", _("private sector")
    INTERNATIONAL_ORGANISATION = "international_organisation", _("international organisation")
    DONOR = "donor", _("donor")
    IMPLEMENTER = "implementer", _("implementer")


class AliasKind(models.TextChoices):
    """Why a second name of a partner is kept."""

    SPELLING = "spelling", _("another spelling in a source")
    MISREADING = "misreading", _("a misreading of the printed text")
    FORMER_NAME = "former_name", _("former name")
    TRANSLATION = "translation", _("name printed in another language")


class MembershipRole(models.TextChoices):
    """What a person may do for a partner."""

    VIEWER = "viewer", _("viewer")
    CONTRIBUTOR = "contributor", _("contributor")
    LEAD = "lead", pgettext_lazy("what a person may do for a partner", "lead")
