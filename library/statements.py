"""What places of the sources state, as pages show it: what it is about, what is printed, and whether it was adopted."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from indicators.models import Actual, Series
from indicators.tables import Names, unit_beside
from library.models import Citation, Discrepancy
from partners.models import Partner


@dataclass(frozen=True)
class Link:
    """A thing that a statement names; ``lang`` is the language of its name where that is its own."""

    label: str
    url: str = ""
    lang: str = ""


class Statement:
    """One citation with links to what it is about."""

    def __init__(self, citation: Citation, names: Names) -> None:
        self.citation = citation
        self.names = names

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
        return Stated(self.citation.figure, self.names) if self.citation.differs else None


class Stated:
    """A figure that stands in a discrepancy itself, without a citation of its own; shown like a row of results."""

    def __init__(self, figure: Any, names: Names) -> None:
        self.figure = figure
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


def statements(citations: Iterable[Citation], names: Names) -> list[Statement]:
    return [Statement(citation, names) for citation in citations]


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
    def of(cls, discrepancies: Iterable[Discrepancy], names: Names) -> "list[Disagreement]":
        """Discrepancies from ``Discrepancy.objects.with_statements()``."""
        disagreements = []
        for discrepancy in discrepancies:
            cited = discrepancy.citations.all()
            # A figure whose own citation stands among the statements is not said twice.
            said = {citation.actual_id for citation in cited}
            figures: list[Actual] = [actual for actual in discrepancy.actuals.all() if actual.pk not in said]
            disagreements.append(
                cls(discrepancy, statements(cited, names), [Stated(figure, names) for figure in figures])
            )
        return disagreements


def by_kind(records: Iterable[Any]) -> list[tuple[str, list[Any]]]:
    """Publications or findings, in the order of their kinds, under the name of each kind."""
    return [(kind, list(of_kind)) for kind, of_kind in groupby(records, key=lambda record: record.get_kind_display())]
