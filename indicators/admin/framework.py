"""What is measured: logic model, indicators, breakdowns, periods."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.admin import AutocompleteFilter, RecordAdmin, TabularRows, in_languages
from accounts.forms import ReasonedActionForm
from indicators.actions import lock_period, publish_period, reopen_period, save_context
from indicators.admin.plans import (
    Duplicate,
    GeneratePeriods,
    GenerateSeries,
    GenerateTargets,
    PlanPage,
    Replace,
    Retire,
    plan_urls,
)
from indicators.admin.saved import IndicatorLook
from indicators.admin.sheet import sheet_of
from indicators.forms import BreakdownForm, CategoryForm, CategoryRowForm, DimensionForm
from indicators.models import Breakdown, Category, Dimension, ExpectedResult, Goal, Indicator, ReportingPeriod


@admin.register(Goal)
class GoalAdmin(RecordAdmin):
    list_display = ("number", "name")
    list_display_links = ("number", "name")
    search_fields = ("number", *in_languages("name"))


@admin.register(ExpectedResult)
class ExpectedResultAdmin(RecordAdmin):
    holds_results = True
    list_display = ("code", "statement", "level", "basis", "parent", "programme")
    list_filter = ("programme", "level", "basis")
    list_select_related = ("programme", "parent")
    search_fields = ("code", *in_languages("statement"))


class Categories(TabularRows):
    model = Category
    form = CategoryRowForm


@admin.register(Dimension)
class DimensionAdmin(RecordAdmin):
    form = DimensionForm
    holds_results = True
    list_display = ("code", "name", "is_exhaustive")
    list_filter = ("is_exhaustive",)
    search_fields = ("code", *in_languages("name"))
    inlines = (Categories,)


@admin.register(Category)
class CategoryAdmin(RecordAdmin):
    form = CategoryForm
    holds_results = True
    list_display = ("code", "name", "dimension", "order")
    list_filter = ("dimension",)
    list_select_related = ("dimension",)
    search_fields = ("code", "dimension__code", *in_languages("name"))


@admin.register(Breakdown)
class BreakdownAdmin(RecordAdmin):
    """A breakdown is made from its categories and then stays as it is: figures hang on its key."""

    form = BreakdownForm
    list_display = ("__str__", "number_of_categories")
    search_fields = ("key", *in_languages("categories__name"))

    @admin.display(description=_("categories"))
    def number_of_categories(self, breakdown: Breakdown) -> int:
        # One for each dimension that the key names.
        return len(breakdown.key.split(";")) if breakdown.key else 0

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["key", "categories"] if obj else ["categories"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def write(self, request: HttpRequest, record: Any, form: Any) -> Any:
        return Breakdown.objects.for_categories(form.cleaned_data["categories"])


@admin.register(Indicator)
class IndicatorAdmin(RecordAdmin):
    holds_results = True
    list_display = ("code", "name", "nature", "family", "measure", "project", "number_of_series", "is_public")
    list_display_links = ("code", "name")
    list_filter = (
        IndicatorLook,
        "programme",
        "nature",
        "family",
        "measure",
        "themes",
        "is_public",
        "is_sensitive",
        "no_target_reason",
        "expected_result__level",
        ("project", AutocompleteFilter),
    )
    search_fields = ("code", "slug", *in_languages("name", "definition"))
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "programme",
                    "code",
                    "slug",
                    "nature",
                    "family",
                    "expected_result",
                    "project",
                    "themes",
                    "goals",
                )
            },
        ),
        (
            _("How it is measured"),
            {
                "fields": (
                    "measure",
                    "change_unit",
                    "unit_of_analysis",
                    "is_whole",
                    "currency",
                    "direction",
                    "dimensions",
                    "frequency",
                )
            },
        ),
        (_("How it adds up"), {"fields": ("cumulation", "roll_up", "counts_persons_twice", "contributes_to")}),
        (
            _("Targets and publication"),
            {
                "fields": (
                    "no_target_reason",
                    "is_public",
                    "is_sensitive",
                    "headline_rank",
                    *in_languages("headline_sentence", "headline_limit"),
                    "active_from",
                    "active_to",
                    "replaced_by",
                )
            },
        ),
    )

    actions = ("duplicate", "retire", "replace", "make_targets", "open_series")

    def write(self, request: HttpRequest, record: Indicator, form: Any) -> Indicator:
        return save_context(record=record)

    @admin.display(description=pgettext_lazy("several", "series"), ordering="number_of_series")
    def number_of_series(self, indicator: Indicator) -> int:
        return indicator.number_of_series  # type: ignore[attr-defined]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        indicator = kwargs.get("obj")
        # The form may hold what was typed and not saved; the sheet is of the indicator as it stands.
        if indicator is not None and request.user.has_perm("indicators.view_series"):
            context["sheet"] = sheet_of(indicator, request.GET.get("lines", ""))
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        return [*plan_urls(self, (Duplicate, Retire, Replace, GenerateTargets, GenerateSeries)), *super().get_urls()]

    @admin.action(description=_("Duplicate…"), permissions=["add"])
    def duplicate(self, request: HttpRequest, indicators: Any) -> HttpResponse | None:
        return self._one(request, indicators, Duplicate)

    @admin.action(description=_("Retire…"), permissions=["change"])
    def retire(self, request: HttpRequest, indicators: Any) -> HttpResponse | None:
        return self._all(indicators, Retire)

    @admin.action(description=_("Replace by another…"), permissions=["change"])
    def replace(self, request: HttpRequest, indicators: Any) -> HttpResponse | None:
        return self._one(request, indicators, Replace)

    @admin.action(description=_("Make targets of several periods…"), permissions=["make_targets"])
    def make_targets(self, request: HttpRequest, indicators: Any) -> HttpResponse | None:
        return self._all(indicators, GenerateTargets)

    @admin.action(description=_("Open expected series…"), permissions=["open_series"])
    def open_series(self, request: HttpRequest, indicators: Any) -> HttpResponse | None:
        return self._all(indicators, GenerateSeries)

    def has_make_targets_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("indicators.add_target")

    def has_open_series_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("indicators.add_series")

    def _all(self, indicators: Any, page: type[PlanPage]) -> HttpResponse:
        """The page of an action, with the chosen rows in its form."""
        return HttpResponseRedirect(page.address(Indicator, indicators=[each.pk for each in indicators]))

    def _one(self, request: HttpRequest, indicators: Any, page: type[PlanPage]) -> HttpResponse | None:
        [first, *others] = indicators
        if others:
            self.message_user(request, gettext("Choose one indicator: it takes a code of its own."), messages.ERROR)
            return None
        return HttpResponseRedirect(page.address(Indicator, indicator=[first.pk]))


@admin.register(ReportingPeriod)
class ReportingPeriodAdmin(RecordAdmin):
    """Its state is not typed: a period is locked, then published, and may be opened again while it is locked."""

    holds_results = True
    list_display = ("name", "programme", "kind", "starts_on", "ends_on", "due_on", "state")
    list_filter = ("programme", "kind", "state")
    search_fields = ("slug", *in_languages("name"))
    readonly_fields = ("state",)
    action_form = ReasonedActionForm
    actions = ("lock", "publish", "reopen")

    def get_urls(self) -> list[URLPattern]:
        return [*plan_urls(self, (GeneratePeriods,)), *super().get_urls()]

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("indicators.publish_reportingperiod")

    @admin.action(description=_("Lock: partners enter nothing more"), permissions=["publish"])
    def lock(self, request: HttpRequest, periods: Any) -> None:
        self.do_to_each(
            request,
            periods,
            lambda period: lock_period(period=period),
            lambda number: ngettext("%(number)s period locked.", "%(number)s periods locked.", number),
        )

    @admin.action(description=_("Publish: everybody sees the approved figures"), permissions=["publish"])
    def publish(self, request: HttpRequest, periods: Any) -> None:
        self.do_to_each(
            request,
            periods,
            lambda period: publish_period(period=period),
            lambda number: ngettext("%(number)s period published.", "%(number)s periods published.", number),
        )

    @admin.action(description=_("Open a locked period again, with a reason"), permissions=["publish"])
    def reopen(self, request: HttpRequest, periods: Any) -> None:
        self.do_to_each(
            request,
            periods,
            lambda period: reopen_period(period=period),
            lambda number: ngettext("%(number)s period opened again.", "%(number)s periods opened again.", number),
        )
