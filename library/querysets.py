"""Questions that are asked about sources, publications and findings."""

from typing import Self

from django.db.models import Count

from accounts.querysets import RecordQuerySet


class DocumentQuerySet(RecordQuerySet):
    def for_admin(self) -> Self:
        return self.annotate(number_of_citations=Count("citations", distinct=True))


class CitationQuerySet(RecordQuerySet):
    def for_admin(self) -> Self:
        return self.select_related("document")


class DiscrepancyQuerySet(RecordQuerySet):
    def for_admin(self) -> Self:
        return self.annotate(number_of_citations=Count("citations", distinct=True))


class PublicationQuerySet(RecordQuerySet):
    def for_list(self) -> Self:
        return self.select_related("programme").prefetch_related("themes", "projects", "forums", "countries")


class FindingQuerySet(RecordQuerySet):
    def for_list(self) -> Self:
        return self.select_related("programme", "theme", "project", "forum", "document")
