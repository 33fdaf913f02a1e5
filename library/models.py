"""What was read, what it states, where sources disagree, and what the programme left to read."""

from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField, fallback_to_any

from accounts.choices import DatePrecision, Language
from accounts.models import Record, choices_constraint
from forums.models import Forum
from indicators.choices import Qualifier
from indicators.models import Actual, Baseline, ExpectedResult, Target
from indicators.models.figures import amount
from library.choices import About, DiscrepancyKind, DocumentKind, FindingKind, PublicationKind, Settlement, Severity
from library.querysets import (
    CitationQuerySet,
    DiscrepancyQuerySet,
    DocumentQuerySet,
    FindingQuerySet,
    PublicationQuerySet,
)
from partners.models import Country, Partner
from projects.models import Partnership, Programme, Project, Theme

CITED_FIGURES = ("baseline", "target", "actual")
CITED_RECORDS = ("programme", "theme", "project", "partnership", "partner", "forum", "publication", "expected_result")

#: What a citation is about.
Cited = TypeVar("Cited", bound=models.Model)


def exactly_one_of(fields: tuple[str, ...]) -> Q:
    """A condition that exactly one of these foreign keys is set."""
    condition = Q()
    for chosen in fields:
        condition |= Q(**{f"{field}__isnull": field != chosen for field in fields})
    return condition


class Document(Record):
    """A source that was read."""

    natural_key_fields = ("slug",)

    slug = models.SlugField(
        _("slug"),
        max_length=80,
        unique=True,
        help_text=_("Stands in addresses; its former address leads on when it is changed."),
    )
    title = models.CharField(_("title"), max_length=250, help_text=_("As published."))
    language = models.CharField(_("language"), max_length=2, choices=Language)
    translated_title = TranslatedField(
        models.CharField(
            _("translated title"), max_length=250, blank=True, help_text=_("Our own, marked as unofficial.")
        ),
        attrgetter=fallback_to_any,
    )
    short_title = TranslatedField(
        models.CharField(
            _("short title"),
            max_length=80,
            help_text=_("Said beside each figure that rests on it, for example Capitalisation book."),
        )
    )
    kind = models.CharField(_("kind"), max_length=9, choices=DocumentKind)
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    published_on = models.DateField(
        _("published on"), null=True, blank=True, help_text=_("Empty when the document does not say.")
    )
    date_precision = models.CharField(
        _("date precision"), max_length=5, choices=DatePrecision, default=DatePrecision.DAY
    )
    file_name = models.CharField(_("file name"), max_length=120, blank=True, help_text=_("Of the copy that was read."))
    link = models.URLField(_("link"), max_length=400, blank=True)
    note = TranslatedField(
        models.TextField(_("note"), blank=True, help_text=_("What it gives, how it was read, and its bias.")),
        attrgetter=fallback_to_any,
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ("order", "slug")
        constraints = (
            choices_constraint("kind", DocumentKind, name="document_kind_is_known"),
            choices_constraint("language", Language, name="document_language_is_known"),
            choices_constraint("date_precision", DatePrecision, name="document_date_precision_is_known"),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("source", args=[self.slug])


class Publication(Record):
    """Something that the programme published: a report, guide, toolkit, video, website …"""

    natural_key_fields = ("slug",)

    slug = models.SlugField(_("slug"), max_length=100, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=PublicationKind)
    title = models.CharField(_("title"), max_length=300, help_text=_("As printed."))
    language = models.CharField(_("language of the title"), max_length=2, choices=Language)
    translated_title = TranslatedField(
        models.CharField(
            _("translated title"), max_length=300, blank=True, help_text=_("Our own, marked as unofficial.")
        ),
        attrgetter=fallback_to_any,
    )
    summary = TranslatedField(models.TextField(_("summary"), blank=True), attrgetter=fallback_to_any)
    published_on = models.DateField(
        _("published on"), null=True, blank=True, help_text=_("Empty when no document says.")
    )
    date_precision = models.CharField(
        _("date precision"), max_length=5, choices=DatePrecision, default=DatePrecision.DAY
    )
    languages = models.CharField(
        _("languages"),
        max_length=20,
        blank=True,
        help_text=_("Codes joined by ; where a document says, for example en;es."),
    )
    link = models.URLField(_("link"), max_length=400, blank=True, help_text=_("Only one that a document prints."))
    programme = models.ForeignKey(
        Programme, verbose_name=_("programme"), on_delete=models.PROTECT, related_name="publications"
    )
    projects = models.ManyToManyField(Project, verbose_name=_("projects"), related_name="publications", blank=True)
    themes = models.ManyToManyField(
        Theme, verbose_name=_("themes and dimensions"), related_name="publications", blank=True
    )
    forums = models.ManyToManyField(Forum, verbose_name=_("forums"), related_name="publications", blank=True)
    countries = models.ManyToManyField(Country, verbose_name=_("countries"), related_name="publications", blank=True)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ("kind", "title")
        constraints = (
            choices_constraint("kind", PublicationKind, name="publication_kind_is_known"),
            choices_constraint("language", Language, name="publication_language_is_known"),
            choices_constraint("date_precision", DatePrecision, name="publication_date_precision_is_known"),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        # The list has pages: which of them holds the publication is found when it is asked for.
        return f"{reverse('publications')}?show={self.slug}#{self.slug}"


class Finding(Record):
    """What was learned: a lesson, a recommendation, an unexpected result or a good practice."""

    natural_key_fields = ("code",)

    code = models.SlugField(_("code"), max_length=60, unique=True, help_text=_("For example T1-lesson-1."))
    kind = models.CharField(_("kind"), max_length=17, choices=FindingKind)
    text = TranslatedField(models.TextField(_("text"), help_text=_("In our own words.")))
    programme = models.ForeignKey(
        Programme, verbose_name=_("programme"), on_delete=models.PROTECT, related_name="findings"
    )
    theme = models.ForeignKey(
        Theme,
        verbose_name=_("theme or dimension"),
        on_delete=models.PROTECT,
        related_name="findings",
        null=True,
        blank=True,
    )
    project = models.ForeignKey(
        Project, verbose_name=_("project"), on_delete=models.PROTECT, related_name="findings", null=True, blank=True
    )
    forum = models.ForeignKey(
        Forum, verbose_name=_("forum"), on_delete=models.PROTECT, related_name="findings", null=True, blank=True
    )
    document = models.ForeignKey(
        Document, verbose_name=_("source"), on_delete=models.PROTECT, related_name="findings", null=True, blank=True
    )
    section = models.CharField(_("section"), max_length=250, blank=True, help_text=_("Where the source says so."))
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ("programme", "order", "code")
        constraints = (
            choices_constraint("kind", FindingKind, name="finding_kind_is_known"),
            models.CheckConstraint(
                condition=exactly_one_of(("theme", "project", "forum"))
                | Q(theme__isnull=True, project__isnull=True, forum__isnull=True),
                name="finding_is_of_one_thing",
                violation_error_message=_("A finding is of one theme, project or forum, or of the whole programme."),
            ),
        )

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return f"{reverse('findings')}?show={self.code}#{self.code}"


def cited(model: type[Cited], label: Any) -> "models.ForeignKey[Cited | None, Cited | None]":
    """A record that a citation may be about; the citation goes with it."""
    return models.ForeignKey(
        model, verbose_name=label, on_delete=models.CASCADE, related_name="citations", null=True, blank=True
    )


class Citation(Record):
    """What one place of one source states, about one figure or about one fact of a record."""

    natural_key_fields = ("code",)

    code = models.SlugField(_("code"), max_length=120, unique=True)
    document = models.ForeignKey(Document, verbose_name=_("source"), on_delete=models.PROTECT, related_name="citations")
    section = models.CharField(_("section"), max_length=250, help_text=_("The heading under which it stands."))
    page = models.CharField(
        _("page"), max_length=20, blank=True, help_text=_("As printed; empty when the copy shows none.")
    )
    printed_value = models.CharField(_("value as printed"), max_length=250, blank=True)
    value = amount(_("value"), _("The printed value as a number, so that it can be compared with the adopted one."))
    qualifier = models.CharField(_("qualifier"), max_length=9, choices=Qualifier, default=Qualifier.EXACT)
    note = TranslatedField(models.TextField(_("note"), blank=True), attrgetter=fallback_to_any)
    about = models.CharField(_("about"), max_length=11, choices=About, default=About.VALUE)
    baseline = cited(Baseline, _("baseline"))
    target = cited(Target, _("target"))
    actual = cited(Actual, _("actual"))
    programme = cited(Programme, _("programme"))
    theme = cited(Theme, _("theme or dimension"))
    project = cited(Project, _("project"))
    partnership = cited(Partnership, _("partnership"))
    partner = cited(Partner, _("partner"))
    forum = cited(Forum, _("forum"))
    publication = cited(Publication, _("publication"))
    expected_result = cited(ExpectedResult, _("expected result"))
    order = models.PositiveSmallIntegerField(
        _("order"), default=0, help_text=_("The citation of the adopted value comes first.")
    )

    objects = CitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        ordering = ("order", "code")
        constraints = (
            models.CheckConstraint(
                condition=exactly_one_of((*CITED_FIGURES, *CITED_RECORDS)),
                name="citation_is_about_one_thing",
                violation_error_message=_("A citation is about exactly one figure or record."),
            ),
            models.CheckConstraint(
                condition=~Q(section=""),
                name="citation_names_its_section",
                violation_error_message=_("Say under which heading it stands."),
            ),
            choices_constraint("about", About, name="citation_about_is_known"),
            choices_constraint("qualifier", Qualifier, name="citation_qualifier_is_known"),
        )

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        # A long source stands on several pages: which of them holds the citation is found when the page is asked for.
        return f"{self.document.get_absolute_url()}?citation={self.code}#{self.code}"

    @property
    def figure(self) -> Any:
        """The baseline, target or actual that it is about, if any."""
        return next((getattr(self, name) for name in CITED_FIGURES if getattr(self, f"{name}_id")), None)

    @property
    def subject(self) -> Any:
        """Whatever it is about."""
        return next(
            (getattr(self, name) for name in (*CITED_FIGURES, *CITED_RECORDS) if getattr(self, f"{name}_id")), None
        )

    @property
    def differs(self) -> bool:
        """Whether the printed number is another one than the figure that was adopted."""
        figure = self.figure
        if figure is None or self.value is None:
            return False
        adopted = figure.share if figure.share is not None else figure.ratio
        return adopted is not None and self.value != adopted


class Discrepancy(Record):
    """Statements of the sources that disagree, how grave that is, and how it was settled."""

    natural_key_fields = ("code",)

    code = models.SlugField(_("code"), max_length=120, unique=True)
    programme = models.ForeignKey(
        Programme, verbose_name=_("programme"), on_delete=models.PROTECT, related_name="discrepancies"
    )
    kind = models.CharField(_("kind"), max_length=8, choices=DiscrepancyKind)
    severity = models.CharField(_("severity"), max_length=8, choices=Severity)
    settlement = models.CharField(_("how it was settled"), max_length=20, choices=Settlement, default=Settlement.OPEN)
    explanation = TranslatedField(
        models.TextField(_("explanation"), help_text=_("What disagrees and why this was adopted, in our own words."))
    )
    citations = models.ManyToManyField(Citation, verbose_name=_("citations"), related_name="discrepancies", blank=True)
    actuals = models.ManyToManyField(
        Actual,
        verbose_name=_("figures"),
        related_name="discrepancies",
        blank=True,
        help_text=_("Figures that do not fit together, such as a total and its parts."),
    )

    objects = DiscrepancyQuerySet.as_manager()

    class Meta:
        verbose_name = _("discrepancy")
        verbose_name_plural = _("discrepancies")
        ordering = ("code",)
        constraints = (
            choices_constraint("kind", DiscrepancyKind, name="discrepancy_kind_is_known"),
            choices_constraint("severity", Severity, name="discrepancy_severity_is_known"),
            choices_constraint("settlement", Settlement, name="discrepancy_settlement_is_known"),
        )

    def __str__(self) -> str:
        return self.code

    def clean(self) -> None:
        """It takes two to disagree."""
        if self.pk and self.citations.count() + self.actuals.count() < 2:
            raise ValidationError(_("A discrepancy needs at least two citations or figures."))

    def get_absolute_url(self) -> str:
        return f"{reverse('discrepancies')}?show={self.code}#{self.code}"
