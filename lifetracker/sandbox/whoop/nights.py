"""When WHOOP learns of a night: a first look while it lasts, its processing, the next cycle."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from lifetracker.sandbox.instants import HOUR, MINUTE, to_ms
from lifetracker.sandbox.life import Day, Life

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Night:
    """A night that opened a cycle; instants in milliseconds."""

    day: Day
    cycle_id: int
    sleep_id: str
    offset: str
    bed: int
    wake: int
    glance: int | None  # where the sleep seemed to end when it was first processed, too early
    opened: int  # the cycle is created
    processed: int  # the whole sleep is known
    unscorable: bool


def night(life: Life, on: date) -> Night:
    day = life.day(on)
    rng = life.stream("whoop-night", on)
    bed, wake = to_ms(day.bed), to_ms(day.wake)
    processed = wake + int(rng.uniform(8, 16) * MINUTE)
    glance = _glance(rng, bed, wake) if day.strap else None
    seen = glance + 11 * MINUTE if glance else processed
    unsynced = rng.random() < 0.02  # the strap did not know where it was
    return Night(
        day=day,
        cycle_id=_cycle_id(on, rng),
        sleep_id=uuid(rng),
        offset="Z" if unsynced else offset(day.wake, day.zone),
        bed=bed,
        wake=wake,
        glance=glance,
        opened=seen - rng.randint(20, 300),
        processed=processed,
        unscorable=rng.random() < 0.012,
    )


def offset(moment: datetime, zone: str) -> str:
    """`+02:00`, or `Z` where there is none, as WHOOP writes it."""
    local = moment.astimezone(ZoneInfo(zone)).isoformat()[-6:]
    return "Z" if local == "+00:00" else local


def uuid(rng: Random) -> str:
    return str(UUID(int=rng.getrandbits(128), version=4))


def _glance(rng: Random, bed: int, wake: int) -> int | None:
    """Some long nights are processed once too early: the person lay awake for a while."""
    share = rng.uniform(0.5, 0.7)
    chosen = rng.random() < 0.12 and wake - bed > 6 * HOUR
    return bed + int((wake - bed) * share) if chosen else None


def _cycle_id(on: date, rng: Random) -> int:
    """Around 10**9 and rising: other members' cycles are counted too."""
    return 1_000_000_000 + (on.toordinal() - 730_000) * 24_001 + rng.randrange(24_000)
