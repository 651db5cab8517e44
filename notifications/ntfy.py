"""Messages by ntfy (https://docs.ntfy.sh/publish/), at ntfy.sh or a server of one's own."""

from __future__ import annotations

from contextlib import closing

from django.conf import settings
from requests import Response

from lifetracker.errors import BadResponse, NotConfigured
from lifetracker.sync.http import HttpClient, parsed
from notifications.outgoing import Outgoing

OK, UNAUTHORIZED, FORBIDDEN = 200, 401, 403
#: Seconds for the whole answer.
ANSWER_TIMEOUT = 20


def missing() -> str:
    return "" if settings.NTFY_TOPIC else "Set NTFY_TOPIC, then restart: docs/notifications.md."


def send(message: Outgoing) -> str:
    """Publish it. The topic, which is a secret, stands in the body and in no address that a message could name.

    Raises NotConfigured, BadResponse and TryLater."""
    if found := missing():
        raise NotConfigured(found)
    body = {
        "topic": settings.NTFY_TOPIC,
        "title": message.title,
        "message": message.text,
        # One that comes twice takes the place of the first. Servers older than that leave it unread.
        "sequence_id": message.id,
    }
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
    if not is_published(response):
        raise BadResponse("No ntfy answers there, but something else. See NTFY_URL.", status)
    return ""


def is_published(response: Response) -> bool:
    """Return whether ntfy itself says that it took a message: any web server may answer 200."""
    try:
        found = parsed(response)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and found.get("event") == "message"
