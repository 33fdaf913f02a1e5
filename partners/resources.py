"""Partners in and out of spreadsheets."""

from typing import ClassVar

from accounts.resources import KeyWidget, RecordResource
from partners.models import Country, Partner

IN_LANGUAGES = ("fr", "es", "en")


class PartnerResource(RecordResource):
    """Organisations, one in a row, found by their slug."""

    kind: ClassVar[str] = "partners"

    class Meta:
        model = Partner
        import_id_fields = ("slug",)
        fields = (
            "slug",
            "name",
            "language",
            *(f"translated_name_{language}" for language in IN_LANGUAGES),
            "acronym",
            "kind",
            "country",
            "province",
            "city",
            "part_of",
            "website",
            "iati_identifier",
            "is_public",
            *(f"note_{language}" for language in IN_LANGUAGES),
        )
        widgets = {
            "country": KeyWidget(Country, also=tuple(f"name_{language}" for language in IN_LANGUAGES)),
            "part_of": KeyWidget(Partner, also=("name", "acronym", "aliases__name")),
        }
