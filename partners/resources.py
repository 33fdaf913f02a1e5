"""Partners and their other names, as rows of a spreadsheet."""

from typing import Any

from accounts.resources import KeysWidget, KeyWidget, RecordResource
from accounts.resources.names import in_languages
from partners.models import Country, Partner, PartnerAlias


def country_key() -> KeyWidget:
    """A country, by its code or by its name in any language."""
    return KeyWidget(Country, also=in_languages("name"))


def country_keys() -> KeysWidget:
    return KeysWidget(Country, also=in_languages("name"))


def partner_key() -> KeyWidget:
    """A partner, by its slug, or by its name, its acronym or another spelling, where one partner alone bears it."""
    return KeyWidget(Partner, also=("name", "acronym", "aliases__name"))


class PartnerResource(RecordResource):
    kind = "partners"

    class Meta:
        model = Partner
        fields = (
            "slug",
            "name",
            "language",
            *in_languages("translated_name"),
            "acronym",
            "kind",
            "country",
            "province",
            "city",
            "part_of",
            "website",
            "iati_identifier",
            "is_public",
            *in_languages("note"),
        )
        import_id_fields = ("slug",)
        widgets: Any = {"country": country_key(), "part_of": partner_key()}


class PartnerAliasResource(RecordResource):
    kind = "partner_aliases"

    class Meta:
        model = PartnerAlias
        fields = ("partner", "name", "kind")
        import_id_fields = ("partner", "name")
        widgets: Any = {"partner": partner_key()}
