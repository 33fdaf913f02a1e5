"""The people of an institution: the pages, the mail, the link in it, and what happens when somebody leaves."""

import re
from smtplib import SMTPException
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import change
from accounts.choices import Door
from accounts.models import User
from accounts.roles import DATA_ENTRY, READERS
from partners.models import Invitation, Membership
from tests import factories as make
from tests.dashboards.people import signed_in
from tests.pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

SCRIPT = "<script>alert(1)</script>"
HERE, THERE = "/en/workspace/people/here/", "/en/workspace/people/there/"


class World:
    """Two institutions with a lead each; the second is the decoy."""

    def __init__(self) -> None:
        chile = make.country("CL", name_en="Chile", name_fr="Chili", name_es="Chile")
        self.partner = make.partner(slug="here", name="Instituto Uno", language="es", country=chile)
        self.lead = self.member("lead", name="Luisa Lead")
        self.decoy = make.partner(slug="there", name="DECOY institute")
        make.membership(partner=self.decoy, user=make.user(name="DECOY person", email="decoy@example.org"))
        self.theirs = make.invitation(partner=self.decoy, email="decoy.too@example.org")
        self.client = signed_in(user=self.lead)

    def member(self, role: str, **fields: Any) -> User:
        user: User = make.membership(partner=self.partner, role=role, user=make.user(**fields)).user
        return user

    def invite(self, email: str = "ana@example.org", client: Client | None = None, **typed: Any) -> Any:
        sent = {"email": email, "role": "contributor", "language": "es", **typed}
        return (client or self.client).post(HERE, sent, follow=True)

    @property
    def link(self) -> str:
        """The one link of the latest mail, in English."""
        [path] = re.findall(r"http://localhost:8000(/\S+)", mail.outbox[-1].body)
        return path.replace("/es/", "/en/")


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def link(world: World) -> str:
    world.invite()
    return world.link


NEW = {"name": "Ana Díaz", "language": "es", "time_zone": "America/Santiago"}


# --- The people of an institution ------------------------------------------------------------------------------------


def test_everybody_sees_their_own_institution_alone(world: World) -> None:
    make.invitation(partner=world.partner, email="guest@example.org")
    for role, sees_guest in {"viewer": False, "contributor": False, "lead": True}.items():
        client = signed_in(user=world.member(role))
        for address in ("/en/workspace/people/", HERE):
            page = client.get(address)
            assert "Luisa Lead" in words(page)
            assert ("guest@example.org" in words(page), "Invite somebody" in words(page)) == (sees_guest, sees_guest)
            assert "decoy" not in page.content.decode().lower()
        assert client.get(THERE).status_code == 404
        found = client.get("/en/workspace/people/?q=DECOY")
        assert (list(found.context["partners"]), "No institution is called like this." in words(found)) == ([], True)


def test_staff_see_all_and_find_one(world: World) -> None:
    client = signed_in(user=make.staff(READERS))
    assert "Instituto Uno" in words(client.get("/en/workspace/people/"))
    found = words(client.get("/en/workspace/people/?q=uno"))
    assert ("Instituto Uno" in found, "DECOY" in found) == (True, False)
    assert "1 member" in found
    make.partner(name="École d’Arequipa")
    assert "École d’Arequipa" in words(client.get("/en/workspace/people/?q=ecole+d%27arequipa"))
    assert "No institution is called like this." in words(client.get("/en/workspace/people/?q=zzz"))
    assert "Invite somebody" not in words(client.get(THERE))
    assert "Invite somebody" in words(signed_in(user=make.staff(DATA_ENTRY)).get(THERE))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_cost_the_same_whatever_their_length(world: World, rows: int) -> None:
    for _ in range(rows):
        world.member("viewer")
        make.invitation(partner=world.partner, invited_by=world.lead)
        make.membership(user=world.lead)
    for address, most in (("/en/workspace/people/", 5), (HERE, 7)):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert world.client.get(address).status_code == 200
        assert len(queries) == most, [query["sql"][:150] for query in queries]


STEPS = (
    "invitations/{invitation}/send/",
    "invitations/{invitation}/withdraw/",
    "members/{member}/role/",
    "members/{member}/remove/",
)


@pytest.mark.parametrize("step", ["", *STEPS])
@pytest.mark.parametrize("who", ["viewer", "contributor", "other lead", "removed", "reader", "stranger"])
def test_nobody_else_writes_anything(world: World, step: str, who: str) -> None:
    invited = make.invitation(partner=world.partner)
    member = Membership.objects.get(user=world.member("viewer"))
    if who in ("viewer", "contributor"):
        client, status = signed_in(user=world.member(who)), 403
    elif who == "reader":
        client, status = signed_in(user=make.staff(READERS)), 403
    elif who == "other lead":
        client, status = signed_in(user=make.membership(role="lead").user), 404
    elif who == "removed":
        gone = world.member("lead")
        make.membership(user=gone)
        client, status = signed_in(user=gone), 404
        with change(door=Door.WORKSPACE):
            Membership.objects.get(user=gone, partner=world.partner).delete()
    else:
        client, status = Client(), 302
    before = list(Invitation.objects.values()), list(Membership.objects.values())

    address = HERE + step.format(invitation=invited.pk, member=member.pk)
    assert client.post(address, {"role": "lead", "email": "a@example.org", "language": "es"}).status_code == status

    assert (list(Invitation.objects.values()), list(Membership.objects.values())) == before
    assert mail.outbox == []


def test_a_number_of_another_institution_is_no_number_here(world: World) -> None:
    theirs = Membership.objects.get(user__email="decoy@example.org")
    for step in STEPS:
        address = HERE + step.format(invitation=world.theirs.pk, member=theirs.pk)
        assert world.client.post(address, {"role": "lead"}).status_code == 404
        assert world.client.get(address).status_code == 405


def test_a_lead_invites_sends_again_and_withdraws(world: World, link: str) -> None:
    invitation = Invitation.objects.get(partner=world.partner)
    assert invitation.history.get().change.made_by == world.lead
    page = world.client.post(f"{HERE}invitations/{invitation.pk}/send/", follow=True)
    assert "The invitation was sent to ana@example.org." in words(page)
    assert world.link != link
    assert [Client().get(path).status_code for path in (link, world.link)] == [404, 200]
    page = world.client.post(f"{HERE}invitations/{invitation.pk}/withdraw/", follow=True)
    assert "was withdrawn" in words(page)
    assert Client().get(world.link).status_code == 404
    again = world.client.post(f"{HERE}invitations/{invitation.pk}/send/", follow=True)
    assert "no longer open" in words(again)
    assert len(mail.outbox) == 2


def test_a_bad_form_invites_nobody_and_loses_nothing_typed(world: World) -> None:
    page = world.invite("not an address")
    assert page.status_code == 200
    assert 'value="not an address"' in page.content.decode()
    assert "Choose one of" in words(world.invite(role="owner")) or "not one of" in words(world.invite(role="owner"))
    assert "already a member" in words(world.invite(world.lead.email))
    for email in ("a@example.org\nBcc: b@example.org", "a@example.org, b@example.org", ""):
        assert world.invite(email).status_code == 200
    assert mail.outbox == []
    assert Invitation.objects.get() == world.theirs


def test_the_mail_is_plain_in_the_language_of_the_invitation_with_one_link(world: World) -> None:
    world.partner.name = f"Instituto\r\nBcc: x@example.org {SCRIPT}"
    type(world.partner).objects.filter(pk=world.partner.pk).update(name=world.partner.name)
    world.invite("Ana@Example.ORG", language="fr")
    [message] = mail.outbox
    assert message.recipients() == ["Ana@example.org"]
    assert "\n" not in message.subject
    assert message.content_subtype == "plain"
    assert re.findall(r"https?://\S+", message.body) == [f"http://localhost:8000{world.link}"]
    assert "/fr/invitation/" in message.body


def test_a_mail_that_cannot_be_sent_invites_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise SMTPException("down")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    assert "could not be sent" in words(world.invite())
    assert Invitation.objects.get() == world.theirs


def test_a_member_who_is_removed_is_out_at_the_next_request(world: World) -> None:
    ana = world.member("contributor")
    client = signed_in(user=ana)
    assert "Luisa Lead" in words(client.get(HERE))
    membership = Membership.objects.get(user=ana)

    page = world.client.post(f"{HERE}members/{membership.pk}/remove/", follow=True)

    assert "has no access any more" in words(page)
    for address in ("/en/workspace/people/", HERE):
        answer = client.get(address)
        assert answer.status_code == 403
        assert "Instituto Uno" not in words(answer)
    assert membership.history.latest().change.made_by == world.lead
    # An account that is not in use any more opens nothing either.
    User.objects.filter(pk=world.lead.pk).update(is_active=False)
    assert world.client.get(HERE).status_code == 302


def test_roles_are_given_and_one_leaves_oneself(world: World) -> None:
    viewer = world.member("viewer")
    membership = Membership.objects.get(user=viewer)
    assert "may now see and enter figures" in words(
        world.client.post(f"{HERE}members/{membership.pk}/role/", {"role": "contributor"}, follow=True)
    )
    assert Membership.objects.get(user=viewer).role == "contributor"
    for role in ("owner", ""):
        page = world.client.post(f"{HERE}members/{membership.pk}/role/", {"role": role}, follow=True)
        assert "Choose one of the roles of the list." in words(page)
    client = signed_in(user=viewer)
    assert client.post(f"{HERE}members/{membership.pk}/remove/")["Location"] == "/en/"
    assert not Membership.objects.filter(user=viewer).exists()


# --- The link --------------------------------------------------------------------------------------------------------


def test_opening_the_link_shows_the_offer_and_changes_nothing(world: World, link: str) -> None:
    before = list(Invitation.objects.values()), User.objects.count()
    for client in (Client(), world.client, signed_in(user=make.staff(DATA_ENTRY))):
        for ask in (client.get, client.head):
            page = ask(link)
            assert page.status_code == 200
    page = Client().get(link)
    assert "Luisa Lead invites you" in words(page)
    assert "Instituto Uno" in words(page)
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "same-origin"
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert 'value="America/Santiago" selected' in page.content.decode()
    assert (list(Invitation.objects.values()), User.objects.count() - 1) == before


def test_accepting_makes_an_account_once(world: World, link: str) -> None:
    client = Client()
    answer = client.post(link, NEW)
    assert answer["Location"] == "/en/accounts/login/code/confirm/"
    assert mail.outbox[-1].to == ["ana@example.org"]
    ana = User.objects.get(email="ana@example.org")
    assert (ana.name, ana.time_zone, ana.has_usable_password()) == ("Ana Díaz", "America/Santiago", False)
    assert Membership.objects.get(user=ana).role == "contributor"
    # The link signs nobody in, and is used up.
    assert "_auth_user_id" not in client.session
    assert client.get(link).status_code == 404
    assert client.post(link, NEW | {"name": "Another"}).status_code == 404
    assert User.objects.filter(email__iexact="ana@example.org").count() == 1


@pytest.mark.parametrize(
    "typed",
    [
        {"name": ""},
        {"name": "x" * 151},
        {"name": "Win at https://evil.example"},
        {"name": "Ana\x00"},
        {"language": "de"},
        {"time_zone": "Mars/Olympus"},
    ],
)
def test_a_bad_form_makes_no_account(link: str, typed: dict[str, str]) -> None:
    page = Client().post(link, NEW | typed)
    assert page.status_code == 200
    assert page.context["form"].errors
    assert not User.objects.filter(email="ana@example.org").exists()


def test_whoever_has_an_account_signs_in_first(world: World, link: str) -> None:
    ana = make.user(email="Ana@example.org", name="Ana")
    page = Client().get(link)
    assert "has an account already" in words(page)
    assert f"/en/accounts/login/?next={link}" in page.content.decode()
    assert Client().post(link, NEW).status_code == 200
    other = signed_in(user=make.staff(DATA_ENTRY))
    assert "the invitation is for another address" in words(other.post(link, NEW))
    assert not Membership.objects.filter(partner=world.partner).exclude(user=world.lead).exists()

    answer = signed_in(user=ana).post(link)

    assert answer["Location"] == "/en/workspace/"
    assert Membership.objects.get(user=ana).partner == world.partner


def test_an_account_made_at_the_same_moment_is_said_in_a_sentence(
    world: World, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when two institutions' invitations are accepted at once: each looked before the other had written."""
    manager = type(User.objects)
    monkeypatch.setattr(User, "full_clean", lambda *args, **kwargs: None)
    make_account = manager.create_user

    def beaten(self: Any, email: str, *args: Any, **fields: Any) -> Any:
        monkeypatch.setattr(manager, "create_user", make_account)
        self.create_user(email.upper(), name="The first")
        return self.create_user(email, *args, **fields)

    monkeypatch.setattr(manager, "create_user", beaten)
    page = Client().post(link, NEW)
    assert page.status_code == 200
    assert "Somebody already signs in with this e-mail address." in words(page)
    assert Invitation.objects.get(partner=world.partner).accepted_at is None


def test_codes_that_are_not_good_are_told_apart_by_nobody(world: World, link: str) -> None:
    answers = {}
    for why in ("used", "expired", "withdrawn", "wrong", "short"):
        invitation = make.invitation(partner=world.partner)
        world.client.post(f"{HERE}invitations/{invitation.pk}/send/")
        path = world.link
        found = Invitation.objects.filter(pk=invitation.pk)
        if why == "used":
            Client().post(path, NEW)
        elif why == "expired":
            found.update(expires_at=timezone.now())
        elif why == "withdrawn":
            found.update(withdrawn_at=timezone.now())
        else:
            path = path[:-4] + "abc/" if why == "wrong" else "/en/invitation/abc/"
        page = Client().get(path)
        assert Client().post(path, NEW).status_code == 404
        text = page.content.decode().replace(path, "").replace(path.replace("/en/", "/fr/"), "")
        answers[why] = (page.status_code, page["Cache-Control"], re.sub(r'(href|value)="[^"]*"', "", text))
    assert len(set(answers.values())) == 1
    assert answers["used"][0] == 404


def test_guessing_is_slowed_down(world: World, link: str) -> None:
    client = Client()
    for _ in range(30):
        assert client.get(f"/en/invitation/{'a' * 43}/").status_code == 404
    for path in (link, "/en/invitation/b/", f"/en/confirm/{'a' * 43}/"):
        assert client.get(path).status_code == 429
        assert client.post(path, NEW).status_code == 429
    assert not User.objects.filter(email="ana@example.org").exists()


def test_a_form_without_its_token_is_refused(world: World, link: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(link, NEW).status_code == 403
    assert not User.objects.filter(email="ana@example.org").exists()
