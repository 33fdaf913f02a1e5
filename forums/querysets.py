"""Questions that are asked about forums."""

from typing import Self

from django.db.models import Max, Min

from accounts.querysets import RecordQuerySet


class ForumQuerySet(RecordQuerySet):
    def real(self) -> Self:
        return self.filter(programme__is_demonstration=False)

    def with_dates(self) -> Self:
        """Each forum with the first and the last of its days."""
        return self.annotate(first_day=Min("days__day"), last_day=Max("days__day"))

    def for_cards(self) -> Self:
        """Forums with their place and days, by number."""
        return (
            self.select_related("country", "programme").prefetch_related("days").order_by("programme__code", "number")
        )

    def for_list(self) -> Self:
        """Forums with their themes, too."""
        return self.for_cards().prefetch_related("themes")

    def for_page(self) -> Self:
        """One forum with its days, themes and publications."""
        return self.for_list().prefetch_related("publications")

    def for_admin(self) -> Self:
        return self.select_related("programme", "country").with_dates()
