"""What an import writes, and takes back, beyond the rows themselves: the results that rest on them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError

from accounts.actions.bulk import batches, check_many, save_many
from accounts.actions.removal import remove_many
from accounts.models import User
from indicators.actions import one_refresh, refresh_results, touched_by_all
from indicators.actions.bulk_figures import (
    check_figures,
    complete_figures,
    remove_figures,
    restore_figures,
    save_figures,
)
from indicators.actions.holding import hold_indicators, hold_periods
from indicators.models import Actual, Figure, Indicator, Report, ReportingPeriod, Submission

#: What is written while its period is held.
OF_PERIODS = (Report, Submission, Actual)


class Writer:
    """Writes records of any kind in bulk; those that figures rest on make the results anew, once, at the end.

    Attributes:
        by: who does; None stands for a command.
    """

    by: User | None = None

    @property
    def permissions(self) -> Sequence[str]:
        """All that somebody needs who imports or takes back."""
        return ()

    @contextmanager
    def writing(self) -> Iterator[None]:
        with one_refresh():
            yield

    def hold(self, keys: Mapping[Any, Collection[int]]) -> None:
        """Keep other writers of these records, by model, waiting; in the order of ``indicators.actions.holding``."""
        periods: set[int] = set(keys.get(ReportingPeriod, ()))
        for model, some in _batches_of(keys):
            if model in OF_PERIODS:
                periods |= set(model._base_manager.filter(pk__in=some).values_list("period", flat=True))
        if periods:
            hold_periods(periods)
        for model, some in _batches_of(keys):
            if model is Indicator:
                hold_indicators(some)
            # Whoever is about to point to one of them waits, too: it may be going.
            list(model._base_manager.filter(pk__in=some).order_by("pk").select_for_update().values_list("pk"))

    def check(self, records: Sequence[Any]) -> dict[int, ValidationError]:
        """What is wrong with each record of one model; by place."""
        if records and isinstance(records[0], Figure):
            complete_figures(records, by=self.by)
            return check_figures(records, by=self.by)
        return check_many(records)

    def save(self, records: Sequence[Any]) -> None:
        """Save checked records of one model, new and altered, inside an open change."""
        if records and isinstance(records[0], Figure):
            save_figures(records)
            return
        touched = touched_by_all([record for record in records if not record._state.adding])
        save_many(records)
        refresh_results(indicators=touched | touched_by_all(records))

    def restore(self, records: Sequence[Any]) -> None:
        """Save records of one model as they once were; without the checks that they passed then."""
        if records and isinstance(records[0], Figure):
            restore_figures(records)
        else:
            self.save(records)

    def remove(self, records: Sequence[Any]) -> None:
        """Delete records of one model, on which nothing rests."""
        if records and isinstance(records[0], Figure):
            remove_figures(records)
            return
        touched = touched_by_all(records)
        remove_many(records)
        refresh_results(indicators=touched)

    def touch(self, records: Sequence[Any]) -> None:
        """Make the results anew that rest on these records: their links changed."""
        refresh_results(indicators=touched_by_all(records))


def _batches_of(keys: Mapping[Any, Collection[int]]) -> Iterator[tuple[Any, Sequence[int]]]:
    for model, every in keys.items():
        for some in batches(sorted(every)):
            yield model, some
