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

    def with_partners(self) -> Self:
        return self.prefetch_related("partnerships__partner__country")


class PartnershipQuerySet(RecordQuerySet):
    def adopted(self) -> Self:
        return self.filter(is_adopted=True)

    def for_admin(self) -> Self:
        return self.select_related("project", "partner")
