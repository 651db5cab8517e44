"""What runs now, as the page shows it. A script counts it on; without one it is true for the moment it was made."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from lifetracker.models import MANUAL
from time_logs.models import TimeEntry
from time_logs.names import shortened
from time_logs.page_data import RangeHours


class Timer(NamedTuple):
    """A running entry, and how many seconds and whole minutes it had lasted `at` the moment of the page."""

    entry: TimeEntry
    title: str
    beside: str
    seconds: int
    hours: int
    minutes: str
    at: datetime
    #: What ended entries of today come to; None where that is not known.
    today: float | None

    @property
    def is_own(self) -> bool:
        return self.entry.source == MANUAL


def timer_of(entry: TimeEntry, numbers: RangeHours) -> Timer:
    # What a clock that is fast began has lasted no time.
    seconds = max(int(entry.elapsed(numbers.now).total_seconds()), 0)
    hours, rest = divmod(seconds // 60, 60)
    today = numbers.shown.today
    known = numbers.recent.on(today) or numbers.recent.so_far.get(today)
    names = [name for name in (entry.project, entry.client) if name]
    if not entry.description:
        names = names[1:]
    title = shortened(entry.description) or entry.project or "Untitled"
    return Timer(entry, title, ", ".join(names), seconds, hours, f"{rest:02}", numbers.now, known)
