"""One record with its life: when it appears, the phases it goes through, what was edited."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from lifetracker.sandbox.messages import JsonObject
from lifetracker.sandbox.whoop.options import Options

Record = JsonObject
KINDS = ("cycle", "recovery", "sleep", "workout")
OPTIONAL_BY_SWITCH = ("sport_id", "step_count")


@dataclass(slots=True)
class Entry:
    """Visible from `appears` on, final from `settles` on; instants in milliseconds.

    `record` is the final state, `phase(now)` the fields that differ before that, and `score`
    what was measured, also where WHOOP does not show it.
    """

    kind: str
    id: str
    start: int
    end: int
    record: Record
    score: Record = field(default_factory=dict)
    appears: int = 0
    settles: int = 0
    phase: Callable[[int], Record] | None = None
    changes: Record = field(default_factory=dict)
    deleted: bool = False
    _ready: tuple[int, bytes] = (-1, b"")

    @property
    def key(self) -> tuple[int, str]:
        return self.start, self.id

    def visible(self, now: int) -> bool:
        return not self.deleted and self.appears <= now

    def at(self, now: int) -> Record:
        """Return the record as it stands now, before the options; shared, so do not change it."""
        if self.phase is not None and now < self.settles:
            return {**self.record, **self.phase(now), **self.changes}
        return {**self.record, **self.changes} if self.changes else self.record

    def change(self, changes: Record) -> None:
        self.changes = {**self.changes, **changes}
        self.forget()

    def replace(self, record: Record) -> None:
        """Take the form of this record from now on, without phases."""
        self.record, self.changes, self.phase = record, {}, None
        self.forget()

    def calibrate(self, differing: Record) -> None:
        """Show a score with these members, where one is shown."""
        if self.record["score"] is not None:
            self.record = {**self.record, "score": {**self.score, **differing}}
            self.forget()

    def forget(self) -> None:
        self._ready = (-1, b"")

    def json(self, now: int, options: Options) -> bytes:
        """Return what goes over the wire; final records are written once and kept."""
        if now < self.settles:
            return dumps(served(self.at(now), options))
        if self._ready[0] != options.version:
            self._ready = options.version, dumps(served(self.at(now), options))
        return self._ready[1]


def served(record: Record, options: Options) -> Record:
    """Return a copy as the options want it."""
    hidden = [name for name in OPTIONAL_BY_SWITCH if not getattr(options, name)]
    shown = {name: value for name, value in record.items() if name not in hidden}
    return _without_null(shown) if options.optional_fields == "absent" else shown


def _without_null(record: Record) -> Record:
    return {
        name: _without_null(value) if isinstance(value, dict) else value
        for name, value in record.items()
        if value is not None
    }


def merged(base: Record, changes: Record) -> Record:
    """Return `base` with `changes`, dictionaries within merged too."""
    result = dict(base)
    for name, value in changes.items():
        inner = result.get(name)
        if isinstance(inner, dict) and isinstance(value, dict):
            result[name] = merged(inner, value)
        else:
            result[name] = value
    return result


def dumps(content: object) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode()
