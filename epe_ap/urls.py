"""Addresses. Pages stand under /fr/, /es/ and /en/; the admin, the probes and the API have no language prefix.

/healthz and /readyz are answered by epe_ap.middleware, before any other layer.
"""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.http import HttpRequest, HttpResponseRedirect
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path

from epe_ap import views


def favicon(request: HttpRequest) -> HttpResponseRedirect:
    """Browsers ask for this address by themselves on pages that name no icon, such as the admin's."""
    return HttpResponseRedirect(static("img/favicon.svg"))


urlpatterns: list[URLPattern | URLResolver] = [
    path("favicon.ico", favicon, name="favicon"),
    path("admin/", admin.site.urls),
]

# `/` and any page without a prefix lead to the reader's language.
urlpatterns += i18n_patterns(
    path("", views.home, name="home"),
    path("method/", views.method, name="method"),
    path("about/", views.about, name="about"),
    path("data/", views.data, name="data"),
    path("style/", views.style, name="style"),
    path("accounts/", include("accounts.urls")),
    path("", include("partners.urls")),
    path("", include("projects.urls")),
    path("", include("forums.urls")),
    path("", include("indicators.urls")),
    path("", include("library.urls")),
    path("", include("dashboards.urls")),
)
