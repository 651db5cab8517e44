"""Deliveries as GitHub makes them: their body, their signature."""

from dataclasses import dataclass
from typing import Literal

from lifetracker.sandbox import outgoing
from lifetracker.sandbox.github.people import LOGIN, WORK
from lifetracker.sandbox.github.repositories import Repository

NOTHING = "0" * 40
EVENTS = ("push", "ping")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How to deliver one event by hand. What is left out is made right."""

    #: Which kind of event.
    event: Literal["push", "ping"] = "push"
    #: The id of the delivery, the same for all attempts.
    delivery: str = "72d3162e-cc78-11e3-81ab-4c9367dc0958"
    #: The oid of the ref before the push.
    before: str = NOTHING
    #: The oid of the ref after the push.
    after: str | None = None
    #: The ref that was pushed; without it, the default branch.
    ref: str | None = None
    #: Whether the push replaced history.
    forced: bool = False
    #: Signs in place of the right secret.
    secret: str | None = None
    #: Sent as it is in place of the right one; "" sends none at all.
    signature: str | None = None
    #: How often in all a delivery is tried that is not answered with 2xx.
    attempts: int = 1
    #: Seconds between two attempts.
    pause: float = 0.0


def content(how: Delivery, shown: dict[str, object], one: Repository, to: str) -> dict[str, object]:
    if how.event not in EVENTS:
        raise ValueError(f"no event {how.event!r}; there are {', '.join(EVENTS)}")
    sender = shown["owner"]
    if how.event == "ping":
        hook = {
            "type": "Repository",
            "id": one.id + 1,
            "name": "web",
            "active": True,
            "events": ["push"],
            "config": {"content_type": "json", "insecure_ssl": "0", "url": to},
        }
        about = {"zen": "Keep it logically awesome.", "hook_id": hook["id"], "hook": hook}
        return {**about, "repository": shown, "sender": sender}
    ref = how.ref or f"refs/heads/{one.default_branch}"
    after = how.after or one.bare.oid(ref) or NOTHING
    return {
        "ref": ref,
        "before": how.before,
        "after": after,
        "repository": {
            **shown,
            "created_at": int(one.created_at.timestamp()),
            "pushed_at": int(one.pushed_at.timestamp()) if one.pushed_at else None,
            "master_branch": one.default_branch,
        },
        "pusher": {"name": LOGIN, "email": WORK.email},
        "sender": sender,
        "created": how.before == NOTHING,
        "deleted": after == NOTHING,
        "forced": how.forced,
        "base_ref": None,
        "compare": f"{shown['html_url']}/compare/{how.before[:12]}...{after[:12]}",
        "commits": [],
        "head_commit": None,
    }


def deliver(to: str, raw_body: bytes, secret: str, how: Delivery) -> int:
    own = outgoing.sign(how.secret or secret, raw_body)
    signature = own if how.signature is None else how.signature
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "GitHub-Hookshot/044aadd",
        "X-GitHub-Event": how.event,
        "X-GitHub-Delivery": how.delivery,
        "X-GitHub-Hook-ID": "109948940",
    }
    if signature:
        headers["X-Hub-Signature-256"] = signature
    return outgoing.post_until_accepted(to, raw_body, headers, how.attempts, how.pause)
