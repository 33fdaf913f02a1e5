"""What places of the sources state, as pages show it: what it is about, what is printed, and whether it was adopted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import groupby
from operator import or_
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from indicators.models import Actual, Result, Series
from indicators.tables import Names, unit_beside
from library.models import CITED_FIGURES, Citation, Discrepancy
from partners.models import Partner


@dataclass(frozen=True)
class Link:
    """A thing that a statement names; ``lang`` is the language of its name where that is its own."""

    label: str
    url: str = ""
    lang: str = ""


#: Addresses of the pages of baselines, targets and actuals, by the name of the model and the primary key.
Pages = Mapping[tuple[str, int], str]


class Statement:
    """One citation with links to what it is about; ``figure_url`` leads to the page of its figure, where that has one."""

    def __init__(self, citation: Citation, names: Names, pages: Pages) -> None:
        self.citation = citation
        self.names = names
        self.pages = pages
        self.figure_url = page_of_figure(citation.figure, pages)

    @property
    def about(self) -> str:
        """Which fact it is: the target, the baseline, or which field of a record."""
        if self.citation.target_id:
            return _("target")
        if self.citation.baseline_id:
            return _("baseline")
        return "" if self.citation.actual_id else str(self.citation.get_about_display())

    @property
    def subject(self) -> list[Link]:
        citation = self.citation
        figure = citation.figure
        if figure is not None:
            return links_of(figure.series, self.names)
        if citation.partnership is not None:
            project = citation.partnership.project
            return [Link(project.code, project.get_absolute_url()), partner_link(citation.partnership.partner)]
        if citation.partner is not None:
            return [partner_link(citation.partner)]
        if citation.programme is not None:
            return [Link(citation.programme.code, citation.programme.get_absolute_url())]
        subject = citation.subject
        return [Link(str(subject), subject.get_absolute_url(), getattr(subject, "language", ""))]

    @property
    def scope(self) -> list[Link]:
        """The scope of the figure that it is about, without its indicator: empty for the programme as a whole."""
        return self.subject[1:]

    @property
    def adopted(self) -> "Stated | None":
        """The figure that was adopted instead, where the printed one differs."""
        return Stated(self.citation.figure, self.names, self.pages) if self.citation.differs else None


class Stated:
    """A figure that stands in a discrepancy itself, without a citation of its own; shown like a row of results."""

    def __init__(self, figure: Any, names: Names, pages: Pages) -> None:
        self.figure = figure
        self.figure_url = page_of_figure(figure, pages)
        self.measure = figure.series.indicator.measure
        self.currency = figure.series.indicator.currency
        self.unit = unit_beside(figure.series.indicator)
        self.actual = figure.ratio
        self.share = figure.share
        self.qualifier = figure.qualifier
        self.subject = links_of(figure.series, names)


def links_of(series: Series, names: Names) -> list[Link]:
    """The indicator of a series, then the parts of its scope, then its breakdown."""
    links = [Link(series.indicator.name, series.indicator.get_absolute_url())]
    if series.project is not None:
        links.append(Link(series.project.code, series.project.get_absolute_url()))
    if series.partner is not None and series.partner.is_public:
        links.append(partner_link(series.partner))
    if series.forum is not None:
        links.append(Link(_("forum %(number)s") % {"number": series.forum.number}, series.forum.get_absolute_url()))
    if series.country is not None:
        links.append(Link(series.country.name, series.country.get_absolute_url()))
    if series.breakdown.key:
        links.append(Link(names.breakdown(series.breakdown.key)))
    return links


def partner_link(partner: Partner) -> Link:
    return Link(partner.name, partner.get_absolute_url(), partner.language)


def statements(citations: Iterable[Citation], names: Names, *, with_pages: bool = False) -> list[Statement]:
    """Citations as statements; ``with_pages`` leads to the pages of their figures, and costs one query."""
    found = list(citations)
    pages = figure_pages(citation.figure for citation in found) if with_pages else {}
    return [Statement(citation, names, pages) for citation in found]


def figure_pages(figures: Iterable[Any]) -> dict[tuple[str, int], str]:
    """The page of each of these baselines, targets and actuals that has one, in one query at most.

    A target or a baseline stands on the page of each period that it is compared in: the latest, else the first.
    """
    wanted: dict[str, set[int]] = {name: set() for name in CITED_FIGURES}
    for figure in figures:
        if figure is not None:
            wanted[figure._meta.model_name].add(figure.pk)
    condition = reduce(or_, (Q(**{f"{name}_record__in": keys}) for name, keys in wanted.items() if keys), Q())
    if not condition:
        return {}
    pages: dict[tuple[str, int], str] = {}
    results = Result.objects.public().real().filter(condition, is_suppressed=False)
    for result in results.order_by("-is_latest", "key").only("key", *(f"{name}_record_id" for name in CITED_FIGURES)):
        for name in CITED_FIGURES:
            key = getattr(result, f"{name}_record_id")
            if key is not None:
                pages.setdefault((name, key), result.get_absolute_url())
    return pages


def page_of_figure(figure: Any, pages: Pages) -> str:
    return "" if figure is None else pages.get((figure._meta.model_name, figure.pk), "")


@dataclass(frozen=True)
class Disagreement:
    """A discrepancy with the statements and the figures that do not fit together."""

    discrepancy: Discrepancy
    statements: list[Statement]
    figures: list[Stated]

    @property
    def number(self) -> int:
        """How many statements and figures do not fit together."""
        return len(self.statements) + len(self.figures)

    @classmethod
    def of(
        cls, discrepancies: Iterable[Discrepancy], names: Names, *, with_pages: bool = False
    ) -> "list[Disagreement]":
        """Discrepancies from ``Discrepancy.objects.with_statements()``.

        ``with_pages`` leads to the pages of their figures, and costs one query.
        """
        rows = list(discrepancies)
        pages: Pages = {}
        if with_pages:
            figures_cited = [citation.figure for row in rows for citation in row.citations.all()]
            pages = figure_pages([*figures_cited, *(actual for row in rows for actual in row.actuals.all())])
        disagreements = []
        for discrepancy in rows:
            cited = discrepancy.citations.all()
            # A figure whose own citation stands among the statements is not said twice.
            said = {citation.actual_id for citation in cited}
            figures: list[Actual] = [actual for actual in discrepancy.actuals.all() if actual.pk not in said]
            disagreements.append(
                cls(
                    discrepancy,
                    [Statement(citation, names, pages) for citation in cited],
                    [Stated(figure, names, pages) for figure in figures],
                )
            )
        return disagreements


def by_kind(records: Iterable[Any]) -> list[tuple[str, list[Any]]]:
    """Publications or findings, in the order of their kinds, under the name of each kind."""
    return [(kind, list(of_kind)) for kind, of_kind in groupby(records, key=lambda record: record.get_kind_display())]
