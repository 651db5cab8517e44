"""Time entries as clients create, stop, change and delete them."""

import json

from lifetracker.sandbox.messages import Answer, Incoming, json_answer
from lifetracker.sandbox.toggl import times
from lifetracker.sandbox.toggl.answers import Refused, Voice
from lifetracker.sandbox.toggl.entries import Item, State
from lifetracker.sandbox.toggl.records import Records

WRITABLE = (
    *("description", "project_id", "task_id", "billable", "start", "stop", "duration"),
    *("tags", "tag_ids"),
)
NEEDED = ("created_with", "start", "workspace_id")
NOT_FOUND = "Time entry not found/accessible"


class Writing:
    def __init__(self, records: Records, voice: Voice) -> None:
        self._records, self._voice = records, voice

    def create(self, incoming: Incoming, workspace_id: int) -> Answer:
        body = _object(incoming.body)
        for name in NEEDED:
            if name not in body:
                raise Refused(400, f"{name} must be set")
        if body["workspace_id"] != workspace_id:
            raise Refused(400, "workspace_id does not match that of the path")
        fields = {"workspace_id": workspace_id, **_fields(body)}
        duration = fields.get("duration", 0)
        if duration < 0:
            fields |= {"stop": None, "duration": -1}
            return self._created(self.begin(fields), {})
        shown: Item = {}
        if "stop" not in fields:
            end = (times.lenient(fields["start"]) or 0) + duration * times.SECOND
            fields["stop"] = times.utc(end)
            shown = {} if duration else {"stop": None}  # until somebody GETs it
        return self._created(self._records.add(fields), shown)

    def begin(self, fields: Item) -> int:
        """Run; what ran before stops, for only one can."""
        running = self._records.running(self._records.now())
        if running is not None and isinstance(running.item.get("id"), int):
            self._records.stop(running.item["id"])
        return self._records.add(fields, running=True)

    def stop(self, incoming: Incoming, workspace_id: int, id: int) -> Answer:
        if self.state(id, workspace_id).item.get("stop") is not None:
            raise Refused(409, "Time entry already stopped")
        self._records.stop(id)
        return self._answer(id)

    def change(self, incoming: Incoming, workspace_id: int, id: int) -> Answer:
        self.state(id, workspace_id)
        self._records.edit(id, _fields(_object(incoming.body)))
        return self._answer(id)

    def delete(self, incoming: Incoming, workspace_id: int, id: int) -> Answer:
        self.state(id, workspace_id)
        self._records.delete(id)
        return Answer(200)

    def state(self, id: int, workspace_id: int | None = None) -> State:
        """Return a live entry, of this workspace if one is named."""
        try:
            state = self._records.state(id)
        except LookupError as error:
            raise Refused(404, NOT_FOUND) from error
        if workspace_id is not None and state.item.get("workspace_id") != workspace_id:
            raise Refused(404, NOT_FOUND)
        return state

    def _created(self, id: int, shown: Item) -> Answer:
        item = _as_zulu(self._voice.entry(self._records.state(id)))
        for name in ("tags", "tag_ids"):
            item[name] = item[name] or None
        if item["stop"] is None:
            item["duration"] = -1
        return json_answer(200, {**item, **shown})

    def _answer(self, id: int) -> Answer:
        return json_answer(200, _as_zulu(self._voice.entry(self._records.state(id))))


def _object(raw_body: bytes) -> Item:
    try:
        body = json.loads(raw_body or b"null")
    except ValueError as error:
        raise Refused(400, "Invalid JSON input") from error
    if not isinstance(body, dict):
        raise Refused(400, "JSON is not valid")
    return body


def _fields(body: Item) -> Item:
    """Return what a client may set, with times in the form in which lists show them."""
    fields = {name: body[name] for name in WRITABLE if name in body}
    for name in ("start", "stop"):
        if fields.get(name) is not None:
            fields[name] = times.utc(_instant(name, fields[name]))
    if not isinstance(fields.get("duration", 0), int):
        raise Refused(400, "duration must be a number of seconds")
    return fields


def _instant(name: str, text: object) -> int:
    instant = times.lenient(text)
    if instant is None:
        raise Refused(400, f"{name} must be an RFC 3339 time")
    return instant


def _as_zulu(item: Item) -> Item:
    """Answers to writes have `Z` where lists have `+00:00`."""
    ends = {name: item[name] for name in ("start", "stop") if isinstance(item.get(name), str)}
    return {**item, **{name: text.replace("+00:00", "Z") for name, text in ends.items()}}
