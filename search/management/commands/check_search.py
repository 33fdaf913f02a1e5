"""Compare the table of the search with what the records say."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search.actions import check_search


class Command(BaseCommand):
    help = "Make all entries of the search and print every one that differs from the stored one; fails when any does."

    def handle(self, *args: Any, **options: Any) -> None:
        differences = check_search()
        for difference in differences:
            self.stdout.write(str(difference))
        if differences:
            raise CommandError(
                f"{len(differences)} differences: run rebuild_search, and find what wrote past accounts.following."
            )
        self.stdout.write("The search finds what the records say.")
