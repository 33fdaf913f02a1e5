"""Who a session belongs to, with what the head of every page says about them: in the one query that is made anyway."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from accounts.models import User


class SessionBackend(ModelBackend):
    """Django's own, whose people know whether they act for an institution and how many notifications wait for them."""

    def get_user(self, user_id: Any) -> User | None:
        user: User | None = User.objects.for_session().filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
