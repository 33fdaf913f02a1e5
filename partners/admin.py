"""Countries, partners and who may act for them, in the administration."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.admin import AutocompleteFilter, ReadOnlyAdmin, RecordAdmin, TabularRows, in_languages
from partners.models import Country, Invitation, Membership, Partner, PartnerAlias


@admin.register(Country)
class CountryAdmin(RecordAdmin):
    holds_results = True
    list_display = ("code", "name", "numeric_code", "is_pacific_alliance")
    list_filter = ("is_pacific_alliance",)
    search_fields = ("code", *in_languages("name"))


class Aliases(TabularRows):
    model = PartnerAlias


class Memberships(TabularRows):
    model = Membership


@admin.register(Partner)
class PartnerAdmin(RecordAdmin):
    holds_results = True
    list_display = ("name", "acronym", "kind", "country", "city", "number_of_projects", "is_public")
    list_filter = ("kind", "country", "language", "is_public")
    search_fields = ("name", "acronym", "slug", "city", "aliases__name", *in_languages("translated_name"))
    prepopulated_fields = {"slug": ("name",)}
    inlines = (Aliases, Memberships)

    @admin.display(description=_("projects"), ordering="number_of_projects")
    def number_of_projects(self, partner: Partner) -> int:
        return partner.number_of_projects  # type: ignore[attr-defined]


@admin.register(PartnerAlias)
class PartnerAliasAdmin(RecordAdmin):
    list_display = ("name", "partner", "kind")
    list_filter = ("kind", ("partner", AutocompleteFilter))
    list_select_related = ("partner",)
    search_fields = ("name", "partner__name", "partner__acronym")


@admin.register(Membership)
class MembershipAdmin(RecordAdmin):
    list_display = ("user", "partner", "role")
    list_filter = ("role", ("partner", AutocompleteFilter))
    search_fields = ("user__email", "user__name", "partner__name", "partner__acronym")


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """Sent, sent again and withdrawn on the partner's page of the workspace."""

    list_display = ("email", "partner", "role", "sent_at", "expires_at", "accepted_at", "withdrawn_at")
    list_filter = ("role", ("partner", AutocompleteFilter))
    search_fields = ("email", "partner__name", "partner__acronym")
