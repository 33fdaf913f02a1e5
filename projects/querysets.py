"""Questions that are asked about programmes, projects and work plans."""

from typing import Self

from django.db.models import Case, Count, Exists, F, Min, OuterRef, Prefetch, Q, When

from accounts.models import User
from accounts.querysets import RecordQuerySet
from partners.models import Membership
from projects.choices import PartnershipRole


class ProgrammeQuerySet(RecordQuerySet):
    def real(self) -> Self:
        """Programmes that are not a demonstration."""
        return self.filter(is_demonstration=False)

    def demonstrations(self) -> Self:
        return self.filter(is_demonstration=True)

    def for_home(self) -> Self:
        """Programmes with their key figures first: the first page is about the first of them."""
        model = self.model._meta.get_field("expected_results").related_model.objects.filter(programme=OuterRef("pk"))
        return (
            self.select_related("funder", "implementer")
            .annotate(first_rank=Min("indicators__headline_rank"), has_model=Exists(model))
            .order_by(F("first_rank").asc(nulls_last=True), "code")
        )


class ProjectQuerySet(RecordQuerySet):
    def real(self) -> Self:
        return self.filter(programme__is_demonstration=False)

    def numbers_by_country_and_theme(self) -> dict[tuple[int, int], int]:
        """How many projects each country has under each theme, by their primary keys; where there is none, no key."""
        counted = self.filter(countries__isnull=False, themes__isnull=False).order_by()
        rows = counted.values_list("countries", "themes").annotate(number=Count("pk", distinct=True))
        return {(country, theme): number for country, theme, number in rows}

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
        return self.select_related("programme").prefetch_related("countries", "themes").order_by("programme", "code")

    def for_page(self) -> Self:
        """One project with all that its page names."""
        themes = self.model._meta.get_field("project_themes").related_model.objects
        partnerships = self.model._meta.get_field("partnerships").related_model.objects
        return self.select_related("programme").prefetch_related(
            "countries",
            "sectors",
            Prefetch(
                "project_themes", queryset=themes.select_related("theme").order_by("-theme__kind", "theme__number")
            ),
            Prefetch("partnerships", queryset=partnerships.for_project_page()),
            "publications",
        )


class ThemeQuerySet(RecordQuerySet):
    def real(self) -> Self:
        return self.filter(programme__is_demonstration=False)

    def for_list(self) -> Self:
        return (
            self.real()
            .select_related("programme")
            .annotate(
                number_of_projects=Count("projects", distinct=True),
                number_of_forums=Count("forums", distinct=True),
            )
            .order_by("programme__code", "-kind", "number")
        )


class WorkPlanQuerySet(RecordQuerySet):
    def real(self) -> Self:
        """Plans of no programme, or of one that is not a demonstration."""
        return self.filter(Q(programme__isnull=True) | Q(programme__is_demonstration=False))

    def for_page(self) -> Self:
        """One plan with its areas and all that stands in them."""
        return self.real().prefetch_related(
            "countries", "areas__objectives", "areas__activities__countries", "areas__deliverables"
        )


class PartnershipQuerySet(RecordQuerySet):
    def adopted(self) -> Self:
        return self.filter(is_adopted=True)

    def real(self) -> Self:
        """Parts in projects that are not a demonstration."""
        return self.filter(project__programme__is_demonstration=False)

    def for_project_page(self) -> Self:
        """Public partners of a project: the lead first, then by role and name, contested ones after the others."""
        return (
            self.filter(partner__is_public=True)
            .select_related("partner__country")
            .order_by(
                Case(*(When(role=role, then=place) for place, role in enumerate(PartnershipRole)), default=99),
                "-is_adopted",
                "partner__name",
            )
        )

    def for_admin(self) -> Self:
        return self.select_related("project", "partner")
