"""What an import would do, kept between the pages that show it: reading 5,000 rows again for each would take seconds."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.core.cache import cache
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.actions import imports
from accounts.actions.previewed import follow
from accounts.actions.previews import Outcome, Preview, PreviewedRow, Problem
from accounts.models import Import, User
from accounts.reading.workbooks import Refused, Row, Sheet, Workbook, open_workbook
from accounts.writing import CSV, ODS, XLSX
from dashboards.kinds import Kind
from projects.demonstrations import name_demonstration

#: Seconds; what was forgotten is read again.
KEPT = 3600
#: Heads the column of a marked workbook that says what is wrong; the same in every language.
MARKS = "import_problems"
#: Sheets that explain a workbook and hold no rows.
EXPLAINING = ("about",)


@dataclass(frozen=True)
class Look:
    """A preview as pages show it; its sentences are in the language of whoever asked."""

    sheet: str
    header_row: int
    counts: dict[Outcome, int]
    rows: tuple[PreviewedRow, ...]
    rows_left_out: int
    problems: tuple[Problem, ...]
    problems_left_out: int
    is_readable: bool
    digest: str
    is_demonstration: bool

    @classmethod
    def of(cls, seen: Preview, kind: Kind) -> "Look":
        return cls(
            sheet=seen.sheet,
            header_row=seen.header_row,
            counts=dict(seen.counts),
            rows=tuple(seen.rows),
            rows_left_out=seen.rows_left_out,
            problems=tuple(seen.problems),
            problems_left_out=seen.problems_left_out,
            is_readable=seen.is_readable,
            digest=seen.digest,
            is_demonstration=name_demonstration(kind.model, seen.named),
        )

    @property
    def writes(self) -> int:
        """How many rows would be written."""
        return self.counts[Outcome.NEW] + self.counts[Outcome.CHANGED]


def sheet_sent(content: bytes, *, name: str, kind: Kind) -> tuple[Workbook, Sheet]:
    """The workbook in a file, and the one of its sheets that holds the rows: the one named as the kind, or the first.

    Raises:
        Refused: what cannot be read, with a sentence.
    """
    workbook = open_workbook(content, name=name)
    ending = name.lower().rpartition(".")[2]
    if workbook.kind == CSV and ending in (XLSX, ODS):
        raise Refused(
            _("The file “%(name)s” is called .%(ending)s and holds plain text: save it from the spreadsheet, or call it .csv.")
            % {"name": name, "ending": ending}
        )  # fmt: skip
    named = workbook.sheet(kind.slug)
    if named is not None and not named.is_hidden:
        return workbook, without_marks(named)
    visible = [sheet for sheet in workbook.sheets if not sheet.is_hidden and sheet.name not in EXPLAINING]
    if not visible:
        raise Refused(
            _("The workbook “%(name)s” has no visible sheet with rows: show the one to be read.") % {"name": name}
        )
    return workbook, without_marks(visible[0])


def without_marks(sheet: Sheet) -> Sheet:
    """A sheet without the column in which a marked workbook says what is wrong."""

    def rows() -> Iterator[Row]:
        place: int | None = None
        for row in sheet.rows():
            if MARKS in row.values:
                place = row.values.index(MARKS)
                row = replace(row, values=row.values[:place])
            elif place is not None:
                row = replace(row, values=row.values[:place] if len(row.values) <= place + 1 else _cleared(row, place))
            yield row

    return replace(sheet, rows=rows)


def _cleared(row: Row, place: int) -> tuple[object, ...]:
    return (*row.values[:place], None, *row.values[place + 1 :])


def sheet_of(made: Import, kind: Kind) -> Sheet:
    """The sheet of a kept file, to be read again."""
    workbook, sheet = sheet_sent(bytes(made.file.content), name=made.file.name, kind=kind)
    again = workbook.sheet(made.options.get("sheet", ""))
    return sheet if again is None else without_marks(again)


def look_at(made: Import, kind: Kind, *, by: User) -> Look:
    """What the import would do now. Where that is no longer what was kept, what is kept follows: it is what is shown.

    Raises:
        Refused: a file that is not read any more.
    """
    kept: Look | None = cache.get(_key(made))
    if kept is not None:
        return kept
    look = Look.of(imports.preview(resource=kind.resource(by=by), sheet=sheet_of(made, kind)), kind)
    looked(made, look)
    return look


def looked(made: Import, look: Look) -> None:
    """Keep what a page is about to show."""
    cache.set(_key(made), look, KEPT)
    follow(record=made, digest=look.digest, counts=look.counts, is_readable=look.is_readable)


def forget(made: Import) -> None:
    """The data changed: look anew."""
    cache.delete_many([_key(made, language) for language in ("fr", "es", "en")])


def _key(made: Import, language: str = "") -> str:
    return f"import-{made.pk}-{made.state}-{language or get_language()}"
