"""The administration site: Django's own, under this project's name and content security policy."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from csp.decorators import csp_update
from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
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
        """There is one page to sign in at, with its second factor; whoever is in already and may not enter is told so."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied(_("The administration is for the programme's staff."))
        wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
        if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
            wanted = reverse("admin:index")
        if request.user.is_authenticated:
            return HttpResponseRedirect(wanted)
        return redirect_to_login(wanted, reverse("account_login"))

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("account_change_password"))
