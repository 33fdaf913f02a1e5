"""The international forums of a programme."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField, fallback_to_any

from accounts.choices import Language
from accounts.models import Record, choices_constraint
from forums.choices import ForumMode
from forums.querysets import ForumQuerySet
from partners.models import Country
from projects.models import Programme, Theme


class Forum(Record):
    """A meeting of the programme's countries on one subject; who came to it are figures of its own series."""

    natural_key_fields = ("slug",)

    programme = models.ForeignKey(
        Programme, verbose_name=_("programme"), on_delete=models.PROTECT, related_name="forums"
    )
    slug = models.SlugField(
        _("slug"),
        max_length=60,
        unique=True,
        help_text=_("Stands in addresses; its former address leads on when it is changed."),
    )
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=250, help_text=_("As printed."))
    language = models.CharField(_("language of the title"), max_length=2, choices=Language)
    translated_title = TranslatedField(
        models.CharField(
            _("translated title"), max_length=250, blank=True, help_text=_("Our own, marked as unofficial.")
        ),
        attrgetter=fallback_to_any,
    )
    summary = TranslatedField(
        models.TextField(_("summary"), blank=True, help_text=_("What it was about, in a few sentences of our own.")),
        attrgetter=fallback_to_any,
    )
    account = TranslatedField(
        models.TextField(
            _("account"),
            blank=True,
            help_text=_("What was done, with whom and why, in our own words; an empty line between paragraphs."),
        ),
        attrgetter=fallback_to_any,
    )
    themes = models.ManyToManyField(Theme, verbose_name=_("themes and dimensions"), related_name="forums", blank=True)
    mode = models.CharField(_("mode"), max_length=10, choices=ForumMode)
    city = models.CharField(_("city"), max_length=100, blank=True, help_text=_("Empty for a virtual forum."))
    country = models.ForeignKey(
        Country,
        verbose_name=_("country of the place"),
        on_delete=models.PROTECT,
        related_name="hosted_forums",
        null=True,
        blank=True,
        help_text=_("Where it was held. Its figures stay regional all the same."),
    )

    objects = ForumQuerySet.as_manager()

    class Meta:
        verbose_name = _("forum")
        verbose_name_plural = _("forums")
        ordering = ("programme", "number")
        constraints = (
            models.UniqueConstraint(
                fields=["programme", "number"],
                name="forum_number_is_unique_in_its_programme",
                violation_error_message=_("The programme already has a forum with this number."),
            ),
            choices_constraint("mode", ForumMode, name="forum_mode_is_known"),
            choices_constraint("language", Language, name="forum_language_is_known"),
            models.CheckConstraint(
                condition=~models.Q(mode=ForumMode.VIRTUAL) | models.Q(country__isnull=True, city=""),
                name="forum_that_is_virtual_has_no_place",
                violation_error_message=_("A virtual forum has no place."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("forum", args=[self.slug])


class ForumDay(Record):
    """A day on which a forum met; its days need not follow one another."""

    natural_key_fields = ("forum__slug", "day")

    forum = models.ForeignKey(Forum, verbose_name=_("forum"), on_delete=models.CASCADE, related_name="days")
    day = models.DateField(_("day"))

    class Meta:
        verbose_name = _("day of a forum")
        verbose_name_plural = _("days of a forum")
        ordering = ("forum", "day")
        constraints = (
            models.UniqueConstraint(
                fields=["forum", "day"],
                name="forum_day_is_listed_once",
                violation_error_message=_("This day is already listed."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"
