"""The second factor: whether an account has one, and whether what somebody shows is it."""

from __future__ import annotations

import base64
import hmac
import secrets
import time
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.contrib.auth.models import User

from lifetracker.accounts.events import Kind, record
from lifetracker.accounts.models import AuthenticatorApp, Passkey, RecoveryCode

ISSUER = "Life Tracker"
DIGITS, SECONDS = 6, 30
# Steps by which a phone's clock may be off.
DRIFT = 1
APP, RECOVERY = "authenticator app", "recovery code"
NO_CODE = (
    "This code is wrong or was already used. App codes change every 30 seconds, so check that your phone's "
    "clock is right."
)


def app_of(user: User) -> AuthenticatorApp | None:
    """Return the authenticator app that is set up."""
    return AuthenticatorApp.objects.filter(user=user, added_at__isnull=False).first()


def has_second_factor(user: User) -> bool:
    return app_of(user) is not None or Passkey.objects.filter(user=user).exists()


def new_secret() -> str:
    """Return 160 bits, as apps take them."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def address_for_apps(user: User, secret: str) -> str:
    """Return the `otpauth:` address that the QR code holds."""
    label = quote(f"{ISSUER}:{user.get_username()}")
    return (
        f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': ISSUER}, quote_via=quote)}"
    )


def accept_code(app: AuthenticatorApp, code: str) -> bool:
    """Use up this code; return whether the app shows it now and it was not used before."""
    if app.is_unreadable:
        return False
    totp = TOTP(base64.b32decode(app.secret), DIGITS, SHA1(), SECONDS)  # noqa: S303 - what apps know
    now = int(time.time()) // SECONDS
    for step in range(now - DRIFT, now + DRIFT + 1):
        if hmac.compare_digest(totp.generate(step * SECONDS), code.encode()):
            fresh = AuthenticatorApp.objects.filter(pk=app.pk, last_step__lt=step)
            return fresh.update(last_step=step) == 1
    return False


def use_code(user: User, text: str) -> str:
    """Use up this code; return which of the user's factors it is of, empty if of none."""
    code = "".join(text.split())
    if code.isascii() and code.isdecimal() and len(code) == DIGITS:
        app = app_of(user)
        return APP if app is not None and accept_code(app, code) else ""
    if not RecoveryCode.objects.spend(user, code):
        return ""
    record(Kind.CODE_USED, user, f"{recovery_codes_left(user)} left")
    return RECOVERY


def recovery_codes_left(user: User) -> int:
    """Return how many recovery codes are unused."""
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


def delete_useless_recovery_codes(user: User) -> None:
    """Delete the recovery codes of an account that has no second factor left which they could replace."""
    if not has_second_factor(user):
        RecoveryCode.objects.filter(user=user).delete()


def remove_all(user: User) -> bool:
    """Delete every second factor; return whether there was one."""
    had = has_second_factor(user)
    for model in (AuthenticatorApp, Passkey, RecoveryCode):
        model._default_manager.filter(user=user).delete()
    if had:
        record(Kind.FACTOR_REMOVED, user, "all")
    return had
