"""Browsers that take what is pushed: how one is added, and the key that it is given."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction

from lifetracker.accounts.sessions import device_of
from lifetracker.models.encryption import Unreadable
from notifications.models import ONLY, PushKey, PushSubscription
from notifications.push import MOST_BROWSERS, is_public_name

LONGEST_ENDPOINT = 1000
AUTH_BYTES = 16


def public_key() -> str:
    """Return what a browser is given, of a key that is made when it is first asked for."""
    key = PushKey.objects.filter(pk=ONLY).first()
    if key is None:
        key, _ = PushKey.objects.get_or_create(pk=ONLY, defaults=new_key())
    return key.public


def new_key() -> dict[str, str]:
    from py_vapid.utils import b64urlencode  # noqa: PLC0415 - for who pushes alone

    private = ec.generate_private_key(ec.SECP256R1())
    number = private.private_numbers().private_value
    point = private.public_key().public_numbers()
    public = b"\x04" + point.x.to_bytes(32) + point.y.to_bytes(32)
    return {"private": b64urlencode(number.to_bytes(32)), "public": b64urlencode(public)}


@transaction.atomic
def replace_unreadable_key() -> None:
    """Make a new key where no SECRET_KEY opens the old one. Browsers take messages under the key that they were given, so
    those that were added before are of no use any more."""
    key = PushKey.objects.filter(pk=ONLY).first()
    if key is not None and isinstance(key.private, Unreadable):
        PushSubscription.objects.all().delete()
        PushKey.objects.filter(pk=ONLY).delete()
        PushKey.objects.create(pk=ONLY, **new_key())


class BrowserForm(forms.Form):
    """What a browser says of its subscription (`PushSubscription.toJSON` in its scripts)."""

    endpoint = forms.CharField(max_length=LONGEST_ENDPOINT)
    p256dh = forms.CharField(max_length=100)
    auth = forms.CharField(max_length=40)

    def clean_endpoint(self) -> str:
        """Refuse what is no address of https, holds a login, or names no host of the internet. Where that leads is seen when
        it is asked."""
        endpoint = str(self.cleaned_data["endpoint"])
        try:
            parts = urlsplit(endpoint)
            is_usual = parts.port in {None, 443}
        except ValueError:
            raise ValidationError("This is no address.") from None
        is_near = settings.PUSH_TO_PRIVATE_ADDRESSES
        is_safe = parts.scheme == "https" and is_usual and is_public_name(parts.hostname or "")
        is_bare = bool(parts.hostname) and "@" not in parts.netloc and endpoint.isprintable()
        if not is_bare or " " in endpoint or not (is_safe or is_near):
            raise ValidationError("A browser is reached by https, at a name of the internet.")
        return endpoint

    def clean_p256dh(self) -> str:
        text = str(self.cleaned_data["p256dh"])
        try:
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(text))
        except ValueError:
            raise ValidationError("This is no key of a browser.") from None
        return text

    def clean_auth(self) -> str:
        text = str(self.cleaned_data["auth"])
        try:
            is_whole = len(decoded(text)) == AUTH_BYTES
        except ValueError:
            is_whole = False
        if not is_whole:
            raise ValidationError("This is no secret of a browser.")
        return text

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        others = PushSubscription.objects.exclude(digest=digest_of(values.get("endpoint", "")))
        if others.count() >= MOST_BROWSERS:
            raise ValidationError(f"{MOST_BROWSERS} browsers are enough: remove one first.")
        return values

    def save(self, user: User, agent: str) -> PushSubscription:
        found = self.cleaned_data
        row, _ = PushSubscription.objects.update_or_create(
            digest=digest_of(found["endpoint"]),
            defaults={**found, "user": user, "browser": device_of(agent), "trouble": ""},
        )
        return row


def decoded(text: str) -> bytes:
    """Return the bytes of Base64 of addresses. Raises ValueError."""
    from py_vapid.utils import b64urldecode  # noqa: PLC0415 - for who pushes alone

    found: bytes = b64urldecode(text.encode("ascii"))
    return found


def digest_of(endpoint: str) -> str:
    return hashlib.sha256(endpoint.encode()).hexdigest()
