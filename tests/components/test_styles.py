"""Contrast and weight of the style sheets, read from the files themselves."""

import gzip
import re
from pathlib import Path
from types import ModuleType

import pytest
from django.contrib import admin

from epe_ap import pictures
from epe_ap.tokens import colours, contrast, pairs
from indicators.charts import drawing

STYLES = Path(__file__).resolve().parents[2] / "static" / "css"
TOKENS = (STYLES / "tokens.css").read_text(encoding="utf-8")


def test_the_measure_of_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_all_that_meets_can_be_told_apart_in_light_and_in_dark():
    """Text at least 4.5 to 1, shapes that carry meaning at least 3 to 1."""
    found = [(each.front.name, each.ground.name, each.light, each.dark, each.least) for each in pairs()]

    assert len(found) >= 40
    assert [each for each in found if min(each[2:4]) < each[4]] == []


def test_browsers_without_light_dark_get_exactly_the_light_colours():
    fallback = TOKENS.partition("@supports not")[2]

    assert dict(re.findall(r"--([\w-]+): (#\w{6});", fallback)) == {
        name: colour.light for name, colour in colours().items()
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


@pytest.mark.parametrize("drawing", [pictures, drawing], ids=["pictures", "charts as files"])
def test_what_is_drawn_apart_from_the_pages_has_their_colours(drawing: ModuleType):
    names = {"SOFT": "sea-soft", "COPPER_SOFT": "copper-soft"}
    drawn = {name: value for name, value in vars(drawing).items() if name.isupper() and str(value).startswith("#")}
    assert len(drawn) > 6
    assert drawn == {name: colours()[names.get(name, name.lower())].light for name in drawn}
