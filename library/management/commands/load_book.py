"""Load the capitalisation book and the other sources into a database that holds no figures yet."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from indicators.models import Actual
from library.actions import BrokenFixture, load_fixtures


class Command(BaseCommand):
    help = "Load fixtures/*.json in one transaction: every row is checked, then the results are computed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing, successfully, when figures exist already"
        )
        parser.add_argument("--folder", type=Path, default=settings.BASE_DIR / "fixtures", help="where the files are")

    def handle(self, *args: Any, **options: Any) -> None:
        figures = Actual.objects.count()
        if figures:
            said = f"The database already holds {figures} figures: nothing was loaded, so that no edit is overwritten."
            if not options["if_empty"]:
                raise CommandError(f"{said} Load the book into an empty database.")
            self.stdout.write(said)
            return
        paths = sorted(options["folder"].glob("*.json"))
        if not paths:
            raise CommandError(f"There is no fixture file in {options['folder'].name}/.")
        try:
            loaded = load_fixtures(paths=paths, progress=lambda line: self.stdout.write(f"  {line}"))
        except BrokenFixture as error:
            raise CommandError(f"Nothing was loaded. {error}") from error
        self.stdout.write(f"{sum(loaded.records.values())} records loaded, {loaded.results} result rows computed.")
