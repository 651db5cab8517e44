"""When the person has dinner: at eight or so, and on some evenings late, whatever else there is."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from lifetracker.sandbox.life import ONE_DAY, Life

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
#: A dinner is late from this hour on, and she has one on so many evenings.
LATE = 21
CHANCE_OF_LATE = 0.28
#: So long before she falls asleep she has eaten.
LATEST_BEFORE_SLEEP = 40 * MINUTE


@lru_cache(maxsize=8192)
def late_dinner(life: Life, on: date) -> datetime | None:
    """Return when she has a late dinner, None on most evenings. Who travels, is ill or soon asleep has none."""
    day, bed = life.day(on), life.day(on + ONE_DAY).bed
    rng = life.stream("late dinner", on)
    chance, minutes = rng.random(), rng.uniform(8, 80)
    nine = at_hour(on, LATE, day.zone)
    at = min(nine + MINUTE * minutes, bed - LATEST_BEFORE_SLEEP)
    if chance >= CHANCE_OF_LATE or day.flying or day.ill > 0.15 or at < nine:
        return None
    return at


def dinner(life: Life, on: date) -> datetime:
    """Return when she has dinner, unless she fasts then: three or four hours before she falls asleep, and before nine."""
    if late := late_dinner(life, on):
        return late
    rng = life.stream("dinner", on)
    before, earlier = rng.uniform(2.7, 4.1), rng.uniform(10, 45)
    nine = at_hour(on, LATE, life.day(on).zone)
    return min(life.day(on + ONE_DAY).bed - HOUR * before, nine - MINUTE * earlier)


def at_hour(on: date, hour: int, zone: str) -> datetime:
    return datetime.combine(on, time(hour), ZoneInfo(zone))
