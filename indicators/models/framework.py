"""What is measured: the logic model, its indicators, how they are broken down, and when they are reported."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField, fallback_to_any

from accounts.choices import DatePrecision
from accounts.models import Record, choices_constraint
from indicators.choices import (
    Basis,
    ChangeUnit,
    Cumulation,
    Direction,
    Family,
    Frequency,
    Level,
    Measure,
    Nature,
    NoTargetReason,
    PeriodKind,
    PeriodState,
    RollUp,
    UnitOfAnalysis,
)
from indicators.querysets import BreakdownQuerySet, IndicatorQuerySet, ReportingPeriodQuerySet
from projects.models import CURRENCY_CODE, Programme, Project, Theme, ends_after_start

# From the widest change down.
LEVELS: list[str] = [str(level) for level in Level]


class Goal(Record):
    """A Sustainable Development Goal of the United Nations that indicators contribute to."""

    natural_key_fields = ("number",)

    number = models.PositiveSmallIntegerField(_("number"), unique=True)
    name = TranslatedField(models.CharField(_("name"), max_length=150))

    class Meta:
        verbose_name = _("sustainable development goal")
        verbose_name_plural = _("sustainable development goals")
        ordering = ("number",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(number__gte=1, number__lte=17),
                name="goal_is_one_of_seventeen",
                violation_error_message=_("The goals are numbered from 1 to 17."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.number}. {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("goal", args=[self.number])


class ExpectedResult(Record):
    """A node of the programme's logic model: a change it was to bring about, or what it was to deliver."""

    natural_key_fields = ("programme__slug", "code")

    programme = models.ForeignKey(
        Programme, verbose_name=_("programme"), on_delete=models.PROTECT, related_name="expected_results"
    )
    code = models.CharField(
        _("code"), max_length=20, help_text=_("Text, for example 1110. The parent has its own field.")
    )
    level = models.CharField(_("level"), max_length=12, choices=Level)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("parent"),
        on_delete=models.PROTECT,
        related_name="children",
        null=True,
        blank=True,
        help_text=_("The expected result one level up that this one leads to."),
    )
    statement = TranslatedField(models.TextField(_("statement"), help_text=_("What changes, for whom and where.")))
    basis = models.CharField(
        _("basis"),
        max_length=13,
        choices=Basis,
        help_text=_("Official wording, stated in a source, or reconstructed by us; shown wherever the statement is."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("expected result")
        verbose_name_plural = _("expected results")
        ordering = ("programme", "order", "code")
        constraints = (
            models.UniqueConstraint(
                fields=["programme", "code"],
                name="expected_result_code_is_unique_in_its_programme",
                violation_error_message=_("The programme already has an expected result with this code."),
            ),
            choices_constraint("level", Level, name="expected_result_level_is_known"),
            choices_constraint("basis", Basis, name="expected_result_basis_is_known"),
            models.CheckConstraint(
                condition=models.Q(level=Level.ULTIMATE, parent__isnull=True)
                | ~models.Q(level=Level.ULTIMATE) & models.Q(parent__isnull=False),
                name="expected_result_has_a_parent_unless_ultimate",
                violation_error_message=_("Every expected result but the ultimate outcome leads to one a level up."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} · {self.statement}"

    def get_absolute_url(self) -> str:
        # Codes are those of a programme.
        return f"{reverse('framework')}?{urlencode({'programme': self.programme.slug})}#result-{self.code}"

    def clean(self) -> None:
        """A parent stands one level up in the same programme."""
        if self.parent is None or self.level not in LEVELS:
            return
        if self.parent.programme_id != self.programme_id:
            raise ValidationError({"parent": _("The parent belongs to another programme.")})
        if LEVELS.index(self.parent.level) != LEVELS.index(self.level) - 1:
            raise ValidationError({"parent": _("The parent must stand exactly one level up.")})


class Dimension(Record):
    """A way of breaking figures down, such as sex."""

    natural_key_fields = ("code",)

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = TranslatedField(models.CharField(_("name"), max_length=80))
    is_exhaustive = models.BooleanField(
        _("exhaustive"),
        default=True,
        help_text=_("Tick when its categories together make the total, so that a gap is flagged."),
    )

    class Meta:
        verbose_name = _("dimension of disaggregation")
        verbose_name_plural = _("dimensions of disaggregation")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class Category(Record):
    """One value of a dimension, such as women."""

    natural_key_fields = ("dimension__code", "code")

    dimension = models.ForeignKey(
        Dimension, verbose_name=_("dimension"), on_delete=models.CASCADE, related_name="categories"
    )
    code = models.SlugField(_("code"), max_length=30)
    name = TranslatedField(models.CharField(_("name"), max_length=80))
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ("dimension", "order", "code")
        constraints = (
            models.UniqueConstraint(
                fields=["dimension", "code"],
                name="category_code_is_unique_in_its_dimension",
                violation_error_message=_("The dimension already has a category with this code."),
            ),
        )

    def __str__(self) -> str:
        return self.name


class Breakdown(Record):
    """One set of categories, at most one of each dimension; the empty set is the total.

    Made by ``Breakdown.objects.for_categories()`` alone and never changed, so that its key stays canonical.
    """

    natural_key_fields = ("key",)

    key = models.CharField(
        _("key"),
        max_length=200,
        unique=True,
        blank=True,
        help_text=_("Like age=15-24;sex=women, dimensions in alphabetical order; empty for the total."),
    )
    categories = models.ManyToManyField(Category, verbose_name=_("categories"), related_name="breakdowns", blank=True)

    objects = BreakdownQuerySet.as_manager()

    class Meta:
        verbose_name = _("breakdown")
        verbose_name_plural = _("breakdowns")
        ordering = ("key",)

    def __str__(self) -> str:
        return self.key or str(_("total"))

    @staticmethod
    def key_of(categories: Iterable[Category]) -> str:
        """The canonical key of a set of categories."""
        chosen = sorted(categories, key=lambda category: category.dimension.code)
        dimensions = [category.dimension.code for category in chosen]
        if len(set(dimensions)) != len(dimensions):
            raise ValidationError(_("A breakdown holds at most one category of each dimension."))
        return ";".join(f"{category.dimension.code}={category.code}" for category in chosen)

    def clean(self) -> None:
        """The key says exactly which categories the breakdown holds."""
        if self.pk and self.key != self.key_of(self.categories.select_related("dimension")):
            raise ValidationError({"key": _("The key does not name the categories of this breakdown.")})


class Indicator(Record):
    """What is measured to know whether an expected result came about; its columns are those of the funder's framework."""

    natural_key_fields = ("slug",)

    programme = models.ForeignKey(
        Programme, verbose_name=_("programme"), on_delete=models.PROTECT, related_name="indicators"
    )
    slug = models.SlugField(
        _("slug"),
        max_length=100,
        unique=True,
        help_text=_("Stands in addresses; its former address leads on when it is changed."),
    )
    code = models.CharField(
        _("code"),
        max_length=40,
        help_text=_("Unique in the programme; never contains the number of the expected result."),
    )
    name = TranslatedField(
        models.CharField(_("name"), max_length=250, help_text=_("Neutral: no direction and no target in it."))
    )
    definition = TranslatedField(
        models.TextField(_("definition"), blank=True, help_text=_("What counts and what does not.")),
        attrgetter=fallback_to_any,
    )
    nature = models.CharField(_("nature"), max_length=10, choices=Nature)
    family = models.CharField(_("family"), max_length=20, choices=Family)
    expected_result = models.ForeignKey(
        ExpectedResult,
        verbose_name=_("expected result"),
        on_delete=models.PROTECT,
        related_name="indicators",
        null=True,
        blank=True,
        help_text=_("Empty for inputs, activities and context."),
    )
    themes = models.ManyToManyField(
        Theme,
        verbose_name=_("themes and dimensions"),
        related_name="indicators",
        blank=True,
        help_text=_("A figure's themes are its indicator's."),
    )
    project = models.ForeignKey(
        Project,
        verbose_name=_("project"),
        on_delete=models.PROTECT,
        related_name="indicators",
        null=True,
        blank=True,
        help_text=_("Empty for an indicator that several projects or the whole programme report."),
    )
    goals = models.ManyToManyField(
        Goal,
        verbose_name=_("sustainable development goals"),
        related_name="indicators",
        blank=True,
        help_text=_("It contributes to them; it is not their indicator."),
    )
    measure = models.CharField(_("measure"), max_length=12, choices=Measure)
    change_unit = models.CharField(
        _("unit of the change"),
        max_length=10,
        choices=ChangeUnit,
        blank=True,
        help_text=_("For a change only: points, relative, or as printed."),
    )
    unit = TranslatedField(
        models.CharField(_("unit"), max_length=80, help_text=_("Said after the number, for example firms, or %."))
    )
    unit_singular = TranslatedField(
        models.CharField(
            _("unit of one"),
            max_length=80,
            blank=True,
            help_text=_("Said after the number 1, for example firm; empty when it is the same."),
        ),
        attrgetter=fallback_to_any,
    )
    unit_of_analysis = models.CharField(_("unit of analysis"), max_length=15, choices=UnitOfAnalysis)
    is_whole = models.BooleanField(_("whole numbers"), default=True, help_text=_("Untick where decimals are possible."))
    currency = models.CharField(_("currency"), max_length=3, blank=True, help_text=_("ISO 4217, for amounts of money."))
    direction = models.CharField(_("direction"), max_length=8, choices=Direction, default=Direction.INCREASE)
    cumulation = models.CharField(_("cumulation"), max_length=13, choices=Cumulation, default=Cumulation.RUNNING_TOTAL)
    roll_up = models.CharField(_("roll-up"), max_length=13, choices=RollUp, default=RollUp.NONE)
    counts_persons_twice = models.BooleanField(
        _("may count persons twice"),
        default=False,
        help_text=_("Tick when one person may be counted by several partners or events."),
    )
    dimensions = models.ManyToManyField(Dimension, verbose_name=_("dimensions"), related_name="indicators", blank=True)
    contributes_to = models.ForeignKey(
        "self",
        verbose_name=_("contributes to"),
        on_delete=models.PROTECT,
        related_name="contributors",
        null=True,
        blank=True,
        help_text=_("The common indicator of the same measure and unit that it adds up to. Nothing else adds up."),
    )
    is_sensitive = models.BooleanField(
        _("sensitive"),
        default=False,
        help_text=_("About people who could be recognised or harmed: small numbers are withheld."),
    )
    is_public = models.BooleanField(
        _("public"), default=True, help_text=_("Untick to keep it out of public pages and downloads.")
    )
    headline_rank = models.PositiveSmallIntegerField(
        _("headline rank"),
        null=True,
        blank=True,
        help_text=_("Its place among the key figures of the home page; empty for none."),
    )
    headline_sentence = TranslatedField(
        models.CharField(
            _("sentence of the headline figure"),
            max_length=200,
            blank=True,
            help_text=_("Goes on from the number: “213 … were trained.” Without one its name stands there."),
        ),
        attrgetter=fallback_to_any,
    )
    headline_limit = TranslatedField(
        models.CharField(
            _("limit of the headline figure"),
            max_length=250,
            blank=True,
            help_text=_("What the figure does not say, in one line."),
        ),
        attrgetter=fallback_to_any,
    )
    no_target_reason = models.CharField(
        _("why it has no target"),
        max_length=10,
        choices=NoTargetReason,
        blank=True,
        help_text=_("Empty when targets are kept."),
    )
    active_from = models.DateField(_("active from"), null=True, blank=True)
    active_to = models.DateField(_("active to"), null=True, blank=True)
    replaced_by = models.ForeignKey(
        "self", verbose_name=_("replaced by"), on_delete=models.PROTECT, related_name="replaces", null=True, blank=True
    )
    frequency = models.CharField(_("frequency"), max_length=11, choices=Frequency, blank=True)
    data_source = TranslatedField(
        models.CharField(_("data source"), max_length=250, blank=True), attrgetter=fallback_to_any
    )
    collection_method = TranslatedField(
        models.CharField(_("collection method"), max_length=250, blank=True), attrgetter=fallback_to_any
    )
    responsible = TranslatedField(
        models.CharField(_("responsible"), max_length=250, blank=True), attrgetter=fallback_to_any
    )

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ("programme", "code")
        constraints = (
            models.UniqueConstraint(
                fields=["programme", "code"],
                name="indicator_code_is_unique_in_its_programme",
                violation_error_message=_("The programme already has an indicator with this code."),
            ),
            choices_constraint("nature", Nature, name="indicator_nature_is_known"),
            choices_constraint("family", Family, name="indicator_family_is_known"),
            choices_constraint("measure", Measure, name="indicator_measure_is_known"),
            choices_constraint("unit_of_analysis", UnitOfAnalysis, name="indicator_unit_of_analysis_is_known"),
            choices_constraint("direction", Direction, name="indicator_direction_is_known"),
            choices_constraint("cumulation", Cumulation, name="indicator_cumulation_is_known"),
            choices_constraint("roll_up", RollUp, name="indicator_roll_up_is_known"),
            choices_constraint(
                "no_target_reason", NoTargetReason, name="indicator_no_target_reason_is_known", blank=True
            ),
            choices_constraint("frequency", Frequency, name="indicator_frequency_is_known", blank=True),
            choices_constraint("change_unit", ChangeUnit, name="indicator_change_unit_is_known", blank=True),
            models.CheckConstraint(
                condition=models.Q(measure=Measure.CHANGE) ^ models.Q(change_unit=""),
                name="indicator_of_change_says_its_unit",
                violation_error_message=_(
                    "A change needs its unit (points, relative or as printed); nothing else has one."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(measure=Measure.CURRENCY, currency__regex=CURRENCY_CODE)
                | (~models.Q(measure=Measure.CURRENCY) & models.Q(currency="")),
                name="indicator_of_money_says_its_currency",
                violation_error_message=_(
                    "An amount of money needs its currency, for example CAD; nothing else has one."
                ),
            ),
            models.CheckConstraint(
                condition=~models.Q(measure__in=[Measure.PERCENTAGE, Measure.CHANGE, Measure.QUALITATIVE])
                | ~models.Q(roll_up=RollUp.SUM),
                name="indicator_sums_only_what_can_be_added",
                violation_error_message=_("Percentages, changes and texts cannot be summed."),
            ),
            models.CheckConstraint(
                condition=~models.Q(
                    measure__in=[Measure.PERCENTAGE, Measure.CHANGE, Measure.QUALITATIVE, Measure.SCORE]
                )
                | ~models.Q(cumulation=Cumulation.PER_PERIOD),
                name="indicator_adds_periods_only_of_counts_and_money",
                violation_error_message=_("Only counts and amounts can be added up over periods."),
            ),
            models.CheckConstraint(
                condition=models.Q(contributes_to__isnull=True) | ~models.Q(contributes_to=models.F("id")),
                name="indicator_does_not_contribute_to_itself",
                violation_error_message=_("An indicator cannot contribute to itself."),
            ),
            models.UniqueConstraint(
                fields=["programme", "headline_rank"],
                name="indicator_headline_rank_is_taken_once",
                violation_error_message=_("Another indicator already has this place among the key figures."),
            ),
            ends_after_start(name="indicator_ends_after_it_starts", start="active_from", end="active_to"),
        )

    def __str__(self) -> str:
        return f"{self.code} · {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("indicator", args=[self.slug])

    def clean(self) -> None:
        """What it belongs to is of its own programme; what it adds up to is measured alike."""
        errors: dict[str, Any] = {}
        if self.project is not None and self.project.programme_id != self.programme_id:
            errors["project"] = _("The project belongs to another programme.")
        if self.expected_result is not None and self.expected_result.programme_id != self.programme_id:
            errors["expected_result"] = _("The expected result belongs to another programme.")
        common = self.contributes_to
        if common is not None:
            alike = ("programme_id", "measure", "unit_of_analysis", "currency", "change_unit")
            if any(getattr(common, field) != getattr(self, field) for field in alike):
                errors["contributes_to"] = _(
                    "Only an indicator of the same programme, measure, unit and currency adds up to it."
                )
            elif common.contributes_to_id is not None:
                errors["contributes_to"] = _("That indicator itself contributes to another: link to the last one.")
        if errors:
            raise ValidationError(errors)


class ReportingPeriod(Record):
    """A stretch of time that figures are reported for, or the whole programme, on which final targets stand."""

    natural_key_fields = ("slug",)

    programme = models.ForeignKey(
        Programme, verbose_name=_("programme"), on_delete=models.PROTECT, related_name="reporting_periods"
    )
    slug = models.SlugField(
        _("slug"),
        max_length=60,
        unique=True,
        help_text=_("Stands in addresses; its former address leads on when it is changed."),
    )
    name = TranslatedField(models.CharField(_("name"), max_length=80))
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    date_precision = models.CharField(
        _("date precision"), max_length=5, choices=DatePrecision, default=DatePrecision.DAY
    )
    due_on = models.DateField(
        _("due on"), null=True, blank=True, help_text=_("The last day for reporting; empty when nothing is awaited.")
    )
    kind = models.CharField(_("kind"), max_length=7, choices=PeriodKind, default=PeriodKind.INTERIM)
    state = models.CharField(_("state"), max_length=9, choices=PeriodState, default=PeriodState.OPEN)
    published_at = models.DateTimeField(
        _("published at"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("When its figures were published here; empty for figures that a source had published before."),
    )

    objects = ReportingPeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("reporting period")
        verbose_name_plural = _("reporting periods")
        permissions = (
            ("publish_reportingperiod", _("Can lock, publish and reopen reporting periods")),
            ("correct_reportingperiod", _("Can correct figures of locked and published periods, with a reason")),
        )
        ordering = ("programme", "starts_on", "ends_on")
        constraints = (
            models.UniqueConstraint(
                fields=["programme"],
                condition=models.Q(kind=PeriodKind.WHOLE),
                name="programme_has_one_whole_period",
                violation_error_message=_("The programme already has its whole period."),
            ),
            models.UniqueConstraint(
                fields=["programme", "kind", "starts_on", "ends_on"],
                name="reporting_period_is_listed_once",
                violation_error_message=_("The programme already has this period."),
            ),
            ends_after_start(name="reporting_period_ends_after_it_starts"),
            models.CheckConstraint(
                condition=models.Q(due_on__isnull=True) | models.Q(due_on__gte=models.F("starts_on")),
                name="reporting_period_is_due_after_it_starts",
                violation_error_message=_("The period is due before it starts."),
            ),
            choices_constraint("kind", PeriodKind, name="reporting_period_kind_is_known"),
            choices_constraint("state", PeriodState, name="reporting_period_state_is_known"),
            choices_constraint("date_precision", DatePrecision, name="reporting_period_date_precision_is_known"),
        )

    def __str__(self) -> str:
        return self.name
