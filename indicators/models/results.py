"""The flat table of results that every page, download and interface reads."""

from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import choices_constraint
from forums.models import Forum
from indicators.choices import (
    Cumulation,
    Family,
    Level,
    Measure,
    Nature,
    Origin,
    PeriodKind,
    Qualifier,
    Route,
    Status,
    TargetBasis,
    Verification,
)
from indicators.models.figures import Actual, Baseline, Series, Target, amount
from indicators.models.framework import Breakdown, Indicator, ReportingPeriod
from indicators.querysets import HAS_TARGET, ROW_KINDS, ResultQuerySet
from partners.models import Country, Partner
from projects.models import Programme, Project

#: What a total and its parts have in common.
ROW_KEY = ("is_public", "indicator_id", "period_id", "project_id", "country_id", "partner_id", "forum_id")

#: Columns of one row that a filter asks about, or counts its choices by; and what a number orders rows by.
READ_BY_FILTERS = (
    "is_latest",
    "programme",
    "indicator",
    "nature",
    "family",
    "level",
    "themes",
    "project",
    "country",
    "partner",
    "forum",
    "status",
    "due_on",
    "verification",
    "target",
    "target_final",
    "period",
    "actual",
    "share",
    "achievement",
    "id",
)

#: What the results page shows until it is asked for something else.
LATEST_ROWS = models.Q(is_public=True, is_row=True, is_latest=True)


class Result(models.Model):
    """One row per series and period, and one per computed total.

    Written by ``indicators.actions.refresh_results`` alone, in the transaction of the change that it follows, with the
    rules of ``indicators.rules``. Never edited. What depends on today (due or not) is decided when it is read.
    """

    key = models.CharField(
        max_length=200, unique=True, help_text=_("Series and period, or scope and period of a computed total.")
    )
    origin = models.CharField(max_length=8, choices=Origin, help_text=_("Reported as such, or computed from others."))

    # Scope
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="results")
    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="results")
    series = models.ForeignKey(
        Series, on_delete=models.CASCADE, related_name="results", null=True, help_text=_("Empty for a computed total.")
    )
    period = models.ForeignKey(ReportingPeriod, on_delete=models.CASCADE, related_name="results")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="results", null=True)
    country = models.ForeignKey(
        Country,
        on_delete=models.CASCADE,
        related_name="results",
        null=True,
        help_text=_("By the rule of countries; empty when regional."),
    )
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="results", null=True)
    forum = models.ForeignKey(Forum, on_delete=models.CASCADE, related_name="results", null=True)
    breakdown = models.ForeignKey(Breakdown, on_delete=models.CASCADE, related_name="results")

    # Copied from the indicator and the period, so that a page filters and sorts on one table
    nature = models.CharField(max_length=10, choices=Nature)
    family = models.CharField(max_length=20, choices=Family)
    measure = models.CharField(max_length=12, choices=Measure)
    cumulation = models.CharField(max_length=13, choices=Cumulation)
    level = models.CharField(max_length=12, choices=Level, blank=True)
    themes = models.CharField(max_length=60, blank=True, help_text=_("Codes joined by ;"))
    period_kind = models.CharField(max_length=7, choices=PeriodKind)
    due_on = models.DateField(null=True)
    breakdown_key = models.CharField(max_length=200, blank=True)

    # Figures
    actual_record = models.ForeignKey(Actual, on_delete=models.CASCADE, related_name="results", null=True)
    target_record = models.ForeignKey(Target, on_delete=models.SET_NULL, related_name="results", null=True)
    baseline_record = models.ForeignKey(Baseline, on_delete=models.SET_NULL, related_name="results", null=True)
    baseline = amount("baseline")
    target = amount("target")
    target_qualifier = models.CharField(max_length=9, choices=Qualifier, blank=True)
    target_basis = models.CharField(max_length=8, choices=TargetBasis, blank=True)
    target_final = amount("target_final")
    actual = amount("actual")
    actual_to_date = amount(
        "actual_to_date", _("Cumulated over the periods up to this one, by the indicator's cumulation.")
    )
    share = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    numerator = amount("numerator")
    denominator = amount("denominator")
    qualifier = models.CharField(max_length=9, choices=Qualifier, blank=True)
    is_not_applicable = models.BooleanField(default=False)
    is_contested = models.BooleanField(default=False)
    range_low = amount("range_low")
    range_high = amount("range_high")

    # What the rules make of them
    achievement = models.DecimalField(
        max_digits=15, decimal_places=4, null=True, help_text=_("Actual ÷ target, percent.")
    )
    progress = models.DecimalField(
        max_digits=15, decimal_places=4, null=True, help_text=_("From baseline to target, percent.")
    )
    status = models.CharField(max_length=14, choices=Status)
    status_reason = models.CharField(max_length=40, blank=True)
    status_final = models.CharField(max_length=14, choices=Status)
    coverage_reported = models.PositiveIntegerField(default=0)
    coverage_expected = models.PositiveIntegerField(default=0)
    coverage_last_on = models.DateField(null=True)
    inputs = models.JSONField(default=list, help_text=_("Keys of the rows that a computed total was made from."))
    is_incomplete = models.BooleanField(default=False, help_text=_("The parts do not add up to the total."))
    is_suppressed = models.BooleanField(default=False, help_text=_("Withheld because it is about too few people."))

    # Where it comes from
    route = models.CharField(max_length=16, choices=Route, blank=True)
    verification = models.CharField(max_length=12, choices=Verification, blank=True)
    as_of = models.DateField(null=True)
    approved_on = models.DateField(null=True)
    source_document = models.CharField(max_length=250, blank=True)
    source_section = models.CharField(max_length=250, blank=True)
    source_value = models.CharField(max_length=250, blank=True)
    number_of_sources = models.PositiveSmallIntegerField(default=0)
    has_discrepancy = models.BooleanField(default=False)

    is_public = models.BooleanField(default=False)
    is_latest = models.BooleanField(default=False, help_text=_("The latest period of its scope that has an actual."))
    is_row = models.BooleanField(
        default=True, help_text=_("A total, or a part that no total of its scope and period holds.")
    )
    rules_version = models.CharField(
        max_length=40, help_text=_("Version of the rules and thresholds that made the row.")
    )

    objects = ResultQuerySet.as_manager()

    class Meta:
        verbose_name = _("result")
        verbose_name_plural = _("results")
        ordering = ("key",)
        indexes = (
            # All that filters and their counts read: the rows themselves, many times as wide, are left alone.
            models.Index(fields=READ_BY_FILTERS, name="result_rows", condition=models.Q(is_public=True, is_row=True)),
            # What facets are counted from where the page asks for little: rows stand in them as they are grouped.
            models.Index(
                fields=["programme", "nature", "period", "is_latest", "country"],
                name="result_periods",
                condition=models.Q(is_public=True, is_row=True),
            ),
            models.Index(
                fields=["programme", "nature", "breakdown_key", "is_row", "country"],
                name="result_sexes",
                condition=models.Q(is_public=True, is_latest=True),
            ),
            models.Index(
                "indicator",
                "themes",
                models.ExpressionWrapper(HAS_TARGET, output_field=models.BooleanField()),
                "country",
                "project",
                "partner",
                "forum",
                name="result_indicators",
                condition=LATEST_ROWS,
                # An index is read alone only where the columns stand in it that its expressions are made of.
                include=["target", "target_final"],
            ),
            models.Index(
                fields=["programme", "country", "forum", "verification", "status", "due_on", "nature"],
                name="result_countries",
                condition=LATEST_ROWS,
            ),
            models.Index(
                fields=["programme", "project", "partner", "forum", "nature", "country", "indicator"],
                name="result_projects",
                condition=LATEST_ROWS,
            ),
            # And where it asks for words, which name any of these: half the time for the counts of periods.
            models.Index(
                fields=[
                    "programme",
                    "nature",
                    "period",
                    "is_latest",
                    "country",
                    "indicator",
                    "project",
                    "partner",
                    "forum",
                ],
                name="result_periods_of_words",
                condition=models.Q(is_public=True, is_row=True),
            ),
            # Numbers that order rows, as ``ResultQuerySet.in_order`` has them.
            models.Index(Coalesce("actual", "share"), name="result_values", condition=LATEST_ROWS),
            models.Index(fields=["achievement"], name="result_achievements", condition=LATEST_ROWS),
            models.Index(fields=["indicator", "period"], name="result_of_indicator"),
            models.Index(fields=["country", "is_public"], name="result_of_country"),
            models.Index(fields=["project", "is_public"], name="result_of_project"),
        )
        constraints = (
            choices_constraint("origin", Origin, name="result_origin_is_known"),
            choices_constraint("status", Status, name="result_status_is_known"),
            choices_constraint("status_final", Status, name="result_status_final_is_known"),
            models.CheckConstraint(
                condition=models.Q(origin=Origin.COMPUTED, series__isnull=True)
                | models.Q(origin=Origin.REPORTED, series__isnull=False),
                name="result_is_of_a_series_or_computed",
            ),
            models.CheckConstraint(
                condition=models.Q(is_suppressed=False)
                | models.Q(
                    actual__isnull=True,
                    actual_to_date__isnull=True,
                    share__isnull=True,
                    numerator__isnull=True,
                    achievement__isnull=True,
                    progress__isnull=True,
                ),
                name="result_suppressed_shows_no_value",
            ),
        )

    def __str__(self) -> str:
        return self.key

    def get_absolute_url(self) -> str:
        """The page of this figure, for as long as it is public: see docs/decisions/0014."""
        return reverse("figure", args=[self.key.partition("/")[0], self.figure_key])

    @property
    def figure_key(self) -> str:
        """What names the figure among those of its indicator: period, scope, breakdown; not how it came about."""
        key = self.key.partition("/")[2]
        for kind in filter(None, ROW_KINDS):
            key = key.removesuffix(kind)
        return key

    @property
    def row_key(self) -> tuple[int | None, ...]:
        """What a total and its parts have in common: indicator, period, scope, and whether they may be shown."""
        return tuple(getattr(self, field) for field in ROW_KEY)

    @property
    def theme_codes(self) -> list[str]:
        return self.themes.split(";") if self.themes else []
