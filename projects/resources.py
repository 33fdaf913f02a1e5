"""Projects, their places in themes and their partnerships, as rows of a spreadsheet."""

from typing import Any

from accounts.resources import KeysWidget, KeyWidget, RecordResource
from accounts.resources.names import in_languages
from partners.resources import country_keys, partner_key
from projects.models import Partnership, Programme, Project, ProjectTheme, Sector, Theme


def programme_key() -> KeyWidget:
    """A programme, by its slug or its code."""
    return KeyWidget(Programme, also=("code",))


def project_key(*related: str) -> KeyWidget:
    """A project, by its slug, or by its code where one project alone bears it."""
    return KeyWidget(Project, also=("code",), related=related)


def theme_key() -> KeyWidget:
    """A theme or dimension, by its slug, or by its code where one alone bears it."""
    return KeyWidget(Theme, also=("code",))


def theme_keys() -> KeysWidget:
    return KeysWidget(Theme, also=("code",))


class ProjectResource(RecordResource):
    kind = "projects"

    class Meta:
        model = Project
        fields = (
            "slug",
            "programme",
            "code",
            "component",
            "kind",
            "title",
            "language",
            *in_languages("translated_title", "summary"),
            "sectors",
            "countries",
            "starts_on",
            "ends_on",
            "date_precision",
            "status",
            "iati_identifier",
        )
        import_id_fields = ("slug",)
        widgets: Any = {
            "programme": programme_key(),
            "sectors": KeysWidget(Sector, also=in_languages("name")),
            "countries": country_keys(),
        }


class ProjectThemeResource(RecordResource):
    kind = "project_themes"

    class Meta:
        model = ProjectTheme
        fields = ("project", "theme", "title", "language", *in_languages("translated_title"))
        import_id_fields = ("project", "theme")
        widgets: Any = {"project": project_key(), "theme": theme_key()}


class PartnershipResource(RecordResource):
    kind = "partnerships"

    class Meta:
        model = Partnership
        fields = ("project", "partner", "role", "is_adopted", *in_languages("note"))
        import_id_fields = ("project", "partner")
        widgets: Any = {"project": project_key(), "partner": partner_key()}
