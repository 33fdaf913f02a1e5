"""Series, and the figures that stand in them: baselines, targets and approved actuals."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, GeneratedField, Q, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from translated_fields import TranslatedField, fallback_to_any

from accounts.choices import DatePrecision
from accounts.models import Record, User, choices_constraint
from forums.models import Forum
from indicators.choices import Measure, Qualifier, Route, TargetBasis, Verification
from indicators.models.framework import Breakdown, Indicator, ReportingPeriod
from indicators.querysets import HAS_NOTES, ActualQuerySet, FigureQuerySet, SeriesQuerySet, TargetQuerySet
from partners.models import Country, Partner
from projects.models import Project

SERIES_KEY = (
    "indicator__slug",
    "project__slug",
    "country__code",
    "partner__slug",
    "forum__slug",
    "breakdown__key",
)


def _word(text: str) -> Value:
    return Value(text, output_field=TextField())


def _key_part(letter: str, column: str) -> Concat:
    """``p12`` for project 12, ``p`` alone where that part of the scope is not set."""
    return Concat(_word(letter), Coalesce(Cast(F(column), TextField()), _word("")), output_field=TextField())


def _grain_part(letter: str, column: str) -> Case:
    return Case(When(**{f"{column}__isnull": False}, then=_word(letter)), default=_word(""), output_field=TextField())


class Series(Record):
    """One line of figures over the periods: an indicator, for one scope, in one breakdown.

    Uniqueness over parts that may be empty holds through ``scope_key``, which the database itself generates:
    a constraint over nullable columns lets duplicates through on SQLite.
    """

    natural_key_fields = SERIES_KEY
    generated_key_columns = ("indicator", "project", "country", "partner", "forum", "breakdown")

    indicator = models.ForeignKey(
        Indicator, verbose_name=_("indicator"), on_delete=models.PROTECT, related_name="series"
    )
    project = models.ForeignKey(
        Project, verbose_name=_("project"), on_delete=models.PROTECT, related_name="series", null=True, blank=True
    )
    country = models.ForeignKey(
        Country, verbose_name=_("country"), on_delete=models.PROTECT, related_name="series", null=True, blank=True,
        help_text=_("Where the counted people or things are; never the place of a forum."),
    )  # fmt: skip
    partner = models.ForeignKey(
        Partner, verbose_name=_("partner"), on_delete=models.PROTECT, related_name="series", null=True, blank=True,
        help_text=_("The institution that the figure is about."),
    )  # fmt: skip
    forum = models.ForeignKey(
        Forum, verbose_name=_("forum"), on_delete=models.PROTECT, related_name="series", null=True, blank=True
    )
    breakdown = models.ForeignKey(
        Breakdown, verbose_name=_("breakdown"), on_delete=models.PROTECT, related_name="series"
    )
    reporter = models.ForeignKey(
        Partner,
        verbose_name=_("reporter"),
        on_delete=models.PROTECT,
        related_name="reported_series",
        null=True,
        blank=True,
        help_text=_("The partner who reports it; empty when staff do."),
    )
    is_expected = models.BooleanField(
        _("expected"),
        default=True,
        help_text=_("Tick when a figure is awaited each period; untick for what only a source states."),
    )
    scope_key = GeneratedField(
        expression=Concat(
            _key_part("i", "indicator_id"),
            _key_part("-p", "project_id"),
            _key_part("-c", "country_id"),
            _key_part("-o", "partner_id"),
            _key_part("-f", "forum_id"),
            _key_part("-b", "breakdown_id"),
            output_field=TextField(),
        ),
        output_field=models.CharField(max_length=120),
        db_persist=True,
    )
    grain = GeneratedField(
        expression=Concat(
            _grain_part("p", "project"),
            _grain_part("c", "country"),
            _grain_part("o", "partner"),
            _grain_part("f", "forum"),
            output_field=TextField(),
        ),
        output_field=models.CharField(max_length=4),
        db_persist=True,
        help_text=_(
            "Which parts of the scope are set: p project, c country, o partner, f forum; none for the programme."
        ),
    )

    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = pgettext_lazy("several", "series")
        ordering = ("indicator", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["scope_key"],
                name="series_is_listed_once",
                violation_error_message=_("This indicator already has a series for this scope and breakdown."),
            ),
        )

    def __str__(self) -> str:
        scope = [str(part) for part in (self.project, self.country, self.partner, self.forum) if part is not None]
        return " · ".join([self.indicator.code, *scope, *([self.breakdown.key] if self.breakdown.key else [])])

    def clean(self) -> None:
        """The scope lies in the indicator's programme."""
        errors: dict[str, Any] = {}
        if self.indicator_id and self.breakdown_id:
            programme = self.indicator.programme_id
            if self.project is not None and self.project.programme_id != programme:
                errors["project"] = _("The project belongs to another programme than the indicator.")
            if self.forum is not None and self.forum.programme_id != programme:
                errors["forum"] = _("The forum belongs to another programme than the indicator.")
            if self.indicator.project_id is not None and self.project_id != self.indicator.project_id:
                errors["project"] = _("The indicator belongs to one project: its series must name that project.")
        if errors:
            raise ValidationError(errors)

    def validate_constraints(self, exclude: Any = None) -> None:
        """The database keeps the generated key unique, and this says so.

        Django would compare that column with itself, since its expression names columns rather than fields,
        and so refuse every second series.
        """
        super().validate_constraints(exclude={*(exclude or ()), "scope_key"})
        if not self.indicator_id or not self.breakdown_id:
            return
        twins = Series.objects.filter(**{name: getattr(self, name) for name in self.generated_key_columns})
        if twins.exclude(pk=self.pk).exists():
            raise ValidationError(_("This indicator already has a series for this scope and breakdown."))

    @property
    def is_total(self) -> bool:
        return self.breakdown.key == ""


def amount(label: Any, help_text: Any = "") -> models.DecimalField:
    """A number as figures keep them: 15 digits, because SQLite silently alters longer ones."""
    return models.DecimalField(label, max_digits=15, decimal_places=4, null=True, blank=True, help_text=help_text)


class Figure(Record):
    """What a baseline, a target, an actual and a submission share.

    Empty is *not reported*, zero is zero, ``is_not_applicable`` is a third thing. Percentages are kept in percent
    points (82 for 82 %). In a breakdown, ``share`` keeps a percentage of the total as printed, instead of a value.
    """

    value = amount(_("value"), _("In the indicator's unit; percentages in percent points, 82 for 82 %."))
    numerator = amount(_("numerator"), _("How many of them, for a percentage: 110 of 200."))
    denominator = amount(_("denominator"), _("Of how many, for a percentage; empty when the base is not stated."))
    share = models.DecimalField(
        _("share"), max_digits=7, decimal_places=4, null=True, blank=True,
        help_text=_("Percent of the total, instead of a value, in a breakdown: 43 for 43 % women."),
    )  # fmt: skip
    qualifier = models.CharField(
        _("qualifier"),
        max_length=9,
        choices=Qualifier,
        default=Qualifier.EXACT,
        help_text=_("How exactly the number is stated."),
    )
    text = TranslatedField(
        models.TextField(_("text"), blank=True, help_text=_("For a qualitative figure.")), attrgetter=fallback_to_any
    )
    is_not_applicable = models.BooleanField(
        _("not applicable"), default=False, help_text=_("The question does not arise for this scope and period.")
    )
    note = TranslatedField(
        models.TextField(_("public note"), blank=True, help_text=_("What a reader must know to use the figure.")),
        attrgetter=fallback_to_any,
    )
    internal_comment = models.TextField(_("internal comment"), blank=True, help_text=_("Never shown outside the team."))

    class Meta:
        abstract = True
        constraints = (
            models.CheckConstraint(
                condition=Q(value__isnull=False)
                | Q(share__isnull=False)
                | (Q(numerator__isnull=False) & Q(denominator__isnull=False))
                | Q(is_not_applicable=True)
                | ~Q(text_fr="", text_es="", text_en=""),
                name="%(class)s_says_something",
                violation_error_message=_("Give a value, a share, a text, or say that it is not applicable."),
            ),
            models.CheckConstraint(
                condition=Q(is_not_applicable=False)
                | Q(value__isnull=True, share__isnull=True, numerator__isnull=True, denominator__isnull=True),
                name="%(class)s_not_applicable_has_no_value",
                violation_error_message=_("What is not applicable has no value."),
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(share__isnull=True),
                name="%(class)s_has_a_value_or_a_share",
                violation_error_message=_("Give a value or a share of the total, not both."),
            ),
            models.CheckConstraint(
                condition=Q(share__isnull=True) | Q(share__gte=0, share__lte=100),
                name="%(class)s_share_is_a_percentage",
                violation_error_message=_("A share lies between 0 and 100 percent."),
            ),
            models.CheckConstraint(
                condition=Q(denominator__isnull=True) | Q(denominator__gt=0),
                name="%(class)s_denominator_is_positive",
                violation_error_message=_(
                    "The denominator must be more than zero: a percentage of nobody is not applicable."
                ),
            ),
            models.CheckConstraint(
                condition=Q(denominator__isnull=True) | Q(numerator__isnull=False),
                name="%(class)s_denominator_has_a_numerator",
                violation_error_message=_("A percentage with its base needs how many of them, too."),
            ),
            choices_constraint("qualifier", Qualifier, name="%(class)s_qualifier_is_known"),
        )

    series: models.ForeignKey
    series_id: int | None

    def clean(self) -> None:
        """What the indicator says about its numbers holds for this one."""
        if not self.series_id:
            return
        errors: dict[str, Any] = {}
        indicator = self.series.indicator
        if indicator.is_whole and indicator.measure == Measure.COUNT and self.value is not None and self.value % 1:
            errors["value"] = _("This indicator counts whole numbers.")
        if indicator.measure == Measure.QUALITATIVE and (self.value is not None or self.share is not None):
            errors["value"] = _("This indicator is described in words: use the text.")
        if indicator.measure == Measure.COUNT and self.value is not None and self.value < 0:
            errors["value"] = _("A count is zero or more.")
        if self.share is not None and self.series.is_total:
            errors["share"] = _("A share belongs in a breakdown, not in the total.")
        period = getattr(self, "period", None)
        if period is not None and period.programme_id != indicator.programme_id:
            errors["period"] = _("The period belongs to another programme than the indicator.")
        if errors:
            raise ValidationError(errors)

    @property
    def ratio(self) -> Any:
        """The value, or for a percentage given by its parts alone 100 × numerator ÷ denominator."""
        if self.value is None and self.numerator is not None and self.denominator:
            return self.numerator * 100 / self.denominator
        return self.value


class Baseline(Figure):
    """Where a series stood before the programme changed anything."""

    natural_key_fields = tuple(f"series__{part}" for part in SERIES_KEY)

    series = models.OneToOneField(Series, verbose_name=_("series"), on_delete=models.PROTECT, related_name="baseline")
    measured_on = models.DateField(_("measured on"), null=True, blank=True, help_text=_("Empty when no source says."))
    date_precision = models.CharField(
        _("date precision"), max_length=5, choices=DatePrecision, default=DatePrecision.DAY
    )

    objects = FigureQuerySet.as_manager()

    class Meta(Figure.Meta):
        abstract = False
        verbose_name = _("baseline")
        verbose_name_plural = _("baselines")
        constraints = (
            *Figure.Meta.constraints,
            choices_constraint("date_precision", DatePrecision, name="baseline_date_precision_is_known"),
        )

    def __str__(self) -> str:
        return f"{self.series} · {_('baseline')}"


class Target(Figure):
    """What a series was meant to reach in a period; earlier revisions stay readable."""

    natural_key_fields = (*(f"series__{part}" for part in SERIES_KEY), "period__slug", "revision")

    series = models.ForeignKey(Series, verbose_name=_("series"), on_delete=models.PROTECT, related_name="targets")
    period = models.ForeignKey(
        ReportingPeriod, verbose_name=_("period"), on_delete=models.PROTECT, related_name="targets"
    )
    basis = models.CharField(_("basis"), max_length=8, choices=TargetBasis, default=TargetBasis.APPROVED)
    revision = models.PositiveSmallIntegerField(
        _("revision"), default=1, help_text=_("1 for the first target, one more for each revision.")
    )
    is_current = models.BooleanField(
        _("current"), default=True, help_text=_("One revision counts; the others are kept.")
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    replaces = models.OneToOneField(
        "self", verbose_name=_("replaces"), on_delete=models.PROTECT, related_name="replaced_by", null=True, blank=True
    )
    reason = models.TextField(_("reason of the revision"), blank=True)

    objects = TargetQuerySet.as_manager()

    class Meta(Figure.Meta):
        abstract = False
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints = (
            *Figure.Meta.constraints,
            models.UniqueConstraint(
                fields=["series", "period", "revision"],
                name="target_revision_is_listed_once",
                violation_error_message=_("The series already has this revision of the target."),
            ),
            models.UniqueConstraint(
                fields=["series", "period"],
                condition=Q(is_current=True),
                name="target_in_force_is_one",
                violation_error_message=_("The series already has a target for this period: revise it instead."),
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | ~Q(reason=""),
                name="target_revision_has_a_reason",
                violation_error_message=_("A revised target needs its reason."),
            ),
            models.CheckConstraint(
                condition=Q(is_not_applicable=False),
                name="target_is_applicable",
                violation_error_message=_("A target that does not apply is simply left out."),
            ),
            choices_constraint("basis", TargetBasis, name="target_basis_is_known"),
        )

    def __str__(self) -> str:
        return f"{self.series} · {self.period} · {_('target')}"


class Actual(Figure):
    """An approved figure of a series for a period; what is only proposed is a submission."""

    natural_key_fields = (*(f"series__{part}" for part in SERIES_KEY), "period__slug")

    series = models.ForeignKey(Series, verbose_name=_("series"), on_delete=models.PROTECT, related_name="actuals")
    period = models.ForeignKey(
        ReportingPeriod, verbose_name=_("period"), on_delete=models.PROTECT, related_name="actuals"
    )
    route = models.CharField(_("route"), max_length=16, choices=Route)
    verification = models.CharField(
        _("verification"), max_length=12, choices=Verification, default=Verification.AS_PUBLISHED
    )
    as_of = models.DateField(
        _("as of"), null=True, blank=True, help_text=_("The day that the figure describes, as its source says.")
    )
    as_of_precision = models.CharField(
        _("precision of that date"), max_length=5, choices=DatePrecision, default=DatePrecision.DAY
    )
    approved_at = models.DateTimeField(
        _("approved at"), null=True, blank=True, help_text=_("Empty for what a published source states.")
    )
    approved_by = models.ForeignKey(
        User,
        verbose_name=_("approved by"),
        on_delete=models.PROTECT,
        related_name="approved_actuals",
        null=True,
        blank=True,
    )
    is_contested = models.BooleanField(
        _("contested"), default=False, help_text=_("Sources disagree and no rule decides: shown with its range.")
    )
    range_low = amount(_("lowest stated"), _("For a contested value."))
    range_high = amount(_("highest stated"), _("For a contested value."))
    first_published_value = amount(_("value first published"), _("Kept when a published value changes."))
    first_published_on = models.DateField(_("first published on"), null=True, blank=True)

    objects = ActualQuerySet.as_manager()

    class Meta(Figure.Meta):
        abstract = False
        verbose_name = _("actual")
        verbose_name_plural = _("actuals")
        indexes = (models.Index(fields=["id"], name="actual_with_notes", condition=HAS_NOTES),)
        constraints = (
            *Figure.Meta.constraints,
            models.UniqueConstraint(
                fields=["series", "period"],
                name="actual_is_one_of_its_series_and_period",
                violation_error_message=_("The series already has an actual for this period."),
            ),
            models.CheckConstraint(
                condition=Q(route=Route.PUBLISHED_SOURCE) | Q(approved_at__isnull=False),
                name="actual_is_approved_or_published",
                violation_error_message=_("An actual is approved, or stands in a published source."),
            ),
            models.CheckConstraint(
                condition=Q(is_contested=False, range_low__isnull=True, range_high__isnull=True)
                | Q(is_contested=True, range_low__isnull=False, range_high__gt=F("range_low")),
                name="actual_that_is_contested_has_its_range",
                violation_error_message=_(
                    "A contested value needs the lowest and the highest stated; others have none."
                ),
            ),
            choices_constraint("route", Route, name="actual_route_is_known"),
            choices_constraint("verification", Verification, name="actual_verification_is_known"),
            choices_constraint("as_of_precision", DatePrecision, name="actual_as_of_precision_is_known"),
        )

    def __str__(self) -> str:
        return f"{self.series} · {self.period}"
