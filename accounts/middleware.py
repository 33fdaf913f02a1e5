"""What is done for whoever is signed in, on every page; visitors without a session cost nothing here."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.http import urlencode

from accounts.models import User
from accounts.second_factor import has_second_factor, has_shown_second_factor, is_required_of
from epe_ap.database_state import means_database_down
from epe_ap.middleware import database_down_for

#: Pages that staff reach before their second factor is set up and shown: those on which they do so, and the way out.
OPEN = {
    "account_login",
    "account_logout",
    "account_reauthenticate",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_activate_totp",
    "mfa_reauthenticate",
    "admin:logout",
}


class SignedInMiddleware:
    """Staff see nothing before their second factor; pages without a language are in the person's own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            user = signed_in(request)
        except Exception as error:
            if not means_database_down(error):
                raise
            # The layers within and the view would each wait for the database anew.
            return database_down_for(request, error)
        if user is None:
            return self.get_response(request)
        if not translation.get_language_from_path(request.path_info):
            translation.activate(user.language)
            request.LANGUAGE_CODE = translation.get_language()
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        user = signed_in(request)
        if user is None or not is_required_of(user) or has_shown_second_factor(request, user):
            return None
        if request.resolver_match is not None and request.resolver_match.view_name in OPEN:
            return None
        page = "mfa_reauthenticate" if has_second_factor(user) else "mfa_activate_totp"
        # What was sent by a form is not sent again; an address is come back to.
        wanted = {"next": request.get_full_path()} if request.method in ("GET", "HEAD") else {}
        return HttpResponseRedirect(f"{reverse(page)}?{urlencode(wanted)}".rstrip("?"))


def signed_in(request: HttpRequest) -> User | None:
    """The person whose session this is, if any; without a session neither it nor the database is asked."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    # A page may be refused before anybody is asked for.
    user = getattr(request, "user", None)
    return user if isinstance(user, User) else None
