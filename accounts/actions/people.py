"""Who may manage whose account, and what is done to one."""

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import Group, Permission
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import NoChangeOpen, User, open_change


def may_manage(manager: User, person: User) -> bool:
    """Whether one may alter an account: nobody alters, and so takes over, one that may do more than they themselves."""
    if manager.is_superuser:
        return True
    # Asked of the groups themselves: of an inactive account Django says that it may do nothing.
    theirs = Permission.objects.filter(Q(group__user=person) | Q(user=person))
    return not person.is_superuser and not theirs.exclude(pk__in=_held_by(manager)).exists()


def groups_to_give(manager: User) -> QuerySet[Group]:
    """The groups that one may put others into: those that may do nothing that they themselves may not."""
    if manager.is_superuser:
        return Group.objects.order_by("name")
    beyond = Permission.objects.exclude(pk__in=_held_by(manager))
    return Group.objects.exclude(pk__in=Group.objects.filter(permissions__in=beyond).values("pk")).order_by("name")


def take_second_factor_away(*, person: User, by: User, reason: str) -> None:
    """Remove the second factor of a colleague who lost theirs, end their sessions and write to them; in an open change.

    Raises:
        PermissionDenied: for an account that one may not manage, and for one's own.
        ValidationError: without a reason, or where there is nothing to remove.
    """
    change = open_change()
    if change is None:
        raise NoChangeOpen("Open a change first: a second factor is removed on record.")
    if person == by or not may_manage(by, person):
        raise PermissionDenied(
            _("Your own second factor is changed on the page of your account, and that of a superuser by a superuser.")
        )
    if not reason.strip():
        raise ValidationError(_("Say why, in the field “Reason”: it is kept and sent to the person."))
    removed, _kinds = Authenticator.objects.filter(user=person).delete()
    if not removed:
        raise ValidationError(_("There is no second factor to remove."))
    # An account has no history of its own: the register of changes says whose it was.
    whose = _("Second factor removed: %(email)s") % {"email": person.email}
    change.reason = f"{change.reason}\n{whose}".strip()
    change.save(update_fields=["reason"])
    end_sessions(person)
    transaction.on_commit(
        lambda: get_adapter().send_notification_mail("mfa/email/totp_deactivated", person, {"reason": reason})
    )


def end_sessions(person: User) -> None:
    """Sign somebody out wherever they are signed in."""
    # A session names its person only inside what it holds.
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get(SESSION_KEY) == str(person.pk):
            session.delete()


def _held_by(user: User) -> QuerySet[Permission]:
    return Permission.objects.filter(Q(group__user=user) | Q(user=user))
