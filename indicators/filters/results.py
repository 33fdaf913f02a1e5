"""The filter that the results page and its downloads share."""

from collections.abc import Collection, Iterable
from datetime import date
from functools import cached_property
from typing import Any, Final

import django_filters
from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from indicators.filters.choices import ALL, FACETS, LATEST, NONE, REGIONAL, STATED, TOTAL, Choice, Vocabulary
from indicators.filters.words import mentioning
from indicators.models import Breakdown, Indicator, Result
from indicators.querysets import ResultQuerySet
from indicators.tables import reader_language

GROUPS: Final = ("family", "result", "theme", "country")
SORTS: Final = ("name", "value", "achievement", "country", "project")
#: Names of which an address holds one value each.
SINGLE: Final = ("q", "sort", "group", "page")
#: Names the filters whose long lists of choices are shown whole.
LIST: Final = "list"
LONGEST_SEARCH: Final = 200


class SeveralFilter(django_filters.MultipleChoiceFilter):
    """One query name with any number of values, its choices those of the vocabulary."""

    def __init__(self, **kwargs: Any) -> None:
        # No filter joins what could repeat a row.
        super().__init__(distinct=False, **kwargs)


class ResultFilter(django_filters.FilterSet):
    """Rows of the table of results that an address asks for.

    Whatever the address says that cannot be understood is left out and told in ``problems``; the rest is done. So the
    form behind it is always valid.

    Attributes:
        chosen: the values that the address names, by filter, as it should have written them.
        effective: the same with what an absent filter stands for.
        listed: filters whose choices the page lists all, however many they are.
        problems: sentences about what could not be understood.
    """

    programme = SeveralFilter(method="of_records")
    country = SeveralFilter(method="of_countries")
    theme = SeveralFilter(method="of_themes")
    project = SeveralFilter(method="of_records")
    partner = SeveralFilter(method="of_records")
    forum = SeveralFilter(method="of_records")
    sdg = SeveralFilter(method="of_goals")
    level = SeveralFilter(field_name="level")
    nature = SeveralFilter(method="of_natures")
    family = SeveralFilter(field_name="family")
    target = SeveralFilter(method="of_targets")
    status = SeveralFilter(field_name="status_today")
    verification = SeveralFilter(field_name="verification")
    sex = SeveralFilter(method="of_sexes")
    period = SeveralFilter(method="of_periods")
    q = django_filters.CharFilter(method="mentioning")

    class Meta:
        model = Result
        fields: list[str] = []

    def __init__(
        self, query: QueryDict, *, vocabulary: Vocabulary | None = None, today: date | None = None, **kwargs: Any
    ) -> None:
        self.vocabulary = vocabulary or Vocabulary.load(reader_language())
        self.today = today or timezone.localdate()
        self.problems: list[str] = []
        self.chosen: dict[str, list[str]] = {}
        self.single: dict[str, str] = {}
        self.listed: list[str] = []
        self._read(query)
        self.effective = {
            facet: self.chosen.get(facet) or list(self.vocabulary.defaults.get(facet, [])) for facet in FACETS
        }
        super().__init__(
            self._data({**self.effective, **({"q": [self.words]} if self.words else {})}),
            queryset=self.everything,
            **kwargs,
        )
        for facet in FACETS:
            self.filters[facet].extra["choices"] = [
                (choice.value, choice.label) for choice in self.vocabulary.choices[facet]
            ]

    # --- What the address says -------------------------------------------------------------------

    @property
    def words(self) -> str:
        return self.single.get("q", "")

    @property
    def sort(self) -> str:
        return self.single.get("sort", "name")

    @property
    def group(self) -> str:
        return self.single.get("group", "family")

    @cached_property
    def mentioned(self) -> Q:
        """The condition of the words: what they name is looked up once, for all that is asked of the rows."""
        return mentioning(self.words, indicators=self.vocabulary.indicators)

    def choices(self, facet: str) -> list[Choice]:
        """The choices of a facet that the address names."""
        return self.vocabulary.chosen(facet, self.chosen.get(facet, ()))

    @property
    def in_force(self) -> list[str]:
        """Names of the filters that the address sets."""
        return [*self.chosen, *(["q"] if self.words else [])]

    @property
    def shows_demonstration(self) -> bool:
        """Whether fictitious figures are among the rows: only when their programme is asked for by name."""
        return any(not choice.is_offered for choice in self.choices("programme"))

    def address(self, **changes: str | list[str] | None) -> str:
        """A query string of this filter with other values; from the first page, and empty when nothing is asked."""
        values = {**self._everything(), LIST: self.listed}
        for name, change in changes.items():
            values[name] = [change] if isinstance(change, str) else list(change or ())
        return self._data({name: values[name] for name in (*FACETS, *SINGLE, LIST) if values.get(name)}).urlencode()

    @property
    def everything(self) -> ResultQuerySet:
        """What the filters choose from."""
        named = [choice.pk for choice in self.choices("programme") if choice.pk and not choice.is_offered]
        return Result.objects.public(demonstrations=named)

    # --- Rows --------------------------------------------------------------------------------------

    def filter_queryset(self, queryset: ResultQuerySet) -> ResultQuerySet:
        return super().filter_queryset(queryset.on(self.today))

    def found(self, *, without: Collection[str] = ()) -> ResultQuerySet:
        """The rows that all filters but these find, in no order."""
        rows = self.everything.on(self.today)
        for name, values in {**self.effective, "q": self.words}.items():
            if values and name not in without:
                rows = self.filters[name].filter(rows, values)
        return rows

    @property
    def rows(self) -> ResultQuerySet:
        """The rows asked for, in the order asked for."""
        return self.in_order(self.qs)

    @property
    def regional_rows(self) -> ResultQuerySet:
        """Beside a country's figures: those that the same filters find, and that belong to no single country.

        Where a forum was held says nothing about whom its figures are about: what a forum held in that country counted
        is not offered as if it came near to being the country's own. Nor is what a programme counted that does not work there.
        """
        countries = self.effective["country"]
        held_there = Q(forum__country__in=self.vocabulary.pks("country", countries))
        of_there = (
            self.found(without=("country",)).regional().filter(programme__in=self.vocabulary.programmes_in(countries))
        )
        return self.in_order(of_there.exclude(held_there))

    @property
    def offers_regional(self) -> bool:
        return bool(self.chosen.get("country")) and REGIONAL not in self.chosen["country"]

    def in_order(self, rows: ResultQuerySet, *, is_one_place: bool = False) -> ResultQuerySet:
        """Rows in the order asked for; ``is_one_place`` is that of ``ResultQuerySet.in_order``."""
        return rows.in_order(group=self.group, sort=self.sort, language=reader_language(), is_one_place=is_one_place)

    # --- How each filter finds its rows ------------------------------------------------------------

    def of_records(self, rows: ResultQuerySet, name: str, values: list[str]) -> ResultQuerySet:
        return rows.filter(**{f"{name}__in": self.vocabulary.pks(name, values)})

    def of_countries(self, rows: ResultQuerySet, name: str, values: list[str]) -> ResultQuerySet:
        condition = Q(country__in=self.vocabulary.pks(name, values))
        return rows.filter(condition | Q(country__isnull=True) if REGIONAL in values else condition)

    def of_themes(self, rows: ResultQuerySet, name: str, values: list[str]) -> ResultQuerySet:
        return rows.of_themes(self.vocabulary.pks(name, values))

    def of_goals(self, rows: ResultQuerySet, name: str, values: list[str]) -> ResultQuerySet:
        return rows.filter(indicator__in=Indicator.objects.filter(goals__number__in=values).values("pk"))

    def of_natures(self, rows: ResultQuerySet, name: str, values: list[str]) -> ResultQuerySet:
        return rows if ALL in values else rows.filter(nature__in=values)

    def of_targets(self, rows: ResultQuerySet, name: str, values: list[str]) -> ResultQuerySet:
        if {STATED, NONE} <= set(values):
            return rows
        return rows.with_target().filter(has_target=STATED in values)

    def of_sexes(self, rows: ResultQuerySet, name: str, values: list[str]) -> ResultQuerySet:
        if ALL in values:
            return rows
        # Breakdowns with that category: shares, counts, and figures that are about women only.
        of_categories = Breakdown.objects.filter(
            pk=OuterRef("breakdown"), categories__in=self.vocabulary.pks(name, values)
        )
        found = rows.filter(Exists(of_categories)) if set(values) != {TOTAL} else rows.none()
        if TOTAL not in values:
            return found
        return rows.rows() if set(values) == {TOTAL} else rows.rows() | found

    def of_periods(self, rows: ResultQuerySet, name: str, values: list[str]) -> ResultQuerySet:
        if ALL in values:
            return rows
        condition = Q(period__in=self.vocabulary.pks(name, values))
        return rows.filter(condition | Q(is_latest=True) if LATEST in values else condition)

    def mentioning(self, rows: ResultQuerySet, name: str, value: str) -> ResultQuerySet:
        return rows.filter(self.mentioned)

    # --- Reading -----------------------------------------------------------------------------------

    def _everything(self) -> dict[str, list[str]]:
        return {**self.chosen, **{name: [value] for name, value in self.single.items()}}

    @staticmethod
    def _data(values: dict[str, list[str]]) -> QueryDict:
        data = QueryDict(mutable=True)
        for name, several in values.items():
            data.setlist(name, several)
        return data

    def _read(self, query: QueryDict) -> None:
        for name, written in query.lists():
            # A form sends its empty fields along.
            values = [value.strip() for value in written if value.strip()]
            if name in FACETS:
                self._read_facet(name, values)
            elif name in SINGLE:
                self._read_single(name, values)
            elif name == LIST:
                self.listed = [value for value in dict.fromkeys(values) if value in FACETS]
                self.problems += [self._not_among(name, value, FACETS) for value in values if value not in FACETS]
            else:
                self.problems.append(
                    _("“%(name)s” is not a filter of this page and was left aside. Known are: %(known)s.")
                    % {"name": _shown(name), "known": ", ".join((*FACETS, *SINGLE, LIST))}
                )

    def _read_facet(self, name: str, values: list[str]) -> None:
        found: list[str] = []
        for value in values:
            choice = self.vocabulary.find(name, value)
            if choice is None:
                self.problems.append(self._unknown(name, value))
            elif choice.value not in found:
                found.append(choice.value)
        if found:
            self.chosen[name] = found

    def _read_single(self, name: str, values: list[str]) -> None:
        if len(values) > 1:
            self.problems.append(
                _("“%(name)s” stands in the address more than once; the last one counts.") % {"name": name}
            )
        if not values:
            return
        value = values[-1]
        known = {"sort": [*SORTS, *(f"-{sort}" for sort in SORTS)], "group": list(GROUPS)}.get(name)
        if known is not None and value not in known:
            self.problems.append(self._not_among(name, value, known))
            return
        if name == "q":
            # No database keeps a null byte, so no text has one.
            value = " ".join(value.replace("\x00", " ").split())
            if len(value) > LONGEST_SEARCH:
                value = value[:LONGEST_SEARCH].rsplit(" ", 1)[0]
                self.problems.append(_("The words searched for were too many; only the first were used."))
        if value:
            self.single[name] = value

    def _unknown(self, name: str, value: str) -> str:
        choices = self.vocabulary.choices[name]
        known = [choice.value for choice in choices if choice.is_offered and not choice.is_demonstration]
        if len(known) > 12:
            return _(
                "“%(value)s” is not a value of “%(name)s” and was left aside. Choose one from the list of filters."
            ) % {"value": _shown(value), "name": name}
        return self._not_among(name, value, known)

    @staticmethod
    def _not_among(name: str, value: str, known: Iterable[str]) -> str:
        return _("“%(value)s” is not a value of “%(name)s” and was left aside. Known are: %(known)s.") % {
            "value": _shown(value),
            "name": name,
            "known": ", ".join(known) or "–",
        }


def _shown(text: str) -> str:
    """What somebody wrote, short enough for a sentence."""
    line = " ".join(text.replace("\x00", " ").split())
    return line if len(line) <= 60 else f"{line[:60]}…"
