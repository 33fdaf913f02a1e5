"""What an address may ask of the lists of publications, findings and discrepancies."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Final

import django_filters
from django.db.models import Count, QuerySet, TextField, Value
from django.db.models.enums import ChoicesType
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from epe_ap.pages import unknown_names, unknown_value
from forums.models import Forum
from library.choices import DiscrepancyKind, FindingKind, PublicationKind, Severity
from library.models import Discrepancy, Finding, Publication
from partners.models import Country
from projects.models import Programme, Project, Theme

LONGEST_SEARCH: Final = 200

Choices = list[tuple[str, str]]


class Name(str):
    """A label that is a name in a language of its own."""

    lang: str

    @classmethod
    def of(cls, text: str, lang: str) -> "Name":
        name = cls(text)
        name.lang = lang
        return name


def words_of(choices: ChoicesType) -> Callable[[], Choices]:
    """The stored words of a field, with their names in the reader's language."""
    return lambda: [(str(value), _capitalised(str(label))) for value, label in choices.choices]


def programmes() -> Choices:
    return [(programme.slug, programme.code) for programme in Programme.objects.real().order_by("code")]


def themes() -> Choices:
    return [(theme.slug, str(theme)) for theme in Theme.objects.real().order_by("programme__code", "-kind", "number")]


def projects() -> Choices:
    found = Project.objects.real().order_by("programme__code", "code")
    return [(project.slug, Name.of(f"{project.code} · {project.title}", project.language)) for project in found]


def forums() -> Choices:
    found = Forum.objects.real().order_by("programme__code", "number")
    return [(forum.slug, Name.of(str(forum), forum.language)) for forum in found]


def countries() -> Choices:
    return [(country.code, country.name) for country in Country.objects.order_by("code")]


@dataclass(frozen=True)
class Facet:
    """One question of a filter: the field that answers it, and the answers there are."""

    label: Any
    field: str
    choices: Callable[[], Choices]


class ListFilter(django_filters.FilterSet):
    """Rows of a list that an address asks for, how many each choice would show, and what could not be understood.

    A choice that does not exist is left out and told in ``problems``, so the form behind it is always valid.
    """

    facets: ClassVar[Mapping[str, Facet]]
    is_searched: ClassVar[bool] = True
    #: The facet by which the rows are grouped: each has one value of it.
    grouped_by: ClassVar[str] = "kind"
    #: The natural key of a row, which stands in an address that asks for it.
    key: ClassVar[str]

    def __init__(self, query: QueryDict, queryset: QuerySet) -> None:
        self.choices = {name: facet.choices() for name, facet in self.facets.items()}
        self.chosen: dict[str, list[str]] = {}
        self.words = ""
        self.page = query.get("page", "").strip()
        self.show = query.get("show", "").strip()
        self.problems = unknown_names(query, self.names)
        for name in self.facets:
            self._read(name, query.getlist(name))
        if self.is_searched:
            self._read_words(query.get("q", ""))
        super().__init__(self._data(), queryset=queryset)
        for name in self.facets:
            self.filters[name].extra["choices"] = self.choices[name]

    @property
    def names(self) -> list[str]:
        """Every name that an address of this list may use."""
        return [*self.facets, *(["q"] if self.is_searched else []), "page", "show"]

    def choose(self, rows: QuerySet, name: str, values: list[str]) -> QuerySet:
        """Rows with one of the values; by subquery, so that a row with two of them does not repeat."""
        found = rows.model._default_manager.filter(**{f"{self.facets[name].field}__in": values})
        return rows.filter(pk__in=found.values("pk"))

    def mentioning(self, rows: Any, name: str, value: str) -> Any:
        return rows.mentioning(value)

    @cached_property
    def options(self) -> dict[str, list[tuple[str, str, int]]]:
        """Each choice of each facet with its label, and how many rows it would show, the other filters staying as they are.

        One statement counts for all facets.
        """
        first, *others = (self._counts(name) for name in self.facets)
        counted = {(name, value): number for name, value, number in first.union(*others, all=True)}
        return {
            name: [(value, label, counted.get((name, value), 0)) for value, label in self.choices[name]]
            for name in self.facets
        }

    def _counts(self, name: str) -> QuerySet:
        """Lines of the name of a facet, a value of it, and how many rows have that."""
        rows = self._without(name).order_by()
        field = Cast(self.facets[name].field, TextField())
        counts = rows.annotate(facet=Value(name, TextField()), value=field).values_list("facet", "value")
        return counts.annotate(number=Count("pk", distinct=True))

    def numbers(self, name: str) -> dict[str, int]:
        """How many of the rows have each value of a facet of which every row has one, in the order of its choices."""
        chosen = self.chosen.get(name)
        return {value: count for value, _label, count in self.options[name] if not chosen or value in chosen}

    def place(self) -> int | None:
        """The place among the rows, from 0, of the one that the address asks for; None where it is not among them."""
        keys = list(self.qs.prefetch_related(None).select_related(None).values_list(self.key, flat=True))
        return keys.index(self.show) if self.show in keys else None

    def link(self, path: str, **changes: list[str]) -> str:
        """The address of this list with other choices, from its first page."""
        query = self._data(**changes).urlencode()
        return f"{path}?{query}" if query else path

    def _without(self, name: str) -> QuerySet:
        assert self.queryset is not None
        rows = self.queryset.all()
        data = self.form.cleaned_data if self.form.is_valid() else {}
        for other, values in data.items():
            if other != name:
                rows = self.filters[other].filter(rows, values)
        return rows

    def _data(self, **changes: list[str]) -> QueryDict:
        data = QueryDict(mutable=True)
        for name, values in {**self.chosen, **({"q": [self.words]} if self.words else {}), **changes}.items():
            data.setlist(name, values)
        return data

    def _read(self, name: str, written: Iterable[str]) -> None:
        known = [value for value, _label in self.choices[name]]
        in_capitals = {value.casefold(): value for value in known}
        for value in filter(None, (value.strip() for value in written)):
            if value.casefold() not in in_capitals:
                self.problems.append(unknown_value(name, value, known))
            elif in_capitals[value.casefold()] not in self.chosen.setdefault(name, []):
                self.chosen[name].append(in_capitals[value.casefold()])

    def _read_words(self, written: str) -> None:
        # No database keeps a null byte, so no text has one.
        words = " ".join(written.replace("\x00", " ").split())
        if len(words) > LONGEST_SEARCH:
            words = words[:LONGEST_SEARCH].rsplit(" ", 1)[0]
            self.problems.append(_("The words searched for were too many; only the first were used."))
        self.words = words


def several() -> django_filters.MultipleChoiceFilter:
    """One query name with any number of values; its choices are read for each request."""
    return django_filters.MultipleChoiceFilter(method="choose")


class PublicationFilter(ListFilter):
    key = "slug"
    facets: ClassVar = {
        "kind": Facet(gettext_lazy("Kind"), "kind", words_of(PublicationKind)),
        "programme": Facet(gettext_lazy("Programme"), "programme__slug", programmes),
        "theme": Facet(gettext_lazy("Theme"), "themes__slug", themes),
        "project": Facet(gettext_lazy("Project"), "projects__slug", projects),
        "country": Facet(gettext_lazy("Country"), "countries__code", countries),
        "forum": Facet(gettext_lazy("Forum"), "forums__slug", forums),
    }

    kind = several()
    programme = several()
    theme = several()
    project = several()
    country = several()
    forum = several()
    q = django_filters.CharFilter(method="mentioning")

    class Meta:
        model = Publication
        fields: ClassVar[list[str]] = []


class FindingFilter(ListFilter):
    key = "code"
    facets: ClassVar = {
        "kind": Facet(gettext_lazy("Kind"), "kind", words_of(FindingKind)),
        "programme": Facet(gettext_lazy("Programme"), "programme__slug", programmes),
        "theme": Facet(gettext_lazy("Theme"), "theme__slug", themes),
        "project": Facet(gettext_lazy("Project"), "project__slug", projects),
        "forum": Facet(gettext_lazy("Forum"), "forum__slug", forums),
    }

    kind = several()
    programme = several()
    theme = several()
    project = several()
    forum = several()
    q = django_filters.CharFilter(method="mentioning")

    class Meta:
        model = Finding
        fields: ClassVar[list[str]] = []


class DiscrepancyFilter(ListFilter):
    key = "code"
    grouped_by = "severity"
    facets: ClassVar = {
        # The gravest first, as the list stands.
        "severity": Facet(gettext_lazy("Severity"), "severity", lambda: words_of(Severity)()[::-1]),
        "kind": Facet(gettext_lazy("Kind"), "kind", words_of(DiscrepancyKind)),
        "programme": Facet(gettext_lazy("Programme"), "programme__slug", programmes),
    }
    is_searched = False

    severity = several()
    kind = several()
    programme = several()

    class Meta:
        model = Discrepancy
        fields: ClassVar[list[str]] = []


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
