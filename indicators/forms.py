"""Forms of the administration for what the indicators app keeps."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms import ReasonedActionForm, RecordForm, RecordSelect, RecordSelectMultiple, RowForm
from indicators.choices import Frequency, ReporterOf, ReturnReason, TargetManner, YearStart
from indicators.models import Breakdown, Dimension, Indicator, ReportingPeriod, Series, Target
from partners.models import Country, Partner
from projects.models import Programme, Project


class ReviewActionForm(ReasonedActionForm):
    """Why something is approved that would otherwise be asked about."""

    exception_reason = forms.CharField(
        label=_("Approved although parts do not add up, or the partner disputes it, because"), required=False
    )


class ReturnActionForm(ReviewActionForm):
    """Why the chosen figures are sent back: one reason of the list, and words of one's own."""

    return_reason = forms.ChoiceField(
        label=_("Returned because"), choices=[("", "—"), *ReturnReason.choices], required=False
    )


class CodeOfBreakdownsMixin:
    """The code of a dimension or category that breakdowns name in their key stays as it is."""

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]  # type: ignore[attr-defined]
        record = self.instance  # type: ignore[attr-defined]
        if record.pk is not None and code != record.code and self.is_in_use():
            raise ValidationError(_("Figures are broken down by this code already: it can no longer change."))
        return code

    def is_in_use(self) -> bool:
        raise NotImplementedError


class CategoryRowForm(CodeOfBreakdownsMixin, RowForm):
    def is_in_use(self) -> bool:
        return bool(self.instance.breakdowns.exists())


class CategoryForm(CategoryRowForm, RecordForm):
    pass


class DimensionForm(CodeOfBreakdownsMixin, RecordForm):
    def is_in_use(self) -> bool:
        return Breakdown.objects.filter(categories__dimension=self.instance).exists()


class BreakdownForm(RecordForm):
    """A new breakdown: only its categories are asked for, its key follows from them."""

    class Meta:
        model = Breakdown
        fields = ("categories",)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        chosen = self.cleaned_data.get("categories") or []
        key = Breakdown.key_of(chosen)
        if Breakdown.objects.filter(key=key).exists():
            raise ValidationError(_("This breakdown exists already."), code="twins")
        self.instance.key = key
        return cleaned


class ActualForm(RecordForm):
    """A figure that a published source states; it is corrected with a reason."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        # Asked about in this order: what is no number cannot be compared.
        is_corrected = self.instance.pk is not None and not self.errors and bool(self.altered)
        if is_corrected and not self.cleaned_data.get("change_reason", "").strip():
            self.add_error("change_reason", _("Say why the figure is corrected."))
        return cleaned


class PlanForm(forms.Form):
    """An order that is looked at before it is carried out. Its records are typed and found, as in every form here."""

    #: The relation of a model through which the records of a field are found.
    found_by: dict[str, Any] = {}

    change_reason = forms.CharField(
        label=_("Reason for the change"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 60}),
        help_text=_("Kept in the history, with your name and the date."),
    )

    def __init__(self, *args: Any, site: admin.AdminSite, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, relation in self.found_by.items():
            bound: Any = self.fields[name]
            is_many = isinstance(bound, forms.ModelMultipleChoiceField)
            choices = bound.queryset
            bound.widget = (RecordSelectMultiple if is_many else RecordSelect)(relation.field, site)
            bound.widget.is_required = bound.required
            bound.queryset = choices
        self.order_fields([*(name for name in self.fields if name != "change_reason"), "change_reason"])


def _day(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


def _many(model: Any, label: Any, **kwargs: Any) -> forms.ModelMultipleChoiceField:
    return forms.ModelMultipleChoiceField(model.objects.all(), label=label, **kwargs)


class PeriodsForm(PlanForm):
    programme = forms.ModelChoiceField(Programme.objects.all(), label=_("programme"))
    first = _day(pgettext_lazy("first day", "from"))
    last = _day(pgettext_lazy("last day", "to"))
    rhythm = forms.ChoiceField(
        label=_("rhythm"),
        choices=[
            (each.value, each.label)
            for each in (Frequency.HALF_YEARLY, Frequency.QUARTERLY, Frequency.YEARLY, Frequency.MONTHLY)
        ],
    )
    year_starts = forms.TypedChoiceField(label=_("years run from"), choices=YearStart, coerce=int)
    due_after = forms.IntegerField(
        label=_("due after"),
        min_value=0,
        max_value=366,
        required=False,
        help_text=_("Days after the end of each period; empty when nothing is awaited."),
    )
    found_by = {"programme": ReportingPeriod.programme}

    def clean_rhythm(self) -> Frequency:
        return Frequency(self.cleaned_data["rhythm"])


class TargetsForm(PlanForm):
    indicators = _many(Indicator, _("indicators"))
    source = forms.ModelChoiceField(
        ReportingPeriod.objects.all(),
        label=_("from the targets of"),
        help_text=_("For example the whole programme, on which final targets stand."),
    )
    periods = _many(ReportingPeriod, _("for the periods"))
    manner = forms.ChoiceField(
        label=_("how"), choices=TargetManner, widget=forms.RadioSelect, initial=TargetManner.COPY
    )
    found_by = {"indicators": Series.indicator, "source": Target.period, "periods": Target.period}

    def clean_manner(self) -> TargetManner:
        return TargetManner(self.cleaned_data["manner"])


class SeriesForm(PlanForm):
    indicators = _many(Indicator, _("indicators"))
    projects = _many(Project, _("projects"), required=False)
    countries = _many(Country, _("countries"), required=False)
    partners = _many(Partner, _("partners"), required=False)
    dimension = forms.ModelChoiceField(
        Dimension.objects.all(), label=_("by the parts of"), required=False, empty_label=_("no dimension: totals alone")
    )
    with_total = forms.BooleanField(label=_("and the total"), required=False, initial=True)
    reporter = forms.ChoiceField(label=_("reported by"), choices=ReporterOf, initial=ReporterOf.STAFF)
    found_by = {
        "indicators": Series.indicator,
        "projects": Series.project,
        "countries": Series.country,
        "partners": Series.partner,
    }

    def clean_reporter(self) -> ReporterOf:
        return ReporterOf(self.cleaned_data["reporter"])


class DuplicateForm(PlanForm):
    indicator = forms.ModelChoiceField(Indicator.objects.all(), label=_("indicator"))
    code = forms.CharField(label=_("code of the copy"), max_length=40)
    slug = forms.SlugField(
        label=_("slug of the copy"),
        max_length=100,
        help_text=_("Stands in addresses; its former address leads on when it is changed."),
    )
    with_series = forms.BooleanField(label=_("copy the series"), required=False, initial=True)
    with_targets = forms.BooleanField(label=_("copy the targets in force"), required=False)
    found_by = {"indicator": Series.indicator}


class RetireForm(PlanForm):
    indicators = _many(Indicator, _("indicators"))
    on = _day(_("last day"))
    found_by = {"indicators": Series.indicator}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["change_reason"].required = True


class ReplaceForm(PlanForm):
    indicator = forms.ModelChoiceField(Indicator.objects.all(), label=_("indicator"))
    by = forms.ModelChoiceField(Indicator.objects.all(), label=_("replaced by"))
    on = _day(_("last day"), help_text=_("The other one begins on the next day, unless it has a day of its own."))
    found_by = {"indicator": Series.indicator, "by": Indicator.replaced_by}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["change_reason"].required = True
