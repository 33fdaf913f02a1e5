"""The values that each filter knows, as they stand in addresses, with their labels in the reader's language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django.db.models import F
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.folding import folded
from forums.models import Forum
from indicators.choices import Family, Level, Nature, Status, Verification
from indicators.models import Category, Indicator, ReportingPeriod
from indicators.querysets import MAIN_NATURES
from indicators.tables import Names
from partners.models import Country, Partner
from projects.choices import ThemeKind
from projects.models import Programme, Project, Theme

#: Opens what a filter leaves out when it is absent.
ALL: Final = "all"
LATEST: Final = "latest"
TOTAL: Final = "total"
REGIONAL: Final = "regional"
STATED: Final = "stated"
NONE: Final = "none"

NO_BREAK_SPACE: Final = "\N{NO-BREAK SPACE}"
#: A list beside the rows has no room for more.
LONGEST_LABEL: Final = 60

FACETS: Final = {
    "programme": gettext_lazy("Programme"),
    "country": gettext_lazy("Country"),
    "theme": gettext_lazy("Theme"),
    "project": gettext_lazy("Project"),
    "partner": gettext_lazy("Partner"),
    "forum": gettext_lazy("Forum"),
    "sdg": gettext_lazy("Development goal"),
    "level": gettext_lazy("Level"),
    "nature": gettext_lazy("Nature"),
    "family": gettext_lazy("Family"),
    "target": gettext_lazy("Target"),
    "status": gettext_lazy("Status"),
    "verification": gettext_lazy("Verification"),
    "sex": gettext_lazy("Sex"),
    "period": gettext_lazy("Period"),
}


@dataclass(frozen=True)
class Choice:
    """One value of a filter.

    Attributes:
        value: as it stands in addresses.
        label: as the reader sees it in a list.
        short: as a heading has room for; the label when empty.
        pk: the record's primary key, where the value is a record.
        is_offered: whether the list of choices shows it; an address may name the others too.
        lang: the language of the label, where it is a name in a language of its own.
        is_demonstration: of a demonstration programme, of which nothing is said unless it is asked for by name.
    """

    value: str
    label: str
    short: str = ""
    pk: int | None = None
    is_offered: bool = True
    lang: str = ""
    is_demonstration: bool = False

    @property
    def words(self) -> str:
        return self.short or self.label


@dataclass(frozen=True)
class Traits:
    """What all results of an indicator have in common, as filters and orders ask for it.

    Attributes:
        word: its name as lists are ordered by it, in the reader's language.
        result: the place of its expected result in the logic model; after all others where it has none.
        goals: numbers of development goals.
    """

    programme: int
    nature: str
    family: str
    level: str
    word: str
    result: tuple[Any, ...]
    goals: tuple[int, ...]


@dataclass(frozen=True)
class Vocabulary:
    """Every choice of every filter, and what filters ask of indicators; loaded once per request, in nine queries."""

    programmes: list[Programme]
    countries: list[Country]
    themes: list[Theme]
    projects: list[Project]
    partners: list[Partner]
    forums: list[Forum]
    periods: list[ReportingPeriod]
    categories: list[Category]
    indicators: dict[int, "Traits"]
    #: Names of the development goals that indicators contribute to, by their numbers.
    goals: dict[int, str]
    #: Primary keys of the countries that each programme works in, by its own.
    countries_of: dict[int, set[int]]

    @classmethod
    def load(cls, language: str) -> "Vocabulary":
        indicators, goals = _traits(language)
        programmes, countries_of = _programmes()
        return cls(
            programmes=programmes,
            countries_of=countries_of,
            countries=list(Country.objects.order_by("code")),
            themes=list(Theme.objects.order_by("programme__code", "-kind", "number")),
            projects=list(Project.objects.order_by("programme__code", "code")),
            partners=list(Partner.objects.public().order_by("name")),
            forums=list(Forum.objects.order_by("programme__code", "number")),
            periods=list(ReportingPeriod.objects.order_by("programme__code", "starts_on", "-ends_on")),
            categories=list(Category.objects.select_related("dimension").order_by("dimension__code", "order", "code")),
            indicators=indicators,
            goals=goals,
        )

    @cached_property
    def names(self) -> Names:
        return Names.of(self.themes, self.categories)

    @cached_property
    def choices(self) -> Mapping[str, list[Choice]]:
        """The choices of each facet, in the order in which a list shows them."""
        demonstrations = {programme.pk for programme in self.programmes if programme.is_demonstration}
        programmes = {programme.pk: programme for programme in self.programmes}
        several = len(programmes) - len(demonstrations) > 1

        def of(record: Any) -> dict[str, Any]:
            return {"pk": record.pk, "is_demonstration": record.programme_id in demonstrations}

        def named(records: Iterable[Any]) -> dict[int, str]:
            """What stands before the names of records that several programmes have: a theme 1 is in each of them."""
            of = {each.pk: programmes[each.programme_id] for each in records}
            is_told = len({programme.pk for programme in of.values() if not programme.is_demonstration}) > 1
            return {pk: f"{programme.code} · " if is_told else "" for pk, programme in of.items()}

        of_themes, of_projects, of_forums = named(self.themes), named(self.projects), named(self.forums)

        def period_label(period: ReportingPeriod) -> str:
            return f"{programmes[period.programme_id].code} · {period.name}" if several else period.name

        return {
            "programme": [
                Choice(record.slug, record.code, pk=record.pk, is_offered=not record.is_demonstration)
                for record in self.programmes
            ],
            "country": [
                *(Choice(record.code, record.name, pk=record.pk) for record in self.countries),
                Choice(REGIONAL, _("Regional (no single country)"), short=_("regional")),
            ],
            "theme": [
                Choice(
                    record.slug,
                    f"{of_themes[record.pk]}{record}",
                    short=f"{of_themes[record.pk]}{_theme_in_words(record)}",
                    **of(record),
                )
                for record in self.themes
            ],
            "project": [
                Choice(
                    record.slug,
                    _cut(f"{of_projects[record.pk]}{record.code} · {record.title}"),
                    short=f"{of_projects[record.pk]}{record.code}",
                    lang=record.language,
                    **of(record),
                )
                for record in self.projects
            ],
            "partner": [
                Choice(record.slug, str(record), short=record.short_name, pk=record.pk, lang=record.language)
                for record in self.partners
            ],
            "forum": [
                Choice(
                    record.slug,
                    f"{of_forums[record.pk]}{record}",
                    short=f"{of_forums[record.pk]}{_('forum %(number)s') % {'number': record.number}}",
                    lang=record.language,
                    **of(record),
                )
                for record in self.forums
            ],
            "sdg": self._goal_choices(),
            "level": _words(Level),
            "nature": [
                *_words(Nature),
                Choice(ALL, _("All natures"), short=_("all natures")),
            ],
            "family": _words(Family),
            "target": [
                Choice(STATED, _("With a stated target"), short=_("with a stated target")),
                Choice(NONE, _("Without"), short=_("without a stated target")),
            ],
            "status": _words(Status),
            "verification": _words(Verification),
            "sex": [
                *(Choice(category.code, category.name, pk=category.pk) for category in self.sexes),
                Choice(ALL, _("Totals and all parts"), short=_("totals and all parts")),
                Choice(TOTAL, _("Totals"), is_offered=False),
            ],
            "period": [
                *(Choice(record.slug, period_label(record), **of(record)) for record in self.periods),
                Choice(ALL, _("All periods"), short=_("all periods")),
                Choice(LATEST, _("Latest"), is_offered=False),
            ],
        }

    @cached_property
    def defaults(self) -> Mapping[str, list[str]]:
        """What an absent filter stands for, where that is not everything."""
        return {
            "programme": [record.slug for record in self.programmes if not record.is_demonstration],
            "nature": [str(nature) for nature in MAIN_NATURES],
            "sex": [TOTAL],
            "period": [LATEST],
        }

    @property
    def sexes(self) -> list[Category]:
        return [category for category in self.categories if category.dimension.code == "sex"]

    def find(self, facet: str, written: str) -> Choice | None:
        """The choice that an address means: its value, or its code, in capitals or small letters."""
        return self._spellings[facet].get(_spelt(written))

    def chosen(self, facet: str, values: Iterable[str]) -> list[Choice]:
        """Choices by their values, in the order of the list."""
        wanted = set(values)
        return [choice for choice in self.choices[facet] if choice.value in wanted]

    def pks(self, facet: str, values: Iterable[str]) -> list[int]:
        return [choice.pk for choice in self.chosen(facet, values) if choice.pk is not None]

    def programmes_in(self, countries: Iterable[str]) -> list[int]:
        """Primary keys of the programmes that work in one of these countries."""
        wanted = set(self.pks("country", countries))
        return [programme for programme, there in self.countries_of.items() if there & wanted]

    @cached_property
    def _spellings(self) -> dict[str, dict[str, Choice]]:
        spellings: dict[str, dict[str, Choice]] = {}
        for facet, choices in self.choices.items():
            spellings[facet] = {_spelt(choice.value): choice for choice in choices}
        for programme, choice in zip(self.programmes, self.choices["programme"], strict=True):
            spellings["programme"].setdefault(_spelt(programme.code), choice)
        return spellings

    def _goal_choices(self) -> list[Choice]:
        names = self.goals
        return [
            Choice(
                str(number),
                _("SDG %(number)s") % {"number": number} + (f" · {names[number]}" if number in names else ""),
                short=_("SDG %(number)s") % {"number": number},
            )
            for number in range(1, 18)
        ]


def _programmes() -> tuple[list[Programme], dict[int, set[int]]]:
    """All programmes, and the countries that each works in, in one query."""
    programmes: dict[int, Programme] = {}
    countries: dict[int, set[int]] = {}
    for programme in Programme.objects.annotate(country_id=F("countries")).order_by("code"):
        programmes.setdefault(programme.pk, programme)
        there = countries.setdefault(programme.pk, set())
        if programme.country_id is not None:
            there.add(programme.country_id)
    return list(programmes.values()), countries


def _traits(language: str) -> tuple[dict[int, Traits], dict[int, str]]:
    """All indicators, and the goals that they contribute to, in one query."""
    columns = ("programme_id", "nature", "family", "expected_result__level", "word")
    place = ("programme__code", "expected_result__order", "expected_result__code")
    found = Indicator.objects.annotate(word=folded(f"name_{language}")).order_by("goals__number")
    traits: dict[int, Traits] = {}
    names: dict[int, str] = {}
    for pk, *values in found.values_list("pk", *columns, *place, "goals__number", f"goals__name_{language}"):
        programme, nature, family, level, word, code, order, result, goal, name = values
        if goal is not None:
            names[goal] = name
        goals = (*(traits[pk].goals if pk in traits else ()), *(() if goal is None else (goal,)))
        after = (order is None, order or 0, result is None, result or "")
        traits[pk] = Traits(programme, nature, family, level or "", word, (code, *after), goals)
    return traits, names


def _cut(label: str) -> str:
    # Few are longer, and the mark of a cut text is looked up in the reader's language for each that is asked about.
    return label if len(label) <= LONGEST_LABEL else Truncator(label).chars(LONGEST_LABEL)


def _theme_in_words(theme: Theme) -> str:
    words = _("theme %(number)s") if theme.kind == ThemeKind.THEME else _("dimension %(number)s")
    # A heading does not part the word from its number.
    return (words % {"number": theme.number}).replace(" ", NO_BREAK_SPACE)


def _spelt(value: str) -> str:
    return value.casefold()


def _words(choices: Any) -> list[Choice]:
    return [Choice(str(value), _capitalised(str(label)), short=str(label)) for value, label in choices.choices]


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
