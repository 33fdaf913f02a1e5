"""Sources, citations, discrepancies, publications and findings in the administration."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.admin import AutocompleteFilter, RecordAdmin, in_languages
from accounts.models import Record
from indicators.models import Indicator
from library.forms import DiscrepancyForm
from library.models import CITED_FIGURES, CITED_RECORDS, Citation, Discrepancy, Document, Finding, Publication

#: Ways from an indicator to the citations of its figures.
TO_CITATIONS = tuple(f"series__{figures}__citations" for figures in ("actuals", "targets", "baseline"))


def resting_on(record: Record, *ways: str) -> set[int]:
    """Primary keys of the indicators that lead to a record by one of these ways."""
    found: set[int] = set()
    for way in ways:
        found.update(Indicator.objects.filter(**{way: record.pk}).values_list("pk", flat=True))
    return found


@admin.register(Document)
class DocumentAdmin(RecordAdmin):
    list_display = ("title", "kind", "language", "published_on", "file_name", "number_of_citations")
    list_filter = ("kind", "language")
    search_fields = ("slug", "title", "publisher", "file_name", *in_languages("translated_title"))

    @admin.display(description=_("citations"), ordering="number_of_citations")
    def number_of_citations(self, document: Document) -> int:
        return document.number_of_citations  # type: ignore[attr-defined]

    def touched(self, record: Any) -> set[int]:
        return resting_on(record, *(f"{way}__document" for way in TO_CITATIONS))


@admin.register(Publication)
class PublicationAdmin(RecordAdmin):
    list_display = ("title", "kind", "language", "published_on", "programme")
    list_filter = ("programme", "kind", "language", "themes", "countries", ("projects", AutocompleteFilter))
    list_select_related = ("programme",)
    search_fields = ("slug", "title", *in_languages("translated_title"))


@admin.register(Finding)
class FindingAdmin(RecordAdmin):
    list_display = ("code", "kind", "text", "theme", "project", "forum", "programme")
    list_filter = ("programme", "kind", "theme", ("project", AutocompleteFilter), ("forum", AutocompleteFilter))
    list_select_related = ("programme", "theme", "project", "forum")
    search_fields = ("code", *in_languages("text"))


@admin.register(Citation)
class CitationAdmin(RecordAdmin):
    list_display = ("code", "document", "section", "printed_value", "about", "cited")
    list_filter = (
        "document",
        "about",
        "qualifier",
        ("project", AutocompleteFilter),
        ("partner", AutocompleteFilter),
        ("actual", AutocompleteFilter),
    )
    list_select_related = (
        "document",
        *(f"{figure}__series__indicator" for figure in CITED_FIGURES),
        *(record for record in CITED_RECORDS if record != "partnership"),
        "partnership__project",
        "partnership__partner",
    )
    search_fields = ("code", "section", "printed_value", "document__title", *in_languages("note"))
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "code",
                    "document",
                    "section",
                    "page",
                    "printed_value",
                    "value",
                    "qualifier",
                    "about",
                    "order",
                )
            },
        ),
        (
            _("What it is about: exactly one"),
            {"fields": (*CITED_FIGURES, *CITED_RECORDS)},
        ),
    )

    @admin.display(description=_("figure or record"))
    def cited(self, citation: Citation) -> Any:
        # A figure by its indicator: its full name would take seven more tables.
        figure = citation.figure
        return figure.series.indicator.code if figure is not None else citation.subject

    def touched(self, record: Any) -> set[int]:
        return resting_on(record, *TO_CITATIONS)


@admin.register(Discrepancy)
class DiscrepancyAdmin(RecordAdmin):
    form = DiscrepancyForm
    list_display = ("code", "kind", "severity", "settlement", "explanation", "number_of_citations", "programme")
    list_filter = ("programme", "kind", "severity", "settlement")
    list_select_related = ("programme",)
    search_fields = ("code", "citations__code", *in_languages("explanation"))

    @admin.display(description=_("citations"), ordering="number_of_citations")
    def number_of_citations(self, discrepancy: Discrepancy) -> int:
        return discrepancy.number_of_citations  # type: ignore[attr-defined]

    def touched(self, record: Any) -> set[int]:
        return resting_on(record, "series__actuals__discrepancies", *(f"{way}__discrepancies" for way in TO_CITATIONS))
