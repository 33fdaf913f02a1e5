"""How django-allauth behaves here: nobody signs up, texts are this site's own, failures are on record."""

import logging
import re
import time
from io import BytesIO
from smtplib import SMTPException
from typing import Any

import qrcode
from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathImage

from accounts import second_factor
from accounts.models import User

logger = logging.getLogger(__name__)

TOO_MANY = _("Too many attempts failed. Wait five minutes, then try again.")

#: What happened to an account, by the name under which allauth tells it: a notice on the next page.
SAID = {
    "account/messages/password_changed.txt": _("Your password was changed."),
    "account/messages/password_set.txt": _("Your password is set."),
    "account/messages/logged_out.txt": _("You have signed out."),
    "mfa/messages/totp_activated.txt": _("Your second factor is set up."),
    "mfa/messages/totp_deactivated.txt": _("Your second factor was removed."),
}

#: The same as a message to the account's owner, who may not be the one who did it.
WRITTEN = {
    "account/email/password_changed": _("The password of your account was changed."),
    "account/email/password_set": _("A password was set for your account."),
    "account/email/password_reset": _("The password of your account was replaced by a new one."),
    "mfa/email/totp_activated": _("A second factor was set up for your account."),
    "mfa/email/totp_deactivated": _("The second factor of your account was removed."),
    "mfa/email/recovery_codes_generated": _(
        "New recovery codes were made for your account; the earlier ones are void."
    ),
}


class AccountAdapter(DefaultAccountAdapter):
    """Signing in by e-mail address, and a password or a mailed code."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _(
            "The e-mail address or the password is not right, or the account is no longer in use. "
            "Try again, or ask an administrator."
        ),
        "enter_current_password": _("This is not your current password."),
        "incorrect_code": _("This code is not right, or it was used already. Wait for the next one."),
        "incorrect_password": _("This is not your password."),
        "invalid_password_reset": _("This link is no longer good."),
        "too_many_login_attempts": TOO_MANY,
        "rate_limited": TOO_MANY,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        # Pages only: one way in is easier to watch than two.
        return False

    # Failures

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            self.log_refusal(request, "too many attempts", credentials.get("email", ""))
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        self.log_refusal(request, "wrong password", credentials.get("email", ""))

    def log_refusal(self, request: HttpRequest, why: str, email: str) -> None:
        """One line for whoever watches. An address that is nobody's may be a password typed into the wrong field."""
        user = User.objects.filter(email__iexact=email).first()
        who = f"account {user.pk}" if user else "an unknown address"
        logger.warning("Sign-in refused for %s from %s: %s.", who, self.get_client_ip(request), why)

    def get_client_ip(self, request: HttpRequest) -> str:
        try:
            return super().get_client_ip(request)
        except PermissionDenied:
            # Behind a socket there is none; all such visitors then share one limit.
            return "unknown"

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        messages.error(request, str(self.error_messages["email_password_mismatch"]))
        return HttpResponseRedirect(reverse("account_login"))

    # Where to next

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        person: Any = request.user
        # Of a relation that partners make: accounts know nothing of institutions.
        has_workspace = person.is_staff or person.memberships.exists()
        return reverse("workspace" if has_workspace else "home")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("home")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mfa_index")

    # Proving once more who one is

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not just after a sign-in; with a second factor it is the second factor that counts."""
        user = self.request.user
        needs_code = second_factor.has_second_factor(user)
        limit = time.time() - app_settings.REAUTHENTICATION_TIMEOUT
        records = get_authentication_records(self.request, user)
        return not any(
            record["at"] > limit and (record["method"] == "mfa" or not needs_code)
            for record in records
            if record.get("method") in ("password", "mfa")
        )

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        methods = super().get_reauthentication_methods(user)
        coded = [method for method in methods if method["id"] == "mfa_reauthenticate"]
        return coded or methods

    # What is said

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        text = message or SAID.get(message_template or "")
        if text:
            messages.add_message(request, level, str(text), extra_tags=extra_tags)

    def format_email_subject(self, subject: str) -> str:
        return subject

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A message in the language of whom it is for. A mail server that fails is not the visitor's affair."""
        # A code is for an account whose address it is sent to; allauth does not say whose.
        user = context.get("user") or User.objects.filter(email__iexact=email).first()
        with override(user.language if user else get_language()):
            try:
                self.render_mail(template_prefix, email, {"email": email, **context}).send()
            except (OSError, SMTPException):
                # The same page for everybody: an error would tell which addresses have an account.
                logger.exception("The message %s could not be sent.", template_prefix)

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        said = WRITTEN.get(template_prefix)
        if said:
            told = {"user": user, "sentence": said, "reason": "", **(context or {})}
            self.send_mail("account/email/notice", email or user.email, told)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Codes of an authenticator app, and recovery codes."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"]
    }

    def get_totp_issuer(self) -> str:
        return gettext("EPE-AP results")

    def build_totp_svg(self, url: str) -> SafeString:
        """The picture as markup for the page itself: the site's policy takes no pictures from data: addresses."""
        drawn = BytesIO()
        qrcode.make(url, image_factory=SvgPathImage, border=2).save(drawn)
        found = re.search(r'viewBox="([^"]+)".*?<path d="([^"]+)"', drawn.getvalue().decode(), re.DOTALL)
        assert found is not None, "the drawing has one path"
        box, path = found.groups()
        # Digits and the letters of a path alone: nothing in it was typed by anybody.
        assert re.fullmatch(r"[\d\sMLHVZzhvml.,-]+", path), "a path of straight lines"
        return format_html(
            '<svg class="qr-code" viewBox="{}" role="img" aria-labelledby="qr-title"><title id="qr-title">{}</title>'
            '<path d="{}"/></svg>',
            box,
            gettext("Picture of the key, for the camera of the telephone"),
            mark_safe(path),  # noqa: S308 (looked at above)
        )

    def encrypt(self, text: str) -> str:
        return second_factor.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return second_factor.decrypt(encrypted_text)
