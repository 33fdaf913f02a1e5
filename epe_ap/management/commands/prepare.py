import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Brings the site to where a server can start: tables, translations, the book, accounts to try it with."
    # The checks of the commands it calls are enough, and some need tables that are not there yet.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-book", action="store_true", help="leave an empty database empty")

    def handle(self, *args: Any, no_book: bool, **options: Any) -> None:
        # One process for all steps: starting Python and Django for each would be most of a second start.
        self.step("Database", "ensure_database")
        self.step("Tables", "migrate", verbosity=0, interactive=False)
        self.step("Translations", "compilemessages")
        if no_book:
            self.step("The search", "rebuild_search", if_needed=True)
            return
        self.step("The book", "load_book", if_empty=True)
        if settings.DEBUG:
            self.step("Demonstration accounts", "make_demo_accounts", if_none=True)
            self.step("Demonstration programme", "make_demo_programme", if_none=True)
        else:
            self.stdout.write("Demonstration accounts: none are made when DEBUG is off; see manage.py createsuperuser.")
        # Entries follow every change; the texts of the pages themselves change with the program.
        self.step("The search", "rebuild_search", if_needed=True)

    def step(self, title: str, command: str, **options: Any) -> None:
        began = time.monotonic()
        self.stdout.write(f"{title} …")
        call_command(command, stdout=self.stdout, stderr=self.stderr, **options)
        self.stdout.write(f"{title}: done in {time.monotonic() - began:.1f} s")
