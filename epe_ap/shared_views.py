"""Pictures of figures for those who share a page."""

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from epe_ap.pictures import draw
from epe_ap.sharing import Shared, main_figure, picture_path
from indicators.models import Result
from indicators.tables import FigureRow, figure_rows
from projects.demonstrations import asked_for

#: For how many seconds a picture is not drawn again, though somebody asks past all that keep it for a year.
KEPT = 24 * 60 * 60


@require_safe
def figure_picture(request: HttpRequest, version: str, key: str) -> HttpResponse:
    """A published figure; nothing of any other, like the pages."""
    if "\x00" in key:
        # No key holds one, and PostgreSQL cannot be asked for it.
        raise Http404
    demonstration = asked_for(request)
    results = Result.objects.public(demonstrations=[demonstration] if demonstration else []).filter(key=key)
    [rows] = figure_rows(results, with_parts=False)
    figure = main_figure(rows)
    if figure is None:
        raise Http404
    return _picture(Shared.of(figure), version, figure)


@require_safe
def site_picture(request: HttpRequest, version: str) -> HttpResponse:
    """For pages that have no figure."""
    return _picture(Shared.of_site(), version)


def _picture(shared: Shared, version: str, figure: FigureRow | None = None) -> HttpResponse:
    if version != shared.version:
        # Whoever kept the address of an earlier value is shown the value of today.
        return HttpResponseRedirect(picture_path(figure, shared))
    content = cache.get_or_set(f"picture-{version}", lambda: draw(shared), KEPT)
    response = HttpResponse(content, content_type="image/png")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
