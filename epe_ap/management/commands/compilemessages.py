"""Takes the place of Django's command of this name, which calls a program that many machines lack."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation.reloader import translation_file_changed

from epe_ap.catalogues import catalogues, compile_catalogue, problems


class Command(BaseCommand):
    help = "Compiles the translations of the project where they changed. Needs no GNU gettext."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="also fail when a message is fuzzy, untranslated or has wrong placeholders",
        )

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        found = [path for folder in settings.LOCALE_PATHS for path in catalogues(Path(folder))]
        if check:
            sentences = [sentence for path in found for sentence in problems(path)]
            if sentences:
                first = sentences[:50] + (["…"] if len(sentences) > 50 else [])
                raise CommandError("\n".join([*first, f"{len(sentences)} messages are not ready."]))
            languages = {path.parent.parent.name for path in found}
            missing = [code for code, _ in settings.LANGUAGES if code != "en" and code not in languages]
            if missing:
                raise CommandError(f"No catalogue at all for: {', '.join(missing)}.")
        written = [path for path in found if compile_catalogue(path)]
        if written:
            # What this process does next speaks the new words: it may have asked for a translation before there was any.
            translation_file_changed(sender=None, file_path=written[0].with_suffix(".mo"))
        self.stdout.write(f"Messages: {len(written)} of {len(found)} catalogues compiled.")
