"""``manage.py send_reminders``: mails what is due or overdue; to be run every day."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from indicators.actions.reminders import body_of, send_reminders


class Command(BaseCommand):
    help = (
        "Mails to those who report what is due within 14 days or overdue, once for each deadline, in their language and "
        "by their own date; and an overview of it to those who review. Safe to run twice, and twice at once."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--today", type=date.fromisoformat, help="the day, instead of each recipient's own")
        parser.add_argument("--dry-run", action="store_true", help="show the mails, and send and note nothing")
        parser.add_argument(
            "--demonstration",
            action="store_true",
            help="write to demonstration accounts, too, and to them alone of demonstration programmes",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        outcome = send_reminders(
            today=options["today"], dry_run=options["dry_run"], with_demonstration=options["demonstration"]
        )
        if options["dry_run"]:
            for letter in outcome.sent:
                with translation.override(letter.user.language):
                    self.stdout.write(f"--- {letter.user.email}\n{body_of(letter)}")
        for address, why in outcome.failed:
            self.stderr.write(f"{address}: {why}")
        said = "would be sent" if options["dry_run"] else "sent"
        self.stdout.write(f"Reminders {said}: {len(outcome.sent)}.")
        if outcome.failed:
            raise CommandError(f"{len(outcome.failed)} reminders could not be sent; the next run tries them again.")
