"""``manage.py send_digests``: mails what people were told and have not read; to be run once a day."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indicators.actions.notifications import send_digests


class Command(BaseCommand):
    help = (
        "One mail to each person, in their language, with what happened to the reports that they have to do with and that "
        "they have neither read nor been mailed. Safe to run twice, and twice at once."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demonstration", action="store_true", help="write to demonstration accounts, too")

    def handle(self, *args: Any, **options: Any) -> None:
        outcome = send_digests(with_demonstration=options["demonstration"])
        for address, why in outcome.failed:
            self.stderr.write(f"{address}: {why}")
        self.stdout.write(f"Digests sent: {len(outcome.sent)}.")
        if outcome.failed:
            raise CommandError(f"{len(outcome.failed)} digests could not be sent; the next run tries them again.")
