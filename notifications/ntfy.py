"""Messages by ntfy (https://docs.ntfy.sh/publish/), at ntfy.sh or a server of one's own."""

from __future__ import annotations

from contextlib import closing

from django.conf import settings

from lifetracker.errors import BadResponse, NotConfigured
from lifetracker.sync.http import HttpClient
from notifications.outgoing import Outgoing

OK, UNAUTHORIZED, FORBIDDEN = 200, 401, 403
#: Seconds for the whole answer.
ANSWER_TIMEOUT = 20


def missing() -> str:
    return "" if settings.NTFY_TOPIC else "Set NTFY_TOPIC: docs/notifications.md."


def send(message: Outgoing) -> str:
    """Publish it. The topic, which is a secret, stands in the body and in no address that a message could name.

    Raises NotConfigured, BadResponse and TryLater."""
    if found := missing():
        raise NotConfigured(found)
    body = {"topic": settings.NTFY_TOPIC, "title": message.title, "message": message.text}
    if message.url:
        body["click"] = message.url
    headers = {"Authorization": f"Bearer {settings.NTFY_TOKEN}"} if settings.NTFY_TOKEN else {}
    with closing(HttpClient("ntfy")) as client:
        client.answer_timeout = ANSWER_TIMEOUT
        response = client.request(
            "POST", f"{settings.NTFY_URL}/", json=body, headers=headers, attempts=1
        )
    status = response.status_code
    if status in {UNAUTHORIZED, FORBIDDEN}:
        raise NotConfigured(
            f"ntfy refused the message ({status}). See whether NTFY_TOKEN may write to NTFY_TOPIC."
        )
    if status != OK:
        raise BadResponse(f"ntfy answered {status}. See NTFY_URL.", status)
    return ""
