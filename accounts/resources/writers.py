"""What an import writes, and takes back, beyond the rows themselves: the results that rest on them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError

from accounts.actions.bulk import check_many, save_many
from indicators.actions import one_refresh, refresh_results, touched_by_all


class Writer:
    """Writes records of any kind in bulk; those that figures rest on make the results anew, once, at the end."""

    @contextmanager
    def writing(self) -> Iterator[None]:
        with one_refresh():
            yield

    def check(self, records: Sequence[Any]) -> dict[int, ValidationError]:
        """What is wrong with each record; by place."""
        return check_many(records)

    def save(self, records: Sequence[Any]) -> None:
        """Save checked records of one model, new and altered, inside an open change."""
        touched = touched_by_all([record for record in records if not record._state.adding])
        save_many(records)
        refresh_results(indicators=touched | touched_by_all(records))

    def touch(self, records: Sequence[Any]) -> None:
        """Make the results anew that rest on these records: their links changed."""
        refresh_results(indicators=touched_by_all(records))
