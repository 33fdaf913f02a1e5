"""Values over periods: a line through what stands at a moment, columns for what each period adds; never for one alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from epe_ap.templatetags.figures import number
from indicators.charts.chart import (
    Cell,
    Chart,
    Row,
    Table,
    actual_of,
    coverage_of,
    demonstration,
    is_drawable,
    is_partial,
    listed,
    scope_of,
    source_cell,
    sources_of,
    target_of,
    told,
)
from indicators.charts.drawing import LINE, WIDTH, Sheet, lines_of, width_of, words_of
from indicators.charts.shapes import Scale
from indicators.choices import Cumulation, Measure, PeriodKind, Qualifier

WHOLE, PLACES = "periods", "periods-by-place"
#: So many small charts stand together; the tables hold all.
MOST = 8
#: Space between two small charts beside each other.
GAP = 20
NOT_CHARTED = (Measure.QUALITATIVE,)


@dataclass(frozen=True)
class Run:
    """One scope over the periods of its indicator.

    Attributes:
        rows: for each period in their order, the row that has an actual which may be drawn, or None.
    """

    label: str
    periods: list[str]
    rows: list[Row | None]
    targets: list[Row | None]

    @property
    def stated(self) -> list[Row]:
        return [row for row in self.rows if row is not None]

    @property
    def has_columns(self) -> bool:
        """Whether each period adds to those before it, so that no line leads from one to the next."""
        return bool(self.first.cumulation == Cumulation.PER_PERIOD)

    @property
    def first(self) -> Row:
        return self.stated[0]

    @property
    def last(self) -> Row:
        return self.stated[-1]


def runs(rows: Iterable[Row]) -> list[Run]:
    """The scopes of an indicator that have actuals of two periods or more, in the order in which they are met."""
    totals = [row for row in rows if row.breakdown_key == "" and row.period.kind != PeriodKind.WHOLE]
    stated = {row.period_id for row in totals if row.actual is not None and is_drawable(row)}
    known = {row.period_id: row.period for row in totals if row.period_id in stated}
    periods = sorted(known.values(), key=lambda period: (period.starts_on, period.ends_on))
    by_scope: dict[tuple[int | None, ...], dict[int, Row]] = {}
    for row in totals:
        by_scope.setdefault(scope_of(row), {})[row.period_id] = row
    found = []
    for of_scope in by_scope.values():
        drawn = [of_scope.get(period.pk) for period in periods]
        shown = [row if row is not None and row.actual is not None and is_drawable(row) else None for row in drawn]
        if sum(row is not None for row in shown) > 1:
            label = next(iter(of_scope.values())).scope_label
            aims = [row if row is not None and row.target is not None else None for row in drawn]
            found.append(Run(label, [period.name for period in periods], shown, aims))
    return found


def period_charts(rows: Sequence[Row]) -> list[Chart]:
    """The widest scope over the periods, and the others side by side on one scale: none of them, one or both."""
    found = runs(rows)
    if not found or found[0].first.measure in NOT_CHARTED:
        return []
    widths = [sum(key is not None for key in scope_of(run.first)) for run in found]
    widest = [run for run, width in zip(found, widths, strict=True) if width == min(widths)]
    main = widest[0] if len(widest) == 1 else None
    others = [run for run in found if run is not main]
    charts = [_whole_chart(main)] if main is not None else []
    # One small chart alone is no comparison.
    if len(others) > 1 or (others and main is None):
        charts.append(_places_chart(others))
    return charts


def _whole_chart(run: Run) -> Chart:
    sheet = Sheet()
    if not run.first.is_regional or any(key is not None for key in scope_of(run.first)):
        sheet.words(run.label, "remark")
    _draw(sheet, run, _scale_values([run]), x=0, width=WIDTH, height=110, all_values=True)
    said = {
        "first": actual_of(run.first),
        "last": actual_of(run.last),
        "since": run.first.period_label,
        "until": run.last.period_label,
    }
    if is_partial(run.first) or is_partial(run.last):
        title = _("From %(first)s (%(since)s) to %(last)s (%(until)s), while not everything is reported") % said
    elif run.first.actual == run.last.actual:
        title = _("%(last)s at the start and at the end (%(since)s, %(until)s)") % said
    else:
        title = _("From %(first)s (%(since)s) to %(last)s (%(until)s)") % said
    return _chart(WHOLE, title, sheet, [run], len([run]))


def _places_chart(every: Sequence[Run]) -> Chart:
    shown = every[:MOST]
    values = _scale_values(shown)
    sheet = Sheet()
    width = (WIDTH - GAP) // 2
    for number_of, run in enumerate(shown):
        if number_of % 2 == 0:
            if sheet.y:
                sheet.space(14)
            pair = shown[number_of : number_of + 2]
            top = sheet.y
            # The names of a pair take as many lines as the longer of them, so that their drawings stand level.
            lines = max(len(lines_of(each.label, "name", width)) for each in pair)
        sheet.y = top
        x = 0 if number_of % 2 == 0 else width + GAP
        sheet.words(run.label, "name", x=x, width=width)
        sheet.y = top + lines * LINE
        _draw(sheet, run, values, x=x, width=width, height=64, all_values=False)
    rising = sum(run.last.actual > run.first.actual for run in every)
    said = {"rising": number(rising), "number": number(len(every))}
    if not all(_is_sure(row) for run in every for row in (run.first, run.last)):
        title = _("%(number)s scopes over time, some with figures that are not exact or not complete") % said
    elif not rising:
        title = _("None of %(number)s rose between its first and its last figure") % said
    else:
        title = (
            ngettext(
                "%(rising)s of %(number)s rose between its first and its last figure",
                "%(rising)s of %(number)s rose between their first and their last figures",
                rising,
            )
            % said
        )
    return _chart(PLACES, title, sheet, shown, len(every))


def _is_sure(row: Row) -> bool:
    """Whether a figure can be told to be more or less than another one."""
    return row.qualifier == Qualifier.EXACT and not is_partial(row)


def _scale_values(shown: Sequence[Run]) -> list[Decimal]:
    """Zero and all values that stand on one scale; of percentages a hundred too."""
    values = [Decimal(0)]
    for run in shown:
        values += [row.actual for row in run.stated]
        values += [row.target for row in run.targets if row is not None]
    if shown[0].first.measure == Measure.PERCENTAGE:
        values.append(Decimal(100))
    return values


def _draw(
    sheet: Sheet, run: Run, values: Sequence[Decimal], *, x: float, width: int, height: int, all_values: bool
) -> None:
    """The values from left to right, each with its number where there is room, the periods' names below."""
    top = sheet.y + LINE + 4
    scale = Scale(min(values), max(values), Decimal(str(top + height)), Decimal(str(top)))
    slot = width / len(run.rows)
    places = [x + slot * (number_of + 0.5) for number_of in range(len(run.rows))]
    base = float(scale.at(0))
    sheet.path("rule", f"M{x:g} {base:g}h{width}")
    if not run.has_columns:
        # Below the line, which would else be cut by what keeps a target apart from a column.
        _targets(sheet, run, places, scale, slot)
        sheet.path("line", _line(run, places, scale))
    for place, row in zip(places, run.rows, strict=True):
        if row is None:
            continue
        y = float(scale.at(row.actual))
        if run.has_columns:
            wide = _column(slot)
            sheet.add(
                "rect",
                "partial" if is_partial(row) else "bar",
                x=place - wide / 2,
                y=min(y, base),
                width=wide,
                height=abs(base - y),
            )
        else:
            sheet.add("circle", "dot", cx=place, cy=y, r=3.5)
    if run.has_columns:
        _targets(sheet, run, places, scale, slot)
    _numbers(sheet, run, places, scale, x=x, width=width, all_values=all_values)
    sheet.y = top + height + (LINE if run.has_columns else 0)
    _names(sheet, run, places, slot, x=x, width=width)


def _column(slot: float) -> float:
    """How wide a column is."""
    return min(40.0, slot * 0.6)


def _targets(sheet: Sheet, run: Run, places: Sequence[float], scale: Scale, slot: float) -> None:
    """A dash at each target; pale within a column that covers it, so that its own end stays to be seen."""
    reach, wide = min(26.0, slot * 0.45), _column(slot)
    for place, row in zip(places, run.targets, strict=True):
        if row is None:
            continue
        y = scale.at(row.target)
        is_covered = run.has_columns and row in run.stated and row.actual >= row.target and not is_partial(row)
        if not is_covered:
            sheet.path("target", f"M{place - reach:.1f} {y}h{2 * reach:.1f}")
            continue
        side = reach - wide / 2
        sheet.path("target", f"M{place - reach:.1f} {y}h{side:.1f}m{wide:.1f} 0h{side:.1f}")
        sheet.path("cut", f"M{place - wide / 2:.1f} {y}h{wide:.1f}")


def _line(run: Run, places: Sequence[float], scale: Scale) -> str:
    """The path through what is stated; a period without a figure leaves a gap."""
    path, pen = [], "M"
    for place, row in zip(places, run.rows, strict=True):
        if row is None:
            pen = "M"
            continue
        path.append(f"{pen}{place:.1f} {scale.at(row.actual)}")
        pen = "L"
    return "".join(path)


def _numbers(
    sheet: Sheet, run: Run, places: Sequence[float], scale: Scale, *, x: float, width: int, all_values: bool
) -> None:
    """The numbers beside the values: all where they fit, else the first and the last."""
    slot = width / len(run.rows)
    fits = all_values and all(width_of(actual_of(row), "value") < slot - 4 for row in run.stated)
    for place, row in zip(places, run.rows, strict=True):
        if row is None or not (fits or row is run.first or row is run.last):
            continue
        words, y = f"{actual_of(row)}{'*' if is_partial(row) else ''}", float(scale.at(row.actual))
        if run.has_columns:
            # Below its column, where no target stands that it could be taken for.
            y = float(scale.at(scale.low)) + LINE - 1
        elif row.target is not None and -4 <= y - float(scale.at(row.target)) < LINE + 4:
            y += LINE + 1
        else:
            y -= 8
        _inside(sheet, words, "value", place, y, x=x, width=width)


def _inside(sheet: Sheet, words: str, role: str, place: float, y: float, *, x: float, width: int) -> None:
    """Words in the middle of a place, moved where they would leave the drawing."""
    half = width_of(words, role) / 2
    if place - half < x:
        sheet.label(words, role, x=x, y=y)
    elif place + half > x + width:
        sheet.label(words, role, x=x + width, y=y, anchor="end")
    else:
        sheet.label(words, role, x=place, y=y, anchor="middle")


def _names(sheet: Sheet, run: Run, places: Sequence[float], slot: float, *, x: float, width: int) -> None:
    """The periods below the values: all of them where their longest word has room, else the first and the last."""
    top = deepest = sheet.y + 2
    names = run.periods
    longest = max(width_of(word.rstrip(" "), "remark") for name in names for word in words_of(name))
    shown = range(len(names)) if longest < slot - 4 else (0, len(names) - 1)
    room = slot - 4 if longest < slot - 4 else width / 2 - 4
    for number_of in shown:
        for line_number, line in enumerate(lines_of(names[number_of], "remark", room), start=1):
            y = top + LINE * line_number - 3
            _inside(sheet, line, "remark", places[number_of], y, x=x, width=width)
            deepest = max(deepest, y + 5)
    sheet.y = deepest


def _chart(kind: str, title: str, sheet: Sheet, shown: Sequence[Run], number_of: int) -> Chart:
    rows = [row for run in shown for row in run.stated]
    first = rows[0]
    notes = []
    if any(row is not None for run in shown for row in run.targets):
        notes.append(_("A dash: the target of the period."))
    if any(row is None for run in shown for row in run.rows):
        notes.append(_("A gap: not reported, or withheld."))
    partial = [row for row in rows if is_partial(row)]
    if partial:
        notes.append(_("Dashed, or with a star: a total of which not everything is reported."))
        notes += [told(row.period_label, coverage_of(row)) + "." for row in partial]
    if kind == PLACES:
        notes.append(_("All on one scale."))
    if number_of > len(shown):
        more = number_of - len(shown)
        notes.append(
            ngettext(
                "%(number)s more stands in the table of the page.",
                "%(number)s more stand in the table of the page.",
                more,
            )
            % {"number": number(more)}
        )
    return Chart(
        kind,
        title,
        listed([told(run.label, *(told(row.period_label, actual_of(row)) for row in run.stated)) for run in shown]),
        sheet.done(),
        Table(
            [_("Scope"), _("Unit"), _("Period"), _("Target"), _("Actual"), _("Source")],
            [
                [
                    Cell(run.label),
                    Cell(row.indicator.unit),
                    Cell(row.period_label),
                    Cell("–" if row.target is None else target_of(row, row.target), row.target),
                    Cell(actual_of(row), row.actual, row.figure_url),
                    source_cell(row),
                ]
                for run in shown
                for row in run.stated
            ],
        ),
        notes,
        sources_of(rows),
        demonstration(rows),
        unit=" · ".join(word for word in (first.unit_of_many, str(first.indicator.get_cumulation_display())) if word),
    )
