"""What a page says of itself where it is found or shared: its main figure, in a sentence, short enough for a list of pages.

Rows are those of ``indicators.tables``; nothing here asks the database.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from html import unescape
from typing import Final

from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from epe_ap.templatetags.figures import amount, number, percent, qualifier
from indicators.choices import Measure, Nature, Origin
from indicators.quotations import scope_in_words, value_in_words, when_in_words
from indicators.tables import FigureRow, FigureTables
from projects.models import Programme

#: Of a description, as lists of found pages have room for.
MOST_LETTERS: Final = 160
#: Renewed when pictures are drawn otherwise, so that those that were kept elsewhere are asked for anew.
DRAWING: Final = "1"


def plain(markup: str, most: int | None = None) -> str:
    """The text of a piece of a page on one line; no more than ``most`` letters, cut between two words."""
    # No-break spaces are no white space here: they stay in the numbers.
    text = re.sub(r"[ \t\r\n]+", " ", unescape(strip_tags(markup))).strip()
    if most is None or len(text) <= most:
        return text
    return text[:most].rpartition(" ")[0].rstrip(" ,;:.–-(") + "…"


def has_figure(row: FigureRow) -> bool:
    """Whether there is a number to show: none that is withheld, missing, or said in words alone."""
    is_shown = not (row.is_not_applicable or row.is_suppressed or row.measure == Measure.QUALITATIVE)
    return is_shown and (row.actual is not None or row.share is not None)


def main_figure(figures: FigureTables | Iterable[FigureRow] | FigureRow | None) -> FigureRow | None:
    """The figure that stands for a page: a headline figure, else an outcome, else one with a target, else the first."""
    if isinstance(figures, FigureRow):
        figures = [figures]
    rows = figures.rows if isinstance(figures, FigureTables) else list(figures or ())
    shown = [row for row in rows if has_figure(row)]

    def place(row: FigureRow) -> tuple[int, bool, bool, int]:
        rank = row.indicator.headline_rank
        return (
            1_000_000 if rank is None else rank,
            row.nature != Nature.OUTCOME,
            row.target is None,
            -row.period.ends_on.toordinal(),
        )

    return min(shown, key=place, default=None)


def in_a_sentence(row: FigureRow) -> str:
    """A figure for somebody who sees nothing else of the page."""
    said = {
        "name": row.indicator.name,
        "value": value_in_words(row),
        "about": ", ".join([*scope_in_words(row), when_in_words(row)]),
    }
    return pgettext("a figure, its value and what it is about", "%(name)s: %(value)s (%(about)s)") % said


@dataclass(frozen=True)
class Shared:
    """What the picture of a figure says, line by line; of the site as a whole where it has no figure."""

    site: str
    programme: str
    sentence: str
    about: str = ""
    qualifier: str = ""
    number: str = ""
    unit: str = ""
    limit: str = ""
    source: str = ""
    warning: str = ""

    @property
    def version(self) -> str:
        """Another one whenever the picture says anything else."""
        said = "\x1f".join((DRAWING, get_language() or "", *astuple(self)))
        return hashlib.sha256(said.encode()).hexdigest()[:12]

    @property
    def words(self) -> str:
        """For whoever cannot see the picture."""
        figure = " ".join(filter(None, (self.qualifier, self.number, self.unit)))
        said = filter(None, (self.warning, self.about, figure, self.sentence, self.limit, self.source, self.programme))
        return " – ".join(said)

    @classmethod
    def of_site(cls, programme: Programme | None = None) -> "Shared":
        sentence = _("What the programme achieved: each figure with its target, its source and its limits.")
        name = programme.name if programme else _("Education for employment in the Pacific Alliance, 2016–2023")
        return cls(site=_("EPE-AP results"), programme=name, sentence=sentence)

    @classmethod
    def of(cls, row: FigureRow) -> "Shared":
        is_share = row.actual is None
        source = row.source
        place = ", ".join(filter(None, (source.document.short_title, source.section))) if source else ""
        return cls(
            site=_("EPE-AP results"),
            programme=row.result.programme.name,
            sentence=row.indicator.name,
            about=" · ".join([*scope_in_words(row), when_in_words(row)]),
            qualifier=qualifier(row.qualifier),
            number=percent(row.share) if is_share else amount(row),
            unit=_("of the total") if is_share else row.unit,
            limit=_limit(row),
            source=f"{_('Source:')} {place}" if place else _("calculated") if row.origin == Origin.COMPUTED else "",
            warning=_("A demonstration programme: these figures are fictitious.") if row.is_demonstration else "",
        )


def _limit(row: FigureRow) -> str:
    """What a figure must not be shown without: its target, its base, and that its sources disagree."""
    parts = []
    if row.measure == Measure.PERCENTAGE:
        if row.denominator is None:
            parts.append(_("base not stated"))
        else:
            parts.append(_("%(part)s of %(whole)s") % {"part": number(row.numerator), "whole": number(row.denominator)})
    if row.target is not None:
        words = " ".join(filter(None, (qualifier(row.target_qualifier), amount(row, "target"))))
        parts.append(f"{_('Target:')} {words}")
    if row.discrepancy:
        parts.append(_("the sources disagree"))
    return " · ".join(parts)


def picture_path(row: FigureRow | None, shared: Shared) -> str:
    """The address of a picture. It holds the version of what it says, so it may be kept for a year."""
    if row is None:
        return reverse("site_picture", args=[shared.version])
    return reverse("figure_picture", args=[shared.version, row.result.key]) + row.query
