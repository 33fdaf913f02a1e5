"""Takes the pictures of docs/images/ anew from a running site.

make run                                   # in another terminal
.venv/bin/python scripts/screenshots.py    # or with another address than http://127.0.0.1:8000
"""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
#: File name, page, and how much of it is shown.
PICTURES = [
    ("home.png", "/en/", {"width": 1400, "height": 1165}),
    ("results.png", "/en/results/", {"width": 1400, "height": 1165}),
]
#: A README is read over slow lines too.
LARGEST = 250_000


def main(site: str) -> None:
    names = [os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    chromium = next((path for name in names if name and (path := shutil.which(name))), None)
    if chromium is None:
        sys.exit("The pictures need Chromium: install it (apt-get install chromium) or set CHROMIUM.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, address, size in PICTURES:
            page = browser.new_page(viewport=size, color_scheme="light", reduced_motion="reduce")
            page.goto(f"{site.rstrip('/')}{address}")
            page.screenshot(path=IMAGES / name)
            weight = (IMAGES / name).stat().st_size
            sys.stdout.write(f"docs/images/{name}: {weight / 1000:.0f} kB\n")
            if weight > LARGEST:
                sys.exit(f"{name} is larger than {LARGEST / 1000:.0f} kB: show less of the page.")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
