"""The people of an institution: members, open invitations, and what may be done about them."""

import logging
from collections.abc import Callable
from smtplib import SMTPException

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actions import StaleRecord, change
from accounts.choices import Door
from accounts.models import User
from dashboards.access import for_members
from dashboards.invitations import invitation_mail
from dashboards.people_forms import InvitationForm, does
from epe_ap.pages import page_numbers, page_of, unknown_names
from indicators.actions.notifications import forget
from partners import actions
from partners.actions import Invited
from partners.choices import MembershipRole
from partners.models import Invitation, Membership, Partner

READ = "partners.view_membership"

logger = logging.getLogger(__name__)


def partners_of(user: User) -> QuerySet[Partner]:
    """The institutions whose people somebody may see: their own; all of them for staff with the right."""
    if user.is_staff and user.has_perm(READ):
        return Partner.objects.all()
    return Partner.objects.for_user(user)


@never_cache
@require_safe
@for_members(READ)
def people(request: HttpRequest) -> HttpResponse:
    """The institutions whose people one may see; the page of the only one, where there is one."""
    assert isinstance(request.user, User)
    problems = unknown_names(request.GET, ["q", "page"])
    found = partners_of(request.user)
    words = request.GET.get("q", "").replace("\x00", "").strip()
    if not words and not request.user.is_staff and len(own := list(found[:2])) == 1:
        return _page(request, own[0], problems=problems)
    if words:
        found = found.filter(pk__in=Partner.objects.search(words).values("pk"))
    now = timezone.now()
    listed = (
        Partner.objects.filter(pk__in=found.values("pk"))
        .annotate(
            number_of_members=Count("memberships", distinct=True),
            number_of_invitations=Count(
                "invitations",
                filter=Q(
                    invitations__accepted_at=None, invitations__withdrawn_at=None, invitations__expires_at__gt=now
                ),
                distinct=True,
            ),
        )
        .select_related("country")
        .order_by("name")
    )
    page, sentences = page_of(listed, asked=request.GET.get("page", ""), number=listed.count())
    return render(
        request,
        "dashboards/people.html",
        {
            "partners": page.object_list,
            "page_obj": page,
            "page_numbers": page_numbers(page),
            "words": words,
            "problems": [*problems, *sentences],
        },
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_members(READ)
def people_of(request: HttpRequest, partner: str) -> HttpResponse:
    """The people of one institution; sent a form, invites somebody."""
    assert isinstance(request.user, User)
    of = _partner(request.user, partner)
    if request.method != "POST":
        return _page(request, of, problems=unknown_names(request.GET))
    roles = actions.roles_to_give(request.user, of)
    form = InvitationForm(request.POST, roles=roles)
    if not roles or form.is_valid():
        by, typed = (
            request.user,
            form.cleaned_data if form.is_valid() else dict.fromkeys(("email", "role", "language"), ""),
        )
        try:
            sent = _send(request, by, lambda: actions.invite(partner=of, by=by, **typed))
        except ValidationError as error:
            for name, errors in getattr(error, "error_dict", {None: error}).items():
                form.add_error(name if name in form.fields else None, errors)
        else:
            if sent:
                return redirect(_address(of))
    return _page(request, of, form=form)


def _page(
    request: HttpRequest, partner: Partner, *, form: InvitationForm | None = None, problems: list[str] | None = None
) -> HttpResponse:
    assert isinstance(request.user, User)
    roles = actions.roles_to_give(request.user, partner)
    invitations = partner.invitations.filter(accepted_at=None, withdrawn_at=None).select_related("invited_by")
    return render(
        request,
        "dashboards/people_of.html",
        {
            "partner": partner,
            "members": partner.memberships.select_related("user").order_by("user__name", "user__email"),
            # Who is invited is the affair of those who invite.
            "invitations": invitations if roles else [],
            "now": timezone.now(),
            "roles": [(role.value, does(role)) for role in roles],
            "form": form or InvitationForm(roles=roles, initial={"language": partner.language}) if roles else None,
            "problems": problems or [],
            "breadcrumbs": [
                {"label": _("Workspace"), "url": reverse("workspace")},
                # Whoever has one institution is there already.
                *([] if request.path == reverse("people") else [{"label": _("People"), "url": reverse("people")}]),
            ],
        },
    )


@require_POST
@for_members(READ)
def invitation_again(request: HttpRequest, partner: str, pk: int) -> HttpResponse:
    """Send an invitation once more, with another secret."""
    assert isinstance(request.user, User)
    of, by = _partner(request.user, partner), request.user
    invitation = _invitation(by, of, pk)
    return _done(
        request, of, lambda: bool(_send(request, by, lambda: actions.send_again(invitation=invitation, by=by)))
    )


@require_POST
@for_members(READ)
def invitation_withdraw(request: HttpRequest, partner: str, pk: int) -> HttpResponse:
    """Take an invitation back."""
    assert isinstance(request.user, User)
    of, by = _partner(request.user, partner), request.user
    invitation = _invitation(by, of, pk)

    def withdraw() -> None:
        with change(door=Door.WORKSPACE, by=by):
            actions.withdraw(invitation=invitation, by=by)
        messages.success(request, _("The invitation of %(email)s was withdrawn.") % {"email": invitation.email})

    return _done(request, of, withdraw)


@require_POST
@for_members(READ)
def member_role(request: HttpRequest, partner: str, pk: int) -> HttpResponse:
    """Give a member another role."""
    assert isinstance(request.user, User)
    of, by = _partner(request.user, partner), request.user
    membership = get_object_or_404(of.memberships.select_related("user", "partner"), pk=pk)
    role = request.POST.get("role", "")

    def give() -> None:
        with change(door=Door.WORKSPACE, by=by):
            actions.give_role(membership=membership, role=role, by=by)
        messages.success(
            request,
            _("%(who)s may now %(what)s.") % {"who": membership.user, "what": does(MembershipRole(membership.role))},
        )

    return _done(request, of, give)


@require_POST
@for_members(READ)
def member_remove(request: HttpRequest, partner: str, pk: int) -> HttpResponse:
    """End a member's access, or one's own."""
    assert isinstance(request.user, User)
    of, by = _partner(request.user, partner), request.user
    membership = get_object_or_404(of.memberships.select_related("user", "partner"), pk=pk)
    is_own = membership.user_id == by.pk

    def remove() -> None:
        with change(door=Door.WORKSPACE, by=by):
            actions.remove_member(membership=membership, by=by)
            forget(user=membership.user, partner=of)
        messages.success(
            request,
            _("%(who)s has no access any more to what belongs to %(partner)s.")
            % {"who": membership.user, "partner": of},
        )

    answer = _done(request, of, remove)
    return redirect("home") if is_own and not Membership.objects.filter(user=by).exists() else answer


def _partner(user: User, slug: str) -> Partner:
    return get_object_or_404(partners_of(user).select_related("country"), slug=slug)


def _invitation(user: User, partner: Partner, pk: int) -> Invitation:
    actions.check_may_manage(user, partner)
    return get_object_or_404(partner.invitations.select_related("partner"), pk=pk)


def _address(partner: Partner) -> str:
    return reverse("people_of", args=[partner.slug])


def _done(request: HttpRequest, partner: Partner, step: Callable[[], object]) -> HttpResponse:
    """Do it, or say why not, and show the people again."""
    try:
        step()
    except StaleRecord:
        messages.error(request, _("Somebody else changed this at the same moment: load the page again."))
    except ValidationError as error:
        for sentence in error.messages:
            messages.error(request, sentence)
    return redirect(_address(partner))


def _send(request: HttpRequest, by: User, invite: Callable[[], Invited]) -> bool:
    """Make the invitation and mail it; whether both were done."""
    # Kept first: a mail that went out is never taken back because the note of it failed.
    try:
        with change(door=Door.WORKSPACE, by=by):
            invited = invite()
            invitation_mail(invited).send()
    except (SMTPException, OSError) as error:
        logger.warning("An invitation could not be sent: %s", type(error).__name__)
        messages.error(request, _("The mail could not be sent, and nobody was invited: try again later."))
        return False
    messages.success(request, _("The invitation was sent to %(email)s.") % {"email": invited.invitation.email})
    return True
