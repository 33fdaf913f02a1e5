"""The mail that invites somebody to act for an institution."""

import re

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from partners.actions import Invited

#: What the secret of an invitation looks like; anything else is none.
CODE = re.compile(r"[A-Za-z0-9_-]{43}")


def invitation_mail(invited: Invited) -> EmailMessage:
    """The plain mail with its one link, in the language of the invitation; not sent yet."""
    invitation = invited.invitation
    with override(invitation.language):
        body = render_to_string(
            "dashboards/invitation_mail.txt",
            {
                "invitation": invitation,
                "partner": invitation.partner.name,
                "address": f"{settings.SITE_URL.rstrip('/')}{reverse('invitation', args=[invited.secret])}",
            },
        )
        # A name in it may hold anything: a subject is one line.
        subject = " ".join((_("Invitation: %(partner)s") % {"partner": invitation.partner.name}).split())
    return EmailMessage(subject=subject, body=body, to=[invitation.email])
