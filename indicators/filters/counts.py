"""How many rows each choice of each filter would show, counted by the database in one statement."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from typing import Any, Final, NamedTuple

from django.core.cache import cache
from django.db import models
from django.db.models import BooleanField, Count, F, Field, IntegerField, OuterRef, Subquery, Value

from indicators.choices import Status
from indicators.filters.choices import ALL, FACETS, LATEST, NONE, REGIONAL, STATED, TOTAL, Vocabulary
from indicators.filters.results import ResultFilter
from indicators.models import Breakdown, ReportingPeriod, Result
from indicators.querysets import ResultQuerySet

#: Filters that are counted together: their columns take few values together, so the database gives few groups of rows.
#: Of what these filters ask, nothing is left to the database: a choice is counted as if its own filter asked for it.
TOGETHER: Final = (
    ("programme", "theme", "sdg", "level", "nature", "family", "target"),
    ("country", "status", "verification"),
    ("project", "partner", "forum"),
    ("sex",),
    ("period",),
)
#: What the filters read of a row.
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "programme": ("indicator_id",),
    "country": ("country_id", "forum_id"),
    "theme": ("indicator_id", "themes"),
    "project": ("project_id",),
    "partner": ("partner_id",),
    "forum": ("forum_id",),
    "sdg": ("indicator_id",),
    "level": ("indicator_id",),
    "nature": ("indicator_id",),
    "family": ("indicator_id",),
    "target": ("has_target",),
    "status": ("status", "due_on"),
    "verification": ("verification",),
    "sex": ("breakdown_key", "is_row"),
    "period": ("period_id", "is_latest"),
}
#: Filters of which every value is counted by itself while no other one is chosen: the column of the value with where all
#: values stand, and the one that tells rows of a value apart. Both stand in an index behind what is never left open
#: (``result_periods`` and ``result_sexes``), where a database counts three times as fast as it groups.
EACH_BY_ITSELF: Final[dict[str, tuple[str, type[models.Model], str, str]]] = {
    "period": ("period_id", ReportingPeriod, "pk", "is_latest"),
    "sex": ("breakdown_key", Breakdown, "key", "is_row"),
}
#: Filters of which those indexes hold what they ask.
IN_INDEXES: Final = {"programme", "nature", "country"}
#: How long counts of all periods are kept, in seconds; any change of the data makes them unreachable at once.
KEPT: Final = 24 * 60 * 60


class Facts(NamedTuple):
    """What the filters ask of a group of rows; what its branch does not ask is None."""

    branch: int
    rows: int
    programme_id: int
    indicator_id: int
    project_id: int | None
    country_id: int | None
    partner_id: int | None
    forum_id: int | None
    period_id: int
    themes: str
    verification: str
    breakdown_key: str
    status: str
    due_on: date | None
    is_latest: bool
    is_row: bool
    has_target: bool


Values = Callable[[Facts], tuple[str, ...]]


class Empty(Value):
    """Nothing, of the kind that the other branches have in its place; rows are not grouped by it."""

    def __init__(self, kind: Field) -> None:
        super().__init__(None, output_field=kind)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        # Without its length, which the planner of the database would take for what it holds.
        kind = (self.output_field.cast_db_type(connection) or "").partition("(")[0]
        return f"CAST(NULL AS {kind})", ()


class NumberOf(Subquery):
    """How many rows a query finds, as an expression."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


@dataclass
class Counts:
    """What was counted in the table.

    Attributes:
        rows: how many rows the filter finds.
        with_target: how many of them have a stated target.
        options: for each filter, how many rows each of its values would show, the other filters staying as they are.
        without: for each filter in force, how many rows there would be without it.
        regional: how many regional rows stand beside the chosen country's.
        leading: how many of the rows there are of each indicator, country, and with or without a target; the country is
            None but where rows are grouped by it.
        themes: codes of the themes of each indicator, as rows bear them.
    """

    rows: int = 0
    with_target: int = 0
    regional: int = 0
    options: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    without: Counter[str] = field(default_factory=Counter)
    leading: Counter[tuple[bool, int, int | None]] = field(default_factory=Counter)
    themes: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, results: ResultFilter, *, version: Hashable = None) -> "Counts":
        """One query at most.

        Args:
            version: of the data. With it, what was counted over all periods is taken from the cache.
        """
        counts = cls()
        vocabulary = results.vocabulary
        values_of = _readers(vocabulary, results.today)
        asked = {name: set(values) for name, values in results.effective.items() if values}
        defaults = {name: set(values) for name, values in vocabulary.defaults.items()}
        held_there = _forums_held_in(vocabulary, results.effective["country"])
        working_there = set(vocabulary.programmes_in(results.effective["country"]))

        for facts in _groups(results, version):
            if facts.branch == len(TOGETHER):
                counts.without["q"] += facts.rows
                continue
            together = TOGETHER[facts.branch]
            missed = [name for name in together if name in asked and asked[name].isdisjoint(values_of[name](facts))]
            if len(missed) > 1:
                continue
            for name in missed or together:
                for value in values_of[name](facts):
                    counts.options[name][value] += facts.rows
            if not missed:
                if facts.branch == 0:
                    counts.themes[facts.indicator_id] = facts.themes
                    counts.rows += facts.rows
                    counts.with_target += facts.rows if facts.has_target else 0
                    counts.leading[bool(facts.has_target), facts.indicator_id, facts.country_id] += facts.rows
                continue
            (name,) = missed
            if name not in defaults or not defaults[name].isdisjoint(values_of[name](facts)):
                counts.without[name] += facts.rows
            is_regional = name == "country" and facts.country_id is None and facts.forum_id not in held_there
            if is_regional and facts.programme_id in working_there:
                counts.regional += facts.rows
        if not results.offers_regional:
            counts.regional = 0
        for name in results.in_force:
            # Without a filter stand the rows that it finds, too, unless its absence means something else.
            if name not in defaults and name != "q":
                counts.without[name] += counts.rows
        return counts


def _groups(results: ResultFilter, version: Hashable) -> list[Facts]:
    """The groups of all branches, those that are kept and those that are counted now."""
    branches = {
        number: names
        for number, names in enumerate(TOGETHER)
        # Of what there is none of, there is nothing to count.
        if any(results.vocabulary.choices[name] for name in names)
    } | ({len(TOGETHER): ("q",)} if results.words else {})
    kept: dict[int, list[Facts]] = {}
    keys: dict[int, str] = {}
    if version is not None:
        # Whatever is not of the latest period alone is counted over many times as many rows.
        wide = [number for number, names in branches.items() if "period" in names or ALL in results.effective["period"]]
        keys = {number: _key(results, number, branches[number], version) for number in wide}
        found = cache.get_many(keys.values())
        kept = {number: found[key] for number, key in keys.items() if key in found}
    queries = [
        query for number, names in branches.items() if number not in kept for query in _branch(results, number, names)
    ]
    counted: list[Facts] = []
    if queries:
        statement = reduce(lambda one, other: one.union(other, all=True), queries)
        counted = [facts for facts in map(Facts._make, statement) if facts.rows]
    new = {
        key: [facts for facts in counted if facts.branch == number]
        for number, key in keys.items()
        if number not in kept
    }
    if new:
        cache.set_many(new, KEPT)
    return counted + [facts for groups in kept.values() for facts in groups]


def _branch(results: ResultFilter, number: int, names: Sequence[str]) -> list[Any]:
    """The rows that all filters but these find, as groups of what these read of them: queries of the same columns."""
    rows: ResultQuerySet = results.found(without=names).with_target().order_by()
    (name, *others) = names
    if name in EACH_BY_ITSELF and not others and IN_INDEXES.issuperset({*results.in_force} - {name}):
        return _each_by_itself(rows, number, name)
    columns = {column for name in names for column in COLUMNS.get(name, ())}
    if number == 0:
        columns |= {"country_id"} if results.group == "country" else set()
    if "country" in names and results.offers_regional:
        columns |= {"programme_id"}
    said = _columns(number, {column: F(column) for column in columns})
    counted = rows.annotate(**said).values(*said).annotate(rows_counted=Count("*"))
    return [counted.values_list("branch", "rows_counted", *list(said)[1:])]


def _each_by_itself(rows: ResultQuerySet, number: int, name: str) -> list[Any]:
    column, model, value, flag = EACH_BY_ITSELF[name]
    queries = []
    for is_set in (True, False):
        said = _columns(number, {column: F(value), flag: Value(is_set, output_field=BooleanField())})
        found = NumberOf(rows.filter(**{column: OuterRef(value), flag: is_set}).values("pk"))
        counted = model._base_manager.order_by().annotate(**said, rows_counted=found)
        queries.append(counted.values_list("branch", "rows_counted", *list(said)[1:]))
    return queries


def _columns(number: int, read: dict[str, Any]) -> dict[str, Any]:
    """The branch and all columns, empty but for these: their names must differ from the fields' own to stand empty."""
    said: dict[str, Any] = {"branch": Value(number, output_field=IntegerField())}
    return said | {f"{column}_read": read.get(column) or _nothing(column) for column in Facts._fields[2:]}


def _nothing(column: str) -> Empty:
    if column == "has_target":
        return Empty(BooleanField())
    field = Result._meta.get_field(column)
    return Empty(field if isinstance(field, Field) and not field.is_relation else IntegerField())


def _key(results: ResultFilter, number: int, names: Sequence[str], version: Hashable) -> str:
    """What its groups depend on: the data, the day, and the filters that the database applies."""
    asked = {name: values for name, values in results.effective.items() if name not in names}
    demonstrations = [choice.value for choice in results.choices("programme") if not choice.is_offered]
    more = (results.group == "country", results.offers_regional)
    told = (version, results.today, number, more, asked, results.words, demonstrations)
    return f"counts:{hashlib.sha256(repr(told).encode()).hexdigest()}"


def _readers(vocabulary: Vocabulary, today: date) -> dict[str, Values]:
    """For each filter, the values that a group of rows has of it."""
    by_pk: dict[str, dict[Any, str]] = {
        facet: {choice.pk: choice.value for choice in vocabulary.choices[facet] if choice.pk is not None}
        for facet in FACETS
    }
    themes = {(theme.programme_id, theme.code): theme.slug for theme in vocabulary.themes}
    programmes = by_pk["programme"]
    traits = vocabulary.indicators
    sexes = {f"sex={category.code}": category.code for category in vocabulary.sexes}

    def record(facet: str, column: str) -> Values:
        names = by_pk[facet]
        return lambda facts: (names[getattr(facts, column)],) if getattr(facts, column) in names else ()

    def word(column: str) -> Values:
        return lambda facts: (getattr(facts, column),) if getattr(facts, column) else ()

    def trait(name: str) -> Values:
        return lambda facts: (value,) if (value := getattr(traits[facts.indicator_id], name)) else ()

    def theme_slugs(facts: Facts) -> tuple[str, ...]:
        keys = ((traits[facts.indicator_id].programme, code) for code in facts.themes.split(";"))
        return tuple(themes[key] for key in keys if key in themes)

    def status(facts: Facts) -> tuple[str, ...]:
        waits = facts.status == Status.NOT_REPORTED and facts.due_on is not None and facts.due_on >= today
        return (Status.NOT_DUE.value if waits else facts.status,)

    def sex_codes(facts: Facts) -> tuple[str, ...]:
        own = tuple(sexes[pair] for pair in facts.breakdown_key.split(";") if pair in sexes)
        return (*own, ALL, TOTAL) if facts.is_row else (*own, ALL)

    def periods(facts: Facts) -> tuple[str, ...]:
        own = by_pk["period"][facts.period_id]
        return (own, ALL, LATEST) if facts.is_latest else (own, ALL)

    return {
        "programme": lambda facts: (programmes[traits[facts.indicator_id].programme],),
        "country": lambda facts: (REGIONAL,) if facts.country_id is None else (by_pk["country"][facts.country_id],),
        "theme": theme_slugs,
        "project": record("project", "project_id"),
        "partner": record("partner", "partner_id"),
        "forum": record("forum", "forum_id"),
        "sdg": lambda facts: tuple(map(str, traits[facts.indicator_id].goals)),
        "level": trait("level"),
        "nature": lambda facts: (traits[facts.indicator_id].nature, ALL),
        "family": trait("family"),
        "target": lambda facts: (STATED if facts.has_target else NONE,),
        "status": status,
        "verification": word("verification"),
        "sex": sex_codes,
        "period": periods,
    }


def _forums_held_in(vocabulary: Vocabulary, countries: Iterable[str]) -> set[int]:
    pks = set(vocabulary.pks("country", countries))
    return {forum.pk for forum in vocabulary.forums if forum.country_id in pks}
