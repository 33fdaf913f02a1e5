"""The page of the search."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.reading.telling import shown
from epe_ap.pages import page_numbers, page_of, unknown_names, unknown_value
from indicators.tables import reader_language
from projects.demonstrations import asked_for
from search.answers import ON_A_PAGE, Answer, Search
from search.choices import Kind
from search.querysets import MOST_OF_A_KIND
from search.words import MOST_LETTERS, MOST_WORDS

NAMES = ("q", "kind", "page", "programme")


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    demonstration = asked_for(request)
    problems = unknown_names(request.GET, NAMES if demonstration else NAMES[:-1])
    # No page holds a null byte.
    typed = request.GET.get("q", "").replace("\x00", " ").strip()
    search = Search(reader_language(), demonstration)
    answer = search.answer(typed)
    context: dict[str, Any] = {
        "typed": typed[:MOST_LETTERS],
        "words": " ".join(answer.words) if answer.respelled else typed,
        "demonstration": demonstration,
        "answer": answer,
        "groups": answer.groups,
        "most": MOST_OF_A_KIND,
        "said": _said(answer, typed),
    }
    if answer.question.is_cut:
        problems.append(
            _("Only the first %(letters)s letters and %(words)s words were looked for.")
            % {"letters": MOST_LETTERS, "words": MOST_WORDS}
        )
    kind = request.GET.get("kind", "")
    if kind and kind not in Kind.values:
        problems.append(unknown_value("kind", kind, Kind.values))
    elif kind:
        context["kind"] = Kind(kind)
        found = next((group for group in answer.groups if group.kind == kind), None)
        context["groups"] = []
        if found is not None:
            page, not_there = page_of(
                range(found.number), asked=request.GET.get("page", ""), number=found.number, per_page=ON_A_PAGE
            )
            problems += not_there
            context["groups"] = [search.entries(answer, Kind(kind), page=page.number)]
            context |= {"page_obj": page, "page_numbers": page_numbers(page)}
    context["tabs"] = _tabs(request, answer, kind)
    context["problems"] = problems
    return render(request, "search/search.html", context)


def _tabs(request: HttpRequest, answer: Answer, chosen: str) -> list[dict[str, Any]]:
    """All that was found, and each kind of it; nothing where there is only one kind."""
    if len(answer.numbers) < 2:
        return []

    def address(kind: str) -> str:
        query = request.GET.copy()
        for name in ("page", "kind"):
            query.pop(name, None)
        if kind:
            query["kind"] = kind
        return f"?{query.urlencode()}"

    tabs = [{"label": _("Everything"), "url": address(""), "current": chosen not in Kind.values, "count": None}]
    for kind in Kind:
        if kind in answer.numbers:
            tabs.append(
                {
                    "label": kind.label,
                    "url": address(kind.value),
                    "current": kind.value == chosen,
                    "count": answer.numbers[kind] if answer.numbers[kind] < MOST_OF_A_KIND else None,
                }
            )
    return tabs


def _said(answer: Answer, typed: str) -> list[str]:
    """What is to be known before what was found is read."""
    if typed and not answer.words:
        return [
            _("“%(typed)s” has neither a letter nor a digit. Type a word, a code such as B05, or a number.")
            % {"typed": shown(typed)}
        ]
    said = []
    if answer.respelled and answer.number:
        said.append(
            _("Nothing holds “%(typed)s”. This is what was found for “%(words)s”.")
            % {"typed": ", ".join(answer.respelled), "words": " ".join(answer.words)}
        )
    elif answer.words and not answer.number:
        said.append(_("Nothing was found for “%(typed)s”.") % {"typed": shown(typed)})
    if answer.number and answer.language != reader_language():
        language = get_language_info(answer.language)["name_translated"]
        said.append(
            _("Nothing was found in the language of this page; these are pages in another one: %(language)s.")
            % {"language": language}
        )
    return said
