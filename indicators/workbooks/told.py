"""What a look at a workbook says of a figure: as the sheet writes it, the same whoever looks, and as the reader does."""

from decimal import Decimal

from django.utils.translation import override

from epe_ap.templatetags.figures import number, percent
from indicators.choices import Measure, Qualifier
from indicators.models import Figure
from indicators.workbooks.layout import SIGNS, in_cell, words_for_cells


def as_written(figure: Figure | None, language: str) -> str:
    """A figure as a sheet of this language writes it; empty for none."""
    if figure is None:
        return ""
    if figure.value is not None and figure.numerator is not None and figure.denominator is not None:
        return f"{_plain(figure.numerator)}/{_plain(figure.denominator)} = {_plain(figure.value)} %"
    with override(language):
        written = in_cell(figure)
    if written is None:
        return ""
    return _plain(written) if isinstance(written, Decimal) else str(written)


def as_said(figure: Figure | None, measure: str) -> str:
    """A figure with the words and the numbers of the active language; empty for none."""
    if figure is None:
        return ""
    not_applicable, not_yet = words_for_cells()
    if figure.is_not_applicable:
        return not_applicable
    if getattr(figure, "is_not_yet", False):
        return not_yet
    said = [] if figure.value is None else [_amount(figure.value, measure)]
    if figure.share is not None:
        said = [percent(figure.share, 4)]
    elif figure.numerator is not None and figure.denominator is not None:
        said.insert(0, f"{number(figure.numerator)}/{number(figure.denominator)}")
    return f"{SIGNS.get(Qualifier(figure.qualifier), '')}{' = '.join(said)}" if said else figure.text


def _amount(value: Decimal, measure: str) -> str:
    return percent(value, 4) if measure == Measure.PERCENTAGE else number(value)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
