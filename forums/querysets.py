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

    def for_list(self) -> Self:
        return (
            self.select_related("country")
            .with_dates()
            .prefetch_related("themes", "days")
            .order_by("programme", "number")
        )

    def for_page(self) -> Self:
        return self.for_list().prefetch_related("publications", "citations__document")

    def for_admin(self) -> Self:
        return self.select_related("programme", "country").with_dates()
