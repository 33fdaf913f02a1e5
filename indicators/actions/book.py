"""What the rows of results are made from, read in a handful of queries whatever the number of rows."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet, prefetch_related_objects

from indicators import rules
from indicators.choices import PeriodKind
from indicators.models import Actual, Baseline, Breakdown, Category, Indicator, ReportingPeriod, Series, Target
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

#: What is said beside figures and changes no row.
NOT_READ = (*(f"note_{language}" for language in ("fr", "es", "en")), "internal_comment")
#: Enough for few queries, few enough for little memory.
SERIES_AT_ONCE = 1000


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
    series: dict[int, list[Series]]
    periods: dict[int, list[ReportingPeriod]]
    baselines: dict[int, Baseline]
    targets: dict[int, dict[int, list[Target]]]
    actuals: dict[int, dict[int, Actual]]
    dimensions: dict[str, Split]
    country_codes: dict[int, str]
    project_countries: dict[int, set[int]]
    programme_countries: dict[int, set[int]]
    project_slugs: dict[int, str]
    partner_slugs: dict[int, str]
    forum_slugs: dict[int, str]
    breakdown_ids: dict[str, int]

    def place_of(self, series: Series) -> rules.Scope:
        """The scope of a series, with the country by the rule of countries."""
        programme = self.indicators[series.indicator_id].programme
        away = {
            organisation.country_id
            for organisation in (programme.funder, programme.implementer)
            if organisation is not None and organisation.country_id is not None
        }
        partner = series.partner
        country = rules.country_of(
            own=series.country_id,
            partner_country=None if partner is None else partner.country_id,
            partner_is_local=partner is not None
            and rules.is_local(
                partner_country=partner.country_id, away=away, is_visiting_kind=partner.kind in VISITING_KINDS
            ),
            project_countries=self.project_countries.get(series.project_id or 0, ()),
        )
        return rules.Scope(series.project_id, country, series.partner_id, series.forum_id)


def with_relatives(indicators: Collection[int]) -> set[int]:
    """The indicators, what they contribute to, and whatever else contributes to that: their totals hang together."""
    linked = Indicator.objects.filter(
        Q(pk__in=indicators) | Q(contributors__in=indicators) | Q(contributes_to__contributors__in=indicators)
        | Q(contributes_to__in=indicators)
    )  # fmt: skip
    return set(linked.values_list("pk", flat=True))


def groups_of_relatives() -> Iterator[list[int]]:
    """All indicators in groups, relatives together, of about ``SERIES_AT_ONCE`` series: what is read at once."""
    linked = dict(Indicator.objects.order_by("pk").values_list("pk", "contributes_to"))
    numbers = dict(Series.objects.order_by().values_list("indicator").annotate(number=Count("pk")))
    families = defaultdict(list)
    for pk, common in linked.items():
        families[common or pk].append(pk)
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


def read_book(indicators: Collection[int] | None = None, *, lock: bool = False) -> Book:
    """Read what the rows of these indicators (all of them when None) rest on.

    Args:
        lock: keep other writers of the same indicators waiting until the transaction ends, so that neither computes
            totals from figures that the other has not committed yet.
    """
    wanted = Indicator.objects.order_by("pk")
    if indicators is not None:
        wanted = wanted.filter(pk__in=indicators)
    if lock:
        # Evaluated on its own: PostgreSQL locks no nullable side of a join.
        list(wanted.select_for_update().values_list("pk"))
    chosen = {
        indicator.pk: indicator
        for indicator in wanted.select_related(
            "programme__funder", "programme__implementer", "expected_result", "project"
        ).prefetch_related("themes")
    }

    def of_chosen(path: str) -> Q:
        return Q() if indicators is None else Q(**{f"{path}__in": list(chosen)})

    series = defaultdict(list)
    for line in (
        Series.objects.filter(of_chosen("indicator"))
        .select_related("project", "country", "partner", "forum", "breakdown")
        .order_by("pk")
    ):
        series[line.indicator_id].append(line)
    periods = defaultdict(list)
    programmes = {indicator.programme_id for indicator in chosen.values()}
    for period in ReportingPeriod.objects.filter(programme__in=programmes):
        periods[period.programme_id].append(period)
    for listed in periods.values():
        listed.sort(key=lambda period: (period.ends_on, period.kind == PeriodKind.WHOLE, period.starts_on, period.slug))
    targets: dict[int, dict[int, list[Target]]] = defaultdict(lambda: defaultdict(list))
    of_figures = of_chosen("series__indicator")
    for target in _with_sources(Target.objects.filter(of_figures).order_by("revision"), "citations__document"):
        targets[target.series_id][target.period_id].append(target)
    actuals: dict[int, dict[int, Actual]] = defaultdict(dict)
    for actual in _with_sources(
        Actual.objects.filter(of_figures), "citations__document", "citations__discrepancies", "discrepancies"
    ):
        actuals[actual.series_id][actual.period_id] = actual
    projects = {line.project_id for lines in series.values() for line in lines if line.project_id is not None}
    projects |= {each.project_id for each in chosen.values() if each.project_id is not None}
    return Book(
        thresholds=thresholds(),
        indicators=chosen,
        themes={pk: ";".join(theme.code for theme in each.themes.all()) for pk, each in chosen.items()},
        series=series,
        periods=periods,
        baselines={each.series_id: each for each in _with_sources(Baseline.objects.filter(of_figures), "citations")},
        targets=targets,
        actuals=actuals,
        dimensions=_dimensions(),
        country_codes=dict(Country.objects.values_list("pk", "code")),
        project_countries=_sets(
            Project.countries.through.objects.filter(project__in=projects).values_list("project_id", "country_id")
        ),
        programme_countries=_sets(
            Programme.countries.through.objects.filter(programme__in=programmes).values_list(
                "programme_id", "country_id"
            )
        ),
        project_slugs=_slugs(series, "project") | _slugs_of_projects(chosen.values()),
        partner_slugs=_slugs(series, "partner"),
        forum_slugs=_slugs(series, "forum"),
        breakdown_ids=dict(Breakdown.objects.values_list("key", "pk")),
    )


def _with_sources(figures: QuerySet, *lookups: str) -> list[Any]:
    """These figures with what the library says of them: most reported figures have neither citation nor discrepancy,
    and are not asked about them one by one."""
    found = list(figures.defer(*NOT_READ))
    for name in dict.fromkeys(lookup.partition("__")[0] for lookup in lookups):
        nothing = figures.model._meta.get_field(name).related_model._base_manager.none()
        having = set(figures.order_by().filter(**{f"{name}__isnull": False}).values_list("pk", flat=True))
        for figure in found:
            if figure.pk not in having:
                figure._prefetched_objects_cache = {**getattr(figure, "_prefetched_objects_cache", {}), name: nothing}
        own = [lookup for lookup in lookups if lookup.partition("__")[0] == name]
        prefetch_related_objects([figure for figure in found if figure.pk in having], *own)
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


def _slugs(series: Mapping[int, list[Series]], part: str) -> dict[int, str]:
    records = (getattr(line, part) for lines in series.values() for line in lines)
    return {record.pk: record.slug for record in records if record is not None}


def _slugs_of_projects(indicators: Iterable[Indicator]) -> dict[int, str]:
    return {each.project.pk: each.project.slug for each in indicators if each.project is not None}


def _sets(pairs: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for left, right in pairs:
        found[left].add(right)
    return found
