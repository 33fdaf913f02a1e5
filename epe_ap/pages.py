"""What pages share: how they read an address, and what they say about what it asks for in vain."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.reading.telling import shown


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
            _("“%(value)s” is not the number of a page; this is the first one.") % {"value": shown(asked)}
        ]
    except EmptyPage:
        last = paginator.num_pages if not asked.startswith(("-", "0")) else 1
        sentence = ngettext(
            "There is no page %(value)s: there is %(last)s page, shown here.",
            "There is no page %(value)s: there are %(last)s pages; this is page %(shown)s.",
            paginator.num_pages,
        )
        said = {"value": shown(asked), "last": paginator.num_pages, "shown": last}
        return paginator.page(last), [sentence % said]


def page_numbers(page: Page) -> Sequence[int | str]:
    """The numbers that the component ``pagination.html`` links to."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))


#: An address may hold a thousand mistakes; nobody reads so many sentences about them.
MOST_PROBLEMS = 20


def few(sentences: Sequence[str], most: int = MOST_PROBLEMS) -> list[str]:
    """The first of these sentences, and how many more there are."""
    if len(sentences) <= most:
        return list(sentences)
    more = len(sentences) - most
    rest = ngettext(
        "%(number)s more thing in the address was left aside.",
        "%(number)s more things in the address were left aside.",
        more,
    )
    return [*sentences[:most], rest % {"number": more}]


def unknown_names(query: QueryDict, known: Iterable[str] = ()) -> list[str]:
    """A sentence for each name in an address that this page does not know, naming those that it does."""
    names = list(known)
    sentences = []
    for name in query:
        if name in names:
            continue
        if names:
            sentence = _("“%(name)s” is not a filter of this page and was left aside. Known are: %(known)s.")
        else:
            sentence = _("“%(name)s” means nothing on this page and was left aside.")
        sentences.append(sentence % {"name": shown(name), "known": ", ".join(names)})
    return sentences


def unknown_value(name: str, value: str, known: Iterable[str]) -> str:
    """A sentence about a value that a filter does not have; a long list of values is not repeated in it."""
    values = list(known)
    if len(values) > 12:
        return _(
            "“%(value)s” is not a value of “%(name)s” and was left aside. Choose one from the list of filters."
        ) % {
            "value": shown(value),
            "name": name,
        }
    return _("“%(value)s” is not a value of “%(name)s” and was left aside. Known are: %(known)s.") % {
        "value": shown(value),
        "name": name,
        "known": ", ".join(values) or "–",
    }
