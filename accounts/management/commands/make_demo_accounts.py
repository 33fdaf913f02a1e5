"""Accounts to try the system with, on one's own machine."""

import secrets
from argparse import ArgumentParser
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError

from accounts.actions import change, ensure_roles, save_record
from accounts.choices import Door, Language
from accounts.models import User
from accounts.roles import ADMINISTRATORS, DATA_ENTRY, READERS, SPECIALISTS
from partners.choices import MembershipRole
from partners.models import Membership, Partner

#: One account of each role of the staff: address, name, role, how it is called here.
STAFF = (
    ("administration@example.org", "Alexis Administrator", ADMINISTRATORS, "administrator"),
    ("specialist@example.org", "Camille Specialist", SPECIALISTS, "monitoring specialist"),
    ("staff@example.org", "Dominique Staff", DATA_ENTRY, "data-entry staff"),
    ("reader@example.org", "Renée Reader", READERS, "reader"),
)
#: Institutions of Chile, Colombia and Canada; the third leads a project.
CONTRIBUTORS = (
    ("ceduc-ucn-antofagasta", Language.SPANISH, "America/Santiago"),
    ("uts", Language.SPANISH, "America/Bogota"),
    ("niagara-college", Language.ENGLISH, "America/Toronto"),
)


@dataclass(frozen=True)
class Made:
    """An account as it is shown once to whoever runs the command."""

    email: str
    password: str
    role: str


class Command(BaseCommand):
    help = "Make demonstration accounts with random passwords, which are printed once. Refused when DEBUG is off."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-none", action="store_true", help="do nothing when there are such accounts already")

    def handle(self, *args: Any, if_none: bool, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError(
                "Demonstration accounts are refused when DEBUG is off: use manage.py createsuperuser for real ones."
            )
        if if_none and User.objects.demonstration().exists():
            self.stdout.write(
                "There are demonstration accounts already: none was made. "
                "Run make_demo_accounts without --if-none to give them new passwords."
            )
            return
        with change(door=Door.COMMAND, reason="Demonstration accounts"):
            groups = ensure_roles()
            made = [
                *(self.make_staff(email, name, called, groups[role]) for email, name, role, called in STAFF),
                *self.make_contributors(),
            ]
        self.show(made)

    def make_staff(self, email: str, name: str, role: str, group: Group) -> Made:
        user, password = self.account(email, name=name, is_staff=True)
        user.groups.set([group])
        return Made(email, password, role)

    def make_contributors(self) -> list[Made]:
        made = []
        for slug, language, time_zone in CONTRIBUTORS:
            partner = Partner.objects.filter(slug=slug).first()
            if partner is None:
                self.stdout.write(f"The partner {slug} is not in the database: no contributor was made for it.")
                continue
            email = f"contributor.{slug}@example.org"
            name = f"Contributor {partner.short_name}"
            user, password = self.account(email, name=name, language=language, time_zone=time_zone)
            if not Membership.objects.filter(user=user, partner=partner).exists():
                save_record(record=Membership(user=user, partner=partner, role=MembershipRole.CONTRIBUTOR))
            made.append(Made(email, password, f"contributor of {partner.short_name}"))
        return made

    def account(self, email: str, **fields: Any) -> tuple[User, str]:
        """The account with this address and a new password."""
        password = secrets.token_urlsafe(12)
        user = User.objects.filter(email=email, is_demonstration=True).first()
        if user is None:
            return User.objects.create_user(email, password, is_demonstration=True, **fields), password
        user.set_password(password)
        user.save(update_fields=["password"])
        return user, password

    def show(self, made: list[Made]) -> None:
        headings = Made("e-mail address", "password", "role")
        widths = [max(len(getattr(row, column)) for row in [headings, *made]) for column in ("email", "password")]
        self.stdout.write("These passwords are shown this once:")
        for row in [headings, *made]:
            self.stdout.write(f"  {row.email:<{widths[0]}}  {row.password:<{widths[1]}}  {row.role}")
        self.stdout.write(
            "Staff set up a second factor (an authenticator app on the telephone) when they first sign in."
        )
