"""Wall-clock times without a zone and without a date of the end, turned into instants.

An export cuts both times to the minute and the length to whole hours, and gives no date for the
end. The end is found again from the length: there is at most one whole number of days that brings
the two clock times as far apart as the hours say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from fasting.zero.export import Unreadable

MINUTE = timedelta(minutes=1)
DAY = 1440
# Far more than anybody can fast; a number beyond it is no number of hours.
MOST_HOURS = 20_000


@dataclass(frozen=True)
class Placed:
    """`remark`: what the person should know of how it was read; empty if there was no doubt."""

    start: datetime
    end: datetime
    remark: str = ""


@dataclass(frozen=True)
class _Reading:
    start: datetime
    end: datetime
    # The smaller, the better it explains the hours.
    rank: int


def place(wall: datetime, end_clock: int, hours: int, zone: ZoneInfo) -> Placed:
    """Return the instants of a fast that began at this wall-clock time, ended at `end_clock` (minutes after
    midnight), and lasted so many whole hours. Raises Unreadable if no end fits."""
    if hours > MOST_HOURS:
        raise Unreadable(f"a fast cannot last {hours} hours")
    readings = list(_readings(wall, end_clock, hours, zone))
    if not readings:
        raise Unreadable(_contradiction(wall, end_clock, hours))
    best = min(readings, key=lambda reading: reading.rank)
    rivals = [reading for reading in readings if reading.rank == best.rank]
    return Placed(best.start, best.end, _remark(best, rivals, (_clock(wall), end_clock), zone))


def _readings(wall: datetime, end_clock: int, hours: int, zone: ZoneInfo) -> Iterator[_Reading]:
    """Yield every end that explains the hours, with each meaning of a time that exists twice."""
    apart = (end_clock - _clock(wall)) % DAY
    fewest = max(0, (hours * 60 - apart) // DAY - 1)
    for days in range(fewest, fewest + 4):
        between = apart + days * DAY
        end_wall = wall + timedelta(minutes=between)
        for start in _instants(wall, zone):
            for end in _instants(end_wall, zone):
                rank = _rank((end - start) // MINUTE, between, hours * 60)
                if rank is not None:
                    yield _Reading(start, end, rank)


def _rank(elapsed: int, between: int, least: int) -> int | None:
    """Return how well a length explains `least` minutes of whole hours, None for not at all. `between` is
    what the clock on the wall says, which differs from what has elapsed where the zone changed its
    offset; nobody knows which of the two Zero shows, and elapsed time is what its clock counts."""
    if least <= elapsed < least + 60:
        return 0
    if elapsed == least + 60:
        return 1  # both times were cut to the minute, which can make the length up to one longer
    return 2 if least <= between <= least + 60 else None


def _instants(wall: datetime, zone: ZoneInfo) -> list[datetime]:
    """Return the instants that a clock showed so: two in the hour that is repeated in autumn. For a time
    that was skipped in spring, the instant that it would have been without the change comes
    first."""
    both = [wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    return both if both[0] != both[1] else both[:1]


def _remark(best: _Reading, rivals: list[_Reading], clocks: tuple[int, int], zone: ZoneInfo) -> str:
    if (_clock(best.start.astimezone(zone)), _clock(best.end.astimezone(zone))) != clocks:
        return (
            f"its start or end is in the hour that the clocks of {zone.key} skipped in spring, "
            "so perhaps another --timezone is right"
        )
    if len(rivals) > 1:
        return f"its start or end came twice, as the clocks of {zone.key} were set back; read as the first time"
    return ""


def _contradiction(wall: datetime, end_clock: int, hours: int) -> str:
    apart = (end_clock - _clock(wall)) % DAY
    times = f"from {wall:%H:%M} to {end_clock // 60:02}:{end_clock % 60:02}"
    return (
        f"Hours {hours} contradicts the times: {times} are {apart // 60} h {apart % 60} min, "
        "or whole days more"
    )


def _clock(wall: datetime) -> int:
    """Return the minutes after midnight."""
    return wall.hour * 60 + wall.minute
