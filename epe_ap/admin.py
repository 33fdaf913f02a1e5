"""The administration site: Django's own, under this project's name and content security policy."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from csp.decorators import csp_update
from django.contrib import admin
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from epe_ap.first_page import first_page

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

# Django's admin and its widgets carry style attributes. They run no script, and no other page is given this.
allow_inline_styles = csp_update({"style-src": ["'self'", "'unsafe-inline'"]})


class ResultsAdminSite(admin.AdminSite):
    site_title = _("EPE-AP results")
    site_header = _("EPE-AP results: administration")
    index_title = _("Records")

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        @wraps(view)
        def answered(*args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                return view(*args, **kwargs)
            except (DataError, OverflowError) as error:
                # A number that no column holds, or a null byte, in the address or in a form that nobody was shown.
                raise Http404("The database cannot hold what was asked for.") from error

        return cast(View, allow_inline_styles(super().admin_view(cast(View, answered), cacheable)))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().index(request, {**first_page(request, timezone.localdate()), **(extra_context or {})})

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        # The one page of the admin that admin_view() does not wrap.
        return allow_inline_styles(super().login)(request, extra_context)
