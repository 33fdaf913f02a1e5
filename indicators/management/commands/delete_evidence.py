"""``manage.py delete_evidence``: deletes the files of evidence whose day has come; to be run every day."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.actions import change
from accounts.choices import Door
from indicators.actions.evidence import delete_expired_files


class Command(BaseCommand):
    help = "Deletes the files of evidence whose date of deletion has come. That they existed stays on record."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--today", type=date.fromisoformat, help="the day, instead of this one")

    def handle(self, *args: Any, **options: Any) -> None:
        with change(door=Door.COMMAND, reason="Their date of deletion has come."):
            number = delete_expired_files(today=options["today"] or timezone.localdate())
        self.stdout.write(f"Files deleted: {number}.")
