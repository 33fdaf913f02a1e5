"""Questions that are asked about programmes, projects and work plans."""

from typing import Self

from django.db.models import Count, Exists, OuterRef

from accounts.models import User
from accounts.querysets import RecordQuerySet
from partners.models import Membership


class ProgrammeQuerySet(RecordQuerySet):
    def real(self) -> Self:
        """Programmes that are not a demonstration."""
        return self.filter(is_demonstration=False)


class ProjectQuerySet(RecordQuerySet):
    def real(self) -> Self:
        return self.filter(programme__is_demonstration=False)

    def for_user(self, user: User) -> Self:
        """The projects of a person's partners; all of them for staff."""
        if user.is_staff and user.is_active:
            return self.all()
        mine = Membership.objects.filter(
            user=user,
            user__is_active=True,
            partner__partnerships__project=OuterRef("pk"),
            partner__partnerships__is_adopted=True,
        )
        return self.filter(Exists(mine))

    def for_admin(self) -> Self:
        return self.select_related("programme").annotate(number_of_partners=Count("partnerships", distinct=True))

    def for_list(self) -> Self:
        """Projects as cards: their countries and themes beside them."""
        return (
            self.select_related("programme")
            .prefetch_related("countries", "themes", "sectors")
            .order_by("programme", "code")
        )

    def for_page(self) -> Self:
        """One project with all that its page names."""
        return self.select_related("programme").prefetch_related(
            "countries",
            "sectors",
            "project_themes__theme",
            "partnerships__partner__country",
            "partnerships__citations__document",
            "publications",
            "citations__document",
        )


class ThemeQuerySet(RecordQuerySet):
    def real(self) -> Self:
        return self.filter(programme__is_demonstration=False)

    def for_list(self) -> Self:
        return (
            self.real()
            .select_related("programme")
            .annotate(number_of_projects=Count("projects", distinct=True))
            .order_by("programme__code", "-kind", "number")
        )


class WorkPlanQuerySet(RecordQuerySet):
    def for_page(self) -> Self:
        return self.prefetch_related(
            "countries", "areas__objectives", "areas__activities__countries", "areas__deliverables"
        )


class PartnershipQuerySet(RecordQuerySet):
    def adopted(self) -> Self:
        return self.filter(is_adopted=True)

    def for_admin(self) -> Self:
        return self.select_related("project", "partner")
