"""The administration site: Django's own, under this project's name and content security policy."""

from collections.abc import Callable
from typing import Any

from csp.decorators import csp_update
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

# Django's admin and its widgets carry style attributes. They run no script, and no other page is given this.
allow_inline_styles = csp_update({"style-src": ["'self'", "'unsafe-inline'"]})


class ResultsAdminSite(admin.AdminSite):
    site_title = _("EPE-AP results")
    site_header = _("EPE-AP results: administration")
    index_title = _("Records")

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        return allow_inline_styles(super().admin_view(view, cacheable))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        # The one page of the admin that admin_view() does not wrap.
        return allow_inline_styles(super().login)(request, extra_context)
