"""Publications, findings and citations, as rows of a spreadsheet."""

from typing import Any

from accounts.resources import KeysWidget, KeyWidget, RecordResource
from accounts.resources.names import in_languages
from forums.resources import forum_key, forum_keys
from library.models import Citation, Document, Finding, Publication
from partners.resources import country_keys, partner_key
from projects.models import Project
from projects.resources import programme_key, project_key, theme_key, theme_keys


def document_key() -> KeyWidget:
    """A source, by its slug, or by its title where one source alone bears it."""
    return KeyWidget(Document, also=("title", *in_languages("short_title")))


class PublicationResource(RecordResource):
    kind = "publications"

    class Meta:
        model = Publication
        fields = (
            "slug",
            "programme",
            "kind",
            "title",
            "language",
            *in_languages("translated_title", "summary"),
            "published_on",
            "date_precision",
            "languages",
            "link",
            "projects",
            "themes",
            "forums",
            "countries",
        )
        import_id_fields = ("slug",)
        widgets: Any = {
            "programme": programme_key(),
            "projects": KeysWidget(Project, also=("code",)),
            "themes": theme_keys(),
            "forums": forum_keys(),
            "countries": country_keys(),
        }


class FindingResource(RecordResource):
    kind = "findings"

    class Meta:
        model = Finding
        fields = (
            "code",
            "programme",
            "kind",
            *in_languages("text"),
            "theme",
            "project",
            "forum",
            "document",
            "section",
            "order",
        )
        import_id_fields = ("code",)
        widgets: Any = {
            "programme": programme_key(),
            "theme": theme_key(),
            "project": project_key(),
            "forum": forum_key(),
            "document": document_key(),
        }


class CitationResource(RecordResource):
    """A citation names its figure by all that names it, joined by slashes: series, period, revision."""

    kind = "citations"

    class Meta:
        model = Citation
        fields = (
            "code",
            "document",
            "section",
            "page",
            "printed_value",
            "value",
            "qualifier",
            *in_languages("note"),
            "about",
            "baseline",
            "target",
            "actual",
            "programme",
            "theme",
            "project",
            "partnership",
            "partner",
            "forum",
            "publication",
            "expected_result",
            "order",
        )
        import_id_fields = ("code",)
        widgets: Any = {
            "document": document_key(),
            "programme": programme_key(),
            "theme": theme_key(),
            "project": project_key(),
            "partner": partner_key(),
            "forum": forum_key(),
        }
