"""Forms of the administration for what the library keeps."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.forms import RecordForm


class DiscrepancyForm(RecordForm):
    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        # The record itself can only count the links it has, not those that are being typed.
        if {"citations", "actuals"} <= self.cleaned_data.keys():
            named = len(self.cleaned_data["citations"]) + len(self.cleaned_data["actuals"])
            if named < 2:
                raise ValidationError(_("A discrepancy needs at least two citations or figures."), code="alone")
        return cleaned
