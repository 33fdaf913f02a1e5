"""Logic model, indicators, figures, reporting and results in the administration."""

from indicators.admin import figures, framework, reporting, results, verification

__all__ = ["figures", "framework", "reporting", "results", "verification"]
