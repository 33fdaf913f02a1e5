"""People of an institution: invited, let in, given another role, and shown out."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import save_record
from accounts.models import User, open_change
from partners.choices import MembershipRole
from partners.models import Invitation, Membership, Partner

INVITE = "partners.add_invitation"
CHANGE_ROLE = "partners.change_membership"
REMOVE = "partners.delete_membership"

#: For so long an invitation can be accepted.
GOOD_FOR = timedelta(days=14)
#: Nobody sends more in a day: mails in the programme's name are no means to bother people.
MOST_IN_A_DAY = 50


class InvitationIsVoid(Exception):
    """It was used, withdrawn or sent again, it ran out, or whoever sent it may invite no more."""


@dataclass(frozen=True)
class Invited:
    """An invitation with its secret, which stands in the mail alone and cannot be read from the database."""

    invitation: Invitation
    secret: str


# --- Who may ---------------------------------------------------------------------------------------------------------


def may_manage(user: User, partner: Partner, permission: str = INVITE) -> bool:
    """Whether a person decides who belongs to an institution: staff with the right, and its own leads."""
    return user.is_active and ((user.is_staff and user.has_perm(permission)) or _role_of(user, partner) == "lead")


def roles_to_give(user: User, partner: Partner) -> list[MembershipRole]:
    """The roles that a person may give in an institution, the smallest first; a member gives none beyond their own."""
    if not may_manage(user, partner):
        return []
    roles = list(MembershipRole)
    if user.is_staff and user.has_perm(INVITE):
        return roles
    return roles[: roles.index(MembershipRole(_role_of(user, partner))) + 1]


def _role_of(user: User, partner: Partner) -> str:
    found = Membership.objects.filter(user=user, user__is_active=True, partner=partner).values_list("role", flat=True)
    return found.first() or ""


def check_may_manage(user: User, partner: Partner, permission: str = INVITE) -> None:
    """Raise ``PermissionDenied`` for anybody else."""
    if not may_manage(user, partner, permission):
        raise PermissionDenied(_("The leads of an institution, and the programme, decide who belongs to it."))


def _check_role(user: User, partner: Partner, role: str) -> None:
    if role not in roles_to_give(user, partner):
        raise ValidationError({"role": _("Choose one of the roles of the list.")})


# --- Invitations -----------------------------------------------------------------------------------------------------


def invite(*, partner: Partner, email: str, role: str, language: str, by: User) -> Invited:
    """Offer somebody to act for an institution; the mail with the secret is the caller's to send.

    Raises:
        PermissionDenied: for anybody but staff with the right and leads of the institution.
        ValidationError: for a member, for somebody with an open invitation, or when too many were sent in a day.
    """
    check_may_manage(by, partner)
    _check_role(by, partner, role)
    email = User.objects.normalize_email(email.strip())
    if Membership.objects.filter(partner=partner, user__email__iexact=email).exists():
        raise ValidationError({"email": _("This person is already a member: give them another role instead.")})
    now = timezone.now()
    _check_number(by)
    with transaction.atomic():
        # One that ran out is in nobody's way.
        for old in Invitation.objects.filter(
            partner=partner, email__iexact=email, accepted_at=None, withdrawn_at=None, expires_at__lte=now
        ):
            old.withdrawn_at = now
            save_record(record=old)
        record = Invitation(partner=partner, email=email, role=role, language=language, invited_by=by)
        try:
            with transaction.atomic():
                return _with_new_secret(record)
        except IntegrityError:
            # Somebody may invite the same person at this very moment.
            raise ValidationError(
                {"email": _("This person is already invited: send the invitation again, or withdraw it.")}
            ) from None


def send_again(*, invitation: Invitation, by: User) -> Invited:
    """Give an open invitation another secret, good for as long as the first was; the first is void from then on.

    Raises:
        PermissionDenied: as :func:`invite`.
        ValidationError: when it was accepted or withdrawn meanwhile, or when too many were sent in a day.
    """
    check_may_manage(by, invitation.partner)
    with transaction.atomic():
        current = _open(invitation)
        _check_role(by, current.partner, current.role)
        _check_number(by)
        current.invited_by = by
        return _with_new_secret(current)


def withdraw(*, invitation: Invitation, by: User) -> Invitation:
    """Take an open invitation back.

    Raises:
        PermissionDenied, ValidationError: as :func:`send_again`.
    """
    check_may_manage(by, invitation.partner)
    with transaction.atomic():
        current = _open(invitation)
        current.withdrawn_at = timezone.now()
        saved: Invitation = save_record(record=current)
        return saved


def _check_number(by: User) -> None:
    """Each sending is in the history, also of one invitation that is sent again and again."""
    sent = Invitation.history.filter(invited_by=by, sent_at__gt=timezone.now() - timedelta(days=1))
    if sent.values("id", "sent_at").distinct().count() >= MOST_IN_A_DAY:
        raise ValidationError(_("You have sent many invitations today: send the next ones tomorrow."))


def _open(invitation: Invitation) -> Invitation:
    current: Invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if current.accepted_at is not None or current.withdrawn_at is not None:
        raise ValidationError(_("This invitation is no longer open: load the page again."))
    return current


def _with_new_secret(record: Invitation) -> Invited:
    # 256 random bits: nobody finds the address of another person's invitation.
    secret = secrets.token_urlsafe(32)
    record.digest = _digest(secret)
    record.sent_at = timezone.now()
    record.expires_at = record.sent_at + GOOD_FOR
    return Invited(save_record(record=record), secret)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


# --- Accepting -------------------------------------------------------------------------------------------------------


def invitation_of(secret: str) -> Invitation | None:
    """The invitation that a secret opens now; of a secret that opens none nobody learns why."""
    found = (
        Invitation.objects.filter(digest=_digest(secret))
        .select_related("partner__country", "invited_by")
        .open(timezone.now())
        .first()
    )
    return found if found is not None and _is_vouched_for(found) else None


def accept(*, invitation: Invitation, by: User) -> Membership:
    """Take an invitation up with an account that one has.

    Whoever became a member meanwhile keeps the role that was given then.

    Raises:
        InvitationIsVoid: when it can no longer be accepted.
        PermissionDenied: for anybody but the person whom it was sent to.
    """
    with transaction.atomic():
        current = _locked(invitation)
        if not by.is_active or by.email.lower() != current.email.lower():
            raise PermissionDenied(_("This invitation was sent to somebody else."))
        return _let_in(current, by)


def accept_as_new(*, invitation: Invitation, name: str, language: str, time_zone: str) -> Membership:
    """Take an invitation up with a new account, which has no password: its person signs in by a mailed code.

    Raises:
        InvitationIsVoid: when it can no longer be accepted.
        ValidationError: when there is an account with the address, or when a field breaks a rule.
    """
    with transaction.atomic():
        current = _locked(invitation)
        try:
            with transaction.atomic():
                person = User.objects.create_user(
                    current.email, name=name.strip(), language=language, time_zone=time_zone
                )
        except IntegrityError:
            # Made at this very moment, from an invitation of another institution.
            raise ValidationError(_("Somebody already signs in with this e-mail address.")) from None
        change = open_change()
        if change is not None and change.made_by is None:
            change.made_by = person
            change.save(update_fields=["made_by"])
        return _let_in(current, person)


def _locked(invitation: Invitation) -> Invitation:
    current = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("partner", "invited_by")
        .filter(pk=invitation.pk, digest=invitation.digest)
        .open(timezone.now())
        .first()
    )
    if current is None or not _is_vouched_for(current):
        raise InvitationIsVoid
    return current


def _is_vouched_for(invitation: Invitation) -> bool:
    """Whoever leaves an institution lets nobody in any more."""
    by = invitation.invited_by
    return by is None or may_manage(by, invitation.partner)


def _let_in(invitation: Invitation, person: User) -> Membership:
    membership = Membership.objects.filter(user=person, partner=invitation.partner_id).first()
    if membership is None:
        membership = save_record(record=Membership(user=person, partner=invitation.partner, role=invitation.role))
    invitation.accepted_at, invitation.accepted_by = timezone.now(), person
    save_record(record=invitation)
    assert membership is not None
    return membership


# --- Members ---------------------------------------------------------------------------------------------------------


def give_role(*, membership: Membership, role: str, by: User, version: int | None = None) -> Membership:
    """Let a member do more, or less.

    Raises:
        PermissionDenied: for anybody but staff with the right and leads of the institution.
        ValidationError: for one's own role: nobody locks themselves out, or raises themselves, by mistake.
        StaleRecord: when ``version`` is not the stored one.
    """
    check_may_manage(by, membership.partner, CHANGE_ROLE)
    _check_role(by, membership.partner, role)
    if membership.user_id == by.pk:
        raise ValidationError(_("Another lead, or the programme, changes your own role."))
    membership.role = role
    saved: Membership = save_record(record=membership, version=version)
    return saved


def remove_member(*, membership: Membership, by: User) -> None:
    """End somebody's access to an institution, at once and everywhere; invitations that they sent for it are void.

    The account stays: it may belong to others, and what the person did stays on record.

    Raises:
        PermissionDenied: for anybody but staff with the right, leads of the institution, and the member.
    """
    if membership.user_id != by.pk:
        check_may_manage(by, membership.partner, REMOVE)
    with transaction.atomic():
        for sent in Invitation.objects.filter(
            partner=membership.partner_id, invited_by=membership.user_id, accepted_at=None, withdrawn_at=None
        ):
            sent.withdrawn_at = timezone.now()
            save_record(record=sent)
        membership.delete()
