"""Pages of the administration that show what an order would make, and make it once it was looked at."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.actions import StaleRecord
from accounts.admin import OnRecordAdmin
from accounts.forms import in_digits, is_key
from indicators.actions.generate import (
    Plan,
    generate_periods,
    generate_series,
    generate_targets,
    plan_periods,
    plan_series,
    plan_targets,
)
from indicators.actions.lifecycle import duplicate_indicator, replace_indicator, retire_indicator
from indicators.forms import DuplicateForm, PeriodsForm, PlanForm, ReplaceForm, RetireForm, SeriesForm, TargetsForm
from indicators.models import Indicator, ReportingPeriod, Series, Target

#: Rows of a plan that are shown; the rest are counted.
SHOWN = 100


@dataclass
class Preview:
    """What a page says before anything is made.

    Attributes:
        columns: headings of the rows.
        rows: what would be made, a tuple of words for each.
        existing: how many stand there already.
        refused: sentences about what cannot be made.
        said: sentences about what would happen beside the rows.
    """

    columns: Sequence[Any] = ()
    rows: Sequence[Sequence[Any]] = ()
    existing: Sequence[Any] = ()
    refused: Sequence[str] = ()
    said: Sequence[str] = field(default_factory=list)

    @property
    def shown(self) -> Sequence[Sequence[Any]]:
        return self.rows[:SHOWN]

    @property
    def number_not_shown(self) -> int:
        return max(0, len(self.rows) - SHOWN)

    @property
    def makes_something(self) -> bool:
        return bool(self.rows or self.said)


class PlanPage:
    """A form, what it would make, and a button that makes it.

    Nothing is kept between the two steps: the order is read anew and carried out as things stand then, and whatever
    was made by somebody else meanwhile is left alone and told.
    """

    name: str
    title: Any
    intro: Any
    form: type[PlanForm]
    #: What it takes to open the page.
    permission: str

    def __init__(self, model_admin: OnRecordAdmin) -> None:
        self.model_admin = model_admin
        self.opts = model_admin.opts

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm(self.permission):
            raise PermissionDenied
        form = self.form(request.POST or None, initial=self.initial(request), site=self.model_admin.admin_site)
        preview = None
        if request.method == "POST" and form.is_valid():
            try:
                if "make" in request.POST:
                    return self.carried_out(request, form.cleaned_data)
                preview = self.preview(form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error.messages)
            except StaleRecord:
                form.add_error(None, _("Somebody saved one of these meanwhile: look again, then confirm."))
        context = {
            **self.model_admin.admin_site.each_context(request),
            "title": self.title,
            "intro": self.intro,
            "opts": self.opts,
            "form": form,
            "media": self.model_admin.media + form.media,
            "preview": preview,
        }
        return render(request, "admin/plan.html", context)

    def initial(self, request: HttpRequest) -> dict[str, Any]:
        """What the address chose: ``?indicators=1&indicators=2``."""
        chosen = {}
        for name, bound in self.form.base_fields.items():
            given = request.GET.getlist(name)
            if given:
                keys = [each for each in given if is_key(each)]
                chosen[name] = (
                    keys
                    if hasattr(bound.widget, "allow_multiple_selected") and bound.widget.allow_multiple_selected
                    else given[-1]
                )
        return chosen

    def carried_out(self, request: HttpRequest, data: dict[str, Any]) -> HttpResponse:
        with self.model_admin.on_record(request):
            address, sentences, has_written = self.make(data)
            request.has_written = has_written  # type: ignore[attr-defined]
        for sentence in sentences:
            messages.success(request, sentence)
        return HttpResponseRedirect(address)

    def preview(self, data: dict[str, Any]) -> Preview:
        raise NotImplementedError

    def make(self, data: dict[str, Any]) -> tuple[str, list[str], bool]:
        """Carry the order out; gives where to go then, what to say there, and whether anything was written."""
        raise NotImplementedError

    @classmethod
    def address(cls, model: Any, **chosen: Iterable[int]) -> str:
        base = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{cls.name}")
        return f"{base}?{urlencode(chosen, doseq=True)}" if chosen else base


class Generate(PlanPage):
    """A page whose order is a plan of many rows."""

    plan: Callable[..., Plan]
    generate: Callable[..., Plan]
    columns: Sequence[Any]

    def row(self, record: Any) -> Sequence[Any]:
        raise NotImplementedError

    def preview(self, data: dict[str, Any]) -> Preview:
        plan = type(self).plan(**self.order(data))
        return Preview(self.columns, [self.row(record) for record in plan.new], plan.existing, plan.refused)

    def order(self, data: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in data.items() if name != "change_reason"}

    def make(self, data: dict[str, Any]) -> tuple[str, list[str], bool]:
        plan = type(self).generate(**self.order(data))
        said = [ngettext("%(number)s row made.", "%(number)s rows made.", len(plan.new)) % {"number": len(plan.new)}]
        if plan.existing:
            said.append(
                ngettext(
                    "%(number)s stood there already and was left alone.",
                    "%(number)s stood there already and were left alone.",
                    len(plan.existing),
                )
                % {"number": len(plan.existing)}
            )
        return self.afterwards(data), [*said, *plan.refused], bool(plan.new)

    def afterwards(self, data: dict[str, Any]) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")


class GeneratePeriods(Generate):
    name = "generate"
    title = gettext_lazy("Make reporting periods")
    intro = gettext_lazy(
        "Months, quarters, half-years or years from a day to another, named in three languages. The first and the last "
        "are cut to these days. What overlaps with a period that exists is not made."
    )
    form = PeriodsForm
    permission = "indicators.add_reportingperiod"
    plan = staticmethod(plan_periods)
    generate = staticmethod(generate_periods)
    columns = (gettext_lazy("name"), gettext_lazy("starts on"), gettext_lazy("ends on"), gettext_lazy("due on"))

    def row(self, record: ReportingPeriod) -> Sequence[Any]:
        return record.name, record.starts_on, record.ends_on, record.due_on or "–"


class GenerateTargets(Generate):
    name = "targets"
    title = gettext_lazy("Make targets of several periods")
    intro = gettext_lazy(
        "From the targets that stand on one period: the same for each period, or spread evenly so that the whole "
        "numbers add up to it exactly. Targets that exist are left alone: revise them one by one, with a reason."
    )
    form = TargetsForm
    permission = "indicators.add_target"
    plan = staticmethod(plan_targets)
    generate = staticmethod(generate_targets)
    columns = (gettext_lazy("series"), gettext_lazy("period"), gettext_lazy("target"))

    def row(self, record: Target) -> Sequence[Any]:
        number = record.value if record.share is None else record.share
        return record.series, record.period, record.text if number is None else in_digits(number)

    def afterwards(self, data: dict[str, Any]) -> str:
        [first, *others] = data["indicators"]
        if others:
            return reverse("admin:indicators_target_changelist")
        return reverse("admin:indicators_indicator_change", args=[first.pk])


class GenerateSeries(Generate):
    name = "series"
    title = gettext_lazy("Open expected series")
    intro = gettext_lazy(
        "For each indicator and each project, country and partner that is chosen, in total and by the parts of a "
        "dimension. A project goes with the countries and partners that it has. Series that exist are left alone."
    )
    form = SeriesForm
    permission = "indicators.add_series"
    plan = staticmethod(plan_series)
    generate = staticmethod(generate_series)
    columns = (
        gettext_lazy("indicator"),
        gettext_lazy("project"),
        gettext_lazy("country"),
        gettext_lazy("partner"),
        gettext_lazy("breakdown"),
        gettext_lazy("reporter"),
    )

    def row(self, record: Series) -> Sequence[Any]:
        scope = (record.project and record.project.code, record.country, record.partner)
        return (
            record.indicator.code,
            *(part or "–" for part in scope),
            record.breakdown,
            record.reporter or _("the staff"),
        )

    def afterwards(self, data: dict[str, Any]) -> str:
        [first, *others] = data["indicators"]
        address = reverse("admin:indicators_series_changelist")
        return address if others else f"{address}?indicator__id__exact={first.pk}"


class Duplicate(PlanPage):
    name = "duplicate"
    title = gettext_lazy("Duplicate an indicator")
    intro = gettext_lazy(
        "The copy is defined alike and has a name of its own. It stays out of public pages until you tick it public, "
        "and it has no baseline and no actual: those belong to what was measured."
    )
    form = DuplicateForm
    permission = "indicators.add_indicator"

    def preview(self, data: dict[str, Any]) -> Preview:
        indicator: Indicator = data["indicator"]
        series = indicator.series.count() if data["with_series"] else 0
        targets = Target.objects.current().filter(series__indicator=indicator).count() if data["with_targets"] else 0
        said = [
            _("%(indicator)s is copied as %(code)s.") % {"indicator": indicator, "code": data["code"]},
            ngettext("%(number)s series is copied.", "%(number)s series are copied.", series) % {"number": series},
            ngettext("%(number)s target is copied.", "%(number)s targets are copied.", targets) % {"number": targets},
        ]
        return Preview(said=said)

    def make(self, data: dict[str, Any]) -> tuple[str, list[str], bool]:
        copy = duplicate_indicator(**{name: value for name, value in data.items() if name != "change_reason"})
        said = _("%(indicator)s was made. Complete it, then tick it public.") % {"indicator": copy}
        return reverse("admin:indicators_indicator_change", args=[copy.pk]), [said], True


class Retire(PlanPage):
    name = "retire"
    title = gettext_lazy("Retire indicators")
    intro = gettext_lazy("Nothing more is awaited of them after this day. What was reported stays, and stays public.")
    form = RetireForm
    permission = "indicators.change_indicator"

    def preview(self, data: dict[str, Any]) -> Preview:
        day: date = data["on"]
        rows = [(each, each.active_to or "–", day) for each in data["indicators"]]
        return Preview((gettext_lazy("indicator"), gettext_lazy("active to"), gettext_lazy("now active to")), rows)

    def make(self, data: dict[str, Any]) -> tuple[str, list[str], bool]:
        for indicator in data["indicators"]:
            try:
                retire_indicator(indicator=indicator, on=data["on"])
            except ValidationError as error:
                raise ValidationError([f"{indicator}: {sentence}" for sentence in error.messages]) from error
        number = len(data["indicators"])
        said = ngettext("%(number)s indicator retired.", "%(number)s indicators retired.", number) % {"number": number}
        return reverse("admin:indicators_indicator_changelist"), [said], True


class Replace(PlanPage):
    name = "replace"
    title = gettext_lazy("Replace an indicator by another")
    intro = gettext_lazy(
        "The earlier one ends on this day and the other begins on the next. Their figures are never joined: the break "
        "is shown on both pages."
    )
    form = ReplaceForm
    permission = "indicators.change_indicator"

    def preview(self, data: dict[str, Any]) -> Preview:
        names = {"earlier": data["indicator"], "later": data["by"], "day": data["on"].isoformat()}
        return Preview(said=[_("%(earlier)s ends on %(day)s and is followed by %(later)s.") % names])

    def make(self, data: dict[str, Any]) -> tuple[str, list[str], bool]:
        earlier = replace_indicator(indicator=data["indicator"], by=data["by"], on=data["on"])
        said = _("%(earlier)s is followed by %(later)s.") % {"earlier": earlier, "later": data["by"]}
        return reverse("admin:indicators_indicator_change", args=[earlier.pk]), [said], True


def plan_urls(model_admin: OnRecordAdmin, pages: Sequence[type[PlanPage]]) -> list[URLPattern]:
    """Addresses of the pages, to stand before those of the records."""
    opts = model_admin.opts
    site: admin.AdminSite = model_admin.admin_site
    return [
        path(
            f"{page.name}/",
            site.admin_view(page(model_admin)),
            name=f"{opts.app_label}_{opts.model_name}_{page.name}",
        )
        for page in pages
    ]
