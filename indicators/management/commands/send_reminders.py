"""``manage.py send_reminders``: mails what is due or overdue; to be run every day."""

import io
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import get_language

from accounts.models import User
from indicators.actions.reminders import body_of, send_reminders
from indicators.models import ReportingPeriod
from indicators.workbooks.layout import layout_of
from indicators.workbooks.template import write_template
from projects.models import Project


def workbook(reader: User, project: Project, period: ReportingPeriod) -> tuple[str, bytes]:
    """The workbook of a report with what somebody enters of it, in the language in force."""
    file = io.BytesIO()
    write_template(file, layout_of(project, period, reader))
    return f"{project.slug}-{period.slug}-{get_language()}.xlsx", file.getvalue()


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
            today=options["today"],
            dry_run=options["dry_run"],
            with_demonstration=options["demonstration"],
            workbook=workbook,
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
