"""Programmes, their themes and projects, and who takes part in them."""

from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField, fallback_to_any

from accounts.choices import DatePrecision, Language
from accounts.models import Record, choices_constraint
from partners.models import Country, Partner
from projects.choices import (
    Component,
    PartnershipRole,
    ProjectKind,
    ProjectStatus,
    ThemeKind,
)
from projects.querysets import PartnershipQuerySet, ProgrammeQuerySet, ProjectQuerySet, ThemeQuerySet

CURRENCY_CODE = r"^[A-Z][A-Z][A-Z]$"


def ends_after_start(*, name: str, start: str = "starts_on", end: str = "ends_on") -> models.CheckConstraint:
    """A database constraint that a stretch of time does not end before it starts."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{start}__isnull": True})
        | models.Q(**{f"{end}__isnull": True})
        | models.Q(**{f"{end}__gte": models.F(start)}),
        name=name,
        violation_error_message=_("The end lies before the start."),
    )


class Programme(Record):
    """A funded whole of projects with one logic model, such as EPE-AP."""

    natural_key_fields = ("slug",)

    slug = models.SlugField(
        _("slug"),
        max_length=60,
        unique=True,
        help_text=_("Stands in addresses; its former address leads on when it is changed."),
    )
    code = models.CharField(_("code"), max_length=40, unique=True, help_text=_("As printed, for example EPE-AP."))
    name = TranslatedField(models.CharField(_("name"), max_length=250))
    summary = TranslatedField(
        models.TextField(
            _("summary"), blank=True, help_text=_("What it was for and how it worked, in a few sentences of our own.")
        ),
        attrgetter=fallback_to_any,
    )
    funder = models.ForeignKey(
        Partner,
        verbose_name=_("funder"),
        on_delete=models.PROTECT,
        related_name="funded_programmes",
        null=True,
        blank=True,
    )
    implementer = models.ForeignKey(
        Partner,
        verbose_name=_("implementer"),
        on_delete=models.PROTECT,
        related_name="implemented_programmes",
        null=True,
        blank=True,
    )
    budget = models.DecimalField(
        _("budget"),
        max_digits=15,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("The funder's contribution, as stated."),
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True, help_text=_("ISO 4217, for example CAD."))
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    date_precision = models.CharField(
        _("date precision"),
        max_length=5,
        choices=DatePrecision,
        default=DatePrecision.DAY,
        help_text=_("Year when the sources state years only: the stored day is then the first or last of the year."),
    )
    status = models.CharField(_("status"), max_length=14, choices=ProjectStatus, default=ProjectStatus.IMPLEMENTATION)
    countries = models.ManyToManyField(Country, verbose_name=_("countries"), related_name="programmes", blank=True)
    funder_identifier = models.CharField(
        _("funder's identifier"),
        max_length=60,
        blank=True,
        help_text=_("The number under which the funder publishes it."),
    )
    iati_identifier = models.CharField(
        _("IATI identifier"), max_length=120, blank=True, help_text=_("Frozen: never changed once published.")
    )
    is_demonstration = models.BooleanField(
        _("demonstration"),
        default=False,
        help_text=_("Fictitious: marked on every page and left out of totals and downloads."),
    )

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ("code",)
        constraints = (
            choices_constraint("status", ProjectStatus, name="programme_status_is_known"),
            choices_constraint("date_precision", DatePrecision, name="programme_date_precision_is_known"),
            ends_after_start(name="programme_ends_after_it_starts"),
            models.CheckConstraint(
                condition=models.Q(budget__isnull=True)
                | (models.Q(budget__gte=0) & models.Q(currency__regex=CURRENCY_CODE)),
                name="programme_budget_has_a_currency",
                violation_error_message=_("A budget is zero or more and needs its currency, for example CAD."),
            ),
            models.UniqueConstraint(
                fields=["iati_identifier"],
                condition=~models.Q(iati_identifier=""),
                name="programme_iati_identifier_is_unique",
                violation_error_message=_("Another programme already bears this IATI identifier."),
            ),
        )

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("programme", args=[self.slug])


class Theme(Record):
    """A theme of a programme, or a dimension that cuts across all its themes."""

    natural_key_fields = ("slug",)

    programme = models.ForeignKey(
        Programme, verbose_name=_("programme"), on_delete=models.PROTECT, related_name="themes"
    )
    slug = models.SlugField(
        _("slug"),
        max_length=60,
        unique=True,
        help_text=_("Stands in addresses; its former address leads on when it is changed."),
    )
    code = models.CharField(_("code"), max_length=20, help_text=_("T1 to T4 for themes, D1 and D2 for dimensions."))
    kind = models.CharField(_("kind"), max_length=10, choices=ThemeKind)
    number = models.PositiveSmallIntegerField(_("number"))
    name = TranslatedField(models.CharField(_("name"), max_length=200))
    introduction = TranslatedField(
        models.TextField(
            _("introduction"), blank=True, help_text=_("What it is about, in a few sentences of our own.")
        ),
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

    objects = ThemeQuerySet.as_manager()

    class Meta:
        verbose_name = _("theme or dimension")
        verbose_name_plural = _("themes and dimensions")
        ordering = ("programme", "-kind", "number")
        constraints = (
            models.UniqueConstraint(
                fields=["programme", "kind", "number"],
                name="theme_number_is_unique_in_its_programme",
                violation_error_message=_("The programme already has a theme of this kind with this number."),
            ),
            models.UniqueConstraint(
                fields=["programme", "code"],
                name="theme_code_is_unique_in_its_programme",
                violation_error_message=_("The programme already has a theme with this code."),
            ),
            choices_constraint("kind", ThemeKind, name="theme_kind_is_known"),
        )

    def __str__(self) -> str:
        return f"{self.code} · {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("theme", args=[self.slug])


class Sector(Record):
    """A trade or subject that projects work on."""

    natural_key_fields = ("slug",)

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = TranslatedField(models.CharField(_("name"), max_length=200))

    class Meta:
        verbose_name = _("sector")
        verbose_name_plural = _("sectors")
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.name


class Project(Record):
    """A project of a programme: a technical assistance to the region, or a partnership of institutions."""

    natural_key_fields = ("slug",)

    programme = models.ForeignKey(
        Programme, verbose_name=_("programme"), on_delete=models.PROTECT, related_name="projects"
    )
    slug = models.CharField(
        _("slug"),
        max_length=60,
        unique=True,
        validators=[
            RegexValidator(r"^[A-Za-z0-9._-]+$", _("Use letters, digits, dots and hyphens only, for example B08.1."))
        ],
        help_text=_(
            "Stands in addresses; its former address leads on when it is changed. The bare code where it is unique, for example B08.1."
        ),
    )
    code = models.CharField(_("code"), max_length=20, help_text=_("As printed, for example B08.1."))
    component = models.CharField(_("component"), max_length=1, choices=Component, blank=True)
    kind = models.CharField(_("kind"), max_length=30, choices=ProjectKind)
    title = models.CharField(
        _("title"), max_length=250, help_text=_("As its own chapter bears it, in the language of the source.")
    )
    language = models.CharField(_("language of the title"), max_length=2, choices=Language)
    translated_title = TranslatedField(
        models.CharField(
            _("translated title"), max_length=250, blank=True, help_text=_("Our own, marked as unofficial.")
        ),
        attrgetter=fallback_to_any,
    )
    summary = TranslatedField(
        models.TextField(
            _("summary"), blank=True, help_text=_("What it set out to do and what came of it, in our own words.")
        ),
        attrgetter=fallback_to_any,
    )
    sectors = models.ManyToManyField(Sector, verbose_name=_("sectors"), related_name="projects", blank=True)
    countries = models.ManyToManyField(
        Country, verbose_name=_("countries"), related_name="projects", blank=True, help_text=_("Where its results are.")
    )
    themes = models.ManyToManyField(Theme, verbose_name=_("themes"), through="ProjectTheme", related_name="projects")
    partners = models.ManyToManyField(
        Partner, verbose_name=_("partners"), through="Partnership", related_name="projects"
    )
    starts_on = models.DateField(_("starts on"), null=True, blank=True, help_text=_("Empty when no document says."))
    ends_on = models.DateField(_("ends on"), null=True, blank=True, help_text=_("Empty when no document says."))
    date_precision = models.CharField(
        _("date precision"), max_length=5, choices=DatePrecision, default=DatePrecision.DAY
    )
    status = models.CharField(_("status"), max_length=14, choices=ProjectStatus, default=ProjectStatus.IMPLEMENTATION)
    iati_identifier = models.CharField(
        _("IATI identifier"), max_length=120, blank=True, help_text=_("Frozen: never changed once published.")
    )

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ("programme", "code")
        constraints = (
            models.UniqueConstraint(
                fields=["programme", "code"],
                name="project_code_is_unique_in_its_programme",
                violation_error_message=_("The programme already has a project with this code."),
            ),
            choices_constraint("component", Component, name="project_component_is_known", blank=True),
            choices_constraint("kind", ProjectKind, name="project_kind_is_known"),
            choices_constraint("status", ProjectStatus, name="project_status_is_known"),
            choices_constraint("language", Language, name="project_language_is_known"),
            choices_constraint("date_precision", DatePrecision, name="project_date_precision_is_known"),
            ends_after_start(name="project_ends_after_it_starts"),
            models.UniqueConstraint(
                fields=["iati_identifier"],
                condition=~models.Q(iati_identifier=""),
                name="project_iati_identifier_is_unique",
                violation_error_message=_("Another project already bears this IATI identifier."),
            ),
        )

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("project", args=[self.slug])


class ProjectTheme(Record):
    """A project's place in a theme, with the title that it bears there (B05 bears two)."""

    natural_key_fields = ("project__slug", "theme__slug")

    project = models.ForeignKey(
        Project, verbose_name=_("project"), on_delete=models.CASCADE, related_name="project_themes"
    )
    theme = models.ForeignKey(Theme, verbose_name=_("theme"), on_delete=models.PROTECT, related_name="project_themes")
    title = models.CharField(_("title"), max_length=250, help_text=_("As printed under this theme."))
    language = models.CharField(_("language of the title"), max_length=2, choices=Language)
    translated_title = TranslatedField(
        models.CharField(
            _("translated title"), max_length=250, blank=True, help_text=_("Our own, marked as unofficial.")
        ),
        attrgetter=fallback_to_any,
    )

    class Meta:
        verbose_name = _("theme of a project")
        verbose_name_plural = _("themes of a project")
        ordering = ("project", "theme")
        constraints = (
            models.UniqueConstraint(
                fields=["project", "theme"],
                name="project_stands_once_in_a_theme",
                violation_error_message=_("The project already stands in this theme."),
            ),
            choices_constraint("language", Language, name="project_theme_language_is_known"),
        )

    def __str__(self) -> str:
        return f"{self.project} · {self.theme.code}"


class Partnership(Record):
    """A partner's part in a project."""

    natural_key_fields = ("project__slug", "partner__slug")

    project = models.ForeignKey(
        Project, verbose_name=_("project"), on_delete=models.CASCADE, related_name="partnerships"
    )
    partner = models.ForeignKey(
        Partner, verbose_name=_("partner"), on_delete=models.PROTECT, related_name="partnerships"
    )
    role = models.CharField(
        _("role"), max_length=20, choices=PartnershipRole, help_text=_("Lead only where a source marks the partner so.")
    )
    is_adopted = models.BooleanField(
        _("adopted"),
        default=True,
        help_text=_("Untick when one source names the partner but the project's own chapter does not."),
    )
    note = TranslatedField(models.TextField(_("public note"), blank=True), attrgetter=fallback_to_any)

    objects = PartnershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("partnership")
        verbose_name_plural = _("partnerships")
        ordering = ("project", "role", "partner")
        constraints = (
            models.UniqueConstraint(
                fields=["project", "partner"],
                name="partner_stands_once_in_a_project",
                violation_error_message=_("The partner already takes part in the project: change the role instead."),
            ),
            models.UniqueConstraint(
                fields=["project"],
                condition=models.Q(role=PartnershipRole.LEAD, is_adopted=True),
                name="project_has_one_lead",
                violation_error_message=_("The project already has a lead."),
            ),
            choices_constraint("role", PartnershipRole, name="partnership_role_is_known"),
        )

    def __str__(self) -> str:
        return f"{self.project} · {self.partner.short_name}"
