"""Where a slug was changed, the former address leads to the page."""

from typing import Any

import pytest
from django.test import Client

from accounts.actions import change, save_record
from accounts.choices import Door
from indicators.actions import rebuild_results, refresh_results, touched_by
from indicators.models import Result
from tests import factories as make

pytestmark = pytest.mark.django_db


def rename(record: Any, slug: str) -> None:
    with change(door=Door.ADMIN):
        touched = touched_by(record)
        record.slug = slug
        save_record(record=record)
        refresh_results(indicators=touched)


def leads(client: Client, address: str) -> str | None:
    """Where an address leads for good, if it does, and that a page stands there."""
    answer = client.get(address)
    if answer.status_code == 404:
        return None
    assert answer.status_code == 301
    assert client.get(answer["Location"]).status_code == 200
    return answer["Location"]


def test_a_former_address_leads_to_the_page_in_the_same_language_with_its_query(client: Client):
    programme = make.programme()
    project = make.project(programme=programme, slug="B5", code="B5")
    partner = make.partner(slug="college")
    plan = make.work_plan(slug="plan")
    for slug in ("B05", "B05.1"):
        rename(project, slug)
    rename(partner, "college-du-nord")
    rename(plan, "common-plan")

    assert leads(client, "/fr/projects/B5/?x=1&y=%C3%A9") == "/fr/projects/B05.1/?x=1&y=%C3%A9"
    assert leads(client, "/es/projects/B05/") == "/es/projects/B05.1/"
    assert leads(client, "/en/partners/college/") == "/en/partners/college-du-nord/"
    assert leads(client, "/en/work-plans/plan.ics") == "/en/work-plans/common-plan.ics"
    # Without a language the reader's own comes first.
    assert client.get("/projects/B5/", follow=True).redirect_chain[-1] == ("/fr/projects/B05.1/", 301)
    # Whoever bears a slug now has the address.
    make.project(programme=programme, slug="B5", code="C1")
    assert client.get("/fr/projects/B5/").status_code == 200


def test_the_address_of_a_figure_outlives_each_slug_in_it(client: Client):
    programme = make.programme()
    project = make.project(programme=programme, slug="B5", code="B5")
    period = make.period(programme=programme, slug="all", kind="whole", state="published")
    indicator = make.indicator(programme=programme, slug="leaders")
    make.actual(series=make.series(indicator=indicator, project=project), period=period, value=12)
    rebuild_results()
    before = Result.objects.get().get_absolute_url()
    for record, slug in ((indicator, "leaders-trained"), (project, "B05"), (period, "whole")):
        rename(record, slug)
    after = Result.objects.get().get_absolute_url()

    assert after != before
    assert leads(client, before) == after
    assert leads(client, "/fr/indicators/leaders/") == "/fr/indicators/leaders-trained/"


def test_nothing_is_told_of_what_is_hidden_deleted_or_never_was(client: Client):
    partner = make.partner(slug="private")
    theme = make.theme(slug="T9")
    for record, slug in ((partner, "still-private"), (theme, "T10")):
        rename(record, slug)
    with change(door=Door.ADMIN):
        partner.is_public = False
        save_record(record=partner)
        theme.delete()

    for address in ("partners/private", "themes/T9", "themes/never", "projects/%00", "themes/T9/x/y/z/a/b/c/d/e/f"):
        assert leads(client, f"/fr/{address}/") is None
    rename(make.forum(slug="1"), "2")
    assert client.post("/fr/forums/1/").status_code in (404, 405)
