"""``manage.py export_results``: the whole public table of results, without a server."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils import timezone

from indicators.models import Result
from indicators.querysets import ResultQuerySet
from opendata.lines import Export
from opendata.writers import write_csv, write_json, write_xlsx
from projects.models import Programme


class Command(BaseCommand):
    help = (
        "Writes the public table of results: all natures, periods and parts, a total first and then its parts. "
        "Demonstration programmes are left out unless one is named."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=("csv", "xlsx", "json"), required=True)
        parser.add_argument(
            "--language",
            choices=[code for code, _name in settings.LANGUAGES],
            default=settings.LANGUAGE_CODE,
            help="Of names, units and notes (default: %(default)s).",
        )
        parser.add_argument("--programme", metavar="CODE", help="Only this programme, by its code or slug.")
        parser.add_argument("--output", metavar="FILE", help="Where to write; needed for xlsx.")

    def handle(self, *args: Any, **options: Any) -> None:
        output = Path(options["output"]) if options["output"] else None
        if options["format"] == "xlsx" and output is None:
            raise CommandError("A workbook is not text: say where to write it with --output FILE.")
        rows = (
            self._rows(options["programme"]).rows().in_order(group="family", sort="name", language=options["language"])
        )
        export = Export(rows, language=options["language"], today=timezone.localdate())
        if options["format"] == "xlsx":
            assert output is not None
            with output.open("wb") as file:
                write_xlsx(export, file)
            return
        pieces = write_csv(export) if options["format"] == "csv" else write_json(export)
        if output is None:
            for piece in pieces:
                self.stdout.write(piece, ending="")
            return
        # The line ends are the writer's.
        with output.open("w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)

    def _rows(self, programme: str | None) -> ResultQuerySet:
        if programme is None:
            return Result.objects.public().real()
        found = Programme.objects.filter(Q(slug=programme) | Q(code=programme))
        if not found:
            known = ", ".join(Programme.objects.order_by("code").values_list("code", flat=True))
            raise CommandError(f"No programme is called {programme}. Known are: {known or 'none yet'}.")
        return Result.objects.public(demonstrations=found.filter(is_demonstration=True)).filter(programme=found[0])
