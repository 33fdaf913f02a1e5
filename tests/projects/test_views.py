"""Pages of projects, themes and work plans."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from indicators.actions import rebuild_results
from tests import factories as make
from tests.factories import three
from tests.pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def figure(name: str, *, programme: Any, themes: Any = (), nature: str = "output", **scope: Any) -> Any:
    indicator = make.indicator(programme=programme, slug=name.lower(), nature=nature, **three("name", name))
    indicator.themes.set(themes)
    period = programme.reporting_periods.first() or make.period(programme=programme, kind="whole", state="published")
    return make.actual(series=make.series(indicator=indicator, **scope), period=period)


def test_a_project_shows_figures_of_all_natures_results_first(client: Client):
    project = make.project(slug="B08.1", code="B08.1")
    for name, nature in (("Hours", "activity"), ("Money", "input"), ("Courses", "output"), ("Access", "outcome")):
        figure(name, programme=project.programme, project=project, nature=nature)
    figure("Of another", programme=project.programme, project=make.project(programme=project.programme))
    rebuild_results()

    page = client.get("/en/projects/B08.1/")

    assert [row.indicator.name for row in page.context["figures"].rows] == ["Access", "Courses", "Hours", "Money"]
    assert [heading for heading, _rows in page.context["figures"].recorded] == [
        "What changed (outcomes)",
        "What was delivered (outputs)",
        "What was done (activities)",
        "What was put in (inputs)",
    ]


def test_a_project_shows_both_of_its_titles_and_our_translation(client: Client):
    project = make.project(slug="B05", code="B05", title="Électromécanique", translated_title_en="Electromechanics")
    one, other = make.theme(programme=project.programme), make.theme(programme=project.programme)
    make.project_theme(project=project, theme=one, title="Électromécanique")
    make.project_theme(
        project=project, theme=other, title="Recherche appliquée", translated_title_en="Applied research"
    )

    page = client.get("/en/projects/B05/")

    assert '<span lang="fr">Électromécanique</span>' in page.content.decode()
    assert "Electromechanics (our translation, unofficial)" in words(page)
    assert "Title under this theme: Recherche appliquée (Applied research, our translation)" in words(page)
    assert words(page).count("Title under this theme:") == 1
    assert "Recherche appliquée" in words(client.get(other.get_absolute_url()))
    assert "Électromécanique" not in words(client.get(other.get_absolute_url()))


def test_a_tab_and_a_share_name_a_project_so_that_the_reader_understands(client: Client):
    project = make.project(
        slug="B05", code="B05", title="Électromécanique", language="fr", translated_title_es="Electromecánica"
    )
    project.countries.add(make.country("CL", **three("name", "Chile")), make.country("PE", **three("name", "Perú")))

    # In the reader's language where we have a translation; the official title else, and always as the heading.
    for language, title in (("es", "Electromecánica"), ("en", "Électromécanique"), ("fr", "Électromécanique")):
        html = client.get(f"/{language}/projects/B05/").content.decode()
        for around in ("<title>", '<meta property="og:title" content="'):
            assert f"{around}B05 · Chile, Perú · {title} · " in html
        assert "Électromécanique" in html.partition("<h1>")[2].partition("</h1>")[0]


def test_in_a_list_a_title_bears_its_language_and_our_summary_that_of_the_page(client: Client):
    make.project(title="Électromécanique", language="fr", **three("summary", "What it set out to do."))

    page = client.get("/en/projects/").content.decode()

    assert '<a href="/en/projects/A1/" lang="fr">Électromécanique</a>' in re.sub(
        "/projects/[^/]+/", "/projects/A1/", page
    )
    assert '<p class="card-text">What it set out to do.</p>' in page


def test_partners_stand_by_role_the_lead_first(client: Client):
    project = make.project()
    local = make.partner(name="Zapata")
    for partner, role in ((local, "local_partner"), (make.partner(name="Ávila"), "lead")):
        make.partnership(project=project, partner=partner, role=role)

    page = client.get(project.get_absolute_url())

    assert [(str(role), [part.partner.name for part, _ in parts]) for role, parts in page.context["roles"]] == [
        ("lead", ["Ávila"]),
        ("local partner", ["Zapata"]),
    ]


def test_a_project_tells_where_sources_disagree_about_it(client: Client):
    project = make.project()
    first, second = (make.citation(project=project, about="name") for _ in range(2))
    discrepancy = make.discrepancy(
        programme=project.programme, kind="name", **three("explanation", "Two titles."), settlement="open"
    )
    discrepancy.citations.set([first, second])

    page = client.get(project.get_absolute_url())

    assert "Two titles. Name not settled The statements" in words(page)
    assert f'href="/en/discrepancies/?show={discrepancy.code}#{discrepancy.code}"' in page.content.decode()


def test_a_theme_shows_the_outcomes_and_outputs_of_its_indicators(client: Client):
    theme = make.theme(**three("introduction", "What it is about."))
    figure("Output", programme=theme.programme, themes=[theme])
    figure("Input", programme=theme.programme, themes=[theme], nature="input")
    figure("Elsewhere", programme=theme.programme, themes=[make.theme(programme=theme.programme)])
    make.finding(programme=theme.programme, theme=theme, **three("text", "A lesson."))
    make.finding(programme=theme.programme, theme=theme, kind="recommendation", **three("text", "A piece of advice."))
    rebuild_results()

    page = client.get(theme.get_absolute_url())

    assert [row.indicator.name for row in page.context["figures"].rows] == ["Output"]
    assert [str(kind) for kind, _findings in page.context["findings"]] == ["lesson learned", "recommendation"]
    assert "What it is about." in words(page)


def test_a_work_plan_says_which_dates_are_to_be_confirmed(client: Client):
    plan = make.work_plan(slug="plan", title="Plan Canada-Chili")
    area = make.area(work_plan=plan, number=1, **three("name", "Sharing"), reference="N.bis-03.1")
    make.objective(area=area, **three("text", "Learn."))
    make.deliverable(area=area, **three("text", "A report."))
    make.activity(
        area=area,
        **three("text", "Meet."),
        planned_from=date(2024, 2, 1),
        planned_to=date(2024, 4, 30),
        date_precision="month",
        confirmation="to_be_confirmed",
    )
    make.activity(area=area, number=2, **three("text", "Ask."), confirmation="to_be_determined")

    page = words(client.get("/en/work-plans/plan/"))

    assert "Meet. February–April 2024 to be confirmed" in page
    assert "Ask. to be determined to be determined" in page
    assert all(text in page for text in ("1. Sharing", "Article N.bis-03.1 of the agreement", "Learn.", "A report."))


def test_a_theme_tells_what_was_done_and_lists_activities_apart_with_what_its_projects_met(client: Client):
    theme = make.theme(**three("account", "A table of three.\n\nThen workshops."))
    make.period(programme=theme.programme, kind="whole", state="published")
    for name, nature in (("Trained", "output"), ("Workshops held", "activity")):
        indicator = make.indicator(programme=theme.programme, nature=nature, **three("name", name))
        indicator.themes.add(theme)
        make.actual(series=make.series(indicator=indicator), period=theme.programme.reporting_periods.get())
    project = make.project(programme=theme.programme, slug="B9", code="B9")
    make.project_theme(project=project, theme=theme)
    partner = make.partner(name="Institute")
    make.partnership(project=project, partner=partner, is_adopted=True)
    contested = make.partner(name="Contested institute")
    make.partnership(project=project, partner=contested, is_adopted=False)
    make.finding(programme=theme.programme, project=project, kind="unexpected_result", **three("text", "A surprise."))
    make.finding(programme=theme.programme, project=project, kind="lesson", **three("text", "Of the project alone."))
    rebuild_results()

    page = client.get(theme.get_absolute_url())

    assert "<p>A table of three.</p>\n\n<p>Then workshops.</p>" in page.content.decode()
    assert [row.indicator.name for row in page.context["figures"].rows] == ["Trained"]
    assert [row.indicator.name for row in page.context["activities"].rows] == ["Workshops held"]
    assert [one.name for one in page.context["partners"]] == ["Institute"]
    assert "B9 · A surprise." in words(page)
    assert "Of the project alone." not in words(page)


def test_a_programme_has_a_page_with_its_sources_and_the_way_to_the_others(client: Client):
    programme = make.programme(
        slug="skill-up", code="SKILL-UP", **three("name", "Skills"), **three("summary", "Studies.")
    )
    make.programme(slug="other", code="OTHER")
    make.programme(slug="hidden", code="HIDDEN", is_demonstration=True)
    make.period(programme=programme, kind="whole", state="published")
    make.actual(
        series=make.series(indicator=make.indicator(programme=programme, **three("name", "National studies"))),
        period=programme.reporting_periods.get(),
        value=13,
    )
    make.citation(
        programme=programme, document=make.document(**three("short_title", "The page")), printed_value="Skills"
    )
    rebuild_results()

    page = words(client.get("/en/programmes/skill-up/"))

    assert all(text in page for text in ("Studies.", "13", "National studies", "The page", "OTHER"))
    assert "HIDDEN" not in page
    assert client.get("/en/programmes/hidden/").status_code == 404
    listed = client.get("/en/programmes/")
    assert sorted(each.code for each in listed.context["programmes"]) == ["OTHER", "SKILL-UP"]
    # Every page leads there.
    assert 'href="/en/programmes/"' in client.get("/en/about/").content.decode()
