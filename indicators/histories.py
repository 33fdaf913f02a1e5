"""The published history of an indicator's figures: what the public could see, since when, and why it changed.

Nothing of it names a person. Nothing is told from before a figure was first public, nothing that is withheld because it
is about too few people, or that was so before it changed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from accounts.choices import Door
from indicators import rules
from indicators.choices import PeriodState, Qualifier, Route, Status
from indicators.models import Actual, Indicator, ReportingPeriod, Result, Target
from indicators.tables import FigureRow, Names, reader_language, unit_beside

#: Doors at which whoever writes is told that the reason of a correction of a published figure is public.
PUBLIC_REASONS = (Door.GRID, Door.ADMIN, Door.WORKSPACE, Door.ON_BEHALF)

#: What a version of a figure states; another note or another check is no other figure.
STATED = (
    *("value", "numerator", "denominator", "share", "qualifier", "is_not_applicable"),
    *(f"text_{language}" for language in ("fr", "es", "en")),
)


@dataclass(frozen=True)
class Said:
    """What one version of a figure says, as the component of values shows it."""

    measure: str
    actual: Decimal | None = None
    share: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    qualifier: str = Qualifier.EXACT
    is_not_applicable: bool = False
    text: str = ""
    unit: str = ""
    currency: str = ""
    status: str = ""


@dataclass(frozen=True)
class Version:
    """One published version: since when, what it said before (None: it is the first) and now, why, through which door."""

    on: date
    before: Said | None
    after: Said | None
    is_as_printed: bool = False
    reason: str = ""
    door: str = ""


@dataclass
class FigureHistory:
    """The published versions of one line's actual and of its target, the earliest first."""

    row: FigureRow
    actuals: list[Version] = field(default_factory=list)
    targets: list[Version] = field(default_factory=list)


Key = tuple[int, int]


def published_histories(
    indicator: Indicator, results: Iterable[Result], names: Names, *, small_cells: rules.Thresholds
) -> list[FigureHistory]:
    """The published versions of these results, in their order.

    Args:
        results: rows of the indicator that the public may see; computed ones have no history.

    Six queries, however many results.
    """
    rows = [result for result in results if result.series_id is not None]
    series, periods = {row.series_id for row in rows}, {row.period_id for row in rows}
    since = _public_since(indicator)
    published = _published_from(periods)
    delicate = _delicate_periods(indicator, periods, small_cells)
    actuals = _versions_of(Actual, series, periods)
    targets = _versions_of(Target, series, periods)
    found = []
    for row in rows:
        key = (row.series_id or 0, row.period_id)
        history = FigureHistory(FigureRow(row, names))
        if row.actual_record_id is not None and not row.is_suppressed:
            visible = _visible(actuals[key], since=since, published_from=published.get(row.period_id))
            history.actuals = _told(visible, indicator, keeps=_Keeps(row, indicator, row.period_id in delicate))
        visible = [(max(since, moment), version) for moment, version in _in_force(targets[key])]
        history.targets = _told(visible, indicator, keeps=None)
        if history.actuals or history.targets:
            found.append(history)
    return found


def _versions_of(model: type[Any], series: set[Any], periods: set[int]) -> Mapping[Key, list[Any]]:
    versions: dict[Key, list[Any]] = defaultdict(list)
    history = model.history.filter(series_id__in=series, period_id__in=periods).select_related("change")
    for version in history.order_by("history_date", "history_id"):
        versions[version.series_id, version.period_id].append(version)
    return versions


def _public_since(indicator: Indicator) -> datetime:
    """From when on the indicator has been public; before every moment when it was never hidden."""
    since: datetime | None = datetime(1, 1, 2, tzinfo=UTC)
    history = indicator.history.order_by("history_date", "history_id")
    for moment, is_public in history.values_list("history_date", "is_public"):
        if not is_public:
            since = None
        elif since is None:
            since = moment
    # Its latest version is public, or nobody would ask.
    return since or timezone.now()


def _published_from(periods: set[int]) -> dict[int, datetime]:
    """When each of these periods was published: as it says, or when it was loaded as a published one."""
    found: dict[int, datetime] = {}
    history = ReportingPeriod.history.filter(id__in=periods, state=PeriodState.PUBLISHED)
    for key, moment, said in history.order_by("-history_date", "-history_id").values_list(
        "id", "history_date", "published_at"
    ):
        found[key] = said or moment
    return found


def _delicate_periods(indicator: Indicator, periods: set[int], thresholds: rules.Thresholds) -> set[int]:
    """Periods in which a version of some figure of the indicator is, or once was, about too few people."""
    if indicator.unit_of_analysis not in rules.PEOPLE:
        return set()
    least = thresholds.small_cell_sensitive if indicator.is_sensitive else thresholds.small_cell
    small = Q()
    for name in ("value", "numerator", "denominator"):
        small |= Q(**{f"{name}__gt": 0, f"{name}__lt": least})
    small |= Q(denominator__gt=F("numerator"), denominator__lt=F("numerator") + least)
    # How many people a share comes to depends on another figure: it may always have been few.
    small |= Q(share__gt=0)
    found = Actual.history.filter(small, series__indicator=indicator, period_id__in=periods)
    if not indicator.is_sensitive:
        found = found.exclude(route=Route.PUBLISHED_SOURCE)
    return set(found.values_list("period_id", flat=True))


def _visible(
    versions: Sequence[Any], *, since: datetime, published_from: datetime | None
) -> list[tuple[datetime, Any]]:
    """The versions that the public saw at any time, with the moment from which it did."""
    shown: list[tuple[datetime, Any]] = []
    for version, later in zip(versions, [*versions[1:], None], strict=True):
        start: datetime | None = version.history_date
        if version.route != Route.PUBLISHED_SOURCE:
            start = None if published_from is None else max(version.history_date, published_from)
        if start is not None:
            start = max(start, since)
            if later is None or start < later.history_date:
                shown.append((start, version))
    return shown


def _in_force(versions: Sequence[Any]) -> list[tuple[datetime, Any]]:
    """Targets as they stood, one after the other: what a later one replaced is in force no longer."""
    return [
        (version.history_date, version) for version in versions if version.is_current or version.history_type == "-"
    ]


@dataclass(frozen=True)
class _Keeps:
    """Which earlier values of a figure may still be told.

    A value that was withheld when it stood must not come out once another took its place. It surely was shown when it
    is the one that was kept as first published, or when nothing of its period was ever about too few people.
    """

    row: Result
    indicator: Indicator
    is_delicate: bool

    def __call__(self, version: Any) -> bool:
        if self.indicator.unit_of_analysis not in rules.PEOPLE:
            return True
        if version.route == Route.PUBLISHED_SOURCE and not self.indicator.is_sensitive:
            return True
        kept = self.row.actual_record.first_published_value if self.row.actual_record else None
        if kept is not None and version.value == kept:
            return True
        return self.row.breakdown_key == "" and not self.indicator.is_sensitive and not self.is_delicate


def _told(visible: Sequence[tuple[datetime, Any]], indicator: Indicator, *, keeps: _Keeps | None) -> list[Version]:
    told: list[Version] = []
    before: Any = None
    for place, (moment, version) in enumerate(visible):
        now = None if version.history_type == "-" else version
        if _stated(now) == _stated(before):
            continue
        is_last = all(_stated(later) == _stated(now) for _moment, later in visible[place + 1 :])
        was_corrected = bool(told) and moment == version.history_date
        reason = version.change.reason if version.change.door in PUBLIC_REASONS else ""
        told.append(
            Version(
                on=timezone.localdate(moment),
                before=told[-1].after if told else None,
                after=None if now is None else said_by(now, indicator, is_shown=is_last or keeps is None or keeps(now)),
                is_as_printed=not told and getattr(version, "route", "") == Route.PUBLISHED_SOURCE,
                # A revised target says why itself, whatever else was done in the same change.
                reason=(getattr(version, "reason", "") or reason) if was_corrected else "",
                door=str(Door(version.change.door).label) if was_corrected else "",
            )
        )
        before = now
    return told


def _stated(version: Any) -> tuple[Any, ...] | None:
    if version is None or version.history_type == "-":
        return None
    return tuple(getattr(version, name) for name in STATED)


def said_by(version: Any, indicator: Indicator, *, is_shown: bool = True) -> Said:
    """What a figure, or a version of one, says; only that it is withheld when it may not be shown."""
    if not is_shown:
        return Said(indicator.measure, status=Status.SUPPRESSED)
    texts = [getattr(version, f"text_{language}") for language in (reader_language(), "fr", "es", "en")]
    value = version.value
    if value is None and version.numerator is not None and version.denominator:
        value = version.numerator * 100 / version.denominator
    return Said(
        indicator.measure,
        actual=value,
        share=version.share,
        numerator=version.numerator,
        denominator=version.denominator,
        qualifier=version.qualifier,
        is_not_applicable=version.is_not_applicable,
        text=next(filter(None, texts), ""),
        unit=indicator.unit_singular if value == 1 and indicator.unit_singular else unit_beside(indicator),
        currency=indicator.currency,
    )
