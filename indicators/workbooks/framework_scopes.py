"""Which part or place of an indicator a row is about, in the words of its column for the scope."""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.folding import fold
from accounts.reading.numbers import Unreadable
from accounts.reading.telling import shown
from forums.models import Forum
from indicators.models import Breakdown, Category, Dimension, Indicator, Series
from indicators.workbooks.framework_columns import LANGUAGES
from partners.models import Country, Partner
from projects.models import Programme, Project

BETWEEN: Final = re.compile(r"[·;]")


class Scopes:
    """Reads words such as "women", "B05" or "B05 · Peru"."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme

    def read(self, words: str, indicator: Indicator) -> Series:
        """The series that the words are about, unsaved.

        Raises:
            Unreadable: when a word means nothing or several things here, or when no such series can be.
        """
        scope: dict[str, Any] = {}
        categories: dict[Dimension, Category] = {}
        meant: dict[Any, str] = {}
        for word in filter(None, (each.strip() for each in BETWEEN.split(words))):
            record = self._record(word)
            place: Any = record.dimension if isinstance(record, Category) else type(record)
            if place in meant:
                raise Unreadable(
                    _("“%(one)s” and “%(other)s” cannot both be meant: give each a row of its own.")
                    % {"one": shown(meant[place]), "other": shown(word)}
                )
            meant[place] = word
            if isinstance(record, Category):
                self._check_dimension(record.dimension, indicator)
                categories[record.dimension] = record
            else:
                scope[type(record)._meta.model_name or ""] = record
        if categories and scope:
            raise Unreadable(
                _("Parts stand below the total of the indicator alone: open those of a project, country or institution in the administration.")
            )  # fmt: skip
        scope.setdefault("project", indicator.project)
        return Series(indicator=indicator, breakdown=Breakdown(key=Breakdown.key_of(categories.values())), **scope)

    def categories_of(self, series: Series) -> list[Category]:
        """What an unsaved series is broken down by."""
        pairs = {pair.partition("=")[::2] for pair in filter(None, series.breakdown.key.split(";"))}
        return [each for each in self._categories if (each.dimension.code, each.code) in pairs]

    def _record(self, word: str) -> Any:
        found = self._known.get(fold(word), [])
        if not found:
            raise Unreadable(
                _("Nothing here is called “%(word)s”: write a part (women), or a project’s code, a country, an institution or a forum.")
                % {"word": shown(word)}
            )  # fmt: skip
        if len(found) > 1:
            raise Unreadable(
                _("“%(word)s” can be several things: write the code of one of these: %(codes)s.")
                % {"word": shown(word), "codes": ", ".join(_code(each) for each in found)}
            )
        return found[0]

    def _check_dimension(self, dimension: Dimension, indicator: Indicator) -> None:
        is_stated = indicator.dimensions.filter(pk=dimension.pk).exists()
        if not is_stated and not indicator.series.filter(breakdown__categories__dimension=dimension).exists():
            raise Unreadable(
                _("%(indicator)s is not broken down by %(dimension)s: add that to the indicator first.")
                % {"indicator": indicator.code, "dimension": dimension}
            )

    @cached_property
    def _categories(self) -> list[Category]:
        return list(Category.objects.select_related("dimension"))

    @cached_property
    def _known(self) -> dict[str, list[Any]]:
        """Whatever a word can mean; asked for only by sheets that have such rows."""
        known: dict[str, list[Any]] = defaultdict(list)
        for record, names in self._named():
            for name in {fold(name) for name in names if name}:
                known[name].append(record)
        return known

    def _named(self) -> Iterator[tuple[Any, list[str]]]:
        for category in self._categories:
            yield category, [_code(category), *(getattr(category, f"name_{each}") for each in LANGUAGES)]
        for project in Project.objects.filter(programme=self.programme):
            yield project, [project.slug, project.code]
        for country in Country.objects.all():
            yield country, [country.code, *(getattr(country, f"name_{each}") for each in LANGUAGES)]
        named = Q(partnerships__project__programme=self.programme) | Q(series__indicator__programme=self.programme)
        for partner in Partner.objects.filter(named).distinct().prefetch_related("aliases"):
            yield partner, [partner.slug, partner.name, partner.acronym, *(each.name for each in partner.aliases.all())]
        for forum in Forum.objects.filter(programme=self.programme):
            yield forum, [forum.slug, forum.title]


def _code(record: Any) -> str:
    if isinstance(record, Category):
        return f"{record.dimension.code}={record.code}"
    return str(record.code if isinstance(record, Country) else record.slug)
