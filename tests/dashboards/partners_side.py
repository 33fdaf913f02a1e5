"""A project of two institutions, its lead, and people of each: what pages for partners are tried on."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from indicators.models import Report, Series, Submission
from tests import factories as make
from tests.dashboards.test_grid import fields_of
from tests.factories import three

#: Stands in everything that institution B alone, the lead and the staff may read.
SECRET = "98765431"
WORD = "SECRETWORD"


class Side:
    """Institution A and B report in one project, which the Lead leads."""

    def __init__(self) -> None:
        self.programme = make.programme(slug="epe", code="EPE")
        self.period = make.period(
            programme=self.programme,
            slug="h1",
            starts_on=date(2020, 7, 1),
            ends_on=date(2020, 12, 31),
            due_on=date(2021, 1, 31),
            **three("name", "First half"),
        )
        self.project = make.project(programme=self.programme, slug="P.1", code="P.1", language="es")
        self.institutions = {name: make.partner(name=f"Institute {name}") for name in ("A", "B", "Lead")}
        for name, partner in self.institutions.items():
            make.partnership(
                project=self.project,
                partner=partner,
                role="lead" if name == "Lead" else "local_partner",
                is_adopted=True,
            )
        self.result = make.expected_result(programme=self.programme)
        self.path = "/en/workspace/reports/P.1/h1/"

    def person(self, institution: str, role: str = "contributor", **fields: Any) -> User:
        user = make.user(**{"language": "en", "time_zone": "America/Lima", **fields})
        make.membership(user=user, partner=self.institutions[institution], role=role)
        return user

    def client(self, institution: str, role: str = "contributor", **fields: Any) -> Client:
        return signed_in(self.person(institution, role, **fields))

    def indicator(self, name: str = "People trained", **fields: Any) -> Any:
        return make.indicator(
            **{"programme": self.programme, "expected_result": self.result, **three("name", name), **fields}
        )

    def series(self, institution: str, *, indicator: Any = None, key: str = "", **fields: Any) -> Series:
        partner = self.institutions[institution]
        return make.series(
            indicator=indicator or self.indicator(), project=self.project, partner=partner, reporter=partner, key=key
        )

    def submission(self, series: Series, **fields: Any) -> Submission:
        return make.submission(series=series, period=self.period, report=self.report(), **fields)

    def report(self, **fields: Any) -> Report:
        found = Report.objects.filter(project=self.project, period=self.period).first()
        return found or make.report(project=self.project, period=self.period, **fields)

    def question(self, series: Series) -> str:
        return f"{self.path}questions/{series.pk}/"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def answer(client: Client, path: str, action: str = "next", **typed: str) -> HttpResponse:
    """Open a question, type, save. Fields are named ``v12`` for ``v-12``."""
    page = client.get(path)
    assert page.status_code == 200
    data = fields_of(page) | {
        f"{name.rstrip('0123456789')}-{name.lstrip('abcdefghijklmnopqrstuvwxyz')}": value
        for name, value in typed.items()
    }
    return client.post(path, data | {"action": action})
