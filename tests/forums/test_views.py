"""Pages of the forums."""

from datetime import date

import pytest
from django.test import Client

from indicators.actions import rebuild_results
from tests import factories as make
from tests.factories import three
from tests.pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def test_a_forum_shows_its_days_though_they_do_not_follow_one_another(client: Client):
    forum = make.forum(slug="3", number=3, mode="virtual", title="Forum sur la formation")
    for day in (date(2020, 10, 15), date(2020, 10, 22), date(2020, 11, 5)):
        make.forum_day(forum=forum, day=day)

    for path in ("/en/forums/", "/en/forums/3/"):
        assert "October 15 and 22 and November 5, 2020" in words(client.get(path))
    assert "Place Virtual" in words(client.get("/en/forums/3/"))


def test_figures_of_a_forum_are_regional_wherever_it_was_held(client: Client):
    chile = make.country("CL", **three("name", "Chile"), is_pacific_alliance=True)
    forum = make.forum(slug="1", country=chile, city="Santiago")
    period = make.period(programme=forum.programme, kind="whole", state="published")
    indicator = make.indicator(programme=forum.programme, **three("name", "Participations"))
    make.actual(series=make.series(indicator=indicator, forum=forum), period=period, value=132)
    rebuild_results()

    page = client.get("/en/forums/1/")

    assert [(row.indicator.name, row.is_regional) for row in page.context["figures"].rows] == [("Participations", True)]
    assert "Santiago, Chile" in words(page)
    # Large at the head of the page, and in the list.
    assert [row.actual for row in page.context["headlines"]] == [132]
    listed = client.get("/en/forums/")
    assert "Santiago, Chile 132 people" in words(listed)
    assert "The sources state figures of 1 of 1 forum" not in words(listed)
    assert client.get("/en/countries/CL/").context["figures"].number == 0


def test_statements_that_disagree_about_a_forum_stand_on_its_page(client: Client):
    forum = make.forum()
    document = make.document(**three("short_title", "The book"))
    discrepancy = make.discrepancy(programme=forum.programme, kind="dates", **three("explanation", "Two dates."))
    discrepancy.citations.set(
        make.citation(forum=forum, about="dates", document=document, section=section, printed_value=printed)
        for section, printed in (("Forum 1", "21 mars"), ("Annexe", "22 mars"))
    )

    page = words(client.get(forum.get_absolute_url()))

    assert all(text in page for text in ("Two dates.", "21 mars", "22 mars", "The book, Annexe"))
