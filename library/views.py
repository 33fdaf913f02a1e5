"""Public pages of sources, publications, findings and discrepancies."""

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any, TypeVar

from django.core.paginator import Page
from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.reading.telling import shown
from epe_ap.pages import few, page_numbers, page_of, unknown_names, unknown_value
from indicators.models import Category
from indicators.tables import Names
from library.choices import DiscrepancyKind, FindingKind, PublicationKind, Severity
from library.filters import DiscrepancyFilter, FindingFilter, ListFilter, PublicationFilter
from library.models import CITED_FIGURES, Citation, Discrepancy, Document, Finding, Publication
from library.statements import Disagreement, Statement, statements

PUBLICATIONS_ON_A_PAGE = 48
FINDINGS_ON_A_PAGE = 50
DISCREPANCIES_ON_A_PAGE = 40
STATEMENTS_ON_A_PAGE = 200

#: The words that the rows of a list stand under.
Word = TypeVar("Word", bound=TextChoices)


@require_safe
def publications(request: HttpRequest) -> HttpResponse:
    found = PublicationFilter(request.GET, Publication.objects.for_list())
    context = list_context(request, found, per_page=PUBLICATIONS_ON_A_PAGE)
    context["groups"] = grouped(context["page_obj"].object_list, PublicationKind, by=lambda record: record.kind)
    return render(request, "library/publications.html", context)


@require_safe
def findings(request: HttpRequest) -> HttpResponse:
    found = FindingFilter(request.GET, Finding.objects.for_list())
    context = list_context(request, found, per_page=FINDINGS_ON_A_PAGE)
    context["groups"] = grouped(context["page_obj"].object_list, FindingKind, by=lambda record: record.kind)
    return render(request, "library/findings.html", context)


@require_safe
def discrepancies(request: HttpRequest) -> HttpResponse:
    found = DiscrepancyFilter(request.GET, Discrepancy.objects.for_list().with_statements())
    context = list_context(request, found, per_page=DISCREPANCIES_ON_A_PAGE)
    disagreements = Disagreement.of(context["page_obj"].object_list, category_names(), with_pages=True)
    kinds = found.numbers("kind")
    context["number_of_figures"] = sum(kinds.get(kind, 0) for kind in (DiscrepancyKind.VALUE, DiscrepancyKind.TOTAL))
    context["number_of_others"] = context["number"] - context["number_of_figures"]
    context["groups"] = grouped(disagreements, Severity, by=lambda one: one.discrepancy.severity)
    return render(request, "library/discrepancies.html", context)


@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    return render(request, "library/sources.html", {"documents": Document.objects.for_list()})


@require_safe
def source(request: HttpRequest, slug: str) -> HttpResponse:
    document = get_object_or_404(Document.objects.for_list(), slug=slug)
    citations = Citation.objects.filter(document=document).for_source_page()
    known = list(citations.prefetch_related(None).select_related(None).values_list("code", *CITED_FIGURES))
    page, problems = statements_page(request, [code for code, *_figures in known])
    stated = statements(citations.filter(code__in=page.object_list), category_names(), with_pages=True)
    return render(
        request,
        "library/source.html",
        {
            "document": document,
            "sections": [(name, list(of_it)) for name, of_it in groupby(stated, key=section_of)],
            "number_of_figures": len({tuple(figures) for _code, *figures in known if any(figures)}),
            "page_obj": page,
            "page_numbers": page_numbers(page),
            "problems": [*unknown_names(request.GET, ["page", "citation"]), *problems],
            "spellings": Discrepancy.objects.of_document(document).filter(kind=DiscrepancyKind.NAME),
        },
    )


def statements_page(request: HttpRequest, codes: list[str]) -> tuple[Page, list[str]]:
    """The page of a source's statements that an address asks for: by its number, or by a citation that stands on it."""
    asked, citation = request.GET.get("page", "").strip(), request.GET.get("citation", "").strip()
    problems = []
    if citation and citation not in codes:
        problems = [unknown_value("citation", citation, codes)]
    elif citation and not asked:
        asked = str(codes.index(citation) // STATEMENTS_ON_A_PAGE + 1)
    page, more = page_of(codes, asked=asked, number=len(codes), per_page=STATEMENTS_ON_A_PAGE)
    return page, [*problems, *more]


def section_of(statement: Statement) -> str:
    return statement.citation.section


def category_names() -> Names:
    """Names of the categories that breakdowns are made of."""
    return Names.of((), Category.objects.select_related("dimension"))


def grouped(records: Iterable[Any], words: type[Word], *, by: Callable[[Any], str]) -> list[tuple[Word, list[Any]]]:
    """Records that stand in the order of these words, under the word of each."""
    return [(words(word), list(of_it)) for word, of_it in groupby(records, key=by)]


def list_context(request: HttpRequest, found: ListFilter, *, per_page: int) -> dict[str, Any]:
    """What a filtered list shows around its rows, and the page of them that the address asks for.

    It asks for a page by its number, or by a row that stands on it (``?show=``): that is how a row is linked to.
    """
    numbers = found.numbers(found.grouped_by)
    number = sum(numbers.values())
    asked, problems = found.page, []
    place = found.place() if found.show else None
    if found.show and place is None:
        problems = [_("“%(value)s” is not in this list, or its filters leave it out.") % {"value": shown(found.show)}]
    elif place is not None and not asked:
        asked = str(place // per_page + 1)
    page, not_there = page_of(found.qs, asked=asked, number=number, per_page=per_page)
    # Once, for whoever groups them.
    page.object_list = list(page.object_list)
    return {
        "problems": few([*found.problems, *problems, *not_there]),
        "number": number,
        "contents": contents(request.path, found, numbers, per_page=per_page),
        "shown": found.show,
        "page_obj": page,
        "page_numbers": page_numbers(page),
        "facets": [facet_context(found, name) for name in found.facets if offers(found, name)],
        "search": {"name": "q", "label": _("Words"), "value": found.words} if found.is_searched else None,
        "active_count": len(found.chosen) + bool(found.words),
        "filters": chips(request.path, found),
        "clear_url": request.path,
    }


def contents(path: str, found: ListFilter, numbers: dict[str, int], *, per_page: int) -> list[dict[str, Any]]:
    """The groups of a list, each with its number of rows and the address at which it begins."""
    labels = dict(found.choices[found.grouped_by])
    entries = []
    before = 0
    for value, number in numbers.items():
        if number:
            page = {"page": [str(before // per_page + 1)]} if before >= per_page else {}
            url = f"{found.link(path, **page)}#{found.grouped_by}-{value}"
            entries.append({"label": labels[value], "count": number, "url": url})
        before += number
    return entries


def offers(found: ListFilter, name: str) -> bool:
    """Whether a facet has anything to choose; of programmes only where there are two."""
    offered = [value for value, _label, count in found.options[name] if count]
    return bool(found.chosen.get(name)) or len(offered) > (name == "programme")


def facet_context(found: ListFilter, name: str) -> dict[str, Any]:
    chosen = found.chosen.get(name, [])
    return {
        "name": name,
        "label": found.facets[name].label,
        "is_open": bool(chosen) or name in ("kind", "theme", "severity"),
        "selected_count": len(chosen),
        "options": [
            {
                "value": value,
                "label": label,
                "lang": getattr(label, "lang", ""),
                "count": count,
                "selected": value in chosen,
            }
            for value, label, count in found.options[name]
            if count or value in chosen
        ],
    }


def chips(path: str, found: ListFilter) -> list[dict[str, Any]]:
    """The filters in force, each with the address without it."""
    in_force = [
        {
            "label": found.facets[name].label,
            "value": dict(found.choices[name])[value],
            "remove_url": found.link(path, **{name: [other for other in values if other != value]}),
        }
        for name, values in found.chosen.items()
        for value in values
    ]
    if found.words:
        in_force.append({"label": _("Words"), "value": found.words, "remove_url": found.link(path, q=[])})
    return in_force
