"""Who opens the workspace, with the rights of their role."""

from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from tests import factories as make

READER = ("view_submission",)
ENTERER = (*READER, "add_submission")
SPECIALIST = (*ENTERER, "review_submission", "publish_reportingperiod", "correct_reportingperiod")


def staff(*permissions: str, **fields: Any) -> User:
    user = make.user(**{"is_staff": True, "time_zone": "America/Lima", **fields})
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


def signed_in(*permissions: str, user: User | None = None) -> Client:
    client = Client()
    client.force_login(user or staff(*permissions))
    return client
