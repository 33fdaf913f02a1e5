"""Questions that are asked about the logic model, the indicators and their figures."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.db.models import Count, Exists, OuterRef, Q

from accounts.models import User
from accounts.querysets import RecordQuerySet
from indicators.choices import OPEN_SUBMISSION_STATES, PeriodKind, PeriodState, Route
from partners.models import Membership

if TYPE_CHECKING:
    from indicators.models import Breakdown, Category


class IndicatorQuerySet(RecordQuerySet):
    def public(self) -> Self:
        """Indicators that anybody may see."""
        return self.filter(is_public=True, programme__is_demonstration=False)

    def for_admin(self) -> Self:
        return self.select_related("programme", "project", "expected_result").annotate(
            number_of_series=Count("series", distinct=True)
        )


class BreakdownQuerySet(RecordQuerySet):
    def for_categories(self, categories: Iterable["Category"]) -> "Breakdown":
        """The one breakdown of exactly these categories, made when it is new; of none: the total."""
        chosen = sorted(categories, key=lambda category: category.dimension.code)
        breakdown, is_new = self.get_or_create(key=self.model.key_of(chosen))
        if is_new:
            breakdown.categories.set(chosen)
        return breakdown


class ReportingPeriodQuerySet(RecordQuerySet):
    def whole(self) -> Self:
        return self.filter(kind=PeriodKind.WHOLE)

    def published(self) -> Self:
        return self.filter(state=PeriodState.PUBLISHED)

    def for_admin(self) -> Self:
        return self.select_related("programme")


class SeriesQuerySet(RecordQuerySet):
    def for_user(self, user: User) -> Self:
        """The series that a person reports; all of them for staff."""
        if user.is_staff and user.is_active:
            return self.all()
        mine = Membership.objects.filter(user=user, user__is_active=True, partner=OuterRef("reporter"))
        return self.filter(Exists(mine))

    def for_admin(self) -> Self:
        return self.with_scope()

    def with_scope(self) -> Self:
        return self.select_related("indicator", "project", "country", "partner", "forum", "breakdown", "reporter")


class FigureQuerySet(RecordQuerySet):
    """Baselines, targets and actuals."""

    def with_series(self) -> Self:
        return self.select_related(
            *(f"series__{part}" for part in ("indicator", "project", "country", "partner", "forum", "breakdown"))
        )

    def for_admin(self) -> Self:
        return self.with_series()


class TargetQuerySet(FigureQuerySet):
    def current(self) -> Self:
        """Targets as they stand; earlier versions left out."""
        return self.filter(is_current=True)

    def for_admin(self) -> Self:
        return self.with_series().select_related("period")


class ActualQuerySet(FigureQuerySet):
    def published(self) -> Self:
        """Actuals that anybody may see: of a published period, or printed in a published source."""
        return self.filter(
            Q(period__state=PeriodState.PUBLISHED) | Q(route=Route.PUBLISHED_SOURCE), series__indicator__is_public=True
        )

    def for_admin(self) -> Self:
        return self.with_series().select_related("period")


class SubmissionQuerySet(FigureQuerySet):
    def open(self) -> Self:
        return self.filter(state__in=OPEN_SUBMISSION_STATES)

    def for_user(self, user: User) -> Self:
        """Submissions of the series that a person reports; all of them for staff."""
        if user.is_staff and user.is_active:
            return self.all()
        mine = Membership.objects.filter(user=user, user__is_active=True, partner=OuterRef("series__reporter"))
        return self.filter(Exists(mine))

    def for_admin(self) -> Self:
        return self.with_series().select_related("period", "author")
