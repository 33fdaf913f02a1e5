"""Two people at once with one invitation: one gets in, the other is told what everybody is told of a used link."""

import pytest
from django.test import Client
from django.utils import translation

from accounts.actions import change
from accounts.choices import Door
from accounts.models import User
from indicators.actions.notifications import send_digests
from partners import actions
from partners.models import Invitation, Membership
from tests import factories as make
from tests.beside import both, on_postgresql

pytestmark = [pytest.mark.django_db(transaction=True), on_postgresql]


def test_an_invitation_is_accepted_withdrawn_and_sent_again_by_one_of_two() -> None:
    lead = make.membership(role="lead").user
    partner = lead.memberships.get().partner

    def invited(email: str) -> actions.Invited:
        with change(door=Door.WORKSPACE, by=lead):
            return actions.invite(partner=partner, email=email, role="viewer", language="es", by=lead)

    def accepting(secret: str) -> int:
        typed = {"name": "Ana", "language": "es", "time_zone": "America/Lima"}
        return Client().post(f"/en/invitation/{secret}/", typed).status_code

    one = invited("ana@example.org")
    assert both(lambda: accepting(one.secret), lambda: accepting(one.secret)) == (302, 404)
    assert User.objects.filter(email="ana@example.org").count() == 1
    assert Membership.objects.filter(partner=partner).count() == 2

    def withdrawing(invitation: Invitation) -> None:
        with change(door=Door.WORKSPACE, by=lead):
            actions.withdraw(invitation=invitation, by=lead)

    two = invited("ben@example.org")
    _done, status = both(lambda: withdrawing(two.invitation), lambda: accepting(two.secret))
    assert status == 404
    assert not User.objects.filter(email="ben@example.org").exists()


def test_two_runs_of_the_digest_send_it_once() -> None:
    member = make.membership(user=make.user(language="en"))
    period = make.period()
    project = make.project(programme=period.programme)
    make.partnership(project=project, partner=member.partner, is_adopted=True)
    make.notification(user=member.user, period=period, project=project)
    with translation.override("en"):
        first, second = both(send_digests, send_digests)
    assert (first.sent, second.sent) == ([member.user.email], [])
