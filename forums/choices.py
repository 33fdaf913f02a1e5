"""Stored words of the forums app."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ForumMode(models.TextChoices):
    IN_PERSON = "in_person", _("in person")
    VIRTUAL = "virtual", _("virtual")
    HYBRID = "hybrid", _("hybrid")
