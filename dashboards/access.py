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

    def check(user: User) -> None:
        if not (user.is_staff and user.is_active and user.has_perms(permissions)):
            raise PermissionDenied(_("Your account may not open this page: ask an administrator for the right."))

    return _for_whoever_passes(check)


def for_members(*permissions: str) -> Callable[[View], View]:
    """A page for people of partner institutions, and for staff who hold all of these permissions.

    What a person of an institution finds on it is decided by the querysets, each of which starts from the person
    (``for_user``): what is not theirs does not exist for them.
    """

    def check(user: User) -> None:
        if user.is_staff:
            if not (user.is_active and user.has_perms(permissions)):
                raise PermissionDenied(_("Your account may not open this page: ask an administrator for the right."))
        elif not (user.is_active and _is_member(user)):
            raise PermissionDenied(
                _("Your account belongs to no institution: ask whoever invited you, or write to the programme.")
            )

    return _for_whoever_passes(check)


def _is_member(user: User) -> bool:
    """Whether the person acts for an institution, as it was read with their session for the head of the page."""
    is_member: bool = user.is_member  # type: ignore[attr-defined]
    return is_member


def _for_whoever_passes(check: Callable[[User], None]) -> Callable[[View], View]:
    """Ask visitors to sign in, and everybody else whether they may; ``check`` raises ``PermissionDenied``."""

    def wrapped(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not isinstance(request.user, User):
                return redirect_to_login(request.get_full_path())
            check(request.user)
            return view(request, *args, **kwargs)

        return answered

    return wrapped
