"""Whether an indicator's name says where its figure should go, which is for its direction and its targets to say.

Source: DOMAIN §1, after tip sheet 3.1 of Global Affairs Canada: an indicator is neutral.
"""

import re

#: Beginnings of words that say a direction or a target, in the three languages of the names.
DIRECTIONS = (
    *("increas", "decreas", "reduc", "rise", "rising", "fall", "grow", "higher", "lower", "more than", "less than"),
    *("fewer than", "at least", "at most", "up to", "minimum", "maximum"),
    *("augment", "hausse", "accroiss", "diminu", "baisse", "réduct", "rédui", "croissance", "au moins", "au plus"),
    *("plus de", "moins de", "jusqu’à", "jusqu'à"),
    *("aument", "increment", "crecimiento", "disminu", "reducci", "al menos", "por lo menos", "como mínimo"),
    *("como máximo", "más de", "menos de", "hasta"),
)
_NOT_NEUTRAL = re.compile(rf"\b(?:{'|'.join(map(re.escape, DIRECTIONS))})\w*|\d+(?:[.,]\d+)?\s*%", re.IGNORECASE)


def not_neutral(name: str) -> list[str]:
    """The words of a name that say a direction or a target, in their order; empty when it is neutral."""
    return _NOT_NEUTRAL.findall(name)
