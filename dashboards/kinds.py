"""The kinds of records that go into spreadsheets and come out of them, and who may do which."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actions.imports import decides
from accounts.choices import ImportState
from accounts.models import Import, User
from accounts.resources import Column, RecordResource, Writer
from accounts.writing import CSV, ODS, XLSX
from dashboards.workbooks import SENT_WORKBOOKS, SentWorkbook
from forums.resources import ForumDayResource, ForumResource
from indicators.resources import (
    ActualResource,
    BaselineResource,
    ExpectedResultResource,
    IndicatorResource,
    ReportingPeriodResource,
    SeriesResource,
    TargetResource,
)
from library.querysets import PROGRAMMES_OF_CITED_RECORDS
from library.resources import CitationResource, FindingResource, PublicationResource
from partners.resources import PartnerAliasResource, PartnerResource
from projects.resources import PartnershipResource, ProjectResource, ProjectThemeResource

#: In the order in which records need each other: what comes first is named by what follows.
RESOURCES: tuple[type[RecordResource], ...] = (
    PartnerResource,
    PartnerAliasResource,
    ProjectResource,
    ProjectThemeResource,
    PartnershipResource,
    ForumResource,
    ForumDayResource,
    ExpectedResultResource,
    IndicatorResource,
    ReportingPeriodResource,
    SeriesResource,
    BaselineResource,
    TargetResource,
    ActualResource,
    PublicationResource,
    FindingResource,
    CitationResource,
)
#: Never shown outside the team, so only to those who write such records.
INTERNAL = ("internal_comment",)
#: From a kind of record to the programmes it belongs to; a record is demonstration's where any of them is.
PROGRAMMES: dict[str, tuple[str, ...]] = {
    "partners": ("partnerships__project__programme",),
    "partner_aliases": ("partner__partnerships__project__programme",),
    "projects": ("programme",),
    "project_themes": ("project__programme",),
    "partnerships": ("project__programme",),
    "forums": ("programme",),
    "forum_days": ("forum__programme",),
    "expected_results": ("programme",),
    "indicators": ("programme",),
    "periods": ("programme",),
    "series": ("indicator__programme",),
    "baselines": ("series__indicator__programme",),
    "targets": ("series__indicator__programme",),
    "actuals": ("series__indicator__programme",),
    "publications": ("programme",),
    "findings": ("programme",),
    "citations": (
        "baseline__series__indicator__programme",
        "target__series__indicator__programme",
        "actual__series__indicator__programme",
        *PROGRAMMES_OF_CITED_RECORDS,
    ),
}
#: Kinds that belong to no programme of their own: they stay where any real programme names them.
SHARED = ("partners", "partner_aliases")


@dataclass(frozen=True)
class Kind:
    """A kind of record: its resource, and what its pages need to know about it."""

    resource_class: type[RecordResource]

    @property
    def slug(self) -> str:
        """In addresses, and in ``Import.kind``."""
        return self.resource_class.kind

    @property
    def model(self) -> Any:
        return self.resource_class._meta.model

    @property
    def label(self) -> str:
        """What people call the records, in the active language."""
        return self.resource_class.verbose_name()

    def resource(self, by: User | None = None) -> RecordResource:
        return self.resource_class(by=by)

    def may_be_imported_by(self, user: User | AnonymousUser) -> bool:
        return _is_staff(user) and user.has_perms(self.resource().permissions)

    def may_be_exported_by(self, user: User | AnonymousUser) -> bool:
        return _is_staff(user) and user.has_perm(self._permission("view"))

    def columns_for(self, user: User | AnonymousUser) -> list[Column]:
        """The columns that a person may see, in the order of the sheet."""
        sees_all = user.has_perm(self._permission("change"))
        return [column for column in self.resource().columns() if sees_all or column.column_name not in INTERNAL]

    def exports(self) -> list[dict[str, str]]:
        """The files that hold all records of the kind."""
        return [
            {"label": ending.upper(), "url": reverse("export_file", args=[self.slug, ending])}
            for ending in (XLSX, ODS, CSV)
        ]

    def rows(self, *, programme: str = "", chosen: models.QuerySet[Any] | None = None) -> Any:
        """The records that an export writes, with all that its cells name.

        Args:
            programme: the slug or the code of a programme; without it demonstration programmes are left out.
            chosen: only the records among these.
        """
        rows = self.resource().get_queryset()
        if chosen is not None:
            rows = rows.filter(pk__in=chosen.order_by().values("pk"))
        paths = PROGRAMMES[self.slug]
        if programme:
            wanted = Q()
            for path in paths:
                wanted |= Q(**{f"{path}__slug__iexact": programme}) | Q(**{f"{path}__code__iexact": programme})
            return rows.filter(pk__in=self.model._base_manager.filter(wanted).values("pk"))
        fictitious = Q()
        for path in paths:
            fictitious |= Q(**{f"{path}__is_demonstration": True})
        left_out = self.model._base_manager.filter(fictitious)
        if self.slug in SHARED:
            real = self.model._base_manager.filter(**{f"{paths[0]}__is_demonstration": False})
            left_out = left_out.exclude(pk__in=real.values("pk"))
        return rows.exclude(pk__in=left_out.values("pk"))

    def _permission(self, action: str) -> str:
        return f"{self.model._meta.app_label}.{action}_{self.model._meta.model_name}"


def _is_staff(user: User | AnonymousUser) -> bool:
    return isinstance(user, User) and user.is_active and user.is_staff


KINDS: tuple[Kind, ...] = tuple(Kind(resource) for resource in RESOURCES)
_BY_SLUG = {kind.slug: kind for kind in KINDS}
_BY_MODEL = {kind.model: kind for kind in KINDS}


def kind_called(slug: str) -> Kind | None:
    return _BY_SLUG.get(slug)


def importable(user: User | AnonymousUser, slug: str) -> Kind:
    """The kind that an address names, for whoever may import it.

    Raises:
        Http404: there is no such kind.
        PermissionDenied: for anybody else.
    """
    kind = _kind_or_404(slug)
    if not kind.may_be_imported_by(user):
        raise PermissionDenied(_("Your role does not import this kind of record: ask a monitoring specialist."))
    return kind


def exportable(user: User | AnonymousUser, slug: str) -> Kind:
    """The kind that an address names, for whoever may export it; see :func:`importable`."""
    kind = _kind_or_404(slug)
    if not kind.may_be_exported_by(user):
        raise PermissionDenied(_("Your account may not open this page: ask an administrator for the right."))
    return kind


def _kind_or_404(slug: str) -> Kind:
    kind = kind_called(slug)
    if kind is None:
        raise Http404(f"No kind {slug}.")
    return kind


def kind_of(model: type[models.Model]) -> Kind | None:
    return _BY_MODEL.get(model)


class _OfWorkbook(Writer):
    """Takes back what a workbook for people brought."""

    def __init__(self, workbook: type[SentWorkbook], by: User) -> None:
        self.by, self.workbook = by, workbook

    @property
    def permissions(self) -> Sequence[str]:
        return (self.workbook.may_send,)


def taker_back(slug: str, by: User) -> Writer | None:
    """Who takes back an import of this kind; None for kinds that nobody knows any more."""
    kind = kind_called(slug)
    if kind is not None:
        return kind.resource(by=by)
    return _OfWorkbook(SENT_WORKBOOKS[slug], by) if slug in SENT_WORKBOOKS else None


def may_take_back(made: Import, user: User) -> bool:
    """Whether this person may undo an import, as it stands now."""
    writer = taker_back(made.kind, user)
    is_applied = made.state == ImportState.APPLIED and made.change_id is not None
    may_import = writer is not None and user.has_perms(("accounts.add_import", *writer.permissions))
    return is_applied and may_import and decides(user, made)


def name_of(slug: str) -> str:
    """What people call what was imported, in the active language."""
    kind = kind_called(slug)
    if kind is not None:
        return kind.label
    return str(SENT_WORKBOOKS[slug].label) if slug in SENT_WORKBOOKS else slug
