"""Who may open a page of the workspace."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from accounts.models import User
from partners.models import Membership

View = Callable[..., HttpResponseBase]


def for_staff(*permissions: str) -> Callable[[View], View]:
    """A page for staff who hold all of these permissions; others are asked to sign in, or refused with a sentence."""

    def wrapped(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = request.user
            if not isinstance(user, User):
                return redirect_to_login(request.get_full_path())
            if not _is_staff_with(user, permissions):
                raise PermissionDenied(_("Your account may not open this page: ask an administrator for the right."))
            return view(request, *args, **kwargs)

        return answered

    return wrapped


def for_members(*permissions: str) -> Callable[[View], View]:
    """A page for people of partner institutions, and for staff who hold all of these permissions.

    What a person of an institution finds on it is decided by the querysets, each of which starts from the person
    (``for_user``): what is not theirs does not exist for them.
    """

    def wrapped(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = request.user
            if not isinstance(user, User):
                return redirect_to_login(request.get_full_path())
            if user.is_staff:
                if not _is_staff_with(user, permissions):
                    raise PermissionDenied(
                        _("Your account may not open this page: ask an administrator for the right.")
                    )
            elif not Membership.objects.filter(user=user, user__is_active=True).exists():
                raise PermissionDenied(
                    _("Your account belongs to no institution: ask whoever invited you, or write to the programme.")
                )
            return view(request, *args, **kwargs)

        return answered

    return wrapped


def _is_staff_with(user: User, permissions: Sequence[str]) -> bool:
    return user.is_staff and user.is_active and user.has_perms(permissions)
