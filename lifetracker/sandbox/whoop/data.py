"""The data API: who may read what, and where it is found."""

import re
from collections.abc import Callable
from uuid import UUID

from lifetracker.sandbox.limits import RateLimiter
from lifetracker.sandbox.messages import Answer, Incoming, json_answer
from lifetracker.sandbox.whoop.collections import JSON, Collections
from lifetracker.sandbox.whoop.entries import Entry, Record
from lifetracker.sandbox.whoop.oauth import OAuth
from lifetracker.sandbox.whoop.options import Options
from lifetracker.sandbox.whoop.records import Records

COLLECTIONS = {
    "/v2/cycle": "cycle",
    "/v2/recovery": "recovery",
    "/v2/activity/sleep": "sleep",
    "/v2/activity/workout": "workout",
}
SCOPE_OF = {
    "cycle": "read:cycles",
    "recovery": "read:recovery",
    "sleep": "read:sleep",
    "workout": "read:workout",
    "profile": "read:profile",
    "body": "read:body_measurement",
}
INT64 = 1 << 63


class DataAPI:
    """Answers everything below `/developer`. Errors have no body, as far as anybody knows."""

    def __init__(
        self,
        records: Records,
        oauth: OAuth,
        options: Options,
        limits: RateLimiter,
        collections: Collections,
    ) -> None:
        self._records, self._oauth, self._options = records, oauth, options
        self._limits, self._collections = limits, collections
        self.profile: Record | None = None
        self.body: Record | None = None
        self._routes: list[tuple[re.Pattern[str], str, Callable[[str], Answer]]] = [
            (re.compile(r"/v2/cycle/([^/]+)"), "cycle", self._cycle),
            (re.compile(r"/v2/cycle/([^/]+)/sleep"), "sleep", self._sleep_of_cycle),
            (re.compile(r"/v2/cycle/([^/]+)/recovery"), "recovery", self._recovery_of_cycle),
            (re.compile(r"/v2/activity/sleep/([^/]+)"), "sleep", self._sleep),
            (re.compile(r"/v2/activity/workout/([^/]+)"), "workout", self._workout),
            (re.compile(r"/v2/user/profile/(basic)"), "profile", self._profile),
            (re.compile(r"/v2/user/measurement/(body)"), "body", self._body),
            (re.compile(r"/v1/activity-mapping/([^/]+)"), "", self._mapping),
        ]

    def answer(self, incoming: Incoming, path: str) -> Answer:
        admitted, headers = self._limits.admit()
        answer = self._admitted(incoming, path) if admitted else Answer(429)
        return Answer(answer.status, answer.body, {**answer.headers, **headers})

    def _admitted(self, incoming: Incoming, path: str) -> Answer:
        scheme, _, token = (incoming.headers.get("Authorization") or "").partition(" ")
        scopes = self._oauth.scopes_of(token.strip()) if scheme.lower() == "bearer" else None
        if scopes is None:
            return Answer(401)
        if path == "/v2/user/access" and incoming.method == "DELETE":
            self._oauth.revoke_all()
            return Answer(204)
        if incoming.method != "GET":
            return Answer(405)
        return self._read(path.rstrip("/"), incoming.query, scopes)

    def _read(self, path: str, query: dict[str, str], scopes: tuple[str, ...]) -> Answer:
        membership = self._options.membership
        if isinstance(membership, int):
            return Answer(membership)
        if path in COLLECTIONS:
            kind = COLLECTIONS[path]
            if membership == "empty":
                return json_answer(200, {"records": [], "next_token": None})
            return self._denied(kind, scopes) or self._collections.answer(kind, query)
        for pattern, kind, found in self._routes:
            match = pattern.fullmatch(path)
            if match:
                return self._denied(kind, scopes) or found(match[1])
        return Answer(404)

    def _denied(self, kind: str, scopes: tuple[str, ...]) -> Answer | None:
        allowed = not kind or SCOPE_OF[kind] in scopes
        return None if allowed else Answer(self._options.missing_scope)

    def _cycle(self, id: str) -> Answer:
        return self._one("cycle", id) if _is_int64(id) else Answer(400)

    def _recovery_of_cycle(self, id: str) -> Answer:
        return self._one("recovery", id) if _is_int64(id) else Answer(400)

    def _sleep_of_cycle(self, id: str) -> Answer:
        if not _is_int64(id):
            return Answer(400)
        return self._shown(self._records.main_sleep(id))

    def _sleep(self, id: str) -> Answer:
        return self._one("sleep", id) if _is_uuid(id) else Answer(400)

    def _workout(self, id: str) -> Answer:
        return self._one("workout", id) if _is_uuid(id) else Answer(400)

    def _profile(self, _: str) -> Answer:
        return json_answer(200, self.profile) if self.profile else Answer(404)

    def _body(self, _: str) -> Answer:
        return json_answer(200, self.body) if self.body else Answer(404)

    def _mapping(self, v1_id: str) -> Answer:
        if not _is_int64(v1_id):
            return Answer(400)
        entry = self._records.by_v1_id(int(v1_id))
        return json_answer(200, {"v2_activity_id": entry.id}) if entry else Answer(404)

    def _one(self, kind: str, id: str) -> Answer:
        return self._shown(self._records.shelf(kind).find(id))

    def _shown(self, entry: Entry | None) -> Answer:
        now = self._records.now()
        with self._records.lock:
            if entry is None or not entry.visible(now):
                return Answer(404)
            return Answer(200, entry.json(now, self._options), dict(JSON))


def _is_int64(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text) < INT64


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
