"""What people of an institution type about a figure, and what staff type to settle it."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.reading.numbers import Unreadable, read_number
from dashboards.forms import LONGEST_REASON
from dashboards.institutions import Figure
from indicators.actions import Answer
from indicators.choices import ConfirmationAnswer, Measure, Settlement
from indicators.models import Confirmation

LONGEST = 4_000


class NumberField(forms.CharField):
    """A number as people write it; what has two readings is asked about."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def __init__(self, *, is_whole: bool, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=60, **kwargs)
        self.is_whole = is_whole

    def clean(self, value: Any) -> Decimal | None:
        written = super().clean(value)
        if not written:
            return None
        try:
            return read_number(written, is_whole=self.is_whole)
        except Unreadable as problem:
            raise ValidationError(problem.sentence) from problem


class AnswerForm(forms.Form):
    """One answer about one figure; only what the figure lacks is asked for beside it."""

    answer = forms.ChoiceField(
        choices=ConfirmationAnswer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose an answer.")},
    )
    link = forms.URLField(
        label=gettext_lazy("Link to the evidence"), required=False, max_length=200, assume_scheme="https"
    )
    is_on_request = forms.BooleanField(label=gettext_lazy("The evidence is available on request"), required=False)
    is_to_follow = forms.BooleanField(label=gettext_lazy("I attach a file in the next step"), required=False)
    text = forms.CharField(
        label=gettext_lazy("What the programme should know"),
        help_text=gettext_lazy("For example what the number counts, in which years. The programme’s team reads it."),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    figure_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, figure: Figure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        indicator, share = figure.indicator, figure.actual.share
        is_counted = indicator.measure == Measure.COUNT and share is None
        is_whole = indicator.is_whole and is_counted
        if indicator.measure != Measure.QUALITATIVE:
            label = _("What it should be") if share is None else _("What it should be, in percent of the total")
            if indicator.measure == Measure.PERCENTAGE:
                label = _("What it should be, in percent")
            self.fields["value"] = NumberField(is_whole=is_whole, label=label)
        if figure.lacks_split:
            self.fields["women"] = NumberField(is_whole=indicator.is_whole, label=_("Women"))
            self.fields["men"] = NumberField(is_whole=indicator.is_whole, label=_("Men"))
        if figure.lacks_base:
            self.fields["base"] = NumberField(is_whole=True, label=_("How many the percentage was measured on"))

    def said(self) -> Answer:
        """What was answered; of a valid form."""
        given = {name: value for name, value in self.cleaned_data.items() if not name.endswith("version")}
        return Answer(**given | {"answer": ConfirmationAnswer(given["answer"])})

    @property
    def incomplete(self) -> bool:
        """Whether what the page itself sends is missing."""
        return any(name in self.errors for name in ("version", "figure_version"))

    @classmethod
    def showing(cls, figure: Figure) -> "AnswerForm":
        """With what was answered before."""
        return cls(figure=figure, initial=initial_of(figure))


def initial_of(figure: Figure) -> dict[str, Any]:
    answer = figure.answer
    versions = {"version": answer.version if answer else 0, "figure_version": figure.actual.version}
    if answer is None:
        return versions
    pieces = list(answer.evidence.all())
    evidence = next((each for each in pieces if each.file_id is None and each.file_deleted_at is None), None)
    numbers = {name: plainly(getattr(answer, name)) for name in ("value", "women", "men", "base")}
    return (
        versions
        | numbers
        | {
            "answer": answer.answer,
            "text": answer.text,
            "link": evidence.link if evidence else "",
            "is_on_request": bool(evidence and evidence.is_on_request),
            "is_to_follow": answer.answer == ConfirmationAnswer.EVIDENCE and evidence is None,
        }
    )


def plainly(value: Decimal | None) -> str:
    """A stored number so that it is read back as the same number in every language: never three digits after a mark."""
    if value is None:
        return ""
    digits = f"{value.normalize():f}"
    return f"{digits}0" if len(digits.partition(".")[2]) == 3 else digits


class SettleForm(forms.Form):
    """What the staff make of an answer."""

    settlement = forms.ChoiceField(
        choices=[
            (Settlement.ADOPTED, gettext_lazy("Adopt what the institution answers")),
            (Settlement.KEPT, gettext_lazy("Keep the figure as it is")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose whether the answer is adopted.")},
    )
    text = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "The institution reads it. Where a figure changes, everybody reads it beside the figure: name nobody in it."
        ),
        error_messages={"required": gettext_lazy("Say why: the institution reads it.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    @classmethod
    def showing(cls, answer: Confirmation) -> "SettleForm":
        return cls(initial={"version": answer.version})
