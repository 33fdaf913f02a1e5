"""Make the table of the search anew from the records."""

from argparse import ArgumentParser
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand

from accounts.actions import change
from accounts.choices import Door
from search.actions import check_search, rebuild_search
from search.querysets import has_trigrams


class Command(BaseCommand):
    help = "Make all entries of the search anew from what the public sees, and say how many there are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-needed", action="store_true", help="do nothing when the entries are right")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_needed"] and not check_search():
            self.stdout.write("The entries of the search are right.")
            return
        began = monotonic()
        # A change like any other: what browsers keep of the pages is not the latest any more.
        with change(door=Door.COMMAND, reason="Search rebuilt"):
            entries = rebuild_search()
        self.stdout.write(f"{entries} entries of the search in {monotonic() - began:.2f} s.")
        if not has_trigrams():
            self.stdout.write(
                "Mistyped words are compared letter by letter with those that begin alike: the database has no pg_trgm."
            )
