"""Texts and dates as the reader's language writes them."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from html import unescape
from itertools import groupby
from typing import Any

from django import template
from django.conf import settings
from django.utils.dates import MONTHS
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext

from accounts.choices import DatePrecision, Language

register = template.Library()


@register.filter
def passage(record: Any, field: str) -> str | SafeString:
    """A translated text of ``record``; where the reader's language lacks it, the one there is, marked with its language."""
    language = _language()
    own: str = getattr(record, f"{field}_{language}")
    if own:
        return own
    for code, _name in settings.LANGUAGES:
        text = getattr(record, f"{field}_{code}")
        if text:
            return format_html('<span lang="{}">{}</span>', code, text)
    return ""


@register.filter
def translation(record: Any, field: str = "translated_title") -> str:
    """Our own translation of a title or name into the reader's language; empty when it stands in it already."""
    language = _language()
    if record.language == language:
        return ""
    text: str = getattr(record, f"{field}_{language}")
    return text


@register.filter
def days(dates: Iterable[date]) -> str:
    """Days, in the fewest words: "March 21 and 22, 2019", "October 15, 22 and 29 and November 5, 2020"."""
    ordered = sorted(dates)
    years = []
    for year, of_year in groupby(ordered, key=lambda day: day.year):
        months = [
            pgettext("days of a month, as in March 21 and 22", "%(month)s %(days)s")
            % {"month": MONTHS[month], "days": _days_of_month([day.day for day in of_month])}
            for month, of_month in groupby(of_year, key=lambda day: day.month)
        ]
        years.append(
            pgettext("days and their year, as in March 21, 2019", "%(days)s, %(year)s")
            % {"days": _and(months), "year": year}
        )
    return _and(years)


@register.filter
def forum_days(forum: Any) -> str:
    """The days of a forum, which need not follow one another."""
    return days(row.day for row in forum.days.all())


@register.filter
def moment(day: date | None, precision: str = DatePrecision.DAY) -> str:
    """A day, a month or a year, as exactly as it is known."""
    if day is None:
        return ""
    if precision == DatePrecision.YEAR:
        return str(day.year)
    if precision == DatePrecision.MONTH:
        return pgettext("a month and its year, as in March 2019", "%(month)s %(year)s") % {
            "month": MONTHS[day.month],
            "year": day.year,
        }
    return days([day])


@register.simple_tag
def span(start: date | None, end: date | None, precision: str = DatePrecision.DAY) -> str:
    """A stretch of time as exactly as it is known: "2016–2023", "February–April 2024"."""
    if start is None and end is None:
        return ""
    if start is None:
        return pgettext("end of a stretch of time", "until %(moment)s") % {"moment": moment(end, precision)}
    if end is None:
        return pgettext("start of a stretch of time", "since %(moment)s") % {"moment": moment(start, precision)}
    if moment(start, precision) == moment(end, precision):
        return moment(start, precision)
    if precision == DatePrecision.MONTH and start.year == end.year:
        return pgettext("months and their year, as in February–April 2024", "%(first)s–%(last)s %(year)s") % {
            "first": MONTHS[start.month],
            "last": MONTHS[end.month],
            "year": end.year,
        }
    dash = "–" if precision == DatePrecision.YEAR else " – "
    return f"{moment(start, precision)}{dash}{moment(end, precision)}"


HEADING = re.compile(r'<h2 id="([^"]+)"[^>]*>(.*?)</h2>', re.DOTALL)


@register.filter
def headings(markup: str) -> list[dict[str, str]]:
    """The main headings of a text, as the component ``contents.html`` lists them."""
    return [
        {"url": f"#{anchor}", "label": unescape(strip_tags(heading)).strip()}
        for anchor, heading in HEADING.findall(markup)
    ]


def _language() -> str:
    return (get_language() or settings.LANGUAGE_CODE).partition("-")[0]


def _days_of_month(numbers: Sequence[int]) -> str:
    """21 and 22; 2–4 and 9: three days or more in a row become one stretch."""
    stretches: list[list[int]] = []
    for number in numbers:
        if stretches and number == stretches[-1][-1] + 1:
            stretches[-1].append(number)
        else:
            stretches.append([number])
    words = []
    for stretch in stretches:
        if len(stretch) > 2:
            words.append(f"{_day(stretch[0])}–{_day(stretch[-1])}")
        else:
            words.extend(_day(number) for number in stretch)
    return _and(words)


def _day(number: int) -> str:
    return "1er" if number == 1 and _language() == "fr" else str(number)


def _and(words: Sequence[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return pgettext("the last two of a list", "%(first)s and %(last)s") % {
        "first": ", ".join(words[:-1]),
        "last": words[-1],
    }


@register.filter
def language_names(codes: str) -> str:
    """``en;es`` as "English, Spanish", in the reader's language."""
    names = [str(Language(code).label) if code in Language.values else code for code in codes.split(";") if code]
    return ", ".join(names)
