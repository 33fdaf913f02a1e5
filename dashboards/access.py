"""Who may open a page of the workspace."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from accounts.models import User

View = Callable[..., HttpResponseBase]


def for_staff(*permissions: str) -> Callable[[View], View]:
    """A page for staff who hold all of these permissions; others are asked to sign in, or refused with a sentence."""

    def wrapped(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = request.user
            if not isinstance(user, User):
                return redirect_to_login(request.get_full_path())
            if not user.is_staff or not user.is_active or not user.has_perms(permissions):
                raise PermissionDenied(_("Your account may not open this page: ask an administrator for the right."))
            return view(request, *args, **kwargs)

        return answered

    return wrapped
