"""Who may manage whose account."""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q, QuerySet

from accounts.models import User


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


def _held_by(user: User) -> QuerySet[Permission]:
    return Permission.objects.filter(Q(group__user=user) | Q(user=user))
