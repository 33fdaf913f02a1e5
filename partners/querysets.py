"""Questions that are asked about partners and countries."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Count, Prefetch, Q

from accounts.folding import fold, folded
from accounts.models import User
from accounts.querysets import RecordQuerySet


class CountryQuerySet(RecordQuerySet):
    def for_list(self) -> Self:
        """Countries with the number of their projects and partners, those of the Pacific Alliance first."""
        return self.annotate(
            number_of_projects=Count("projects", filter=Q(projects__programme__is_demonstration=False), distinct=True),
            number_of_partners=Count("partners", filter=Q(partners__is_public=True), distinct=True),
        ).order_by("-is_pacific_alliance", "code")


class PartnerQuerySet(RecordQuerySet):
    def public(self) -> Self:
        return self.filter(is_public=True)

    def for_list(self) -> Self:
        """Public partners, by country and name, with the number of projects they take part in."""
        return (
            self.public()
            .select_related("country", "part_of")
            .annotate(
                number_of_projects=Count(
                    "partnerships",
                    filter=Q(partnerships__is_adopted=True, partnerships__project__programme__is_demonstration=False),
                    distinct=True,
                )
            )
            .order_by("name")
        )

    def of_theme(self, theme: models.Model) -> Self:
        """Those that take part in a project of a theme."""
        partnerships = self.model._meta.get_field("partnerships").related_model.objects
        parts = partnerships.real().adopted().filter(project__project_themes__theme=theme)
        return self.filter(pk__in=parts.values("partner"))

    def for_page(self) -> Self:
        """One partner with its other names, its units and its projects."""
        partnerships = self.model._meta.get_field("partnerships").related_model.objects
        return (
            self.public()
            .select_related("country", "part_of")
            .prefetch_related(
                "aliases",
                Prefetch("units", queryset=self.model.objects.public().order_by("name")),
                Prefetch(
                    "partnerships",
                    queryset=partnerships.real().select_related("project").order_by("project__code"),
                ),
            )
        )

    def with_names(self) -> Self:
        """Partners with their units and all other names of both."""
        return self.prefetch_related("aliases", "units__aliases")

    def for_admin(self) -> Self:
        return self.select_related("country", "part_of").annotate(
            number_of_projects=Count("partnerships", distinct=True)
        )

    def for_user(self, user: User) -> Self:
        """The partners that a person may act for or look into."""
        return self.filter(memberships__user=user, memberships__user__is_active=True).distinct()

    def search(self, words: str) -> Self:
        """Partners whose name, acronym or any spelling holds ``words``, whatever their case, accents and apostrophes."""
        columns = {"folded_name": "name", "folded_acronym": "acronym", "folded_alias": "aliases__name"}
        condition = Q()
        for column in columns:
            condition |= Q(**{f"{column}__contains": fold(words)})
        return self.alias(**{column: folded(field) for column, field in columns.items()}).filter(condition).distinct()


class MembershipQuerySet(RecordQuerySet):
    def for_admin(self) -> Self:
        return self.select_related("user", "partner")


class InvitationQuerySet(RecordQuerySet):
    def open(self, now: datetime) -> Self:
        """Those that can be accepted at that moment."""
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=now)

    def for_admin(self) -> Self:
        return self.select_related("partner", "invited_by", "accepted_by")
