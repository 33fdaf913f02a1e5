"""What an address may ask of the table of results."""

from indicators.filters.choices import Choice, Vocabulary
from indicators.filters.counts import Counts
from indicators.filters.pages import OrderedRows
from indicators.filters.results import ResultFilter

__all__ = ["Choice", "Counts", "OrderedRows", "ResultFilter", "Vocabulary"]
