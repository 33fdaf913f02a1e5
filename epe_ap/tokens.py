"""The design tokens of static/css/tokens.css, read from the file itself, and how well its colours can be told apart."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders

#: WCAG 2.2, 1.4.3 and 1.4.11: of text on its ground, and of what a shape says on its own.
TEXT_CONTRAST, SHAPE_CONTRAST = 4.5, 3.0

_TEXTS = ("ink", "muted", "sea", "copper", "met", "underway", "behind", "regressed", "open")
#: Text and the grounds it stands on.
TEXT_PAIRS = [(text, ground) for text in _TEXTS for ground in ("paper", "surface", "raised")]
TEXT_PAIRS += [(text, ground) for text in ("ink", "muted") for ground in ("sea-soft", "copper-soft")]
TEXT_PAIRS += [("paper", "sea"), ("paper", "ink")]
#: Borders of fields, rings of the focus, bars and their marks, the countries of the map.
SHAPE_PAIRS = [("edge", "paper"), ("edge", "raised"), ("focus", "paper"), ("focus", "surface"), ("focus", "raised")]
SHAPE_PAIRS += [(bar, "rule") for bar in ("met", "underway", "behind", "regressed")]
SHAPE_PAIRS += [("copper", "paper"), ("paper", "sea-over")]


@dataclass(frozen=True)
class Colour:
    """A colour by its role, as ``#rrggbb`` in light and in dark."""

    name: str
    light: str
    dark: str


@dataclass(frozen=True)
class Pair:
    """Two colours that meet, with their contrast in light and in dark, and the least that it may be."""

    front: Colour
    ground: Colour
    light: float
    dark: float
    least: float


def read() -> str:
    """The style sheet of the tokens."""
    found = finders.find("css/tokens.css")
    if not isinstance(found, str):
        raise FileNotFoundError("css/tokens.css")
    return Path(found).read_text(encoding="utf-8")


@cache
def colours() -> dict[str, Colour]:
    """Every colour by its name, in the order of the file."""
    found = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);", read())
    return {name: Colour(name, light, dark) for name, light, dark in found}


@cache
def measures(kind: str) -> dict[str, str]:
    """The tokens of ``size`` or ``space`` by their name, as CSS lengths."""
    return dict(re.findall(rf"--({kind}-[\w-]+): ([^;]+);", read()))


def pairs() -> list[Pair]:
    """The colours that meet on pages: text first, then shapes."""
    known = colours()
    asked = [(pair, TEXT_CONTRAST) for pair in TEXT_PAIRS] + [(pair, SHAPE_CONTRAST) for pair in SHAPE_PAIRS]
    return [
        Pair(
            known[front],
            known[ground],
            contrast(known[front].light, known[ground].light),
            contrast(known[front].dark, known[ground].dark),
            least,
        )
        for (front, ground), least in asked
    ]


def contrast(one: str, other: str) -> float:
    """The contrast of two colours ``#rrggbb``, from 1 to 21, as WCAG 2.2 defines it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
