"""Making many periods, targets or series at once: first as a plan that is shown, then as rows.

A plan writes nothing. What exists already is left alone and told, and what cannot be made is told with its reason, so
that the same order given twice makes nothing the second time.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import product
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.dates import MONTHS
from django.utils.text import capfirst
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from accounts.actions.bulk import check_many, save_many
from indicators.actions.figures import LANGUAGES, SAID, STATED
from indicators.actions.holding import hold_indicators, hold_programme
from indicators.actions.results import refresh_results
from indicators.choices import (
    Cumulation,
    Frequency,
    Measure,
    PeriodKind,
    PeriodState,
    Qualifier,
    ReporterOf,
    TargetManner,
)
from indicators.models import Breakdown, Category, Dimension, Indicator, ReportingPeriod, Series, Target
from indicators.rules.calendar import Span, is_whole_year, spans, spread
from partners.models import Country, Partner
from projects.choices import PartnershipRole
from projects.models import Partnership, Programme, Project

#: More than anybody means to make in one go.
MOST_PERIODS = 120
MOST_ROWS = 5_000

#: Names of periods, with the way each language joins months and years.
MONTHS_OF_ONE_YEAR = {"fr": "{first}–{last} {year}", "es": "{first}–{last} de {year}", "en": "{first}–{last} {year}"}
MONTHS_OF_TWO_YEARS = {
    "fr": "{first} {from_year}–{last} {year}",
    "es": "{first} de {from_year}–{last} de {year}",
    "en": "{first} {from_year}–{last} {year}",
}
ONE_MONTH = {"fr": "{last} {year}", "es": "{last} de {year}", "en": "{last} {year}"}


@dataclass
class Plan:
    """What an order would make, or has made.

    Attributes:
        new: records, unsaved in a plan and saved once it was carried out.
        existing: records that stand there already and are left alone.
        refused: sentences about what cannot be made.
    """

    new: list[Any] = field(default_factory=list)
    existing: list[Any] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


# --- Periods ---------------------------------------------------------------------------------------------------------


def plan_periods(
    *,
    programme: Programme,
    first: date,
    last: date,
    rhythm: Frequency,
    year_starts: int = 1,
    due_after: int | None = None,
) -> Plan:
    """The interim periods of a programme from a day to another; see :func:`generate_periods`."""
    if last < first:
        raise ValidationError(_("The last day comes before the first."))
    wanted = []
    for span in spans(first=first, last=last, rhythm=rhythm, year_starts=year_starts):
        wanted.append(span)
        if len(wanted) > MOST_PERIODS:
            raise ValidationError(_("That is more than %(most)s periods: choose fewer.") % {"most": MOST_PERIODS})
    known = list(ReportingPeriod.objects.filter(programme=programme, kind=PeriodKind.INTERIM).order_by("starts_on"))
    plan = Plan()
    for span in wanted:
        others = [each for each in known if span.overlaps(Span(each.starts_on, each.ends_on))]
        same = [each for each in others if (each.starts_on, each.ends_on) == (span.starts_on, span.ends_on)]
        if same:
            plan.existing += same
        elif others:
            plan.refused.append(
                _("%(name)s overlaps with %(other)s, so it is not made.")
                % {"name": names_of(span)[_language()], "other": ", ".join(str(each) for each in others)}
            )
        else:
            plan.new.append(_period(programme, span, due_after))
    return plan


def generate_periods(**order: Any) -> Plan:
    """Make the periods of a programme from a day to another, with names in three languages.

    Args:
        order: the arguments of :func:`plan_periods`: ``rhythm`` is a month, quarter, half-year or year; ``year_starts``
            the month that years are counted from, 4 for the Canadian fiscal year; ``due_after`` how many days after
            its end each is due, None when nothing is awaited.

    Raises:
        ValidationError: when the days are the wrong way round or would make too many.
    """
    with transaction.atomic():
        hold_programme(order["programme"])
        plan = plan_periods(**order)
        save_all(plan.new)
        if plan.new:
            refresh_results(indicators=Indicator.objects.filter(programme=order["programme"]))
    return plan


def names_of(span: Span) -> dict[str, str]:
    """What a period is called in each language: its year, or its first and last month."""
    names = {}
    for language in LANGUAGES:
        with override(language):
            first, last = (str(MONTHS[day.month]) for day in (span.starts_on, span.ends_on))
        from_year, year = span.starts_on.year, span.ends_on.year
        if is_whole_year(span) and from_year == year:
            form = "{year}"
        elif is_whole_year(span):
            form = "{from_year}–{year}"
        elif from_year != year:
            form = MONTHS_OF_TWO_YEARS[language]
        else:
            form = (ONE_MONTH if first == last else MONTHS_OF_ONE_YEAR)[language]
        names[language] = capfirst(form.format(first=first, last=last, from_year=from_year, year=year))
    return names


def _period(programme: Programme, span: Span, due_after: int | None) -> ReportingPeriod:
    days = f"{span.starts_on:%Y%m%d}-{span.ends_on:%Y%m%d}"
    return ReportingPeriod(
        programme=programme,
        slug=f"{programme.slug[:40]}-{days}",
        starts_on=span.starts_on,
        ends_on=span.ends_on,
        due_on=None if due_after is None else span.ends_on + timedelta(days=due_after),
        **{f"name_{language}": name for language, name in names_of(span).items()},
    )


# --- Targets ---------------------------------------------------------------------------------------------------------


def plan_targets(
    *,
    indicators: Sequence[Indicator],
    source: ReportingPeriod,
    periods: Sequence[ReportingPeriod],
    manner: TargetManner,
) -> Plan:
    """Targets of several periods made from those of one; see :func:`generate_targets`."""
    plan = Plan()
    wanted = []
    for period in sorted(periods, key=lambda each: each.starts_on):
        if period == source:
            continue
        if period.state != PeriodState.OPEN:
            plan.refused.append(
                _("%(period)s is %(state)s, so it gets no new target.")
                % {"period": period, "state": period.get_state_display().lower()}
            )
        elif period.programme_id != source.programme_id:
            plan.refused.append(_("%(period)s belongs to another programme.") % {"period": period})
        else:
            wanted.append(period)
    given = list(Target.objects.current().filter(series__indicator__in=indicators).for_admin())
    standing = {(target.series_id, target.period_id): target for target in given}
    sources = [target for target in given if target.period_id == source.pk]
    with_source = {target.series.indicator_id for target in sources}
    plan.refused += [
        _("%(indicator)s has no target for %(period)s to start from.") % {"indicator": each, "period": source}
        for each in indicators
        if each.pk not in with_source
    ]
    for target in sources:
        sentence = _cannot_be_spread(target) if manner == TargetManner.SPREAD else ""
        if sentence:
            plan.refused.append(sentence)
            continue
        found = [standing[target.series_id, each.pk] for each in wanted if (target.series_id, each.pk) in standing]
        plan.existing += found
        if manner == TargetManner.SPREAD and found and len(found) < len(wanted):
            plan.refused.append(
                _("%(series)s has targets for some of these periods only: the rest would not add up.")
                % {"series": target.series}
            )
        elif len(found) < len(wanted):
            plan.new += _targets(
                target, [each for each in wanted if (target.series_id, each.pk) not in standing], manner
            )
    _bound(plan)
    return plan


def generate_targets(**order: Any) -> Plan:
    """Make the targets of several periods from those that stand on one period.

    Args:
        order: the arguments of :func:`plan_targets`: ``source`` is the period whose targets are copied or spread,
            ``periods`` those that get one. Only whole counts that are added up over the periods can be spread, and
            their parts add up to the source exactly.

    Raises:
        ValidationError: when it would make too many.
    """
    return _carried_out(lambda: plan_targets(**order), order["indicators"])


def _cannot_be_spread(target: Target) -> str:
    indicator = target.series.indicator
    if indicator.measure != Measure.COUNT or not indicator.is_whole or indicator.cumulation != Cumulation.PER_PERIOD:
        return _("%(indicator)s is not a whole count added up over the periods: its target cannot be spread.") % {
            "indicator": indicator.code
        }
    if target.value is None or target.qualifier not in (Qualifier.EXACT, Qualifier.AT_LEAST):
        return _("The target of %(series)s is not one exact number: it cannot be spread.") % {"series": target.series}
    return ""


def _targets(source: Target, periods: Sequence[ReportingPeriod], manner: TargetManner) -> list[Target]:
    stated = {name: getattr(source, name) for name in (*STATED, *SAID)}
    made = [Target(series=source.series, period=period, **stated) for period in periods]
    if manner == TargetManner.SPREAD:
        assert source.value is not None
        for target, value in zip(made, spread(source.value, len(made)), strict=True):
            target.value = value
    return made


# --- Series ----------------------------------------------------------------------------------------------------------


def plan_series(
    *,
    indicators: Sequence[Indicator],
    projects: Sequence[Project] = (),
    countries: Sequence[Country] = (),
    partners: Sequence[Partner] = (),
    dimension: Dimension | None = None,
    with_total: bool = True,
    reporter: ReporterOf = ReporterOf.STAFF,
) -> Plan:
    """Expected series of indicators for chosen scopes and breakdowns; see :func:`generate_series`."""
    plan = Plan()
    wanted = [each for each in indicators if _is_broken_down(each, dimension, plan)]
    parts = _breakdowns(dimension, with_total)
    scopes = _scopes(projects, countries, partners)
    reporters = _reporters(projects, reporter)
    known = {
        (each.indicator_id, each.project_id, each.country_id, each.partner_id, each.breakdown.key): each
        for each in Series.objects.filter(indicator__in=wanted, forum__isnull=True).with_scope()
    }
    for indicator in wanted:
        fitting = [scope for scope in scopes if _fits(indicator, scope[0])]
        if not fitting:
            plan.refused.append(
                _("%(indicator)s: none of what was chosen lies in its programme or project.") % {"indicator": indicator}
            )
        for (project, country, partner), part in product(fitting, parts):
            key = (indicator.pk, *(each and each.pk for each in (project, country, partner)), part.key)
            if key in known:
                plan.existing.append(known[key])
                continue
            who = partner if reporter == ReporterOf.PARTNER else reporters.get(project.pk) if project else None
            plan.new.append(
                Series(
                    indicator=indicator,
                    project=project,
                    country=country,
                    partner=partner,
                    breakdown=part,
                    reporter=who,
                )
            )
    _bound(plan)
    return plan


def generate_series(**order: Any) -> Plan:
    """Open the expected series of indicators for chosen projects, countries and partners, by the parts of a dimension.

    Args:
        order: the arguments of :func:`plan_series`. A project goes with the countries and partners that it has, not
            with all that were chosen; without any of the three, the series are the programme's own.

    Raises:
        ValidationError: when it would make too many.
    """
    with transaction.atomic():
        dimension, with_total = order.get("dimension"), order.get("with_total", True)
        for part in _breakdowns(dimension, with_total):
            if part._state.adding:
                Breakdown.objects.for_categories(_categories_of(part.key, dimension))
        return _carried_out(lambda: plan_series(**order), order["indicators"])


def _is_broken_down(indicator: Indicator, dimension: Dimension | None, plan: Plan) -> bool:
    if dimension is None or dimension in indicator.dimensions.all():
        return True
    plan.refused.append(
        _("%(indicator)s is not broken down by %(dimension)s: add that to the indicator first.")
        % {"indicator": indicator, "dimension": dimension}
    )
    return False


def _breakdowns(dimension: Dimension | None, with_total: bool) -> list[Breakdown]:
    """The total and the parts; one that is not in the database yet is unsaved."""
    keys = [""] if with_total or dimension is None else []
    if dimension is not None:
        keys += [f"{dimension.code}={category.code}" for category in dimension.categories.order_by("order", "code")]
    known = {each.key: each for each in Breakdown.objects.filter(key__in=keys)}
    return [known.get(key) or Breakdown(key=key) for key in keys]


def _categories_of(key: str, dimension: Dimension | None) -> list[Category]:
    if dimension is None or not key:
        return []
    return list(Category.objects.filter(dimension=dimension, code=key.partition("=")[2]).select_related("dimension"))


Scope = tuple[Project | None, Country | None, Partner | None]


def _scopes(projects: Sequence[Project], countries: Sequence[Country], partners: Sequence[Partner]) -> list[Scope]:
    """Every project with every country and partner that was chosen and that it has."""
    of_project: dict[int, set[int]] = defaultdict(set)
    links = Project.countries.through.objects.filter(project__in=projects, country__in=countries)
    for project, country in links.values_list("project_id", "country_id"):
        of_project[project].add(country)
    pairs = set(
        Partnership.objects.adopted()
        .filter(project__in=projects, partner__in=partners)
        .values_list("project_id", "partner_id")
    )
    # What is not chosen is left open.
    any_project: Sequence[Project | None] = projects or (None,)
    any_country: Sequence[Country | None] = countries or (None,)
    any_partner: Sequence[Partner | None] = partners or (None,)
    return [
        (project, country, partner)
        for project, country, partner in product(any_project, any_country, any_partner)
        if (project is None or country is None or country.pk in of_project[project.pk])
        and (project is None or partner is None or (project.pk, partner.pk) in pairs)
        and (country is None or partner is None or partner.country_id in (None, country.pk))
    ]


def _fits(indicator: Indicator, project: Project | None) -> bool:
    if indicator.project_id is not None:
        return project is not None and project.pk == indicator.project_id
    return project is None or project.programme_id == indicator.programme_id


def _reporters(projects: Sequence[Project], reporter: ReporterOf) -> dict[int, Partner]:
    if reporter != ReporterOf.LEAD:
        return {}
    leads = Partnership.objects.adopted().filter(Q(role=PartnershipRole.LEAD), project__in=projects)
    return {each.project_id: each.partner for each in leads.select_related("partner").order_by("-pk")}


# --- Both ------------------------------------------------------------------------------------------------------------


def _carried_out(make: Any, indicators: Sequence[Indicator]) -> Plan:
    with transaction.atomic():
        # What somebody else is making stands there already when the plan is made.
        hold_indicators([each.pk for each in indicators])
        plan: Plan = make()
        save_all(plan.new)
        refresh_results(
            indicators={
                record.series.indicator_id if isinstance(record, Target) else record.indicator_id for record in plan.new
            }
        )
    return plan


def save_all(records: Sequence[Any]) -> None:
    """Check and save records of one model inside the open change, with their history.

    Raises:
        ValidationError: with what is wrong with the first that breaks a rule; nothing is written.
    """
    for place, error in sorted(check_many(records).items()):
        raise ValidationError([f"{records[place]}: {sentence}" for sentence in error.messages])
    save_many(records)


def _bound(plan: Plan) -> None:
    if len(plan.new) > MOST_ROWS:
        raise ValidationError(
            _("That would make %(number)s rows: choose less, at most %(most)s in one go.")
            % {"number": len(plan.new), "most": MOST_ROWS}
        )


def _language() -> str:
    current = get_language() or ""
    return next((language for language in LANGUAGES if current.startswith(language)), "en")
