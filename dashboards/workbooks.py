"""The workbooks that people download, fill in and send back: what the pages around them ask of each kind."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import IO, Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.actions.imports import Importable, Refused
from accounts.models import Import, User
from accounts.reading.workbooks import Sheet, Workbook
from dashboards.places import place_called
from dashboards.summaries import of_report
from indicators.choices import PeriodState
from indicators.models import Intake
from indicators.workbooks import framework_imports, reports
from indicators.workbooks.frameworks import write_framework
from indicators.workbooks.layout import layout_of
from indicators.workbooks.template import write_template
from projects.models import Programme


class SentWorkbook(ABC):
    """A workbook that comes back filled in: that of one report, or the framework of one programme.

    Attributes:
        kind: what its imports are kept as; ``label`` what people call that.
        may_download, may_send: the permissions for the template, and for all the rest.
        download_page, upload_page, look_page, marked_page: the names of its addresses.
        parts: what these addresses are made of; its imports keep them among their options.
        asked: what the address of the upload may ask for behind its ``?``.
        is_for_members: whether people of partner institutions have these pages, too.
        needs_reason: whether a reason must be given before anything is saved; ``asks_reason`` whether it may.
    """

    kind: ClassVar[str]
    may_download: ClassVar[str]
    may_send: ClassVar[str]
    download_page: ClassVar[str]
    upload_page: ClassVar[str]
    look_page: ClassVar[str]
    marked_page: ClassVar[str]
    parts: ClassVar[tuple[str, ...]]
    asked: ClassVar[tuple[str, ...]] = ()
    is_for_members: ClassVar[bool] = False

    # Words, most of them in the order of the pages.
    label: ClassVar[Any]
    title: ClassVar[Any]
    download: ClassVar[Any]
    instruction: ClassVar[Any]
    file_label: ClassVar[Any]
    row_label: ClassVar[Any]
    again: ClassVar[Any]

    programme: Programme
    asks_reason: bool
    needs_reason: bool

    def __init__(self, reader: User, **named: str) -> None:
        self.reader, self.named = reader, named

    @property
    @abstractmethod
    def name(self) -> str:
        """Whose workbook it is."""

    @property
    @abstractmethod
    def file_name(self) -> str:
        """What it is called when it is downloaded, without language and ending."""

    @abstractmethod
    def write(self, file: IO[bytes]) -> None:
        """Write the workbook to be filled in, in the active language."""

    @abstractmethod
    def sheet(self, workbook: Workbook) -> Sheet:
        """The sheet that was filled in.

        Raises:
            Refused: when it is another workbook.
        """

    @abstractmethod
    def resource(self, by: User, options: Mapping[str, Any]) -> Importable:
        """What reads the sheet and writes its rows.

        Raises:
            Refused: when what the import came in with is gone.
        """

    def options(self, asked: Mapping[str, str]) -> dict[str, Any]:
        """What an import keeps beside its file; ``asked`` stands behind the ``?`` of the upload's address."""
        return dict(self.named)

    @abstractmethod
    def save_label(self, number: int, *, only_good: bool) -> str:
        """What the button says that saves so many rows."""

    @abstractmethod
    def saved(self, number: int) -> str:
        """That so many rows were saved."""

    @property
    @abstractmethod
    def next_page(self) -> dict[str, str]:
        """Where somebody goes on from here: ``{label, url}``."""

    def address(self, page: str, **more: int) -> str:
        return reverse(page, kwargs={**self.named, **more})

    @property
    def download_url(self) -> str:
        return self.address(self.download_page)

    @property
    def upload_url(self) -> str:
        return self.address(self.upload_page)

    def imported(self, pk: int) -> Import:
        """One import of this very workbook; else there is no such page."""
        own: dict[str, Any] = {f"options__{part}": value for part, value in self.named.items()}
        if not self.reader.is_staff:
            own["made_by"] = self.reader
        return get_object_or_404(Import.objects.select_related("file", "made_by"), pk=pk, kind=self.kind, **own)


class ReportWorkbook(SentWorkbook):
    """The figures of a project for a period."""

    kind = reports.KIND
    may_download = may_send = "indicators.add_submission"
    download_page, upload_page = "report_template", "report_upload"
    look_page, marked_page = "report_upload_look", "report_upload_marked"
    parts = ("project", "period")
    asked = ("intake",)
    is_for_members = True

    label = gettext_lazy("figures of a report")
    title = gettext_lazy("Send a workbook")
    download = gettext_lazy("Download the workbook of this report")
    instruction = gettext_lazy(
        "Fill in its yellow cells with Excel or LibreOffice, or send it to whoever knows the figures."
    )
    file_label = gettext_lazy("Filled workbook")
    row_label = gettext_lazy("Figure")
    again = gettext_lazy("Send another workbook")

    def __init__(self, reader: User, project: str, period: str) -> None:
        super().__init__(reader, project=project, period=period)
        of, at = place_called(project, period, reader)
        self.programme = of.programme
        self.layout = layout_of(of, at, reader)
        if not reader.is_staff and not self.layout.groups:
            raise PermissionDenied(_("Your account may look at these figures and not change them."))
        self.asks_reason = self.needs_reason = at.state != PeriodState.OPEN

    @property
    def name(self) -> str:
        project = self.layout.project
        return f"{project.code} · {project.title}, {self.layout.period.name}"

    @property
    def file_name(self) -> str:
        return f"{self.layout.project.slug}-{self.layout.period.slug}"

    def write(self, file: IO[bytes]) -> None:
        write_template(file, self.layout)

    def sheet(self, workbook: Workbook) -> Sheet:
        return reports.figures_sheet(workbook, self.layout)

    def imported(self, pk: int) -> Import:
        made = super().imported(pk)
        if made.made_by is not None and made.made_by != self.reader and not made.made_by.is_staff:
            # It is looked at as its sender saw it.
            self.layout = layout_of(self.layout.project, self.layout.period, made.made_by)
        return made

    def options(self, asked: Mapping[str, str]) -> dict[str, Any]:
        intake = asked.get("intake", "") if self.reader.is_staff else ""
        return {**self.named, "confirmed": [], "intake": intake}

    def resource(self, by: User, options: Mapping[str, Any]) -> reports.ReportImport:
        confirmed = frozenset(options.get("confirmed", []))
        return reports.ReportImport(self.layout, by, confirmed, intake=self._intake(options.get("intake", "")))

    def _intake(self, number: str) -> Intake | None:
        """What the workbook came in with, when it is read on behalf of a partner."""
        found = of_report(number, project=self.layout.project.slug, period=self.layout.period)
        if number and found is None:
            # The figures would not be the partner's.
            raise Refused(_("What came in from the partner was not found: open the upload from its page again."))
        return found

    def save_label(self, number: int, *, only_good: bool) -> str:
        if only_good:
            words = ngettext("Save the %(n)s good figure", "Save the %(n)s good figures", number)
        else:
            words = ngettext("Save %(n)s figure", "Save all %(n)s figures", number)
        return words % {"n": number}

    def saved(self, number: int) -> str:
        words = ngettext("%(n)d figure was saved as a draft.", "%(n)d figures were saved as drafts.", number)
        return words % {"n": number}

    @property
    def next_page(self) -> dict[str, str]:
        return {"label": _("Look at the report and hand it in"), "url": self.address("report_grid")}


class FrameworkWorkbook(SentWorkbook):
    """The performance measurement framework of a programme."""

    kind = framework_imports.KIND
    may_download, may_send = "indicators.view_indicator", "indicators.change_indicator"
    download_page, upload_page = "pmf_workbook", "pmf_upload"
    look_page, marked_page = "pmf_upload_look", "pmf_upload_marked"
    parts = ("programme",)

    label = gettext_lazy("measurement framework")
    title = gettext_lazy("Send a framework")
    download = gettext_lazy("Download the framework")
    instruction = gettext_lazy(
        "Change names, sources, methods, who is responsible, baselines and targets, and add indicators: the workbook explains how. An empty cell changes nothing; actuals are not read; a changed target needs its reason."
    )
    file_label = gettext_lazy("Changed framework")
    row_label = gettext_lazy("Row")
    again = gettext_lazy("Send another framework")

    asks_reason, needs_reason = True, False

    def __init__(self, reader: User, programme: str) -> None:
        super().__init__(reader, programme=programme)
        self.programme = get_object_or_404(Programme, slug=programme)

    @property
    def name(self) -> str:
        return self.programme.name

    @property
    def file_name(self) -> str:
        return f"{self.programme.slug}-{_('framework')}"

    def write(self, file: IO[bytes]) -> None:
        write_framework(file, self.programme)

    def sheet(self, workbook: Workbook) -> Sheet:
        return framework_imports.framework_sheet(workbook, self.programme)

    def resource(self, by: User, options: Mapping[str, Any]) -> framework_imports.FrameworkImport:
        return framework_imports.FrameworkImport(self.programme, by)

    def save_label(self, number: int, *, only_good: bool) -> str:
        if only_good:
            words = ngettext("Change the %(n)s good row", "Change the %(n)s good rows", number)
        else:
            words = ngettext("Change %(n)s row", "Change all %(n)s rows", number)
        return words % {"n": number}

    def saved(self, number: int) -> str:
        words = ngettext("%(n)d row of the framework was changed.", "%(n)d rows of the framework were changed.", number)
        return words % {"n": number}

    @property
    def next_page(self) -> dict[str, str]:
        return {
            "label": _("Logic model and performance measurement framework"),
            "url": f"{reverse('framework')}?programme={self.programme.slug}",
        }


#: By what their imports are kept as.
SENT_WORKBOOKS: Mapping[str, type[SentWorkbook]] = {each.kind: each for each in (ReportWorkbook, FrameworkWorkbook)}
