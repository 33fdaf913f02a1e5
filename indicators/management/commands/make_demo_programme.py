"""``manage.py make_demo_programme``: a fictitious programme that shows every state and every status."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from indicators.actions.demonstrations import Undeletable, remove_demonstration
from indicators.management.demonstration import story
from indicators.management.demonstration.build import Made, make_programme
from projects.models import Programme


class Command(BaseCommand):
    help = (
        "Make a demonstration programme with three fictitious projects, or remove it. It is marked wherever it shows, "
        "and left out of public totals, lists and downloads unless it is asked for by its code, DEMO."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--profile", choices=["tour"], default="tour", help="which story to tell (default: tour)")
        parser.add_argument("--today", type=date.fromisoformat, help="the day its half-years lie around, as 2026-11-28")
        parser.add_argument("--accounts", action="store_true", help="let its people sign in even when DEBUG is off")
        parser.add_argument("--if-none", action="store_true", help="do nothing when it is there already")
        parser.add_argument("--remove", action="store_true", help="remove it with its accounts and its history")

    def handle(self, *args: Any, **options: Any) -> None:
        found = Programme.objects.filter(slug=story.SLUG).first()
        if options["remove"]:
            self.remove(found)
        elif found is None:
            made = make_programme(today=options["today"], with_accounts=settings.DEBUG or options["accounts"])
            self.stdout.write(
                f"The demonstration programme {made.programme.code} was made: {len(made.projects)} projects, "
                f"{len(made.indicators)} indicators, {len(made.series)} series, {len(made.submissions)} proposals."
            )
            self.show(made)
        elif options["if_none"]:
            self.stdout.write("The demonstration programme is there already: nothing was made.")
        else:
            raise CommandError(
                f"The database already holds a programme with the slug {story.SLUG}: nothing was made. "
                "Remove it first with --remove."
            )

    def remove(self, programme: Programme | None) -> None:
        if programme is None:
            self.stdout.write("There is no demonstration programme: nothing was removed.")
            return
        try:
            removed = remove_demonstration(programme=programme)
        except Undeletable as error:
            raise CommandError(f"Nothing was removed. {error}") from error
        self.stdout.write(f"The demonstration programme was removed: {removed} rows with their history.")

    def show(self, made: Made) -> None:
        if not made.password:
            self.stdout.write("Nobody can sign in to it: DEBUG is off. Make it with --accounts to change that.")
            return
        self.stdout.write(f"Its people sign in with the password {made.password} (shown this once):")
        for short, account in story.ACCOUNTS.items():
            institution = story.INSTITUTIONS.get(account.partner)
            of = f" of {institution.acronym}" if institution else ""
            self.stdout.write(f"  {made.users[short].email:<24}  {account.role}{of}")
