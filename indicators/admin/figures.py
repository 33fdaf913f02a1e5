"""Series and their figures, written by indicators.actions alone."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin import AutocompleteFilter, ReadOnlyRows, RecordAdmin, StackedRows, in_languages, number
from indicators.actions import close_series, remove_figure, revise_target, save_context, save_figure, set_target
from indicators.actions.figures import SAID, STATED
from indicators.admin.saved import ActualLook, MissingIn, SeriesLook, TargetLook
from indicators.admin.sheet import stated
from indicators.choices import PeriodState, Route, TargetBasis
from indicators.forms import ActualForm
from indicators.models import Actual, Baseline, Series, Target
from library.models import Citation

#: How a figure is found: by its series' indicator and scope.
OF_SERIES = (
    "series__indicator__code",
    "series__project__code",
    "series__country__code",
    "series__partner__name",
    "series__partner__acronym",
    "series__breakdown__key",
    *in_languages("series__indicator__name"),
)
NUMBER = (
    _("What it says"),
    {"fields": (("value", "qualifier"), "share", ("numerator", "denominator"), "is_not_applicable")},
)


VALUE = number("value", _("value"))
SHARE = number("share", _("share"))


class FigureRows(ReadOnlyRows):
    """Figures on another record's page; each has a page of its own."""

    readonly_fields = (VALUE, SHARE)


class BaselineOfSeries(FigureRows):
    model = Baseline
    fields = (VALUE, SHARE, "qualifier", "measured_on")


class TargetsOfSeries(FigureRows):
    model = Target
    fields = ("period", VALUE, SHARE, "qualifier", "basis", "revision", "is_current")


class ActualsOfSeries(FigureRows):
    model = Actual
    fields = ("period", VALUE, SHARE, "qualifier", "route", "verification", "as_of")


class CitationsOfFigure(StackedRows):
    model = Citation
    fields = (
        "code",
        ("document", "section", "page"),
        ("printed_value", "value", "qualifier"),
        ("about", "order"),
        *in_languages("note"),
    )
    classes = ("collapse",)
    show_change_link = True


@admin.register(Series)
class SeriesAdmin(RecordAdmin):
    holds_results = True
    list_display = (
        "indicator__code",
        "project",
        "country",
        "partner",
        "forum",
        "breakdown",
        "reporter",
        "is_expected",
        "indicator",
    )
    list_filter = (
        SeriesLook,
        MissingIn,
        "indicator__programme",
        "is_expected",
        "country",
        ("indicator", AutocompleteFilter),
        ("project", AutocompleteFilter),
        ("partner", AutocompleteFilter),
        ("reporter", AutocompleteFilter),
    )
    search_fields = tuple(name.removeprefix("series__") for name in OF_SERIES)
    inlines = (BaselineOfSeries, TargetsOfSeries, ActualsOfSeries)

    def write(self, request: HttpRequest, record: Series, form: Any) -> Series:
        return save_context(record=record)

    def erase(self, request: HttpRequest, record: Series) -> None:
        close_series(series=record)


class FigureAdmin(RecordAdmin):
    """What the pages of baselines, targets and actuals share."""

    holds_results = True
    ordering = ("series__indicator__code", "series", "pk")
    search_fields = OF_SERIES
    inlines = (CitationsOfFigure,)

    def write(self, request: HttpRequest, record: Any, form: Any) -> Any:
        return save_figure(record=record)

    def erase(self, request: HttpRequest, record: Any) -> None:
        remove_figure(record=record)


@admin.register(Baseline)
class BaselineAdmin(FigureAdmin):
    list_display = ("series", VALUE, SHARE, "qualifier", "measured_on")
    list_filter = ("series__indicator__programme", "qualifier", ("series", AutocompleteFilter))
    fieldsets = (
        (None, {"fields": ("series", ("measured_on", "date_precision"))}),
        NUMBER,
        (_("For the team only"), {"fields": ("internal_comment",)}),
    )


@admin.register(Target)
class TargetAdmin(FigureAdmin):
    """A target that has one in force before it is a revision of it, and says why; the earlier one is kept."""

    list_display = ("series", "period", VALUE, SHARE, "qualifier", "basis", "revision", "is_current")
    list_filter = (
        TargetLook,
        "series__indicator__programme",
        "period",
        "basis",
        "is_current",
        ("series__indicator", AutocompleteFilter),
        ("series", AutocompleteFilter),
    )
    readonly_fields = ("revision", "is_current", "chain")
    fieldsets = (
        (None, {"fields": ("series", "period", "basis")}),
        NUMBER,
        (_("Revision"), {"fields": ("reason", "valid_from", "revision", "is_current", "chain")}),
        (_("For the team only"), {"fields": ("internal_comment",)}),
    )

    @admin.display(description=_("all versions"))
    def chain(self, target: Target) -> SafeString | str:
        """Every version of the target, the first one first: what it said, from when, and why it was revised."""
        if target._state.adding:
            return ""
        versions = Target.objects.filter(series=target.series_id, period=target.period_id).order_by("revision")
        lines = []
        for version in versions:
            # Read without its series, which is at hand.
            version.series = target.series
            since = (
                "" if version.valid_from is None else gettext("from %(day)s") % {"day": version.valid_from.isoformat()}
            )
            said = ", ".join(part for part in (stated(version), since, version.reason) if part)
            if version.is_current:
                said = gettext("%(target)s (in force)") % {"target": said}
            lines.append((reverse("admin:indicators_target_change", args=[version.pk]), said))
        return format_html('<ol class="chain">{}</ol>', format_html_join("", '<li><a href="{}">{}</a></li>', lines))

    def get_readonly_fields(self, request: HttpRequest, obj: Target | None = None) -> tuple[str, ...]:
        return (*self.readonly_fields, "series", "period") if obj else self.readonly_fields

    def has_delete_permission(self, request: HttpRequest, obj: Target | None = None) -> bool:
        """A report that is closed was measured by its target."""
        is_open = obj is None or obj.period.state == PeriodState.OPEN
        return is_open and super().has_delete_permission(request, obj)

    def write(self, request: HttpRequest, record: Target, form: Any) -> Target:
        figure = {name: getattr(record, name) for name in (*STATED, *SAID)}
        if not record._state.adding:
            stored = Target.objects.get(pk=record.pk)
            if all(getattr(stored, name) == figure[name] for name in STATED):
                return save_figure(record=record)
            # What it says otherwise is a revision of it, wherever that is typed: reports keep the one they had.
            return revise_target(
                target=stored,
                reason=record.reason if record.reason != stored.reason else "",
                valid_from=record.valid_from if record.valid_from != stored.valid_from else None,
                **figure,
            )
        in_force = Target.objects.current().filter(series=record.series, period=record.period).first()
        if in_force is not None:
            return revise_target(target=in_force, reason=record.reason, valid_from=record.valid_from, **figure)
        return set_target(
            series=record.series,
            period=record.period,
            basis=TargetBasis(record.basis),
            valid_from=record.valid_from,
            **figure,
        )


@admin.register(Actual)
class ActualAdmin(FigureAdmin):
    """What a published source states is entered here, and corrected with a reason; anything else is read here alone."""

    form = ActualForm
    list_display = ("series", "period", VALUE, SHARE, "qualifier", "route", "verification", "is_contested")
    list_filter = (
        ActualLook,
        "series__indicator__programme",
        "period",
        "route",
        "verification",
        "is_contested",
        ("series__indicator", AutocompleteFilter),
        ("series", AutocompleteFilter),
    )
    readonly_fields = ("route", "approved_at", "approved_by", "first_published_value", "first_published_on")
    fieldsets = (
        (None, {"fields": ("series", "period", ("as_of", "as_of_precision"))}),
        NUMBER,
        (_("Where sources disagree"), {"fields": (("is_contested", "range_low", "range_high"),)}),
        (
            _("How it came in"),
            {"fields": (("route", "verification"), ("approved_at", "approved_by"))},
        ),
        (_("First published"), {"fields": (("first_published_value", "first_published_on"),)}),
        (_("For the team only"), {"fields": ("internal_comment",)}),
    )

    def has_change_permission(self, request: HttpRequest, obj: Actual | None = None) -> bool:
        return self._may_correct(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Actual | None = None) -> bool:
        return self._may_correct(request, obj) and super().has_delete_permission(request, obj)

    def _may_correct(self, request: HttpRequest, actual: Actual | None) -> bool:
        """What was proposed and approved changes by another proposal; what a source prints is corrected here."""
        if actual is None:
            return True
        return actual.route == Route.PUBLISHED_SOURCE and request.user.has_perm("indicators.correct_reportingperiod")

    def get_actions(self, request: HttpRequest) -> Any:
        # Each figure goes for a reason of its own, on its own page.
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        has_reason = bool(request.POST.get("change_reason", "").replace("\x00", " ").strip())
        if request.method == "POST" and not has_reason and self.has_delete_permission(request):
            self.message_user(request, gettext("Say why the figure is deleted."), messages.ERROR)
            return HttpResponseRedirect(request.path)
        return super().delete_view(request, object_id, extra_context)

    def write(self, request: HttpRequest, record: Actual, form: Any) -> Actual:
        record.route = Route.PUBLISHED_SOURCE
        return save_figure(record=record)
