"""Women among the persons that figures count: as printed, or computed from two counts and marked so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from epe_ap.templatetags.figures import number, percent, qualifier
from indicators.charts.chart import (
    Cell,
    Chart,
    Row,
    Table,
    about,
    actual_of,
    capitalised,
    demonstration,
    is_drawable,
    listed,
    name_row,
    scope_of,
    source_cell,
    sources_of,
    told,
)
from indicators.charts.drawing import WIDTH, Sheet
from indicators.charts.shapes import Scale
from indicators.choices import Family, Measure, Qualifier, UnitOfAnalysis

KIND = "women"
MOST = 10
BAR = 14
#: The widest share of a bar that men may take beyond what is left of it: shares are rounded as they are printed.
ROUNDING = Decimal(1)

#: The finding where it is about one figure, by what the figure counts: of a part of the programme, and of all of it.
FINDINGS: Mapping[str, tuple[Promise, Promise]] = {
    Family.PEOPLE_TRAINED: (
        gettext_lazy("%(place)s: women are %(share)s of the people trained"),
        gettext_lazy("Women are %(share)s of the people trained"),
    ),
    Family.SERVICE_USERS: (
        gettext_lazy("%(place)s: women are %(share)s of those who used the services"),
        gettext_lazy("Women are %(share)s of those who used the services"),
    ),
    Family.ENROLMENT: (
        gettext_lazy("%(place)s: women are %(share)s of the people enrolled"),
        gettext_lazy("Women are %(share)s of the people enrolled"),
    ),
}
OTHER_FINDINGS = (
    gettext_lazy("%(place)s: women are %(share)s of those counted"),
    gettext_lazy("Women are %(share)s of those counted"),
)
#: One person may take part more than once.
OF_PARTICIPATIONS = (
    gettext_lazy("%(place)s: women are %(share)s of the participations"),
    gettext_lazy("Women are %(share)s of the participations"),
)


@dataclass(frozen=True)
class Split:
    """One figure by sex, in percent of its total; ``men`` is None where nothing says how many they are."""

    row: Row
    women: Decimal
    men: Decimal | None
    is_computed: bool
    #: Of the share of women, as the source states it.
    qualifier: str = Qualifier.EXACT

    @property
    def share(self) -> str:
        """The share of women in words: "more than 54%"."""
        return f"{qualifier(self.qualifier)} {percent(self.women)}".strip()

    @property
    def words(self) -> list[str]:
        """What stands below the bar."""
        women = _("women %(share)s (calculated)") if self.is_computed else _("women %(share)s")
        words = [women % {"share": self.share}]
        if self.men is not None:
            words.append(_("men %(share)s") % {"share": percent(self.men)})
        if self.row.actual is not None:
            words.append(_("of %(total)s in all") % {"total": actual_of(self.row)})
        return words


def split_of(row: Row) -> Split | None:
    """A figure by sex; None where nothing is stated of women, or it is only planned."""
    if not is_drawable(row) or row.women_share is None or row.measure != Measure.COUNT:
        return None
    women: Decimal = row.women_share
    parts = {part.breakdown_key: part for part in row.parts}
    of_women = parts["sex=women"]
    if not 0 <= women <= 100 or of_women.qualifier == Qualifier.PLANNED:
        return None
    men = _men(row, parts.get("sex=men"))
    if men is not None and not 0 <= men <= 100 - women + ROUNDING:
        men = None
    return Split(row, women, men, row.women_share_is_computed, of_women.qualifier)


def _men(row: Row, part: Any) -> Decimal | None:
    if part is None or part.qualifier == Qualifier.PLANNED:
        return None
    if part.share is not None:
        return Decimal(part.share)
    exact = {row.qualifier or Qualifier.EXACT, part.qualifier or Qualifier.EXACT} == {Qualifier.EXACT}
    if part.actual is None or not row.actual or not exact:
        return None
    return Decimal(100 * part.actual / row.actual)


def women_chart(rows: Sequence[Row], *, of_one: bool = False) -> Chart | None:
    """The share of women in every figure that states it; None where none does.

    Args:
        of_one: all of one indicator, which the page names, so that a bar is named by its scope.
    """
    every = [split for row in rows if (split := split_of(row)) is not None]
    if not every:
        return None
    splits = every[:MOST]
    sheet = Sheet()
    for split in splits:
        _draw(sheet, split, of_one=of_one)
    if any(split.men is not None for split in splits):
        notes = [_("Filled: women; striped: men; empty: not stated, or neither. The notch stands at half.")]
    else:
        notes = [_("Filled: women; empty: men, or not stated. The notch stands at half.")]
    if len(every) > len(splits):
        more = len(every) - len(splits)
        notes.append(
            ngettext(
                "%(number)s more figure by sex stands in the table of the page.",
                "%(number)s more figures by sex stand in the table of the page.",
                more,
            )
            % {"number": number(more)}
        )
    drawn = [split.row for split in splits]
    return Chart(
        KIND,
        _title(every),
        listed([told(f"{split.row.indicator.name} ({about(split.row)})", *split.words) for split in splits]),
        sheet.done(),
        _table(splits),
        notes,
        sources_of(drawn),
        demonstration(drawn),
    )


def _title(splits: Sequence[Split]) -> str:
    if len(splits) == 1:
        [split] = splits
        row = split.row
        of_place, plain = FINDINGS.get(row.family, OTHER_FINDINGS)
        if row.indicator.unit_of_analysis == UnitOfAnalysis.PARTICIPATIONS:
            of_place, plain = OF_PARTICIPATIONS
        said = {"share": split.share}
        if all(key is None for key in scope_of(row)):
            return str(plain) % said
        return capitalised(str(of_place) % {**said, "place": row.scope_label})
    by_share = sorted(splits, key=lambda split: split.women)
    said = {"low": by_share[0].share, "high": by_share[-1].share, "number": number(len(splits))}
    if said["low"] == said["high"]:
        return _("Women are %(low)s in each of these %(number)s figures") % said
    return _("Women are %(low)s to %(high)s in these %(number)s figures") % said


def _draw(sheet: Sheet, split: Split, *, of_one: bool) -> None:
    if sheet.y:
        sheet.space(14)
    name_row(sheet, split.row, of_one=of_one)
    scale = Scale(Decimal(0), Decimal(100), Decimal(1), Decimal(WIDTH - 1))
    top = sheet.y + 8
    ends = float(scale.at(split.women))
    sheet.add("rect", "rest", x=1, y=top, width=WIDTH - 2, height=BAR)
    if split.women:
        sheet.add("rect", "women", x=1, y=top, width=ends - 1, height=BAR)
    if split.men:
        until = float(scale.at(split.women + split.men))
        sheet.add("rect", "men", x=ends, y=top, width=until - ends, height=BAR)
        # Stripes and not a shade alone: a copy in grey shows them too.
        lines = "".join(f"M{ends + step:.1f} {top:g}v{BAR}" for step in range(5, int(until - ends), 5))
        if lines:
            sheet.path("stripes", lines)
    half = scale.at(50)
    sheet.path("half", f"M{half} {top - 5:g}v4M{half} {top + BAR + 1:g}v4")
    sheet.space(BAR + 14)
    sheet.facts(split.words, "value")


def _table(splits: Sequence[Split]) -> Table:
    return Table(
        [
            _("What was measured"),
            _("Scope"),
            _("Period"),
            _("Women, %"),
            _("Men, %"),
            _("Total"),
            _("Source"),
        ],
        [
            [
                Cell(split.row.indicator.name),
                Cell(about(split.row)),
                Cell(split.row.period_label),
                _percent_cell(split.women, split.share, is_computed=split.is_computed),
                _percent_cell(split.men, percent(split.men), is_computed=split.is_computed),
                Cell(actual_of(split.row), split.row.actual, split.row.figure_url),
                source_cell(split.row),
            ]
            for split in splits
        ],
    )


def _percent_cell(value: Decimal | None, words: str, *, is_computed: bool) -> Cell:
    if value is None:
        return Cell("–")
    # As exact as it is written, also in a file: more decimals would look measured.
    rounded = value.quantize(Decimal("0.1"), ROUND_HALF_UP)
    return Cell(_("%(share)s, calculated") % {"share": words} if is_computed else words, rounded)
