"""Figures as they are published, for feed readers: one feed in each language, ``/fr/feed/``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from epe_ap.sharing import has_figure, in_a_sentence
from indicators.models import Actual, Result
from indicators.querysets import ResultQuerySet
from indicators.quotations import quotation
from indicators.tables import FigureRow, figure_rows, reader_language

#: Entries of a feed.
MOST: int = 50
#: How many of the last changes are looked through for them: of some figures several, of others none that is public.
LOOKED_THROUGH: int = 1000


@dataclass(frozen=True)
class Entry:
    """A published figure, and since when it stands here as it does."""

    row: FigureRow
    moment: datetime


class NewFigures(Feed):
    """The figures that were published or changed last, nothing of a demonstration and nothing withheld."""

    feed_type = Atom1Feed

    def title(self) -> str:
        return _("EPE-AP results: newly published figures")

    def subtitle(self) -> str:
        return _("Each figure with its limits and its source, as it is published or corrected.")

    def link(self) -> str:
        return reverse("results")

    def feed_url(self) -> str:
        return reverse("feed")

    def items(self) -> Sequence[Entry]:
        return newest(Result.objects.public().real())

    def item_title(self, item: Entry) -> str:
        return in_a_sentence(item.row)

    def item_description(self, item: Entry) -> str:
        # A feed reader takes it for HTML.
        return escape(" ".join(filter(None, (quotation(item.row, reader_language()), item.row.note))))

    def item_link(self, item: Entry) -> str:
        return item.row.figure_url

    def item_guid(self, item: Entry) -> str:
        # The same whatever the host is called, and another one in each language.
        return f"urn:uuid:{uuid5(NAMESPACE_URL, f'{get_language()}/{item.row.result.key}')}"

    def item_updateddate(self, item: Entry) -> datetime:
        return item.moment

    def item_categories(self, item: Entry) -> list[str]:
        return [str(theme) for theme in item.row.themes]


def newest(results: ResultQuerySet) -> list[Entry]:
    """The last published of these results, the latest first.

    A figure is new when it was written or changed here, or when its period was published, whichever came last. The date
    of its source is another one, and stands in its sentence.
    """
    changed: dict[int, datetime] = {}
    history = Actual.history.order_by("-history_date", "-history_id").values_list("id", "history_date")
    for pk, moment in history[:LOOKED_THROUGH]:
        changed.setdefault(pk, moment)
    of_periods = results.filter(actual_record__isnull=False, period__published_at__isnull=False)
    moments: dict[int, datetime] = {}
    found = (
        results.filter(actual_record__in=changed).values_list("pk", "actual_record", "period__published_at"),
        of_periods.order_by("-period__published_at").values_list("pk", "actual_record", "period__published_at")[
            :LOOKED_THROUGH
        ],
    )
    for pk, actual, published_at in (line for lines in found for line in lines):
        known = [moment for moment in (changed.get(actual), published_at) if moment is not None]
        moments[pk] = max(known)
    chosen = sorted(moments, key=lambda pk: (moments[pk], pk), reverse=True)[: 2 * MOST]
    [rows] = figure_rows(results.filter(pk__in=chosen), with_parts=False)
    rows.sort(key=lambda row: (moments[row.result.pk], row.result.pk), reverse=True)
    return [Entry(row, moments[row.result.pk]) for row in rows if has_figure(row)][:MOST]
