"""All time entries of the user, and what can be done to them while the sandbox runs."""

import bisect
import copy
import itertools
import threading
from collections.abc import Callable, Iterator
from datetime import date
from operator import attrgetter

from lifetracker.sandbox.clock import Clock
from lifetracker.sandbox.life import ONE_DAY, Life
from lifetracker.sandbox.toggl import history, times
from lifetracker.sandbox.toggl.entries import Entry, Item, State, related
from lifetracker.sandbox.toggl.names import MAIN, USER_ID, Names
from lifetracker.sandbox.toggl.times import SECOND

by_key = attrgetter("key")
HOUR = 3600 * SECOND
ENDINGS = {"stop", "duration", "server_deleted_at"}
Listener = Callable[[str, State], None]


def _nobody(_action: str, _state: State) -> None:
    """Listens."""


class Records:
    """History reaches at least `days` back from wherever the clock stands.

    It is made when somebody first asks for it: most tests of other services never do.
    """

    def __init__(self, life: Life, clock: Clock, names: Names, days: int) -> None:
        self.lock = threading.RLock()
        self._life, self._clock, self._names, self._days = life, clock, names, days
        self._entries: list[Entry] = []
        self._by_id: dict[int, Entry] = {}
        self._first = self._last = clock.now().date()
        self._made = False
        self._last_unused = 0
        self.changed: Listener = _nobody

    def now(self) -> int:
        """Return the instant of the clock, with every day made that can be seen from there."""
        moment = self._clock.now()
        # A local day can begin before the UTC one and end after it.
        first, last = moment.date() - (self._days + 1) * ONE_DAY, moment.date() + ONE_DAY
        if not self._made or first < self._first or last > self._last:
            with self.lock:
                self._reach(first, last)
        return times.to_us(moment)

    def states(self, now: int, since: int | None = None, before: int | None = None) -> list[State]:
        """Return what is or was there now, newest start first; `since` and `before` limit the start."""
        with self.lock:
            low = 0 if since is None else bisect.bisect_left(self._entries, (since, 0), key=by_key)
            high = None
            if before is not None:
                high = bisect.bisect_left(self._entries, (before, 0), key=by_key)
            found = self._entries[low:high]
        return [state for entry in reversed(found) if (state := entry.at(now)) is not None]

    def living(self, now: int, since: int | None = None, before: int | None = None) -> list[State]:
        return [state for state in self.states(now, since, before) if not state.deleted]

    def find(self, id: int) -> Entry:
        """Raises LookupError; finds deleted ones too."""
        self.now()
        entry = self._by_id.get(id)
        if entry is None:
            raise LookupError(f"no time entry {id}")
        return entry

    def state(self, id: int) -> State:
        """Of one that is there now. Raises LookupError."""
        state = self.find(id).at(self.now())
        if state is None or state.deleted:
            raise LookupError(f"no time entry {id}")
        return state

    def running(self, now: int) -> State | None:
        return next((s for s in self.living(now) if s.item.get("stop", "") is None), None)

    def add(self, fields: Item, *, running: bool = False) -> int:
        now = self.now()
        running = running or (fields.get("stop", "") is None and "duration" not in fields)
        with self.lock:
            given = fields.get("id")
            id = given if isinstance(given, int) else self._unused_id(now)
            if id in self._by_id:
                raise ValueError(f"there is a time entry {id} already: edit or replace it")
            item = self._filled_in(copy.deepcopy(fields), id, now, running=running)
            at = times.lenient(item["at"])
            since = now if at is None else min(now, at)
            start = times.lenient(item["start"])
            state = State(since, item, running)
            self._put(Entry(id, now if start is None else start, (state,)))
        self.changed("created", state)
        return id

    def edit(self, id: int, changes: Item, *, action: str = "updated") -> None:
        """Change fields and move `at`, which moves even when the clock stands still."""
        now = self.now()
        with self.lock:
            entry, before = self.find(id), self.state(id)
            at = max(now, before.at + SECOND // 1000)
            changes = self._fitting(copy.deepcopy(changes), before, now)
            item = related({**before.item, "at": times.zulu(at), **changes})
            ends = not ENDINGS.isdisjoint(changes)
            state = State(now, item, before.running and not ends)
            to_come = () if ends else tuple(s for s in entry.states if s.since > now)
            entry.enter(state, tuple(_with(later, changes) for later in to_come))
            self._file_anew(entry, item)
        self.changed(action, state)

    def stop(self, id: int) -> None:
        """Raises ValueError for one that does not run."""
        now, item = self.now() // SECOND * SECOND, self.state(id).item
        if item.get("stop") is not None:
            raise ValueError(f"time entry {id} has ended already")
        start = times.lenient(item.get("start")) or now
        stop = max(now, start)
        self.edit(id, {"stop": times.utc(stop), "duration": (stop - start) // SECOND})

    def delete(self, id: int) -> None:
        now = self.now()
        self.edit(id, {"server_deleted_at": times.utc(now)}, action="deleted")

    def replace(self, id: int, item: Item) -> None:
        now = self.now()
        with self.lock:
            entry = self.find(id)
            entry.enter(State(now, copy.deepcopy(item)))
            self._file_anew(entry, item)

    def others(self, now: int, first: date, last: date) -> list[State]:
        """Return the colleague's live entries, begun from this local day to that one."""
        days = _days(max(first, self._first), min(last, self._last))
        found = (entry.at(now) for day in days for entry in history.others(self._life, day))
        return [state for state in found if state is not None and not state.deleted]

    def _reach(self, first: date, last: date) -> None:
        """Make what is missing; only then may others see that it is there."""
        known = (self._first, self._last) if self._made else (first, first - ONE_DAY)
        days = [
            *_days(first, known[0] - ONE_DAY),
            *_days(known[1] + ONE_DAY, last),
        ]
        made = [entry for day in days for entry in history.entries(self._life, day)]
        self._by_id.update((entry.id, entry) for entry in made)
        self._entries = sorted([*self._entries, *made], key=by_key)
        self._first, self._last = min(first, known[0]), max(last, known[1])
        self._made = True

    def _put(self, entry: Entry) -> None:
        bisect.insort(self._entries, entry, key=by_key)
        self._by_id[entry.id] = entry

    def _file_anew(self, entry: Entry, item: Item) -> None:
        """Sort by the new start, if there is one."""
        start = times.lenient(item.get("start"))
        if start is not None and start != entry.start:
            del self._entries[bisect.bisect_left(self._entries, entry.key, key=by_key)]
            entry.start = start
            self._put(entry)

    def _tags(self, fields: Item, now: int) -> Item:
        """Return names for ids that came alone, and ids for names; unknown names become tags."""
        tags, ids = fields.get("tags"), fields.get("tag_ids")
        if isinstance(tags, list) and "tag_ids" not in fields:
            return {"tag_ids": self._names.tag_ids(tags, now)}
        if isinstance(ids, list) and "tags" not in fields:
            return {"tags": self._names.tag_names(ids, now)}
        return {}

    def _fitting(self, changes: Item, before: State, now: int) -> Item:
        """With the tags that belong to tag ids, and the length that belongs to new times."""
        changes = {**changes, **self._tags(changes, now)}
        item = {**before.item, **changes}
        moved = not changes.keys().isdisjoint({"start", "stop"}) and item.get("stop") is not None
        if moved and "duration" not in changes:
            changes["duration"] = _length(item)
        return changes

    def _unused_id(self, now: int) -> int:
        """Return one after those that were given before: a search from the first would grow longer with each."""
        first = history.first_id(times.local_date(now)) + history.ADDED
        ids = itertools.count(max(first, self._last_unused + 1))
        self._last_unused = next(id for id in ids if id not in self._by_id)
        return self._last_unused

    def _filled_in(self, fields: Item, id: int, now: int, *, running: bool) -> Item:
        """Return an entry in which what was given stays as it is, and the rest is made to fit."""
        ends = {} if running else _ends(fields, now)
        item: Item = {
            "id": id,
            "workspace_id": MAIN,
            "project_id": None,
            "task_id": None,
            "billable": False,
            **({"start": times.utc(now), "stop": None, "duration": -1} if running else ends),
            "description": "",
            "tags": [],
            "tag_ids": [],
            "duronly": True,
            "at": times.zulu(now),
            "server_deleted_at": None,
            "user_id": USER_ID,
            **fields,
            **self._tags(fields, now),
        }
        return {**related(item), **fields}


def _days(first: date, last: date) -> Iterator[date]:
    return (first + n * ONE_DAY for n in range((last - first).days + 1))


def _ends(fields: Item, now: int) -> Item:
    """Return both ends and the length: an hour up to now, or whatever fits what was given."""
    given = fields.get("duration")
    length = given * SECOND if isinstance(given, int) else HOUR
    stop = times.lenient(fields.get("stop"))
    start = times.lenient(fields.get("start"))
    if start is None:
        start = (now if stop is None else stop) // SECOND * SECOND - max(length, 0)
    if stop is None and "stop" not in fields and length >= 0:
        stop = start + length
    return {
        "start": times.utc(start),
        "stop": None if stop is None else times.utc(stop),
        "duration": -1 if stop is None else (stop - start) // SECOND,
    }


def _length(item: Item) -> int:
    start, stop = times.lenient(item.get("start")), times.lenient(item.get("stop"))
    return -1 if start is None or stop is None else (stop - start) // SECOND


def _with(later: State, changes: Item) -> State:
    """Return what is still to come of an entry, after a change to it."""
    item = {**later.item, **changes, "at": later.item["at"]}
    return State(later.since, related(item), later.running)
