"""Django's loaddata, on record as a change and followed by the computation of the results."""

from typing import Any

from django.core.management.commands import loaddata

from accounts.actions import change
from accounts.choices import Door
from indicators.actions import rebuild_results


class Command(loaddata.Command):
    def handle(self, *fixture_labels: Any, **options: Any) -> None:
        with change(door=Door.FIXTURE, reason=f"loaddata {' '.join(str(label) for label in fixture_labels)}"):
            super().handle(*fixture_labels, **options)
            rebuild_results()
