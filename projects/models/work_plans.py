"""Plans of activities that countries agreed on."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField, fallback_to_any

from accounts.choices import DatePrecision, Language
from accounts.models import Record, choices_constraint
from partners.models import Country
from projects.choices import ActivityStatus, Confirmation
from projects.models.programmes import Programme, ends_after_start
from projects.querysets import WorkPlanQuerySet


class WorkPlan(Record):
    """A plan of activities that countries agreed on, beside or without a programme."""

    natural_key_fields = ("slug",)

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    programme = models.ForeignKey(
        Programme,
        verbose_name=_("programme"),
        on_delete=models.PROTECT,
        related_name="work_plans",
        null=True,
        blank=True,
    )
    title = models.CharField(_("title"), max_length=250, help_text=_("As published."))
    language = models.CharField(_("language of the title"), max_length=2, choices=Language)
    translated_title = TranslatedField(
        models.CharField(
            _("translated title"), max_length=250, blank=True, help_text=_("Our own, marked as unofficial.")
        ),
        attrgetter=fallback_to_any,
    )
    summary = TranslatedField(models.TextField(_("summary"), blank=True), attrgetter=fallback_to_any)
    countries = models.ManyToManyField(Country, verbose_name=_("countries"), related_name="work_plans", blank=True)
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    date_precision = models.CharField(
        _("date precision"), max_length=5, choices=DatePrecision, default=DatePrecision.DAY
    )

    objects = WorkPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("work plan")
        verbose_name_plural = _("work plans")
        ordering = ("slug",)
        constraints = (
            ends_after_start(name="work_plan_ends_after_it_starts"),
            choices_constraint("language", Language, name="work_plan_language_is_known"),
            choices_constraint("date_precision", DatePrecision, name="work_plan_date_precision_is_known"),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("work_plan", args=[self.slug])


class Area(Record):
    """An area of cooperation of a work plan."""

    natural_key_fields = ("work_plan__slug", "number")

    work_plan = models.ForeignKey(WorkPlan, verbose_name=_("work plan"), on_delete=models.CASCADE, related_name="areas")
    number = models.PositiveSmallIntegerField(_("number"))
    name = TranslatedField(models.CharField(_("name"), max_length=200))
    description = TranslatedField(models.TextField(_("description"), blank=True), attrgetter=fallback_to_any)
    reference = models.CharField(
        _("reference"), max_length=60, blank=True, help_text=_("The article of the agreement that it rests on.")
    )

    class Meta:
        verbose_name = _("area of cooperation")
        verbose_name_plural = _("areas of cooperation")
        ordering = ("work_plan", "number")
        constraints = (
            models.UniqueConstraint(
                fields=["work_plan", "number"],
                name="area_number_is_unique_in_its_plan",
                violation_error_message=_("The plan already has an area with this number."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.number}. {self.name}"


def area_key(related_name: str) -> models.ForeignKey:
    """The area of cooperation that a part of a work plan belongs to."""
    return models.ForeignKey(
        Area, verbose_name=_("area of cooperation"), on_delete=models.CASCADE, related_name=related_name
    )


class AreaPart(Record):
    """What an objective, an activity and a deliverable share: their number in an area and their text."""

    natural_key_fields = ("area__work_plan__slug", "area__number", "number")

    area: models.ForeignKey
    number = models.PositiveSmallIntegerField(_("number"))
    text = TranslatedField(models.TextField(_("text"), help_text=_("In our own words.")))

    class Meta:
        abstract = True
        ordering = ("area", "number")
        constraints = (
            models.UniqueConstraint(
                fields=["area", "number"],
                name="%(class)s_number_is_unique_in_its_area",
                violation_error_message=_("The area already has one with this number."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.area.number}.{self.number}"


class Objective(AreaPart):
    """What an area of a work plan is meant to achieve."""

    area = area_key("objectives")

    class Meta(AreaPart.Meta):
        verbose_name = _("objective")
        verbose_name_plural = _("objectives")


class Activity(AreaPart):
    """A planned activity of a work plan."""

    area = area_key("activities")

    planned_from = models.DateField(
        _("planned from"), null=True, blank=True, help_text=_("Empty when still to be determined.")
    )
    planned_to = models.DateField(_("planned to"), null=True, blank=True)
    date_precision = models.CharField(
        _("date precision"), max_length=5, choices=DatePrecision, default=DatePrecision.MONTH
    )
    confirmation = models.CharField(_("confirmation of the date"), max_length=16, choices=Confirmation)
    schedule_note = TranslatedField(
        models.CharField(
            _("note on the dates"),
            max_length=250,
            blank=True,
            help_text=_("For example that two months are alternatives."),
        ),
        attrgetter=fallback_to_any,
    )
    countries = models.ManyToManyField(Country, verbose_name=_("countries"), related_name="activities", blank=True)
    place = models.CharField(_("place"), max_length=120, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=ActivityStatus, default=ActivityStatus.UNKNOWN)

    class Meta(AreaPart.Meta):
        verbose_name = _("planned activity")
        verbose_name_plural = _("planned activities")
        constraints = (
            *AreaPart.Meta.constraints,
            ends_after_start(name="activity_ends_after_it_starts", start="planned_from", end="planned_to"),
            choices_constraint("confirmation", Confirmation, name="activity_confirmation_is_known"),
            choices_constraint("status", ActivityStatus, name="activity_status_is_known"),
            choices_constraint("date_precision", DatePrecision, name="activity_date_precision_is_known"),
        )


class Deliverable(AreaPart):
    """What a work plan says an area will leave behind."""

    area = area_key("deliverables")

    class Meta(AreaPart.Meta):
        verbose_name = _("deliverable")
        verbose_name_plural = _("deliverables")
