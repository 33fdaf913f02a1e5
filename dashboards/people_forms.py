"""Forms about the people of an institution: whom to invite, and how a new member is called and written to."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.choices import MembershipRole
from partners.models import Partner

#: Where the programme's people work; the first of a country is that of its capital.
TIME_ZONES = {
    "CL": ("America/Santiago", "America/Punta_Arenas", "Pacific/Easter"),
    "CO": ("America/Bogota",),
    "MX": (
        *("America/Mexico_City", "America/Cancun", "America/Chihuahua", "America/Hermosillo", "America/Mazatlan"),
        *("America/Monterrey", "America/Tijuana"),
    ),
    "PE": ("America/Lima",),
    "CA": (
        *("America/Toronto", "America/St_Johns", "America/Halifax", "America/Winnipeg", "America/Regina"),
        *("America/Edmonton", "America/Vancouver", "America/Whitehorse"),
    ),
}
OTHERS = ("UTC",)


def time_zone_of(partner: Partner) -> str:
    """The time zone that a person of the institution most likely works in."""
    zones = TIME_ZONES.get(partner.country.code) if partner.country is not None else None
    return zones[0] if zones else settings.TIME_ZONE


def time_zones(first: str) -> list[tuple[str, str]]:
    """Time zones to choose from, by the names of their cities."""
    zones = dict.fromkeys([first, *(zone for zones in TIME_ZONES.values() for zone in zones), *OTHERS])
    named = {zone: zone.rpartition("/")[2].replace("_", " ") for zone in zones if ZoneInfo(zone)}
    return sorted(named.items(), key=lambda item: item[1])


class InvitationForm(forms.Form):
    """Whom to invite, to do what, and in which language to write to them."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        help_text=gettext_lazy("The address of one person, not one that several people read."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=gettext_lazy("The person may"))
    language = forms.ChoiceField(label=gettext_lazy("Language of the invitation"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, roles: Sequence[MembershipRole], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)
        role.choices = [(each.value, does(each)) for each in roles]


def does(role: MembershipRole) -> str:
    """A role in plain words: what its people do."""
    return {
        MembershipRole.VIEWER: _("see the figures (viewer)"),
        MembershipRole.CONTRIBUTOR: _("see and enter figures (contributor)"),
        MembershipRole.LEAD: _("see and enter figures, forward those of partners, invite people (lead)"),
    }[role]


class NewPersonForm(forms.Form):
    """How a new member is called, and in which language and time zone they are written to."""

    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        label=gettext_lazy("City whose time is yours"), help_text=gettext_lazy("Deadlines are shown in its time.")
    )

    def __init__(self, *args: Any, partner: Partner, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = time_zone_of(partner)
        self.initial = {"language": language, "time_zone": zone}
        choice = self.fields["time_zone"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = time_zones(zone)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if "://" in name or any(not letter.isprintable() for letter in name):
            raise ValidationError(_("Write your name as colleagues know you."))
        return name
