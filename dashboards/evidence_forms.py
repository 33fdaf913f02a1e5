"""The form with which evidence is attached: a link, a file, or the promise to show it."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboards.evidence_files import KINDS
from projects.models import Programme

#: After the end of the programme a file with personal data is needed for so long, and no longer; else for a year.
AFTER_THE_END = 2
A_YEAR = timedelta(days=365)
LONGEST = timedelta(days=3653)


def proposed_deletion(programme: Programme, today: date) -> date:
    """When a file with personal data is deleted unless somebody says otherwise."""
    if programme.ends_on is not None:
        ends = programme.ends_on
        # The 29th of February has no day in two years.
        day = ends.replace(year=ends.year + AFTER_THE_END, day=min(ends.day, 28) if ends.month == 2 else ends.day)
        if today < day <= today + LONGEST:
            return day
    return today + A_YEAR


class EvidenceForm(forms.Form):
    """What supports a figure."""

    title = forms.CharField(
        label=gettext_lazy("What it is"),
        max_length=250,
        help_text=gettext_lazy("For example: summary of the course of March, signed by the director."),
    )
    link = forms.URLField(
        label=gettext_lazy("Link"),
        required=False,
        max_length=200,
        assume_scheme="https",
        validators=[URLValidator(schemes=["https", "http"])],
        widget=forms.URLInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        help_text=gettext_lazy("PDF, image (PNG, JPEG), XLSX, ODS, DOCX, text or CSV, up to 10 MB, without macros."),
        widget=forms.FileInput(attrs={"accept": ",".join(f".{kind}" for kind in KINDS)}),
    )
    is_on_request = forms.BooleanField(label=gettext_lazy("Available on request"), required=False)
    has_personal_data = forms.BooleanField(
        label=gettext_lazy("It contains personal data (names, signatures, addresses)"), required=False
    )
    delete_on = forms.DateField(
        label=gettext_lazy("Delete the file on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy(
            "Needed where there is personal data. Without, you may leave it empty: then the file stays."
        ),
    )

    def __init__(self, *args: Any, programme: Programme, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.initial = {"delete_on": proposed_deletion(programme, today)}

    def clean_delete_on(self) -> date | None:
        day: date | None = self.cleaned_data["delete_on"]
        if day is not None and not self.today < day <= self.today + LONGEST:
            raise ValidationError(_("Choose a day after today, within ten years."))
        return day

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if not self.errors and not (typed.get("link") or typed.get("file") or typed.get("is_on_request")):
            raise ValidationError(_("Give a link or a file, or say that it is available on request."))
        if typed.get("has_personal_data") and not typed.get("delete_on") and "delete_on" not in self.errors:
            self.add_error("delete_on", _("Evidence with personal data needs a date on which it is deleted."))
        return typed
