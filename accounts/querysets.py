"""What every table of business records can do."""

from typing import Any, Final, Self

from django.contrib.auth.models import BaseUserManager
from django.db import models
from django.db.models import Count, Exists, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce


class RecordQuerySet(models.QuerySet):
    """Rows that fixtures and imports find by their natural key."""

    def for_admin(self) -> Self:
        """All that a list of the administration shows, in as many queries for three rows as for three hundred."""
        return self

    def get_by_natural_key(self, *key: Any) -> Any:
        """The row whose ``natural_key_fields`` have these values, in that order."""
        fields = self.model.natural_key_fields
        if len(key) != len(fields):
            raise self.model.DoesNotExist(
                f"{self.model.__name__} is named by {len(fields)} values ({', '.join(fields)}), not {len(key)}."
            )
        return self.get(**dict(zip(fields, key, strict=True)))


class UserManager(BaseUserManager):
    """People who sign in, found by their e-mail address whatever its case."""

    def get_by_natural_key(self, email: str | None) -> Any:
        return self.get(email__iexact=email)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Any:
        """A new account; without a password it cannot sign in by password."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Any:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def for_session(self) -> Any:
        """With ``is_member``, whether the person acts for an institution, and ``unread``, how much they were told and
        have not read. Both hang on accounts by relations of other apps."""
        theirs = {"user": OuterRef("pk")}
        memberships = self.model._meta.get_field("memberships").related_model._base_manager.filter(**theirs)
        told = self.model._meta.get_field("notifications").related_model._base_manager.filter(
            **theirs, read_at__isnull=True
        )
        number = told.order_by().values("user").annotate(number=Count("pk")).values("number")
        return self.annotate(is_member=Exists(memberships), unread=Coalesce(Subquery(number), 0))

    def demonstration(self) -> Any:
        return self.filter(is_demonstration=True)


class ChangeQuerySet(models.QuerySet):
    """The register of writes."""

    #: Of so many changes, the last ones, it is asked which are committed: none stays open while as many others are made.
    WATCHED: Final = 500

    def for_admin(self) -> Self:
        return self.select_related("made_by").order_by("-made_at")

    def data_version(self) -> int:
        """A number that grows with each change that is committed, in one short query over the primary key.

        Changes are numbered as they begin. The last number alone would miss one that began earlier and is committed
        later; the sum of the last ones does not.
        """
        last = self.order_by("-pk").values("pk")[: self.WATCHED]
        return last.aggregate(version=Coalesce(Sum("pk"), 0))["version"]
