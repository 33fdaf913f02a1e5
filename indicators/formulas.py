"""How a number came about, as arithmetic with the numbers in it.

Each line is an outcome of ``indicators.rules`` written out: its inputs and its value. One that does not come to the
number that stands in the table of results is left out, so that no page shows another arithmetic than the one that counts.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from epe_ap.templatetags import figures
from indicators import rules
from indicators.choices import Direction, Measure, Origin, Qualifier, Reason, RollUp
from indicators.histories import Said
from indicators.rules import Outcome, Quantity
from indicators.tables import FigureRow

#: So many parts of a sum are written out; more stand in the list below it.
MOST_PARTS = 8


@dataclass(frozen=True)
class Formula:
    """One line of arithmetic.

    Attributes:
        name: what is calculated.
        words: the calculation in words.
        numbers: the same with the numbers in it, "213 ÷ 40 = 532.5%"; empty where there is none.
    """

    name: str
    words: str
    numbers: str = ""
    note: str = ""


def formulas(row: FigureRow, inputs: Sequence[FigureRow], total: FigureRow | None = None) -> list[Formula]:
    """The arithmetic of a row: of its value, of its part in the total, then against its target.

    Args:
        inputs: all rows that a computed total was made from, or none of them where they are too many to be written out.
        total: the row of which this one is a part, if there is one.
    """
    return [*_of_value(row, inputs), *(_of_total(row, total) if total is not None else ()), *_against_target(row)]


def _of_value(row: FigureRow, inputs: Sequence[FigureRow]) -> Iterator[Formula]:
    if row.measure == Measure.PERCENTAGE and row.denominator is not None:
        outcome = rules.percentage(numerator=row.numerator, denominator=row.denominator)
        if _comes_to(outcome, row.actual):
            yield _percentage(row, inputs)
    elif row.origin == Origin.COMPUTED and row.actual is not None:
        yield _total(row, inputs)


def _percentage(row: FigureRow, inputs: Sequence[FigureRow]) -> Formula:
    number = figures.number
    numbers = f"{number(row.numerator)} ÷ {number(row.denominator)} = {_result(row, row.actual)}"
    words = _("part ÷ whole")
    if row.origin == Origin.COMPUTED:
        words = _("sum of the parts ÷ sum of the wholes; percentages themselves are never averaged")
        parts = [(each.numerator, each.denominator) for each in inputs]
        if 1 < len(parts) <= MOST_PARTS and all(whole is not None for _part, whole in parts):
            over, under = (" + ".join(number(each[place]) for each in parts) for place in (0, 1))
            numbers = f"({over}) ÷ ({under}) = {numbers}"
    return Formula(_("Percentage"), words, numbers)


def _total(row: FigureRow, inputs: Sequence[FigureRow]) -> Formula:
    method = RollUp(row.indicator.roll_up)
    if any(each.breakdown_key != row.breakdown_key for each in inputs):
        # Women and men of one scope, whatever is done with several scopes.
        method = RollUp.SUM if row.measure in (Measure.COUNT, Measure.CURRENCY) else RollUp.WEIGHTED_MEAN
    count = len(row.inputs)
    words = {
        RollUp.SUM: ngettext("sum of %(number)s figure", "sum of %(number)s figures", count),
        RollUp.WEIGHTED_MEAN: ngettext(
            "mean of %(number)s figure, weighted by the number of people",
            "mean of %(number)s figures, weighted by the number of people",
            count,
        ),
        RollUp.MAXIMUM: ngettext("the largest of %(number)s figure", "the largest of %(number)s figures", count),
        RollUp.LATEST: ngettext("the latest of %(number)s figure", "the latest of %(number)s figures", count),
    }.get(method, ngettext("made of %(number)s figure", "made of %(number)s figures", count))
    note = _("One person may be counted more than once.") if row.indicator.counts_persons_twice else ""
    return Formula(
        _("Total"), words % {"number": figures.number(count)}, _sum(row, inputs) if method == RollUp.SUM else "", note
    )


def _sum(row: FigureRow, inputs: Sequence[FigureRow]) -> str:
    parts = [_quantity(row, each.actual, each.qualifier) for each in inputs]
    if not 1 < len(parts) <= MOST_PARTS or None in parts or not _comes_to(rules.add(parts), row.actual):
        return ""
    return f"{' + '.join(figures.figure(each) for each in inputs)} = {_result(row, row.actual)}"


def _of_total(row: FigureRow, total: FigureRow) -> Iterator[Formula]:
    """How many a share is, or which share so many are: where the sources print one of them, the other follows."""
    whole = _quantity(total, total.actual, total.qualifier)
    if row.measure != Measure.COUNT or whole is None:
        return
    said = _written(total, whole.value, whole.qualifier)
    note = _("Computed here: no source prints it.")
    if row.share is not None:
        outcome = rules.count_from_share(share=row.share, total=whole)
        if outcome.value is not None:
            count = _written(row, rules.rounded(outcome.value), outcome.qualifier)
            numbers = f"{figures.percent(row.share)} × {said} = {count}"
            yield Formula(_("How many that is"), _("share × total"), numbers, note)
        return
    outcome = rules.share_from_counts(part=_quantity(row, row.actual, row.qualifier), total=whole)
    if outcome.value is not None:
        numbers = f"{_written(row, row.actual)} ÷ {said} = {figures.percent(outcome.value)}"
        yield Formula(_("Share of the total"), _("part ÷ total"), numbers, note)


def _against_target(row: FigureRow) -> Iterator[Formula]:
    if row.progress is not None:
        found = _standing(row, row.progress, _progress)
        if found is not None:
            compared, target = found
            baseline = _written(row, row.baseline)
            yield Formula(
                _("Progress"),
                _("(actual − baseline) ÷ (target − baseline)"),
                f"({compared} − {baseline}) ÷ ({target} − {baseline}) = {_result(row, row.progress, Measure.PERCENTAGE)}",
                _note(row),
            )
    elif row.achievement is not None:
        found = _standing(row, row.achievement, _achievement)
        if found is not None:
            compared, target = found
            yield Formula(
                _("Achievement"),
                _("actual ÷ target"),
                f"{compared} ÷ {target} = {_result(row, row.achievement, Measure.PERCENTAGE)}",
                _note(row),
            )


def _standing(
    row: FigureRow, stored: Decimal, rule: Callable[[FigureRow, Quantity | None, Quantity | None], Outcome]
) -> tuple[str, str] | None:
    """The actual and the target, written out, from which a rule comes to the stored number.

    They are those of the period, or what was reached up to now and the final target.
    """
    actual = _quantity(row, row.actual, row.qualifier)
    to_date = _quantity(row, row.actual_to_date, row.qualifier)
    target = _quantity(row, row.target, row.target_qualifier)
    final = _quantity(row, row.target_final)
    for measured, aim in ((actual, target), (to_date, target), (to_date, final), (actual, final)):
        if measured is not None and aim is not None and _comes_to(rule(row, measured, aim), stored):
            return _written(row, measured.value, measured.qualifier), _written(row, aim.value, aim.qualifier)
    return None


def _progress(row: FigureRow, actual: Quantity | None, target: Quantity | None) -> Outcome:
    return rules.progress(baseline=_quantity(row, row.baseline), target=target, actual=actual)


def _achievement(row: FigureRow, actual: Quantity | None, target: Quantity | None) -> Outcome:
    towards, _reason = rules.direction_of(
        declared=Direction(row.indicator.direction), baseline=_quantity(row, row.baseline), target=target
    )
    return rules.achievement(target=target, actual=actual, measure=Measure(row.measure), direction=towards)


def _note(row: FigureRow) -> str:
    if row.status_reason == Reason.CUMULATED or row.actual is None:
        return str(Reason.CUMULATED.label)
    return ""


def _comes_to(outcome: Outcome, stored: Decimal | None) -> bool:
    return stored is not None and rules.storable(outcome.value) == stored


def _quantity(row: FigureRow, value: Decimal | None, qualifier: str = "") -> Quantity | None:
    return None if value is None else Quantity(value, Qualifier(qualifier or Qualifier.EXACT))


def _written(row: FigureRow, value: Decimal | None, qualifier: str = "", measure: str = "") -> str:
    said = Said(measure or row.measure, actual=value, qualifier=qualifier, currency=row.currency)
    return figures.figure(said)


def _result(row: FigureRow, value: Decimal | None, measure: str = "") -> str:
    return _written(row, value, row.qualifier, measure)
