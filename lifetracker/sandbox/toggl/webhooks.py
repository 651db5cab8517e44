"""Events as Webhooks v1 sends them: their body, their signature, their delivery."""

import http.client
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from lifetracker.sandbox import outgoing
from lifetracker.sandbox.toggl import times
from lifetracker.sandbox.toggl.entries import Item
from lifetracker.sandbox.toggl.names import USER_ID

TIMEOUT = 10
ACTIONS = {"created": "POST", "updated": "PUT", "deleted": "DELETE"}
ENTITIES = ("time_entry", "project", "client", "tag", "workspace")
UNREACHABLE = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How to deliver one event by hand. What is left out is made right."""

    #: What happened to the item.
    action: str = "updated"
    #: The id of the event, the same for all attempts.
    event_id: int = 501
    #: The subscription that it belongs to.
    subscription_id: int = 6
    #: Signs in place of the right secret.
    secret: str | None = None
    #: Sent as it is in place of the right one; "" sends none at all.
    signature: str | None = None
    #: How often in all a delivery is tried that is not answered with 2xx.
    attempts: int = 1
    #: Seconds between two attempts.
    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes

    @property
    def accepted(self) -> bool:
        return self.status // 100 == 2


def event(entity: str, item: Item, how: Delivery, *, now: int, to: str) -> dict[str, object]:
    """Values of the metadata are text, numbers too."""
    if how.action not in ACTIONS:
        raise ValueError(f"no action {how.action!r}; there are {', '.join(ACTIONS)}")
    workspace_id = item.get("workspace_id", item.get("wid"))
    plural = "time_entries" if entity == "time_entry" else f"{entity}s"
    metadata = {
        "action": how.action,
        "event_user_id": str(USER_ID),
        "model": entity,
        "path": f"/api/v9/workspaces/{workspace_id}/{plural}/{item.get('id')}",
        "request_type": ACTIONS[how.action],
        f"{entity}_id": str(item.get("id")),
        "workspace_id": str(workspace_id),
    }
    return {
        **_envelope(how.subscription_id, now, to),
        "event_id": how.event_id,
        "metadata": metadata,
        "payload": item,
    }


def ping(subscription_id: int, code: str, code_url: str, *, now: int, to: str) -> dict[str, object]:
    """Return the event that asks whether its receiver wants any."""
    return {
        **_envelope(subscription_id, now, to),
        "metadata": {"request_type": "POST", "event_user_id": USER_ID},
        "payload": "ping",
        "validation_code": code,
        "validation_code_url": code_url,
    }


def deliver(to: str, raw_body: bytes, secret: str, how: Delivery) -> int:
    """POST until it is accepted or the attempts are used up; the last status."""
    own = outgoing.sign(how.secret or secret, raw_body)
    signature = own if how.signature is None else how.signature
    reply = post(to, raw_body, signature)
    for _ in range(how.attempts - 1):
        if reply.accepted:
            break
        time.sleep(how.pause)
        reply = post(to, raw_body, signature)
    return reply.status


def post(to: str, raw_body: bytes, signature: str) -> Reply:
    """Send the event; return the status, 0 when nobody answers there."""
    url = urlsplit(to)
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    headers = {"Content-Type": "application/json"}
    if signature:
        headers["X-Webhook-Signature-256"] = signature
    connection = kind(url.netloc, timeout=TIMEOUT)
    try:
        connection.request("POST", url._replace(scheme="", netloc="").geturl(), raw_body, headers)
        answer = connection.getresponse()
        return Reply(answer.status, answer.read())
    except (OSError, http.client.HTTPException):
        return Reply(UNREACHABLE, b"")
    finally:
        connection.close()


def _envelope(subscription_id: int, now: int, to: str) -> dict[str, object]:
    """The order of the members is that of the official example."""
    return {
        "event_id": 0,
        "created_at": times.zulu(now),
        "creator_id": USER_ID,
        "metadata": {},
        "payload": None,
        "subscription_id": subscription_id,
        # When it is sent, by real time: the receiver compares with its own clock.
        "timestamp": times.zulu(round(time.time() * times.SECOND)),
        "url_callback": to,
    }
