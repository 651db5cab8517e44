"""Which days an experiment leaves out, because its owner marked them as days of illness, travel or holiday. Of its own days
only what was marked before the day of the outcome began counts: later the outcome can be known, and would choose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from lifetracker.days import ONE_DAY, local_date
from lifetracker.models import DayMark


class Mark(NamedTuple):
    """`made`: the day on which its owner made or confirmed it; None where that is not known."""

    kind: str
    made: date | None

    def is_made_by(self, day: date) -> bool:
        return self.made is not None and self.made <= day


@dataclass(frozen=True)
class Marks:
    """The marks of days. `start`: the first day of the experiment."""

    by_day: Mapping[date, Sequence[Mark]]
    start: date

    def in_time(self, day: date, lag: timedelta) -> str:
        """Return what kind of unusual day it is, by the marks that were made before the day of its outcome, so much later, began:
        `holiday`, or `sick, travel`."""
        by = last_to_mark(day, lag)
        return joined(one for one in self.by_day.get(day, ()) if one.is_made_by(by))

    def later(self, day: date, lag: timedelta) -> str:
        """Return the same by the marks that were made later."""
        by = last_to_mark(day, lag)
        return joined(one for one in self.by_day.get(day, ()) if not one.is_made_by(by))

    def leave_out(self, day: date, lag: timedelta) -> bool:
        """Return whether a day, whose outcome is read so much later, does not count: itself or the day of the outcome was
        marked before the latter began. Of the days before the start any mark says that."""
        by = last_to_mark(day, lag)
        return any(
            marked < self.start or one.is_made_by(by)
            for marked in {day, day + lag}
            for one in self.by_day.get(marked, ())
        )


def last_to_mark(day: date, lag: timedelta) -> date:
    """Return the last day on which nobody can know the outcome of a day, which is read so much later."""
    return day + lag - ONE_DAY


def joined(marks: Iterable[Mark]) -> str:
    return ", ".join(sorted(one.kind for one in marks))


def read_marks(first: date, last: date, start: date) -> Marks:
    """Return the confirmed marks of the days from `first` to `last`, both included, by one statement."""
    found: dict[date, list[Mark]] = defaultdict(list)
    rows = DayMark.objects.unusual_between(first, last)
    for day, kind, moment in rows.values_list("date", "kind", "confirmed_at"):
        found[day].append(Mark(kind, moment and local_date(moment)))
    return Marks(found, start)
