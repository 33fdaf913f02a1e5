"""Forms of the administration for what the indicators app keeps."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.forms import ReasonedActionForm, RecordForm, RowForm
from indicators.choices import ReturnReason
from indicators.models import Breakdown


class ReturnActionForm(ReasonedActionForm):
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
