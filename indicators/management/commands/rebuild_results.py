"""Make the table of results anew from the figures."""

from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand

from accounts.actions import change
from accounts.choices import Door
from indicators.actions import rebuild_results


class Command(BaseCommand):
    help = "Compute all rows of results anew from baselines, targets and actuals, and say how many there are."

    def handle(self, *args: Any, **options: Any) -> None:
        began = monotonic()
        with change(door=Door.COMMAND, reason="Results rebuilt"):
            rows = rebuild_results()
        self.stdout.write(f"{rows} rows of results in {monotonic() - began:.2f} s.")
