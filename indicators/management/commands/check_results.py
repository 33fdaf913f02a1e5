"""Compare the table of results with what the rules make of the figures."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indicators.actions import check_results


class Command(BaseCommand):
    help = "Recompute all results and print every difference from the stored ones; fails when there is any."

    def handle(self, *args: Any, **options: Any) -> None:
        differences = check_results()
        for difference in differences:
            self.stdout.write(str(difference))
        if differences:
            raise CommandError(
                f"{len(differences)} differences: run rebuild_results, and find what wrote past the actions."
            )
        self.stdout.write("The results are what the rules make of the figures.")
