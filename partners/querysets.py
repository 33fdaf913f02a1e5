"""Questions that are asked about partners and countries."""

from typing import Self

from django.db.models import Count, Q

from accounts.models import User
from accounts.querysets import RecordQuerySet


class CountryQuerySet(RecordQuerySet):
    def pacific_alliance(self) -> Self:
        """The members of the Pacific Alliance, by code."""
        return self.filter(is_pacific_alliance=True).order_by("code")

    def for_list(self) -> Self:
        return self.annotate(
            number_of_projects=Count("projects", distinct=True), number_of_partners=Count("partners", distinct=True)
        ).order_by("-is_pacific_alliance", "code")


class PartnerQuerySet(RecordQuerySet):
    def public(self) -> Self:
        return self.filter(is_public=True)

    def for_list(self) -> Self:
        """Public partners, by country and name, with the number of projects they take part in."""
        return (
            self.public()
            .select_related("country", "part_of")
            .annotate(number_of_projects=Count("partnerships", filter=Q(partnerships__is_adopted=True), distinct=True))
            .order_by("name")
        )

    def for_page(self) -> Self:
        return (
            self.public()
            .select_related("country", "part_of")
            .prefetch_related(
                "aliases", "units", "partnerships__project", "partnerships__citations__document", "citations__document"
            )
        )

    def for_admin(self) -> Self:
        return self.select_related("country", "part_of").annotate(
            number_of_projects=Count("partnerships", distinct=True)
        )

    def for_user(self, user: User) -> Self:
        """The partners that a person may act for or look into."""
        return self.filter(memberships__user=user, memberships__user__is_active=True).distinct()

    def search(self, words: str) -> Self:
        """Partners whose name, acronym or any spelling holds ``words``."""
        return self.filter(
            Q(name__icontains=words) | Q(acronym__icontains=words) | Q(aliases__name__icontains=words)
        ).distinct()


class MembershipQuerySet(RecordQuerySet):
    def for_admin(self) -> Self:
        return self.select_related("user", "partner")
