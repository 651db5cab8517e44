"""Deliveries signed as WHOOP signs them, and the ways in which one can be wrong."""

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from uuid import uuid4

from lifetracker.sandbox import outgoing

EVENTS = ("updated", "deleted")
KINDS_WITH_EVENTS = ("sleep", "recovery", "workout")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How to deliver one event by hand. What is left out is made right."""

    #: What happened to the record.
    event: str = "updated"
    #: The id of the delivery, the same for all attempts.
    trace_id: str | None = None
    #: Signs in place of the right secret.
    secret: str | None = None
    #: Sent as it is in place of the right one; "" sends none at all.
    signature: str | None = None
    #: Seconds by which the delivery is dated back.
    age: float = 0.0
    #: Sent in place of the true one.
    user_id: int | None = None
    #: Whether the id is the integer of v1.
    legacy: bool = False
    #: How often in all a delivery is tried that is not answered with 2xx.
    attempts: int = 1
    #: Seconds between two attempts.
    pause: float = 0.0


def body(kind: str, id: str, user_id: int, how: Delivery) -> bytes:
    if kind not in KINDS_WITH_EVENTS or how.event not in EVENTS:
        raise ValueError(f"WHOOP sends no {kind}.{how.event}")
    content = {
        "user_id": user_id if how.user_id is None else how.user_id,
        "id": 10235 if how.legacy else id,
        "type": f"{kind}.{how.event}",
        "trace_id": how.trace_id or str(uuid4()),
    }
    return json.dumps(content, separators=(",", ":")).encode()


def sign(secret: str, timestamp: str, raw_body: bytes) -> str:
    """base64(HMAC-SHA256(secret, timestamp immediately followed by the body))"""
    digest = hmac.digest(secret.encode(), timestamp.encode() + raw_body, hashlib.sha256)
    return base64.b64encode(digest).decode()


def deliver(to: str, raw_body: bytes, secret: str, how: Delivery) -> int:
    """POST until it is accepted or the attempts are used up; the last status."""
    # Real time, wherever the sandbox's clock stands: the receiver compares with its own.
    timestamp = str(int((time.time() - how.age) * 1000))
    headers = {"Content-Type": "application/json", "X-WHOOP-Signature-Timestamp": timestamp}
    signature = how.signature
    if signature is None:
        signature = sign(how.secret or secret, timestamp, raw_body)
    if signature:
        headers["X-WHOOP-Signature"] = signature
    return outgoing.post_until_accepted(to, raw_body, headers, how.attempts, how.pause)
