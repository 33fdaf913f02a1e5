"""A programme with everything that public pages show, some number of times, and beside it all that they must not show.

The names of what stays hidden hold the word HIDDEN, so that a page that shows any of it is easily found out.
"""

from datetime import date
from typing import Any

from indicators.actions import rebuild_results
from indicators.models import ExpectedResult, Indicator
from projects.models import Programme
from tests import factories as make
from tests.factories import three

#: Public pages, with the queries that each may cost, however many rows it shows.
PAGES = {
    "/": 13,
    "/about/": 0,
    "/compare/": 6,
    "/countries/": 2,
    "/countries/CL/": 15,
    "/data/": 2,
    "/discrepancies/": 7,
    "/findings/": 6,
    "/forums/": 8,
    "/forums/1/": 14,
    "/framework/": 10,
    "/indicators/trained/": 15,
    "/indicators/headline-1/figures/epe-ap-whole/": 13,
    "/indicators/trained/figures/epe-ap-whole/": 5,
    "/indicators/trained/history/": 14,
    "/method/": 1,
    "/partners/": 1,
    "/partners/institute/": 14,
    "/programmes/": 2,
    "/programmes/epe-ap/": 15,
    "/projects/": 3,
    "/projects/B05.1/": 14,
    "/publications/": 11,
    "/sdgs/": 2,
    "/search/": 0,
    "/sdgs/4/": 6,
    "/sources/": 1,
    "/sources/book/": 7,
    "/style/": 0,
    "/themes/": 1,
    "/themes/T1/": 15,
    "/work-plans/plan/": 7,
}


#: Printed sheets of such pages, likewise.
SHEETS = {
    "/countries/CL/sheet.pdf": 14,
    "/partners/institute/sheet.pdf": 13,
    "/projects/B05.1/sheet.pdf": 14,
    "/themes/T1/sheet.pdf": 13,
}


#: Reports, which hold the whole of a programme.
REPORTS = {"/programmes/epe-ap/report.pdf": 20}


class Everything:
    """One of each record that has a page, and rows around them that :meth:`add` makes more of."""

    def __init__(self) -> None:
        self.chile = make.country("CL", **three("name", "Chile"), is_pacific_alliance=True)
        self.peru = make.country("PE", **three("name", "Peru"), is_pacific_alliance=True)
        self.book = make.document(slug="book", title="Le livre", **three("short_title", "Livre"))
        self.programme = self._programme("epe-ap", "EPE-AP")
        self.programme.countries.set([self.chile, self.peru])
        self.period = self._whole_period(self.programme)
        self.theme = make.theme(
            programme=self.programme, slug="T1", code="T1", number=1, **three("name", "Collaboration")
        )
        self.project = make.project(
            programme=self.programme, slug="B05.1", code="B05.1", component="B", title="Projet minier"
        )
        self.project.countries.add(self.chile, self.peru)
        make.project_theme(project=self.project, theme=self.theme, title="Projet minier sous le thème")
        self.forum = make.forum(programme=self.programme, slug="1", number=1, title="Forum sur la mine")
        self.forum.themes.add(self.theme)
        self.partner = make.partner(slug="institute", name="Instituto Minero", country=self.chile)
        make.partnership(project=self.project, partner=self.partner)
        self.goal = make.goal(number=4)
        self.ultimate = make.expected_result(programme=self.programme, code="1000", basis="stated")
        self.plan = make.work_plan(slug="plan", title="Plan commun")
        self.plan.countries.add(self.chile)
        self.indicator = self._indicator("trained", "People trained", expected_result=self.ultimate, roll_up="sum")
        self.number = 0
        self._hide()

    def add(self, times: int) -> None:
        """So many more of every row that a page can list."""
        for _ in range(times):
            self.number += 1
            self._add_one(self.number)
        rebuild_results()

    # --- What pages show ---------------------------------------------------------------------------

    def _programme(self, slug: str, code: str, **fields: Any) -> Programme:
        return make.programme(
            slug=slug,
            code=code,
            starts_on=date(2016, 1, 1),
            ends_on=date(2023, 12, 31),
            date_precision="year",
            **{**three("name", code), **fields},
        )

    def _whole_period(self, programme: Programme) -> Any:
        return make.period(
            programme=programme,
            slug=f"{programme.slug}-whole",
            kind="whole",
            starts_on=date(2016, 1, 1),
            ends_on=date(2023, 12, 31),
            state="published",
        )

    def _indicator(self, slug: str, name: str, **fields: Any) -> Indicator:
        made = make.indicator(**{"programme": self.programme, "slug": slug, **three("name", name), **fields})
        made.themes.add(self.theme)
        made.goals.add(self.goal)
        return made

    def _figure(
        self, indicator: Indicator, value: int, *, target: int | None = None, period: Any = None, **scope: Any
    ) -> Any:
        """A published actual, cited and perhaps with its target, in a series of its own; gives its citation."""
        series = make.series(indicator=indicator, **scope)
        period = period or self.period
        if target is not None:
            of_target = make.target(series=series, period=period, value=target, basis="stated")
            make.citation(target=of_target, document=self.book, section="Cibles", printed_value=f"{target}")
        actual = make.actual(series=series, period=period, value=value)
        return make.citation(
            actual=actual, document=self.book, section="Résultats", printed_value=f"{value} personnes", value=value
        )

    def _add_one(self, n: int) -> None:
        project = make.project(programme=self.programme, slug=f"A{n}", code=f"A{n}", component="A")
        project.countries.add(self.chile)
        make.project_theme(project=project, theme=self.theme)
        sector = make.sector()
        for of in (project, self.project):
            of.sectors.add(sector)
        institute = make.partner(country=self.chile, part_of=self.partner)
        make.partner_alias(partner=self.partner)
        one = make.partnership(project=project, partner=self.partner)
        other = make.partnership(project=self.project, partner=institute)
        forum = make.forum(programme=self.programme, number=n + 1, slug=f"{n + 1}", country=self.chile, city="Santiago")
        forum.themes.add(self.theme)
        make.theme(programme=self.programme, slug=f"T{n + 1}", code=f"T{n + 1}", number=n + 1)
        for of in (forum, self.forum):
            make.forum_day(forum=of, day=date(2019, 3, n))
        make.goal(number=4 + n)

        expected: ExpectedResult = make.expected_result(
            programme=self.programme, code=f"1{n}00", level="intermediate", parent=self.ultimate, order=n
        )
        make.citation(expected_result=expected, document=self.book)
        indicator = self._indicator(f"headline-{n}", f"Headline {n}", headline_rank=n, expected_result=expected)
        contributor = self._indicator(f"contributor-{n}", f"Contributor {n}", contributes_to=self.indicator)
        figures = [
            self._figure(indicator, 213, target=40),
            self._figure(indicator, 54, key="sex=women"),
            self._figure(indicator, 10, country=self.chile),
            self._figure(indicator, 11, country=self.peru),
            self._figure(indicator, 12, project=self.project),
            self._figure(indicator, 13, forum=self.forum),
            self._figure(indicator, 14, partner=self.partner),
            self._figure(contributor, 15),
            self._figure(self.indicator, 16, project=project),
            self._figure(self.indicator, 17, project=project, key="sex=women"),
        ]
        make.target(
            series=figures[-2].actual.series,
            period=self.period,
            value=99,
            revision=9,
            is_current=False,
            reason="Changed",
        )
        self._findings_and_publications(n)
        facts = [
            make.citation(**{field: record}, document=self.book, printed_value="imprimé")
            for field, record in {
                "theme": self.theme,
                "project": self.project,
                "partner": self.partner,
                "forum": self.forum,
                "programme": self.programme,
            }.items()
        ]
        facts += [make.citation(partnership=of, document=self.book) for of in (one, other)]
        disagreement = make.discrepancy(programme=self.programme, severity="major")
        disagreement.citations.set([*figures, *facts])
        totals = make.discrepancy(programme=self.programme, kind="total")
        totals.actuals.set([figure.actual for figure in figures])
        spelling = make.discrepancy(programme=self.programme, kind="name")
        spelling.citations.set(facts)

        make.document(slug=f"page-{n}")
        area = make.area(work_plan=self.plan)
        make.objective(area=area)
        make.deliverable(area=area)
        make.activity(area=area).countries.add(self.chile)
        make.work_plan().countries.add(self.chile)

    def _findings_and_publications(self, n: int) -> None:
        for of in ({"theme": self.theme}, {"project": self.project}, {"forum": self.forum}):
            make.finding(programme=self.programme, document=self.book, section="Leçons", **of)
        publication = make.publication(programme=self.programme)
        publication.themes.add(self.theme)
        publication.projects.add(self.project)
        publication.forums.add(self.forum)
        publication.countries.add(self.chile)

    # --- What they must not show -------------------------------------------------------------------

    def _hide(self) -> None:
        hidden = self._programme("hidden", "HIDDEN", is_demonstration=True)
        period = self._whole_period(hidden)
        theme = make.theme(programme=hidden, slug="HIDDEN-T1", code="T1", number=1, **three("name", "HIDDEN theme"))
        project = make.project(programme=hidden, slug="HIDDEN-P", code="HIDDEN-P", title="HIDDEN project")
        project.countries.add(self.chile)
        make.project_theme(project=project, theme=theme)
        partnership = make.partnership(project=project, partner=self.partner)
        forum = make.forum(programme=hidden, number=1, slug="HIDDEN-1", title="HIDDEN forum", country=self.chile)
        expected = make.expected_result(programme=hidden, code="9000", **three("statement", "HIDDEN outcome"))
        fictitious = self._indicator(
            "fictitious", "HIDDEN fictitious", programme=hidden, headline_rank=1, expected_result=expected
        )
        cited = self._figure(fictitious, 31, country=self.chile, period=period)
        for field, record in {
            "theme": theme,
            "project": project,
            "partnership": partnership,
            "forum": forum,
            "programme": hidden,
        }.items():
            make.citation(**{field: record}, document=self.book, printed_value="HIDDEN print")
        make.finding(programme=hidden, **three("text", "HIDDEN finding"))
        make.publication(programme=hidden, title="HIDDEN publication").countries.add(self.chile)
        make.work_plan(slug="hidden-plan", title="HIDDEN plan", programme=hidden).countries.add(self.chile)
        make.discrepancy(programme=hidden, **three("explanation", "HIDDEN discrepancy")).citations.add(cited)

        secret = self._indicator("secret", "HIDDEN secret", is_public=False, expected_result=self.ultimate)
        cited = self._figure(secret, 32, target=33, country=self.chile)
        make.discrepancy(programme=self.programme, **three("explanation", "HIDDEN disagreement")).citations.add(cited)
        self._indicator("secret-part", "HIDDEN part", is_public=False, contributes_to=self.indicator)

        private = make.partner(
            slug="private", name="HIDDEN partner", country=self.chile, part_of=self.partner, is_public=False
        )
        make.partnership(project=self.project, partner=private)
        make.citation(partner=private, document=self.book, printed_value="HIDDEN name")

        # So few persons, of a sensitive indicator: the printed words would give the number away.
        sensitive = self._indicator("sensitive", "Survivors accompanied", is_sensitive=True)
        series = make.series(indicator=sensitive, country=self.chile)
        few = make.actual(series=series, period=self.period, value=3, **three("note", "HIDDEN note"))
        cited = make.citation(actual=few, document=self.book, printed_value="HIDDEN three", value=3)
        make.discrepancy(programme=self.programme, **three("explanation", "HIDDEN few")).citations.add(cited)

        document = make.document(slug="hidden-document", title="HIDDEN document")
        make.citation(programme=hidden, document=document)
