"""Public pages of results and indicators."""
