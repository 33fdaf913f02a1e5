"""Who lets whom in to an institution, by which code, and how access ends."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.actions import change
from accounts.choices import Door
from accounts.models import User
from accounts.roles import DATA_ENTRY, READERS
from partners import actions
from partners.models import Invitation, Membership, Partner
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english", "_open_change")]


@pytest.fixture
def _open_change() -> Iterator[None]:
    with change(door=Door.WORKSPACE):
        yield


@pytest.fixture
def partner() -> Partner:
    return make.partner(language="es")


@pytest.fixture
def lead(partner: Partner) -> User:
    return make.membership(partner=partner, role="lead").user


def invite(partner: Partner, by: User, **fields: Any) -> actions.Invited:
    return actions.invite(
        **{"partner": partner, "email": "Ana@Example.org", "role": "contributor", "language": "es", "by": by, **fields}
    )


def accept(secret: str, **fields: Any) -> Membership:
    invitation = actions.invitation_of(secret)
    assert invitation is not None
    return actions.accept_as_new(
        invitation=invitation, **{"name": "Ana", "language": "es", "time_zone": "America/Lima", **fields}
    )


# --- Inviting ------------------------------------------------------------------------------------------------------


def test_only_the_digest_of_the_secret_is_kept(partner: Partner, lead: User) -> None:
    invited = invite(partner, lead)

    kept = Invitation.objects.get()
    assert kept == invited.invitation
    assert len(invited.secret) == 43  # 256 bits in base64
    assert kept.digest == hashlib.sha256(invited.secret.encode()).hexdigest()
    assert (kept.email, kept.role, kept.invited_by) == ("Ana@example.org", "contributor", lead)
    assert kept.expires_at - kept.sent_at == timedelta(days=14)
    stored = [str(value) for row in Invitation.history.values() for value in row.values()]
    assert not any(invited.secret in value for value in stored)
    assert kept.history.get().change.door == Door.WORKSPACE


@pytest.mark.parametrize("who", ["viewer", "contributor", "other lead", "reader", "inactive lead", "nobody"])
def test_others_invite_nobody(partner: Partner, who: str) -> None:
    people = {
        "viewer": lambda: make.membership(partner=partner, role="viewer").user,
        "contributor": lambda: make.membership(partner=partner, role="contributor").user,
        "other lead": lambda: make.membership(role="lead").user,
        "reader": lambda: make.staff(READERS),
        "inactive lead": lambda: make.membership(partner=partner, role="lead", user=make.user(is_active=False)).user,
        "nobody": make.user,
    }
    by = people[who]()
    with pytest.raises(PermissionDenied):
        invite(partner, by)
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("role", ["viewer", "contributor", "lead"])
def test_staff_invite_for_any_institution_and_leads_for_their_own(partner: Partner, lead: User, role: str) -> None:
    invite(partner, make.staff(DATA_ENTRY), role=role, email="one@example.org")
    invite(partner, lead, role=role, email="two@example.org")
    assert sorted(Invitation.objects.values_list("role", flat=True)) == [role, role]


def test_nobody_gives_more_than_they_have(partner: Partner, lead: User) -> None:
    contributor = make.membership(partner=partner, role="contributor").user
    assert actions.roles_to_give(lead, partner) == ["viewer", "contributor", "lead"]
    assert actions.roles_to_give(make.staff(DATA_ENTRY), partner) == ["viewer", "contributor", "lead"]
    assert actions.roles_to_give(contributor, partner) == []
    with pytest.raises(ValidationError):
        invite(partner, lead, role="owner")


def test_a_member_and_somebody_invited_already_are_not_invited_again(partner: Partner, lead: User) -> None:
    member = make.membership(partner=partner).user
    with pytest.raises(ValidationError, match="already a member"):
        invite(partner, lead, email=member.email.upper())
    invite(partner, lead)
    with pytest.raises(ValidationError, match="already invited"):
        invite(partner, lead, email="ANA@example.org")
    # Neither is in another institution's way.
    invite(make.partner(), make.staff(DATA_ENTRY), email=member.email)
    assert Invitation.objects.count() == 2


def test_an_invitation_that_ran_out_gives_way_to_a_new_one(partner: Partner, lead: User) -> None:
    old = invite(partner, lead)
    Invitation.objects.update(expires_at=timezone.now())
    new = invite(partner, lead)
    old.invitation.refresh_from_db()
    assert old.invitation.withdrawn_at is not None
    assert actions.invitation_of(new.secret) == new.invitation


def test_sent_again_it_has_another_secret_and_the_first_is_void(partner: Partner, lead: User) -> None:
    first = invite(partner, lead)
    Invitation.objects.update(expires_at=timezone.now())

    again = actions.send_again(invitation=first.invitation, by=make.staff(DATA_ENTRY))

    assert Invitation.objects.count() == 1
    assert actions.invitation_of(first.secret) is None
    found = actions.invitation_of(again.secret)
    assert found is not None
    assert found.expires_at > timezone.now() + timedelta(days=13)


def test_a_withdrawn_invitation_is_neither_accepted_nor_sent_again(partner: Partner, lead: User) -> None:
    invited = invite(partner, lead)
    actions.withdraw(invitation=invited.invitation, by=lead)
    assert actions.invitation_of(invited.secret) is None
    for step in (actions.send_again, actions.withdraw):
        with pytest.raises(ValidationError, match="no longer open"):
            step(invitation=invited.invitation, by=lead)  # type: ignore[operator]


def test_one_sends_so_many_in_a_day_and_no_more(partner: Partner, lead: User) -> None:
    for n in range(actions.MOST_IN_A_DAY - 2):
        make.invitation(partner=partner, email=f"p{n}@example.org", invited_by=lead)
    again = invite(partner, lead).invitation
    # Also to one person alone.
    again = actions.send_again(invitation=again, by=lead).invitation
    for send in (lambda: actions.send_again(invitation=again, by=lead), lambda: invite(partner, lead, email="b@x.org")):
        with pytest.raises(ValidationError, match="tomorrow"):
            send()
    actions.send_again(invitation=again, by=make.staff(DATA_ENTRY))


# --- Accepting -----------------------------------------------------------------------------------------------------


def test_whoever_has_no_account_gets_one_without_a_password(partner: Partner, lead: User) -> None:
    membership = accept(invite(partner, lead).secret, name=" Ana Díaz ")

    user = User.objects.get(email="Ana@example.org")
    assert (membership.user, membership.partner, membership.role) == (user, partner, "contributor")
    assert (user.name, user.language, user.time_zone, user.is_staff) == ("Ana Díaz", "es", "America/Lima", False)
    assert not user.has_usable_password()
    invitation = Invitation.objects.get()
    assert (invitation.accepted_by, invitation.accepted_at is not None) == (user, True)
    made = membership.history.get().change
    assert (made.made_by, made.door) == (user, Door.WORKSPACE)


def test_whoever_has_an_account_keeps_it(partner: Partner, lead: User) -> None:
    user = make.user(email="ana@example.org")
    invitation = invite(partner, lead, role="viewer").invitation
    with pytest.raises(ValidationError):
        actions.accept_as_new(invitation=invitation, name="Other", language="fr", time_zone="UTC")
    membership = actions.accept(invitation=invitation, by=user)
    assert (membership.user, membership.role) == (user, "viewer")
    assert User.objects.filter(email__iexact="ana@example.org").count() == 1


def test_it_is_for_whom_it_was_sent_to(partner: Partner, lead: User) -> None:
    invitation = invite(partner, lead).invitation
    for other in (make.user(), make.staff(DATA_ENTRY), make.user(email="ana@example.org", is_active=False)):
        with pytest.raises(PermissionDenied):
            actions.accept(invitation=invitation, by=other)
    assert not Membership.objects.exclude(user=lead).exists()


def test_a_role_that_was_given_meanwhile_stays(partner: Partner, lead: User) -> None:
    user = make.user(email="ana@example.org")
    invitation = invite(partner, lead, role="lead").invitation
    make.membership(partner=partner, user=user, role="viewer")
    assert actions.accept(invitation=invitation, by=user).role == "viewer"
    assert Membership.objects.filter(user=user).count() == 1


@pytest.mark.parametrize("why", ["wrong", "used", "expired", "withdrawn", "inviter left", "inviter inactive"])
def test_a_code_that_is_not_good_leads_nowhere(partner: Partner, lead: User, why: str) -> None:
    invited = invite(partner, lead)
    secret = invited.secret
    if why == "wrong":
        secret = secret[:-1] + ("a" if secret[-1] != "a" else "b")
    elif why == "used":
        accept(secret)
    elif why == "expired":
        Invitation.objects.update(expires_at=timezone.now())
    elif why == "withdrawn":
        Invitation.objects.update(withdrawn_at=timezone.now())
    elif why == "inviter left":
        Membership.objects.filter(user=lead).delete()
    else:
        User.objects.filter(pk=lead.pk).update(is_active=False)
    people = User.objects.count()

    assert actions.invitation_of(secret) is None
    with pytest.raises(actions.InvitationIsVoid):
        actions.accept_as_new(invitation=invited.invitation, name="B", language="es", time_zone="UTC") if (
            why != "wrong"
        ) else actions.accept(invitation=Invitation(pk=0), by=lead)
    assert User.objects.count() == people


# --- Members -------------------------------------------------------------------------------------------------------


def test_a_lead_gives_another_role_and_staff_do_for_everybody(partner: Partner, lead: User) -> None:
    membership = make.membership(partner=partner, role="viewer")
    actions.give_role(membership=membership, role="contributor", by=lead)
    membership.refresh_from_db()
    assert (membership.role, membership.version) == ("contributor", 2)
    actions.give_role(membership=Membership.objects.get(user=lead), role="viewer", by=make.staff(DATA_ENTRY))
    with pytest.raises(PermissionDenied):
        actions.give_role(membership=membership, role="lead", by=lead)


def test_nobody_changes_their_own_role(partner: Partner, lead: User) -> None:
    with pytest.raises(ValidationError, match="own role"):
        actions.give_role(membership=Membership.objects.get(user=lead), role="viewer", by=lead)


def test_a_removed_member_is_out_with_all_invitations_they_sent(partner: Partner, lead: User) -> None:
    theirs = invite(partner, lead)
    others = invite(partner, make.staff(DATA_ENTRY), email="b@example.org")
    elsewhere = make.membership(user=lead, role="lead")
    kept = invite(elsewhere.partner, lead)

    actions.remove_member(membership=Membership.objects.get(user=lead, partner=partner), by=make.staff(DATA_ENTRY))

    assert list(Membership.objects.filter(user=lead)) == [elsewhere]
    assert [actions.invitation_of(each.secret) is not None for each in (theirs, others, kept)] == [False, True, True]
    assert User.objects.get(pk=lead.pk).is_active


def test_only_leads_and_staff_remove_and_everybody_may_leave(partner: Partner, lead: User) -> None:
    viewer, other = (make.membership(partner=partner, role="viewer") for _ in range(2))
    for by in (viewer.user, make.membership(role="lead").user, make.staff(READERS)):
        with pytest.raises(PermissionDenied):
            actions.remove_member(membership=other, by=by)
    actions.remove_member(membership=viewer, by=viewer.user)
    actions.remove_member(membership=other, by=lead)
    assert set(Membership.objects.filter(partner=partner).values_list("user", flat=True)) == {lead.pk}
