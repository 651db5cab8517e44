"""The days of samples: by the zone that a sample names, else by `TIME_ZONE`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

from django.utils import timezone

from apple_health.export.units import moment
from lifetracker import days


class Clock:
    """Finds the days of samples that come in the order of their starts: nearly all are of the day before's day."""

    def __init__(self, zones: Sequence[str]) -> None:
        """`zones`: the names by the numbers of a scratch file; the first is "", for `TIME_ZONE`."""
        home = timezone.get_current_timezone()
        self._zones: list[tzinfo] = [ZoneInfo(name) if name else home for name in zones]
        self._names = zones
        #: By zone: when the day begins and ends that was asked for last, and which it is.
        self._last: dict[int, tuple[int, int, date]] = {}

    def day(self, at: int, zone: int) -> date:
        return self._bounds(at, zone)[2]

    def parts(self, start: int, end: int, zone: int) -> Iterator[tuple[date, int, int]]:
        """Yield each day that a stretch touches, with the part of it; one without a length is of the day it is in."""
        while True:
            _, until, day = self._bounds(start, zone)
            if end <= until:
                yield day, start, end
                return
            yield day, start, until
            start = until

    def offset(self, at: int, zone: int) -> int | None:
        """Return the minutes east of UTC, where the zone is known."""
        return days.home_offset(moment(at), self._zones[zone]) if self._names[zone] else None

    def _bounds(self, at: int, zone: int) -> tuple[int, int, date]:
        last = self._last.get(zone)
        if last and last[0] <= at < last[1]:
            return last
        where = self._zones[zone]
        day, _ = days.local_date_and_hour(moment(at), where)
        first, last_second = (
            seconds_of(days.midnight(one, where)) for one in (day, day + days.ONE_DAY)
        )
        self._last[zone] = found = (first, last_second, day)
        return found


def seconds_of(instant: datetime) -> int:
    return int(instant.timestamp())
