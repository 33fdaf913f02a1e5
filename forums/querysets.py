"""Questions that are asked about forums."""

from typing import Self

from django.db.models import Max, Min

from accounts.querysets import RecordQuerySet


class ForumQuerySet(RecordQuerySet):
    def with_dates(self) -> Self:
        """Each forum with the first and the last of its days."""
        return self.annotate(first_day=Min("days__day"), last_day=Max("days__day"))

    def for_admin(self) -> Self:
        return self.select_related("programme", "country").with_dates()
