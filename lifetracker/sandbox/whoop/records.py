"""Everything WHOOP knows of the member, and what can be done to it while the sandbox runs."""

import copy
import itertools
import threading
from collections.abc import Iterator
from datetime import date

from lifetracker.sandbox.clock import Clock
from lifetracker.sandbox.instants import iso, parse, to_ms
from lifetracker.sandbox.life import Life
from lifetracker.sandbox.whoop.entries import KINDS, Entry, Record, merged
from lifetracker.sandbox.whoop.history import ONE_DAY, entries
from lifetracker.sandbox.whoop.shelf import NEVER, Shelf

CALIBRATION = 4  # recoveries until WHOOP knows a new member
UNCALIBRATED = {"user_calibrating": True, "spo2_percentage": None, "skin_temp_celsius": None}


class Records:
    """History reaches at least `days` back from wherever the clock stands.

    Only its first recoveries depend on where it begins: those are calibrating.
    """

    def __init__(self, life: Life, clock: Clock, days: int) -> None:
        self.lock = threading.RLock()
        self._life, self._clock, self._days = life, clock, days
        self._shelves = {kind: Shelf() for kind in KINDS}
        self._main_sleeps: dict[str, Entry] = {}
        self._calibrating: list[Entry] = []
        self._unnamed = itertools.count(1)
        today = clock.now().date()
        self._first, self._last = today, today - ONE_DAY
        self.now()

    def now(self) -> int:
        """Return the instant of the clock, with every day made that can be seen from there."""
        moment = self._clock.now()
        first, last = moment.date() - self._days * ONE_DAY, moment.date() + ONE_DAY
        if first < self._first or last > self._last:
            with self.lock:
                self._reach(first, last)
        return to_ms(moment)

    def shelf(self, kind: str) -> Shelf:
        if kind not in self._shelves:
            raise ValueError(f"no kind {kind!r}; there are {', '.join(KINDS)}")
        return self._shelves[kind]

    def find(self, kind: str, id: str | int) -> Entry:
        """Return a recovery by its cycle or its sleep. Raises LookupError; finds deleted ones too."""
        entry = self.shelf(kind).find(str(id))
        if entry is None and kind == "recovery":
            entry = self._recovery_of(str(id))
        if entry is None:
            raise LookupError(f"no {kind} {id}")
        return entry

    def visible(self, kind: str) -> Iterator[Entry]:
        """Yield what can be seen now, newest first."""
        now = self.now()
        return (entry for entry in self.shelf(kind) if entry.visible(now))

    def main_sleep(self, cycle_id: str) -> Entry | None:
        return self._main_sleeps.get(cycle_id)

    def edit(self, kind: str, id: str | int, changes: Record) -> Record:
        """Change top-level fields; a `score` is merged into the one that was measured."""
        now = self.now()
        with self.lock:
            entry = self.find(kind, id)
            shown = entry.at(now)
            if isinstance(changes.get("score"), dict):
                base = shown.get("score") or entry.score
                changes = {**changes, "score": merged(base, changes["score"])}
            entry.change({"updated_at": _later(shown, now), **copy.deepcopy(changes)})
            if "start" in changes or "end" in changes:
                self._file_anew(entry, entry.at(now), now)
            return copy.deepcopy(entry.at(now))

    def set_deleted(self, kind: str, id: str | int, deleted: bool) -> None:
        """Delete or restore a record. A sleep takes its recovery along."""
        with self.lock:
            entry = self.find(kind, id)
            recovery = self._recovery_of(entry.id) if kind == "sleep" else None
            for gone in filter(None, (entry, recovery)):
                gone.deleted = deleted

    def add(self, kind: str, record: Record) -> str:
        """Serve one more record of any form; its id, made up if the record has none."""
        now = self.now()
        key = record.get("cycle_id" if kind == "recovery" else "id")
        id = str(key) if key is not None else f"unnamed-{next(self._unnamed)}"
        with self.lock:
            if self.shelf(kind).find(id):
                raise ValueError(f"there is a {kind} {id} already: edit or replace it")
            start, end = self._span(kind, record, now)
            self._put(Entry(kind, id, start, end, copy.deepcopy(record)))
        return id

    def replace(self, kind: str, id: str | int, record: Record) -> None:
        with self.lock:
            self.find(kind, id).replace(copy.deepcopy(record))

    def by_v1_id(self, v1_id: int) -> Entry | None:
        """Only records that were given one: the generated ones have none."""
        now = self.now()
        entries = itertools.chain(self.visible("sleep"), self.visible("workout"))
        return next((entry for entry in entries if entry.at(now).get("v1_id") == v1_id), None)

    def _reach(self, first: date, last: date) -> None:
        while self._first > first:
            self._first -= ONE_DAY
            self._file(self._first)
        while self._last < last:
            self._last += ONE_DAY
            self._file(self._last)
        self._calibrate()

    def _file(self, day: date) -> None:
        for entry in entries(self._life, day):
            self._put(entry)

    def _calibrate(self) -> None:
        first = self._shelves["recovery"].entries[:CALIBRATION]
        for entry in self._calibrating:
            entry.calibrate({})
        for entry in first:
            entry.calibrate(UNCALIBRATED)
        self._calibrating = first

    def _put(self, entry: Entry) -> None:
        self.shelf(entry.kind).put(entry)
        if entry.kind == "sleep" and not entry.record.get("nap"):
            cycle_id = str(entry.record.get("cycle_id"))
            former = self._main_sleeps.get(cycle_id)
            if former is None or former.deleted:
                self._main_sleeps[cycle_id] = entry

    def _recovery_of(self, sleep_id: str) -> Entry | None:
        sleep = self._shelves["sleep"].find(sleep_id)
        cycle_id = sleep.record.get("cycle_id") if sleep else None
        recovery = self._shelves["recovery"].find(str(cycle_id))
        return recovery if recovery and recovery.record.get("sleep_id") == sleep_id else None

    def _file_anew(self, entry: Entry, record: Record, now: int) -> None:
        """Sort by the new time; a recovery goes with its sleep."""
        start, end = self._span(entry.kind, record, now)
        self.shelf(entry.kind).move(entry, start, end)
        recovery = self._recovery_of(entry.id) if entry.kind == "sleep" else None
        if recovery:
            self._shelves["recovery"].move(recovery, start, end)

    def _span(self, kind: str, record: Record, now: int) -> tuple[int, int]:
        """The time by which a record is sorted and filtered, however malformed it is."""
        if kind == "recovery":
            sleep = self._shelves["sleep"].find(str(record.get("sleep_id")))
            if sleep:
                return sleep.start, sleep.end
        start = next(
            (at for name in ("start", "created_at") if (at := _instant(record.get(name)))), now
        )
        open_cycle = kind == "cycle" and record.get("end") is None
        return start, NEVER if open_cycle else _instant(record.get("end")) or start


def _instant(text: object) -> int | None:
    try:
        return parse(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _later(record: Record, now: int) -> str:
    """An `updated_at` that moves even when the clock stands still."""
    before = _instant(record.get("updated_at"))
    return iso(now if before is None else max(now, before + 1))
