"""A logic model, made without a database, for templates/style.html."""

from types import SimpleNamespace
from typing import Any

from indicators.choices import Basis, Level

MODEL_CODES = ("1000", "1100", "1110", "1111", "1120")


def sample_model(source: Any) -> SimpleNamespace:
    """A small logic model, as ``indicators.views.framework`` makes it: every level, and every basis."""

    def node(code: str, statement: str, *children: SimpleNamespace, basis: str, indicators: int = 0) -> SimpleNamespace:
        level = list(Level)[len(code.rstrip("0")) - 1]
        cited = [source] if basis == Basis.STATED else []
        result = SimpleNamespace(
            code=code, statement=statement, level=level, get_level_display=level.label, basis=basis
        )
        result.get_basis_display, result.citations = Basis(basis).label, SimpleNamespace(all=cited)
        width = len(children) if level == Level.INTERMEDIATE else 1
        return SimpleNamespace(
            result=result,
            children=list(children),
            indicators=range(indicators),
            heading=list(Level).index(level) + 3,
            columns=width,
            row="few" if level in (Level.ULTIMATE, Level.INTERMEDIATE) else "",
            desk=None,
        )

    output = node("1111", "Forums held.", basis="official", indicators=1)
    trained = node("1110", "Increased ability of those who make policies.", output, basis="stated", indicators=2)
    access = node("1120", "Increased access to training.", basis="reconstructed")
    return node(
        "1000", "Better lives.", node("1100", "More dialogue.", trained, access, basis="stated"), basis="stated"
    )
