"""Addresses. Pages stand under /fr/, /es/ and /en/; the admin, the probes and the API have no language prefix.

/healthz and /readyz are answered by epe_ap.middleware, before any other layer.
"""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.sitemaps import views as sitemap_views
from django.http import HttpRequest, HttpResponseRedirect
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.http import require_safe

from epe_ap import shared_views, sitemaps, views
from epe_ap.feeds import NewFigures


def favicon(request: HttpRequest) -> HttpResponseRedirect:
    """Browsers ask for this address by themselves on pages that name no icon, such as the admin's."""
    return HttpResponseRedirect(static("img/favicon.svg"))


urlpatterns: list[URLPattern | URLResolver] = [
    path("favicon.ico", favicon, name="favicon"),
    path("admin/", admin.site.urls),
    path("robots.txt", sitemaps.robots, name="robots"),
    path(
        "sitemap.xml",
        sitemap_views.index,
        {"sitemaps": sitemaps.SITEMAPS, "sitemap_url_name": "sitemap_section"},
        name="sitemap",
    ),
    path("sitemap-<slug:section>.xml", sitemap_views.sitemap, {"sitemaps": sitemaps.SITEMAPS}, name="sitemap_section"),
]

# `/` and any page without a prefix lead to the reader's language.
urlpatterns += i18n_patterns(
    path("", views.home, name="home"),
    path("method/", views.method, name="method"),
    path("about/", views.about, name="about"),
    path("data/", views.data, name="data"),
    path("style/", views.style, name="style"),
    path("feed/", require_safe(NewFigures()), name="feed"),
    path("pictures/<slug:version>/epe-ap.png", shared_views.site_picture, name="site_picture"),
    path("pictures/<slug:version>/<path:key>.png", shared_views.figure_picture, name="figure_picture"),
    path("accounts/", include("accounts.urls")),
    path("", include("partners.urls")),
    path("", include("projects.urls")),
    path("", include("forums.urls")),
    path("", include("indicators.urls")),
    path("", include("library.urls")),
    path("", include("search.urls")),
    path("", include("dashboards.urls")),
)
