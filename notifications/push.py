"""Messages to browsers (https://www.w3.org/TR/push-api/): encrypted for each by RFC 8291, signed by RFC 8292."""

from __future__ import annotations

import json
import re
import time
from contextlib import closing
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.encoding import punycode

from lifetracker.environment import origin_of
from lifetracker.errors import BadResponse, NotConfigured, SyncError, TryLater
from lifetracker.models.encryption import Unreadable
from lifetracker.sync.http import HttpClient, place
from notifications.models import LONGEST_OUTCOME, ONLY, PushKey, PushSubscription
from notifications.outgoing import Outgoing, PartlySent, unexpected

#: A browser that is off for longer does not get the message: it is about now.
KEPT_SECONDS = 12 * 3600
ANSWER_TIMEOUT = 15
MOST_BROWSERS = 10
#: A message has room for about 4,000 bytes, and a screen for less.
LONGEST_TITLE, LONGEST_TEXT = 100, 500
#: The subscription is over (RFC 8030, 7.3, and what services answer).
GONE = {404, 410}
TOO_OLD_A_KEY = (
    "The key of web push was encrypted under a SECRET_KEY that is no longer set. Put that into SECRET_KEY_FALLBACKS, or "
    "add the browsers again."
)
NO_BROWSER = "Press “Add this browser” under Settings, Notifications."


#: One name after the other, the last of which is no number: `127.1` and `0x7f.1` are addresses.
PUBLIC_NAME = re.compile(
    r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+(?=[a-z])[a-z0-9-]{1,62}[a-z0-9]",
    re.ASCII,
)
#: What never leads beyond one's own network (RFC 6761, 6762, 8375).
NEAR = (".localhost", ".local", ".internal", ".home.arpa", ".test", ".invalid")


def is_public_name(host: str) -> bool:
    """Return whether a host is named as one of the internet is, and not by an address or for a network of one's own."""
    return bool(PUBLIC_NAME.fullmatch(host)) and not host.endswith(NEAR)


class Gone(Exception):
    """The browser takes no messages any more."""


def missing() -> str:
    return "" if PushSubscription.objects.allowed().exists() else NO_BROWSER


def send(message: Outgoing) -> str:
    """Push it to every browser of an account with staff rights that does not have it; those that are gone are removed.

    Raises PartlySent where some took it and another may take it later, NotConfigured where there is none, else the error of
    the first browser that could not be reached. One that refuses it for good does not keep it from being sent."""
    reached = list(message.reached)
    subscriptions = list(PushSubscription.objects.allowed().exclude(pk__in=reached)[:MOST_BROWSERS])
    if not (subscriptions or reached):
        raise NotConfigured(NO_BROWSER)
    key = stored_key()
    failures: list[SyncError] = []
    for one in subscriptions:
        try:
            deliver(one, message, key)
        except Gone:
            one.delete()
        except Exception as error:  # noqa: BLE001 - the other browsers have their turn
            failure = error if isinstance(error, SyncError) else unexpected(error, one.browser)
            failures.append(failure)
            PushSubscription.objects.filter(pk=one.pk).update(
                trouble=str(failure)[:LONGEST_OUTCOME]
            )
        else:
            reached.append(one.pk)
            PushSubscription.objects.filter(pk=one.pk).update(reached_at=timezone.now(), trouble="")
    return outcome(reached, failures)


def outcome(reached: list[int], failures: list[SyncError]) -> str:
    """Return what is to be noted of a message that was pushed, or raise why it was not, as `send` says."""
    if not (reached or failures):
        raise NotConfigured(f"No browser takes messages any more. {NO_BROWSER}")
    if not reached:
        raise failures[0]
    text = f"Another browser was not reached: {failures[0]}" if failures else ""
    if any(isinstance(one, TryLater) for one in failures):
        raise PartlySent(text, reached)
    return text


def stored_key() -> PushKey:
    """Return the key. Raises NotConfigured where it cannot be read, or there is none."""
    key = PushKey.objects.filter(pk=ONLY).first()
    if key is None or isinstance(key.private, Unreadable):
        raise NotConfigured(TOO_OLD_A_KEY if key else NO_BROWSER)
    return key


def deliver(subscription: PushSubscription, message: Outgoing, key: PushKey) -> None:
    """Push to one browser. Raises Gone, NotConfigured, BadResponse and TryLater; none of them names the endpoint, which is a
    secret beyond its host."""
    if isinstance(subscription.endpoint, Unreadable) or isinstance(subscription.auth, Unreadable):
        raise NotConfigured(TOO_OLD_A_KEY)
    endpoint, host = subscription.endpoint, urlsplit(subscription.endpoint).netloc
    with closing(HttpClient(host)) as client:
        client.answer_timeout = ANSWER_TIMEOUT
        client.public_only = not settings.PUSH_TO_PRIVATE_ADDRESSES
        try:
            response = client.request(
                "POST",
                endpoint,
                data=encrypted(payload_of(message), subscription),
                headers=headers_of(message, endpoint, key),
                attempts=1,
            )
        except SyncError as error:
            raise without_endpoint(error, endpoint) from None
    if response.status_code in GONE:
        raise Gone
    if not response.ok:
        raise BadResponse(f"{host} answered {response.status_code}.", response.status_code)


def without_endpoint(error: SyncError, endpoint: str) -> SyncError:
    text = str(error).replace(place(endpoint), urlsplit(endpoint).netloc)
    if isinstance(error, TryLater):
        return TryLater(text, error.after)
    return type(error)(text)


def payload_of(message: Outgoing) -> bytes:
    """Return what the service worker shows."""
    shown = {
        "title": message.title[:LONGEST_TITLE],
        "body": message.text[:LONGEST_TEXT],
        "path": message.path,
        "tag": message.id,
    }
    return json.dumps(shown, ensure_ascii=False).encode()


def encrypted(payload: bytes, subscription: PushSubscription) -> bytes:
    """Return it so that the browser alone can read it."""
    import http_ece  # noqa: PLC0415 - for who pushes alone
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
    from py_vapid.utils import b64urldecode  # noqa: PLC0415

    found: bytes = http_ece.encrypt(
        payload,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=b64urldecode(subscription.p256dh.encode()),
        auth_secret=b64urldecode(subscription.auth.encode()),
        version="aes128gcm",
    )
    return found


def headers_of(message: Outgoing, endpoint: str, key: PushKey) -> dict[str, str]:
    """Return who sends it, for how long it is kept, and which undelivered one it takes the place of."""
    from py_vapid import Vapid02  # noqa: PLC0415 - for who pushes alone

    claims = {
        "aud": origin_of(endpoint),
        "sub": subject(),
        "exp": int(time.time()) + KEPT_SECONDS,
    }
    signed: dict[str, str] = Vapid02.from_raw(key.private.encode()).sign(claims)
    return {
        **signed,
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(KEPT_SECONDS),
        "Topic": message.id,
        "Urgency": "normal",
    }


def subject() -> str:
    """Return whom a push service can write to: the host of these pages where it has a name of the internet, else their
    owner. Services refuse a port, an address of numbers and a name of one word."""
    parts = urlsplit(settings.PUBLIC_URL)
    if parts.scheme == "https" and is_public_name(parts.hostname or ""):
        return f"https://{parts.hostname}"
    name, _, host = settings.OWNER_EMAIL.rpartition("@")
    if is_public_name(punycode(host)) and name.isascii():
        return f"mailto:{name}@{punycode(host)}"
    return "mailto:owner@life-tracker.invalid"
