"""Write the data dictionary anew."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from epe_ap.dictionary import data_dictionary


class Command(BaseCommand):
    help = "Write docs/data-dictionary.md from the models."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--output", type=Path, default=settings.BASE_DIR / "docs" / "data-dictionary.md")

    def handle(self, *args: Any, **options: Any) -> None:
        output: Path = options["output"]
        output.parent.mkdir(exist_ok=True)
        output.write_text(data_dictionary(), encoding="utf-8")
        self.stdout.write(f"{output.name} written.")
