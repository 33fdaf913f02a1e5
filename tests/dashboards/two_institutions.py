"""Two institutions in one project, each with published and waiting figures; and a project of the other one alone."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.test import Client
from django.utils import timezone

from indicators.actions import rebuild_results
from tests import factories as make
from tests.factories import three

#: Numbers and words of the other institution that nobody of this one may meet.
SECRETS = ("987654321", "987,654,321", "987654322", "987,654,322", "987654323", "987,654,323", "Decoy")


class Two:
    """Institution *ours* and institution *theirs*; periods ``past`` (published) and ``now`` (open, due in ten days)."""

    def __init__(self, *, due_in: int = 10) -> None:
        today = timezone.localdate()
        self.programme = make.programme(slug="two", code="TWO", **three("name", "Programme of two"))
        self.past = self._period("past", today - timedelta(days=300), "published", published_at=timezone.now())
        self.now = self._period("now", today + timedelta(days=due_in), "open")
        self.ours = make.partner(slug="ours", name="Our Institute", language="en")
        self.theirs = make.partner(slug="theirs", name="Their Institute", language="en")
        self.project = make.project(
            programme=self.programme, slug="P1", code="P1", title="Shared project", language="en"
        )
        make.partnership(project=self.project, partner=self.ours, role="local_partner")
        make.partnership(project=self.project, partner=self.theirs, role="lead")
        self.result = make.expected_result(programme=self.programme, code="1000")
        self.indicator = make.indicator(
            programme=self.programme,
            slug="trained",
            code="T-1",
            roll_up="sum",
            expected_result=self.result,
            **three("name", "People trained"),
        )
        self.our_series = self.series(self.indicator, self.ours)
        self.their_series = self.series(self.indicator, self.theirs)
        make.actual(series=self.our_series, period=self.past, value=Decimal(111))
        make.actual(series=self.their_series, period=self.past, value=Decimal(222))
        make.target(series=self.our_series, period=self.past, value=Decimal(100))

    def _period(self, name: str, due_on: Any, state: str, **fields: Any) -> Any:
        starts_on = due_on - timedelta(days=200)
        return make.period(
            programme=self.programme,
            slug=f"two-{name}",
            **three("name", f"Period {name}"),
            starts_on=starts_on,
            ends_on=starts_on + timedelta(days=180),
            due_on=due_on,
            state=state,
            **fields,
        )

    def series(self, indicator: Any, partner: Any, **fields: Any) -> Any:
        return make.series(
            **{"indicator": indicator, "project": self.project, "partner": partner, "reporter": partner, **fields}
        )

    def our_waiting_figures(self) -> None:
        """One approved and not published, one a draft: both of *ours*."""
        other = make.indicator(programme=self.programme, slug="firms", code="T-2", **three("name", "Firms"))
        make.actual(
            series=self.series(other, self.ours), period=self.now, value=Decimal(3333), route="workspace",
            approved_at=timezone.now(),
        )  # fmt: skip
        make.submission(series=self.our_series, period=self.now, value=Decimal(4444))

    def their_waiting_figures(self) -> None:
        """What *theirs* has approved and not published, handed in, and in a project of its own."""
        another = self.series(
            make.indicator(programme=self.programme, is_public=False, **three("name", "Decoy")), self.theirs
        )
        make.actual(
            series=self.their_series, period=self.now, value=Decimal(987654321), route="workspace",
            approved_at=timezone.now(),
        )  # fmt: skip
        make.submission(series=another, period=self.now, value=Decimal(987654322), state="submitted")
        alone = make.project(programme=self.programme, slug="P2", code="P2", title="Decoy project", language="en")
        make.partnership(project=alone, partner=self.theirs, role="lead")
        mine = make.series(indicator=self.indicator, project=alone, partner=self.theirs, reporter=self.theirs)
        make.actual(
            series=mine, period=self.now, value=Decimal(987654323), route="workspace", approved_at=timezone.now()
        )
        make.report(project=alone, period=self.now, state="submitted")

    def client(self, role: str = "contributor", partner: Any = None, **fields: Any) -> Client:
        user = make.user(time_zone="America/Bogota", **fields)
        make.membership(user=user, partner=partner or self.ours, role=role)
        client = Client()
        client.force_login(user)
        return client


def settled() -> None:
    """Make the results of what the factories wrote."""
    with make.change(door=make.Door.COMMAND, reason="test"):
        rebuild_results()


def plain(answer: Any) -> str:
    """A page without what differs each time it is asked for."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())
