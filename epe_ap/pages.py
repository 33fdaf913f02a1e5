"""What long lists share: the page that an address asks for."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class CountedPaginator(Paginator):
    """A paginator that was told how many rows there are, and does not ask the database again."""

    def __init__(self, rows: Any, per_page: int, *, number: int) -> None:
        super().__init__(rows, per_page)
        self._number = number

    @cached_property
    def count(self) -> int:
        return self._number


def page_of(rows: Any, *, asked: str, number: int, per_page: int = 50) -> tuple[Page, list[str]]:
    """The page that an address asks for, and sentences about what it could not have.

    ``rows`` is sliced and not counted: ``number`` says how many there are.
    """
    paginator = CountedPaginator(rows, per_page, number=number)
    try:
        return paginator.page(asked or 1), []
    except PageNotAnInteger:
        return paginator.page(1), [
            _("“%(value)s” is not the number of a page; this is the first one.") % {"value": asked[:60]}
        ]
    except EmptyPage:
        last = paginator.num_pages if not asked.startswith(("-", "0")) else 1
        sentence = ngettext(
            "There is no page %(value)s: there is %(last)s page, shown here.",
            "There is no page %(value)s: there are %(last)s pages; this is page %(shown)s.",
            paginator.num_pages,
        )
        shown = {"value": asked[:60], "last": paginator.num_pages, "shown": last}
        return paginator.page(last), [sentence % shown]


def page_numbers(page: Page) -> Sequence[int | str]:
    """The numbers that the component ``pagination.html`` links to."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))
