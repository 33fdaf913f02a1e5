"""From figures to rows of results. All decisions are those of ``indicators.rules``."""

from collections.abc import Collection, Container, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import Any

from indicators import rules
from indicators.actions.book import Book
from indicators.actions.parts import check_parts
from indicators.actions.records import Figure
from indicators.actions.sheet import Line, Sheet, Strand, approved_on, has_text, share_of
from indicators.actions.strands import add_series
from indicators.actions.totals import roll_up, total_parts
from indicators.actions.withholding import withhold
from indicators.choices import Measure, Origin, Reason, Status
from indicators.models import Result
from indicators.rules import Quantity, Scope


@dataclass(frozen=True)
class Standing:
    """How a line stands against the target due and the final one, and by what ratio."""

    status: str
    reason: str
    status_final: str
    progress: Decimal | None
    achievement: Decimal | None
    uses_to_date: bool


Sheets = dict[int, Sheet]
#: A row as its columns: an instance of the model for each would take longer than all the rest.
Row = dict[str, Any]
#: Columns that are compared; the primary key is the only one that may differ.
FIELDS = tuple(field for field in Result._meta.concrete_fields if not field.primary_key)
COLUMNS = tuple(field.attname for field in FIELDS)
EMPTY: Row = {field.attname: field.get_default() for field in FIELDS}


def rows_of(book: Book) -> list[Row]:
    """All rows of the book's indicators, in the order of their keys."""
    return rows_in(sheets_of(book))


def sheets_of(book: Book) -> Sheets:
    """The sheets of the book's indicators, with all their lines, before any row is made of them."""
    sheets = {pk: Sheet(book, indicator) for pk, indicator in book.indicators.items()}
    # Common indicators last: they add up what the others have made of their own figures.
    for pk in sorted(sheets, key=lambda pk: (book.indicators[pk].contributes_to_id is None, pk)):
        sheet = sheets[pk]
        for series in book.series.get(pk, []):
            add_series(sheet, series)
        total_parts(sheet)
        roll_up(sheet, [sheets[other] for other in sorted(sheets) if book.indicators[other].contributes_to_id == pk])
        check_parts(sheet)
        _mark_latest(sheet)
        _mark_rows(sheet)
    # Small cells last of all, over everything that hangs together.
    withhold(book, list(sheets.values()))
    return sheets


def strands_of(sheets: Sheets) -> Iterator[tuple[Sheet, Strand]]:
    for sheet in sheets.values():
        for strand in sheet.strands.values():
            yield sheet, strand


def rows_in(sheets: Sheets, chosen: Container[int] | None = None) -> list[Row]:
    """The rows of these sheets, or of the strands with these identities alone, in the order of their keys."""
    found = [
        _row(sheet, strand, line, common)
        for sheet, common in ((sheet, _common(sheet)) for sheet in sheets.values())
        for strand in sheet.strands.values()
        if chosen is None or id(strand) in chosen
        for line in strand.emitted()
    ]
    return sorted(found, key=itemgetter("key"))


def reached(sheets: Sheets, changed: Collection[int]) -> set[int]:
    """Identities of the strands that figures of these series can change, as long as nothing is withheld.

    A strand shows figures of its own series, and of whatever lies inside its scope; a total may lie elsewhere than its
    parts (a figure of Peru in a project of Chile), and be a part of others in turn.
    """
    found: set[int] = set()
    for sheet in sheets.values():
        own = [each for each in sheet.strands.values() if each.series is not None and each.series.pk in changed]
        if own:
            _spread(sheet, {each.place for each in own}, found)
    for sheet in sheets.values():
        # What contributes stands in the common indicator as of its project, in whatever country that is.
        projects = {
            other.indicator.project_id
            for other in sheets.values()
            if other.indicator.contributes_to_id == sheet.indicator.pk
            and any(id(strand) in found for strand in other.strands.values())
        }
        found |= {
            id(strand)
            for strand in sheet.strands.values()
            if projects and (strand.scope.project is None or None in projects or strand.scope.project in projects)
        }
    return found


def _spread(sheet: Sheet, places: set[Scope], found: set[int]) -> None:
    """Add the strands whose scope holds one of these places, those that hold theirs, and so on."""
    waiting = list(sheet.strands.values())
    while places:
        holding = [strand for strand in waiting if any(strand.scope.holds(place) for place in places)]
        found |= {id(strand) for strand in holding}
        waiting = [strand for strand in waiting if id(strand) not in found]
        places = {strand.place for strand in holding}


def _mark_latest(sheet: Sheet) -> None:
    """One line of each strand is its latest: of those that the public sees, when it sees any."""
    for strand in sheet.strands.values():
        lines = list(strand.emitted())
        visible = [line for line in lines if line.is_public] or lines
        stated = [line for line in visible if line.has_actual]
        if visible:
            max(stated or visible, key=_recency).is_latest = True


def _mark_rows(sheet: Sheet) -> None:
    """A part stands as a row of its own where no total does that is shown to as many."""
    totals = {
        (line.is_public, line.period.pk, *_place(strand))
        for strand in sheet.strands.values()
        if not strand.breakdown
        for line in strand.emitted()
    }
    for strand in sheet.strands.values():
        if strand.breakdown:
            place = _place(strand)
            for line in strand.emitted():
                line.is_row = (line.is_public, line.period.pk, *place) not in totals


def _place(strand: Strand) -> tuple[int | None, ...]:
    """The scope as its rows state it."""
    return (strand.scope.project, strand.place.country, strand.scope.partner, strand.scope.forum)


def _recency(line: Line) -> tuple[bool, date, bool, date, str]:
    is_whole = line.period.is_whole
    return (is_whole and line.has_actual, line.period.ends_on, is_whole, line.period.starts_on, line.period.slug)


# --- Standing --------------------------------------------------------------------------------------------------------


def _standing(sheet: Sheet, line: Line) -> Standing:
    """Status and ratios against the target due by then and, where none is due yet, against the final one."""
    whole = sheet.whole
    is_whole = line.period.is_whole
    final_is_due = whole is None or is_whole or line.period.ends_on >= whole.ends_on
    measured, is_cumulated = line.quantity, False
    if is_whole and measured is None and line.actual_record is None:
        measured, is_cumulated = line.to_date, line.to_date is not None
    final_quantity = line.quantity if line.does_not_apply else line.to_date
    final = _status(sheet, line, final_quantity, line.final, line.final_record, is_due=final_is_due)
    has_due = line.target_record is not None or line.target is not None
    if has_due or (line.final_record is None and line.final is None):
        now = _status(sheet, line, measured, line.target, line.target_record, is_due=True)
        target, uses_to_date = line.target, is_cumulated
        final = now if is_whole else final
    else:
        now, target, measured, uses_to_date = final, line.final, final_quantity, True
    towards, _ = rules.direction_of(declared=sheet.direction, baseline=line.baseline, target=target)
    progress = rules.progress(baseline=line.baseline, target=target, actual=measured)
    achievement = rules.achievement(target=target, actual=measured, measure=sheet.measure, direction=towards)
    is_comparable = now.status != Status.NOT_MEASURABLE
    return Standing(
        status=now.status,
        reason=Reason.CUMULATED if is_cumulated and now.reason == Reason.COMPARED else now.reason,
        status_final=final.status,
        progress=rules.storable(progress.value) if is_comparable else None,
        achievement=rules.storable(achievement.value) if is_comparable else None,
        uses_to_date=uses_to_date,
    )


def _status(
    sheet: Sheet,
    line: Line,
    measured: Quantity | None,
    target: Quantity | None,
    record: Figure | None,
    *,
    is_due: bool,
) -> rules.Outcome:
    indicator, actual = sheet.indicator, line.actual_record
    baseline, measure = line.baseline, sheet.measure
    share, target_share = share_of(actual), share_of(record)
    if share is not None and target_share is not None:
        measured, target, baseline = share, target_share, share_of(line.baseline_record)
        measure = Measure.PERCENTAGE
    elif (share is not None and record is not None) or (target_share is not None and measured is not None):
        return rules.Outcome(None, Status.NOT_MEASURABLE, Reason.SHARE_AND_VALUE)
    return rules.status(
        actual=measured,
        target=target,
        thresholds=sheet.book.thresholds,
        baseline=baseline,
        direction=sheet.direction,
        measure=measure,
        change_unit=indicator.change_unit,
        no_target_reason=indicator.no_target_reason,
        is_not_applicable=line.does_not_apply,
        has_text=has_text(actual) or share is not None,
        has_text_target=has_text(record) or target_share is not None,
        is_partial=line.is_partial,
        is_due=is_due,
    )


# --- Rows ------------------------------------------------------------------------------------------------------------


def _common(sheet: Sheet) -> Row:
    """What all rows of an indicator have in common, beside the empty columns."""
    indicator = sheet.indicator
    return EMPTY | {
        "programme_id": indicator.programme_id,
        "indicator_id": indicator.pk,
        "nature": indicator.nature,
        "family": indicator.family,
        "measure": indicator.measure,
        "cumulation": indicator.cumulation,
        "level": "" if indicator.expected_result is None else indicator.expected_result.level,
        "themes": sheet.book.themes[indicator.pk],
        "rules_version": sheet.book.thresholds.version,
    }


def _row(sheet: Sheet, strand: Strand, line: Line, common: Row) -> Row:
    period, actual = line.period, line.actual_record
    standing = _standing(sheet, line)
    row = common.copy()
    row["key"] = line.key
    row["origin"] = Origin.COMPUTED if line.is_computed else Origin.REPORTED
    row["series_id"] = None if line.is_computed or strand.series is None else strand.series.pk
    row["period_id"] = period.pk
    row["project_id"] = strand.scope.project
    row["country_id"] = strand.place.country
    row["partner_id"] = strand.scope.partner
    row["forum_id"] = strand.scope.forum
    row["breakdown_id"] = sheet.book.breakdown_ids[strand.breakdown]
    row["period_kind"] = period.kind
    row["due_on"] = period.due_on
    row["breakdown_key"] = strand.breakdown
    row["actual_record_id"] = None if actual is None else actual.pk
    row["target_record_id"] = None if line.target_record is None else line.target_record.pk
    row["baseline_record_id"] = None if line.baseline_record is None else line.baseline_record.pk
    row["baseline"] = None if line.is_baseline_withheld else _stored(line.baseline)
    row["target"] = _stored(line.target)
    row["target_qualifier"] = "" if line.target is None else line.target.qualifier
    row["target_basis"] = line.target_basis
    row["target_final"] = _stored(line.final)
    row["is_not_applicable"] = line.does_not_apply
    row["status"] = standing.status
    row["status_reason"] = standing.reason
    row["status_final"] = standing.status_final
    row["coverage_reported"] = line.coverage.reported
    row["coverage_expected"] = line.coverage.expected
    row["coverage_last_on"] = line.coverage.last_on
    row["inputs"] = list(line.inputs)
    row["is_public"] = line.is_public
    row["is_latest"] = line.is_latest
    row["is_row"] = line.is_row
    row["approved_on"] = approved_on(actual) if actual is not None else line.coverage.last_on
    if actual is not None:
        row["route"], row["verification"] = actual.route, actual.verification
    if line.withheld or (line.is_to_date_withheld and not line.has_actual):
        row["is_suppressed"] = True
        row["status"] = row["status_final"] = Status.SUPPRESSED
        row["status_reason"] = line.withheld or Reason.COMPLEMENT
        return row
    _set_value(row, line)
    # Progress, target and actual together tell the baseline.
    row["progress"] = None if line.is_baseline_withheld else standing.progress
    row["achievement"] = standing.achievement
    row["is_incomplete"] = line.is_incomplete
    if line.is_to_date_withheld:
        row["actual_to_date"], row["status_final"] = None, Status.SUPPRESSED
        if standing.uses_to_date:
            row["progress"], row["achievement"] = None, None
            row["status"], row["status_reason"] = Status.NOT_DUE, Reason.NOT_DUE
    _set_sources(row, line)
    return row


def _set_value(row: Row, line: Line) -> None:
    actual = line.actual_record
    row["actual"] = _stored(line.quantity)
    row["actual_to_date"] = _stored(line.to_date)
    row["share"] = line.share
    row["numerator"], row["denominator"] = rules.storable(line.numerator), rules.storable(line.denominator)
    if actual is not None:
        row["qualifier"] = "" if actual.is_not_applicable else actual.qualifier
        row["as_of"], row["is_contested"] = actual.as_of, actual.is_contested
        row["range_low"], row["range_high"] = actual.range_low, actual.range_high
    elif line.quantity is not None:
        row["qualifier"] = line.quantity.qualifier


def _set_sources(row: Row, line: Line) -> None:
    """Where the adopted figure stands: its first citation; of a target that no figure answers, the target's."""
    figure = line.actual_record
    if figure is None and not line.is_computed:
        figure = line.target_record
    if figure is None:
        return
    sources = figure.sources
    row["number_of_sources"] = sources.number
    row["source_document"], row["source_section"], row["source_value"] = (
        sources.document,
        sources.section,
        sources.value,
    )
    row["has_discrepancy"] = sources.has_discrepancy


def _stored(quantity: Quantity | None) -> Decimal | None:
    return None if quantity is None else rules.storable(quantity.value)
