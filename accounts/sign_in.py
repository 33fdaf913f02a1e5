"""Forms of signing in: allauth's, in this site's words, and with a code that is good once."""

import logging
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import (
    ChangePasswordForm,
    ConfirmLoginCodeForm,
    LoginForm,
    ReauthenticateForm,
    RequestLoginCodeForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
)
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.core import context, ratelimit
from allauth.mfa.adapter import get_adapter as second_factor_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.second_factor import UnreadableSecret, use_code_once

logger = logging.getLogger(__name__)


def word(form: forms.Form, name: str, label: Any, help_text: Any = "", **attrs: str) -> None:
    """Give a field of allauth's this site's words: a label above it, and nothing that vanishes when one types."""
    field = form.fields[name]
    field.label, field.help_text = label, help_text
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs |= attrs


class SignInForm(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, "login", _("E-mail address"), autocomplete="username")
        word(self, "password", _("Password"))


class MailedCodeRequestForm(RequestLoginCodeForm):
    """Asks for a code by mail. It says the same whether there is such an account or not."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, "email", _("E-mail address"), autocomplete="username")

    def clean_email(self) -> str:
        typed: str = self.cleaned_data["email"]
        user = User.objects.filter(email__iexact=typed, is_active=True).first()
        # To the address that is on record, never to one that a database takes for equal to it.
        self.address = user.email if user else typed
        self._user = user
        if not ratelimit.consume(context.request, action="request_login_code", key=self.address.lower()):
            raise get_adapter().validation_error("too_many_login_attempts")
        return typed


class MailedCodeForm(ConfirmLoginCodeForm):
    """The code that came by mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, "code", _("Code"), _("The eight digits of the message."), inputmode="numeric")


def send_code(request: HttpRequest, *, email: str, user: User | None) -> None:
    """Send a code to an address, and wait for it in this browser; an address without an account is told so by mail."""
    if user is None:
        get_adapter().send_mail("account/email/unknown_account", email, {"wanted": "code"})
    LoginCodeVerificationProcess.initiate(request=request, user=user, email=email)


class ForgottenPasswordForm(ResetPasswordForm):
    """Asks for a link by mail. It says the same whether there is such an account or not, and takes as long."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, "email", _("E-mail address"), autocomplete="username")

    def clean_email(self) -> str:
        typed: str = self.cleaned_data["email"]
        self.users = list(User.objects.filter(email__iexact=typed, is_active=True))
        # To the address that is on record, never to one that a database takes for equal to it.
        return self.users[0].email if self.users else typed

    def save(self, request: Any, **kwargs: Any) -> str:
        if self.users:
            return super().save(request, **kwargs)
        email: str = self.cleaned_data["email"]
        get_adapter().send_mail("account/email/unknown_account", email, {"wanted": "password"})
        return email


class _NewPassword:
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = " ".join(password_validators_help_texts())
        word(self, "password1", _("New password"), rules)  # type: ignore[arg-type]
        word(self, "password2", _("New password, once more"))  # type: ignore[arg-type]


class NewPasswordForm(_NewPassword, ResetPasswordKeyForm):
    pass


class FirstPasswordForm(_NewPassword, SetPasswordForm):
    pass


class PasswordForm(_NewPassword, ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, "oldpassword", _("Current password"))


class PasswordAgainForm(ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, "password", _("Password"))


class SetUpForm(ActivateTOTPForm):
    """The first code of a new authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, "code", _("Six digits that the app shows now"), inputmode="numeric")


class _CodeOnce:
    """A code is good once, wherever the site runs; whatever is refused is on record."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(
            self,  # type: ignore[arg-type]
            "code",
            _("Code"),
            _("The six digits that your authenticator app shows now, or one of your recovery codes."),
            inputmode="numeric",
        )

    def clean_code(self) -> str:
        user: User = self.user  # type: ignore[attr-defined]
        code, refused = "", None
        # Nothing is raised inside: where attempts are counted in the database, that would take the count back.
        with transaction.atomic():
            list(Authenticator.objects.select_for_update().filter(user=user))
            try:
                code = super().clean_code()  # type: ignore[misc]
            except ValidationError as error:
                refused = error
            except UnreadableSecret:
                logger.error("The second factor of account %s cannot be read: was SECRET_KEY changed?", user.pk)
                refused = ValidationError(
                    _(
                        "Your second factor can no longer be read. "
                        "Ask an administrator to remove it, then set it up again."
                    ),
                    code="unreadable",
                )
            else:
                found: Authenticator = self.authenticator  # type: ignore[attr-defined]
                if found.type == Authenticator.Type.TOTP and not use_code_once(found, "".join(code.split())):
                    refused = second_factor_adapter().validation_error("incorrect_code")
        if refused is not None:
            ip = get_adapter().get_client_ip(context.request)
            logger.warning("Second factor refused for account %s from %s: %s.", user.pk, ip, refused.code)
            raise refused
        return code


class CodeForm(_CodeOnce, AuthenticateForm):
    pass


class CodeAgainForm(_CodeOnce, ReauthenticateByCodeForm):
    pass
