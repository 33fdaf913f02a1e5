"""Addresses. Pages stand under /fr/, /es/ and /en/; the admin, the probes and the API have no language prefix.

/healthz and /readyz are answered by epe_ap.middleware, before any other layer.
"""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import URLPattern, URLResolver, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
]

# `/` and any page without a prefix lead to the reader's language.
urlpatterns += i18n_patterns()
