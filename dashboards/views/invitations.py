"""Accepting an invitation: whoever has the link sees what it offers, and nothing happens before they say so."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actions import change
from accounts.choices import Door
from accounts.models import User
from accounts.sign_in import send_code
from dashboards.invitations import CODE
from dashboards.links import is_guessing, private, too_often
from dashboards.people_forms import NewPersonForm, does
from epe_ap.pages import unknown_names
from partners.actions import InvitationIsVoid, accept, accept_as_new, invitation_of
from partners.choices import MembershipRole
from partners.models import Invitation


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, code: str) -> HttpResponse:
    """What an invitation offers; accepted by a form, with the account of its address or with a new one."""
    if is_guessing(request, is_wrong=False):
        return too_often(request)
    offered = invitation_of(code) if CODE.fullmatch(code) else None
    if offered is None:
        return _unknown(request)
    person = request.user if isinstance(request.user, User) else None
    has_account = User.objects.filter(email__iexact=offered.email).exists()
    form = NewPersonForm(
        request.POST if request.method == "POST" else None,
        partner=offered.partner,
        language=get_language() or offered.language,
    )
    if request.method == "POST":
        try:
            answer = _accept(request, offered, person, has_account=has_account, form=form)
        except InvitationIsVoid:
            return _unknown(request)
        if answer is not None:
            return private(answer)
    return private(
        render(
            request,
            "dashboards/invitation.html",
            {
                "invitation": offered,
                "partner": offered.partner,
                "does": does(MembershipRole(offered.role)),
                "has_account": has_account,
                "is_theirs": person is not None and person.email.lower() == offered.email.lower(),
                "form": form,
                "problems": unknown_names(request.GET),
            },
        )
    )


def _unknown(request: HttpRequest) -> HttpResponse:
    """Wrong, used, expired or withdrawn: one answer for all."""
    if is_guessing(request, is_wrong=True):
        return too_often(request)
    return private(render(request, "dashboards/invitation_unknown.html", status=404))


def _accept(
    request: HttpRequest, offered: Invitation, person: User | None, *, has_account: bool, form: NewPersonForm
) -> HttpResponse | None:
    """Where whoever accepted goes on; None when the page has to say something first."""
    if person is not None:
        try:
            with change(door=Door.WORKSPACE, by=person):
                accept(invitation=offered, by=person)
        except PermissionDenied:
            return None
        except ValidationError as error:
            # Somebody made them a member at this very moment, say.
            messages.error(request, " ".join(error.messages))
            return None
        messages.success(request, _("You now act for %(partner)s.") % {"partner": offered.partner})
        return redirect("workspace")
    if has_account or not form.is_valid():
        return None
    try:
        with change(door=Door.WORKSPACE):
            membership = accept_as_new(invitation=offered, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return None
    messages.success(request, _("Your account is made. A code to sign in with was sent to your address."))
    # Not signed in by the link: whoever forwards the mail would give the account away with it.
    send_code(request, email=offered.email, user=membership.user)
    return redirect("account_confirm_login_code")
