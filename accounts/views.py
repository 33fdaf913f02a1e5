"""Pages of signing in. They are allauth's, one by one: what is not named here has no address."""

from typing import Any

from allauth.account import views as account
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.stages import LoginByCodeStage
from allauth.account.utils import get_next_redirect_url, passthrough_next_redirect_url
from allauth.core import ratelimit
from allauth.mfa.base import views as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts import second_factor
from accounts.adapters import TOO_MANY
from accounts.sign_in import MailedCodeRequestForm, send_code


class Named:
    """What every one of these pages has: an address in which ``next`` means something."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        said: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {"problems": [], **said}


class WayBack:
    """A page from which one asks for another code: whoever waits for one in vain is not sent on to where it is typed."""

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> HttpResponseRedirect | None:
        if stage.key == LoginByCodeStage.key:
            return None
        return super()._redirect_to_pending_stage(request, stage)  # type: ignore[misc]


class Login(WayBack, Named, account.LoginView):
    """Two ways in on one page: a code by mail, and a password."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(code_form=MailedCodeRequestForm(auto_id="code_%s"), **kwargs)


class RequestCode(WayBack, Named, account.RequestLoginCodeView):
    """Asking for a code by mail: the first of the two steps of signing in without a password."""

    def form_valid(self, form: Any) -> HttpResponse:
        send_code(self.request, email=form.address, user=form._user)
        return HttpResponseRedirect(self.get_success_url())


class ConfirmCode(Named, account.ConfirmLoginCodeView):
    """Typing it: the second."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # The session counts what failed; of several requests at the same moment it knows nothing.
        key = f"{request.session.session_key}:{self._process.state['at']}"
        if not ratelimit.consume(request, action="login_code", key=key):
            self._process.abort()
            messages.error(request, str(TOO_MANY))
            return HttpResponseRedirect(reverse("account_request_login_code"))
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        # As with a password: the session ends with the browser.
        self.request.session.set_expiry(0)
        return answer

    def form_invalid(self, form: Any) -> HttpResponse:
        get_adapter().log_refusal(self.request, "wrong mailed code", self._process.state.get("email", ""))
        answer: HttpResponse = super().form_invalid(form)
        return answer


class Logout(Named, account.LogoutView):
    """Signing out, which also takes what was typed and not sent out of the browser: the next person may be another."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        answer: HttpResponse = super().post(*args, **kwargs)
        answer["Clear-Site-Data"] = '"storage"'
        return answer


class Reauthenticate(Named, account.ReauthenticateView):
    pass


class PasswordChange(Named, account.PasswordChangeView):
    pass


class PasswordSet(Named, account.PasswordSetView):
    pass


class PasswordReset(Named, account.PasswordResetView):
    pass


class PasswordResetDone(Named, account.PasswordResetDoneView):
    pass


class PasswordResetFromKey(Named, account.PasswordResetFromKeyView):
    pass


class PasswordResetFromKeyDone(Named, account.PasswordResetFromKeyDoneView):
    pass


class Account(Named, mfa.IndexView):
    """One's own account: password, second factor, recovery codes."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user: Any = self.request.user
        return super().get_context_data(is_required=second_factor.is_required_of(user), **kwargs)


class Authenticate(Named, mfa.AuthenticateView):
    pass


class ReauthenticateByCode(Named, mfa.ReauthenticateView):
    pass


class SetUp(Named, totp.ActivateTOTPView):
    """Setting up the second factor; the recovery codes are next."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        said = super().get_context_data(**kwargs)
        secret = said["form"].secret
        return said | {
            "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
            "next": get_next_redirect_url(self.request) or "",
            "is_required": second_factor.is_required_of(self.request.user),
        }

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        # Whoever typed the first code has shown the second factor: this session needs no other.
        record_authentication(self.request, self.request.user, method="mfa", type=Authenticator.Type.TOTP.value)
        return answer

    def get_success_url(self) -> str:
        return passthrough_next_redirect_url(self.request, super().get_success_url(), "next")


class Remove(Named, totp.DeactivateTOTPView):
    """Removing it, to set up another device."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user: Any = self.request.user
        return super().get_context_data(is_required=second_factor.is_required_of(user), **kwargs)


class RecoveryCodes(Named, recovery_codes.ViewRecoveryCodesView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        onward = get_next_redirect_url(self.request) or get_adapter().get_login_redirect_url(self.request)
        return super().get_context_data(**kwargs) | {"onward": onward}


class NewRecoveryCodes(Named, recovery_codes.GenerateRecoveryCodesView):
    pass


class DownloadRecoveryCodes(recovery_codes.DownloadRecoveryCodesView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        site = self.request.build_absolute_uri(reverse("home"))
        return super().get_context_data(site=site, **kwargs)
