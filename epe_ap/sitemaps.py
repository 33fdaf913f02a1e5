"""What search engines may visit: every public page in each language, and nothing of a demonstration or of the workspace."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Max, Model, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from forums.models import Forum
from indicators.models import Actual, Goal, Indicator, Result
from indicators.querysets import ResultQuerySet
from library.models import Document
from partners.models import Country, Partner
from projects.models import Programme, Project, Theme, WorkPlan

#: Pages that are about no single record.
PAGES = (
    *("home", "results", "compare", "framework", "programmes", "countries", "themes", "projects", "partners", "forums"),
    *("sdgs", "publications", "findings", "sources", "discrepancies", "method", "data", "about"),
)


class InEachLanguage(Sitemap):
    """Each page once for each language, with the others beside it."""

    i18n = True
    alternates = True
    x_default = True
    # With its alternates an address takes some 600 bytes: well below the 50 MB that a file may have.
    limit = 20_000


class Pages(InEachLanguage):
    def items(self) -> list[str]:
        return list(PAGES)

    def location(self, item: str) -> str:
        return reverse(item)


class Frameworks(InEachLanguage):
    """The logic models of other programmes than the one that the page shows when none is named."""

    def items(self) -> list[str]:
        known = Programme.objects.real().filter(expected_results__isnull=False)
        return list(known.distinct().order_by("code").values_list("slug", flat=True))[1:]

    def location(self, item: str) -> str:
        return reverse("framework", query={"programme": item})


class Records(InEachLanguage):
    """The pages of one kind of record, each with the last day on which the record or a figure of it changed."""

    def __init__(self, records: Callable[[], QuerySet[Any]], figures_by: str = "") -> None:
        self.records = records
        self.figures_by = figures_by

    def items(self) -> list[Model]:
        records = self.records()
        history = records.model.history.model.objects.filter(id=OuterRef("pk")).order_by("-history_date")
        found = list(records.annotate(changed_at=Subquery(history.values("history_date")[:1])))
        figures: dict[int, datetime] = {}
        if self.figures_by:
            changed = Actual.history.order_by().values_list(self.figures_by).annotate(Max("history_date"))
            figures = {pk: moment for pk, moment in changed if pk is not None}
        for record in found:
            moments = filter(None, (record.changed_at, figures.get(record.pk)))
            record.changed_at = max(moments, default=None)
        return found

    def lastmod(self, item: Any) -> datetime | None:
        return item.changed_at


class Figures(InEachLanguage):
    """The page of each published figure or target; when it changed last, its indicator's page tells."""

    def items(self) -> ResultQuerySet:
        shown = Result.objects.public().real().filter(is_suppressed=False)
        # Of what is awaited there is a page as well, which says no more than that.
        return shown.exclude(actual=None, share=None, target=None).order_by("key")


SITEMAPS: dict[str, Sitemap | type[Sitemap]] = {
    "pages": Pages,
    "frameworks": Frameworks,
    "countries": Records(lambda: Country.objects.order_by("code")),
    "programmes": Records(lambda: Programme.objects.real().order_by("slug")),
    "themes": Records(lambda: Theme.objects.real().order_by("slug")),
    "projects": Records(lambda: Project.objects.real().order_by("code"), "series__project"),
    "partners": Records(lambda: Partner.objects.public().order_by("slug"), "series__partner"),
    "forums": Records(lambda: Forum.objects.real().order_by("slug"), "series__forum"),
    "figures": Figures,
    "indicators": Records(lambda: Indicator.objects.public().order_by("slug"), "series__indicator"),
    "goals": Records(lambda: Goal.objects.order_by("number")),
    "sources": Records(lambda: Document.objects.for_list()),
    "work-plans": Records(lambda: WorkPlan.objects.real().order_by("slug")),
}

#: Lists whose every combination of filters is one more page with the same rows.
FILTERED = ("results", "publications", "findings", "discrepancies")
DOWNLOADS = ("results_csv", "results_xlsx", "results_json")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """``/robots.txt``: neither what needs an account, nor the endless combinations of filters."""
    lines = ["User-agent: *", f"Disallow: {reverse('admin:index')}"]
    lines += ["Disallow: /accounts/", "Disallow: /workspace/"]
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            lines += [f"Disallow: {reverse('home')}{part}/" for part in ("accounts", "workspace")]
            lines += [f"Disallow: {reverse(name)}?" for name in FILTERED]
            # The longer rule counts: what has no page of its own is found on the pages of its list.
            lines += [f"Allow: {reverse(name)}?page=" for name in FILTERED if name != "results"]
            lines += [f"Disallow: {reverse(name)}" for name in DOWNLOADS]
    lines += ["", f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
