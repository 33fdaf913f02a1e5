"""What people of an institution type about a figure, and what staff type to settle it."""

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.reading.numbers import Unreadable, read_number
from dashboards.forms import LONGEST_REASON
from dashboards.institutions import Figure
from indicators.actions import Answer, Reading
from indicators.actions.settling import is_in_words
from indicators.choices import ConfirmationAnswer, Measure, Settlement
from indicators.models import Actual, Confirmation

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


def new_value(actual: Actual, **more: Any) -> NumberField:
    """The field of the number that a figure should state, with what it is a number of."""
    indicator = actual.series.indicator
    label = _("What it should be") if actual.share is None else _("What it should be, in percent of the total")
    if indicator.measure == Measure.PERCENTAGE:
        label = _("What it should be, in percent")
    is_counted = indicator.measure == Measure.COUNT and actual.share is None
    return NumberField(is_whole=indicator.is_whole and is_counted, label=label, **more)


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
        indicator = figure.indicator
        if indicator.measure != Measure.QUALITATIVE:
            self.fields["value"] = new_value(figure.actual)
        if figure.lacks_split:
            self.fields["women"] = NumberField(is_whole=indicator.is_whole, label=_("Women"))
            self.fields["men"] = NumberField(is_whole=indicator.is_whole, label=_("Men"))
        if figure.lacks_base:
            is_of_persons = figure.actual.share is None or indicator.is_whole
            self.fields["base"] = NumberField(
                is_whole=is_of_persons, label=_("How many the percentage was measured on")
            )

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

    def __init__(self, *args: Any, answer: Confirmation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_in_words(answer):
            return
        actual = answer.actual
        if actual.series.indicator.measure == Measure.QUALITATIVE:
            for code, name in settings.LANGUAGES:
                self.fields[f"text_{code}"] = forms.CharField(
                    label=_("What the figure says: %(language)s") % {"language": name},
                    initial=getattr(actual, f"text_{code}"),
                    required=False,
                    max_length=LONGEST,
                    widget=forms.Textarea(attrs={"rows": 3, "lang": code}),
                )
        else:
            self.fields["value"] = new_value(actual, help_text=_("As you read it in what the institution writes."))

    def reading(self) -> Reading:
        """What was read in a correction in words alone; of a valid form."""
        texts = {name: text for name, text in self.cleaned_data.items() if name.startswith("text_")}
        return Reading(self.cleaned_data.get("value"), texts)

    @property
    def readings(self) -> list[Any]:
        """The fields of what a correction in words comes to; none where it states its number itself."""
        return [each for each in self if each.name == "value" or each.name.startswith("text_")]

    @classmethod
    def showing(cls, answer: Confirmation) -> "SettleForm":
        return cls(answer=answer, initial={"version": answer.version})
