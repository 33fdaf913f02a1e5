"""The second factor of a sign-in: who must have one, which session has shown it, and how its secret is kept."""

import base64
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import User

#: How long a code is remembered that was used, in seconds: longer than it is good for.
CODE_IS_REMEMBERED = 300


class UnreadableSecret(Exception):
    """A secret was encrypted with a key that this site no longer has: SECRET_KEY was changed."""


def is_required_of(user: User) -> bool:
    """Whether somebody may do nothing before a second factor is set up and shown."""
    return settings.STAFF_SECOND_FACTOR and user.is_staff


def has_second_factor(user: Any) -> bool:
    return Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists()


def has_shown_second_factor(request: HttpRequest, user: User) -> bool:
    """Whether this session was opened with it, or set it up.

    Asked of the session and not of the account: a session that somebody else opened with the password alone stays shut
    when the account's owner sets up a second factor later.
    """
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, user))


def use_code_once(authenticator: Authenticator, code: str) -> bool:
    """Whether a right code was not used before. Kept with the secret: a cache may be another in each process.

    Call it in a transaction that has locked the row.
    """
    now = timezone.now().timestamp()
    mark = salted_hmac("accounts.second_factor.code", f"{authenticator.pk}:{code}", algorithm="sha256").hexdigest()
    used = {each: at for each, at in authenticator.data.get("used", {}).items() if now - at < CODE_IS_REMEMBERED}
    if mark in used:
        return False
    authenticator.data["used"] = used | {mark: now}
    authenticator.save(update_fields=["data"])
    return True


def encrypt(secret: str) -> str:
    """So that whoever gets hold of a backup of the database has no second factor of anybody."""
    return _fernet().encrypt(secret.encode()).decode()


def decrypt(kept: str) -> str:
    """What :func:`encrypt` was given.

    Raises:
        UnreadableSecret: when SECRET_KEY is another one than then.
    """
    try:
        return _fernet().decrypt(kept.encode()).decode()
    except InvalidToken:
        raise UnreadableSecret from None


def _fernet() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(str(key))) for key in keys])


def _derived(key: str) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"accounts.second_factor")
    return base64.urlsafe_b64encode(derivation.derive(key.encode()))
