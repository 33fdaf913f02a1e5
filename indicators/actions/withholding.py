"""Small cells: which lines are withheld, because they, or what follows from the others, are about too few people."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from indicators import rules
from indicators.actions.book import Book
from indicators.actions.sheet import Line, Sheet, Strand
from indicators.choices import Cumulation, Measure, Qualifier
from indicators.querysets import SCOPE
from indicators.rules import Scope

#: The rest of a total, of which no line speaks, under a key that no line has.
REST = "rest of "


@dataclass(frozen=True)
class People:
    """The people that a line tells about.

    Attributes:
        added: numbers that add up from the parts to the total: a count; numerator and base of a percentage.
        beside: further numbers of people that stand beside them, or follow from them.
        slack: how far the first of ``added`` may be off, because a share was rounded.
    """

    added: tuple[Decimal, ...]
    beside: tuple[Decimal, ...] = ()
    slack: Decimal = Decimal(0)
    is_exact: bool = True


def withhold(book: Book, sheets: Sequence[Sheet]) -> None:
    """Mark the lines, and the baselines, that may not be shown."""
    found = [sheet for sheet in sheets if sheet.indicator.unit_of_analysis in rules.PEOPLE]
    if not any(sheet.indicator.is_sensitive or any(key for _, key in sheet.strands) for sheet in found):
        # Totals of what is not sensitive are shown however few people they tell about.
        return
    lines: dict[str, Line] = {}
    cells: dict[str, rules.Cell] = {}
    baselines: dict[str, rules.Cell] = {}
    sums: list[Sequence[str]] = []
    told_by: list[tuple[Sheet, dict[str, People], list[Sequence[str]]]] = []
    for sheet in found:
        people: dict[str, People] = {}
        for strand, line in _lines(sheet):
            lines[line.key] = line
            told = _people(sheet, strand, line)
            if told is not None:
                people[line.key] = told
                cells[line.key] = _cell(sheet, strand, told.added + told.beside, is_printed=line.is_printed)
            if line.baseline is not None and sheet.indicator.measure == Measure.COUNT:
                is_printed = line.baseline_record is not None and line.baseline_record.sources.number > 0
                baselines[line.key] = _cell(sheet, strand, (line.baseline.value,), is_printed=is_printed)
        told_by.append((sheet, people, list(_with_rests(sheet, people, cells, book))))
    if not any(rules.is_small(cell, book.thresholds) for each in (cells, baselines) for cell in each.values()):
        # Nothing to protect: nor, then, is there anything to look for that tells it.
        return
    for sheet, people, rests in told_by:
        sums += [*sheet.sums, *_sums_of_scopes(sheet, people, book), *rests]
    for key, reason in rules.withheld(cells, sums, book.thresholds).items():
        if key in lines:
            lines[key].withheld = reason
    for key in rules.withheld(baselines, sums, book.thresholds):
        lines[key].is_baseline_withheld = True
    for strand in (strand for sheet in found for strand in sheet.strands.values() if strand.kept_lines):
        # It is one baseline, whichever of its lines says so.
        is_withheld = any(line.is_baseline_withheld for line in strand.emitted())
        for line in strand.kept_lines:
            line.is_baseline_withheld = is_withheld
    if any(line.withheld for line in lines.values()):
        for sheet in found:
            _withhold_sums_over_periods(sheet)


def _cell(sheet: Sheet, strand: Strand, sizes: tuple[Decimal, ...], *, is_printed: bool) -> rules.Cell:
    return rules.Cell(
        sizes,
        is_total=strand.breakdown == "",
        is_sensitive=sheet.indicator.is_sensitive,
        is_printed=is_printed,
    )


def _lines(sheet: Sheet) -> Iterator[tuple[Strand, Line]]:
    for strand in sheet.strands.values():
        for line in strand.emitted():
            yield strand, line


def _people(sheet: Sheet, strand: Strand, line: Line) -> People | None:
    """The people that a line tells about; None when it tells of none."""
    measure, actual = sheet.indicator.measure, line.actual_record
    numerator, denominator = line.numerator, line.denominator
    beside = [number for number in (numerator, denominator) if number is not None]
    if actual is not None and actual.is_contested and measure == Measure.COUNT:
        beside += [number for number in (actual.range_low, actual.range_high) if number is not None]
    is_exact = (line.quantity is None or line.quantity.is_exact) and (
        actual is None or actual.qualifier == Qualifier.EXACT
    )
    if line.share is not None:
        whole = sheet.strands.get((strand.scope, ""))
        total = None if whole is None else whole.lines.get(line.period.pk)
        outcome = rules.count_from_share(share=line.share, total=None if total is None else total.quantity)
        if outcome.value is not None:
            assert total is not None
            assert total.quantity is not None
            slack = rules.half_of_last_place(line.share) * total.quantity.value / 100
            return People((outcome.value,), tuple(beside), slack, is_exact)
    elif measure == Measure.COUNT and line.quantity is not None:
        return People((line.quantity.value,), tuple(beside), is_exact=is_exact)
    elif measure == Measure.PERCENTAGE and numerator is not None and denominator is not None:
        # Those of whom it is not true are people, too.
        return People((numerator, denominator), (denominator - numerator,), is_exact=is_exact)
    return People((), tuple(beside)) if beside else None


def _with_rests(
    sheet: Sheet, people: dict[str, People], cells: dict[str, rules.Cell], book: Book
) -> Iterator[Sequence[str]]:
    """Each total with its parts in a dimension, and with those of whom no part speaks where they are too few.

    50 people, of whom 47 men: that says that 3 are not.
    """
    for split in sheet.splits:
        total, *parts = split
        group = list(split)
        if total in people and all(part in people for part in parts):
            rest = _rest(people[total], [people[part] for part in parts])
            cell = rules.Cell(
                rest,
                is_sensitive=sheet.indicator.is_sensitive,
                is_printed=all(cells[key].is_printed for key in split),
            )
            if rules.is_small(cell, book.thresholds):
                key = f"{REST}{'+'.join(split)}"
                cells[key] = cell
                group.append(key)
        if len(group) > 2:
            yield group


def _rest(total: People, parts: Sequence[People]) -> tuple[Decimal, ...]:
    """What the parts leave of their total; empty when they leave nothing, or when their rounding may be all of it."""
    every = [total, *parts]
    if not all(each.is_exact and len(each.added) == len(total.added) for each in every) or not total.added:
        return ()
    rest = [whole - sum(numbers) for whole, *numbers in zip(*(each.added for each in every), strict=True)]
    return tuple(rest) if rest[0] > sum(part.slack for part in parts) or (rest[0] == 0 < rest[-1]) else ()


def _sums_of_scopes(sheet: Sheet, people: dict[str, People], book: Book) -> Iterator[Sequence[str]]:
    """Totals with the figures of each finer grain that make them: the countries, and beside them the projects."""
    least = book.thresholds.small_cell_sensitive if sheet.indicator.is_sensitive else book.thresholds.small_cell
    inside: dict[tuple[str, str], list[str]] = defaultdict(list)
    for strand in sheet.strands.values():
        for line in strand.lines.values():
            if line.key not in people:
                continue
            for scope in _wider(strand):
                total = sheet.strands.get((scope, strand.breakdown))
                whole = None if total is None else total.lines.get(line.period.pk)
                if whole is not None and whole.key in people:
                    inside[whole.key, strand.scope.grain].append(line.key)
    for (key, _grain), parts in inside.items():
        rest = _difference(people[key], [people[part] for part in parts])
        if rest is not None and (rest == 0 or (0 < rest < least and len(parts) > 1)):
            yield [key, *parts]


def _difference(total: People, parts: Sequence[People]) -> Decimal | None:
    """What is missing to the total; None when it cannot be said. Less than the rounding is nothing."""
    every = [total, *parts]
    if not total.added or any(len(each.added) != len(total.added) for each in every):
        return None
    missing = total.added[0] - sum((part.added[0] for part in parts), Decimal(0))
    return Decimal(0) if abs(missing) <= sum(each.slack for each in every) else missing


def _wider(strand: Strand) -> Iterator[Scope]:
    """The scopes that hold a strand's place."""
    place = {part: getattr(strand.place, part) for part in SCOPE if getattr(strand.place, part) is not None}
    for size in range(min(len(place), len(strand.scope.grain)) + 1):
        for chosen in combinations(place, size):
            scope = Scope(**{part: place[part] for part in chosen})
            if scope != strand.scope:
                yield scope


def _withhold_sums_over_periods(sheet: Sheet) -> None:
    """What adds up periods would tell the one that is withheld by subtraction."""
    adds_periods = sheet.indicator.cumulation == Cumulation.PER_PERIOD
    for strand, line in _lines(sheet):
        is_whole = line.period.is_whole
        # What the public sees adds up no figure that it does not see: that one is withheld tells it nothing yet.
        is_kept = any(line is each for each in strand.kept_lines)
        if line.withheld or (is_whole and line.has_actual) or not (adds_periods or is_whole):
            continue
        line.is_to_date_withheld = any(
            other.withheld
            for other in strand.lines.values()
            if (other.is_public or not is_kept)
            and not other.period.is_whole
            and (is_whole or other.period.ends_on <= line.period.ends_on)
        )
