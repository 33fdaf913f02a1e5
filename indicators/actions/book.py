"""What the rows of results are made from, read in a handful of queries whatever the number of rows."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate

from indicators import rules
from indicators.actions.records import NO_SOURCES, STATED, Figure, Listed, Period, Sources, figure_of
from indicators.choices import PeriodKind, PeriodState
from indicators.models import Actual, Baseline, Breakdown, Category, Indicator, ReportingPeriod, Series, Target
from indicators.rules import Scope
from partners.choices import PartnerKind
from partners.models import Country
from projects.models import Programme, Project

#: Kinds of partners that work where others live: their seat says nothing about a figure.
VISITING_KINDS = frozenset(
    {
        PartnerKind.CANADIAN_COLLEGE,
        PartnerKind.DONOR,
        PartnerKind.IMPLEMENTER,
        PartnerKind.INTERNATIONAL_ORGANISATION,
    }
)

#: Enough for few queries, few enough for little memory.
SERIES_AT_ONCE = 1000
#: What is read of a series.
LISTED = (
    "pk", "indicator_id", "project_id", "country_id", "partner_id", "forum_id", "breakdown__key", "is_expected",
    "project__slug", "partner__slug", "forum__slug", "partner__country_id", "partner__kind",
)  # fmt: skip


def thresholds() -> rules.Thresholds:
    """The thresholds in force, from the settings EPE_AP_ON_TRACK_THRESHOLD, EPE_AP_SMALL_CELL and …_SENSITIVE."""
    return rules.Thresholds(
        on_track=settings.EPE_AP_ON_TRACK_THRESHOLD,
        small_cell=settings.EPE_AP_SMALL_CELL,
        small_cell_sensitive=settings.EPE_AP_SMALL_CELL_SENSITIVE,
    )


@dataclass(frozen=True)
class Split:
    """A dimension as the rules need it."""

    is_exhaustive: bool
    categories: frozenset[str]


@dataclass
class Book:
    """Some indicators, with everything that their rows rest on."""

    thresholds: rules.Thresholds
    indicators: dict[int, Indicator]
    themes: dict[int, str]
    series: dict[int, list[Listed]]
    periods: dict[int, list[Period]]
    baselines: dict[int, Figure]
    targets: dict[int, dict[int, list[Figure]]]
    actuals: dict[int, dict[int, Figure]]
    dimensions: dict[str, Split]
    country_codes: dict[int, str]
    project_countries: dict[int, set[int]]
    programme_countries: dict[int, set[int]]
    project_slugs: dict[int, str]
    partner_slugs: dict[int, str]
    forum_slugs: dict[int, str]
    breakdown_ids: dict[str, int]


def with_relatives(indicators: Collection[int]) -> set[int]:
    """The indicators, what they contribute to, and whatever else contributes to that: their totals hang together."""
    linked = Indicator.objects.filter(
        Q(pk__in=indicators) | Q(contributors__in=indicators) | Q(contributes_to__contributors__in=indicators)
        | Q(contributes_to__in=indicators)
    )  # fmt: skip
    return set(linked.values_list("pk", flat=True))


def lock(indicators: Collection[int]) -> dict[int, int | None]:
    """Keep other writers of these indicators waiting until the transaction ends, so that neither computes totals from
    figures that the other has not committed yet; gives those that exist, each with the one that it contributes to.
    """
    # In one order, or two writers would wait for each other. Evaluated on its own: PostgreSQL locks no nullable side of
    # a join. Its key stays: whoever opens a series of one need not wait.
    locked = Indicator.objects.filter(pk__in=indicators).order_by("pk").select_for_update(no_key=True)
    return dict(locked.values_list("pk", "contributes_to"))


def groups_of_relatives(linked: Mapping[int, int | None] | None = None) -> Iterator[list[int]]:
    """Indicators in groups, relatives together, of about ``SERIES_AT_ONCE`` series: what is read at once.

    Args:
        linked: the indicators, each with the one that it contributes to; all of them when None.
    """
    if linked is None:
        linked = dict(Indicator.objects.order_by("pk").values_list("pk", "contributes_to"))
    families = defaultdict(list)
    for pk, common in linked.items():
        families[common or pk].append(pk)
    if len(families) == 1:
        yield list(linked)
        return
    numbers = dict(
        Series.objects.filter(indicator__in=linked).order_by().values_list("indicator").annotate(number=Count("pk"))
    )
    group: list[int] = []
    number = 0
    for family in families.values():
        group += family
        number += sum(numbers.get(pk, 0) for pk in family)
        if number >= SERIES_AT_ONCE:
            yield group
            group, number = [], 0
    if group:
        yield group


def read_book(indicators: Collection[int] | None = None) -> Book:
    """Read what the rows of these indicators (all of them when None) rest on."""
    wanted = Indicator.objects.order_by("pk")
    if indicators is not None:
        wanted = wanted.filter(pk__in=indicators)
    chosen = {
        indicator.pk: indicator
        for indicator in wanted.select_related(
            "programme__funder", "programme__implementer", "expected_result", "project"
        ).prefetch_related("themes")
    }

    def of_chosen(path: str) -> Q:
        return Q() if indicators is None else Q(**{f"{path}__in": list(chosen)})

    programmes = {indicator.programme_id: indicator.programme for indicator in chosen.values()}
    of_figures = of_chosen("series__indicator")
    listed = list(Series.objects.filter(of_chosen("indicator")).order_by("pk").values_list(*LISTED))
    projects = {row[2] for row in listed if row[2] is not None}
    projects |= {each.project_id for each in chosen.values() if each.project_id is not None}
    project_countries = _sets(
        Project.countries.through.objects.filter(project__in=projects).values_list("project_id", "country_id")
    )
    return Book(
        thresholds=thresholds(),
        indicators=chosen,
        themes={pk: ";".join(theme.code for theme in each.themes.all()) for pk, each in chosen.items()},
        series=_series(listed, chosen, project_countries),
        periods=_periods(programmes),
        baselines=_baselines(of_figures),
        targets=_targets(of_figures),
        actuals=_actuals(of_figures),
        dimensions=_dimensions(),
        country_codes=dict(Country.objects.values_list("pk", "code")),
        project_countries=project_countries,
        programme_countries=_sets(
            Programme.countries.through.objects.filter(programme__in=programmes).values_list(
                "programme_id", "country_id"
            )
        ),
        project_slugs={row[2]: row[8] for row in listed} | _slugs_of_projects(chosen.values()),
        partner_slugs={row[4]: row[9] for row in listed},
        forum_slugs={row[5]: row[10] for row in listed},
        breakdown_ids=dict(Breakdown.objects.values_list("key", "pk")),
    )


def _series(
    listed: Iterable[Sequence[Any]], indicators: Mapping[int, Indicator], project_countries: Mapping[int, set[int]]
) -> dict[int, list[Listed]]:
    """The series of each indicator; their place is the scope with the country by the rule of countries."""
    away = {pk: _away(indicator.programme) for pk, indicator in indicators.items()}
    found = defaultdict(list)
    for pk, indicator, project, country, partner, forum, breakdown, is_expected, *_slugs, seat, kind in listed:
        scope = Scope(project, country, partner, forum)
        decided = rules.country_of(
            own=country,
            partner_country=seat,
            partner_is_local=partner is not None
            and rules.is_local(partner_country=seat, away=away[indicator], is_visiting_kind=kind in VISITING_KINDS),
            project_countries=project_countries.get(project or 0, ()),
        )
        place = scope if decided == country else Scope(project, decided, partner, forum)
        found[indicator].append(Listed(pk, indicator, scope, place, breakdown, is_expected))
    return found


def _away(programme: Programme) -> set[int]:
    """The countries of those who fund and run the programme from elsewhere."""
    organisations = (programme.funder, programme.implementer)
    return {each.country_id for each in organisations if each is not None and each.country_id is not None}


def _periods(programmes: Iterable[int]) -> dict[int, list[Period]]:
    """The periods of each programme, oldest first, the whole of it after the others that end with it."""
    found = defaultdict(list)
    columns = ("programme_id", "pk", "slug", "starts_on", "ends_on", "due_on", "kind", "state")
    rows = ReportingPeriod.objects.filter(programme__in=programmes).values_list(*columns)
    for programme, pk, slug, starts_on, ends_on, due_on, kind, state in rows:
        is_whole, is_published = kind == PeriodKind.WHOLE, state == PeriodState.PUBLISHED
        found[programme].append(Period(pk, slug, starts_on, ends_on, due_on, kind, is_whole, is_published))
    for periods in found.values():
        periods.sort(key=lambda period: (period.ends_on, period.is_whole, period.starts_on, period.slug))
    return found


def _baselines(which: Q) -> dict[int, Figure]:
    sources = _sources(Baseline, which)
    rows = Baseline.objects.filter(which).values_list(*STATED)
    return {row[1]: figure_of(row, sources=sources.get(row[0], NO_SOURCES)) for row in rows}


def _targets(which: Q) -> dict[int, dict[int, list[Figure]]]:
    sources = _sources(Target, which)
    found: dict[int, dict[int, list[Figure]]] = defaultdict(lambda: defaultdict(list))
    columns = ("period_id", "basis", "revision", "valid_from", "is_current", *STATED)
    for period, basis, revision, valid_from, is_current, *row in (
        Target.objects.filter(which).order_by("revision").values_list(*columns)
    ):
        target = figure_of(row, period=period, sources=sources.get(row[0], NO_SOURCES))
        target.basis, target.revision = basis, revision
        target.valid_from, target.is_current = valid_from, is_current
        found[target.series_id][period].append(target)
    return found


def _actuals(which: Q) -> dict[int, dict[int, Figure]]:
    sources = _sources(Actual, which)
    found: dict[int, dict[int, Figure]] = defaultdict(dict)
    columns = (
        "period_id", "route", "verification", "as_of", TruncDate("approved_at"), "is_contested", "range_low", "range_high", *STATED
    )  # fmt: skip
    for period, route, verification, as_of, approved_on, is_contested, low, high, *row in (
        Actual.objects.filter(which).order_by().values_list(*columns)
    ):
        actual = figure_of(row, period=period, sources=sources.get(row[0], NO_SOURCES))
        actual.route, actual.verification, actual.as_of = route, verification, as_of
        actual.approved_on = approved_on
        actual.is_contested, actual.range_low, actual.range_high = is_contested, low, high
        found[actual.series_id][period] = actual
    return found


def _sources(model: type[Baseline | Target | Actual], which: Q) -> dict[int, Sources]:
    """What the library says of these figures. Most have neither citation nor discrepancy: only the others are asked."""
    # The library comes after this app: what it says is reached through the reverse relations alone.
    relations = ("citations", "discrepancies") if model is Actual else ("citations",)
    having = {
        pk
        for name in relations
        for pk in model._default_manager.order_by()
        .filter(which, **{f"{name}__isnull": False})
        .values_list("pk", flat=True)
    }
    if not having:
        return {}
    lookups = [*relations, "citations__document", *(["citations__discrepancies"] if model is Actual else [])]
    found = {}
    figures: list[Any] = list(model._default_manager.filter(pk__in=having).only("pk").prefetch_related(*lookups))
    for figure in figures:
        cited = list(figure.citations.all())
        has_discrepancy = model is Actual and (
            bool(figure.discrepancies.all()) or any(each.discrepancies.all() for each in cited)
        )
        found[figure.pk] = Sources(len(cited), has_discrepancy=has_discrepancy)
        if cited:
            document, section, value = cited[0].document, cited[0].section, cited[0].printed_value
            found[figure.pk] = Sources(len(cited), document.file_name or document.slug, section, value, has_discrepancy)
    return found


def _dimensions() -> dict[str, Split]:
    codes = defaultdict(set)
    exhaustive = {}
    for category in Category.objects.values(
        "code", dimension_code=F("dimension__code"), whole=F("dimension__is_exhaustive")
    ):
        codes[category["dimension_code"]].add(category["code"])
        exhaustive[category["dimension_code"]] = category["whole"]
    return {code: Split(exhaustive[code], frozenset(found)) for code, found in codes.items()}


def _slugs_of_projects(indicators: Iterable[Indicator]) -> dict[int, str]:
    return {each.project.pk: each.project.slug for each in indicators if each.project is not None}


def _sets(pairs: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for left, right in pairs:
        found[left].add(right)
    return found
