"""Contrast and weight of the style sheets, read from the files themselves."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib import admin

STYLES = Path(__file__).resolve().parents[2] / "static" / "css"
TOKENS = (STYLES / "tokens.css").read_text(encoding="utf-8")
COLOURS = {
    name: {"light": light, "dark": dark}
    for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);", TOKENS)
}

TEXT = ["ink", "muted", "sea", "copper", "met", "underway", "behind", "regressed", "open"]
PAIRS = [(text, ground) for text in TEXT for ground in ("paper", "surface", "raised")]
PAIRS += [("ink", "sea-soft"), ("muted", "sea-soft"), ("ink", "copper-soft"), ("paper", "sea"), ("paper", "ink")]
# Borders of fields, focus rings and what a bar says must be seen (WCAG 1.4.11).
SHAPES = [("edge", "paper"), ("edge", "raised"), ("focus", "paper"), ("focus", "surface"), ("focus", "raised")]
SHAPES += [(bar, "rule") for bar in ("met", "underway", "behind", "regressed")] + [
    ("copper", "paper"),
    ("paper", "sea-over"),
]


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_of_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read_on_every_ground(text, ground, scheme):
    assert contrast(COLOURS[text][scheme], COLOURS[ground][scheme]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_shapes_that_carry_meaning_can_be_seen(shape, ground, scheme):
    assert contrast(COLOURS[shape][scheme], COLOURS[ground][scheme]) >= 3


def test_browsers_without_light_dark_get_exactly_the_light_colours():
    fallback = TOKENS.partition("@supports not")[2]

    assert dict(re.findall(r"--([\w-]+): (#\w{6});", fallback)) == {
        name: schemes["light"] for name, schemes in COLOURS.items()
    }


def test_every_token_that_is_used_is_defined():
    sheets = "".join(path.read_text(encoding="utf-8") for path in STYLES.glob("*.css"))
    used = set(re.findall(r"var\(--([\w-]+)", sheets))
    defined = set(re.findall(r"--([\w-]+):", sheets))
    # The sheet of the administration stands on Django's own.
    django_own = "".join(
        path.read_text(encoding="utf-8") for path in Path(admin.__file__).parent.glob("static/admin/css/*.css")
    )
    defined |= set(re.findall(r"--([\w-]+):", django_own))

    assert used - defined == set()


def weight(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), mtime=0))


def test_the_style_sheets_stay_light():
    """Those of every page together, and each of those that only the workspace and the administration load."""
    frame = (STYLES.parents[1] / "templates" / "base.html").read_text(encoding="utf-8")
    everywhere = {path for path in STYLES.glob("*.css") if f"css/{path.name}" in frame}

    assert len(everywhere) == 5
    assert sum(map(weight, everywhere)) < 12 * 1024
    assert {path.name: weight(path) for path in STYLES.glob("*.css") if weight(path) > 4 * 1024} == {
        "components.css": weight(STYLES / "components.css")
    }


def test_the_scripts_stay_light():
    scripts = STYLES.parents[0] / "js"

    assert {path.name for path in scripts.glob("*.js") if weight(path) > 6 * 1024} == set()
