"""Results as tables of a page: rows with their parts inside, those with a stated target first, grouped under headings."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import chain
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from epe_ap.templatetags.figures import number
from indicators.choices import ChangeUnit, Measure, Nature, PeriodState, Qualifier, Status
from indicators.models import Category, Indicator, Result
from indicators.querysets import SCOPE, ResultQuerySet
from indicators.rules import Quantity, share_from_counts
from projects.demonstrations import query_of
from projects.models import Theme

NATURE_HEADINGS = {
    Nature.OUTCOME: gettext_lazy("What changed (outcomes)"),
    Nature.OUTPUT: gettext_lazy("What was delivered (outputs)"),
    Nature.ACTIVITY: gettext_lazy("What was done (activities)"),
    Nature.INPUT: gettext_lazy("What was put in (inputs)"),
    Nature.CONTEXT: gettext_lazy("Context"),
}


@dataclass(frozen=True)
class Names:
    """Names of what rows mention by code alone: themes, and the categories of breakdowns."""

    themes: Mapping[tuple[int, str], Theme]
    categories: Mapping[tuple[str, str], Category]

    @classmethod
    def load(cls) -> "Names":
        """All of them, in two queries."""
        return cls.of(Theme.objects.all(), Category.objects.select_related("dimension"))

    @classmethod
    def of(cls, themes: Iterable[Theme], categories: Iterable[Category]) -> "Names":
        return cls(
            themes={(theme.programme_id, theme.code): theme for theme in themes},
            categories={(category.dimension.code, category.code): category for category in categories},
        )

    def breakdown(self, key: str) -> str:
        """``sex=women`` as "women", in the reader's language."""
        labels = []
        for pair in filter(None, key.split(";")):
            dimension, _equals, code = pair.partition("=")
            category = self.categories.get((dimension, code))
            labels.append(category.name if category else pair)
        return " · ".join(labels)


@dataclass
class ScopePart:
    """A project, country, partner or forum that a row is about, with the name that a list has room for."""

    record: Any
    label: str
    lang: str = ""
    #: What its address needs: see ``projects.demonstrations.query_of``.
    query: str = ""

    def get_absolute_url(self) -> str:
        return f"{self.record.get_absolute_url()}{self.query}"


class FigureRow:
    """A result as the components of a page show it; whatever is not said here is the result's own."""

    def __init__(self, result: Result, names: Names, parts: Iterable["FigureRow"] = ()) -> None:
        self.result = result
        self.names = names
        self.parts = list(parts)
        #: Whether it stands beside figures of other programmes, so that its own must be named.
        self.is_among_others = False

    def __getattr__(self, name: str) -> Any:
        # Never reached for what __init__ sets; a copy or a pickle asks before that.
        if name in ("result", "names", "parts", "is_among_others"):
            raise AttributeError(name)
        return getattr(self.result, name)

    @property
    def status(self) -> str:
        """As it stands today: whether a missing figure is due depends on the day."""
        return getattr(self.result, "status_today", self.result.status)

    @property
    def get_status_display(self) -> Any:
        return Status(self.status).label

    @property
    def is_demonstration(self) -> bool:
        """Whether it is of a demonstration programme, whose themes have no public pages."""
        return self.result.programme.is_demonstration

    @property
    def query(self) -> str:
        """What the addresses of its indicator and project need."""
        return query_of(self.result.programme)

    @cached_property
    def scope(self) -> list[ScopePart]:
        """Project, partner, forum and country, as far as they are set; before them the programme, where there are several."""
        result = self.result
        parts = []
        if self.is_among_others:
            parts.append(ScopePart(result.programme, result.programme.code))
        if result.project is not None:
            parts.append(ScopePart(result.project, result.project.code, query=self.query))
        if result.partner is not None and result.partner.is_public:
            parts.append(ScopePart(result.partner, result.partner.short_name, result.partner.language))
        if result.forum is not None:
            parts.append(ScopePart(result.forum, _("forum %(number)s") % {"number": result.forum.number}))
        if result.country is not None:
            parts.append(ScopePart(result.country, result.country.name))
        return parts

    @property
    def is_regional(self) -> bool:
        return self.result.country_id is None

    @property
    def scope_label(self) -> str:
        """The scope in plain words; a row of no country says so."""
        labels = [part.label for part in self.scope]
        return " · ".join([*labels, *([_("regional")] if self.is_regional else [])])

    @property
    def period_label(self) -> str:
        return self.result.period.name

    @property
    def breakdown_label(self) -> str:
        return self.names.breakdown(self.result.breakdown_key)

    @property
    def themes(self) -> list[Theme]:
        found = (self.names.themes.get((self.result.programme_id, code)) for code in self.result.theme_codes)
        return [theme for theme in found if theme is not None]

    @property
    def currency(self) -> str:
        return self.result.indicator.currency

    @property
    def unit(self) -> str:
        """The unit after the number: one firm, two firms."""
        singular = self.result.indicator.unit_singular
        return singular if singular and self.result.actual == 1 else self.unit_of_many

    @property
    def unit_of_many(self) -> str:
        """The unit in a heading, without the sign that the numbers themselves bear."""
        return unit_beside(self.result.indicator)

    @property
    def actual_shown(self) -> Any:
        """The actual that the row shows, if any: what is withheld shows no note and no printed value either."""
        return None if self.result.is_suppressed else self.result.actual_record

    @property
    def text(self) -> str:
        return self.actual_shown.text if self.actual_shown else ""

    @property
    def target_text(self) -> str:
        """A target that is described in words alone."""
        target = self.result.target_record
        return target.text if target is not None and self.result.target is None else ""

    @property
    def note(self) -> str:
        return self.actual_shown.note if self.actual_shown else ""

    @cached_property
    def sources(self) -> list[Any]:
        """The citations of the actual, that of the adopted value first; those of the target where it stands alone."""
        figure: Any = self.actual_shown if self.result.actual_record is not None else self.result.target_record
        return list(figure.citations.all()) if figure is not None else []

    @property
    def source(self) -> Any:
        return self.sources[0] if self.sources else None

    @property
    def more_sources(self) -> list[Any]:
        return self.sources[1:]

    @property
    def discrepancy(self) -> bool:
        return self.result.has_discrepancy or self.result.is_contested

    @property
    def discrepancy_url(self) -> str:
        return f"{reverse('indicator', args=[self.result.indicator.slug])}#discrepancies"

    @property
    def range_text(self) -> str:
        """Between which values the sources of a contested figure differ."""
        result = self.result
        if not result.is_contested or result.is_suppressed:
            return ""
        return _("%(low)s to %(high)s") % {"low": number(result.range_low), "high": number(result.range_high)}

    @property
    def url(self) -> str:
        return self.result.indicator.get_absolute_url()

    @property
    def headline_sentence(self) -> str:
        """What goes on from the number where it stands large: a sentence, else the name of the indicator."""
        return self.result.indicator.headline_sentence or self.result.indicator.name

    @cached_property
    def figure_url(self) -> str:
        """Where it is said how this figure is made; nowhere for what is withheld, or not public."""
        result = self.result
        if result.is_suppressed or not (result.is_public or self._would_be_public):
            return ""
        return f"{result.get_absolute_url()}{self.query}"

    @property
    def _would_be_public(self) -> bool:
        """Of a demonstration nothing is marked public: what would be, as ``ResultQuerySet.public`` has it."""
        result = self.result
        if not (result.programme.is_demonstration and result.indicator.is_public):
            return False
        is_target_alone = result.actual_record_id is None and result.actual is None
        return is_target_alone or result.period.state == PeriodState.PUBLISHED

    @cached_property
    def women_share(self) -> Decimal | None:
        """Percent of women: as printed, or computed from the two counts."""
        women = self._women
        if women is None:
            return None
        if women.share is not None:
            return women.share
        if self.result.measure != Measure.COUNT:
            return None
        # No source prints it: the page says so.
        return share_from_counts(part=_quantity(women), total=_quantity(self.result)).value

    @property
    def women_share_is_computed(self) -> bool:
        """Whether the share of women was computed from two counts, so that no source prints it."""
        women = self._women
        return women is not None and women.share is None and self.women_share is not None

    @property
    def _women(self) -> Result | None:
        return next((part.result for part in self.parts if part.result.breakdown_key == "sex=women"), None)


def unit_beside(indicator: Indicator) -> str:
    """The unit of an indicator without the sign that its numbers themselves bear, as "%" or a currency."""
    if indicator.measure == Measure.PERCENTAGE:
        return indicator.unit.removeprefix("%").strip()
    if indicator.measure == Measure.CURRENCY:
        return ""
    if indicator.change_unit == ChangeUnit.AS_PRINTED:
        return f"{indicator.unit}, {indicator.get_change_unit_display()}"
    return indicator.unit


@dataclass
class FigureTables:
    """What a page shows of a set of results: rows with a stated target, then rows without, each as (heading, rows)."""

    with_target: list[tuple[Any, list[FigureRow]]] = field(default_factory=list)
    recorded: list[tuple[Any, list[FigureRow]]] = field(default_factory=list)

    @property
    def rows(self) -> list[FigureRow]:
        return [row for _heading, rows in (*self.with_target, *self.recorded) for row in rows]

    @property
    def groups(self) -> list[tuple[Any, list[FigureRow]]]:
        """All rows under their headings, those with a target first in each."""
        found: dict[str, tuple[Any, list[FigureRow]]] = {}
        for heading, rows in (*self.with_target, *self.recorded):
            found.setdefault(str(heading), (heading, []))[1].extend(rows)
        return list(found.values())

    @property
    def number(self) -> int:
        return len(self.rows)

    @property
    def number_with_target(self) -> int:
        return sum(len(rows) for _heading, rows in self.with_target)

    @property
    def common_period(self) -> str:
        """The name of the period where all rows have the same one; else empty."""
        periods = {row.result.period_id: row.period_label for row in self.rows}
        return periods.popitem()[1] if len(periods) == 1 else ""

    def __bool__(self) -> bool:
        return bool(self.with_target or self.recorded)


def figure_tables(results: ResultQuerySet, *, group: str = "family", names: Names | None = None) -> FigureTables:
    """The tables of a page with these rows (totals and parts without total), parts put inside.

    ``group`` is ``family``, ``result`` (expected result) or ``nature``. Five queries at most, however many rows.
    """
    ordered = results.in_order(group=group, sort="name", language=reader_language())
    (rows,) = figure_rows(ordered, names=names)
    return tables_of(rows, group=group)


def figure_rows(*results: ResultQuerySet, names: Names | None = None, with_parts: bool = True) -> list[list[FigureRow]]:
    """The rows of each of these querysets, in its order, every row with its parts inside.

    One query for each queryset, one for all parts, one for all citations; two more where ``names`` are not at hand.
    """
    names = names or Names.load()
    today = timezone.localdate()
    lists = [list(rows.on(today).for_results_page()) for rows in results]
    every = [row for rows in lists for row in rows]
    Result.objects.add_citations(every)
    parts: dict[tuple[int | None, ...], list[FigureRow]] = defaultdict(list)
    totals = {row.row_key: row for row in every if row.breakdown_key == ""}
    for part in Result.objects.on(today).parts_of(every if with_parts else ()).select_related("actual_record"):
        total = totals.get(part.row_key)
        if total is not None:
            # What they have in common is read once.
            for relation in ("programme", "indicator", "period", *SCOPE):
                setattr(part, relation, getattr(total, relation))
            parts[part.row_key].append(FigureRow(part, names))
    shown = [
        [FigureRow(row, names, parts[row.row_key] if row.breakdown_key == "" else ()) for row in rows] for rows in lists
    ]
    if len({row.programme_id for row in every}) > 1:
        for row in chain.from_iterable(shown):
            row.is_among_others = True
    return shown


def tables_of(rows: Iterable[FigureRow], *, group: str = "family") -> FigureTables:
    """Rows, already in order, under their headings."""
    tables = FigureTables()
    for row in rows:
        has_target = row.result.target is not None or row.result.target_final is not None
        table = tables.with_target if has_target else tables.recorded
        heading = heading_of(row, group)
        if not table or table[-1][0] != heading:
            table.append((heading, []))
        table[-1][1].append(row)
    return tables


def heading_of(row: FigureRow, group: str) -> Any:
    """What a row is grouped under: an expected result, a theme or themes, a country, or the name of a family or nature."""
    result = row.result
    if group == "theme":
        if len(row.themes) == 1 and not row.is_demonstration:
            return row.themes[0]
        return " · ".join(map(str, row.themes)) or _("No theme")
    if group == "country":
        return result.country or _("Regional (no single country)")
    if group == "result":
        expected = result.indicator.expected_result
        if expected is None:
            return _("No expected result")
        # Its address names the programme, which was read with the row.
        expected.programme = result.programme
        return expected
    if group == "nature":
        return _capitalised(NATURE_HEADINGS[Nature(result.nature)])
    return _capitalised(result.get_family_display())


def reader_language() -> str:
    """The language of the page, as columns name it."""
    return (get_language() or "fr").partition("-")[0]


def _quantity(result: Result) -> Quantity | None:
    return None if result.actual is None else Quantity(result.actual, Qualifier(result.qualifier or Qualifier.EXACT))


def _capitalised(text: str | Promise) -> str:
    words = str(text)
    return words[:1].upper() + words[1:]
