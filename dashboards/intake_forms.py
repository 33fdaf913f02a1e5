"""Forms of entries on behalf of a partner: what came in, its summary, and the answer."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboards.files import LARGEST
from indicators.choices import Channel
from partners.models import Partner


class IntakeForm(forms.Form):
    """What came in from a partner, how and when."""

    partner = forms.ModelChoiceField(
        label=gettext_lazy("Institution"), queryset=Partner.objects.none(), empty_label=gettext_lazy("Choose one")
    )
    channel = forms.ChoiceField(label=gettext_lazy("How it came in"), choices=Channel.choices)
    received_on = forms.DateField(
        label=gettext_lazy("Received on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address of whoever confirms"),
        required=False,
        help_text=gettext_lazy("The summary is sent to it. You can give it later, too."),
    )
    file = forms.FileField(
        label=gettext_lazy("What came in"),
        required=False,
        help_text=gettext_lazy("PDF, image, workbook, text or mail, up to 10 MB; kept for staff alone."),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Never shown outside the team."),
    )

    def __init__(self, *args: Any, partners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        partner = self.fields["partner"]
        assert isinstance(partner, forms.ModelChoiceField)
        partner.queryset = partners
        self.fields["received_on"].initial = timezone.localdate()

    def clean_received_on(self) -> Any:
        day = self.cleaned_data["received_on"]
        if day > timezone.localdate():
            raise ValidationError(_("It cannot have come in after today."))
        return day

    def clean_file(self) -> Any:
        file = self.cleaned_data.get("file")
        if file and file.size > LARGEST:
            raise ValidationError(
                _("The file is larger than %(number)s MB: send a smaller one.") % {"number": LARGEST // 1024 // 1024}
            )
        return file


class SummaryForm(forms.Form):
    """To whom the summary goes, and in which language."""

    email = forms.EmailField(label=gettext_lazy("E-mail address"))
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)


class AnswerForm(forms.Form):
    """What a partner says of its summary."""

    answer = forms.ChoiceField(choices=[("confirmed", ""), ("disputed", "")])
    text = forms.CharField(required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    seen = forms.CharField(max_length=64)
