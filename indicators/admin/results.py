"""The computed table of results: to be looked at, never edited."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin import AutocompleteFilter, ReadOnlyAdmin, in_languages, number
from indicators.admin.saved import ResultLook
from indicators.models import Result
from indicators.querysets import ResultQuerySet


@admin.register(Result)
class ResultAdmin(ReadOnlyAdmin):
    list_display = (
        "indicator",
        "project",
        "country",
        "partner",
        "forum",
        "breakdown",
        "period",
        number("actual", _("actual")),
        number("share", _("share")),
        number("target", _("target")),
        "status",
        "origin",
        "is_public",
    )
    list_filter = (
        ResultLook,
        "programme",
        "status",
        "origin",
        "nature",
        "is_public",
        "is_latest",
        "is_contested",
        "is_suppressed",
        "is_incomplete",
        "has_discrepancy",
        "country",
        ("indicator", AutocompleteFilter),
        ("project", AutocompleteFilter),
        ("partner", AutocompleteFilter),
    )
    list_select_related = ("indicator", "project", "country", "partner", "forum", "breakdown", "period")
    search_fields = ("key", "indicator__code", "project__code", "partner__name", *in_languages("indicator__name"))

    def view_on_site(self, result: Result) -> str | None:
        """Only what the public sees has a page."""
        return result.get_absolute_url() if result.is_public and not result.is_suppressed else None

    def get_queryset(self, request: HttpRequest) -> ResultQuerySet:
        # One row for each series and period: what the public is told meanwhile is on its own pages.
        return super().get_queryset(request).for_staff()  # type: ignore[attr-defined]
