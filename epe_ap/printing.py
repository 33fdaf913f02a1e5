"""HTML as a tagged PDF, by WeasyPrint. Imported by ``epe_ap.pdf`` alone, when a sheet is made: it needs half a second and Pango."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import weasyprint
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from weasyprint.urls import URLFetcher, URLFetcherResponse

#: Stands for this site in what a sheet refers to; no such host exists.
OWN_SITE = "https://own-site.invalid/"
#: Which kinds of static files a sheet may be made of.
CONTENT_TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png", ".woff2": "font/woff2"}
#: Fonts that come with the program: a server has none of its own that all installations share. Their address is /fonts/….
FONTS = {path.name: path for path in (Path(__file__).parent / "fonts").glob("*.woff")}


class TooManyPages(Exception):
    """A sheet would have more pages than anybody prints."""


class OwnFiles(URLFetcher):
    """Hands out the site's own static files and fonts and nothing else: no other host, no file of the machine, no page.

    Args:
        site: the address of the first page, to which what a sheet refers to is relative. Nothing is asked of it.
    """

    def __init__(self, site: str = OWN_SITE) -> None:
        super().__init__(allowed_protocols=["http", "https"])
        self.site = site

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """The file of this address.

        Raises:
            ValueError: for anything that is not one; the sheet is made without it.
        """
        address = urlsplit(url)
        path = unquote(address.path)
        if url.startswith(self.site) and path.removeprefix("/fonts/") in FONTS:
            return URLFetcherResponse(
                url, FONTS[path.removeprefix("/fonts/")].read_bytes(), {"Content-Type": "font/woff"}
            )
        name = path.removeprefix(settings.STATIC_URL)
        kind = next((kind for ending, kind in CONTENT_TYPES.items() if name.endswith(ending)), None)
        if not url.startswith(self.site) or name == path or kind is None:
            raise ValueError(f"A sheet may not refer to {url}")
        # Both refuse a path that leads out of their folder.
        found = finders.find(name)
        if found:
            with open(found, "rb") as file:
                return URLFetcherResponse(url, file.read(), {"Content-Type": kind})
        with staticfiles_storage.open(name) as stored:
            return URLFetcherResponse(url, stored.read(), {"Content-Type": kind})


def pdf_of(html: str, *, most_pages: int, site: str = OWN_SITE) -> bytes:
    """A PDF/UA of this HTML, whose addresses are those of the site.

    Args:
        site: the address of the site's first page, so that links lead there from wherever the file is read.

    Raises:
        TooManyPages: when it would have more than ``most_pages``.
    """
    page = weasyprint.HTML(string=html, base_url=site, url_fetcher=OwnFiles(site))
    document = page.render(pdf_variant="pdf/ua-1", pdf_tags=True)
    if len(document.pages) > most_pages:
        raise TooManyPages
    made: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True)
    return made
