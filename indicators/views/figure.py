"""One figure: what it is made of, how it is calculated, what says so, how it changed, and how to quote it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.core.paginator import Page
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from epe_ap.pages import page_numbers, page_of, unknown_names
from indicators.actions import thresholds
from indicators.choices import Reason, Verification
from indicators.formulas import MOST_PARTS, formulas
from indicators.histories import FigureHistory, published_histories
from indicators.models import Category, Result
from indicators.querysets import ROW_KINDS, ResultQuerySet
from indicators.quotations import quotation, value_in_words
from indicators.tables import FigureRow, Names
from library.models import Citation, Discrepancy
from library.statements import Disagreement, statements
from projects.demonstrations import asked_for
from projects.models import Programme, Theme

#: Parts of a breakdown that one page lists; the book has six at most.
MOST_OF_A_BREAKDOWN = 100


@dataclass(frozen=True)
class Quotation:
    """The sentence in one language, with the address of this page in it."""

    language: str
    language_name: str
    sentence: str
    address: str


@require_safe
def figure_page(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """What is not public, or withheld, is answered exactly like what does not exist."""
    demonstration = asked_for(request)
    seen = _seen(demonstration)
    result = _found(seen, slug, key)
    names = Names.of(Theme.objects.filter(programme=result.programme_id), Category.objects.select_related("dimension"))
    row = FigureRow(result, names)
    beside = _beside(seen, row)
    page, problems = page_of(result.inputs, asked=request.GET.get("page", ""), number=len(result.inputs))
    inputs = _inputs(seen, page, names)
    cited = Citation.objects.of_result(result)
    stands_on = "actual_id" if result.actual_record_id is not None else "target_id"
    row.sources = [each for each in cited if getattr(each, stands_on) is not None]
    total = next((each for each in beside if each.breakdown_key == ""), None)
    return render(
        request,
        "indicators/figure.html",
        {
            "row": row,
            "indicator": result.indicator,
            "said": value_in_words(row),
            "reason": Reason(result.status_reason).label if result.status_reason else "",
            "total": total,
            "parts": [each for each in beside if each.breakdown_key] if not result.breakdown_key else [],
            "siblings": [each for each in beside if each.breakdown_key] if result.breakdown_key else [],
            "formulas": formulas(row, inputs if len(inputs) == len(result.inputs) <= MOST_PARTS else [], total),
            "inputs": inputs,
            "page_obj": page,
            "page_numbers": page_numbers(page),
            "statements": statements(cited, names),
            "disagreements": Disagreement.of(Discrepancy.objects.about_result(result).with_statements(), names),
            "verifications": list(Verification),
            "history": _history(result, names),
            "permanent_address": request.build_absolute_uri(_without_language(row)),
            "quotations": _quotations(request, row),
            "problems": [*problems, *unknown_names(request.GET, _known(result, demonstration))],
        },
    )


def _seen(demonstration: Programme | None) -> ResultQuerySet:
    """The results that whoever asks may see: the public ones, or those of the demonstration that they name."""
    if demonstration is None:
        return Result.objects.public()
    return Result.objects.public(demonstrations=[demonstration]).filter(programme=demonstration)


def _found(seen: ResultQuerySet, slug: str, key: str) -> Result:
    rows = list(seen.at(slug, key).on(timezone.localdate()).for_figure_page())
    if not rows:
        raise Http404
    # A figure before what is kept until there is one.
    found: Result = min(rows, key=lambda row: [row.key.endswith(kind) for kind in ROW_KINDS if kind])
    return found


def _beside(seen: ResultQuerySet, row: FigureRow) -> list[FigureRow]:
    """The total of which a figure is a part, and the parts beside it; of a total its own parts."""
    found = seen.of_same_scope(row.result).on(timezone.localdate()).for_results_page()[:MOST_OF_A_BREAKDOWN]
    scope = _without_breakdown(row.result)
    return [
        FigureRow(each, row.names) for each in sorted(found, key=_by_breakdown) if _without_breakdown(each) == scope
    ]


def _without_breakdown(result: Result) -> str:
    # A figure of a project and one of the project's only country are two, though their columns are the same.
    return result.figure_key.removesuffix(result.breakdown_key).rstrip("/")


def _by_breakdown(result: Result) -> tuple[str, str]:
    return result.breakdown_key, result.key


def _inputs(seen: ResultQuerySet, page: Page, names: Names) -> list[FigureRow]:
    """The rows of one page that a computed total was made from, in the order of their keys."""
    keys = list(page.object_list)
    if not keys:
        return []
    rows = seen.filter(key__in=keys).on(timezone.localdate()).for_results_page()
    return [FigureRow(result, names) for result in sorted(rows, key=lambda result: result.key)]


def _history(result: Result, names: Names) -> FigureHistory | None:
    if result.series_id is None:
        return None
    found = published_histories(result.indicator, [result], names, small_cells=thresholds())
    return found[0] if found else None


def _without_language(row: FigureRow) -> str:
    """The address that leads everybody to the page in their own language."""
    return _address(row).removeprefix(f"/{translation.get_language()}")


def _address(row: FigureRow) -> str:
    """The address of the page in the language that is active."""
    return f"{row.result.get_absolute_url()}{row.query}"


def _quotations(request: HttpRequest, row: FigureRow) -> list[Quotation]:
    found = []
    for code, name in settings.LANGUAGES:
        sentence = quotation(row, code)
        with translation.override(code):
            found.append(Quotation(code, str(name), sentence, request.build_absolute_uri(_address(row))))
    return found


def _known(result: Result, demonstration: Programme | None) -> Iterable[str]:
    return [*(["page"] if result.inputs else []), *(["programme"] if demonstration else [])]
