"""What pages say of themselves to search engines and to whoever shares them."""

import json
import re
from datetime import date
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import pytest
from django.template import Context, Template
from django.test import Client
from django.utils import timezone, translation
from PIL import Image, ImageChops

from epe_ap.pictures import draw, font
from epe_ap.sharing import Shared, plain
from epe_ap.structured import as_script
from indicators.actions import rebuild_results
from indicators.models import Actual, Result
from tests import factories as make
from tests.factories import three

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def test_a_description_is_one_line_cut_between_two_words_that_keeps_its_no_break_spaces():
    assert plain('  One\n <b title="x">&amp; 1\xa0349</b> people ') == "One & 1\xa0349 people"
    assert plain("A sentence of several words", 20) == "A sentence of…"
    assert plain("First, second", 9) == "First…"


def test_data_cannot_end_the_script_that_holds_it():
    said = as_script({"name": "</script><script>alert(1)</script> & <!-- \u2028"})

    assert said.count("<") == 2
    inside = re.fullmatch(r'<script type="application/ld\+json">(.*)</script>', said)
    assert inside
    assert json.loads(inside[1])["name"] == "</script><script>alert(1)</script> & <!-- \u2028"


def test_what_is_captured_stands_in_two_places_and_is_escaped_once():
    source = "{% load sharing %}{% captured title %}<b>{{ name }}</b>{% endcaptured %}{{ title }}|{{ title_markup }}"

    assert Template(source).render(Context({"name": 'A & "B"'})) == "A &amp; &quot;B&quot;|<b>A &amp; &quot;B&quot;</b>"


def picture(**fields: str) -> Image.Image:
    shared = Shared(**{"site": "Site", "programme": "Programme", "sentence": "Personnes formées", **fields})
    return Image.open(BytesIO(draw(shared))).convert("RGB")


def test_a_picture_is_drawn_with_all_that_it_says():
    blank = picture(number="1 349")
    drawn = [
        picture(number="1 350"),
        picture(number="1 349", warning="Fictitious"),
        picture(number="1 349", limit="base"),
        picture(number="1 349", source="Source"),
        picture(number="1 349", qualifier="plus de"),
        picture(number="1 349", sentence="Personnes formees"),
        picture(number="9" * 60, qualifier="more than", unit="u" * 90, sentence="mot " * 200, about="x" * 400),
        picture(),
    ]
    assert {image.size for image in [blank, *drawn]} == {(1200, 630)}
    assert all(ImageChops.difference(blank, image).getbbox() for image in drawn)


def test_the_fonts_of_pictures_have_the_letters_and_signs_of_three_languages():
    letters = "éèêëàâçîïôöûùüœÉÀÇŒñáíóúÑ¿¡«»“”’–—…·−%$€"
    for name in ("serif", "serif-bold", "sans", "sans-bold"):
        face = font(name, 40)
        # What a font lacks is drawn as one and the same box.
        box = bytes(face.getmask("\uffff"))
        assert box == bytes(face.getmask("\U0001f4a5"))
        assert [letter for letter in letters if bytes(face.getmask(letter)) == box] == []


class World:
    """A published figure, one that is not published, one of a demonstration, each of a value of its own."""

    def __init__(self) -> None:
        self.book = make.document(slug="book", title="Le livre", **three("short_title", "Livre"))
        self.chile = make.country("CL", **three("name", "Chile"))
        self.shown = self._figure("shown", 1349, state="published", qualifier="more_than")
        self.hidden = self._figure("hidden", 7777, state="open")
        self.invented = self._figure("invented", 8888, state="published", is_demonstration=True)
        rebuild_results()
        self.page = Result.objects.get(actual_record=self.shown).get_absolute_url()

    def _figure(self, slug: str, value: int, *, state: str, is_demonstration: bool = False, **fields: Any) -> Actual:
        programme = make.programme(
            slug=slug, code=slug.upper(), is_demonstration=is_demonstration, **three("name", f"Programme {slug}")
        )
        period = make.period(
            programme=programme, slug=f"p-{slug}", state=state, starts_on=date(2020, 1, 1), ends_on=date(2020, 6, 30)
        )
        indicator = make.indicator(programme=programme, slug=slug, unit_en="people", **three("name", f"Trained {slug}"))
        actual = make.actual(
            series=make.series(indicator=indicator, country=self.chile),
            period=period,
            value=value,
            route="workspace",
            approved_at=timezone.now(),
            **fields,
        )
        make.citation(actual=actual, document=self.book, section="<Results>", value=value)
        return actual


@pytest.fixture
def world(db: None) -> World:
    with translation.override("en"):
        return World()


def pictures(page: Any) -> str:
    found = re.search(r'property="og:image" content="http://testserver([^"]+)"', page.content.decode())
    assert found
    return found[1].replace("&amp;", "&")


def test_the_picture_of_a_page_shows_its_figure_and_another_address_when_it_changes(client: Client, world: World):
    page = client.get("/en/indicators/shown/")
    address = pictures(page)
    answer = client.get(address)

    assert Image.open(BytesIO(answer.content)).size == (1200, 630)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert 'content="Trained shown: more than 1,349\xa0people (SHOWN, Chile,' in page.content.decode()
    assert pictures(client.get("/fr/indicators/shown/")) != address

    Actual.objects.filter(pk=world.shown.pk).update(value=1350)
    rebuild_results()

    renewed = pictures(client.get("/en/indicators/shown/"))
    assert renewed != address
    assert client.get(address).headers["Location"] == renewed


def test_nothing_is_drawn_that_is_not_published_and_a_demonstration_says_so(client: Client, world: World):
    keys = {actual.pk: Result.objects.get(actual_record=actual).key for actual in (world.hidden, world.invented)}

    assert client.get(f"/en/pictures/x/{keys[world.hidden.pk]}.png").status_code == 404
    assert client.get(f"/en/pictures/x/{keys[world.invented.pk]}.png").status_code == 404
    assert client.get("/en/pictures/x/%00.png").status_code == 404
    page = client.get("/en/indicators/invented/?programme=INVENTED")
    assert "og:image:alt" in page.content.decode()
    assert "fictitious. – INVENTED" in page.content.decode()
    assert client.get(pictures(page)).headers["Content-Type"] == "image/png"
    assert "ld+json" not in page.content.decode().partition("</head>")[0]


def test_the_feed_tells_published_figures_with_limits_and_source_the_latest_first(client: Client, world: World):
    answer = client.get("/en/feed/")
    feed = ElementTree.fromstring(answer.content)
    [entry] = feed.findall(f"{ATOM}entry")

    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert (
        entry.findtext(f"{ATOM}title")
        == f"Trained shown: more than 1,349\xa0people (SHOWN, Chile, {world.shown.period.name})"
    )
    assert "more than 1,349" in (entry.findtext(f"{ATOM}summary") or "")
    assert "&lt;Results&gt;" in (entry.findtext(f"{ATOM}summary") or "")
    assert entry.find(f"{ATOM}link").attrib["href"] == f"http://testserver{world.page}"  # type: ignore[union-attr]
    assert re.findall("7,?777|8,?888", answer.content.decode()) == []


def test_the_sitemap_holds_every_public_page_in_each_language_and_no_other(client: Client, world: World):
    index = ElementTree.fromstring(client.get("/sitemap.xml").content)
    sections = [node.text or "" for node in index.iter(f"{SITEMAP}loc")]
    found = {
        node.findtext(f"{SITEMAP}loc"): node
        for section in sections
        for node in ElementTree.fromstring(client.get(section.removeprefix("http://testserver")).content)
    }
    pages = {address.removeprefix("http://testserver") for address in found if address}

    assert {
        world.page,
        "/fr/indicators/shown/",
        "/es/indicators/shown/",
        "/en/countries/CL/",
        "/fr/",
        "/es/results/",
    } <= pages
    assert [page for page in pages if re.search("hidden.*p|invented|workspace|admin|accounts", page)] == []
    assert {page: client.get(page).status_code for page in pages if page.startswith("/en/")} == {
        page: 200 for page in pages if page.startswith("/en/")
    }
    one = found["http://testserver/fr/indicators/shown/"]
    assert [link.attrib["hreflang"] for link in one.iter("{http://www.w3.org/1999/xhtml}link")] == [
        *("fr", "es", "en", "x-default")
    ]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", one.findtext(f"{SITEMAP}lastmod") or "")


def test_robots_keep_off_accounts_and_combinations_of_filters(client: Client):
    lines = client.get("/robots.txt").content.decode().splitlines()

    assert {
        "Disallow: /admin/",
        "Disallow: /fr/workspace/",
        "Disallow: /es/results/?",
        "Disallow: /en/results.csv",
        "Allow: /fr/findings/?page=",
    } <= {*lines}
    assert lines[-1] == "Sitemap: http://testserver/sitemap.xml"


def test_results_are_a_data_set_with_its_files_and_a_page_tells_the_way_to_it(client: Client, world: World):
    page = client.get("/en/results/?programme=SHOWN&sort=value&page=1").content.decode()
    [said] = [json.loads(text) for text in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)]

    assert said["@type"] == "Dataset"
    assert said["temporalCoverage"] == "2020-01-01/2020-06-30"
    assert said["spatialCoverage"] == [{"@type": "Place", "name": "Chile"}]
    assert [variable["name"] for variable in said["variableMeasured"]] == ["Trained shown"]
    assert [file["encodingFormat"].rpartition("/")[2] for file in said["distribution"]] == [
        *("csv", "vnd.openxmlformats-officedocument.spreadsheetml.sheet", "json")
    ]
    assert said["url"] == "http://testserver/en/results/?programme=SHOWN"
    assert 'rel="canonical" href="http://testserver/en/results/?programme=SHOWN"' in page
    assert 'hreflang="x-default" href="http://testserver/results/?programme=SHOWN"' in page
    figure = client.get(Result.objects.get(actual_record=world.shown).get_absolute_url()).content.decode()
    said, _trail = [
        json.loads(text) for text in re.findall(r'<script type="application/ld\+json">(.*?)</script>', figure)
    ]
    [measured] = said["variableMeasured"]
    assert (measured["minValue"], "value" in measured, measured["unitText"]) == (1349, False, "people")
    assert "more than 1,349" in said["description"].replace("\xa0", " ")
    assert "license" not in said
    country = client.get("/en/countries/CL/").content.decode()
    [trail] = [json.loads(text) for text in re.findall(r'<script type="application/ld\+json">(.*?)</script>', country)]
    assert [step["item"] for step in trail["itemListElement"]] == [
        *("http://testserver/en/", "http://testserver/en/countries/")
    ]


def test_addresses_are_absolute_behind_a_proxy(client: Client, world: World, settings: Any):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.ALLOWED_HOSTS = ["results.example.org"]

    page = client.get(
        "/es/indicators/shown/", headers={"host": "results.example.org", "x-forwarded-proto": "https"}
    ).content.decode()

    addresses = re.findall(r'(?:rel="canonical" |hreflang="[\w-]+" )href="(http[^"]+)"', page)
    addresses += re.findall(r'property="og:(?:url|image)" content="([^"]+)"', page)
    assert len(addresses) == 7
    assert {address.partition("/es/")[0].partition("/fr/")[0].partition("/en/")[0] for address in addresses} <= {
        *("https://results.example.org", "https://results.example.org/indicators/shown/")
    }
