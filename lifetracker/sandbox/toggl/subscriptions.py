"""Who is told of changes: subscriptions, how they are validated, and what they are sent."""

import hashlib
import itertools
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from lifetracker.sandbox import outgoing
from lifetracker.sandbox.messages import Answer, Incoming, json_answer
from lifetracker.sandbox.toggl import times, webhooks
from lifetracker.sandbox.toggl.answers import Refused, Voice
from lifetracker.sandbox.toggl.entries import Item
from lifetracker.sandbox.toggl.names import USER_ID

# Of the free plan, for each workspace.
MOST_SUBSCRIPTIONS, MOST_FILTERS = 1, 3
KEPT = 7 * times.DAY
CHANGEABLE = ("url_callback", "event_filters", "enabled", "description", "secret")


@dataclass(slots=True)
class Event:
    """`status` is the receiver's last answer; None: it was not sent yet."""

    content: dict[str, object]
    happened: int
    status: int | None = None

    @property
    def pending(self) -> bool:
        return self.status is None or self.status // 100 != 2


@dataclass(slots=True)
class Subscription:
    id: int
    workspace_id: int
    url_callback: str
    event_filters: list[dict[str, str]]
    enabled: bool
    description: str
    secret: str
    code: str
    created_at: str
    validated_at: str | None = None
    events: list[Event] = field(default_factory=list)

    def wants(self, entity: str, action: str) -> bool:
        return (
            self.enabled
            and self.validated_at is not None
            and any(
                wanted.get("entity") in ("*", entity) and wanted.get("action") in ("*", action)
                for wanted in self.event_filters
            )
        )

    def shown(self) -> Item:
        return {
            "subscription_id": self.id,
            "workspace_id": self.workspace_id,
            "user_id": USER_ID,
            "enabled": self.enabled,
            "description": self.description,
            "event_filters": self.event_filters,
            "url_callback": self.url_callback,
            "secret": self.secret,
            "validated_at": self.validated_at,
            "has_pending_events": any(event.pending for event in self.events),
            "created_at": self.created_at,
            "updated_at": self.created_at,
            "deleted_at": None,
        }


class Subscriptions:
    """`base` is the URL below which the validation codes are taken back."""

    def __init__(self, now: Callable[[], int], voice: Voice, base: Callable[[], str]) -> None:
        self._now, self._voice, self._base = now, voice, base
        self._lock = threading.RLock()
        self._all: dict[int, Subscription] = {}
        self._ids, self._event_ids = itertools.count(40_211), itertools.count(9_100_001)

    def listing(self, incoming: Incoming, workspace_id: int) -> Answer:
        shown = [s.shown() for s in self._all.values() if s.workspace_id == workspace_id]
        return json_answer(200, self._voice.items(shown))

    def create(self, incoming: Incoming, workspace_id: int) -> Answer:
        """Its receiver must answer a ping at once; with the code in it, it is validated too."""
        body = _checked(_object(incoming.body))
        for name in ("url_callback", "event_filters", "description"):
            if not body.get(name):
                raise Refused(400, f"{name} is required")
        others = [s for s in self._all.values() if s.workspace_id == workspace_id]
        if any(other.description == body["description"] for other in others):
            raise Refused(400, "description must be unique in the workspace")
        if len(others) >= MOST_SUBSCRIPTIONS:
            raise Refused(400, "The limit of webhooks of this workspace is reached")
        id = next(self._ids)
        digest = hashlib.sha256(f"{id}/{workspace_id}".encode()).hexdigest()
        subscription = Subscription(
            id=id,
            workspace_id=workspace_id,
            url_callback=body["url_callback"],
            event_filters=body["event_filters"],
            enabled=body.get("enabled", True),
            description=body["description"],
            secret=body.get("secret") or digest[:20],
            code=f"v{digest[20:50]}",
            created_at=times.zulu(self._now()),
        )
        self._ping(subscription)
        with self._lock:
            self._all[id] = subscription
        return json_answer(200, subscription.shown())

    def change(self, incoming: Incoming, workspace_id: int, id: int) -> Answer:
        subscription = self._find(workspace_id, id)
        body = _checked(_object(incoming.body))
        changes = {name: body[name] for name in CHANGEABLE if name in body}
        changed = replace(subscription, **changes)
        if changed.url_callback != subscription.url_callback:
            changed.validated_at = None
            self._ping(changed)
        with self._lock:
            self._all[id] = changed
        return json_answer(200, changed.shown())

    def delete(self, incoming: Incoming, workspace_id: int, id: int) -> Answer:
        subscription = self._find(workspace_id, id)
        with self._lock:
            del self._all[id]
        return json_answer(200, subscription.shown())

    def ping(self, incoming: Incoming, workspace_id: int, id: int) -> Answer:
        self._ping(self._find(workspace_id, id))
        return json_answer(200, {"status": "OK"})

    def validate(self, incoming: Incoming, workspace_id: int, id: int, code: object) -> Answer:
        subscription = self._find(workspace_id, id)
        if code != subscription.code:
            raise Refused(400, "Invalid validation code")
        self._validated(subscription)
        return json_answer(200, {"status": "OK"})

    def events(self, incoming: Incoming, workspace_id: int, id: int) -> Answer:
        """Return those of the last week, newest first."""
        oldest = self._now() - KEPT
        shown = [
            {**event.content, "status": event.status}
            for event in reversed(self._find(workspace_id, id).events)
            if event.happened >= oldest
        ]
        return json_answer(200, self._voice.items(shown))

    def filters(self, incoming: Incoming) -> Answer:
        return json_answer(200, {entity: [*webhooks.ACTIONS] for entity in webhooks.ENTITIES})

    def limits(self, incoming: Incoming, workspace_id: int) -> Answer:
        limits = {"subscriptions": MOST_SUBSCRIPTIONS, "event_filters": MOST_FILTERS}
        return json_answer(200, limits)

    def status(self, incoming: Incoming) -> Answer:
        return json_answer(200, {"status": "OK"})

    def happened(self, entity: str, action: str, item: Item) -> None:
        """Send it to all who want it, with what they have refused so far."""
        now, workspace_id = self._now(), item.get("workspace_id", item.get("wid"))
        for subscription in list(self._all.values()):
            if subscription.workspace_id != workspace_id or not subscription.wants(entity, action):
                continue
            how = webhooks.Delivery(
                action=action, event_id=next(self._event_ids), subscription_id=subscription.id
            )
            content = webhooks.event(entity, item, how, now=now, to=subscription.url_callback)
            subscription.events.append(Event(content, now))
            self._send_pending(subscription)

    def shown(self) -> object:
        return [subscription.shown() for subscription in self._all.values()]

    def _send_pending(self, subscription: Subscription) -> None:
        for event in [event for event in subscription.events if event.pending]:
            raw_body = outgoing.dumps(event.content)
            signature = outgoing.sign(subscription.secret, raw_body)
            event.status = webhooks.post(subscription.url_callback, raw_body, signature).status

    def _ping(self, subscription: Subscription) -> None:
        """Raises Refused when nobody is there, or says no."""
        path = f"{subscription.workspace_id}/{subscription.id}/{subscription.code}"
        to = subscription.url_callback
        code_url = f"{self._base()}/validate/{path}"
        content = webhooks.ping(
            subscription.id, subscription.code, code_url, now=self._now(), to=to
        )
        raw_body = outgoing.dumps(content)
        reply = webhooks.post(to, raw_body, outgoing.sign(subscription.secret, raw_body))
        if not reply.accepted:
            raise Refused(400, "url_callback could not be reached")
        if _code(reply.body) == subscription.code:
            self._validated(subscription)

    def _validated(self, subscription: Subscription) -> None:
        subscription.validated_at = times.zulu(self._now())

    def _find(self, workspace_id: int, id: int) -> Subscription:
        subscription = self._all.get(id)
        if subscription is None or subscription.workspace_id != workspace_id:
            raise Refused(404, "Subscription not found")
        return subscription


def _object(raw_body: bytes) -> Item:
    try:
        body = json.loads(raw_body)
    except ValueError as error:
        raise Refused(400, "Invalid JSON input") from error
    if not isinstance(body, dict):
        raise Refused(400, "Invalid JSON input")
    return body


def _checked(body: Item) -> Item:
    filters = body.get("event_filters", [])
    if not isinstance(filters, list) or len(filters) > MOST_FILTERS:
        raise Refused(400, f"there can be at most {MOST_FILTERS} event_filters")
    for wanted in filters:
        known = isinstance(wanted, dict) and wanted.keys() == {"entity", "action"}
        if (
            not known
            or wanted["entity"] not in ("*", *webhooks.ENTITIES)
            or wanted["action"] not in ("*", *webhooks.ACTIONS)
        ):
            raise Refused(400, f"no event filter {wanted}")
    if not str(body.get("url_callback", "http://")).startswith(("http://", "https://")):
        raise Refused(400, "url_callback must be a URL")
    return body


def _code(raw_body: bytes) -> object:
    """Return the one with which a receiver answers, if it answers with one."""
    try:
        body = json.loads(raw_body)
    except ValueError:
        return None
    return body.get("validation_code") if isinstance(body, dict) else None
