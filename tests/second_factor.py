"""A second factor without a telephone: what tests and pictures of the site's pages sign in with."""

import base64
import hashlib
import hmac
import struct
import time

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from accounts.models import User

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code(secret: str = SECRET, *, at: float | None = None) -> str:
    """The six digits that an authenticator app shows at a moment, in seconds since 1970; now when left out (RFC 6238)."""
    counter = int(time.time() if at is None else at) // 30
    key = base64.b32decode(secret.replace(" ", ""))
    digest = hmac.new(key, struct.pack(">Q", counter), hashlib.sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def enrol(user: User, secret: str = SECRET) -> Authenticator:
    """Give an account a second factor and recovery codes."""
    made: Authenticator = TOTP.activate(user, secret).instance
    RecoveryCodes.activate(user)
    return made


def enrol_anew(user: User) -> list[str]:
    """The same for an account that may have one already; gives the new recovery codes."""
    Authenticator.objects.filter(user=user).delete()
    enrol(user)
    codes: list[str] = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()
    return codes


def signed_in(user: User) -> Client:
    """The browser of a person who has shown the second factor, which they are given when they have none."""
    if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
        enrol(user)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time(), "type": "totp"}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client
