"""Forms of the administration: of accounts, and what the form of every record does."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.admin.helpers import ActionForm
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class AccountCreationForm(AdminUserCreationForm):
    """A new account: who the person is, and a password or none."""

    class Meta:
        model = User
        fields = ("email", "name", "language", "time_zone")


class AccountChangeForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"


def in_digits(value: Decimal) -> str:
    """A number as a person writes it: 5, not 5.0000; nothing is rounded."""
    return f"{value.normalize():f}"


def is_key(written: Any) -> bool:
    """Whether it can be the primary key of a record: a number that both databases hold."""
    text = str(written)
    return text.isascii() and text.isdecimal() and len(text) < 19


class TypedAndChosen:
    """Whatever else than a key an address or a form holds in its place chooses no record."""

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        return super().optgroups(name, [each for each in value if is_key(each)], attrs)  # type: ignore[misc]

    @property
    def media(self) -> forms.Media:
        # After Django's own, which it goes on from.
        return super().media + forms.Media(js=("admin/js/autocomplete.js", "js/field_names.js"))  # type: ignore[misc]


class RecordSelect(TypedAndChosen, AutocompleteSelect):
    """A record that is typed and chosen."""


class RecordSelectMultiple(TypedAndChosen, AutocompleteSelectMultiple):
    """The same for several records."""


class NumberInput(forms.NumberInput):
    """A number without the zeros that only its column needs."""

    def format_value(self, value: Any) -> str | None:
        return in_digits(value) if isinstance(value, Decimal) else super().format_value(value)


class ReasonedActionForm(ActionForm):
    """What is done with the chosen rows of a list, and why."""

    change_reason = forms.CharField(label=_("Reason"), required=False)


class RowForm(forms.ModelForm):
    """A record as a form: it knows which version its writer saw, and refuses to overwrite a later one.

    What was typed stays in the refused form, beside what the record now says; saved again, it is a decision.
    """

    #: Fields of the form that are no columns of the record.
    OWN_FIELDS = frozenset({"seen_version", "change_reason"})

    #: Sentences with which an action refused what this form had let pass; see RecordAdmin.changeform_view().
    refused: Sequence[str] = ()

    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.fields["seen_version"].initial = self.instance.version
            self.fields["seen_version"].required = True

    @property
    def altered(self) -> list[str]:
        """The columns in which what was typed differs from what the database now holds."""
        return [name for name in self.changed_data if name not in self.OWN_FIELDS]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.refused:
            raise ValidationError(list(self.refused), code="refused")
        seen = self.cleaned_data.get("seen_version")
        # A later version that says the same as this form takes nothing from anybody.
        if self.instance.pk is not None and seen not in (None, self.instance.version) and self.altered:
            self._refuse_stale()
        return cleaned

    def _refuse_stale(self) -> None:
        last = self.instance.history.select_related("change__made_by").first()
        who = last.change.made_by if last is not None and last.change.made_by is not None else gettext("Somebody else")
        sentences = [
            gettext(
                "%(who)s saved this while you were editing it, so nothing was saved. "
                "Compare, then save again to keep what you typed."
            )
            % {"who": who}
        ]
        for name in self.altered:
            sentences.append(
                gettext("%(field)s: you typed “%(mine)s”, it now says “%(current)s”.")
                % {
                    "field": self.fields[name].label,
                    "mine": self._in_words(name, self.cleaned_data.get(name)),
                    "current": self._in_words(name, getattr(self.instance, name)),
                }
            )
        self.add_error(None, ValidationError([ValidationError(sentence, code="stale") for sentence in sentences]))
        # Whoever saves again has now seen the current version.
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data[self.add_prefix("seen_version")] = str(self.instance.version)
        self.data = data

    def _in_words(self, name: str, value: Any) -> str:
        if hasattr(value, "all"):
            value = value.all()
        if isinstance(value, models.QuerySet | list):
            return ", ".join(str(each) for each in value) or gettext("nothing")
        if isinstance(value, bool):
            return gettext("yes") if value else gettext("no")
        if value is None or value == "":
            return gettext("nothing")
        if isinstance(value, Decimal):
            return in_digits(value)
        choices = getattr(self.instance._meta.get_field(name), "flatchoices", None)
        return str(dict(choices).get(value, value)) if choices else str(value)


class RecordForm(RowForm):
    """The form of a record's own page, where its writer may also say why."""

    change_reason = forms.CharField(
        label=_("Reason for the change"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 80}),
        help_text=_(
            "Kept in the history, with your name and the date. Of a published figure, the reason is public, without names."
        ),
    )


class RowFormSet(BaseInlineFormSet):
    """The parts of a record on its page. Two of them that may not be alike are refused with the rule's sentence."""

    def clean(self) -> None:
        # Each form alone finds no twin in the database while both are new.
        rows = [
            form
            for form in self.forms
            if hasattr(form, "cleaned_data")
            and not (self.can_delete and self._should_delete_form(form))
            and (form.instance.pk is not None or form.has_changed())
        ]
        for constraint in self.model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint) and constraint.fields:
                self._compare([form.instance for form in rows], constraint)
        super().clean()

    def _compare(self, rows: list[models.Model], constraint: models.UniqueConstraint) -> None:
        columns = [self.model._meta.get_field(name) for name in constraint.fields if name != self.fk.name]
        seen: set[tuple[Any, ...]] = set()
        for row in rows:
            key = tuple(getattr(row, column.attname) for column in columns)
            if None in key or not self._applies(constraint, row):
                continue
            if key in seen:
                raise ValidationError(constraint.get_violation_error_message(), code="twins")
            seen.add(key)

    def _applies(self, constraint: models.UniqueConstraint, row: models.Model) -> bool:
        if constraint.condition is None:
            return True
        values = {
            field.name: models.Value(getattr(row, field.attname), field)
            for field in self.model._meta.concrete_fields
            if not field.generated
        }
        return constraint.condition.check(values)
