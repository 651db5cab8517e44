"""Everything Withings knows of the user, and what can be done to it while the sandbox runs."""

import bisect
import copy
import itertools
import threading
from dataclasses import dataclass, field
from datetime import date, timedelta
from operator import attrgetter

from lifetracker.sandbox.clock import Clock
from lifetracker.sandbox.life import Life
from lifetracker.sandbox.withings.history import Record, groups, joining, scale_of

ONE_DAY = timedelta(days=1)
FIRST_ADDED = 9_000_000_001  # beyond the ids of any generated group


@dataclass(slots=True)
class Entry:
    """A group with what it is filtered by, which is there however malformed the group is."""

    id: int
    group: Record
    appears: int = 0
    deleted: bool = False
    date: int = field(init=False)
    created: int = field(init=False)
    modified: int = field(init=False)
    category: int = field(init=False)
    types: frozenset[int] | None = field(init=False)  # None: malformed, so that any type matches

    def read(self, now: int) -> "Entry":
        """Take up the group's own values; `now` for an instant that is none."""
        self.date, self.created, self.modified = (
            _whole(self.group.get(name), now) for name in ("date", "created", "modified")
        )
        self.category = _whole(self.group.get("category"), 1)
        self.types = _types(self.group.get("measures"))
        return self

    @property
    def key(self) -> tuple[int, int]:
        return self.created, self.id

    def visible(self, now: int) -> bool:
        return not self.deleted and self.appears <= now


by_key = attrgetter("key")


class Groups:
    """History reaches at least `days` back from wherever the clock stands.

    Only what is noted on joining depends on where it began at first.
    """

    def __init__(self, life: Life, clock: Clock, days: int) -> None:
        self.lock = threading.RLock()
        self._life, self._clock, self._days = life, clock, days
        self._sorted: list[Entry] = []
        self._by_id: dict[int, Entry] = {}
        self._fresh = itertools.count(FIRST_ADDED)
        self._last = clock.now().date() - days * ONE_DAY - ONE_DAY
        self._first = self._last + ONE_DAY
        self._joined = False

    def now(self) -> int:
        """Return the second of the clock, with every day made that can be seen from there."""
        moment = self._clock.now()
        first, last = moment.date() - self._days * ONE_DAY, moment.date() + ONE_DAY
        if first < self._first or last > self._last:
            with self.lock:
                self._reach(first, last)
        return int(moment.timestamp())

    def visible(self) -> list[Entry]:
        """Return the groups in the order in which they were created."""
        now = self.now()
        with self.lock:
            return [entry for entry in self._sorted if entry.visible(now)]

    def find(self, id: int) -> Entry:
        """Deleted ones too. Raises LookupError."""
        self.now()
        entry = self._by_id.get(id)
        if entry is None:
            raise LookupError(f"no group {id}")
        return entry

    def add(self, given: Record) -> int:
        """Fill in what is missing; the id by which the group can be changed."""
        now = self.now()
        with self.lock:
            fresh = next(self._fresh)
            group = {**self._usual(given, fresh, now), **copy.deepcopy(given)}
            id = _whole(group["grpid"], fresh)
            if id in self._by_id:
                raise ValueError(f"there is a group {id} already: edit or replace it")
            self._put(Entry(id, group).read(now))
        return id

    def edit(self, id: int, changes: Record) -> Record:
        """Change top-level fields; `modified` moves even when the clock stands still."""
        now = self.now()
        with self.lock:
            entry = self.find(id)
            moved = {"modified": max(now, entry.modified + 1)}
            self._set(entry, {**entry.group, **moved, **copy.deepcopy(changes)}, now)
            return copy.deepcopy(entry.group)

    def replace(self, id: int, group: Record) -> None:
        now = self.now()
        with self.lock:
            self._set(self.find(id), copy.deepcopy(group), now)

    def set_deleted(self, id: int, deleted: bool) -> None:
        with self.lock:
            self.find(id).deleted = deleted

    def _usual(self, given: Record, id: int, now: int) -> Record:
        """Return what a group has that says nothing else; one typed in (attrib 2 or 4) has no device."""
        typed = given.get("attrib") in (2, 4)
        device = None if typed else scale_of(self._clock.now().date())
        device_id = device.id(self._life.seed) if device else None
        return {
            "grpid": id,
            "attrib": 0,
            "date": now,
            "created": now,
            "modified": now,
            "category": 1,
            "deviceid": device_id,
            "hash_deviceid": given.get("deviceid", device_id),
            "measures": [],
            "modelid": device.modelid if device else None,
            "model": device.model if device else None,
            "comment": None,
        }

    def _reach(self, first: date, last: date) -> None:
        if not self._joined:
            self._joined = True
            for group in joining(self._life, self._first):
                self._file(group)
        while self._first > first:
            self._first -= ONE_DAY
            self._file_day(self._first)
        while self._last < last:
            self._last += ONE_DAY
            self._file_day(self._last)

    def _file_day(self, day: date) -> None:
        for group in groups(self._life, day):
            self._file(group)

    def _file(self, group: Record) -> None:
        self._put(Entry(group["grpid"], group, appears=group["created"]).read(0))

    def _put(self, entry: Entry) -> None:
        bisect.insort(self._sorted, entry, key=by_key)
        self._by_id[entry.id] = entry

    def _set(self, entry: Entry, group: Record, now: int) -> None:
        del self._sorted[bisect.bisect_left(self._sorted, entry.key, key=by_key)]
        entry.group = group
        self._put(entry.read(now))


def type_of(measure: object) -> int | None:
    type = measure.get("type") if isinstance(measure, dict) else None
    return type if isinstance(type, int) else None


def _types(measures: object) -> frozenset[int] | None:
    found = [type_of(one) for one in measures] if isinstance(measures, list) else [None]
    known = frozenset(type for type in found if type is not None)
    return known if None not in found else None


def _whole(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) else otherwise
