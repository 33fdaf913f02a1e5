"""Questions that are asked about sources, publications and findings."""

from typing import Self

from django.db.models import Case, Count, Q, When

from accounts.querysets import RecordQuerySet
from forums.models import Forum
from indicators.models import Indicator
from partners.models import Partner
from projects.models import Project


class DocumentQuerySet(RecordQuerySet):
    def for_list(self) -> Self:
        return self.annotate(number_of_citations=Count("citations", distinct=True)).order_by("order", "slug")

    def for_admin(self) -> Self:
        return self.annotate(number_of_citations=Count("citations", distinct=True))


class CitationQuerySet(RecordQuerySet):
    def for_source_page(self) -> Self:
        """Citations with what they are about, in the order of the source's sections."""
        return self.select_related(
            *(
                f"{figure}__series__{part}"
                for figure in ("actual", "target", "baseline")
                for part in ("indicator", "project", "country", "forum", "breakdown")
            ),
            "programme",
            "theme",
            "project",
            "partner",
            "forum",
            "publication",
            "expected_result",
            "partnership__project",
            "partnership__partner",
        ).order_by("section", "order", "code")

    def for_admin(self) -> Self:
        return self.select_related("document")


class DiscrepancyQuerySet(RecordQuerySet):
    def for_list(self) -> Self:
        """Discrepancies with the statements that disagree, the gravest first."""
        return (
            self.filter(programme__is_demonstration=False)
            .prefetch_related(
                "citations__document",
                *(f"citations__{name}__series__indicator" for name in ("actual", "target", "baseline")),
                *(
                    f"citations__{name}"
                    for name in ("programme", "theme", "project", "partner", "forum", "publication", "expected_result")
                ),
                "citations__partnership__project",
                "citations__partnership__partner",
                "actuals__series__indicator",
            )
            .order_by(
                Case(When(severity="major", then=0), When(severity="moderate", then=1), default=2), "kind", "code"
            )
        )

    def about_project(self, project: Project) -> Self:
        """Where sources disagree about a project, its partners or its figures."""
        return self._about(
            Q(citations__project=project)
            | Q(citations__partnership__project=project)
            | Q(citations__actual__series__project=project)
            | Q(citations__target__series__project=project)
            | Q(actuals__series__project=project)
        )

    def about_partner(self, partner: Partner) -> Self:
        return self._about(
            Q(citations__partner=partner)
            | Q(citations__partnership__partner=partner)
            | Q(citations__actual__series__partner=partner)
            | Q(actuals__series__partner=partner)
        )

    def about_forum(self, forum: Forum) -> Self:
        return self._about(
            Q(citations__forum=forum) | Q(citations__actual__series__forum=forum) | Q(actuals__series__forum=forum)
        )

    def about_indicator(self, indicator: Indicator) -> Self:
        return self._about(
            Q(citations__actual__series__indicator=indicator)
            | Q(citations__target__series__indicator=indicator)
            | Q(citations__baseline__series__indicator=indicator)
            | Q(actuals__series__indicator=indicator)
        )

    def _about(self, condition: Q) -> Self:
        # By primary key, so that several matching citations do not repeat the row.
        return self.filter(pk__in=self.filter(condition).values("pk")).for_list()

    def for_admin(self) -> Self:
        return self.annotate(number_of_citations=Count("citations", distinct=True))


class PublicationQuerySet(RecordQuerySet):
    def for_list(self) -> Self:
        return (
            self.filter(programme__is_demonstration=False)
            .select_related("programme")
            .prefetch_related("themes", "projects", "forums", "countries")
            .order_by("kind", "title")
        )


class FindingQuerySet(RecordQuerySet):
    def for_list(self) -> Self:
        return self.filter(programme__is_demonstration=False).select_related(
            "programme", "theme", "project", "forum", "document"
        )
