"""The picture of a figure for whoever shares its page: 1200 × 630, light, in the site's colours, drawn without a browser.

The fonts are beside it, with their licence, because a server has none of its own that all installations share.
"""

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from epe_ap.sharing import Shared

WIDTH: Final = 1200
HEIGHT: Final = 630
MARGIN: Final = 84

# The light values of static/css/tokens.css.
PAPER: Final = "#fbfcfa"
INK: Final = "#14211f"
MUTED: Final = "#4b5a56"
RULE: Final = "#d3dcd7"
SEA: Final = "#0a5d59"
COPPER: Final = "#96450f"
COPPER_SOFT: Final = "#f9e9de"

FONTS: Final = Path(__file__).parent / "fonts"
#: The fonts have no space of that width; and a picture is set like print.
AS_PRINTED: Final = str.maketrans(
    {"\N{NARROW NO-BREAK SPACE}": "\N{NO-BREAK SPACE}", "'": "\N{RIGHT SINGLE QUOTATION MARK}"}
)


@cache
def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    family = {"serif": "source-serif-4", "sans": "source-sans-3"}[name.partition("-")[0]]
    weight = 600 if name.endswith("-bold") else 400
    return ImageFont.truetype(str(FONTS / f"{family}-latin-{weight}-normal.woff"), size)


def draw(shared: Shared) -> bytes:
    """A PNG file."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    page = Page(ImageDraw.Draw(image))
    page.masthead(shared)
    if shared.number:
        page.figure(shared)
    else:
        page.title(shared)
    page.foot(shared)
    file = BytesIO()
    # A few dozen colours are enough for flat ones and soft edges, at a third of the size.
    image.quantize(64, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(file, "PNG", compress_level=9)
    return file.getvalue()


class Page:
    """A picture while it is drawn, from the top down."""

    def __init__(self, canvas: ImageDraw.ImageDraw) -> None:
        self.canvas = canvas
        self.y = 0

    def masthead(self, shared: Shared) -> None:
        """The mark of the site, a result that crosses its target line, its name, and whether all this is invented."""
        left, top = MARGIN, 62
        self.canvas.polygon(
            [(left, top + 14), (left + 42, top + 14), (left + 50, top + 22), (left + 42, top + 30), (left, top + 30)],
            fill=SEA,
        )
        self.canvas.rectangle([left + 29, top, left + 34, top + 44], fill=COPPER)
        self.text(left + 68, top + 33, shared.site, font("sans-bold", 30), INK)
        if shared.number:
            room = WIDTH - 2 * MARGIN - 68 - 40 - round(font("sans-bold", 30).getlength(shared.site))
            words = font("sans", 26)
            name = shared.programme
            name = name if words.getlength(name) <= room else shortened(name, words, room)
            self.text(WIDTH - MARGIN, top + 33, name, words, MUTED, anchor="rs")
        if shared.warning:
            self.canvas.rectangle([0, 0, WIDTH, 42], fill=COPPER_SOFT)
            self.text(left, 29, shared.warning, font("sans-bold", 24), COPPER)
        self.y = top + 44

    def figure(self, shared: Shared) -> None:
        self.lines(shared.about, "sans", 28, MUTED, most=1, leading=1.5, before=34)
        number = self.fitting(shared.number, "serif-bold", 150, 78)
        left = MARGIN
        baseline = self.y + 142
        if shared.qualifier:
            words = font("serif", 44)
            # Before the number, as in a sentence; above it where the two are too long for one line.
            if words.getlength(shared.qualifier) + number.getlength(shared.number) < WIDTH - 2 * MARGIN - 24:
                self.text(left, baseline, shared.qualifier, words, MUTED)
                left += round(words.getlength(shared.qualifier)) + 22
            else:
                self.text(left, self.y + 40, shared.qualifier, words, MUTED)
                baseline += 26
        self.text(left, baseline, shared.number, number, SEA)
        left += round(number.getlength(shared.number)) + 26
        self.y = baseline + 10
        unit = font("serif", 40)
        if unit.getlength(shared.unit) < WIDTH - MARGIN - left:
            self.text(left, baseline, shared.unit, unit, MUTED)
        else:
            self.lines(shared.unit, "serif", 34, MUTED, most=1, before=6)
        self.lines(shared.sentence, "serif", 44, INK, most=3, smallest=34, before=16)
        self.lines(shared.limit, "sans-bold", 27, COPPER, most=1, before=10)

    def title(self, shared: Shared) -> None:
        self.lines(shared.programme, "serif-bold", 72, SEA, most=3, smallest=52, before=56)
        self.lines(shared.sentence, "serif", 38, INK, most=2, smallest=30, before=26)

    def foot(self, shared: Shared) -> None:
        if shared.source:
            self.canvas.line([MARGIN, HEIGHT - 92, WIDTH - MARGIN, HEIGHT - 92], fill=RULE, width=2)
            self.y = HEIGHT - 82
            self.lines(shared.source, "sans", 27, MUTED, most=1)

    # --- Letters -----------------------------------------------------------------------------------

    def text(
        self, x: int, baseline: int, words: str, face: ImageFont.FreeTypeFont, colour: str, *, anchor: str = "ls"
    ) -> None:
        self.canvas.text((x, baseline), words.translate(AS_PRINTED), font=face, fill=colour, anchor=anchor)

    def lines(
        self,
        words: str,
        name: str,
        size: int,
        colour: str,
        *,
        most: int,
        smallest: int = 0,
        leading: float = 1.22,
        before: int = 0,
    ) -> None:
        """Words on as many lines as they need, smaller where they are many, cut where that is not enough."""
        if not words:
            return
        sizes = range(size, (smallest or size) - 1, -2)
        for size in sizes:
            found = wrapped(words, font(name, size), WIDTH - 2 * MARGIN)
            if len(found) <= most:
                break
        if len(found) > most:
            found = [*found[: most - 1], shortened(" ".join(found[most - 1 :]), font(name, size), WIDTH - 2 * MARGIN)]
        self.y += before
        for line in found:
            self.y += round(size * leading)
            self.text(MARGIN, self.y, line, font(name, size), colour)

    def fitting(self, words: str, name: str, size: int, smallest: int) -> ImageFont.FreeTypeFont:
        while size > smallest and font(name, size).getlength(words) > WIDTH - 2 * MARGIN:
            size -= 4
        return font(name, size)


def wrapped(words: str, face: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Lines that are no wider than that, broken between words; a word that is wider stands alone."""
    lines = [""]
    for word in words.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and face.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def shortened(words: str, face: ImageFont.FreeTypeFont, width: int) -> str:
    while words and face.getlength(f"{words}…") > width:
        words = words.rpartition(" ")[0] or words[:-1]
    return f"{words.rstrip(' ,;:.·')}…"
