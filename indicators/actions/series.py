"""Opening series, and saving whatever else results rest on."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from accounts.actions import save_record
from accounts.actions.bulk import batches
from accounts.models import Record
from forums.models import Forum
from indicators.actions.holding import hold_indicators
from indicators.actions.results import refresh_results
from indicators.models import (
    Breakdown,
    Category,
    ExpectedResult,
    Figure,
    Indicator,
    ReportingPeriod,
    Series,
)
from partners.models import Country, Partner
from projects.models import Programme, Project, Theme

SCOPE = ("project", "country", "partner", "forum")


def open_series(
    *,
    indicator: Indicator,
    project: Project | None = None,
    country: Country | None = None,
    partner: Partner | None = None,
    forum: Forum | None = None,
    categories: Iterable[Category] = (),
    reporter: Partner | None = None,
    is_expected: bool = True,
) -> Series:
    """The series of this indicator, scope and breakdown, opened when it is new.

    An existing one is given back as it is: its reporter and whether it is expected are changed by ``save_context``.

    Raises:
        ValidationError: when the scope does not fit the indicator.
    """
    with transaction.atomic():
        breakdown = Breakdown.objects.for_categories(categories)
        scope = {"project": project, "country": country, "partner": partner, "forum": forum}
        same = Series.objects.filter(indicator=indicator, breakdown=breakdown, **scope)
        found = same.first()
        if found is None:
            # Somebody else may be opening it.
            hold_indicators([indicator.pk])
            found = same.first()
        if found is not None:
            return found
        series: Series = save_record(
            record=Series(indicator=indicator, breakdown=breakdown, reporter=reporter, is_expected=is_expected, **scope)
        )
        refresh_results(indicators=[indicator])
    return series


def close_series(*, series: Series) -> None:
    """Delete a series that holds nothing.

    Raises:
        ProtectedError: when it has a baseline, a target, an actual or a submission.
    """
    with transaction.atomic():
        indicator = series.indicator_id
        series.delete()
        refresh_results(indicators=[indicator])


def save_context(*, record: Any, version: int | None = None) -> Any:
    """Save an indicator, period, project, partner … and make the results anew that rest on it.

    Raises:
        StaleRecord, ValidationError: as ``accounts.actions.save_record``; nothing is written.
    """
    with transaction.atomic():
        before = touched_by(record) if record.pk is not None else set()
        if isinstance(record, Indicator):
            hold_indicators({*before, *filter(None, [record.contributes_to_id])})
        save_record(record=record, version=version)
        refresh_results(indicators=before | touched_by(record))
    return record


def touched_by(record: Record) -> set[int]:
    """Primary keys of the indicators whose results may change with the record.

    To be asked before and after a save that moves the record, and after its many-to-many links changed.
    """
    return touched_by_all([record])


def touched_by_all(records: Sequence[Any]) -> set[int]:
    """The same for many records of one model, in a number of queries that does not grow with them."""
    if not records:
        return set()
    if isinstance(records[0], Figure):
        return {record.series.indicator_id for record in records}
    conditions = {
        Indicator: ("pk", "contributors"),
        Series: ("series",),
        ReportingPeriod: ("programme__reporting_periods",),
        Programme: ("programme",),
        Theme: ("themes",),
        ExpectedResult: ("expected_result",),
        Project: ("project", "series__project"),
        Partner: ("series__partner", "programme__funder", "programme__implementer"),
        Forum: ("series__forum",),
    }
    touched: set[int] = set()
    for keys in batches([record.pk for record in records]):
        for path in conditions.get(type(records[0]), ()):
            touched |= set(Indicator.objects.filter(**{f"{path}__in": keys}).values_list("pk", flat=True))
    return touched
