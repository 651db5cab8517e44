"""The entries of one kind, sorted by start, so that a page costs the same in any year."""

import bisect
from collections.abc import Iterator
from operator import attrgetter

from lifetracker.sandbox.instants import parse
from lifetracker.sandbox.whoop.entries import Entry

NEVER = 1 << 53
by_key = attrgetter("key")


class Shelf:
    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._by_id: dict[str, Entry] = {}
        self._longest = 0

    def __iter__(self) -> Iterator[Entry]:
        """Yield all entries, newest first, deleted and future ones too."""
        return reversed(self.entries)

    def find(self, id: str) -> Entry | None:
        return self._by_id.get(id)

    def put(self, entry: Entry) -> None:
        bisect.insort(self.entries, entry, key=by_key)
        self._by_id[entry.id] = entry
        self._longest = max(self._longest, entry.end - entry.start)

    def move(self, entry: Entry, start: int, end: int) -> None:
        """Give an entry another time."""
        del self.entries[bisect.bisect_left(self.entries, entry.key, key=by_key)]
        entry.start, entry.end = start, end
        self.put(entry)

    def overlapping(self, since: int, before: tuple[int, str], now: int) -> Iterator[Entry]:
        """Yield entries, newest first: visible, sorting before this key, not ended before `since`."""
        for index in range(bisect.bisect_left(self.entries, before, key=by_key) - 1, -1, -1):
            entry = self.entries[index]
            if entry.start < since - self._longest and now >= entry.settles:
                return
            if entry.visible(now) and _end(entry, now) >= since:
                yield entry


def _end(entry: Entry, now: int) -> int:
    """Return the end: an entry in a phase may end earlier than planned, or not yet."""
    if now >= entry.settles:
        return entry.end
    end = entry.at(now).get("end", entry.end)
    return NEVER if end is None else parse(end) if isinstance(end, str) else entry.end
