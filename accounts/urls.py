"""Addresses of signing in, each by allauth's name for it. There is none for signing up, nor for other sites' accounts."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path, re_path
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts import views


def private(view: type[Any]) -> Callable[..., Any]:
    """A page that no browser and no proxy keeps: it may hold a secret. No report of an error holds what was typed."""
    answered: Callable[..., Any] = never_cache(sensitive_post_parameters()(view.as_view()))
    return answered


urlpatterns: list[URLPattern] = [
    path("login/", private(views.Login), name="account_login"),
    path("login/code/", private(views.RequestCode), name="account_request_login_code"),
    path("login/code/confirm/", private(views.ConfirmCode), name="account_confirm_login_code"),
    path("logout/", private(views.Logout), name="account_logout"),
    path("reauthenticate/", private(views.Reauthenticate), name="account_reauthenticate"),
    path("password/change/", private(views.PasswordChange), name="account_change_password"),
    path("password/set/", private(views.PasswordSet), name="account_set_password"),
    path("password/reset/", private(views.PasswordReset), name="account_reset_password"),
    path("password/reset/done/", private(views.PasswordResetDone), name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        private(views.PasswordResetFromKeyDone),
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]{1,13})-(?P<key>[0-9A-Za-z-]{1,100})/$",
        private(views.PasswordResetFromKey),
        name="account_reset_password_from_key",
    ),
    path("", private(views.Account), name="mfa_index"),
    path("code/", private(views.Authenticate), name="mfa_authenticate"),
    path("code/again/", private(views.ReauthenticateByCode), name="mfa_reauthenticate"),
    path("second-factor/", private(views.SetUp), name="mfa_activate_totp"),
    path("second-factor/remove/", private(views.Remove), name="mfa_deactivate_totp"),
    path("recovery-codes/", private(views.RecoveryCodes), name="mfa_view_recovery_codes"),
    path("recovery-codes/new/", private(views.NewRecoveryCodes), name="mfa_generate_recovery_codes"),
    path("recovery-codes/download/", private(views.DownloadRecoveryCodes), name="mfa_download_recovery_codes"),
]
