"""The administration site: Django's own, under this project's name and content security policy."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from csp.decorators import csp_update
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext_lazy as _

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

# Django's admin and its widgets carry style attributes. They run no script, and no other page is given this.
allow_inline_styles = csp_update({"style-src": ["'self'", "'unsafe-inline'"]})


class ResultsAdminSite(admin.AdminSite):
    site_title = _("EPE-AP results")
    site_header = _("EPE-AP results: administration")
    index_title = _("Records")

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        return cast(View, allow_inline_styles(super().admin_view(view, cacheable)))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        # The one page of the admin that admin_view() does not wrap.
        return allow_inline_styles(super().login)(request, extra_context)
