"""A programme as large as the system is meant for: 50 common indicators × 300 projects × 8 periods, by sex and country.

Written by the database itself from what one record of each kind looks like, so that it takes seconds; figures therefore
have no history, and results stand only when they are asked for.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.db import connection, models
from django.utils import timezone

from accounts.models import User
from accounts.roles import DATA_ENTRY, SPECIALISTS
from indicators.actions import rebuild_results
from indicators.models import Actual, Breakdown, Indicator, ReportingPeriod, Series, Target
from partners.models import Country
from projects.models import Partnership, Programme, Project
from tests import factories as make
from tests.factories import three

COUNTRIES = ("CL", "CO", "MX", "PE")
#: Projects that one institution reports.
PROJECTS_OF_A_PARTNER = 10


@dataclass
class Scale:
    """What was made; periods from the earliest on, the last ones open and without figures."""

    programme: Programme
    indicators: list[Indicator]
    projects: list[Project]
    periods: list[ReportingPeriod]
    open_periods: list[ReportingPeriod]
    staff: User
    specialist: User

    @property
    def number_of_series(self) -> int:
        return len(self.indicators) * len(self.projects)

    @property
    def number_of_actuals(self) -> int:
        return self.number_of_series * (len(self.periods) - len(self.open_periods))


def build(
    *,
    indicators: int = 50,
    projects: int = 300,
    periods: int = 8,
    open_periods: int = 1,
    is_split: bool = False,
    with_results: bool = False,
) -> Scale:
    """Make the programme: a series of each indicator in each project, a target in each, an actual for each past period.

    Args:
        open_periods: how many of the periods are still open, without figures.
        is_split: each project reports each indicator for each country, in total, for women and for men: twelve times
            as many series, targets and actuals.
        with_results: also make the table of results, which takes longer than all the rest.
    """
    with make.change(door=make.Door.COMMAND, reason="scale"), _unasked():
        programme = make.programme(slug="scale", code="SCALE")
        made = Scale(
            programme,
            _indicators(programme, indicators),
            _projects(programme, projects),
            _periods(programme, periods, open_periods),
            [],
            _staff("staff", DATA_ENTRY),
            _staff("specialist", SPECIALISTS),
        )
        made.open_periods = made.periods[periods - open_periods :]
        _figures(programme, is_split=is_split)
    if with_results:
        with _unasked():
            rebuild_results()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return made


@contextmanager
def _unasked() -> Iterator[None]:
    """PostgreSQL asks nothing of the rows that are written meanwhile: of 1.8 million results with eleven references each it
    would look up twenty million records, and they were read from those records. It takes a superuser to allow it."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('is_superuser')::boolean")
        if cursor.fetchone()[0]:
            cursor.execute("SET session_replication_role = replica")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET session_replication_role")


def _indicators(programme: Programme, number: int) -> list[Indicator]:
    expected = make.expected_result(programme=programme, code="1000")
    return Indicator.objects.bulk_create(
        Indicator(
            programme=programme,
            slug=f"scale-{n}",
            code=f"SC-{n:03}",
            **three("name", f"Indicator {n}"),
            **three("unit", "people"),
            nature="output",
            family="people_trained",
            measure="count",
            unit_of_analysis="persons",
            cumulation="per_period",
            roll_up="sum",
            expected_result=expected,
        )
        for n in range(number)
    )


def _projects(programme: Programme, number: int) -> list[Project]:
    countries = [Country.objects.filter(code=code).first() or make.country(code) for code in COUNTRIES]
    programme.countries.set(countries)
    partners = [
        make.partner(slug=f"scale-{n}", name=f"Institute {n}", country=countries[n % len(countries)])
        for n in range(-(-number // PROJECTS_OF_A_PARTNER))
    ]
    projects = Project.objects.bulk_create(
        Project(
            programme=programme,
            slug=f"SC{n}",
            code=f"SC{n:03}",
            kind="institutional_partnership",
            title=f"Projet {n}",
            language="fr",
        )
        for n in range(number)
    )
    lead_of = {project: partners[n // PROJECTS_OF_A_PARTNER] for n, project in enumerate(projects)}
    Partnership.objects.bulk_create(
        Partnership(project=project, partner=partner, role="lead") for project, partner in lead_of.items()
    )
    through = Project.countries.through
    through.objects.bulk_create(
        through(project=project, country_id=partner.country_id) for project, partner in lead_of.items()
    )
    return projects


def _periods(programme: Programme, number: int, open_periods: int) -> list[ReportingPeriod]:
    made = []
    for n in range(number):
        starts = date(2020 + n // 2, 1 + n % 2 * 6, 1)
        ends = date(2020 + n // 2, 6, 30) if n % 2 == 0 else date(2020 + n // 2, 12, 31)
        is_open = n >= number - open_periods
        made.append(
            make.period(
                programme=programme,
                slug=f"scale-{n}",
                **three("name", f"{starts:%Y-%m}"),
                starts_on=starts,
                ends_on=ends,
                due_on=ends + timedelta(days=45),
                kind="interim",
                state="open" if is_open else "published",
            )
        )
    return made


def _staff(name: str, role: str) -> User:
    user = make.user(email=f"scale.{name}@example.org", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


def _figures(programme: Programme, *, is_split: bool) -> None:
    """Series, targets and actuals, each with one statement."""
    total = Breakdown.objects.for_categories([])
    keys = {"indicator_id": "i.id", "project_id": "p.id", "reporter_id": "l.partner_id"}
    rows = (
        "indicators_indicator i CROSS JOIN projects_project p JOIN projects_partnership l ON l.project_id = p.id "
        f"{{}} WHERE i.programme_id = {programme.pk} AND p.programme_id = {programme.pk}"
    )
    if is_split:
        pks = [total.pk, *(make.breakdown(key).pk for key in ("sex=women", "sex=men"))]
        keys |= {"country_id": "c.id", "breakdown_id": "b.id"}
        rows = rows.format(
            "CROSS JOIN partners_country c JOIN projects_programme_countries n "
            f"ON n.country_id = c.id AND n.programme_id = {programme.pk} "
            "CROSS JOIN indicators_breakdown b"
        )
        rows += f" AND b.id IN ({', '.join(map(str, pks))})"
    _insert(Series(breakdown=total, is_expected=True), keys, rows.format(""))
    of_programme = (
        "indicators_series s JOIN indicators_indicator i ON i.id = s.indicator_id "
        f"JOIN indicators_reportingperiod r ON r.programme_id = i.programme_id WHERE i.programme_id = {programme.pk}"
    )
    keys = {"series_id": "s.id", "period_id": "r.id"}
    _insert(Target(basis="approved"), keys | {"value": "(s.id * 5) %% 300 + 50"}, of_programme)
    _insert(
        Actual(route="grid", approved_at=timezone.now(), verification="confirmed"),
        keys | {"value": "(s.id * 7 + r.id * 13) %% 300 + 20"},
        f"{of_programme} AND r.state = 'published'",
    )


def _insert(like: models.Model, columns: dict[str, str], rows: str) -> None:
    """Rows of a model like this record, but for the columns that are computed from where they are read."""
    values: dict[str, Any] = {}
    for field in like._meta.concrete_fields:
        value = getattr(like, field.attname, None) if not field.generated else None
        if not field.primary_key and field.attname not in columns and value is not None:
            values[field.column] = field.get_db_prep_save(value, connection)
    names = [*columns, *values]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {like._meta.db_table} ({', '.join(names)}) "
            f"SELECT {', '.join([*columns.values(), *['%s'] * len(values)])} FROM {rows}",
            list(values.values()),
        )
