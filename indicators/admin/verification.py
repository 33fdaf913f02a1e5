"""Verification rounds, what institutions answered, and what people were told, in the administration."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin import AutocompleteFilter, ReadOnlyAdmin, RecordAdmin, in_languages
from indicators.models import Confirmation, Notification, VerificationRound


@admin.register(VerificationRound)
class VerificationRoundAdmin(RecordAdmin):
    list_display = ("name", "programme", "opens_on", "closes_on")
    list_filter = ("programme",)
    list_select_related = ("programme",)
    search_fields = ("code", *in_languages("name"))


@admin.register(Confirmation)
class ConfirmationAdmin(ReadOnlyAdmin):
    """What institutions answered; settled on the round's own page."""

    list_display = ("actual", "partner", "answer", "value", "settlement", "answered_by", "answered_at")
    list_filter = ("answer", "settlement", ("round", AutocompleteFilter), ("partner", AutocompleteFilter))
    search_fields = ("text", "partner__name", "partner__acronym", "actual__series__indicator__code")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Confirmation]:
        return super().get_queryset(request).for_admin()  # type: ignore[attr-defined,no-any-return]


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    list_display = ("made_at", "user", "kind", "project", "period", "number", "read_at", "mailed_at")
    list_filter = ("kind", ("period", AutocompleteFilter), ("user", AutocompleteFilter))
    list_select_related = ("user", "period", "project")
    search_fields = ("user__email", "user__name", "project__code")
