"""How many rows each choice of each filter would show, counted in one pass over the table of results."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import BooleanField, Case, Value, When

from indicators.filters.choices import ALL, FACETS, LATEST, NONE, REGIONAL, STATED, TOTAL, Vocabulary
from indicators.filters.results import ResultFilter
from indicators.models import Result
from indicators.models.results import ROW_KEY


class Facts(NamedTuple):
    """What the filters ask of one row; the columns of the pass, in their order."""

    programme_id: int
    indicator_id: int
    project_id: int | None
    country_id: int | None
    partner_id: int | None
    forum_id: int | None
    period_id: int
    themes: str
    level: str
    nature: str
    family: str
    verification: str
    breakdown_key: str
    is_latest: bool
    status_today: str
    has_target: bool
    is_public: bool
    is_found: bool

    @property
    def row_key(self) -> tuple[Any, ...]:
        """What a total and its parts have in common; see ``Result.row_key``."""
        return tuple(getattr(self, field) for field in ROW_KEY)


Values = Callable[[Facts], tuple[str, ...]]


@dataclass
class Counts:
    """What one pass over the table found.

    Attributes:
        rows: how many rows the filter finds.
        with_target: how many of them have a stated target.
        options: for each filter, how many rows each of its values would show, the other filters staying as they are.
        without: for each filter in force, how many rows there would be without it.
        regional: how many regional rows stand beside the chosen country's.
    """

    rows: int = 0
    with_target: int = 0
    regional: int = 0
    options: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    without: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, results: ResultFilter) -> "Counts":
        """One query: the filter's columns of every public row."""
        counts = cls()
        vocabulary = results.vocabulary
        every = list(_facts(results))
        values_of = _readers(vocabulary, totals={facts.row_key for facts in every if not facts.breakdown_key})
        asked = {name: set(values) for name, values in results.effective.items() if values}
        defaults = {name: set(values) for name, values in vocabulary.defaults.items()}
        held_there = _forums_held_in(vocabulary, results.effective["country"])
        searched = bool(results.words)

        for facts in every:
            missed = [name for name, wanted in asked.items() if wanted.isdisjoint(values_of[name](facts))]
            if searched and not facts.is_found:
                missed.append("q")
            if len(missed) > 1:
                continue
            if not missed:
                counts.rows += 1
                counts.with_target += facts.has_target
                for name, read in values_of.items():
                    counts.options[name].update(read(facts))
                continue
            (name,) = missed
            if name == "q":
                counts.without["q"] += 1
                continue
            values = values_of[name](facts)
            counts.options[name].update(values)
            if name not in defaults or not defaults[name].isdisjoint(values):
                counts.without[name] += 1
            if name == "country" and facts.country_id is None and facts.forum_id not in held_there:
                counts.regional += 1
        if not results.offers_regional:
            counts.regional = 0
        for name in results.in_force:
            # Without a filter stand the rows that it finds, too, unless its absence means something else.
            if name not in defaults:
                counts.without[name] += counts.rows
        return counts


def _facts(results: ResultFilter) -> Iterable[Facts]:
    found: Any = Value(True)
    if results.words:
        found = Case(
            When(Result.objects.mentions(results.words), then=True), default=False, output_field=BooleanField()
        )
    rows = results.everything.on(results.today).with_target().annotate(is_found=found).order_by()
    return map(Facts._make, rows.values_list(*Facts._fields).iterator(chunk_size=2000))


def _readers(vocabulary: Vocabulary, *, totals: set[tuple[Any, ...]]) -> dict[str, Values]:
    """For each filter, the values that a row has of it; ``totals`` are the keys of the rows that hold parts."""
    by_pk: dict[str, dict[Any, str]] = {
        facet: {choice.pk: choice.value for choice in vocabulary.choices[facet] if choice.pk is not None}
        for facet in FACETS
    }
    themes = {(theme.programme_id, theme.code): theme.slug for theme in vocabulary.themes}
    goals: dict[int, tuple[str, ...]] = defaultdict(tuple)
    for indicator, number, _name in vocabulary.goals:
        goals[indicator] += (str(number),)
    sexes = {f"sex={category.code}": category.code for category in vocabulary.sexes}

    def record(facet: str, column: str) -> Values:
        names = by_pk[facet]
        return lambda facts: (names[getattr(facts, column)],) if getattr(facts, column) in names else ()

    def word(column: str) -> Values:
        return lambda facts: (getattr(facts, column),) if getattr(facts, column) else ()

    def theme_slugs(facts: Facts) -> tuple[str, ...]:
        keys = ((facts.programme_id, code) for code in facts.themes.split(";"))
        return tuple(themes[key] for key in keys if key in themes)

    def sex_codes(facts: Facts) -> tuple[str, ...]:
        own = tuple(sexes[pair] for pair in facts.breakdown_key.split(";") if pair in sexes)
        is_row = not facts.breakdown_key or facts.row_key not in totals
        return (*own, ALL, TOTAL) if is_row else (*own, ALL)

    def periods(facts: Facts) -> tuple[str, ...]:
        own = by_pk["period"][facts.period_id]
        return (own, ALL, LATEST) if facts.is_latest else (own, ALL)

    return {
        "programme": record("programme", "programme_id"),
        "country": lambda facts: (REGIONAL,) if facts.country_id is None else (by_pk["country"][facts.country_id],),
        "theme": theme_slugs,
        "project": record("project", "project_id"),
        "partner": record("partner", "partner_id"),
        "forum": record("forum", "forum_id"),
        "sdg": lambda facts: goals.get(facts.indicator_id, ()),
        "level": word("level"),
        "nature": lambda facts: (facts.nature, ALL),
        "family": word("family"),
        "target": lambda facts: (STATED if facts.has_target else NONE,),
        "status": word("status_today"),
        "verification": word("verification"),
        "sex": sex_codes,
        "period": periods,
    }


def _forums_held_in(vocabulary: Vocabulary, countries: Iterable[str]) -> set[int]:
    pks = set(vocabulary.pks("country", countries))
    return {forum.pk for forum in vocabulary.forums if forum.country_id in pks}
